//! Tracks how much of a request has been sent.

use std::fmt;
use std::pin::Pin;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use reqwest::{Body, Request};
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::token::Token;

/// A large body is handed over in pieces of this size, so that its progress can be seen.
const PIECE: usize = 64 * 1024;

/// Lets the owner of a call close it before it is sent, and know which came first; and shows how
/// far the call is.
///
/// Until the first part of a request's body is taken from it, the API cannot have processed
/// the request. [`close`](Self::close) keeps it from being taken; if it returns `false`, the
/// request may have been sent and its response is worth waiting for.
///
/// ```
/// use replicate_api::SendGate;
///
/// let gate = SendGate::new();
/// assert!(gate.close(), "nothing was sent");
/// ```
#[derive(Clone, Default)]
pub struct SendGate(Arc<Gate>);

#[derive(Default)]
struct Gate {
    state: AtomicU8,
    /// The token of the present attempt.
    token: Mutex<Option<Token>>,
    bytes_sent: AtomicU64,
    rate_limited_until: Mutex<Option<Instant>>,
}

const OPEN: u8 = 0;
const SENT: u8 = 1;
const CLOSED: u8 = 2;
/// Closed after the present attempt was sent.
const CLOSED_LATE: u8 = 3;

impl SendGate {
    /// An open gate.
    pub fn new() -> Self {
        Self::default()
    }

    /// Closes the gate. Returns whether it is certain that the present attempt was not sent;
    /// no attempt is sent after this.
    pub fn close(&self) -> bool {
        let close = |state| match state {
            OPEN => Some(CLOSED),
            SENT => Some(CLOSED_LATE),
            _ => None,
        };
        // Closing it again returns the same.
        let (success, failure) = (Ordering::AcqRel, Ordering::Acquire);
        let before = self.0.state.fetch_update(success, failure, close);
        matches!(before, Ok(OPEN) | Err(CLOSED))
    }

    /// Whether the present attempt may have been sent.
    pub fn may_have_been_sent(&self) -> bool {
        matches!(self.0.state.load(Ordering::Acquire), SENT | CLOSED_LATE)
    }

    /// The token of the latest attempt: for what has to follow it on behalf of the same account,
    /// when no one is left to supply one.
    pub fn token(&self) -> Option<Token> {
        let token = self.0.token.lock();
        token.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Number of bytes of the body that the connection has taken in the current attempt.
    pub fn bytes_sent(&self) -> u64 {
        self.0.bytes_sent.load(Ordering::Relaxed)
    }

    /// Earliest time of the next attempt, while the call waits after a 429 or for its
    /// turn in the queue of creates.
    pub fn rate_limited_until(&self) -> Option<std::time::Instant> {
        let until = self.0.rate_limited_until.lock();
        let until = *until.unwrap_or_else(PoisonError::into_inner);
        until.map(Instant::into_std)
    }

    pub(super) fn set_rate_limited(&self, until: Option<Instant>) {
        let shown = self.0.rate_limited_until.lock();
        *shown.unwrap_or_else(PoisonError::into_inner) = until;
    }

    pub(super) fn set_token(&self, token: Option<Token>) {
        let mut known = (self.0.token.lock()).unwrap_or_else(PoisonError::into_inner);
        *known = token;
    }

    /// Begins an attempt. Returns whether it may be made.
    pub(super) fn reopen(&self) -> bool {
        let _ = self
            .0
            .state
            .compare_exchange(SENT, OPEN, Ordering::AcqRel, Ordering::Acquire);
        self.0.state.load(Ordering::Acquire) == OPEN
    }

    /// Passes the gate. Returns whether the request may be sent.
    fn pass(&self) -> bool {
        self.0
            .state
            .compare_exchange(OPEN, SENT, Ordering::AcqRel, Ordering::Acquire)
            .map_or_else(|state| state == SENT, |_| true)
    }
}

impl fmt::Debug for SendGate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0.state.load(Ordering::Acquire) {
            OPEN => "SendGate(open)",
            SENT => "SendGate(sent)",
            _ => "SendGate(closed)",
        })
    }
}

/// Tracks how a request's body is taken for sending.
pub(super) struct BodyTracker {
    gate: SendGate,
    cancellation: Option<CancellationToken>,
    /// `None` for a request without a body.
    progress: Option<Arc<Progress>>,
}

struct Progress {
    start: Instant,
    /// Milliseconds from `start` to when a part of the body was last taken.
    last: AtomicU64,
    /// Passed when the first part of the body is taken.
    gate: SendGate,
    on_begun: Notify,
}

impl BodyTracker {
    /// Tracks the body of `request`. A request without one passes the gate in
    /// [`hand_over`](Self::hand_over).
    pub(super) fn track(
        request: &mut Request,
        gate: SendGate,
        cancellation: Option<CancellationToken>,
    ) -> Self {
        let mut tracker = Self {
            gate,
            cancellation,
            progress: None,
        };
        tracker.gate.0.bytes_sent.store(0, Ordering::Relaxed);
        let Some(body) = request.body_mut() else {
            return tracker;
        };
        if body.as_bytes().is_some_and(<[u8]>::is_empty) {
            return tracker;
        }
        let progress = Arc::new(Progress {
            start: Instant::now(),
            last: AtomicU64::new(0),
            gate: SendGate::new(),
            on_begun: Notify::new(),
        });
        let tracked = TrackedBody {
            body: std::mem::take(body),
            held: Bytes::new(),
            gate: tracker.gate.clone(),
            cancellation: tracker.cancellation.clone(),
            progress: Arc::clone(&progress),
        };
        *request.body_mut() = Some(Body::wrap(tracked));
        tracker.progress = Some(progress);
        tracker
    }

    /// To be called before the request is handed to the connection pool. Returns whether it
    /// may be.
    pub(super) fn hand_over(&self) -> bool {
        if is_canceled(self.cancellation.as_ref()) {
            self.gate.close();
        }
        match self.progress {
            None => self.gate.pass(),
            // The gate is passed with the body's first part.
            Some(_) => !matches!(
                self.gate.0.state.load(Ordering::Acquire),
                CLOSED | CLOSED_LATE
            ),
        }
    }

    /// Abandons the attempt. Returns whether the request, or a part of it, may have reached the
    /// server. A connection may still hold the body, but if it has taken nothing so far, it
    /// cannot; and without its body the request is not complete.
    pub(super) fn may_have_been_sent(&self) -> bool {
        self.progress
            .as_ref()
            .is_none_or(|progress| !progress.gate.close())
    }

    /// Whether the body waits for its first part to be taken.
    pub(super) fn is_queued(&self) -> bool {
        self.progress
            .as_ref()
            .is_some_and(|progress| !progress.gate.may_have_been_sent())
    }

    /// Waits until the first part of the body is taken.
    pub(super) async fn begun(&self) {
        if let Some(progress) = &self.progress
            && !progress.gate.may_have_been_sent()
        {
            progress.on_begun.notified().await;
        }
    }

    /// Time at which a part of the body was last taken; `None` without a body, or before that.
    pub(super) fn last_progress(&self) -> Option<Instant> {
        let progress = self.progress.as_ref()?;
        if !progress.gate.may_have_been_sent() {
            return None;
        }
        let elapsed = Duration::from_millis(progress.last.load(Ordering::Acquire));
        progress.start.checked_add(elapsed)
    }
}

fn is_canceled(token: Option<&CancellationToken>) -> bool {
    token.is_some_and(CancellationToken::is_cancelled)
}

struct TrackedBody {
    body: Body,
    /// Data of the body that is still to be forwarded.
    held: Bytes,
    gate: SendGate,
    cancellation: Option<CancellationToken>,
    progress: Arc<Progress>,
}

impl TrackedBody {
    /// Passes the gate, before the first part is handed over: afterwards it may be sent.
    fn begin(&self) -> bool {
        if self.progress.gate.may_have_been_sent() {
            return true;
        }
        if is_canceled(self.cancellation.as_ref()) {
            self.gate.close();
        }
        if !self.gate.pass() || !self.progress.gate.pass() {
            return false;
        }
        self.progress.on_begun.notify_one();
        true
    }
}

/// The error of a body that must not be sent.
#[derive(Debug)]
pub(super) struct NotSent;

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("canceled before it was sent")
    }
}

impl std::error::Error for NotSent {}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        if !this.begin() {
            return Poll::Ready(Some(Err(NotSent.into())));
        }
        if this.held.is_empty() {
            match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => this.held = data,
                    Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
                },
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None => return Poll::Ready(None),
            }
        }
        let piece = this.held.split_to(this.held.len().min(PIECE));
        let sent = piece.len() as u64;
        this.gate.0.bytes_sent.fetch_add(sent, Ordering::Relaxed);
        let elapsed = this.progress.start.elapsed().as_millis();
        this.progress
            .last
            .store(elapsed.try_into().unwrap_or(u64::MAX), Ordering::Release);
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let held = self.held.len() as u64;
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper.saturating_add(held));
        }
        hint.set_lower(hint.lower().saturating_add(held));
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use reqwest::{Method, Url};

    fn tracked(gate: &SendGate, token: Option<CancellationToken>) -> (BodyTracker, Body) {
        let url = Url::parse("http://localhost/").unwrap();
        let mut request = Request::new(Method::POST, url);
        *request.body_mut() = Some(Body::from("{}"));
        let tracker = BodyTracker::track(&mut request, gate.clone(), token);
        (tracker, request.body_mut().take().unwrap())
    }

    fn take_part(body: &mut Body) -> bool {
        let frame = std::future::poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx));
        matches!(frame.now_or_never(), Some(Some(Ok(_))))
    }

    #[test]
    fn request_that_is_given_up_in_time_is_not_sent_by_a_connection_that_still_holds_it() {
        let (tracker, mut body) = tracked(&SendGate::new(), None);
        assert!(!tracker.may_have_been_sent(), "no part of it was taken");
        assert!(!take_part(&mut body));
    }

    #[test]
    fn request_that_was_begun_may_have_been_sent_for_good() {
        let gate = SendGate::new();
        let (tracker, mut body) = tracked(&gate, None);
        assert!(tracker.is_queued() && !gate.may_have_been_sent());
        assert_eq!(gate.bytes_sent(), 0);
        assert!(take_part(&mut body) && !tracker.is_queued());
        assert_eq!(gate.bytes_sent(), 2);
        assert!(tracker.may_have_been_sent() && gate.may_have_been_sent());
        assert!(!gate.close() && !gate.close(), "too late");
    }

    #[test]
    fn closed_gate_or_canceled_token_keeps_the_body_back() {
        let gate = SendGate::new();
        let (tracker, mut body) = tracked(&gate, None);
        assert!(gate.close() && gate.close());
        assert!(!take_part(&mut body));
        assert!(!tracker.may_have_been_sent());
        assert!(!gate.reopen() && !gate.may_have_been_sent());

        let token = CancellationToken::new();
        let (tracker, mut body) = tracked(&SendGate::new(), Some(token.clone()));
        token.cancel();
        assert!(!take_part(&mut body) && !tracker.hand_over());
    }

    #[test]
    fn next_attempt_opens_the_gate_again() {
        let gate = SendGate::new();
        let (_, mut body) = tracked(&gate, None);
        assert!(take_part(&mut body) && gate.reopen() && !gate.may_have_been_sent());
        assert!(gate.close());
    }
}
