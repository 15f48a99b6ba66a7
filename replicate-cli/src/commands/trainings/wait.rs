//! Waits for trainings.

use std::time::Instant;

use bytes::Bytes;
use replicate::types::Training;
use replicate::{Error, ErrorKind, TrainingHandle};

use super::fields;
use crate::commands::print_one;
use crate::error::CliError;
use crate::session::Session;
use crate::terminal;

/// Waits for a training that exists, and shows it. An interruption leaves it running.
pub(super) async fn attached(session: &Session, id: &str) -> Result<(), CliError> {
    let handle = session.client.training(id);
    let waiting = wait(session, &handle, None, false);
    let result = session.unless_interrupted(waiting).await;
    show(session, &handle)?;
    result?.map_err(|error| named(id, error))
}

/// Waits for a training that this command created, and shows it. An interruption cancels it.
pub(super) async fn created(
    session: &Session,
    training: &Training,
    until: Option<Instant>,
) -> Result<(), CliError> {
    let handle = session.client.training(training);
    let id = &training.id;
    let notice = || format!("canceling training {id} (Ctrl-C again leaves at once)");
    let waiting = wait(session, &handle, until, true);
    let result = session
        .with_notice(&session.progress(), waiting, notice)
        .await;
    show(session, &handle).map_err(|error| error.after_training(id))?;
    let Err(error) = result else { return Ok(()) };
    if session.interrupted.is_cancelled() {
        return Err(interruption(id, Err(error)));
    }
    Err(named(id, error).after_training(id))
}

/// Cancels a training whose create was overtaken by an interruption.
pub(super) async fn canceled(session: &Session, training: &Training) -> CliError {
    let result = session.client.trainings().cancel(training).await;
    interruption(&training.id, result.map(|_| ()))
}

/// The error of a command that was interrupted, and what became of its training.
fn interruption(id: &str, result: Result<(), Error>) -> CliError {
    match result {
        Ok(()) => CliError::interrupted(format!("training {id} was canceled")),
        Err(error) if matches!(error.kind(), ErrorKind::Canceled | ErrorKind::Aborted) => {
            CliError::interrupted(format!("training {id} was canceled"))
        }
        Err(error) => CliError::interrupted(format!("{error}"))
            .hint(format!("cancel it: replicate trainings cancel {id}")),
    }
}

/// The error of a wait, with what to do.
fn named(id: &str, error: Error) -> CliError {
    let ended = matches!(
        error.kind(),
        ErrorKind::Failed | ErrorKind::Canceled | ErrorKind::Aborted | ErrorKind::NotFound
    );
    let error = CliError::from(error);
    match ended {
        true => error,
        false => error.or_hint(format!(
            "wait for it: replicate trainings wait {id}; cancel it: replicate trainings cancel {id}"
        )),
    }
}

async fn wait(
    session: &Session,
    handle: &TrainingHandle,
    until: Option<Instant>,
    cancels: bool,
) -> Result<(), Error> {
    let progress = session.progress();
    let shown = progress.clone();
    let mut waiting = handle.wait().on_progress(move |now| {
        if let Some(training) = now.snapshot() {
            shown.set_bar(now.bar());
            shown.set_text(training.status.as_str());
        }
    });
    if cancels {
        waiting = waiting.cancellation_token(session.interrupted.clone());
    }
    if let Some(left) = session.time_left(until) {
        waiting = waiting.timeout(left);
    }
    progress.showing(waiting.into_future()).await.map(|_| ())
}

/// Prints the latest snapshot, if there is one.
fn show(session: &Session, handle: &TrainingHandle) -> Result<(), CliError> {
    let encoded = || {
        serde_json::to_vec(&*handle.snapshot()?)
            .ok()
            .map(Bytes::from)
    };
    match handle.body().or_else(encoded) {
        Some(body) => print_one(session, &body, fields),
        None => Ok(()),
    }
}

/// Prints the logs: those that there are, or with `follow` new lines until the training is done.
pub(super) async fn logs(session: &Session, id: &str, follow: bool) -> Result<(), CliError> {
    let handle = session.client.training(id);
    if !follow {
        let training = session.unless_interrupted(handle.refresh()).await??;
        let logs = training.logs.as_deref().unwrap_or_default();
        if session.json {
            return session.write_json(serde_json::Value::from(logs).to_string());
        }
        return match logs.is_empty() {
            true => Ok(()),
            false => Ok(terminal::write_line(logs)?),
        };
    }
    let (lines, mut printed) = (std::sync::mpsc::channel(), 0);
    let (sender, receiver) = lines;
    let mut waiting = handle.wait().on_progress(move |now| {
        let Some(training) = now.snapshot() else {
            return;
        };
        let Some(new) = training
            .logs
            .as_deref()
            .and_then(|logs| logs.get(printed..))
        else {
            return;
        };
        // The last line may not be complete yet.
        let end = match training.status.is_terminal() {
            true => new.len(),
            false => new.rfind('\n').map_or(0, |at| at + 1),
        };
        printed += end;
        let _ = sender.send(new[..end].to_owned());
    });
    if let Some(left) = session.time_left(None) {
        waiting = waiting.timeout(left);
    }
    let mut waiting = waiting.into_future();
    let print = || -> Result<(), CliError> {
        for text in receiver.try_iter().filter(|text| !text.is_empty()) {
            terminal::write_data(&text)?;
        }
        Ok(())
    };
    let following = async {
        loop {
            tokio::select! {
                result = &mut waiting => {
                    print()?;
                    return result.map(|_| ()).map_err(|error| named(id, error));
                }
                () = tokio::time::sleep(std::time::Duration::from_millis(50)) => print()?,
            }
        }
    };
    session.unless_interrupted(following).await?
}
