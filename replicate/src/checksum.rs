//! A checksum of bytes that arrive in parts.

/// The same for bytes as a whole and in parts. It detects accidents, not attacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checksum {
    /// One for each two words of a block, so that no multiplication waits for the one before.
    lanes: [u64; LANES],
    /// The bytes since the last whole block; zeros after them.
    partial: [u8; BLOCK],
    filled: usize,
}

const LANES: usize = 4;
const WORD: usize = 8;
const BLOCK: usize = LANES * 2 * WORD;

/// Any number with about as many ones as zeros, and of no other use: a word that equals it clears
/// its lane.
const MULTIPLIER: u64 = 0xa3c5_91e7_6b0d_f24b;

impl Default for Checksum {
    fn default() -> Self {
        Self {
            lanes: [0xcbf2_9ce4_8422_2325; LANES],
            partial: [0; BLOCK],
            filled: 0,
        }
    }
}

impl Checksum {
    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        if self.filled > 0 {
            let (head, rest) = bytes.split_at(bytes.len().min(BLOCK - self.filled));
            self.partial[self.filled..][..head.len()].copy_from_slice(head);
            self.filled += head.len();
            if self.filled < BLOCK {
                return;
            }
            mix(&mut self.lanes, &self.partial);
            bytes = rest;
        }
        let (blocks, rest) = bytes.as_chunks::<BLOCK>();
        let mut lanes = self.lanes;
        for block in blocks {
            mix(&mut lanes, block);
        }
        self.lanes = lanes;
        self.partial = [0; BLOCK];
        self.partial[..rest.len()].copy_from_slice(rest);
        self.filled = rest.len();
    }
}

/// As in wyhash: the high half of each product carries every bit of two words to all bits of their
/// lane.
fn mix(lanes: &mut [u64; LANES], block: &[u8; BLOCK]) {
    let words = block.as_chunks::<WORD>().0;
    for (lane, [first, second]) in lanes.iter_mut().zip(words.as_chunks().0) {
        let first = *lane ^ u64::from_le_bytes(*first);
        let second = MULTIPLIER ^ u64::from_le_bytes(*second);
        let product = u128::from(first) * u128::from(second);
        *lane = (product as u64) ^ ((product >> 64) as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checksum<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Checksum {
        let mut checksum = Checksum::default();
        parts.into_iter().for_each(|part| checksum.push(part));
        checksum
    }

    #[test]
    fn checksum_does_not_depend_on_how_the_bytes_are_divided() {
        let bytes: Vec<u8> = (0..220).collect();
        let whole = checksum([&bytes[..]]);
        for first in 0..=bytes.len() {
            for second in first..=bytes.len() {
                let parts = [&bytes[..first], &bytes[first..second], &bytes[second..]];
                assert_eq!(checksum(parts), whole, "divided at {first} and {second}");
            }
        }
        assert_eq!(checksum(bytes.chunks(1)), whole);
    }

    #[test]
    fn checksum_differs_for_each_changed_bit_and_each_length() {
        let bytes = [7; 140];
        let mut seen = vec![checksum([&bytes[..]])];
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            seen.push(checksum([&changed[..]]));
        }
        seen.extend((0..140).map(|length| checksum([&bytes[..length]])));
        seen.extend((1..40).map(|zeros| checksum([&bytes[..], &[0; 40][..zeros]])));
        for (at, one) in seen.iter().enumerate() {
            assert!(!seen[..at].contains(one));
        }
    }
}
