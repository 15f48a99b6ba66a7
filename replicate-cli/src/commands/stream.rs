use std::slice;

use clap::Args;

use super::creation::{CreateArgs, model_ref};
use super::{SessionCommand, model_help};
use crate::error::{CliError, Result};
use crate::prediction::{self, Followed};
use crate::session::Session;
use crate::signals;
use crate::stream_printer::{self, Format};

/// Run a model, or follow a running prediction, and print its text as it arrives
///
/// `stream REF --help` shows the model's inputs.
#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
pub(crate) struct Stream {
    /// owner/name, owner/name:version, a version id, deployments/owner/name, or the URL of their
    /// page
    #[arg(
        value_name = "REF",
        required_unless_present_any = ["id", "help"],
        conflicts_with = "id"
    )]
    reference: Option<String>,
    /// Print help; after REF, the model's inputs
    #[arg(short, long)]
    help: bool,
    /// Follow this prediction instead of creating one
    #[arg(long, value_name = "ID", conflicts_with_all = ["inputs", "input", "cancel_after", "webhook", "dry_run"])]
    id: Option<String>,
    #[command(flatten)]
    creation: CreateArgs,
    /// Write the model's logs to standard error as they arrive
    #[arg(long)]
    logs: bool,
}

impl SessionCommand for Stream {
    fn check(&self) -> Result<()> {
        match (&self.reference, &self.id) {
            (Some(reference), _) if self.help => model_ref(reference).map(|_| ()),
            (Some(reference), _) => self.creation.parse(reference).map(|_| ()),
            (None, Some(id)) => prediction::id(id).map(|_| ()),
            (None, None) => Ok(()),
        }
    }

    async fn execute(self, session: &Session) -> Result<()> {
        match (self.reference.as_deref(), self.id.as_deref()) {
            (Some(reference), _) if self.help => {
                model_help::print_model(session, "stream", reference).await
            }
            (Some(reference), _) => self.create(session, reference).await,
            (None, Some(id)) => {
                let id = prediction::id(id)?;
                self.follow(&Followed::attach(session, &id)).await
            }
            (None, None) => Err(CliError::usage(
                "missing model: give one, or --id with the id of a prediction",
            )),
        }
    }
}

impl Stream {
    async fn create(&self, session: &Session, reference: &str) -> Result<()> {
        let parsed = self.creation.parse(reference)?;
        if !self.creation.reports_elsewhere() {
            signals::watch_stdout(&session.interrupted, session.quiet);
        }
        let request = self.creation.validate(session, parsed).await?;
        let requests = slice::from_ref(&request);
        if self.creation.printed(session, requests).await? {
            return Ok(());
        }
        // The predictions of a model that returns files have no stream.
        let schema = request.target.schema.as_ref();
        if schema.is_some_and(|schema| schema.output().has_files()) {
            let message = "this model returns files, and has no stream";
            return Err(CliError::usage(message).hint("run it instead: replicate run"));
        }
        let run = self.creation.run(session, &request)?;
        let leave = self.creation.leave();
        let followed = prediction::start(session, run, leave, None).await?;
        self.follow(&followed).await
    }

    /// Prints the events of a prediction until it has succeeded.
    async fn follow(&self, followed: &Followed<'_>) -> Result<()> {
        let format = match followed.session.json {
            true => Format::JsonLines,
            false => Format::Text,
        };
        stream_printer::print(followed, format, self.logs).await?;
        // The prediction is done, so that this sends nothing.
        followed.wait(false).await.result
    }
}
