//! Faults and outages, derived from the seed.

use std::time::Duration;

/// Fault of one request or its response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// The connection is reset before the request reaches the server.
    LostRequest,
    /// The connection is reset after the server responded.
    LostResponse,
    /// The response is truncated within its head.
    TruncatedHead,
    /// The response is truncated within its body.
    TruncatedBody,
    /// The proxy responds with this status; the request does not reach the server.
    Refused(u16),
    /// The server processes the request; its response is replaced by this status.
    Failed(u16),
    /// The proxy responds with 429; the request does not reach the server.
    Throttled,
    /// The response is delayed.
    Late(Duration),
    /// The response arrives a few bytes at a time.
    Slow,
    /// The server processes the request; no response ever arrives.
    Stalled,
}

/// The kind of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Create,
    Read,
}

impl Fault {
    /// Chooses the fault of the `nth` request of this kind in a run.
    pub(super) fn choose(seed: u64, run: u64, kind: Kind, nth: u32) -> Self {
        let place = run << 16 | u64::from(nth) << 1 | (kind == Kind::Create) as u64;
        let random = mix(seed ^ mix(place));
        let percent = random % 100;
        let more = mix(random);
        // Half of the creates and four fifths of the reads have no fault.
        let fault = match kind {
            Kind::Create => percent,
            Kind::Read if more % 5 < 4 => 0,
            Kind::Read => 50 + percent / 2,
        };
        match fault {
            50..=55 => Self::LostRequest,
            56..=61 => Self::LostResponse,
            62..=65 => Self::TruncatedHead,
            66..=71 => Self::TruncatedBody,
            72..=76 => Self::Refused([500, 502, 503, 504][more as usize % 4]),
            77..=81 => Self::Failed([500, 502, 503, 504][more as usize % 4]),
            82..=88 => Self::Throttled,
            89..=93 => Self::Late(Duration::from_millis(20 + more % 300)),
            94..=97 => Self::Slow,
            98..=99 => Self::Stalled,
            _ => Self::None,
        }
    }

    /// Whether the server's response reaches the client complete.
    pub(super) fn passes_the_response(self) -> bool {
        matches!(self, Self::None | Self::Late(_) | Self::Slow)
    }
}

/// Spreads a number over all 64 bits.
pub(super) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

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
    fn faults_are_determined_by_the_seed() {
        let of = |seed| -> Vec<Fault> {
            let choose = |run| Fault::choose(seed, run, Kind::Create, 0);
            (0..500).map(choose).collect()
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }

    #[test]
    fn every_fault_happens_to_creates_and_reads() {
        for kind in [Kind::Create, Kind::Read] {
            let faults = (0..2000).map(|run| Fault::choose(1, run, kind, 0));
            let kinds: HashSet<_> = faults.map(|fault| std::mem::discriminant(&fault)).collect();
            assert_eq!(kinds.len(), 11, "{kind:?}");
        }
    }

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
