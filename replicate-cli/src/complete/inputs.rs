//! Completion of the inputs of a model: `key=`, `key=choice`, `key=@FILE`.

use std::ffi::OsStr;

use clap_complete::engine::{CompletionCandidate, PathCompleter, ValueCompleter};
use replicate::schema::{Input, ModelSchema, ValueKind};

use super::{Candidate, Words, fetch};

pub(super) fn candidates(words: &Words, current: &str) -> Vec<CompletionCandidate> {
    if let Some(path) = current.strip_prefix('@') {
        return paths("@", path);
    }
    if let Some((key, path)) = current.split_once("=@") {
        return paths(&format!("{key}=@"), path);
    }
    let Some(schema) = words
        .reference()
        .and_then(|reference| fetch::schema(words, &reference))
    else {
        return Vec::new();
    };
    let found = match current.split_once('=') {
        Some((key, _)) => schema
            .input(key)
            .map_or_else(Vec::new, |input| values(key, input)),
        None => keys(words, &schema),
    };
    found
        .into_iter()
        .filter(|Candidate(text, _)| text.starts_with(current))
        .map(CompletionCandidate::from)
        .collect()
}

fn paths(prefix: &str, path: &str) -> Vec<CompletionCandidate> {
    PathCompleter::any()
        .complete(OsStr::new(path))
        .into_iter()
        .map(|candidate| candidate.add_prefix(prefix))
        .collect()
}

/// The keys that are not given yet.
fn keys(words: &Words, schema: &ModelSchema) -> Vec<Candidate> {
    let is_given = |key: &str| {
        words.0.iter().any(|word| {
            let rest = word.strip_prefix(key).unwrap_or_default();
            rest.starts_with(['=', ':'])
        })
    };
    let open = schema
        .inputs()
        .iter()
        .filter(|input| !is_given(input.key()));
    open.map(|input| {
        let about = input.schema().description().unwrap_or_default();
        Candidate(format!("{}=", input.key()), about.to_owned())
    })
    .collect()
}

/// The values that an input takes, where there are few.
fn values(key: &str, input: &Input) -> Vec<Candidate> {
    let schema = input.schema();
    let mut values: Vec<String> = schema
        .choices()
        .iter()
        .map(|choice| {
            choice
                .as_str()
                .map_or_else(|| choice.to_string(), str::to_owned)
        })
        .collect();
    if values.is_empty() && schema.accepts(ValueKind::Boolean) {
        values = vec!["true".to_owned(), "false".to_owned()];
    }
    if values.is_empty() && schema.takes_file() {
        values = vec!["@".to_owned()];
    }
    let default = schema.default_value();
    let is_default = |value: &str| {
        default.is_some_and(|default| {
            default
                .as_str()
                .map_or_else(|| default.to_string(), str::to_owned)
                == value
        })
    };
    values
        .into_iter()
        .map(|value| {
            let about = if is_default(&value) {
                "the default"
            } else {
                ""
            };
            Candidate(format!("{key}={value}"), about.to_owned())
        })
        .collect()
}
