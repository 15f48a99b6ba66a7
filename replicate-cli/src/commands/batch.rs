use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use clap::Args;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use replicate::batch::{BatchProgress, StopReason};
use replicate::{Batch as ReplicateBatch, BatchStream, ModelRef};
use serde_json::json;

use super::{with_option, with_session};
use crate::confirm::is_answered_yes;
use crate::duration;
use crate::error::{CliError, ExitCode, Result};
use crate::global::GlobalArgs;
use crate::progress::Progress;
use crate::save::make_directory;
use crate::schema::read::Target;
use crate::session::Session;
use crate::signals::{self, Phase};
use crate::terminal;
use results::{Results, Storage, Stored, StoredItem};
use rows::{Format, Row};

/// How often the progress is read while no result arrives.
const REFRESH: Duration = Duration::from_millis(200);

mod results;
mod rows;

/// Run a model for each line of a file, a few at a time
///
/// Results are appended to results.jsonl in the order of completion, files are saved as
/// ID-N.EXT. A journal beside them records each create: after any interruption, --resume
/// continues without paying for a line twice. The first Ctrl-C creates no more predictions and
/// waits for the running ones; the second one exits, and cancels nothing.
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate batch black-forest-labs/flux-schnell --from prompts.jsonl -j 16 --output-directory out
  replicate batch owner/upscaler --from images.csv --set scale=2 --output-directory out --resume
  replicate batch owner/model --from big.jsonl --shard 2/4 --output-directory out-2 --yes

Lines of JSON are objects with the model's inputs; the first row of CSV has their names.
Where the model takes a file, @PATH passes one.")]
pub(crate) struct Batch {
    /// owner/name, owner/name:version, a version id, or deployments/owner/name
    #[arg(value_name = "REF")]
    reference: String,
    /// Read the inputs from this file (.jsonl or .csv), or from standard input
    #[arg(long, value_name = "FILE|-")]
    from: String,
    /// The format of the inputs, if the file's name does not determine it
    #[arg(long, value_name = "FORMAT")]
    format: Option<Format>,
    /// Process N lines at a time
    #[arg(short = 'j', long = "jobs", value_name = "N", default_value = "8",
          value_parser = clap::value_parser!(u16).range(1..))]
    jobs: u16,
    /// Set an input of every line, overriding the line's own
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Continue a batch that was stopped
    #[arg(long)]
    resume: bool,
    /// Process part I of N of the lines, so that N machines can share one file
    #[arg(long, value_name = "I/N", value_parser = parse_shard)]
    shard: Option<(usize, usize)>,
    /// The directory for results, files and the journal; created if it does not exist
    #[arg(long, value_name = "DIR", default_value = ".")]
    output_directory: PathBuf,
    /// Create at most N predictions, and leave the rest for --resume
    #[arg(long, value_name = "N")]
    max_predictions: Option<u64>,
    /// Stop creating predictions once N lines have failed
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    max_failures: Option<u64>,
    /// With --resume, create predictions again whose output was deleted before it was saved
    #[arg(long, requires = "resume")]
    retry_expired: bool,
    /// With --resume, create predictions again whose outcome is unknown, if they were sent more
    /// than 2 minutes ago and are not found; what exists nevertheless is paid for twice
    #[arg(long, requires = "resume")]
    retry_unknown: bool,
    /// Cancel a prediction on the server if it is still running after this time, at least 5s
    #[arg(long, value_name = "TIME", value_parser = duration::parse)]
    cancel_after: Option<Duration>,
    /// Skip the confirmation before creating predictions
    #[arg(short, long)]
    yes: bool,
}

fn parse_shard(text: &str) -> Result<(usize, usize), String> {
    let invalid = || format!("invalid shard `{text}`: expected I/N with I from 1 to N");
    let (number, count) = text.split_once('/').ok_or_else(invalid)?;
    let parse = |text: &str| text.parse::<usize>().map_err(|_| invalid());
    let (number, count) = (parse(number)?, parse(count)?);
    match (1..=count).contains(&number) {
        true => Ok((number, count)),
        false => Err(invalid()),
    }
}

impl Batch {
    pub(crate) fn execute(self, global: &GlobalArgs) -> Result<ExitCode> {
        let model = ModelRef::from_str(&self.reference)?;
        let set = rows::parse_set(&self.set)?;
        let rows = rows::read(&self.from, self.format)?;
        with_session(global, async |session| {
            let target = Target::read_with_note(session, model).await?;
            let rows = rows::typed(rows, &set, target.schema.as_ref())?;
            make_directory(&self.output_directory)?;
            self.run(session, target.reference, rows).await
        })
    }

    async fn run(&self, session: &Session, model: ModelRef, rows: Vec<Row>) -> Result<()> {
        let path = self.path("results");
        let journal = self.path("journal");
        self.check_files(&path, &journal)?;
        let stored = Stored::read(&path, self.retry_expired)?;
        // A failure to store results stops the batch as Ctrl-C does.
        let stop = session.interrupted.child_token();
        let outcomes = stored.outcomes.iter();
        let batch = session
            .client
            .batch(model)
            .concurrency(self.jobs.into())
            .journal(journal)
            .acknowledged(outcomes.map(|(index, outcome)| (*index, *outcome)))
            .cancellation_token(stop.clone());
        let batch = with_option(batch, self.shard, |batch, (number, count)| {
            batch.shard(number, count)
        });
        let batch = with_option(batch, self.max_predictions, ReplicateBatch::max_predictions);
        let batch = with_option(batch, self.max_failures, ReplicateBatch::max_failures);
        let mut batch = with_option(batch, self.cancel_after, ReplicateBatch::cancel_after);
        if self.retry_expired {
            batch = batch.retry_expired();
        }
        if self.retry_unknown {
            batch = batch.retry_unknown();
        }
        let inputs = rows.iter().map(|row| &row.input);
        let stream = match self.resume {
            true => batch.resume(inputs).await?,
            false => batch.start(inputs).await?,
        };
        self.confirm(session, &stream).await?;
        signals::set_phase(Phase::RunningBatch);
        let storage = Storage {
            directory: &self.output_directory,
            rows: &rows,
            results: Results::open(&path, &stored)?,
            stop,
        };
        let running = Running {
            session,
            storage: &storage,
            stream,
            jobs: self.jobs.into(),
            unsaved: 0,
            first_error: None,
        };
        running.finish().await
    }

    fn path(&self, name: &str) -> PathBuf {
        let name = match self.shard {
            Some((number, count)) => format!("{name}-{number}-of-{count}.jsonl"),
            None => format!("{name}.jsonl"),
        };
        self.output_directory.join(name)
    }

    /// Refuses to mix the results of two batches, and to begin one again whose journal is lost.
    fn check_files(&self, results: &Path, journal: &Path) -> Result<()> {
        let has_content =
            |path: &Path| std::fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0);
        let mut existing = [journal, results]
            .into_iter()
            .filter(|path| has_content(path));
        if let (false, Some(path)) = (self.resume, existing.next()) {
            let message = format!("`{}` already exists", path.display());
            return Err(CliError::usage(message)
                .hint("continue it with --resume, or use another --output-directory"));
        }
        if has_content(results) && !has_content(journal) {
            let message = format!(
                "`{}` has results, but its journal `{}` is missing",
                results.display(),
                journal.display()
            );
            return Err(CliError::usage(message).hint(
                "without it, lines would be paid for twice; use another --output-directory",
            ));
        }
        Ok(())
    }

    /// Says what will be created, and asks at a terminal.
    async fn confirm(&self, session: &Session, stream: &BatchStream) -> Result<()> {
        let count = stream.creates_left();
        let done = stream.progress().done_before;
        if done > 0 {
            let total = counted(stream.progress().total, "line");
            session.note(format!("{done} of {total} done"));
        }
        if count == 0 {
            return Ok(());
        }
        let what = format!(
            "{} will be created with {}",
            counted(count, "prediction"),
            self.reference
        );
        if self.yes || !terminal::stderr_is_terminal() {
            session.note(what);
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(CliError::usage(what).hint(
                "standard input is not a terminal, so that you cannot be asked: confirm with --yes",
            ));
        }
        match is_answered_yes(session, &format!("{what}. Continue?")).await? {
            true => Ok(()),
            false => Err(CliError::error("not confirmed; nothing was created")),
        }
    }
}

/// A batch whose results are taken and stored.
struct Running<'a> {
    session: &'a Session,
    storage: &'a Storage<'a>,
    stream: BatchStream,
    jobs: usize,
    /// The number of outputs that could not be saved.
    unsaved: usize,
    first_error: Option<CliError>,
}

impl Running<'_> {
    async fn finish(mut self) -> Result<()> {
        let progress = self.session.progress();
        let shown = progress.clone();
        let deadline = self.session.deadline;
        let storing = shown.showing(self.store_all(&progress));
        let in_time = match deadline {
            Some(at) => tokio::time::timeout_at(at.into(), storing).await.is_ok(),
            None => {
                storing.await;
                true
            }
        };
        if !in_time {
            let hint = "continue with --resume; nothing was canceled";
            let done = summary(&self.stream.progress(), self.unsaved);
            let message = format!("timed out; {done}");
            return Err(CliError::timeout(message).hint(hint));
        }
        self.conclude()
    }

    /// Stores results until there are no more.
    async fn store_all(&mut self, progress: &Progress) {
        let mut storing = FuturesUnordered::new();
        let mut ended = false;
        let mut notified = false;
        let storage = self.storage;
        loop {
            progress.set_text(summary(&self.stream.progress(), self.unsaved));
            if ended && storing.is_empty() {
                return;
            }
            tokio::select! {
                biased;
                () = self.session.interrupted.cancelled(), if !notified => {
                    notified = true;
                    let running = counted(self.stream.progress().running, "prediction");
                    let notice = format!(
                        "creating no more, waiting for {running}; Ctrl-C again leaves, and cancels nothing"
                    );
                    self.session.note(notice);
                }
                Some(stored) = storing.next() => self.note(stored),
                item = self.stream.next(), if !ended && storing.len() < self.jobs => match item {
                    Some(item) => storing.push(storage.store(item)),
                    None => ended = true,
                },
                () = tokio::time::sleep(REFRESH) => {}
            }
        }
    }

    fn note(&mut self, stored: StoredItem) {
        self.unsaved += usize::from(stored.is_unsaved);
        if let Some(error) = stored.error {
            let error = error.at(format!("line {}", stored.line));
            terminal::say(error.message());
            self.first_error.get_or_insert(error);
        }
    }

    fn conclude(self) -> Result<()> {
        let progress = self.stream.progress();
        let text = summary(&progress, self.unsaved);
        if self.session.json {
            self.session
                .write_json(json_summary(&progress, self.unsaved).to_string())?;
        }
        if progress.is_complete() && self.unsaved == 0 {
            self.session.note(text);
            return Ok(());
        }
        let reason = self.stream.stop_reason();
        let failed = progress.total - progress.succeeded - progress.waiting + self.unsaved;
        if reason == Some(StopReason::MaxPredictions) && failed == 0 {
            self.session.note(format!("{text}; continue with --resume"));
            return Ok(());
        }
        if self.session.interrupted.is_cancelled() {
            let error = CliError::interrupted(&text);
            return Err(error.hint("continue with --resume; nothing was canceled"));
        }
        let exists = failed + progress.succeeded > progress.not_created;
        if let (Some(StopReason::Error(_)), false, Some(error)) = (reason, exists, self.first_error)
        {
            return Err(error);
        }
        let text = match reason {
            Some(reason) => format!("{}; {text}", stopped(reason)),
            None => text,
        };
        Err(CliError::incomplete(text).hint(hint(&progress, self.unsaved)))
    }
}

fn stopped(reason: StopReason) -> String {
    match reason {
        StopReason::MaxPredictions => "stopped at --max-predictions".to_owned(),
        StopReason::MaxFailures => "stopped at --max-failures".to_owned(),
        StopReason::Error(kind) => format!("stopped by an error ({kind})"),
        StopReason::Journal => "stopped, the journal could not be written".to_owned(),
        _ => "stopped".to_owned(),
    }
}

/// Advice for lines that are not done.
fn hint(progress: &BatchProgress, unsaved: usize) -> String {
    let mut parts = Vec::new();
    if progress.waiting + progress.unfinished + progress.not_created + unsaved > 0 {
        parts.push("continue with --resume");
    }
    if progress.unknown > 0 {
        parts.push(
            "look for lines of unknown outcome (replicate predictions list); --resume --retry-unknown creates them again",
        );
    }
    if progress.expired > 0 {
        parts.push("create expired ones again with --resume --retry-expired");
    }
    if parts.is_empty() {
        parts.push("see the lines with an error in the results");
    }
    parts.join("; ")
}

/// `1 line`, `2 lines`.
fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}

fn counts(progress: &BatchProgress, unsaved: usize) -> [(&'static str, usize); 9] {
    [
        ("succeeded", progress.succeeded),
        ("failed", progress.failed),
        ("expired", progress.expired),
        ("unfinished", progress.unfinished),
        ("unknown", progress.unknown),
        ("not created", progress.not_created),
        ("not saved", unsaved),
        ("running", progress.running),
        ("not started", progress.waiting),
    ]
}

fn summary(progress: &BatchProgress, unsaved: usize) -> String {
    let counts = counts(progress, unsaved).into_iter();
    let counts = counts.filter(|(_, count)| *count > 0);
    let counts: Vec<_> = counts
        .map(|(name, count)| format!("{count} {name}"))
        .collect();
    let lines = counted(progress.total, "line");
    match counts.is_empty() {
        true => lines,
        false => format!("{lines}: {}", counts.join(", ")),
    }
}

/// The same as JSON, with the counts that are zero.
fn json_summary(progress: &BatchProgress, unsaved: usize) -> serde_json::Value {
    let mut summary = json!({ "lines": progress.total });
    for (name, count) in counts(progress, unsaved) {
        summary[name.replace(' ', "_")] = count.into();
    }
    summary
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shard_is_a_number_of_a_count() {
        assert_eq!(parse_shard("2/4"), Ok((2, 4)));
        for invalid in ["0/4", "5/4", "1", "a/b", "1/0", "-1/2"] {
            assert!(parse_shard(invalid).is_err(), "{invalid}");
        }
    }

    #[test]
    fn summary_leaves_out_what_there_is_none_of() {
        let mut progress = BatchProgress::default();
        progress.total = 10;
        progress.succeeded = 7;
        progress.unknown = 1;
        progress.waiting = 2;
        let expected = "10 lines: 7 succeeded, 1 unknown, 2 not started";
        assert_eq!(summary(&progress, 0), expected);
    }
}
