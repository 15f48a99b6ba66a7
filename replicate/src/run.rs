//! Running a model until its prediction is done.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use replicate_api::RequestOptions;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::cancel::CreateControl;
use crate::create::{CreateRequest, prediction_methods};
use crate::error::{Error, Result};
use crate::handle::PredictionHandle;
use crate::model_ref::ModelRef;
use crate::poll::{Deadline, Poller};
use crate::progress::{Progress, Reporter};
use crate::settings::PollPolicy;
use crate::types::Prediction;
use crate::{Client, Output};

mod create;

/// A model to run: made by [`Client::run`], sent when it is awaited or
/// [started](Run::start).
///
/// `.await` returns the [`Output`] once the prediction is done; [`text`](Run::text),
/// [`json`](Run::json) and [`prediction`](Run::prediction) return it in other forms.
/// [`start`](Run::start) returns a [handle](PredictionHandle) as soon as the prediction
/// is created.
///
/// A run sends one create. It is never retried once the API may have processed it.
/// The server may hold its response to the create until the model is done, which saves polling;
/// where the id is needed early (for progress, or to cancel), `Prefer: wait` is not sent.
/// Waiting is as in [`Wait`](crate::Wait): it outlasts outages. A prediction that failed, was
/// canceled or was aborted is an error that carries it.
///
/// ```
/// use std::time::Duration;
/// use serde_json::json;
///
/// # replicate_test_support::example!(async |replicate| {
/// let output = replicate
///     .run("emulator/image")
///     .input(json!({ "prompt": "an astronaut riding a horse" }))
///     .timeout(Duration::from_secs(120))
///     .await?;
/// println!("{}", output.file()?.url());
/// # });
/// ```
///
/// To run many, a few at a time, pass their futures to `buffer_unordered`. The methods above are
/// futures already; a `Run` alone becomes one by `into_future()`.
///
/// ```
/// use futures::{StreamExt, stream};
/// use serde_json::json;
///
/// # replicate_test_support::example!(async |replicate| {
/// let prompts = ["a haiku", "a limerick", "a sonnet"];
/// let runs = prompts.map(|prompt| {
///     let run = replicate.run("emulator/text");
///     run.input(json!({ "prompt": prompt })).text()
/// });
/// let mut texts = stream::iter(runs).buffer_unordered(2);
/// let mut count = 0;
/// while let Some(text) = texts.next().await {
///     println!("{}", text?);
///     count += 1;
/// }
/// assert_eq!(count, 3);
/// # });
/// ```
#[must_use = "nothing is sent before it is awaited or started"]
pub struct Run {
    pub(crate) client: Client,
    pub(crate) request: CreateRequest,
    pub(crate) poll_policy: PollPolicy,
    poll_only: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) cancel_on_drop: bool,
    pub(crate) cancellation: Option<CancellationToken>,
    progress: Reporter<Prediction>,
    /// Of a create that is watched, or may be canceled.
    control: Option<CreateControl>,
}

impl Run {
    pub(crate) fn new(client: Client, reference: Result<ModelRef>) -> Self {
        Self {
            poll_policy: client.settings.poll,
            client,
            request: CreateRequest::new(reference),
            poll_only: false,
            timeout: None,
            cancel_on_drop: false,
            cancellation: None,
            progress: Reporter::default(),
            control: None,
        }
    }

    prediction_methods!(request);

    /// Stops waiting after this time, counted from the call, uploads included, with
    /// [`Timeout`](crate::ErrorKind::Timeout). Nothing is canceled: a prediction that was created
    /// is still running, and the error carries its latest snapshot. Default: no timeout, so that
    /// only an outage ends the wait early.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Polling intervals, and how long the wait outlives an outage. Default: the client's.
    pub fn poll_policy(mut self, policy: PollPolicy) -> Self {
        self.poll_policy = policy;
        self
    }

    /// Cancels the prediction at the server when `token` is canceled, and returns once that is
    /// confirmed, after 2 s at most. A token that is canceled before the create was sent creates
    /// nothing.
    pub fn cancellation_token(mut self, token: CancellationToken) -> Self {
        self.cancellation = Some(token);
        self
    }

    /// Cancels the prediction at the server when the future of this run is dropped before it
    /// returns, or the handle that [`start`](Run::start) returned is dropped. The cancel runs in
    /// a task of its own, as does the rest of a create that was under way; both need a running
    /// runtime: see [`Client::shutdown`].
    pub fn cancel_on_drop(mut self) -> Self {
        self.cancel_on_drop = true;
        self
    }

    /// Calls `callback` with each [`Progress`]: uploads, then the prediction when it was created,
    /// each time that it has changed, and when it is done; and rate limits and outages meanwhile.
    /// After [`start`](Run::start), give another one to the handle's [`wait`](crate::Handle::wait).
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// replicate
    ///     .run("emulator/slow")
    ///     .on_progress(|progress| {
    ///         if let Some(percent) = progress.percent() {
    ///             println!("{percent:.0} %");
    ///         }
    ///     })
    ///     .await?;
    /// # });
    /// ```
    pub fn on_progress(mut self, callback: impl FnMut(Progress<'_>) + Send + 'static) -> Self {
        self.progress = Reporter::new(callback);
        self
    }

    /// Validates the input against the model's schema before anything is created. The schema is
    /// read once and cached, as [`Models::schema`](crate::resources::Models::schema) says.
    ///
    /// ```
    /// use replicate::ErrorKind;
    /// use serde_json::json;
    ///
    /// # replicate_test_support::example!(async |replicate| {
    /// let input = json!({ "promt": "a red bicycle", "width": 9000 });
    /// let run = replicate.run("emulator/image").input(input).validated();
    /// let error = run.await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    /// for violation in error.violations() {
    ///     println!("{violation}"); // unknown input `promt`; did you mean `prompt`?
    /// }
    /// # assert_eq!(error.violations().len(), 3);
    /// # });
    /// ```
    ///
    /// # Errors
    /// The run ends with [`InvalidRequest`](crate::ErrorKind::InvalidRequest) and every
    /// [violation](Error::violations) if the input is invalid, or if the API does not show a
    /// schema, as for a version's id without its model; with the error of a schema that cannot be
    /// read. No prediction was created then.
    #[cfg(feature = "validate")]
    pub fn validated(mut self) -> Self {
        self.request.validated = true;
        self
    }

    /// Creates without `Prefer: wait`, then polls.
    pub fn poll_only(mut self) -> Self {
        self.poll_only = true;
        self
    }

    /// Adds options to every request of the run; options that they do not set stay unchanged. Its own
    /// [`timeout`](Run::timeout) is that of the whole run.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.client = self.client.with_options(options);
        self
    }

    replicate_api::request_options!(methods options: retry_policy header token);

    /// Creates the prediction, once, and returns a handle for it without waiting until it is
    /// done. The options of the wait (progress, poll policy, …) are the handle's;
    /// [`timeout`](Run::timeout) and [`cancellation_token`](Run::cancellation_token) cover the
    /// create.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// let handle = replicate.run("emulator/slow").start().await?;
    /// println!("created {}", handle.id());
    /// let prediction = handle.wait().await?;
    /// # });
    /// ```
    ///
    /// Once the create is sent, its response headers may take 30 s
    /// ([`Timeouts::headers`](crate::Timeouts::headers)), with or without a
    /// [`timeout`](Run::timeout).
    ///
    /// # Errors
    /// The errors of the create. [`OutcomeUnknown`](crate::ErrorKind::OutcomeUnknown) if no
    /// response headers arrive in time: the prediction may exist, and
    /// [`reconcile`](crate::resources::Predictions::reconcile) looks for it.
    pub async fn start(self) -> Result<PredictionHandle> {
        let deadline = self.timeout.map(Deadline::after);
        self.start_until(deadline).await
    }

    pub(crate) async fn start_until(
        mut self,
        deadline: Option<Deadline>,
    ) -> Result<PredictionHandle> {
        let created = Box::pin(self.create(deadline, false)).await;
        Ok(self.handle(created.map_err(Error::in_create)?))
    }

    /// Runs, and returns the output as text; a list of strings is joined.
    ///
    /// # Errors
    /// The errors of the run, and of [`Output::text`].
    pub async fn text(self) -> Result<String> {
        self.await?.text()
    }

    /// Runs, and returns the output decoded as `T`.
    ///
    /// # Errors
    /// The errors of the run, and of [`Output::json`].
    pub async fn json<T: DeserializeOwned>(self) -> Result<T> {
        self.await?.json()
    }

    /// Runs, and returns the whole prediction, with its logs and metrics.
    ///
    /// # Errors
    /// The errors of the run.
    pub async fn prediction(self) -> Result<Prediction> {
        let mut run = self;
        let (prediction, _) = run.finish().await?;
        Ok(Arc::unwrap_or_clone(prediction))
    }

    async fn finish(&mut self) -> Result<(Arc<Prediction>, Option<Arc<Value>>)> {
        let deadline = self.timeout.map(Deadline::after);
        // Boxed, so that a run holds the state of the step that it is at, and not of every one.
        let created = Box::pin(self.create(deadline, true)).await;
        let handle = self.handle(created.map_err(Error::in_create)?);
        let poller = Poller {
            state: Arc::clone(&handle.state),
            policy: self.poll_policy,
            deadline,
            cancellation: self.cancellation.take(),
            progress: std::mem::take(&mut self.progress),
        };
        let result = poller.until_done().await;
        handle.detach();
        Ok((result.map_err(Error::in_create)?, handle.schema))
    }
}

impl IntoFuture for Run {
    type Output = Result<Output>;
    type IntoFuture = BoxFuture<'static, Result<Output>>;

    fn into_future(mut self) -> Self::IntoFuture {
        Box::pin(async move {
            let (prediction, schema) = self.finish().await?;
            Output::new(prediction, schema, self.client.transport().clone())
        })
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("request", &self.request)
            .field("timeout", &self.timeout)
            .field("poll_only", &self.poll_only)
            .field("cancel_on_drop", &self.cancel_on_drop)
            .finish_non_exhaustive()
    }
}
