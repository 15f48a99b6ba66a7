//! How far a request has got on its way out.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use reqwest::{Body, Request};
use tokio::time::Instant;

/// Bodies from this size on take long enough to send that their progress counts.
const LARGE: usize = 1024 * 1024;
const PIECE: usize = 64 * 1024;

/// Watches a request's body being taken for sending.
#[derive(Clone)]
pub(super) struct BodyTracker(Option<Arc<Progress>>);

struct Progress {
    start: Instant,
    /// Milliseconds from `start` to when a part of the body was last taken.
    last: AtomicU64,
    begun: AtomicBool,
    /// Whether the body is gone. One that is gone and was not begun has never left.
    gone: AtomicBool,
}

impl BodyTracker {
    /// Watches the body of `request`: any that can be, where it matters whether the request
    /// `creates` something, and otherwise those that take long to send.
    pub(super) fn watch(request: &mut Request, creates: bool) -> Self {
        let Some(body) = request.body_mut() else {
            return Self(None);
        };
        let watched = body
            .as_bytes()
            .is_none_or(|bytes| bytes.len() >= LARGE || (creates && !bytes.is_empty()));
        if !watched {
            return Self(None);
        }
        let progress = Arc::new(Progress {
            start: Instant::now(),
            last: AtomicU64::new(0),
            begun: AtomicBool::new(false),
            gone: AtomicBool::new(false),
        });
        let body = std::mem::take(body);
        let watched = TrackedBody {
            body,
            held: Bytes::new(),
            progress: Arc::clone(&progress),
        };
        *request.body_mut() = Some(Body::wrap(watched));
        Self(Some(progress))
    }

    /// Whether the request, or a part of it, may have reached the server. To be asked once its
    /// future is dropped: while that lives, or while a connection still holds the body, the
    /// request may leave at any moment.
    ///
    /// The body is not asked for before there is a connection, and without it the request is
    /// not whole.
    pub(super) fn may_have_been_sent(&self) -> bool {
        self.0.as_ref().is_none_or(|progress| {
            // In this order: what is gone cannot begin any more.
            !progress.gone.load(Ordering::Acquire) || progress.begun.load(Ordering::Acquire)
        })
    }

    /// When a part of the body was last taken; `None` when that is not watched or not yet.
    pub(super) fn last_progress(&self) -> Option<Instant> {
        let progress = self.0.as_ref()?;
        if !progress.begun.load(Ordering::Acquire) {
            return None;
        }
        Some(progress.start + Duration::from_millis(progress.last.load(Ordering::Acquire)))
    }
}

struct TrackedBody {
    body: Body,
    /// What the body has given and is still to be handed on.
    held: Bytes,
    progress: Arc<Progress>,
}

impl Drop for TrackedBody {
    fn drop(&mut self) {
        self.progress.gone.store(true, Ordering::Release);
    }
}

impl HttpBody for TrackedBody {
    type Data = Bytes;
    type Error = reqwest::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, reqwest::Error>>> {
        let this = &mut *self;
        // Said before the first part is handed over: afterwards it may have left already.
        this.progress.begun.store(true, Ordering::Release);
        let mut frame = None;
        if this.held.is_empty() {
            frame = match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
                Some(Ok(given)) => match given.into_data() {
                    Ok(data) => {
                        this.held = data;
                        None
                    }
                    Err(trailers) => Some(Ok(trailers)),
                },
                Some(Err(error)) => Some(Err(error)),
                None => return Poll::Ready(None),
            };
        }
        if frame.is_none() {
            let piece = this.held.split_to(this.held.len().min(PIECE));
            frame = Some(Ok(Frame::data(piece)));
        }
        let elapsed = this.progress.start.elapsed().as_millis();
        this.progress
            .last
            .store(elapsed.try_into().unwrap_or(u64::MAX), Ordering::Release);
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let mut hint = self.body.size_hint();
        let held = self.held.len() as u64;
        if let Some(upper) = hint.upper() {
            hint.set_upper(upper + held);
        }
        hint.set_lower(hint.lower() + held);
        hint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use reqwest::{Method, Url};

    fn watched() -> (BodyTracker, Body) {
        let url = Url::parse("http://localhost/").unwrap();
        let mut request = Request::new(Method::POST, url);
        *request.body_mut() = Some(Body::from("{}"));
        let tracker = BodyTracker::watch(&mut request, true);
        (tracker, request.body_mut().take().unwrap())
    }

    #[test]
    fn a_request_that_somebody_still_holds_may_leave() {
        let (tracker, body) = watched();
        assert!(tracker.may_have_been_sent());
        drop(body);
        assert!(!tracker.may_have_been_sent(), "nobody has begun it");
    }

    #[test]
    fn a_request_that_was_begun_has_left_for_good() {
        let (tracker, mut body) = watched();
        let frame = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx));
        assert!(frame.now_or_never().flatten().is_some());
        drop(body);
        assert!(tracker.may_have_been_sent());
    }
}
