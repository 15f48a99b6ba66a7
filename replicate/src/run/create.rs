//! The create of a run: resolved, sent, watched and canceled.

use std::future::Future;
use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use replicate_api::RequestOptions;
use serde_json::Value;
use tokio::time::Instant;

use super::Run;
use crate::cancel::{CANCEL_GRACE, CancelingCreate, CreateControl, cancel_within};
use crate::create::{CreateResponse, LONGEST_WAIT, ResolvedRequest};
use crate::error::{Error, ErrorKind, PREDICTION, Result};
use crate::handle::{Handle, PredictionHandle};
use crate::job_state::JobState;
use crate::poll::{Deadline, canceled, reached};
use crate::types::Prediction;
use crate::unconfirmed_create::UnconfirmedCreate;

impl Run {
    pub(super) fn handle(&self, (state, schema): Created) -> PredictionHandle {
        self.client.shared.claims.claim(state.id());
        let control = self.control.as_ref().filter(|_| self.cancel_on_drop);
        let canceler = control.map(|control| control.bound(&self.client));
        Handle::new(state, self.poll_policy, schema, canceler)
    }

    /// Creates the prediction. `may_block` is whether the server may hold its response.
    pub(super) async fn create(
        &mut self,
        deadline: Option<Deadline>,
        may_block: bool,
    ) -> Result<Created> {
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
            // One deadline for all calls of a create.
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
        let gate = control.gate.clone();
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
        let resolving = self.request.resolve(&self.client, &mut self.progress);
        tokio::select! {
            biased;
            () = canceled(self.cancellation.as_ref()) => Err(nothing_created()),
            resolved = resolving => resolved,
            deadline = reached(deadline) => Err(deadline.exceeded(PREDICTION, None)),
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
            // The create failed and nothing was created: report the cancellation.
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

type Created = (Arc<JobState<Prediction>>, Option<Arc<Value>>);

fn nothing_created() -> Error {
    Error::new(
        ErrorKind::Canceled,
        "the run was canceled before a prediction was created",
    )
}
