//! Response bodies, read within limits.

use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_TYPE, HeaderMap, TRANSFER_ENCODING};
use reqwest::{Response, Version};
use serde::de::IgnoredAny;
use tokio::time::{Instant, timeout_at};

/// Why a body was not read until completion.
#[derive(Debug)]
pub(super) enum ReadError {
    TooLarge,
    Timeout,
    Io(reqwest::Error),
    /// It ended before the length that was announced, or inside its JSON.
    Truncated,
}

/// How long a text is, in bytes, that an error repeats.
const SHORT_TEXT: usize = 200;

/// How much memory is taken at once for a body that is said to be larger.
const MOST_RESERVED: u64 = 8 * 1024 * 1024;

/// Reads a body of at most `limit` bytes, after decompression, until `until`. What was read
/// before it broke is worth keeping: it may show the id of what was created.
pub(super) async fn read(
    response: &mut Response,
    limit: usize,
    until: Instant,
) -> Result<Bytes, (ReadError, Bytes)> {
    let announced = response.content_length();
    if announced.is_some_and(|length| length > limit as u64) {
        return Err((ReadError::TooLarge, Bytes::new()));
    }
    let mut first = Bytes::new();
    let mut rest = BytesMut::new();
    loop {
        let so_far = |first: &Bytes, rest: BytesMut| {
            if rest.is_empty() {
                first.clone()
            } else {
                rest.freeze()
            }
        };
        let chunk = match timeout_at(until, response.chunk()).await {
            Ok(Ok(Some(chunk))) => chunk,
            Ok(Ok(None)) => {
                let body = so_far(&first, rest);
                let truncated = is_truncated(response)
                    || response.status().is_success() && ends_inside_json(response, &body);
                return match truncated {
                    true => Err((ReadError::Truncated, body)),
                    false => Ok(body),
                };
            }
            Ok(Err(error)) => return Err((ReadError::Io(error), so_far(&first, rest))),
            Err(_) => return Err((ReadError::Timeout, so_far(&first, rest))),
        };
        if first.len().max(rest.len()).saturating_add(chunk.len()) > limit {
            return Err((ReadError::TooLarge, so_far(&first, rest)));
        }
        if first.is_empty() {
            // Most bodies are one chunk, which is not copied.
            first = chunk;
            continue;
        }
        if rest.is_empty() {
            // What a server announces need not be what comes.
            let whole = announced.map_or(0, |length| length.min(MOST_RESERVED) as usize);
            rest.reserve(whole.max(2 * first.len() + chunk.len()));
            rest.extend_from_slice(&first);
        }
        rest.extend_from_slice(&chunk);
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
