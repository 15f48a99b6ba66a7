//! A handle for work that runs at Replicate.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use replicate_api::RequestOptions;
use serde_json::Value;

use crate::cancel::{self, CancelGuard};
use crate::error::Result;
use crate::job::Job;
use crate::job_state::JobState;
use crate::settings::PollPolicy;
use crate::types::{Prediction, Training};
use crate::wait::Wait;
use crate::{Client, Output};

/// A handle for a prediction: made by [`Run::start`](crate::Run::start) and
/// [`Client::prediction`].
pub type PredictionHandle = Handle<Prediction>;

/// A handle for a training: made by [`Client::training`].
pub type TrainingHandle = Handle<Training>;

/// A handle for a prediction or training that runs at Replicate: its id, its latest snapshot,
/// and what can be done with it.
///
/// All waits and streams of a handle share one snapshot. It never goes back from a terminal
/// status, and once it is terminal, [`wait`](Handle::wait) and [`cancel`](Handle::cancel) send
/// nothing. Clones share it as well.
///
/// Dropping a handle cancels nothing, unless
/// [`cancel_on_drop`](crate::Run::cancel_on_drop) was set on the run that made it: then
/// dropping its last clone cancels, until the snapshot is terminal or
/// [`detach`](Handle::detach) was called.
///
/// ```
/// use serde_json::json;
///
/// # replicate_test_support::example!(async |replicate| {
/// let handle = replicate
///     .run("emulator/text")
///     .input(json!({ "prompt": "a haiku" }))
///     .start()
///     .await?;
/// println!("created {}", handle.id());
///
/// // Later, in another process:
/// let handle = replicate.prediction(handle.id());
/// println!("{}", handle.output().await?);
/// # });
/// ```
#[derive(Clone)]
pub struct Handle<J: Job> {
    pub(crate) state: Arc<JobState<J>>,
    poll_policy: PollPolicy,
    pub(crate) schema: Option<Arc<Value>>,
    guard: Option<Arc<CancelGuard<J>>>,
}

impl<J: Job> Handle<J> {
    /// `canceler` cancels when the handle is dropped.
    pub(crate) fn new(
        state: Arc<JobState<J>>,
        poll_policy: PollPolicy,
        schema: Option<Arc<Value>>,
        canceler: Option<Client>,
    ) -> Self {
        let guard = canceler.map(|client| Arc::new(CancelGuard::bound(Arc::clone(&state), client)));
        Self {
            state,
            poll_policy,
            schema,
            guard,
        }
    }

    pub(crate) fn attached(client: &Client, id: &str, snapshot: Option<&J>) -> Self {
        let state = JobState::attached(client.clone(), id, snapshot.cloned());
        Self::new(Arc::new(state), client.settings.poll, None, None)
    }

    /// The state, and what cancels when it is dropped.
    #[cfg(feature = "stream")]
    pub(crate) fn into_parts(self) -> (Arc<JobState<J>>, Option<Arc<CancelGuard<J>>>) {
        (self.state, self.guard)
    }

    /// Returns the id of the prediction or training.
    pub fn id(&self) -> &str {
        self.state.id()
    }

    /// The latest snapshot; `None` where the handle was made from an id and nothing has been
    /// read yet. Sends nothing.
    pub fn snapshot(&self) -> Option<Arc<J>> {
        self.state.snapshot()
    }

    /// The response body that the snapshot was decoded from, as the API sent it, with tokens
    /// redacted; `None` until this handle has received a response.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// let handle = replicate.run("emulator/slow").start().await?;
    /// handle.wait().await?;
    /// let json = handle.body().expect("it was created by this handle");
    /// # });
    /// ```
    pub fn body(&self) -> Option<Bytes> {
        self.state.body()
    }

    /// Reads the prediction or training from the API, always by one call, and returns the new
    /// snapshot.
    ///
    /// # Errors
    /// The errors of the read, with the id and the previous snapshot. It is retried like every
    /// read; unlike [`wait`](Handle::wait), it does not outlast an outage.
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.get>
    pub async fn refresh(&self) -> Result<Arc<J>> {
        match self.state.read(RequestOptions::new()).await {
            Ok((job, _)) => Ok(job),
            Err(error) => Err(self.state.attach(error)),
        }
    }

    /// Waits until the status is terminal. See [`Wait`] for the options.
    pub fn wait(&self) -> Wait<J> {
        Wait::new(
            Arc::clone(&self.state),
            self.poll_policy,
            self.guard.clone(),
        )
    }

    /// Cancels the prediction or training, and returns the snapshot of the API's response. It may
    /// take a moment until its status is `canceled`. When the snapshot is terminal already, that
    /// is returned, and nothing is sent.
    ///
    /// # Errors
    /// The errors of the cancel request, of their own kind: the job may still be running.
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.cancel>
    pub async fn cancel(&self) -> Result<Arc<J>> {
        cancel::cancel(&self.state).await
    }

    /// Keeps the prediction or training running when the handle is dropped, even if
    /// [`cancel_on_drop`](crate::Run::cancel_on_drop) was set.
    pub fn detach(&self) {
        if let Some(guard) = &self.guard {
            guard.disarm();
        }
    }
}

impl Handle<Prediction> {
    /// Waits until the prediction is done and returns its output.
    ///
    /// # Errors
    /// The errors of [`wait`](Handle::wait).
    pub async fn output(&self) -> Result<Output> {
        let prediction = self.wait().finish().await?;
        self.output_of(prediction)
    }

    /// The output of the prediction, as it was read.
    pub(crate) fn output_of(&self, prediction: Arc<Prediction>) -> Result<Output> {
        let transport = self.state.client().transport().clone();
        Output::new(prediction, self.schema.clone(), transport)
    }

    /// The prediction's events, from the first one on. Awaiting the result connects; see
    /// [`StreamPrediction`](crate::StreamPrediction) for the options.
    #[cfg(feature = "stream")]
    pub fn events(&self) -> crate::StreamPrediction {
        crate::StreamPrediction::from_state(Arc::clone(&self.state))
    }
}

impl<J: Job> fmt::Debug for Handle<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let snapshot = self.snapshot();
        f.debug_struct("Handle")
            .field("id", &self.id())
            .field("status", &snapshot.as_ref().map(|job| job.status()))
            .finish_non_exhaustive()
    }
}
