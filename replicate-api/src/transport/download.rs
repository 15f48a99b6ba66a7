use std::fmt;
use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue, IF_RANGE, RANGE};
use reqwest::{Method, Url};

use super::Transport;
use super::call::TransportRequest;
use super::streaming::StreamingResponse;
use crate::error::{Error, ErrorKind};
use crate::options::{Names, RequestOptions};
use crate::request_url;
use crate::retry::RetryPolicy;

/// A `GET` of a URL that the API has returned: an output, a file, a stream. Built by
/// [`Transport::fetch`].
///
/// The token is sent only to the API's own routes, and never with [`events`](Self::events).
/// Redirects from https to https are followed, without the token. It is retried like other
/// reads, until the response body begins.
#[must_use = "nothing is sent before `send`"]
pub struct Download {
    transport: Transport,
    url: Url,
    headers: HeaderMap,
    options: RequestOptions,
    problem: Option<Error>,
}

impl Download {
    pub(super) fn new(transport: Transport, url: Url) -> Self {
        let url = transport.base().rebase(url);
        Self {
            transport,
            url,
            headers: HeaderMap::new(),
            options: RequestOptions::new(),
            problem: None,
        }
    }

    /// Requests the body from this byte on. The status of the response is 206 if the server
    /// sends that, and 200 if it sends all of it.
    pub fn from_byte(mut self, offset: u64) -> Self {
        if let Ok(value) = HeaderValue::try_from(format!("bytes={offset}-")) {
            self.headers.insert(RANGE, value);
        }
        self
    }

    /// With [`from_byte`](Self::from_byte): only if the file still has this `ETag`, or this
    /// date; otherwise all of it is sent.
    pub fn if_unchanged(self, tag_or_date: &HeaderValue) -> Self {
        self.header(IF_RANGE, tag_or_date.clone())
    }

    /// Requests Server-Sent Events, after the one with this id where there is one.
    pub fn events(mut self, last_event_id: Option<&str>) -> Self {
        self = self.header(ACCEPT, HeaderValue::from_static("text/event-stream"));
        let Some(id) = last_event_id else { return self };
        match HeaderValue::from_bytes(id.as_bytes()) {
            Ok(value) => self.header(HeaderName::from_static("last-event-id"), value),
            Err(_) => {
                let message = "invalid id of the last event: a header cannot hold it";
                self.problem = Some(Error::new(ErrorKind::InvalidRequest, message));
                self
            }
        }
    }

    /// Sets a header. It is sent to the URL's host, also to a third-party one; `Authorization`
    /// and `Cookie` are not sent after a redirect.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// Limits the time of the whole call, with the reading of the body.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options = self.options.with_timeout(timeout);
        self
    }

    /// Replaces the retry policy for this request.
    pub fn retry_policy(mut self, policy: RetryPolicy) -> Self {
        self.options = self.options.with_retry_policy(policy);
        self
    }

    /// Sends the request and returns a successful response, whose body is still to be read.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] for an output that was deleted, as all are after an hour;
    /// [`ErrorKind::Redirect`] for a redirect that leaves https; and as for every read.
    pub async fn send(self) -> Result<StreamingResponse, Error> {
        if let Some(problem) = self.problem {
            return Err(problem.with_request(Method::GET, &self.url));
        }
        let mut request = reqwest::Request::new(Method::GET, self.url);
        *request.headers_mut() = self.headers;
        let request = TransportRequest {
            request,
            idempotent: true,
            form: None,
        };
        let transport = self.transport.with_options(self.options);
        transport.open(request).await
    }
}

impl fmt::Debug for Download {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Download")
            .field("url", &request_url::redacted_url(&self.url).as_str())
            .field("headers", &Names(&self.headers))
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
