//! Plain names for component schemas. Without this pass, a `Prediction` would be a
//! `SchemasPredictionResponse`, and a new component could take the name of a present type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::codegen::document::{Notes, component, unescaped};
use crate::codegen::idents;
use crate::codegen::operations::Operation;
use crate::codegen::schemas;

/// Names that the generated code uses for something else.
const RESERVED: &[&str] = &[
    "Box", "Default", "Option", "Result", "Self_", "String", "Vec",
];

/// The present names. Users wrote them into their programs, so whoever has one keeps it.
#[derive(Clone, Debug, Default)]
#[cfg_attr(test, derive(serde::Deserialize), serde(default))]
pub(crate) struct Names {
    /// By the name of a type: the place of its schema.
    pub(crate) types: BTreeMap<String, String>,
    /// By [`Operation::key`]: the name of the client's method.
    pub(crate) operations: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn of(document: &Value, operations: &[Operation], notes: &Notes) -> Self {
        let components = document["components"]["schemas"].as_object();
        let types = components
            .into_iter()
            .flatten()
            .map(|(name, _)| (name.clone(), notes.original(&component(name))));
        let operations = operations
            .iter()
            .map(|operation| (operation.key(), operation.name.clone()));
        Self {
            types: types.collect(),
            operations: operations.collect(),
        }
    }
}

pub(super) fn plain(document: &mut Value, previous: &Names, notes: &mut Notes) {
    let document_before = document.clone();
    let Some(components) = schemas::object(document.pointer_mut("/components/schemas")) else {
        return;
    };
    let mut wanting: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for (old, schema) in components.iter() {
        let wanted = wanted_name(old, schema);
        wanting.entry(wanted).or_default().push(old);
    }
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut losers: Vec<(String, &String)> = Vec::new();
    for (wanted, mut all) in wanting {
        let present = previous.types.get(&wanted);
        let owner = present.map(|place| {
            all.iter()
                .position(|old| notes.original(&component(old)) == *place)
        });
        let owner = match (owner, present) {
            (Some(Some(owner)), _) => Some(owner),
            // A schema inside of another, which still stands there, has the name.
            (Some(None), Some(place)) if stands_at(&document_before, place) => None,
            _ => Some(0),
        };
        if let Some(owner) = owner {
            names.insert(all.remove(owner).clone(), wanted.clone());
        }
        losers.extend(all.into_iter().map(|old| (wanted.clone(), old)));
    }
    let mut taken: BTreeSet<String> = names.values().cloned().collect();
    taken.extend(losers.iter().map(|(wanted, _)| wanted.clone()));
    for (wanted, old) in losers {
        let new = unused(&type_name(old), |name| taken.contains(name));
        let what = format_args!("collides with another {wanted}: generated as {new}");
        notes.conflict(&component(old), what);
        taken.insert(new.clone());
        names.insert(old.clone(), new);
    }
    let moved = names
        .iter()
        .map(|(old, new)| (component(new), component(old)));
    notes.moved(moved);
    let renamed: Map<String, Value> = std::mem::take(components)
        .into_iter()
        .map(|(old, schema)| (names[&old].clone(), schema))
        .collect();
    *components = renamed;
    let renamed = |reference: &Value| {
        let pointer = reference.as_str()?.strip_prefix("#/components/schemas/")?;
        let (old, inside) = pointer.split_at(pointer.find('/').unwrap_or(pointer.len()));
        let new = names.get(&unescaped(old))?;
        Some(Value::from(format!("#/components/schemas/{new}{inside}")))
    };
    schemas::for_each(document, |schema, _, _| {
        if let Some(new) = schema.get("$ref").and_then(renamed) {
            schema["$ref"] = new;
        }
        let mapping = schema.pointer_mut("/discriminator/mapping");
        for target in schemas::object(mapping)
            .into_iter()
            .flat_map(Map::values_mut)
        {
            if let Some(new) = renamed(target) {
                *target = new;
            }
        }
    });
}

fn stands_at(document: &Value, place: &str) -> bool {
    let schema = document.pointer(place.trim_start_matches('#'));
    let schema = schema.map(|schema| schema.pointer("/allOf/0").unwrap_or(schema));
    schema.is_some_and(|schema| schema.get("$ref").is_none())
}

/// The name of a component, unless another has it.
fn wanted_name(old: &str, schema: &Value) -> String {
    let own = schema.get("x-name").and_then(Value::as_str);
    own.map_or_else(|| plain_name(old), type_name)
}

/// `schemas_prediction_response` → `Prediction`.
fn plain_name(key: &str) -> String {
    let rest = key.strip_prefix("schemas_").unwrap_or(key);
    let name = match rest.strip_suffix("_response") {
        Some(rest) => match rest.strip_prefix("paginated_") {
            Some(item) => format!("{item}_page"),
            None => rest.to_string(),
        },
        None => rest.to_string(),
    };
    type_name(&name)
}

/// Makes any text the name of a type.
pub(super) fn type_name(text: &str) -> String {
    unreserved(&idents::pascal(text))
}

pub(super) fn unreserved(name: &str) -> String {
    match RESERVED.contains(&name) || name.ends_with('_') {
        true => format!("{}Object", name.trim_end_matches('_')),
        false => name.to_string(),
    }
}

/// The name, or the name with the first number behind it that is not taken.
pub(super) fn unused(name: &str, taken: impl Fn(&str) -> bool) -> String {
    idents::unused(name, "", taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_keys_get_plain_names() {
        for (key, name) in [
            ("schemas_prediction_response", "Prediction"),
            ("prediction_response", "Prediction"),
            ("schemas_paginated_model_response", "ModelPage"),
            (
                "schemas_version_prediction_request",
                "VersionPredictionRequest",
            ),
            ("schemas_collection_list_item", "CollectionListItem"),
            ("default", "DefaultObject"),
            ("Self", "SelfObject"),
            ("2fa", "X2fa"),
            ("schemas_", "X"),
        ] {
            assert_eq!(plain_name(key), name);
        }
    }
}
