//! Retry policy for API calls. When a request is retried at all is in `retry/decision.rs`.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::header::HeaderMap;
use tokio::time::Instant;

use crate::setters::setters;

mod decision;
mod retry_after;

pub(crate) use decision::{AttemptOutcome, RetryDecision, Sent, decide};

/// Retry policy for API calls.
///
/// | Failure | Reads, cancels, deletes | Creates and other changes |
/// |---|---|---|
/// | no connection could be established | retried | retried |
/// | 429 | retried | retried; predictions and trainings queue |
/// | 408, 5xx but 501 and 505 | retried | outcome unknown |
/// | 501, 505, other statuses | error | 4xx: error; otherwise outcome unknown |
/// | reset, timeout, truncated response | retried | outcome unknown, if the request may have been sent |
///
/// A create is not retried once the API may have processed it, since the API does not recognize a
/// second copy: the error is [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown).
///
/// The delay before a retry is the one that the server names (`Retry-After`, or the body), never
/// less; otherwise it doubles from 0.5 s to 8 s, less up to half of it at random. Creates that
/// queue are not counted as attempts: they wait in a queue of all calls with the same token, first
/// in, first out, until the API accepts them, for at most
/// [`max_queue_time`](Self::max_queue_time). These are the defaults:
///
/// ```
/// use std::time::Duration;
/// use replicate_api::{RetryPolicy, Transport};
///
/// let policy = RetryPolicy::default()
///     .with_max_attempts(3)
///     .with_max_rate_limited_attempts(5)
///     .with_backoff(Duration::from_millis(500), Duration::from_secs(8))
///     .with_max_retry_after(Duration::from_secs(60))
///     .with_max_queue_time(Duration::from_secs(600));
/// let transport = Transport::builder().retry_policy(policy).build()?;
/// # Ok::<(), replicate_api::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// Maximum number of attempts, the first included. Default 3.
    pub max_attempts: u32,
    /// The same for requests that get a 429. Default 5.
    pub max_rate_limited_attempts: u32,
    /// The first delay, where the server names none. It doubles with each attempt. Default
    /// 0.5 s.
    pub initial_backoff: Duration,
    /// The longest delay, where the server names none. Default 8 s.
    pub max_backoff: Duration,
    /// When the server asks for a longer delay than this, the call fails at once, with
    /// [`Error::retry_after`](crate::Error::retry_after) set. Default 60 s. Creates of
    /// predictions and trainings wait regardless.
    pub max_retry_after: Duration,
    /// Maximum time that the create of a prediction or training queues after a 429, unless
    /// the call has a timeout of its own. Default 10 minutes.
    pub max_queue_time: Duration,
    /// Budget for retries without a `Retry-After`; `None`, the default, is the budget that the
    /// transport keeps for each token.
    pub budget: Option<RetryBudget>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            max_rate_limited_attempts: 5,
            initial_backoff: Duration::from_millis(500),
            max_backoff: Duration::from_secs(8),
            max_retry_after: Duration::from_secs(60),
            max_queue_time: Duration::from_secs(600),
            budget: None,
        }
    }
}

/// State of a call after a failed attempt.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryState {
    pub(crate) rate_limited: bool,
    /// The number of attempts, this one included.
    pub(crate) attempts: u32,
    /// The delay that the server asked for.
    pub(crate) retry_after: Option<Duration>,
    /// Time until the deadline.
    pub(crate) remaining: Duration,
}

impl RetryPolicy {
    /// A policy that sends every request once, draws from no budget, and waits in no queue.
    pub fn never() -> Self {
        Self {
            max_attempts: 1,
            max_rate_limited_attempts: 1,
            ..Self::default()
        }
    }

    setters! {
        with_max_attempts max_attempts: u32;
        with_max_rate_limited_attempts max_rate_limited_attempts: u32;
        with_max_retry_after max_retry_after: Duration;
        with_max_queue_time max_queue_time: Duration;
        with_budget budget: RetryBudget;
    }

    /// Sets [`initial_backoff`](Self::initial_backoff) and [`max_backoff`](Self::max_backoff).
    #[must_use]
    pub fn with_backoff(mut self, initial: Duration, max: Duration) -> Self {
        self.initial_backoff = initial;
        self.max_backoff = max;
        self
    }

    /// Whether creates may wait for their turn after a 429.
    pub(crate) fn queues_creates(&self) -> bool {
        self.max_rate_limited_attempts > 1
    }

    /// How long to wait before the next attempt, or why there is none.
    pub(crate) fn delay(
        &self,
        state: RetryState,
        shared: &RetryBudget,
    ) -> Result<Duration, &'static str> {
        let max_attempts = match state.rate_limited {
            true => self.max_rate_limited_attempts,
            false => self.max_attempts,
        };
        if state.attempts >= max_attempts {
            return Err("the attempts are used up");
        }
        // Ignore `Retry-After: 0`.
        let named = state.retry_after.filter(|wait| !wait.is_zero());
        let delay = match named {
            Some(wait) if wait > self.max_retry_after => {
                return Err("the delay that the server names exceeds max_retry_after");
            }
            Some(wait) => jitter(wait),
            None => self.backoff(state.attempts),
        };
        if delay >= state.remaining {
            return Err("the call would time out before");
        }
        // A delay set by the server does not draw from the budget.
        let budget = self.budget.as_ref().unwrap_or(shared);
        match named.is_some() || budget.take() {
            true => Ok(delay),
            false => Err("the retry budget is empty"),
        }
    }

    /// The delay after the given number of attempts, where the server names none:
    /// [`initial_backoff`](Self::initial_backoff) after the first, twice that after the second,
    /// up to [`max_backoff`](Self::max_backoff); less up to half of it at random.
    ///
    /// ```
    /// use std::time::Duration;
    /// use replicate_api::RetryPolicy;
    ///
    /// let first = RetryPolicy::default().backoff(1);
    /// assert!(Duration::from_millis(250) <= first && first <= Duration::from_millis(500));
    /// assert!(RetryPolicy::default().backoff(99) <= Duration::from_secs(8));
    /// ```
    pub fn backoff(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(31);
        let longest = self
            .initial_backoff
            .saturating_mul(1 << doublings)
            .min(self.max_backoff);
        let half = longest / 2;
        half.saturating_add(fraction(longest - half))
    }

    /// The wait that a response asks for: its `Retry-After` header (seconds, or a date), else
    /// `retry_after` in its body, else the `~30s` in the body's `detail`.
    ///
    /// A date is compared with the response's own `Date`, so that a skewed local clock does
    /// not matter. What cannot be read, and what is negative, counts as absent.
    ///
    /// ```
    /// use std::time::Duration;
    /// use replicate_api::{RetryPolicy, header::HeaderMap};
    ///
    /// let body = br#"{"detail": "Request was throttled. Your rate limit resets in ~30s."}"#;
    /// assert_eq!(RetryPolicy::retry_after(&HeaderMap::new(), body), Some(Duration::from_secs(30)));
    /// ```
    pub fn retry_after(headers: &HeaderMap, body: &[u8]) -> Option<Duration> {
        retry_after::from_response(headers, body)
    }
}

/// Adds a little to a wait, so that clients that got the same delay do not return together.
pub(crate) fn jitter(wait: Duration) -> Duration {
    let more = (wait / 10).min(Duration::from_secs(1));
    wait.saturating_add(fraction(more))
}

/// A random part of a duration.
fn fraction(whole: Duration) -> Duration {
    Duration::try_from_secs_f64(whole.as_secs_f64() * fastrand::f64())
        .unwrap_or(whole)
        .min(whole)
}

/// A token bucket that stops retry storms: each retry without a delay from the server takes a
/// token, and tokens come back with time. Clones share the bucket.
///
/// Where it is empty, the error of the attempt is returned at once, as if the policy had no
/// attempt left. Each token has a bucket of its own without further configuration; make one to
/// share it between clients, or to change its size.
#[derive(Clone)]
pub struct RetryBudget(Arc<Bucket>);

struct Bucket {
    capacity: u32,
    per_second: f64,
    level: Mutex<Option<(f64, Instant)>>,
}

impl RetryBudget {
    /// A full bucket of `capacity` retries, of which `per_second` come back each second.
    pub fn new(capacity: u32, per_second: f64) -> Self {
        Self(Arc::new(Bucket {
            capacity,
            per_second: per_second.max(0.0),
            level: Mutex::new(None),
        }))
    }

    /// A full bucket of the same size that shares nothing with this one.
    pub(crate) fn fresh(&self) -> Self {
        Self::new(self.0.capacity, self.0.per_second)
    }

    fn take(&self) -> bool {
        let bucket = &*self.0;
        let now = Instant::now();
        let mut level = bucket.level.lock().unwrap_or_else(PoisonError::into_inner);
        let capacity = f64::from(bucket.capacity);
        let (left, since) = level.unwrap_or((capacity, now));
        let refilled = now.saturating_duration_since(since).as_secs_f64() * bucket.per_second;
        let left = (left + refilled).min(capacity);
        let enough = left >= 1.0;
        *level = Some((if enough { left - 1.0 } else { left }, now));
        enough
    }
}

impl Default for RetryBudget {
    /// 100 retries, of which 10 come back each second.
    fn default() -> Self {
        Self::new(100, 10.0)
    }
}

impl fmt::Debug for RetryBudget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RetryBudget")
            .field("capacity", &self.0.capacity)
            .field("per_second", &self.0.per_second)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
