//! OpenAPI 3.1 as 3.0. Without this pass, progenitor could not read the document at all.

use serde_json::{Map, Value, json};

use crate::codegen::document::{Notes, step};
use crate::codegen::schemas;

type Check = fn(&Value) -> bool;

/// Keywords that shape a Rust type, and what their values must be. All others only restrict or
/// annotate, and the server checks them.
const KEPT: &[(&str, Check)] = &[
    ("$ref", Value::is_string),
    ("additionalProperties", |value| {
        value.is_object() || value.is_boolean()
    }),
    ("allOf", Value::is_array),
    ("anyOf", Value::is_array),
    ("const", |_| true),
    ("discriminator", Value::is_object),
    ("description", Value::is_string),
    ("enum", Value::is_array),
    ("format", Value::is_string),
    ("items", |value| value.is_object() || value.is_boolean()),
    ("nullable", Value::is_boolean),
    ("oneOf", Value::is_array),
    ("patternProperties", |_| true),
    ("prefixItems", |_| true),
    ("properties", Value::is_object),
    ("required", Value::is_array),
    ("type", |value| value.is_string() || value.is_array()),
];

const TYPES: &[&str] = &[
    "array", "boolean", "integer", "null", "number", "object", "string",
];

pub(super) fn to_3_0(document: &mut Value, notes: &mut Notes) {
    document["openapi"] = "3.0.3".into();
    let text = |key: &str| {
        let value = document.pointer(&format!("/info/{key}"));
        value
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_string()
    };
    let (title, version) = (text("title"), text("version"));
    document["info"] = json!({
        "title": title,
        "version": version,
        "description": text("description"),
    });
    schemas::for_each(document, |schema, place, _| translate(schema, place, notes));
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
    keep_sound(map, place, notes);
    if let Some(reference) = map.get("$ref") {
        // Around a reference 3.0 has no place for words but this.
        if map.len() > 1 {
            map.insert("allOf".into(), json!([{ "$ref": reference }]));
            map.retain(|key, _| matches!(key.as_str(), "allOf" | "description" | "nullable"));
        }
        return;
    }
    boolean_children(map);
    for key in ["prefixItems", "patternProperties"] {
        if map.remove(key).is_some() {
            notes.refuse(place, format_args!("`{key}` is not supported"));
        }
    }
    constant(map);
    kind(map, place, notes);
    null_alternatives(map);
    if !map.contains_key("type") && map.contains_key("properties") {
        map.insert("type".into(), "object".into());
    }
    match (
        map.get("type").and_then(Value::as_str),
        map.get("format").and_then(Value::as_str),
    ) {
        (Some("string"), Some("date-time" | "binary")) | (_, None) => {}
        _ => {
            map.remove("format");
        }
    }
}

/// Drops what shapes no type, and names what should and does not.
fn keep_sound(map: &mut Map<String, Value>, place: &str, notes: &mut Notes) {
    map.retain(|key, value| {
        if key.starts_with("x-") {
            return true;
        }
        let Some((_, sound)) = KEPT.iter().find(|(kept, _)| kept == key) else {
            return false;
        };
        if !sound(value) {
            let what = format_args!("{value} is not valid here: left out");
            notes.conflict(&step(place, key), what);
        }
        sound(value)
    });
    let known = |kind: &Value| kind.as_str().is_some_and(|kind| TYPES.contains(&kind));
    let unknown = match map.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().find(|kind| !known(kind)),
        Some(kind) => (!known(kind)).then_some(kind),
        None => None,
    };
    if let Some(unknown) = unknown {
        let what = format_args!("unknown type {unknown}: any JSON value");
        notes.conflict(&step(place, "type"), what);
        map.remove("type");
    }
    if let Some(Value::Array(required)) = map.get_mut("required") {
        required.retain(Value::is_string);
    }
}

/// `true` and `false` as schemas, where 3.0 wants an object.
fn boolean_children(map: &mut Map<String, Value>) {
    if map.get("items").is_some_and(|items| !items.is_object()) {
        map.insert("items".into(), json!({}));
    }
    if let Some(properties) = schemas::object(map.get_mut("properties")) {
        for property in properties
            .values_mut()
            .filter(|property| !property.is_object())
        {
            *property = json!({});
        }
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        if let Some(Value::Array(list)) = map.get_mut(key) {
            for schema in list.iter_mut().filter(|schema| !schema.is_object()) {
                *schema = json!({});
            }
        }
    }
}

fn constant(map: &mut Map<String, Value>) {
    if let Some(value) = map.remove("const") {
        if value.is_string() {
            map.insert("type".into(), "string".into());
        }
        map.insert("enum".into(), json!([value]));
    }
    let Some(Value::Array(values)) = map.get_mut("enum") else {
        return;
    };
    let before = values.len();
    values.retain(|value| !value.is_null());
    let nullable = values.len() < before;
    let strings = values.iter().all(Value::is_string) && !values.is_empty();
    if nullable {
        map.insert("nullable".into(), true.into());
    }
    if strings {
        map.entry("type").or_insert_with(|| "string".into());
    } else {
        // A closed list of numbers would refuse the next one; the type alone is kept.
        map.remove("enum");
    }
}

fn kind(map: &mut Map<String, Value>, place: &str, notes: &mut Notes) {
    match map.get("type") {
        Some(Value::Array(kinds)) => {
            let mut rest: Vec<Value> = kinds.clone();
            rest.retain(|kind| kind != "null");
            let nullable = rest.len() < kinds.len();
            match rest.as_slice() {
                [one] => {
                    map.insert("type".into(), one.clone());
                }
                [a, b]
                    if [a, b]
                        .iter()
                        .all(|kind| *kind == "integer" || *kind == "number") =>
                {
                    map.insert("type".into(), "number".into());
                }
                [] => {
                    map.clear();
                }
                _ => {
                    notes.add(place, "several types: any JSON value");
                    map.retain(|key, _| key == "description" || key.starts_with("x-"));
                }
            }
            if nullable {
                map.insert("nullable".into(), true.into());
            }
        }
        Some(Value::String(kind)) if kind == "null" => {
            map.retain(|key, _| key == "description" || key.starts_with("x-"));
            map.insert("nullable".into(), true.into());
        }
        _ => {}
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
        if list.len() < before {
            map.insert("nullable".into(), true.into());
        }
        if map
            .get(key)
            .and_then(Value::as_array)
            .is_some_and(Vec::is_empty)
        {
            map.remove(key);
        }
    }
}

fn is_null(schema: &Value) -> bool {
    schema.as_object().is_some_and(|map| {
        map.get("nullable") == Some(&Value::Bool(true))
            && map
                .keys()
                .all(|key| key == "nullable" || key == "description")
    })
}
