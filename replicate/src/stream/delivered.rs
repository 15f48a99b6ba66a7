//! The output that was delivered, in a few bytes: so that what is missing at the end can be told.

use serde_json::Value;

/// The output that was delivered: how much, and what it was, as a checksum.
pub(super) struct DeliveredText {
    length: usize,
    checksum: u64,
}

impl Default for DeliveredText {
    fn default() -> Self {
        // FNV-1a: the same for a text whole and in parts.
        Self {
            length: 0,
            checksum: 0xcbf2_9ce4_8422_2325,
        }
    }
}

impl DeliveredText {
    pub(super) fn push(&mut self, text: &str) {
        self.length += text.len();
        for byte in text.bytes() {
            self.checksum = (self.checksum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }

    /// What of `whole` is still to be delivered; none where it does not begin with what was.
    pub(super) fn missing_of<'a>(&self, whole: &'a str) -> Option<&'a str> {
        let (begin, missing) = whole.split_at_checked(self.length)?;
        let mut same = Self::default();
        same.push(begin);
        (same.checksum == self.checksum).then_some(missing)
    }
}

/// An output as a stream would have delivered it.
pub(super) fn as_streamed(output: Option<&Value>) -> String {
    match output {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items.iter().map(|item| as_streamed(Some(item))).collect(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_follows_what_was_delivered_in_parts() {
        let mut delivered = DeliveredText::default();
        delivered.push("caf");
        delivered.push("é");
        assert_eq!(delivered.missing_of("café au lait"), Some(" au lait"));
        assert_eq!(delivered.missing_of("café"), Some(""));
        assert_eq!(delivered.missing_of("cafe au lait"), None);
        assert_eq!(delivered.missing_of("caf"), None);
    }
}
