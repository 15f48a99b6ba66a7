use std::path::PathBuf;
use std::slice;
use std::time::{Duration, Instant};

use clap::Args;
use clap::builder::FalseyValueParser;
use replicate::ModelRef;
use replicate::schema::OutputKind;

use super::creation::{CreateArgs, ModelArgs, ParsedArgs, ValidatedRequest};
use super::{SessionCommand, open_prediction, predictions, print_one, sweep};
use crate::duration;
use crate::error::{CliError, Result, deliver_hint};
use crate::output::{self, Printed};
use crate::pictures;
use crate::prediction::{self, Followed, Waited};
use crate::save::{Plan, SaveArgs, Target};
use crate::schema::Schema;
use crate::schema::read::schema_of_created;
use crate::session::Session;
use crate::signals;
use crate::stream_printer::{self, Format};
use crate::terminal;

/// Run a model, and print its output
///
/// `run REF --help` shows the model's inputs.
#[derive(Args, Debug)]
#[command(
    disable_help_flag = true,
    after_help = "Examples:
  replicate run meta/meta-llama-3-8b-instruct \"Tell me about llamas\"
  replicate run black-forest-labs/flux-schnell prompt=\"a red bicycle\" -o bike.webp
  replicate run owner/upscaler image=@photo.jpg scale:=2 --save
  replicate run owner/model:VERSION -i input.json --json
  replicate run owner/model prompt=x seed=1..8 --sweep -o 'out/{id}.{ext}'
  replicate run owner/model --help"
)]
pub(crate) struct Run {
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    args: RunArgs,
}

/// The options of `run` and `rerun`.
#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(super) creation: CreateArgs,
    #[command(flatten)]
    pub(super) wait: WaitArgs,
    #[command(flatten)]
    pub(super) save: SaveArgs,
    /// Print text as it arrives (the default for models that write text)
    #[arg(
        long,
        help_heading = "Output",
        overrides_with = "no_stream",
        conflicts_with = "no_wait"
    )]
    stream: bool,
    /// Print text when it is complete
    #[arg(long, help_heading = "Output", overrides_with = "stream")]
    no_stream: bool,
    /// Write the model's logs to standard error as they arrive
    #[arg(long, help_heading = "Output")]
    logs: bool,
    /// Write the prediction's metrics to standard error
    #[arg(long, help_heading = "Output")]
    metrics: bool,
    /// Open the prediction's page in a browser
    #[arg(long, help_heading = "Output")]
    web: bool,
    /// Do not show pictures in the terminal
    #[arg(long, help_heading = "Output", hide = !cfg!(feature = "images"),
          env = "REPLICATE_NO_IMAGES", value_parser = FalseyValueParser::new())]
    no_images: bool,
    #[command(flatten)]
    pub(super) several: sweep::SeveralArgs,
}

/// Options of the wait for a prediction.
#[derive(Args, Debug)]
#[command(next_help_heading = "Waiting")]
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
    /// Returns the deadline of the wait, counted from now.
    pub(crate) fn until(&self) -> Option<Instant> {
        let limit = self.wait.flatten()?;
        Some(Instant::now() + limit)
    }

    pub(crate) fn is_requested(&self) -> bool {
        self.wait.is_some()
    }
}

impl Run {
    /// The run of a deployment, named without `deployments/` in front.
    pub(super) fn on_deployment(mut self) -> Self {
        let reference = self.model.reference.as_mut();
        if let Some(name) = reference.filter(|name| !name.contains("://"))
            && !name.starts_with("deployments/")
        {
            name.insert_str(0, "deployments/");
        }
        self
    }
}

impl SessionCommand for Run {
    fn check(&self) -> Result<()> {
        self.model.check(&self.args.creation)
    }

    async fn execute(self, session: &Session) -> Result<()> {
        let Some(reference) = self.model.reference(session, "run").await? else {
            return Ok(());
        };
        let parsed = self.args.creation.parse(&reference)?;
        self.args.run(session, parsed).await
    }
}

impl RunArgs {
    /// Runs what was parsed, and prints or saves its output.
    pub(crate) async fn run(&self, session: &Session, parsed: ParsedArgs) -> Result<()> {
        if self.wait.no_wait && self.save.is_given() {
            return Err(CliError::usage("--no-wait leaves no output to save")
                .hint("save it later: replicate predictions download ID"));
        }
        let plan = self.save.plan()?;
        let is_only_printed = plan.is_printed() && !self.creation.reports_elsewhere();
        if is_only_printed && !self.wait.no_wait {
            signals::watch_stdout(&session.interrupted, session.quiet);
        }
        if self.several.is_given() {
            let requests = self.several.requests(session, &self.creation, parsed);
            return sweep::run(self, session, plan, requests.await?).await;
        }
        let request = self.creation.validate(session, parsed).await?;
        plan.check(request.target.schema.as_ref(), &request.assembled.input)?;
        let requests = slice::from_ref(&request);
        if self.creation.printed(session, requests).await? {
            return Ok(());
        }
        self.run_one(session, &request, &plan, true).await
    }

    /// Runs one prediction. `streams` is whether its text may be printed as it arrives.
    pub(super) async fn run_one(
        &self,
        session: &Session,
        request: &ValidatedRequest,
        plan: &Plan,
        streams: bool,
    ) -> Result<()> {
        let run = self.creation.run(session, request)?;
        let until = self.wait.until();
        let followed = prediction::start(session, run, self.creation.leave(), until).await?;
        if self.web {
            open_prediction(session, followed.handle.id(), &followed.body());
        }
        if self.wait.no_wait {
            return print_one(session, &followed.body(), &predictions::FIELDS);
        }
        let mut schema = request.target.schema.clone();
        let snapshot = followed.handle.snapshot();
        if let (ModelRef::Version(_), Some(snapshot)) = (&request.target.reference, snapshot)
            && !session.json
        {
            let reading = async { Ok(schema_of_created(session, &snapshot).await) };
            schema = followed.drive(reading).await?;
        }
        let running = Running {
            args: self,
            plan,
            schema: schema.as_ref(),
            followed,
        };
        running.follow(streams).await
    }
}

struct Running<'a> {
    args: &'a RunArgs,
    plan: &'a Plan,
    schema: Option<&'a Schema>,
    followed: Followed<'a>,
}

impl Running<'_> {
    async fn follow(self, may_stream: bool) -> Result<()> {
        let streams = may_stream && self.streams();
        let logs = self.args.logs;
        let has_printed =
            streams && stream_printer::print(&self.followed, Format::Text, logs).await?;
        // The stream has printed the logs.
        let waited = self.followed.wait(logs && !streams).await;
        self.finish(waited, has_printed).await
    }

    fn streams(&self) -> bool {
        let kind = self.schema.map(|schema| schema.output().kind());
        let is_text = kind == Some(OutputKind::StreamedText);
        let is_wanted = is_text || (self.args.stream && self.has_stream_url());
        let is_printed = self.plan.target == Target::Print;
        is_printed && is_wanted && !self.args.no_stream && !self.followed.session.json
    }

    fn has_stream_url(&self) -> bool {
        self.followed.handle.snapshot().is_some_and(|prediction| {
            let urls = prediction.urls.as_ref();
            urls.and_then(|urls| urls.stream.as_deref()).is_some()
        })
    }

    /// Prints or saves what was not printed as it arrived.
    async fn finish(self, waited: Waited, has_printed: bool) -> Result<()> {
        let Waited { body, result } = waited;
        let session = self.followed.session;
        if self.args.metrics {
            for line in output::metrics(&body) {
                terminal::say(line);
            }
        }
        let id = self.followed.handle.id();
        if session.json {
            let printed = self.followed.drive(session.print_json(body.clone())).await;
            // The prediction's own end counts for more than that of its reader.
            if result.is_ok() {
                printed.map_err(|error| error.or_hint(deliver_hint(id)))?;
            }
        }
        result?;
        if has_printed || (session.json && self.plan.is_printed()) {
            return Ok(());
        }
        let delivered = self.followed.drive(self.deliver(&body)).await;
        match delivered.map_err(|error| error.or_hint(deliver_hint(id)))? {
            Some((output, saved)) if !self.args.no_images => {
                pictures::show(session, &output, &saved).await
            }
            _ => Ok(()),
        }
    }

    /// Prints or saves the output; returns it, with the paths of what was saved.
    async fn deliver(&self, body: &[u8]) -> Result<Option<(Printed, Vec<PathBuf>)>> {
        let session = self.followed.session;
        let Some(prediction) = self.followed.handle.snapshot() else {
            return Ok(None);
        };
        let schema = self.schema;
        let output = output::from_prediction(&session.client, &prediction, body, schema)?;
        let delivering = self.plan.execute(session, schema, &prediction.id, &output);
        let saved = delivering.await?;
        if session.local.is_some() && self.plan.is_printed() && !output.files().is_empty() {
            session.note(
                "the local Replicate ends with this command, and its files with it; keep them with -o FILE",
            );
        }
        Ok(Some((output, saved)))
    }
}
