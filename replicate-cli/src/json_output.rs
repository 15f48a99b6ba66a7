//! JSON on standard output: as it arrived in a pipe, indented and colored at a terminal, or what
//! the filter of `--jq` makes of it.

use bytes::Bytes;

use crate::error::CliError;
use crate::jq::{Filter, Style};
use crate::session::{Session, blocking};
use crate::terminal;

impl Session {
    /// Writes a JSON document to standard output.
    pub(crate) fn write_json(&self, document: impl AsRef<[u8]>) -> Result<(), CliError> {
        write(self.jq.as_deref(), document.as_ref())
    }

    /// Writes a JSON document to standard output, off the thread that notices signals.
    pub(crate) async fn print_json(&self, document: Bytes) -> Result<(), CliError> {
        let filter = self.jq.clone();
        blocking(move || write(filter.as_deref(), &document)).await
    }
}

/// Writes a JSON document to standard output, through the filter if there is one.
pub(crate) fn write(filter: Option<&str>, document: &[u8]) -> Result<(), CliError> {
    let at_terminal = terminal::stdout_is_terminal();
    let style = match at_terminal {
        true => Style::indented(terminal::stdout_shows_color()),
        false => Style::compact(),
    };
    let text = match filter {
        Some(code) => {
            let filter = Filter::parse(code).map_err(CliError::usage)?;
            filter.apply(document, &style)?
        }
        None if at_terminal => style
            .document(document)
            .unwrap_or_else(|| document.to_vec()),
        None => return Ok(terminal::write_line(document)?),
    };
    if !at_terminal {
        return Ok(terminal::write_data(text)?);
    }
    if text.is_empty() {
        return Ok(());
    }
    Ok(terminal::write_line(without_controls(
        &text,
        filter.is_some(),
    ))?)
}

/// JSON without the control characters that JSON does not escape. The escape sequences are those
/// of the colors, except in a string that a filter has unquoted.
fn without_controls(text: &[u8], unquoted: bool) -> String {
    let text = String::from_utf8_lossy(text);
    if unquoted {
        return terminal::strip_control_chars(&text);
    }
    text.chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\u{1b}'))
        .collect()
}
