use std::time::{Duration, Instant};

use clap::Args;

use super::creation::CreationArguments;
use super::{online, predictions, print_one};
use crate::cli::Global;
use crate::duration;
use crate::events::{self, Told};
use crate::failure::{Exit, Failure};
use crate::job;
use crate::output;
use crate::save::{Plan, SaveArguments, Target};
use crate::schema::{OutputForm, Schema};
use crate::session::Session;
use crate::terminal;

/// Run a model, and print its output
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate run meta/meta-llama-3-8b-instruct \"Tell me about llamas\"
  replicate run black-forest-labs/flux-schnell prompt=\"a red bicycle\" -o bike.webp
  replicate run owner/upscaler image=@photo.jpg scale:=2 --save
  replicate run owner/model:VERSION -i input.json --json")]
pub(crate) struct Run {
    /// owner/name, owner/name:version, a version's id, or deployments/owner/name
    #[arg(value_name = "REF")]
    reference: String,
    #[command(flatten)]
    creation: CreationArguments,
    #[command(flatten)]
    wait: WaitArguments,
    #[command(flatten)]
    save: SaveArguments,
    /// Print text as it comes (the default for models that write text)
    #[arg(long, overrides_with = "no_stream", conflicts_with = "no_wait")]
    stream: bool,
    /// Print text when all of it is there
    #[arg(long, overrides_with = "stream")]
    no_stream: bool,
    /// Write the model's logs to standard error as they come
    #[arg(long)]
    logs: bool,
    /// Write what the prediction took to standard error
    #[arg(long)]
    metrics: bool,
}

/// How long a command waits for its prediction.
#[derive(Args, Debug)]
pub(crate) struct WaitArguments {
    /// Wait for the prediction's end, for so many seconds at most; it goes on after that
    #[arg(short, long, value_name = "SECS", num_args = 0..=1, require_equals = true,
          value_parser = duration::parse, conflicts_with = "no_wait")]
    #[allow(clippy::option_option)]
    wait: Option<Option<Duration>>,
    /// Create the prediction, and do not wait for its end
    #[arg(long)]
    no_wait: bool,
}

impl WaitArguments {
    /// Until when to wait, from now.
    pub(crate) fn until(&self) -> Option<Instant> {
        let limit = self.wait.flatten()?;
        Some(Instant::now() + limit)
    }

    /// Whether waiting was asked for, where that is not the usual thing.
    pub(crate) fn asked(&self) -> bool {
        self.wait.is_some()
    }
}

impl Run {
    pub(crate) fn execute(self, global: &Global) -> Result<Exit, Failure> {
        let wanted = self.creation.read(&self.reference)?;
        online(global, async |session| {
            let plan = self.save.plan(session.for_people())?;
            let checked = wanted.check(session).await?;
            plan.check(checked.schema(), checked.input())?;
            if self.creation.printed(session, &checked)? {
                return Ok(());
            }
            let (creation, schema) = self.creation.creation(session, checked).await?;
            let created = job::create(session, creation).await?;
            if self.wait.no_wait {
                return print_one(session, &created.body, predictions::fields);
            }
            let until = self.wait.until();
            let prediction = created.prediction;
            let running = Running {
                run: &self,
                session,
                prediction,
                schema,
                plan,
                until,
            };
            running.follow().await
        })
    }
}

/// A prediction of this command that was created.
struct Running<'a> {
    run: &'a Run,
    session: &'a Session,
    prediction: replicate::Prediction,
    schema: Option<Schema>,
    plan: Plan,
    until: Option<Instant>,
}

impl Running<'_> {
    async fn follow(self) -> Result<(), Failure> {
        let mut shown = String::new();
        if self.streams() {
            let logs = self.run.logs;
            match events::print_text(self.session, &self.prediction, logs, self.until, &mut shown)
                .await?
            {
                Told::Completed if !self.run.metrics => return Ok(()),
                Told::Completed | Told::Unfinished => {}
            }
        }
        // Logs came with the stream, if there was one.
        let logs = self.run.logs && shown.is_empty();
        let ended = job::wait(self.session, &self.prediction, self.until, logs).await?;
        self.finish(ended, &shown).await
    }

    /// Whether the output is printed as it comes.
    fn streams(&self) -> bool {
        let printed = matches!(self.plan.target, Target::Print | Target::PrintAndSave(_));
        let is_text =
            self.schema.as_ref().map(Schema::output) == Some(OutputForm::ConcatenatedText);
        let wanted = !self.run.no_stream && (self.run.stream || is_text);
        printed && wanted && !self.session.json && events::address(&self.prediction).is_some()
    }

    /// Prints or saves what has not been shown yet.
    async fn finish(self, ended: job::Ended, shown: &str) -> Result<(), Failure> {
        let session = self.session;
        if self.run.metrics {
            for line in output::metrics(&ended.body)? {
                terminal::say(line);
            }
        }
        if session.json {
            terminal::write_line(&ended.body)?;
        }
        ended.result?;
        let is_printed = matches!(self.plan.target, Target::Print | Target::Content);
        if session.json && is_printed {
            return Ok(());
        }
        let output = output::of_body(&session.client, &ended.body, self.schema.as_ref())?;
        if !shown.is_empty() {
            return events::print_rest(shown, &output);
        }
        self.plan
            .carry_out(session, &output)
            .await
            .map_err(|failure| {
                failure.or_hint(format!(
                    "look at it with: replicate predictions show {}",
                    self.prediction.id
                ))
            })?;
        if session.is_local() && is_printed && !output.files().is_empty() {
            session.note("The local Replicate ends with this command, and its files with it: -o FILE keeps them");
        }
        Ok(())
    }
}
