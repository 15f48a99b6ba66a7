//! When a request is sent again, and how long after.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use serde_json::Value;
use tokio::time::Instant;

use crate::problem::ProblemDetails;

/// When a request is sent again, and how long after.
///
/// What creates or changes something (a prediction, a training, a file, …) is sent again only
/// when no connection could be made, and after a whole 429: whatever else goes wrong, it may
/// have been carried out, and the API has no way to recognise a second copy. Reads, cancels and
/// deletes are also sent again on 408, 500, 502, 503 and 504, when the connection breaks, and
/// when an attempt times out.
///
/// The delay is what the server asks for (`Retry-After`, or the body), never less; otherwise
/// random up to 0.5 s, then 1 s, 2 s, up to 8 s. These are the defaults:
///
/// ```
/// use std::time::Duration;
/// use replicate_api::{RetryPolicy, Transport};
///
/// let policy = RetryPolicy::default()
///     .with_attempts(3)
///     .with_rate_limited_attempts(5)
///     .with_delays(Duration::from_millis(500), Duration::from_secs(8))
///     .with_longest_hint(Duration::from_secs(60));
/// let transport = Transport::builder().retry(policy).build()?;
/// # Ok::<(), replicate_api::Error>(())
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// How many times a request is sent at most, the first time included. Default 3.
    pub attempts: u32,
    /// The same for requests that meet 429. Default 5.
    pub rate_limited_attempts: u32,
    /// The longest the first delay can be, when the server asks for none. It doubles with each
    /// attempt. Default 0.5 s.
    pub first_delay: Duration,
    /// Where the doubling ends. Default 8 s.
    pub longest_delay: Duration,
    /// When the server asks to wait longer than this, the call fails at once, with
    /// [`Error::retry_after`](crate::Error::retry_after) set. Default 60 s.
    pub longest_hint: Duration,
    /// Where retries without a hint are drawn from; `None`, the default, draws from the
    /// transport's own.
    pub budget: Option<RetryBudget>,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 3,
            rate_limited_attempts: 5,
            first_delay: Duration::from_millis(500),
            longest_delay: Duration::from_secs(8),
            longest_hint: Duration::from_secs(60),
            budget: None,
        }
    }
}

/// What is known about an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AttemptOutcome {
    /// No connection was made, so no byte of the request left.
    NotSent,
    /// The server answered, wholly.
    Status(StatusCode),
    /// The request may have left; no whole answer came.
    Unknown,
    /// It would fail the same way again.
    Fatal,
}

/// What happens after an attempt that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RetryDecision {
    /// Sending again is wrong or pointless.
    Permanent,
    /// Sending again would be right, but there were enough attempts, or it would be too late.
    Exhausted,
    /// Send again after this long.
    Continue(Duration),
}

/// An attempt that failed, as the policy judges it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryState {
    pub(crate) fate: AttemptOutcome,
    pub(crate) idempotent: bool,
    /// How many attempts there were, this one included.
    pub(crate) attempts: u32,
    /// What the server asked for.
    pub(crate) hint: Option<Duration>,
    /// What is left until the deadline.
    pub(crate) remaining: Duration,
}

impl RetryPolicy {
    /// A policy that sends every request once.
    pub fn never() -> Self {
        Self {
            attempts: 1,
            rate_limited_attempts: 1,
            ..Self::default()
        }
    }

    /// Sets [`attempts`](Self::attempts).
    #[must_use]
    pub fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// Sets [`rate_limited_attempts`](Self::rate_limited_attempts).
    #[must_use]
    pub fn with_rate_limited_attempts(mut self, attempts: u32) -> Self {
        self.rate_limited_attempts = attempts;
        self
    }

    /// Sets [`first_delay`](Self::first_delay) and [`longest_delay`](Self::longest_delay).
    #[must_use]
    pub fn with_delays(mut self, first: Duration, longest: Duration) -> Self {
        self.first_delay = first;
        self.longest_delay = longest;
        self
    }

    /// Sets [`longest_hint`](Self::longest_hint).
    #[must_use]
    pub fn with_longest_hint(mut self, longest: Duration) -> Self {
        self.longest_hint = longest;
        self
    }

    /// Sets [`budget`](Self::budget).
    #[must_use]
    pub fn with_budget(mut self, budget: RetryBudget) -> Self {
        self.budget = Some(budget);
        self
    }

    pub(crate) fn decide(&self, failed: RetryState, shared: &RetryBudget) -> RetryDecision {
        if !is_worth_repeating(failed.fate, failed.idempotent) {
            return RetryDecision::Permanent;
        }
        let rate_limited = failed.fate == AttemptOutcome::Status(StatusCode::TOO_MANY_REQUESTS);
        let attempts = if rate_limited {
            self.rate_limited_attempts
        } else {
            self.attempts
        };
        if failed.attempts >= attempts {
            return RetryDecision::Exhausted;
        }
        let delay = match failed.hint {
            Some(hint) if hint > self.longest_hint => return RetryDecision::Exhausted,
            Some(hint) if !hint.is_zero() => spread(hint),
            // A server that asks for no wait at all is not taken at its word.
            _ => self.backoff(failed.attempts),
        };
        if delay >= failed.remaining {
            return RetryDecision::Exhausted;
        }
        // What the server itself has timed makes no storm, so that it costs nothing here.
        let paced = failed.hint.is_some_and(|hint| !hint.is_zero());
        let budget = self.budget.as_ref().unwrap_or(shared);
        if !paced && !budget.take() {
            return RetryDecision::Exhausted;
        }
        RetryDecision::Continue(delay)
    }

    /// How long to wait after the given number of attempts, where no server says: random, up to
    /// [`first_delay`](Self::first_delay) after the first, twice that after the second, up to
    /// [`longest_delay`](Self::longest_delay).
    ///
    /// ```
    /// use std::time::Duration;
    /// use replicate_api::RetryPolicy;
    ///
    /// assert!(RetryPolicy::default().backoff(1) <= Duration::from_millis(500));
    /// assert!(RetryPolicy::default().backoff(99) <= Duration::from_secs(8));
    /// ```
    pub fn backoff(&self, attempts: u32) -> Duration {
        let doublings = attempts.saturating_sub(1).min(31);
        let longest = self
            .first_delay
            .saturating_mul(1 << doublings)
            .min(self.longest_delay);
        longest.mul_f64(fastrand::f64())
    }

    /// How long an answer asks to wait: its `Retry-After` header (seconds, or a date), else
    /// `retry_after` in its body, else the `~30s` in the body's `detail`.
    ///
    /// A date is held against the answer's own `Date`, so that this machine's clock may be
    /// wrong. What cannot be read, and what is negative, counts as absent.
    ///
    /// ```
    /// use std::time::Duration;
    /// use replicate_api::{RetryPolicy, header::HeaderMap};
    ///
    /// let body = br#"{"detail": "Request was throttled. Your rate limit resets in ~30s."}"#;
    /// assert_eq!(RetryPolicy::hint(&HeaderMap::new(), body), Some(Duration::from_secs(30)));
    /// ```
    pub fn hint(headers: &HeaderMap, body: &[u8]) -> Option<Duration> {
        headers
            .get(RETRY_AFTER)
            .and_then(|value| retry_after(value, headers.get(DATE), Utc::now()))
            .or_else(|| hint_in_problem(&ProblemDetails::read(body)?))
    }
}

fn is_worth_repeating(fate: AttemptOutcome, idempotent: bool) -> bool {
    match fate {
        AttemptOutcome::NotSent | AttemptOutcome::Status(StatusCode::TOO_MANY_REQUESTS) => true,
        AttemptOutcome::Status(status) => {
            idempotent && matches!(status.as_u16(), 408 | 500 | 502 | 503 | 504)
        }
        AttemptOutcome::Unknown => idempotent,
        AttemptOutcome::Fatal => false,
    }
}

/// A hint and a little more, so that those who were told the same do not come back together.
fn spread(hint: Duration) -> Duration {
    hint + (hint / 10)
        .min(Duration::from_secs(1))
        .mul_f64(fastrand::f64())
}

fn retry_after(
    value: &HeaderValue,
    date: Option<&HeaderValue>,
    now: DateTime<Utc>,
) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return seconds(text);
    }
    let then = http_date(text)?;
    let now = date
        .and_then(|date| http_date(date.to_str().ok()?.trim()))
        .unwrap_or(now);
    // A date that has passed asks for no more wait.
    Some((then - now).to_std().unwrap_or(Duration::ZERO))
}

/// The three forms of a date in HTTP.
fn http_date(text: &str) -> Option<DateTime<Utc>> {
    [
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",
        "%a %b %e %H:%M:%S %Y",
    ]
    .iter()
    .find_map(|form| NaiveDateTime::parse_from_str(text, form).ok())
    .map(|date| date.and_utc())
}

/// A number of seconds; more than can be counted is as long as can be.
fn seconds(text: &str) -> Option<Duration> {
    if text.is_empty()
        || !text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
    {
        return None;
    }
    let seconds: f64 = text.parse().ok()?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

pub(crate) fn hint_in_problem(problem: &ProblemDetails) -> Option<Duration> {
    let member = match problem.extra.get("retry_after") {
        Some(Value::Number(number)) => seconds(&number.to_string()),
        Some(Value::String(text)) => seconds(text.trim()),
        _ => None,
    };
    member.or_else(|| hint_in_sentence(problem.detail.as_deref()?))
}

fn hint_in_sentence(sentence: &str) -> Option<Duration> {
    sentence.split('~').skip(1).find_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let after = rest[end..].strip_prefix('s')?;
        if after.starts_with(|c: char| c.is_alphanumeric()) {
            return None;
        }
        seconds(&rest[..end])
    })
}

/// A token bucket that stops retry storms: each retry without a hint from the server takes a
/// token, and tokens come back with time. Clones share the bucket.
#[derive(Clone)]
pub struct RetryBudget(Arc<Bucket>);

struct Bucket {
    capacity: f64,
    per_second: f64,
    level: Mutex<Option<(f64, Instant)>>,
}

impl RetryBudget {
    /// A full bucket of `capacity` retries, of which `per_second` come back each second.
    pub fn new(capacity: u32, per_second: f64) -> Self {
        Self(Arc::new(Bucket {
            capacity: capacity.into(),
            per_second: per_second.max(0.0),
            level: Mutex::new(None),
        }))
    }

    fn take(&self) -> bool {
        let bucket = &*self.0;
        let now = Instant::now();
        let mut level = bucket.level.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, since) = level.unwrap_or((bucket.capacity, now));
        let refilled = now.duration_since(since).as_secs_f64() * bucket.per_second;
        let left = (left + refilled).min(bucket.capacity);
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
