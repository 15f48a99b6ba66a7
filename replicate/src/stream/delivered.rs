//! Delivered part of a stream: its text as a checksum, and the ids of its events.

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use crc32fast::Hasher;
use serde_json::Value;

/// Text that was delivered, as its length and checksum.
#[derive(Default)]
pub(super) struct DeliveredText {
    length: usize,
    checksum: Hasher,
}

impl DeliveredText {
    pub(super) fn push(&mut self, text: &str) {
        self.length += text.len();
        self.checksum.update(text.as_bytes());
    }

    pub(super) fn is_empty(&self) -> bool {
        self.length == 0
    }

    fn checksum(&self) -> u32 {
        self.checksum.clone().finalize()
    }

    /// Returns the part of `pieces` after the delivered text; `None` if they do not begin with it.
    pub(super) fn rest(&self, pieces: &[Cow<'_, str>]) -> Option<Vec<String>> {
        let mut same = Self::default();
        let mut rest = Vec::new();
        for piece in pieces {
            let known = piece.len().min(self.length - same.length);
            let (known, new) = piece.split_at_checked(known)?;
            same.push(known);
            if !new.is_empty() {
                rest.push(new.to_owned());
            }
        }
        // The checksum is the only proof that the output begins with the delivered text: it misses
        // one in 4 × 10⁹ accidental changes of the same length.
        let is_same = same.length == self.length && same.checksum() == self.checksum();
        is_same.then_some(rest)
    }
}

/// An output in the pieces in which a stream delivers it.
pub(super) fn pieces(output: Option<&Value>) -> Vec<Cow<'_, str>> {
    match output {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(text)) => vec![Cow::Borrowed(text)],
        Some(Value::Array(items)) => items.iter().flat_map(|item| pieces(Some(item))).collect(),
        Some(other) => vec![Cow::Owned(other.to_string())],
    }
}

/// Maximum number of remembered event ids. Beyond it a stream is not resumed, but polled.
const MAX_IDS: usize = 1024 * 1024;

/// The ids of the events that came, to drop those that a server sends again after a reconnect.
///
/// Within one connection no event is dropped for its id. A stream whose ids repeat there,
/// or whose last event has none of its own, cannot be resumed without doubt.
#[derive(Default)]
pub(super) struct SeenIds {
    hasher: RandomState,
    /// The ids that this connection was the first to bring, as hashes. Most streams have one
    /// connection, and never need to look one up.
    new: Vec<u64>,
    /// The connection on which an id of an earlier one came last.
    earlier: HashMap<u64, u32>,
    connection: u32,
    ambiguous: bool,
    last_is_unnamed: bool,
}

impl SeenIds {
    pub(super) fn reconnected(&mut self) {
        self.sort_out();
        self.connection += 1;
    }

    /// Whether an event is new; `id` is the one that it named itself.
    pub(super) fn insert(&mut self, id: Option<&str>) -> bool {
        self.last_is_unnamed = id.is_none();
        let Some(id) = id else { return true };
        let id = self.hasher.hash_one(id);
        if !self.earlier.is_empty()
            && let Some(connection) = self.earlier.get_mut(&id)
        {
            let repeats = *connection == self.connection;
            self.ambiguous |= repeats;
            *connection = self.connection;
            return repeats;
        }
        if self.len() < MAX_IDS {
            self.new.push(id);
        }
        true
    }

    /// Whether a reconnect can continue after the last event without repeating or losing any.
    pub(super) fn is_resumable(&mut self) -> bool {
        self.sort_out();
        !self.ambiguous && !self.last_is_unnamed && self.len() < MAX_IDS
    }

    fn len(&self) -> usize {
        self.new.len() + self.earlier.len()
    }

    /// Makes the ids of this connection those of an earlier one.
    fn sort_out(&mut self) {
        for id in std::mem::take(&mut self.new) {
            let before = self.earlier.insert(id, self.connection);
            self.ambiguous |= before.is_some();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn rest(delivered: &[&str], output: Value) -> Option<Vec<String>> {
        let mut text = DeliveredText::default();
        delivered.iter().for_each(|part| text.push(part));
        text.rest(&pieces(Some(&output)))
    }

    #[test]
    fn the_rest_follows_what_was_delivered_however_it_is_divided() {
        assert_eq!(
            rest(&["caf", "é"], json!("café au lait")).unwrap(),
            [" au lait"]
        );
        assert_eq!(rest(&["café"], json!("café")).unwrap(), [""; 0]);
        assert_eq!(rest(&["ab"], json!(["a", "bc", "d"])).unwrap(), ["c", "d"]);
        assert_eq!(rest(&[], json!(["a", "", "b"])).unwrap(), ["a", "b"]);
        for other in [json!("cafe au lait"), json!("caf"), json!(null)] {
            assert_eq!(rest(&["café"], other), None);
        }
    }

    #[test]
    fn an_id_of_an_earlier_connection_is_seen_once_per_connection() {
        let mut seen = SeenIds::default();
        assert!(seen.insert(Some("1")) && seen.insert(Some("2")));
        assert!(seen.is_resumable());
        seen.reconnected();
        assert!(!seen.insert(Some("1")) && !seen.insert(Some("2")));
        assert!(seen.insert(Some("2")), "it came twice on this connection");
        assert!(!seen.is_resumable());
    }

    #[test]
    fn events_without_an_id_are_new_and_cannot_be_resumed_after() {
        let mut seen = SeenIds::default();
        assert!(seen.insert(None) && seen.insert(None));
        assert!(!seen.is_resumable());
        assert!(seen.insert(Some("1")) && seen.is_resumable());
    }
}
