//! What goes wrong, as it follows from the seed.

use std::time::Duration;

/// What happens to one request or its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// The request is lost, and the connection reset.
    LostRequest,
    /// The server has answered; the connection is reset instead.
    LostAnswer,
    /// The answer is cut inside its head.
    CutHead,
    /// The answer is cut inside its body.
    CutBody,
    /// The request is answered with this status by the proxy, and does not reach the server.
    Refused(u16),
    /// The server has carried the request out; its answer is replaced by this status.
    Failed(u16),
    /// 429: it does not reach the server.
    Throttled,
    /// The answer comes late.
    Late(Duration),
    /// The answer comes a few bytes at a time.
    Slow,
    /// The server has carried the request out; no answer ever comes.
    Stalled,
}

/// What a request is to its run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Create,
    Read,
}

impl Fault {
    /// What happens to the `nth` request of this kind in a run.
    pub(super) fn choose(seed: u64, run: u64, kind: Kind, nth: u32) -> Self {
        let place = run << 16 | u64::from(nth) << 1 | (kind == Kind::Create) as u64;
        let random = mix(seed ^ mix(place));
        let percent = random % 100;
        let more = mix(random);
        // Half of the creates and four fifths of all else are left alone.
        let fault = match kind {
            Kind::Create => percent,
            Kind::Read if more % 5 < 4 => 0,
            Kind::Read => 50 + percent / 2,
        };
        match fault {
            50..=55 => Self::LostRequest,
            56..=61 => Self::LostAnswer,
            62..=65 => Self::CutHead,
            66..=71 => Self::CutBody,
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

    /// Whether the request reaches the server.
    pub(super) fn reaches_the_server(self) -> bool {
        !matches!(self, Self::LostRequest | Self::Refused(_) | Self::Throttled)
    }
}

/// Spreads a number over all 64 bits.
pub(super) fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_faults_and_another_gives_others() {
        let of = |seed| -> Vec<Fault> {
            let choose = |run| Fault::choose(seed, run, Kind::Create, 0);
            (0..500).map(choose).collect()
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }

    #[test]
    fn every_fault_meets_creates_and_reads() {
        for kind in [Kind::Create, Kind::Read] {
            let faults = (0..2000).map(|run| Fault::choose(1, run, kind, 0));
            let kinds: HashSet<_> = faults.map(|fault| std::mem::discriminant(&fault)).collect();
            assert_eq!(kinds.len(), 11, "{kind:?}");
        }
    }
}
