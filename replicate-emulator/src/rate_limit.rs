//! Rate limits: the documented ones, counted in every response, and a token bucket for creates.

use std::{collections::HashMap, sync::Mutex, time::Duration};

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue};

use crate::{problem::Problem, routes::Operation, sync::Locked};

const CREATES_PER_MINUTE: u64 = 600;
const OTHERS_PER_MINUTE: u64 = 3000;
const WINDOW_SECONDS: i64 = 60;
/// The most tokens that are counted. At one more, counting begins anew.
const MAX_TOKENS: usize = 10_000;
/// The interval of a limit that never refills.
const NEVER: Duration = Duration::from_secs(100 * 365 * 24 * 3600);

/// A limit on the creates of predictions and trainings: a token bucket for each API token.
///
/// A bucket holds `burst` creates and refills at a constant rate, on the emulator's clock. A
/// create that finds it empty is refused with 429: the body has `detail`, `status` and
/// `retry_after`, and the headers are `ratelimit-remaining: 0` and `ratelimit-reset`, both in
/// whole seconds (at least one). As in the API there is no `Retry-After` header. Nothing is
/// created by a refused call, and no other call is limited. When a program has used 10,000 tokens,
/// the buckets of all of them start full again.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use replicate_emulator::{Emulator, RateLimit};
///
/// let builder = Emulator::builder().rate_limit(RateLimit::new(1, 0.5));
/// let emulator = builder.start().await?;
/// let create = || {
///     reqwest::Client::new()
///         .post(format!("{}/v1/models/emulator/text/predictions", emulator.url()))
///         .bearer_auth("any")
///         .json(&serde_json::json!({"input": {"prompt": "Hi"}}))
///         .send()
/// };
/// assert_eq!(create().await?.status(), 201);
/// let refused = create().await?;
/// assert_eq!(refused.status(), 429);
/// assert_eq!(refused.headers()["ratelimit-reset"], "2");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct RateLimit {
    burst: u32,
    interval: Duration,
    low_credit: bool,
    count_refused: bool,
}

impl RateLimit {
    /// At most `burst` creates at once (at least 1), refilled at `per_second`. A rate that is
    /// not positive never refills.
    pub fn new(burst: u32, per_second: f64) -> Self {
        Self {
            burst: burst.max(1),
            interval: interval(per_second),
            low_credit: false,
            count_refused: false,
        }
    }

    /// The limit of an account with less than $5 of credit: a burst of 1 and 6 creates a minute.
    /// The body of its 429 says so.
    pub fn low_credit() -> Self {
        Self {
            low_credit: true,
            ..Self::new(1, 0.1)
        }
    }

    /// Sets the rate at which the bucket refills.
    pub fn per_second(mut self, per_second: f64) -> Self {
        self.interval = interval(per_second);
        self
    }

    /// Counts refused creates too: each one empties the bucket again, so that a client that
    /// retries too early is never served. Default: refused creates are not counted.
    pub fn count_refused(mut self) -> Self {
        self.count_refused = true;
        self
    }

    fn problem(&self, retry_after: u64) -> Problem {
        if !self.low_credit {
            return Problem::throttled("", retry_after);
        }
        let per_minute = 60.0 / self.interval.as_secs_f64();
        let reduced = format!(
            " Your rate limit for creating predictions is reduced to {} requests per minute with \
             a burst of {} requests while you have less than $5.0 in credit.",
            (per_minute * 100.0).round() / 100.0,
            self.burst,
        );
        Problem::throttled(&reduced, retry_after)
    }
}

fn interval(per_second: f64) -> Duration {
    Duration::try_from_secs_f64(1.0 / per_second).map_or(NEVER, |interval| {
        interval.clamp(Duration::from_nanos(1), NEVER)
    })
}

/// The calls of every token, and the limits on them.
pub(crate) struct Limits {
    /// Whether the documented limits are enforced, not only counted.
    enforced: bool,
    inner: Mutex<Inner>,
}

struct Inner {
    limit: Option<RateLimit>,
    tokens: HashMap<String, Usage>,
}

/// Usage of one token.
#[derive(Debug, Default)]
struct Usage {
    creates: Window,
    others: Window,
    bucket: Bucket,
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    started: Option<DateTime<Utc>>,
    used: u64,
}

/// Remaining quota of a limit, and the seconds until its reset.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Remaining {
    calls: u64,
    reset: u64,
}

impl Limits {
    pub(crate) fn new(enforced: bool, limit: Option<RateLimit>) -> Self {
        Self {
            enforced,
            inner: Mutex::new(Inner {
                limit,
                tokens: HashMap::new(),
            }),
        }
    }

    /// Replaces the limit on creates. Every bucket starts full.
    pub(crate) fn set(&self, limit: Option<RateLimit>) {
        let mut inner = self.inner.locked();
        inner.limit = limit;
        for usage in inner.tokens.values_mut() {
            usage.bucket = Bucket::default();
        }
    }

    /// Counts one call of `token`, or refuses it.
    pub(crate) fn take(
        &self,
        token: &str,
        operation: Operation,
        now: DateTime<Utc>,
    ) -> Result<Remaining, Problem> {
        let mut inner = self.inner.locked();
        let Inner { limit, tokens } = &mut *inner;
        if tokens.len() >= MAX_TOKENS && !tokens.contains_key(token) {
            tokens.clear();
        }
        let usage = tokens.entry(token.to_owned()).or_default();
        let is_create = operation.creates_job();
        if let Some(limit) = limit.as_ref().filter(|_| is_create) {
            let bucket = usage.bucket.take(limit, nanoseconds(now))?;
            if !self.enforced {
                return Ok(bucket);
            }
        }
        let (window, max) = if is_create {
            (&mut usage.creates, CREATES_PER_MINUTE)
        } else {
            (&mut usage.others, OTHERS_PER_MINUTE)
        };
        window.take(max, self.enforced, now)
    }
}

impl Window {
    /// Seconds since it started.
    fn age(&self, now: DateTime<Utc>) -> i64 {
        self.started
            .map_or(WINDOW_SECONDS, |started| (now - started).num_seconds())
    }

    fn take(&mut self, max: u64, enforced: bool, now: DateTime<Utc>) -> Result<Remaining, Problem> {
        if self.age(now) >= WINDOW_SECONDS {
            *self = Self {
                started: Some(now),
                used: 0,
            };
        }
        let reset = (WINDOW_SECONDS - self.age(now)).unsigned_abs();
        if enforced && self.used >= max {
            return Err(Problem::throttled("", reset));
        }
        self.used += 1;
        Ok(Remaining {
            calls: max.saturating_sub(self.used),
            reset,
        })
    }
}

/// A token bucket, kept as the moment at which it is full again (GCRA), in nanoseconds since 1970:
/// whole numbers, so that a refill is never late by a rounding error.
#[derive(Debug, Default)]
struct Bucket {
    full_at: i128,
}

impl Bucket {
    fn take(&mut self, limit: &RateLimit, now: i128) -> Result<Remaining, Problem> {
        let interval = limit.interval.as_nanos() as i128;
        let capacity = interval * i128::from(limit.burst);
        let missing = (self.full_at - now).max(0);
        let allowed_in = missing + interval - capacity;
        if allowed_in <= 0 {
            self.full_at = now + missing + interval;
            return Ok(Remaining {
                calls: ((capacity - missing - interval) / interval) as u64,
                reset: whole_seconds(missing + interval),
            });
        }
        let allowed_in = if limit.count_refused {
            self.full_at = now + capacity;
            interval
        } else {
            allowed_in
        };
        Err(limit.problem(whole_seconds(allowed_in).max(1)))
    }
}

fn nanoseconds(moment: DateTime<Utc>) -> i128 {
    i128::from(moment.timestamp()) * 1_000_000_000 + i128::from(moment.timestamp_subsec_nanos())
}

/// Rounded up.
fn whole_seconds(nanoseconds: i128) -> u64 {
    u64::try_from((nanoseconds + 999_999_999) / 1_000_000_000).unwrap_or(0)
}

impl Remaining {
    pub(crate) fn write_to(self, headers: &mut HeaderMap) {
        headers.insert("ratelimit-remaining", HeaderValue::from(self.calls));
        headers.insert("ratelimit-reset", HeaderValue::from(self.reset));
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    const CREATE: Operation = Operation::PredictionsCreate;

    fn retry_after(result: Result<Remaining, Problem>) -> Option<u64> {
        result.expect_err("a refusal").retry_after
    }

    #[test]
    fn a_bucket_allows_its_burst_and_refills_at_its_rate() {
        let now = Utc::now();
        let limits = Limits::new(false, Some(RateLimit::new(3, 2.0)));
        for left in [2, 1, 0] {
            let taken = limits.take("t", CREATE, now).expect("within the burst");
            assert_eq!(taken.calls, left);
        }
        assert_eq!(retry_after(limits.take("t", CREATE, now)), Some(1));
        for (milliseconds, allowed) in [(499, 0), (500, 1), (1499, 1), (1500, 1), (10_000, 3)] {
            let later = now + TimeDelta::milliseconds(milliseconds);
            let taken = (0..5).filter(|_| limits.take("t", CREATE, later).is_ok());
            assert_eq!(taken.count(), allowed, "after {milliseconds} ms");
        }
    }

    #[test]
    fn one_token_never_uses_up_the_bucket_of_another_nor_do_other_calls() {
        let now = Utc::now();
        let limits = Limits::new(false, Some(RateLimit::new(1, 0.0)));
        for operation in [Operation::PredictionsGet, Operation::FilesCreate] {
            for _ in 0..3 {
                limits.take("one", operation, now).expect("not a create");
            }
        }
        limits.take("one", CREATE, now).expect("the first");
        let training = limits.take("one", Operation::TrainingsCreate, now);
        training.expect_err("the same bucket");
        limits.take("two", CREATE, now).expect("its own bucket");
        limits.set(None);
        limits.take("one", CREATE, now).expect("no limit");
    }

    #[test]
    fn a_refused_create_is_free_unless_refused_creates_are_counted() {
        for (count, expected) in [(false, [10, 5, 0]), (true, [10, 10, 10])] {
            let mut limit = RateLimit::low_credit();
            if count {
                limit = limit.count_refused();
            }
            let limits = Limits::new(false, Some(limit));
            let now = Utc::now();
            limits.take("t", CREATE, now).expect("the first");
            for (seconds, expected) in [0, 5, 10].into_iter().zip(expected) {
                let later = now + TimeDelta::seconds(seconds);
                let taken = limits.take("t", CREATE, later);
                let wait = taken.err().and_then(|refused| refused.retry_after);
                assert_eq!(wait.unwrap_or(0), expected, "after {seconds} s, {count}");
            }
        }
    }

    #[test]
    fn the_number_of_counted_tokens_is_limited() {
        let limits = Limits::new(false, None);
        for number in 0..=MAX_TOKENS {
            let taken = limits.take(&number.to_string(), CREATE, Utc::now());
            taken.expect("allowed");
        }
        assert_eq!(limits.inner.locked().tokens.len(), 1);
    }

    #[test]
    fn extreme_rates_do_not_overflow() {
        for rate in [f64::INFINITY, f64::NAN, -1.0, 0.0, 1e300, 1e-300] {
            let limit = RateLimit::new(u32::MAX, rate);
            let limits = Limits::new(false, Some(limit));
            limits.take("t", CREATE, Utc::now()).expect("a burst");
        }
    }
}
