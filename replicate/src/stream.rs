//! A model's output while it is produced: Server-Sent Events.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use replicate_api::RequestOptions;
use tokio_util::sync::CancellationToken;

use crate::Client;
use crate::cancel::CancelGuard;
use crate::create::prediction_methods;
use crate::error::{Error, Result};
use crate::job_state::JobState;
use crate::model_ref::ModelRef;
use crate::poll::Deadline;
use crate::progress::Progress;
use crate::run::Run;
use crate::settings::PollPolicy;
use crate::sse::MAX_EVENT_BYTES;
use crate::types::Prediction;

mod delivered;
mod event;
mod event_stream;
mod resumable;
mod source;
mod step;
mod text;

pub use event::{DoneEvent, StreamEvent, TextEvent};
pub use event_stream::EventStream;
pub use text::TextStream;

use source::stream_url;

/// A model to be run and streamed: made by [`Client::stream`], sent when it is awaited, which
/// returns an [`EventStream`].
///
/// For a model that does not stream, the same events come from polling.
///
/// ```
/// use replicate::StreamEvent;
/// use serde_json::json;
///
/// # replicate_test_support::example!(async |replicate| {
/// let mut events = replicate
///     .stream("emulator/text")
///     .input(json!({ "prompt": "A haiku about llamas" }))
///     .await?;
/// while let Some(event) = events.next().await {
///     match event? {
///         StreamEvent::Output(text) => print!("{text}"),
///         StreamEvent::Logs(text) => eprint!("{text}"),
///         StreamEvent::Done(done) => println!("\n{:?} s", done.metrics().predict_time),
///         _ => {}
///     }
/// }
/// # });
/// ```
#[derive(Debug)]
#[must_use = "nothing is created before it is awaited"]
pub struct StreamRun {
    run: Run,
    max_event_bytes: usize,
}

/// A prediction that exists already, to be streamed: made by [`Client::stream_prediction`], begun
/// when it is awaited, which returns an [`EventStream`] from the first event on.
#[must_use = "nothing is requested before it is awaited"]
pub struct StreamPrediction {
    state: Arc<JobState<Prediction>>,
    options: StreamOptions,
}

/// Options for reading a stream, once its prediction exists.
#[derive(Clone, Debug)]
pub(crate) struct StreamOptions {
    pub(crate) deadline: Option<Deadline>,
    pub(crate) cancellation: Option<CancellationToken>,
    pub(crate) poll_policy: PollPolicy,
    pub(crate) max_event_bytes: usize,
    timeout: Option<Duration>,
    cancel_on_drop: bool,
}

impl StreamOptions {
    pub(crate) fn new(client: &Client) -> Self {
        Self {
            deadline: None,
            cancellation: None,
            poll_policy: client.settings.poll,
            max_event_bytes: MAX_EVENT_BYTES,
            timeout: None,
            cancel_on_drop: false,
        }
    }
}

impl StreamRun {
    pub(crate) fn new(client: Client, reference: Result<ModelRef>) -> Self {
        let mut run = Run::new(client, reference).poll_only();
        run.request.stream = true;
        Self {
            run,
            max_event_bytes: MAX_EVENT_BYTES,
        }
    }

    prediction_methods!(run.request);

    /// Validates the input against the model's schema before anything is created, as
    /// [`Run::validated`](crate::Run::validated) does.
    #[cfg(feature = "validate")]
    pub fn validated(mut self) -> Self {
        self.run = self.run.validated();
        self
    }

    /// Ends the stream with [`Timeout`](crate::ErrorKind::Timeout) after this time, counted from
    /// the call, uploads included. Nothing is canceled: the prediction is still running, and the
    /// error carries its latest snapshot. Default: no timeout.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.run.timeout = Some(timeout);
        self
    }

    /// Polling intervals, for where the stream cannot be read. Default: the client's.
    pub fn poll_policy(mut self, policy: PollPolicy) -> Self {
        self.run.poll_policy = policy;
        self
    }

    /// Cancels the prediction at the server when `token` is canceled; the stream ends once the
    /// server confirms that, after 2 s at most. A token that is canceled before the
    /// create was sent creates nothing.
    pub fn cancellation_token(mut self, token: CancellationToken) -> Self {
        self.run.cancellation = Some(token);
        self
    }

    /// Cancels the prediction at the server when this future, or the stream that it returned, is
    /// dropped before its end. The cancel runs in a task of its own, as does the rest of a create
    /// that was under way; both need a running runtime: see [`Client::shutdown`].
    pub fn cancel_on_drop(mut self) -> Self {
        self.run.cancel_on_drop = true;
        self
    }

    /// Adds options to every request to the API; options that they do not set stay unchanged.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.run = self.run.options(options);
        self
    }

    replicate_api::request_options!(methods options: retry_policy header token);

    /// Calls `callback` while files are uploaded and when the create is rate limited: see
    /// [`Progress`]. What follows comes as events.
    pub fn on_progress(mut self, callback: impl FnMut(Progress<'_>) + Send + 'static) -> Self {
        self.run = self.run.on_progress(callback);
        self
    }

    /// The largest event that is accepted, in bytes; a larger one ends the stream with
    /// [`TooLarge`](crate::ErrorKind::TooLarge). Default 16 MiB.
    pub fn max_event_bytes(mut self, limit: usize) -> Self {
        self.max_event_bytes = limit;
        self
    }

    async fn start(self) -> Result<EventStream> {
        let run = self.run;
        let deadline = run.timeout.map(Deadline::after);
        let options = StreamOptions {
            deadline,
            cancellation: run.cancellation.clone(),
            poll_policy: run.poll_policy,
            max_event_bytes: self.max_event_bytes,
            ..StreamOptions::new(&run.client)
        };
        let handle = run.start_until(deadline).await?;
        let (state, guard) = handle.into_parts();
        let prediction = snapshot(&state, &options).await.map_err(Error::in_create)?;
        // Repeating the call would create another prediction.
        let describe = Error::in_create;
        Ok(EventStream::open(state, prediction, options, guard, describe).await)
    }
}

impl StreamPrediction {
    pub(crate) fn new(client: Client, id: &str, snapshot: Option<&Prediction>) -> Self {
        let state = JobState::attached(client, id, snapshot.cloned());
        Self::from_state(Arc::new(state))
    }

    pub(crate) fn from_state(state: Arc<JobState<Prediction>>) -> Self {
        Self {
            options: StreamOptions::new(state.client()),
            state,
        }
    }

    /// Ends the stream with [`Timeout`](crate::ErrorKind::Timeout) after this time, counted from
    /// the call. Nothing is canceled: the prediction is still running, and the
    /// error carries its latest snapshot. Default: no timeout.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// Polling intervals, for where the stream cannot be read. Default: the client's.
    pub fn poll_policy(mut self, policy: PollPolicy) -> Self {
        self.options.poll_policy = policy;
        self
    }

    /// Cancels the prediction at the server when `token` is canceled; the stream ends once the
    /// server confirms that, after 2 s at most.
    pub fn cancellation_token(mut self, token: CancellationToken) -> Self {
        self.options.cancellation = Some(token);
        self
    }

    /// Cancels the prediction at the server when the stream is dropped before its end. The cancel
    /// runs in a task of its own, which needs a running runtime: see [`Client::shutdown`].
    pub fn cancel_on_drop(mut self) -> Self {
        self.options.cancel_on_drop = true;
        self
    }

    /// Adds options to every request to the API, its cancel included; options that they do not
    /// set stay unchanged. Its own [`timeout`](Self::timeout) is that of the whole stream.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.state = Arc::new(self.state.with_options(options));
        self
    }

    replicate_api::request_options!(methods options: retry_policy header token);

    /// The largest event that is accepted, in bytes; a larger one ends the stream with
    /// [`TooLarge`](crate::ErrorKind::TooLarge). Default 16 MiB.
    pub fn max_event_bytes(mut self, limit: usize) -> Self {
        self.options.max_event_bytes = limit;
        self
    }

    async fn start(self) -> Result<EventStream> {
        let Self { state, mut options } = self;
        options.deadline = options.timeout.map(Deadline::after);
        let prediction = snapshot(&state, &options).await?;
        let guard = options
            .cancel_on_drop
            .then(|| Arc::new(CancelGuard::new(Arc::clone(&state))));
        Ok(EventStream::open(state, prediction, options, guard, |error| error).await)
    }
}

/// The snapshot, where it shows whether a stream exists; otherwise the prediction is read.
async fn snapshot(
    state: &JobState<Prediction>,
    options: &StreamOptions,
) -> Result<Arc<Prediction>> {
    // One from a list, or of the caller's own, may lack the URL.
    let is_enough = |snapshot: &Arc<Prediction>| {
        state.knowledge().exists || stream_url(snapshot).is_some() || snapshot.status.is_terminal()
    };
    if let Some(snapshot) = state.snapshot().filter(is_enough) {
        return Ok(snapshot);
    }
    let mut request = RequestOptions::new();
    request.timeout = options.timeout;
    match state.read(request).await {
        Ok((prediction, _)) => Ok(prediction),
        Err(error) => Err(state.attach(error)),
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

impl fmt::Debug for StreamPrediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamPrediction")
            .field("id", &self.state.id())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
