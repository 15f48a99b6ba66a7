use clap::Args;
use replicate::PredictionHandle;
use replicate::types::Prediction;

use super::creation::CreateArgs;
use super::with_session;
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::prediction;
use crate::schema::{OutputForm, Schema};
use crate::session::Session;
use crate::stream_printer::{Format, StreamError, StreamPrinter};

/// Run a model, or follow a running prediction, and print its text as it arrives
#[derive(Args, Debug)]
pub(crate) struct Stream {
    /// owner/name, owner/name:version, a version's id, or deployments/owner/name
    #[arg(
        value_name = "REF",
        required_unless_present = "id",
        conflicts_with = "id"
    )]
    reference: Option<String>,
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
            (Some(reference), _) => self.create(global, reference),
            (None, Some(id)) => {
                with_session(global, async |session| self.attach(session, id).await)
            }
            (None, None) => Err(CliError::usage(
                "missing model: give one, or --id with the id of a prediction",
            )),
        }
    }

    fn create(&self, global: &GlobalArgs, reference: &str) -> Result<ExitCode, CliError> {
        let parsed = self.creation.read(reference)?;
        with_session(global, async |session| {
            let request = parsed.validate(session).await?;
            if self.creation.printed(session, &request)? {
                return Ok(());
            }
            check_form(request.schema())?;
            let (run, _) = self.creation.run(session, request)?;
            let handle = prediction::start(session, run).await?;
            let result = self.follow(session, &handle, true).await?;
            prediction::finished(session, &handle, result)
        })
    }

    /// Follows a prediction that this command did not create: an interruption does not cancel
    /// it.
    async fn attach(&self, session: &Session, id: &str) -> Result<(), CliError> {
        let handle = session.client.prediction(id);
        tokio::select! {
            biased;
            () = session.interrupted.cancelled() => {
                let message = format!("interrupted; prediction {id} is still running");
                let hint = format!("cancel it: replicate predictions cancel {id}");
                Err(CliError::interrupted(message).hint(hint))
            }
            result = self.follow(session, &handle, false) => Ok(result?.map(|_| ())?),
        }
    }

    /// Prints the events of a prediction, and returns the prediction once it has succeeded.
    async fn follow(
        &self,
        session: &Session,
        handle: &PredictionHandle,
        cancels: bool,
    ) -> Result<Result<Prediction, replicate::Error>, CliError> {
        let format = match session.json {
            true => Format::JsonLines,
            false => Format::Text,
        };
        let printer = StreamPrinter::new(session, format, self.logs);
        let cancel = cancels.then(|| session.interrupted.clone());
        match printer.print(handle, cancel).await {
            // The prediction is done, so that this sends nothing.
            Ok(()) => Ok(handle.wait().await),
            Err(StreamError::Stream(error)) => Ok(Err(error)),
            Err(StreamError::Output(error)) => Err(error),
        }
    }
}

/// Refuses a model that returns files: its predictions have no stream.
fn check_form(schema: Option<&Schema>) -> Result<(), CliError> {
    match schema.map(Schema::output) {
        Some(OutputForm::Files | OutputForm::SeveralFiles) => Err(CliError::usage(
            "this model returns files, and has no stream",
        )
        .hint("run it instead: replicate run")),
        _ => Ok(()),
    }
}
