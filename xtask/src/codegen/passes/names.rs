//! Plain names for component schemas: `schemas_prediction_response` becomes `Prediction`.

use std::collections::BTreeMap;

use heck::ToUpperCamelCase;
use serde_json::{Map, Value};

use crate::codegen::document::{Notes, step};
use crate::codegen::schemas;

pub(super) fn plain(document: &mut Value, notes: &mut Notes) {
    let Some(components) = schemas::object(document.pointer_mut("/components/schemas")) else {
        return;
    };
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for (old, schema) in components.iter() {
        let wanted = schema
            .get("x-name")
            .and_then(Value::as_str)
            .map(String::from);
        let mut new = wanted.unwrap_or_else(|| plain_name(old));
        if new.is_empty() || names.values().any(|taken| *taken == new) {
            new = unused(&old.to_upper_camel_case(), |name| {
                names.values().any(|n| n == name)
            });
            notes.add(
                &step("#/components/schemas", old),
                format_args!("generated as {new}"),
            );
        }
        names.insert(old.clone(), new);
    }
    for (old, new) in &names {
        notes.came_from(new, &step("#/components/schemas", old));
    }
    let renamed: Map<String, Value> = std::mem::take(components)
        .into_iter()
        .map(|(old, schema)| (names[&old].clone(), schema))
        .collect();
    *components = renamed;
    schemas::for_each(document, |schema, _, _| {
        if let Some(new) = schemas::component_of(schema).and_then(|old| names.get(old)) {
            schema["$ref"] = format!("#/components/schemas/{new}").into();
        }
    });
}

fn plain_name(key: &str) -> String {
    let rest = key.strip_prefix("schemas_").unwrap_or(key);
    let name = match rest.strip_suffix("_response") {
        Some(rest) => match rest.strip_prefix("paginated_") {
            Some(item) => format!("{item}_page"),
            None => rest.to_string(),
        },
        None => rest.to_string(),
    };
    name.to_upper_camel_case()
}

/// The name, or the name with the first number behind it that is not taken.
pub(super) fn unused(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let name = if name.is_empty() { "Schema" } else { name };
    if !taken(name) {
        return name.to_string();
    }
    let mut number = 2;
    loop {
        let candidate = format!("{name}{number}");
        if !taken(&candidate) {
            return candidate;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_published_keys_get_the_names_that_people_use() {
        for (key, name) in [
            ("schemas_prediction_response", "Prediction"),
            ("prediction_response", "Prediction"),
            ("schemas_paginated_model_response", "ModelPage"),
            (
                "schemas_version_prediction_request",
                "VersionPredictionRequest",
            ),
            ("schemas_collection_list_item", "CollectionListItem"),
        ] {
            assert_eq!(plain_name(key), name);
        }
    }

    #[test]
    fn references_follow_and_a_clash_is_named() {
        let mut document = json!({ "components": { "schemas": {
            "a_response": { "$ref": "#/components/schemas/schemas_a_response" },
            "schemas_a_response": { "x-name": "B" },
            "schemas_b": {},
        } } });
        let mut notes = Notes::default();
        plain(&mut document, &mut notes);
        assert_eq!(
            document["components"]["schemas"],
            json!({ "A": { "$ref": "#/components/schemas/B" }, "B": { "x-name": "B" }, "SchemasB": {} })
        );
        assert_eq!(
            notes.lines().collect::<Vec<_>>(),
            ["#/components/schemas/schemas_b: generated as SchemasB"]
        );
    }
}
