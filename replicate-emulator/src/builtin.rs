//! The built-in models.

mod fail;
mod hello_world;
mod image;
mod reverse;
mod slow;
mod text;

use serde_json::{Value, json};

use crate::{job::OutputFile, model::Model};

/// All built-in models.
pub(crate) fn models() -> Vec<Model> {
    vec![
        hello_world::model(),
        fail::model(),
        slow::model(),
        reverse::model(),
        image::model(),
        text::model(),
    ]
}

/// The schema of an output that is written word by word.
fn words() -> Value {
    json!({
        "type": "array",
        "items": {"type": "string"},
        "title": "Output",
        "x-cog-array-type": "iterator",
        "x-cog-array-display": "concatenate",
    })
}

/// The schema of an input with these fields.
fn input(required: &[&str], properties: Value) -> Value {
    let mut schema = json!({"type": "object", "title": "Input", "properties": properties});
    // OpenAPI 3.0 allows no empty list here.
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// The schema of an input that is text.
fn string(title: &str, order: u32, description: &str) -> Value {
    json!({"type": "string", "title": title, "x-order": order, "description": description})
}

/// The schema of an input that is a file.
fn file(title: &str, description: &str) -> Value {
    json!({
        "type": "string",
        "title": title,
        "format": "uri",
        "x-order": 0,
        "description": description,
    })
}

/// The schema of an input that is a number or an integer, as `kind` says.
fn number(
    kind: &str,
    title: &str,
    order: u32,
    description: &str,
    default: i32,
    [minimum, maximum]: [i32; 2],
) -> Value {
    json!({
        "type": kind,
        "title": title,
        "default": default,
        "minimum": minimum,
        "maximum": maximum,
        "x-order": order,
        "description": description,
    })
}

/// A file in an example's output, created when it is requested.
pub(crate) fn example_file(name: &str) -> Option<OutputFile> {
    match name {
        "image.png" => image::example(),
        "reversed.txt" => Some(reverse::example()),
        _ => None,
    }
}
