//! The schema of a model or deployment.

use clap::Args;
use replicate::schema::{Input, ModelSchema};
use replicate::{Error, ModelRef};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::str::FromStr;

use crate::error::{CliError, Result};
use crate::record::Cell::Text;
use crate::record::plain;
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
    pub(super) async fn execute(self, session: &Session) -> Result<()> {
        let reference = ModelRef::from_str(&self.name)?;
        print(session, &reference).await
    }

    /// The schema of the version that a deployment runs.
    pub(crate) async fn execute_deployment(self, session: &Session) -> Result<()> {
        let deployment = session.client.deployments().get(&self.name);
        let deployment = session.unless_interrupted(deployment).await??;
        let release = deployment.current_release.unwrap_or_default();
        let (Some(model), Some(version)) = (release.model, release.version) else {
            let message = format!("deployment {} has no release", self.name);
            return Err(CliError::not_found(message));
        };
        print(session, &ModelRef::from_str(&format!("{model}:{version}"))?).await
    }
}

async fn print(session: &Session, reference: &ModelRef) -> Result<()> {
    let body = read(session, reference).await?;
    let document = document(&body).ok_or_else(|| {
        CliError::not_found(format!("{reference} has no schema"))
            .hint("its inputs are in its readme: replicate models readme owner/name")
    })?;
    if !session.is_interactive() {
        return session.write_json(document);
    }
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let schema = ModelSchema::new(document).map_err(CliError::error)?;
    let inputs = schema.as_ref().map(rows).unwrap_or_default();
    if inputs.is_empty() {
        session.note("the schema describes no inputs");
        return Ok(());
    }
    session.page(&table::render(&COLUMNS, &inputs, terminal::width()))
}

/// Reads the response that has the schema: a version's, or a model's with its latest version.
pub(super) async fn read(session: &Session, reference: &ModelRef) -> Result<bytes::Bytes> {
    let models = session.client.models();
    let reading = async {
        Ok::<_, Error>(match reference {
            ModelRef::ModelVersion {
                owner,
                name,
                version,
            } => {
                let version = models.versions((owner, name)).get(version);
                version.with_response().await?.body().clone()
            }
            reference => models.get(reference).with_response().await?.body().clone(),
        })
    };
    Ok(session.unless_interrupted(reading).await??)
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
    Column::id("INPUT", Text("/name")),
    Column::new("TYPE", Text("/type")).worth(100),
    Column::new("DEFAULT", Text("/default")),
    Column::new("DESCRIPTION", Text("/description")).worth(40),
];

/// The inputs in the author's order, each as an object with name, type, default, and description.
fn rows(schema: &ModelSchema) -> Vec<Value> {
    let row = |input: &Input| {
        let schema = input.schema();
        let default = match schema.default_value() {
            Some(value) if !value.is_null() => plain(value),
            _ if input.is_required() => "(required)".to_owned(),
            _ => String::new(),
        };
        serde_json::json!({
            "name": input.key(),
            "type": type_of(input),
            "default": default,
            "description": schema.description(),
        })
    };
    schema.inputs().iter().map(row).collect()
}

/// The type as a person reads it: `integer, 1 to 8`, `file`, `one of a, b`.
fn type_of(input: &Input) -> String {
    let schema = input.schema();
    if !schema.choices().is_empty() {
        let choices = schema.choices().iter().map(plain);
        return format!("one of {}", choices.collect::<Vec<_>>().join(", "));
    }
    match schema.range() {
        Some(range) => format!("{}, {range}", schema.type_name()),
        None => schema.type_name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn inputs_are_shown_with_type_range_choices_and_default() {
        let document = json!({"components": {"schemas": {
            "Input": {"type": "object", "required": ["prompt"], "properties": {
                "prompt": {"type": "string", "x-order": 0, "description": "What to draw"},
                "count": {"type": "integer", "minimum": 1, "maximum": 8, "default": 1, "x-order": 1},
                "size": {"allOf": [{"$ref": "#/components/schemas/size"}], "default": "small", "x-order": 2},
                "image": {"type": "string", "format": "uri", "x-order": 3},
            }},
            "size": {"enum": ["small", "large"], "type": "string"},
            "Output": {"type": "string"},
        }}});
        let schema = ModelSchema::new(document)
            .expect("a schema")
            .expect("inputs");
        insta::assert_snapshot!(table::render(&COLUMNS, &rows(&schema), 80), @r"
        INPUT   TYPE                 DEFAULT     DESCRIPTION
        prompt  text                 (required)  What to draw
        count   integer, 1 to 8      1
        size    one of small, large  small
        image   file
        ");
    }

    #[test]
    fn schema_of_a_model_is_that_of_its_latest_version() {
        let model = br#"{"name":"a","latest_version":{"openapi_schema": {"x" :1}}}"#;
        assert_eq!(document(model), Some(r#"{"x" :1}"#));
        assert_eq!(document(br#"{"openapi_schema":null}"#), None);
        assert_eq!(document(br#"{"latest_version":null}"#), None);
    }
}
