//! What an operation answers: one type for all its successes. Errors are left out of what the
//! generator sees, so that every one of them keeps its status and its body.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::hoist::{VERBS, singular};
use crate::codegen::document::{Notes, step};
use crate::codegen::idents::pascal;
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
        let assumed = known_component(operations::id_of(operation), &known);
        let responses = operation.entry("responses").or_insert_with(|| json!({}));
        let Some(responses) = responses.as_object_mut() else {
            anyhow::bail!("{place} is no object");
        };
        let method = method.to_ascii_lowercase();
        let mut successes = successes(responses, &method, &place, notes);
        if successes.is_empty() {
            notes.add(&place, "no success described: any 2xx, as bytes");
            successes.push(("2XX".into(), Kind::Raw("application/octet-stream".into())));
        }
        describe_empty(&mut successes, &method, assumed, &place, notes);
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
fn successes(
    responses: &mut Map<String, Value>,
    method: &str,
    place: &str,
    notes: &mut Notes,
) -> Vec<(String, Kind)> {
    *responses = std::mem::take(responses)
        .into_iter()
        .filter_map(|(code, response)| {
            let known = known_code(&code);
            if known.is_none() {
                notes.add(&step(place, &code), "no status: left out");
            }
            Some((known?, response))
        })
        .collect();
    let is_success = |code: &&String| code.starts_with('2');
    let mut codes: Vec<String> = responses.keys().filter(is_success).cloned().collect();
    if codes.is_empty()
        && let Some(default) = responses.shift_remove("default")
    {
        notes.moved([(step(place, "2XX"), step(place, "default"))]);
        responses.insert("2XX".into(), default);
        codes.push("2XX".into());
    }
    codes.sort();
    codes
        .into_iter()
        .map(|code| {
            let content = responses[&code].get("content").and_then(Value::as_object);
            let bodiless = matches!(code.as_str(), "204" | "205") || method == "head";
            let content = content.filter(|content| !bodiless && !content.is_empty());
            let kind = content.map_or(Kind::Empty, |content| {
                kind_of(content, &step(place, &code), notes)
            });
            (code, kind)
        })
        .collect()
}

/// `200`, `2XX` or `default`, whatever its capitals.
fn known_code(code: &str) -> Option<String> {
    let code = code.to_ascii_uppercase();
    let digits = code.strip_suffix("XX").unwrap_or(&code);
    let number = digits.len() + 2 * usize::from(digits != code) == 3
        && digits.starts_with(|c| ('1'..='5').contains(&c))
        && digits.chars().all(|c| c.is_ascii_digit());
    match code.as_str() {
        "DEFAULT" => Some("default".into()),
        _ => number.then_some(code),
    }
}

fn kind_of(content: &Map<String, Value>, place: &str, notes: &mut Notes) -> Kind {
    let is_json = |key: &str| {
        let key = key.split(';').next().unwrap_or(key).trim();
        let key = key.to_ascii_lowercase();
        key == JSON || key.ends_with("+json")
    };
    let json = content.iter().find(|(key, _)| is_json(key));
    let chosen = json.or_else(|| content.iter().next());
    let Some((media, body)) = chosen else {
        return Kind::Empty;
    };
    if content.len() > 1 {
        let what = format_args!("several media types: {media} is generated");
        notes.add(&step(place, "content"), what);
    }
    match json {
        Some(_) => Kind::Typed(body.get("schema").cloned().unwrap_or_else(|| json!({}))),
        None => Kind::Raw(media.clone()),
    }
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
            || method == "head"
            || (method == "delete" && typed.is_none());
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
    let name = format!("{}{page}", pascal(&singular(resource)));
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
        let mut lines: Vec<String> = operation
            .get("responses")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .filter(|(code, _)| !code.starts_with("x-"))
            .map(|(code, response)| line(code, response))
            .collect();
        lines.sort();
        all.push((operations::name_of(operation), lines));
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
mod tests;
