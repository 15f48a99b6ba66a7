//! Polling schedule: the delay after each result, or failure.

use std::time::Duration;

use http::StatusCode;
use replicate_api::RetryPolicy;
use tokio::time::Instant;

use crate::error::{Error, ErrorKind};
use crate::settings::PollPolicy;

/// Time during which a 404 is attributed to replication lag, from the response to the create.
const REPLICATION_LAG: Duration = Duration::from_secs(60);

/// Number of times that an error that is not transient must repeat before it ends the wait.
const REPEATS: u32 = 3;

/// Over which time those repeats are spread.
const REPEAT_WINDOW: Duration = Duration::from_secs(5);

/// The same for the 404 of something that was never read or created by this handle.
const UNKNOWN_WINDOW: Duration = Duration::from_secs(2);

/// Default time for which a wait without a timeout outlasts an outage.
const DEFAULT_MAX_OUTAGE: Duration = Duration::from_secs(10 * 60);

/// The longest delay between polls at the beginning of an outage; later it is a quarter of the
/// outage so far.
const MIN_OUTAGE_BACKOFF: Duration = Duration::from_secs(1);

/// The longest delay that a server's `Retry-After` causes beside a status other than 429.
const MAX_UNAVAILABLE_DELAY: Duration = Duration::from_secs(60);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PollFailure {
    /// 429: a response, with a delay.
    RateLimited,
    /// The network, the server or a middlebox failed.
    Transient,
    /// A 404.
    NotFound,
    /// Any other 4xx.
    Rejected(StatusCode),
    /// Complete JSON, of which the id, the status or the output is unreadable.
    Undecodable,
    /// Repeating the poll cannot help.
    Fatal,
}

impl PollFailure {
    pub(crate) fn from_error(error: &Error) -> Self {
        let body = error.body().map(|body| body.as_ref());
        Self::classify(error.kind(), error.status(), body)
    }

    fn classify(kind: ErrorKind, status: Option<StatusCode>, body: Option<&[u8]>) -> Self {
        match (kind, status) {
            (ErrorKind::RateLimited, _) => Self::RateLimited,
            // These come with a 4xx too, where its body was truncated.
            (
                ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Server | ErrorKind::Redirect,
                _,
            ) => Self::Transient,
            (ErrorKind::TooLarge, Some(status)) if !status.is_success() => Self::Transient,
            (ErrorKind::TooLarge, _) => Self::Fatal,
            (ErrorKind::Decode, _) if body.is_none_or(is_json) => Self::Undecodable,
            (ErrorKind::Decode, _) => Self::Transient,
            (_, Some(StatusCode::NOT_FOUND)) => Self::NotFound,
            (_, Some(status)) if status.is_client_error() => Self::Rejected(status),
            (_, Some(_)) => Self::Transient,
            (_, None) => Self::Fatal,
        }
    }
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Poll again, after this delay.
    After(Duration),
    /// Poll again after the rate limit's pause; without a delay that the server names,
    /// after this one.
    Paused(Duration),
    /// The failure ends the wait.
    Fail,
    /// The outage has lasted as long as a wait may outlive.
    Outage(Duration),
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Knowledge {
    /// When the create's response arrived, where this handle created it.
    pub(crate) created: Option<Instant>,
    /// Whether a create or a read of this handle has returned it.
    pub(crate) exists: bool,
}

impl Knowledge {
    /// Whether a 404 may come from a replica that has not caught up with the create.
    pub(crate) fn may_lag(&self) -> bool {
        self.created
            .is_some_and(|created| created.elapsed() < REPLICATION_LAG)
    }
}

/// The delays of one wait. Time is monotonic.
#[derive(Debug)]
pub(crate) struct Schedule {
    policy: PollPolicy,
    backoff: RetryPolicy,
    max_outage: Option<Duration>,
    interval: Duration,
    /// Transient failures since the last good response.
    failures: u32,
    last_response: Instant,
    repeated: Option<Repeated>,
}

/// An error that ends the wait if it repeats.
#[derive(Clone, Copy, Debug)]
struct Repeated {
    failure: PollFailure,
    count: u32,
    since: Instant,
}

impl Schedule {
    /// `backoff` is for failures; `has_timeout` is whether the wait ends by itself.
    pub(crate) fn new(policy: PollPolicy, backoff: RetryPolicy, has_timeout: bool) -> Self {
        let default = (!has_timeout).then_some(DEFAULT_MAX_OUTAGE);
        Self {
            max_outage: policy.max_outage.or(default),
            interval: policy.first_interval(),
            policy,
            backoff,
            failures: 0,
            last_response: Instant::now(),
            repeated: None,
        }
    }

    /// The delay after a good response. `stretch` is how many times longer intervals are while
    /// the token is rate limited.
    pub(crate) fn succeeded(&mut self, stretch: u32) -> Duration {
        self.failures = 0;
        self.last_response = Instant::now();
        self.repeated = None;
        let interval = self.interval;
        self.interval = self.policy.next_interval(interval);
        interval.saturating_mul(stretch)
    }

    /// The action after a failure, with the delay that the server set.
    pub(crate) fn failed(
        &mut self,
        failure: PollFailure,
        named: Option<Duration>,
        known: Knowledge,
    ) -> Next {
        let now = Instant::now();
        match failure {
            PollFailure::Fatal => Next::Fail,
            PollFailure::RateLimited => {
                self.last_response = now;
                self.failures = self.failures.saturating_add(1);
                let named = named.filter(|delay| !delay.is_zero());
                Next::Paused(named.unwrap_or_else(|| self.backoff.backoff(self.failures)))
            }
            PollFailure::NotFound if known.may_lag() => self.outlive(now, None),
            PollFailure::Transient => self.outlive(now, named),
            PollFailure::NotFound if !known.exists => self.repeat(failure, UNKNOWN_WINDOW, now),
            PollFailure::Rejected(
                StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::GONE,
            ) if !known.exists => Next::Fail,
            PollFailure::NotFound | PollFailure::Rejected(_) | PollFailure::Undecodable => {
                self.repeat(failure, REPEAT_WINDOW, now)
            }
        }
    }

    /// The time since the last usable response.
    pub(crate) fn outage(&self) -> Duration {
        self.last_response.elapsed()
    }

    fn outlive(&mut self, now: Instant, named: Option<Duration>) -> Next {
        let outage = now.duration_since(self.last_response);
        let left = self.max_outage.map(|most| most.saturating_sub(outage));
        if left.is_some_and(|left| left.is_zero()) {
            return Next::Outage(outage);
        }
        self.failures = self.failures.saturating_add(1);
        let named = named.unwrap_or_default().min(MAX_UNAVAILABLE_DELAY);
        // So that a short outage delays the result by little.
        let most = MIN_OUTAGE_BACKOFF.max(outage / 4);
        let backoff = self.backoff.backoff(self.failures).min(most);
        let delay = backoff.max(named).max(self.interval);
        // The last attempt is made when the outage has lasted that long, not before.
        Next::After(left.map_or(delay, |left| delay.min(left)))
    }

    fn repeat(&mut self, failure: PollFailure, window: Duration, now: Instant) -> Next {
        let repeated = match self.repeated.filter(|before| before.failure == failure) {
            Some(before) => Repeated {
                count: before.count + 1,
                ..before
            },
            None => Repeated {
                failure,
                count: 1,
                since: now,
            },
        };
        self.repeated = Some(repeated);
        if repeated.count >= REPEATS && now.duration_since(repeated.since) >= window {
            return Next::Fail;
        }
        // Alternating errors count as one outage.
        let outage = now.duration_since(self.last_response);
        if (self.max_outage).is_some_and(|most| outage >= most.saturating_add(window)) {
            return Next::Outage(outage);
        }
        Next::After((window / (REPEATS - 1)).max(self.interval))
    }
}

#[cfg(test)]
mod tests;
