//! Files as they come, going on where a download broke off.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_RANGE};
use http::{HeaderMap, HeaderValue, StatusCode};
use replicate_api::{ErrorKind as ApiKind, Streamed, Transport};
use reqwest::Url;

use crate::error::{Error, ErrorKind, Result};

mod version;

use version::Version;

/// How often a download is taken up again without a byte in between.
const CUTS_IN_A_ROW: u32 = 5;

/// A file's content as it comes: a stream of its bytes.
///
/// A broken download goes on where it stopped, up to five times without a byte in between, with
/// the pauses of the client's [`RetryPolicy`](crate::RetryPolicy); not at all where that allows
/// one attempt only, or where the server does not vouch for the bytes being the same: it tags
/// the file weakly, or says neither its size nor its version. If the file has changed since,
/// that is an error, and so are an end before the announced size and bytes past it.
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
            version: Version::Untold,
            encoding: None,
            body: None,
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
    version: Version,
    /// What the bytes are encoded with, where the transport did not decode them.
    encoding: Option<HeaderValue>,
    body: Option<Body>,
    cuts: u32,
}

struct Body {
    bytes: Streamed,
    /// How many of its bytes were handed out before, where the whole came again.
    skip: u64,
    /// Which byte of the file is past its end, where that is known.
    end: Option<u64>,
}

/// How a download is taken up again.
enum Resumption {
    /// From its first byte: none was handed out.
    Begin,
    /// With the bytes that are missing.
    Rest,
    /// With the whole, of which the beginning is skipped. The bytes of an answer without a
    /// length may have been decompressed, so that they are not the ones that the server counts.
    Whole,
    Impossible,
}

impl Download {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            let Some(body) = &mut self.body else {
                match self.open().await {
                    Ok(()) => continue,
                    Err(error) if self.offset > 0 && is_passing(&error) => {
                        self.pause_after_cut(error).await?;
                        continue;
                    }
                    Err(error) => return Err(error),
                }
            };
            let cut = match body.bytes.chunk().await {
                Ok(Some(chunk)) => match self.take(chunk)? {
                    Some(chunk) => return Ok(Some(chunk)),
                    None => continue,
                },
                Ok(None) if body.skip > 0 => return Err(changed()),
                Ok(None) => match self.size() {
                    Some(size) if self.offset < size => Error::new(
                        ErrorKind::Connect,
                        format!("the download ended after {} of {size} bytes", self.offset),
                    ),
                    _ => return Ok(None),
                },
                // All bytes came, and only the end of the body did not.
                Err(_) if self.size() == Some(self.offset) => return Ok(None),
                Err(error) if matches!(error.kind(), ApiKind::Connect | ApiKind::Timeout) => {
                    error.into()
                }
                Err(error) => return Err(error.into()),
            };
            self.body = None;
            self.pause_after_cut(cut).await?;
        }
    }

    /// What of a chunk is new.
    fn take(&mut self, mut chunk: Bytes) -> Result<Option<Bytes>> {
        let Some(body) = &mut self.body else {
            return Ok(None);
        };
        let known = body.skip.min(chunk.len() as u64);
        body.skip -= known;
        let chunk = chunk.split_off(known as usize);
        if chunk.is_empty() {
            return Ok(None);
        }
        let offset = self.offset + chunk.len() as u64;
        if body.end.is_some_and(|end| offset > end) {
            return Err(not_the_rest("it sent more bytes than it announced"));
        }
        self.offset = offset;
        self.cuts = 0;
        Ok(Some(chunk))
    }

    fn size(&self) -> Option<u64> {
        Some(self.size.load(Ordering::Relaxed)).filter(|size| *size != UNKNOWN)
    }

    fn resumption(&self) -> Resumption {
        match (&self.version, self.size()) {
            _ if self.offset == 0 => Resumption::Begin,
            (Version::Weak, _) | (Version::Untold, None) => Resumption::Impossible,
            (Version::Strong(_), None) => Resumption::Whole,
            // An output's address has one content as long as it is there. Where the server
            // says nothing of versions at all, the size has to tell.
            (Version::Strong(_) | Version::Untold, Some(_)) => Resumption::Rest,
        }
    }

    /// Waits before the next attempt, or gives the error when there were enough.
    async fn pause_after_cut(&mut self, error: Error) -> Result<()> {
        if let Resumption::Impossible = self.resumption() {
            return Err(error.during(format_args!(
                "downloading, broken off at byte {}, from where it cannot go on: the server does not vouch for the file being the same; download it again",
                self.offset
            )));
        }
        let policy = self.transport.retry_policy();
        let allowed = if policy.max_attempts > 1 {
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

    async fn open(&mut self) -> Result<()> {
        // Bytes are counted, so they must be the file's own and not a compression's.
        let mut fetch = self
            .transport
            .fetch(self.url.clone())
            .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        let resumption = self.resumption();
        if let Resumption::Rest = resumption {
            fetch = fetch.from_byte(self.offset);
            if let Version::Strong(validator) = &self.version {
                fetch = fetch.if_unchanged(validator);
            }
        }
        let answer = match fetch.send().await {
            Ok(answer) => answer,
            Err(error) if error.kind() == ApiKind::NotFound => return Err(expired(error)),
            // Bytes are missing, so what has none to give is another file.
            Err(error) if error.status() == Some(StatusCode::RANGE_NOT_SATISFIABLE) => {
                return Err(changed().with_api(error));
            }
            Err(error) if self.offset > 0 => {
                let error = Error::from(error);
                return Err(error.during(format_args!("downloading from byte {} on", self.offset)));
            }
            Err(error) => return Err(error.into()),
        };
        let body = match resumption {
            Resumption::Begin => self.accept_first(answer)?,
            Resumption::Rest => self.accept_again(answer, true)?,
            _ => self.accept_again(answer, false)?,
        };
        self.body = Some(body);
        Ok(())
    }

    /// Notes what the first answer says of the file.
    fn accept_first(&mut self, answer: Streamed) -> Result<Body> {
        if answer.status() != StatusCode::OK {
            return Err(no_file(answer.status()));
        }
        let size = answer.content_length();
        self.size.store(size.unwrap_or(UNKNOWN), Ordering::Relaxed);
        self.version = Version::of(answer.headers());
        self.encoding = answer.headers().get(CONTENT_ENCODING).cloned();
        Ok(Body {
            bytes: answer,
            skip: 0,
            end: size,
        })
    }

    /// Checks that an answer goes on with the same file. `part` tells whether a part was asked
    /// for.
    fn accept_again(&mut self, answer: Streamed, part: bool) -> Result<Body> {
        let headers = answer.headers();
        let version = Version::of(headers);
        let same = match &self.version {
            Version::Untold => true,
            known => *known == version,
        };
        if !same || headers.get(CONTENT_ENCODING) != self.encoding.as_ref() {
            return Err(changed());
        }
        let (skip, end, size) = match answer.status() {
            StatusCode::PARTIAL_CONTENT if part => {
                let part = Part::of(headers).ok_or_else(|| {
                    not_the_rest("it answered 206 without saying which bytes these are")
                })?;
                part.check(self.offset, answer.content_length())?;
                (0, Some(part.last + 1), part.size)
            }
            StatusCode::OK => {
                let size = answer.content_length();
                (self.offset, size.or(self.size()), size)
            }
            status => return Err(no_file(status)),
        };
        let known = self.size();
        let another_size = known.zip(size).is_some_and(|(known, now)| known != now);
        let too_short = end.is_some_and(|end| end < self.offset);
        if another_size || too_short {
            return Err(changed());
        }
        if let (None, Some(size)) = (known, size) {
            self.size.store(size, Ordering::Relaxed);
        }
        if let Version::Untold = self.version {
            self.version = version;
        }
        Ok(Body {
            bytes: answer,
            skip,
            end,
        })
    }
}

/// What a 206 says that it holds: `Content-Range: bytes 5-9/10`.
struct Part {
    first: u64,
    last: u64,
    size: Option<u64>,
}

impl Part {
    fn of(headers: &HeaderMap) -> Option<Self> {
        let range = headers.get(CONTENT_RANGE)?.to_str().ok()?;
        let (range, size) = range.strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let size = match size.trim() {
            "*" => None,
            size => Some(size.parse().ok()?),
        };
        Some(Self {
            first: first.trim().parse().ok()?,
            last: last.trim().parse().ok().filter(|last| *last < UNKNOWN)?,
            size,
        })
    }

    fn check(&self, offset: u64, length: Option<u64>) -> Result<()> {
        let Self { first, last, size } = *self;
        if first != offset || last < first {
            return Err(not_the_rest(&format!(
                "it sent the bytes {first} to {last} for those from {offset} on"
            )));
        }
        let count = last - first + 1;
        if size.is_some_and(|size| last >= size) || length.is_some_and(|length| length != count) {
            return Err(not_the_rest("it announced two lengths"));
        }
        Ok(())
    }
}

/// Whether an error may be gone at the next attempt. What the server has asked to wait for was
/// waited for already, as far as the policy goes.
fn is_passing(error: &Error) -> bool {
    let kind = matches!(
        error.kind(),
        ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Server
    );
    kind && error.retry_after().is_none_or(|wait| wait.is_zero())
}

fn changed() -> Error {
    Error::new(
        ErrorKind::Other,
        "the file changed while it was downloaded: download it again from its beginning",
    )
}

fn not_the_rest(why: &str) -> Error {
    Error::new(
        ErrorKind::Other,
        format!(
            "the download broke off, and what the server gave to go on with is not the rest: {why}; download it again from its beginning"
        ),
    )
}

fn no_file(status: StatusCode) -> Error {
    Error::new(
        ErrorKind::Status,
        format!("the file's address answers {status}, which brings no file: try again later"),
    )
}

fn expired(error: replicate_api::Error) -> Error {
    Error::new(
        ErrorKind::Expired,
        "the file is no longer there: outputs are deleted an hour after their prediction; run the model again",
    )
    .with_api(error)
}
