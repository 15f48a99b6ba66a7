//! Places of the description that lack a summary or a description.

use serde_json::Value;

use crate::codegen::step;

/// The JSON pointers of operations, parameters, responses, components and fields without prose.
pub(super) fn places(document: &Value) -> Vec<String> {
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
}
