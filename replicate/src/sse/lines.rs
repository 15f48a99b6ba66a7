//! Divides a stream of bytes into complete lines, and passes on those that matter to an event.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::Stream;
use memchr::memchr2;

use super::SseError;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The size of a block of more than one line. The parser copies the rest of a block for each of
/// its lines.
const MAX_BLOCK_BYTES: usize = 256;

/// Room for a small event, so that its block is allocated once.
const SMALL_BLOCK_BYTES: usize = 64;

/// State for a reconnect: the last event id and the reconnection time, updated with each line.
#[derive(Clone, Debug, Default)]
pub(super) struct StreamState(Arc<Mutex<StateFields>>);

#[derive(Debug, Default)]
struct StateFields {
    /// The last reconnection time.
    retry: Option<Duration>,
    /// The one that was set since the previous event with data.
    event_retry: Option<Duration>,
    last_event_id: String,
    is_named: bool,
    long_data: String,
}

/// Fields of an event that the parser does not keep.
pub(super) struct EventFields {
    /// The last event id.
    pub(super) id: String,
    /// Whether the event has set it itself.
    pub(super) is_named: bool,
    pub(super) retry: Option<Duration>,
    /// Data that precedes the data that was passed to the parser.
    pub(super) long_data: String,
}

impl StreamState {
    pub(super) fn after(last_event_id: String) -> Self {
        let stream_state = Self::default();
        stream_state.fields().last_event_id = last_event_id;
        stream_state
    }

    pub(super) fn retry(&self) -> Option<Duration> {
        self.fields().retry
    }

    pub(super) fn last_event_id(&self) -> Option<String> {
        let state = self.fields();
        (!state.last_event_id.is_empty()).then(|| state.last_event_id.clone())
    }

    /// Takes the fields of the event that the parser has just returned.
    pub(super) fn take_event(&self) -> EventFields {
        let mut state = self.fields();
        EventFields {
            id: state.last_event_id.clone(),
            is_named: state.is_named,
            retry: state.event_retry.take(),
            long_data: std::mem::take(&mut state.long_data),
        }
    }

    fn fields(&self) -> MutexGuard<'_, StateFields> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream of blocks of text for the parser: whole lines of one event, each ended by one line
/// feed. A block of several lines is small, so that the parser takes linear time.
///
/// Long data bypasses the parser. Comments and unknown fields are dropped. So are `id` and
/// `retry`, which are kept in the [`StreamState`]: the parser forgets a `retry` with an event that
/// has no data, and does not know the id of an earlier connection.
pub(super) struct Blocks<S> {
    source: S,
    lines: LineBuffer,
    stream_state: StreamState,
    limit: usize,
    event: EventState,
    is_finished: bool,
}

#[derive(Default)]
struct EventState {
    /// The size of its lines so far.
    bytes: usize,
    /// Lines that were not passed to the parser yet.
    block: Vec<u8>,
    has_lines: bool,
    has_data: bool,
    /// The first line of its data where that is long: the parser is handed an empty one instead,
    /// since it copies each line five times.
    long_data: String,
    id: String,
    is_named: bool,
}

impl<S> Blocks<S> {
    pub(super) fn new(source: S, limit: usize, stream_state: StreamState) -> Self {
        Self {
            source,
            lines: LineBuffer::default(),
            stream_state,
            limit,
            event: EventState::default(),
            is_finished: false,
        }
    }
}

impl<S: Unpin> Blocks<S> {
    /// The next block for the parser out of the bytes that have arrived.
    fn next_block<E>(&mut self) -> Result<Option<String>, SseError<E>> {
        loop {
            let room = self.limit.saturating_sub(self.event.bytes);
            let line = match self.lines.next_line(room) {
                Line::Complete(line) => line,
                Line::Incomplete => return Ok(None),
                Line::TooLong => return Err(SseError::TooLarge { limit: self.limit }),
            };
            let block = match line.is_empty() {
                true => self.event.end(&self.stream_state),
                false => self.event.push(line, &self.stream_state),
            };
            if block.is_some() {
                return Ok(block);
            }
        }
    }
}

impl EventState {
    /// Adds a line of the event; returns the lines before it where they fill a block.
    fn push(&mut self, line: &[u8], stream_state: &StreamState) -> Option<String> {
        // No field has a longer name.
        let names = &line[..line.len().min(b"event:".len())];
        let (name, value) = match names.iter().position(|byte| *byte == b':') {
            Some(at) => {
                let value = &line[at + 1..];
                (&line[..at], value.strip_prefix(b" ").unwrap_or(value))
            }
            None => (line, &line[line.len()..]),
        };
        match name {
            b"data" | b"event" => {
                self.bytes += line.len() + 1;
                self.has_lines = true;
                let is_first_data = name == b"data" && !std::mem::replace(&mut self.has_data, true);
                if is_first_data && value.len() > MAX_BLOCK_BYTES {
                    push_lossy(&mut self.long_data, value);
                    return self.push_to_block(name);
                }
                return self.push_to_block(line);
            }
            b"id" if !value.contains(&0) => {
                self.bytes += line.len() + 1;
                self.id.clear();
                push_lossy(&mut self.id, value);
                self.is_named = true;
            }
            b"retry" => {
                if let Some(milliseconds) = digits(value) {
                    let mut state = stream_state.fields();
                    state.retry = Some(Duration::from_millis(milliseconds));
                    state.event_retry = state.retry;
                }
            }
            _ => {}
        }
        None
    }

    fn push_to_block(&mut self, line: &[u8]) -> Option<String> {
        let is_full = self.block.len() + line.len() >= MAX_BLOCK_BYTES;
        let full = (is_full && !self.block.is_empty()).then(|| self.take_block());
        if self.block.is_empty() {
            // With room for the two line feeds.
            self.block.reserve((line.len() + 2).max(SMALL_BLOCK_BYTES));
        }
        self.block.extend_from_slice(line);
        self.block.push(b'\n');
        full
    }

    /// Takes the block, with invalid UTF-8 replaced.
    fn take_block(&mut self) -> String {
        String::from_utf8(std::mem::take(&mut self.block))
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// Ends the event; returns the rest of it.
    fn end(&mut self, stream_state: &StreamState) -> Option<String> {
        self.bytes = 0;
        let is_named = std::mem::take(&mut self.is_named);
        let mut state = stream_state.fields();
        state.is_named = is_named;
        if is_named {
            std::mem::swap(&mut state.last_event_id, &mut self.id);
        }
        self.has_data = false;
        if !self.long_data.is_empty() {
            state.long_data = std::mem::take(&mut self.long_data);
        }
        if !std::mem::take(&mut self.has_lines) {
            return None;
        }
        self.block.push(b'\n');
        Some(self.take_block())
    }
}

/// Appends text whose invalid parts are replaced.
fn push_lossy(text: &mut String, bytes: &[u8]) {
    match std::str::from_utf8(bytes) {
        Ok(valid) => text.push_str(valid),
        Err(_) => text.push_str(&String::from_utf8_lossy(bytes)),
    }
}

impl<S, B, E> Stream for Blocks<S>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]>,
{
    type Item = Result<String, SseError<E>>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if self.is_finished {
                return Poll::Ready(None);
            }
            match self.next_block() {
                Ok(Some(block)) => return Poll::Ready(Some(Ok(block))),
                Ok(None) => {}
                Err(error) => {
                    self.is_finished = true;
                    return Poll::Ready(Some(Err(error)));
                }
            }
            match ready!(Pin::new(&mut self.source).poll_next(cx)) {
                Some(Ok(chunk)) => self.lines.push(chunk.as_ref()),
                Some(Err(error)) => {
                    self.is_finished = true;
                    return Poll::Ready(Some(Err(SseError::Source(error))));
                }
                None => self.is_finished = true,
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
    /// Number of bytes scanned or moved.
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
        let rest = &self.buffer[self.scanned..];
        let found = match rest.first() {
            // The end of an event.
            Some(b'\n') => Some(0),
            _ => memchr2(b'\n', b'\r', rest),
        };
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

    /// The parser copies the rest of a block for each line, and parses an unfinished line anew.
    #[test]
    fn the_parser_is_handed_small_blocks_or_single_lines_of_one_event() {
        for text in texts() {
            for size in SIZES {
                let source = stream::iter(text.as_bytes().chunks(size).map(Ok::<_, Infallible>));
                let blocks = Blocks::new(source, usize::MAX, StreamState::default());
                let blocks: Vec<String> = block_on(blocks.try_collect()).unwrap();
                for block in &blocks {
                    let lines = block.trim_end_matches('\n').lines().count();
                    assert!(block.len() <= MAX_BLOCK_BYTES || lines == 1, "{block}");
                    assert!(block.ends_with('\n'));
                    assert!(!block.trim_end_matches('\n').contains("\n\n"));
                }
                let is_passed_on = |line: &&str| !line.starts_with("id");
                let passed_on: String = (text.lines().filter(is_passed_on))
                    .map(|line| {
                        if line.len() > MAX_BLOCK_BYTES {
                            "data"
                        } else {
                            line
                        }
                    })
                    .map(|line| format!("{line}\n"))
                    .collect();
                assert_eq!(blocks.concat(), passed_on, "in chunks of {size}");
            }
        }
    }
}
