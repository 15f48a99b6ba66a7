//! Responses as they come, not as they are promised. Without this pass, a field that is missing
//! or null would lose a whole result. In requests, an empty list or an explicit null is sent.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::codegen::document::{Notes, component, step};
use crate::codegen::extensions::SECRET;
use crate::codegen::idents::snake;
use crate::codegen::json::Json;
use crate::codegen::model::Model;
use crate::codegen::schemas::component_of;

/// Fields of a response that must be there, and not null.
const NEEDED: &[&str] = &["id", "status"];

/// What the type alone does not say about a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Field {
    /// Never left unset.
    Required,
    /// In a type of requests and responses: required in the former alone.
    Sent,
    /// In a response: absent and null are decoded as empty.
    Plain,
    /// In a request: null differs from absent.
    Nullable,
    Optional,
}

/// By type and by field, as Rust names them: also the name in JSON.
pub(crate) type Fields = BTreeMap<(String, String), (Field, String)>;

pub(super) fn loosen(model: &mut Model, notes: &mut Notes) -> Fields {
    let (sent, received) = (model.sent(), model.received());
    let components = model.schemas.clone();
    let mut fields = Fields::new();
    for (name, schema) in &mut model.schemas {
        let sent = sent.contains(name);
        // What nothing reaches is loosened too, so that it does not change when something does.
        let used = (!sent || received.contains(name), sent);
        let mut required = schema.texts("required");
        for (property, value) in schema.entries_mut("properties") {
            let needed = required.contains(property);
            let kind = kind(property, value, needed, used, &components);
            if kind != Field::Required {
                // An optional list has no `Option` otherwise, and an empty one is lost.
                value["nullable"] = true.into();
                required.retain(|name| name != property);
            }
            let field = (name.clone(), snake(property));
            if fields.insert(field, (kind, property.clone())).is_some() {
                let place = step(&format!("{}/properties", component(name)), property);
                notes.refuse(&place, "another property has the same name in Rust");
            }
        }
        if let Some(properties) = schema["properties"].as_object() {
            required.retain(|name| properties.contains_key(name));
            required.sort();
            schema["required"] = required.into();
        }
    }
    fields
}

fn kind(
    name: &str,
    schema: &Value,
    required: bool,
    (received, sent): (bool, bool),
    components: &Map<String, Value>,
) -> Field {
    let nullable = schema["nullable"] == true;
    let promised = required && !nullable;
    let component = component_of(schema);
    let target = component.and_then(|name| components.get(name));
    let target = target.unwrap_or(schema);
    let text = target["type"] == "string";
    let secret = component == Some(SECRET) && !sent;
    let needed = promised && text && (NEEDED.contains(&name) || secret);
    let map = target["type"] == "object" && !target["properties"].is_object();
    let plain = text && target.get("format").is_none() || target["type"] == "array" || map;
    let plain = plain && component.is_none();
    match (received, sent) {
        (true, _) if needed => Field::Required,
        (true, false) if plain && (promised || schema.get("x-always").is_some()) => Field::Plain,
        (false, _) if required => Field::Required,
        (true, true) if promised => Field::Sent,
        (_, true) if nullable => Field::Nullable,
        _ => Field::Optional,
    }
}
