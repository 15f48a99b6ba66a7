//! The request of one operation: what the generated code calls.

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::multipart::Form;
use reqwest::{Body, Method, Request, RequestBuilder, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::decode;
use crate::error::{Error, ErrorKind};
use crate::field::Fields;
use crate::path;
use crate::response::{BufferedResponse, Response};
use crate::transport::{StreamingResponse, Transport, TransportRequest};

/// An operation of the API, as its description has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operation {
    /// The operation's id: `predictions.create`.
    pub id: &'static str,
    /// The HTTP method, in capitals.
    pub method: &'static str,
    /// The path below the base URL, with its parameters in braces:
    /// `/predictions/{prediction_id}`.
    pub path: &'static str,
    /// Whether sending it twice has the same effect as sending it once, so that it can be
    /// retried after it may have been sent.
    pub idempotent: bool,
    /// Whether the response body is returned as it arrives, without a limit.
    pub streamed: bool,
    /// Whether the API advises against its use.
    pub deprecated: bool,
}

impl Operation {
    /// An operation with the traits that its method implies: GET, HEAD, OPTIONS, QUERY and
    /// DELETE are idempotent.
    pub(crate) const fn new(id: &'static str, method: &'static str, path: &'static str) -> Self {
        Self {
            id,
            method,
            path,
            idempotent: is_idempotent(method),
            streamed: false,
            deprecated: false,
        }
    }

    pub(crate) const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    pub(crate) const fn streamed(mut self) -> Self {
        self.streamed = true;
        self
    }

    pub(crate) const fn deprecated(mut self) -> Self {
        self.deprecated = true;
        self
    }
}

/// Whether a method implies that a request may be sent twice.
pub(crate) const fn is_idempotent(method: &str) -> bool {
    matches!(
        method.as_bytes(),
        b"GET" | b"HEAD" | b"OPTIONS" | b"QUERY" | b"DELETE"
    )
}

/// A call of an operation whose parts are being collected. Parts that are missing or invalid
/// are reported together when it is sent.
pub(crate) struct Call {
    transport: Transport,
    operation: &'static Operation,
    path: String,
    query: Pairs,
    headers: HeaderMap,
    body: Payload,
    parts: Fields,
}

enum Payload {
    Empty,
    Content(&'static str, Body),
    Multipart(Form),
}

impl Call {
    pub(crate) fn new(transport: Transport, operation: &'static Operation) -> Self {
        Self {
            transport,
            operation,
            path: operation.path.to_owned(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Payload::Empty,
            parts: Fields::default(),
        }
    }

    /// Fills `{name}` of the path.
    pub(crate) fn path<T: ToString>(
        mut self,
        name: &'static str,
        value: Result<T, String>,
    ) -> Self {
        if let Some(value) = self.parts.take(name, value)
            && let Some(encoded) = self.parts.take(name, path::encode(&value.to_string()))
        {
            self.fill(name, &encoded);
        }
        self
    }

    /// Replaces a parameter of the path.
    fn fill(&mut self, name: &str, encoded: &str) {
        let is_parameter = |(at, _): &(usize, &str)| {
            let rest = self.path[at + 1..].strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with('}'))
        };
        if let Some((at, _)) = self.path.match_indices('{').find(is_parameter) {
            self.path.replace_range(at..at + name.len() + 2, encoded);
        }
    }

    /// Adds to the query: a scalar, or each item of a list. `null` is not sent.
    pub(crate) fn query<T: Serialize>(
        mut self,
        name: &'static str,
        value: Result<T, String>,
    ) -> Self {
        let pairs = value.and_then(|value| pairs(name, to_json(&value)?));
        self.query
            .extend(self.parts.take(name, pairs).into_iter().flatten());
        self
    }

    /// Adds a list to the query as one value: `name=a,b`. An empty list is not sent.
    pub(crate) fn query_joined<T: Serialize>(
        mut self,
        name: &'static str,
        value: Result<T, String>,
    ) -> Self {
        let pairs = value.and_then(|value| pairs(name, to_json(&value)?));
        let pairs = self.parts.take(name, pairs).unwrap_or_default();
        if !pairs.is_empty() {
            let values: Vec<_> = pairs.into_iter().map(|(_, value)| value).collect();
            self.query.push((name.to_owned(), values.join(",")));
        }
        self
    }

    /// Sets a header, where there is a value.
    pub(crate) fn header<T: ToString>(
        mut self,
        name: &'static str,
        value: Result<Option<T>, String>,
    ) -> Self {
        let Some(Some(value)) = self.parts.take(name, value) else {
            return self;
        };
        let name_and_value = (
            HeaderName::try_from(name),
            HeaderValue::try_from(value.to_string()),
        );
        let header = match name_and_value {
            (Ok(name), Ok(value)) => Ok((name, value)),
            _ => Err("a header cannot hold this value".to_owned()),
        };
        if let Some((name, value)) = self.parts.take(name, header) {
            self.headers.append(name, value);
        }
        self
    }

    /// Sets the body to this value as JSON.
    pub(crate) fn json<T: Serialize>(self, body: Result<T, String>) -> Self {
        self.json_as("application/json", body)
    }

    /// Sets the body to this value as JSON under a media type of its own.
    pub(crate) fn json_as<T: Serialize>(
        self,
        media_type: &'static str,
        body: Result<T, String>,
    ) -> Self {
        let content = body.and_then(|body| {
            let json = serde_json::to_vec(&body).map_err(|error| error.to_string())?;
            Ok(Body::from(json))
        });
        self.bytes(media_type, content)
    }

    /// Sets the body to this value as JSON; `None` sends no body.
    pub(crate) fn json_optional<T: Serialize>(self, body: Result<Option<T>, String>) -> Self {
        match body {
            Ok(None) => self,
            Ok(Some(body)) => self.json(Ok(body)),
            Err(reason) => self.json::<T>(Err(reason)),
        }
    }

    /// Sets the body to the members of this value as a form.
    pub(crate) fn form<T: Serialize>(self, body: Result<T, String>) -> Self {
        let content = body.and_then(|body| {
            let pairs = pairs("", to_json(&body)?)?;
            Ok(Body::from(urlencoded(&pairs)))
        });
        self.bytes("application/x-www-form-urlencoded", content)
    }

    /// Sets the body to this text.
    pub(crate) fn text<T: Into<String>>(
        self,
        media_type: &'static str,
        body: Result<T, String>,
    ) -> Self {
        let content = body.map(|text| Body::from(text.into()));
        self.bytes(media_type, content)
    }

    /// Sets the body to these bytes, or this stream.
    pub(crate) fn bytes(mut self, media_type: &'static str, body: Result<Body, String>) -> Self {
        if let Some(body) = self.parts.take("body", body) {
            self.body = Payload::Content(media_type, body);
        }
        self
    }

    /// Sets the body to this form. It can be sent once.
    pub(crate) fn multipart(mut self, body: Result<Form, String>) -> Self {
        if let Some(form) = self.parts.take("body", body) {
            self.body = Payload::Multipart(form);
        }
        self
    }

    /// Sends the request and decodes the body of its response.
    pub(crate) fn decoded<T: DeserializeOwned>(
        self,
    ) -> impl Future<Output = Result<Response<T>, Error>> + Send + use<T> {
        let sending = self.buffered(true);
        async {
            let buffered = sending?.await?;
            let value = decode::decode_response(&buffered.body, &buffered.context)?;
            Ok(Response::new(value, buffered))
        }
    }

    /// Sends the request and decodes the body of its response, which may be empty.
    pub(crate) fn decoded_or_empty<T: DeserializeOwned>(
        self,
    ) -> impl Future<Output = Result<Response<Option<T>>, Error>> + Send + use<T> {
        let sending = self.buffered(true);
        async {
            let buffered = sending?.await?;
            let value = match buffered.body.trim_ascii().is_empty() {
                true => None,
                false => Some(decode::decode_response(&buffered.body, &buffered.context)?),
            };
            Ok(Response::new(value, buffered))
        }
    }

    /// Sends the request. The description has no content for the response; the value is `()`, and the bytes are its body.
    pub(crate) fn nothing(
        self,
    ) -> impl Future<Output = Result<Response<()>, Error>> + Send + use<> {
        let sending = self.buffered(false);
        async { Ok(Response::new((), sending?.await?)) }
    }

    /// Sends the request and returns when the body of its response begins.
    pub(crate) fn streamed(
        self,
    ) -> impl Future<Output = Result<StreamingResponse, Error>> + Send + use<> {
        let built = self.build(false);
        let opening = built.map(|(transport, request)| transport.open(request));
        async { opening?.await }
    }

    /// Builds the request at once: its parts are not kept while it is sent.
    fn buffered(
        self,
        accepts_json: bool,
    ) -> Result<impl Future<Output = Result<BufferedResponse, Error>> + Send + use<>, Error> {
        let (transport, request) = self.build(accepts_json)?;
        Ok(transport.send(request))
    }

    fn build(self, accepts_json: bool) -> Result<(Transport, TransportRequest), Error> {
        if let Some(error) = self.problem() {
            return Err(error);
        }
        let operation = self.operation;
        let mut url = self.transport.base().join_encoded(&self.path)?;
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        let method = Method::from_bytes(operation.method.as_bytes()).unwrap_or(Method::GET);
        let mut request = Request::new(method, url);
        let headers = request.headers_mut();
        *headers = self.headers;
        if accepts_json {
            headers.append(ACCEPT, HeaderValue::from_static("application/json"));
        }
        match self.body {
            Payload::Empty => {}
            Payload::Content(media_type, body) => {
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
                *request.body_mut() = Some(body);
            }
            Payload::Multipart(form) => {
                let client = self.transport.http().clone();
                request = RequestBuilder::from_parts(client, request)
                    .multipart(form)
                    .build()
                    .map_err(Error::from_building)?;
            }
        }
        let request = TransportRequest {
            request,
            idempotent: operation.idempotent,
            form: None,
        };
        Ok((self.transport, request))
    }

    /// The error that names every part that is missing or invalid.
    fn problem(&self) -> Option<Error> {
        let mut problems = Vec::new();
        match self.parts.missing.as_slice() {
            [] => {}
            [name] => problems.push(format!("missing required part: {name}")),
            names => problems.push(format!("missing required parts: {}", names.join(", "))),
        }
        let invalid = self.parts.invalid.iter();
        problems.extend(invalid.map(|part| format!("invalid {part}")));
        if problems.is_empty() {
            return None;
        }
        let Operation { method, path, .. } = self.operation;
        let message = format!("{} ({method} {path})", problems.join("; "));
        Some(Error::new(ErrorKind::InvalidRequest, message))
    }
}

fn to_json<T: Serialize>(value: &T) -> Result<Value, String> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}

type Pairs = Vec<(String, String)>;

/// The pairs of a query or form: lists and objects are exploded, `null` is left out.
fn pairs(name: &str, value: Value) -> Result<Pairs, String> {
    match value {
        Value::Array(items) => {
            let mut all = Pairs::new();
            for item in items {
                all.extend(pairs(name, item)?);
            }
            Ok(all)
        }
        Value::Object(members) => {
            let mut all = Pairs::new();
            for (name, value) in members {
                if value.is_object() {
                    return Err(format!("{name}: an object cannot be sent in a form"));
                }
                all.extend(pairs(&name, value)?);
            }
            Ok(all)
        }
        Value::Null => Ok(Pairs::new()),
        Value::String(text) => Ok(vec![(name.to_owned(), text)]),
        scalar => Ok(vec![(name.to_owned(), scalar.to_string())]),
    }
}

fn urlencoded(pairs: &Pairs) -> String {
    // reqwest exports no form encoder but this one.
    let Ok(mut url) = Url::parse("form:/") else {
        return String::new();
    };
    url.query_pairs_mut().extend_pairs(pairs);
    url.query().unwrap_or_default().to_owned()
}
