//! The emulator's clock: real time, plus the time that was skipped with `advance`.

use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use tokio::{sync::watch, time::Instant};

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);
/// The longest duration that is added to a date. Longer ones count as this.
const MAX_DURATION: Duration = YEAR.saturating_mul(100);
/// The most time that can be skipped altogether, so that every year has four digits.
const MAX_SKIPPED: Duration = YEAR.saturating_mul(7500);

#[derive(Debug)]
pub(crate) struct Clock {
    epoch: DateTime<Utc>,
    start: Instant,
    skipped: watch::Sender<Duration>,
}

impl Clock {
    pub(crate) fn new() -> Self {
        Self {
            epoch: Utc::now(),
            start: Instant::now(),
            skipped: watch::Sender::new(Duration::ZERO),
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        let passed = self.start.elapsed().saturating_add(*self.skipped.borrow());
        let passed = TimeDelta::from_std(passed).unwrap_or(TimeDelta::MAX);
        self.epoch.checked_add_signed(passed).unwrap_or(self.epoch)
    }

    /// Skips time, at most a hundred years at once: more time can be skipped afterwards.
    pub(crate) fn advance(&self, by: Duration) {
        let by = by.min(MAX_DURATION);
        self.skipped
            .send_modify(|skipped| *skipped = skipped.saturating_add(by).min(MAX_SKIPPED));
    }

    pub(crate) async fn sleep(&self, duration: Duration) {
        self.sleep_until(after(self.now(), duration)).await;
    }

    /// Returns when the clock reaches `moment`, by waiting or by skipping.
    pub(crate) async fn sleep_until(&self, moment: DateTime<Utc>) {
        let mut skipped = self.skipped.subscribe();
        loop {
            skipped.mark_unchanged();
            let Ok(left) = (moment - self.now()).to_std() else {
                return;
            };
            if left.is_zero() {
                return;
            }
            tokio::select! {
                () = tokio::time::sleep(left) => {}
                _ = skipped.changed() => {}
            }
        }
    }
}

/// `moment` plus `duration`; the last possible date if that would overflow.
pub(crate) fn after(moment: DateTime<Utc>, duration: Duration) -> DateTime<Utc> {
    let delta = TimeDelta::from_std(duration.min(MAX_DURATION)).unwrap_or(TimeDelta::MAX);
    moment
        .checked_add_signed(delta)
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// A time in the API's format: RFC 3339, microseconds, `Z`.
pub(crate) fn stamp(moment: DateTime<Utc>) -> String {
    moment.to_rfc3339_opts(SecondsFormat::Micros, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn advancing_ends_a_long_sleep() {
        let clock = Clock::new();
        let before = clock.now();
        tokio::join!(clock.sleep(Duration::from_secs(3600)), async {
            clock.advance(Duration::from_secs(1800));
            tokio::task::yield_now().await;
            clock.advance(Duration::from_secs(1800));
        });
        assert!(clock.now() - before >= TimeDelta::hours(1));
    }

    #[tokio::test]
    async fn time_can_be_skipped_after_the_longest_skip() {
        let clock = Clock::new();
        clock.advance(Duration::MAX);
        let skipped = clock.now();
        clock.advance(Duration::from_secs(60));
        assert!(clock.now() - skipped >= TimeDelta::seconds(60));
        for _ in 0..200 {
            clock.advance(Duration::MAX);
        }
        let last = stamp(after(clock.now(), Duration::MAX));
        assert_eq!(last.find('-'), Some(4), "{last}");
    }
}
