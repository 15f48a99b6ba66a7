use std::fmt;

/// Groups of errors, by what the caller can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No token, or one that the API does not accept for this (401, 403): set
    /// `REPLICATE_API_TOKEN`, or use another token.
    Authentication,
    /// The account needs billing set up or credit (402).
    PaymentRequired,
    /// The model, prediction, file or other resource does not exist (404, 410).
    NotFound,
    /// The request is invalid: [`Error::invalid_fields`](super::Error::invalid_fields) names
    /// the fields, where the API does.
    InvalidRequest,
    /// Too many requests (429): [`Error::retry_after`](super::Error::retry_after) is the delay
    /// that the API asks for.
    RateLimited,
    /// The server failed (5xx) at a request that changes nothing.
    Server,
    /// Any other status.
    Status,
    /// No connection could be made, or it broke before the response was complete.
    Connect,
    /// The request, or the wait for a prediction, timed out. A prediction that is still running
    /// is in [`Error::prediction_id`](super::Error::prediction_id): wait for it again, or cancel
    /// it.
    Timeout,
    /// A request that creates something may or may not have been processed. Look for it before
    /// you send it again, which may be billed again.
    OutcomeUnknown,
    /// JSON is not as it is described, or not what the caller's type expects:
    /// [`Error::path`](super::Error::path) is the place.
    Decode,
    /// A response, event or file is larger than the limit.
    TooLarge,
    /// The API responded with a redirect, which is not followed.
    Redirect,
    /// The client's configuration is invalid.
    Configuration,
    /// The prediction or training failed; the error carries it.
    Failed,
    /// The prediction or training was canceled; the error carries it, if it was created at all.
    Canceled,
    /// The prediction was aborted before it started, at its deadline; the error carries it.
    Aborted,
    /// An output was deleted, as all are an hour after their prediction.
    Expired,
    /// A stream of events broke, or could not be read.
    Stream,
    /// A local file cannot be read or written.
    File,
    /// The signature of a webhook could not be verified.
    Webhook,
    /// Anything else.
    Other,
}

impl ErrorKind {
    /// Whether a failure of this kind may be gone at the next attempt.
    pub(crate) fn is_transient(self) -> bool {
        matches!(
            self,
            Self::RateLimited | Self::Server | Self::Connect | Self::Timeout
        )
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Authentication => "authentication",
            Self::PaymentRequired => "payment required",
            Self::NotFound => "not found",
            Self::InvalidRequest => "invalid request",
            Self::RateLimited => "rate limited",
            Self::Server => "server error",
            Self::Status => "unexpected status",
            Self::Connect => "connection failed",
            Self::Timeout => "timeout",
            Self::OutcomeUnknown => "outcome unknown",
            Self::Decode => "undecodable response",
            Self::TooLarge => "too large",
            Self::Redirect => "redirect",
            Self::Configuration => "invalid configuration",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Aborted => "aborted",
            Self::Expired => "expired",
            Self::Stream => "stream error",
            Self::File => "file error",
            Self::Webhook => "unverified webhook",
            Self::Other => "other error",
        })
    }
}
