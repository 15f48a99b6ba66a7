//! One attempt: a request out, a response in.

use std::error::Error as StdError;
use std::io;
use std::pin::{Pin, pin};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::{AUTHORIZATION, COOKIE, LOCATION};
use reqwest::{Method, Request, Response, StatusCode, Url};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::body::{self, ReadError};
use super::body_tracker::{BodyTracker, NotSent};
use super::call::{Call, Failure, ResponseBody, canceled};
use super::pools::{CERTIFICATES, Clients, NEVER, Pool};
use super::prefer::fit_wait;
use super::proxy;
use super::streaming::{StreamingResponse, from_body, truncated};
use crate::base_url::is_loopback;
use crate::decode::created_id;
use crate::error::{Error, ErrorKind, chain, innermost};
use crate::options::after;
use crate::problem::ProblemDetails;
use crate::request_url::redacted_url;
use crate::response::BufferedResponse;
use crate::retry::{AttemptOutcome, RetryPolicy, Sent};

const MAX_REDIRECTS: usize = 10;

/// Maximum size of the body of a response that is not a success.
const PROBLEM_LIMIT: usize = 1024 * 1024;

/// The advice after a 403 that is not a response of the API, such as Cloudflare's `error code: 1010`.
const BLOCKED: &str = "this is not a response of the API: a firewall, proxy or CDN in front of it \
     may have blocked the request";

/// The advice after a 401 or 403 of a host that gets no token.
const NO_TOKEN_SENT: &str = "no token is sent to this host: the URL may have expired";

impl Call {
    pub(super) async fn attempt(&mut self, clients: &Clients) -> Result<ResponseBody, Failure> {
        if !self.gate.reopen() {
            return Err(Failure::before(canceled()));
        }
        if self.deadline <= Instant::now() {
            return Err(Failure::before(self.deadline_exceeded("nothing was sent")));
        }
        let mut request = self.next_request();
        if let Some(form) = &self.form {
            let filled = Box::pin(form.fill(self.transport.http(), *request));
            let filled = timeout_at(self.deadline, filled).await;
            let filled =
                filled.unwrap_or_else(|_| Err(self.deadline_exceeded("the form was not ready")));
            request = Box::new(filled.map_err(Failure::before)?);
        }
        self.prepare(&mut request).await?;
        let mut redirects = 0;
        loop {
            let response = self.exchange(clients, request).await?;
            let Some(location) = redirect(&response) else {
                return self.receive(clients, response).await;
            };
            let target = self.redirect_target(response.url(), &location, redirects);
            let target = target.map_err(|why| self.refused(&response, &why, &location))?;
            redirects += 1;
            request = Box::new(self.redirected(target));
        }
    }

    /// Downloads are redirected to where the bytes are; nothing else is.
    fn may_follow(&self) -> bool {
        self.streamed && *self.request.method() == Method::GET
    }

    /// The URL that a redirect leads to, or why it is not followed. `redirects` is how many were
    /// followed before.
    fn redirect_target(&self, from: &Url, location: &str, redirects: usize) -> Result<Url, String> {
        if !self.may_follow() {
            return Err("is not followed".to_owned());
        }
        if redirects == MAX_REDIRECTS {
            return Err(format!("exceeds the limit of {MAX_REDIRECTS} redirects"));
        }
        follow(from, location).map_err(str::to_owned)
    }

    /// The request that follows a redirect, with neither token nor cookies: what the transport
    /// adds is for the API alone.
    fn redirected(&self, url: Url) -> Request {
        let mut request = Request::new(Method::GET, url);
        let mut headers = self.request.headers().clone();
        headers.remove(AUTHORIZATION);
        headers.remove(COOKIE);
        *request.headers_mut() = headers;
        request
    }

    /// Adds headers and token, and waits for the turn of a create.
    async fn prepare(&mut self, request: &mut Request) -> Result<(), Failure> {
        let prepared = self.transport.prepare(request, self.deadline).await;
        let token = prepared.map_err(Failure::before)?;
        let account = self.transport.shared.accounts.get(token.as_ref());
        self.secrets.add(token.clone());
        self.gate.set_token(token.clone());
        if let (true, Some(token)) = (self.enter_queue(account).await?, token) {
            // A token from a supplier may have expired meanwhile.
            let token = self.transport.renew(request, &token, self.deadline).await;
            let token = token.map_err(Failure::before)?;
            self.secrets.add(token.clone());
            self.gate.set_token(token);
        }
        Ok(())
    }

    /// Sends the request and waits for the response headers.
    async fn exchange(
        &mut self,
        clients: &Clients,
        mut request: Box<Request>,
    ) -> Result<Response, Failure> {
        let shared = &*self.transport.shared;
        let pool = match (self.idempotent, self.streamed) {
            (false, _) => Pool::Creates,
            (true, true) => Pool::Streams,
            (true, false) => shared.pools.for_read(clients),
        };
        let client = shared.pools.get(clients, pool, request.url());
        let client = client.map_err(Failure::before)?;
        let remaining = self.deadline.saturating_duration_since(Instant::now());
        let limited = self.transport.options.limits_time() || pool != Pool::Streams;
        let timeout = if self.streamed && limited {
            // The body is read by others later: reqwest ends it at the deadline.
            Some(remaining)
        } else {
            // The transport's own timeouts apply, and not one that the client was customized with.
            shared.pools.are_customized().then_some(NEVER)
        };
        // reqwest allocates for `None` too.
        if request.timeout() != timeout.as_ref() {
            *request.timeout_mut() = timeout;
        }
        let wait = fit_wait(request.headers_mut(), remaining).map_err(Failure::before)?;
        let patience = shared.timeouts.headers.saturating_add(wait);
        let cancellation = self.transport.options.cancellation_token.clone();
        if let Some(observer) = self.observer() {
            let observed = observer.before_send().await;
            observed.map_err(|error| {
                let message = format!("{error}; nothing was sent");
                Failure::before(Error::new(ErrorKind::File, message))
            })?;
        }
        let tracker = BodyTracker::track(&mut request, self.gate.clone(), cancellation);
        if !tracker.hand_over() {
            return Err(Failure::before(canceled()));
        }
        self.sent_at = Some(SystemTime::now());
        let sending = pin!(client.execute(unboxed(request)));
        let (error, outcome) = match self.sent(sending, patience, &tracker).await {
            Ok(response) => return Ok(response),
            Err(failed) => failed,
        };
        let sent = match outcome {
            AttemptOutcome::Unknown if tracker.may_have_been_sent() => Sent::Maybe,
            _ => Sent::No,
        };
        Err(Failure {
            error,
            outcome,
            sent,
        })
    }

    /// Waits for the response headers: until the body is first taken, for its turn; then as
    /// long as the request makes progress, and `patience` after that.
    async fn sent(
        &self,
        mut sending: Pin<&mut impl Future<Output = reqwest::Result<Response>>>,
        patience: Duration,
        tracker: &BodyTracker,
    ) -> Result<Response, (Error, AttemptOutcome)> {
        let timeouts = &self.transport.shared.timeouts;
        let mut since = Instant::now();
        if tracker.is_queued() {
            let queue = timeouts.queue.max(timeouts.connect);
            let until = after(since, queue).min(self.deadline);
            tokio::select! {
                biased;
                result = &mut sending => return result.map_err(from_sending),
                () = tracker.begun() => since = Instant::now(),
                () = sleep_until(until) => {
                    let error = match until == self.deadline {
                        true => self.deadline_exceeded("the request was not sent"),
                        false => Error::new(
                            ErrorKind::Connect,
                            format!("no connection was available within {queue:?}"),
                        ),
                    };
                    return Err((error, AttemptOutcome::Unknown));
                }
            }
        }
        loop {
            let until = after(since, patience).min(self.deadline);
            if let Ok(result) = timeout_at(until, &mut sending).await {
                return result.map_err(from_sending);
            }
            if until == self.deadline {
                let error = self.deadline_exceeded("no response");
                return Err((error, AttemptOutcome::Unknown));
            }
            match tracker.last_progress() {
                Some(last) if last > since => since = last,
                _ => {
                    let message = format!("no response within {patience:?}");
                    let error = Error::new(ErrorKind::Timeout, message);
                    return Err((error, AttemptOutcome::Unknown));
                }
            }
        }
    }

    /// Takes a response that is not a redirect.
    async fn receive(
        &self,
        clients: &Clients,
        mut response: Response,
    ) -> Result<ResponseBody, Failure> {
        let status = response.status();
        if status.is_success() && self.streamed {
            let (headers, url) = (response.headers().clone(), response.url().clone());
            let context = self.context(status, headers, url);
            let streaming = StreamingResponse::new(response, *context);
            return Ok(ResponseBody::Streaming(Box::new(streaming)));
        }
        let shared = &*self.transport.shared;
        let limit = match status.is_success() {
            true => shared.limits.body,
            false => shared.limits.body.min(PROBLEM_LIMIT),
        };
        let until = after(Instant::now(), shared.timeouts.body).min(self.deadline);
        match body::read(&mut response, limit, until).await {
            Ok(body) if status.is_success() => {
                if !self.idempotent {
                    clients.created();
                }
                let headers = std::mem::take(response.headers_mut());
                let context = self.context(status, headers, response.url().clone());
                Ok(ResponseBody::Buffered(BufferedResponse { context, body }))
            }
            Ok(body) => Err(self.rejected(&response, body)),
            Err((broken, partial)) => {
                let outcome = match broken {
                    ReadError::TooLarge if status.is_success() => AttemptOutcome::Fatal,
                    _ => AttemptOutcome::Unknown,
                };
                let creates = !self.idempotent && status.is_success();
                let id = creates.then(|| created_id(&partial)).flatten();
                let error = self.broken(broken, limit, until);
                let error = error
                    .with_response(status, response.headers())
                    .with_body(&partial)
                    .with_created_id(id);
                Err(Failure::after_response(error, outcome))
            }
        }
    }

    /// A complete response that is not a success.
    fn rejected(&self, response: &Response, body: Bytes) -> Failure {
        let status = response.status();
        let complete = body::is_known_complete(response, &body);
        let body = self.secrets.redact(body);
        let problem = ProblemDetails::read(&body);
        let has_token = self.transport.shared.base.contains(response.url());
        let (kind, advice) = match (status, has_token) {
            (StatusCode::FORBIDDEN, true) if problem.is_none() => {
                (ErrorKind::Status, Some(BLOCKED))
            }
            (StatusCode::FORBIDDEN, false) => (ErrorKind::Status, Some(NO_TOKEN_SENT)),
            (StatusCode::UNAUTHORIZED, false) => (ErrorKind::Authentication, Some(NO_TOKEN_SENT)),
            _ => (ErrorKind::from_status(status), None),
        };
        let text = body::short_text(response.headers(), &body);
        let mut error = Error::new(kind, text.unwrap_or_default())
            .with_response(status, response.headers())
            .with_retry_after(RetryPolicy::retry_after(response.headers(), &body))
            .with_problem(problem)
            .with_body(&body);
        if let Some(advice) = advice {
            error = error.with_advice(advice);
        }
        // A 429 is followed by another attempt, and a 404 may be followed by another route: a
        // truncated one may be anything.
        let outcome = match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::NOT_FOUND if !complete => {
                AttemptOutcome::Unknown
            }
            status => AttemptOutcome::Status(status),
        };
        Failure::after_response(error, outcome)
    }

    fn broken(&self, broken: ReadError, limit: usize, until: Instant) -> Error {
        match broken {
            ReadError::Io(error) => from_body(error),
            ReadError::Truncated => truncated(),
            ReadError::TooLarge => Error::new(
                ErrorKind::TooLarge,
                format!("the response is larger than {limit} bytes"),
            ),
            ReadError::Timeout if until == self.deadline => {
                self.deadline_exceeded("the response was not complete")
            }
            ReadError::Timeout => Error::new(
                ErrorKind::Timeout,
                format!(
                    "the response was not complete within {:?}",
                    self.transport.shared.timeouts.body
                ),
            ),
        }
    }

    /// The error of a redirect that is not followed.
    fn refused(&self, response: &Response, why: &str, location: &str) -> Failure {
        let status = response.status();
        let place = match response.url().join(location) {
            Ok(url) => redacted_url(&url).to_string(),
            Err(_) => "an invalid URL".to_owned(),
        };
        let message = format!("the redirect to {place} {why}");
        let error = Error::new(ErrorKind::Redirect, message);
        let error = error.with_response(status, response.headers());
        Failure::after_response(error, AttemptOutcome::Status(status))
    }
}

/// Frees the box before the request is sent.
fn unboxed(request: Box<Request>) -> Request {
    *request
}

/// The error of a request that got no response, and what is known about it.
fn from_sending(error: reqwest::Error) -> (Error, AttemptOutcome) {
    let url = error.url().cloned();
    let error = error.without_url();
    let why = innermost(&error);
    if error.is_builder() {
        return (Error::from_building(error), AttemptOutcome::Fatal);
    }
    if chain(&error).any(<dyn StdError>::is::<NotSent>) {
        return (canceled(), AttemptOutcome::Fatal);
    }
    if error.is_connect() {
        return from_connecting(error, &why, url.as_ref());
    }
    let (kind, message) = if error.is_timeout() {
        (ErrorKind::Timeout, "no response in time".to_owned())
    } else {
        (
            ErrorKind::Connect,
            format!("the connection broke before a response arrived: {why}"),
        )
    };
    let error = Error::new(kind, message).with_source(error);
    (error, AttemptOutcome::Unknown)
}

fn from_connecting(error: reqwest::Error, why: &str, url: Option<&Url>) -> (Error, AttemptOutcome) {
    if why.contains("scheme is not http") {
        let message = "this program was built without TLS";
        let error = Error::new(ErrorKind::Configuration, message)
            .with_advice("enable the feature `rustls` or `native-tls`");
        return (error, AttemptOutcome::Fatal);
    }
    let is_certificate = is_certificate(&error);
    let message = format!("could not connect: {why}");
    let failure = Error::new(ErrorKind::Connect, message).with_source(error);
    if is_certificate {
        let failure = failure.with_advice(CERTIFICATES).permanent();
        return (failure, AttemptOutcome::Fatal);
    }
    let url = url.filter(|url| !is_loopback(url));
    let failure = match url.and_then(proxy::from_environment) {
        Some(proxy) => failure.with_advice(format!("check the proxy that is used: {proxy}")),
        None => failure,
    };
    (failure, AttemptOutcome::NotSent)
}

fn redirect(response: &Response) -> Option<String> {
    if !matches!(response.status().as_u16(), 301..=303 | 307 | 308) {
        return None;
    }
    let location = response.headers().get(LOCATION)?;
    Some(String::from_utf8_lossy(location.as_bytes()).into_owned())
}

fn follow(from: &Url, location: &str) -> Result<Url, &'static str> {
    let target = from.join(location).map_err(|_| "is invalid")?;
    let stays_here = is_loopback(from) && is_loopback(&target) && target.scheme() == "http";
    match target.scheme() {
        "https" => Ok(target),
        "http" if stays_here => Ok(target),
        _ => Err("leaves https"),
    }
}

/// Whether a connection failed for something permanent, such as an invalid certificate.
fn is_certificate(error: &reqwest::Error) -> bool {
    chain(error).any(|error| {
        let io = error.downcast_ref::<io::Error>();
        io.is_some_and(|io| io.kind() == io::ErrorKind::InvalidData)
    })
}
