//! Telling what a server sends again from what is new, after a connection was made again.
//!
//! A server that is asked to go on after an event may do so, or send the group of events under
//! that id again, or everything from its beginning or from somewhere. Its first event tells
//! which. What is sent again is skipped up to the last event that was delivered: its id is at
//! hand whatever was forgotten, so that a bounded memory does. Within a connection nothing is
//! compared: what a server says once is said, whatever its ids.

use std::collections::{HashSet, VecDeque};
use std::hash::{BuildHasher, RandomState};

use crate::sse::Event;

/// How many ids are remembered, and how many events under one id. A server that goes back
/// further than this, but not to its first event, is believed to bring what is new.
const REMEMBERED: usize = 64 * 1024;

/// The outputs and logs that were delivered, by their ids.
#[derive(Default)]
pub(super) struct Delivered {
    hasher: RandomState,
    seen: HashSet<u64>,
    order: VecDeque<u64>,
    first: Option<u64>,
    /// How many ids, the first ones, were forgotten.
    forgotten: u64,
    last: Option<u64>,
    /// What was delivered under the last id, as checksums.
    group: Vec<u64>,
    /// How many of the group there were with the last that named its id itself. The others
    /// follow it, and so they follow it again.
    named: usize,
    /// An id came back, or there was none: nothing can be told by ids.
    unclear: bool,
    in_doubt: bool,
    place: Place,
}

/// Where a connection is, compared with what was delivered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Nothing came yet after connecting again.
    Unknown,
    /// Before the last id, in what is sent again.
    Before {
        from_the_first: bool,
        /// How many ids came.
        ids: u64,
        id: Option<u64>,
    },
    /// Among the events of the last id: this one of the group comes next, if it comes.
    Within(usize),
    /// Past all that was delivered.
    #[default]
    After,
}

impl Delivered {
    /// Whether an event is to be delivered; notes it if so. `named` tells whether it named its
    /// id itself.
    pub(super) fn is_new(&mut self, event: &Event, named: bool) -> bool {
        let id = (!event.id.is_empty()).then(|| self.hasher.hash_one(&event.id));
        let content = self.hasher.hash_one((&event.event, &event.data));
        if let (Some(id), Some(last)) = (id, self.last)
            && self.is_known(id, last, named, content)
        {
            return false;
        }
        self.place = Place::After;
        self.note(id, named, content);
        true
    }

    pub(super) fn reconnected(&mut self) {
        self.place = match self.last {
            Some(_) => Place::Unknown,
            None => Place::After,
        };
    }

    /// Whether a connection can be made again without delivering anything twice.
    pub(super) fn is_resumable(&self) -> bool {
        !self.unclear && self.group.len() < REMEMBERED
    }

    /// Whether something was taken for a repetition that may have been none.
    pub(super) fn is_in_doubt(&self) -> bool {
        self.in_doubt || matches!(self.place, Place::Before { .. })
    }

    fn is_known(&mut self, id: u64, last: u64, named: bool, content: u64) -> bool {
        if self.place == Place::Unknown {
            let from_the_first = self.first == Some(id);
            self.place = if id == last {
                Place::Within(if named { 0 } else { self.named })
            } else if from_the_first || self.seen.contains(&id) {
                Place::Before {
                    from_the_first,
                    ids: 0,
                    id: None,
                }
            } else {
                Place::After
            };
        }
        if id == last && matches!(self.place, Place::Before { .. }) {
            self.place = Place::Within(0);
        }
        match &mut self.place {
            Place::Before {
                from_the_first,
                ids,
                id: current,
            } => {
                if *current != Some(id) {
                    *ids += 1;
                    *current = Some(id);
                }
                // Those that were forgotten were the first ones, so they are the first again.
                let is_forgotten = *from_the_first && *ids <= self.forgotten;
                is_forgotten || self.seen.contains(&id)
            }
            Place::Within(at) if id == last && self.group.get(*at) == Some(&content) => {
                *at += 1;
                // A group can go on with what it began with; a single event has its id.
                self.in_doubt |= !named || self.group.len() > 1;
                true
            }
            _ => false,
        }
    }

    fn note(&mut self, id: Option<u64>, named: bool, content: u64) {
        let Some(id) = id else {
            self.unclear = true;
            self.last = None;
            return;
        };
        if self.last != Some(id) {
            self.last = Some(id);
            self.first.get_or_insert(id);
            self.group.clear();
            self.named = 0;
            self.remember(id);
        }
        if self.group.len() < REMEMBERED {
            self.group.push(content);
        }
        if named {
            self.named = self.group.len();
        }
    }

    fn remember(&mut self, id: u64) {
        if !self.seen.insert(id) {
            self.unclear = true;
            return;
        }
        self.order.push_back(id);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
            self.forgotten += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events of `id=text`; without an id of their own of `text` alone, after the id before.
    struct Server<'a>(&'a mut Delivered, String);

    impl Server<'_> {
        fn sends(&mut self, events: &str) -> String {
            let events = events.split_whitespace().map(|event| {
                let (id, data) = event.split_once('=').unwrap_or(("", event));
                let named = !id.is_empty();
                if named {
                    self.1 = id.to_owned();
                }
                let event = Event {
                    event: "output".to_owned(),
                    data: data.to_owned(),
                    id: self.1.clone(),
                    retry: None,
                };
                self.0.is_new(&event, named).then_some(event.data)
            });
            events.flatten().collect()
        }
    }

    /// What is delivered of connections one after another.
    fn delivered(connections: &[&str]) -> (String, Delivered) {
        let mut memory = Delivered::default();
        let mut last = String::new();
        let mut text = String::new();
        for events in connections {
            memory.reconnected();
            let mut server = Server(&mut memory, last);
            text.push_str(&server.sends(events));
            last = server.1;
        }
        (text, memory)
    }

    #[test]
    fn on_one_connection_every_event_is_new_whatever_its_id() {
        let (text, memory) = delivered(&["1=a 2=b 1=c 1=d d 2=b"]);
        assert_eq!(text, "abcddb");
        assert!(!memory.is_resumable(), "ids that come back tell nothing");
    }

    #[test]
    fn what_is_sent_again_is_told_by_where_it_begins() {
        for (name, again) in [
            ("nothing", "4=d 5=e"),
            ("the last", "3=c 4=d 5=e"),
            ("from the middle", "2=b 3=c 4=d 5=e"),
            ("everything", "1=a 2=b 3=c 4=d 5=e"),
            ("without the last", "1=a 2=b 4=d 5=e"),
        ] {
            let (text, memory) = delivered(&["1=a 2=b 3=c", again]);
            assert_eq!(text, "abcde", "{name}");
            assert!(memory.is_resumable() && !memory.is_in_doubt(), "{name}");
        }
    }

    #[test]
    fn a_group_under_one_id_goes_on_where_it_was_cut() {
        for again in ["5=a 5=b 5=c 6=d", "5=c 6=d", "4=x 5=a 5=b 5=c 6=d"] {
            assert_eq!(delivered(&["4=x 5=a 5=b", again]).0, "xabcd", "{again}");
        }
        let (text, memory) = delivered(&["5=a 5=b", "5=a 5=b 5=c", "5=a 5=b 5=c 5=d"]);
        assert_eq!(text, "abcd");
        assert!(memory.is_in_doubt(), "it could have said the same again");
    }

    #[test]
    fn events_without_an_id_of_their_own_follow_the_one_before_again() {
        for again in ["b c d", "1=a b c d", "d"] {
            assert_eq!(delivered(&["1=a b c", again]).0, "abcd", "{again}");
        }
        assert_eq!(delivered(&["1=a b 2=c d", "1=a b 2=c d e"]).0, "abcde");
        assert!(!delivered(&["a 1=b"]).1.is_resumable());
    }

    #[test]
    fn everything_sent_again_is_skipped_past_what_is_remembered() {
        let count = REMEMBERED + 10;
        let all: String = (0..count).map(|n| format!("{n}=. ")).collect();
        let (text, memory) =
            delivered(&[&all, &format!("{all} end=e"), &format!("{all} end=e x=f")]);
        assert_eq!(text.len(), count + 2);
        assert!(text.ends_with(".ef"));
        assert_eq!(memory.seen.len(), REMEMBERED);
        assert_eq!(memory.order.len(), REMEMBERED);
    }

    #[test]
    fn a_group_that_is_too_long_to_remember_cannot_be_resumed() {
        let long = ". ".repeat(2 * REMEMBERED);
        let (_, mut memory) = delivered(&[&format!("1=a {long}")]);
        assert_eq!(memory.group.len(), REMEMBERED);
        assert!(!memory.is_resumable());
        Server(&mut memory, String::new()).sends("2=b");
        assert!(memory.is_resumable());
    }
}
