//! Waiting until a prediction or training is done.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use replicate_api::RequestOptions;
use tokio_util::sync::CancellationToken;

use crate::cancel::CancelGuard;
use crate::error::Result;
use crate::job::Job;
use crate::job_state::JobState;
use crate::poll::{Deadline, Poller};
use crate::progress::{Progress, Reporter};
use crate::settings::PollPolicy;
use crate::types::Prediction;

/// A wait until a prediction or training is done: made by [`Handle::wait`](crate::Handle::wait),
/// [`Client::wait`](crate::Client::wait) and
/// [`Trainings::wait`](crate::resources::Trainings::wait); sent when it is awaited.
///
/// It returns the prediction or training once it has succeeded. One that failed, was canceled
/// or was aborted is an error that carries it. The response body that it came in is in
/// [`Handle::body`](crate::Handle::body) and [`Error::body`](crate::Error::body). Where the snapshot is terminal already, nothing
/// is sent.
///
/// A wait outlives outages. Connection errors, timeouts, 5xx responses and responses of
/// something between client and API do not end it, until [`PollPolicy::max_outage`] has passed
/// since the last good response. A delay that a 429 names is honored. Other errors end the wait
/// once they have repeated; then the error has the id and the latest snapshot, and the job may
/// still be running.
///
/// ```
/// use std::time::Duration;
///
/// # replicate_test_support::example!(async |replicate| {
/// let prediction = replicate.predictions().create("emulator/slow").await?;
/// let prediction = replicate.wait(&prediction).timeout(Duration::from_secs(300)).await?;
/// println!("{}", replicate.output(&prediction)?);
/// # });
/// ```
#[must_use = "nothing is sent before it is awaited"]
pub struct Wait<J: Job = Prediction> {
    state: Arc<JobState<J>>,
    poll_policy: PollPolicy,
    timeout: Option<Duration>,
    cancellation: Option<CancellationToken>,
    progress: Reporter<J>,
    cancel_on_drop: bool,
    /// That of the handle, which is not to fire while something waits.
    _guard: Option<Arc<CancelGuard<J>>>,
}

impl<J: Job> Wait<J> {
    pub(crate) fn new(
        state: Arc<JobState<J>>,
        poll_policy: PollPolicy,
        guard: Option<Arc<CancelGuard<J>>>,
    ) -> Self {
        Self {
            state,
            poll_policy,
            timeout: None,
            cancellation: None,
            progress: Reporter::default(),
            cancel_on_drop: false,
            _guard: guard,
        }
    }

    /// Stops waiting after this time, counted from the call, with
    /// [`Timeout`](crate::ErrorKind::Timeout). Nothing is canceled: the prediction or training is
    /// still running, and the error carries its latest snapshot. Default: no timeout, so that only
    /// an outage ends the wait early.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Polling intervals, and how long the wait outlives an outage. Default: the handle's or the
    /// client's.
    pub fn poll_policy(mut self, policy: PollPolicy) -> Self {
        self.poll_policy = policy;
        self
    }

    /// Cancels the prediction or training at the server when `token` is canceled, and returns once
    /// that is confirmed, after 2 s at most.
    pub fn cancellation_token(mut self, token: CancellationToken) -> Self {
        self.cancellation = Some(token);
        self
    }

    /// Cancels the prediction or training at the server when the future of this wait is dropped
    /// before it returns. The cancel runs in a task of its own, which needs a running runtime: see
    /// [`Client::shutdown`](crate::Client::shutdown).
    pub fn cancel_on_drop(mut self) -> Self {
        self.cancel_on_drop = true;
        self
    }

    /// Calls `callback` with the snapshot at hand, each time that it has changed, when it is
    /// terminal, and when it cannot be read: see [`Progress`].
    pub fn on_progress(mut self, callback: impl FnMut(Progress<'_, J>) + Send + 'static) -> Self {
        self.progress = Reporter::new(callback);
        self
    }

    /// Adds options to every request of the wait, its cancel included; options that they do not
    /// set stay unchanged. A poll is always a single attempt: a retry policy sets the backoff
    /// during an outage. Its own [`timeout`](Wait::timeout) is that of the whole wait.
    pub fn options(mut self, options: RequestOptions) -> Self {
        self.state = Arc::new(self.state.with_options(options));
        self
    }

    replicate_api::request_options!(methods options: retry_policy header token);

    pub(crate) async fn finish(self) -> Result<Arc<J>> {
        let guard = self
            .cancel_on_drop
            .then(|| CancelGuard::new(Arc::clone(&self.state)));
        let poller = Poller {
            state: self.state,
            policy: self.poll_policy,
            deadline: self.timeout.map(Deadline::after),
            cancellation: self.cancellation,
            progress: self.progress,
        };
        let result = poller.until_done().await;
        if let Some(guard) = guard {
            guard.disarm();
        }
        result
    }
}

impl<J: Job> IntoFuture for Wait<J> {
    type Output = Result<J>;
    type IntoFuture = BoxFuture<'static, Result<J>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(Arc::unwrap_or_clone(self.finish().await?)) })
    }
}

impl<J: Job> fmt::Debug for Wait<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("id", &self.state.id())
            .finish_non_exhaustive()
    }
}
