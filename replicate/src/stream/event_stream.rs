//! The events of a prediction, until it has ended.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures::future::BoxFuture;
use futures::{FutureExt, Stream, StreamExt};
use tokio_util::sync::CancellationToken;

use super::resumable::ResumableStream;
use super::source::UrlSource;
use super::{StreamEvent, StreamOptions, TextStream};
use crate::cancel::{self, CANCEL_GRACE, CancelGuard, cancel_within};
use crate::error::{Error, ErrorKind, PREDICTION, Result};
use crate::job_state::JobState;
use crate::poll::{canceled, reached};
use crate::types::{Prediction, Status};

/// The events of a prediction, ending with [`StreamEvent::Done`], which carries the final
/// prediction.
///
/// A connection that breaks is replaced by another, which continues after the last event; no
/// event is delivered twice. Where that does not help, where the model has no stream, or where the
/// stream host is out of reach, the prediction is polled, with the same events. At the end the
/// delivered text is compared with the prediction's output: the missing rest is delivered, and a
/// text that differs after a broken connection is an error ([`ErrorKind::Stream`]) that carries
/// the prediction.
///
/// A prediction that failed or was aborted is an error that carries it. One that was canceled
/// ends with [`Done`](StreamEvent::Done): look at its status, or use
/// [`text`](EventStream::text) or [`finish`](EventStream::finish), where that is an error too.
/// An output that was deleted before it could be read is [`ErrorKind::Expired`].
///
/// Dropping the stream closes the connection; the prediction continues unless
/// [`cancel_on_drop`](super::StreamRun::cancel_on_drop) was set. After an error the stream has
/// ended.
#[must_use = "events come as the stream is read"]
pub struct EventStream {
    reader: Reader,
    job: Arc<JobState<Prediction>>,
    /// As it was when the stream was opened; the final one at the end.
    prediction: Arc<Prediction>,
    state: State,
    describe: fn(Error) -> Error,
    guard: Option<Arc<CancelGuard>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Open,
    Done,
    Failed,
}

/// A stream that is read, or that a future waits for.
enum Reader {
    Idle(Box<Bounded>),
    Waiting(BoxFuture<'static, (Result<Option<StreamEvent>>, Box<Bounded>)>),
    Finished,
}

/// A stream with what can end it early.
struct Bounded {
    stream: ResumableStream<UrlSource>,
    job: Arc<JobState<Prediction>>,
    options: StreamOptions,
}

impl EventStream {
    pub(crate) async fn open(
        job: Arc<JobState<Prediction>>,
        prediction: Arc<Prediction>,
        options: StreamOptions,
        guard: Option<Arc<CancelGuard>>,
        describe: fn(Error) -> Error,
    ) -> Self {
        let source = UrlSource::new(Arc::clone(&job), &prediction).await;
        let has_stream = source.has_stream();
        let mut stream = ResumableStream::new(
            source,
            Arc::clone(&prediction),
            options.poll_policy,
            options.deadline.is_some(),
            job.client().transport().retry_policy().clone(),
            options.max_event_bytes,
        );
        if prediction.status.is_terminal() {
            stream.end_with(Arc::clone(&prediction));
        } else if !has_stream {
            stream.poll_instead();
        }
        let bounded = Bounded {
            stream,
            job: Arc::clone(&job),
            options,
        };
        Self {
            reader: Reader::Idle(Box::new(bounded)),
            job,
            prediction,
            state: State::Open,
            describe,
            guard,
        }
    }

    /// The next event; `None` after the last one, and after an error.
    pub async fn next(&mut self) -> Option<Result<StreamEvent>> {
        StreamExt::next(self).await
    }

    /// The prediction as it was when the stream was opened; the final one once the stream has
    /// ended.
    pub fn prediction(&self) -> &Prediction {
        &self.prediction
    }

    /// The output alone, as a stream of text; awaited, as one `String`.
    pub fn text(self) -> TextStream {
        TextStream::new(self)
    }

    /// Reads the stream until completion, and returns the final prediction, with metrics. Returns
    /// at once what an earlier [`Done`](StreamEvent::Done) carried.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// let input = serde_json::json!({ "prompt": "A haiku about llamas" });
    /// let events = replicate.stream("emulator/text").input(input).await?;
    /// println!("{:?}", events.finish().await?.metrics);
    /// # });
    /// ```
    ///
    /// # Errors
    /// The errors of the stream; a prediction that was canceled is [`ErrorKind::Canceled`].
    pub async fn finish(mut self) -> Result<Prediction> {
        while let Some(event) = StreamExt::next(&mut self).await {
            event?;
        }
        let prediction = Arc::clone(&self.prediction);
        match self.state {
            State::Done if prediction.status == Status::Succeeded => {
                Ok(Arc::unwrap_or_clone(prediction))
            }
            State::Done => Err(self.ended(prediction)),
            _ => {
                let message = format!(
                    "the stream of the prediction {} has ended with an error before",
                    prediction.id
                );
                Err(Error::new(ErrorKind::Stream, message).with_prediction(prediction))
            }
        }
    }

    /// Cancels the prediction on the server, and returns the server's snapshot. A
    /// stream that has ended sends nothing. The stream itself is not closed: it ends as the
    /// canceled prediction does.
    ///
    /// # Errors
    /// The errors of the request: the prediction may still be running then.
    pub async fn cancel(&self) -> Result<Arc<Prediction>> {
        cancel::cancel(&self.job).await
    }

    /// The error of a final prediction that did not succeed.
    pub(super) fn ended(&self, prediction: Arc<Prediction>) -> Error {
        self.job.attach(Error::ended(prediction))
    }

    fn end(&mut self, state: State, prediction: Option<Arc<Prediction>>) {
        self.state = state;
        if let Some(prediction) = prediction {
            self.prediction = prediction;
        }
        if let Some(guard) = &self.guard {
            guard.disarm();
        }
    }
}

impl Reader {
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<StreamEvent>>> {
        loop {
            match self {
                Self::Idle(bounded) => {
                    if let Some(event) = bounded.poll_event(cx) {
                        return Poll::Ready(Some(Ok(event)));
                    }
                    let Self::Idle(mut bounded) = std::mem::replace(self, Self::Finished) else {
                        return Poll::Ready(None);
                    };
                    let next = async move { (bounded.next().await, bounded) };
                    *self = Self::Waiting(next.boxed());
                }
                Self::Waiting(next) => {
                    let (item, bounded) = ready!(next.poll_unpin(cx));
                    *self = match &item {
                        Ok(Some(_)) => Self::Idle(bounded),
                        _ => Self::Finished,
                    };
                    return Poll::Ready(item.transpose());
                }
                Self::Finished => return Poll::Ready(None),
            }
        }
    }
}

impl Bounded {
    /// The next event that has arrived, unless the stream is canceled.
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Option<StreamEvent> {
        let token = self.options.cancellation.as_ref();
        if token.is_some_and(CancellationToken::is_cancelled) {
            return None;
        }
        self.stream.poll_event(cx)
    }

    async fn next(&mut self) -> Result<Option<StreamEvent>> {
        let token = self.options.cancellation.as_ref();
        let can_cancel = !self.stream.is_finished();
        tokio::select! {
            biased;
            () = canceled(token), if can_cancel => {}
            event = self.stream.next() => return event,
            deadline = reached(self.options.deadline), if can_cancel => {
                let error = deadline.exceeded(PREDICTION, Some(self.job.id()));
                return Err(self.job.attach(error));
            }
        }
        self.options.cancellation = None;
        let prediction = cancel_within(&self.job, CANCEL_GRACE).await?;
        // It has succeeded meanwhile.
        self.stream.end_with(prediction);
        self.stream.next().await
    }
}

impl Stream for EventStream {
    type Item = Result<StreamEvent>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = ready!(self.reader.poll_next(cx));
        match &item {
            Some(Ok(StreamEvent::Output(_) | StreamEvent::Logs(_))) => {}
            Some(Ok(StreamEvent::Done(done))) => self.end(State::Done, Some(done.shared())),
            Some(Err(_)) => {
                let latest = self.job.snapshot();
                self.end(State::Failed, latest);
            }
            None => {}
        }
        let describe = |error| (self.describe)(self.job.attach(error));
        Poll::Ready(item.map(|item| item.map_err(describe)))
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("prediction", &self.prediction.id)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}
