//! Rate limits: counted and told in every answer, enforced where asked for.

use std::sync::Mutex;

use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderValue};

use crate::{problem::Problem, routes::Operation, sync::Locked};

const CREATES_A_MINUTE: u64 = 600;
const OTHERS_A_MINUTE: u64 = 3000;
const WINDOW_SECONDS: i64 = 60;

#[derive(Debug)]
pub(crate) struct Limits {
    enforced: bool,
    windows: Mutex<[Window; 2]>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Window {
    started: Option<DateTime<Utc>>,
    used: u64,
}

/// What is left of a limit, and for how many seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Left {
    remaining: u64,
    reset: u64,
}

impl Limits {
    pub(crate) fn new(enforced: bool) -> Self {
        Self {
            enforced,
            windows: Mutex::default(),
        }
    }

    /// Counts one call.
    pub(crate) fn take(&self, operation: Operation, now: DateTime<Utc>) -> Result<Left, Problem> {
        let (place, limit) = if operation.creates_prediction() {
            (0, CREATES_A_MINUTE)
        } else {
            (1, OTHERS_A_MINUTE)
        };
        let mut windows = self.windows.locked();
        let window = &mut windows[place];
        let mut age = window
            .started
            .map_or(WINDOW_SECONDS, |s| (now - s).num_seconds());
        if age >= WINDOW_SECONDS {
            *window = Window {
                started: Some(now),
                used: 0,
            };
            age = 0;
        }
        let reset = (WINDOW_SECONDS - age).unsigned_abs();
        if self.enforced && window.used >= limit {
            return Err(Problem::rate_limited(reset));
        }
        window.used += 1;
        Ok(Left {
            remaining: limit.saturating_sub(window.used),
            reset,
        })
    }
}

impl Left {
    pub(crate) fn tell(self, headers: &mut HeaderMap) {
        headers.insert("ratelimit-remaining", HeaderValue::from(self.remaining));
        headers.insert("ratelimit-reset", HeaderValue::from(self.reset));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_601st_create_of_a_minute_is_refused_where_limits_are_enforced() {
        let now = Utc::now();
        let limits = Limits::new(true);
        for left in (0..600).rev() {
            let taken = limits.take(Operation::PredictionsCreate, now);
            assert_eq!(taken.expect("allowed").remaining, left);
        }
        assert!(limits.take(Operation::PredictionsCreate, now).is_err());
        assert!(limits.take(Operation::PredictionsGet, now).is_ok());
        let later = now + chrono::TimeDelta::seconds(60);
        assert!(limits.take(Operation::PredictionsCreate, later).is_ok());
    }
}
