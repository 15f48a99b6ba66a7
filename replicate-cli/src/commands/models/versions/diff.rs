//! Compares the schemas of two versions.

use std::collections::BTreeMap;
use std::str::FromStr;

use clap::Args;
use replicate::ModelRef;
use serde_json::{Value, json};

use super::super::schema;
use crate::error::{CliError, Result};
use crate::session::Session;
use crate::terminal;

/// Compare the inputs and the output of two versions
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate models versions diff acme/app:VERSION acme/app
  replicate models versions diff acme/app VERSION VERSION")]
pub(crate) struct Diff {
    /// owner/name:version, or owner/name for its latest version; and the other one, or two ids
    /// of versions of the same model
    #[arg(value_name = "REF", num_args = 2..=3, required = true)]
    versions: Vec<String>,
}

impl Diff {
    pub(super) async fn execute(self, session: &Session) -> Result<()> {
        let (old, new) = match self.versions.as_slice() {
            [model, old, new] => (format!("{model}:{old}"), format!("{model}:{new}")),
            // A version id alone is one of the same model.
            [old, new] if !new.contains('/') => {
                let model = ModelRef::from_str(old)?;
                let (Some(owner), Some(name)) = (model.owner(), model.name()) else {
                    return Err(CliError::usage(format!("`{old}` names no model"))
                        .hint("expected owner/name:version"));
                };
                (old.clone(), format!("{owner}/{name}:{new}"))
            }
            [old, new] => (old.clone(), new.clone()),
            _ => return Err(CliError::usage("expected two versions")),
        };
        let changes = changes(&read(session, &old).await?, &read(session, &new).await?);
        if session.json {
            return session.write_json(Value::from(changes).to_string());
        }
        if changes.is_empty() {
            session.note("no differences");
            return Ok(());
        }
        let lines: String = changes.iter().map(line).collect();
        Ok(terminal::write_data(&lines)?)
    }
}

async fn read(session: &Session, reference: &str) -> Result<Value> {
    let body = schema::read(session, &ModelRef::from_str(reference)?).await?;
    let document = schema::document(&body)
        .ok_or_else(|| CliError::not_found(format!("{reference} has no schema")))?;
    serde_json::from_str(document)
        .map_err(|error| CliError::error(format!("could not decode the schema: {error}")))
}

/// Differences: an object with `change`, `path`, and the old and the new definition.
fn changes(old: &Value, new: &Value) -> Vec<Value> {
    let mut changes = Vec::new();
    for (schema, prefix) in [("Input", "input."), ("TrainingInput", "training input.")] {
        let (old, new) = (definitions(old, schema), definitions(new, schema));
        let added = new.keys().filter(|name| !old.contains_key(*name));
        for name in old.keys().chain(added) {
            compare(
                &mut changes,
                &format!("{prefix}{name}"),
                old.get(name),
                new.get(name),
            );
        }
    }
    let output = |document: &Value| {
        let output = document.pointer("/components/schemas/Output")?;
        Some(plain(document, output, 0))
    };
    compare(
        &mut changes,
        "output",
        output(old).as_ref(),
        output(new).as_ref(),
    );
    changes
}

fn compare(changes: &mut Vec<Value>, path: &str, old: Option<&Value>, new: Option<&Value>) {
    let change = match (old, new) {
        (Some(old), Some(new)) if old == new => return,
        (Some(_), Some(_)) => "changed",
        (None, Some(_)) => "added",
        (Some(_), None) => "removed",
        (None, None) => return,
    };
    changes.push(json!({"change": change, "path": path, "old": old, "new": new}));
}

/// The properties of a schema, each with its references resolved and whether it is required.
fn definitions(document: &Value, name: &str) -> BTreeMap<String, Value> {
    let schema = &document["components"]["schemas"][name];
    let required = schema["required"].as_array();
    let properties = schema["properties"].as_object();
    let definition = |(name, property): (&String, &Value)| {
        let is_required = required.is_some_and(|names| names.contains(&Value::from(name.as_str())));
        let mut definition = plain(document, property, 0);
        if let (true, Some(keywords)) = (is_required, definition.as_object_mut()) {
            keywords.insert("required".to_owned(), true.into());
            definition = sorted(std::mem::take(keywords));
        }
        (name.clone(), definition)
    };
    properties.into_iter().flatten().map(definition).collect()
}

/// An object with its keys in order, which `serde_json` ensures only in some builds.
fn sorted(keywords: impl IntoIterator<Item = (String, Value)>) -> Value {
    let keywords: BTreeMap<String, Value> = keywords.into_iter().collect();
    Value::Object(keywords.into_iter().collect())
}

/// A schema with its references resolved and its keywords sorted, without those that only order
/// and title it.
fn plain(document: &Value, schema: &Value, depth: usize) -> Value {
    let Some(own) = schema.as_object().filter(|_| depth < 16) else {
        return schema.clone();
    };
    let mut keywords = BTreeMap::new();
    let target = own.get("$ref").and_then(Value::as_str);
    let target = target.and_then(|to| document.pointer(to.strip_prefix('#')?));
    let parts = own.get("allOf").and_then(Value::as_array);
    for part in target.into_iter().chain(parts.into_iter().flatten()) {
        if let Value::Object(part) = plain(document, part, depth + 1) {
            keywords.extend(part);
        }
    }
    for (keyword, value) in own {
        match keyword.as_str() {
            "$ref" | "allOf" | "x-order" | "title" => {}
            "items" => {
                keywords.insert(keyword.clone(), plain(document, value, depth + 1));
            }
            _ => {
                keywords.insert(keyword.clone(), value.clone());
            }
        }
    }
    sorted(keywords)
}

/// A change as a line: `+ input.seed {…}`, `- input.x {…}`, `~ input.n default: 1 -> 2`.
fn line(change: &Value) -> String {
    let path = change["path"].as_str().unwrap_or_default();
    match (change["change"].as_str(), &change["old"], &change["new"]) {
        (Some("added"), _, new) => format!("+ {path} {new}\n"),
        (Some("removed"), old, _) => format!("- {path} {old}\n"),
        (_, old, new) => {
            let keys = |value: &Value| -> Vec<String> {
                let keywords = value.as_object().into_iter().flatten();
                keywords.map(|(key, _)| key.clone()).collect()
            };
            let mut all = keys(old);
            all.extend(keys(new).into_iter().filter(|key| old.get(key).is_none()));
            let differences: Vec<String> = all
                .iter()
                .filter(|key| old.get(key) != new.get(key))
                .map(|key| {
                    let show = |value: &Value| match value.get(key) {
                        Some(value) => value.to_string(),
                        None => "none".to_owned(),
                    };
                    format!("{key}: {} -> {}", show(old), show(new))
                })
                .collect();
            format!("~ {path} {}\n", differences.join("; "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(input: Value, output: Value) -> Value {
        json!({"components": {"schemas": {
            "Input": input,
            "Output": output,
            "size": {"enum": ["s", "m"], "type": "string"},
            "size2": {"enum": ["s", "m", "l"], "type": "string"},
        }}})
    }

    #[test]
    fn differences_are_additions_removals_and_changed_keywords() {
        let old = document(
            json!({"required": ["prompt"], "properties": {
                "prompt": {"type": "string", "title": "Prompt", "x-order": 0},
                "steps": {"type": "integer", "default": 20},
                "size": {"allOf": [{"$ref": "#/components/schemas/size"}]},
            }}),
            json!({"type": "string"}),
        );
        let new = document(
            json!({"properties": {
                "prompt": {"type": "string", "title": "The prompt", "x-order": 3},
                "seed": {"type": "integer"},
                "size": {"allOf": [{"$ref": "#/components/schemas/size2"}]},
            }}),
            json!({"type": "array", "items": {"type": "string"}}),
        );
        let lines: String = changes(&old, &new).iter().map(line).collect();
        insta::assert_snapshot!(lines, @r#"
        ~ input.prompt required: true -> none
        ~ input.size enum: ["s","m"] -> ["s","m","l"]
        - input.steps {"default":20,"type":"integer"}
        + input.seed {"type":"integer"}
        ~ output type: "string" -> "array"; items: none -> {"type":"string"}
        "#);
        assert!(changes(&old, &old).is_empty());
    }
}
