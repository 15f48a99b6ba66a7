//! Rate limits, shared by all polls of a token.

use std::sync::Mutex;
use std::time::Duration;

use tokio::time::Instant;

use crate::lock::lock;

/// Maximum factor by which intervals are lengthened.
const MAX_STRETCH: u32 = 64;

/// Time without a 429 after which intervals are those of the policy again.
const RECOVERY: Duration = Duration::from_secs(60);

#[derive(Debug, Default)]
pub(crate) struct Pacing(Mutex<Limits>);

#[derive(Debug, Default)]
struct Limits {
    paused_until: Option<Instant>,
    limited_at: Option<Instant>,
    stretch: u32,
}

impl Pacing {
    /// A poll returned 429: no other is sent for `delay`, and intervals double.
    pub(crate) fn limit(&self, delay: Duration) {
        let now = Instant::now();
        let mut limits = lock(&self.0);
        // Polls that were under way together report the same limit.
        if limits.paused_until.is_none_or(|until| until <= now) {
            let stretch = limits.stretch_at(now);
            limits.stretch = stretch.saturating_mul(2).min(MAX_STRETCH);
        }
        limits.limited_at = Some(now);
        // A delay beyond the clock's range is effectively no limit.
        let until = now
            .checked_add(delay)
            .unwrap_or_else(|| now + Duration::from_secs(86_400 * 365));
        limits.paused_until = limits.paused_until.max(Some(until));
    }

    /// The time before which no poll may be sent, if there is one.
    pub(crate) fn paused_until(&self) -> Option<Instant> {
        lock(&self.0)
            .paused_until
            .filter(|until| *until > Instant::now())
    }

    pub(crate) fn stretch(&self) -> u32 {
        lock(&self.0).stretch_at(Instant::now())
    }
}

impl Limits {
    fn stretch_at(&self, now: Instant) -> u32 {
        let since = self.paused_until.max(self.limited_at);
        match since {
            Some(since) if now.saturating_duration_since(since) < RECOVERY => self.stretch.max(1),
            _ => 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_rate_limit_pauses_all_polls_and_doubles_their_interval_for_a_minute() {
        let pacing = Pacing::default();
        assert_eq!((pacing.paused_until(), pacing.stretch()), (None, 1));
        let until = Instant::now() + Duration::from_secs(5);
        pacing.limit(Duration::from_secs(5));
        pacing.limit(Duration::from_secs(3));
        assert_eq!((pacing.paused_until(), pacing.stretch()), (Some(until), 2));
        tokio::time::sleep(Duration::from_secs(6)).await;
        assert_eq!((pacing.paused_until(), pacing.stretch()), (None, 2));
        pacing.limit(Duration::from_secs(1));
        assert_eq!(pacing.stretch(), 4);
        tokio::time::sleep(Duration::from_secs(62)).await;
        assert_eq!(pacing.stretch(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_delay_beyond_the_clock_does_not_panic() {
        let pacing = Pacing::default();
        pacing.limit(Duration::MAX);
        assert!(pacing.paused_until().is_some());
    }
}
