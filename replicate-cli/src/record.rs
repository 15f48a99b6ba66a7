//! One resource of the API, rendered field by field for a person.

use anstyle::Style;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::terminal;

/// What a field of a record, or a cell of a table, shows of a resource. A pointer is a JSON pointer.
#[derive(Clone, Copy)]
pub(crate) enum Cell {
    /// The string at a pointer; any other value as JSON.
    Text(&'static str),
    /// The age of the timestamp at a pointer.
    Age(&'static str),
    /// The value at a pointer, as indented JSON.
    Json(&'static str),
    /// Text that is made of several values.
    With(fn(&Value) -> String),
}

impl Cell {
    pub(crate) fn text(self, resource: &Value) -> String {
        match self {
            Self::Text(pointer) => text_at(resource, pointer),
            Self::Age(pointer) => age_at(resource, pointer),
            Self::Json(pointer) => json_at(resource, pointer),
            Self::With(text) => text(resource),
        }
    }
}

pub(crate) type Field = (&'static str, Cell);

/// Renders the fields of a resource, one a line.
pub(crate) fn render(fields: &[Field], resource: &Value) -> String {
    let texts = fields
        .iter()
        .map(|(title, cell)| (*title, cell.text(resource)));
    render_texts(&texts.collect::<Vec<_>>())
}

/// Renders titles and their texts, one a line, with aligned texts. An empty one is left out.
pub(crate) fn render_texts(texts: &[(&str, String)]) -> String {
    let shown = texts.iter().filter(|(_, value)| !value.trim().is_empty());
    let shown: Vec<_> = shown.collect();
    let widths = shown.iter().map(|(title, _)| title.chars().count());
    let width = widths.max().unwrap_or(0) + 2;
    let mut text = String::new();
    for (title, value) in shown {
        let blank = " ".repeat(width - title.chars().count());
        let value = terminal::strip_control_chars(value.trim_end());
        let value = match *title {
            "status" => terminal::styled(&value, terminal::status_style(&value)),
            _ => value.replace('\n', &format!("\n{}", " ".repeat(width))),
        };
        text.push_str(&format!(
            "{}{blank}{value}\n",
            terminal::styled(title, Style::new().bold())
        ));
    }
    text
}

/// The text of a string; any other value as JSON.
pub(crate) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

pub(crate) fn text_at(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        None | Some(Value::Null) => String::new(),
        Some(value) => plain(value),
    }
}

pub(crate) fn json_at(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        None | Some(Value::Null) => String::new(),
        Some(value) => serde_json::to_string_pretty(value).unwrap_or_default(),
    }
}

pub(crate) fn age_at(value: &Value, pointer: &str) -> String {
    let text = text_at(value, pointer);
    match DateTime::parse_from_rfc3339(&text) {
        Ok(instant) => age(Utc::now().signed_duration_since(instant)),
        Err(_) => text,
    }
}

fn age(elapsed: chrono::TimeDelta) -> String {
    match elapsed.num_seconds() {
        ..=-1 => "just now".to_owned(),
        seconds @ 0..60 => format!("{seconds}s ago"),
        seconds @ 60..3600 => format!("{}m ago", seconds / 60),
        seconds @ 3600..86_400 => format!("{}h ago", seconds / 3600),
        seconds => format!("{}d ago", seconds / 86_400),
    }
}

/// `owner/name` of a resource that has both.
pub(crate) fn full_name(value: &Value) -> String {
    match (text_at(value, "/owner"), text_at(value, "/name")) {
        (owner, name) if !owner.is_empty() => format!("{owner}/{name}"),
        (_, name) => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use serde_json::json;

    #[test]
    fn ages_are_written_in_the_largest_unit() {
        for (seconds, expected) in [
            (-5, "just now"),
            (0, "0s ago"),
            (61, "1m ago"),
            (7200, "2h ago"),
            (200_000, "2d ago"),
        ] {
            assert_eq!(age(TimeDelta::seconds(seconds)), expected);
        }
    }

    #[test]
    fn fields_without_a_value_are_left_out() {
        let value = json!({"id": "abc", "error": null, "logs": "one\ntwo\n"});
        let fields = ["/id", "/error", "/logs"].map(|pointer| (&pointer[1..], Cell::Text(pointer)));
        insta::assert_snapshot!(render(&fields, &value), @r"
        id    abc
        logs  one
              two
        ");
    }
}
