//! The operations of a document: every method of every path, known to OpenAPI or not.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use heck::ToSnakeCase;
use serde_json::{Map, Value};

use super::document::{Notes, step};
use super::idents::{pascal, snake, unused};
use super::passes::Names;

/// Keys of a path item that are not methods.
const NOT_METHODS: &[&str] = &["summary", "description", "servers", "parameters", "$ref"];

/// Methods that the hand-written part of the client has.
const CLIENT: &[&str] = &[
    "clone",
    "from_env",
    "from_transport",
    "new",
    "transport",
    "with_options",
    "with_token",
];

/// Names that the generated code uses without a path.
const PRELUDE: &[&str] = &[
    "Err", "None", "Ok", "Option", "Result", "Self_", "Some", "String",
];

/// One operation, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Operation {
    /// As the document has it: `predictions.create`.
    pub(crate) id: String,
    /// The method of the generated client: `predictions_create`.
    pub(crate) name: String,
    /// In capitals.
    pub(crate) method: String,
    pub(crate) path: String,
    /// A JSON pointer behind `#`.
    pub(crate) place: String,
}

impl Operation {
    /// The generated builder's type: `PredictionsCreate`.
    pub(crate) fn builder(&self) -> String {
        pascal(&self.name)
    }

    /// The operation as the document describes it.
    pub(crate) fn described<'a>(&self, document: &'a Value) -> &'a Value {
        let pointer = self.place.trim_start_matches('#');
        document.pointer(pointer).unwrap_or(&Value::Null)
    }
}

pub(crate) fn is_method(key: &str) -> bool {
    !NOT_METHODS.contains(&key) && !key.starts_with("x-")
}

/// Calls `f` with the path, the method's key and the operation, for each.
pub(crate) fn for_each(
    document: &mut Value,
    mut f: impl FnMut(&str, &str, &mut Map<String, Value>) -> Result<()>,
) -> Result<()> {
    let Some(paths) = document.get_mut("paths").and_then(Value::as_object_mut) else {
        return Ok(());
    };
    for (path, item) in paths {
        let Some(item) = item.as_object_mut() else {
            bail!("{} is not an object", step("#/paths", path));
        };
        for (key, operation) in item.iter_mut().filter(|(key, _)| is_method(key)) {
            match operation.as_object_mut() {
                Some(operation) => f(path, key, operation)?,
                None => bail!("{} is not an object", step(&step("#/paths", path), key)),
            }
        }
    }
    Ok(())
}

/// The operation's id in the document, or the one that it was given.
pub(crate) fn id_of(operation: &Map<String, Value>) -> &str {
    let id = operation.get("operationId").and_then(Value::as_str);
    id.unwrap_or_default()
}

/// Finds the operations, adds missing ids, and assigns unique names. An operation keeps the name
/// that it has at present.
pub(crate) fn collect(
    document: &mut Value,
    previous: &Names,
    notes: &mut Notes,
) -> Result<Vec<Operation>> {
    let mut found: Vec<Operation> = Vec::new();
    for_each(document, |path, key, operation| {
        let place = step(&step("#/paths", path), key);
        let id = match operation.get("operationId").and_then(Value::as_str) {
            Some(id) if !id.to_snake_case().is_empty() => id.to_string(),
            _ => {
                let id = format!("{key} {}", path.replace(['{', '}'], "")).to_snake_case();
                notes.add(&place, format_args!("no operationId: generated as {id}"));
                operation.insert("operationId".into(), id.clone().into());
                id
            }
        };
        let method = key.to_ascii_uppercase();
        let path = path.to_string();
        found.push(Operation {
            name: String::new(),
            id,
            method,
            path,
            place,
        });
        Ok(())
    })?;
    if found.is_empty() {
        bail!("#/paths: no operations");
    }
    name(&mut found, previous, notes);
    Ok(found)
}

fn name(found: &mut [Operation], previous: &Names, notes: &mut Notes) {
    // By the name of the builder, which two methods such as `a_1` and `a1` would share.
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for operation in found.iter_mut() {
        let key = (operation.place.clone(), operation.id.clone());
        if let Some(name) = previous.operations.get(&key)
            && !taken.contains_key(&pascal(name))
        {
            operation.name = name.to_string();
            taken.insert(operation.builder(), operation.id.clone());
        }
    }
    for operation in found.iter_mut().filter(|found| found.name.is_empty()) {
        let wanted = wanted(&operation.id);
        let name = unused(&wanted, "_", |name| taken.contains_key(&pascal(name)));
        if name != wanted {
            let other = &taken[&pascal(&wanted)];
            let id = &operation.id;
            let what =
                format_args!("operationId {id:?} collides with {other:?}: generated as {name}");
            notes.conflict(&operation.place, what);
        }
        operation.name = name;
        taken.insert(operation.builder(), operation.id.clone());
    }
}

fn wanted(id: &str) -> String {
    let name = snake(id);
    let reserved = CLIENT.contains(&name.as_str())
        || PRELUDE.contains(&pascal(&name).as_str())
        || name.ends_with('_');
    match reserved {
        true => format!("{}_call", name.trim_end_matches('_')),
        false => name,
    }
}

/// The groups in which operations are documented: the document's tags in their order, then those
/// that it does not list, by name.
pub(crate) fn groups(document: &Value, tags: impl IntoIterator<Item = String>) -> Vec<String> {
    let listed = document["tags"].as_array().into_iter().flatten();
    let mut groups: Vec<String> = listed
        .filter_map(|tag| tag["name"].as_str().map(String::from))
        .collect();
    let used: BTreeSet<String> = tags.into_iter().collect();
    groups.retain(|group| used.contains(group));
    let listed: BTreeSet<String> = groups.iter().cloned().collect();
    groups.extend(used.difference(&listed).cloned());
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_method_counts_also_those_that_openapi_does_not_name() {
        let mut document = json!({ "paths": { "/models": {
            "parameters": [], "x-note": {}, "description": "",
            "get": { "operationId": "models.list" }, "query": { "operationId": "models.search" },
            "head": {},
        } } });
        let mut notes = Notes::default();
        let found = collect(&mut document, &Names::default(), &mut notes).unwrap();
        let found: Vec<_> = found
            .iter()
            .map(|o| (o.method.as_str(), o.name.as_str()))
            .collect();
        let expected = [
            ("GET", "models_list"),
            ("QUERY", "models_search"),
            ("HEAD", "head_models"),
        ];
        assert_eq!(found, expected);
        assert_eq!(notes.lines().count(), 1, "the missing id");
    }
}
