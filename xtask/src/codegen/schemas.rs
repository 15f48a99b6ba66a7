//! What a schema refers to, contains, and has in common with others.
//!
//! Between the passes, words such as `description` and `nullable` stand beside a `$ref`, as in
//! OpenAPI 3.1.

use serde_json::{Map, Value, json};

use super::document::{component, step};
use super::json::Json;

/// What may be said around a reference, and is kept wherever a schema becomes one.
pub(crate) const AROUND: &[&str] = &["description", "nullable", "deprecated", "x-always"];

/// What makes no other type.
const WORDS: &[&str] = &[
    "description",
    "title",
    "example",
    "examples",
    "default",
    "deprecated",
    "x-name",
];

/// Calls `f` for the schemas below this one, then for this one.
pub(crate) fn walk(schema: &mut Value, place: &str, f: &mut impl FnMut(&mut Value, &str)) {
    for (name, property) in schema.entries_mut("properties") {
        walk(property, &step(&format!("{place}/properties"), name), f);
    }
    for key in ["items", "additionalProperties"] {
        if let Some(child) = schema.get_mut(key).filter(|child| child.is_object()) {
            walk(child, &step(place, key), f);
        }
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        let children = schema.get_mut(key).and_then(Value::as_array_mut);
        for (index, child) in children.into_iter().flatten().enumerate() {
            walk(child, &format!("{place}/{key}/{index}"), f);
        }
    }
    f(schema, place);
}

/// The name of the component that a schema refers to.
pub(crate) fn component_of(schema: &Value) -> Option<&str> {
    schema.text("$ref")?.strip_prefix("#/components/schemas/")
}

/// Adds the names of the components that a schema refers to, at any depth.
pub(crate) fn references(schema: &Value, found: &mut Vec<String>) {
    found.extend(component_of(schema).map(String::from));
    match schema {
        Value::Object(map) => map.values().for_each(|value| references(value, found)),
        Value::Array(list) => list.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

/// Copies what is said around a schema to the one that takes its place.
pub(crate) fn copy_around(from: &Value, to: &mut Value) {
    for word in AROUND {
        if let Some(value) = from.get(*word) {
            to[*word] = value.clone();
        }
    }
}

/// A reference to this component in the place of the schema.
pub(crate) fn reference(schema: &Value, name: &str) -> Value {
    let mut reference = json!({ "$ref": component(name) });
    copy_around(schema, &mut reference);
    reference
}

/// Makes an open object a map where nothing is described. Where something is, the rest is dropped:
/// to refuse an unknown field is the server's part.
pub(crate) fn close(schema: &mut Map<String, Value>) {
    let described = schema.get("properties").and_then(Value::as_object);
    let described = described.map(|properties| !properties.is_empty());
    let closed = schema.get("additionalProperties") == Some(&Value::Bool(false));
    if described == Some(true) {
        schema.remove("additionalProperties");
    } else if closed || described == Some(false) {
        schema.remove("properties");
        schema.insert("additionalProperties".into(), true.into());
    }
}

/// The schema without its prose: what two schemas of one shape share.
pub(crate) fn shape(schema: &Value) -> Value {
    let mut shape = schema.clone();
    walk(&mut shape, "", &mut |schema, _| {
        if let Some(map) = schema.as_object_mut() {
            map.retain(|key, _| !WORDS.contains(&key.as_str()));
            if let Some(Value::Array(required)) = map.get_mut("required") {
                required.sort_by_key(Value::to_string);
            }
        }
    });
    shape.sort_all_objects();
    shape
}
