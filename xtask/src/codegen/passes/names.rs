//! Plain names for component schemas. Without this pass, a `Prediction` would be a
//! `SchemasPredictionResponse`, and a new component could take the name of a present type.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::hoist;
use crate::codegen::document::{Notes, component};
use crate::codegen::idents::{self, snake};
use crate::codegen::previous::Previous;
use crate::codegen::schemas;

/// Names that the generated code uses for something else.
const RESERVED: &[&str] = &[
    "Box", "Default", "Option", "Result", "Self_", "String", "Vec",
];

pub(super) fn plain(document: &mut Value, previous: &Previous, notes: &mut Notes) {
    let inline = wanted_inline(document);
    let Some(components) = schemas::object(document.pointer_mut("/components/schemas")) else {
        return;
    };
    let mut wanting: BTreeMap<String, Vec<&String>> = BTreeMap::new();
    for (old, schema) in components.iter() {
        let wanted = wanted_name(old, schema);
        wanting.entry(wanted).or_default().push(old);
    }
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut losers: Vec<(String, &String)> = Vec::new();
    for (wanted, mut all) in wanting {
        // Whose fields are most like those of the present type is the owner of its name.
        let likeness = |old: &str| previous.likeness(&wanted, &fields(&components[old]));
        all.sort_by_key(|old| std::cmp::Reverse(likeness(old)));
        let best = all.first().and_then(|old| likeness(old));
        let inline = inline.get(&wanted);
        let inline = inline.and_then(|fields| previous.likeness(&wanted, fields));
        let owner = (inline <= best).then(|| all.remove(0));
        losers.extend(all.into_iter().map(|old| (wanted.clone(), old)));
        if let Some(owner) = owner {
            names.insert(owner.clone(), wanted);
        }
    }
    let mut taken: BTreeSet<String> = names.values().cloned().collect();
    taken.extend(losers.iter().map(|(wanted, _)| wanted.clone()));
    for (wanted, old) in losers {
        let new = unused(&type_name(old), |name| taken.contains(name));
        let what = format_args!("collides with another {wanted}: generated as {new}");
        notes.conflict(&component(old), what);
        taken.insert(new.clone());
        names.insert(old.clone(), new);
    }
    let moved = names
        .iter()
        .map(|(old, new)| (component(new), component(old)));
    notes.moved(moved);
    let renamed: Map<String, Value> = std::mem::take(components)
        .into_iter()
        .map(|(old, schema)| (names[&old].clone(), schema))
        .collect();
    *components = renamed;
    let renamed = |reference: &Value| {
        let old = reference.as_str()?.strip_prefix("#/components/schemas/")?;
        let new = names.get(old)?;
        Some(Value::from(format!("#/components/schemas/{new}")))
    };
    schemas::for_each(document, |schema, _, _| {
        if let Some(new) = schema.get("$ref").and_then(renamed) {
            schema["$ref"] = new;
        }
        let mapping = schema.pointer_mut("/discriminator/mapping");
        for target in schemas::object(mapping)
            .into_iter()
            .flat_map(Map::values_mut)
        {
            if let Some(new) = renamed(target) {
                *target = new;
            }
        }
    });
}

/// The fields that the properties of a schema make, or the values of an enum.
fn fields(schema: &Value) -> BTreeSet<String> {
    let values = schema["enum"].as_array().into_iter().flatten();
    let values = values.filter_map(|value| value.as_str().map(String::from));
    let properties = schema["properties"]
        .as_object()
        .into_iter()
        .flat_map(Map::keys);
    properties.map(|name| snake(name)).chain(values).collect()
}

/// The names that inline bodies, and objects and enums inside others, will ask for.
fn wanted_inline(document: &mut Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut wanted = BTreeMap::new();
    let components = document["components"]["schemas"].as_object();
    let mut roots: Vec<(String, Value)> = components
        .into_iter()
        .flatten()
        .map(|(old, schema)| (wanted_name(old, schema), schema.clone()))
        .collect();
    let components = roots.len();
    hoist::each_body(document, |schema, _, name| {
        let own = schema.get("x-name").and_then(Value::as_str);
        roots.push((own.unwrap_or(name).to_string(), schema.clone()));
    });
    for (index, (name, root)) in roots.iter_mut().enumerate() {
        let name = name.clone();
        schemas::walk(root, "", &mut |schema, place| {
            let own = schema.get("x-name").and_then(Value::as_str);
            let parts = place.split('/').filter(|part| !part.is_empty());
            let inner: String = parts
                .map(|part| match part {
                    "properties" => String::new(),
                    "items" => "Item".to_string(),
                    "additionalProperties" => "Value".to_string(),
                    part => idents::pascal(part),
                })
                .collect();
            let fields = fields(schema);
            let is_component = index < components && place.is_empty();
            if !fields.is_empty() && !is_component {
                let name = own.map_or_else(|| format!("{name}{inner}"), String::from);
                wanted.insert(name, fields);
            }
        });
    }
    wanted
}

/// The name of a component, unless another has it.
pub(crate) fn wanted_name(old: &str, schema: &Value) -> String {
    let own = schema.get("x-name").and_then(Value::as_str);
    own.map_or_else(|| plain_name(old), type_name)
}

/// `schemas_prediction_response` → `Prediction`.
pub(super) fn plain_name(key: &str) -> String {
    let rest = key.strip_prefix("schemas_").unwrap_or(key);
    let name = match rest.strip_suffix("_response") {
        Some(rest) => match rest.strip_prefix("paginated_") {
            Some(item) => format!("{item}_page"),
            None => rest.to_string(),
        },
        None => rest.to_string(),
    };
    type_name(&name)
}

/// Makes any text the name of a type.
pub(super) fn type_name(text: &str) -> String {
    unreserved(&idents::pascal(text))
}

pub(super) fn unreserved(name: &str) -> String {
    match RESERVED.contains(&name) || name.ends_with('_') {
        true => format!("{}Object", name.trim_end_matches('_')),
        false => name.to_string(),
    }
}

/// The name, or the name with the first number behind it that is not taken.
pub(super) fn unused(name: &str, taken: impl Fn(&str) -> bool) -> String {
    idents::unused(name, "", taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_keys_get_plain_names() {
        for (key, name) in [
            ("schemas_prediction_response", "Prediction"),
            ("prediction_response", "Prediction"),
            ("schemas_paginated_model_response", "ModelPage"),
            (
                "schemas_version_prediction_request",
                "VersionPredictionRequest",
            ),
            ("schemas_collection_list_item", "CollectionListItem"),
            ("default", "DefaultObject"),
            ("Self", "SelfObject"),
            ("2fa", "X2fa"),
            ("schemas_", "X"),
        ] {
            assert_eq!(plain_name(key), name);
        }
    }
}
