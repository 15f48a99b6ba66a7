//! A model's output while it is made: Server-Sent Events.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures::future::BoxFuture;
use futures::stream::{self, BoxStream};
use futures::{Stream, StreamExt};
use serde::Serialize;

use crate::Client;
use crate::cancel::CancelGuard;
use crate::create::{self, Created, Creation};
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "files")]
use crate::file_input::FileStrategy;
use crate::reference::Reference;
use crate::sse::MAX_EVENT_BYTES;
use crate::types::{Prediction, WebhookEvent};

mod delivered;
mod event;
mod follow;
mod replay;
mod source;
mod text;

pub use event::{DoneReason, StreamEvent};
pub use text::TextStream;

use follow::Follow;
use source::AddressSource;

/// A model to be run and listened to: made by [`Client::stream`], sent when it is awaited,
/// which gives an [`EventStream`].
///
/// ```
/// use futures::TryStreamExt;
/// use replicate::StreamEvent;
/// use serde_json::json;
///
/// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
/// let mut events = replicate
///     .stream("meta/meta-llama-3-70b-instruct")
///     .input(json!({ "prompt": "A haiku about llamas" }))
///     .await?;
/// while let Some(event) = events.try_next().await? {
///     match event {
///         StreamEvent::Output(text) => print!("{text}"),
///         StreamEvent::Logs(text) => eprint!("{text}"),
///         StreamEvent::Done { .. } => println!(),
///         _ => {}
///     }
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is created before it is awaited"]
pub struct StreamRun {
    client: Client,
    creation: Creation,
    options: Options,
}

/// A prediction that runs already, to be listened to: made by
/// [`Client::stream_prediction`], begun when it is awaited, which gives an [`EventStream`].
#[must_use = "nothing is asked before it is awaited"]
pub struct StreamPrediction {
    client: Client,
    id: String,
    seen: Option<Prediction>,
    options: Options,
}

#[derive(Clone, Copy, Debug)]
struct Options {
    cancel_on_drop: bool,
    max_event_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            cancel_on_drop: false,
            max_event_bytes: MAX_EVENT_BYTES,
        }
    }
}

macro_rules! options {
    () => {
        /// Cancels the prediction at the server when the stream is dropped before its end. A
        /// task is left behind for that.
        pub fn cancel_on_drop(mut self) -> Self {
            self.options.cancel_on_drop = true;
            self
        }

        /// The largest event that is taken, in bytes. Default 16 MiB.
        pub fn max_event_bytes(mut self, limit: usize) -> Self {
            self.options.max_event_bytes = limit;
            self
        }
    };
}

impl StreamRun {
    pub(crate) fn new(client: Client, reference: Result<Reference>) -> Self {
        let mut creation = Creation::new(reference);
        creation.stream();
        Self {
            client,
            creation,
            options: Options::default(),
        }
    }

    /// The model's input: any value that serialises to an object. Files in it, at any depth,
    /// are [`FileInput`](crate::FileInput)s. Without one the input is empty.
    pub fn input<T: Serialize>(mut self, input: T) -> Self {
        self.creation.input(&input);
        self
    }

    /// Has Replicate call `url` at these events of the prediction; at all of them if none is
    /// named.
    pub fn webhook<E: Into<WebhookEvent>>(
        mut self,
        url: impl Into<String>,
        events: impl IntoIterator<Item = E>,
    ) -> Self {
        self.creation.webhook(url, events);
        self
    }

    /// Has the server cancel the prediction when it is not over after this time: at least 5 s,
    /// in whole seconds (a part of one counts as one).
    pub fn cancel_after(mut self, deadline: Duration) -> Self {
        self.creation.cancel_after(deadline);
        self
    }

    /// How files in the input reach the model.
    #[cfg(feature = "files")]
    pub fn file_strategy(mut self, strategy: FileStrategy) -> Self {
        self.creation.files(strategy);
        self
    }

    options! {}

    async fn start(self) -> Result<EventStream> {
        let Self {
            client,
            creation,
            options,
        } = self;
        let prepared = creation.prepare(&client).await?;
        if options.cancel_on_drop {
            let created =
                create::canceling(&client, prepared, Default::default(), Default::default())
                    .await?;
            let guard = CancelGuard::for_prediction(&client, &created.prediction);
            return EventStream::open(client, created.prediction, options, Some(guard));
        }
        let Created { prediction, .. } = prepared.send(&client.api, None).await?;
        EventStream::open(client, prediction, options, None)
    }
}

impl StreamPrediction {
    pub(crate) fn new(client: Client, id: &str, seen: Option<&Prediction>) -> Self {
        Self {
            client,
            id: id.to_owned(),
            seen: seen.cloned(),
            options: Options::default(),
        }
    }

    options! {}

    async fn start(self) -> Result<EventStream> {
        let Self {
            client,
            id,
            seen,
            options,
        } = self;
        let prediction = match seen.filter(|seen| address(seen).is_some()) {
            Some(prediction) => prediction,
            None => client.predictions().get(id).await?,
        };
        let guard = options
            .cancel_on_drop
            .then(|| CancelGuard::for_prediction(&client, &prediction));
        EventStream::open(client, prediction, options, guard)
    }
}

fn address(prediction: &Prediction) -> Option<&str> {
    prediction
        .urls
        .as_ref()?
        .stream
        .as_deref()
        .filter(|address| !address.is_empty())
}

/// The events of a prediction while it runs, ending with [`StreamEvent::Done`].
///
/// A connection that breaks is made again, after the last event that came; none is delivered
/// twice. Where that does not help, the prediction is asked after instead, and what is missing
/// of its output is delivered at its end. An end of the connection is no success: the
/// prediction tells.
///
/// A prediction that failed or was aborted is an error that carries it. One that was canceled
/// ends with [`Done`](StreamEvent::Done) and [`Canceled`](DoneReason::Canceled): look at the
/// reason, or read [`text`](EventStream::text), where that is an error too. An output that was
/// deleted before it could be read is [`Expired`](ErrorKind::Expired).
///
/// Dropping the stream closes the connection; the prediction goes on unless
/// [`cancel_on_drop`](StreamRun::cancel_on_drop) was asked for.
///
/// After an error the stream is over.
#[must_use = "events come as the stream is read"]
pub struct EventStream {
    events: BoxStream<'static, Result<StreamEvent>>,
    client: Client,
    prediction: Prediction,
    guard: Option<CancelGuard>,
}

impl EventStream {
    fn open(
        client: Client,
        prediction: Prediction,
        options: Options,
        mut guard: Option<CancelGuard>,
    ) -> Result<Self> {
        let source = match address(&prediction).map(reqwest::Url::parse) {
            Some(Ok(url)) if matches!(url.scheme(), "https" | "http") => {
                AddressSource::new(client.clone(), url, prediction.id.clone())
            }
            Some(_) => {
                disarm(&mut guard);
                let message = format!(
                    "the stream address of the prediction {} is none; it goes on: wait for it by its id",
                    prediction.id
                );
                return Err(Error::new(ErrorKind::Stream, message).with_prediction(prediction));
            }
            None => {
                disarm(&mut guard);
                let message = format!(
                    "the prediction {} has no stream: its model gives its output at the end only; it goes on: wait for it by its id",
                    prediction.id
                );
                return Err(Error::new(ErrorKind::Stream, message).with_prediction(prediction));
            }
        };
        let follow = Follow::new(
            source,
            prediction.clone(),
            client.settings.poll,
            client.transport().retry_policy().clone(),
            options.max_event_bytes,
        );
        let events = stream::try_unfold(follow, |mut follow| async move {
            Ok(follow.next().await?.map(|event| (event, follow)))
        });
        Ok(Self {
            events: events.boxed(),
            client,
            prediction,
            guard,
        })
    }

    /// The prediction as it was when the stream was opened, with its id.
    pub fn prediction(&self) -> &Prediction {
        &self.prediction
    }

    /// The output alone, as a stream of text. It ends without an error only when the prediction
    /// has succeeded.
    pub fn text(self) -> TextStream {
        TextStream::new(self)
    }
}

fn disarm(guard: &mut Option<CancelGuard>) {
    if let Some(guard) = guard {
        guard.disarm();
    }
}

impl Stream for EventStream {
    type Item = Result<StreamEvent>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let item = std::task::ready!(self.events.poll_next_unpin(cx));
        if !matches!(
            item,
            Some(Ok(StreamEvent::Output(_) | StreamEvent::Logs(_)))
        ) {
            disarm(&mut self.guard);
        }
        Poll::Ready(item)
    }
}

impl IntoFuture for StreamRun {
    type Output = Result<EventStream>;
    type IntoFuture = BoxFuture<'static, Result<EventStream>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { self.start().await.map_err(Error::in_create) })
    }
}

impl IntoFuture for StreamPrediction {
    type Output = Result<EventStream>;
    type IntoFuture = BoxFuture<'static, Result<EventStream>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.start())
    }
}

impl fmt::Debug for StreamRun {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamRun")
            .field("creation", &self.creation)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for StreamPrediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamPrediction")
            .field("id", &self.id)
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for EventStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventStream")
            .field("prediction", &self.prediction.id)
            .finish_non_exhaustive()
    }
}
