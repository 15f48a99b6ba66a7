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

const TYPES: &[&str] = &["array", "boolean", "integer", "number", "object", "string"];

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
    if let Some(value) = map.remove("const") {
        map.insert("enum".into(), json!([value]));
    }
    if let Some(kind) = map.get_mut("type").filter(|kind| kind.is_string()) {
        *kind = json!([kind]);
    }
    let mut nullable = drop_nulls(map, "type", |kind| kind == "null");
    nullable |= drop_nulls(map, "enum", Value::is_null);
    nullable |= drop_nulls(map, "anyOf", is_null);
    nullable |= drop_nulls(map, "oneOf", is_null);
    if nullable {
        map.insert("nullable".into(), true.into());
    }
    one_type(map, place, notes);
    let values = map.get("enum").and_then(Value::as_array);
    if let Some(texts) = values.map(|values| values.iter().all(Value::is_string)) {
        match texts {
            true => drop(map.entry("type").or_insert_with(|| "string".into())),
            // A closed list of numbers would refuse the next one; the type alone is kept.
            false => drop(map.remove("enum")),
        }
    }
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

/// Takes null out of a list, such as the alternatives of `anyOf: [T, null]`.
fn drop_nulls(map: &mut Map<String, Value>, key: &str, is_null: impl Fn(&Value) -> bool) -> bool {
    let Some(Value::Array(list)) = map.get_mut(key) else {
        return false;
    };
    let before = list.len();
    list.retain(|value| !is_null(value));
    let dropped = list.len() < before;
    if list.is_empty() {
        map.remove(key);
    }
    dropped
}

/// Of several types, only numbers have one in common.
fn one_type(map: &mut Map<String, Value>, place: &str, notes: &mut Notes) {
    let Some(Value::Array(kinds)) = map.remove("type") else {
        return;
    };
    let known = |kind: &Value| kind.as_str().is_some_and(|kind| TYPES.contains(&kind));
    if let Some(unknown) = kinds.iter().find(|kind| !known(kind)) {
        let what = format_args!("unknown type {unknown}: any JSON value");
        notes.conflict(&step(place, "type"), what);
        return;
    }
    let number = |kind: &Value| kind == "integer" || kind == "number";
    let kind = match kinds.as_slice() {
        [one] => one.clone(),
        several if several.iter().all(number) => "number".into(),
        _ => {
            notes.add(place, "several types: any JSON value");
            let kept = ["description", "nullable"];
            return map.retain(|key, _| kept.contains(&key.as_str()) || key.starts_with("x-"));
        }
    };
    map.insert("type".into(), kind);
}

fn is_null(schema: &Value) -> bool {
    let mut keys = schema.as_object().into_iter().flat_map(Map::keys);
    schema["nullable"] == true && keys.all(|key| key == "nullable" || key == "description")
}
