//! Resumable downloads.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use crc32fast::Hasher;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use http::header::{ACCEPT_ENCODING, CONTENT_ENCODING, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, StatusCode};
use replicate_api::{StreamingResponse, Transport};
use reqwest::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::file_output::named;
use crate::lock::lock;
use crate::media_type::SNIFFED_BYTES;

mod content_range;
mod errors;
mod validator;

use content_range::ContentRange;
use errors::{CHANGED, changed, expired, no_file, not_the_rest, refused_by_host, reworded};
use validator::Validator;

/// Maximum number of resumes without a byte in between.
const MAX_RESUMES: u32 = 5;

/// The content of a file as a stream of its bytes.
///
/// A broken download is resumed, at most five times without a byte in between, with the delays of
/// the client's [`RetryPolicy`](crate::RetryPolicy); never with a policy of one attempt. Where the
/// server sends a strong validator (a tag, or a date in the past) only the missing bytes are
/// requested; otherwise the whole file is, and the part that was handed out is compared with it.
/// A file that has changed meanwhile is an error, and so are an end before the announced size and
/// bytes past it.
#[must_use = "nothing is requested until the stream is read"]
pub struct FileStream {
    inner: BoxStream<'static, Result<Bytes>>,
    metadata: Metadata,
}

/// State of the file, shared by the download and its stream.
type Metadata = Arc<Mutex<Known>>;

struct Known {
    /// The name that the URL indicates.
    name: String,
    size: Option<u64>,
    media_type: Option<String>,
    first_bytes: Vec<u8>,
    /// Whether the end of the file is certain.
    is_complete: bool,
}

impl Known {
    fn new(name: String) -> Self {
        Self {
            name,
            size: None,
            media_type: None,
            first_bytes: Vec::new(),
            is_complete: true,
        }
    }
}

impl FileStream {
    pub(crate) fn new(url: Url, transport: Transport, name: String) -> Self {
        let metadata = Metadata::new(Known::new(name).into());
        let download = Download {
            url,
            transport,
            metadata: metadata.clone(),
            offset: 0,
            validator: Validator::Absent,
            checksum: Hasher::new(),
            body: None,
            resumes: 0,
            has_retried_404: false,
        };
        let inner = stream::try_unfold(download, |mut download| async move {
            Ok(download.next().await?.map(|chunk| (chunk, download)))
        });
        Self {
            inner: inner.boxed(),
            metadata,
        }
    }

    pub(crate) fn from_bytes(content: Result<Bytes>, name: String, media_type: String) -> Self {
        let metadata = Metadata::new(Known::new(name).into());
        if let Ok(content) = &content {
            let mut known = lock(&metadata);
            known.size = Some(content.len() as u64);
            known.media_type = Some(media_type);
            known.first_bytes = content.iter().copied().take(SNIFFED_BYTES).collect();
        }
        Self {
            inner: stream::iter([content]).boxed(),
            metadata,
        }
    }

    /// The size of the whole file in bytes, once its first bytes arrived and if the server
    /// announces it.
    pub fn size(&self) -> Option<u64> {
        lock(&self.metadata).size
    }

    /// The media type that the server named, once the first bytes arrived.
    pub fn media_type(&self) -> Option<String> {
        lock(&self.metadata).media_type.clone()
    }

    /// A name for the file, as [`FileOutput::name`](crate::FileOutput::name). Once the first bytes
    /// arrived, a name without an extension gets the one of the media type, or, if that is
    /// unknown, the one that the first bytes indicate.
    pub fn name(&self) -> String {
        let known = lock(&self.metadata);
        named(&known.name, known.media_type.as_deref(), &known.first_bytes)
    }

    /// Whether the file is certain to be complete at the end of the stream. A server that sends
    /// no length over HTTP/2, or ends the file with the connection, and serves no ranges, leaves
    /// that open.
    pub fn is_complete(&self) -> bool {
        lock(&self.metadata).is_complete
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
    metadata: Metadata,
    /// Number of bytes delivered.
    offset: u64,
    validator: Validator,
    checksum: Hasher,
    body: Option<Body>,
    resumes: u32,
    has_retried_404: bool,
}

struct Body {
    bytes: StreamingResponse,
    /// Number of bytes that were delivered before, if the whole file is sent again.
    skip: u64,
    /// Checksum of the skipped bytes so far, where it has to be compared.
    skipped: Option<Hasher>,
    /// Index of the first byte past the end of the file, if known.
    end: Option<u64>,
}

/// The request that resumes a broken download.
#[derive(PartialEq, Eq)]
enum Resumption {
    /// From the first byte: none was delivered.
    Start,
    /// Only the missing bytes.
    Rest,
    /// The whole file, whose beginning is compared with the delivered bytes.
    Whole,
}

impl Download {
    async fn next(&mut self) -> Result<Option<Bytes>> {
        loop {
            let Some(body) = &mut self.body else {
                match self.open().await {
                    Ok(()) => continue,
                    Err(error) if self.offset > 0 && is_transient(&error) => {
                        self.pause(error).await?;
                        continue;
                    }
                    Err(error) => return Err(error),
                }
            };
            let is_certain = body.bytes.detects_truncation();
            let error = match body.bytes.chunk().await {
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
                    None if !is_certain => match self.verify_end().await {
                        None => return Ok(None),
                        Some(error) => error,
                    },
                    _ => return Ok(None),
                },
                // All bytes arrived, and only the end of the body did not.
                Err(_) if self.size() == Some(self.offset) => return Ok(None),
                Err(error) if matches!(error.kind(), ErrorKind::Connect | ErrorKind::Timeout) => {
                    error.into()
                }
                Err(error) => return Err(error.into()),
            };
            self.body = None;
            self.pause(error).await?;
        }
    }

    /// The bytes of a chunk that were not handed out before.
    fn take(&mut self, mut chunk: Bytes) -> Result<Option<Bytes>> {
        let Some(body) = &mut self.body else {
            return Ok(None);
        };
        if body.skip > 0 {
            let count = body.skip.min(chunk.len() as u64);
            let known = chunk.split_to(count as usize);
            body.skip -= count;
            // The checksum is the only proof that a file that is sent again begins as before: it
            // misses one in 4 × 10⁹ accidental changes of the same length.
            if let Some(skipped) = &mut body.skipped {
                skipped.update(&known);
                if body.skip == 0 && skipped.clone().finalize() != self.checksum.clone().finalize()
                {
                    return Err(changed());
                }
            }
        }
        if chunk.is_empty() {
            return Ok(None);
        }
        let offset = self.offset + chunk.len() as u64;
        if body.end.is_some_and(|end| offset > end) {
            return Err(not_the_rest("more bytes than announced"));
        }
        if (self.offset as usize) < SNIFFED_BYTES {
            let first_bytes = &mut lock(&self.metadata).first_bytes;
            let missing = SNIFFED_BYTES.saturating_sub(first_bytes.len());
            first_bytes.extend(chunk.iter().take(missing));
        }
        self.offset = offset;
        self.resumes = 0;
        // Only a download that is resumed as a whole needs it.
        if self.resumption() == Resumption::Whole {
            self.checksum.update(&chunk);
        }
        Ok(Some(chunk))
    }

    fn size(&self) -> Option<u64> {
        lock(&self.metadata).size
    }

    fn resumption(&self) -> Resumption {
        match (&self.validator, self.size()) {
            _ if self.offset == 0 => Resumption::Start,
            (Validator::Strong(_), Some(_)) => Resumption::Rest,
            // The bytes of a response without a length may have been decompressed, so that they
            // are not the ones that a range counts.
            _ => Resumption::Whole,
        }
    }

    /// Waits before the next attempt, or returns the error after too many.
    async fn pause(&mut self, error: Error) -> Result<()> {
        let policy = self.transport.retry_policy();
        let allowed = if policy.max_attempts > 1 {
            MAX_RESUMES
        } else {
            0
        };
        self.resumes += 1;
        if self.resumes > allowed {
            return Err(error.during(format_args!(
                "could not download the file, broken off at byte {} after {} attempts",
                self.offset, self.resumes
            )));
        }
        tokio::time::sleep(policy.backoff(self.resumes)).await;
        Ok(())
    }

    async fn open(&mut self) -> Result<()> {
        let resumption = self.resumption();
        let response = loop {
            match self.request(resumption == Resumption::Rest).await {
                Ok(response) => break response,
                // A file can be there a moment after its prediction ended.
                Err(error)
                    if error.kind() == ErrorKind::NotFound
                        && !self.has_retried_404
                        && self.offset == 0
                        && self.transport.retry_policy().max_attempts > 1 =>
                {
                    self.has_retried_404 = true;
                    let delay = self.transport.retry_policy().backoff(2);
                    tokio::time::sleep(delay).await;
                }
                Err(error) => return Err(self.refused(error)),
            }
        };
        let body = match resumption {
            Resumption::Start => self.accept_first(response)?,
            Resumption::Rest | Resumption::Whole => self.accept_again(response, resumption)?,
        };
        self.body = Some(body);
        Ok(())
    }

    async fn request(&self, rest: bool) -> Result<StreamingResponse, replicate_api::Error> {
        // Bytes are counted, so they must be the file's own and not a compression's.
        let mut fetch = self
            .transport
            .fetch(self.url.clone())
            .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if rest {
            fetch = fetch.from_byte(self.offset);
            if let Validator::Strong(validator) = &self.validator {
                fetch = fetch.if_unchanged(validator);
            }
        }
        fetch.send().await
    }

    /// Whether the file is at one of the API's own routes, where the token is sent.
    fn has_token(&self) -> bool {
        let base = self.transport.base_url();
        let route = self.url.path().strip_prefix(base.path());
        self.url.origin() == base.origin() && route.is_some_and(|route| route.starts_with('/'))
    }

    /// The error of a request that has no file in its response.
    fn refused(&self, error: replicate_api::Error) -> Error {
        match (error.kind(), error.status()) {
            (ErrorKind::NotFound, _) => expired(error),
            // Bytes are missing, so a server that has none to send has another file.
            (_, Some(StatusCode::RANGE_NOT_SATISFIABLE)) => {
                reworded(error, ErrorKind::Other, CHANGED)
            }
            (_, Some(StatusCode::FORBIDDEN)) if !self.has_token() => refused_by_host(error),
            _ if self.offset > 0 => {
                let error = Error::from(error);
                error.during(format_args!("downloading from byte {} on", self.offset))
            }
            _ => error.into(),
        }
    }

    /// Records what the first response says of the file.
    fn accept_first(&mut self, response: StreamingResponse) -> Result<Body> {
        if response.status() != StatusCode::OK {
            return Err(no_file(response.status()));
        }
        check_encoding(response.headers())?;
        let size = response.content_length();
        let media_type = response.headers().get(CONTENT_TYPE);
        {
            let mut known = lock(&self.metadata);
            known.size = size;
            known.media_type = media_type.and_then(|t| Some(t.to_str().ok()?.to_owned()));
        }
        self.validator = Validator::from_headers(response.headers());
        Ok(Body {
            bytes: response,
            skip: 0,
            skipped: None,
            end: size,
        })
    }

    /// Checks that a response continues the same file.
    fn accept_again(
        &mut self,
        response: StreamingResponse,
        resumption: Resumption,
    ) -> Result<Body> {
        let headers = response.headers();
        check_encoding(headers)?;
        // Without a strong validator the comparison of the bytes decides.
        let is_strong = matches!(self.validator, Validator::Strong(_));
        if is_strong && self.validator != Validator::from_headers(headers) {
            return Err(changed());
        }
        let known = self.size();
        let (skip, end, size) = match response.status() {
            StatusCode::PARTIAL_CONTENT if resumption == Resumption::Rest => {
                let range = ContentRange::from_headers(headers)
                    .ok_or_else(|| not_the_rest("a 206 without a valid `Content-Range`"))?;
                range
                    .check(self.offset, response.content_length(), known)
                    .map_err(|why| not_the_rest(&why))?;
                (0, Some(range.last + 1), range.size)
            }
            StatusCode::OK => {
                let size = response.content_length();
                (self.offset, size.or(known), size)
            }
            status => return Err(no_file(status)),
        };
        let has_other_size = known.zip(size).is_some_and(|(known, now)| known != now);
        let is_shorter = end.is_some_and(|end| end < self.offset);
        if has_other_size || is_shorter {
            return Err(changed());
        }
        Ok(Body {
            bytes: response,
            skip,
            skipped: (resumption == Resumption::Whole).then(Hasher::new),
            end,
        })
    }

    /// Requests the bytes past the end, where a truncated file would look complete. Returns why
    /// the file is not complete, if it is not.
    async fn verify_end(&mut self) -> Option<Error> {
        let request = self
            .transport
            .fetch(self.url.clone())
            .header(ACCEPT_ENCODING, HeaderValue::from_static("identity"))
            .from_byte(self.offset);
        match request.send().await {
            Ok(response) if response.status() == StatusCode::PARTIAL_CONTENT => {
                let message = format!("the download was truncated at byte {}", self.offset);
                return Some(Error::new(ErrorKind::Connect, message));
            }
            Err(error) if error.status() == Some(StatusCode::RANGE_NOT_SATISFIABLE) => {}
            // The server does not serve ranges, or the file is gone.
            _ => lock(&self.metadata).is_complete = false,
        }
        None
    }
}

/// Unrequested compression: the bytes are not the file.
fn check_encoding(headers: &HeaderMap) -> Result<()> {
    let encoding = headers.get(CONTENT_ENCODING).map(|value| value.as_bytes());
    match encoding {
        None | Some(b"" | b"identity") => Ok(()),
        Some(encoding) => Err(Error::new(
            ErrorKind::Decode,
            format!(
                "the server sent the file with the unsupported content encoding `{}`",
                crate::escape::escape(&String::from_utf8_lossy(encoding))
            ),
        )),
    }
}

/// Whether another attempt may succeed. A delay that the server named was honored already, as far
/// as the policy goes.
fn is_transient(error: &Error) -> bool {
    error.kind().is_transient()
        && error.kind() != ErrorKind::RateLimited
        && error.retry_after().is_none_or(|delay| delay.is_zero())
}
