//! One call: its attempts, and the waits between them.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use reqwest::header::HeaderMap;
use reqwest::{Method, Request, StatusCode, Url};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use super::accounts::Account;
use super::attempt_observer::AttemptObserver;
use super::body_tracker::SendGate;
use super::multipart::MultipartFactory;
use super::pools::Clients;
use super::streaming::StreamingResponse;
use super::{Transport, span};
use crate::error::{Error, ErrorKind, Secrets};
use crate::options::{after, rounded};
use crate::rate_limit::{Permit, Place};
use crate::request_url;
use crate::response::{BufferedResponse, ResponseContext};
use crate::retry::{AttemptOutcome, RetryDecision, RetryState, Sent, decide};

/// A request, as the transport takes it.
#[derive(Debug)]
pub(crate) struct TransportRequest {
    pub(crate) request: Request,
    /// Whether sending it twice has the same effect as sending it once: reads, deletes, cancels.
    /// Others are retried only when they cannot have been processed.
    pub(crate) idempotent: bool,
    /// Makes the body of each attempt, if the request does not have it.
    pub(crate) form: Option<MultipartFactory>,
}

/// A successful response.
pub(super) enum ResponseBody {
    /// Its body was read.
    Buffered(BufferedResponse),
    /// Its body is still to be read.
    Streaming(Box<StreamingResponse>),
}

impl ResponseBody {
    fn status(&self) -> StatusCode {
        match self {
            Self::Buffered(response) => response.context.status,
            Self::Streaming(response) => response.status(),
        }
    }
}

/// An attempt that did not succeed.
pub(super) struct Failure {
    pub(super) error: Error,
    pub(super) outcome: AttemptOutcome,
    pub(super) sent: Sent,
}

impl Failure {
    /// A failure before anything was sent, which another attempt does not fix.
    pub(super) fn before(error: Error) -> Self {
        Self {
            error,
            outcome: AttemptOutcome::Fatal,
            sent: Sent::No,
        }
    }

    /// A failure after the response, or a part of it, has arrived.
    pub(super) fn after_response(error: Error, outcome: AttemptOutcome) -> Self {
        Self {
            error,
            outcome,
            sent: Sent::Maybe,
        }
    }

    fn is_rate_limit(&self) -> bool {
        self.outcome == AttemptOutcome::Status(StatusCode::TOO_MANY_REQUESTS)
    }
}

pub(super) struct Call {
    pub(super) transport: Transport,
    pub(super) idempotent: bool,
    /// Whether the response body is returned as it arrives, instead of being read first.
    pub(super) streamed: bool,
    /// The request without what the transport adds.
    pub(super) request: Request,
    pub(super) deadline: Instant,
    /// Timeout of the whole call.
    pub(super) timeout: Duration,
    pub(super) attempts: u32,
    pub(super) sent_at: Option<SystemTime>,
    /// Whether the API may have processed an earlier attempt.
    may_have_been_processed: bool,
    pub(super) form: Option<MultipartFactory>,
    /// The tokens of all attempts.
    pub(super) secrets: Secrets,
    pub(super) gate: SendGate,
    queued: Queued,
}

/// The place of a create in the queue of its token.
#[derive(Default)]
struct Queued {
    account: Option<Arc<Account>>,
    place: Option<Place>,
    permit: Option<Permit>,
    /// Deadline in the queue.
    until: Option<Instant>,
    /// The last 429, and how many there were.
    rejection: Option<Error>,
    rejections: u32,
}

impl Call {
    pub(super) fn new(transport: Transport, request: TransportRequest, streamed: bool) -> Self {
        let TransportRequest {
            request,
            idempotent,
            form,
        } = request;
        Self {
            idempotent,
            streamed,
            request,
            deadline: Instant::now(),
            timeout: Duration::ZERO,
            attempts: 0,
            sent_at: None,
            may_have_been_processed: false,
            form,
            secrets: Secrets::default(),
            gate: transport.options.gate.clone().unwrap_or_default(),
            queued: Queued::default(),
            transport,
        }
    }

    /// Boxed: a future holds what it takes by value twice.
    pub(super) async fn run(mut self: Box<Self>) -> Result<ResponseBody, Error> {
        // The runtime and the time are those of the first poll.
        let clients = self.transport.shared.pools.clients()?;
        self.transport.options.check()?;
        self.start_timeout();
        let span = span::call(self.request.method(), self.request.url());
        let result = self.attempts(&clients).instrument(span.clone()).await;
        span::record(&span, result.as_ref().map(|body| body.status().as_u16()));
        span.record("http.request.resend_count", self.attempts.saturating_sub(1));
        result
    }

    fn start_timeout(&mut self) {
        let timeouts = &self.transport.shared.timeouts;
        let options = &self.transport.options;
        let usual = if self.form.is_some() || self.is_streamed() {
            timeouts.upload
        } else {
            timeouts.call
        };
        self.timeout = options.timeout.unwrap_or(usual);
        let in_time = after(Instant::now(), self.timeout);
        self.deadline = options
            .deadline
            .map_or(in_time, |deadline| in_time.min(Instant::from_std(deadline)));
    }

    /// Whether the body of the request is a stream, which cannot be had twice.
    fn is_streamed(&self) -> bool {
        let body = self.request.body();
        body.is_some_and(|body| body.as_bytes().is_none())
    }

    async fn attempts(&mut self, clients: &Clients) -> Result<ResponseBody, Error> {
        loop {
            // A streamed body cannot be replayed, so the request is not retried.
            let once = self.is_streamed();
            self.attempts += 1;
            let span = span::attempt(self.request.method(), self.request.url(), self.attempts);
            let result = self.cancelable(clients).instrument(span.clone()).await;
            span::record(
                &span,
                result
                    .as_ref()
                    .map(|body| body.status().as_u16())
                    .map_err(|failure| &failure.error),
            );
            let failure = match result {
                Ok(body) => {
                    if let Some(permit) = self.queued.permit.take() {
                        permit.accepted();
                    }
                    return Ok(body);
                }
                Err(failure) => failure,
            };
            if self.is_repeated_delete(&failure) {
                return Ok(self.deleted());
            }
            let decision = decide(failure.outcome, self.idempotent, failure.sent);
            if decision != RetryDecision::Retry {
                return Err(self.finish(failure, decision));
            }
            self.may_have_been_processed |= failure.sent == Sent::Maybe && !failure.is_rate_limit();
            let queued = self.is_rejected(&failure);
            let delay = match self.delay(&failure, queued) {
                _ if once => return Err(self.finish(failure, decision)),
                Ok(delay) => delay,
                Err(reason) => {
                    let cause = failure.error.kind();
                    let attempts = self.attempts;
                    tracing::debug!(target: "replicate_api", %cause, attempts, reason, "not retried");
                    return Err(self.finish(failure, decision));
                }
            };
            if let Some(observer) = self.observer() {
                observer.not_processed();
            }
            self.trace(&failure.error, delay, queued);
            if failure.is_rate_limit() && !queued {
                self.gate
                    .set_rate_limited(Some(after(Instant::now(), delay)));
            }
            let is_canceled = self.canceled_within(delay).await;
            self.gate.set_rate_limited(None);
            if is_canceled {
                let failure = Failure::before(canceled());
                return Err(self.finish(failure, RetryDecision::Fail));
            }
            self.queued.rejection = queued.then_some(failure.error);
        }
    }

    /// The request of the next attempt. A body that cannot be copied is moved to it.
    pub(super) fn next_request(&mut self) -> Box<Request> {
        let mut request = Box::new(self.request.try_clone().unwrap_or_else(|| {
            let from = &mut self.request;
            let mut request = Request::new(from.method().clone(), from.url().clone());
            *request.headers_mut() = from.headers().clone();
            *request.body_mut() = from.body_mut().take();
            request
        }));
        // For what the transport, reqwest and hyper add: the map grows once, while it is small.
        request.headers_mut().reserve(8);
        request
    }

    /// Says why there is another attempt: at low credit the API explains itself in the detail.
    fn trace(&self, error: &Error, delay: Duration, queued: bool) {
        let detail = error
            .detail()
            .map(|detail| self.secrets.redact_text(detail.to_owned()));
        let cause = error.kind();
        if queued {
            tracing::info!(target: "replicate_api", %cause, detail, "the create waits for its turn");
        } else {
            let delay_ms = u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
            let attempts = self.attempts;
            tracing::debug!(target: "replicate_api", %cause, detail, attempts, delay_ms, "retrying");
        }
    }

    /// The observer of requests that create something.
    pub(super) fn observer(&self) -> Option<&Arc<dyn AttemptObserver>> {
        let observer = self.transport.options.observer.as_ref();
        observer.filter(|_| !self.idempotent)
    }

    fn cancellation(&self) -> Option<&CancellationToken> {
        self.transport.options.cancellation_token.as_ref()
    }

    /// One attempt. An idempotent attempt is canceled at once, others only before they may have
    /// been sent.
    async fn cancelable(&mut self, clients: &Clients) -> Result<ResponseBody, Failure> {
        let token = self.cancellation().cloned();
        let idempotent = self.idempotent;
        let gate = self.gate.clone();
        let unwanted = async {
            match token {
                Some(token) => token.cancelled().await,
                None => std::future::pending().await,
            }
            if !idempotent && !gate.close() {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            biased;
            () = unwanted => Err(Failure::before(canceled())),
            result = self.attempt(clients) => result,
        }
    }

    /// Waits; returns whether the call was canceled meanwhile.
    async fn canceled_within(&self, delay: Duration) -> bool {
        match self.cancellation() {
            Some(token) => token.run_until_cancelled(sleep(delay)).await.is_none(),
            None => {
                sleep(delay).await;
                false
            }
        }
    }

    /// How long to wait before the next attempt, or why there is none.
    fn delay(&self, failure: &Failure, queued: bool) -> Result<Duration, &'static str> {
        if queued {
            // The queue knows when its turn is.
            return Ok(Duration::ZERO);
        }
        let state = RetryState {
            rate_limited: failure.is_rate_limit(),
            // Attempts that the queue repeats are not counted.
            attempts: self.attempts.saturating_sub(self.queued.rejections),
            retry_after: failure.error.retry_after(),
            remaining: self.deadline.saturating_duration_since(Instant::now()),
        };
        let account = match &self.queued.account {
            Some(account) => Arc::clone(account),
            None => self.transport.shared.accounts.get(None),
        };
        self.transport.retry_policy().delay(state, &account.budget)
    }

    /// Shares what all calls with this token share, and waits for the turn of a create.
    pub(super) async fn enter_queue(&mut self, account: Arc<Account>) -> Result<bool, Failure> {
        let creates = Arc::clone(&account.creates);
        self.queued.account = Some(account);
        if !request_url::is_limited(self.request.method(), self.request.url()) {
            return Ok(false);
        }
        let policy = self.transport.retry_policy();
        if !policy.queues_creates() {
            self.queued.permit = Some(creates.pass());
            return Ok(false);
        }
        let start = Instant::now();
        let limited = self.transport.options.limits_time();
        let until = match limited {
            true => self.deadline,
            false => *self
                .queued
                .until
                .get_or_insert_with(|| after(start, policy.max_queue_time)),
        };
        let place = self.queued.place.get_or_insert_with(|| creates.place());
        let turn = place.turn(until, |next| self.gate.set_rate_limited(Some(next)));
        let turn = turn.await;
        let has_waited = self.gate.rate_limited_until().is_some();
        self.gate.set_rate_limited(None);
        let Some(permit) = turn else {
            return Err(Failure::before(self.no_turn()));
        };
        self.queued.permit = Some(permit);
        let waited = start.elapsed();
        if !limited {
            // The time in the queue is not counted as time of the call.
            self.deadline = after(self.deadline, waited);
        }
        Ok(has_waited)
    }

    /// The error of a create whose turn does not come in time.
    fn no_turn(&mut self) -> Error {
        // This attempt was not made.
        self.attempts = self.attempts.saturating_sub(1);
        self.queued.rejection.take().unwrap_or_else(|| {
            let message = "timed out waiting in the queue of creates after a rate limit";
            Error::new(ErrorKind::Timeout, message).with_advice("nothing was sent")
        })
    }

    /// Reports a create that got a 429 to its queue. Returns whether it goes back there.
    fn is_rejected(&mut self, failure: &Failure) -> bool {
        let Some(permit) = self.queued.permit.take() else {
            return false;
        };
        if !failure.is_rate_limit() {
            return false;
        }
        permit.rejected(failure.error.retry_after(), failure.error.detail());
        let queued = self.transport.retry_policy().queues_creates();
        self.queued.rejections += u32::from(queued);
        queued
    }

    /// A delete gets a 404 where an earlier attempt has been processed.
    fn is_repeated_delete(&self, failure: &Failure) -> bool {
        self.may_have_been_processed
            && *self.request.method() == Method::DELETE
            && failure.outcome == AttemptOutcome::Status(StatusCode::NOT_FOUND)
    }

    fn deleted(&self) -> ResponseBody {
        let url = self.request.url().clone();
        let context = self.context(StatusCode::NO_CONTENT, HeaderMap::new(), url);
        ResponseBody::Buffered(BufferedResponse {
            context,
            body: Bytes::new(),
        })
    }

    pub(super) fn context(
        &self,
        status: StatusCode,
        headers: HeaderMap,
        url: Url,
    ) -> Box<ResponseContext> {
        Box::new(ResponseContext {
            method: self.request.method().clone(),
            url,
            status,
            headers,
            idempotent: self.idempotent,
            attempts: self.attempts,
            sent_at: self.sent_at,
            secrets: self.secrets.clone(),
        })
    }

    fn finish(&self, failure: Failure, decision: RetryDecision) -> Error {
        let mut error = failure
            .error
            .with_request(self.request.method().clone(), self.request.url())
            .with_attempts(self.attempts, self.sent_at)
            .with_idempotent(self.idempotent)
            .redacted(&self.secrets);
        let is_permanent = match failure.outcome {
            AttemptOutcome::Fatal => failure.sent == Sent::Maybe,
            AttemptOutcome::Status(_) => decision == RetryDecision::Fail,
            AttemptOutcome::NotSent | AttemptOutcome::Unknown => false,
        };
        if is_permanent {
            error = error.permanent();
        }
        match decision {
            RetryDecision::OutcomeUnknown => error.into_outcome_unknown(),
            RetryDecision::Retry | RetryDecision::Fail => error,
        }
    }

    /// The error of a call that exceeded its deadline.
    pub(super) fn deadline_exceeded(&self, what: &str) -> Error {
        let message = format!("{what} within the call's {:?}", rounded(self.timeout));
        Error::new(ErrorKind::Timeout, message)
    }
}

/// The error of a call that was canceled.
pub(super) fn canceled() -> Error {
    Error::new(ErrorKind::Canceled, "canceled before a response arrived")
}
