//! Prints the events of a prediction as they arrive.

use std::cell::Cell;
use std::time::Instant;

use replicate::{
    CancellationToken, Error, EventStream, LogProgress, PredictionHandle, StreamEvent,
};
use serde_json::json;

use crate::error::CliError;
use crate::progress::Progress;
use crate::session::Session;
use crate::terminal;

/// Prints a prediction's text, or its events as lines of JSON.
pub(crate) struct StreamPrinter<'a> {
    session: &'a Session,
    format: Format,
    /// Whether logs are written to standard error.
    logs: bool,
    until: Option<Instant>,
    printed: Cell<Printed>,
}

/// What is written to standard output.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
    /// The output's text.
    Text,
    /// Each event as a line of JSON.
    JsonLines,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Printed {
    Nothing,
    WholeLines,
    PartOfALine,
}

/// Why printing has stopped.
pub(crate) enum StreamError {
    /// The stream's error.
    Stream(Error),
    /// Standard output could not be written.
    Output(CliError),
}

impl<'a> StreamPrinter<'a> {
    pub(crate) fn new(session: &'a Session, format: Format, logs: bool) -> Self {
        Self {
            session,
            format,
            logs,
            until: None,
            printed: Cell::new(Printed::Nothing),
        }
    }

    /// Stops at this time; without one, at the time of `--timeout`.
    pub(crate) fn until(mut self, until: Option<Instant>) -> Self {
        self.until = until;
        self
    }

    /// Whether anything was written to standard output.
    pub(crate) fn has_printed(&self) -> bool {
        self.printed.get() != Printed::Nothing
    }

    /// Prints the events until the prediction is done. When `cancel` is canceled, so is the
    /// prediction.
    pub(crate) async fn print(
        &self,
        handle: &PredictionHandle,
        cancel: Option<CancellationToken>,
    ) -> Result<(), StreamError> {
        let progress = self.session.progress();
        let result = self.print_events(handle, cancel, &progress).await;
        self.end_line()?;
        result
    }

    async fn print_events(
        &self,
        handle: &PredictionHandle,
        cancel: Option<CancellationToken>,
        progress: &Progress,
    ) -> Result<(), StreamError> {
        let mut opening = handle.events();
        if let Some(left) = self.session.time_left(self.until) {
            opening = opening.timeout(left);
        }
        let notifies = cancel.is_some();
        if let Some(token) = cancel {
            opening = opening.cancellation_token(token);
        }
        let printing = async {
            let mut events = opening.await?;
            progress.set_text("processing");
            let first = self.first_output(&mut events, progress);
            let mut event = progress.showing(first).await?;
            while let Some(current) = event {
                self.print_event(current, progress)?;
                event = events.next().await.transpose()?;
            }
            Ok(())
        };
        let notice = || {
            // The notice gets a line of its own; a failed write ends the printing anyway.
            let _ = self.end_line();
            crate::prediction::canceling(handle.id())
        };
        match notifies {
            true => self.session.with_notice(progress, printing, notice).await,
            false => printing.await,
        }
    }

    /// The first event that is not a log line. Until then the progress line shows the logs' bar.
    async fn first_output(
        &self,
        events: &mut EventStream,
        progress: &Progress,
    ) -> Result<Option<StreamEvent>, StreamError> {
        loop {
            match events.next().await.transpose()? {
                Some(StreamEvent::Logs(text)) if self.format == Format::Text => {
                    if let Some(bar) = LogProgress::from_logs(&text) {
                        progress.set_bar(Some(bar));
                    }
                    self.print_event(StreamEvent::Logs(text), progress)?;
                }
                event => return Ok(event),
            }
        }
    }

    fn print_event(&self, event: StreamEvent, progress: &Progress) -> Result<(), StreamError> {
        match (self.format, event) {
            (Format::JsonLines, event) => {
                terminal::write_line(json_line(&event))?;
                self.printed.set(Printed::WholeLines);
            }
            (Format::Text, StreamEvent::Output(text)) if !text.is_empty() => {
                terminal::write_data(terminal::stdout_text(&text).as_bytes())?;
                self.printed.set(match text.ends_with('\n') {
                    true => Printed::WholeLines,
                    false => Printed::PartOfALine,
                });
            }
            (Format::Text, StreamEvent::Logs(text)) if self.logs => {
                progress.write_above(&terminal::stderr_line(&text));
            }
            (Format::Text, _) => {}
        }
        Ok(())
    }

    /// Ends the line that was printed last, if it is not complete.
    fn end_line(&self) -> Result<(), StreamError> {
        if self.printed.get() == Printed::PartOfALine {
            terminal::write_data("\n")?;
            self.printed.set(Printed::WholeLines);
        }
        Ok(())
    }
}

/// An event as a line of JSON.
fn json_line(event: &StreamEvent) -> String {
    let line = match event {
        StreamEvent::Output(text) => json!({"event": "output", "data": text.text()}),
        StreamEvent::Logs(text) => json!({"event": "logs", "data": text.text()}),
        StreamEvent::Done(done) => {
            let reason = match done.status.as_str() {
                "succeeded" => "completed",
                status => status,
            };
            json!({"event": "done", "reason": reason})
        }
        _ => json!({"event": "unknown"}),
    };
    line.to_string()
}

impl From<Error> for StreamError {
    fn from(error: Error) -> Self {
        Self::Stream(error)
    }
}

impl From<std::io::Error> for StreamError {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error.into())
    }
}
