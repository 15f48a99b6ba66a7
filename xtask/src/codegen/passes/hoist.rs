//! Every object, enum and union with a tag becomes a component with a name. Without this pass, the
//! response of `account.get` would have a type of a generator's making in place of `Account`, and
//! an object inside another whose name is taken would silently get the type of that other. Without
//! enums that keep a value they do not know, another status would lose the whole response.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::names::{own_name, type_name, unreserved};
use super::unions;
use crate::codegen::document::{Notes, component, step};
use crate::codegen::idents::{pascal, unused};
use crate::codegen::json::Json;
use crate::codegen::model::{Model, OpenEnum, Operation, Position, Tagged};
use crate::codegen::schemas;

/// The last part of an operation's id, where it says what is done with the resource before it.
const VERBS: &[&str] = &[
    "list", "get", "create", "update", "delete", "search", "cancel",
];

pub(super) fn name_inline(model: &mut Model, notes: &mut Notes) {
    let mut operations = std::mem::take(&mut model.operations);
    let by_shape = BTreeMap::new();
    let mut names: Vec<String> = model.schemas.keys().cloned().collect();
    let mut hoist = Hoist {
        model,
        by_shape,
        notes,
    };
    for name in &names {
        hoist.component(name);
    }
    each_root(&mut operations, |schema, place, name, position| {
        if !matches!(position, Position::Parameter(_)) {
            names.extend(hoist.object(schema, place, name, true));
        }
    });
    // What stands inside comes last, so that it can be of a body's type.
    for name in &names {
        hoist.inside(name);
    }
    each_root(&mut operations, |schema, place, name, _| {
        hoist.inner(schema, name, place);
    });
    model.operations = operations;
    unions::drop_tags(model);
}

struct Hoist<'a> {
    model: &'a mut Model,
    /// Named types that an inline object of the same shape is an instance of.
    by_shape: BTreeMap<String, String>,
    notes: &'a mut Notes,
}

impl Hoist<'_> {
    /// Takes note of what this component is.
    fn component(&mut self, name: &str) {
        let schema = &self.model.schemas[name];
        if let Some(shape) = shape_of(schema) {
            self.by_shape.entry(shape).or_insert_with(|| name.into());
        } else if let Some(open) = OpenEnum::of(schema) {
            // A value that may be null is so wherever it is used.
            self.model.schemas[name] = match schema.get("nullable") {
                Some(nullable) => json!({ "type": "string", "nullable": nullable }),
                None => json!({ "type": "string" }),
            };
            self.model.enums.insert(name.into(), open);
        } else if let Some(union) = Tagged::of(schema, &self.model.schemas, self.notes) {
            self.model.unions.insert(name.into(), union);
        }
    }

    /// Makes this schema a reference, if it is an object; returns the name of a new component.
    fn object(
        &mut self,
        schema: &mut Value,
        place: &str,
        name: &str,
        shared: bool,
    ) -> Option<String> {
        let shape = shape_of(schema)?;
        if let Some(known) = self.by_shape.get(&shape) {
            *schema = schemas::reference(schema, known);
            return None;
        }
        let shared = shared || schema.get("x-name").is_some();
        let name = self.moved(schema, place, name);
        if shared {
            self.by_shape.insert(shape, name.clone());
        }
        Some(name)
    }

    /// Makes this schema a new component, and a reference to it; returns its name.
    fn moved(&mut self, schema: &mut Value, place: &str, name: &str) -> String {
        let wanted = own_name(schema).unwrap_or_else(|| unreserved(name));
        let name = unused(&wanted, "", |name| self.model.schemas.contains_key(name));
        self.notes.moved([(component(&name), place.to_string())]);
        if name != wanted {
            let what = format_args!("collides with another {wanted}: generated as {name}");
            self.notes.conflict(place, what);
        }
        let reference = schemas::reference(schema, &name);
        let mut moved = std::mem::replace(schema, reference);
        moved.remove("nullable");
        self.model.schemas.insert(name.clone(), moved);
        name
    }

    /// Two enums of one name are one, if it is an `x-name` or the one has the other's values.
    fn open_enum(&mut self, schema: &mut Value, found: &OpenEnum, name: &str, place: &str) {
        let own = own_name(schema);
        let name = own.clone().unwrap_or_else(|| type_name(name));
        let new = |known: &OpenEnum| new_values(&found.values, &known.values);
        let known = self.model.enums.get_mut(&name);
        match known.filter(|known| own.is_some() || new(known).is_empty()) {
            Some(known) => {
                let new = new(known);
                if !new.is_empty() {
                    let what = format_args!("{name} gains {}", new.join(", "));
                    self.notes.add(place, what);
                }
                known.values.extend(new);
                // Whichever says which are terminal, it holds for both.
                let terminal = new_values(&found.terminal, &known.terminal);
                known.terminal.extend(terminal);
                self.notes.moved([(component(&name), place.to_string())]);
                *schema = schemas::reference(schema, &name);
            }
            None => {
                let name = self.moved(schema, place, &name);
                self.component(&name);
            }
        }
    }

    /// Moves what needs a name and stands in this component.
    fn inside(&mut self, name: &str) {
        let mut schema = self.model.schemas[name].take();
        self.below(&mut schema, name, &component(name));
        self.model.schemas[name] = schema;
    }

    /// Moves what needs a name below this schema, which has this name.
    fn below(&mut self, schema: &mut Value, name: &str, place: &str) {
        for (key, property) in schema.entries_mut("properties") {
            let place = step(&format!("{place}/properties"), key);
            self.inner(property, &format!("{name}{}", pascal(key)), &place);
        }
        for (key, suffix) in [("items", "Item"), ("additionalProperties", "Value")] {
            if let Some(child) = schema.get_mut(key).filter(|child| child.is_object()) {
                let name = match child.get("enum") {
                    Some(_) => singular(name),
                    None => format!("{name}{suffix}"),
                };
                self.inner(child, &name, &step(place, key));
            }
        }
    }

    fn inner(&mut self, schema: &mut Value, name: &str, place: &str) {
        if let Some(made) = self.object(schema, place, name, false) {
            self.inside(&made);
        } else if let Some(open) = OpenEnum::of(schema) {
            self.open_enum(schema, &open, name, place);
        } else if Tagged::of(schema, &self.model.schemas, self.notes).is_some() {
            let made = self.moved(schema, place, name);
            self.component(&made);
        } else {
            self.below(schema, name, place);
        }
    }
}

impl OpenEnum {
    /// The enum of strings that this schema is, if it is one.
    fn of(schema: &Value) -> Option<Self> {
        let values = schema.texts("enum");
        let found = !values.is_empty() && schema["type"] == "string";
        found.then(|| Self {
            description: schema.text("description").map(String::from),
            values,
            terminal: schema.texts("x-terminal"),
        })
    }
}

/// The values that the other list does not have.
fn new_values(values: &[String], other: &[String]) -> Vec<String> {
    let new = values.iter().filter(|value| !other.contains(value));
    new.cloned().collect()
}

/// Objects with properties only: a shape that says something.
fn shape_of(schema: &Value) -> Option<String> {
    let described = !schema.map("properties").is_empty();
    described.then(|| {
        let mut shape = schemas::shape(schema);
        shape.remove("nullable");
        shape.to_string()
    })
}

/// Calls `f` with each schema of a parameter or body, its place, and the name that is right for it.
fn each_root(operations: &mut [Operation], mut f: impl FnMut(&mut Value, &str, &str, Position)) {
    for operation in operations {
        let id = operation.id.clone();
        for (schema, place, position) in operation.roots() {
            let name = match position {
                Position::Parameter(name) => pascal(&format!("{id} {name}")),
                Position::Request => request_name(&id),
                Position::Response => {
                    response_name(&id, schema["properties"].get("results").is_some())
                }
            };
            let items = schema.get_mut("items");
            match items.filter(|_| position == Position::Response) {
                Some(items) => f(items, &format!("{place}/items"), &name, position),
                None => f(schema, place, &name, position),
            }
        }
    }
}

/// `account.get` → `Account`, `files.list` → `FilePage`, `webhooks.default.secret.get` →
/// `WebhookDefaultSecret`.
pub(super) fn response_name(id: &str, page: bool) -> String {
    let (resource, verb) = resource_and_verb(id);
    match (verb, page) {
        (Some("list"), true) => format!("{resource}Page"),
        (Some(verb), true) => format!("{resource}{}Page", pascal(verb)),
        (Some("list" | "get"), false) => resource,
        (Some(verb), false) => format!("{resource}{}Response", pascal(verb)),
        (None, _) => format!("{resource}Response"),
    }
}

/// `deployments.create` → `DeploymentCreateRequest`.
pub(super) fn request_name(id: &str) -> String {
    let (resource, verb) = resource_and_verb(id);
    let verb = verb.map(pascal).unwrap_or_default();
    format!("{resource}{verb}Request")
}

fn resource_and_verb(id: &str) -> (String, Option<&str>) {
    let verb = id.rsplit_once('.').filter(|(_, last)| VERBS.contains(last));
    let (resource, verb) = verb.map_or((id, None), |(resource, verb)| (resource, Some(verb)));
    let parts = resource.split('.').filter(|part| !part.is_empty());
    (parts.map(|part| pascal(&singular(part))).collect(), verb)
}

/// Endings of words that are singular.
const SINGULAR: &[&str] = &["series", "species", "ss", "us", "is"];

/// Endings of plurals that lose two letters, in spite of those in `SHORT`.
const HISSING: &[&str] = &[
    "ches", "shes", "xes", "sses", "tuses", "ruses", "nuses", "cuses", "buses", "puses",
];
const SHORT: &[&str] = &["caches", "movies", "cookies"];

/// English, as far as API resources go: `batches` → `batch`, `statuses` → `status`.
pub(super) fn singular(word: &str) -> String {
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let lost = match word {
        _ if ends(SINGULAR) => 0,
        _ if ends(SHORT) => 1,
        _ if ends(HISSING) => 2,
        _ if word.ends_with("ies") => return word[..word.len() - 3].to_string() + "y",
        _ => usize::from(word.ends_with('s')),
    };
    word[..word.len() - lost].to_string()
}
