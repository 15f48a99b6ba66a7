//! A stream's output alone.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::future::BoxFuture;
use futures::{FutureExt, Stream, StreamExt};

use super::{DoneReason, EventStream, StreamEvent};
use crate::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::types::Prediction;

/// The output of an [`EventStream`] as a stream of text: made by [`EventStream::text`].
///
/// It ends without an error only when the prediction has succeeded. One that failed, or was
/// canceled or aborted, is an error that carries it.
#[must_use = "text comes as the stream is read"]
pub struct TextStream {
    events: EventStream,
    /// How a prediction ended that has not simply succeeded.
    ending: Option<BoxFuture<'static, Result<()>>>,
}

impl TextStream {
    pub(super) fn new(events: EventStream) -> Self {
        Self {
            events,
            ending: None,
        }
    }
}

impl Stream for TextStream {
    type Item = Result<String>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(ending) = &mut self.ending {
                let ended = ready!(ending.poll_unpin(cx));
                self.ending = None;
                return Poll::Ready(ended.err().map(Err));
            }
            match ready!(self.events.poll_next_unpin(cx)) {
                Some(Ok(StreamEvent::Output(text))) => return Poll::Ready(Some(Ok(text))),
                Some(Ok(StreamEvent::Done { reason })) if reason != DoneReason::Completed => {
                    let client = self.events.client.clone();
                    let prediction = self.events.prediction.clone();
                    self.ending = Some(ending(client, prediction, reason).boxed());
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// Asks the prediction how it ended; what the stream said of it counts where it cannot tell.
async fn ending(client: Client, known: Prediction, reason: DoneReason) -> Result<()> {
    let asked = client.predictions().get(&known.id).await;
    let prediction = asked.unwrap_or(known);
    let id = &prediction.id;
    let (kind, ended) = match (prediction.status.as_str(), reason) {
        ("succeeded", _) => return Ok(()),
        ("failed" | "canceled" | "aborted", _) => return Err(Error::ended(prediction)),
        (_, DoneReason::Canceled) => (ErrorKind::Canceled, "was canceled".to_owned()),
        (_, DoneReason::Other(reason)) => (
            ErrorKind::Stream,
            format!("is over for a reason that is not known: {reason:?}"),
        ),
        (_, _) => (ErrorKind::Failed, "failed".to_owned()),
    };
    let message = format!("the prediction {id} {ended}");
    Err(Error::new(kind, message).with_prediction(prediction))
}

impl fmt::Debug for TextStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TextStream").field(&self.events).finish()
    }
}
