//! `oneOf`, `anyOf` and `allOf`. Without this pass, `Prediction.version`, a string or the word
//! `hidden`, would be an enum of two strings, and a union would be decoded as its first variant.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::codegen::document::{Notes, component};
use crate::codegen::idents::pascal;
use crate::codegen::schemas;

/// A union with a tag, which this generator writes instead of typify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tagged {
    pub(crate) description: Option<String>,
    /// The property.
    pub(crate) tag: String,
    /// Its value, and the component that it stands for.
    pub(crate) variants: Vec<(String, String)>,
}

impl Tagged {
    /// The union that this schema is, if it is one of objects that a tag tells apart.
    pub(super) fn of(
        schema: &Value,
        components: &Map<String, Value>,
        notes: &Notes,
    ) -> Option<Self> {
        let discriminator = schema.get("discriminator")?;
        let tag = discriminator["propertyName"].as_str()?;
        let list = schema.get("oneOf").or(schema.get("anyOf"))?.as_array()?;
        let mut variants = Vec::new();
        for variant in list {
            let name = schemas::component_of(variant)?;
            let properties = components.get(name)?.get("properties")?;
            let mapped = discriminator["mapping"].as_object().into_iter().flatten();
            let mapped = mapped.filter(|(_, target)| **target == variant["$ref"]);
            let mut values: Vec<String> = mapped.map(|(value, _)| value.clone()).collect();
            if values.is_empty() {
                let place = notes.original(&component(name));
                let key = place.rsplit('/').next().unwrap_or(name);
                values.push(constant(&properties[tag]).unwrap_or(key).to_string());
            }
            variants.extend(values.into_iter().map(|value| (value, name.to_string())));
        }
        let names: BTreeSet<String> = variants.iter().map(|(value, _)| pascal(value)).collect();
        (names.len() == variants.len()).then(|| Self {
            description: schema["description"].as_str().map(String::from),
            tag: tag.to_string(),
            variants,
        })
    }
}

pub(super) fn simplify(document: &mut Value, notes: &mut Notes) {
    let components = document["components"]["schemas"].as_object();
    let components = components.cloned().unwrap_or_default();
    schemas::for_each(document, |schema, place, _| {
        let keys = ["oneOf", "anyOf", "allOf"];
        let key = keys.into_iter().find(|key| schema[key].is_array());
        if let Some((key, Value::Array(list))) = key.map(|key| (key, schema[key].clone()))
            && Tagged::of(schema, &components, notes).is_none()
        {
            replace(schema, key, &list, &components, place, notes);
        }
    });
}

fn replace(
    schema: &mut Value,
    key: &str,
    list: &[Value],
    components: &Map<String, Value>,
    place: &str,
    notes: &mut Notes,
) {
    let alone = schema.get("properties").is_none();
    let mut replacement = match list {
        [one] if alone && one.get("$ref").is_some() => json!({ "allOf": [one] }),
        [one] if alone => one.clone(),
        _ if key == "allOf" => match merged(schema, list, components) {
            Some(merged) => merged,
            None => return notes.refuse(place, "`allOf` of other things than objects"),
        },
        _ => match same_type(list, components) {
            Some(kind) => json!({ "type": kind }),
            None => {
                let what = format_args!("`{key}` of several types: any JSON value");
                notes.add(place, what);
                json!({})
            }
        },
    };
    schemas::copy_around(schema, &mut replacement);
    if let Some(name) = schema.get("x-name") {
        replacement["x-name"] = name.clone();
    }
    // A reference stands alone where nothing is said around it.
    let plain = replacement.as_object().is_some_and(|map| map.len() == 1);
    if let Some(reference) = replacement.pointer("/allOf/0").filter(|_| plain).cloned() {
        replacement = reference;
    }
    *schema = replacement;
}

/// The one value that this property can have.
fn constant(schema: &Value) -> Option<&str> {
    match schema["enum"].as_array()?.as_slice() {
        [Value::String(value)] => Some(value),
        _ => None,
    }
}

/// The enum writes the tag; a variant that stands nowhere else has no field for it.
pub(super) fn drop_tags<'a>(document: &mut Value, unions: impl Iterator<Item = &'a Tagged>) {
    let text = document.to_string();
    for union in unions {
        for (_, variant) in &union.variants {
            let reference = format!("\"$ref\":\"#/components/schemas/{variant}\"");
            if text.matches(&reference).count() > 1 {
                continue;
            }
            let schema = &mut document["components"]["schemas"][variant];
            if let Some(properties) = schemas::object(schema.get_mut("properties")) {
                properties.shift_remove(&union.tag);
            }
            if let Some(Value::Array(required)) = schema.get_mut("required") {
                required.retain(|name| *name != *union.tag);
            }
        }
    }
}

fn resolved<'a>(schema: &'a Value, components: &'a Map<String, Value>) -> &'a Value {
    let mut schema = schema;
    for _ in 0..16 {
        match schemas::component_of(schema).and_then(|name| components.get(name)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

/// The type that all alternatives share, where it is one that needs nothing more said.
fn same_type(list: &[Value], components: &Map<String, Value>) -> Option<String> {
    let kind = |schema| resolved(schema, components).get("type")?.as_str();
    let first = kind(list.first()?)?;
    let plain = matches!(first, "string" | "integer" | "number" | "boolean");
    (plain && list.iter().all(|schema| kind(schema) == Some(first))).then(|| first.to_string())
}

/// One object with the properties of all parts.
fn merged(schema: &Value, list: &[Value], components: &Map<String, Value>) -> Option<Value> {
    let mut whole = json!({ "type": "object", "properties": {}, "required": [] });
    let mut own = schema.clone();
    schemas::object(Some(&mut own))?.shift_remove("allOf");
    for part in list.iter().chain([&own]) {
        add(&mut whole, part, components, 0)?;
    }
    Some(whole)
}

fn add(
    whole: &mut Value,
    part: &Value,
    components: &Map<String, Value>,
    depth: usize,
) -> Option<()> {
    let part = resolved(part, components);
    let kind = part.get("type").and_then(Value::as_str).unwrap_or("object");
    let union = part.get("oneOf").is_some() || part.get("anyOf").is_some();
    // Deeper than any description goes that does not lead back to itself.
    if depth > 16 || union || kind != "object" {
        return None;
    }
    for inner in part["allOf"].as_array().into_iter().flatten() {
        add(whole, inner, components, depth + 1)?;
    }
    for (name, property) in part["properties"].as_object().into_iter().flatten() {
        whole["properties"][name] = property.clone();
    }
    let required = whole["required"].as_array_mut()?;
    for name in part["required"].as_array().into_iter().flatten() {
        if !required.contains(name) {
            required.push(name.clone());
        }
    }
    Some(())
}
