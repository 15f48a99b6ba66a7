//! Parameters as the generator takes them: plain values in the path, the query and the headers.

use anyhow::{Result, bail};
use heck::ToSnakeCase;
use serde_json::{Map, Value, json};

use crate::codegen::document::{Notes, step};
use crate::codegen::operations;

pub(super) fn simplify(document: &mut Value, notes: &mut Notes) -> Result<()> {
    let components = document
        .pointer("/components/schemas")
        .cloned()
        .unwrap_or_default();
    operations::for_each(document, |path, method, operation| {
        let place = step(&step("#/paths", path), method);
        let Some(list) = operation
            .get_mut("parameters")
            .and_then(Value::as_array_mut)
        else {
            return Ok(());
        };
        let mut kept = Vec::new();
        for (index, parameter) in std::mem::take(list).into_iter().enumerate() {
            let place = format!("{place}/parameters/{index}");
            kept.extend(parameter_of(parameter, &components, &place, notes)?);
        }
        *list = kept;
        distinct_names(list, &place)?;
        complete_path(list, path, &place, notes)
    })
}

fn parameter_of(
    mut parameter: Value,
    components: &Value,
    place: &str,
    notes: &mut Notes,
) -> Result<Option<Value>> {
    let kind = parameter["in"].as_str().unwrap_or_default().to_string();
    let name = parameter["name"].as_str().unwrap_or_default().to_string();
    let Some(map) = parameter.as_object_mut() else {
        bail!("{place} is no object")
    };
    match kind.as_str() {
        "path" => {
            map.insert("required".into(), true.into());
        }
        "query" => {}
        "header" => {
            // A header named in lower case is the same header, and the one that can be typed.
            let standard = ["accept", "content-type", "authorization"];
            if standard.contains(&name.to_ascii_lowercase().as_str()) {
                notes.add(
                    place,
                    format_args!("header {name:?} is the transport's own: left out"),
                );
                return Ok(None);
            }
        }
        "cookie" => {
            if map.get("required") == Some(&Value::Bool(true)) {
                bail!("{place}: cookie {name:?} is required, and a cookie cannot be expressed");
            }
            notes.add(
                place,
                format_args!("cookie {name:?} cannot be expressed: left out"),
            );
            return Ok(None);
        }
        other => bail!("{place}: a parameter in {other:?} is not known"),
    }
    map.remove("content");
    for key in [
        "style",
        "explode",
        "allowReserved",
        "example",
        "examples",
        "deprecated",
    ] {
        map.remove(key);
    }
    let schema = map
        .get("schema")
        .cloned()
        .unwrap_or_else(|| json!({ "type": "string" }));
    map.insert(
        "schema".into(),
        scalar(&schema, components, &kind, place, notes),
    );
    Ok(Some(parameter))
}

/// The schema of a value that fits into an address or a header.
fn scalar(schema: &Value, components: &Value, kind: &str, place: &str, notes: &mut Notes) -> Value {
    let mut schema = schema.clone();
    for _ in 0..16 {
        let Some(name) = crate::codegen::schemas::component_of(&schema) else {
            break;
        };
        let target = components.get(name).cloned().unwrap_or_default();
        schema = target;
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

/// Two parameters of one operation may not make one name in Rust.
fn distinct_names(list: &[Value], place: &str) -> Result<()> {
    let mut seen: Vec<String> = vec!["body".into()];
    for parameter in list {
        let name = parameter["name"]
            .as_str()
            .unwrap_or_default()
            .to_snake_case();
        if name.is_empty() || seen.contains(&name) {
            bail!(
                "{place}: the parameter {:?} makes a name that is taken",
                parameter["name"]
            );
        }
        seen.push(name);
    }
    Ok(())
}

/// Every `{part}` of the path is a parameter, and every path parameter is a part.
fn complete_path(list: &mut Vec<Value>, path: &str, place: &str, notes: &mut Notes) -> Result<()> {
    let parts: Vec<&str> = path
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'))
        .map(|(n, _)| n)
        .collect();
    for part in &parts {
        if !list
            .iter()
            .any(|p| p["in"] == "path" && p["name"] == **part)
        {
            notes.add(place, format_args!("{{{part}}} is not described: a string"));
            list.push(json!({ "name": part, "in": "path", "required": true,
                "schema": { "type": "string" } }));
        }
    }
    for parameter in list.iter().filter(|p| p["in"] == "path") {
        if !parts.iter().any(|part| parameter["name"] == **part) {
            bail!(
                "{place}: the path has no part {{{}}}",
                parameter["name"].as_str().unwrap_or("?")
            );
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simplified(parameters: Value) -> Result<(Value, Vec<String>)> {
        let mut document =
            json!({ "paths": { "/a/{id}": { "get": { "parameters": parameters } } } });
        let mut notes = Notes::default();
        simplify(&mut document, &mut notes)?;
        let parameters = document["paths"]["/a/{id}"]["get"]["parameters"].clone();
        Ok((parameters, notes.lines().map(String::from).collect()))
    }

    #[test]
    fn a_part_of_the_path_that_nobody_describes_is_a_string() {
        let (parameters, notes) = simplified(json!([])).unwrap();
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
        ]))
        .unwrap();
        assert_eq!(
            parameters[1],
            json!({ "name": "f", "in": "query", "schema": { "type": "string" } })
        );
        assert_eq!(notes.len(), 1);
    }

    #[test]
    fn a_required_cookie_is_refused_with_its_place() {
        let error =
            simplified(json!([{ "name": "c", "in": "cookie", "required": true }])).unwrap_err();
        assert!(
            error
                .to_string()
                .starts_with("#/paths/~1a~1{id}/get/parameters/0"),
            "{error}"
        );
    }

    #[test]
    fn two_parameters_of_one_rust_name_are_refused() {
        let error = simplified(json!([
            { "name": "a-b", "in": "query" }, { "name": "a_b", "in": "header" }]))
        .unwrap_err();
        assert!(error.to_string().contains("a_b"), "{error}");
    }
}
