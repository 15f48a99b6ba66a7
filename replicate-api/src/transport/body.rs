//! Response bodies, read within limits.

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING};
use reqwest::{Response, Version};
use serde::de::IgnoredAny;
use tokio::time::{Instant, timeout_at};

/// Why a body was not read completely.
#[derive(Debug)]
pub(super) enum ReadError {
    TooLarge,
    Timeout,
    Io(reqwest::Error),
    /// It ended before the length that was announced, or inside its JSON.
    Truncated,
}

/// Maximum length of a text in an error, in bytes.
const SHORT_TEXT: usize = 200;

/// Maximum initial allocation for a body with a larger declared length.
const MOST_RESERVED: u64 = 8 * 1024 * 1024;

/// Reads a body of at most `limit` bytes, after decompression, until `until`. What was read
/// before it broke is worth keeping: it may show the id of what was created.
pub(super) async fn read(
    response: &mut Response,
    limit: usize,
    until: Instant,
) -> Result<Bytes, (ReadError, Bytes)> {
    let mut parts = Parts::default();
    // One timer for all of it.
    let read = timeout_at(until, parts.fill(response, limit)).await;
    let read = read.unwrap_or(Err(ReadError::Timeout));
    let body = parts.join();
    match read {
        Err(error) => Err((error, body)),
        Ok(()) if is_truncated(response) => Err((ReadError::Truncated, body)),
        Ok(()) if response.status().is_success() && ends_inside_json(response, &body) => {
            Err((ReadError::Truncated, body))
        }
        Ok(()) => Ok(body),
    }
}

/// Received part of a body. Most bodies are one chunk, which is not copied.
#[derive(Default)]
struct Parts {
    first: Bytes,
    /// The first chunk and all others, once there are any.
    all: BytesMut,
}

impl Parts {
    async fn fill(&mut self, response: &mut Response, limit: usize) -> Result<(), ReadError> {
        let announced = response.content_length();
        if announced.is_some_and(|length| length > limit as u64) {
            return Err(ReadError::TooLarge);
        }
        while let Some(chunk) = response.chunk().await.map_err(ReadError::Io)? {
            let length = self.first.len().max(self.all.len());
            if length.saturating_add(chunk.len()) > limit {
                return Err(ReadError::TooLarge);
            }
            if self.first.is_empty() {
                self.first = chunk;
                continue;
            }
            if self.all.is_empty() {
                // What a server announces need not be what comes.
                let whole = announced.map_or(0, |length| length.min(MOST_RESERVED) as usize);
                self.all.reserve(whole.max(2 * length + chunk.len()));
                self.all.extend_from_slice(&self.first);
            }
            self.all.extend_from_slice(&chunk);
        }
        Ok(())
    }

    fn join(self) -> Bytes {
        match self.all.is_empty() {
            true => self.first,
            false => self.all.freeze(),
        }
    }
}

/// Whether less of a body was read than was announced. HTTP/2 lets a server end a stream
/// without an error, and hyper reports such an end as the end of the body.
pub(super) fn is_truncated(response: &Response) -> bool {
    // What is still to come.
    response.content_length().is_some_and(|left| left > 0)
}

/// Whether a truncated body is reported as such: by its length, or by the chunks of HTTP/1.1.
/// Without either, a body ends with its connection or with its HTTP/2 stream, and a truncated
/// one looks complete.
pub(super) fn detects_truncation(response: &Response) -> bool {
    response.content_length().is_some()
        || response.version() < Version::HTTP_2
            && response.headers().contains_key(TRANSFER_ENCODING)
}

/// Whether it is certain that a body that was read is complete: by its length, by its framing,
/// or as a JSON document.
pub(super) fn is_known_complete(response: &Response, body: &[u8]) -> bool {
    detects_truncation(response) || serde_json::from_slice::<IgnoredAny>(body).is_ok()
}

/// The body, where it is one short line of text: what a proxy or a CDN has to say.
pub(super) fn short_text(headers: &HeaderMap, body: &[u8]) -> Option<String> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    let text = std::str::from_utf8(body).ok()?.trim();
    let is_shown = essence.eq_ignore_ascii_case("text/plain")
        && !text.is_empty()
        && text.len() <= SHORT_TEXT
        && !text.contains(char::is_control);
    is_shown.then(|| text.to_owned())
}

/// Whether a body that nothing delimits ends in the middle of a JSON document.
fn ends_inside_json(response: &Response, body: &[u8]) -> bool {
    let is_json = || {
        let content_type = response.headers().get(CONTENT_TYPE);
        content_type.is_none_or(|value| {
            let value = value.as_bytes().to_ascii_lowercase();
            value.windows(4).any(|word| word == b"json")
        })
    };
    !detects_truncation(response)
        && is_json()
        && serde_json::from_slice::<IgnoredAny>(body).is_err_and(|error| error.is_eof())
}
