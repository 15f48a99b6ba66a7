//! Creates trainings.

use std::str::FromStr;

use clap::Args;
use replicate::types::Training;
use replicate::{Client, Error, ErrorKind, ModelRef, Response};
use serde_json::{Map, Value, json};

use super::{fields, wait};
use crate::commands::run::WaitArgs;
use crate::commands::{change, print_one, with_session};
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::inputs::InputArgs;
use crate::inputs::assemble::{Rules, assemble};
use crate::schema::Schema;
use crate::schema::read::read_schema;
use crate::session::Session;
use crate::terminal;

/// Create a training, which pushes a new version to your model, and print it
#[derive(Args, Debug)]
#[command(after_help = "Example:
  replicate trainings create acme/trainable --destination me/mine input_images=@images.zip --wait")]
pub(crate) struct Create {
    /// The model to train: owner/name:version, or owner/name for its latest version
    #[arg(value_name = "REF")]
    reference: String,
    /// The model, owner/name, that receives the new version; it must exist
    #[arg(short, long, value_name = "MODEL")]
    destination: String,
    #[command(flatten)]
    input: InputArgs,
    /// Have the server call this URL when the training makes progress and completes
    #[arg(long, value_name = "URL")]
    webhook: Option<String>,
    /// Print the request's body instead of sending it
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    wait: WaitArgs,
}

impl Create {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        let reference = ModelRef::from_str(&self.reference)?;
        let written = self.input.parse()?;
        with_session(global, async |session| {
            let reference = versioned(session, reference).await?;
            let schema = read_schema(session, &reference).await?;
            let schema = schema.as_ref().and_then(training_schema);
            let given = written.read(session, schema.as_ref(), &Map::new()).await?;
            let rules = Rules {
                schema: schema.as_ref(),
                validate: true,
            };
            let assembled = assemble(given, rules)?;
            if self.dry_run {
                let mut body =
                    json!({"destination": self.destination, "input": assembled.masked()});
                if let Some(url) = &self.webhook {
                    body["webhook"] = url.as_str().into();
                }
                return session.write_json(body.to_string());
            }
            let input = assembled.fill_files()?;
            let created = self.create(session, reference, input).await?;
            if !self.wait.is_requested() {
                return print_one(session, created.body(), fields)
                    .map_err(|error| error.after_training(&created.id));
            }
            wait::created(session, &created, self.wait.until()).await
        })
    }

    /// Creates the training, once. One that an interruption overtook is canceled.
    async fn create(
        &self,
        session: &Session,
        reference: ModelRef,
        input: Value,
    ) -> Result<Response<Training>, CliError> {
        let send = async |client: Client| -> Result<Response<Training>, Error> {
            let trainings = client.trainings();
            let mut create = trainings.create(reference, &self.destination).input(input);
            if let Some(url) = &self.webhook {
                create = create.webhook(url);
            }
            create.with_response().await
        };
        let created = change(session, send).await?.map_err(failed)?;
        if session.interrupted.is_cancelled() {
            return Err(wait::canceled(session, &created).await);
        }
        Ok(created)
    }
}

/// The error of a create, and where to look for what it may have created.
fn failed(error: Error) -> CliError {
    let unknown = error.kind() == ErrorKind::OutcomeUnknown;
    let error = CliError::from(error);
    match unknown {
        true => error.hint("check before training again: replicate trainings list --limit 5"),
        false => error,
    }
}

/// The reference with a version: the latest one of a model.
async fn versioned(session: &Session, reference: ModelRef) -> Result<ModelRef, CliError> {
    let ModelRef::Model { owner, name } = &reference else {
        return Ok(reference);
    };
    let reading = session.client.models().get(&reference).into_future();
    let model = session.unless_interrupted(reading).await??;
    let version = model.latest_version.ok_or_else(|| {
        let message = format!("model {owner}/{name} has no versions");
        CliError::new(ExitCode::NotFound, message)
    })?;
    Ok(ModelRef::from_str(&format!(
        "{owner}/{name}:{}",
        version.id
    ))?)
}

/// The schema with the input of a training in the place of that of a prediction.
fn training_schema(schema: &Schema) -> Option<Schema> {
    let mut document = schema.document().clone();
    let schemas = document.pointer_mut("/components/schemas")?;
    let Some(input) = schemas.get("TrainingInput").cloned() else {
        terminal::say("note: the version's schema does not describe the input of a training");
        return None;
    };
    schemas["Input"] = input;
    Schema::new(document).ok().flatten()
}
