//! JSON Schema as OpenAPI 3.1 has it, said in the words of 3.0, which the generator reads.

use serde_json::{Map, Value, json};

use crate::codegen::document::Notes;
use crate::codegen::schemas;

/// Keywords that no Rust type can hold: they only restrict, and the server checks them.
const DROPPED: &[&str] = &[
    "$id",
    "$schema",
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicRef",
    "$dynamicAnchor",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "discriminator",
    "else",
    "example",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "externalDocs",
    "if",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "pattern",
    "patternProperties",
    "propertyNames",
    "readOnly",
    "then",
    "title",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "writeOnly",
    "xml",
];

pub(super) fn to_3_0(document: &mut Value, notes: &mut Notes) {
    document["openapi"] = "3.0.3".into();
    if let Some(info) = schemas::object(document.get_mut("info")) {
        info.retain(|key, _| matches!(key.as_str(), "title" | "description" | "version"));
        info.entry("title").or_insert_with(|| "API".into());
        info.entry("version").or_insert_with(|| "0".into());
    } else {
        document["info"] = json!({ "title": "API", "version": "0" });
    }
    schemas::for_each(document, |schema, place, _| translate(schema, place, notes));
}

fn translate(schema: &mut Value, place: &str, notes: &mut Notes) {
    let Some(map) = schema.as_object_mut() else {
        // `true` allows anything; so, here, does `false`.
        *schema = json!({});
        return;
    };
    if map.contains_key("$ref") {
        return;
    }
    boolean_children(map);
    for (key, what) in [
        ("prefixItems", "a tuple"),
        ("patternProperties", "keys by pattern"),
    ] {
        if map.remove(key).is_some() {
            notes.add(
                place,
                format_args!("{what} cannot be expressed: any JSON value instead"),
            );
        }
    }
    for key in DROPPED {
        map.remove(*key);
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
                    notes.add(place, "several types in one: any JSON value instead");
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

#[cfg(test)]
mod tests {
    use super::*;

    fn translated(schema: Value) -> Value {
        let mut document = json!({ "components": { "schemas": { "s": schema } } });
        to_3_0(&mut document, &mut Notes::default());
        document["components"]["schemas"]["s"].clone()
    }

    #[test]
    fn null_in_a_list_of_types_or_alternatives_becomes_nullable() {
        let nullable = json!({ "type": "string", "nullable": true });
        assert_eq!(translated(json!({ "type": ["string", "null"] })), nullable);
        assert_eq!(
            translated(json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] })),
            json!({ "anyOf": [{ "type": "string" }], "nullable": true })
        );
        assert_eq!(
            translated(json!({ "enum": ["a", null] })),
            json!({ "enum": ["a"], "nullable": true, "type": "string" })
        );
    }

    #[test]
    fn a_bare_null_becomes_any_value() {
        assert_eq!(
            translated(json!({ "type": "null" })),
            json!({ "nullable": true })
        );
    }

    #[test]
    fn a_constant_becomes_an_enum_of_one_and_numbers_stay_open() {
        assert_eq!(
            translated(json!({ "const": "a" })),
            json!({ "type": "string", "enum": ["a"] })
        );
        assert_eq!(
            translated(json!({ "type": "integer", "enum": [1, 2] })),
            json!({ "type": "integer" })
        );
    }

    #[test]
    fn restrictions_go_and_formats_that_change_the_type_go() {
        assert_eq!(
            translated(json!({
                "type": "integer", "minimum": 1, "exclusiveMaximum": 9, "format": "int32" })),
            json!({ "type": "integer" })
        );
        assert_eq!(
            translated(
                json!({ "type": "string", "format": "uuid", "pattern": "^a", "title": "T" })
            ),
            json!({ "type": "string" })
        );
        assert_eq!(
            translated(json!({ "type": "string", "format": "date-time" })),
            json!({ "type": "string", "format": "date-time" })
        );
    }

    #[test]
    fn what_no_type_can_hold_is_any_value_and_is_named() {
        let mut document = json!({ "components": { "schemas": {
            "s": { "type": ["string", "object"], "description": "d" } } } });
        let mut notes = Notes::default();
        to_3_0(&mut document, &mut notes);
        assert_eq!(
            document["components"]["schemas"]["s"],
            json!({ "description": "d" })
        );
        assert_eq!(
            notes.lines().collect::<Vec<_>>(),
            ["#/components/schemas/s: several types in one: any JSON value instead"]
        );
    }

    #[test]
    fn boolean_schemas_allow_anything() {
        assert_eq!(
            translated(json!({ "type": "object", "properties": { "a": true } })),
            json!({ "type": "object", "properties": { "a": {} } })
        );
    }
}
