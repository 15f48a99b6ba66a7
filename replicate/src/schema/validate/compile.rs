//! Compiles the inputs' schemas for jsonschema.
//!
//! Each is written anew from what was read: references are followed, `nullable` is a type, and no
//! schema contains itself, so that a validator's time is bounded by the sizes of schema and input.

use jsonschema::{PatternOptions, Validator};
use reqwest::Url;
use serde_json::{Map, Value, json};

use crate::schema::{ModelSchema, ValueKind, ValueSchema};

/// Maximum size of a compiled pattern, in bytes.
const PATTERN_SIZE: usize = 1 << 20;

/// The name of the check of files.
const FILE_FORMAT: &str = "replicate-file";

/// The validators of all inputs, in their order.
pub(in crate::schema) struct Compiled {
    pub(super) validators: Vec<Option<Validator>>,
    pub(super) notes: Vec<String>,
}

impl ModelSchema {
    /// The validators, compiled at the first use.
    pub(super) fn compiled(&self) -> &Compiled {
        self.0.compiled.get_or_init(|| {
            let mut notes = Vec::new();
            let validators = self
                .inputs()
                .iter()
                .map(|input| compile(input.schema(), input.key(), &mut notes));
            let validators = validators.collect();
            Compiled { validators, notes }
        })
    }
}

/// Compiles one schema; `None`, with a note, if that is not possible.
pub(super) fn compile(
    schema: &ValueSchema,
    key: &str,
    notes: &mut Vec<String>,
) -> Option<Validator> {
    let written = write(schema, key, notes);
    let made = jsonschema::options()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_SIZE))
        .should_validate_formats(true)
        .with_format(FILE_FORMAT, is_file_url)
        .build(&written);
    made.inspect_err(|error| notes.push(format!("`{key}` is not validated: {error}")))
        .ok()
}

fn write(schema: &ValueSchema, key: &str, notes: &mut Vec<String>) -> Value {
    if !schema.choices().is_empty() {
        let mut choices = schema.choices().to_vec();
        choices.extend(schema.is_nullable().then_some(Value::Null));
        return json!({ "enum": choices });
    }
    if schema.kind() == ValueKind::Union {
        let mut alternatives: Vec<Value> = schema
            .alternatives()
            .iter()
            .map(|one| write(one, key, notes))
            .collect();
        if schema.is_nullable() {
            alternatives.push(json!({ "type": "null" }));
        }
        return json!({ "anyOf": alternatives });
    }
    let mut keywords = Map::new();
    if let Some(name) = type_name(schema.kind()) {
        let names = if schema.is_nullable() {
            json!([name, "null"])
        } else {
            json!(name)
        };
        keywords.insert("type".to_owned(), names);
    }
    let numbers = [
        ("minimum", schema.minimum()),
        ("maximum", schema.maximum()),
        ("exclusiveMinimum", schema.exclusive_minimum()),
        ("exclusiveMaximum", schema.exclusive_maximum()),
    ];
    for (keyword, limit) in numbers {
        keywords.extend(limit.map(|limit| (keyword.to_owned(), Value::Number(limit.clone()))));
    }
    let (least, most) = match schema.kind() {
        ValueKind::List => ("minItems", "maxItems"),
        _ => ("minLength", "maxLength"),
    };
    for (keyword, limit) in [(least, schema.min_length()), (most, schema.max_length())] {
        keywords.extend(limit.map(|limit| (keyword.to_owned(), limit.into())));
    }
    if schema.kind() == ValueKind::File {
        keywords.insert("format".to_owned(), FILE_FORMAT.into());
    }
    if let Some(pattern) = schema.pattern() {
        match can_compile(pattern) {
            Ok(()) => _ = keywords.insert("pattern".to_owned(), pattern.into()),
            Err(error) => notes.push(format!("the pattern of `{key}` is not checked: {error}")),
        }
    }
    if let Some(items) = schema.items() {
        keywords.insert("items".to_owned(), write(items, &format!("{key}[]"), notes));
    }
    if schema.kind() == ValueKind::Object {
        let mut fields = Map::new();
        for field in schema.fields() {
            let place = format!("{key}.{}", field.key());
            let written = write(field.schema(), &place, notes);
            fields.insert(field.key().to_owned(), written);
        }
        let required: Vec<&str> = schema
            .fields()
            .iter()
            .filter(|field| field.is_required())
            .map(|field| field.key())
            .collect();
        keywords.insert("required".to_owned(), json!(required));
        keywords.insert("properties".to_owned(), fields.into());
    }
    keywords.into()
}

fn type_name(kind: ValueKind) -> Option<&'static str> {
    Some(match kind {
        ValueKind::Text | ValueKind::File => "string",
        ValueKind::Integer => "integer",
        ValueKind::Number => "number",
        ValueKind::Boolean => "boolean",
        ValueKind::List => "array",
        ValueKind::Object => "object",
        ValueKind::Union | ValueKind::Any => return None,
    })
}

fn can_compile(pattern: &str) -> Result<(), String> {
    jsonschema::options()
        .with_pattern_options(PatternOptions::regex().size_limit(PATTERN_SIZE))
        .build(&json!({ "pattern": pattern }))
        .map(|_| ())
        .map_err(|_| "the linear-time engine does not support it".to_owned())
}

/// Whether a text is a URL that a model can fetch.
fn is_file_url(text: &str) -> bool {
    let is_remote = |url: Url| url.scheme() != "file" && url.scheme().len() > 1;
    Url::parse(text).is_ok_and(is_remote)
}

/// Whether a text that is not the URL of a file looks like a path on this machine.
pub(super) fn is_local_path(text: &str) -> bool {
    let is_named = |text: &str| {
        let name = text.rsplit(['/', '\\']).next().unwrap_or(text);
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        extension.is_some_and(|it| !it.is_empty() && it.chars().all(char::is_alphanumeric))
    };
    let is_file_url = text
        .get(..5)
        .is_some_and(|scheme| scheme.eq_ignore_ascii_case("file:"));
    is_file_url || (!text.is_empty() && (text.contains(['/', '\\']) || is_named(text)))
}
