use std::fmt;

use reqwest::{Body, Method, multipart};
use serde::Serialize;

use crate::error::Error;
use crate::operation::is_idempotent;
use crate::options::RequestOptions;
use crate::response::Response;
use crate::transport::{MultipartFactory, StreamingResponse, Transport, TransportRequest};

/// A request to any route of the API. Built by [`Transport::request`].
///
/// ```
/// # replicate_test_support::api_example!(async |client| {
/// # let transport = client.transport();
/// use replicate_api::Method;
/// use serde_json::{Value, json};
///
/// let prediction: Value = transport
///     .request(Method::POST, "/models/emulator/text/predictions")
///     .json(&json!({ "input": { "prompt": "a haiku" } }))
///     .send()
///     .await?
///     .json()?;
/// # });
/// ```
#[must_use = "nothing is sent before `send`"]
pub struct Request {
    transport: Transport,
    builder: Result<reqwest::RequestBuilder, Error>,
    idempotent: bool,
    options: RequestOptions,
    form: Option<MultipartFactory>,
}

impl Request {
    pub(crate) fn new(transport: Transport, method: Method, path: &str) -> Self {
        let idempotent = is_idempotent(method.as_str());
        let builder = transport
            .base()
            .join(path)
            .map(|url| transport.http().request(method, url));
        Self {
            transport,
            builder,
            idempotent,
            options: RequestOptions::new(),
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

    crate::options::request_options!(field options);
    crate::options::request_options!(methods options: retry_policy header token timeout);

    /// Sends this value as JSON.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        self.map(|builder| builder.json(value))
    }

    /// Sends these bytes, text or stream. A stream is not retried.
    pub fn body(self, body: impl Into<Body>) -> Self {
        self.map(|builder| builder.body(body))
    }

    /// Sends a form with files. It is not retried.
    pub fn multipart(self, form: multipart::Form) -> Self {
        self.map(|builder| builder.multipart(form))
    }

    /// Sends a form with files that `make` builds for each attempt, so that it can be retried:
    /// a form that creates something, when no connection could be established and after a 429.
    ///
    /// ```
    /// # replicate_test_support::api_example!(async |client| {
    /// # let transport = client.transport();
    /// use replicate_api::Method;
    /// use replicate_api::multipart::{Form, Part};
    /// use replicate_api::types::File;
    ///
    /// let make = || async {
    ///     let manifest = std::fs::read("Cargo.toml")?;
    ///     let part = Part::bytes(manifest).file_name("Cargo.toml");
    ///     Ok::<_, std::io::Error>(Form::new().part("content", part))
    /// };
    /// let request = transport.request(Method::POST, "/files").multipart_with(make);
    /// let file: File = request.send().await?.json()?;
    /// # });
    /// ```
    ///
    /// When `make` fails, so does the request, as [`ErrorKind::InvalidRequest`](crate::ErrorKind::InvalidRequest) with that error
    /// as its source. It takes the place of a body that was set otherwise.
    pub fn multipart_with<F, E>(mut self, make: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<multipart::Form, E>> + Send + 'static,
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        self.form = Some(MultipartFactory::new(make));
        self
    }

    /// Sets whether sending this twice has the same effect as sending it once. Default: `true`
    /// for GET, HEAD, OPTIONS, QUERY and DELETE.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Sends the request and reads the response.
    ///
    /// # Errors
    ///
    /// Every response that is not a success, and every failure to get one: see [`ErrorKind`](crate::ErrorKind).
    pub async fn send(self) -> Result<Response, Error> {
        let (transport, request) = self.build()?;
        let buffered = transport.send(request).await?;
        Ok(Response::new(buffered.body.clone(), buffered))
    }

    /// Sends the request and returns when the response body begins.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    pub async fn send_streamed(self) -> Result<StreamingResponse, Error> {
        let (transport, request) = self.build()?;
        transport.open(request).await
    }

    fn build(self) -> Result<(Transport, TransportRequest), Error> {
        let request = self.builder?.build().map_err(Error::from_building)?;
        let request = TransportRequest {
            request,
            idempotent: self.idempotent,
            form: self.form,
        };
        Ok((self.transport.with_options(self.options), request))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("idempotent", &self.idempotent)
            .finish_non_exhaustive()
    }
}
