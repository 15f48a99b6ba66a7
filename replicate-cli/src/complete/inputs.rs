//! Completion of the inputs of a model: `key=`, `key=choice`, `key=@FILE`.

use std::ffi::OsStr;

use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};
use replicate::schema::{Input, ModelSchema, ValueKind};

use super::{Candidate, Words, fetch};
use crate::record::plain;

/// The files for an input written as `@FILE` or `key=@FILE`; `None` for any other.
pub(super) fn paths(current: &str) -> Option<Vec<CompletionCandidate>> {
    let key = match current.starts_with('@') {
        true => "",
        false => &current[..=current.find("=@")?],
    };
    let path = OsStr::new(&current[key.len() + 1..]);
    let paths = PathCompleter::any().complete(path).into_iter();
    Some(
        paths
            .map(|path| path.add_prefix(format!("{key}@")))
            .collect(),
    )
}

/// The keys of a model's inputs, or the values of one.
pub(super) fn candidates(words: &Words, current: &str) -> Vec<Candidate> {
    let reference = words.reference();
    let Some(schema) = reference.and_then(|reference| fetch::schema(words, &reference)) else {
        return Vec::new();
    };
    match current.split_once('=') {
        Some((key, _)) => {
            let input = schema.input(key);
            input.map_or_else(Vec::new, |input| values(key, input))
        }
        None => keys(words, &schema),
    }
}

/// The keys that are not given yet.
fn keys(words: &Words, schema: &ModelSchema) -> Vec<Candidate> {
    let is_given = |key: &str| {
        words.0.iter().any(|word| {
            let rest = word.strip_prefix(key).unwrap_or_default();
            rest.starts_with(['=', ':'])
        })
    };
    let candidate = |input: &Input| {
        let about = input.schema().description().unwrap_or_default();
        Candidate(format!("{}=", input.key()), about.to_owned())
    };
    let open = schema
        .inputs()
        .iter()
        .filter(|input| !is_given(input.key()));
    open.map(candidate).collect()
}

/// The values that an input takes, where there are few.
fn values(key: &str, input: &Input) -> Vec<Candidate> {
    let schema = input.schema();
    let mut values: Vec<String> = schema.choices().iter().map(plain).collect();
    if values.is_empty() && schema.accepts(ValueKind::Boolean) {
        values = vec!["true".to_owned(), "false".to_owned()];
    }
    if values.is_empty() && schema.takes_file() {
        values = vec!["@".to_owned()];
    }
    let default = schema.default_value().map(plain);
    let candidate = |value: String| {
        let is_default = default.as_ref() == Some(&value);
        let about = if is_default { "the default" } else { "" };
        Candidate(format!("{key}={value}"), about.to_owned())
    };
    values.into_iter().map(candidate).collect()
}
