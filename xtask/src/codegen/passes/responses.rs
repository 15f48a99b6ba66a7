//! What an operation answers: one type for all its successes. Errors are left out of what the
//! generator sees, so that every one of them keeps its status and its body.

use anyhow::Result;
use heck::{ToSnakeCase, ToUpperCamelCase};
use serde_json::{Map, Value, json};

use super::hoist::{VERBS, singular};
use crate::codegen::document::{Notes, step};
use crate::codegen::{operations, schemas};

const JSON: &str = "application/json";

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Typed(Value),
    /// Bytes or text of this media type.
    Raw(String),
    Empty,
}

/// Gives each success its media type and its schema, and each operation one kind of success.
pub(super) fn infer(document: &mut Value, notes: &mut Notes) -> Result<()> {
    let known: Vec<String> = document
        .pointer("/components/schemas")
        .and_then(Value::as_object)
        .map(|schemas| schemas.keys().cloned().collect())
        .unwrap_or_default();
    operations::for_each(document, |path, method, operation| {
        let place = format!("{}/responses", step(&step("#/paths", path), method));
        let id = operation
            .get("operationId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let assumed = known_component(id, &known);
        let responses = operation.entry("responses").or_insert_with(|| json!({}));
        let Some(responses) = responses.as_object_mut() else {
            anyhow::bail!("{place} is no object");
        };
        let mut successes = successes(responses);
        if successes.is_empty() {
            notes.add(&place, "no success described: any 2xx, as bytes");
            successes.push(("2XX".into(), Kind::Raw("application/octet-stream".into())));
        }
        describe_empty(&mut successes, method, assumed, &place, notes);
        one_kind(&mut successes, &place, notes);
        responses.retain(|code, _| {
            !code.starts_with('2') || successes.iter().any(|(kept, _)| kept == code)
        });
        for (code, kind) in successes {
            let description = responses
                .get(&code)
                .and_then(|response| response.get("description"))
                .cloned()
                .unwrap_or_else(|| "".into());
            let mut response = json!({ "description": description });
            match kind {
                Kind::Typed(schema) => response["content"] = json!({ JSON: { "schema": schema } }),
                Kind::Raw(media) => response["content"] = json!({ media: { "schema": {} } }),
                Kind::Empty => {}
            }
            responses.insert(code, response);
        }
        Ok(())
    })
}

/// The successes, taken by code; `default` counts where no other success is described.
fn successes(responses: &mut Map<String, Value>) -> Vec<(String, Kind)> {
    let mut codes: Vec<String> = responses
        .keys()
        .filter(|c| c.starts_with('2'))
        .cloned()
        .collect();
    if codes.is_empty()
        && let Some(default) = responses.shift_remove("default")
    {
        responses.insert("2XX".into(), default);
        codes.push("2XX".into());
    }
    codes.sort();
    codes
        .into_iter()
        .map(|code| {
            let content = responses[&code].get("content").and_then(Value::as_object);
            let kind = content.map_or(Kind::Empty, kind_of);
            (code, kind)
        })
        .collect()
}

fn kind_of(content: &Map<String, Value>) -> Kind {
    let is_json = |key: &str| {
        let key = key.split(';').next().unwrap_or(key).trim();
        key == JSON || key.ends_with("+json")
    };
    if let Some((_, media)) = content.iter().find(|(key, _)| is_json(key)) {
        return Kind::Typed(media.get("schema").cloned().unwrap_or_else(|| json!({})));
    }
    content
        .keys()
        .next()
        .map_or(Kind::Empty, |media| Kind::Raw(media.clone()))
}

/// A `200` or `201` without content still has a body: of the type that the operation's name
/// tells, of the operation's other success, or any JSON.
fn describe_empty(
    successes: &mut [(String, Kind)],
    method: &str,
    assumed: Option<String>,
    place: &str,
    notes: &mut Notes,
) {
    let typed = successes
        .iter()
        .find(|(_, kind)| matches!(kind, Kind::Typed(_)));
    let typed = typed.map(|(_, kind)| kind.clone());
    for (code, kind) in successes
        .iter_mut()
        .filter(|(_, kind)| *kind == Kind::Empty)
    {
        let bodiless = matches!(code.as_str(), "204" | "205")
            || method.eq_ignore_ascii_case("head")
            || (method.eq_ignore_ascii_case("delete") && typed.is_none());
        if bodiless {
            continue;
        }
        let place = format!("{place}/{code}");
        *kind = match (&typed, &assumed) {
            (Some(typed), _) => typed.clone(),
            (None, Some(name)) => {
                notes.add(
                    &place,
                    format_args!("no content described: taken for {name}"),
                );
                Kind::Typed(json!({ "$ref": format!("#/components/schemas/{name}") }))
            }
            (None, None) => {
                notes.add(&place, "no content described: any JSON value");
                Kind::Typed(json!({}))
            }
        };
    }
}

/// `predictions.create` answers a `Prediction`, `models.list` a `ModelPage`, if there is one.
fn known_component(id: &str, known: &[String]) -> Option<String> {
    let parts: Vec<&str> = id.split('.').collect();
    let [.., resource, verb] = parts.as_slice() else {
        return None;
    };
    if !VERBS.contains(verb) {
        return None;
    }
    let page = if *verb == "list" { "Page" } else { "" };
    let name = format!("{}{page}", singular(resource).to_upper_camel_case());
    known.contains(&name).then_some(name)
}

/// The generator has one type for all successes of an operation.
fn one_kind(successes: &mut Vec<(String, Kind)>, place: &str, notes: &mut Notes) {
    let types: Vec<Value> = successes
        .iter()
        .filter_map(|(_, kind)| match kind {
            Kind::Typed(schema) => Some(schema.clone()),
            _ => None,
        })
        .collect();
    if let Some(first) = types.first() {
        let same = types
            .iter()
            .all(|other| schemas::shape(other) == schemas::shape(first));
        let chosen = if same {
            first.clone()
        } else {
            notes.add(place, "successes of several types: any JSON value instead");
            json!({})
        };
        successes.retain(|(code, kind)| {
            let typed = matches!(kind, Kind::Typed(_));
            if !typed {
                let place = format!("{place}/{code}");
                notes.add(
                    &place,
                    "no JSON, beside a success that is: reported as unexpected",
                );
            }
            typed
        });
        for (_, kind) in successes.iter_mut() {
            *kind = Kind::Typed(chosen.clone());
        }
    } else if successes
        .iter()
        .any(|(_, kind)| matches!(kind, Kind::Raw(_)))
    {
        let raw = successes
            .iter()
            .find(|(_, kind)| *kind != Kind::Empty)
            .map(|(_, k)| k.clone());
        for (_, kind) in successes.iter_mut() {
            if let Some(raw) = &raw {
                kind.clone_from(raw);
            }
        }
    }
}

/// Every response of every operation, as `201 Prediction` or `404`.
pub(super) fn listed(document: &mut Value) -> Result<Vec<(String, Vec<String>)>> {
    let mut all = Vec::new();
    operations::for_each(document, |_, _, operation| {
        let id = operation
            .get("operationId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let mut lines: Vec<String> = operation
            .get("responses")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(code, _)| !code.starts_with("x-"))
            .map(|(code, response)| line(code, response))
            .collect();
        lines.sort();
        all.push((id.to_snake_case(), lines));
        Ok(())
    })?;
    Ok(all)
}

fn line(code: &str, response: &Value) -> String {
    let content = response.get("content").and_then(Value::as_object);
    let Some((media, body)) = content.and_then(|content| content.iter().next()) else {
        return code.to_string();
    };
    if media != JSON || !code.starts_with('2') {
        return format!("{code} {media}");
    }
    let schema = &body["schema"];
    match (
        schemas::component_of(schema),
        schemas::component_of(&schema["items"]),
    ) {
        (Some(name), _) => format!("{code} {name}"),
        (None, Some(name)) => format!("{code} [{name}]"),
        (None, None) => format!("{code} {media}"),
    }
}

/// Takes out all that is no success, now that every success has its type.
pub(super) fn successes_only(document: &mut Value) -> Result<()> {
    operations::for_each(document, |_, _, operation| {
        if let Some(responses) = schemas::object(operation.get_mut("responses")) {
            responses.retain(|code, _| code.starts_with('2'));
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inferred(id: &str, method: &str, responses: Value) -> (Value, Vec<String>) {
        let mut document = json!({
            "components": { "schemas": { "Prediction": {}, "ModelPage": {} } },
            "paths": { "/a": { method: { "operationId": id, "responses": responses } } },
        });
        let mut notes = Notes::default();
        infer(&mut document, &mut notes).unwrap();
        successes_only(&mut document).unwrap();
        let responses = document["paths"]["/a"][method]["responses"].clone();
        (responses, notes.lines().map(String::from).collect())
    }

    fn typed(schema: Value) -> Value {
        json!({ "description": "", "content": { JSON: { "schema": schema } } })
    }

    #[test]
    fn a_success_without_content_gets_the_type_that_the_name_tells() {
        let (responses, notes) = inferred(
            "predictions.create",
            "post",
            json!({ "201": {}, "202": {}, "404": {} }),
        );
        let prediction = typed(json!({ "$ref": "#/components/schemas/Prediction" }));
        assert_eq!(responses, json!({ "201": prediction, "202": prediction }));
        assert_eq!(notes.len(), 2);
    }

    #[test]
    fn a_success_without_content_and_without_a_known_type_is_any_json() {
        let (responses, notes) = inferred("trainings.get", "get", json!({ "200": {} }));
        assert_eq!(responses, json!({ "200": typed(json!({})) }));
        assert_eq!(
            notes,
            ["#/paths/~1a/get/responses/200: no content described: any JSON value"]
        );
    }

    #[test]
    fn a_delete_without_content_stays_empty() {
        let (responses, _) = inferred("models.delete", "delete", json!({ "202": {} }));
        assert_eq!(responses, json!({ "202": { "description": "" } }));
    }

    #[test]
    fn two_successes_of_one_shape_are_one_and_of_two_shapes_any_json() {
        let a = json!({ "content": { JSON: { "schema": { "type": "string" } } } });
        let b =
            json!({ "content": { "application/hal+json": { "schema": { "type": "object" } } } });
        let (responses, notes) = inferred("x", "get", json!({ "200": a, "201": a }));
        assert_eq!(responses["201"], typed(json!({ "type": "string" })));
        assert!(notes.is_empty());
        let (responses, notes) = inferred("x", "get", json!({ "200": a, "201": b }));
        assert_eq!(responses["200"], typed(json!({})));
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn a_bodiless_success_beside_a_typed_one_is_named() {
        let a = json!({ "content": { JSON: { "schema": { "type": "string" } } } });
        let (responses, notes) = inferred("x", "get", json!({ "200": a, "204": {} }));
        assert!(responses.get("204").is_none());
        assert_eq!(
            notes,
            [
                "#/paths/~1a/get/responses/204: no JSON, beside a success that is: reported as unexpected"
            ]
        );
    }

    #[test]
    fn default_is_the_success_where_there_is_no_other() {
        let a = json!({ "content": { "application/pdf": {} } });
        let (responses, _) = inferred("x", "get", json!({ "default": a, "404": {} }));
        assert_eq!(
            responses.as_object().unwrap().keys().collect::<Vec<_>>(),
            ["2XX"]
        );
    }
}
