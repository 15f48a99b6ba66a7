//! Finds the violations of an input, and describes each.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::paths::{Location, LocationSegment};
use serde_json::Value;

use super::compile::{compile, is_local_path};
use super::{Rule, Violation};
use crate::input::Input as Serialized;
use crate::schema::{Input, MASK, ModelSchema, ValueKind, ValueSchema, suggest};

/// Placeholder for a file that is sent with the input.
pub(super) const FILE: &str = "https://replicate.invalid/file";

const A_FILE: &str = "the URL of a file (https or data)";

/// Maximum number of violations reported for one input: a list of a million wrong items is known
/// to be wrong after these.
const MAX_VIOLATIONS: usize = 100;

/// An input with URLs in place of its files.
pub(super) fn with_files(input: &Serialized) -> Value {
    #[cfg_attr(not(feature = "files"), allow(unused_mut))]
    let mut value = input.value.clone();
    #[cfg(feature = "files")]
    for slot in &input.files {
        let url = slot.file.given_url().unwrap_or(FILE);
        slot.fill(&mut value, url.to_owned());
    }
    value
}

pub(super) fn violations(schema: &ModelSchema, input: &Value) -> Vec<Violation> {
    let mut found = Vec::new();
    let compiled = schema.compiled();
    for (known, validator) in schema.inputs().iter().zip(&compiled.validators) {
        match (input.get(known.key()), validator) {
            (None, _) if known.is_required() => {
                found.push(missing(known.key().to_owned(), Some(known)));
            }
            (Some(Value::Null), _) if known.schema().is_nullable() => {}
            (Some(value), Some(validator)) => {
                let key = known.key().to_owned();
                found.extend(in_value(known.schema(), validator, value, key));
            }
            _ => {}
        }
    }
    if !schema.accepts_unknown_inputs() {
        let given = input.as_object().into_iter().flatten();
        let unknown = given.filter(|(key, _)| schema.input(key).is_none());
        found.extend(unknown.map(|(key, value)| Violation {
            key: key.clone(),
            rule: Rule::Unknown,
            // It may be a misspelled secret.
            value: Some(masked(schema.has_secrets(), value)),
            expected: String::new(),
            suggestion: schema.suggest_key(key).map(str::to_owned),
        }));
    }
    found
}

fn missing(key: String, input: Option<&Input>) -> Violation {
    let description = input.and_then(|input| input.schema().description());
    let description = description.unwrap_or_default().trim();
    Violation {
        key,
        rule: Rule::Required,
        value: None,
        expected: description.trim_end_matches('.').to_owned(),
        suggestion: None,
    }
}

/// The violations in one value, at most one of each rule at each place, and not more than the
/// limit.
fn in_value(
    schema: &ValueSchema,
    validator: &jsonschema::Validator,
    value: &Value,
    key: String,
) -> Vec<Violation> {
    let mut found: Vec<Violation> = Vec::new();
    for error in validator.iter_errors(value) {
        if found.len() >= MAX_VIOLATIONS {
            break;
        }
        let (place, at) = locate(schema, &key, error.instance_path());
        let at = at.unwrap_or(schema);
        let violations = match error.kind() {
            Kind::AnyOf { .. } => in_union(at, error.instance(), place),
            Kind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                vec![missing(format!("{place}.{name}"), at.field(name))]
            }
            kind => vec![violation(at, kind, error.instance(), place)],
        };
        for violation in violations {
            let is_known =
                |known: &Violation| known.key == violation.key && known.rule == violation.rule;
            if !found.iter().any(is_known) {
                found.push(violation);
            }
        }
    }
    found
}

/// The violations of a value that matches no alternative: those of the one alternative that has
/// its type, or else that of the type.
fn in_union(schema: &ValueSchema, value: &Value, key: String) -> Vec<Violation> {
    let fitting: Vec<&ValueSchema> = match schema.kind() {
        ValueKind::Union => {
            let alternatives = schema.alternatives().iter();
            alternatives.filter(|one| has_type(one, value)).collect()
        }
        // An optional field, whose other alternative is null.
        _ => vec![schema],
    };
    if let [only] = fitting.as_slice()
        && let Some(validator) = compile(only, &key, &mut Vec::new())
    {
        return in_value(only, &validator, value, key);
    }
    vec![Violation {
        key,
        rule: Rule::Type,
        value: Some(masked(schema.has_secrets(), value)),
        expected: schema.to_string(),
        suggestion: None,
    }]
}

fn has_type(schema: &ValueSchema, value: &Value) -> bool {
    match schema.kind() {
        ValueKind::Text | ValueKind::File => value.is_string(),
        ValueKind::Integer | ValueKind::Number => value.is_number(),
        ValueKind::Boolean => value.is_boolean(),
        ValueKind::List => value.is_array(),
        ValueKind::Object => value.is_object(),
        ValueKind::Union => schema.alternatives().iter().any(|one| has_type(one, value)),
        ValueKind::Any => true,
    }
}

fn masked(has_secrets: bool, value: &Value) -> Value {
    match has_secrets {
        true => MASK.into(),
        false => value.clone(),
    }
}

fn violation(schema: &ValueSchema, kind: &Kind, value: &Value, key: String) -> Violation {
    let mut suggestion = None;
    let limits = |unit: &str| format!("{}{unit}", schema.range().unwrap_or_default());
    let (rule, expected) = match kind {
        Kind::Type { .. } => (Rule::Type, type_sentence(schema)),
        Kind::Enum { .. } | Kind::Constant { .. } => {
            let choices = schema.choices().iter().filter_map(Value::as_str);
            if let (Some(text), false) = (value.as_str(), schema.is_secret()) {
                suggestion = suggest::nearest(text, choices).map(str::to_owned);
            }
            (Rule::Choice, schema.to_string())
        }
        Kind::Minimum { .. }
        | Kind::Maximum { .. }
        | Kind::ExclusiveMinimum { .. }
        | Kind::ExclusiveMaximum { .. } => (Rule::Range, limits("")),
        Kind::MinLength { .. } | Kind::MaxLength { .. } => (Rule::Length, limits(" long")),
        Kind::MinItems { .. } | Kind::MaxItems { .. } => (Rule::Length, limits(" long")),
        Kind::Pattern { pattern } => (Rule::Pattern, format!("`{pattern}`")),
        Kind::Format { .. } => {
            let is_local = value.as_str().is_some_and(is_local_path);
            match is_local {
                true => (Rule::LocalFile, A_FILE.to_owned()),
                false => (Rule::File, A_FILE.to_owned()),
            }
        }
        kind => (
            Rule::Other,
            format!("valid by the rule `{}`", kind.keyword()),
        ),
    };
    Violation {
        key,
        rule,
        value: Some(masked(schema.has_secrets(), value)),
        expected,
        suggestion,
    }
}

/// A type with its article.
fn type_sentence(schema: &ValueSchema) -> String {
    let name = match schema.kind() {
        // That it is a secret is not its type.
        ValueKind::Text => "text".to_owned(),
        ValueKind::File => A_FILE.to_owned(),
        _ => schema.type_with_article(),
    };
    match schema.is_nullable() {
        true => format!("{name} or null"),
        false => name,
    }
}

/// A place inside of a value, as an error names it, and its schema.
fn locate<'s>(
    schema: &'s ValueSchema,
    key: &str,
    path: &Location,
) -> (String, Option<&'s ValueSchema>) {
    let mut place = key.to_owned();
    let mut at = Some(schema);
    for segment in path {
        match segment {
            LocationSegment::Index(index) => {
                place.push_str(&format!("[{index}]"));
                at = at.and_then(ValueSchema::items);
            }
            LocationSegment::Property(name) => {
                place.push_str(&format!(".{name}"));
                let field = at.and_then(|object| object.field(name.as_ref()));
                at = field.map(Input::schema);
            }
        }
    }
    (place, at)
}
