//! Settings of a client: polling and files.

use std::time::Duration;

#[cfg(feature = "files")]
use crate::file_input::FileStrategy;

const SHORTEST_INTERVAL: Duration = Duration::from_millis(1);

/// Settings of a client beyond its transport.
#[derive(Clone, Debug, Default)]
pub(crate) struct Settings {
    pub(crate) poll: PollPolicy,
    #[cfg(feature = "files")]
    pub(crate) files: FileStrategy,
}

/// Polling intervals, and how long a wait outlives an outage.
///
/// The first poll is sent at once, the second after `initial_interval`; each later interval is
/// half as long again, up to `max_interval`.
///
/// ```
/// use std::time::Duration;
/// use replicate::PollPolicy;
///
/// let policy = PollPolicy::exponential(Duration::from_millis(200), Duration::from_secs(2))
///     .with_max_outage(Duration::from_secs(3600));
/// assert_eq!(policy.max_interval, Duration::from_secs(2));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PollPolicy {
    /// The first interval. Default 100 ms.
    pub initial_interval: Duration,
    /// The longest interval. Default 500 ms.
    pub max_interval: Duration,
    /// Time after the last usable response at which a wait ends with the error of the outage.
    ///
    /// `None`, the default, is 10 minutes for a wait without a timeout; a wait with a timeout
    /// is ended by that alone.
    pub max_outage: Option<Duration>,
}

impl Default for PollPolicy {
    fn default() -> Self {
        Self {
            initial_interval: Duration::from_millis(100),
            max_interval: Duration::from_millis(500),
            max_outage: None,
        }
    }
}

impl PollPolicy {
    /// The same interval each time.
    pub fn fixed(interval: Duration) -> Self {
        Self::exponential(interval, interval)
    }

    /// Intervals that grow from `initial` to `max`.
    pub fn exponential(initial: Duration, max: Duration) -> Self {
        Self {
            initial_interval: initial,
            max_interval: max,
            ..Self::default()
        }
    }

    /// Sets [`max_outage`](Self::max_outage).
    #[must_use]
    pub fn with_max_outage(mut self, max_outage: Duration) -> Self {
        self.max_outage = Some(max_outage);
        self
    }

    pub(crate) fn first_interval(self) -> Duration {
        self.initial_interval
            .clamp(SHORTEST_INTERVAL, self.longest())
    }

    pub(crate) fn next_interval(self, interval: Duration) -> Duration {
        interval.saturating_add(interval / 2).min(self.longest())
    }

    fn longest(self) -> Duration {
        self.max_interval.max(SHORTEST_INTERVAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_grow_to_the_longest_and_stay() {
        let millisecond = Duration::from_millis(1);
        let grown = [100, 150, 225, 337, 500, 500, 500].map(|count| count * millisecond);
        for (policy, expected) in [
            (PollPolicy::default(), &grown[..]),
            (PollPolicy::fixed(Duration::ZERO), &[millisecond; 2]),
            (PollPolicy::fixed(Duration::MAX), &[Duration::MAX; 3]),
        ] {
            let mut interval = policy.first_interval();
            for expected in expected {
                assert_eq!(interval.as_millis(), expected.as_millis());
                interval = policy.next_interval(interval);
            }
        }
    }
}
