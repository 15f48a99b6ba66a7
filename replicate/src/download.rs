//! Files as they come, going on where a download broke off.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use http::header::{ACCEPT_ENCODING, CONTENT_RANGE, ETAG, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue, StatusCode};
use replicate_api::{ErrorKind as ApiKind, Streamed, Transport};
use reqwest::Url;

use crate::error::{Error, ErrorKind, Result};

/// How often a download is taken up again without a byte in between.
const CUTS_IN_A_ROW: u32 = 5;

/// A file's content as it comes: a stream of its bytes.
///
/// A broken download goes on where it stopped, up to five times without a byte in between, with
/// the pauses of the client's [`RetryPolicy`](crate::RetryPolicy); not at all where that allows
/// one attempt only. If the file has changed since, that is an error, and so is an end before
/// the announced size.
#[must_use = "nothing is requested until the stream is read"]
pub struct FileStream {
    inner: BoxStream<'static, Result<Bytes>>,
    size: Arc<AtomicU64>,
}

const UNKNOWN: u64 = u64::MAX;

impl FileStream {
    pub(crate) fn new(url: Url, transport: Transport) -> Self {
        let size = Arc::new(AtomicU64::new(UNKNOWN));
        let download = Download {
            url,
            transport,
            offset: 0,
            size: Arc::clone(&size),
            validator: None,
            body: None,
            skip: 0,
            cuts: 0,
        };
        let inner = stream::try_unfold(download, |mut download| async move {
            Ok(download.next().await?.map(|chunk| (chunk, download)))
        });
        Self {
            inner: inner.boxed(),
            size,
        }
    }

    pub(crate) fn of_bytes(content: Result<Bytes>) -> Self {
        let size = content
            .as_ref()
            .map_or(UNKNOWN, |content| content.len() as u64);
        let inner = stream::iter([content]).boxed();
        Self {
            inner,
            size: Arc::new(AtomicU64::new(size)),
        }
    }

    /// The whole file's size in bytes, once the first of them came and where the server says
    /// it.
    pub fn size(&self) -> Option<u64> {
        Some(self.size.load(Ordering::Relaxed)).filter(|size| *size != UNKNOWN)
    }
}

impl Stream for FileStream {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.inner.poll_next_unpin(cx)
    }
}

impl fmt::Debug for FileStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileStream")
            .field("size", &self.size())
            .finish_non_exhaustive()
    }
}

struct Download {
    url: Url,
    transport: Transport,
    /// How many bytes were handed out.
    offset: u64,
    size: Arc<AtomicU64>,
    /// What tells that the file is still the same.
    validator: Option<HeaderValue>,
    body: Option<Streamed>,
    /// How many bytes of the body were handed out before, where the whole came again.
    skip: u64,
    cuts: u32,
}

impl Download {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            let Some(body) = &mut self.body else {
                match self.open().await {
                    Ok(Opened::Body) => continue,
                    Ok(Opened::End) => return Ok(None),
                    Err(error) if self.offset > 0 && is_passing(error.kind()) => {
                        self.pause_after_cut(error).await?;
                        continue;
                    }
                    Err(error) => return Err(error),
                }
            };
            let cut = match body.chunk().await {
                Ok(Some(mut chunk)) => {
                    let known = self.skip.min(chunk.len() as u64);
                    self.skip -= known;
                    let chunk = chunk.split_off(known as usize);
                    if chunk.is_empty() {
                        continue;
                    }
                    self.offset += chunk.len() as u64;
                    self.cuts = 0;
                    return Ok(Some(chunk));
                }
                Ok(None) => match self.size() {
                    Some(size) if self.offset < size => Error::new(
                        ErrorKind::Connect,
                        format!("the download ended after {} of {size} bytes", self.offset),
                    ),
                    _ => return Ok(None),
                },
                Err(error) if matches!(error.kind(), ApiKind::Connect | ApiKind::Timeout) => {
                    error.into()
                }
                Err(error) => return Err(error.into()),
            };
            self.body = None;
            self.pause_after_cut(cut).await?;
        }
    }

    fn size(&self) -> Option<u64> {
        Some(self.size.load(Ordering::Relaxed)).filter(|size| *size != UNKNOWN)
    }

    /// Waits before the next attempt, or gives the error when there were enough.
    async fn pause_after_cut(&mut self, error: Error) -> Result<()> {
        let policy = self.transport.retry_policy();
        let allowed = if policy.attempts > 1 {
            CUTS_IN_A_ROW
        } else {
            0
        };
        self.cuts += 1;
        if self.cuts > allowed {
            let times = match self.cuts {
                1 => "once".to_owned(),
                cuts => format!("{cuts} times"),
            };
            return Err(error.during(format_args!(
                "downloading, broken off {times} at byte {}",
                self.offset
            )));
        }
        tokio::time::sleep(policy.backoff(self.cuts)).await;
        Ok(())
    }

    async fn open(&mut self) -> Result<Opened> {
        // Bytes are counted, so they must be the file's own and not a compression's.
        let mut fetch = self
            .transport
            .fetch(self.url.clone())
            .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if self.offset > 0 {
            fetch = fetch.from_byte(self.offset);
            if let Some(validator) = &self.validator {
                fetch = fetch.if_unchanged(validator);
            }
        }
        let body = match fetch.send().await {
            Ok(body) => body,
            Err(error) if error.kind() == ApiKind::NotFound => return Err(expired(error)),
            Err(error) if error.status() == Some(StatusCode::RANGE_NOT_SATISFIABLE) => {
                // All bytes came, and only the end of the body did not.
                return match self.size() {
                    None => Ok(Opened::End),
                    Some(size) if size == self.offset => Ok(Opened::End),
                    Some(_) => Err(changed()),
                };
            }
            Err(error) => return Err(error.into()),
        };
        self.accept(&body)?;
        self.body = Some(body);
        Ok(Opened::Body)
    }

    /// Checks that the answer goes on with the same file, and notes what it says of it.
    fn accept(&mut self, body: &Streamed) -> Result<()> {
        let headers = body.headers();
        let partial = body.status() == StatusCode::PARTIAL_CONTENT;
        let (start, size) = match content_range(headers) {
            Some((start, size)) if partial => (start, size),
            None if partial => (self.offset, None),
            _ => (0, body.content_length()),
        };
        let resumed = self.offset > 0;
        if start > self.offset {
            return Err(changed());
        }
        self.skip = self.offset - start;
        let validator = validator(headers);
        let another_size = self
            .size()
            .zip(size)
            .is_some_and(|(known, now)| known != now);
        let another_version =
            self.validator.is_some() && validator.is_some() && self.validator != validator;
        if resumed && (another_size || another_version) {
            return Err(changed());
        }
        if let Some(size) = size {
            self.size.store(size, Ordering::Relaxed);
        }
        self.validator = validator.or(self.validator.take());
        Ok(())
    }
}

enum Opened {
    Body,
    End,
}

/// Errors that may be gone at the next attempt.
fn is_passing(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Server | ErrorKind::RateLimited
    )
}

/// What `If-Range` takes: a strong tag, or a date.
fn validator(headers: &HeaderMap) -> Option<HeaderValue> {
    let tag = headers
        .get(ETAG)
        .filter(|tag| !tag.as_bytes().starts_with(b"W/"));
    tag.or_else(|| headers.get(LAST_MODIFIED)).cloned()
}

/// The first byte of a partial answer and the size of the whole: `bytes 5-9/10`.
fn content_range(headers: &HeaderMap) -> Option<(u64, Option<u64>)> {
    let range = headers.get(CONTENT_RANGE)?.to_str().ok()?;
    let (range, size) = range.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.trim().parse().ok()?, size.trim().parse().ok()))
}

fn changed() -> Error {
    Error::new(
        ErrorKind::Other,
        "the file changed while it was downloaded: download it again from its beginning",
    )
}

fn expired(error: replicate_api::Error) -> Error {
    Error::new(
        ErrorKind::Expired,
        "the file is no longer there: outputs are deleted an hour after their prediction; run the model again",
    )
    .with_api(error)
}
