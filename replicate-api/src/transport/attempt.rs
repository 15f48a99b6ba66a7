//! One attempt: a request out, an answer in.

use std::time::Duration;

use bytes::Bytes;
use chrono::Utc;
use reqwest::header::{AUTHORIZATION, COOKIE, HeaderMap, LOCATION};
use reqwest::{Method, Request, Response, Url};
use tokio::time::{Instant, timeout_at};

use super::body::{self, ReadError};
use super::body_tracker::BodyTracker;
use super::call::{Call, Failure, ResponseBody, stopped};
use super::pools::Pool;
use super::prefer::wait_preference;
use super::streaming::from_body;
use crate::base_url::{is_loopback, redacted_url};
use crate::decode::created_id;
use crate::error::{Error, ErrorKind, innermost};
use crate::options::{RequestTraits, Stop, after};
use crate::problem::ProblemDetails;
use crate::response::BufferedResponse;
use crate::retry::{AttemptOutcome, RetryPolicy};

const MOST_REDIRECTS: usize = 10;

/// How much is read of an answer that is no success.
const PROBLEM_LIMIT: usize = 1024 * 1024;

impl Call<'_> {
    pub(super) async fn attempt(&mut self, mut request: Request) -> Result<ResponseBody, Failure> {
        let stop = self.transport.options.stop.as_ref();
        if stop.is_some_and(Stop::is_stopped) {
            return Err(Failure::before(stopped()));
        }
        if self.deadline <= Instant::now() {
            return Err(Failure::before(self.late("nothing was sent")));
        }
        if let Some(form) = &self.form {
            let filled = form.fill(self.transport.http(), request);
            let filled = timeout_at(self.deadline, filled).await;
            let filled = filled.unwrap_or_else(|_| Err(self.late("the form was not ready")));
            request = filled.map_err(Failure::before)?;
        }
        // What the transport adds is for the API alone, not for where it may redirect to.
        let redirect_headers = self.may_follow().then(|| RedirectHeaders::of(&request));
        let prepared = self.transport.prepare(&mut request, self.deadline).await;
        self.secrets.add(prepared.map_err(Failure::before)?);
        let mut redirects = 0;
        loop {
            let response = self.exchange(request).await?;
            let Some(location) = redirect(&response) else {
                return self.receive(response).await;
            };
            let Some(redirect_headers) = &redirect_headers else {
                return Err(self.refused(&response, None, &location));
            };
            let target = follow(response.url(), &location)
                .map_err(|why| self.refused(&response, Some(why), &location))?;
            redirects += 1;
            if redirects > MOST_REDIRECTS {
                return Err(self.refused(&response, Some("is one redirect too many"), &location));
            }
            request = redirect_headers.to(target);
        }
    }

    /// Downloads are redirected to where the bytes are; nothing else is.
    fn may_follow(&self) -> bool {
        self.kind.streamed && self.method == Method::GET
    }

    /// Sends the request and waits for the answer's headers.
    async fn exchange(&mut self, mut request: Request) -> Result<Response, Failure> {
        let shared = &*self.transport.shared;
        let pool = match self.kind {
            RequestTraits {
                idempotent: false, ..
            } => Pool::Creates,
            RequestTraits { streamed: true, .. } => Pool::Streams,
            RequestTraits { .. } => shared.pools.for_read(),
        };
        let client = shared.pools.get(pool).map_err(Failure::before)?;
        let options = &self.transport.options;
        let limited =
            options.timeout.is_some() || options.deadline.is_some() || pool != Pool::Streams;
        if self.kind.streamed && limited {
            // The body is read by others later: reqwest holds them to the deadline.
            *request.timeout_mut() = Some(self.deadline.saturating_duration_since(Instant::now()));
        }
        let patience = shared
            .timeouts
            .headers
            .saturating_add(wait_preference(request.headers()).map_err(Failure::before)?);
        let tracker = BodyTracker::watch(&mut request, !self.kind.idempotent);
        self.sent_at = Some(Utc::now());
        // Gone before it is judged whether the request has left: until then it still may.
        let sent = self.sent(client.execute(request), patience, &tracker);
        let (error, fate) = match sent.await {
            Ok(response) => return Ok(response),
            Err(failed) => failed,
        };
        let left = fate == AttemptOutcome::Unknown && tracker.may_have_been_sent();
        Err(Failure { error, fate, left })
    }

    /// Waits for the answer's headers as long as the request makes progress on its way out,
    /// and `patience` after that.
    async fn sent(
        &self,
        sending: impl Future<Output = reqwest::Result<Response>>,
        patience: Duration,
        tracker: &BodyTracker,
    ) -> Result<Response, (Error, AttemptOutcome)> {
        tokio::pin!(sending);
        let mut since = Instant::now();
        loop {
            let until = after(since, patience).min(self.deadline);
            return match timeout_at(until, &mut sending).await {
                Ok(Ok(response)) => Ok(response),
                Ok(Err(error)) => Err(from_sending(error)),
                Err(_) if until == self.deadline => {
                    Err((self.late("no answer"), AttemptOutcome::Unknown))
                }
                Err(_) => match tracker.last_progress().filter(|last| *last > since) {
                    Some(last) => {
                        since = last;
                        continue;
                    }
                    None => {
                        let message = format!("no answer within {patience:?}");
                        Err((
                            Error::new(ErrorKind::Timeout, message),
                            AttemptOutcome::Unknown,
                        ))
                    }
                },
            };
        }
    }

    /// Takes an answer that is no redirect.
    async fn receive(&self, mut response: Response) -> Result<ResponseBody, Failure> {
        let status = response.status();
        if status.is_success() && self.kind.streamed {
            let context = self.context(status, response.headers(), response.url().clone());
            return Ok(ResponseBody::Streaming(response, context));
        }
        let shared = &*self.transport.shared;
        let limit = match status.is_success() {
            true => shared.limits.body,
            false => shared.limits.body.min(PROBLEM_LIMIT),
        };
        let until = after(Instant::now(), shared.timeouts.body).min(self.deadline);
        match body::read(&mut response, limit, until).await {
            Ok(body) if status.is_success() => {
                if !self.kind.idempotent {
                    shared.pools.created();
                }
                Ok(ResponseBody::Buffered(self.keep(response, body)))
            }
            Ok(body) => Err(self.rejected(&response, body)),
            Err((broken, partial)) => {
                let fate = match broken {
                    ReadError::TooLarge if status.is_success() => AttemptOutcome::Fatal,
                    _ => AttemptOutcome::Unknown,
                };
                let error = self.broken(broken, limit, until);
                let id = (!self.kind.idempotent && status.is_success())
                    .then(|| created_id(&partial))
                    .flatten();
                let error = error
                    .with_response(status, response.headers())
                    .with_body(&partial)
                    .with_created_id(id);
                Err(Failure {
                    error,
                    fate,
                    left: true,
                })
            }
        }
    }

    fn keep(&self, mut response: Response, body: Bytes) -> BufferedResponse {
        if let Some(tap) = self.transport.options.tap() {
            tap.keep(&body, &self.secrets);
        }
        let headers = std::mem::take(response.headers_mut());
        let context = self.context(response.status(), &headers, response.url().clone());
        BufferedResponse {
            context,
            headers,
            body,
        }
    }

    /// A whole answer that is no success.
    fn rejected(&self, response: &Response, body: Bytes) -> Failure {
        let status = response.status();
        let body = self.secrets.redact(body);
        if let Some(tap) = self.transport.options.tap() {
            tap.keep(&body, &self.secrets);
        }
        let error = Error::new(ErrorKind::from_status(status), "")
            .with_response(status, response.headers())
            .with_retry_after(RetryPolicy::hint(response.headers(), &body))
            .with_problem(ProblemDetails::read(&body))
            .with_body(&body);
        Failure {
            error,
            fate: AttemptOutcome::Status(status),
            left: true,
        }
    }

    fn broken(&self, broken: ReadError, limit: usize, until: Instant) -> Error {
        match broken {
            ReadError::Io(error) => from_body(error),
            ReadError::TooLarge => Error::new(
                ErrorKind::TooLarge,
                format!("the answer is larger than {limit} bytes"),
            ),
            ReadError::Timeout if until == self.deadline => self.late("the answer did not end"),
            ReadError::Timeout => Error::new(
                ErrorKind::Timeout,
                format!(
                    "the answer did not end within {:?}",
                    self.transport.shared.timeouts.body
                ),
            ),
        }
    }

    fn refused(&self, response: &Response, why: Option<&str>, location: &str) -> Failure {
        let status = response.status();
        let place = response
            .url()
            .join(location)
            .map(|url| redacted_url(&url).to_string());
        let place = place.unwrap_or_else(|_| "an address that is none".to_owned());
        let why = why.unwrap_or("is not followed");
        let error = Error::new(
            ErrorKind::Redirect,
            format!("the redirect to {place} {why}"),
        )
        .with_response(status, response.headers());
        Failure {
            error,
            fate: AttemptOutcome::Status(status),
            left: true,
        }
    }
}

/// The error of a request that got no answer, and what is known of its fate.
fn from_sending(error: reqwest::Error) -> (Error, AttemptOutcome) {
    let error = error.without_url();
    let why = innermost(&error);
    if error.is_builder() {
        return (Error::from_building(error), AttemptOutcome::Fatal);
    }
    if error.is_connect() {
        if why.contains("scheme is not http") {
            let error = Error::new(
                ErrorKind::Configuration,
                "this program was built without TLS",
            )
            .with_advice("enable the feature `rustls` or `native-tls`");
            return (error, AttemptOutcome::Fatal);
        }
        let fate = if is_certificate(&error) {
            AttemptOutcome::Fatal
        } else {
            AttemptOutcome::NotSent
        };
        let error =
            Error::new(ErrorKind::Connect, format!("could not connect: {why}")).with_source(error);
        return (error, fate);
    }
    let (kind, message) = if error.is_timeout() {
        (ErrorKind::Timeout, "no answer in time".to_owned())
    } else {
        (
            ErrorKind::Connect,
            format!("the connection broke before the answer came: {why}"),
        )
    };
    (
        Error::new(kind, message).with_source(error),
        AttemptOutcome::Unknown,
    )
}

/// What a request takes along to where it is redirected: neither token nor cookies.
struct RedirectHeaders(HeaderMap);

impl RedirectHeaders {
    fn of(request: &Request) -> Self {
        let mut headers = request.headers().clone();
        headers.remove(AUTHORIZATION);
        headers.remove(COOKIE);
        Self(headers)
    }

    fn to(&self, url: Url) -> Request {
        let mut request = Request::new(Method::GET, url);
        *request.headers_mut() = self.0.clone();
        request
    }
}

fn redirect(response: &Response) -> Option<String> {
    if !matches!(response.status().as_u16(), 301..=303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

fn follow(from: &Url, location: &str) -> Result<Url, &'static str> {
    let target = from.join(location).map_err(|_| "leads nowhere")?;
    let stays_here = is_loopback(from) && is_loopback(&target) && target.scheme() == "http";
    match target.scheme() {
        "https" => Ok(target),
        "http" if stays_here => Ok(target),
        _ => Err("leaves https"),
    }
}

/// Whether a connection failed for what the two sides are, such as a wrong certificate.
fn is_certificate(error: &reqwest::Error) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref::<std::io::Error>()
            && io.kind() == std::io::ErrorKind::InvalidData
        {
            return true;
        }
        source = error.source();
    }
    false
}
