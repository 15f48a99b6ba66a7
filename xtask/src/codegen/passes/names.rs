//! Plain names for component schemas: `schemas_prediction_response` becomes `Prediction`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::codegen::document::{Notes, component};
use crate::codegen::{idents, schemas};

/// Names that the generated types use for something else.
const RESERVED: &[&str] = &["Default", "Self_", "String"];

pub(super) fn plain(document: &mut Value, notes: &mut Notes) {
    let Some(components) = schemas::object(document.pointer_mut("/components/schemas")) else {
        return;
    };
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for (old, schema) in components.iter() {
        let wanted = type_name_of_component(old, schema);
        let taken = |name: &str| names.values().any(|taken| *taken == name);
        let new = if taken(&wanted) {
            let new = unused(&type_name(old), taken);
            notes.add(&component(old), format_args!("generated as {new}"));
            new
        } else {
            wanted
        };
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
    schemas::for_each(document, |schema, _, _| {
        if let Some(new) = schemas::component_of(schema).and_then(|old| names.get(old)) {
            schema["$ref"] = format!("#/components/schemas/{new}").into();
        }
    });
}

/// The type name of a component, where no other has it.
pub(crate) fn type_name_of_component(key: &str, schema: &Value) -> String {
    let given = schema.get("x-name").and_then(Value::as_str);
    given.map_or_else(|| plain_name(key), type_name)
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
    type_name(&name)
}

/// A name for a type, whatever the text.
pub(super) fn type_name(text: &str) -> String {
    let name = idents::pascal(text);
    if RESERVED.contains(&name.as_str()) || name.ends_with('_') {
        return format!("{}Object", name.trim_end_matches('_'));
    }
    name
}

/// The name, or the name with the first number behind it that is not taken.
pub(super) fn unused(name: &str, taken: impl Fn(&str) -> bool) -> String {
    idents::unused(name, "", taken)
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
            ("default", "DefaultObject"),
            ("Self", "SelfObject"),
            ("2fa", "X2fa"),
            ("schemas_", "X"),
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
