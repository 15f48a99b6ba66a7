//! Why a command did not do what it was asked: one or two lines, and an exit code.

use std::fmt::Display;
use std::io;
use std::process::ExitCode;

use replicate::ErrorKind;

use crate::terminal;

/// How the command ended, for the shell that called it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exit {
    Done,
    Error,
    Usage,
    Failed,
    NotAllowed,
    NotFound,
    RateLimited,
    Timeout,
    Interrupted,
    /// The code of a command that was run.
    Of(u8),
}

impl Exit {
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
            Self::Interrupted => 130,
            Self::Of(code) => code,
        }
    }

    fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Authentication => Self::NotAllowed,
            ErrorKind::NotFound | ErrorKind::Expired => Self::NotFound,
            ErrorKind::InvalidRequest | ErrorKind::Configuration => Self::Usage,
            ErrorKind::RateLimited => Self::RateLimited,
            ErrorKind::Timeout => Self::Timeout,
            ErrorKind::Failed | ErrorKind::Canceled | ErrorKind::Aborted => Self::Failed,
            _ => Self::Error,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        exit.code().into()
    }
}

/// Why a command did not do what it was asked.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    /// What went wrong and why; nothing when nobody is there to read it.
    what: String,
    /// What to do.
    hint: Option<String>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, what: impl Display) -> Self {
        Self {
            exit,
            what: one_line(&what.to_string()),
            hint: None,
        }
    }

    /// What was written on the command line, or given as input, is not right.
    pub(crate) fn usage(what: impl Display) -> Self {
        Self::new(Exit::Usage, what)
    }

    pub(crate) fn error(what: impl Display) -> Self {
        Self::new(Exit::Error, what)
    }

    /// The end of a command whose output nobody reads any more.
    pub(crate) fn closed_pipe() -> Self {
        Self {
            exit: Exit::Done,
            what: String::new(),
            hint: None,
        }
    }

    /// A prediction that goes on when the time to wait for it is over.
    pub(crate) fn not_in_time(id: &str) -> Self {
        Self::new(
            Exit::Timeout,
            format!("the prediction {id} did not end in time; it goes on"),
        )
        .hint(format!(
            "look at it with: replicate predictions show {id}; end it with: replicate predictions cancel {id}"
        ))
    }

    pub(crate) fn interrupted(what: impl Display) -> Self {
        Self::new(Exit::Interrupted, what)
    }

    /// Adds what to do, as a line of its own.
    pub(crate) fn hint(mut self, hint: impl Display) -> Self {
        self.hint = Some(one_line(&hint.to_string()));
        self
    }

    /// Adds what to do, where nothing is said about that yet.
    pub(crate) fn or_hint(self, hint: impl Display) -> Self {
        match self.hint {
            Some(_) => self,
            None => self.hint(hint),
        }
    }

    /// Writes the lines, and gives the exit code.
    pub(crate) fn report(self) -> ExitCode {
        if !self.what.is_empty() {
            terminal::error_lines(&self.what, self.hint.as_deref());
        }
        self.exit.into()
    }
}

impl From<replicate::Error> for Failure {
    fn from(error: replicate::Error) -> Self {
        if error.kind() == ErrorKind::OutcomeUnknown {
            return outcome_unknown(&error);
        }
        let failure = Self::new(Exit::of(error.kind()), &error);
        match (error.kind(), error.prediction()) {
            (ErrorKind::Timeout, Some(prediction)) => Self::not_in_time(&prediction.id),
            (ErrorKind::Stream, Some(prediction)) => failure.hint(format!(
                "look at it with: replicate predictions show {}",
                prediction.id
            )),
            (ErrorKind::Connect, _) => {
                failure.hint("check the address (--base-url, REPLICATE_BASE_URL) and the network")
            }
            (ErrorKind::NotFound, _) => {
                failure.hint("check how it is written; what is private needs its owner's token")
            }
            _ => failure,
        }
    }
}

/// The create may have been carried out and billed: the one failure after which doing the same
/// again can cost twice.
fn outcome_unknown(error: &replicate::Error) -> Failure {
    let status = match error.status() {
        Some(status) => format!(" (status {})", status.as_u16()),
        None => String::new(),
    };
    let what = format!("outcome unknown: the prediction may have been created{status}: {error}");
    let failure = Failure::error(what);
    match error.api().and_then(|api| api.created_id()) {
        Some(id) => failure.hint(format!("look at it with: replicate predictions show {id}")),
        None => failure.hint("look before running again: replicate predictions list --limit 5"),
    }
}

/// A failed write to standard output.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::closed_pipe(),
            _ => Self::error(format!("standard output cannot be written: {error}")),
        }
    }
}

/// The text without line ends or other control characters, which a server could use to write
/// over what the terminal shows.
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
    fn an_error_is_one_line_whatever_a_server_put_into_it() {
        let failure = Failure::error("a\n\u{1b}[2Jb\r\n  c");
        assert_eq!(failure.what, "a [2Jb c");
    }

    #[test]
    fn a_closed_pipe_is_no_error() {
        let failure = Failure::from(io::Error::from(io::ErrorKind::BrokenPipe));
        assert_eq!((failure.exit, failure.what.as_str()), (Exit::Done, ""));
    }
}
