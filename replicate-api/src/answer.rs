use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, ResponseBuilderExt, StatusCode, Url};

use crate::error::{Error, Secrets};

/// What an answer answered, for the errors that its reading may meet.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) status: StatusCode,
    pub(crate) content_type: Option<HeaderValue>,
    pub(crate) request_id: Option<HeaderValue>,
    pub(crate) idempotent: bool,
    pub(crate) attempts: u32,
    pub(crate) sent_at: Option<DateTime<Utc>>,
    /// What must not be shown.
    pub(crate) secrets: Secrets,
}

impl Context {
    /// The error, whole but for this, with what was asked and answered. The token is taken out.
    pub(crate) fn describe(&self, error: Error) -> Error {
        error
            .with_request(self.method.clone(), &self.url)
            .with_status(self.status, self.request_id.as_ref())
            .with_attempts(self.attempts, self.sent_at)
            .without(&self.secrets)
    }

    /// The content type, where the server says that it is something other than JSON.
    pub(crate) fn foreign_content_type(&self) -> Option<&str> {
        let value = self.content_type.as_ref()?.to_str().ok()?;
        let essence = value.split(';').next().unwrap_or(value).trim();
        let subtype = essence.rsplit(['/', '+']).next().unwrap_or(essence);
        (!subtype.eq_ignore_ascii_case("json")).then_some(essence)
    }
}

/// The header that identifies a request to Replicate's support.
pub(crate) fn request_id(headers: &HeaderMap) -> Option<&HeaderValue> {
    headers
        .get("x-request-id")
        .or_else(|| headers.get("cf-ray"))
}

/// A whole answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) context: Context,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The answer as reqwest would have given it, its body already here.
    pub(crate) fn into_response(self) -> reqwest::Response {
        let status = self.context.status;
        self.into_response_with(status)
    }

    /// The same under another status. What it answered is in its extensions.
    pub(crate) fn into_response_with(self, status: StatusCode) -> reqwest::Response {
        let Self {
            context,
            headers,
            body,
        } = self;
        let mut response = http::Response::new(reqwest::Body::from(body));
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        let mut marked = http::Response::builder().url(context.url.clone());
        if let (Some(from), to) = (marked.extensions_mut(), response.extensions_mut()) {
            to.extend(std::mem::take(from));
        }
        response.extensions_mut().insert(context);
        response.into()
    }
}
