//! Divides a stream of bytes into complete lines, and keeps those that matter to an event.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::Stream;
use memchr::{memchr, memchr2};

use super::SseError;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// What a reconnect needs: the last event id and the reconnection time, updated as lines pass.
#[derive(Clone, Debug, Default)]
pub(super) struct StreamState(Arc<Mutex<StateFields>>);

#[derive(Debug, Default)]
struct StateFields {
    retry: Option<Duration>,
    last_event_id: String,
    named: bool,
}

impl StreamState {
    pub(super) fn after(last_event_id: String) -> Self {
        let stream_state = Self::default();
        stream_state.set(|state| state.last_event_id = last_event_id);
        stream_state
    }

    pub(super) fn retry(&self) -> Option<Duration> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retry
    }

    pub(super) fn last_event_id(&self) -> Option<String> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (!state.last_event_id.is_empty()).then(|| state.last_event_id.clone())
    }

    pub(super) fn last_event_is_named(&self) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).named
    }

    fn set(&self, change: impl FnOnce(&mut StateFields)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A stream of text lines for the parser, each ended by one line feed.
///
/// Comments and unknown fields are dropped. `retry` is delayed until the end of the next event
/// that has data, since the parser forgets it with an event that has none.
pub(super) struct Lines<S> {
    source: S,
    lines: LineBuffer,
    stream_state: StreamState,
    limit: usize,
    event: EventState,
    finished: bool,
}

#[derive(Default)]
struct EventState {
    bytes: usize,
    has_data: bool,
    id: Option<String>,
    retry: Option<u64>,
}

impl<S> Lines<S> {
    pub(super) fn new(source: S, limit: usize, stream_state: StreamState) -> Self {
        Self {
            source,
            lines: LineBuffer::default(),
            stream_state,
            limit,
            event: EventState::default(),
            finished: false,
        }
    }
}

impl<S: Unpin> Lines<S> {
    /// The next line for the parser out of what the lines holds.
    fn next_line<E>(&mut self) -> Result<Option<String>, SseError<E>> {
        loop {
            let room = self.limit.saturating_sub(self.event.bytes);
            let line = match self.lines.next_line(room) {
                Line::Complete(line) => line,
                Line::Incomplete => return Ok(None),
                Line::TooLong => return Err(SseError::TooLarge { limit: self.limit }),
            };
            if let Some(text) = self.event.take(line, &self.stream_state) {
                return Ok(Some(text));
            }
        }
    }
}

impl EventState {
    /// The text of a line that the parser needs, if any.
    fn take(&mut self, line: &[u8], stream_state: &StreamState) -> Option<String> {
        if line.is_empty() {
            return self.end(stream_state);
        }
        let (name, value) = match memchr(b':', line) {
            Some(at) => {
                let value = &line[at + 1..];
                (&line[..at], value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &line[line.len()..]),
        };
        match name {
            b"data" => self.has_data = true,
            b"event" => {}
            b"id" if !value.contains(&0) => {
                self.id = Some(String::from_utf8_lossy(value).into_owned());
            }
            b"retry" => {
                if let Some(milliseconds) = digits(value) {
                    self.retry = Some(milliseconds);
                    stream_state
                        .set(|state| state.retry = Some(Duration::from_millis(milliseconds)));
                }
                return None;
            }
            _ => return None,
        }
        self.bytes += line.len() + 1;
        let mut text = String::with_capacity(line.len() + 1);
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
        Some(text)
    }

    fn end(&mut self, stream_state: &StreamState) -> Option<String> {
        let id = self.id.take();
        stream_state.set(|state| {
            state.named = id.is_some();
            if let Some(id) = id {
                state.last_event_id = id;
            }
        });
        if self.bytes == 0 {
            return None;
        }
        self.bytes = 0;
        let has_data = std::mem::take(&mut self.has_data);
        Some(match self.retry.take_if(|_| has_data) {
            Some(milliseconds) => format!("retry: {milliseconds}\n\n"),
            None => String::from("\n"),
        })
    }
}

impl<S, B, E> Stream for Lines<S>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]>,
{
    type Item = Result<String, SseError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.finished {
                return Poll::Ready(None);
            }
            match self.next_line() {
                Ok(Some(line)) => return Poll::Ready(Some(Ok(line))),
                Ok(None) => {}
                Err(error) => {
                    self.finished = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
            match ready!(Pin::new(&mut self.source).poll_next(cx)) {
                Some(Ok(chunk)) => self.lines.push(chunk.as_ref()),
                Some(Err(error)) => {
                    self.finished = true;
                    return Poll::Ready(Some(Err(SseError::Source(error))));
                }
                None => self.finished = true,
            }
        }
    }
}

/// All-digit `retry` values only, as the standard says; one that overflows is ignored.
fn digits(value: &[u8]) -> Option<u64> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// Buffers bytes and finds the line ends in them; each byte is scanned once.
#[derive(Default)]
struct LineBuffer {
    buffer: Vec<u8>,
    /// Where the next line starts.
    start: usize,
    /// No line end was found before this index.
    scanned: usize,
    /// The last line ended with a carriage return: a line feed right after it belongs to it.
    skip_line_feed: bool,
    bom_checked: bool,
    /// How many bytes were scanned or moved.
    #[cfg(test)]
    work: usize,
}

enum Line<'a> {
    Complete(&'a [u8]),
    Incomplete,
    TooLong,
}

impl LineBuffer {
    fn push(&mut self, chunk: &[u8]) {
        #[cfg(test)]
        {
            let moved = if self.start > 0 {
                self.buffer.len() - self.start
            } else {
                0
            };
            self.work += moved + chunk.len();
        }
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.scanned -= self.start;
            self.start = 0;
        }
        self.buffer.extend_from_slice(chunk);
    }

    fn next_line(&mut self, room: usize) -> Line<'_> {
        if !self.bom_checked {
            if self.buffer.len() < BOM.len() && BOM.starts_with(&self.buffer) {
                return Line::Incomplete;
            }
            self.bom_checked = true;
            if self.buffer.starts_with(BOM) {
                self.start = BOM.len();
                self.scanned = BOM.len();
            }
        }
        if self.skip_line_feed && self.start < self.buffer.len() {
            self.skip_line_feed = false;
            if self.buffer[self.start] == b'\n' {
                self.start += 1;
                self.scanned = self.start;
            }
        }
        let found = memchr2(b'\n', b'\r', &self.buffer[self.scanned..]);
        #[cfg(test)]
        {
            self.work += found.map_or(self.buffer.len() - self.scanned, |found| found + 1);
        }
        let Some(found) = found else {
            self.scanned = self.buffer.len();
            return if self.scanned - self.start > room {
                Line::TooLong
            } else {
                Line::Incomplete
            };
        };
        let (start, end) = (self.start, self.scanned + found);
        self.skip_line_feed = self.buffer[end] == b'\r';
        self.start = end + 1;
        self.scanned = end + 1;
        if end - start > room {
            Line::TooLong
        } else {
            Line::Complete(&self.buffer[start..end])
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures::{TryStreamExt, executor::block_on, stream};

    use super::*;

    /// Many events, one event of many lines, and one of a single line.
    fn texts() -> [String; 3] {
        let events = (0..4_000).map(|n| format!("event: output\nid: {n}\ndata: word\n\n"));
        [
            events.collect(),
            format!("{}\n", "data: a line of some text\r\n".repeat(6_000)),
            format!("data: {}\n\n", "x".repeat(200_000)),
        ]
    }

    const SIZES: [usize; 5] = [1, 7, 1024, 64 * 1024, 1024 * 1024];

    #[test]
    fn cost_per_byte_does_not_depend_on_the_chunks() {
        for text in texts() {
            for size in SIZES {
                let mut lines = LineBuffer::default();
                for chunk in text.as_bytes().chunks(size) {
                    lines.push(chunk);
                    while matches!(lines.next_line(usize::MAX), Line::Complete(_)) {}
                    // Inside the loop: a quadratic reader would not come to its end.
                    let (work, bytes) = (lines.work, text.len());
                    assert!(
                        work <= 3 * bytes,
                        "{work} for {bytes} bytes in chunks of {size}"
                    );
                }
            }
        }
    }

    /// The parser is linear as long as it never sees a part of a line, or two lines at once.
    #[test]
    fn the_parser_is_handed_each_line_once_and_whole() {
        for text in texts() {
            for size in SIZES {
                let source = stream::iter(text.as_bytes().chunks(size).map(Ok::<_, Infallible>));
                let lines = Lines::new(source, usize::MAX, StreamState::default());
                let handed: Vec<String> = block_on(lines.try_collect()).unwrap();
                assert!(
                    handed
                        .iter()
                        .all(|line| line.find('\n') == Some(line.len() - 1))
                );
                assert_eq!(
                    handed.concat(),
                    text.replace("\r\n", "\n"),
                    "in chunks of {size}"
                );
            }
        }
    }
}
