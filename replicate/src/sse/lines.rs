//! Divides a stream of bytes into lines.

use memchr::memchr2;

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Buffers bytes and finds the line ends in them; each byte is scanned once.
#[derive(Default)]
pub(super) struct LineBuffer {
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

pub(super) enum Line<'a> {
    Complete(&'a [u8]),
    Incomplete,
    TooLong,
}

impl LineBuffer {
    pub(super) fn push(&mut self, chunk: &[u8]) {
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

    /// The next line, without its end, if it has at most `room` bytes.
    pub(super) fn next_line(&mut self, room: usize) -> Line<'_> {
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
    use super::*;

    #[test]
    fn cost_per_byte_does_not_depend_on_the_chunks() {
        let events = (0..4_000).map(|n| format!("event: output\nid: {n}\ndata: word\n\n"));
        for text in [
            events.collect(),
            format!("{}\n", "data: a line of some text\r\n".repeat(6_000)),
            format!("data: {}\n\n", "x".repeat(200_000)),
        ] {
            for size in [1, 7, 1024, 64 * 1024, 1024 * 1024] {
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
}
