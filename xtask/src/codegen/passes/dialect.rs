//! OpenAPI 3.1 as 3.0. Without this pass, progenitor could not read the document at all.

use serde_json::{Map, Value, json};

use crate::codegen::document::{Notes, step};
use crate::codegen::model::Model;
use crate::codegen::schemas::{self, AROUND};

/// Keywords that shape a Rust type, by the kinds of their values. All others only restrict or
/// annotate, and the server checks them.
const KEPT: &[(&[&str], &[&str])] = &[
    (&["string"], &["$ref", "description", "format"]),
    (&["boolean"], &["deprecated", "nullable"]),
    (&["array"], &["allOf", "anyOf", "oneOf", "prefixItems"]),
    (&["array"], &["enum", "required"]),
    (&["object"], &["discriminator", "patternProperties"]),
    (&["object"], &["properties"]),
    (&["object", "boolean"], &["additionalProperties", "items"]),
    (&["string", "array"], &["type"]),
];

const TYPES: &[&str] = &[
    "array", "boolean", "integer", "null", "number", "object", "string",
];

pub(super) fn to_3_0(model: &mut Model, notes: &mut Notes) {
    model.for_each(|schema, place| translate(schema, place, notes));
}

fn translate(schema: &mut Value, place: &str, notes: &mut Notes) {
    let Some(map) = schema.as_object_mut() else {
        // `true` allows anything; so, here, does `false`.
        if !schema.is_boolean() {
            notes.conflict(place, "not a schema: any JSON value");
        }
        *schema = json!({});
        return;
    };
    keep_valid(map, place, notes);
    if map.contains_key("$ref") {
        let beside = |key: &str| AROUND.contains(&key) || key.starts_with("x-") || key == "$ref";
        map.retain(|key, _| beside(key));
        return;
    }
    for key in ["prefixItems", "patternProperties"] {
        if map.remove(key).is_some() {
            notes.refuse(place, format_args!("`{key}` is not supported"));
        }
    }
    if map.get("items").is_some_and(Value::is_boolean) {
        map.insert("items".into(), json!({}));
    }
    constant(map);
    kind(map, place, notes);
    null_alternatives(map);
    if !map.contains_key("type") && map.contains_key("properties") {
        map.insert("type".into(), "object".into());
    }
    let format = map.get("format").and_then(Value::as_str);
    let typed = matches!(format, Some("date-time" | "binary"));
    if !(typed && map.get("type") == Some(&"string".into())) {
        map.remove("format");
    }
    schemas::close(map);
}

/// Drops what shapes no type, and reports what should and is not valid.
fn keep_valid(map: &mut Map<String, Value>, place: &str, notes: &mut Notes) {
    map.retain(|key, value| {
        let mut kept = KEPT.iter();
        let Some((kinds, _)) = kept.find(|(_, keys)| keys.contains(&key.as_str())) else {
            return key == "const" || key.starts_with("x-");
        };
        let valid = kinds.iter().any(|kind| match *kind {
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "array" => value.is_array(),
            _ => value.is_object(),
        });
        if !valid {
            let what = format_args!("{value} is not valid here: left out");
            notes.conflict(&step(place, key), what);
        }
        valid
    });
    if let Some(Value::Array(required)) = map.get_mut("required") {
        required.retain(Value::is_string);
    }
}

fn constant(map: &mut Map<String, Value>) {
    if let Some(value) = map.remove("const") {
        map.insert("enum".into(), json!([value]));
    }
    let Some(Value::Array(values)) = map.get_mut("enum") else {
        return;
    };
    let before = values.len();
    values.retain(|value| !value.is_null());
    let nullable = values.len() < before;
    if values.iter().all(Value::is_string) && !values.is_empty() {
        map.entry("type").or_insert_with(|| "string".into());
    } else {
        // A closed list of numbers would refuse the next one; the type alone is kept.
        map.remove("enum");
    }
    if nullable {
        map.insert("nullable".into(), true.into());
    }
}

/// Null in a list of types becomes `nullable`, and several other types any value.
fn kind(map: &mut Map<String, Value>, place: &str, notes: &mut Notes) {
    let mut kinds = match map.remove("type") {
        Some(Value::Array(kinds)) => kinds,
        Some(kind) => vec![kind],
        None => return,
    };
    let known = |kind: &Value| kind.as_str().is_some_and(|kind| TYPES.contains(&kind));
    if let Some(unknown) = kinds.iter().find(|kind| !known(kind)) {
        let what = format_args!("unknown type {unknown}: any JSON value");
        notes.conflict(&step(place, "type"), what);
        return;
    }
    let before = kinds.len();
    kinds.retain(|kind| kind != "null");
    if kinds.len() < before {
        map.insert("nullable".into(), true.into());
    }
    let number = |kind: &Value| kind == "integer" || kind == "number";
    match kinds.as_slice() {
        [one] => {
            map.insert("type".into(), one.clone());
        }
        [_, _, ..] if kinds.iter().all(number) => {
            map.insert("type".into(), "number".into());
        }
        several => {
            if !several.is_empty() {
                notes.add(place, "several types: any JSON value");
            }
            let kept = ["description", "nullable"];
            map.retain(|key, _| kept.contains(&key.as_str()) || key.starts_with("x-"));
        }
    }
}

/// `anyOf: [T, null]` is a nullable `T`.
fn null_alternatives(map: &mut Map<String, Value>) {
    for key in ["anyOf", "oneOf"] {
        let Some(Value::Array(list)) = map.get_mut(key) else {
            continue;
        };
        let before = list.len();
        list.retain(|schema| !is_null(schema));
        let (nullable, empty) = (list.len() < before, list.is_empty());
        if nullable {
            map.insert("nullable".into(), true.into());
        }
        if empty {
            map.remove(key);
        }
    }
}

fn is_null(schema: &Value) -> bool {
    let mut keys = schema.as_object().into_iter().flat_map(Map::keys);
    schema["nullable"] == true && keys.all(|key| key == "nullable" || key == "description")
}
