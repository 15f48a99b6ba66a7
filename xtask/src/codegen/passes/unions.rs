//! `oneOf`, `anyOf` and `allOf`. Without this pass, `Prediction.version`, a string or the word
//! `hidden`, would be an enum of two strings, and a union would be decoded as its first variant.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::codegen::document::Notes;
use crate::codegen::idents::pascal;
use crate::codegen::schemas;

/// A union with a tag, which this generator writes instead of typify.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tagged {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// The property.
    pub(crate) tag: String,
    /// Its value, and the component that it stands for.
    pub(crate) variants: Vec<(String, String)>,
}

pub(super) fn simplify(document: &mut Value, notes: &mut Notes) -> Vec<Tagged> {
    let components = document
        .pointer("/components/schemas")
        .cloned()
        .unwrap_or_default();
    let mut unions = Unions {
        components: &components,
        tagged: Vec::new(),
        added: Map::new(),
    };
    schemas::for_each(document, |schema, place, _| {
        let keys = ["oneOf", "anyOf", "allOf"];
        let found = keys
            .iter()
            .find(|key| schema.get(**key).is_some_and(Value::is_array));
        if let Some((key, Value::Array(list))) = found.map(|key| (*key, schema[key].clone())) {
            unions.replace(schema, key, &list, place, notes);
        }
    });
    let Unions { tagged, added, .. } = unions;
    if let Some(schemas) = schemas::object(document.pointer_mut("/components/schemas")) {
        schemas.extend(added);
    }
    drop_tags(document, &tagged);
    tagged
}

struct Unions<'a> {
    components: &'a Value,
    tagged: Vec<Tagged>,
    added: Map<String, Value>,
}

impl Unions<'_> {
    fn replace(
        &mut self,
        schema: &mut Value,
        key: &str,
        list: &[Value],
        place: &str,
        notes: &mut Notes,
    ) {
        let alone = schema.get("properties").is_none();
        let mut replacement = match list {
            [one] if alone && one.get("$ref").is_some() => json!({ "allOf": [one] }),
            [one] if alone => one.clone(),
            _ if key == "allOf" => match merged(schema, list, self.components) {
                Some(merged) => merged,
                None => return notes.refuse(place, "`allOf` of other things than objects"),
            },
            _ => match self.union(schema, list, place, notes) {
                Some(replacement) => replacement,
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

    fn union(
        &mut self,
        schema: &Value,
        list: &[Value],
        place: &str,
        notes: &Notes,
    ) -> Option<Value> {
        if let Some(kind) = same_type(list, self.components) {
            return Some(json!({ "type": kind }));
        }
        let (tag, variants) = self.variants(schema, list, notes)?;
        let name = match place.strip_prefix("#/components/schemas/") {
            Some(name) if !name.contains('/') => name.to_string(),
            _ => super::enums::name_at(place),
        };
        let description = schema["description"].as_str().map(String::from);
        let tagged = Tagged {
            name: name.clone(),
            description,
            tag,
            variants,
        };
        self.tagged.push(tagged);
        // The variants stay in sight, so that they are known to be sent or received.
        let object = json!({ "type": "object", "anyOf": list });
        if self.components.get(&name).is_some() && place.ends_with(&name) {
            return Some(object);
        }
        self.added.insert(name.clone(), object);
        Some(json!({ "allOf": [{ "$ref": format!("#/components/schemas/{name}") }] }))
    }

    /// The tag and its value for each variant.
    fn variants(
        &self,
        schema: &Value,
        list: &[Value],
        notes: &Notes,
    ) -> Option<(String, Vec<(String, String)>)> {
        let tag = schema["discriminator"]["propertyName"]
            .as_str()?
            .to_string();
        let mut variants = Vec::new();
        for variant in list {
            let name = schemas::component_of(variant)?;
            self.components.get(name)?.get("properties")?;
            let mapped = schema["discriminator"]["mapping"].as_object();
            let mut mapped: Vec<String> = mapped
                .into_iter()
                .flatten()
                .filter(|(_, target)| **target == variant["$ref"])
                .map(|(value, _)| value.clone())
                .collect();
            if mapped.is_empty() {
                let constant = constant(&self.components[name], &tag);
                let place = notes.original(&crate::codegen::document::component(name));
                let key = place.rsplit('/').next().unwrap_or(name).to_string();
                mapped.push(constant.map_or(key, String::from));
            }
            variants.extend(mapped.into_iter().map(|value| (value, name.to_string())));
        }
        let names: BTreeSet<String> = variants.iter().map(|(value, _)| pascal(value)).collect();
        (names.len() == variants.len()).then_some((tag, variants))
    }
}

/// The one value that this property of the schema can have.
fn constant<'a>(schema: &'a Value, tag: &str) -> Option<&'a str> {
    match schema["properties"][tag]["enum"].as_array()?.as_slice() {
        [Value::String(value)] => Some(value),
        _ => None,
    }
}

/// The enum writes the tag; a variant that stands nowhere else has no field for it.
fn drop_tags(document: &mut Value, tagged: &[Tagged]) {
    let text = document.to_string();
    for union in tagged {
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

fn without(schema: &Value, key: &str) -> Value {
    let mut schema = schema.clone();
    if let Some(map) = schema.as_object_mut() {
        map.shift_remove(key);
    }
    schema
}

fn resolved<'a>(schema: &'a Value, components: &'a Value) -> &'a Value {
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
fn same_type(list: &[Value], components: &Value) -> Option<String> {
    let kind = |schema| resolved(schema, components).get("type")?.as_str();
    let first = kind(list.first()?)?;
    let plain = matches!(first, "string" | "integer" | "number" | "boolean");
    (plain && list.iter().all(|schema| kind(schema) == Some(first))).then(|| first.to_string())
}

/// One object with the properties of all parts.
fn merged(schema: &Value, list: &[Value], components: &Value) -> Option<Value> {
    let mut whole = json!({ "type": "object", "properties": {}, "required": [] });
    let own = without(schema, "allOf");
    for part in list.iter().chain([&own]) {
        add(&mut whole, part, components, 0)?;
    }
    Some(whole)
}

fn add(whole: &mut Value, part: &Value, components: &Value, depth: usize) -> Option<()> {
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
