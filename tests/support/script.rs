use std::io;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::sleep;

use crate::http2::Http2Reply;
use crate::received::{Reader, Received};
use crate::{BoxError, Injector};

/// Script of a listener for one connection, step by step.
///
/// ```
/// use replicate_test_support::{Reply, Script};
///
/// let truncated = Script::new().read_request().write(&b"HTTP/1.1 201 Created\r\n"[..]).reset();
/// let good = Script::reply(Reply::json(200, "{}"));
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct Script {
    steps: Vec<Step>,
}

#[derive(Clone, Debug)]
enum Step {
    ReadRequest,
    ReadHead,
    ReadBytes(usize),
    ReadUntilClosed,
    ReplyToAll(Vec<u8>),
    Write(Vec<u8>),
    WriteSlowly(Vec<u8>, Duration),
    WriteInPieces(Vec<u8>, u64),
    WriteWithoutEnd(Vec<u8>),
    WaitFor(Gate),
    Open(Gate),
    Http2(Box<Http2Reply>),
    Hold,
    Reset,
}

/// Outcome of the steps of a script.
pub(crate) enum Ended {
    Finished,
    Held,
}

impl Script {
    /// A script without steps: the connection is closed at once.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a request, sends the response, closes the connection.
    pub fn reply(reply: impl Into<Vec<u8>>) -> Self {
        Self::new().read_request().write(reply)
    }

    /// Sends this response to every request, until the client closes the connection.
    pub fn reply_to_all(reply: impl Into<Vec<u8>>) -> Self {
        Self::new().step(Step::ReplyToAll(reply.into()))
    }

    /// Speaks HTTP/2 from the first byte on: reads one request, records it, responds.
    pub fn http2(reply: Http2Reply) -> Self {
        Self::new().step(Step::Http2(Box::new(reply)))
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Reads a whole request, and records it.
    pub fn read_request(self) -> Self {
        self.step(Step::ReadRequest)
    }

    /// Reads a request's head, and records it; its body is left.
    pub fn read_head(self) -> Self {
        self.step(Step::ReadHead)
    }

    /// Reads this many bytes.
    pub fn read_bytes(self, count: usize) -> Self {
        self.step(Step::ReadBytes(count))
    }

    /// Reads until the client closes the connection.
    pub fn read_until_closed(self) -> Self {
        self.step(Step::ReadUntilClosed)
    }

    /// Writes bytes.
    pub fn write(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.step(Step::Write(bytes.into()))
    }

    /// Writes bytes one by one, with a pause after each.
    pub fn write_slowly(self, bytes: impl Into<Vec<u8>>, pause: Duration) -> Self {
        self.step(Step::WriteSlowly(bytes.into(), pause))
    }

    /// Writes bytes in pieces of 1 to 64, whose lengths follow from the seed.
    pub fn write_in_pieces(self, bytes: impl Into<Vec<u8>>, seed: u64) -> Self {
        self.step(Step::WriteInPieces(bytes.into(), seed))
    }

    /// Writes the same bytes repeatedly, until the client closes the connection.
    pub fn write_without_end(self, bytes: impl Into<Vec<u8>>) -> Self {
        self.step(Step::WriteWithoutEnd(bytes.into()))
    }

    /// Waits until the gate is open.
    pub fn wait_for(self, gate: &Gate) -> Self {
        self.step(Step::WaitFor(gate.clone()))
    }

    /// Opens the gate.
    pub fn open(self, gate: &Gate) -> Self {
        self.step(Step::Open(gate.clone()))
    }

    /// Does nothing more, and keeps the connection open as long as the listener lives.
    pub fn hold(self) -> Self {
        self.step(Step::Hold)
    }

    /// Resets the connection. Without this a script ends with an orderly close.
    pub fn reset(self) -> Self {
        self.step(Step::Reset)
    }

    pub(crate) async fn play(
        &self,
        reader: &mut Reader,
        mut record: impl FnMut(Received),
    ) -> Result<Ended, BoxError> {
        for step in &self.steps {
            match step {
                Step::ReadRequest => record(reader.request().await?),
                Step::ReadHead => record(reader.head().await?),
                Step::ReadBytes(count) => reader.skip(*count).await?,
                Step::ReadUntilClosed => reader.skip_all().await,
                Step::ReplyToAll(reply) => loop {
                    record(reader.request().await?);
                    reader.stream.write_all(reply).await?;
                },
                Step::WaitFor(gate) => gate.wait().await,
                Step::Open(gate) => gate.open(),
                Step::Http2(reply) => {
                    let connection = reader.connection;
                    let stream = &mut reader.stream;
                    reply.serve(stream, connection, &mut record).await?;
                }
                Step::Hold => return Ok(Ended::Held),
                Step::Reset => reader.stream.set_zero_linger()?,
                writing => write(&mut reader.stream, writing).await?,
            }
        }
        Ok(Ended::Finished)
    }
}

async fn write(stream: &mut TcpStream, step: &Step) -> io::Result<()> {
    match step {
        Step::Write(bytes) => stream.write_all(bytes).await?,
        Step::WriteSlowly(bytes, pause) => {
            for byte in bytes {
                stream.write_all(&[*byte]).await?;
                sleep(*pause).await;
            }
        }
        Step::WriteInPieces(bytes, seed) => {
            let mut random = Injector::new(*seed);
            let mut rest = &bytes[..];
            while !rest.is_empty() {
                let count = 1 + random.below(64);
                let (piece, after) = rest.split_at(count.min(rest.len()));
                stream.write_all(piece).await?;
                tokio::task::yield_now().await;
                rest = after;
            }
        }
        Step::WriteWithoutEnd(bytes) => loop {
            stream.write_all(bytes).await?;
        },
        _ => {}
    }
    stream.flush().await
}

/// A signal that a script waits for, or sends.
#[derive(Clone, Debug, Default)]
pub struct Gate(watch::Sender<bool>);

impl Gate {
    /// A closed gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens it, for good.
    pub fn open(&self) {
        self.0.send_replace(true);
    }

    /// Waits until it is open.
    pub async fn wait(&self) {
        // The sender lives in `self`, so that this cannot fail.
        let _ = self.0.subscribe().wait_for(|open| *open).await;
    }
}
