//! Complete responses of the API.

use std::fmt;
use std::ops::Deref;
use std::time::SystemTime;

use bytes::Bytes;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, StatusCode, Url};
use serde::de::DeserializeOwned;

use crate::decode;
use crate::error::{Error, ErrorKind, Secrets, request_id};

/// The request that a response belongs to, for errors that are found while reading it.
#[derive(Clone, Debug)]
pub(crate) struct ResponseContext {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) idempotent: bool,
    pub(crate) attempts: u32,
    pub(crate) sent_at: Option<SystemTime>,
    /// The tokens that were sent, which no error may show.
    pub(crate) secrets: Secrets,
}

impl ResponseContext {
    /// Adds the request and the status to an error, and redacts the tokens in it.
    pub(crate) fn describe(&self, error: Error) -> Error {
        error
            .with_request(self.method.clone(), &self.url)
            .with_response(self.status, &self.headers)
            .with_attempts(self.attempts, self.sent_at)
            .with_idempotent(self.idempotent)
            .redacted(&self.secrets)
    }

    /// The content type, where the server declares something other than JSON.
    pub(crate) fn foreign_content_type(&self) -> Option<&str> {
        let value = self.headers.get(CONTENT_TYPE)?.to_str().ok()?;
        let essence = value.split(';').next().unwrap_or(value).trim();
        let subtype = essence.rsplit(['/', '+']).next().unwrap_or(essence);
        (!subtype.eq_ignore_ascii_case("json")).then_some(essence)
    }
}

/// A complete response whose body is in memory.
#[derive(Clone, Debug)]
pub(crate) struct BufferedResponse {
    pub(crate) context: Box<ResponseContext>,
    pub(crate) body: Bytes,
}

/// A successful response of the API: the decoded value, with the status, headers and raw body
/// that it was decoded from.
///
/// It dereferences to the value. A request without a known type, as [`Transport::request`]
/// makes it, has the body itself as its value.
///
/// ```
/// # replicate_test_support::api_example!(async |client| {
/// # let transport = client.transport();
/// use replicate_api::Method;
///
/// let response = transport.request(Method::GET, "/account").send().await?;
/// println!("{} {:?}", response.status(), response.request_id());
/// let account: replicate_api::types::Account = response.json()?;
/// # });
/// ```
///
/// [`Transport::request`]: crate::Transport::request
#[derive(Clone)]
pub struct Response<T = Bytes> {
    /// Boxed: a response is moved several times on its way to the caller.
    value: Box<T>,
    buffered: BufferedResponse,
}

impl<T> Response<T> {
    pub(crate) fn new(value: T, buffered: BufferedResponse) -> Self {
        let value = Box::new(value);
        Self { value, buffered }
    }

    /// Returns the value, without the response around it.
    pub fn into_inner(self) -> T {
        *self.value
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Replaces the value by what `change` makes of it; the rest stays.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Response<U> {
        Response {
            value: Box::new(change(*self.value)),
            buffered: self.buffered,
        }
    }

    /// The status, as the server sent it.
    pub fn status(&self) -> StatusCode {
        self.buffered.context.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.buffered.context.headers
    }

    /// The URL that the response came from.
    pub fn url(&self) -> &Url {
        &self.buffered.context.url
    }

    /// The request's id (`x-request-id`, else `cf-ray`), which Replicate's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        request_id(self.headers())
    }

    /// The body as it was received, decompressed. Cloning it copies nothing.
    pub fn body(&self) -> &Bytes {
        &self.buffered.body
    }

    /// The tokens of its request, for errors about it.
    #[doc(hidden)]
    pub fn secrets(&self) -> &Secrets {
        &self.buffered.context.secrets
    }

    /// The body for an error or a log: without the token, which a server may repeat.
    pub fn redacted(&self) -> Bytes {
        self.secrets().redact(self.body().clone())
    }
}

impl Response<Bytes> {
    /// The body as text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when it is not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(self.body()).map_err(|error| {
            let message = "the response body is not UTF-8";
            let error = Error::new(ErrorKind::Decode, message).with_source(error);
            self.buffered.context.describe(error)
        })
    }

    /// Decodes the body as JSON, as leniently as [`decode`](crate::decode()).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] with the path of what does not fit and the body; or
    /// [`ErrorKind::OutcomeUnknown`] when the response to a create shows no id.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode::decode_response(self.body(), &self.buffered.context)
    }
}

impl<T> Deref for Response<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T> AsRef<T> for Response<T> {
    fn as_ref(&self) -> &T {
        &self.value
    }
}

impl<T> fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status())
            .field("body", &format_args!("{} bytes", self.body().len()))
            .finish_non_exhaustive()
    }
}
