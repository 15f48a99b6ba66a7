//! Running a model until its prediction is done.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use replicate_api::RequestOptions;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::cancel::{CANCEL_GRACE, CancelingCreate, CreateControl, cancel_within};
use crate::create::{CreateRequest, CreateResponse, LONGEST_WAIT, ResolvedRequest};
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "files")]
use crate::file_input::FileStrategy;
use crate::handle::{Handle, PredictionHandle};
use crate::job_state::JobState;
use crate::model_ref::ModelRef;
use crate::poll::{Deadline, Poller, canceled};
use crate::progress::{Progress, Reporter};
use crate::settings::PollPolicy;
use crate::types::{Prediction, WebhookEvent};
use crate::unconfirmed_create::UnconfirmedCreate;
use crate::{Client, Output};

/// A model to run: made by [`Client::run`], sent when it is awaited or
/// [started](Run::start).
///
/// `.await` returns the [`Output`] once the prediction is done; [`text`](Run::text),
/// [`json`](Run::json) and [`prediction`](Run::prediction) return it in other forms.
/// [`start`](Run::start) returns a [handle](PredictionHandle) as soon as the prediction
/// is created.
///
/// One prediction is created, never a second one after a response that may have created one.
/// The server may hold its response to the create until the model is done, which saves polling;
/// where the id is needed early (for progress, or to cancel), it is not asked to. Waiting is as
/// in [`Wait`](crate::Wait): it outlives outages. A prediction that failed, was canceled or was
/// aborted is an error that carries it.
///
/// ```
/// use std::time::Duration;
/// use serde_json::json;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> replicate::Result<()> {
/// # let emulator = replicate_emulator::Emulator::start().await.unwrap();
/// # let replicate = replicate::Client::builder().token("t").base_url(emulator.url()).build()?;
/// let output = replicate
///     .run("emulator/image")
///     .input(json!({ "prompt": "an astronaut riding a horse" }))
///     .timeout(Duration::from_secs(120))
///     .await?;
/// println!("{}", output.file()?.url());
/// # Ok(())
/// # }
/// ```
///
/// To run many, a few at a time, pass their futures to `buffer_unordered`. The methods above are
/// futures already; a `Run` alone becomes one by `into_future()`.
///
/// ```
/// use futures::{StreamExt, stream};
/// use serde_json::json;
///
/// # #[tokio::main]
/// # async fn main() -> replicate::Result<()> {
/// # let emulator = replicate_emulator::Emulator::start().await.unwrap();
/// # let builder = replicate::Client::builder().token("t").base_url(emulator.url());
/// # let replicate = builder.build()?;
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
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is sent before it is awaited or started"]
pub struct Run {
    pub(crate) client: Client,
    pub(crate) request: CreateRequest,
    pub(crate) poll_policy: PollPolicy,
    poll_only: bool,
    pub(crate) timeout: Option<Duration>,
    cancel_on_drop: bool,
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

    /// The model's input: any value that serialises to an object. Files in it, at any depth,
    /// are [`FileInput`](crate::FileInput)s. Without one the input is empty.
    pub fn input<T: Serialize>(mut self, input: T) -> Self {
        self.request.input(&input);
        self
    }

    /// Has Replicate report the prediction's progress to `url`, by `POST` requests, at new output and
    /// at the end; [`webhook_events`](Self::webhook_events) chooses other events. Check a
    /// request's signature before you believe it.
    ///
    /// API: <https://replicate.com/docs/topics/webhooks/setup-webhook>
    pub fn webhook(mut self, url: impl Into<String>) -> Self {
        self.request.webhook(url);
        self
    }

    /// The events at which Replicate calls the [`webhook`](Self::webhook). Default, and for an
    /// empty list: new output and the end. Without a webhook the create is refused before
    /// anything is sent.
    pub fn webhook_events<E: Into<WebhookEvent>>(
        mut self,
        events: impl IntoIterator<Item = E>,
    ) -> Self {
        self.request.webhook_events(events);
        self
    }

    /// Has the server cancel the prediction when it is not over after this time: at least 5 s,
    /// in whole seconds (a part of one counts as one).
    pub fn cancel_after(mut self, deadline: Duration) -> Self {
        self.request.cancel_after(deadline);
        self
    }

    /// Stops waiting after this time, uploads included. Nothing is canceled: the prediction runs
    /// on, and the error carries it. Without one, only an outage ends the wait early.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Calls `callback` with each [`Progress`]: uploads, then the prediction when it was created,
    /// each time that it has changed, and when it is done; and rate limits and outages meanwhile.
    /// After [`start`](Run::start), give another one to the handle's [`wait`](Handle::wait).
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> replicate::Result<()> {
    /// # let emulator = replicate_emulator::Emulator::start().await.unwrap();
    /// # let replicate = replicate::Client::builder().token("t").base_url(emulator.url()).build()?;
    /// replicate
    ///     .run("emulator/slow")
    ///     .on_progress(|progress| {
    ///         if let Some(percent) = progress.percent() {
    ///             println!("{percent:.0} %");
    ///         }
    ///     })
    ///     .await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn on_progress(mut self, callback: impl FnMut(Progress<'_>) + Send + 'static) -> Self {
        self.progress = Reporter::new(callback);
        self
    }

    /// Validates the input against the model's schema before anything is created. The schema is
    /// read once and remembered, as [`Models::schema`](crate::resources::Models::schema) says.
    ///
    /// ```
    /// use replicate::ErrorKind;
    /// use serde_json::json;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> replicate::Result<()> {
    /// # let emulator = replicate_emulator::Emulator::start().await.unwrap();
    /// # let builder = replicate::Client::builder().token("t").base_url(emulator.url());
    /// # let replicate = builder.build()?;
    /// let input = json!({ "promt": "a red bicycle", "width": 9000 });
    /// let run = replicate.run("emulator/image").input(input).validated();
    /// let error = run.await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    /// for violation in error.violations() {
    ///     println!("{violation}"); // unknown input `promt`; did you mean `prompt`?
    /// }
    /// # assert_eq!(error.violations().len(), 3);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// The run ends with [`InvalidRequest`](ErrorKind::InvalidRequest) and every
    /// [violation](Error::violations) if the input is invalid, or if the API does not show a
    /// schema, as for a version's id without its model; with the error of a schema that cannot be
    /// read. No prediction was created then.
    #[cfg(feature = "validate")]
    pub fn validated(mut self) -> Self {
        self.request.validated();
        self
    }

    /// Never asks the server to hold its response: creates, then polls.
    pub fn poll_only(mut self) -> Self {
        self.poll_only = true;
        self
    }

    /// Polling intervals, and how long the wait outlives an outage. Default: the client's.
    pub fn poll_policy(mut self, policy: PollPolicy) -> Self {
        self.poll_policy = policy;
        self
    }

    /// How files in the input reach the model.
    #[cfg(feature = "files")]
    pub fn file_strategy(mut self, strategy: FileStrategy) -> Self {
        self.request.files(strategy);
        self
    }

    /// Adds options to every request of the run; options that they do not set stay unchanged. Its own
    /// [`timeout`](Run::timeout) is that of the whole run.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.client = self.client.with_options(options);
        self
    }

    replicate_api::request_options!(methods options: retry_policy header token);

    /// Cancels the prediction at the server when `token` is canceled, and returns once that is
    /// confirmed, after 2 s at most. A token that is canceled before the create was sent creates
    /// nothing.
    pub fn cancellation_token(mut self, token: CancellationToken) -> Self {
        self.cancellation = Some(token);
        self
    }

    /// Cancels the prediction at the server when the future of this run is dropped before it
    /// returns, or the handle that [`start`](Run::start) returned is dropped. The cancel runs in
    /// a task of its own, as does the rest of a create that was under way; both need a living
    /// runtime: see [`Client::shutdown`].
    pub fn cancel_on_drop(mut self) -> Self {
        self.cancel_on_drop = true;
        self
    }

    /// Creates the prediction, once, and returns a handle for it without waiting until it is
    /// done. The options of the wait (progress, poll policy, …) are the handle's;
    /// [`timeout`](Run::timeout) and [`cancellation_token`](Run::cancellation_token) cover the
    /// create.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> replicate::Result<()> {
    /// # let emulator = replicate_emulator::Emulator::start().await.unwrap();
    /// # let replicate = replicate::Client::builder().token("t").base_url(emulator.url()).build()?;
    /// let handle = replicate.run("emulator/slow").start().await?;
    /// println!("created {}", handle.id());
    /// let prediction = handle.wait().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// Once the create is sent, its response headers may take 30 s
    /// ([`Timeouts::headers`](crate::Timeouts::headers)), with or without a
    /// [`timeout`](Run::timeout).
    ///
    /// # Errors
    /// Those of the create. [`OutcomeUnknown`](ErrorKind::OutcomeUnknown) if no response headers
    /// arrive in time: the prediction may exist, and
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

    /// Runs, and returns the output as one text: a text, or a list of texts joined.
    ///
    /// # Errors
    /// Those of the run, and of [`Output::text`].
    pub async fn text(self) -> Result<String> {
        self.await?.text()
    }

    /// Runs, and returns the output as a type of the caller's.
    ///
    /// # Errors
    /// Those of the run, and of [`Output::json`].
    pub async fn json<T: DeserializeOwned>(self) -> Result<T> {
        self.await?.json()
    }

    /// Runs, and returns the whole prediction, with its logs and metrics.
    ///
    /// # Errors
    /// Those of the run.
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
            state: handle.state(),
            policy: self.poll_policy,
            deadline,
            cancellation: self.cancellation.take(),
            progress: std::mem::take(&mut self.progress),
        };
        let result = Box::pin(poller.until_done()).await;
        handle.detach();
        Ok((result.map_err(Error::in_create)?, handle.schema()))
    }

    fn handle(&self, (state, schema): Created) -> PredictionHandle {
        self.client.shared.claims.claim(state.id(), None);
        let control = self.control.as_ref().filter(|_| self.cancel_on_drop);
        let canceler = control.map(|control| control.bound(&self.client));
        Handle::new(state, self.poll_policy, schema, canceler)
    }

    /// Creates the prediction. `may_block` is whether the server may hold its response.
    async fn create(&mut self, deadline: Option<Deadline>, may_block: bool) -> Result<Created> {
        if let Some(token) = &self.cancellation
            && token.is_cancelled()
        {
            return Err(nothing_created());
        }
        let request = Box::pin(self.resolve(deadline)).await?;
        let controlled =
            self.cancellation.is_some() || self.cancel_on_drop || self.progress.is_set();
        self.control = controlled.then(CreateControl::default);
        let mut options = RequestOptions::new();
        if let Some(control) = &self.control {
            options = control.options(options);
        }
        if let Some(deadline) = deadline {
            // One end for all calls that a create may take.
            options = options
                .with_timeout(deadline.timeout)
                .with_deadline(deadline.at.into_std());
        }
        let api = self.client.api.with_options(options);
        let permit = (may_block && !self.needs_id_early())
            .then(|| self.client.shared.blocking_creates.permit())
            .flatten();
        // The transport shortens it to fit every timeout of the call.
        let wait = permit.as_ref().map(|_| LONGEST_WAIT);
        let Some(control) = self.control.clone() else {
            return Ok(self.created(request.send(&api, wait).await?));
        };
        let sent = self.cancellation.as_ref().map(|_| request.sent_now());
        let creating = async move { request.send(&api, wait).await }.boxed();
        Box::pin(self.controlled(control, creating, sent)).await
    }

    /// Drives a create that is watched, or may be canceled.
    async fn controlled(
        &mut self,
        control: CreateControl,
        creating: BoxFuture<'static, Result<CreateResponse>>,
        sent: Option<UnconfirmedCreate>,
    ) -> Result<Created> {
        let mut progress = std::mem::take(&mut self.progress);
        let gate = control.gate().clone();
        let creating = match self.cancel_on_drop {
            true => CancelingCreate::new(self.client.clone(), control.clone(), creating).boxed(),
            false => creating,
        };
        let creating = self.cancelable(&control, creating, sent);
        let result = progress.watch(&gate, None, creating).await;
        self.progress = progress;
        result
    }

    /// Checks the input and sends its files, until the deadline.
    async fn resolve(&mut self, deadline: Option<Deadline>) -> Result<ResolvedRequest> {
        let request = CreateRequest::new(Err(nothing_created()));
        let request = std::mem::replace(&mut self.request, request);
        let resolving = request.resolve(&self.client, &mut self.progress);
        tokio::select! {
            biased;
            () = canceled(self.cancellation.as_ref()) => Err(nothing_created()),
            resolved = resolving => resolved,
            error = exceeded(deadline) => Err(error),
        }
    }

    /// Whether the id is needed while the prediction runs: without it nothing can be canceled.
    fn needs_id_early(&self) -> bool {
        self.poll_only
            || self.progress.is_set()
            || self.cancellation.is_some()
            || self.cancel_on_drop
    }

    /// Waits for a create. Where the token is canceled meanwhile, the prediction is canceled as
    /// soon as it has an id; a create that has not been sent by then is never sent.
    async fn cancelable(
        &self,
        control: &CreateControl,
        mut creating: impl Future<Output = Result<CreateResponse>> + Unpin,
        sent: Option<UnconfirmedCreate>,
    ) -> Result<Created> {
        tokio::select! {
            biased;
            result = &mut creating => return Ok(self.created(result?)),
            () = canceled(self.cancellation.as_ref()) => {}
        }
        if control.close() {
            return Err(nothing_created());
        }
        let since = Instant::now();
        let Ok(result) = tokio::time::timeout(CANCEL_GRACE, creating).await else {
            let message = format!(
                "the run was canceled during its create, which had no response within {CANCEL_GRACE:?}; the prediction may be running: look for it with `predictions().reconcile`"
            );
            let error = Error::new(ErrorKind::OutcomeUnknown, message);
            return Err(match sent {
                Some(sent) => error.with_unconfirmed_create(|| sent),
                None => error,
            });
        };
        let grace = CANCEL_GRACE.saturating_sub(since.elapsed());
        let (state, schema) = match result {
            Ok(created) => self.created(created),
            // The response cannot be decoded, but shows what was created.
            Err(error) if error.created_id().is_some() => {
                let id = error.created_id().unwrap_or_default();
                let state = JobState::attached(self.client.clone(), id, None);
                (Arc::new(state), None)
            }
            Err(error) if error.unconfirmed_create().is_some() => return Err(error),
            // Nothing was created, and now nothing is wanted.
            Err(_) => return Err(nothing_created()),
        };
        cancel_within(&state, grace).await?;
        Ok((state, schema))
    }

    fn created(&self, created: CreateResponse) -> Created {
        let state = JobState::created(self.client.clone(), created.response);
        (Arc::new(state), created.schema)
    }
}

/// What was created, and the schema of its version.
type Created = (Arc<JobState<Prediction>>, Option<Arc<Value>>);

async fn exceeded(deadline: Option<Deadline>) -> Error {
    match deadline {
        Some(deadline) => {
            tokio::time::sleep_until(deadline.at).await;
            deadline.exceeded("prediction", None)
        }
        None => std::future::pending().await,
    }
}

fn nothing_created() -> Error {
    Error::new(
        ErrorKind::Canceled,
        "the run was canceled before a prediction was created",
    )
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
