//! Enums that keep a value they do not know. Without this pass, a new value, such as another
//! status, would lose the whole response.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::hoist::singular;
use super::names::{type_name, unused};
use crate::codegen::document::{Notes, component, step};
use crate::codegen::idents::pascal;
use crate::codegen::{operations, schemas};

/// An enum of strings to be written in place of the generator's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenEnum {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    /// A component that may be null wherever it is used.
    pub(crate) nullable: bool,
    pub(crate) values: Vec<String>,
    /// The values after which nothing changes any more, if the enum is a status.
    pub(crate) terminal: Vec<String>,
}

pub(super) fn open(document: &mut Value, notes: &mut Notes) -> Vec<OpenEnum> {
    let components = document
        .pointer("/components/schemas")
        .and_then(Value::as_object);
    let taken: BTreeSet<String> = components
        .into_iter()
        .flatten()
        .map(|(k, _)| k.clone())
        .collect();
    let owners = parameter_owners(document);
    let mut enums: Vec<OpenEnum> = Vec::new();
    schemas::for_each(document, |schema, place, _| {
        let Some(values) = values_of(schema) else {
            return;
        };
        let text = |key: &str| schema.get(key).and_then(Value::as_str).map(String::from);
        let nullable = schema.get("nullable") == Some(&Value::Bool(true));
        let own_component = place
            .strip_prefix("#/components/schemas/")
            .filter(|name| !name.contains('/'))
            .map(String::from);
        let own = text("x-name");
        let found = OpenEnum {
            name: own_component.clone().unwrap_or_else(|| {
                let owner = || owners.get(place).cloned();
                type_name(&own.clone().or_else(owner).unwrap_or_else(|| name_at(place)))
            }),
            description: text("description"),
            nullable: own_component.is_some() && nullable,
            values,
            terminal: strings(&schema["x-terminal"]),
        };
        let name = add(
            &mut enums,
            found,
            own.is_some(),
            |name| own_component.as_deref() != Some(name) && taken.contains(name),
            place,
            notes,
        );
        if own_component.is_none() {
            notes.moved([(component(&name), place.to_string())]);
            *schema = schemas::reference(schema, &name);
        }
    });
    for open in &enums {
        document["components"]["schemas"][&open.name] = match open.nullable {
            true => json!({ "type": "string", "nullable": true }),
            false => json!({ "type": "string" }),
        };
    }
    // A description in another order gives the same code.
    enums.sort_by(|a, b| a.name.cmp(&b.name));
    enums
}

fn values_of(schema: &Value) -> Option<Vec<String>> {
    let values = strings(schema.get("enum")?);
    (!values.is_empty() && schema.get("type") == Some(&"string".into())).then_some(values)
}

fn strings(list: &Value) -> Vec<String> {
    let list = list.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).map(String::from).collect()
}

/// Returns the name of the enum. Two with the same values, or the same `x-name`, are one enum.
fn add(
    enums: &mut Vec<OpenEnum>,
    found: OpenEnum,
    shared: bool,
    taken: impl Fn(&str) -> bool,
    place: &str,
    notes: &mut Notes,
) -> String {
    if let Some(known) = enums.iter_mut().find(|known| known.name == found.name) {
        let new: Vec<String> = found
            .values
            .iter()
            .filter(|v| !known.values.contains(v))
            .cloned()
            .collect();
        if new.is_empty() || shared {
            if !new.is_empty() {
                notes.add(
                    place,
                    format_args!("{} gains {}", known.name, new.join(", ")),
                );
            }
            known.values.extend(new);
            // Whichever of them says which values are terminal, it holds for the enum.
            let terminal = found.terminal.into_iter();
            let new: Vec<String> = terminal.filter(|v| !known.terminal.contains(v)).collect();
            known.terminal.extend(new);
            return known.name.clone();
        }
    }
    let name = unused(&found.name, |name| {
        taken(name) || enums.iter().any(|e| e.name == name)
    });
    if name != found.name {
        let wanted = &found.name;
        let what = format_args!("collides with another {wanted}: generated as {name}");
        notes.conflict(place, what);
    }
    enums.push(OpenEnum {
        name: name.clone(),
        ..found
    });
    name
}

/// For a parameter's schema: the operation's and the parameter's name.
fn parameter_owners(document: &mut Value) -> BTreeMap<String, String> {
    let mut owners = BTreeMap::new();
    // Each operation was an object when the operations were counted.
    let _ = operations::for_each(document, |path, method, operation| {
        let place = step(&step("#/paths", path), method);
        let list = operation.get("parameters").and_then(Value::as_array);
        for (index, parameter) in list.into_iter().flatten().enumerate() {
            let own = parameter["name"].as_str().unwrap_or_default();
            let name = pascal(&format!("{} {own}", operations::id_of(operation)));
            let place = format!("{place}/parameters/{index}/schema");
            owners.insert(format!("{place}/items"), name.clone());
            owners.insert(place, name);
        }
        Ok(())
    });
    owners
}

/// `#/components/schemas/Prediction/properties/status` → `PredictionStatus`.
pub(super) fn name_at(place: &str) -> String {
    let mut name = String::new();
    let mut list = false;
    for part in place.split('/').skip(1) {
        match part {
            "components" | "schemas" | "properties" | "paths" | "schema" | "content" => {}
            "items" => list = true,
            part => name.push_str(&pascal(&part.replace("~1", " ").replace("~0", " "))),
        }
    }
    if list { singular(&name) } else { name }
}
