//! The error of a command: a line, a hint, and an exit code.

use std::fmt::Display;
use std::io;
use std::path::Path;
use std::process;

use replicate::ErrorKind;
use replicate::schema::MASK;
use serde_json::{Value, json};

use crate::signals::{self, signal};
use crate::terminal::{self, one_line};

pub(crate) type Result<T, E = CliError> = std::result::Result<T, E>;

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
    /// Some inputs of a batch, or some of several predictions, have no result.
    Incomplete,
    /// A prediction exists or may exist, and its result was not delivered.
    Undelivered,
    Signal(i32),
    #[cfg(feature = "local")]
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
            Self::Undelivered => 9,
            Self::Signal(signal) => u8::try_from(128 + signal).unwrap_or(1),
            #[cfg(feature = "local")]
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
            ErrorKind::OutcomeUnknown => Self::Undelivered,
            _ => Self::Error,
        }
    }

    /// The exit code where a prediction of this command exists: those that promise that none
    /// does become [`Undelivered`](Self::Undelivered).
    fn after_create(self) -> Self {
        match self {
            Self::Error | Self::Usage | Self::NotAllowed | Self::NotFound | Self::RateLimited => {
                Self::Undelivered
            }
            other => other,
        }
    }
}

impl From<ExitCode> for process::ExitCode {
    fn from(exit: ExitCode) -> Self {
        exit.code().into()
    }
}

#[derive(Debug)]
pub(crate) struct CliError {
    exit: ExitCode,
    /// Message: what failed and why; empty if there is nothing to print.
    message: String,
    hint: Option<String>,
    details: Box<Details>,
}

#[derive(Debug, Default)]
struct Details {
    kind: String,
    status: Option<u16>,
    detail: Option<String>,
    request_id: Option<String>,
    prediction_id: Option<String>,
    training_id: Option<String>,
    safe_to_retry: bool,
}

impl CliError {
    pub(crate) fn new(exit: ExitCode, message: impl Display) -> Self {
        let kind = match exit {
            ExitCode::Usage => "usage",
            ExitCode::Signal(_) => "interrupted",
            ExitCode::Timeout => "timeout",
            ExitCode::NotFound => "not_found",
            ExitCode::Undelivered => "undelivered",
            _ => "error",
        };
        let details = Details {
            kind: kind.to_owned(),
            ..Details::default()
        };
        Self {
            exit,
            message: one_line(&message.to_string()),
            hint: None,
            details: Box::new(details),
        }
    }

    /// An invalid command line or input.
    pub(crate) fn usage(message: impl Display) -> Self {
        Self::new(ExitCode::Usage, message)
    }

    pub(crate) fn error(message: impl Display) -> Self {
        Self::new(ExitCode::Error, message)
    }

    pub(crate) fn not_found(message: impl Display) -> Self {
        Self::new(ExitCode::NotFound, message)
    }

    pub(crate) fn incomplete(message: impl Display) -> Self {
        Self::new(ExitCode::Incomplete, message)
    }

    /// A failure to handle signals.
    pub(crate) fn signals(error: io::Error) -> Self {
        Self::error(format!("could not install signal handlers: {error}"))
    }

    pub(crate) fn timeout(message: impl Display) -> Self {
        Self::new(ExitCode::Timeout, message)
    }

    pub(crate) fn not_written(path: &Path, error: &io::Error) -> Self {
        Self::error(format!("could not write `{}`: {error}", path.display()))
    }

    /// The end of a command that has printed what was wanted, without a message.
    pub(crate) fn silent(exit: ExitCode) -> Self {
        Self::new(exit, "")
    }

    pub(crate) fn is_closed_pipe(&self) -> bool {
        self.exit == ExitCode::Signal(signal::PIPE)
    }

    /// The end of a command by the signal that has come.
    pub(crate) fn interrupted(message: impl Display) -> Self {
        let signal = signals::cause().unwrap_or(signal::INT);
        let what = match signal {
            signal::PIPE => "standard output was closed",
            signal::TERM => "terminated",
            signal::HUP => "the terminal was closed",
            _ => "interrupted",
        };
        let message = message.to_string();
        let message = match message.as_str() {
            // The reader of a pipe that closes it wants no more lines.
            "" if signal == signal::PIPE => String::new(),
            "" | "interrupted" => what.to_owned(),
            message => format!("{what}; {message}"),
        };
        Self::new(ExitCode::Signal(signal), message)
    }

    /// The error of a command that a signal has interrupted, with its hint and its details.
    pub(crate) fn after_interruption(mut self) -> Self {
        let interrupted = Self::interrupted(&self.message);
        self.exit = interrupted.exit;
        self.message = interrupted.message;
        self
    }

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

    /// Adds what to do, unless there is a hint already. An error without a message gets none.
    pub(crate) fn or_hint(self, hint: impl Display) -> Self {
        match self.hint {
            None if !self.message.is_empty() => self.hint(hint),
            _ => self,
        }
    }

    /// The error of a command whose prediction exists: its id, and an exit code that does not
    /// promise that none exists.
    pub(crate) fn after_create(mut self, id: &str) -> Self {
        let known = &mut self.details.prediction_id;
        known.get_or_insert_with(|| id.to_owned());
        self.after_job("prediction", id)
    }

    /// The error of a command whose training exists: its id, and an exit code that does not
    /// promise that none exists.
    pub(crate) fn after_training(mut self, id: &str) -> Self {
        self.details.training_id = Some(id.to_owned());
        self.after_job("training", id)
    }

    fn after_job(mut self, noun: &str, id: &str) -> Self {
        self.exit = self.exit.after_create();
        self.details.safe_to_retry = false;
        if !self.message.is_empty() && !self.message.contains(id) {
            self.message = format!("{noun} {id}: {}", self.message);
        }
        self
    }

    /// The error without these texts, which are secrets.
    pub(crate) fn without(mut self, secrets: &[String]) -> Self {
        for secret in secrets.iter().filter(|secret| !secret.is_empty()) {
            self.message = self.message.replace(secret, MASK);
            self.hint = self.hint.map(|hint| hint.replace(secret, MASK));
        }
        self
    }

    /// Writes the error to standard error, as a line of JSON if `json`, and returns the exit
    /// code. After a signal this does not return: the signal ends the process.
    pub(crate) fn report(self, json: bool) -> process::ExitCode {
        if !self.message.is_empty() {
            match json {
                true => terminal::say(self.to_json().to_string()),
                false => terminal::error_lines(&self.message, self.hint.as_deref()),
            }
        }
        if let ExitCode::Signal(signal) = self.exit {
            signals::reraise(signal);
        }
        self.exit.into()
    }

    pub(crate) fn status(&self) -> Option<u16> {
        self.details.status
    }

    pub(crate) fn to_json(&self) -> Value {
        let details = &self.details;
        let mut json = json!({
            "error": self.message,
            "kind": details.kind,
            "exit_code": self.exit.code(),
            "safe_to_retry": details.safe_to_retry,
            "status": details.status,
            "detail": details.detail,
            "prediction_id": details.prediction_id,
            "training_id": details.training_id,
            "request_id": details.request_id,
            "hint": self.hint,
        });
        if let Some(fields) = json.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        json
    }
}

impl From<replicate::Error> for CliError {
    fn from(error: replicate::Error) -> Self {
        let mut cli_error = Self::new(ExitCode::from_kind(error.kind()), message(&error));
        cli_error.details = Box::new(Details {
            kind: error.kind().to_string().replace(' ', "_"),
            status: error.status().map(|status| status.as_u16()),
            detail: error.detail().map(one_line),
            request_id: error.request_id().map(one_line),
            prediction_id: error.prediction_id().map(str::to_owned),
            training_id: error.training_id().map(str::to_owned),
            safe_to_retry: error.is_safe_to_retry(),
        });
        if error.created_id().is_some() {
            cli_error.exit = cli_error.exit.after_create();
        }
        if let Some(hint) = prediction_hint(&error) {
            return cli_error.hint(hint);
        }
        let route = route(&error);
        match error.kind() {
            ErrorKind::OutcomeUnknown => cli_error.hint(format!(
                "check before running again: replicate {}",
                command_to_check(&route)
            )),
            ErrorKind::Connect => {
                cli_error.hint("check the URL (--base-url, REPLICATE_BASE_URL) and the network")
            }
            ErrorKind::NotFound if names_model(&route) => cli_error
                .hint("check the spelling; a private model needs a token with access to it"),
            ErrorKind::NotFound => cli_error.hint("check the spelling"),
            // Without a response no token was refused.
            ErrorKind::Authentication if error.status().is_none() => {
                cli_error.hint("log in: replicate auth login")
            }
            _ => cli_error,
        }
    }
}

/// What failed and why. Advice that names calls of the library is replaced by the hint.
fn message(error: &replicate::Error) -> String {
    let text = error.to_string();
    match text.split_once("; ") {
        Some((what, advice)) if advice.contains("()`") => what.to_owned(),
        _ if error.kind() == ErrorKind::OutcomeUnknown && text.contains("()`") => {
            "the outcome of the create is unknown; a prediction may exist".to_owned()
        }
        _ => text,
    }
}

/// The segments of the request's path from the resource on, such as `models`, the owner and the
/// name.
fn route(error: &replicate::Error) -> Vec<&str> {
    let resources = ["predictions", "trainings", "models", "deployments", "files"];
    let segments = error.url().and_then(|url| url.path_segments());
    let segments = segments.into_iter().flatten();
    segments
        .skip_while(|segment| !resources.contains(segment))
        .collect()
}

/// The command that shows whether a request to this route had an effect.
fn command_to_check(route: &[&str]) -> String {
    match route {
        // The list of the models has only public ones.
        ["models"] => "models show OWNER/NAME".to_owned(),
        [resource @ ("deployments" | "files")] => format!("{resource} list"),
        [resource @ ("models" | "deployments"), owner, name] => {
            format!("{resource} show {owner}/{name}")
        }
        [.., "trainings"] => "trainings list --limit 5".to_owned(),
        _ => "predictions list --limit 5".to_owned(),
    }
}

/// Whether a request to this route names a model or a version, in its path or its body.
fn names_model(route: &[&str]) -> bool {
    matches!(
        route,
        ["models", ..] | ["predictions" | "trainings" | "deployments"]
    )
}

fn prediction_hint(error: &replicate::Error) -> Option<String> {
    let id = error.prediction_id()?;
    let status = error.prediction().map(|prediction| &prediction.status);
    match status {
        _ if matches!(
            error.kind(),
            ErrorKind::Failed | ErrorKind::Canceled | ErrorKind::Aborted | ErrorKind::Expired
        ) =>
        {
            None
        }
        // The id is not that of a prediction.
        None if error.kind() == ErrorKind::NotFound => None,
        Some(status) if status.is_terminal() => Some(deliver_hint(id)),
        _ => Some(running_hint(id)),
    }
}

/// The commands for a prediction that may still be running.
pub(crate) fn running_hint(id: &str) -> String {
    format!(
        "show it: replicate predictions show {id}; wait for it: replicate predictions wait {id}; \
         download it: replicate predictions download {id}; cancel it: replicate predictions cancel {id}"
    )
}

/// The commands for a prediction whose output was not delivered.
pub(crate) fn deliver_hint(id: &str) -> String {
    format!(
        "show it: replicate predictions show {id}; download it: replicate predictions download {id}"
    )
}

/// A failed write to standard output.
impl From<io::Error> for CliError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::silent(ExitCode::Signal(signal::PIPE)),
            _ => Self::error(format!("could not write to standard output: {error}")),
        }
    }
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
    fn closed_pipe_ends_like_the_signal_and_without_a_message() {
        let error = CliError::from(io::Error::from(io::ErrorKind::BrokenPipe)).or_hint("x");
        assert_eq!((error.exit.code(), error.message.as_str()), (141, ""));
        assert_eq!(error.hint, None);
    }

    #[test]
    fn exit_code_never_promises_that_no_prediction_exists_after_a_create() {
        for exit in [
            ExitCode::Error,
            ExitCode::Usage,
            ExitCode::NotAllowed,
            ExitCode::NotFound,
            ExitCode::RateLimited,
        ] {
            let error = CliError::new(exit, "no").after_create("abc");
            assert_eq!(error.exit.code(), 9);
            assert_eq!(error.message, "prediction abc: no");
            assert_eq!(error.to_json()["prediction_id"], "abc");
            let error = CliError::new(exit, "no").after_training("abc");
            assert_eq!(error.exit.code(), 9);
            assert_eq!(error.message, "training abc: no");
            assert_eq!(error.to_json()["training_id"], "abc");
        }
        for exit in [ExitCode::Failed, ExitCode::Timeout, ExitCode::Signal(2)] {
            assert_eq!(CliError::new(exit, "abc").after_create("abc").exit, exit);
        }
    }
}
