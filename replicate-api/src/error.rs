use std::any::Any;
use std::error::Error as StdError;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode, Url};

use crate::problem::{InvalidField, ProblemDetails};
use crate::request_url::{is_limited, redacted_url};

mod display;
mod kind;
mod redact;

pub use kind::ErrorKind;
pub use redact::Secrets;

/// Why a call failed.
///
/// [`kind`](Error::kind) groups errors by what a caller can do about them; the other methods
/// return what is known. `Display` is one line: what failed, why, what to do, and the request.
/// `Debug` reads the same, with the sources below it, so that an error that leaves `main` can
/// be read; `{:#?}` lists the parts. None of them shows a token or a body. (Tokens
/// shorter than 8 characters, as for a local server, are not redacted in what servers send.)
pub struct Error(Box<Parts>);

/// A value that travels with an error: the facade's snapshot of a prediction, for instance.
type Attachment = Arc<dyn Any + Send + Sync>;

#[derive(Default)]
struct Parts {
    kind: Option<ErrorKind>,
    cause: Option<ErrorKind>,
    /// Context: what was attempted.
    context: Option<String>,
    message: String,
    advice: Option<String>,
    method: Option<Method>,
    url: Option<Url>,
    status: Option<StatusCode>,
    problem: Option<ProblemDetails>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
    attempts: u32,
    sent_at: Option<DateTime<Utc>>,
    path: Option<String>,
    body: Option<Bytes>,
    created_id: Option<String>,
    job_id: Option<String>,
    attachments: Vec<Attachment>,
    /// Whether the same call may be repeated; `None` when no request was made.
    idempotent: Option<bool>,
    /// Whether another attempt would fail in the same way.
    permanent: bool,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Maximum size of a body that an error keeps.
const BODY_KEPT: usize = 64 * 1024;

impl Error {
    /// The group that this error belongs to.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::Other)
    }

    /// The cause of [`ErrorKind::OutcomeUnknown`]: the kind that the same failure of a read has.
    pub fn cause(&self) -> Option<ErrorKind> {
        self.0.cause
    }

    /// Whether the call timed out, also where that made the outcome unknown.
    pub fn is_timeout(&self) -> bool {
        self.is_or_is_caused_by(ErrorKind::Timeout)
    }

    /// Whether the connection failed, also where that made the outcome unknown.
    pub fn is_connect(&self) -> bool {
        self.is_or_is_caused_by(ErrorKind::Connect)
    }

    fn is_or_is_caused_by(&self, kind: ErrorKind) -> bool {
        self.kind() == kind || self.cause() == Some(kind)
    }

    /// Whether the call can be repeated without creating anything twice: no prediction or
    /// training exists or may exist because of it, and the failure is transient.
    ///
    /// `true` for a refused connection and a 429; `false` for [`ErrorKind::OutcomeUnknown`],
    /// for any error with a [`prediction_id`](Self::prediction_id), and for what was canceled.
    pub fn is_safe_to_retry(&self) -> bool {
        self.kind().is_transient()
            && !self.0.permanent
            && self.0.job_id.is_none()
            && self.0.created_id.is_none()
    }

    /// Whether the same request may be repeated, and may succeed then: it is a read, a cancel
    /// or a delete, and the failure is transient. Always `false` for errors of a create: see
    /// [`is_safe_to_retry`](Self::is_safe_to_retry).
    pub fn is_transient(&self) -> bool {
        self.0.idempotent == Some(true) && self.kind().is_transient() && !self.0.permanent
    }

    /// The method of the request.
    pub fn method(&self) -> Option<&Method> {
        self.0.method.as_ref()
    }

    /// The URL of the request, without its query.
    pub fn url(&self) -> Option<&Url> {
        self.0.url.as_ref()
    }

    /// The status of the response, where there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// The API's description of the failure.
    pub fn problem(&self) -> Option<&ProblemDetails> {
        self.0.problem.as_ref()
    }

    /// The API's message about the failure.
    pub fn detail(&self) -> Option<&str> {
        self.problem()?.summary()
    }

    /// The fields that the API rejected.
    pub fn invalid_fields(&self) -> &[InvalidField] {
        self.problem()
            .map_or(&[], |problem| &problem.invalid_fields)
    }

    /// The request's id as the response headers have it (`x-request-id`, `cf-ray`), which
    /// Replicate's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// The delay that the server asked for.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The number of attempts.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Time of the last attempt, by this machine's clock.
    pub fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.0.sent_at
    }

    /// Path in the JSON where the response differs from its description, such as `urls.get`; `.`
    /// is the whole.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The body of the response as far as it was read and kept: at most its first 64 KiB, but
    /// all of it for [`ErrorKind::Decode`].
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// The id of what was created, where an unreadable or truncated response to a create still
    /// shows it.
    pub fn created_id(&self) -> Option<&str> {
        self.0.created_id.as_deref()
    }

    /// The id of the prediction or training that this error is about, or that exists because of
    /// the call.
    pub fn prediction_id(&self) -> Option<&str> {
        let creates_job = || Some(is_limited(self.method()?, self.url()?));
        let created = self.created_id().filter(|_| creates_job() == Some(true));
        self.0.job_id.as_deref().or(created)
    }
}

/// How the crates of this workspace make errors, and add what they know.
#[doc(hidden)]
impl Error {
    /// An error with a message: what failed and why.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind: Some(kind),
            message: message.into(),
            ..Parts::default()
        }))
    }

    /// The attached value of this type, as the facade's snapshot of a prediction.
    pub fn attached<T: Any + Send + Sync>(&self) -> Option<&T> {
        let mut attachments = self.0.attachments.iter().rev();
        attachments.find_map(|value| value.downcast_ref())
    }

    /// The attached value of this type, shared.
    pub fn attached_arc<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        let mut attachments = self.0.attachments.iter().rev();
        attachments.find_map(|value| Arc::clone(value).downcast().ok())
    }

    /// Attaches a value, which takes precedence over an earlier one of its type.
    pub fn attach<T: Any + Send + Sync>(mut self, value: Arc<T>) -> Self {
        self.0.attachments.push(value);
        self
    }

    /// Names the prediction or training that the error is about.
    pub fn with_prediction_id(mut self, id: impl Into<String>) -> Self {
        self.0.job_id = Some(id.into());
        self
    }

    /// Names what was attempted, in front of the message: "could not upload photo.png".
    pub fn with_context(mut self, attempt: impl Into<String>) -> Self {
        let attempt = attempt.into();
        self.0.context = Some(match self.0.context.take() {
            Some(inner) => format!("{attempt}: {inner}"),
            None => attempt,
        });
        self
    }

    /// Replaces the kind.
    pub fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.0.kind = Some(kind);
        self
    }

    /// Replaces what to do about it.
    pub fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    /// Adds what to do about it, after the usual advice for its kind.
    pub fn add_advice(mut self, advice: &str) -> Self {
        let usual = self.0.advice.take().or_else(|| self.usual_advice());
        self.0.advice = Some(match usual {
            Some(usual) => format!("{usual}; {advice}"),
            None => advice.to_owned(),
        });
        self
    }

    /// Sets the source.
    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Replaces the message.
    pub fn with_message(mut self, message: impl Into<String>) -> Self {
        self.0.message = message.into();
        self
    }

    /// Keeps a body, however large.
    pub fn with_whole_body(mut self, body: Bytes) -> Self {
        self.0.body = Some(body);
        self
    }

    /// Names the place in the JSON that does not fit.
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.0.path = Some(path.into());
        self
    }

    /// Marks the error as one of a call that must not be repeated, such as a run.
    pub fn with_idempotent(mut self, idempotent: bool) -> Self {
        self.0.idempotent = Some(idempotent);
        self
    }

    /// Marks a failure that would happen again.
    pub(crate) fn permanent(mut self) -> Self {
        self.0.permanent = true;
        self
    }

    /// Turns the failure of a create into one whose outcome is unknown.
    pub(crate) fn into_outcome_unknown(mut self) -> Self {
        if self.kind() != ErrorKind::OutcomeUnknown {
            self.0.cause = self.0.kind.replace(ErrorKind::OutcomeUnknown);
        }
        self
    }

    /// Names the place that the error is about.
    pub(crate) fn within(mut self, place: &str) -> Self {
        self.0.message = format!("{place}: {}", self.0.message);
        self
    }

    pub(crate) fn with_request(mut self, method: Method, url: &Url) -> Self {
        self.0.method = Some(method);
        self.0.url = Some(redacted_url(url));
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32, sent_at: Option<SystemTime>) -> Self {
        self.0.attempts = attempts;
        self.0.sent_at = sent_at.map(DateTime::from);
        self
    }

    pub(crate) fn with_response(mut self, status: StatusCode, headers: &HeaderMap) -> Self {
        let id = request_id(headers).filter(|id| (1..=200).contains(&id.len()));
        self.0.status = Some(status);
        self.0.request_id = id.map(str::to_owned);
        self
    }

    pub(crate) fn with_problem(mut self, problem: Option<ProblemDetails>) -> Self {
        self.0.problem = problem;
        self
    }

    pub(crate) fn with_retry_after(mut self, hint: Option<Duration>) -> Self {
        self.0.retry_after = hint;
        self
    }

    pub(crate) fn with_body(mut self, body: &Bytes) -> Self {
        // A copy, so that a slice does not keep a large body in memory.
        self.0.body = Some(match body.len() {
            0..=BODY_KEPT => body.clone(),
            _ => Bytes::copy_from_slice(&body[..BODY_KEPT]),
        });
        self
    }

    pub fn with_created_id(mut self, id: Option<String>) -> Self {
        self.0.created_id = id;
        self
    }

    /// The error of a request that could not be put together.
    pub(crate) fn from_building(error: reqwest::Error) -> Self {
        let source = error.without_url();
        Self::new(
            ErrorKind::InvalidRequest,
            format!("could not build the request: {}", innermost(&source)),
        )
        .with_source(source)
    }
}

/// The id of a request that Replicate's support asks for.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&str> {
    let id = headers.get("x-request-id").or(headers.get("cf-ray"))?;
    id.to_str().ok()
}

/// An error and the errors below it.
pub(crate) fn chain<'a>(
    error: &'a (dyn StdError + 'static),
) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

/// The text of the last error in a chain, which says most.
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> String {
    chain(error)
        .last()
        .map(ToString::to_string)
        .unwrap_or_default()
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests;
