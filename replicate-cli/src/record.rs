//! One thing of the API, shown to a person field by field.

use anstyle::Style;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::terminal;

/// A title, and the value beside it; nothing is shown for an empty value.
pub(crate) type Field = (&'static str, String);

/// The fields under one another, each value indented as far.
pub(crate) fn render(fields: &[Field]) -> String {
    let shown: Vec<&Field> = fields
        .iter()
        .filter(|(_, value)| !value.trim().is_empty())
        .collect();
    let width = shown
        .iter()
        .map(|(title, _)| title.chars().count())
        .max()
        .unwrap_or(0)
        + 2;
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

/// The text at a JSON pointer; a value that is no text is written as JSON.
pub(crate) fn text_at(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => value.to_string(),
    }
}

/// The JSON at a pointer, over several lines where it is large.
pub(crate) fn json_at(value: &Value, pointer: &str) -> String {
    match value.pointer(pointer) {
        None | Some(Value::Null) => String::new(),
        Some(value) => serde_json::to_string_pretty(value).unwrap_or_default(),
    }
}

/// How long ago the instant at a pointer was.
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

/// `owner/name` of something that has both.
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
    fn ages_are_told_in_the_largest_unit() {
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
        let field = |title| (title, text_at(&value, &format!("/{title}")));
        insta::assert_snapshot!(render(&[field("id"), field("error"), field("logs")]), @r"
        id    abc
        logs  one
              two
        ");
    }
}
