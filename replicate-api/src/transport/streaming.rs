use std::fmt;

use bytes::Bytes;
use futures::Stream;
use futures::stream::try_unfold;
use reqwest::header::HeaderMap;
use reqwest::{StatusCode, Url};

use super::body::{detects_truncation, is_truncated};
use crate::error::{Error, ErrorKind, innermost};
use crate::response::{BufferedResponse, ResponseContext};

/// A response whose body arrives in parts. Dropping it closes its connection.
pub struct StreamingResponse {
    response: reqwest::Response,
    context: ResponseContext,
}

impl StreamingResponse {
    pub(super) fn new(response: reqwest::Response, context: ResponseContext) -> Self {
        Self { response, context }
    }

    /// A response that is complete already.
    pub(super) fn from_buffered(buffered: BufferedResponse) -> Self {
        let BufferedResponse { context, body } = buffered;
        let mut response = http::Response::new(reqwest::Body::from(body));
        *response.status_mut() = context.status;
        *response.headers_mut() = context.headers.clone();
        Self {
            response: response.into(),
            context: *context,
        }
    }

    /// The status; always a success.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        self.response.headers()
    }

    /// The URL of the response, after redirects.
    pub fn url(&self) -> &Url {
        self.response.url()
    }

    /// Length of the body, if known.
    pub fn content_length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// Whether a truncated body is an error of [`chunk`](Self::chunk): where the response has a
    /// length, or the chunks of HTTP/1.1. Otherwise a truncated body looks like a complete one.
    pub fn detects_truncation(&self) -> bool {
        detects_truncation(&self.response)
    }

    /// The next part of the body; `None` after the last.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Timeout`] after a long silence ([`Timeouts::idle`](crate::Timeouts::idle)),
    /// [`ErrorKind::Connect`] when the connection breaks.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Error> {
        match self.response.chunk().await {
            Ok(None) if is_truncated(&self.response) => Err(self.failed(truncated())),
            Ok(chunk) => Ok(chunk),
            Err(error) => Err(self.failed(from_body(error))),
        }
    }

    /// The error of a body that is not complete. The request may have been processed.
    fn failed(&self, error: Error) -> Error {
        let error = self.context.describe(error);
        if self.context.idempotent {
            error
        } else {
            error.into_outcome_unknown()
        }
    }

    /// The body as a stream of its parts.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, Error>> + Send + 'static {
        try_unfold(self, async |mut streamed| {
            let chunk = streamed.chunk().await?;
            Ok(chunk.map(|chunk| (chunk, streamed)))
        })
    }

    /// The whole body, of at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] when it is larger; else as [`chunk`](Self::chunk).
    pub async fn bytes(mut self, limit: usize) -> Result<Bytes, Error> {
        let mut body = bytes::BytesMut::new();
        while let Some(chunk) = self.chunk().await? {
            if body.len().saturating_add(chunk.len()) > limit {
                let message = format!("the response is larger than {limit} bytes");
                return Err(self.failed(Error::new(ErrorKind::TooLarge, message)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.freeze())
    }
}

impl fmt::Debug for StreamingResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamingResponse")
            .field("status", &self.status())
            .finish_non_exhaustive()
    }
}

/// The error of a body that ended too early.
pub(super) fn truncated() -> Error {
    let message = "the response was truncated: it ended before it was complete";
    Error::new(ErrorKind::Connect, message)
}

/// The error of a body that could not be read completely.
pub(super) fn from_body(error: reqwest::Error) -> Error {
    let error = error.without_url();
    if error.is_timeout() {
        return Error::new(ErrorKind::Timeout, "the response stopped arriving").with_source(error);
    }
    let message = format!("the response was truncated: {}", innermost(&error));
    Error::new(ErrorKind::Connect, message).with_source(error)
}
