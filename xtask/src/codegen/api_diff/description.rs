//! What the description says of the API and the generated code does not show.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::code::Code;
use crate::codegen::document::component;
use crate::codegen::idents::{pascal, snake};
use crate::codegen::operations::is_method;
use crate::codegen::passes::wanted_name;

#[derive(Clone, Debug, Default)]
pub(super) struct Description {
    /// By the name of the client's method.
    pub(super) operations: BTreeMap<String, Facts>,
    pub(super) security_schemes: BTreeMap<String, String>,
    pub(super) webhooks: BTreeMap<String, Value>,
    /// `Type.field`, in the names of the generated code.
    pub(super) deprecated_fields: BTreeSet<String>,
}

/// What the description says of one operation.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    /// `GET /account`
    pub(super) route: String,
    pub(super) idempotent: bool,
    pub(super) deprecated: bool,
    /// In the names of the generated code.
    pub(super) deprecated_parameters: BTreeSet<String>,
    pub(super) servers: BTreeSet<String>,
    /// The alternatives that are accepted.
    pub(super) security: BTreeSet<String>,
    /// By status: what the response holds.
    pub(super) responses: BTreeMap<String, Content>,
    pub(super) callbacks: BTreeMap<String, Value>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    Error,
    Nothing,
    Json,
    Other(String),
}

impl Description {
    pub(super) fn read(document: &Value, code: &Code) -> Self {
        let mut description = Self::default();
        let expander = Expander::new(document, code);
        for (path, item) in entries(document.get("paths")) {
            let item = resolve(document, item);
            for (key, operation) in entries(Some(item)).filter(|(key, _)| is_method(key)) {
                let route = format!("{} {path}", key.to_ascii_uppercase());
                let Some(name) = operation_name(code, &route, operation) else {
                    continue;
                };
                let mut facts = facts(document, item, operation);
                facts.callbacks = expander.entries(operation.get("callbacks"));
                facts.idempotent = match operation.get("x-idempotent") {
                    Some(Value::Bool(idempotent)) => *idempotent,
                    _ => !route.starts_with("POST ") && !route.starts_with("PATCH "),
                };
                facts.route = route;
                description.deprecated_in_bodies(document, operation, code, &name);
                description.operations.insert(name, facts);
            }
        }
        for (name, schema) in entries(document.pointer("/components/schemas")) {
            let owner = wanted_name(name, schema);
            deprecated_fields(schema, &owner, &mut description.deprecated_fields);
        }
        for (name, scheme) in entries(document.pointer("/components/securitySchemes")) {
            let words = ["type", "scheme", "in", "name"];
            let words = words.iter().filter_map(|key| scheme.get(key)?.as_str());
            let text = words.collect::<Vec<_>>().join(" ");
            description.security_schemes.insert(name.clone(), text);
        }
        description.webhooks = expander.entries(document.get("webhooks"));
        description
    }

    /// Deprecated fields of bodies that are described in place.
    fn deprecated_in_bodies(
        &mut self,
        document: &Value,
        operation: &Value,
        code: &Code,
        name: &str,
    ) {
        let Some(call) = code.operations.get(name) else {
            return;
        };
        let request = operation
            .get("requestBody")
            .map(|body| resolve(document, body));
        let responses = entries(operation.get("responses"));
        let responses = responses.filter(|(status, _)| status.starts_with('2'));
        let responses =
            responses.map(|(_, response)| (resolve(document, response), &call.response));
        let request = request.zip(call.parameters.get("body").map(|body| &body.ty));
        for (body, owner) in request.into_iter().chain(responses) {
            if let Some(schema) = body.pointer("/content/application~1json/schema") {
                deprecated_fields(schema, owner, &mut self.deprecated_fields);
            }
        }
    }
}

/// The client's method for the operation.
fn operation_name(code: &Code, route: &str, operation: &Value) -> Option<String> {
    let id = operation.get("operationId").and_then(Value::as_str);
    let by_route = code.routes.get(route).cloned();
    by_route.or_else(|| id.map(snake))
}

fn facts(document: &Value, item: &Value, operation: &Value) -> Facts {
    let nearest = |key: &str| {
        [operation, item, document]
            .into_iter()
            .find_map(|at| at.get(key))
    };
    let parameters = [operation, item]
        .into_iter()
        .filter_map(|at| at.get("parameters")?.as_array());
    let parameters = parameters
        .flatten()
        .map(|parameter| resolve(document, parameter));
    let deprecated_parameters = parameters
        .filter(|parameter| is_true(parameter, "deprecated"))
        .filter_map(|parameter| parameter.get("name")?.as_str().map(snake));
    let responses = entries(operation.get("responses"))
        .filter(|(status, _)| !status.starts_with("x-"))
        .map(|(status, response)| (status.clone(), content(status, resolve(document, response))));
    Facts {
        deprecated: is_true(operation, "deprecated"),
        deprecated_parameters: deprecated_parameters.collect(),
        servers: servers(nearest("servers")),
        security: security(operation.get("security").or(document.get("security"))),
        responses: responses.collect(),
        ..Facts::default()
    }
}

fn servers(list: Option<&Value>) -> BTreeSet<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.filter_map(|server| server.get("url")?.as_str().map(String::from))
        .collect()
}

fn security(list: Option<&Value>) -> BTreeSet<String> {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    list.map(|all| {
        let names: Vec<&str> = entries(Some(all)).map(|(name, _)| name.as_str()).collect();
        if names.is_empty() {
            "none".to_string()
        } else {
            names.join(" with ")
        }
    })
    .collect()
}

fn content(status: &str, response: &Value) -> Content {
    if !status.starts_with('2') {
        return Content::Error;
    }
    let mut types = entries(response.get("content")).map(|(media_type, _)| media_type.clone());
    match types.next() {
        None => Content::Nothing,
        Some(first) if first == "application/json" => Content::Json,
        Some(first) => Content::Other(first),
    }
}

/// Notes the deprecated fields of an object that is described in place, and of those in it.
fn deprecated_fields(schema: &Value, owner: &str, found: &mut BTreeSet<String>) {
    for (name, field) in entries(schema.get("properties")) {
        if is_true(field, "deprecated") {
            found.insert(format!("{owner}.{}", snake(name)));
        }
        let inner = format!("{owner}{}", pascal(name));
        deprecated_fields(field, field["x-name"].as_str().unwrap_or(&inner), found);
        if let Some(items) = field.get("items") {
            let inner = format!("{inner}Item");
            deprecated_fields(items, items["x-name"].as_str().unwrap_or(&inner), found);
        }
    }
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn is_true(value: &Value, key: &str) -> bool {
    value.get(key) == Some(&Value::Bool(true))
}

/// What a reference refers to, or the value itself.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let mut value = value;
    for _ in 0..16 {
        let reference = value.get("$ref").and_then(Value::as_str);
        match reference.and_then(|r| document.pointer(r.strip_prefix('#')?)) {
            Some(target) => value = target,
            None => break,
        }
    }
    value
}

/// Puts what references refer to in their place, so that two documents can be compared.
struct Expander<'a> {
    document: &'a Value,
    /// Types that operations use, by the reference to them: their changes have lines of their own.
    types: BTreeMap<String, String>,
}

impl<'a> Expander<'a> {
    fn new(document: &'a Value, code: &Code) -> Self {
        let reached = code.reached();
        let types = entries(document.pointer("/components/schemas"))
            .map(|(key, schema)| (component(key), wanted_name(key, schema)))
            .filter(|(_, name)| reached.contains(name));
        let types = types.collect();
        Self { document, types }
    }

    fn entries(&self, map: Option<&Value>) -> BTreeMap<String, Value> {
        entries(map)
            .map(|(name, value)| (name.clone(), self.expanded(value, false, 0)))
            .collect()
    }

    /// The value without prose and with what it refers to in place, six references deep.
    fn expanded(&self, value: &Value, names: bool, depth: usize) -> Value {
        const PROSE: &[&str] = &["description", "summary", "title", "example", "examples"];
        match value {
            Value::Object(map) => {
                if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                    if let Some(name) = self.types.get(reference) {
                        return json!({ "$ref": name });
                    }
                    let target = resolve(self.document, value);
                    if depth < 6 && target != value {
                        return self.expanded(target, false, depth + 1);
                    }
                }
                let kept = map
                    .iter()
                    .filter(|(key, _)| names || !PROSE.contains(&key.as_str()));
                let mut kept: Map<String, Value> = kept
                    .map(|(key, value)| {
                        let names = !names && key == "properties";
                        (key.clone(), self.expanded(value, names, depth))
                    })
                    .collect();
                kept.sort_keys();
                kept.into()
            }
            Value::Array(list) => list
                .iter()
                .map(|item| self.expanded(item, false, depth))
                .collect(),
            other => other.clone(),
        }
    }
}
