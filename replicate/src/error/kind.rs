/// Groups of errors, by what a caller can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No token, or one that the API does not accept for this (401, 403): set
    /// `REPLICATE_API_TOKEN`, or give another.
    Authentication,
    /// The account has to pay first (402).
    PaymentRequired,
    /// There is no such model, prediction, file or other thing (404).
    NotFound,
    /// The request is not right: [`Error::invalid_fields`](super::Error::invalid_fields) says
    /// which fields, where the API does.
    InvalidRequest,
    /// Too many requests (429): [`Error::retry_after`](super::Error::retry_after) says until
    /// when.
    RateLimited,
    /// The server failed (5xx) at a request that changes nothing.
    Server,
    /// Any other status.
    Status,
    /// No connection could be made, or it broke before the answer was whole.
    Connect,
    /// No answer, or no end of the prediction, in time. A prediction that goes on is in
    /// [`Error::prediction`](super::Error::prediction): wait for it again, or cancel it.
    Timeout,
    /// A request that creates something may or may not have been carried out. Look before
    /// sending it again, which may be billed again.
    OutcomeUnknown,
    /// JSON is not as it is described, or not what the caller's type expects.
    /// [`Error::path`](super::Error::path) says where.
    Decode,
    /// An answer, event or file is larger than the limit.
    TooLarge,
    /// The API answered with a redirect, which is not followed.
    Redirect,
    /// The client is set up wrongly.
    Configuration,
    /// The prediction or training failed; the error carries it.
    PredictionFailed,
    /// The prediction or training was canceled; the error carries it, if it was created at all.
    Canceled,
    /// The prediction was aborted before it started, at its deadline; the error carries it.
    Aborted,
    /// An output is no longer there: outputs are deleted an hour after their prediction.
    Expired,
    /// A stream of events broke off, or was none.
    Stream,
    /// A file on this machine cannot be read or written.
    File,
    /// A webhook is not to be believed.
    Webhook,
    /// Anything else.
    Other,
}
