//! Reads what is to be run: its schema, and the route by which it is run.

use replicate::types::Prediction;
use replicate::{Error, ErrorKind, ModelRef};

use super::Schema;
use crate::error::Result;
use crate::session::Session;

#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) reference: ModelRef,
    /// The schema; `None` if it is missing or unreadable.
    pub(crate) schema: Option<Schema>,
}

#[derive(Debug, Default)]
pub(crate) struct Model {
    /// The version by which a model without a route of its own is run.
    pub(crate) latest_version: Option<String>,
    pub(crate) description: Option<String>,
}

impl Target {
    /// Reads it, with the retries of every read, and once: the run finds it in the client's cache.
    ///
    /// A failed read is an error: nothing was created, and the user learns the cause before
    /// paying.
    pub(crate) async fn read(session: &Session, reference: ModelRef) -> Result<Self> {
        let progress = session.progress();
        progress.set_text("reading the model's schema");
        let reading = session.client.models().schema(&reference);
        let document = session
            .before_create("reading the model's schema", progress.showing(reading))
            .await?;
        let document = match document {
            Ok(document) => document,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                // Some versions can be run but not read: the model shows whether the name is right.
                let name = match &reference {
                    ModelRef::ModelVersion { owner, name, .. } => (owner.as_str(), name.as_str()),
                    _ => return Err(error.into()),
                };
                let reading = session.client.models().get(name).into_future();
                session
                    .before_create("reading the model", reading)
                    .await??;
                None
            }
            Err(error) => return Err(error.into()),
        };
        let schema = document.map(Schema::new).transpose();
        Ok(Self {
            schema: schema.map_err(Error::from)?.flatten(),
            reference,
        })
    }

    /// Reads it, with a note if the schema is missing.
    pub(crate) async fn read_with_note(session: &Session, reference: ModelRef) -> Result<Self> {
        let target = Self::read(session, reference).await?;
        target.note_missing_schema(session);
        Ok(target)
    }

    /// Reads what its page says of the model.
    pub(crate) async fn model(&self, session: &Session) -> Result<Model> {
        if !matches!(self.reference, ModelRef::Model { .. }) {
            return Ok(Model::default());
        }
        let reading = session.client.models().get(&self.reference).into_future();
        let model = session
            .before_create("reading the model", reading)
            .await??;
        let is_official = model.is_official == Some(true);
        let latest = model.latest_version.map(|version| version.id);
        Ok(Model {
            latest_version: latest.filter(|_| !is_official),
            description: model.description,
        })
    }

    /// Says that the input is not validated, and why, without a schema.
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
    let model = prediction.model.as_deref()?;
    let reference = format!("{model}:{}", prediction.version);
    let reading = session.client.models().schema(reference);
    let document = session.unless_interrupted(reading).await.ok()?.ok()??;
    Schema::new(document).ok()?
}
