//! A prediction's text, printed as it comes.

use std::time::Instant;

use futures::TryStreamExt;
use replicate::types::Prediction;
use replicate::{Error, ErrorKind, EventStream, LogProgress, StreamEvent};

use crate::failure::Failure;
use crate::job;
use crate::output::Printed;
use crate::progress::Progress;
use crate::session::Session;
use crate::terminal;

/// How much of a prediction a stream has told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Told {
    /// All of its text, to a good end.
    Completed,
    /// Not how it ended: the prediction itself does.
    Unfinished,
}

/// The address of a prediction's stream, if it has one.
pub(crate) fn address(prediction: &Prediction) -> Option<&str> {
    let address = prediction.urls.as_ref()?.stream.as_deref()?;
    (!address.is_empty()).then_some(address)
}

/// Prints the text of a running prediction as it comes, and puts it into `shown`.
pub(crate) async fn print_text(
    session: &Session,
    prediction: &Prediction,
    logs: bool,
    until: Option<Instant>,
    shown: &mut String,
) -> Result<Told, Failure> {
    let printing = print_events(session, prediction, logs, shown);
    let left = session.time_left(until);
    let in_time = async {
        match left {
            Some(left) => tokio::time::timeout(left, printing).await,
            None => Ok(printing.await),
        }
    };
    let ended = tokio::select! {
        biased;
        () = session.interrupted.cancelled() => None,
        told = in_time => Some(told),
    };
    match ended {
        Some(Ok(told)) => told,
        Some(Err(_)) => {
            end_line(shown)?;
            Err(Failure::not_in_time(&prediction.id))
        }
        None => {
            end_line(shown)?;
            Err(job::cancel(session, &prediction.id).await)
        }
    }
}

async fn print_events(
    session: &Session,
    prediction: &Prediction,
    logs: bool,
    shown: &mut String,
) -> Result<Told, Failure> {
    let mut events = match session.client.stream_prediction(prediction).await {
        Ok(events) => events,
        Err(_) => return Ok(Told::Unfinished),
    };
    let progress = session.progress();
    let mut next = progress
        .showing(first_words(&mut events, &progress, logs))
        .await;
    loop {
        match next {
            Ok(Some(StreamEvent::Output(text))) => {
                terminal::write_data(displayed(&text))?;
                shown.push_str(&text);
            }
            Ok(Some(StreamEvent::Logs(text))) if logs => progress.write_above(&with_end(&text)),
            Ok(Some(StreamEvent::Done(done))) if done.status.as_str() == "succeeded" => {
                end_line(shown)?;
                return Ok(Told::Completed);
            }
            Ok(Some(StreamEvent::Done(_))) | Ok(None) => return Ok(Told::Unfinished),
            Ok(Some(_)) => {}
            Err(error) if has_ended(&error) => {
                end_line(shown)?;
                return Err(error.into());
            }
            Err(_) => return Ok(Told::Unfinished),
        }
        next = events.try_next().await;
    }
}

/// The first event that is no logs; until then, the logs tell how far the model is.
async fn first_words(
    events: &mut EventStream,
    progress: &Progress,
    logs: bool,
) -> Result<Option<StreamEvent>, Error> {
    progress.tell("processing");
    loop {
        match events.try_next().await? {
            Some(StreamEvent::Logs(text)) => {
                if let Some(bar) = LogProgress::from_logs(&text) {
                    progress.tell_bar(Some(bar));
                }
                if logs {
                    progress.write_above(&with_end(&text));
                }
            }
            event => return Ok(event),
        }
    }
}

/// Prints what a stream did not tell of the whole output.
pub(crate) fn print_rest(shown: &str, output: &Printed) -> Result<(), Failure> {
    let whole = output.lines();
    match whole.strip_prefix(shown) {
        Some("") => Ok(()),
        Some(rest) => terminal::write_line(displayed(rest)),
        None => {
            end_line(shown)?;
            Err(Failure::error(
                "the stream broke off, and its text is not the beginning of the output",
            ))
        }
    }
}

fn has_ended(error: &Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Failed | ErrorKind::Canceled | ErrorKind::Aborted
    )
}

pub(crate) fn displayed(text: &str) -> String {
    match terminal::stdout_is_terminal() {
        true => terminal::harmless(text),
        false => text.to_owned(),
    }
}

/// Ends the line that was printed last, if it is not at its end.
pub(crate) fn end_line(shown: &str) -> Result<(), Failure> {
    match shown {
        "" => Ok(()),
        shown if shown.ends_with('\n') => Ok(()),
        _ => terminal::write_data("\n"),
    }
}

fn with_end(text: &str) -> String {
    let text = match terminal::stderr_is_terminal() {
        true => terminal::harmless(text),
        false => text.to_owned(),
    };
    if text.ends_with('\n') {
        text
    } else {
        format!("{text}\n")
    }
}
