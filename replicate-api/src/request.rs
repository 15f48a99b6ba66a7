use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Body, Method, StatusCode, Url, multipart};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::answer::Answer;
use crate::decode;
use crate::error::{Error, ErrorKind};
use crate::retry::RetryPolicy;
use crate::transport::{CallKind, CallOptions, FormSource, Outgoing, Streamed, Transport};

/// A request to any route of the API. Made by [`Transport::request`].
///
/// ```no_run
/// # async fn example(transport: replicate_api::Transport) -> Result<(), replicate_api::Error> {
/// use replicate_api::Method;
/// use serde_json::{Value, json};
///
/// let prediction: Value = transport
///     .request(Method::POST, "/models/meta/meta-llama-3-8b-instruct/predictions")
///     .json(&json!({ "input": { "prompt": "a haiku" } }))
///     .send()
///     .await?
///     .json()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before `send`"]
pub struct Request {
    transport: Transport,
    builder: Result<reqwest::RequestBuilder, Error>,
    kind: CallKind,
    options: CallOptions,
    form: Option<FormSource>,
}

impl Request {
    pub(crate) fn new(transport: Transport, method: Method, path: &str) -> Self {
        let kind = CallKind::of(&method);
        let builder = transport
            .base()
            .join(path)
            .map(|url| transport.http().request(method, url));
        Self {
            transport,
            builder,
            kind,
            options: CallOptions::new(),
            form: None,
        }
    }

    fn map(
        mut self,
        change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
    ) -> Self {
        self.builder = self.builder.map(change);
        self
    }

    /// Adds to the query: a list of pairs, a map, or a struct.
    pub fn query<T: Serialize + ?Sized>(self, query: &T) -> Self {
        self.map(|builder| builder.query(query))
    }

    /// Sets a header.
    pub fn header<N, V>(self, name: N, value: V) -> Self
    where
        HeaderName: TryFrom<N>,
        <HeaderName as TryFrom<N>>::Error: Into<http::Error>,
        HeaderValue: TryFrom<V>,
        <HeaderValue as TryFrom<V>>::Error: Into<http::Error>,
    {
        self.map(|builder| builder.header(name, value))
    }

    /// Sends this value as JSON.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        self.map(|builder| builder.json(value))
    }

    /// Sends these bytes, text or stream. A stream cannot be sent again.
    pub fn body(self, body: impl Into<Body>) -> Self {
        self.map(|builder| builder.body(body))
    }

    /// Sends a form with files. It cannot be sent again.
    pub fn multipart(self, form: multipart::Form) -> Self {
        self.map(|builder| builder.multipart(form))
    }

    /// Sends a form with files that `make` makes anew for each attempt, so that it can be sent
    /// again where that is right: for a form that creates something, after a connection that
    /// could not be made and after a 429.
    ///
    /// ```no_run
    /// # async fn example(transport: replicate_api::Transport) -> Result<(), replicate_api::Error> {
    /// use replicate_api::Method;
    /// use replicate_api::multipart::{Form, Part};
    /// use replicate_api::types::File;
    ///
    /// let make = || async {
    ///     let photo = std::fs::read("photo.jpg")?;
    ///     let part = Part::bytes(photo).file_name("photo.jpg");
    ///     Ok::<_, std::io::Error>(Form::new().part("content", part))
    /// };
    /// let request = transport.request(Method::POST, "/files").multipart_with(make);
    /// let file: File = request.send().await?.json()?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// When `make` fails, so does the request, as [`ErrorKind::InvalidRequest`] with that error
    /// as its source. It takes the place of a body that was set otherwise.
    pub fn multipart_with<F, E>(mut self, make: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<multipart::Form, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.form = Some(FormSource::new(make));
        self
    }

    /// Says whether carrying this out twice is the same as once. Default: yes for GET, HEAD,
    /// OPTIONS, QUERY and DELETE, no for all else.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.kind.idempotent = idempotent;
        self
    }

    /// How long the whole call may take.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options = self.options.with_timeout(timeout);
        self
    }

    /// When the request is sent again.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options = self.options.with_retry(policy);
        self
    }

    /// Sends the request and reads the answer.
    ///
    /// # Errors
    ///
    /// Every answer that is no success, and every way to get none: see [`ErrorKind`].
    pub async fn send(self) -> Result<Response, Error> {
        let (transport, request) = self.build()?;
        Ok(Response(transport.send(request).await?))
    }

    /// Sends the request and returns when the answer's body begins.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_streamed(self) -> Result<Streamed, Error> {
        let (transport, request) = self.build()?;
        transport.open(request).await
    }

    fn build(self) -> Result<(Transport, Outgoing), Error> {
        let request = self.builder?.build().map_err(Error::of_building)?;
        let outgoing = Outgoing {
            request,
            kind: self.kind,
            form: self.form,
        };
        Ok((self.transport.with_options(self.options), outgoing))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

/// A whole answer of the API, always a success.
pub struct Response(Answer);

impl Response {
    /// The answer's status.
    pub fn status(&self) -> StatusCode {
        self.0.context.status
    }

    /// The answer's headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The address that answered.
    pub fn url(&self) -> &Url {
        &self.0.context.url
    }

    /// The body as it came, decompressed.
    pub fn bytes(&self) -> &Bytes {
        &self.0.body
    }

    /// The body as text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] when it is not UTF-8.
    pub fn text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.0.body).map_err(|error| {
            self.0.context.describe(
                Error::new(ErrorKind::Decode, "the answer is no UTF-8 text").with_source(error),
            )
        })
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Decode`] with the path of what does not fit and the body; or
    /// [`ErrorKind::OutcomeUnknown`] when the answer to a create shows no id.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        decode::decode(&self.0.body, &self.0.context)
    }

    /// The body for an error or a log: without the token, which a server may repeat.
    pub fn redacted(&self) -> Bytes {
        self.0.context.secrets.out_of(self.0.body.clone())
    }

    /// Takes the body out.
    pub fn into_bytes(self) -> Bytes {
        self.0.body
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status())
            .field("bytes", &self.0.body.len())
            .finish_non_exhaustive()
    }
}
