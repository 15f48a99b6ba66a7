//! Reads the schema of a model, version or deployment before it is run.

use replicate::{Error, ErrorKind, ModelRef};
use serde_json::Value;

use super::Schema;
use crate::error::CliError;
use crate::session::Session;

type Document = serde_json::Map<String, Value>;

/// Reads the schema of what is to be run, with the retries of every read. `None` if there is
/// none; the input is not validated then.
///
/// A failed read is an error: nothing was created, and the user learns the cause before paying.
pub(crate) async fn read_schema(
    session: &Session,
    reference: &ModelRef,
) -> Result<Option<Schema>, CliError> {
    let progress = session.progress();
    progress.set_text("reading the model's schema");
    let reading = progress.showing(document(session, reference));
    let document = session.unless_interrupted(reading).await??;
    Ok(document.and_then(|document| Schema::new(Value::Object(document))))
}

async fn document(session: &Session, reference: &ModelRef) -> Result<Option<Document>, Error> {
    let client = &session.client;
    match reference {
        ModelRef::Model { .. } => {
            let model = client.models().get(reference).await?;
            Ok(model
                .latest_version
                .and_then(|version| version.openapi_schema))
        }
        ModelRef::ModelVersion {
            owner,
            name,
            version,
        } => version_document(session, (owner, name), version).await,
        ModelRef::Deployment { .. } => {
            let release = client.deployments().get(reference).await?.current_release;
            let model = release
                .as_ref()
                .and_then(|release| release.model.as_deref()?.split_once('/'));
            let version = release
                .as_ref()
                .and_then(|release| release.version.as_deref());
            match (model, version) {
                (Some(model), Some(version)) => version_document(session, model, version).await,
                _ => Ok(None),
            }
        }
        // The API has no route from a version id alone to its schema.
        _ => Ok(None),
    }
}

async fn version_document(
    session: &Session,
    model: (&str, &str),
    version: &str,
) -> Result<Option<Document>, Error> {
    let models = session.client.models();
    match models.versions(model).get(version).await {
        Ok(version) => Ok(version.openapi_schema),
        // Some versions can be run but not read: the model shows whether the name is right.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            models.get(model).await?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}
