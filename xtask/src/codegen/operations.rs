//! The operations of a document: every method of every path, known to OpenAPI or not.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, bail};
use heck::ToSnakeCase;
use serde_json::{Map, Value};

use super::document::{Notes, step, unescaped};
use super::idents::{pascal, snake, unused};
use super::passes::Names;
use super::schemas::object;

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

    /// What it is known by, whatever its method is called: its place and its id.
    pub(crate) fn key(&self) -> String {
        format!("{} {}", self.place, self.id)
    }

    /// The operation as the document describes it.
    pub(crate) fn described<'a>(&self, document: &'a Value) -> &'a Value {
        let pointer = self.place.trim_start_matches('#');
        document.pointer(pointer).unwrap_or(&Value::Null)
    }
}

/// Calls `f` with each operation and its place.
pub(crate) fn for_each(document: &mut Value, mut f: impl FnMut(&str, &mut Map<String, Value>)) {
    for (path, item) in object(document.get_mut("paths")).into_iter().flatten() {
        let item_place = step("#/paths", path);
        for (key, operation) in object(Some(item)).into_iter().flatten() {
            if let Some(operation) = operation.as_object_mut() {
                f(&step(&item_place, key), operation);
            }
        }
    }
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
    for_each(document, |place, operation| {
        let mut steps = place.split('/').skip(2).map(unescaped);
        let path = steps.next().unwrap_or_default();
        let key = steps.next().unwrap_or_default();
        let mut id = id_of(operation).to_string();
        if id.to_snake_case().is_empty() {
            id = format!("{key} {}", path.replace(['{', '}'], "")).to_snake_case();
            notes.add(place, format_args!("no operationId: generated as {id}"));
            operation.insert("operationId".into(), id.clone().into());
        }
        found.push(Operation {
            name: String::new(),
            id,
            method: key.to_ascii_uppercase(),
            path,
            place: place.to_string(),
        });
    });
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
        if let Some(name) = previous.operations.get(&operation.key())
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
