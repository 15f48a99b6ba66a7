//! Creates a prediction and follows it, through the handle of the library.

use std::time::{Duration, Instant};

use bytes::Bytes;
use replicate::types::{Prediction, Status};
use replicate::{CancellationToken, ErrorKind, Handle, Job, PredictionHandle, Run, Wait};
use serde::{Deserialize, Serialize};

use crate::error::{CliError, ExitCode, Result, deliver_hint, running_hint};
use crate::session::{Ended, Session};
use crate::signals::{self, Phase};
use crate::terminal;

/// By how much the library's timeout is longer than the command's, which is to come first.
const MARGIN: Duration = Duration::from_secs(1);

/// Handling of a prediction when a signal, a closed pipe or a timeout ends the command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Leave {
    /// This command created it: a signal cancels it, and a timeout does if that was asked for.
    Cancel { on_timeout: bool },
    /// This command created it, and leaves it running.
    Running,
    /// It was created before.
    Attached,
}

impl Leave {
    fn cancels(self) -> bool {
        matches!(self, Self::Cancel { .. })
    }
}

pub(crate) struct Followed<'a> {
    pub(crate) session: &'a Session,
    pub(crate) handle: PredictionHandle,
    leave: Leave,
    until: Option<Instant>,
}

/// Creates the prediction of `run`, once. A signal cancels what was created.
pub(crate) async fn start<'a>(
    session: &'a Session,
    mut run: Run,
    leave: Leave,
    until: Option<Instant>,
) -> Result<Followed<'a>> {
    if let Some(left) = session.time_left(None) {
        run = run.timeout(left);
    }
    let cancels = leave.cancels();
    if cancels {
        run = run.cancellation_token(session.interrupted.clone());
    }
    if session.interrupted.is_cancelled() {
        return Err(CliError::interrupted("no prediction was created"));
    }
    signals::set_phase(Phase::Creating { cancels });
    let progress = session.progress();
    progress.set_text("creating the prediction");
    let shown = progress.clone();
    let mut outage = false;
    let run = run.on_progress(move |now| shown.report(now, &mut outage));
    let started = match progress.showing(run.start()).await {
        // The prediction exists, and may be decodable once it is done.
        Err(error) if error.kind() == ErrorKind::Decode => match error.prediction_id() {
            Some(id) => Ok(session.client.prediction(id)),
            None => Err(error),
        },
        started => started,
    };
    let interrupted = session.interrupted.is_cancelled();
    let error = match started {
        Ok(handle) => {
            let followed = Followed {
                session,
                handle,
                leave,
                until,
            };
            followed.enter();
            return match interrupted {
                true => Err(followed.interrupted().await),
                false => Ok(followed),
            };
        }
        Err(error) if !interrupted => return Err(error.into()),
        Err(error) => error,
    };
    Err(match (error.prediction_id(), error.kind()) {
        (Some(id), ErrorKind::Canceled | ErrorKind::Aborted) => was_canceled(id),
        (Some(id), _) => {
            let error = CliError::interrupted(&error).after_create(id);
            error.hint(running_hint(id))
        }
        (None, ErrorKind::OutcomeUnknown) => {
            CliError::interrupted("no response to the create arrived; a prediction may exist")
                .hint("look for it: replicate predictions list --limit 5")
        }
        (None, _) => CliError::interrupted("no prediction was created"),
    })
}

fn was_canceled(id: &str) -> CliError {
    CliError::interrupted(format!("prediction {id} was canceled")).after_create(id)
}

/// State of a prediction once its wait has ended.
pub(crate) struct Waited {
    /// The response body of the latest snapshot, as the API sent it.
    pub(crate) body: Bytes,
    /// Whether the prediction has succeeded.
    pub(crate) result: Result<()>,
}

impl<'a> Followed<'a> {
    /// A prediction that was created before.
    pub(crate) fn attach(session: &'a Session, id: &str) -> Self {
        Self {
            session,
            handle: session.client.prediction(id),
            leave: Leave::Attached,
            until: None,
        }
    }

    fn enter(&self) {
        let id = self.handle.id().to_owned();
        let cancels = self.leave.cancels();
        signals::set_phase(match self.is_terminal() {
            true => Phase::Delivering { id },
            false => Phase::Running { id, cancels },
        });
    }

    pub(crate) fn is_terminal(&self) -> bool {
        let snapshot = self.handle.snapshot();
        snapshot.is_some_and(|prediction| prediction.status.is_terminal())
    }

    /// The time that the library may take: a little more than the command waits.
    pub(crate) fn timeout(&self) -> Option<Duration> {
        Some(self.session.time_left(self.until)? + MARGIN)
    }

    /// Drives work on the prediction until it is done, or a signal or the timeout ends it; then
    /// the prediction is canceled, where the command does that.
    pub(crate) async fn drive<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        match self.session.until(self.until, work).await {
            Ended::Done(Err(error)) if error.is_closed_pipe() && self.leave.cancels() => {
                if self.is_terminal() {
                    return Err(error);
                }
                signals::note_closed_pipe(&self.session.interrupted);
                Err(self.interrupted().await)
            }
            Ended::Done(Err(error))
                if self.leave != Leave::Attached || self.handle.snapshot().is_some() =>
            {
                Err(error.after_create(self.handle.id()))
            }
            Ended::Done(result) => result,
            Ended::Interrupted => Err(self.interrupted().await),
            Ended::TimedOut => Err(self.timed_out().await),
        }
    }

    /// Waits until the prediction is done. With `logs`, new lines of its logs are written to
    /// standard error.
    pub(crate) async fn wait(&self, logs: bool) -> Waited {
        let progress = self.session.progress();
        progress.set_text("waiting");
        let shown = progress.clone();
        let mut outage = false;
        let mut log_lines = LogLines::default();
        let mut waiting = self.handle.wait().on_progress(move |now| {
            shown.report(now, &mut outage);
            let snapshot = now.snapshot().filter(|_| logs);
            if let Some(text) = snapshot.and_then(|now| log_lines.take(status_and_logs(now))) {
                terminal::say(&text);
            }
        });
        if let Some(timeout) = self.timeout() {
            waiting = waiting.timeout(timeout);
        }
        let mut undecoded = None;
        let waiting = async {
            let waited = progress.showing(waiting).await;
            waited.map(|_| ()).map_err(|error| {
                if error.kind() == ErrorKind::Decode {
                    undecoded = error.body().cloned();
                }
                CliError::from(error)
            })
        };
        let mut result = self.drive(waiting).await;
        if let Some(body) = undecoded {
            if self.session.json {
                result = self.result_in(&body).unwrap_or(result);
            }
            return Waited { body, result };
        }
        if result.is_ok() {
            self.enter();
        }
        Waited {
            body: self.body(),
            result,
        }
    }

    /// Outcome of the prediction, by the status in a response body whose other fields cannot be
    /// decoded, as an output with a lone surrogate. `None` if that does not show it.
    fn result_in(&self, body: &[u8]) -> Option<Result<()>> {
        #[derive(Deserialize)]
        struct Body {
            status: Status,
        }
        let status = serde_json::from_slice::<Body>(body).ok()?.status;
        let id = self.handle.id();
        match status {
            Status::Succeeded => Some(Ok(())),
            status if status.is_terminal() => {
                let message = format!("prediction {id} has the status {status}");
                let error = CliError::new(ExitCode::Failed, message);
                Some(Err(error.after_create(id)))
            }
            _ => None,
        }
    }

    pub(crate) fn body(&self) -> Bytes {
        latest_body(&self.handle).unwrap_or_default()
    }

    /// The error of a command that a signal has ended, and what became of its prediction.
    async fn interrupted(&self) -> CliError {
        let id = self.handle.id();
        let snapshot = self.handle.snapshot();
        if let Some(prediction) = snapshot.filter(|prediction| prediction.status.is_terminal()) {
            let message = match &prediction.status {
                Status::Succeeded => {
                    format!("prediction {id} has succeeded, and its output was not delivered")
                }
                Status::Canceled => format!("prediction {id} was canceled"),
                status => format!("prediction {id} has {status}"),
            };
            return self.ended(message, deliver_hint(id));
        }
        if !self.leave.cancels() {
            let message = format!("prediction {id} is still running");
            return self.ended(message, running_hint(id));
        }
        match self.cancel().await {
            Ok(()) => {
                let message = format!("prediction {id} had succeeded before the cancel");
                self.ended(message, deliver_hint(id))
            }
            Err(error) => match error.kind() {
                ErrorKind::Canceled | ErrorKind::Aborted => was_canceled(id),
                _ => self.ended(error.to_string(), running_hint(id)),
            },
        }
    }

    fn ended(&self, message: String, hint: String) -> CliError {
        let id = self.handle.id();
        CliError::interrupted(message).after_create(id).hint(hint)
    }

    /// Cancels the prediction, and waits a moment until that is confirmed.
    async fn cancel(&self) -> Result<(), replicate::Error> {
        let canceled = CancellationToken::new();
        canceled.cancel();
        let progress = self.session.progress();
        progress.set_text("canceling");
        let canceling = self.handle.wait().cancellation_token(canceled);
        progress.showing(canceling).await.map(|_| ())
    }

    /// The error of a wait that has timed out, and what became of the prediction.
    async fn timed_out(&self) -> CliError {
        let id = self.handle.id();
        let error = |what: &str| {
            let message = format!("timed out waiting for prediction {id}; {what}");
            CliError::timeout(message).after_create(id)
        };
        if self.leave != (Leave::Cancel { on_timeout: true }) {
            return error("it may still be running").hint(running_hint(id));
        }
        match self.cancel().await {
            Err(failure) if failure.kind() == ErrorKind::Canceled => error("it was canceled"),
            Ok(()) => error("it had succeeded before the cancel").hint(deliver_hint(id)),
            Err(failure) => error(&failure.to_string()).hint(running_hint(id)),
        }
    }
}

/// The response body of the latest snapshot of a prediction or training. Where the library has not
/// kept it, the snapshot is written as JSON again.
pub(crate) fn latest_body<J: Job + Serialize>(handle: &Handle<J>) -> Option<Bytes> {
    let encoded = || {
        let snapshot = serde_json::to_vec(&*handle.snapshot()?);
        snapshot.ok().map(Bytes::from)
    };
    handle.body().or_else(encoded)
}

pub(crate) async fn print_logs(logs: Option<&str>) -> Result<()> {
    match logs.unwrap_or_default() {
        "" => Ok(()),
        logs => write_line(logs).await,
    }
}

/// Prints new lines of the logs to standard output until the prediction or training is done; returns
/// the outcome of the wait. A failed write ends it at once.
pub(crate) async fn follow_logs<J: Job>(
    waiting: Wait<J>,
    status_and_logs: fn(&J) -> (&Status, Option<&str>),
) -> Result<Result<(), replicate::Error>> {
    let (lines, mut arriving) = tokio::sync::mpsc::unbounded_channel();
    let mut taken = LogLines::default();
    let waiting = waiting.on_progress(move |now| {
        let job = now.snapshot().map(status_and_logs);
        if let Some(text) = job.and_then(|job| taken.take(job)) {
            // The receiver lives as long as the wait.
            let _ = lines.send(text);
        }
    });
    let writing = async {
        while let Some(text) = arriving.recv().await {
            write(text).await?;
        }
        Ok::<_, CliError>(())
    };
    // The lines that came before a failure of the wait are written too.
    let waiting = async { Ok(waiting.await.map(|_| ())) };
    let ((), waited) = futures::try_join!(writing, waiting)?;
    Ok(waited)
}

pub(crate) fn status_and_logs(prediction: &Prediction) -> (&Status, Option<&str>) {
    (&prediction.status, prediction.logs.as_deref())
}

/// The lines of logs, each returned once.
#[derive(Debug, Default)]
struct LogLines {
    returned: usize,
}

impl LogLines {
    /// The new lines. The last one is held back until it is complete or the status is terminal.
    fn take(&mut self, (status, logs): (&Status, Option<&str>)) -> Option<String> {
        // Logs that became shorter are not repeated.
        let new = logs?.get(self.returned..)?;
        let end = match status.is_terminal() {
            true => new.len(),
            false => new.rfind('\n').map_or(0, |at| at + 1),
        };
        self.returned += end;
        let mut lines = (end > 0).then(|| new[..end].to_owned())?;
        if !lines.ends_with('\n') {
            lines.push('\n');
        }
        Some(lines)
    }
}

/// The id of a prediction that is written as its id, the URL of its page, or its URL at the API.
pub(crate) fn id(text: &str) -> Result<String> {
    let text = text.trim();
    let invalid = || {
        CliError::usage(format!("invalid prediction id `{text}`"))
            .hint("expected an id, or the URL of the prediction's page")
    };
    let id = match text.split_once("://") {
        None => text.strip_prefix("replicate.com/p/").unwrap_or(text),
        Some((_, rest)) => {
            let path = rest.split(['?', '#']).next().unwrap_or_default();
            let mut parts = path.trim_end_matches('/').rsplit('/');
            let id = parts.next().unwrap_or_default();
            match parts.next() {
                Some("p" | "predictions") => id,
                _ => return Err(invalid()),
            }
        }
    };
    let is_id = !id.is_empty()
        && id
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    is_id.then(|| id.to_owned()).ok_or_else(invalid)
}

/// Writes text to standard output, off the thread that notices signals.
pub(crate) async fn write(text: String) -> Result<()> {
    crate::session::blocking(move || Ok(terminal::write_data(text)?)).await
}

/// Writes a line to standard output, off the thread that notices signals.
pub(crate) async fn write_line(line: impl Into<Vec<u8>>) -> Result<()> {
    let line = line.into();
    crate::session::blocking(move || Ok(terminal::write_line(line)?)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_are_complete_and_returned_once() {
        let mut lines = LogLines::default();
        for (status, logs, new) in [
            (Status::Processing, "one\ntw", Some("one\n")),
            (Status::Processing, "one\ntwo", None),
            (Status::Processing, "one\ntwo\n", Some("two\n")),
            (Status::Succeeded, "one\ntwo\nend", Some("end\n")),
            (Status::Succeeded, "one\ntwo\nend", None),
        ] {
            assert_eq!(lines.take((&status, Some(logs))).as_deref(), new, "{logs}");
        }
    }

    #[test]
    fn prediction_is_named_by_its_id_or_by_the_url_of_its_page() {
        for text in [
            "abc123",
            " abc123\n",
            "https://replicate.com/p/abc123",
            "https://replicate.com/p/abc123/?x=1#y",
            "replicate.com/p/abc123",
            "https://api.replicate.com/v1/predictions/abc123",
        ] {
            assert_eq!(id(text).expect(text), "abc123");
        }
        for text in ["", "a/b", "https://replicate.com/acme/app", "a b"] {
            assert!(id(text).is_err(), "{text}");
        }
    }
}
