//! HTTP/1.1 messages, as far as a server for tests needs them.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt};

/// A complete request or response.
#[derive(Clone, Debug)]
pub(super) struct Message {
    /// Includes the empty line at its end.
    pub(super) head: Vec<u8>,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// A response with a content length.
    pub(super) fn response(status: u16, headers: &str, body: impl Into<Vec<u8>>) -> Self {
        let body = body.into();
        let length = body.len();
        let head = format!("HTTP/1.1 {status} Status\r\n{headers}content-length: {length}\r\n\r\n");
        Self {
            head: head.into_bytes(),
            body,
        }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        [&self.head[..], &self.body[..]].concat()
    }

    /// Method and path of a request.
    pub(super) fn request_line(&self) -> (String, String) {
        let head = String::from_utf8_lossy(&self.head);
        let mut words = head.split([' ', '\r']);
        let mut word = || words.next().unwrap_or_default().to_owned();
        (word(), word())
    }
}

/// Reads the next message; `None` if the peer has closed the connection.
pub(super) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    buffered: &mut Vec<u8>,
) -> io::Result<Option<Message>> {
    let end = loop {
        if let Some(at) = buffered.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if !more(stream, buffered).await? {
            return Ok(None);
        }
    };
    let head: Vec<u8> = buffered.drain(..end).collect();
    let length = content_length(&head);
    while buffered.len() < length {
        if !more(stream, buffered).await? {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    let body = buffered.drain(..length).collect();
    Ok(Some(Message { head, body }))
}

async fn more(stream: &mut (impl AsyncRead + Unpin), buffered: &mut Vec<u8>) -> io::Result<bool> {
    let mut buffer = [0; 8 * 1024];
    let count = stream.read(&mut buffer).await?;
    buffered.extend_from_slice(&buffer[..count]);
    Ok(count > 0)
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    head.split("\r\n")
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok())
        .unwrap_or(0)
}
