//! Places of the description that lack a summary or a description.

use serde_json::Value;

use crate::codegen::{Json, step};

/// One line for each place that lacks a summary or a description; error responses of one status
/// share a line, since they mostly share the words.
pub(super) fn lines(document: &Value) -> Vec<String> {
    let places = Places::of(document);
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
#[derive(Default)]
struct Places(Vec<String>);

impl Places {
    fn of(document: &Value) -> Vec<String> {
        let mut places = Self::default();
        for (path, item) in document.map("paths") {
            let place = step("#/paths", path);
            places.parameters(item, &place);
            for (method, operation) in item.as_object().into_iter().flatten() {
                if operation.get("responses").is_some() {
                    places.operation(operation, &step(&place, method));
                }
            }
        }
        let components = &document["components"];
        for (name, schema) in components.map("schemas") {
            places.schema(schema, &step("#/components/schemas", name), true);
        }
        for kind in ["parameters", "responses"] {
            for (name, value) in components.map(kind) {
                places.need(
                    value,
                    "description",
                    &step(&step("#/components", kind), name),
                );
            }
        }
        places.0
    }

    fn need(&mut self, value: &Value, key: &str, place: &str) {
        let text = value.text(key).unwrap_or_default();
        if value.is_object() && value.get("$ref").is_none() && text.trim().is_empty() {
            self.0.push(step(place, key));
        }
    }

    fn parameters(&mut self, owner: &Value, place: &str) {
        for (index, parameter) in owner.list("parameters").iter().enumerate() {
            let place = format!("{place}/parameters/{index}");
            self.need(parameter, "description", &place);
        }
    }

    fn operation(&mut self, operation: &Value, place: &str) {
        self.need(operation, "summary", place);
        self.need(operation, "description", place);
        self.parameters(operation, place);
        self.media(&operation["requestBody"], &format!("{place}/requestBody"));
        for (code, response) in operation.map("responses") {
            let place = step(&format!("{place}/responses"), code);
            self.need(response, "description", &place);
            for (name, header) in response.map("headers") {
                let place = step(&format!("{place}/headers"), name);
                self.need(header, "description", &place);
            }
            self.media(response, &place);
        }
    }

    fn media(&mut self, owner: &Value, place: &str) {
        for (kind, media) in owner.map("content") {
            let place = step(&format!("{place}/content"), kind) + "/schema";
            self.schema(&media["schema"], &place, false);
        }
    }

    /// Components and fields need a description; the schemas in them do not.
    fn schema(&mut self, schema: &Value, place: &str, named: bool) {
        if named {
            self.need(schema, "description", place);
        }
        for (name, property) in schema.map("properties") {
            let place = step(&format!("{place}/properties"), name);
            self.schema(property, &place, true);
        }
        for key in ["items", "additionalProperties"] {
            if let Some(child) = schema.get(key) {
                self.schema(child, &step(place, key), false);
            }
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            for (index, child) in schema.list(key).iter().enumerate() {
                self.schema(child, &format!("{place}/{key}/{index}"), false);
            }
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
            Places::of(&document),
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
