//! JSON on standard output: as it arrived in a pipe, indented and colored at a terminal, or what
//! the filter of `--jq` makes of it.

use bytes::Bytes;

use crate::error::{CliError, Result};
use crate::jq::{Filter, Style};
use crate::session::{Session, blocking};
use crate::terminal;

impl Session {
    pub(crate) fn write_json(&self, document: impl AsRef<[u8]>) -> Result<()> {
        write(self.jq.as_deref(), document.as_ref())
    }

    /// Writes a JSON document to standard output, off the thread that notices signals.
    pub(crate) async fn print_json(&self, document: Bytes) -> Result<()> {
        let filter = self.jq.clone();
        blocking(move || write(filter.as_deref(), &document)).await
    }
}

pub(crate) fn write(filter: Option<&str>, document: &[u8]) -> Result<()> {
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
    Ok(terminal::write_line(without_controls(&text))?)
}

/// JSON without the control characters that JSON does not escape. Escape sequences are those of
/// the colors.
fn without_controls(text: &[u8]) -> String {
    String::from_utf8_lossy(text)
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\u{1b}'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_at_a_terminal_cannot_control_it() {
        let style = Style::indented(false);
        let document = "{\"a\": \"x\\u001b[2J\u{9b}2J\"}";
        let shown = without_controls(&style.document(document.as_bytes()).expect("JSON"));
        assert_eq!(shown, "{\n  \"a\": \"x\\u001b[2J2J\"\n}");
        let filter = Filter::parse(".a").expect("a filter");
        let shown = without_controls(&filter.apply(document.as_bytes(), &style).expect("text"));
        assert_eq!(shown, "x[2J2J\n");
    }
}
