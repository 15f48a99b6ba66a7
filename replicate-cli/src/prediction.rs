//! Creates a prediction and waits for it, through the handle of the library.

use std::time::Instant;

use bytes::Bytes;
use replicate::types::Prediction;
use replicate::{Error, ErrorKind, PredictionHandle, Run, is_terminal};

use crate::error::CliError;
use crate::session::Session;
use crate::terminal;

/// Creates the prediction of `run`, once. An interruption cancels what was created.
pub(crate) async fn start(session: &Session, mut run: Run) -> Result<PredictionHandle, CliError> {
    if let Some(left) = session.time_left(None) {
        run = run.timeout(left);
    }
    let progress = session.progress();
    progress.set_text("creating the prediction");
    let starting = run.cancellation_token(session.interrupted.clone()).start();
    let notice = || "canceling the create (Ctrl-C again leaves at once)".to_owned();
    let started = session
        .with_notice(&progress, progress.showing(starting), notice)
        .await;
    let interrupted = session.interrupted.is_cancelled();
    match started {
        Ok(handle) if interrupted => {
            let wait = handle.wait();
            let waited = wait.cancellation_token(session.interrupted.clone()).await;
            Err(interruption(handle.id(), waited))
        }
        Ok(handle) => Ok(handle),
        Err(error) if !interrupted => Err(error.into()),
        Err(error) => Err(match (error.prediction_id(), error.kind()) {
            (Some(id), _) => {
                let id = id.to_owned();
                interruption(&id, Err(error))
            }
            (None, ErrorKind::OutcomeUnknown) => {
                CliError::interrupted(format!("interrupted; {error}"))
                    .hint("look for it: replicate predictions list --limit 5")
            }
            (None, _) => CliError::interrupted("interrupted; no prediction was created"),
        }),
    }
}

/// What is known of a prediction once its wait has ended.
pub(crate) struct Waited {
    /// The response body of the latest snapshot, as the API sent it.
    pub(crate) body: Bytes,
    /// Whether the prediction has succeeded.
    pub(crate) result: Result<(), CliError>,
}

/// Waits until a prediction that this command created is done; an interruption cancels it. With
/// `logs`, new lines of its logs are written to standard error.
pub(crate) async fn wait(
    session: &Session,
    handle: &PredictionHandle,
    until: Option<Instant>,
    logs: bool,
) -> Waited {
    let progress = session.progress();
    let shown = progress.clone();
    let mut log_lines = LogLines::default();
    let mut waiting = handle
        .wait()
        .cancellation_token(session.interrupted.clone())
        .on_progress(move |now| {
            let Some(prediction) = now.snapshot() else {
                return;
            };
            shown.set_text(prediction.status.as_str());
            shown.set_bar(now.bar());
            if let Some(text) = logs.then(|| log_lines.take(prediction)).flatten() {
                shown.write_above(&text);
            }
        });
    if let Some(left) = session.time_left(until) {
        waiting = waiting.timeout(left);
    }
    let waiting = progress.showing(waiting.into_future());
    let notice = || canceling(handle.id());
    let waited = session.with_notice(&progress, waiting, notice).await;
    Waited {
        body: body(handle),
        result: finished(session, handle, waited),
    }
}

/// The result of a wait or stream of a prediction that this command created.
pub(crate) fn finished(
    session: &Session,
    handle: &PredictionHandle,
    result: Result<Prediction, Error>,
) -> Result<(), CliError> {
    if session.interrupted.is_cancelled() {
        return Err(interruption(handle.id(), result));
    }
    Ok(result.map(|_| ())?)
}

/// The notice of an interruption while a prediction runs.
pub(crate) fn canceling(id: &str) -> String {
    format!("canceling prediction {id} (Ctrl-C again leaves at once)")
}

/// The error of a command that was interrupted, and what became of its prediction.
fn interruption(id: &str, result: Result<Prediction, Error>) -> CliError {
    let Err(error) = result else {
        let message = format!("interrupted; prediction {id} had succeeded before the cancel");
        return CliError::interrupted(message)
            .hint(format!("show its output: replicate predictions show {id}"));
    };
    match error.kind() {
        ErrorKind::Canceled | ErrorKind::Aborted => {
            CliError::interrupted(format!("interrupted; prediction {id} was canceled"))
        }
        ErrorKind::Failed => CliError::interrupted(format!("interrupted; {error}")),
        _ => CliError::interrupted(format!("interrupted; {error}"))
            .hint(format!("cancel it: replicate predictions cancel {id}")),
    }
}

/// The response body of the latest snapshot. Where the library has not kept it, the snapshot is
/// written as JSON again.
pub(crate) fn body(handle: &PredictionHandle) -> Bytes {
    let encoded = || {
        let snapshot = handle.snapshot()?;
        serde_json::to_vec(&*snapshot).ok().map(Bytes::from)
    };
    handle.body().or_else(encoded).unwrap_or_default()
}

/// The lines of a prediction's logs, each returned once.
#[derive(Debug, Default)]
struct LogLines {
    /// How many bytes of the logs were returned.
    returned: usize,
}

impl LogLines {
    /// The new lines. The last one is held back until it is complete or the prediction is done.
    fn take(&mut self, prediction: &Prediction) -> Option<String> {
        // Logs that became shorter are not repeated.
        let new = prediction.logs.as_deref()?.get(self.returned..)?;
        let end = match is_terminal(prediction.status.as_str()) {
            true => new.len(),
            false => new.rfind('\n').map_or(0, |at| at + 1),
        };
        self.returned += end;
        (end > 0).then(|| terminal::stderr_line(&new[..end]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn log_lines_are_complete_and_returned_once() {
        let mut lines = LogLines::default();
        let mut take = |status: &str, logs: &str| {
            let prediction = json!({"id": "a", "status": status, "logs": logs});
            lines.take(&serde_json::from_value(prediction).expect("a prediction"))
        };
        assert_eq!(take("processing", "one\ntw").as_deref(), Some("one\n"));
        assert_eq!(take("processing", "one\ntwo"), None);
        assert_eq!(take("processing", "one\ntwo\n").as_deref(), Some("two\n"));
        assert_eq!(take("succeeded", "one\ntwo\nend").as_deref(), Some("end\n"));
        assert_eq!(take("succeeded", "one\ntwo\nend"), None);
    }
}
