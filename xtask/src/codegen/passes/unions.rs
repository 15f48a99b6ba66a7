//! `oneOf`, `anyOf` and `allOf`. Without this pass, `Prediction.version`, a string or the word
//! `hidden`, would be an enum of two strings, and a union would be decoded as its first variant.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::codegen::document::{Notes, component};
use crate::codegen::idents::pascal;
use crate::codegen::json::Json;
use crate::codegen::model::{Model, Tagged};
use crate::codegen::schemas::{self, component_of};

impl Tagged {
    /// Reads this schema as a union of objects with a discriminator, if it is one.
    pub(super) fn of(
        schema: &Value,
        components: &Map<String, Value>,
        notes: &Notes,
    ) -> Option<Self> {
        let discriminator = schema.get("discriminator")?;
        let tag = discriminator.text("propertyName")?;
        let list = schema.get("oneOf").or(schema.get("anyOf"))?.as_array()?;
        let mut variants = Vec::new();
        for variant in list {
            let name = component_of(variant)?;
            let object = components.get(name)?;
            let open = object["additionalProperties"] == true;
            (open || object["properties"].is_object()).then_some(())?;
            let mapped = discriminator.map("mapping").iter();
            let mapped = mapped.filter(|(_, target)| **target == variant["$ref"]);
            let mut values: Vec<&str> = mapped.map(|(value, _)| &**value).collect();
            let place = notes.original(&component(name));
            if values.is_empty() {
                let constant = object["properties"][tag].list("enum");
                let constant = constant.first().filter(|_| constant.len() == 1);
                let key = place.rsplit('/').next().unwrap_or(name);
                values.push(constant.and_then(Value::as_str).unwrap_or(key));
            }
            let values = values.into_iter();
            variants.extend(values.map(|value| (value.to_string(), name.to_string())));
        }
        let names: BTreeSet<String> = variants.iter().map(|(value, _)| pascal(value)).collect();
        (names.len() == variants.len()).then(|| Self {
            description: schema.text("description").map(String::from),
            tag: tag.to_string(),
            variants,
        })
    }
}

pub(super) fn simplify(model: &mut Model, notes: &mut Notes) {
    let components = model.schemas.clone();
    model.for_each(|schema, place| {
        let mut keys = ["oneOf", "anyOf", "allOf"].into_iter();
        if let Some(key) = keys.find(|key| schema[key].is_array())
            && Tagged::of(schema, &components, notes).is_none()
        {
            replace(schema, key, &components, place, notes);
        }
    });
}

fn replace(
    schema: &mut Value,
    key: &str,
    components: &Map<String, Value>,
    place: &str,
    notes: &mut Notes,
) {
    let list = schema.list(key);
    let mut replacement = match list {
        [one] if schema.get("properties").is_none() => one.clone(),
        _ if key == "allOf" => match merged(schema, components) {
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
    *schema = replacement;
}

/// The enum writes the tag; a variant that stands nowhere else has no field for it.
pub(super) fn drop_tags(model: &mut Model) {
    let referred = model.referred();
    for union in model.unions.values() {
        for (_, variant) in &union.variants {
            let elsewhere = referred.iter().filter(|name| *name == variant).count() > 1;
            let Some(schema) = model.schemas.get_mut(variant).filter(|_| !elsewhere) else {
                continue;
            };
            if let Some(properties) = schema.get_mut("properties") {
                properties.remove(&union.tag);
            }
            if let Some(Value::Array(required)) = schema.get_mut("required") {
                required.retain(|name| *name != *union.tag);
            }
            schema.as_object_mut().map(schemas::close);
        }
    }
}

fn resolved<'a>(mut schema: &'a Value, components: &'a Map<String, Value>) -> &'a Value {
    for _ in 0..16 {
        match component_of(schema).and_then(|name| components.get(name)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

/// The type that all alternatives share, where it is one that needs nothing more said.
fn same_type<'a>(list: &'a [Value], components: &'a Map<String, Value>) -> Option<&'a str> {
    let kinds = list
        .iter()
        .map(|one| resolved(one, components).text("type"));
    let kinds: BTreeSet<Option<&str>> = kinds.collect();
    let kind = kinds.first().copied().flatten()?;
    let plain = matches!(kind, "string" | "integer" | "number" | "boolean");
    (plain && kinds.len() == 1).then_some(kind)
}

/// One object with the properties of all parts.
fn merged(schema: &Value, components: &Map<String, Value>) -> Option<Value> {
    let mut whole = json!({ "type": "object", "properties": {}, "required": [] });
    add(&mut whole, schema, components, 0)?;
    whole.as_object_mut().map(schemas::close);
    Some(whole)
}

fn add(
    whole: &mut Value,
    part: &Value,
    components: &Map<String, Value>,
    depth: usize,
) -> Option<()> {
    let part = resolved(part, components);
    let union = part.get("oneOf").is_some() || part.get("anyOf").is_some();
    // Deeper than any description goes that does not lead back to itself.
    if depth > 16 || union || part.text("type").is_some_and(|kind| kind != "object") {
        return None;
    }
    for inner in part.list("allOf") {
        add(whole, inner, components, depth + 1)?;
    }
    for (name, property) in part.map("properties") {
        whole["properties"][name] = property.clone();
    }
    let required = whole["required"].as_array_mut()?;
    for name in part.list("required") {
        if !required.contains(name) {
            required.push(name.clone());
        }
    }
    Some(())
}
