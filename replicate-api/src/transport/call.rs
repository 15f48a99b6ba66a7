//! One call: its attempts, and the waits between them.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Body, Method, Request, StatusCode, Url};
use tokio::time::{Instant, sleep};
use tracing::Instrument;

use super::multipart::MultipartFactory;
use super::{Transport, span};
use crate::error::{Error, ErrorKind, Secrets};
use crate::options::{RequestTraits, after};
use crate::response::{BufferedResponse, ResponseContext, request_id};
use crate::retry::{AttemptOutcome, RetryDecision, RetryState};

/// What a call has got.
pub(super) enum ResponseBody {
    /// A whole answer.
    Buffered(BufferedResponse),
    /// An answer whose body comes as it is read.
    Streaming(reqwest::Response, ResponseContext),
}

impl ResponseBody {
    fn status(&self) -> StatusCode {
        match self {
            Self::Buffered(answer) => answer.context.status,
            Self::Streaming(response, _) => response.status(),
        }
    }
}

/// An attempt that got no success.
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) fate: AttemptOutcome,
    /// Whether the request may have reached the server.
    pub(super) left: bool,
}

impl Failure {
    /// A failure before anything was sent, which sending again does not mend.
    pub(super) fn before(error: Error) -> Self {
        Self {
            error,
            fate: AttemptOutcome::Fatal,
            left: false,
        }
    }
}

pub(super) struct Call<'a> {
    pub(super) transport: &'a Transport,
    pub(super) kind: RequestTraits,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) deadline: Instant,
    /// How long all of it may take.
    pub(super) timeout: Duration,
    pub(super) attempts: u32,
    pub(super) sent_at: Option<DateTime<Utc>>,
    /// Whether an earlier attempt may have been carried out.
    doubtful: bool,
    pub(super) form: Option<MultipartFactory>,
    /// The tokens of all attempts.
    pub(super) secrets: Secrets,
}

impl<'a> Call<'a> {
    pub(super) fn new(
        transport: &'a Transport,
        request: &Request,
        kind: RequestTraits,
        form: Option<MultipartFactory>,
    ) -> Self {
        let timeouts = &transport.shared.timeouts;
        let streamed = |body: &Body| body.as_bytes().is_none();
        let uploads = form.is_some() || request.body().is_some_and(streamed);
        let usual = if uploads {
            timeouts.upload
        } else {
            timeouts.call
        };
        let timeout = transport.options.timeout.unwrap_or(usual);
        let in_time = after(Instant::now(), timeout);
        Self {
            transport,
            kind,
            method: request.method().clone(),
            url: request.url().clone(),
            deadline: transport
                .options
                .deadline
                .map_or(in_time, |deadline| in_time.min(Instant::from_std(deadline))),
            timeout,
            attempts: 0,
            sent_at: None,
            doubtful: false,
            form,
            secrets: Secrets::default(),
        }
    }

    pub(super) async fn run(mut self, request: Request) -> Result<ResponseBody, Error> {
        let span = span::call(&self.method, &self.url);
        let result = self.attempts(request).instrument(span.clone()).await;
        span::record(&span, result.as_ref().map(|got| got.status().as_u16()));
        span.record("http.request.resend_count", self.attempts.saturating_sub(1));
        result
    }

    async fn attempts(&mut self, mut request: Request) -> Result<ResponseBody, Error> {
        loop {
            // A streamed body cannot be had twice: such a request is sent once.
            let again = request.try_clone();
            self.attempts += 1;
            let span = span::attempt(&self.method, &self.url, self.attempts);
            let result = self.stoppable(request).instrument(span.clone()).await;
            span::record(
                &span,
                result
                    .as_ref()
                    .map(|got| got.status().as_u16())
                    .map_err(|f| &f.error),
            );
            let failure = match result {
                Ok(got) => return Ok(got),
                Err(failure) => failure,
            };
            if self.is_repeated_delete(&failure) {
                return Ok(self.deleted());
            }
            self.doubtful |= failure.left && in_doubt(failure.fate);
            let (Some(next), RetryDecision::Continue(delay)) = (again, self.verdict(&failure))
            else {
                return Err(self.finish(failure));
            };
            tracing::debug!(
                target: "replicate_api",
                cause = ?failure.error.kind(),
                delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX),
                "sending again"
            );
            if self.stopped_within(delay).await {
                return Err(self.finish(failure));
            }
            request = next;
        }
    }

    /// One attempt, which is given up when nothing more is to be sent, if that can do no harm.
    async fn stoppable(&mut self, request: Request) -> Result<ResponseBody, Failure> {
        let stop = self.transport.options.stop.as_ref();
        let Some(stop) = stop.filter(|_| self.kind.idempotent) else {
            return self.attempt(request).await;
        };
        tokio::select! {
            biased;
            () = stop.stopped() => Err(Failure::before(stopped())),
            result = self.attempt(request) => result,
        }
    }

    /// Waits; whether it was said meanwhile that nothing more is to be sent.
    async fn stopped_within(&self, delay: Duration) -> bool {
        let Some(stop) = &self.transport.options.stop else {
            sleep(delay).await;
            return false;
        };
        tokio::select! {
            biased;
            () = stop.stopped() => true,
            () = sleep(delay) => false,
        }
    }

    fn verdict(&self, failure: &Failure) -> RetryDecision {
        let failed = RetryState {
            fate: failure.fate,
            idempotent: self.kind.idempotent,
            attempts: self.attempts,
            hint: failure.error.retry_after(),
            remaining: self.deadline.saturating_duration_since(Instant::now()),
        };
        self.transport
            .retry_policy()
            .decide(failed, &self.transport.shared.budget)
    }

    /// A delete that may have been carried out by an earlier attempt finds nothing any more.
    fn is_repeated_delete(&self, failure: &Failure) -> bool {
        self.doubtful
            && self.method == Method::DELETE
            && failure.fate == AttemptOutcome::Status(StatusCode::NOT_FOUND)
    }

    fn deleted(&self) -> ResponseBody {
        let headers = HeaderMap::new();
        let context = self.context(StatusCode::NO_CONTENT, &headers, self.url.clone());
        ResponseBody::Buffered(BufferedResponse {
            context,
            headers,
            body: Bytes::new(),
        })
    }

    pub(super) fn context(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        url: Url,
    ) -> ResponseContext {
        ResponseContext {
            method: self.method.clone(),
            url,
            status,
            content_type: headers.get(CONTENT_TYPE).cloned(),
            request_id: request_id(headers).cloned(),
            idempotent: self.kind.idempotent,
            attempts: self.attempts,
            sent_at: self.sent_at,
            secrets: self.secrets.clone(),
        }
    }

    fn finish(&self, failure: Failure) -> Error {
        let error = failure
            .error
            .with_request(self.method.clone(), &self.url)
            .with_attempts(self.attempts, self.sent_at)
            .redacted(&self.secrets);
        if !self.kind.idempotent && failure.left && in_doubt(failure.fate) {
            return error.into_outcome_unknown();
        }
        error
    }

    /// The error of a call that has run out of time.
    pub(super) fn late(&self, waited_for: &str) -> Error {
        let message = format!("{waited_for} within the call's {:?}", self.timeout);
        Error::new(ErrorKind::Timeout, message)
    }
}

/// The error of what is not sent any more.
pub(super) fn stopped() -> Error {
    Error::new(ErrorKind::Other, "it was stopped before it was answered")
}

/// Whether a request that left may have been carried out.
fn in_doubt(fate: AttemptOutcome) -> bool {
    match fate {
        AttemptOutcome::Unknown | AttemptOutcome::Fatal => true,
        AttemptOutcome::Status(status) => {
            status.is_server_error() || status == StatusCode::REQUEST_TIMEOUT
        }
        AttemptOutcome::NotSent => false,
    }
}
