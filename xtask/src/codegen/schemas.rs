//! A walk over every schema of a document, children first, each with its place.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::document::{component, step};
use super::operations;

/// Where in a call a schema stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Position<'a> {
    Component,
    /// A parameter of this name in the path, the query, or a header.
    Parameter(&'a str),
    Request,
    Response,
}

/// What may be said around a reference, and is kept wherever a schema becomes one.
const AROUND: &[&str] = &["description", "nullable", "deprecated", "x-always"];

const LISTS: &[&str] = &["allOf", "anyOf", "oneOf", "prefixItems"];
const SINGLE: &[&str] = &["items", "additionalProperties", "not"];

/// Calls `f` for every schema of the document.
pub(crate) fn for_each(document: &mut Value, mut f: impl FnMut(&mut Value, &str, Position)) {
    let mut all = |schema: &mut Value, place: &str, position: Position| {
        walk(schema, place, &mut |schema, place| {
            f(schema, place, position)
        });
    };
    let schemas = object(document.pointer_mut("/components/schemas"));
    for (name, schema) in schemas.into_iter().flatten() {
        all(schema, &component(name), Position::Component);
    }
    operations::for_each(document, |place, operation| {
        operation_roots(operation, place, &mut all);
    });
}

/// Calls `f` for the outermost schemas of an operation: parameters, bodies, responses.
pub(crate) fn operation_roots(
    operation: &mut Map<String, Value>,
    place: &str,
    f: &mut impl FnMut(&mut Value, &str, Position),
) {
    let parameters = operation
        .get_mut("parameters")
        .and_then(Value::as_array_mut);
    for (index, parameter) in parameters.into_iter().flatten().enumerate() {
        let name = parameter["name"].as_str().unwrap_or_default().to_string();
        if let Some(schema) = parameter.get_mut("schema") {
            let place = format!("{place}/parameters/{index}/schema");
            f(schema, &place, Position::Parameter(&name));
        }
    }
    if let Some(body) = operation.get_mut("requestBody") {
        media(body, &format!("{place}/requestBody"), Position::Request, f);
    }
    let responses = object(operation.get_mut("responses"));
    for (code, response) in responses.into_iter().flatten() {
        let place = step(&format!("{place}/responses"), code);
        media(response, &place, Position::Response, f);
    }
}

/// Calls `f` for the schema of each media type of a body.
fn media(
    body: &mut Value,
    place: &str,
    position: Position,
    f: &mut impl FnMut(&mut Value, &str, Position),
) {
    for (kind, media) in object(body.get_mut("content")).into_iter().flatten() {
        if let Some(schema) = media.get_mut("schema") {
            let place = step(&format!("{place}/content"), kind) + "/schema";
            f(schema, &place, position);
        }
    }
}

/// Calls `f` for the schemas below this one, then for this one.
pub(crate) fn walk(schema: &mut Value, place: &str, f: &mut impl FnMut(&mut Value, &str)) {
    if let Some(map) = schema.as_object_mut() {
        if let Some(properties) = object(map.get_mut("properties")) {
            for (name, property) in properties {
                walk(property, &step(&format!("{place}/properties"), name), f);
            }
        }
        for key in SINGLE {
            if let Some(child) = map.get_mut(*key).filter(|child| child.is_object()) {
                walk(child, &step(place, key), f);
            }
        }
        for key in LISTS {
            let children = map.get_mut(*key).and_then(Value::as_array_mut);
            for (index, child) in children.into_iter().flatten().enumerate() {
                walk(child, &format!("{place}/{key}/{index}"), f);
            }
        }
    }
    f(schema, place);
}

/// The name of the component that a `$ref` points at.
pub(crate) fn component_of(schema: &Value) -> Option<&str> {
    schema
        .get("$ref")?
        .as_str()?
        .strip_prefix("#/components/schemas/")
}

/// The name of the component that a schema refers to, whatever is said around the reference.
pub(crate) fn target_of(schema: &Value) -> Option<&str> {
    component_of(schema.pointer("/allOf/0").unwrap_or(schema))
}

/// Copies what is said around a schema to the one that takes its place.
pub(crate) fn copy_around(from: &Value, to: &mut Value) {
    for word in AROUND {
        if let Some(value) = from.get(*word) {
            to[*word] = value.clone();
        }
    }
}

/// A reference to this component in the place of the schema; around one, 3.0 has no place for
/// words but `allOf`.
pub(crate) fn reference(schema: &Value, name: &str) -> Value {
    let reference = json!({ "$ref": format!("#/components/schemas/{name}") });
    let mut wrapped = json!({ "allOf": [&reference] });
    copy_around(schema, &mut wrapped);
    match wrapped.as_object() {
        Some(map) if map.len() == 1 => reference,
        _ => wrapped,
    }
}

/// Components that are reached from schemas in this position, directly or through others.
pub(crate) fn reached(document: &mut Value, position: Position) -> BTreeSet<String> {
    let mut open: Vec<String> = Vec::new();
    for_each(document, |schema, _, at| {
        if at == position {
            open.extend(component_of(schema).map(String::from));
        }
    });
    let mut found = BTreeSet::new();
    while let Some(name) = open.pop() {
        let component = document
            .pointer_mut("/components/schemas")
            .and_then(|s| s.get_mut(&name));
        if let Some(component) = component
            && found.insert(name.clone())
        {
            walk(component, "", &mut |schema, _| {
                open.extend(component_of(schema).map(String::from));
            });
        }
    }
    found
}

/// The schema without its prose: what two schemas of one shape share.
pub(crate) fn shape(schema: &Value) -> Value {
    let mut shape = schema.clone();
    walk(&mut shape, "", &mut |schema, _| {
        if let Some(map) = schema.as_object_mut() {
            for key in [
                "description",
                "title",
                "example",
                "examples",
                "default",
                "deprecated",
                "x-name",
            ] {
                map.remove(key);
            }
            if let Some(Value::Array(required)) = map.get_mut("required") {
                required.sort_by_key(Value::to_string);
            }
            // Whether other properties are allowed makes no other type.
            if map.contains_key("properties")
                && map
                    .get("additionalProperties")
                    .is_some_and(Value::is_boolean)
            {
                map.remove("additionalProperties");
            }
        }
    });
    sorted(&shape)
}

/// The same JSON with the keys of every object in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut entries: Vec<_> = map.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(entries.into_iter().collect())
        }
        Value::Array(list) => list.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

pub(crate) fn object(value: Option<&mut Value>) -> Option<&mut Map<String, Value>> {
    value.and_then(Value::as_object_mut)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_property_named_like_a_keyword_is_not_taken_for_one() {
        let mut schema = json!({ "type": "object", "properties": {
            "items": { "type": "string" }, "type": { "type": "integer" } } });
        let mut places = Vec::new();
        walk(&mut schema, "#", &mut |_, place| {
            places.push(place.to_string())
        });
        assert_eq!(places, ["#/properties/items", "#/properties/type", "#"]);
    }

    #[test]
    fn reached_follows_references_through_components_and_ends_on_a_cycle() {
        let mut document = json!({
            "components": { "schemas": {
                "A": { "properties": { "b": { "$ref": "#/components/schemas/B" } } },
                "B": { "properties": { "a": { "$ref": "#/components/schemas/A" } } },
                "C": {},
            } },
            "paths": { "/": { "get": { "responses": { "200": { "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/A" } } } } } } } },
        });
        let found = reached(&mut document, Position::Response);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["A", "B"]);
    }

    #[test]
    fn shape_ignores_prose_and_order() {
        let a = json!({ "type": "object", "description": "x", "properties": {
            "a": { "type": "string" }, "b": {} } });
        let b = json!({ "properties": { "b": {}, "a": { "type": "string" } }, "type": "object" });
        assert_eq!(shape(&a), shape(&b));
    }
}
