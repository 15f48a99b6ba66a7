//! Shows text that is longer than the terminal in a pager.

use std::env;
use std::io::{self, Write};
use std::process::{Command, Stdio};

use crate::error::Result;
use crate::session::Session;
use crate::terminal;

/// The pager if no variable names one. Colors are shown, and text that fits ends it.
const DEFAULT_PAGER: &str = "less";

impl Session {
    /// Writes text to standard output, through a pager if that is a terminal with fewer lines.
    pub(crate) fn page(&self, text: &str) -> Result<()> {
        let is_long = terminal::height().is_some_and(|height| text.lines().count() >= height);
        let wanted = is_long && terminal::stdout_is_terminal() && terminal::stderr_is_terminal();
        if wanted && let Some(command) = command() {
            return Ok(page(&command, text)?);
        }
        Ok(terminal::write_data(text)?)
    }
}

/// The pager's command: `REPLICATE_PAGER`, else `PAGER`, else less. `None` if it is set to
/// nothing or to `cat`, and at a terminal that cannot move its cursor.
fn command() -> Option<String> {
    if env::var_os("TERM").is_some_and(|term| term == "dumb") {
        return None;
    }
    let named = ["REPLICATE_PAGER", "PAGER"]
        .into_iter()
        .find_map(env::var_os);
    let command = match named {
        Some(named) => named.into_string().ok()?,
        None => DEFAULT_PAGER.to_owned(),
    };
    (!command.trim().is_empty() && command.trim() != "cat").then_some(command)
}

/// Runs the pager by the shell, since the variable may hold options.
fn page(command: &str, text: &str) -> io::Result<()> {
    let mut pager = Command::new("sh");
    pager.arg("-c").arg(command).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        pager.env("LESS", "FRX");
    }
    // The token is for the API only.
    pager.env_remove(crate::credentials::TOKEN_VARIABLE);
    let Ok(mut child) = pager.spawn() else {
        return terminal::write_data(text);
    };
    if let Some(mut stdin) = child.stdin.take() {
        // A pager that is left early closes the pipe.
        let _ = stdin.write_all(text.as_bytes());
    }
    let status = child.wait()?;
    // 127 is the shell's code for a command that does not exist.
    match status.code() {
        Some(127) => terminal::write_data(text),
        _ => Ok(()),
    }
}
