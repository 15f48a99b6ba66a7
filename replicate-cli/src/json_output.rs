//! JSON on standard output: as it arrived in a pipe, indented and colored at a terminal, or what
//! the filter of `--jq` makes of it.

use bytes::Bytes;

use crate::error::{CliError, Result};
use crate::jq::{self, Filter};
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
    let format = match terminal::stdout_is_terminal() {
        true => Some(jq::indented(terminal::stdout_shows_color())),
        false => None,
    };
    if let Some(code) = filter {
        let filter = Filter::parse(code).map_err(CliError::usage)?;
        let text = filter.apply(document, &format.unwrap_or_default())?;
        return Ok(terminal::write_data(text)?);
    }
    match format.and_then(|format| jq::reformat(document, &format)) {
        Some(text) => Ok(terminal::write_line(text)?),
        None => Ok(terminal::write_line(document)?),
    }
}
