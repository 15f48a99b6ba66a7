//! Cancellation: of a job, with a grace period, and after a future was dropped.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use replicate_api::{RequestOptions, SendGate};
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::Client;
use crate::create::CreateResponse;
use crate::error::{Error, ErrorKind, Result};
use crate::job::Job;
use crate::job_state::JobState;
use crate::poll::{Deadline, PollFailure, Poller};
use crate::progress::Reporter;
use crate::types::Prediction;

/// Time that a canceled run or wait waits for the confirmation of its cancel.
pub(crate) const CANCEL_GRACE: Duration = Duration::from_secs(2);

/// Timeout of a cancel whose future was dropped.
const PENDING_CANCEL_TIMEOUT: Duration = Duration::from_secs(30);

/// The delay before a cancel that got a 404 is repeated, just after the create.
const NOT_FOUND_DELAY: Duration = Duration::from_millis(250);

/// Cancels a job, unless its snapshot is terminal already.
pub(crate) async fn cancel<J: Job>(state: &JobState<J>) -> Result<Arc<J>> {
    cancel_by(state, state.client()).await
}

async fn cancel_by<J: Job>(state: &JobState<J>, client: &Client) -> Result<Arc<J>> {
    let until = Deadline::after(PENDING_CANCEL_TIMEOUT);
    loop {
        if let Some(job) = state.terminal() {
            return Ok(job);
        }
        let error = match J::cancel(client.api.clone(), state.id().to_owned()).await {
            Ok(response) => return Ok(state.update(response).0),
            Err(error) => error,
        };
        let lags = PollFailure::from_error(&error) == PollFailure::NotFound
            && state.knowledge().may_lag()
            && !until.remaining().is_zero();
        if !lags {
            let error = error.during(format_args!("could not cancel {} {}", J::NOUN, state.id()));
            return Err(state.attach(error.advising("it may still be running")));
        }
        tokio::time::sleep(NOT_FOUND_DELAY).await;
    }
}

/// Cancels a job whose caller no longer wants it, and waits for the confirmation. One that has
/// succeeded meanwhile is a success.
pub(crate) fn cancel_within<J: Job>(
    state: &Arc<JobState<J>>,
    grace: Duration,
) -> BoxFuture<'static, Result<Arc<J>>> {
    let state = Arc::clone(state);
    async move {
        let confirmed = async {
            cancel(&state).await?;
            if let Some(job) = state.terminal() {
                return state.finished(job);
            }
            let poller = Poller {
                policy: state.client().settings.poll,
                state: Arc::clone(&state),
                deadline: None,
                cancellation: None,
                progress: Reporter::default(),
            };
            poller.until_done().await
        };
        match tokio::time::timeout(grace, confirmed).await {
            Ok(result) => result,
            Err(_) => {
                let message = format!(
                    "the cancellation of {} {} was not confirmed within {CANCEL_GRACE:?}; it may still be running",
                    J::NOUN,
                    state.id()
                );
                Err(state.attach(Error::new(ErrorKind::Timeout, message)))
            }
        }
    }
    .boxed()
}

/// Cancels a job when it is dropped, unless it was disarmed or is done.
pub(crate) struct CancelGuard<J: Job = Prediction> {
    state: Arc<JobState<J>>,
    /// The client that cancels, with the token that created the job if it was created here.
    client: Client,
    armed: AtomicBool,
    /// Where the cancel runs: the guard may be dropped outside of it.
    runtime: Option<Handle>,
}

impl<J: Job> CancelGuard<J> {
    pub(crate) fn new(state: Arc<JobState<J>>) -> Self {
        let client = state.client().clone();
        Self::bound(state, client)
    }

    pub(crate) fn bound(state: Arc<JobState<J>>, client: Client) -> Self {
        Self {
            state,
            client,
            armed: AtomicBool::new(true),
            runtime: Handle::try_current().ok(),
        }
    }

    /// Leaves the job as it is from here on.
    pub(crate) fn disarm(&self) {
        self.armed.store(false, Ordering::Release);
    }
}

impl<J: Job> Drop for CancelGuard<J> {
    fn drop(&mut self) {
        let runtime = Handle::try_current().ok().or_else(|| self.runtime.take());
        let (true, Some(runtime)) = (*self.armed.get_mut(), runtime) else {
            return;
        };
        if self.state.terminal().is_some() {
            return;
        }
        let state = Arc::clone(&self.state);
        let (client, pending) = (self.client.clone(), self.client.shared.cancels.begin());
        let canceling = async move {
            let _pending = pending;
            cancel_pending(&state, &client).await;
        };
        runtime.spawn(canceling.in_current_span());
    }
}

/// A cancel that runs in the background.
async fn cancel_pending<J: Job>(state: &JobState<J>, client: &Client) {
    let id = state.id();
    match tokio::time::timeout(PENDING_CANCEL_TIMEOUT, cancel_by(state, client)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => {
            tracing::warn!(target: "replicate", id, %error, "could not cancel after a drop");
        }
        Err(_) => {
            tracing::warn!(target: "replicate", id, "the cancel after a drop timed out");
        }
    }
}

/// A create that its caller drives. When it is dropped before the request was sent, nothing is
/// sent. After that the prediction may exist: the rest of the attempt moves to a task, which
/// makes no other attempt and cancels what was created, with the token that was sent.
pub(crate) struct CancelingCreate {
    creating: Option<BoxFuture<'static, Result<CreateResponse>>>,
    client: Client,
    control: CreateControl,
    runtime: Option<Handle>,
}

/// Prevents a create from being sent.
#[derive(Clone, Default)]
pub(crate) struct CreateControl {
    pub(crate) gate: SendGate,
    stop: CancellationToken,
}

impl CreateControl {
    /// The options of a create under this control.
    pub(crate) fn options(&self, options: RequestOptions) -> RequestOptions {
        options
            .with_send_gate(self.gate.clone())
            .with_cancellation_token(self.stop.clone())
    }

    /// Lets no other attempt be sent. Returns whether none was.
    pub(crate) fn close(&self) -> bool {
        let unsent = self.gate.close();
        self.stop.cancel();
        unsent
    }

    /// The client, bound to the token that was sent.
    pub(crate) fn bound(&self, client: &Client) -> Client {
        match self.gate.token() {
            Some(token) => client.with_transport(client.transport().with_token(token)),
            None => client.clone(),
        }
    }
}

impl CancelingCreate {
    /// `creating` sends with the options of `control`.
    pub(crate) fn new(
        client: Client,
        control: CreateControl,
        creating: BoxFuture<'static, Result<CreateResponse>>,
    ) -> Self {
        Self {
            creating: Some(creating),
            client,
            control,
            runtime: Handle::try_current().ok(),
        }
    }
}

impl Future for CancelingCreate {
    type Output = Result<CreateResponse>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(mut creating) = self.creating.take() else {
            return Poll::Pending;
        };
        // Where it panics, it stays out of `self`: it must not be polled again.
        let result = creating.poll_unpin(cx);
        if result.is_pending() {
            self.creating = Some(creating);
        }
        result
    }
}

impl Drop for CancelingCreate {
    fn drop(&mut self) {
        let runtime = Handle::try_current().ok().or_else(|| self.runtime.take());
        let (Some(creating), Some(runtime)) = (self.creating.take(), runtime) else {
            return;
        };
        if self.control.close() {
            return;
        }
        let (client, control) = (self.client.clone(), self.control.clone());
        let pending = client.shared.cancels.begin();
        let rest = async move {
            let _pending = pending;
            let state = match creating.await {
                Ok(created) => JobState::created(client, created.response),
                // The response cannot be decoded, but may show what was created.
                Err(error) => match error.created_id() {
                    Some(id) => JobState::attached(client, id, None),
                    None => return,
                },
            };
            cancel_pending(&state, &control.bound(state.client())).await;
        };
        runtime.spawn(rest.in_current_span());
    }
}
