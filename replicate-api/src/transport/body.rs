//! Bodies of answers, read within limits.

use bytes::{Bytes, BytesMut};
use reqwest::Response;
use tokio::time::{Instant, timeout_at};

/// Why a body was not read to its end.
#[derive(Debug)]
pub(super) enum ReadError {
    TooLarge,
    Timeout,
    Io(reqwest::Error),
}

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
            Ok(Ok(None)) => return Ok(so_far(&first, rest)),
            Ok(Err(error)) => return Err((ReadError::Io(error), so_far(&first, rest))),
            Err(_) => return Err((ReadError::Timeout, so_far(&first, rest))),
        };
        if first.len().max(rest.len()).saturating_add(chunk.len()) > limit {
            return Err((ReadError::TooLarge, so_far(&first, rest)));
        }
        if first.is_empty() {
            // Most answers are one chunk, which is not copied.
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
