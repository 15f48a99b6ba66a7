//! Objects that are not components become components. Without this pass, the response of
//! `account.get` would have a type of a generator's making in place of `Account`, and an object
//! inside another whose name is taken would silently get the type of that other.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::names::{type_name, unreserved, unused};
use crate::codegen::document::{Notes, component, step};
use crate::codegen::idents::pascal;
use crate::codegen::{operations, schemas};

/// The last part of an operation's id, where it says what is done with the resource before it.
const VERBS: &[&str] = &[
    "list", "get", "create", "update", "delete", "search", "cancel",
];

pub(super) fn name_inline(document: &mut Value, notes: &mut Notes) {
    let components = schemas::object(document.pointer_mut("/components/schemas"));
    let components = components.map(std::mem::take).unwrap_or_default();
    let names: Vec<String> = components.keys().cloned().collect();
    let mut by_shape = BTreeMap::new();
    for (name, schema) in &components {
        if let Some(shape) = shape_of(schema) {
            by_shape.entry(shape).or_insert_with(|| name.clone());
        }
    }
    let mut hoist = Hoist {
        components,
        by_shape,
        notes,
    };
    let mut bodies = Vec::new();
    each_body(document, |schema, place, name| {
        if let Some(made) = hoist.object(schema, place, name, true) {
            bodies.push(made);
        }
    });
    // What stands inside comes last, so that it can be of a body's type.
    for name in names.into_iter().chain(bodies) {
        let mut schema = hoist
            .components
            .get_mut(&name)
            .map(Value::take)
            .unwrap_or_default();
        hoist.below(&mut schema, &name, &component(&name));
        hoist.components.insert(name, schema);
    }
    each_body(document, |schema, place, name| {
        hoist.below(schema, name, place);
    });
    let components = hoist.components;
    document["components"]["schemas"] = components.into();
}

struct Hoist<'a> {
    components: Map<String, Value>,
    /// Named types that an inline object of the same shape is an instance of.
    by_shape: BTreeMap<String, String>,
    notes: &'a mut Notes,
}

impl Hoist<'_> {
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
        let own = schema["x-name"].as_str().map(type_name);
        let wanted = own.clone().unwrap_or_else(|| unreserved(name));
        let name = unused(&wanted, |name| self.components.contains_key(name));
        self.notes.moved([(component(&name), place.to_string())]);
        if name != wanted {
            let what = format_args!("collides with another {wanted}: generated as {name}");
            self.notes.conflict(place, what);
        }
        if shared || own.is_some() {
            self.by_shape.insert(shape, name.clone());
        }
        let reference = schemas::reference(schema, &name);
        let mut moved = std::mem::replace(schema, reference);
        if let Some(moved) = moved.as_object_mut() {
            moved.shift_remove("nullable");
        }
        self.components.insert(name.clone(), moved);
        Some(name)
    }

    /// Moves the objects below this schema, which has this name.
    fn below(&mut self, schema: &mut Value, name: &str, place: &str) {
        let Some(map) = schema.as_object_mut() else {
            return;
        };
        let properties = schemas::object(map.get_mut("properties"));
        for (key, property) in properties.into_iter().flatten() {
            let place = step(&format!("{place}/properties"), key);
            self.inner(property, &format!("{name}{}", pascal(key)), &place);
        }
        for (key, suffix) in [("items", "Item"), ("additionalProperties", "Value")] {
            if let Some(child) = map.get_mut(key).filter(|child| child.is_object()) {
                self.inner(child, &format!("{name}{suffix}"), &step(place, key));
            }
        }
    }

    fn inner(&mut self, schema: &mut Value, name: &str, place: &str) {
        match self.object(schema, place, name, false) {
            Some(made) => {
                let mut schema = self.components.get_mut(&made).map(Value::take);
                if let Some(schema) = &mut schema {
                    self.below(schema, &made, &component(&made));
                }
                self.components.insert(made, schema.unwrap_or_default());
            }
            None => self.below(schema, name, place),
        }
    }
}

/// Objects with properties only: a shape that says something.
fn shape_of(schema: &Value) -> Option<String> {
    let properties = schema.get("properties")?.as_object()?;
    (!properties.is_empty()).then(|| {
        let mut shape = schemas::shape(schema);
        if let Some(shape) = shape.as_object_mut() {
            shape.shift_remove("nullable");
        }
        shape.to_string()
    })
}

/// Calls `f` with each schema of a JSON or form body, its place, and the name that is right for it.
pub(super) fn each_body(document: &mut Value, mut f: impl FnMut(&mut Value, &str, &str)) {
    // Each operation was an object when the operations were counted.
    let _ = operations::for_each(document, |path, method, operation| {
        let id = operations::id_of(operation).to_string();
        let own = step(&step("#/paths", path), method);
        let body = operation.get_mut("requestBody");
        let content = body.and_then(|body| schemas::object(body.get_mut("content")));
        for (kind, media) in content.into_iter().flatten() {
            let place = step(&format!("{own}/requestBody/content"), kind) + "/schema";
            if let Some(schema) = media.get_mut("schema") {
                f(schema, &place, &request_name(&id));
            }
        }
        let responses = schemas::object(operation.get_mut("responses"));
        for (code, response) in responses.into_iter().flatten() {
            let media = response.pointer_mut("/content/application~1json/schema");
            let Some(schema) = media.filter(|_| code.starts_with('2')) else {
                continue;
            };
            let place = format!("{own}/responses/{code}/content/application~1json/schema");
            if schema["type"] == "array" {
                if let Some(items) = schema.get_mut("items") {
                    f(items, &format!("{place}/items"), &response_name(&id, false));
                }
            } else {
                let page = schema.pointer("/properties/results").is_some();
                f(schema, &place, &response_name(&id, page));
            }
        }
        Ok(())
    });
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
    let mut parts: Vec<&str> = id.split('.').collect();
    let verb = parts
        .last()
        .copied()
        .filter(|last| VERBS.contains(last) && parts.len() > 1);
    if verb.is_some() {
        parts.pop();
    }
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let resource = parts.iter().map(|part| pascal(&singular(part)));
    (resource.collect(), verb)
}

/// English, as far as API resources go: `batches` → `batch`, `statuses` → `status`.
pub(super) fn singular(word: &str) -> String {
    for (plural, one) in [
        ("caches", "cache"),
        ("movies", "movie"),
        ("cookies", "cookie"),
    ] {
        if let Some(stem) = word.strip_suffix(plural) {
            return format!("{stem}{one}");
        }
    }
    if let Some(stem) = word.strip_suffix("es") {
        let hissing = [
            "ch", "sh", "x", "ss", "tus", "rus", "nus", "cus", "bus", "pus",
        ];
        if hissing.iter().any(|end| stem.ends_with(end)) {
            return stem.to_string();
        }
    }
    if word.ends_with("series") || word.ends_with("species") {
        return word.to_string();
    }
    if let Some(stem) = word.strip_suffix("ies") {
        return format!("{stem}y");
    }
    match word.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u', 'i']) => stem.to_string(),
        _ => word.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_the_operation() {
        for (id, page, name) in [
            ("account.get", false, "Account"),
            ("files.list", true, "FilePage"),
            ("models.search", true, "ModelSearchPage"),
            ("hardware.list", false, "Hardware"),
            ("webhooks.default.secret.get", false, "WebhookDefaultSecret"),
            ("search", false, "SearchResponse"),
        ] {
            assert_eq!(response_name(id, page), name);
        }
        assert_eq!(
            request_name("deployments.create"),
            "DeploymentCreateRequest"
        );
    }

    #[test]
    fn plurals_become_singular() {
        for (plural, one) in [
            ("predictions", "prediction"),
            ("queries", "query"),
            ("status", "status"),
            ("statuses", "status"),
            ("batches", "batch"),
            ("boxes", "box"),
            ("searches", "search"),
            ("classes", "class"),
            ("releases", "release"),
            ("databases", "database"),
            ("caches", "cache"),
            ("series", "series"),
        ] {
            assert_eq!(singular(plural), one);
        }
    }
}
