//! Violations of a schema by an input, with the correct form for the command line.

use replicate::schema::{Rule, ValueKind, ValueSchema, Violation};
use serde_json::Value;

use super::Schema;
use crate::error::{CliError, Result};

const KEYS_LISTED: usize = 20;

/// Validates an input. The error names each key, the violated rule, and what is expected.
pub(crate) fn validate(schema: &Schema, input: &Value) -> Result<()> {
    let Err(error) = schema.validate(input) else {
        return Ok(());
    };
    Err(match error.violations() {
        [] => error.into(),
        [one] => with_hint(CliError::usage(one), schema, one),
        [first, ..] => with_hint(CliError::usage(&error), schema, first),
    })
}

fn with_hint(error: CliError, schema: &Schema, violation: &Violation) -> CliError {
    let key = violation.key();
    match violation.rule() {
        Rule::Unknown => error.hint(format!("the model's inputs: {}", keys(schema))),
        Rule::Required => {
            let value = schema.input(key).map(|input| example(input.schema()));
            error.hint(format!("pass {key}={}", value.unwrap_or("VALUE")))
        }
        Rule::LocalFile => {
            let path = violation.value().and_then(Value::as_str).unwrap_or("FILE");
            let path = path.strip_prefix("file://").unwrap_or(path);
            error.hint(format!("write {}=@{path}", whole_key(key)))
        }
        Rule::File => {
            let key = whole_key(key);
            error.hint(format!("write {key}=@FILE, or {key}=https://..."))
        }
        _ => error,
    }
}

/// The key of an item's list: `images` of `images[0]`.
fn whole_key(key: &str) -> &str {
    key.split('[').next().unwrap_or(key)
}

pub(crate) fn keys(schema: &Schema) -> String {
    let keys: Vec<&str> = schema.keys().collect();
    match keys.split_at_checked(KEYS_LISTED) {
        Some((shown, more)) if !more.is_empty() => {
            format!("{} and {} more", shown.join(", "), more.len())
        }
        _ => keys.join(", "),
    }
}

fn example(schema: &ValueSchema) -> &'static str {
    match schema.kind() {
        _ if schema.takes_file() => "@FILE",
        ValueKind::Text if schema.is_secret() => "@env:NAME",
        ValueKind::Text => "TEXT",
        ValueKind::Integer | ValueKind::Number => "NUMBER",
        ValueKind::Boolean => "true or false",
        _ => "VALUE",
    }
}
