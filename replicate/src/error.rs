//! The one error of the crate.

use std::error::Error as StdError;
use std::fmt;
#[cfg(feature = "files")]
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use replicate_api::{ErrorKind as ApiKind, InvalidField};

use crate::quote::quote;
use crate::reconcile::UnconfirmedCreate;
use crate::types::{Prediction, Training};

/// The nouns of what an error can be about.
pub(crate) const PREDICTION: &str = "prediction";
pub(crate) const TRAINING: &str = "training";

mod kind;
#[cfg(test)]
mod tests;

pub use kind::ErrorKind;

/// What the crate's calls return.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of a call.
///
/// [`kind`](Error::kind) groups errors by what the caller can do. The text is one line: what
/// failed, why, and what to do. `Debug` is the same text and its causes, one a line, so that an
/// error returned from `main` can be read; `{:#?}` lists the parts. None of them shows a token or
/// a body.
///
/// ```
/// use replicate::{Client, ErrorKind};
///
/// # async fn example(replicate: Client) -> replicate::Result<()> {
/// match replicate.run("acme/app").await {
///     Ok(output) => println!("{output}"),
///     Err(error) => match error.kind() {
///         ErrorKind::Failed => println!("{}", error.prediction().unwrap().id),
///         ErrorKind::RateLimited => println!("retry in {:?}", error.retry_after()),
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
    job: Option<(&'static str, String)>,
    prediction: Option<Arc<Prediction>>,
    training: Option<Arc<Training>>,
    body: Option<Bytes>,
    path: Option<String>,
    unconfirmed_create: Option<UnconfirmedCreate>,
    /// Whether the call was to create a prediction or training.
    creating: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// The group that this error belongs to.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::Other)
    }

    /// Whether it is safe to repeat the call: it left no prediction or training behind, and
    /// could not, and its failure is transient. Calling `run` again then costs nothing twice.
    ///
    /// True for a refused connection, a 429, and an upload or a read of the model that failed
    /// for a transient cause. False for [`OutcomeUnknown`](ErrorKind::OutcomeUnknown), for any
    /// error with a [`prediction_id`](Error::prediction_id) or
    /// [`training_id`](Error::training_id), and for what was canceled.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
    /// let output = loop {
    ///     match replicate.run("acme/app").await {
    ///         Err(error) if error.is_safe_to_retry() => {
    ///             tokio::time::sleep(Duration::from_secs(5)).await;
    ///         }
    ///         result => break result?,
    ///     }
    /// };
    /// # Ok(())
    /// # }
    /// ```
    pub fn is_safe_to_retry(&self) -> bool {
        let none_exists = self.prediction_id().is_none()
            && self.training_id().is_none()
            && self.unconfirmed_create().is_none();
        none_exists && self.kind().is_transient()
    }

    /// Whether the same call may be repeated: the failure is transient, and the call creates
    /// nothing. Always false for errors of `run`, `stream`, `start` and every create: ask
    /// [`is_safe_to_retry`](Error::is_safe_to_retry) there, and continue by
    /// `client.prediction(id).wait()` where the error has an id.
    pub fn is_transient(&self) -> bool {
        !self.0.creating && self.kind().is_transient()
    }

    /// Whether time ran out: the caller's, or that of a request.
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Whether no connection could be made, or it broke before the response was complete.
    pub fn is_connect(&self) -> bool {
        self.kind() == ErrorKind::Connect
    }

    /// The id of the prediction that the error is about: one that exists, may still be running,
    /// and may be billed. `client.prediction(id)` continues from there.
    pub fn prediction_id(&self) -> Option<&str> {
        match (&self.0.prediction, &self.0.job) {
            (Some(prediction), _) => Some(&prediction.id),
            (None, Some((PREDICTION, id))) => Some(id),
            (None, _) => self.created_id(),
        }
    }

    /// The latest snapshot of the prediction that the error is about.
    pub fn prediction(&self) -> Option<&Prediction> {
        self.0.prediction.as_deref()
    }

    /// The latest snapshot of the prediction that the error is about.
    pub fn into_prediction(self) -> Option<Prediction> {
        self.0.prediction.map(Arc::unwrap_or_clone)
    }

    /// The id of the training that the error is about.
    pub fn training_id(&self) -> Option<&str> {
        match (&self.0.training, &self.0.job) {
            (Some(training), _) => Some(&training.id),
            (None, Some((TRAINING, id))) => Some(id),
            (None, _) => None,
        }
    }

    /// The latest snapshot of the training that the error is about.
    pub fn training(&self) -> Option<&Training> {
        self.0.training.as_deref()
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
            None => self.unconfirmed_create().map(UnconfirmedCreate::sent_at),
        }
    }

    /// The id of what was created, where the answer to a create could not be read but shows it:
    /// it exists, and may be billed.
    pub fn created_id(&self) -> Option<&str> {
        self.api()?.created_id()
    }

    /// What is needed to find the prediction of a create whose outcome is unknown: for
    /// [`reconcile`](crate::resources::Predictions::reconcile), also in another process.
    pub fn unconfirmed_create(&self) -> Option<&UnconfirmedCreate> {
        self.0.unconfirmed_create.as_ref()
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

    /// The error of a prediction that did not succeed.
    pub(crate) fn ended(prediction: impl Into<Arc<Prediction>>) -> Self {
        let prediction = prediction.into();
        let status = prediction.status.to_string();
        let reason = prediction
            .error
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let message = ending(PREDICTION, &prediction.id, &status, &reason);
        Self::new(ErrorKind::from_status(&status), message).with_prediction(prediction)
    }

    /// The error of a training that did not succeed.
    pub(crate) fn training_ended(training: Arc<Training>) -> Self {
        let status = training.status.to_string();
        let reason = training
            .error
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default();
        let message = ending(TRAINING, &training.id, &status, &reason);
        Self::new(ErrorKind::from_status(&status), message).with_training(training)
    }

    pub(crate) fn with_job_id(mut self, noun: &'static str, id: &str) -> Self {
        self.0.job = Some((noun, id.to_owned()));
        self
    }

    pub(crate) fn with_prediction(mut self, prediction: impl Into<Arc<Prediction>>) -> Self {
        self.0.prediction = Some(prediction.into());
        self
    }

    pub(crate) fn with_training(mut self, training: impl Into<Arc<Training>>) -> Self {
        self.0.training = Some(training.into());
        self
    }

    /// Marks the error of a call that creates a prediction or training.
    pub(crate) fn in_create(mut self) -> Self {
        self.0.creating = true;
        self
    }

    /// The same failure as an error of this kind and text.
    pub(crate) fn rephrased(mut self, kind: ErrorKind, message: String) -> Self {
        self.0.kind = Some(kind);
        self.0.message = message;
        self
    }

    pub(crate) fn with_body(mut self, body: Option<Bytes>) -> Self {
        self.0.body = body.or(self.0.body);
        self
    }

    /// Keeps what was sent with an error after which it may have been carried out.
    pub(crate) fn with_unconfirmed_create(
        mut self,
        sent: impl FnOnce() -> UnconfirmedCreate,
    ) -> Self {
        if self.kind() == ErrorKind::OutcomeUnknown || self.created_id().is_some() {
            let sent = sent().with_id(self.created_id());
            self.0.unconfirmed_create = Some(sent);
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
        "" => format!("{what} {id} {verb}; no reason given, see its logs"),
        reason => format!("{what} {id} {verb}: {reason}"),
    }
}

impl From<replicate_api::Error> for Error {
    fn from(error: replicate_api::Error) -> Self {
        let kind = ErrorKind::from_api(error.kind());
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

/// Reads like an error, for one that leaves `main`; `{:#?}` lists the parts.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.fmt_parts(f);
        }
        let mut text = self.to_string();
        f.write_str(&text)?;
        let mut source = self.source();
        while let Some(error) = source {
            let cause = error.to_string();
            // A message often ends with that of its cause.
            if !text.contains(&cause) {
                write!(f, "\n  caused by: {cause}")?;
            }
            text = cause;
            source = error.source();
        }
        Ok(())
    }
}

impl Error {
    fn fmt_parts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
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
    fn from_status(status: &str) -> Self {
        match status {
            "canceled" => Self::Canceled,
            "aborted" => Self::Aborted,
            _ => Self::Failed,
        }
    }

    pub(crate) fn from_api(kind: ApiKind) -> Self {
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
