//! An input held against a model's schema, before anything is sent.

use serde_json::Value;

use super::coerce::is_whole;
use super::suggest::suggest;
use super::{Keywords, Schema, required};
use crate::error::CliError;

/// How many of a model's keys an error lists.
const KEYS_LISTED: usize = 20;
/// How much of a wrong value an error shows.
const VALUE_SHOWN: usize = 60;

/// Checks an input. The error names the key, the rule that it breaks, and what would be right.
pub(crate) fn check(schema: &Schema, input: &Value) -> Result<(), CliError> {
    let keywords = schema.input();
    check_keys(schema, &keywords, input)?;
    for (key, property) in schema.properties(&keywords) {
        let Some(value) = input.get(key) else {
            continue;
        };
        if let Some(broken) = broken(schema, &schema.resolve(property), value, key) {
            return Err(broken.into_error());
        }
    }
    Ok(())
}

fn check_keys(schema: &Schema, keywords: &Keywords, input: &Value) -> Result<(), CliError> {
    let known: Vec<&str> = schema
        .properties(keywords)
        .into_iter()
        .map(|(key, _)| key)
        .collect();
    let open = known.is_empty()
        || keywords
            .get("additionalProperties")
            .is_some_and(|more| *more != Value::Bool(false));
    let mut given = input
        .as_object()
        .into_iter()
        .flat_map(|object| object.keys());
    if let Some(wrong) = given.find(|key| !open && !known.contains(&key.as_str())) {
        let inputs = listed(&known);
        return Err(match suggest(wrong, known.iter().copied()) {
            Some(right) => CliError::usage(format!(
                "`{wrong}` is no input of this model: did you mean `{right}`?"
            ))
            .hint(format!("its inputs are {inputs}")),
            None => CliError::usage(format!("`{wrong}` is no input of this model"))
                .hint(format!("its inputs are {inputs}")),
        });
    }
    let missing = required(keywords)
        .into_iter()
        .find(|key| input.get(*key).is_none());
    if let Some(missing) = missing {
        let property = keywords.get("properties").and_then(|all| all.get(missing));
        let keywords = property
            .map(|property| schema.resolve(property))
            .unwrap_or_default();
        let about = match keywords.get("description").and_then(Value::as_str) {
            Some(description) => format!(" ({})", description.trim_end_matches('.')),
            None => String::new(),
        };
        return Err(
            CliError::usage(format!("`{missing}` is missing{about}: the model needs it"))
                .hint(format!("give it as {missing}={}", example(&keywords))),
        );
    }
    Ok(())
}

fn listed(keys: &[&str]) -> String {
    let mut list = keys
        .iter()
        .take(KEYS_LISTED)
        .copied()
        .collect::<Vec<_>>()
        .join(", ");
    if keys.len() > KEYS_LISTED {
        list.push_str(&format!(" and {} more", keys.len() - KEYS_LISTED));
    }
    list
}

fn example(keywords: &Keywords) -> &'static str {
    match Schema::types(keywords).first() {
        _ if super::is_file(keywords) => "@FILE, or an address",
        Some(&"string") => "TEXT",
        Some(&("integer" | "number")) => "NUMBER",
        Some(&"boolean") => "true or false",
        _ => "VALUE",
    }
}

/// A value that breaks a rule.
struct Broken {
    key: String,
    rule: String,
    value: String,
    meant: Option<String>,
}

impl Broken {
    fn into_error(self) -> CliError {
        let Self {
            key,
            rule,
            value,
            meant,
        } = self;
        let error = CliError::usage(format!("`{key}` must be {rule}, not {value}"));
        match meant {
            Some(meant) => error.hint(format!("did you mean {meant}?")),
            None => error,
        }
    }
}

fn broken(schema: &Schema, keywords: &Keywords, value: &Value, key: &str) -> Option<Broken> {
    let nullable = keywords.get("nullable") == Some(&Value::Bool(true));
    // A null is how some clients leave an input out.
    if value.is_null() && (nullable || !keywords.contains_key("enum")) {
        return None;
    }
    if ["anyOf", "oneOf"]
        .iter()
        .any(|keyword| keywords.contains_key(*keyword))
    {
        return None;
    }
    let breaks = |rule: String| {
        Some(Broken {
            key: key.to_owned(),
            rule,
            value: shown(value),
            meant: None,
        })
    };
    if let Some(Value::Array(choices)) = keywords.get("enum")
        && !choices.iter().any(|choice| same(choice, value))
    {
        let list = choices.iter().map(shown).collect::<Vec<_>>().join(", ");
        let texts = choices.iter().filter_map(Value::as_str);
        let meant = value
            .as_str()
            .and_then(|text| suggest(text, texts))
            .map(|text| format!("{key}={text}"));
        return Some(Broken {
            meant,
            ..breaks(format!("one of {list}"))?
        });
    }
    let types = Schema::types(keywords);
    if !types.is_empty() && !types.iter().any(|name| is_of(name, value)) {
        return breaks(
            types
                .iter()
                .map(|name| spoken(name))
                .collect::<Vec<_>>()
                .join(" or "),
        );
    }
    if let Some(rule) = range(keywords, value) {
        return breaks(rule);
    }
    within(schema, keywords, value, key)
}

/// What is wrong inside of a list or an object.
fn within(schema: &Schema, keywords: &Keywords, value: &Value, key: &str) -> Option<Broken> {
    match value {
        Value::Array(items) => {
            let item = schema.resolve(keywords.get("items")?);
            items
                .iter()
                .enumerate()
                .find_map(|(n, value)| broken(schema, &item, value, &format!("{key}[{n}]")))
        }
        Value::Object(_) => schema
            .properties(keywords)
            .into_iter()
            .find_map(|(name, field)| {
                broken(
                    schema,
                    &schema.resolve(field),
                    value.get(name)?,
                    &format!("{key}.{name}"),
                )
            }),
        _ => None,
    }
}

fn is_of(name: &str, value: &Value) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => is_whole(value),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        "null" => value.is_null(),
        _ => true,
    }
}

fn spoken(name: &str) -> &str {
    match name {
        "string" => "a text",
        "integer" => "an integer",
        "number" => "a number",
        "boolean" => "true or false",
        "array" => "a list",
        "object" => "an object",
        other => other,
    }
}

/// The rule about its size that a value breaks.
fn range(keywords: &Keywords, value: &Value) -> Option<String> {
    let limit = |keyword: &str| keywords.get(keyword).and_then(Value::as_f64);
    if let Some(number) = value.as_f64() {
        let (least, most) = (limit("minimum"), limit("maximum"));
        let above = least.is_none_or(|least| number >= least);
        let below = most.is_none_or(|most| number <= most);
        if !(above && below) {
            return between(least, most, "");
        }
        let (over, under) = (limit("exclusiveMinimum"), limit("exclusiveMaximum"));
        return match (over, under) {
            (Some(over), _) if number <= over => Some(format!("more than {over}")),
            (_, Some(under)) if number >= under => Some(format!("less than {under}")),
            _ => None,
        };
    }
    let (size, least, most, unit) = match value {
        Value::String(text) => (
            text.chars().count(),
            "minLength",
            "maxLength",
            " characters long",
        ),
        Value::Array(items) => (items.len(), "minItems", "maxItems", " items long"),
        _ => return None,
    };
    let (least, most) = (limit(least), limit(most));
    let size = size as f64;
    let fits = least.is_none_or(|least| size >= least) && most.is_none_or(|most| size <= most);
    if fits {
        None
    } else {
        between(least, most, unit)
    }
}

fn between(least: Option<f64>, most: Option<f64>, unit: &str) -> Option<String> {
    match (least, most) {
        (Some(least), Some(most)) => Some(format!("{least} to {most}{unit}")),
        (Some(least), None) => Some(format!("at least {least}{unit}")),
        (None, Some(most)) => Some(format!("at most {most}{unit}")),
        (None, None) => None,
    }
}

/// Equal as JSON schema has it: `1` and `1.0` are one number.
fn same(one: &Value, other: &Value) -> bool {
    one == other || (one.is_number() && one.as_f64() == other.as_f64())
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(VALUE_SHOWN) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests;
