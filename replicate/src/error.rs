//! The error type of the crate.

use std::error::Error as StdError;
use std::fmt;
#[cfg(any(feature = "batch", feature = "files"))]
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
pub use replicate_api::ErrorKind;
use replicate_api::{InvalidField, ProblemDetails, Secrets, Url};

use crate::escape::escape;
use crate::types::{Prediction, Status, Training};
use crate::unconfirmed_create::UnconfirmedCreate;

/// The nouns of what an error can be about.
pub(crate) const PREDICTION: &str = "prediction";
pub(crate) const TRAINING: &str = "training";

#[cfg(test)]
mod tests;

/// Result of the crate's calls.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of a call.
///
/// [`kind`](Error::kind) groups errors by what the caller can do. The text is one line: what
/// failed, why, what to do, and the request. `Debug` is the same text and its causes, one a line,
/// so that an error returned from `main` can be read; `{:#?}` lists the parts. None of them shows
/// a token or a body.
///
/// ```
/// use replicate::ErrorKind;
///
/// # replicate_test_support::example!(async |replicate| {
/// match replicate.run("emulator/slow").await {
///     Ok(output) => println!("{output}"),
///     Err(error) => match error.kind() {
///         ErrorKind::Failed => println!("{}", error.prediction().unwrap().id),
///         ErrorKind::RateLimited => println!("retry in {:?}", error.retry_after()),
///         _ => return Err(error),
///     },
/// }
/// # });
/// ```
///
/// It is a [`replicate_api::Error`], with what this crate knows of predictions and trainings.
pub struct Error(replicate_api::Error);

/// Marks an error whose id is that of a training.
struct OfTraining;

/// Methods of the error of the transport.
macro_rules! delegate {
    ($($(#[$doc:meta])* $name:ident -> $type:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name(&self) -> $type {
            self.0.$name()
        }
    )*};
}

impl Error {
    delegate! {
        /// The group that this error belongs to.
        kind -> ErrorKind;
        /// The cause of [`OutcomeUnknown`](ErrorKind::OutcomeUnknown): the kind that the same
        /// failure of a read has.
        cause -> Option<ErrorKind>;
        /// Whether the call or one of its requests timed out.
        is_timeout -> bool;
        /// Whether no connection could be made, or it broke before the response was complete.
        is_connect -> bool;
        /// Whether the call can be repeated without creating anything twice: no prediction or
        /// training exists or may exist because of it, and the failure is transient.
        ///
        /// True for a refused connection, a 429, and an upload or a read of the model that failed
        /// for a transient cause. False for [`OutcomeUnknown`](ErrorKind::OutcomeUnknown), for any
        /// error with a [`prediction_id`](Error::prediction_id) or
        /// [`training_id`](Error::training_id), and for what was canceled.
        ///
        /// ```
        /// use std::time::Duration;
        ///
        /// # replicate_test_support::example!(async |replicate| {
        /// let output = loop {
        ///     match replicate.run("emulator/slow").await {
        ///         Err(error) if error.is_safe_to_retry() => {
        ///             tokio::time::sleep(Duration::from_secs(5)).await;
        ///         }
        ///         result => break result?,
        ///     }
        /// };
        /// # });
        /// ```
        is_safe_to_retry -> bool;
        /// Whether the same call may be repeated: the failure is transient, and the call creates
        /// nothing. Always false for errors of `run`, `stream`, `start` and every create: ask
        /// [`is_safe_to_retry`](Error::is_safe_to_retry) there, and continue by
        /// `client.prediction(id).wait()` where the error has an id.
        is_transient -> bool;
        /// The method of the request, where one was made.
        method -> Option<&Method>;
        /// The URL of the request, without its query.
        url -> Option<&Url>;
        /// The status of the response, where there was one.
        status -> Option<StatusCode>;
        /// The API's description of the failure.
        problem -> Option<&ProblemDetails>;
        /// The API's message about the failure.
        detail -> Option<&str>;
        /// The fields that the API rejected.
        invalid_fields -> &[InvalidField];
        /// The request's id as the response headers have it, which Replicate's support asks for.
        request_id -> Option<&str>;
        /// The delay that the server asked for.
        retry_after -> Option<Duration>;
        /// The number of attempts.
        attempts -> u32;
        /// The id of what was created, where the response to a create could not be read but shows
        /// it: it exists, and may be billed.
        created_id -> Option<&str>;
        /// Path in the JSON that could not be decoded, for [`ErrorKind::Decode`].
        path -> Option<&str>;
        /// The response body, where it could not be decoded, or is that of a prediction or
        /// training that did not succeed.
        body -> Option<&Bytes>;
    }

    /// Whether the prediction or training that the error is about has ended: it failed, was
    /// canceled or aborted, or has succeeded with an output that cannot be used. Otherwise only
    /// the call has failed, and the prediction may still be running, if it
    /// [exists](Error::prediction_id).
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// # let id = replicate.run("emulator/slow").start().await?.id().to_owned();
    /// # let id = id.as_str();
    /// let prediction = loop {
    ///     match replicate.prediction(id).wait().await {
    ///         Err(error) if error.is_transient() && !error.is_terminal() => eprintln!("{error}"),
    ///         result => break result?,
    ///     }
    /// };
    /// # });
    /// ```
    pub fn is_terminal(&self) -> bool {
        let prediction = self.prediction().map(|prediction| &prediction.status);
        let status = prediction.or_else(|| self.training().map(|training| &training.status));
        status.is_some_and(Status::is_terminal)
    }

    /// Whether it is certain that no prediction or training exists because of this call, so that
    /// nothing can be billed for it.
    pub fn nothing_was_created(&self) -> bool {
        self.kind() != ErrorKind::OutcomeUnknown
            && self.0.prediction_id().is_none()
            && self.unconfirmed_create().is_none()
    }

    /// The id of the prediction that the error is about: one that exists, may still be running,
    /// and may be billed. `client.prediction(id)` continues from there.
    pub fn prediction_id(&self) -> Option<&str> {
        self.0.prediction_id().filter(|_| !self.is_about_training())
    }

    /// The latest snapshot of the prediction that the error is about.
    pub fn prediction(&self) -> Option<&Prediction> {
        self.0.attached()
    }

    /// The latest snapshot of the prediction that the error is about.
    pub fn into_prediction(self) -> Option<Prediction> {
        let prediction = self.0.attached_arc();
        drop(self);
        prediction.map(Arc::unwrap_or_clone)
    }

    /// The id of the training that the error is about.
    pub fn training_id(&self) -> Option<&str> {
        self.0.prediction_id().filter(|_| self.is_about_training())
    }

    /// The latest snapshot of the training that the error is about.
    pub fn training(&self) -> Option<&Training> {
        self.0.attached()
    }

    fn is_about_training(&self) -> bool {
        let creates = |url: &Url| url.path().ends_with("/trainings");
        self.0.attached::<OfTraining>().is_some() || self.url().is_some_and(creates)
    }

    /// Time of the last attempt, by this machine's clock.
    pub fn sent_at(&self) -> Option<DateTime<Utc>> {
        let unconfirmed = || self.unconfirmed_create().map(UnconfirmedCreate::sent_at);
        self.0.sent_at().or_else(unconfirmed)
    }

    /// Data for finding the prediction of a create whose outcome is unknown: for
    /// [`reconcile`](crate::resources::Predictions::reconcile), also in another process.
    pub fn unconfirmed_create(&self) -> Option<&UnconfirmedCreate> {
        self.0.attached()
    }

    /// An error of a call that may be repeated, unless [`in_create`](Self::in_create) says
    /// otherwise.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(replicate_api::Error::new(kind, message).with_idempotent(true))
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
        let why = without_value(&error.inner().to_string());
        let message = format!("{what} is not as expected{place}: {why}");
        Self::new(ErrorKind::Decode, message).map(|error| error.with_path(path))
    }

    /// A file on this machine that cannot be read or written.
    #[cfg(any(feature = "batch", feature = "files"))]
    pub(crate) fn file(attempt: &str, path: &Path, error: std::io::Error) -> Self {
        let message = format!("{attempt} `{}`: {error}", path.display());
        Self::new(ErrorKind::File, message).with_source(error)
    }

    pub(crate) fn ended(prediction: Arc<Prediction>) -> Self {
        let reason = prediction.error.as_deref();
        let error = ending(PREDICTION, &prediction.id, &prediction.status, reason);
        error.with_prediction(prediction)
    }

    fn map(self, change: impl FnOnce(replicate_api::Error) -> replicate_api::Error) -> Self {
        Self(change(self.0))
    }

    pub(crate) fn with_job_id(self, noun: &'static str, id: &str) -> Self {
        let error = self.map(|error| error.with_prediction_id(id));
        match noun {
            TRAINING => error.attach(OfTraining),
            _ => error,
        }
    }

    pub(crate) fn with_prediction(self, prediction: Arc<Prediction>) -> Self {
        let error = self.with_job_id(PREDICTION, &prediction.id);
        error.attach::<Prediction>(prediction)
    }

    pub(crate) fn attach<T: Send + Sync + 'static>(self, value: impl Into<Arc<T>>) -> Self {
        self.map(|error| error.attach(value.into()))
    }

    /// Marks the error of a call that creates a prediction or training.
    pub(crate) fn in_create(self) -> Self {
        self.map(|error| error.with_idempotent(false))
    }

    pub(crate) fn with_kind(self, kind: ErrorKind) -> Self {
        self.map(|error| error.with_kind(kind))
    }

    #[cfg(feature = "files")]
    pub(crate) fn without_created_id(self) -> Self {
        self.map(|error| error.with_created_id(None))
    }

    pub(crate) fn with_body(self, body: Option<Bytes>) -> Self {
        match body {
            Some(body) => self.map(|error| error.with_whole_body(body)),
            None => self,
        }
    }

    /// Keeps what was sent with an error after which it may have been processed.
    pub(crate) fn with_unconfirmed_create(self, sent: impl FnOnce() -> UnconfirmedCreate) -> Self {
        if self.kind() != ErrorKind::OutcomeUnknown && self.created_id().is_none() {
            return self;
        }
        let mut sent = sent();
        sent.id = self.created_id().map(str::to_owned);
        self.attach(sent)
    }

    #[cfg(any(feature = "batch", feature = "files", feature = "schema"))]
    pub(crate) fn with_source(self, source: impl StdError + Send + Sync + 'static) -> Self {
        self.map(|error| error.with_source(source))
    }

    /// Prepends what was attempted.
    pub(crate) fn during(self, attempt: impl fmt::Display) -> Self {
        self.map(|error| error.with_context(attempt.to_string()))
    }

    pub(crate) fn advising(self, advice: &str) -> Self {
        self.map(|error| error.add_advice(advice))
    }

    /// Redacts tokens in all texts: servers repeat what they were sent.
    pub(crate) fn redacted(self, secrets: &Secrets) -> Self {
        self.map(|error| error.redacted(secrets))
    }
}

/// Redacts the value in serde's message: errors are logged, and it may be private.
fn without_value(message: &str) -> String {
    match (message.find(['"', '`']), message.rfind(", expected ")) {
        (Some(start), Some(end)) if start < end => {
            format!("{}{}", message[..start].trim_end(), &message[end..])
        }
        _ => message.to_owned(),
    }
}

/// The error of a prediction or training of this status, with the reason that the API gives.
pub(crate) fn ending(noun: &str, id: &str, status: &Status, reason: Option<&str>) -> Error {
    let (kind, verb) = match status {
        Status::Canceled => (ErrorKind::Canceled, "was canceled"),
        Status::Aborted => (ErrorKind::Aborted, "was aborted before it started"),
        _ => (ErrorKind::Failed, "failed"),
    };
    let words: Vec<&str> = reason.unwrap_or_default().split_whitespace().collect();
    let message = match escape(&words.join(" ")).as_str() {
        "" => format!("{noun} {id} {verb}; no reason given, see its logs"),
        reason => format!("{noun} {id} {verb}: {reason}"),
    };
    Error::new(kind, message)
}

impl From<replicate_api::Error> for Error {
    fn from(error: replicate_api::Error) -> Self {
        Self(error)
    }
}

impl From<Error> for replicate_api::Error {
    fn from(error: Error) -> Self {
        error.0
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Reads like an error, for one that leaves `main`; `{:#?}` lists the parts.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}
