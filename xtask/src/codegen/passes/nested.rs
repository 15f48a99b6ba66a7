//! Objects inside other schemas become components of their own. Without this pass, one whose name
//! is taken would silently get the type of another.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::names::unused;
use crate::codegen::document::{Notes, component, step};
use crate::codegen::idents::pascal;
use crate::codegen::{operations, schemas};

pub(super) fn hoist(document: &mut Value, notes: &mut Notes) {
    let mut made = Made {
        components: Map::new(),
        taken: names(document),
        notes,
    };
    if let Some(components) = schemas::object(document.pointer_mut("/components/schemas")) {
        for (name, schema) in components {
            made.below(schema, name, &component(name));
        }
    }
    // Each operation was an object when the operations were counted.
    let _ = operations::for_each(document, |path, method, operation| {
        let owner = pascal(operations::id_of(operation));
        let place = step(&step("#/paths", path), method);
        let mut whole = Value::Object(std::mem::take(operation));
        schemas::operation_roots(&mut whole, &place, &mut |schema, place, position| {
            let what = match position {
                schemas::Position::Request => "Body",
                _ => "Response",
            };
            made.schema(schema, &format!("{owner}{what}"), place);
        });
        *operation = schemas::object(Some(&mut whole))
            .map(std::mem::take)
            .unwrap_or_default();
        Ok(())
    });
    let made = made.components;
    if let Some(components) = schemas::object(document.pointer_mut("/components/schemas")) {
        components.extend(made);
    }
}

fn names(document: &Value) -> BTreeSet<String> {
    let components = document.pointer("/components/schemas");
    let components = components.and_then(Value::as_object);
    components
        .into_iter()
        .flatten()
        .map(|(name, _)| name.clone())
        .collect()
}

struct Made<'a> {
    components: Map<String, Value>,
    taken: BTreeSet<String>,
    notes: &'a mut Notes,
}

impl Made<'_> {
    /// Moves the objects below this schema, which has this name.
    fn below(&mut self, schema: &mut Value, name: &str, place: &str) {
        let Some(map) = schema.as_object_mut() else {
            return;
        };
        for (key, property) in schemas::object(map.get_mut("properties"))
            .into_iter()
            .flatten()
        {
            let place = step(&format!("{place}/properties"), key);
            self.schema(property, &format!("{name}{}", pascal(key)), &place);
        }
        for (key, suffix) in [("items", "Item"), ("additionalProperties", "Value")] {
            if let Some(child) = map.get_mut(key).filter(|child| child.is_object()) {
                self.schema(child, &format!("{name}{suffix}"), &step(place, key));
            }
        }
    }

    fn schema(&mut self, schema: &mut Value, name: &str, place: &str) {
        let properties = schema.get("properties").and_then(Value::as_object);
        if properties.is_none_or(Map::is_empty) {
            return self.below(schema, name, place);
        }
        let free = unused(name, |name| self.taken.contains(name));
        self.taken.insert(free.clone());
        self.below(schema, &free, place);
        self.notes.moved([(component(&free), place.to_string())]);
        if free != name {
            let what = format_args!("collides with another {name}: generated as {free}");
            self.notes.conflict(place, what);
        }
        let mut reference = json!({ "$ref": format!("#/components/schemas/{free}") });
        let words =
            ["description", "nullable", "x-always"].map(|key| (key, schema.get(key).cloned()));
        if words.iter().any(|(_, value)| value.is_some()) {
            reference = json!({ "allOf": [reference] });
        }
        for (key, value) in words {
            if let Some(value) = value {
                reference[key] = value;
            }
        }
        let mut moved = std::mem::replace(schema, reference);
        if let Some(moved) = moved.as_object_mut() {
            moved.shift_remove("nullable");
        }
        self.components.insert(free, moved);
    }
}
