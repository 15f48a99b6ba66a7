//! The one error of the crate.

use std::error::Error as StdError;
use std::fmt;
#[cfg(feature = "files")]
use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use replicate_api::{ErrorKind as ApiKind, InvalidField};

use crate::quote::quote;
use crate::reconcile::SentCreate;
use crate::types::{Prediction, Training};

mod kind;
#[cfg(test)]
mod tests;

pub use kind::ErrorKind;

/// What the crate's calls return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed.
///
/// [`kind`](Error::kind) groups errors by what a caller can do about them. The text is one
/// line: what was attempted, what came back, and what to do. Neither the text nor `Debug`
/// shows a token or a body.
///
/// ```
/// use replicate::{Client, ErrorKind};
///
/// # async fn example(replicate: Client) -> replicate::Result<()> {
/// match replicate.run("acme/app").await {
///     Ok(output) => println!("{output}"),
///     Err(error) => match error.kind() {
///         ErrorKind::PredictionFailed => println!("{}", error.prediction().unwrap().id),
///         ErrorKind::RateLimited => println!("again in {:?}", error.retry_after()),
///         _ => return Err(error),
///     },
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Parts>);

#[derive(Default)]
struct Parts {
    kind: Option<ErrorKind>,
    message: String,
    api: Option<replicate_api::Error>,
    prediction: Option<Prediction>,
    training: Option<Training>,
    body: Option<Bytes>,
    path: Option<String>,
    sent_create: Option<SentCreate>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// The group that this error belongs to.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::Other)
    }

    /// The prediction, as it was last seen, where the error is about one.
    pub fn prediction(&self) -> Option<&Prediction> {
        self.0.prediction.as_ref()
    }

    /// The prediction, as it was last seen, where the error is about one.
    pub fn into_prediction(self) -> Option<Prediction> {
        self.0.prediction
    }

    /// The training, as it was last seen, where the error is about one.
    pub fn training(&self) -> Option<&Training> {
        self.0.training.as_ref()
    }

    /// The error of the request, where one was made: its method, address and attempts.
    pub fn api(&self) -> Option<&replicate_api::Error> {
        self.0.api.as_ref()
    }

    /// The answer's status, where a request was answered.
    pub fn status(&self) -> Option<http::StatusCode> {
        self.api()?.status()
    }

    /// The API's sentence about the failure.
    pub fn detail(&self) -> Option<&str> {
        self.api()?.detail()
    }

    /// The fields that the API refused.
    pub fn invalid_fields(&self) -> &[InvalidField] {
        self.api().map_or(&[], replicate_api::Error::invalid_fields)
    }

    /// The request's id as the answer's headers give it, which Replicate's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.api()?.request_id()
    }

    /// How long the server asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.api()?.retry_after()
    }

    /// When the request was last sent, by this machine's clock.
    pub fn sent_at(&self) -> Option<DateTime<Utc>> {
        match self.api() {
            Some(error) => error.sent_at(),
            None => self.sent_create().map(|sent| sent.at),
        }
    }

    /// The id of what was created, where the answer to a create could not be read but shows it:
    /// it exists, and may be billed.
    pub fn created_id(&self) -> Option<&str> {
        self.api()?.created_id()
    }

    /// The prediction's create that failed, unless it is certain that it made nothing.
    pub(crate) fn sent_create(&self) -> Option<&SentCreate> {
        self.0.sent_create.as_ref()
    }

    /// Where in the JSON something is not as expected, for [`ErrorKind::Decode`].
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref().or_else(|| self.api()?.path())
    }

    /// The last body, where raw bytes were asked for or could not be read.
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref().or_else(|| self.api()?.body())
    }

    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind: Some(kind),
            message: message.into(),
            ..Parts::default()
        }))
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::InvalidRequest, message)
    }

    pub(crate) fn decode(what: &str, error: serde_path_to_error::Error<serde_json::Error>) -> Self {
        let path = error.path().to_string();
        let place = match path.as_str() {
            "." | "" => String::new(),
            path => format!(" at `{path}`"),
        };
        let mut decode = Self::new(
            ErrorKind::Decode,
            format!(
                "{what} is not as expected{place}: {}",
                without_value(&error.inner().to_string())
            ),
        );
        decode.0.path = Some(path);
        decode
    }

    #[cfg(feature = "webhooks")]
    pub(crate) fn webhook(error: crate::webhook::VerifyError) -> Self {
        Self::new(ErrorKind::Webhook, error.to_string())
    }

    /// A file on this machine that cannot be read or written.
    #[cfg(feature = "files")]
    pub(crate) fn file(attempt: &str, path: &Path, error: std::io::Error) -> Self {
        Self::new(
            ErrorKind::File,
            format!("{attempt} `{}`: {error}", path.display()),
        )
        .with_source(error)
    }

    /// A prediction that ended otherwise than by success.
    pub(crate) fn ended(prediction: Prediction) -> Self {
        let status = prediction.status.to_string();
        let reason = prediction
            .error
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let message = ending("prediction", &prediction.id, &status, &reason);
        Self::new(ErrorKind::of_ending(&status), message).with_prediction(prediction)
    }

    /// A training that ended otherwise than by success.
    pub(crate) fn training_ended(training: Training) -> Self {
        let status = training.status.to_string();
        let reason = training
            .error
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let message = ending("training", &training.id, &status, &reason);
        let mut error = Self::new(ErrorKind::of_ending(&status), message);
        error.0.training = Some(training);
        error
    }

    pub(crate) fn with_prediction(mut self, prediction: impl Into<Option<Prediction>>) -> Self {
        if let Some(prediction) = prediction.into() {
            self.0.prediction = Some(prediction);
        }
        self
    }

    pub(crate) fn with_training(mut self, training: impl Into<Option<Training>>) -> Self {
        if let Some(training) = training.into() {
            self.0.training = Some(training);
        }
        self
    }

    pub(crate) fn with_body(mut self, body: Option<Bytes>) -> Self {
        self.0.body = body.or(self.0.body);
        self
    }

    /// Keeps what was sent with an error after which it may have been carried out.
    pub(crate) fn with_sent_create(mut self, sent: impl FnOnce() -> SentCreate) -> Self {
        if self.kind() == ErrorKind::OutcomeUnknown || self.created_id().is_some() {
            let at = self.sent_at();
            let sent = sent();
            let at = at.unwrap_or(sent.at);
            self.0.sent_create = Some(SentCreate { at, ..sent });
        }
        self
    }

    pub(crate) fn with_source(mut self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    pub(crate) fn with_api(mut self, error: replicate_api::Error) -> Self {
        self.0.api = Some(error);
        self
    }

    /// The error of the request, or this error if there was none.
    #[cfg(feature = "files")]
    pub(crate) fn into_api(self) -> Result<replicate_api::Error, Self> {
        let mut parts = self.0;
        parts.api.take().ok_or(Self(parts))
    }

    /// The same error, with what was attempted before its text.
    pub(crate) fn during(mut self, attempt: impl fmt::Display) -> Self {
        self.0.kind = Some(self.kind());
        self.0.message = format!("{attempt}: {self}");
        self
    }
}

/// Takes out the value that serde repeats: it is the account's own, and errors are logged.
fn without_value(message: &str) -> String {
    match (message.find(['"', '`']), message.rfind(", expected ")) {
        (Some(start), Some(end)) if start < end => {
            format!("{}{}", message[..start].trim_end(), &message[end..])
        }
        _ => message.to_owned(),
    }
}

fn ending(what: &str, id: &str, status: &str, reason: &str) -> String {
    let verb = match status {
        "canceled" => "was canceled",
        "aborted" => "was aborted before it started",
        _ => "failed",
    };
    let words: Vec<&str> = reason.split_whitespace().collect();
    match quote(&words.join(" ")).as_str() {
        "" => format!("the {what} {id} {verb}; it gives no reason, its logs may"),
        reason => format!("the {what} {id} {verb}: {reason}"),
    }
}

impl From<replicate_api::Error> for Error {
    fn from(error: replicate_api::Error) -> Self {
        let kind = ErrorKind::of_api(error.kind());
        Self(Box::new(Parts {
            kind: Some(kind),
            api: Some(error),
            ..Parts::default()
        }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0.message.as_str(), &self.0.api) {
            ("", Some(error)) => error.fmt(f),
            (message, _) => f.write_str(message),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Error");
        debug
            .field("kind", &self.kind())
            .field("message", &self.to_string());
        if let Some(prediction) = &self.0.prediction {
            debug.field("prediction", &prediction.id);
        }
        if let Some(training) = &self.0.training {
            debug.field("training", &training.id);
        }
        if let Some(error) = &self.0.api {
            debug.field("api", error);
        }
        if let Some(path) = &self.0.path {
            debug.field("path", path);
        }
        debug.finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        if let Some(source) = &self.0.source {
            return Some(source.as_ref());
        }
        let api = self.0.api.as_ref()?;
        // Its text is this error's own, so the chain goes on below it.
        if self.0.message.is_empty() {
            api.source()
        } else {
            Some(api)
        }
    }
}

impl ErrorKind {
    fn of_ending(status: &str) -> Self {
        match status {
            "canceled" => Self::Canceled,
            "aborted" => Self::Aborted,
            _ => Self::PredictionFailed,
        }
    }

    pub(crate) fn of_api(kind: ApiKind) -> Self {
        match kind {
            ApiKind::Authentication => Self::Authentication,
            ApiKind::PaymentRequired => Self::PaymentRequired,
            ApiKind::NotFound => Self::NotFound,
            ApiKind::InvalidRequest => Self::InvalidRequest,
            ApiKind::RateLimited => Self::RateLimited,
            ApiKind::Server => Self::Server,
            ApiKind::Status => Self::Status,
            ApiKind::Connect => Self::Connect,
            ApiKind::Timeout => Self::Timeout,
            ApiKind::OutcomeUnknown => Self::OutcomeUnknown,
            ApiKind::Decode => Self::Decode,
            ApiKind::TooLarge => Self::TooLarge,
            ApiKind::Redirect => Self::Redirect,
            ApiKind::Configuration => Self::Configuration,
            _ => Self::Other,
        }
    }
}
