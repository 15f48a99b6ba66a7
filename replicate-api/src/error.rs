use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, StatusCode, Url};

use crate::base_url;
use crate::problem::{InvalidField, ProblemDetails};
use crate::response::request_id;

mod display;

mod redact;

pub(crate) use redact::Secrets;

/// Why a call failed.
///
/// [`kind`](Error::kind) groups errors by what a caller can do about them; the other methods
/// give what is known. Its text is one line: what was attempted, what came back, what to do.
/// Neither the text nor `Debug` nor a source shows a token or a body. (A token of fewer than 8
/// characters, as a local server takes, opens nothing and is not looked for in what servers say.)
pub struct Error(Box<Parts>);

/// Groups of errors, by what a caller can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No token, or one that the API does not accept for this (401, 403).
    Authentication,
    /// The account has to pay first (402).
    PaymentRequired,
    /// There is no such thing (404, 410).
    NotFound,
    /// The request is not right (400, 413, 415, 422, and what is checked before sending). See
    /// [`Error::invalid_fields`].
    InvalidRequest,
    /// Too many requests (429). See [`Error::retry_after`].
    RateLimited,
    /// The server failed (5xx) at a request that changes nothing, or can be sent again.
    Server,
    /// Any other status.
    Status,
    /// No connection could be made, or it broke before the answer was whole.
    Connect,
    /// No answer, or no whole answer, in time.
    Timeout,
    /// A request that creates or changes something may or may not have been carried out:
    /// the connection broke, time ran out, the server failed, or its answer cannot be read.
    /// Look before sending it again, which may be billed again.
    OutcomeUnknown,
    /// The answer is not what the API describes. See [`Error::path`] and [`Error::body`].
    Decode,
    /// The answer is larger than the limit.
    TooLarge,
    /// The API answered with a redirect, which is not followed: the token stays where it is.
    Redirect,
    /// The client is set up wrongly.
    Configuration,
    /// Anything else.
    Other,
}

#[derive(Default)]
struct Parts {
    kind: Option<ErrorKind>,
    cause: Option<ErrorKind>,
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
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// How much of a body an error keeps.
const BODY_KEPT: usize = 64 * 1024;

impl Error {
    /// An error of the client's own, with what happened in a few words.
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Parts {
            kind: Some(kind),
            message: message.into(),
            ..Parts::default()
        }))
    }

    /// The group that this error belongs to.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind.unwrap_or(ErrorKind::Other)
    }

    /// What led to [`ErrorKind::OutcomeUnknown`]: the kind that the same failure of a read has.
    pub fn cause(&self) -> Option<ErrorKind> {
        self.0.cause
    }

    /// The request's method.
    pub fn method(&self) -> Option<&Method> {
        self.0.method.as_ref()
    }

    /// The request's address, without its query.
    pub fn url(&self) -> Option<&Url> {
        self.0.url.as_ref()
    }

    /// The answer's status, where there was one.
    pub fn status(&self) -> Option<StatusCode> {
        self.0.status
    }

    /// What the API says about the failure.
    pub fn problem(&self) -> Option<&ProblemDetails> {
        self.0.problem.as_ref()
    }

    /// The API's sentence about the failure.
    pub fn detail(&self) -> Option<&str> {
        let problem = self.problem()?;
        problem.summary()
    }

    /// The fields that the API refused.
    pub fn invalid_fields(&self) -> &[InvalidField] {
        self.problem()
            .map_or(&[], |problem| &problem.invalid_fields)
    }

    /// The request's id as the answer's headers give it (`x-request-id`, `cf-ray`), which
    /// Replicate's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// How long the server asked to wait.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How many requests were sent, or tried to be.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// When the last request was sent, by this machine's clock.
    pub fn sent_at(&self) -> Option<DateTime<Utc>> {
        self.0.sent_at
    }

    /// Where in the JSON the answer differs from what is described, such as `urls.get`; `.` is
    /// the whole.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// The answer's body as far as it was read and kept: at most its first 64 KiB, but whole
    /// for [`ErrorKind::Decode`].
    pub fn body(&self) -> Option<&Bytes> {
        self.0.body.as_ref()
    }

    /// The id of what was created, where an unreadable or broken answer to a create still
    /// shows it.
    pub fn created_id(&self) -> Option<&str> {
        self.0.created_id.as_deref()
    }

    pub(crate) fn with_advice(mut self, advice: impl Into<String>) -> Self {
        self.0.advice = Some(advice.into());
        self
    }

    /// Names the place that the error is about.
    pub(crate) fn within(mut self, place: &str) -> Self {
        self.0.message = format!("{place}: {}", self.0.message);
        self
    }

    pub(crate) fn with_source(
        mut self,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        self.0.source = Some(source.into());
        self
    }

    pub(crate) fn with_request(mut self, method: Method, url: &Url) -> Self {
        self.0.method = Some(method);
        self.0.url = Some(base_url::redacted_url(url));
        self
    }

    pub(crate) fn with_attempts(mut self, attempts: u32, sent_at: Option<DateTime<Utc>>) -> Self {
        self.0.attempts = attempts;
        self.0.sent_at = sent_at;
        self
    }

    pub(crate) fn with_response(self, status: StatusCode, headers: &HeaderMap) -> Self {
        self.with_status(status, request_id(headers))
    }

    pub(crate) fn with_status(mut self, status: StatusCode, id: Option<&HeaderValue>) -> Self {
        let id = id.and_then(|id| id.to_str().ok());
        self.0.status = Some(status);
        self.0.request_id = id
            .filter(|id| (1..=200).contains(&id.len()))
            .map(str::to_owned);
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

    pub(crate) fn with_undecoded(mut self, body: Bytes, path: String) -> Self {
        self.0.body = Some(body);
        self.0.path = Some(path);
        self
    }

    pub(crate) fn with_created_id(mut self, id: Option<String>) -> Self {
        self.0.created_id = id;
        self
    }

    /// Turns the failure of a create into one whose outcome nobody knows.
    pub(crate) fn into_outcome_unknown(mut self) -> Self {
        self.0.cause = self.0.kind.replace(ErrorKind::OutcomeUnknown);
        self
    }
}

impl ErrorKind {
    /// The kind of an answer that is no success.
    pub(crate) fn from_status(status: StatusCode) -> Self {
        match status.as_u16() {
            401 | 403 => Self::Authentication,
            402 => Self::PaymentRequired,
            404 | 410 => Self::NotFound,
            400 | 413 | 415 | 422 => Self::InvalidRequest,
            408 => Self::Timeout,
            429 => Self::RateLimited,
            300..=303 | 305..=308 => Self::Redirect,
            500..=599 => Self::Server,
            _ => Self::Status,
        }
    }
}

impl Error {
    /// The error of a request that could not be put together.
    pub(crate) fn from_building(error: reqwest::Error) -> Self {
        let source = error.without_url();
        Self::new(
            ErrorKind::InvalidRequest,
            format!("the request cannot be built: {}", innermost(&source)),
        )
        .with_source(source)
    }
}

/// The text of the last error in a chain, which says most.
pub(crate) fn innermost(error: &dyn StdError) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = &self.0;
        let mut debug = f.debug_struct("Error");
        debug
            .field("kind", &self.kind())
            .field("message", &self.to_string());
        if let Some(cause) = parts.cause {
            debug.field("cause", &cause);
        }
        if let Some(path) = &parts.path {
            debug.field("path", path);
        }
        if parts.attempts > 0 {
            debug.field("attempts", &parts.attempts);
        }
        if let Some(sent_at) = parts.sent_at {
            debug.field(
                "sent_at",
                &sent_at.to_rfc3339_opts(SecondsFormat::Millis, true),
            );
        }
        if let Some(body) = &parts.body {
            debug.field("body", &format_args!("{} bytes", body.len()));
        }
        if let Some(source) = &parts.source {
            debug.field("source", &source.to_string());
        }
        debug.finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests;
