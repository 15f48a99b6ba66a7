//! A checksum of bytes that arrive in parts.

/// The same for bytes as a whole and in parts, at several bytes a cycle. It detects accidents,
/// not attacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checksum {
    state: u64,
    /// The bytes since the last whole word; zeros after them.
    partial: [u8; WORD],
    filled: usize,
}

const WORD: usize = 8;

/// Any odd number with about as many ones as zeros.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

impl Default for Checksum {
    fn default() -> Self {
        Self {
            state: 0xcbf2_9ce4_8422_2325,
            partial: [0; WORD],
            filled: 0,
        }
    }
}

impl Checksum {
    pub(crate) fn push(&mut self, mut bytes: &[u8]) {
        if self.filled > 0 {
            let (head, rest) = bytes.split_at(bytes.len().min(WORD - self.filled));
            self.partial[self.filled..][..head.len()].copy_from_slice(head);
            self.filled += head.len();
            if self.filled < WORD {
                return;
            }
            self.mix(u64::from_le_bytes(self.partial));
            bytes = rest;
        }
        let (words, rest) = bytes.as_chunks::<WORD>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        self.partial = [0; WORD];
        self.partial[..rest.len()].copy_from_slice(rest);
        self.filled = rest.len();
    }

    /// The high half of the product carries each bit of the word to all bits of the state.
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.state ^ word) * u128::from(MULTIPLIER);
        self.state = (product as u64) ^ ((product >> 64) as u64);
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
        let bytes: Vec<u8> = (0..50).collect();
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
        let bytes = [7; 20];
        let mut seen = vec![checksum([&bytes[..]])];
        for bit in 0..8 * bytes.len() {
            let mut changed = bytes;
            changed[bit / 8] ^= 1 << (bit % 8);
            seen.push(checksum([&changed[..]]));
        }
        seen.extend((0..20).map(|length| checksum([&bytes[..length]])));
        seen.extend((1..9).map(|zeros| checksum([&bytes[..], &[0; 9][..zeros]])));
        for (at, one) in seen.iter().enumerate() {
            assert!(!seen[..at].contains(one));
        }
    }
}
