//! Parameters as the generator takes them: plain values in the path, the query and the headers,
//! each with a name that is a name in Rust and taken by no other.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::methods::{self, Part};
use crate::codegen::document::{Notes, step};
use crate::codegen::idents::{snake, unused};
use crate::codegen::{operations, schemas};

/// Where a parameter keeps its name in the API, if the generated code has another.
pub(crate) const GIVEN: &str = "x-given-name";

/// Names that each builder, or the code of each call, uses for something else.
pub(super) const RESERVED: &[&str] = &[
    "body",
    "body_map",
    "client",
    "header_map",
    "info",
    "new",
    "send",
];

pub(super) fn simplify(document: &mut Value, notes: &mut Notes) -> Result<()> {
    let components = document
        .pointer("/components/schemas")
        .cloned()
        .unwrap_or_default();
    operations::for_each(document, |path, method, operation| {
        let place = step(&step("#/paths", path), method);
        let list = operation.remove("parameters");
        let list = list.as_ref().and_then(Value::as_array);
        let parts = methods::parts(path);
        let mut kept: Vec<(Value, String)> = Vec::new();
        for (index, parameter) in list.into_iter().flatten().enumerate() {
            let place = format!("{place}/parameters/{index}");
            let Some(parameter) = parameter_of(parameter, &components, &place, notes) else {
                continue;
            };
            let part = parts.iter().any(|part| parameter["name"] == *part.given);
            let same = |(other, _): &(Value, String)| {
                other["name"] == parameter["name"] && other["in"] == parameter["in"]
            };
            if parameter["in"] == "path" && !part {
                notes.add(&place, "the path has no such part: left out");
            } else if kept.iter().any(same) {
                notes.add(&place, "described twice: left out");
            } else {
                kept.push((parameter, place));
            }
        }
        complete_path(&mut kept, &parts, &place, notes);
        name(&mut kept, &parts);
        // The list may have become shorter.
        let moved = kept.iter().enumerate();
        let moved =
            moved.map(|(index, (_, from))| (format!("{place}/parameters/{index}"), from.clone()));
        let moved: Vec<_> = moved.filter(|(new, old)| new != old).collect();
        notes.moved(moved);
        let kept: Vec<Value> = kept.into_iter().map(|(parameter, _)| parameter).collect();
        operation.insert("parameters".into(), kept.into());
        Ok(())
    })
}

fn parameter_of(
    parameter: &Value,
    components: &Value,
    place: &str,
    notes: &mut Notes,
) -> Option<Value> {
    let kind = parameter["in"].as_str().unwrap_or_default();
    let name = parameter["name"].as_str().unwrap_or_default();
    if let Some(why) = why_not(kind, name) {
        notes.add(place, format_args!("{kind} {name:?} {why}: left out"));
        return None;
    }
    let required = kind == "path" || parameter.get("required") == Some(&Value::Bool(true));
    let mut plain = json!({ "name": name, "in": kind, "required": required });
    if let Some(description) = parameter.get("description").filter(|text| text.is_string()) {
        plain["description"] = description.clone();
    }
    let schema = match parameter.get("schema") {
        Some(schema) => schema.clone(),
        None if parameter.get("content").is_some() => {
            notes.add(
                place,
                "a document in a parameter cannot be expressed: a string instead",
            );
            json!({ "type": "string" })
        }
        None => json!({ "type": "string" }),
    };
    plain["schema"] = scalar(&schema, components, kind, place, notes);
    let list = plain["schema"]["type"] == "array";
    let style = parameter.get("style").and_then(Value::as_str);
    let repeated = style.unwrap_or("form") == "form" && parameter["explode"] != false;
    if list && !repeated {
        notes.add(
            place,
            "its style cannot be expressed: each value of the list is sent by itself",
        );
    }
    Some(plain)
}

/// Why a parameter is not generated.
fn why_not(kind: &str, name: &str) -> Option<&'static str> {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    match kind {
        "path" | "query" => None,
        "header" => match name.to_ascii_lowercase().as_str() {
            "accept" | "content-type" | "authorization" => Some("is the transport's own"),
            "" => Some("is no name of a header"),
            _ => (!name.chars().all(token)).then_some("is no name of a header"),
        },
        "cookie" => Some("is a cookie, which cannot be expressed"),
        _ => Some("is in a place that cannot be expressed"),
    }
}

/// The schema of a value that fits into an address or a header.
fn scalar(schema: &Value, components: &Value, kind: &str, place: &str, notes: &mut Notes) -> Value {
    let mut schema = schema.clone();
    for _ in 0..16 {
        let one = ["allOf", "anyOf", "oneOf"].map(|key| schema.pointer(&format!("/{key}/0")));
        let inner = match schemas::component_of(&schema) {
            Some(name) => components.get(name),
            None => one
                .into_iter()
                .flatten()
                .next()
                .filter(|_| alternatives(&schema) == 1),
        };
        match inner {
            Some(inner) => schema = inner.clone(),
            None => break,
        }
    }
    let mut plain: Map<String, Value> = Map::new();
    for key in ["type", "enum", "x-name"] {
        if let Some(value) = schema.get(key) {
            plain.insert(key.into(), value.clone());
        }
    }
    match schema.get("type").and_then(Value::as_str) {
        Some("integer" | "number" | "boolean") => {}
        Some("string") => {
            // Only in a query does an instant keep its RFC 3339 form.
            if kind == "query" && schema.get("format") == Some(&"date-time".into()) {
                plain.insert("format".into(), "date-time".into());
            }
        }
        Some("array") if kind == "query" => {
            let items = schema.get("items").cloned().unwrap_or_default();
            plain.insert(
                "items".into(),
                scalar(&items, components, "path", place, notes),
            );
        }
        _ => {
            notes.add(place, "no plain value: a string instead");
            plain.clear();
            plain.insert("type".into(), "string".into());
        }
    }
    plain.into()
}

/// How many schemas a schema is made of.
fn alternatives(schema: &Value) -> usize {
    ["allOf", "anyOf", "oneOf"]
        .iter()
        .filter_map(|key| schema.get(*key)?.as_array())
        .map(Vec::len)
        .sum()
}

/// Every `{part}` of the path is a parameter.
fn complete_path(kept: &mut Vec<(Value, String)>, parts: &[Part], place: &str, notes: &mut Notes) {
    for Part { given, .. } in parts {
        if !kept
            .iter()
            .any(|(p, _)| p["in"] == "path" && p["name"] == **given)
        {
            notes.add(
                place,
                format_args!("{{{given}}} is not described: a string"),
            );
            let part = json!({ "name": given, "in": "path", "required": true,
                "schema": { "type": "string" } });
            kept.push((part, place.to_string()));
        }
    }
}

/// Gives each parameter a name of its own, and keeps the one that it goes by.
fn name(kept: &mut [(Value, String)], parts: &[Part]) {
    let mut taken: Vec<String> = RESERVED.iter().map(ToString::to_string).collect();
    taken.extend(parts.iter().map(|part| snake(&part.name)));
    for (parameter, _) in kept {
        let given = parameter["name"].as_str().unwrap_or_default().to_string();
        let kind = parameter["in"].as_str().unwrap_or_default().to_string();
        let name = if kind == "path" {
            let part = parts.iter().find(|part| part.given == given);
            part.map(|part| part.name.clone()).unwrap_or_default()
        } else {
            free_name(&given, &kind, &taken)
        };
        taken.push(snake(&name));
        if snake(&name) != snake(&given) || kind == "path" && name != given {
            parameter["name"] = name.into();
            parameter[GIVEN] = given.into();
        }
    }
}

pub(super) fn free_name(given: &str, kind: &str, taken: &[String]) -> String {
    let is_taken = |name: &str| taken.iter().any(|taken| *taken == snake(name));
    let name = snake(given);
    let name = match is_taken(&name) {
        true => format!("{}_{kind}", name.trim_end_matches('_')),
        false => name.trim_end_matches('_').to_string(),
    };
    unused(&name, "_", is_taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simplified(parameters: Value) -> (Value, Vec<String>) {
        let mut document =
            json!({ "paths": { "/a/{id}": { "get": { "parameters": parameters } } } });
        let mut notes = Notes::default();
        simplify(&mut document, &mut notes).unwrap();
        let parameters = document["paths"]["/a/{id}"]["get"]["parameters"].clone();
        (parameters, notes.lines().map(String::from).collect())
    }

    #[test]
    fn a_part_of_the_path_that_nobody_describes_is_a_string() {
        let (parameters, notes) = simplified(json!([]));
        assert_eq!(parameters[0]["name"], "id");
        assert_eq!(
            notes,
            ["#/paths/~1a~1{id}/get: {id} is not described: a string"]
        );
    }

    #[test]
    fn objects_become_strings_and_are_named() {
        let (parameters, notes) = simplified(json!([
            { "name": "id", "in": "path", "schema": { "type": "string" } },
            { "name": "f", "in": "query", "style": "deepObject", "schema": { "type": "object" } },
        ]));
        assert_eq!(parameters[1]["schema"], json!({ "type": "string" }));
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn what_no_request_can_carry_is_left_out_and_named_with_its_place() {
        let (parameters, notes) = simplified(json!([
            { "name": "id", "in": "path", "schema": { "type": "string" } },
            { "name": "c", "in": "cookie", "required": true },
            { "name": "a b", "in": "header" },
            { "name": "Accept", "in": "header" },
            { "name": "gone", "in": "path" },
            { "name": "q", "in": "querystring" },
        ]));
        assert_eq!(parameters.as_array().unwrap().len(), 1);
        assert_eq!(notes.len(), 5);
        let first = "#/paths/~1a~1{id}/get/parameters/1: cookie \"c\" is a cookie";
        assert!(notes[0].starts_with(first), "{notes:?}");
    }

    #[test]
    fn parameters_of_one_name_get_one_each_and_keep_what_they_are_called() {
        let (parameters, notes) = simplified(json!([
            { "name": "id", "in": "query" }, { "name": "id", "in": "path" },
            { "name": "a-b", "in": "query" }, { "name": "A_b", "in": "header" },
            { "name": "a_b", "in": "query" }, { "name": "send", "in": "query" },
            { "name": "type", "in": "query" }, { "name": "If-Match", "in": "header" },
            { "name": "type", "in": "query" }]));
        let names: Vec<_> = parameters
            .as_array()
            .unwrap()
            .iter()
            .map(|p| {
                (
                    p["name"].as_str().unwrap(),
                    p.get(GIVEN).and_then(Value::as_str),
                )
            })
            .collect();
        assert_eq!(
            names,
            [
                ("id_query", Some("id")),
                ("id", None),
                ("a-b", None),
                ("a_b_header", Some("A_b")),
                ("a_b_query", Some("a_b")),
                ("send_query", Some("send")),
                ("type", None),
                ("If-Match", None),
            ]
        );
        assert_eq!(
            notes,
            ["#/paths/~1a~1{id}/get/parameters/8: described twice: left out"]
        );
    }

    #[test]
    fn a_list_that_is_not_sent_as_one_value_each_is_named() {
        let (_, notes) = simplified(json!([
            { "name": "id", "in": "path" },
            { "name": "l", "in": "query", "explode": false,
              "schema": { "type": "array", "items": { "type": "string" } } }]));
        assert!(notes[0].contains("parameters/1: its style"), "{notes:?}");
    }
}
