use std::time::Instant;

use clap::{Args, Subcommand};
use replicate::resources::CreateTraining;
use replicate::types::Training;
use replicate::{Client, Error, ErrorKind, ModelRef, Response, TrainingHandle, Wait};
use serde_json::{Map, Value, json};

use super::models::latest_version;
use super::run::WaitArgs;
use super::{SessionCommand, change, change_and_show, print_one, show, with_option};
use crate::error::{CliError, Result};
use crate::inputs::InputArgs;
use crate::inputs::assemble::{Rules, assemble};
use crate::list::{self, JobFilter, Limit};
use crate::prediction::{follow_logs, latest_body, print_logs};
use crate::record::Cell::{Age, Json, Text};
use crate::record::Field;
use crate::schema::Schema;
use crate::schema::read::Target;
use crate::session::Session;
use crate::table::Column;
use crate::terminal;

/// Create, show, follow and cancel trainings
#[derive(Debug, Subcommand)]
#[command(arg_required_else_help = false)]
pub(crate) enum Trainings {
    #[command(visible_aliases = ["new", "train"])]
    Create(Create),
    /// List the account's trainings, newest first
    List {
        #[command(flatten)]
        limit: Limit,
        #[command(flatten)]
        filter: JobFilter,
    },
    /// Show a training
    #[command(visible_aliases = ["view", "get"])]
    Show(Id),
    /// Wait until a training is done, and show it; Ctrl-C leaves it running
    Wait(Id),
    /// Print the logs of a training
    Logs {
        #[command(flatten)]
        id: Id,
        /// Print new lines until the training is done; Ctrl-C leaves it running
        #[arg(short, long)]
        follow: bool,
    },
    /// Cancel a training
    Cancel(Id),
}

/// The training that a command is about.
#[derive(Args, Debug)]
pub(crate) struct Id {
    /// The training's id
    id: String,
}

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

const COLUMNS: [Column; 4] = [
    Column::id("ID", Text("/id")),
    Column::new("MODEL", Text("/model")).worth(100),
    Column::status(),
    Column::short("CREATED", Age("/created_at")),
];

const FIELDS: [Field; 11] = [
    ("id", Text("/id")),
    ("status", Text("/status")),
    ("model", Text("/model")),
    ("version", Text("/version")),
    ("created", Age("/created_at")),
    ("completed", Age("/completed_at")),
    ("input", Json("/input")),
    ("output", Json("/output")),
    ("error", Text("/error")),
    ("metrics", Json("/metrics")),
    ("logs", Text("/logs")),
];

impl SessionCommand for Trainings {
    fn check(&self) -> Result<()> {
        match self {
            Self::Create(create) => create.check(),
            _ => Ok(()),
        }
    }

    async fn execute(self, session: &Session) -> Result<()> {
        let trainings = session.client.trainings();
        match self {
            Self::Create(create) => create.execute(session).await,
            Self::List { limit, filter } => {
                let list = trainings.list();
                list::print_matching(session, list, limit, &filter, &COLUMNS).await
            }
            Self::Show(Id { id }) => show(session, trainings.get(&id), &FIELDS).await,
            Self::Wait(Id { id }) => wait_for_existing(session, &id).await,
            Self::Logs { id, follow } => logs(session, &id.id, follow).await,
            Self::Cancel(Id { id }) => {
                let send =
                    async |client: Client| client.trainings().cancel(&id).with_response().await;
                let check = format!("trainings show {id}");
                change_and_show(session, &check, send, &FIELDS).await
            }
        }
    }
}

impl SessionCommand for Create {
    fn check(&self) -> Result<()> {
        self.reference.parse::<ModelRef>()?;
        self.input.parse().map(|_| ())
    }

    async fn execute(self, session: &Session) -> Result<()> {
        let reference = self.reference.parse()?;
        let written = self.input.parse()?;
        let reference = versioned(session, reference).await?;
        let target = Target::read_with_note(session, reference).await?;
        let schema = target.schema.as_ref().and_then(training_schema);
        let given = written.read(session, schema.as_ref(), Map::new()).await?;
        let assembled = assemble(given, Rules::of(schema.as_ref()))?;
        if self.dry_run {
            let mut body = json!({"destination": self.destination, "input": assembled.masked()});
            if let Some(url) = &self.webhook {
                body["webhook"] = url.as_str().into();
            }
            return session.write_json(body.to_string());
        }
        let input = assembled.fill_files()?;
        let created = self.create(session, target.reference, input).await?;
        if !self.wait.is_requested() {
            return print_one(session, created.body(), &FIELDS)
                .map_err(|error| error.after_training(&created.id));
        }
        wait_for_created(session, &created, self.wait.until()).await
    }
}

impl Create {
    /// Creates the training, once. One that an interruption overtook is canceled.
    async fn create(
        &self,
        session: &Session,
        reference: ModelRef,
        input: Value,
    ) -> Result<Response<Training>> {
        let send = async |client: Client| {
            let create = client.trainings().create(reference, &self.destination);
            let create = create.input(input);
            let create = with_option(create, self.webhook.as_ref(), CreateTraining::webhook);
            create.with_response().await
        };
        let check = Some("trainings list --limit 5");
        let created = change(session, check, send).await?.map_err(failed)?;
        if session.interrupted.is_cancelled() {
            let result = session.client.trainings().cancel(&*created).await;
            return Err(interruption(&created.id, result.map(|_| ())));
        }
        Ok(created)
    }
}

/// The error of a create, which may show the training that it has created.
fn failed(error: Error) -> CliError {
    match error.training_id().map(str::to_owned) {
        Some(id) => named(&id, error).after_training(&id),
        None => error.into(),
    }
}

/// The reference with a version: the latest one of a model.
async fn versioned(session: &Session, reference: ModelRef) -> Result<ModelRef> {
    if !matches!(reference, ModelRef::Model { .. }) {
        return Ok(reference);
    }
    let version = latest_version(session, &reference).await?;
    Ok(format!("{reference}:{version}").parse()?)
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

/// Waits for a training that exists, and shows it. An interruption leaves it running.
async fn wait_for_existing(session: &Session, id: &str) -> Result<()> {
    let handle = session.client.training(id);
    let waiting = wait(session, &handle, None, false);
    let result = session.unless_interrupted(waiting).await;
    show_latest(session, &handle)?;
    result?.map_err(|error| named(id, error))
}

/// Waits for a training that this command created, and shows it. An interruption cancels it.
async fn wait_for_created(
    session: &Session,
    training: &Training,
    until: Option<Instant>,
) -> Result<()> {
    let handle = session.client.training(training);
    let id = &training.id;
    let notice = || format!("canceling training {id} (Ctrl-C again leaves at once)");
    let waiting = wait(session, &handle, until, true);
    let result = session.with_notice(waiting, notice).await;
    show_latest(session, &handle).map_err(|error| error.after_training(id))?;
    let Err(error) = result else { return Ok(()) };
    if session.interrupted.is_cancelled() {
        return Err(interruption(id, Err(error)));
    }
    Err(named(id, error).after_training(id))
}

/// The error of a command that was interrupted, and what became of its training.
fn interruption(id: &str, result: Result<(), Error>) -> CliError {
    match result {
        Ok(()) => CliError::interrupted(format!("training {id} was canceled")),
        Err(error) if matches!(error.kind(), ErrorKind::Canceled | ErrorKind::Aborted) => {
            CliError::interrupted(format!("training {id} was canceled"))
        }
        Err(error) => CliError::interrupted(format!("{error}"))
            .hint(format!("cancel it: replicate trainings cancel {id}")),
    }
}

fn named(id: &str, error: Error) -> CliError {
    let ended = matches!(
        error.kind(),
        ErrorKind::Failed | ErrorKind::Canceled | ErrorKind::Aborted | ErrorKind::NotFound
    );
    let error = CliError::from(error);
    match ended {
        true => error,
        false => error.or_hint(format!(
            "wait for it: replicate trainings wait {id}; cancel it: replicate trainings cancel {id}"
        )),
    }
}

async fn wait(
    session: &Session,
    handle: &TrainingHandle,
    until: Option<Instant>,
    cancels: bool,
) -> Result<(), Error> {
    let progress = session.progress();
    let shown = progress.clone();
    let mut waiting = handle.wait().on_progress(move |now| {
        if let Some(training) = now.snapshot() {
            shown.set_bar(now.bar());
            shown.set_text(training.status.as_str());
        }
    });
    if cancels {
        waiting = waiting.cancellation_token(session.interrupted.clone());
    }
    if let Some(left) = session.time_left(until) {
        waiting = waiting.timeout(left);
    }
    progress.showing(waiting).await.map(|_| ())
}

fn show_latest(session: &Session, handle: &TrainingHandle) -> Result<()> {
    match latest_body(handle) {
        Some(body) => print_one(session, &body, &FIELDS),
        None => Ok(()),
    }
}

/// Prints the logs: those that there are, or with `follow` new lines until the training is done.
async fn logs(session: &Session, id: &str, follow: bool) -> Result<()> {
    let handle = session.client.training(id);
    if follow {
        let waiting = handle.wait();
        let waiting = with_option(waiting, session.time_left(None), Wait::timeout);
        let following = follow_logs(waiting, |training| {
            (&training.status, training.logs.as_deref())
        });
        let waited = session.unless_interrupted(following).await??;
        return waited.map_err(|error| named(id, error));
    }
    let training = session.unless_interrupted(handle.refresh()).await??;
    let logs = training.logs.as_deref();
    match session.json {
        true => session.write_json(json!(logs.unwrap_or_default()).to_string()),
        false => session.unless_interrupted(print_logs(logs)).await?,
    }
}
