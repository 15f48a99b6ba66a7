//! Several predictions of one command: `--sweep` and `--repeat`.

use std::cell::Cell;
use std::io::IsTerminal;

use clap::Args;
use futures::{StreamExt, stream};

use super::creation::{CreateArgs, ParsedArgs, ValidatedRequest};
use super::run::RunArgs;
use crate::confirm::is_answered_yes;
use crate::error::{CliError, Result};
use crate::save::Plan;
use crate::session::Session;
use crate::signals::{self, Phase};
use crate::terminal;

/// The options of a command that creates several predictions.
#[derive(Args, Debug)]
#[command(next_help_heading = "Several predictions")]
pub(crate) struct SeveralArgs {
    /// Run every combination of inputs that have several values: key=1..8, key=a,b,c
    #[arg(long)]
    sweep: bool,
    /// Run the input N times
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    repeat: Option<u32>,
    /// Run at most N at a time
    #[arg(short, long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=1000))]
    jobs: u16,
    /// Create nothing if there would be more than N predictions
    #[arg(long, value_name = "N")]
    max_predictions: Option<usize>,
    /// Stop creating predictions after N failures
    #[arg(long, value_name = "N")]
    max_failures: Option<usize>,
    /// Skip the confirmation before creating several predictions
    #[arg(short, long)]
    yes: bool,
}

impl SeveralArgs {
    pub(super) fn is_given(&self) -> bool {
        self.sweep || self.repeat.is_some()
    }

    /// The requests of all predictions, validated before the first one is created.
    pub(super) async fn requests(
        &self,
        session: &Session,
        creation: &CreateArgs,
        parsed: ParsedArgs,
    ) -> Result<Vec<ValidatedRequest>> {
        let requests = match self.sweep {
            true => creation.validate_sweep(session, parsed).await?,
            false => vec![creation.validate(session, parsed).await?],
        };
        let times = self.repeat.unwrap_or(1) as usize;
        let count = requests.len().saturating_mul(times);
        if let Some(most) = self.max_predictions.filter(|most| count > *most) {
            return Err(CliError::usage(format!(
                "this creates {count} predictions, and --max-predictions is {most}"
            )));
        }
        let repeated = requests
            .into_iter()
            .flat_map(|request| std::iter::repeat_n(request, times));
        Ok(repeated.collect())
    }
}

struct Sweep<'a> {
    args: &'a RunArgs,
    session: &'a Session,
    plan: Plan,
    failures: Cell<usize>,
    /// Whether no more are created.
    stopped: Cell<bool>,
}

/// Runs several predictions at the same time.
pub(super) async fn run(
    args: &RunArgs,
    session: &Session,
    plan: Plan,
    requests: Vec<ValidatedRequest>,
) -> Result<()> {
    let sweep = Sweep {
        args,
        session,
        plan,
        failures: Cell::new(0),
        stopped: Cell::new(false),
    };
    sweep.run(requests).await
}

impl Sweep<'_> {
    async fn run(self, requests: Vec<ValidatedRequest>) -> Result<()> {
        for request in &requests {
            let schema = request.target.schema.as_ref();
            self.plan.check(schema, &request.assembled.input)?;
        }
        if self.args.creation.printed(self.session, &requests).await? {
            return Ok(());
        }
        if !self.plan.takes_several() {
            return Err(
                CliError::usage("several predictions cannot be written to one file")
                    .hint("use a directory, or a template such as -o 'out/{id}-{n}.{ext}'"),
            );
        }
        let count = requests.len();
        self.confirm(count).await?;
        signals::set_phase(Phase::RunningSeveral);
        let created = Cell::new(0);
        stream::iter(&requests)
            .take_while(|_| std::future::ready(!self.is_stopped()))
            .for_each_concurrent(usize::from(self.args.several.jobs), |request| {
                created.set(created.get() + 1);
                self.run_one(request)
            })
            .await;
        let (created, failures) = (created.get(), self.failures.get());
        if self.session.interrupted.is_cancelled() {
            return Err(CliError::interrupted(format!(
                "{created} of {count} predictions were started, {failures} of them did not succeed"
            )));
        }
        match failures {
            0 => Ok(()),
            _ if created < count => Err(CliError::incomplete(format!(
                "{failures} of {created} predictions failed; {} were not created",
                count - created
            ))),
            _ => Err(CliError::incomplete(format!(
                "{failures} of {count} predictions failed"
            ))),
        }
    }

    fn is_stopped(&self) -> bool {
        self.stopped.get() || self.session.interrupted.is_cancelled()
    }

    async fn run_one(&self, request: &ValidatedRequest) {
        if self.is_stopped() {
            return;
        }
        let running = self.args.run_one(self.session, request, &self.plan, false);
        let Err(error) = running.await else { return };
        self.failures.set(self.failures.get() + 1);
        let limit = self.args.several.max_failures;
        // Without credit, every other create fails too.
        if error.status() == Some(402) || limit.is_some_and(|limit| self.failures.get() >= limit) {
            self.stopped.set(true);
        }
        if !error.message().is_empty() {
            let input = request.assembled.masked();
            match self.session.json {
                true => terminal::say(error.to_json().to_string()),
                false => {
                    terminal::error_lines(error.message(), Some(&format!("its input: {input}")))
                }
            }
        }
    }

    /// Says how many predictions are created, and asks at a terminal.
    async fn confirm(&self, count: usize) -> Result<()> {
        let asks = !self.args.several.yes
            && count > 1
            && std::io::stdin().is_terminal()
            && terminal::stderr_is_terminal();
        if !asks {
            self.session.note(format!("creating {count} predictions"));
            return Ok(());
        }
        let question = format!("This creates {count} predictions. Continue?");
        match is_answered_yes(self.session, &question).await? {
            true => Ok(()),
            false => Err(CliError::usage("not confirmed; no prediction was created")),
        }
    }
}
