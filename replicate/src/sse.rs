//! Server-Sent Events, parsed as the HTML standard says.
//!
//! Invalid UTF-8 is replaced, and the size of each event is limited. Time is linear in the bytes,
//! however they are divided into chunks.
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

use std::borrow::Cow;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::Stream;
use memchr::memchr;

use lines::{Line, LineBuffer};

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
    source: S,
    limit: usize,
    lines: LineBuffer,
    parser: Parser,
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
        Self {
            source: bytes,
            limit,
            lines: LineBuffer::default(),
            parser: Parser {
                last_event_id: last_event_id.unwrap_or_default(),
                ..Parser::default()
            },
            finished: false,
        }
    }

    /// The last reconnection time that the stream set, if any.
    pub fn retry(&self) -> Option<Duration> {
        self.parser.retry
    }

    /// The id to send as `Last-Event-ID`: the last one that a complete event, with or without
    /// data, has set. `None` before the first one, or if an empty id cleared it.
    pub fn last_event_id(&self) -> Option<String> {
        let id = &self.parser.last_event_id;
        (!id.is_empty()).then(|| id.clone())
    }

    /// Whether the last event named its own id, instead of inheriting the one before.
    pub(crate) fn last_event_is_named(&self) -> bool {
        self.parser.last_event_is_named
    }

    /// The next event of the bytes that have arrived.
    fn next_event<E>(&mut self) -> Result<Option<Event>, SseError<E>> {
        loop {
            let room = self.limit.saturating_sub(self.parser.bytes);
            let line = match self.lines.next_line(room) {
                Line::Complete(line) => line,
                Line::Incomplete => return Ok(None),
                Line::TooLong => return Err(SseError::TooLarge { limit: self.limit }),
            };
            let event = self.parser.push(line);
            if event.is_some() {
                return Ok(event);
            }
        }
    }
}

/// Makes events of lines.
#[derive(Default)]
struct Parser {
    /// The size of the lines of the present event so far.
    bytes: usize,
    event: String,
    data: Option<String>,
    id: Option<String>,
    /// The reconnection time that was set since the previous event.
    event_retry: Option<Duration>,
    retry: Option<Duration>,
    last_event_id: String,
    last_event_is_named: bool,
}

impl Parser {
    /// Takes a line without its end; returns the event that it completes.
    fn push(&mut self, line: &[u8]) -> Option<Event> {
        if line.is_empty() {
            return self.end();
        }
        let (name, value) = match memchr(b':', line) {
            Some(at) => {
                let value = &line[at + 1..];
                (&line[..at], value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &[][..]),
        };
        match name {
            b"data" => match &mut self.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(&lossy(value));
                }
                None => self.data = Some(lossy(value).into_owned()),
            },
            b"event" => self.event = lossy(value).into_owned(),
            b"id" if !value.contains(&0) => self.id = Some(lossy(value).into_owned()),
            b"retry" => {
                if let Some(milliseconds) = digits(value) {
                    self.retry = Some(Duration::from_millis(milliseconds));
                    self.event_retry = self.retry;
                }
                return None;
            }
            _ => return None,
        }
        self.bytes += line.len() + 1;
        None
    }

    /// Ends the event; without data there is none.
    fn end(&mut self) -> Option<Event> {
        self.bytes = 0;
        self.last_event_is_named = self.id.is_some();
        if let Some(id) = self.id.take() {
            self.last_event_id = id;
        }
        let mut event = std::mem::take(&mut self.event);
        let data = self.data.take()?;
        if event.is_empty() {
            "message".clone_into(&mut event);
        }
        Some(Event {
            event,
            data,
            id: self.last_event_id.clone(),
            retry: self.event_retry.take(),
        })
    }
}

/// The text of `bytes`, with invalid parts replaced. Validation is much faster than replacement.
fn lossy(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(valid) => valid.into(),
        Err(_) => String::from_utf8_lossy(bytes),
    }
}

/// All-digit `retry` values only, as the standard says; one that overflows is ignored.
fn digits(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
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
        }
    }
}

impl<E: std::error::Error + 'static> std::error::Error for SseError<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Source(error) => Some(error),
            Self::TooLarge { .. } => None,
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
        while !self.finished {
            let error = match self.next_event() {
                Ok(Some(event)) => return Poll::Ready(Some(Ok(event))),
                Ok(None) => match ready!(Pin::new(&mut self.source).poll_next(cx)) {
                    Some(Ok(chunk)) => {
                        self.lines.push(chunk.as_ref());
                        continue;
                    }
                    Some(Err(error)) => Some(SseError::Source(error)),
                    None => None,
                },
                Err(error) => Some(error),
            };
            self.finished = true;
            return Poll::Ready(error.map(Err));
        }
        Poll::Ready(None)
    }
}
