use std::time::{Duration, Instant};

use clap::Args;
use replicate::PredictionHandle;

use super::creation::CreateArgs;
use super::{predictions, print_one, with_session};
use crate::duration;
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::output;
use crate::prediction::{self, Waited};
use crate::save::{Plan, SaveArgs, Target};
use crate::schema::{OutputForm, Schema};
use crate::session::Session;
use crate::stream_printer::{Format, StreamError, StreamPrinter};
use crate::terminal;

/// Run a model, and print its output
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate run meta/meta-llama-3-8b-instruct \"Tell me about llamas\"
  replicate run black-forest-labs/flux-schnell prompt=\"a red bicycle\" -o bike.webp
  replicate run owner/upscaler image=@photo.jpg scale:=2 --save
  replicate run owner/model:VERSION -i input.json --json")]
pub(crate) struct Run {
    /// owner/name, owner/name:version, a version id, or deployments/owner/name
    #[arg(value_name = "REF")]
    reference: String,
    #[command(flatten)]
    creation: CreateArgs,
    #[command(flatten)]
    wait: WaitArgs,
    #[command(flatten)]
    save: SaveArgs,
    /// Print text as it arrives (the default for models that write text)
    #[arg(long, overrides_with = "no_stream", conflicts_with = "no_wait")]
    stream: bool,
    /// Print text when it is complete
    #[arg(long, overrides_with = "stream")]
    no_stream: bool,
    /// Write the model's logs to standard error as they arrive
    #[arg(long)]
    logs: bool,
    /// Write the prediction's metrics to standard error
    #[arg(long)]
    metrics: bool,
}

/// Options of the wait for a prediction.
#[derive(Args, Debug)]
pub(crate) struct WaitArgs {
    /// Wait until the prediction is done, for at most SECS; it continues to run after that
    #[arg(short, long, value_name = "SECS", num_args = 0..=1, require_equals = true,
          value_parser = duration::parse, conflicts_with = "no_wait")]
    #[allow(clippy::option_option)]
    wait: Option<Option<Duration>>,
    /// Create the prediction without waiting until it is done
    #[arg(long)]
    no_wait: bool,
}

impl WaitArgs {
    /// When the wait ends, counted from now.
    pub(crate) fn until(&self) -> Option<Instant> {
        let limit = self.wait.flatten()?;
        Some(Instant::now() + limit)
    }

    /// Whether `--wait` was given.
    pub(crate) fn is_requested(&self) -> bool {
        self.wait.is_some()
    }
}

impl Run {
    /// The run of a deployment, named without `deployments/` in front.
    pub(super) fn on_deployment(mut self) -> Self {
        let name = &self.reference;
        if !name.starts_with("deployments/") && !name.contains("://") {
            self.reference = format!("deployments/{name}");
        }
        self
    }

    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode, CliError> {
        let parsed = self.creation.read(&self.reference)?;
        with_session(global, async |session| {
            let plan = self.save.plan(session.is_interactive())?;
            let request = parsed.validate(session).await?;
            plan.check(request.schema(), request.input())?;
            if self.creation.printed(session, &request)? {
                return Ok(());
            }
            let (run, schema) = self.creation.run(session, request)?;
            let handle = prediction::start(session, run).await?;
            if self.wait.no_wait {
                return print_one(session, &prediction::body(&handle), predictions::fields);
            }
            let running = Running {
                run: &self,
                session,
                schema,
                plan,
                until: self.wait.until(),
                handle,
            };
            running.follow().await
        })
    }
}

/// A prediction that this command created.
struct Running<'a> {
    run: &'a Run,
    session: &'a Session,
    schema: Option<Schema>,
    plan: Plan,
    until: Option<Instant>,
    handle: PredictionHandle,
}

impl Running<'_> {
    async fn follow(self) -> Result<(), CliError> {
        let streams = self.streams();
        let has_printed = streams && self.stream().await?;
        // The stream has printed the logs.
        let logs = self.run.logs && !streams;
        let waited = prediction::wait(self.session, &self.handle, self.until, logs).await;
        self.finish(waited, has_printed).await
    }

    /// Whether the output is printed as it arrives.
    fn streams(&self) -> bool {
        let is_printed = matches!(self.plan.target, Target::Print | Target::PrintAndSave(_));
        let is_text =
            self.schema.as_ref().map(Schema::output) == Some(OutputForm::ConcatenatedText);
        let is_wanted = is_text || (self.run.stream && self.has_stream_url());
        is_printed && is_wanted && !self.run.no_stream && !self.session.json
    }

    fn has_stream_url(&self) -> bool {
        self.handle.snapshot().is_some_and(|prediction| {
            let urls = prediction.urls.as_ref();
            urls.and_then(|urls| urls.stream.as_deref()).is_some()
        })
    }

    /// Prints the text as it arrives; returns whether there was any.
    async fn stream(&self) -> Result<bool, CliError> {
        let printer =
            StreamPrinter::new(self.session, Format::Text, self.run.logs).until(self.until);
        let cancel = self.session.interrupted.clone();
        match printer.print(&self.handle, Some(cancel)).await {
            Ok(()) => Ok(printer.has_printed()),
            Err(StreamError::Output(error)) => Err(error),
            Err(StreamError::Stream(error)) => {
                prediction::finished(self.session, &self.handle, Err(error))?;
                Ok(printer.has_printed())
            }
        }
    }

    /// Prints or saves what was not printed as it arrived.
    async fn finish(self, waited: Waited, has_printed: bool) -> Result<(), CliError> {
        let Waited { body, result } = waited;
        let session = self.session;
        if self.run.metrics {
            for line in output::metrics(&body) {
                terminal::say(line);
            }
        }
        if session.json {
            session.write_json(&body)?;
        }
        result?;
        let is_printed = matches!(self.plan.target, Target::Print | Target::Content);
        if has_printed || (session.json && is_printed) {
            return Ok(());
        }
        let id = self.handle.id();
        let delivered = self.deliver(&body).await;
        delivered
            .map_err(|error| error.or_hint(format!("show it: replicate predictions show {id}")))
    }

    async fn deliver(&self, body: &[u8]) -> Result<(), CliError> {
        let session = self.session;
        let Some(prediction) = self.handle.snapshot() else {
            return Ok(());
        };
        let schema = self.schema.as_ref();
        let output = output::from_prediction(&session.client, &prediction, body, schema)?;
        self.plan.execute(session, &output).await?;
        let is_printed = matches!(self.plan.target, Target::Print | Target::Content);
        if session.is_local() && is_printed && !output.files().is_empty() {
            session.note(
                "the local Replicate ends with this command, and its files with it; keep them with -o FILE",
            );
        }
        Ok(())
    }
}
