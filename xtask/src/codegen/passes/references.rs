//! References to anything but component schemas are replaced by what they refer to. Without this
//! pass, a shared parameter or body would be missing from every operation that refers to it.
//!
//! A dangling reference is an error in our description; in another it costs what it stood for, and
//! is reported.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::names::{plain_name, type_name};
use crate::codegen::document::{Notes, component, step};
use crate::codegen::idents::{pascal, unused};
use crate::codegen::operations::is_method;
use crate::codegen::schemas;

pub(super) fn inline(document: &mut Value, notes: &mut Notes) -> Result<()> {
    let original = document.clone();
    let paths = schemas::object(document.get_mut("paths")).context("#/paths is missing")?;
    paths.retain(|key, _| !key.starts_with("x-"));
    // Where the first of several decides, their order in the document shall not.
    paths.sort_keys();
    for (path, item) in paths.iter_mut() {
        let place = step("#/paths", path);
        resolve_below(&original, item, &place, notes);
        match item.as_object_mut() {
            Some(item) => operations_of(item, &place, notes),
            None => {
                notes.conflict(&place, "not an object: left out");
                *item = json!({});
            }
        }
    }
    let schemas = document.pointer("/components/schemas");
    let schemas = schemas.and_then(Value::as_object);
    let mut schemas = schemas.cloned().unwrap_or_default();
    schemas.sort_keys();
    document["components"] = json!({ "schemas": schemas });
    if let Some(map) = document.as_object_mut() {
        let kept = ["openapi", "info", "paths", "components", "tags"];
        map.retain(|key, _| kept.contains(&key.as_str()));
    }
    inline_schemas(document, &original, notes);
    Ok(())
}

/// Replaces the references in a path item, but for those in schemas.
fn resolve_below(original: &Value, value: &mut Value, place: &str, notes: &mut Notes) {
    resolve(original, value, place, notes);
    match value {
        Value::Object(map) => {
            let skipped = ["schema", "callbacks", "example", "examples", "links"];
            for (key, value) in map
                .iter_mut()
                .filter(|(key, _)| !skipped.contains(&key.as_str()))
            {
                resolve_below(original, value, &step(place, key), notes);
            }
        }
        Value::Array(list) => {
            for (index, value) in list.iter_mut().enumerate() {
                resolve_below(original, value, &format!("{place}/{index}"), notes);
            }
            list.retain(|value| !value.is_null());
        }
        _ => {}
    }
}

/// Leaves the operations of a path alone, each with all its parameters.
fn operations_of(item: &mut Map<String, Value>, place: &str, notes: &mut Notes) {
    item.sort_keys();
    own_servers(item, place, notes);
    if item.remove("additionalOperations").is_some() {
        notes.refuse(place, "`additionalOperations` is not supported");
    }
    let shared = item.remove("parameters");
    item.retain(|key, operation| {
        let sound = is_operation(key, operation);
        if is_method(key) && !sound {
            notes.conflict(&step(place, key), "not an operation: left out");
        }
        is_method(key) && sound
    });
    for (method, operation) in item.iter_mut() {
        let own_place = step(place, method);
        let Some(operation) = operation.as_object_mut() else {
            continue;
        };
        own_servers(operation, &own_place, notes);
        let mut parameters: Vec<Value> = Vec::new();
        // The operation's own parameters go before those that stand at its path.
        let own = operation.remove("parameters");
        for (list, place) in [(&own, &own_place), (&shared, &place.to_string())] {
            let list = list.as_ref().and_then(Value::as_array);
            for (index, parameter) in list.into_iter().flatten().enumerate() {
                let from = format!("{place}/parameters/{index}");
                let same = |other: &Value| {
                    other["name"] == parameter["name"] && other["in"] == parameter["in"]
                };
                if !parameter["name"].is_string() || !parameter["in"].is_string() {
                    notes.conflict(&from, "a parameter without `name` or `in`: left out");
                } else if *place == own_place || !parameters.iter().any(same) {
                    let to = format!("{own_place}/parameters/{}", parameters.len());
                    notes.moved([(to, from)]);
                    parameters.push(parameter.clone());
                }
            }
        }
        operation.insert("parameters".into(), parameters.into());
    }
}

/// The client has one base URL.
fn own_servers(map: &Map<String, Value>, place: &str, notes: &mut Notes) {
    let servers = map.get("servers").and_then(Value::as_array);
    if servers.is_some_and(|servers| !servers.is_empty()) {
        let what = "a server of its own is not supported: sent to the client's base URL";
        notes.add(&step(place, "servers"), what);
    }
}

/// Any key may be a method; a document may have its own.
fn is_operation(key: &str, value: &Value) -> bool {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    value.is_object() && key.chars().all(token)
}

/// Replaces `value` by what its `$ref` points at, as long as it has one.
fn resolve(original: &Value, value: &mut Value, place: &str, notes: &mut Notes) {
    let mut seen: Vec<String> = Vec::new();
    while let Some(reference) = value.get("$ref").and_then(Value::as_str).map(String::from) {
        match lookup(original, &reference) {
            Ok(target) if !seen.contains(&reference) => {
                notes.moved([(place.to_string(), reference.clone())]);
                *value = target.clone();
            }
            target => {
                let why = target.err().unwrap_or("points at itself");
                let what = format_args!("the reference {reference} {why}: left out");
                notes.conflict(place, what);
                *value = Value::Null;
            }
        }
        seen.push(reference);
    }
}

fn lookup<'a>(original: &'a Value, reference: &str) -> Result<&'a Value, &'static str> {
    let Some(pointer) = reference.strip_prefix('#') else {
        return Err("leaves the document (bundle it to one file)");
    };
    original.pointer(pointer).ok_or("points at nothing")
}

/// Schemas may refer to any place of the document: those outside the components become one.
///
/// What a reference holds in the end is the component's key as it is, not escaped.
fn inline_schemas(document: &mut Value, original: &Value, notes: &mut Notes) {
    let mut moved: Vec<(String, Value, String)> = Vec::new();
    loop {
        let before = moved.len();
        schemas::for_each(document, |schema, place, _| {
            refer(schema, place, original, &mut moved, notes);
        });
        for (name, schema, from) in &moved[before..] {
            notes.moved([(component(name), from.clone())]);
            document["components"]["schemas"][name] = schema.clone();
        }
        // What has come in may hold references of its own.
        if moved.len() == before {
            break;
        }
    }
    schemas::for_each(document, |schema, _, _| {
        if let Some(map) = schema.as_object_mut() {
            map.shift_remove(KEY);
        }
    });
}

/// Marks a reference that holds a key already.
const KEY: &str = "x-key";

fn refer(
    schema: &mut Value,
    place: &str,
    original: &Value,
    moved: &mut Vec<(String, Value, String)>,
    notes: &mut Notes,
) {
    if schema.get(KEY).is_some() {
        return;
    }
    let Some(reference) = schema.get("$ref") else {
        return;
    };
    let reference = reference.as_str().unwrap_or_default().to_string();
    let target = match lookup(original, &reference) {
        Ok(target) => target,
        Err(why) => {
            let what = format_args!("the reference {reference} {why}: any JSON value");
            notes.conflict(place, what);
            *schema = json!({});
            return;
        }
    };
    let key = reference.strip_prefix("#/components/schemas/");
    let name = match key {
        Some(key) if !key.contains('/') => key.replace("~1", "/").replace("~0", "~"),
        _ if is_plain(target) => {
            *schema = target.clone();
            return;
        }
        Some(_) => name_for(&reference, target, original, moved),
        None => {
            let what = format_args!("the reference {reference} into another part is not supported");
            notes.refuse(place, what);
            return;
        }
    };
    let mut plain = json!({ "$ref": format!("#/components/schemas/{name}"), KEY: true });
    schemas::copy_around(schema, &mut plain);
    *schema = plain;
}

/// A schema that needs no type of its own.
fn is_plain(schema: &Value) -> bool {
    let named = ["properties", "enum", "allOf", "anyOf", "oneOf"];
    named.iter().all(|key| schema.get(key).is_none()) && !schema.to_string().contains("\"$ref\"")
}

/// The name of the component for what stands at this place.
fn name_for(
    pointer: &str,
    target: &Value,
    original: &Value,
    moved: &mut Vec<(String, Value, String)>,
) -> String {
    if let Some((name, _, _)) = moved.iter().find(|(_, _, from)| from == pointer) {
        return name.clone();
    }
    let components = &original["components"]["schemas"];
    let taken = |name: &str| {
        components.get(name).is_some() || moved.iter().any(|(known, _, _)| known == name)
    };
    let name = unused(&owned_name(pointer), "", taken);
    moved.push((name.clone(), target.clone(), pointer.to_string()));
    name
}

/// `#/components/schemas/prediction/properties/urls` → `PredictionUrls`: what the type at this
/// place is called where nothing refers to it.
fn owned_name(pointer: &str) -> String {
    let parts = pointer.split('/').skip(3);
    let mut parts = parts.map(|part| part.replace("~1", " ").replace("~0", "~"));
    let mut name = plain_name(&parts.next().unwrap_or_default());
    while let Some(part) = parts.next() {
        match part.as_str() {
            "properties" => name += &pascal(&parts.next().unwrap_or_default()),
            "items" => name += "Item",
            "additionalProperties" => name += "Value",
            part => name += &pascal(part),
        }
    }
    type_name(&name)
}
