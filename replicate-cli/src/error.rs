//! The error of a command: a line, a hint, and an exit code.

use std::fmt::Display;
use std::io;
use std::process;

use replicate::{ErrorKind, is_terminal};

use crate::terminal;

/// The exit code of a command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ExitCode {
    Done,
    Error,
    Usage,
    Failed,
    NotAllowed,
    NotFound,
    RateLimited,
    Timeout,
    /// Some inputs of a batch have no result.
    Incomplete,
    Interrupted,
    /// The exit code of the command that `local exec` ran.
    Child(u8),
}

impl ExitCode {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Error => 1,
            Self::Usage => 2,
            Self::Failed => 3,
            Self::NotAllowed => 4,
            Self::NotFound => 5,
            Self::RateLimited => 6,
            Self::Timeout => 7,
            Self::Incomplete => 8,
            Self::Interrupted => 130,
            Self::Child(code) => code,
        }
    }

    pub(crate) fn from_kind(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Authentication | ErrorKind::PaymentRequired => Self::NotAllowed,
            ErrorKind::NotFound | ErrorKind::Expired => Self::NotFound,
            ErrorKind::InvalidRequest | ErrorKind::Configuration => Self::Usage,
            ErrorKind::RateLimited => Self::RateLimited,
            ErrorKind::Timeout => Self::Timeout,
            ErrorKind::Failed | ErrorKind::Canceled | ErrorKind::Aborted => Self::Failed,
            _ => Self::Error,
        }
    }
}

impl From<ExitCode> for process::ExitCode {
    fn from(exit: ExitCode) -> Self {
        exit.code().into()
    }
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) struct CliError {
    exit: ExitCode,
    /// What failed and why; empty if there is nothing to print.
    message: String,
    /// What to do.
    hint: Option<String>,
}

impl CliError {
    pub(crate) fn new(exit: ExitCode, message: impl Display) -> Self {
        Self {
            exit,
            message: one_line(&message.to_string()),
            hint: None,
        }
    }

    /// An invalid command line or input.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self::new(ExitCode::Usage, message)
    }

    pub(crate) fn error(message: impl Display) -> Self {
        Self::new(ExitCode::Error, message)
    }

    /// The end of a command whose standard output was closed by its reader.
    pub(crate) fn closed_pipe() -> Self {
        Self {
            exit: ExitCode::Done,
            message: String::new(),
            hint: None,
        }
    }

    pub(crate) fn interrupted(message: impl Display) -> Self {
        Self::new(ExitCode::Interrupted, message)
    }

    /// What failed and why.
    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Adds where the error is, such as a line of a file.
    pub(crate) fn at(mut self, place: impl Display) -> Self {
        self.message = one_line(&format!("{place}: {}", self.message));
        self
    }

    /// Adds what to do, as a line of its own.
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(one_line(&hint.to_string()));
        self
    }

    /// Adds what to do, unless there is a hint already. The end of a closed pipe gets none.
    pub(crate) fn or_hint(self, hint: impl Display) -> Self {
        match self.hint {
            None if !self.message.is_empty() => self.hint(hint),
            _ => self,
        }
    }

    /// Writes the error to standard error, and returns the exit code.
    pub(crate) fn report(self) -> process::ExitCode {
        if !self.message.is_empty() {
            terminal::error_lines(&self.message, self.hint.as_deref());
        }
        self.exit.into()
    }
}

impl From<replicate::Error> for CliError {
    fn from(error: replicate::Error) -> Self {
        let cli_error = Self::new(ExitCode::from_kind(error.kind()), &error);
        if let Some(hint) = prediction_hint(&error) {
            return cli_error.hint(hint);
        }
        match error.kind() {
            ErrorKind::OutcomeUnknown => {
                cli_error.hint("look before running again: replicate predictions list --limit 5")
            }
            ErrorKind::Connect => {
                cli_error.hint("check the URL (--base-url, REPLICATE_BASE_URL) and the network")
            }
            ErrorKind::NotFound => cli_error
                .hint("check the spelling; a private model needs a token with access to it"),
            _ => cli_error,
        }
    }
}

/// The commands for the prediction that an error is about.
fn prediction_hint(error: &replicate::Error) -> Option<String> {
    let id = error.prediction_id().or_else(|| error.created_id())?;
    let status = error.prediction().map(|prediction| &prediction.status);
    match status {
        _ if matches!(
            error.kind(),
            ErrorKind::Failed | ErrorKind::Canceled | ErrorKind::Aborted | ErrorKind::Expired
        ) =>
        {
            None
        }
        Some(status) if is_terminal(status.as_str()) => {
            Some(format!("show it: replicate predictions show {id}"))
        }
        _ => Some(format!(
            "show it: replicate predictions show {id}; wait for it: replicate stream --id {id}; cancel it: replicate predictions cancel {id}"
        )),
    }
}

/// A failed write to standard output.
impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::closed_pipe(),
            _ => Self::error(format!("could not write to standard output: {error}")),
        }
    }
}

/// `text` on one line and without control characters, with which a server could overwrite what
/// the terminal shows.
fn one_line(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn error_is_one_line_without_control_characters() {
        let error = CliError::error("a\n\u{1b}[2Jb\r\n  c");
        assert_eq!(error.message, "a [2Jb c");
    }

    #[test]
    fn closed_pipe_is_not_an_error() {
        let error = CliError::from(io::Error::from(io::ErrorKind::BrokenPipe)).or_hint("x");
        assert_eq!((error.exit, error.message.as_str()), (ExitCode::Done, ""));
        assert_eq!(error.hint, None);
    }
}
