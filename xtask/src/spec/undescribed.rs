//! Places of the description that lack a summary or a description.

use serde_json::Value;

use crate::codegen::step;

/// One line for each place that lacks a summary or a description; error responses of one status
/// share a line, since they mostly share the words.
pub(super) fn lines(document: &Value) -> Vec<String> {
    let places = places(document);
    let status = |place: &str| {
        let (_, rest) = place.strip_prefix("#/paths/")?.split_once("/responses/")?;
        let status = rest.strip_suffix("/description")?;
        (status.len() == 3 && status.starts_with(['4', '5'])).then(|| status.to_string())
    };
    let same = |wanted: &Option<String>| places.iter().filter(|p| status(p) == *wanted).count();
    let mut lines = Vec::new();
    for place in &places {
        let own = status(place);
        let line = match own.is_some().then(|| same(&own)) {
            Some(number @ 2..) => {
                let status = own.unwrap_or_default();
                format!("responses {status} of {number} operations: describe one and merge again")
            }
            _ => place.clone(),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

/// The JSON pointers of operations, parameters, responses, components and fields without prose.
fn places(document: &Value) -> Vec<String> {
    let mut places = Vec::new();
    for (path, item) in entries(document.get("paths")) {
        let place = step("#/paths", path);
        parameters(item, &place, &mut places);
        let operations = entries(Some(item));
        for (method, operation) in operations.filter(|(_, value)| value.get("responses").is_some())
        {
            of_operation(operation, &step(&place, method), &mut places);
        }
    }
    let component = |kind: &str| {
        (
            entries(document.pointer(&format!("/components/{kind}"))),
            step("#/components", kind),
        )
    };
    let (schemas, place) = component("schemas");
    for (name, schema) in schemas {
        schema_at(schema, &step(&place, name), true, &mut places);
    }
    for kind in ["parameters", "responses"] {
        let (values, place) = component(kind);
        for (name, value) in values {
            need(value, "description", &step(&place, name), &mut places);
        }
    }
    places
}

fn entries(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn need(value: &Value, key: &str, place: &str, places: &mut Vec<String>) {
    let text = value.get(key).and_then(Value::as_str).unwrap_or_default();
    if value.is_object() && value.get("$ref").is_none() && text.trim().is_empty() {
        places.push(step(place, key));
    }
}

fn parameters(owner: &Value, place: &str, places: &mut Vec<String>) {
    let list = owner.get("parameters").and_then(Value::as_array);
    for (index, parameter) in list.into_iter().flatten().enumerate() {
        need(
            parameter,
            "description",
            &format!("{place}/parameters/{index}"),
            places,
        );
    }
}

fn of_operation(operation: &Value, place: &str, places: &mut Vec<String>) {
    need(operation, "summary", place, places);
    need(operation, "description", place, places);
    parameters(operation, place, places);
    let body = operation.get("requestBody").unwrap_or(&Value::Null);
    media(body, &format!("{place}/requestBody"), places);
    for (code, response) in entries(operation.get("responses")) {
        let place = step(&format!("{place}/responses"), code);
        need(response, "description", &place, places);
        for (name, header) in entries(response.get("headers")) {
            need(
                header,
                "description",
                &step(&format!("{place}/headers"), name),
                places,
            );
        }
        media(response, &place, places);
    }
}

fn media(owner: &Value, place: &str, places: &mut Vec<String>) {
    for (kind, media) in entries(owner.get("content")) {
        let place = step(&format!("{place}/content"), kind) + "/schema";
        if let Some(schema) = media.get("schema") {
            schema_at(schema, &place, false, places);
        }
    }
}

/// Components and fields need a description; the schemas in them do not.
fn schema_at(schema: &Value, place: &str, named: bool, places: &mut Vec<String>) {
    if named {
        need(schema, "description", place, places);
    }
    for (name, property) in entries(schema.get("properties")) {
        schema_at(
            property,
            &step(&format!("{place}/properties"), name),
            true,
            places,
        );
    }
    for key in ["items", "additionalProperties"] {
        if let Some(child) = schema.get(key) {
            schema_at(child, &step(place, key), false, places);
        }
    }
    for key in ["allOf", "anyOf", "oneOf"] {
        let list = schema.get(key).and_then(Value::as_array);
        for (index, child) in list.into_iter().flatten().enumerate() {
            schema_at(child, &format!("{place}/{key}/{index}"), false, places);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn places_without_prose_are_listed() {
        let document = json!({
            "paths": { "/a": { "get": { "summary": "S", "parameters": [
                    { "name": "x" }, { "$ref": "#/components/parameters/p" }],
                "responses": { "200": { "description": "", "content": { "application/json": {
                    "schema": { "type": "array", "items": { "properties": { "f": {} } } } } } } } } } },
            "components": {
                "parameters": { "p": { "description": "P" } },
                "schemas": { "s": { "description": "D", "properties": {
                    "description": { "type": "string" }, "r": { "$ref": "#/components/schemas/s" } } } },
            },
        });
        let response = "#/paths/~1a/get/responses/200";
        assert_eq!(
            places(&document),
            [
                "#/paths/~1a/get/description".to_string(),
                "#/paths/~1a/get/parameters/0/description".to_string(),
                format!("{response}/description"),
                format!(
                    "{response}/content/application~1json/schema/items/properties/f/description"
                ),
                "#/components/schemas/s/properties/description/description".to_string(),
            ]
        );
    }

    #[test]
    fn error_responses_of_one_status_share_a_line() {
        let get = |responses: Value| json!({ "get": { "summary": "S", "description": "D", "responses": responses } });
        let document = json!({ "paths": {
            "/a": get(json!({ "429": {}, "404": {} })), "/b": get(json!({ "429": {} })) } });
        assert_eq!(
            lines(&document),
            [
                "responses 429 of 2 operations: describe one and merge again",
                "#/paths/~1a/get/responses/404/description",
            ]
        );
    }
}
