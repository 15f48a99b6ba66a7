//! Running a model to its end.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use replicate_api::{CallOptions, Stop, Tap};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::builder::PollPolicy;
use crate::call::taken;
use crate::cancel::CancelGuard;
use crate::create::{Created, Creation, LONGEST_WAIT, Prepared};
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "files")]
use crate::file_input::FileStrategy;
use crate::poll::{Deadline, Listener, Poll, cancel_on_server, cancelled};
use crate::progress::Progress;
use crate::reconcile::SentCreate;
use crate::reference::Reference;
use crate::types::{Prediction, WebhookEvent};
use crate::{Client, Output};

/// How much of a deadline is left for the answer to travel.
const TRAVEL: Duration = Duration::from_secs(1);

/// How long a cancelled run waits for the answer to its create and then for that of the cancel.
const LONGEST_GOODBYE: Duration = Duration::from_secs(2);

/// A model to be run to its end: made by [`Client::run`], sent when it is awaited.
///
/// `.await` gives the [`Output`]; [`text`](Run::text), [`json`](Run::json),
/// [`prediction`](Run::prediction) and [`raw`](Run::raw) give it in other forms.
///
/// One prediction is created, never a second one after an answer that may have made one. The
/// server is asked to hold its answer back while the model runs; where the prediction's id is
/// needed early (for progress, or to cancel it), it is not. Then it is asked after until it is
/// over. A prediction that failed or was canceled or aborted is an error that carries it.
///
/// ```no_run
/// use std::time::Duration;
/// use serde_json::json;
///
/// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
/// let output = replicate
///     .run("black-forest-labs/flux-schnell")
///     .input(json!({ "prompt": "an astronaut riding a horse" }))
///     .timeout(Duration::from_secs(120))
///     .await?;
/// println!("{}", output.file()?.url());
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is run before it is awaited"]
pub struct Run {
    pub(crate) client: Client,
    pub(crate) creation: Creation,
    pub(crate) poll: PollPolicy,
    poll_only: bool,
    pub(crate) timeout: Option<Duration>,
    pub(crate) cancel_on_drop: bool,
    pub(crate) cancel: Option<CancellationToken>,
    listener: Option<Listener<Prediction>>,
}

impl Run {
    pub(crate) fn new(client: Client, reference: Result<Reference>) -> Self {
        Self {
            poll: client.settings.poll,
            client,
            creation: Creation::new(reference),
            poll_only: false,
            timeout: None,
            cancel_on_drop: false,
            cancel: None,
            listener: None,
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
    ///
    /// API: <https://replicate.com/docs/topics/webhooks/setup-webhook>
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

    /// Stops waiting after this time, the sending of files included. Nothing is cancelled: the
    /// prediction goes on, and the error carries it. Without one the wait has no end.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Calls `listener` when the prediction is created, each time that it has changed, and when
    /// it is over.
    ///
    /// ```
    /// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
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
    pub fn on_progress(mut self, mut listener: impl FnMut(Progress<'_>) + Send + 'static) -> Self {
        self.listener = Some(Listener::new(move |prediction| {
            listener(Progress::of(prediction))
        }));
        self
    }

    /// Never asks the server to hold its answer back: creates, then asks after the prediction.
    pub fn poll_only(mut self) -> Self {
        self.poll_only = true;
        self
    }

    /// How often the prediction is asked after.
    pub fn poll(mut self, policy: PollPolicy) -> Self {
        self.poll = policy;
        self
    }

    /// How files in the input reach the model.
    #[cfg(feature = "files")]
    pub fn file_strategy(mut self, strategy: FileStrategy) -> Self {
        self.creation.files(strategy);
        self
    }

    /// Cancels the prediction at the server when `token` is cancelled, and returns once that is
    /// answered, after 2 s at most. A token that is cancelled already creates nothing.
    pub fn cancelled_by(mut self, token: CancellationToken) -> Self {
        self.cancel = Some(token);
        self
    }

    /// Cancels the prediction at the server when the future of this run is dropped before its
    /// end. A task is left behind for that, and for a create whose answer is still to come.
    pub fn cancel_on_drop(mut self) -> Self {
        self.cancel_on_drop = true;
        self
    }

    /// Runs, and gives the output as one text: a text, or a list of texts joined.
    ///
    /// # Errors
    /// Those of the run, and of [`Output::text`].
    pub async fn text(self) -> Result<String> {
        self.await?.text()
    }

    /// Runs, and gives the output as a type of the caller's.
    ///
    /// # Errors
    /// Those of the run, and of [`Output::json`].
    pub async fn json<T: DeserializeOwned>(self) -> Result<T> {
        self.await?.json()
    }

    /// Runs, and gives the whole prediction, with its logs and metrics.
    ///
    /// # Errors
    /// Those of the run.
    pub async fn prediction(self) -> Result<Prediction> {
        Ok(self.finish().await?.prediction)
    }

    /// Runs, and gives the prediction's body as the API sent it last. The error of a prediction
    /// that failed carries it too, as [`Error::body`].
    ///
    /// # Errors
    /// Those of the run.
    pub async fn raw(mut self) -> Result<Bytes> {
        let tap = Tap::default();
        let options = CallOptions::new().with_tap(tap.clone());
        self.client = self
            .client
            .with_transport(self.client.transport().with_options(options));
        match self.finish().await {
            Ok(_) => taken(&tap),
            Err(error) => Err(error.with_body(tap.take_redacted())),
        }
    }

    async fn finish(mut self) -> Result<Created> {
        if self
            .cancel
            .as_ref()
            .is_some_and(CancellationToken::is_cancelled)
        {
            return Err(nothing_created());
        }
        let deadline = self.timeout.map(Deadline::after);
        // Boxed, so that a run holds the state of the step that it is at, and not of every one.
        let prepared = Box::pin(self.prepare(deadline)).await?;
        let (created, mut guard) = Box::pin(self.create(prepared, deadline)).await?;
        let Created { prediction, schema } = created;
        let id = prediction.id.clone();
        let poll = Poll {
            api: self.client.api.clone(),
            policy: self.poll,
            deadline,
            cancel: self.cancel.take(),
            listener: self.listener.take(),
        };
        let result = poll.until_over(&id, Some(prediction)).await;
        if let Some(guard) = &mut guard {
            guard.disarm();
        }
        Ok(Created {
            prediction: result?,
            schema,
        })
    }

    /// Checks the input and sends its files, until there is no time for it.
    pub(crate) async fn prepare(&mut self, deadline: Option<Deadline>) -> Result<Prepared> {
        let creation = std::mem::replace(&mut self.creation, Creation::new(Err(nothing_created())));
        let preparing = creation.prepare(&self.client);
        tokio::select! {
            biased;
            () = cancelled(self.cancel.as_ref()) => Err(nothing_created()),
            prepared = preparing => prepared,
            error = too_late(deadline) => Err(error),
        }
    }

    pub(crate) async fn create(
        &self,
        prepared: Prepared,
        deadline: Option<Deadline>,
    ) -> Result<(Created, Option<CancelGuard>)> {
        let stop = Stop::new();
        let mut options = CallOptions::new().with_stop(stop.clone());
        if let Some(deadline) = deadline {
            // One end for all calls that a create may take.
            options = options
                .with_timeout(deadline.remaining())
                .with_deadline(deadline.at.into_std());
        }
        let transport = self.client.transport().with_options(options);
        let api = replicate_api::Client::from_transport(transport);
        let wait = if self.needs_id_early() {
            None
        } else {
            wait(deadline)
        };
        let sent = self.cancel.as_ref().map(|_| prepared.sent_now());
        if self.cancel_on_drop {
            let creating = CancelGuard::create(self.client.api.clone(), api, prepared, wait);
            let creating = Box::pin(creating);
            let (created, guard) = self
                .cancellable(creating, stop, sent, |(created, _)| created)
                .await?;
            return Ok((created, Some(guard)));
        }
        let creating = Box::pin(prepared.send(&api, wait));
        let created = self
            .cancellable(creating, stop, sent, |created| created)
            .await?;
        Ok((created, None))
    }

    fn needs_id_early(&self) -> bool {
        self.poll_only || self.listener.is_some() || self.cancel.is_some() || self.cancel_on_drop
    }

    /// Waits for a create. Where the token is cancelled meanwhile, the prediction is cancelled
    /// as soon as it has an id; a create that has not gone out by then does not any more.
    async fn cancellable<T>(
        &self,
        mut creating: impl Future<Output = Result<T>> + Unpin,
        stop: Stop,
        sent: Option<SentCreate>,
        created: impl FnOnce(&T) -> &Created,
    ) -> Result<T> {
        tokio::select! {
            biased;
            result = &mut creating => return result,
            () = cancelled(self.cancel.as_ref()) => {}
        }
        stop.stop();
        let asked = Instant::now();
        let Ok(result) = tokio::time::timeout(LONGEST_GOODBYE, creating).await else {
            let error = Error::new(
                ErrorKind::OutcomeUnknown,
                format!(
                    "the run was canceled while its prediction was being created, and no answer came within {LONGEST_GOODBYE:?}: it may go on; look for it among the recent predictions"
                ),
            );
            return Err(match sent {
                Some(sent) => error.with_sent_create(|| sent),
                None => error,
            });
        };
        let result = match result {
            Ok(result) => result,
            Err(error) if error.sent_create().is_some() => return Err(error),
            // Whatever kept it from being created: now it is not wanted any more.
            Err(_) => return Err(nothing_created()),
        };
        let prediction = created(&result).prediction.clone();
        let left = LONGEST_GOODBYE.saturating_sub(asked.elapsed());
        let id = prediction.id.clone();
        cancel_on_server(self.client.api.clone(), &id, Some(prediction), left).await?;
        Ok(result)
    }
}

async fn too_late(deadline: Option<Deadline>) -> Error {
    match deadline {
        Some(deadline) => {
            tokio::time::sleep_until(deadline.at).await;
            deadline.passed("prediction", None)
        }
        None => std::future::pending().await,
    }
}

/// For how many seconds the server may hold its answer back.
fn wait(deadline: Option<Deadline>) -> Option<u64> {
    let seconds = deadline.map_or(LONGEST_WAIT, |deadline| {
        deadline
            .remaining()
            .saturating_sub(TRAVEL)
            .as_secs()
            .min(LONGEST_WAIT)
    });
    (seconds > 0).then_some(seconds)
}

pub(crate) fn nothing_created() -> Error {
    Error::new(
        ErrorKind::Canceled,
        "the run was canceled before anything was created",
    )
}

impl IntoFuture for Run {
    type Output = Result<Output>;
    type IntoFuture = BoxFuture<'static, Result<Output>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let transport = self.client.transport().clone();
            let Created { prediction, schema } = self.finish().await?;
            let output = Output::new(prediction, transport)?;
            Ok(match schema {
                Some(schema) => output.with_schema(schema),
                None => output,
            })
        })
    }
}

impl fmt::Debug for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Run")
            .field("creation", &self.creation)
            .field("timeout", &self.timeout)
            .field("poll_only", &self.poll_only)
            .field("cancel_on_drop", &self.cancel_on_drop)
            .finish_non_exhaustive()
    }
}
