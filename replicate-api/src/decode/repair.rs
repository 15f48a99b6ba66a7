//! Removes from JSON text the one value that a type cannot hold.
//!
//! Works on the bytes, since a [`serde_json::Value`] holds neither `1e400` nor a lone surrogate
//! nor deep nesting. The text must be valid JSON by its grammar.

use std::ops::Range;

use serde_path_to_error::{Path, Segment};

/// One step into a JSON document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// Converts the path of a decode error. `None` when the place is not known.
pub(super) fn steps(path: &Path) -> Option<Vec<Step>> {
    path.iter()
        .map(|segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Enum { variant } => Some(Step::Key(variant.clone())),
            Segment::Unknown => None,
        })
        .collect()
}

/// Replacement for a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Remove,
    /// Turns `3.0` into `3`, and removes a number that is not integral.
    Integer,
    /// The value's compact JSON text becomes a string.
    Text,
}

/// Changes the value at `path`, and the values at the same place in later items of the same
/// lists, as far as they are alike: equal or, with `same_type`, of the same JSON type. `None` when
/// there is nothing at the path.
pub(super) fn repair(
    body: &[u8],
    path: &[Step],
    change: Change,
    same_type: bool,
) -> Option<Vec<u8>> {
    let mut editor = Editor {
        change,
        same_type,
        sample: body.get(value_at(body, path)?)?,
        body,
        output: Vec::with_capacity(body.len()),
    };
    let start = skip_whitespace(body, 0);
    let kept = editor.value(start..skip_value(body, start)?, path)?;
    kept.then_some(editor.output)
}

/// Where the value at a path is.
pub(super) fn value_at(body: &[u8], path: &[Step]) -> Option<Range<usize>> {
    let start = skip_whitespace(body, 0);
    let mut range = start..skip_value(body, start)?;
    for step in path {
        let mut found = None;
        let mut index = 0;
        let mut items = Items::new(body, range)?;
        while let Some(item) = items.next()? {
            let here = match step {
                Step::Key(key) => item.is_named(body, key),
                Step::Index(wanted) => item.key.is_none() && index == *wanted,
            };
            if here {
                found = Some(item.value);
                break;
            }
            index += 1;
        }
        range = found?;
    }
    Some(range)
}

struct Editor<'a> {
    change: Change,
    same_type: bool,
    sample: &'a [u8],
    body: &'a [u8],
    output: Vec<u8>,
}

impl Editor<'_> {
    /// Writes the value in `range`, changed at `path` in it. Returns whether it stays; `None`
    /// when the text is not JSON. Recursion is as deep as the path.
    fn value(&mut self, range: Range<usize>, path: &[Step]) -> Option<bool> {
        let Some((step, rest)) = path.split_first() else {
            return Some(self.change(range));
        };
        let body = self.body;
        let Some(mut items) = Items::new(body, range.clone()) else {
            self.output.extend_from_slice(body.get(range)?);
            return Some(true);
        };
        self.output.push(*body.get(range.start)?);
        let mut first = true;
        let mut index = 0;
        while let Some(item) = items.next()? {
            let before = self.output.len();
            if !first {
                self.output.push(b',');
            }
            let affected = match (step, &item.key) {
                (Step::Key(key), Some(_)) => item.is_named(body, key),
                // Later items have their turn now, so that a long list is repaired in one go.
                (Step::Index(wanted), None) => index >= *wanted,
                _ => false,
            };
            self.output
                .extend_from_slice(body.get(item.start()..item.value.start)?);
            let kept = if affected {
                self.value(item.value, rest)?
            } else {
                self.output.extend_from_slice(body.get(item.value)?);
                true
            };
            if kept {
                first = false;
            } else {
                self.output.truncate(before);
            }
            index += 1;
        }
        self.output.push(*body.get(range.end.checked_sub(1)?)?);
        Some(true)
    }

    /// Writes what takes the place of a value; whether anything does.
    fn change(&mut self, range: Range<usize>) -> bool {
        let raw = &self.body[range];
        let alike =
            raw == self.sample || self.same_type && JsonType::of(raw) == JsonType::of(self.sample);
        if !alike {
            self.output.extend_from_slice(raw);
            return true;
        }
        let replacement = match self.change {
            Change::Remove => None,
            Change::Integer => integral(raw),
            Change::Text => serde_json::to_string(&compact(raw)).ok(),
        };
        if let Some(text) = &replacement {
            self.output.extend_from_slice(text.as_bytes());
        }
        replacement.is_some()
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum JsonType {
    Null,
    Boolean,
    Integer,
    Float,
    String,
    Array,
    Object,
}

impl JsonType {
    fn of(raw: &[u8]) -> Option<Self> {
        Some(match raw.first()? {
            b'n' => Self::Null,
            b't' | b'f' => Self::Boolean,
            b'"' => Self::String,
            b'[' => Self::Array,
            b'{' => Self::Object,
            _ if raw.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E')) => Self::Float,
            _ => Self::Integer,
        })
    }
}

/// The integer that a number such as `3.0` or `1e3` is.
fn integral(raw: &[u8]) -> Option<String> {
    // Beyond this, a float no longer holds every integer.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let number: f64 = std::str::from_utf8(raw).ok()?.parse().ok()?;
    (number.fract() == 0.0 && number.abs() <= EXACT).then(|| format!("{number:.0}"))
}

/// JSON text without the white space between its tokens.
fn compact(raw: &[u8]) -> String {
    let mut text = Vec::with_capacity(raw.len());
    let mut at = 0;
    while let Some(byte) = raw.get(at) {
        let end = match byte {
            b'"' => string_end(raw, at).unwrap_or(raw.len()),
            _ => at + 1,
        };
        if !is_whitespace(*byte) {
            text.extend_from_slice(&raw[at..end]);
        }
        at = end;
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// A member of an object, or an item of an array.
struct Item {
    key: Option<Range<usize>>,
    value: Range<usize>,
}

impl Item {
    fn start(&self) -> usize {
        self.key.as_ref().unwrap_or(&self.value).start
    }

    fn is_named(&self, body: &[u8], name: &str) -> bool {
        let Some(raw) = self.key.clone().and_then(|key| body.get(key)) else {
            return false;
        };
        let quoted = raw.get(1..raw.len().saturating_sub(1)).unwrap_or_default();
        quoted == name.as_bytes()
            || quoted.contains(&b'\\')
                && serde_json::from_slice::<String>(raw).is_ok_and(|key| key == name)
    }
}

/// The direct contents of an object or array.
struct Items<'a> {
    body: &'a [u8],
    at: usize,
    object: bool,
}

impl<'a> Items<'a> {
    fn new(body: &'a [u8], range: Range<usize>) -> Option<Self> {
        let open = *body.get(range.start)?;
        matches!(open, b'{' | b'[').then_some(Self {
            body,
            at: range.start + 1,
            object: open == b'{',
        })
    }

    /// The next one, `Some(None)` at the end, `None` when the text is not JSON.
    fn next(&mut self) -> Option<Option<Item>> {
        let body = self.body;
        let mut at = skip_whitespace(body, self.at);
        if body.get(at)? == &b',' {
            at = skip_whitespace(body, at + 1);
        }
        if matches!(body.get(at)?, b'}' | b']') {
            return Some(None);
        }
        let mut key = None;
        if self.object {
            let end = string_end(body, at)?;
            key = Some(at..end);
            let colon = skip_whitespace(body, end);
            if body.get(colon)? != &b':' {
                return None;
            }
            at = skip_whitespace(body, colon + 1);
        }
        self.at = skip_value(body, at)?;
        let value = at..self.at;
        Some(Some(Item { key, value }))
    }
}

fn is_whitespace(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

fn skip_whitespace(body: &[u8], mut at: usize) -> usize {
    while body.get(at).copied().is_some_and(is_whitespace) {
        at += 1;
    }
    at
}

/// Where the string that starts at `at` ends, its closing quote included.
pub(super) fn string_end(body: &[u8], at: usize) -> Option<usize> {
    if body.get(at)? != &b'"' {
        return None;
    }
    let mut at = at + 1;
    loop {
        match body.get(at)? {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
}

/// Where the value that starts at `at` ends. Does not recurse.
fn skip_value(body: &[u8], mut at: usize) -> Option<usize> {
    let mut depth = 0_usize;
    loop {
        match body.get(at)? {
            b'"' => at = string_end(body, at)?,
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                at += 1;
            }
            b',' | b':' if depth > 0 => at += 1,
            byte if is_whitespace(*byte) => at += 1,
            byte if is_scalar(*byte) => {
                while body.get(at).copied().is_some_and(is_scalar) {
                    at += 1;
                }
            }
            _ => return None,
        }
        if depth == 0 {
            return Some(at);
        }
    }
}

/// Whether a byte is part of a number, `true`, `false` or `null`.
fn is_scalar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Vec<Step> {
        text.split('.')
            .map(|step| match step.parse() {
                Ok(index) => Step::Index(index),
                Err(_) => Step::Key(step.to_owned()),
            })
            .collect()
    }

    fn repaired(body: &str, at: &str, change: Change, same_type: bool) -> Option<String> {
        let repaired = repair(body.as_bytes(), &path(at), change, same_type)?;
        Some(String::from_utf8(repaired).unwrap())
    }

    #[test]
    fn value_is_removed_with_its_key_and_comma_wherever_it_stands() {
        let removed = |body, at| repaired(body, at, Change::Remove, false);
        let object = r#" { "a" : 1 , "b":[2, {"c": "}"}] ,"d":"\"," } "#;
        for (at, expected) in [
            ("a", r#"{"b":[2,{"c": "}"}],"d":"\","}"#),
            ("b", r#"{"a" : 1,"d":"\","}"#),
            ("d", r#"{"a" : 1,"b":[2, {"c": "}"}]}"#),
            ("b.1.c", r#"{"a" : 1,"b":[2,{}],"d":"\","}"#),
            ("b.0", r#"{"a" : 1,"b":[{"c": "}"}],"d":"\","}"#),
        ] {
            let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            let result = removed(object, at).unwrap();
            assert_eq!(value(&result), value(expected), "{at}: {result}");
        }
        assert_eq!(removed(object, "x"), None);
        assert_eq!(removed(object, "a.x"), None);
        assert_eq!(removed(r#"[1]"#, "0").as_deref(), Some("[]"));
        assert_eq!(removed(r#"{"\u0061":1}"#, "a").as_deref(), Some("{}"));
    }

    #[test]
    fn alike_values_in_later_items_are_changed_in_the_same_go() {
        let body = r#"[{"m":1},{"m":[]},{"m":{}},{"m":[5]},{},{"m":[]}]"#;
        assert_eq!(
            repaired(body, "1.m", Change::Remove, true).unwrap(),
            r#"[{"m":1},{},{"m":{}},{},{},{}]"#
        );
        assert_eq!(
            repaired(body, "1.m", Change::Remove, false).unwrap(),
            r#"[{"m":1},{},{"m":{}},{"m":[5]},{},{}]"#
        );
    }

    #[test]
    fn deep_nesting_is_removed_without_recursion() {
        let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
        let body = format!(r#"{{"input":{deep},"id":"a"}}"#);
        let result = repaired(&body, "input", Change::Remove, false).unwrap();
        assert_eq!(result, r#"{"id":"a"}"#);
    }

    #[test]
    fn truncated_text_is_not_repaired() {
        for body in [
            "",
            "{",
            r#"{"a"#,
            r#"{"a":"#,
            r#"{"a":1"#,
            r#"{"a" 1}"#,
            "[1,",
        ] {
            assert_eq!(repaired(body, "a", Change::Remove, false), None, "{body}");
        }
    }
}
