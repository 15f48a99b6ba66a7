use std::future::poll_fn;
use std::time::Duration;

use bytes::Bytes;
use h2::server::SendResponse;
use h2::{Reason, RecvStream, SendStream};
use http::{Request, Response};
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::BoxError;
use crate::received::Received;
use crate::response::Reply;

/// End of the body of a response of an HTTP/2 server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Http2End {
    /// `END_STREAM`, whether or not the body has the length that was announced.
    EndStream,
    /// `RST_STREAM` with `NO_ERROR`, which hyper reports as the end of the body.
    ResetWithoutError,
    /// `RST_STREAM` with `INTERNAL_ERROR`.
    ResetWithError,
    /// It does not: nothing more is sent, and the connection stays open.
    Hold,
    /// It does not: the body is repeated until the client closes the connection.
    Repeat,
}

/// A response over HTTP/2 to the one request of a connection.
///
/// ```
/// use replicate_test_support::{Http2End, Http2Reply, Reply, Script};
///
/// let reply = Reply::json(200, "{\"id\":\"p1\"}");
/// let truncated = Http2Reply::new(&reply).first(5).end(Http2End::ResetWithoutError);
/// let script = Script::http2(truncated);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Http2Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
    pause: Option<Duration>,
    end: Http2End,
}

impl Http2Reply {
    /// The same response as `reply`, complete and with its length.
    pub fn new(reply: &Reply) -> Self {
        let (status, headers, body) = reply.parts();
        let forbidden = ["connection", "transfer-encoding"];
        let headers = headers.into_iter();
        let headers = headers.filter(|(name, _)| !forbidden.contains(&&**name));
        Self {
            status,
            headers: headers.collect(),
            body,
            pause: None,
            end: Http2End::EndStream,
        }
    }

    /// Announces no length.
    pub fn without_length(mut self) -> Self {
        self.headers.retain(|(name, _)| name != "content-length");
        self
    }

    /// Sends only the first `count` bytes of the body.
    pub fn first(mut self, count: usize) -> Self {
        self.body.truncate(count);
        self
    }

    /// Sends the body byte by byte, with a pause after each.
    pub fn slowly(mut self, pause: Duration) -> Self {
        self.pause = Some(pause);
        self
    }

    /// Sets how the body ends.
    pub fn end(mut self, end: Http2End) -> Self {
        self.end = end;
        self
    }

    fn head(&self) -> http::Result<Response<()>> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in &self.headers {
            response = response.header(name, value);
        }
        response.body(())
    }

    /// Reads one request from the connection, records it, and responds to it. Returns when the
    /// client has closed the connection.
    pub(crate) async fn serve(
        &self,
        stream: &mut TcpStream,
        connection: usize,
        record: impl FnOnce(Received),
    ) -> Result<(), BoxError> {
        let mut http2 = h2::server::handshake(stream).await?;
        let Some(request) = http2.accept().await else {
            return Ok(());
        };
        let (request, respond) = request?;
        let responding = async {
            record(received(request, connection).await?);
            self.respond(respond).await
        };
        tokio::pin!(responding);
        // Polling the connection writes what the response has queued.
        tokio::select! {
            biased;
            done = &mut responding => done?,
            closed = poll_fn(|cx| http2.poll_closed(cx)) => closed?,
        }
        poll_fn(|cx| http2.poll_closed(cx)).await?;
        Ok(())
    }

    async fn respond(&self, mut respond: SendResponse<Bytes>) -> Result<(), BoxError> {
        let mut body = respond.send_response(self.head()?, false)?;
        let piece = match self.pause {
            Some(_) => 1,
            None => self.body.len().max(1),
        };
        loop {
            for piece in self.body.chunks(piece) {
                send(&mut body, piece).await?;
                if let Some(pause) = self.pause {
                    sleep(pause).await;
                }
            }
            if self.end != Http2End::Repeat {
                break;
            }
        }
        match self.end {
            Http2End::EndStream => body.send_data(Bytes::new(), true)?,
            // A reset drops what is still queued, so let the connection write it.
            Http2End::ResetWithoutError => {
                tokio::task::yield_now().await;
                body.send_reset(Reason::NO_ERROR);
            }
            Http2End::ResetWithError => {
                tokio::task::yield_now().await;
                body.send_reset(Reason::INTERNAL_ERROR);
            }
            Http2End::Hold | Http2End::Repeat => std::future::pending().await,
        }
        Ok(())
    }
}

/// Queues data as far as the client takes it.
async fn send(body: &mut SendStream<Bytes>, mut data: &[u8]) -> Result<(), BoxError> {
    while !data.is_empty() {
        body.reserve_capacity(data.len());
        let capacity = poll_fn(|cx| body.poll_capacity(cx)).await;
        let capacity = capacity.ok_or("the stream is closed")??;
        let (now, later) = data.split_at(capacity.min(data.len()));
        body.send_data(Bytes::copy_from_slice(now), false)?;
        data = later;
    }
    Ok(())
}

async fn received(request: Request<RecvStream>, connection: usize) -> Result<Received, h2::Error> {
    let (head, mut stream) = request.into_parts();
    let mut body = Vec::new();
    while let Some(chunk) = stream.data().await {
        let chunk = chunk?;
        // Lets the client send as much again.
        stream.flow_control().release_capacity(chunk.len())?;
        body.extend_from_slice(&chunk);
    }
    let target = head.uri.path_and_query();
    let headers = head.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes());
        (name.to_string(), value.into_owned())
    });
    Ok(Received {
        connection,
        method: head.method.to_string(),
        target: target.map(ToString::to_string).unwrap_or_default(),
        headers: headers.collect(),
        body,
    })
}
