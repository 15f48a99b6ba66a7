use clap::Args;

use super::creation::CreateArgs;
use super::{model_help, with_session};
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::prediction::{self, Followed};
use crate::schema::Schema;
use crate::signals;
use crate::stream_printer::{Format, StreamPrinter};

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

impl Stream {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        match (self.reference.as_deref(), self.id.as_deref()) {
            (Some(reference), _) if self.help => {
                model_help::print_model(global, "stream", reference)
            }
            (Some(reference), _) => self.create(global, reference),
            (None, Some(id)) => {
                let id = prediction::id(id)?;
                with_session(global, async |session| {
                    self.follow(&Followed::attach(session, &id)).await
                })
            }
            (None, None) => Err(CliError::usage(
                "missing model: give one, or --id with the id of a prediction",
            )),
        }
    }

    fn create(&self, global: &GlobalArgs, reference: &str) -> Result<ExitCode, CliError> {
        let parsed = self.creation.parse(reference)?;
        with_session(global, async |session| {
            if !self.creation.reports_elsewhere() {
                signals::watch_stdout(&session.interrupted, session.quiet);
            }
            let request = self.creation.validate(session, parsed).await?;
            if self
                .creation
                .printed(session, std::slice::from_ref(&request))
                .await?
            {
                return Ok(());
            }
            check_form(request.schema())?;
            let run = self.creation.run(session, &request)?;
            let leave = self.creation.leave();
            let followed = prediction::start(session, run, leave, None).await?;
            self.follow(&followed).await
        })
    }

    /// Prints the events of a prediction until it has succeeded.
    async fn follow(&self, followed: &Followed<'_>) -> Result<(), CliError> {
        let format = match followed.session.json {
            true => Format::JsonLines,
            false => Format::Text,
        };
        StreamPrinter::new(followed, format, self.logs)
            .print()
            .await?;
        // The prediction is done, so that this sends nothing.
        followed.wait(false).await.result
    }
}

/// Refuses a model that returns files: its predictions have no stream.
fn check_form(schema: Option<&Schema>) -> Result<(), CliError> {
    match schema.is_some_and(|schema| schema.output().has_files()) {
        true => Err(
            CliError::usage("this model returns files, and has no stream")
                .hint("run it instead: replicate run"),
        ),
        false => Ok(()),
    }
}
