//! The retry decision after a failed attempt.

use reqwest::StatusCode;

/// Outcome of a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptOutcome {
    /// No connection was established: always retried.
    NotSent,
    /// A complete response that is not a success: the status decides.
    Status(StatusCode),
    /// No complete response (a reset, a timeout, a truncated body): a read is retried.
    Unknown,
    /// The next attempt would fail in the same way: never retried.
    Fatal,
}

/// Whether the server may have received the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    No,
    Maybe,
}

/// The decision after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryDecision {
    /// Make another attempt, if the policy allows one.
    Retry,
    /// The error is final.
    Fail,
    /// The API may have processed the request; another attempt could be billed again.
    OutcomeUnknown,
}

/// Decides whether to retry. This table is the promise about money: a request that is not
/// idempotent is retried only where the API cannot have processed it.
///
/// [`ErrorKind::from_status`](crate::ErrorKind) and the facade's `PollFailure::classify` follow the
/// same statuses: change them together.
pub(crate) fn decide(outcome: AttemptOutcome, idempotent: bool, sent: Sent) -> RetryDecision {
    use AttemptOutcome::{Fatal, NotSent, Status, Unknown};
    use RetryDecision::{Fail, OutcomeUnknown, Retry};
    match (outcome, idempotent, sent) {
        (NotSent, _, _) => Retry,
        (Status(StatusCode::TOO_MANY_REQUESTS), _, _) => Retry,
        (Status(status), true, _) if is_transient(status) => Retry,
        (Status(_), true, _) => Fail,
        (Status(status), false, _) if is_rejection(status) => Fail,
        (Status(_), false, _) => OutcomeUnknown,
        (Unknown, true, _) => Retry,
        (Fatal, true, _) => Fail,
        (Unknown | Fatal, false, Sent::Maybe) => OutcomeUnknown,
        (Unknown | Fatal, false, Sent::No) => Fail,
    }
}

/// Whether the same request may succeed later: 408, and every 5xx (Cloudflare's 520 to 530
/// included) but 501 and 505.
fn is_transient(status: StatusCode) -> bool {
    status == StatusCode::REQUEST_TIMEOUT
        || status.is_server_error() && !matches!(status.as_u16(), 501 | 505)
}

/// Whether the API has refused the request, so that nothing was created.
fn is_rejection(status: StatusCode) -> bool {
    status.is_client_error() && status != StatusCode::REQUEST_TIMEOUT
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every row: the outcome, then the decisions for an idempotent request and for a create,
    /// each when it was not sent and when it may have been.
    #[test]
    fn every_row_of_the_table_holds() {
        use AttemptOutcome::{Fatal, NotSent, Unknown};
        use RetryDecision::{Fail, OutcomeUnknown, Retry};
        for (outcome, read, create_not_sent, create_maybe_sent) in [
            (NotSent, Retry, Retry, Retry),
            (Unknown, Retry, Fail, OutcomeUnknown),
            (Fatal, Fail, Fail, OutcomeUnknown),
        ] {
            for sent in [Sent::No, Sent::Maybe] {
                assert_eq!(decide(outcome, true, sent), read, "{outcome:?} {sent:?}");
            }
            assert_eq!(decide(outcome, false, Sent::No), create_not_sent);
            assert_eq!(decide(outcome, false, Sent::Maybe), create_maybe_sent);
        }
        for code in (100..=999).filter(|code| !(200..300).contains(code)) {
            let (read, create) = match code {
                429 => (Retry, Retry),
                408 => (Retry, OutcomeUnknown),
                501 | 505 => (Fail, OutcomeUnknown),
                500..=599 => (Retry, OutcomeUnknown),
                400..=499 => (Fail, Fail),
                _ => (Fail, OutcomeUnknown),
            };
            let outcome = AttemptOutcome::Status(StatusCode::from_u16(code).unwrap());
            for sent in [Sent::No, Sent::Maybe] {
                assert_eq!(decide(outcome, true, sent), read, "{code}");
                assert_eq!(decide(outcome, false, sent), create, "{code}");
            }
        }
    }
}
