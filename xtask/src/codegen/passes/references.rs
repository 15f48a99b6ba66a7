//! References to anything but component schemas are replaced by what they refer to. Without this
//! pass, a shared parameter or body would be missing from every operation that refers to it.
//!
//! A dangling reference is an error in our description; in another it costs what it stood for, and
//! is reported.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::codegen::document::{Notes, step};
use crate::codegen::schemas;

/// Keys of a path item that are not methods.
const NOT_METHODS: &[&str] = &["summary", "description", "servers", "parameters", "$ref"];

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
    schemas::for_each(document, |schema, place, _| {
        check_schema(schema, place, &original, notes);
    });
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
    item.retain(|key, _| !NOT_METHODS.contains(&key.as_str()) && !key.starts_with("x-"));
    item.retain(|key, operation| {
        let sound = is_operation(key, operation);
        if !sound {
            notes.conflict(&step(place, key), "not an operation: left out");
        }
        sound
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

/// A schema may refer to a component, or to a place in one.
fn check_schema(schema: &mut Value, place: &str, original: &Value, notes: &mut Notes) {
    let Some(reference) = schema.get("$ref").map(Value::as_str) else {
        return;
    };
    let reference = reference.unwrap_or_default();
    if let Err(why) = lookup(original, reference) {
        let what = format_args!("the reference {reference} {why}: any JSON value");
        notes.conflict(place, what);
        *schema = json!({});
    } else if !reference.starts_with("#/components/schemas/") {
        let what = format_args!("the reference {reference} into another part is not supported");
        notes.refuse(place, what);
    }
}
