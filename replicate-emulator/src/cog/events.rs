//! Server-sent events of a Cog server.

/// An event with its name and its data.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) name: String,
    pub(super) data: String,
}

/// Reads events out of chunks of a response body.
#[derive(Debug, Default)]
pub(super) struct EventParser {
    line: Vec<u8>,
    after_cr: bool,
    name: String,
    data: String,
}

impl EventParser {
    /// Takes the next chunk, and returns the events that it completes.
    pub(super) fn push(&mut self, chunk: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        for byte in chunk {
            let after_cr = std::mem::replace(&mut self.after_cr, *byte == b'\r');
            match byte {
                b'\n' if after_cr => {}
                b'\n' | b'\r' => events.extend(self.end_line()),
                byte => self.line.push(*byte),
            }
        }
        events
    }

    fn end_line(&mut self) -> Option<Event> {
        let line = std::mem::take(&mut self.line);
        let line = String::from_utf8_lossy(&line);
        if line.is_empty() {
            let name = std::mem::take(&mut self.name);
            let mut data = std::mem::take(&mut self.data);
            // Every line of data has added its end.
            data.pop()?;
            return Some(Event { name, data });
        }
        let (field, value) = line.split_once(':').unwrap_or((&line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => value.clone_into(&mut self.name),
            "data" => {
                self.data.push_str(value);
                self.data.push('\n');
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_the_same_however_the_body_is_cut() {
        let body = ": hello\r\n\r\nevent: output\r\ndata: {\"chunk\":\r\ndata: \"é\"}\r\n\r\n\
                    event: start\ndata:\n\nevent: log\n\nid: 3\rdata: x\r\r"
            .as_bytes();
        let event = |name: &str, data: &str| Event {
            name: name.to_owned(),
            data: data.to_owned(),
        };
        let expected = [
            event("output", "{\"chunk\":\n\"é\"}"),
            event("start", ""),
            event("", "x"),
        ];
        for size in [1, 2, 7, body.len()] {
            let mut parser = EventParser::default();
            let chunks = body.chunks(size);
            let events: Vec<Event> = chunks.flat_map(|chunk| parser.push(chunk)).collect();
            assert_eq!(events, expected, "in chunks of {size}");
        }
    }
}
