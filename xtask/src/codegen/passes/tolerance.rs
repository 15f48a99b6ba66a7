//! Responses as they come, not as they are promised: a field may be missing or null, but for the
//! few without which an answer means nothing.

use serde_json::{Value, json};

use crate::codegen::schemas::{self, Position};

/// Fields of a response that must be there, and be no null.
const NEEDED: &[&str] = &["id", "status"];

pub(super) fn loosen(document: &mut Value) {
    let answered = schemas::reached(document, Position::Response);
    let components = document
        .pointer("/components/schemas")
        .cloned()
        .unwrap_or_default();
    schemas::for_each(document, |schema, place, position| {
        let component = place
            .strip_prefix("#/components/schemas/")
            .and_then(|rest| rest.split('/').next())
            .map(|name| name.replace("~1", "/").replace("~0", "~"));
        let response = match position {
            Position::Response => true,
            Position::Component => component.is_some_and(|name| answered.contains(&name)),
            Position::Parameter | Position::Request => false,
        };
        let Some(map) = schema.as_object_mut() else {
            return;
        };
        if response {
            loosen_object(schema, &components);
        } else if position == Position::Parameter {
            map.shift_remove("nullable");
        } else if map.get("properties").is_some() {
            // To refuse an unknown field is the server's part.
            map.shift_remove("additionalProperties");
        }
    });
}

fn loosen_object(schema: &mut Value, components: &Value) {
    let Some(map) = schema.as_object_mut() else {
        return;
    };
    // Elements and values may be null as well; the generator has no place for that in a list.
    if let Some(Value::Object(properties)) = map.get_mut("properties") {
        for property in properties.values_mut() {
            if is_collection(property) {
                property["nullable"] = true.into();
            }
        }
        let properties = properties.clone();
        if let Some(Value::Array(required)) = map.get_mut("required") {
            required.retain(|name| {
                let name = name.as_str().unwrap_or_default();
                NEEDED.contains(&name)
                    && properties
                        .get(name)
                        .is_some_and(|property| is_text(property, components))
            });
        }
        // An open object is a map where nothing is described, and drops the rest where it is.
        map.shift_remove("additionalProperties");
        if properties.is_empty() {
            map.insert("additionalProperties".into(), json!(true));
            map.shift_remove("properties");
        }
    }
}

fn is_collection(schema: &Value) -> bool {
    match schema.get("type").and_then(Value::as_str) {
        Some("array") => true,
        Some("object") => schema.get("properties").is_none(),
        _ => false,
    }
}

fn is_text(schema: &Value, components: &Value) -> bool {
    let nullable = schema.get("nullable") == Some(&Value::Bool(true));
    let schema = schema.pointer("/allOf/0").unwrap_or(schema);
    let target = schemas::component_of(schema).and_then(|name| components.get(name));
    !nullable && target.unwrap_or(schema).get("type") == Some(&"string".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loosened(schema: Value) -> Value {
        let mut document = json!({
            "components": { "schemas": { "S": schema } },
            "paths": { "/": { "get": { "responses": { "200": { "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/S" } } } } } } } },
        });
        loosen(&mut document);
        document["components"]["schemas"]["S"].clone()
    }

    #[test]
    fn only_id_and_status_are_needed_in_a_response() {
        let schema = loosened(
            json!({ "type": "object", "required": ["id", "status", "model", "x"],
            "properties": { "id": { "allOf": [{ "type": "string" }] },
                "status": { "type": "string", "nullable": true }, "model": { "type": "string" } } }),
        );
        assert_eq!(schema["required"], json!(["id"]));
    }

    #[test]
    fn lists_and_open_objects_may_be_null_so_that_an_empty_one_is_kept() {
        let schema = loosened(json!({ "type": "object", "properties": {
            "list": { "type": "array", "items": {} }, "map": { "type": "object" } } }));
        assert_eq!(schema["properties"]["list"]["nullable"], true);
        assert_eq!(schema["properties"]["map"]["nullable"], true);
    }

    #[test]
    fn a_request_keeps_what_it_needs() {
        let schema = json!({ "type": "object", "required": ["input"], "additionalProperties": false,
            "properties": { "input": { "type": "object" } } });
        let mut document = json!({ "components": { "schemas": { "S": schema } }, "paths": {} });
        loosen(&mut document);
        let schema = &document["components"]["schemas"]["S"];
        assert_eq!(schema["required"], json!(["input"]));
        assert!(schema.get("additionalProperties").is_none());
    }
}
