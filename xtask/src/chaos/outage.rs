//! Periods in which the API is unreachable.

use std::time::Duration;

use super::fault::mix;

/// The length of a cycle: at most one outage each.
const CYCLE: Duration = Duration::from_secs(15);

/// The longest outage.
const MAX_OUTAGE: Duration = Duration::from_secs(10);

/// Effect of an outage on requests. None of them reaches the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outage {
    /// The connection is reset.
    Reset,
    /// A gateway responds with this status and an HTML page.
    Status(u16),
    /// A captive portal responds with 200 and an HTML page.
    Portal,
}

/// The outage at this time after the start. The first cycle begins without one, so that
/// predictions exist when it comes.
pub(super) fn outage_at(seed: u64, elapsed: Duration) -> Option<Outage> {
    let cycle = elapsed.as_millis() / CYCLE.as_millis();
    let within = (elapsed.as_millis() % CYCLE.as_millis()) as u64;
    let random = mix(seed ^ mix(cycle as u64));
    let length = 1000 + random % (MAX_OUTAGE.as_millis() as u64 - 999);
    let begin = CYCLE.as_millis() as u64 - length;
    if within < begin {
        return None;
    }
    let more = mix(random);
    Some(match more % 5 {
        0 | 1 => Outage::Reset,
        2 => Outage::Status([500, 502, 503, 504][(more >> 8) as usize % 4]),
        3 => Outage::Status([520, 522, 524, 530][(more >> 8) as usize % 4]),
        _ => Outage::Portal,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn outages_last_one_to_ten_seconds_and_end_within_their_cycle() {
        for cycle in 0..200 {
            let start = CYCLE * cycle;
            let step = Duration::from_millis(100);
            let down = (0..150).filter(|at| outage_at(7, start + step * *at).is_some());
            let down = down.count();
            assert!((10..=100).contains(&down), "cycle {cycle}: {down}00 ms");
            assert_eq!(outage_at(7, start), None, "cycle {cycle}");
        }
    }

    #[test]
    fn every_kind_of_outage_happens() {
        let ends = (1..200).map(|cycle| CYCLE * cycle - Duration::from_millis(1));
        let kinds: HashSet<_> = ends
            .filter_map(|at| outage_at(1, at))
            .map(|outage| std::mem::discriminant(&outage))
            .collect();
        assert_eq!(kinds.len(), 3);
    }
}
