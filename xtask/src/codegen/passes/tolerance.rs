//! Responses as they come, not as they are promised. Without this pass, a field that is missing
//! or null would lose a whole result. In requests, an empty list or an explicit null is sent.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::codegen::document::{Notes, component, step};
use crate::codegen::idents::snake;
use crate::codegen::passes::extensions::SECRET;
use crate::codegen::schemas::{self, Position};

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

/// By type and by field, as Rust names them.
pub(crate) type Fields = BTreeMap<(String, String), Field>;

pub(super) fn loosen(document: &mut Value, notes: &mut Notes) -> Fields {
    let received = schemas::reached(document, Position::Response);
    let sent = schemas::reached(document, Position::Request);
    let mut fields = Fields::new();
    // What nothing reaches is loosened too, so that it does not change when something does.
    let components = document
        .pointer("/components/schemas")
        .cloned()
        .unwrap_or_default();
    let schemas = schemas::object(document.pointer_mut("/components/schemas"));
    for (name, schema) in schemas.into_iter().flatten() {
        let Some(properties) = schema["properties"].as_object() else {
            close(schema);
            continue;
        };
        let sent = sent.contains(name);
        let received = received.contains(name) || !sent;
        let mut required: Vec<Value> = Vec::new();
        let mut kinds: Vec<(String, Field)> = Vec::new();
        for (property, value) in properties {
            let needed = schema["required"]
                .as_array()
                .is_some_and(|list| list.iter().any(|name| name == property));
            let kind = kind(property, value, needed, received, sent, &components);
            if kind == Field::Required {
                required.push(property.clone().into());
            }
            let field = (name.clone(), snake(property));
            if fields.insert(field, kind).is_some() {
                let place = step(&format!("{}/properties", component(name)), property);
                notes.refuse(&place, "another property has the same name in Rust");
            }
            kinds.push((property.clone(), kind));
        }
        schema["required"] = required.into();
        for (property, kind) in kinds {
            // An optional list has no `Option` otherwise, and an empty one is lost.
            if kind != Field::Required {
                schema["properties"][&property]["nullable"] = true.into();
                wrap_reference(&mut schema["properties"][&property]);
            }
        }
        close(schema);
    }
    fields
}

fn kind(
    name: &str,
    schema: &Value,
    required: bool,
    received: bool,
    sent: bool,
    components: &Value,
) -> Field {
    let nullable = schema.get("nullable") == Some(&Value::Bool(true));
    let target = schema.pointer("/allOf/0").unwrap_or(schema);
    let component = schemas::component_of(target);
    let secret = component == Some(SECRET);
    let target = component
        .and_then(|name| components.get(name))
        .unwrap_or(target);
    let text = target["type"] == "string";
    let collection = target["type"] == "array"
        || target["type"] == "object" && target["properties"].as_object().is_none();
    let plain_text = component.is_none() && text && target.get("format").is_none();
    match (received, sent) {
        (true, false) if required && !nullable && text && (NEEDED.contains(&name) || secret) => {
            Field::Required
        }
        (true, true) if required && !nullable && text && NEEDED.contains(&name) => Field::Required,
        (true, false)
            if (required && !nullable || schema.get("x-always").is_some())
                && (plain_text || component.is_none() && collection) =>
        {
            Field::Plain
        }
        (false, _) if required => Field::Required,
        (true, true) if required && !nullable => Field::Sent,
        (_, true) if nullable => Field::Nullable,
        _ => Field::Optional,
    }
}

/// Around a reference 3.0 has no place for words but `allOf`.
fn wrap_reference(schema: &mut Value) {
    if let Some(reference) = schema.get("$ref").cloned() {
        *schema = json!({ "allOf": [{ "$ref": reference }], "nullable": true });
    }
}

/// An open object is a map where nothing is described, and drops the rest where something is; to
/// refuse an unknown field is the server's part.
fn close(schema: &mut Value) {
    schemas::walk(schema, "", &mut |schema, _| {
        let Some(map) = schema.as_object_mut() else {
            return;
        };
        match map.get("properties").and_then(Value::as_object) {
            Some(properties) if properties.is_empty() => {
                map.shift_remove("properties");
                map.insert("additionalProperties".into(), json!(true));
            }
            Some(_) => {
                map.shift_remove("additionalProperties");
            }
            None => {
                if map.get("additionalProperties") == Some(&Value::Bool(false)) {
                    map.insert("additionalProperties".into(), json!(true));
                }
            }
        }
    });
}
