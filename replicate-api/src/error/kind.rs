use std::fmt;

use reqwest::StatusCode;

/// Groups of errors, by what a caller can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No token, or one that the API does not accept for this (401, 403): set
    /// `REPLICATE_API_TOKEN`, or pass another.
    Authentication,
    /// The account needs billing set up or credit (402).
    PaymentRequired,
    /// The model, prediction, file or other resource does not exist (404, 410).
    NotFound,
    /// The request is invalid (400, 413, 415, 422, and what is checked before sending). See
    /// [`Error::invalid_fields`](super::Error::invalid_fields).
    InvalidRequest,
    /// Too many requests (429). See [`Error::retry_after`](super::Error::retry_after).
    RateLimited,
    /// The server failed (5xx) at an idempotent request, after the policy's retries: try later.
    Server,
    /// Any other status. See [`Error::status`](super::Error::status) and
    /// [`Error::detail`](super::Error::detail).
    Status,
    /// No connection could be established, or it broke before the response was complete: check the
    /// network, the proxy and the base URL.
    Connect,
    /// The request timed out before a complete response arrived, or a prediction was not
    /// finished in time: it may still be running, so wait for it by its id.
    Timeout,
    /// A request that creates or changes something may or may not have been processed: the
    /// connection broke, the request timed out, the server failed, or its response cannot be
    /// read. Check whether it exists before you retry: a second create may be billed too.
    OutcomeUnknown,
    /// A response is not what the API describes, or not what the caller's type expects. See
    /// [`Error::path`](super::Error::path) and [`Error::body`](super::Error::body).
    Decode,
    /// A response, event or file is larger than the limit: raise the [`Limits`](crate::Limits).
    TooLarge,
    /// The API returned a redirect. It is not followed, so that the token is sent to no other
    /// host.
    Redirect,
    /// The client's configuration is invalid.
    Configuration,
    /// The prediction or training failed; the error carries it.
    Failed,
    /// The prediction or training was canceled; or the call was, before anything was sent.
    Canceled,
    /// The prediction was aborted before it started, at its deadline; the error carries it.
    Aborted,
    /// An output no longer exists: outputs are deleted an hour after their prediction.
    Expired,
    /// A stream of events ended too early, or is invalid: read the prediction instead.
    Stream,
    /// A file on this machine cannot be read or written. The message names the path and the cause.
    File,
    /// Webhook signature verification failed.
    Webhook,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// The kind of a response that is not a success.
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

    /// Whether the same call may succeed later.
    #[doc(hidden)]
    pub fn is_transient(self) -> bool {
        matches!(
            self,
            Self::Connect | Self::Timeout | Self::RateLimited | Self::Server
        )
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authentication => "authentication failed",
            Self::PaymentRequired => "payment required",
            Self::NotFound => "not found",
            Self::InvalidRequest => "invalid request",
            Self::RateLimited => "rate limited",
            Self::Server => "server error",
            Self::Status => "unexpected status",
            Self::Connect => "connection failed",
            Self::Timeout => "timed out",
            Self::OutcomeUnknown => "outcome unknown",
            Self::Decode => "unexpected response",
            Self::TooLarge => "too large",
            Self::Redirect => "unexpected redirect",
            Self::Configuration => "invalid configuration",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Aborted => "aborted",
            Self::Expired => "expired",
            Self::Stream => "stream failed",
            Self::File => "file error",
            Self::Webhook => "invalid webhook",
            Self::Other => "error",
        })
    }
}
