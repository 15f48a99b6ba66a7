//! Server-Sent Events: limits and repairs in front of `eventsource-stream`.
//!
//! The parser gets complete lines, a small event at a time: before that, line ends are normalized,
//! a byte-order mark is stripped, invalid UTF-8 is replaced, and the size of each event is limited.
//! Time is linear in the bytes, however they are divided into chunks.
//!
//! [`Client::stream`](crate::Client::stream) uses this. On its own it parses the events of any
//! server, with an HTTP client of your choice.
//!
//! ```
//! use futures::TryStreamExt;
//! use replicate::sse::Events;
//!
//! # futures::executor::block_on(async {
//! let chunks = futures::stream::iter([
//!     Ok::<_, std::io::Error>("event: output\nid: 1\nda"),
//!     Ok("ta: Hello\r\n\r\n"),
//! ]);
//! let mut events = Events::new(chunks);
//! let event = events.try_next().await?.unwrap();
//! assert_eq!((event.event.as_str(), event.data.as_str()), ("output", "Hello"));
//! assert!(events.try_next().await?.is_none());
//! # Ok::<(), replicate::sse::SseError<std::io::Error>>(())
//! # }).unwrap();
//! ```

mod lines;
#[cfg(test)]
mod tests;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use eventsource_stream::{EventStream, EventStreamError};
use futures::Stream;

use lines::{Blocks, StreamState};

/// The default limit of an event's size: 16 MiB.
pub const MAX_EVENT_BYTES: usize = 16 * 1024 * 1024;

/// One event of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Event {
    /// The event type; `message` if the stream names none.
    pub event: String,
    /// The `data` lines, joined with newlines.
    pub data: String,
    /// The last event id, which this event or one before it has set; empty without one.
    pub id: String,
    /// The reconnection time that was set since the previous event.
    pub retry: Option<Duration>,
}

/// The events of a stream of bytes.
///
/// A partial event at the end of the bytes is dropped. The stream ends after an error.
pub struct Events<S> {
    inner: EventStream<Blocks<S>>,
    stream_state: StreamState,
    last_event_is_named: bool,
    finished: bool,
}

impl<S> Events<S> {
    /// Reads events of up to [`MAX_EVENT_BYTES`] from `bytes`.
    pub fn new(bytes: S) -> Self {
        Self::with_limit(bytes, MAX_EVENT_BYTES)
    }

    /// Reads events of up to `limit` bytes: the lines of one event, their names included.
    pub fn with_limit(bytes: S, limit: usize) -> Self {
        Self::after(bytes, limit, None)
    }

    /// Reads the events that follow the one of this id, which stays the last event id until
    /// another is set.
    pub(crate) fn after(bytes: S, limit: usize, last_event_id: Option<String>) -> Self {
        let stream_state = StreamState::after(last_event_id.unwrap_or_default());
        let inner = EventStream::new(Blocks::new(bytes, limit, stream_state.clone()));
        Self {
            inner,
            stream_state,
            last_event_is_named: false,
            finished: false,
        }
    }

    /// The last reconnection time that the stream set, if any.
    pub fn retry(&self) -> Option<Duration> {
        self.stream_state.retry()
    }

    /// The id to send as `Last-Event-ID`: the last one that a complete event, with or without
    /// data, has set. `None` before the first one, or if an empty id cleared it.
    pub fn last_event_id(&self) -> Option<String> {
        self.stream_state.last_event_id()
    }

    /// Whether the last event named its own id, instead of inheriting the one before.
    pub(crate) fn last_event_is_named(&self) -> bool {
        self.last_event_is_named
    }
}

impl<S> fmt::Debug for Events<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Events")
            .field("finished", &self.finished)
            .finish_non_exhaustive()
    }
}

/// The error that ended a stream of events.
#[derive(Debug)]
#[non_exhaustive]
pub enum SseError<E> {
    /// The bytes could not be read.
    Source(E),
    /// An event is larger than the limit, in bytes.
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// The parser refused a line: a defect, since every line is valid.
    Parse(String),
}

impl<E: fmt::Display> fmt::Display for SseError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Source(error) => write!(f, "could not read the event stream: {error}"),
            Self::TooLarge { limit } => {
                write!(
                    f,
                    "an event of the stream exceeds the limit of {limit} bytes"
                )
            }
            Self::Parse(detail) => {
                write!(f, "could not parse a line of the event stream: {detail}")
            }
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for SseError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Source(error) => Some(error),
            _ => None,
        }
    }
}

impl<S, B, E> Stream for Events<S>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]>,
{
    type Item = Result<Event, SseError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.finished {
            return Poll::Ready(None);
        }
        let item = match std::task::ready!(Pin::new(&mut self.inner).poll_next(cx)) {
            Some(Ok(event)) => {
                // A block holds lines of one event, so that no later one has changed these.
                let fields = self.stream_state.take_event();
                self.last_event_is_named = fields.is_named;
                let data = match fields.long_data.is_empty() {
                    true => event.data,
                    false => fields.long_data + &event.data,
                };
                Some(Ok(Event {
                    event: event.event,
                    data,
                    id: fields.id,
                    retry: fields.retry,
                }))
            }
            Some(Err(EventStreamError::Transport(error))) => Some(Err(error)),
            Some(Err(EventStreamError::Utf8(error))) => {
                Some(Err(SseError::Parse(error.to_string())))
            }
            Some(Err(EventStreamError::Parser(error))) => {
                Some(Err(SseError::Parse(format!("{:?}", error.code))))
            }
            None => None,
        };
        self.finished = !matches!(item, Some(Ok(_)));
        Poll::Ready(item)
    }
}
