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

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        document: Value,
        lines: Vec<String>,
    }

    #[test]
    fn places_without_prose_are_listed_and_error_responses_of_one_status_share_a_line() {
        let cases: Vec<Case> = serde_norway::from_str(include_str!("undescribed.yaml")).unwrap();
        for case in cases {
            assert_eq!(lines(&case.document), case.lines);
        }
    }
}
