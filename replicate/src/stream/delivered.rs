//! What has been delivered, in a few bytes: so that nothing is delivered twice, and what is
//! missing at the end can be told.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};

use serde_json::Value;

/// How many ids are remembered. A server that sends more than this again is believed.
const REMEMBERED: usize = 64 * 1024;

/// The ids of the last events.
#[derive(Default)]
pub(super) struct Ids {
    hasher: RandomState,
    seen: HashSet<u64>,
    order: VecDeque<u64>,
    /// The id of the event before, in this connection: several events can stand under one id.
    current: Option<u64>,
}

impl Ids {
    /// Notes an event; false if it was delivered before.
    pub(super) fn is_new(&mut self, id: &str) -> bool {
        if id.is_empty() {
            self.current = None;
            return true;
        }
        let id = self.hasher.hash_one(id);
        if self.current == Some(id) {
            return true;
        }
        if !self.seen.insert(id) {
            return false;
        }
        self.current = Some(id);
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        true
    }

    pub(super) fn reconnected(&mut self) {
        self.current = None;
    }
}

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

    #[test]
    fn an_id_is_new_once_but_may_stand_over_several_events_in_a_row() {
        let mut ids = Ids::default();
        assert!(ids.is_new("1") && ids.is_new("1") && ids.is_new("2") && !ids.is_new("1"));
        ids.reconnected();
        assert!(!ids.is_new("2") && ids.is_new("3") && ids.is_new(""));
    }

    #[test]
    fn remembered_ids_are_bounded() {
        let mut ids = Ids::default();
        for id in 0..REMEMBERED * 2 {
            ids.is_new(&id.to_string());
        }
        assert_eq!((ids.seen.len(), ids.order.len()), (REMEMBERED, REMEMBERED));
    }
}
