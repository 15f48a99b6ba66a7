//! Names for operations and component schemas. Without this pass, a `Prediction` would be a
//! `SchemasPredictionResponse`, and what is new could take a name that a user's program has.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::codegen::document::{Notes, component, unescaped};
use crate::codegen::idents::{pascal, snake, unused};
use crate::codegen::json::Json;
use crate::codegen::model::{Model, Operation};

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

/// Names of types and variants that the generated code uses for something else.
const PRELUDE: &[&str] = &[
    "Box", "Default", "Err", "None", "Ok", "Option", "Result", "Self_", "Some", "String", "Vec",
];

/// The present names. Users wrote them into their programs, so each keeps its owner.
#[derive(Clone, Debug, Default)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default))]
pub(crate) struct Names {
    /// By the name of a type: the place of its schema.
    types: BTreeMap<String, String>,
    /// By [`Operation::key`]: the name of the client's method.
    operations: BTreeMap<String, String>,
}

impl Names {
    pub(crate) fn of(model: &Model, notes: &Notes) -> Self {
        let types = model.schemas.keys();
        let types = types.map(|name| (name.clone(), notes.original(&component(name))));
        let operations = model.operations.iter();
        let operations = operations.map(|operation| (operation.key(), operation.name.clone()));
        Self {
            types: types.collect(),
            operations: operations.collect(),
        }
    }
}

/// Assigns each operation a unique name, present names first.
pub(super) fn operations(all: &mut [Operation], previous: &Names, notes: &mut Notes) {
    // By the name of the builder, which two methods such as `a_1` and `a1` would share.
    let mut taken: BTreeMap<String, String> = BTreeMap::new();
    for operation in all.iter_mut() {
        if let Some(name) = previous.operations.get(&operation.key())
            && !taken.contains_key(&pascal(name))
        {
            operation.name = name.to_string();
            taken.insert(operation.builder(), operation.id.clone());
        }
    }
    for operation in all.iter_mut().filter(|found| found.name.is_empty()) {
        let id = &operation.id;
        let wanted = method(id);
        let name = unused(&wanted, "_", |name| taken.contains_key(&pascal(name)));
        if name != wanted {
            let other = &taken[&pascal(&wanted)];
            let what =
                format_args!("operationId {id:?} collides with {other:?}: generated as {name}");
            notes.conflict(&operation.place, what);
        }
        operation.name = name;
        taken.insert(operation.builder(), operation.id.clone());
    }
}

/// The method of the client for an operation of this id, unless another has it.
fn method(id: &str) -> String {
    let name = snake(id);
    let used = CLIENT.contains(&&*name) || PRELUDE.contains(&&*pascal(&name));
    match used || name.ends_with('_') {
        true => format!("{}_call", name.trim_end_matches('_')),
        false => name,
    }
}

/// Renames the components, and what refers to them.
pub(super) fn types(model: &mut Model, given: &Value, previous: &Names, notes: &mut Notes) {
    let mut wanting: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for (old, schema) in &model.schemas {
        let wanted = own_name(schema).unwrap_or_else(|| plain_name(old));
        wanting.entry(wanted).or_default().push(old);
    }
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut losers: Vec<(String, &String)> = Vec::new();
    for (wanted, mut all) in wanting {
        let owner = match previous.types.get(&wanted) {
            Some(place) => {
                let mut all = all.iter();
                let present = all.position(|old| notes.original(&component(old)) == *place);
                // A schema inside of another, which still stands there, has the name.
                present.or((!stands_at(given, place)).then_some(0))
            }
            None => Some(0),
        };
        if let Some(owner) = owner {
            names.insert(all.remove(owner).clone(), wanted.clone());
        }
        losers.extend(all.into_iter().map(|old| (wanted.clone(), old)));
    }
    let mut taken: BTreeSet<String> = names.values().cloned().collect();
    taken.extend(losers.iter().map(|(wanted, _)| wanted.clone()));
    for (wanted, old) in losers {
        let new = unused(&type_name(old), "", |name| taken.contains(name));
        let what = format_args!("collides with another {wanted}: generated as {new}");
        notes.conflict(&component(old), what);
        taken.insert(new.clone());
        names.insert(old.clone(), new);
    }
    let moved = names.iter();
    notes.moved(moved.map(|(old, new)| (component(new), component(old))));
    let schemas = std::mem::take(&mut model.schemas).into_iter();
    model.schemas = schemas
        .map(|(old, schema)| (names[&old].clone(), schema))
        .collect();
    let rename = |reference: &mut Value| {
        let pointer = reference.as_str()?.strip_prefix("#/components/schemas/")?;
        let (old, inside) = pointer.split_at(pointer.find('/').unwrap_or(pointer.len()));
        let new = component(names.get(&unescaped(old))?);
        *reference = format!("{new}{inside}").into();
        Some(())
    };
    model.for_each(|schema, _| {
        schema.get_mut("$ref").and_then(rename);
        if let Some(discriminator) = schema.get_mut("discriminator") {
            for (_, target) in discriminator.entries_mut("mapping") {
                rename(target);
            }
        }
    });
}

fn stands_at(document: &Value, place: &str) -> bool {
    let schema = document.pointer(place.trim_start_matches('#'));
    let schema = schema.map(|schema| schema.pointer("/allOf/0").unwrap_or(schema));
    schema.is_some_and(|schema| schema.get("$ref").is_none())
}

/// `schemas_prediction_response` → `Prediction`, `schemas_paginated_file_response` → `FilePage`.
pub(super) fn plain_name(key: &str) -> String {
    let rest = key.strip_prefix("schemas_").unwrap_or(key);
    let response = rest.strip_suffix("_response");
    match response.and_then(|response| response.strip_prefix("paginated_")) {
        Some(item) => type_name(&format!("{item}_page")),
        None => type_name(response.unwrap_or(rest)),
    }
}

/// The name that the overlay gives a schema.
pub(super) fn own_name(schema: &Value) -> Option<String> {
    schema.text("x-name").map(type_name)
}

/// Makes any text the name of a type.
pub(super) fn type_name(text: &str) -> String {
    unreserved(&pascal(text))
}

pub(super) fn unreserved(name: &str) -> String {
    match PRELUDE.contains(&name) || name.ends_with('_') {
        true => format!("{}Object", name.trim_end_matches('_')),
        false => name.to_string(),
    }
}
