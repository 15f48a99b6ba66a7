//! The queue in which creates of predictions and trainings wait after a 429.
//!
//! Until the API has rejected a create, nothing waits. Then creates go one after the other, in
//! the order in which they were called: after the delay that the server named, one; each
//! accepted create widens the number in flight by one, each 429 halves it. Since the window
//! alone does not slow down creates with quick responses, creates are also spaced: by more than
//! the pace at which they were sent before a 429, then less and less until the next one.
//!
//! An unpolled future must not hold the others back: a create whose turn it is but that
//! does not take it is passed over, and one that gets no response for a while counts as
//! accepted, as one that the API holds back is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use crate::options::after;
use crate::retry::jitter;

/// Time after the last 429 at which an empty queue is dropped.
const MEMORY: Duration = Duration::from_secs(60);

/// The delay after a 429 that names none.
const DEFAULT_DELAY: Duration = Duration::from_secs(1);

/// The longest spacing that is learned.
const MAX_INTERVAL: Duration = Duration::from_secs(10);

/// An accepted create shortens the spacing by the share that the spacing has of this time, so
/// that a long one does not last for long.
const RECOVERY: Duration = Duration::from_secs(60);

/// The least share by which an accepted create shortens the spacing: so little that a limit that
/// was found is not exceeded again at once.
const MIN_RECOVERY: f64 = 0.001;

/// By this factor creates are spaced more widely than the API asks for: on the way, two of them
/// can come closer together, and one that arrives too early costs a whole interval.
const NAMED_MARGIN: f64 = 1.05;

/// A pause of this length between two creates does not count for their pace.
const IDLE: Duration = Duration::from_secs(1);

const MAX_WINDOW: usize = 1024;

/// Time that a create may leave its turn unused before the next one is sent.
const TURN: Duration = Duration::from_secs(1);

/// Time after which a sent create counts as accepted: a 429 arrives sooner.
const PRESUMED_ACCEPTED: Duration = Duration::from_secs(2);

/// The creates of one token that wait for their turn.
#[derive(Default)]
pub(crate) struct CreateQueue(Mutex<State>);

#[derive(Default)]
struct State {
    next_place: u64,
    /// By place, so that a create that was rejected keeps its turn.
    waiting: BTreeMap<u64, Arc<Notify>>,
    limit: Option<Limit>,
}

/// State of the limit since a create was rejected.
struct Limit {
    last_rejection: Instant,
    /// Maximum number of creates in flight.
    window: usize,
    /// The creates in flight, by place, and since when.
    in_flight: BTreeMap<u64, Instant>,
    /// Earliest time of the next create.
    next: Instant,
    /// Since when the first of the queue has been the first.
    first_since: Instant,
    /// The time between two creates.
    interval: Duration,
    /// Whether the API has named the interval.
    named: bool,
    /// Time of the last correction of the limit. Responses to creates that were sent before it
    /// say nothing about the corrected values.
    corrected: Instant,
    pace: Pace,
}

/// Rate at which creates were sent since the last correction. The time before the first of them
/// does not count: it is the delay after the 429, not a property of the limit.
#[derive(Default)]
struct Pace {
    last: Option<Instant>,
    elapsed: Duration,
    intervals: u32,
}

impl Pace {
    fn sent(&mut self, now: Instant) {
        let last = self.last.replace(now);
        let elapsed = last.map(|last| now.saturating_duration_since(last));
        if let Some(elapsed) = elapsed.filter(|elapsed| *elapsed < IDLE) {
            self.elapsed = self.elapsed.saturating_add(elapsed);
            self.intervals = self.intervals.saturating_add(1);
        }
    }

    /// The mean time between two creates; zero if there were not two.
    fn interval(&self) -> Duration {
        self.elapsed.checked_div(self.intervals).unwrap_or_default()
    }
}

impl Limit {
    /// Widens the window and shrinks the interval for an accepted create that was sent at `sent`.
    fn accept(&mut self, sent: Instant) {
        if sent <= self.corrected {
            return;
        }
        self.window = (self.window + 1).min(MAX_WINDOW);
        if !self.named {
            let share = self.interval.as_secs_f64() / RECOVERY.as_secs_f64();
            self.interval = self.interval.mul_f64(1.0 - share.max(MIN_RECOVERY));
        }
    }

    /// Counts those that were sent long enough ago as accepted.
    fn presume_accepted(&mut self, now: Instant) {
        let mut old = Vec::new();
        self.in_flight.retain(|_, sent| {
            let is_old = now.saturating_duration_since(*sent) >= PRESUMED_ACCEPTED;
            old.extend(is_old.then_some(*sent));
            !is_old
        });
        for sent in old {
            self.accept(sent);
        }
    }
}

/// A place in the queue, kept over all attempts of a call. Dropping it leaves the queue.
pub(crate) struct Place {
    queue: Arc<CreateQueue>,
    number: u64,
}

/// The permission to send one create. Dropping it says nothing about the limit.
pub(crate) struct Permit {
    queue: Arc<CreateQueue>,
    /// The place, if it counts against the window.
    counted: Option<u64>,
    released: Instant,
}

impl CreateQueue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place at the end of the queue.
    pub(crate) fn place(self: &Arc<Self>) -> Place {
        let mut state = self.state();
        state.next_place += 1;
        Place {
            queue: Arc::clone(self),
            number: state.next_place,
        }
    }

    /// A permit that does not wait for its turn.
    pub(crate) fn pass(self: &Arc<Self>) -> Permit {
        Permit {
            queue: Arc::clone(self),
            counted: None,
            released: Instant::now(),
        }
    }

    /// Whether no limit is known and no create waits.
    pub(crate) fn is_idle(&self) -> bool {
        let mut state = self.state();
        state.forget(Instant::now());
        state.limit.is_none() && state.waiting.is_empty()
    }
}

impl State {
    /// Forgets the limit when it has not been met for a while and no create waits.
    fn forget(&mut self, now: Instant) {
        let old = |limit: &Limit| now.saturating_duration_since(limit.last_rejection) >= MEMORY;
        if self.waiting.is_empty() && self.limit.as_ref().is_some_and(old) {
            self.limit = None;
        }
    }

    fn wake_first(&self) {
        if let Some((_, first)) = self.waiting.first_key_value() {
            first.notify_one();
        }
    }

    /// Lets the create at `place` go, and returns whether it counts against a window; or
    /// returns what wakes it, and when to look again.
    fn enter(&mut self, place: u64, now: Instant) -> Result<bool, (Arc<Notify>, Instant)> {
        self.forget(now);
        let Some(limit) = &mut self.limit else {
            return Ok(false);
        };
        let woken = Arc::clone(self.waiting.entry(place).or_default());
        limit.presume_accepted(now);
        let free = limit.in_flight.len() < limit.window;
        let oldest = limit.in_flight.values().min().copied();
        let ready = match (free, oldest) {
            (false, Some(oldest)) => after(oldest, PRESUMED_ACCEPTED).max(limit.next),
            _ => limit.next,
        };
        let first = self.waiting.first_key_value().map(|(first, _)| *first);
        if first == Some(place) {
            if !free || now < ready {
                return Err((woken, ready));
            }
            limit.in_flight.insert(place, now);
            limit.pace.sent(now);
            limit.next = after(now, limit.interval);
        } else {
            let unused = after(ready.max(limit.first_since), TURN);
            if !free || now < unused {
                return Err((woken, unused));
            }
            // The first comes back to its place when it is polled.
            self.waiting.pop_first();
        }
        limit.first_since = now;
        if first == Some(place) {
            self.waiting.remove(&place);
            self.wake_first();
            return Ok(true);
        }
        self.wake_first();
        Err((woken, now))
    }
}

impl Place {
    /// Waits until the create may go. `None` if its turn does not come before `until`: a turn that
    /// is known to come later is not waited for. `on_wait` learns when the turn comes at the earliest.
    pub(crate) async fn turn(&self, until: Instant, on_wait: impl Fn(Instant)) -> Option<Permit> {
        loop {
            let now = Instant::now();
            let (woken, next) = {
                let mut state = self.queue.state();
                match state.enter(self.number, now) {
                    Ok(counted) => {
                        return Some(Permit {
                            queue: Arc::clone(&self.queue),
                            counted: counted.then_some(self.number),
                            released: now,
                        });
                    }
                    Err((woken, next)) => {
                        let earliest = state.limit.as_ref().map_or(now, |limit| limit.next);
                        if now >= until || earliest >= until {
                            state.waiting.remove(&self.number);
                            state.wake_first();
                            return None;
                        }
                        (woken, next)
                    }
                }
            };
            on_wait(next);
            tokio::select! {
                () = woken.notified() => {}
                () = sleep_until(next.min(until)) => {}
            }
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        state.waiting.remove(&self.number);
        state.wake_first();
    }
}

impl Permit {
    /// Notes that the API has accepted the create.
    pub(crate) fn accepted(self) {
        let mut state = self.queue.state();
        let Some(limit) = &mut state.limit else {
            return;
        };
        // One that is no longer in flight was presumed accepted before.
        let was_presumed = self
            .counted
            .is_some_and(|place| limit.in_flight.remove(&place).is_none());
        if !was_presumed {
            limit.accept(self.released);
        }
    }

    /// Notes that the API has rejected the create with a 429.
    pub(crate) fn rejected(self, retry_after: Option<Duration>, detail: Option<&str>) {
        let now = Instant::now();
        let wait = retry_after.filter(|wait| !wait.is_zero());
        let next = after(now, jitter(wait.unwrap_or(DEFAULT_DELAY)));
        let spacing = detail.and_then(|detail| named_spacing(detail, wait));
        let mut state = self.queue.state();
        let limit = state.limit.get_or_insert(Limit {
            last_rejection: now,
            window: 1,
            in_flight: BTreeMap::new(),
            next,
            first_since: now,
            interval: Duration::ZERO,
            named: false,
            corrected: now,
            pace: Pace::default(),
        });
        limit.last_rejection = now;
        limit.window = (limit.window / 2).max(1);
        limit.next = limit.next.max(next);
        if let Some(spacing) = spacing {
            limit.interval = spacing.mul_f64(NAMED_MARGIN);
            limit.named = true;
        } else if self.released > limit.corrected && !limit.named {
            // Sent since the last correction, and too quickly.
            let interval = limit.interval.max(limit.pace.interval());
            limit.interval = interval.mul_f64(1.5).min(MAX_INTERVAL);
        }
        if self.released > limit.corrected {
            limit.corrected = now;
            limit.pace = Pace::default();
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        if let (Some(place), Some(limit)) = (self.counted, &mut state.limit) {
            limit.in_flight.remove(&place);
        }
        state.wake_first();
    }
}

/// The time between creates that a 429 for low credit asks for: "reduced to 6 requests per
/// minute with a burst of 1".
fn named_spacing(detail: &str, retry_after: Option<Duration>) -> Option<Duration> {
    let (before, _) = detail.split_once(" requests per minute")?;
    if !detail.contains("credit") {
        return None;
    }
    let count: u32 = before.rsplit(' ').next()?.parse().ok()?;
    let spacing = Duration::from_secs(60).checked_div(count)?;
    Some(spacing.max(retry_after.unwrap_or_default()).min(MEMORY))
}

#[cfg(test)]
mod tests;
