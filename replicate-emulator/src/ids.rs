//! Ids and random decisions, all from one seed, so that a run can be repeated.

use std::sync::Mutex;

use crate::sync::Locked;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// The random numbers of an emulator.
#[derive(Debug)]
pub(crate) struct Ids(Mutex<fastrand::Rng>);

impl Ids {
    pub(crate) fn new(seed: Option<u64>) -> Self {
        Self(Mutex::new(
            seed.map_or_else(fastrand::Rng::new, fastrand::Rng::with_seed),
        ))
    }

    /// An id with the length and alphabet of the API's ids.
    pub(crate) fn id(&self) -> String {
        let mut random = self.0.locked();
        (0..26)
            .map(|_| char::from(ALPHABET[random.usize(..ALPHABET.len())]))
            .collect()
    }

    pub(crate) fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.locked().fill(&mut bytes);
        bytes
    }

    /// Whether an event of this probability happens this time.
    pub(crate) fn happens(&self, probability: f64) -> bool {
        probability >= 1.0 || self.0.locked().f64() < probability
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_gives_the_same_ids_again() {
        let (one, two) = (Ids::new(Some(7)), Ids::new(Some(7)));
        assert_eq!(one.id(), two.id());
        assert_ne!(one.id(), one.id());
        assert_eq!(one.id().len(), 26);
    }
}
