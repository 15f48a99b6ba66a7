//! Documentation of the generated types.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use crate::schema::{Input, ValueKind, ValueSchema};

/// A documentation attribute for each line.
pub(super) fn attributes(lines: impl IntoIterator<Item = impl AsRef<str>>) -> TokenStream {
    let lines = lines.into_iter().map(|line| match line.as_ref() {
        "" => String::new(),
        line => format!(" {line}"),
    });
    quote!(#(#[doc = #lines])*)
}

pub(super) fn of_field(field: &Input, more: Option<&str>) -> TokenStream {
    let schema = field.schema();
    let name = escaped(schema.title().unwrap_or(field.key()));
    let mut lines = of_schema(schema, &format!("{name}."));
    let rules = escaped(&rules(schema));
    lines.extend([String::new(), rules]);
    if schema.is_deprecated() {
        lines.push("Deprecated by the model's author.".to_owned());
    }
    lines.extend(more.map(str::to_owned));
    attributes(lines)
}

/// The author's description, as lines that are neither code nor links.
pub(super) fn of_schema(schema: &ValueSchema, otherwise: &str) -> Vec<String> {
    let description = schema.description().unwrap_or_default().trim();
    let lines = description.lines().map(|line| escaped(line.trim()));
    let lines: Vec<String> = lines.collect();
    match lines.iter().all(String::is_empty) {
        true => vec![otherwise.to_owned()],
        false => lines,
    }
}

/// Type, limits and default, as a sentence.
fn rules(schema: &ValueSchema) -> String {
    let mut text = schema.to_string();
    if let Some(first) = text.get(..1) {
        let upper = first.to_ascii_uppercase();
        text.replace_range(..1, &upper);
    }
    if let Some(pattern) = schema.pattern() {
        text.push_str(&format!(", matching {pattern}"));
    }
    text.push('.');
    if let Some(default) = shown_default(schema).filter(|_| !schema.has_secrets()) {
        text.push_str(&format!(" Default: {default}."));
    }
    text
}

fn shown_default(schema: &ValueSchema) -> Option<String> {
    let default = schema.default_value()?;
    Some(match default {
        _ if schema.has_secrets() => crate::schema::MASK.to_owned(),
        default => default.to_string(),
    })
}

/// An input in one line of the summary, by which a change of the model is found.
pub(super) fn summary(input: &Input) -> String {
    let schema = input.schema();
    let mut line = format!("{}: {}", plain(input.key()), shape(schema));
    if input.is_required() {
        line.push_str(", required");
    }
    if schema.is_deprecated() {
        line.push_str(", deprecated");
    }
    if let Some(default) = shown_default(schema) {
        line.push_str(&format!(", default {default}"));
    }
    plain(&line)
}

/// A schema with everything in it, in one line.
pub(super) fn shape(schema: &ValueSchema) -> String {
    let mut text = match schema.kind() {
        _ if !schema.choices().is_empty() => {
            let shown = schema.choices().iter().filter(|_| !schema.is_secret());
            let shown: Vec<String> = shown.map(Value::to_string).collect();
            format!("one of {}", shown.join(", "))
        }
        ValueKind::List => match schema.items() {
            Some(items) => format!("list of ({})", shape(items)),
            None => "list".to_owned(),
        },
        ValueKind::Object if !schema.fields().is_empty() => {
            let fields: Vec<String> = schema.fields().iter().map(summary).collect();
            format!("object of ({})", fields.join("; "))
        }
        ValueKind::Union => {
            let alternatives: Vec<String> = schema.alternatives().iter().map(shape).collect();
            alternatives.join(" or ")
        }
        _ => schema.type_name(),
    };
    if let Some(range) = schema.range() {
        text.push_str(&format!(", {range}"));
    }
    if let Some(pattern) = schema.pattern() {
        text.push_str(&format!(", pattern {pattern}"));
    }
    if schema.is_nullable() {
        text.push_str(", or null");
    }
    text
}

/// A text in one line, without the characters that rustc refuses in comments.
pub(super) fn plain(text: &str) -> String {
    let is_bad = |c: char| {
        c.is_control()
            || matches!(
                c,
                '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{61c}'
            )
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    let clean: String = text
        .chars()
        .map(|c| if is_bad(c) { ' ' } else { c })
        .collect();
    clean.trim().to_owned()
}

pub(super) fn code(text: &str) -> String {
    match plain(text).replace('`', "'").as_str() {
        "" => "An empty text.".to_owned(),
        text => format!("`{text}`"),
    }
}

/// A line of documentation in which nothing is a link, markup of HTML, or a block of code.
fn escaped(line: &str) -> String {
    let mut escaped = String::new();
    for c in plain(line).chars() {
        if matches!(
            c,
            '<' | '>' | '[' | ']' | '`' | '*' | '_' | '#' | '~' | '\\'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    // rustdoc warns of a URL that is not marked as one.
    escaped.replace("://", ":\\//")
}
