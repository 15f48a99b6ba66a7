//! Puts parameters, bodies, responses and path items in the place of references to them, so that
//! only references to component schemas are left, and parameters stand at their operation.

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::codegen::document::step;
use crate::codegen::operations::is_method;
use crate::codegen::schemas;

pub(super) fn inline(document: &mut Value) -> Result<()> {
    let original = document.clone();
    let paths = schemas::object(document.get_mut("paths")).context("#/paths is missing")?;
    for (path, item) in paths.iter_mut() {
        let place = step("#/paths", path);
        resolve(&original, item, &place)?;
        inline_item(&original, item, &place)?;
    }
    inline_schemas(document)?;
    let components = document
        .get_mut("components")
        .and_then(Value::as_object_mut);
    if let Some(components) = components {
        components.retain(|key, _| key == "schemas");
    }
    for key in [
        "webhooks",
        "jsonSchemaDialect",
        "tags",
        "externalDocs",
        "security",
        "servers",
    ] {
        if let Some(map) = document.as_object_mut() {
            map.remove(key);
        }
    }
    Ok(())
}

fn inline_item(original: &Value, item: &mut Value, place: &str) -> Result<()> {
    let Some(item) = item.as_object_mut() else {
        bail!("{place} is no object")
    };
    let shared = match item.remove("parameters") {
        Some(shared) => parameters(original, shared, &format!("{place}/parameters"))?,
        None => Vec::new(),
    };
    item.remove("servers");
    // Where 3.2 puts methods that are not its own.
    if let Some(Value::Object(more)) = item.remove("additionalOperations") {
        item.extend(
            more.into_iter()
                .map(|(method, operation)| (method.to_lowercase(), operation)),
        );
    }
    for (method, operation) in item.iter_mut().filter(|(key, _)| is_method(key)) {
        let place = step(place, method);
        let Some(operation) = operation.as_object_mut() else {
            bail!("{place} is no object")
        };
        let own = operation
            .remove("parameters")
            .unwrap_or_else(|| Value::Array(Vec::new()));
        let mut all = parameters(original, own, &format!("{place}/parameters"))?;
        for parameter in &shared {
            let same = |other: &Value| {
                other["name"] == parameter["name"] && other["in"] == parameter["in"]
            };
            if !all.iter().any(same) {
                all.push(parameter.clone());
            }
        }
        operation.insert("parameters".into(), all.into());
        for key in ["callbacks", "servers", "security", "externalDocs", "tags"] {
            operation.remove(key);
        }
        if let Some(body) = operation.get_mut("requestBody") {
            resolve(original, body, &format!("{place}/requestBody"))?;
        }
        responses(original, operation, &place)?;
    }
    Ok(())
}

fn parameters(original: &Value, list: Value, place: &str) -> Result<Vec<Value>> {
    let Value::Array(mut list) = list else {
        bail!("{place} is no list")
    };
    for (index, parameter) in list.iter_mut().enumerate() {
        let place = format!("{place}/{index}");
        resolve(original, parameter, &place)?;
        if !parameter["name"].is_string() || !parameter["in"].is_string() {
            bail!("{place}: a parameter needs \"name\" and \"in\"");
        }
    }
    Ok(list)
}

fn responses(original: &Value, operation: &mut Map<String, Value>, place: &str) -> Result<()> {
    let Some(responses) = schemas::object(operation.get_mut("responses")) else {
        return Ok(());
    };
    for (code, response) in responses {
        resolve(original, response, &format!("{place}/responses/{code}"))?;
        if let Some(response) = response.as_object_mut() {
            response.remove("headers");
            response.remove("links");
            response.entry("description").or_insert_with(|| "".into());
        }
    }
    Ok(())
}

/// Replaces `value` by what its `$ref` points at, as long as it has one.
fn resolve(original: &Value, value: &mut Value, place: &str) -> Result<()> {
    let mut seen = Vec::new();
    while let Some(reference) = value.get("$ref").and_then(Value::as_str) {
        if seen.iter().any(|known| known == reference) {
            bail!("{place}: the reference {reference} points at itself");
        }
        let target = lookup(original, reference, place)?.clone();
        seen.push(reference.to_string());
        *value = target;
    }
    Ok(())
}

fn lookup<'a>(original: &'a Value, reference: &str, place: &str) -> Result<&'a Value> {
    let pointer = reference.strip_prefix('#').with_context(|| {
        format!("{place}: the reference {reference} leaves the document; bundle it first")
    })?;
    original
        .pointer(&pointer.replace("%7B", "{").replace("%7D", "}"))
        .with_context(|| format!("{place}: the reference {reference} points at nothing"))
}

/// Schemas may refer to any place of the document: those outside the components become one.
fn inline_schemas(document: &mut Value) -> Result<()> {
    let original = document.clone();
    let mut problem = None;
    let mut moved: Vec<(String, Value)> = Vec::new();
    schemas::for_each(document, |schema, place, _| {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else {
            return;
        };
        let plain = schemas::component_of(schema).is_some_and(|name| !name.contains('/'));
        match lookup(&original, reference, place) {
            Err(error) => problem = problem.take().or(Some(error)),
            Ok(_) if plain => *schema = serde_json::json!({ "$ref": reference }),
            Ok(target) => {
                let name = reference.rsplit('/').next().unwrap_or_default();
                let name = format!("{name}_at_{}", reference.len());
                if !moved.iter().any(|(known, _)| *known == name) {
                    moved.push((name.clone(), target.clone()));
                }
                *schema = serde_json::json!({ "$ref": format!("#/components/schemas/{name}") });
            }
        }
    });
    if let Some(problem) = problem {
        return Err(problem);
    }
    for (name, schema) in moved {
        document["components"]["schemas"][name] = schema;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn document(item: Value) -> Value {
        json!({
            "paths": { "/a/{id}": item },
            "components": {
                "parameters": { "p": { "name": "Prefer", "in": "header" } },
                "responses": { "ok": { "description": "", "headers": { "x": {} } } },
                "schemas": { "s": {} },
            },
        })
    }

    #[test]
    fn references_to_parameters_and_responses_are_replaced_by_their_targets() {
        let mut document = document(json!({
            "parameters": [{ "name": "id", "in": "path" }, { "name": "Prefer", "in": "header", "x": 1 }],
            "get": {
                "parameters": [{ "$ref": "#/components/parameters/p" }],
                "responses": { "200": { "$ref": "#/components/responses/ok" } },
            },
        }));
        inline(&mut document).unwrap();
        assert_eq!(
            document["paths"]["/a/{id}"]["get"],
            json!({
                "parameters": [{ "name": "Prefer", "in": "header" }, { "name": "id", "in": "path" }],
                "responses": { "200": { "description": "" } },
            })
        );
    }

    #[test]
    fn a_reference_to_nothing_or_out_of_the_document_names_its_place() {
        for (reference, what) in [
            ("#/components/parameters/gone", "nothing"),
            ("other.json#/p", "leaves the document"),
        ] {
            let mut document =
                document(json!({ "get": { "parameters": [{ "$ref": reference }] } }));
            let error = inline(&mut document).unwrap_err().to_string();
            assert!(
                error.starts_with("#/paths/~1a~1{id}/get/parameters/0: "),
                "{error}"
            );
            assert!(error.contains(what), "{error}");
        }
    }

    #[test]
    fn a_schema_reference_to_another_place_becomes_a_component() {
        let mut document = document(json!({ "get": { "responses": {
            "200": { "content": { "application/json": { "schema": { "type": "object" } } } },
            "202": { "content": { "application/json": { "schema":
                { "$ref": "#/paths/~1a~1{id}/get/responses/200/content/application~1json/schema" } } } },
        } } }));
        inline(&mut document).unwrap();
        let schema = &document["paths"]["/a/{id}"]["get"]["responses"]["202"]["content"]["application/json"]
            ["schema"];
        let name = schemas::component_of(schema).unwrap();
        assert_eq!(
            document["components"]["schemas"][name],
            json!({ "type": "object" })
        );
    }
}
