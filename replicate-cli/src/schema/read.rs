//! Reads what is to be run: its schema, and the route by which it is run.

use replicate::types::Prediction;
use replicate::{Error, ErrorKind, ModelRef};
use serde_json::Value;

use super::Schema;
use crate::error::CliError;
use crate::session::Session;

type Document = serde_json::Map<String, Value>;

/// What is to be run.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) reference: ModelRef,
    /// The schema; `None` if there is none, or none that can be read.
    pub(crate) schema: Option<Schema>,
    /// The version by which a model without a route of its own is run.
    pub(crate) latest_version: Option<String>,
    /// The model's description.
    pub(crate) description: Option<String>,
}

impl Target {
    /// Reads it, with the retries of every read.
    ///
    /// A failed read is an error: nothing was created, and the user learns the cause before
    /// paying.
    pub(crate) async fn read(session: &Session, reference: ModelRef) -> Result<Self, CliError> {
        let progress = session.progress();
        progress.set_text("reading the model's schema");
        let reading = progress.showing(read(session, &reference));
        let read = session
            .before_create("reading the model's schema", reading)
            .await??;
        let schema = read
            .document
            .and_then(|document| Schema::new(Value::Object(document)));
        Ok(Self {
            reference,
            schema,
            latest_version: read.latest_version,
            description: read.description,
        })
    }

    /// Says that the input is not validated, and why, where there is no schema.
    pub(crate) fn note_missing_schema(&self, session: &Session) {
        if self.schema.is_some() {
            return;
        }
        session.note(match self.reference {
            ModelRef::Version(_) => {
                "the API does not show the schema of a version by its id alone: inputs are not \
                 validated, and numbers and JSON are sent as such (owner/name:VERSION has the schema)"
            }
            _ => {
                "the model has no schema: inputs are not validated, and numbers and JSON are sent \
                 as such"
            }
        });
    }
}

/// The schema of a prediction that was created by a version id alone: the prediction names its
/// model. `None` where it cannot be read; the output is printed without it then.
pub(crate) async fn schema_of_created(
    session: &Session,
    prediction: &Prediction,
) -> Option<Schema> {
    let model = prediction.model.as_deref()?.split_once('/')?;
    let version = prediction.version.as_str();
    let reading = version_document(session, model, version);
    let document = session.unless_interrupted(reading).await.ok()?.ok()??;
    Schema::new(Value::Object(document))
}

/// What a read has shown.
#[derive(Debug, Default)]
struct Read {
    document: Option<Document>,
    latest_version: Option<String>,
    description: Option<String>,
}

async fn read(session: &Session, reference: &ModelRef) -> Result<Read, Error> {
    let client = &session.client;
    match reference {
        ModelRef::Model { .. } => {
            let model = client.models().get(reference).await?;
            let is_official = model.is_official == Some(true);
            let (id, document) = match model.latest_version {
                Some(version) => (Some(version.id), version.openapi_schema),
                None => (None, None),
            };
            Ok(Read {
                document,
                latest_version: id.filter(|_| !is_official),
                description: model.description,
            })
        }
        ModelRef::ModelVersion {
            owner,
            name,
            version,
        } => {
            let document = version_document(session, (owner, name), version).await?;
            Ok(Read {
                document,
                ..Read::default()
            })
        }
        ModelRef::Deployment { .. } => {
            let release = client.deployments().get(reference).await?.current_release;
            let model = release
                .as_ref()
                .and_then(|release| release.model.as_deref()?.split_once('/'));
            let version = release
                .as_ref()
                .and_then(|release| release.version.as_deref());
            let document = match (model, version) {
                (Some(model), Some(version)) => version_document(session, model, version).await?,
                _ => None,
            };
            Ok(Read {
                document,
                ..Read::default()
            })
        }
        // The API has no route from a version id alone to its schema.
        _ => Ok(Read::default()),
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
