//! Prints the events of a prediction as they arrive.

use std::cell::Cell;

use replicate::{EventStream, LogProgress, StreamEvent};
use serde_json::json;

use crate::error::{CliError, Result};
use crate::prediction::{Followed, write, write_line};
use crate::progress::Progress;
use crate::terminal;

struct StreamPrinter<'a> {
    followed: &'a Followed<'a>,
    format: Format,
    logs: bool,
    printed: Cell<Printed>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Format {
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

/// Prints a prediction's text, or its events as lines of JSON, until the prediction is done. `logs`
/// is whether logs are written to standard error. Returns whether anything was printed.
pub(crate) async fn print(followed: &Followed<'_>, format: Format, logs: bool) -> Result<bool> {
    let printer = StreamPrinter {
        followed,
        format,
        logs,
        printed: Cell::new(Printed::Nothing),
    };
    let progress = followed.session.progress();
    let result = followed.drive(printer.print_events(&progress)).await;
    let ended = printer.end_line().await;
    result.and(ended)?;
    Ok(printer.printed.get() != Printed::Nothing)
}

impl StreamPrinter<'_> {
    async fn print_events(&self, progress: &Progress) -> Result<()> {
        let mut opening = self.followed.handle.events();
        if let Some(timeout) = self.followed.timeout() {
            opening = opening.timeout(timeout);
        }
        progress.set_text("waiting for output");
        let first = async {
            let mut events = opening.await?;
            let first = self.first_output(&mut events, progress).await?;
            Ok::<_, CliError>((events, first))
        };
        let (mut events, mut event) = progress.showing(first).await?;
        while let Some(current) = event {
            self.print_event(current).await?;
            event = events.next().await.transpose()?;
        }
        Ok(())
    }

    /// The first event that is not a log line. Until then the progress line shows the logs' bar.
    async fn first_output(
        &self,
        events: &mut EventStream,
        progress: &Progress,
    ) -> Result<Option<StreamEvent>> {
        loop {
            match events.next().await.transpose()? {
                Some(StreamEvent::Logs(text)) if self.format == Format::Text => {
                    if let Some(bar) = LogProgress::from_logs(&text) {
                        progress.set_bar(Some(bar));
                        progress.set_text("processing");
                    }
                    self.print_event(StreamEvent::Logs(text)).await?;
                }
                event => return Ok(event),
            }
        }
    }

    async fn print_event(&self, event: StreamEvent) -> Result<()> {
        match (self.format, event) {
            (Format::JsonLines, event) => {
                write_line(json_line(&event)).await?;
                self.printed.set(Printed::WholeLines);
            }
            (Format::Text, StreamEvent::Output(text)) if !text.is_empty() => {
                let text = text.text().to_owned();
                let printed = match text.ends_with('\n') {
                    true => Printed::WholeLines,
                    false => Printed::PartOfALine,
                };
                write(text).await?;
                self.printed.set(printed);
            }
            (Format::Text, StreamEvent::Logs(text)) if self.logs => {
                terminal::say(text.text());
            }
            (Format::Text, _) => {}
        }
        Ok(())
    }

    /// Ends the line that was printed last, if it is not complete.
    async fn end_line(&self) -> Result<()> {
        if self.printed.get() == Printed::PartOfALine {
            self.printed.set(Printed::WholeLines);
            // A reader that is gone, or stuck, does not keep the command.
            if !self.followed.session.interrupted.is_cancelled() {
                return write("\n".to_owned()).await;
            }
        }
        Ok(())
    }
}

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
