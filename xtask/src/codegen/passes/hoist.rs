//! Names for schemas that stand inline in a body. Without this pass, the response of `account.get`
//! would have a type of a generator's making in place of `Account`.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::names::{type_name, unused};
use crate::codegen::document::{Notes, component, step};
use crate::codegen::idents::pascal;
use crate::codegen::{operations, schemas};

/// The last part of an operation's id, where it says what is done with the resource before it.
pub(super) const VERBS: &[&str] = &[
    "list", "get", "create", "update", "delete", "search", "cancel",
];

pub(super) fn name_inline(document: &mut Value, notes: &mut Notes) -> Result<()> {
    let mut components = Components::of(document);
    each_body(document, |schema, place, name| {
        components.hoist(schema, place, || name.to_string());
    });
    reuse_nested(document, &mut components);
    components.write(document, notes);
    Ok(())
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

/// Named schemas, old and new, found by their shape.
struct Components {
    schemas: Map<String, Value>,
    by_shape: BTreeMap<String, String>,
    /// The name that was wanted, the one that was free, and where the schema stood.
    added: Vec<(String, String, String)>,
}

impl Components {
    fn of(document: &Value) -> Self {
        let schemas = document
            .pointer("/components/schemas")
            .and_then(Value::as_object);
        let schemas = schemas.cloned().unwrap_or_default();
        let mut by_shape = BTreeMap::new();
        for (name, schema) in &schemas {
            if let Some(key) = shape_key(schema) {
                by_shape.entry(key).or_insert_with(|| name.clone());
            }
        }
        Self {
            schemas,
            by_shape,
            added: Vec::new(),
        }
    }

    /// Moves an inline object into a component and leaves a reference to it.
    fn hoist(&mut self, schema: &mut Value, place: &str, name: impl FnOnce() -> String) {
        let Some(key) = shape_key(schema) else { return };
        let name = match self.by_shape.get(&key) {
            Some(name) => name.clone(),
            None => {
                let own = schema
                    .get("x-name")
                    .and_then(Value::as_str)
                    .map(String::from);
                let wanted = type_name(&own.unwrap_or_else(name));
                let name = unused(&wanted, |name| self.schemas.contains_key(name));
                self.added.push((wanted, name.clone(), place.to_string()));
                self.schemas.insert(name.clone(), schema.clone());
                self.by_shape.insert(key, name.clone());
                name
            }
        };
        *schema = json!({ "$ref": format!("#/components/schemas/{name}") });
    }

    fn write(self, document: &mut Value, notes: &mut Notes) {
        for (wanted, name, place) in &self.added {
            notes.moved([(component(name), place.clone())]);
            if wanted != name {
                let what = format_args!("collides with another {wanted}: generated as {name}");
                notes.conflict(place, what);
            }
        }
        let nested = document
            .pointer("/components/schemas")
            .cloned()
            .unwrap_or_default();
        let mut schemas = self.schemas;
        for (name, schema) in nested.as_object().into_iter().flatten() {
            schemas.insert(name.clone(), schema.clone());
        }
        document["components"]["schemas"] = schemas.into();
    }
}

/// Objects with properties only: a shape that says something.
fn shape_key(schema: &Value) -> Option<String> {
    let properties = schema.get("properties")?.as_object()?;
    (!properties.is_empty()).then(|| {
        let mut shape = schemas::shape(schema);
        if let Some(shape) = shape.as_object_mut() {
            shape.shift_remove("nullable");
        }
        shape.to_string()
    })
}

/// Objects inside a component that have the shape of another become a reference to it, and
/// those with a name of their own a component.
fn reuse_nested(document: &mut Value, components: &mut Components) {
    // Around a reference 3.0 has no place for words but `allOf`.
    let wrap = |schema: &mut Value, reference: String| {
        let reference = json!({ "$ref": format!("#/components/schemas/{reference}") });
        let mut wrapped = json!({ "allOf": [&reference] });
        for key in ["nullable", "description"] {
            if let Some(value) = schema.get(key) {
                wrapped[key] = value.clone();
            }
        }
        *schema = match wrapped.as_object() {
            Some(map) if map.len() == 1 => reference,
            _ => wrapped,
        };
    };
    let mut names: Vec<String> = components.schemas.keys().cloned().collect();
    names.sort();
    for name in names {
        let Some(mut root) = components.schemas.get(&name).cloned() else {
            continue;
        };
        schemas::walk(&mut root, "#", &mut |schema, place| {
            let Some(key) = shape_key(schema).filter(|_| place != "#") else {
                return;
            };
            if let Some(known) = components.by_shape.get(&key).cloned() {
                wrap(schema, known);
            } else if let Some(own) = schema.get("x-name").and_then(Value::as_str) {
                let own = type_name(own);
                let own = unused(&own, |name| components.schemas.contains_key(name));
                components.by_shape.insert(key, own.clone());
                components.schemas.insert(own.clone(), schema.clone());
                let place = place.replacen('#', &component(&name), 1);
                components.added.push((own.clone(), own.clone(), place));
                wrap(schema, own);
            }
        });
        components.schemas.insert(name.clone(), root.clone());
        if let Some(schemas) = schemas::object(document.pointer_mut("/components/schemas"))
            && schemas.contains_key(&name)
        {
            schemas.insert(name, root);
        }
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
