//! The output of a stream as text.

use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures::future::BoxFuture;
use futures::{Stream, StreamExt, TryStreamExt};

use super::{EventStream, StreamEvent};
use crate::error::Result;
use crate::types::Prediction;

/// The output of an [`EventStream`] as a stream of text: made by [`EventStream::text`]. Awaited,
/// it is the whole text as one `String`.
///
/// It ends without an error only when the prediction has succeeded: one that failed, or was
/// canceled or aborted, is an error that carries it.
///
/// ```
/// # replicate_test_support::example!(async |replicate| {
/// let input = serde_json::json!({ "prompt": "A haiku about llamas" });
/// let mut text = replicate.stream("emulator/text").input(input).await?.text();
/// while let Some(part) = text.next().await {
///     print!("{}", part?);
/// }
/// let prediction = text.finish().await?;
/// println!("\n{:?}", prediction.metrics);
/// # });
/// ```
#[derive(Debug)]
#[must_use = "text comes as the stream is read"]
pub struct TextStream {
    events: EventStream,
}

impl TextStream {
    pub(super) fn new(events: EventStream) -> Self {
        Self { events }
    }

    /// The next part of the text; `None` at its end.
    pub async fn next(&mut self) -> Option<Result<String>> {
        StreamExt::next(self).await
    }

    /// Reads the stream until completion, and returns the final prediction.
    ///
    /// # Errors
    /// The errors of [`EventStream::finish`].
    pub async fn finish(self) -> Result<Prediction> {
        self.events.finish().await
    }
}

impl Stream for TextStream {
    type Item = Result<String>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match ready!(self.events.poll_next_unpin(cx)) {
                Some(Ok(StreamEvent::Output(text))) => {
                    return Poll::Ready(Some(Ok(text.into_text())));
                }
                Some(Ok(StreamEvent::Done(done))) if done.status.as_str() != "succeeded" => {
                    return Poll::Ready(Some(Err(self.events.ended(done.shared()))));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl IntoFuture for TextStream {
    type Output = Result<String>;
    type IntoFuture = BoxFuture<'static, Result<String>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.try_collect())
    }
}
