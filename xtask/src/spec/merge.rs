//! Their structure with our prose. None of their sentences comes along.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::codegen::shape;

/// Keys whose values are prose or show something, and are no structure.
const PROSE: &[&str] = &[
    "bearerFormat",
    "description",
    "example",
    "examples",
    "summary",
    "title",
];

/// Objects whose keys are names that people chose, and not OpenAPI's own.
const MAPS: &[&str] = &[
    "$defs",
    "additionalOperations",
    "callbacks",
    "content",
    "dependentSchemas",
    "encoding",
    "headers",
    "links",
    "mapping",
    "parameters",
    "pathItems",
    "paths",
    "patternProperties",
    "properties",
    "requestBodies",
    "responses",
    "schemas",
    "scopes",
    "securitySchemes",
    "variables",
    "webhooks",
];

/// Values that are data, and hold no prose whatever their keys are called.
const DATA: &[&str] = &["const", "default", "enum", "required"];

/// Keys keep our order, new ones come last, so that the change reads as what changed.
pub(super) fn documents(theirs: &Value, ours: &Value) -> Value {
    let mut ours = ours.clone();
    follow_components(theirs, &mut ours);
    follow_operations(theirs, &mut ours);
    merge(theirs, Some(&ours), false)
}

/// Puts our component of the same shape where theirs has a new name.
fn follow_components(theirs: &Value, ours: &mut Value) {
    const SCHEMAS: &str = "/components/schemas";
    let empty = Map::new();
    let theirs = theirs.pointer(SCHEMAS).and_then(Value::as_object);
    let theirs = theirs.unwrap_or(&empty);
    let Some(ours) = ours.pointer_mut(SCHEMAS).and_then(Value::as_object_mut) else {
        return;
    };
    let gone: Vec<(Value, Value)> = ours
        .iter()
        .filter(|(name, _)| !theirs.contains_key(*name))
        .map(|(_, schema)| (shape(schema), schema.clone()))
        .collect();
    for (name, schema) in theirs {
        let same = gone.iter().find(|(known, _)| *known == shape(schema));
        if let Some((_, own)) = same.filter(|_| !ours.contains_key(name)) {
            ours.insert(name.clone(), own.clone());
        }
    }
}

/// Puts our operation of the same id where theirs has another path or method.
fn follow_operations(theirs: &Value, ours: &mut Value) {
    let mut own: BTreeMap<String, Value> = BTreeMap::new();
    for (_, _, operation) in operations(ours) {
        if let Some(id) = operation.get("operationId").and_then(Value::as_str) {
            own.insert(id.to_string(), operation.clone());
        }
    }
    for (path, method, operation) in operations(theirs) {
        let id = operation.get("operationId").and_then(Value::as_str);
        let Some(own) = id.and_then(|id| own.get(id)) else {
            continue;
        };
        let Some(paths) = ours.get_mut("paths").and_then(Value::as_object_mut) else {
            continue;
        };
        let item = paths.entry(path).or_insert_with(|| Map::new().into());
        if let Some(item) = item.as_object_mut() {
            item.insert(method.to_string(), own.clone());
        }
    }
}

fn operations(document: &Value) -> impl Iterator<Item = (&str, &str, &Value)> {
    let paths = document.get("paths").and_then(Value::as_object);
    paths.into_iter().flatten().flat_map(|(path, item)| {
        let item = item.as_object().into_iter().flatten();
        item.filter(|(_, operation)| operation.is_object())
            .map(move |(method, operation)| (path.as_str(), method.as_str(), operation))
    })
}

fn merge(theirs: &Value, ours: Option<&Value>, names: bool) -> Value {
    match theirs {
        Value::Object(theirs) => {
            merge_object(theirs, ours.and_then(Value::as_object), names).into()
        }
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(index, item)| merge(item, counterpart(item, ours, index), false))
            .collect(),
        other => other.clone(),
    }
}

/// The element of our list that theirs speaks of: a parameter or a tag of one name, the same
/// reference, else the same place.
fn counterpart<'a>(item: &Value, ours: Option<&'a Value>, index: usize) -> Option<&'a Value> {
    let ours = ours?.as_array()?;
    for key in ["name", "$ref", "url"] {
        if let Some(value) = item.get(key) {
            let same =
                |own: &&Value| own.get(key) == Some(value) && own.get("in") == item.get("in");
            return ours.iter().find(same);
        }
    }
    ours.get(index)
        .filter(|own| own.get("type") == item.get("type"))
}

fn merge_object(
    theirs: &Map<String, Value>,
    ours: Option<&Map<String, Value>>,
    names: bool,
) -> Map<String, Value> {
    let empty = Map::new();
    let ours = ours.unwrap_or(&empty);
    let prose = |key: &str, value: &Value| !names && PROSE.contains(&key) && is_prose(key, value);
    let mut merged = Map::new();
    let new = theirs.keys().filter(|key| !ours.contains_key(*key));
    for key in ours.keys().chain(new) {
        match (ours.get(key), theirs.get(key)) {
            (Some(own), _) if prose(key, own) => {
                merged.insert(key.clone(), own.clone());
            }
            (_, Some(new)) if prose(key, new) => {}
            (_, Some(new)) if !names && DATA.contains(&key.as_str()) => {
                merged.insert(key.clone(), new.clone());
            }
            // An extension is theirs to read, unless we have it too.
            (None, Some(_)) if !names && key.starts_with("x-") => {}
            (own, Some(new)) => {
                let names = !names && MAPS.contains(&key.as_str());
                merged.insert(key.clone(), merge(new, own, names));
            }
            _ => {}
        }
    }
    merged
}

fn is_prose(key: &str, value: &Value) -> bool {
    value.is_string() || matches!(key, "example" | "examples")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn their_structure_comes_with_our_prose() {
        let merged = documents(
            &json!({ "info": { "version": "2", "description": "Theirs" },
                "paths": { "/a": { "get": { "summary": "Theirs", "operationId": "a.get" } } } }),
            &json!({ "info": { "description": "Ours", "version": "1" },
                "paths": { "/a": { "get": { "operationId": "a.old", "summary": "Ours" } }, "/b": {} } }),
        );
        assert_eq!(
            merged,
            json!({ "info": { "description": "Ours", "version": "2" },
                "paths": { "/a": { "get": { "operationId": "a.get", "summary": "Ours" } } } })
        );
    }

    #[test]
    fn none_of_their_sentences_comes_along() {
        let theirs = json!({ "components": {
            "securitySchemes": { "t": { "type": "http", "bearerFormat": "theirs" } },
            "headers": { "x-id": { "description": "theirs", "schema": { "type": "string" } } },
            "schemas": { "a": { "title": "theirs", "properties": {
                "description": { "type": "string", "description": "theirs", "default": "x" },
                "content": { "type": "string", "description": "theirs", "x-a": "theirs" },
                "properties": { "examples": ["theirs"], "enum": ["x"] } } } } } });
        assert_eq!(
            documents(&theirs, &json!({})),
            json!({ "components": {
                "securitySchemes": { "t": { "type": "http" } },
                "headers": { "x-id": { "schema": { "type": "string" } } },
                "schemas": { "a": { "properties": {
                    "description": { "type": "string", "default": "x" },
                    "content": { "type": "string" },
                    "properties": { "enum": ["x"] } } } } } })
        );
    }

    #[test]
    fn a_parameter_keeps_its_words_when_the_list_is_reordered() {
        let parameter =
            |name: &str, text: &str| json!({ "name": name, "in": "query", "description": text });
        let merged = documents(
            &json!({ "parameters": [parameter("b", "theirs"), parameter("a", "theirs")] }),
            &json!({ "parameters": [parameter("a", "A"), parameter("b", "B")] }),
        );
        assert_eq!(
            merged,
            json!({ "parameters": [parameter("b", "B"), parameter("a", "A")] })
        );
    }

    #[test]
    fn words_follow_an_operation_to_its_new_path_and_a_component_to_its_new_name() {
        let schema = |text: &str| {
            json!({ "type": "object", "properties": { "id": {
            "type": "string", "description": text } } })
        };
        let operation = |text: &str| json!({ "operationId": "a.get", "summary": text });
        let merged = documents(
            &json!({ "paths": { "/new": { "get": operation("theirs") } },
                "components": { "schemas": { "new": schema("theirs") } } }),
            &json!({ "paths": { "/old": { "get": operation("Ours") } },
                "components": { "schemas": { "old": schema("Ours") } } }),
        );
        assert_eq!(
            merged,
            json!({ "paths": { "/new": { "get": operation("Ours") } },
                "components": { "schemas": { "new": schema("Ours") } } })
        );
    }
}
