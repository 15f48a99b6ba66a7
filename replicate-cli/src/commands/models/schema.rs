//! The schema of a model or deployment.

use clap::Args;
use replicate::ModelRef;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::str::FromStr;

use crate::error::{CliError, ExitCode};
use crate::record::text_at;
use crate::session::Session;
use crate::table::{self, Column};
use crate::terminal;

/// The argument of `models schema` and `deployments schema`.
#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {
    /// owner/name, owner/name:version, or a deployment's owner/name
    #[arg(value_name = "REF")]
    name: String,
}

impl SchemaArgs {
    pub(super) async fn execute(self, session: &Session) -> Result<(), CliError> {
        let reference = ModelRef::from_str(&self.name)?;
        print(session, &reference).await
    }

    /// The schema of the version that a deployment runs.
    pub(crate) async fn execute_deployment(self, session: &Session) -> Result<(), CliError> {
        let deployment = session.client.deployments().get(&self.name).into_future();
        let deployment = session.unless_interrupted(deployment).await??;
        let release = deployment.current_release.unwrap_or_default();
        let (Some(model), Some(version)) = (release.model, release.version) else {
            let message = format!("deployment {} has no release", self.name);
            return Err(CliError::new(ExitCode::NotFound, message));
        };
        print(session, &ModelRef::from_str(&format!("{model}:{version}"))?).await
    }
}

async fn print(session: &Session, reference: &ModelRef) -> Result<(), CliError> {
    let body = read(session, reference).await?;
    let document = document(&body).ok_or_else(|| {
        CliError::new(ExitCode::NotFound, format!("{reference} has no schema"))
            .hint("its inputs are in its readme: replicate models readme owner/name")
    })?;
    if !session.is_interactive() {
        return session.write_json(document);
    }
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let inputs = inputs(&document, "Input");
    if inputs.is_empty() {
        session.note("the schema describes no inputs");
        return Ok(());
    }
    session.page(&table::render(&COLUMNS, &inputs, terminal::width()))
}

/// Reads the response that has the schema: a version's, or a model's with its latest version.
pub(super) async fn read(
    session: &Session,
    reference: &ModelRef,
) -> Result<bytes::Bytes, CliError> {
    let models = session.client.models();
    Ok(match reference {
        ModelRef::ModelVersion {
            owner,
            name,
            version,
        } => {
            let version = models.versions((owner, name)).get(version).with_response();
            let version = session.unless_interrupted(version).await??;
            version.body().clone()
        }
        reference => {
            let model = models.get(reference).with_response();
            let model = session.unless_interrupted(model).await??;
            model.body().clone()
        }
    })
}

/// The schema in a version's or model's JSON, as the API sent it.
pub(super) fn document(body: &[u8]) -> Option<&str> {
    #[derive(Deserialize)]
    struct Body<'a> {
        #[serde(borrow)]
        openapi_schema: Option<&'a RawValue>,
        #[serde(borrow)]
        latest_version: Option<Version<'a>>,
    }
    #[derive(Deserialize)]
    struct Version<'a> {
        #[serde(borrow)]
        openapi_schema: Option<&'a RawValue>,
    }
    let body: Body<'_> = serde_json::from_slice(body).ok()?;
    let latest = body
        .latest_version
        .and_then(|version| version.openapi_schema);
    let document = body.openapi_schema.or(latest)?.get();
    document.starts_with('{').then_some(document)
}

const COLUMNS: [Column; 4] = [
    Column::id("INPUT", |input| text_at(input, "/name")),
    Column::new("TYPE", |input| text_at(input, "/type")).worth(100),
    Column::new("DEFAULT", |input| text_at(input, "/default")),
    Column::new("DESCRIPTION", |input| text_at(input, "/description")).worth(40),
];

/// The properties of a schema of the document, in the author's order, each as an object with
/// name, type, default, and description.
pub(super) fn inputs(document: &Value, schema: &str) -> Vec<Value> {
    let schema = &document["components"]["schemas"][schema];
    let required: Vec<&str> = schema["required"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut properties: Vec<(&String, &Value)> = schema["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .collect();
    properties.sort_by_key(|(_, property)| property["x-order"].as_u64().unwrap_or(u64::MAX));
    properties
        .into_iter()
        .map(|(name, property)| {
            let default = match property.get("default") {
                Some(Value::String(text)) => text.clone(),
                Some(value) if !value.is_null() => value.to_string(),
                _ if required.contains(&name.as_str()) => "(required)".to_owned(),
                _ => String::new(),
            };
            serde_json::json!({
                "name": name,
                "type": type_name(document, property, 0),
                "default": default,
                "description": property["description"],
            })
        })
        .collect()
}

/// The type of a property, as a person reads it: `integer 1..8`, `file`, `one of a, b`.
fn type_name(document: &Value, property: &Value, depth: usize) -> String {
    if depth > 8 {
        return "any".to_owned();
    }
    let inner = |value: &Value| type_name(document, value, depth + 1);
    if let Some(pointer) = property["$ref"]
        .as_str()
        .and_then(|to| to.strip_prefix('#'))
    {
        return document
            .pointer(pointer)
            .map_or_else(|| "any".to_owned(), inner);
    }
    if let Some(choices) = property["enum"].as_array() {
        let names = choices.iter().map(|choice| match choice {
            Value::String(text) => text.clone(),
            value => value.to_string(),
        });
        return format!("one of {}", names.collect::<Vec<_>>().join(", "));
    }
    for keyword in ["allOf", "anyOf", "oneOf"] {
        if let Some(parts) = property[keyword].as_array() {
            let names: Vec<String> = parts
                .iter()
                .filter(|part| part["type"] != "null")
                .map(inner)
                .collect();
            return names.join(" or ");
        }
    }
    let range = match (&property["minimum"], &property["maximum"]) {
        (Value::Null, Value::Null) => String::new(),
        (low, Value::Null) => format!(" {low} or more"),
        (Value::Null, high) => format!(" {high} or less"),
        (low, high) => format!(" {low}..{high}"),
    };
    match (property["type"].as_str(), property["format"].as_str()) {
        (Some("string"), Some("uri")) => "file".to_owned(),
        (Some("string"), Some("password")) => "secret".to_owned(),
        (Some("array"), _) => format!("list of {}", inner(&property["items"])),
        (Some(name), _) => format!("{name}{range}"),
        (None, _) => "any".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn types_are_named_as_a_person_reads_them() {
        let document = json!({"components": {"schemas": {
            "size": {"enum": ["small", 2], "type": "string"},
            "loop": {"$ref": "#/components/schemas/loop"},
        }}});
        for (property, expected) in [
            (
                json!({"type": "integer", "minimum": 1, "maximum": 8}),
                "integer 1..8",
            ),
            (
                json!({"type": "number", "minimum": 0.5}),
                "number 0.5 or more",
            ),
            (json!({"type": "string", "format": "uri"}), "file"),
            (
                json!({"type": "array", "items": {"type": "string", "format": "uri"}}),
                "list of file",
            ),
            (
                json!({"allOf": [{"$ref": "#/components/schemas/size"}]}),
                "one of small, 2",
            ),
            (
                json!({"anyOf": [{"type": "string"}, {"type": "null"}]}),
                "string",
            ),
            (json!({"$ref": "#/components/schemas/loop"}), "any"),
            (json!({}), "any"),
        ] {
            assert_eq!(type_name(&document, &property, 0), expected, "{property}");
        }
    }

    #[test]
    fn schema_of_a_model_is_that_of_its_latest_version() {
        let model = br#"{"name":"a","latest_version":{"openapi_schema": {"x" :1}}}"#;
        assert_eq!(document(model), Some(r#"{"x" :1}"#));
        assert_eq!(document(br#"{"openapi_schema":null}"#), None);
        assert_eq!(document(br#"{"latest_version":null}"#), None);
    }
}
