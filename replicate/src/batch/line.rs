//! One input of a batch: its create, the search for a create of unknown outcome, and the wait.

use std::collections::{HashMap, HashSet};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use futures::future::BoxFuture;
use replicate_api::{AttemptObserver, RequestOptions};
use tokio::sync::RwLock;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::journal::{Journal, Record};
use super::plan::{Line, Start};
use super::{BatchOutcome, Settings};
use crate::create::ResolvedRequest;
use crate::error::{Error, ErrorKind, Result};
use crate::handle::{Handle, PredictionHandle};
use crate::job_state::JobState;
use crate::lock::lock;
use crate::model_ref::ModelRef;
use crate::progress::Reporter;
use crate::reconcile::{self, RecentPredictions, Reconciled, SETTLED};
use crate::types::Prediction;
use crate::unconfirmed_create::UnconfirmedCreate;
use crate::{Client, Output};

/// The delays before the searches for a create whose outcome is unknown: the request may still
/// be in flight at the first.
const SEARCHES: [Duration; 3] = [
    Duration::ZERO,
    Duration::from_secs(1),
    Duration::from_secs(3),
];

/// The age after which one search is enough: a prediction that exists is listed by then.
const LISTED: TimeDelta = TimeDelta::seconds(15);

/// Time for which all creates may fail for transient reasons before the batch stops.
const MAX_OUTAGE: Duration = Duration::from_secs(600);

/// State shared by all inputs of a batch.
#[derive(Debug)]
pub(super) struct Context {
    pub(super) client: Client,
    pub(super) settings: Settings,
    model: ModelRef,
    pub(super) journal: Option<Journal>,
    /// The predictions of this batch.
    claimed: Mutex<HashSet<String>>,
    identical: IdenticalInputs,
    /// The list of the latest searches for creates of unknown outcome.
    recent: RecentPredictions,
    /// Canceled when nothing more is to be created.
    pub(super) stop: CancellationToken,
    /// Canceled when the result stream is dropped.
    pub(super) abandoned: CancellationToken,
    last_success: Mutex<Instant>,
}

#[derive(Debug)]
pub(super) struct Finished {
    pub(super) line: Line,
    pub(super) outcome: BatchOutcome,
    pub(super) id: Option<String>,
    pub(super) result: Result<Output>,
    pub(super) body: Option<bytes::Bytes>,
    /// Whether the journal knew of a create of it.
    pub(super) resumed: bool,
    /// Whether a create of unknown outcome is old, and nothing was found that it can have made.
    pub(super) not_found: bool,
}

/// Keeps a search from finding the prediction of an identical input whose create has no response
/// yet: a search waits for such creates, and delays others.
#[derive(Debug, Default)]
struct IdenticalInputs(Mutex<HashMap<String, Arc<RwLock<()>>>>);

impl IdenticalInputs {
    fn lock(&self, hash: &str) -> Arc<RwLock<()>> {
        let mut locks = lock(&self.0);
        locks.retain(|_, lock| Arc::strong_count(lock) > 1);
        Arc::clone(locks.entry(hash.to_owned()).or_default())
    }
}

/// Journals each attempt of a create before it is sent.
struct Recorder {
    context: Arc<Context>,
    index: usize,
    hash: String,
    request: Arc<ResolvedRequest>,
    /// The latest attempt.
    sent: Mutex<Option<UnconfirmedCreate>>,
}

impl AttemptObserver for Recorder {
    fn before_send(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async {
            let request = self.request.sent_now();
            *lock(&self.sent) = Some(request.clone());
            let Some(journal) = &self.context.journal else {
                return Ok(());
            };
            let (index, hash) = (self.index, self.hash.clone());
            let record = Record::Create {
                index,
                hash,
                request,
            };
            journal.write(&record).await
        })
    }

    fn not_processed(&self) {
        if lock(&self.sent).take().is_some()
            && let Some(journal) = &self.context.journal
        {
            journal.note(&Record::NotCreated { index: self.index });
        }
    }
}

impl Context {
    pub(super) fn new(
        client: Client,
        settings: Settings,
        model: ModelRef,
        journal: Option<Journal>,
        claimed: HashSet<String>,
        stop: CancellationToken,
    ) -> Self {
        Self {
            client,
            settings,
            model,
            journal,
            claimed: Mutex::new(claimed),
            identical: IdenticalInputs::default(),
            recent: RecentPredictions::default(),
            stop,
            abandoned: CancellationToken::new(),
            last_success: Mutex::new(Instant::now()),
        }
    }

    /// Brings an input to its result. `None` if the result stream was dropped.
    pub(super) async fn finish(self: Arc<Self>, line: Line, start: Start) -> Option<Finished> {
        let resumed = !matches!(start, Start::Create);
        let mut not_found = false;
        let started = match start {
            Start::Create => self.create(&line).await,
            Start::Attach(id) => Ok(self.client.prediction(id)),
            Start::Reconcile(request) => match self.reconcile(&line, &request).await {
                Ok(handle) => Ok(handle),
                Err(unknown) => {
                    not_found = unknown.not_found;
                    Err(unknown.error(&request, None))
                }
            },
        };
        let ended = |outcome, result, handle: Option<PredictionHandle>| Finished {
            line,
            outcome,
            id: handle.as_ref().map(|handle| handle.id().to_owned()),
            result,
            body: handle.and_then(|handle| handle.body()),
            resumed,
            not_found,
        };
        let handle = match started {
            Ok(handle) => handle,
            Err(error) => {
                let outcome = match error.kind() {
                    ErrorKind::OutcomeUnknown => BatchOutcome::Unknown,
                    _ => BatchOutcome::NotCreated,
                };
                return Some(ended(outcome, Err(error), None));
            }
        };
        let waiting = handle.wait().poll_policy(self.settings.poll_policy());
        let waited = tokio::select! {
            biased;
            () = self.abandoned.cancelled() => return None,
            waited = waiting.finish() => waited,
        };
        let (outcome, result) = match waited.and_then(|prediction| handle.output_of(prediction)) {
            Ok(output) => (BatchOutcome::Succeeded, Ok(output)),
            Err(error) => (outcome_of(&error), Err(error)),
        };
        if outcome.is_final() {
            self.note_success();
        }
        Some(ended(outcome, result, Some(handle)))
    }

    /// Creates the prediction. A failure that created nothing is retried while its
    /// cause may be gone, as in an outage.
    async fn create(self: &Arc<Self>, line: &Line) -> Result<PredictionHandle> {
        let mut attempts = 0;
        loop {
            if self.stop.is_cancelled() {
                return Err(not_started());
            }
            let error = match self.create_once(line).await {
                Ok(handle) => {
                    self.note_success();
                    return Ok(handle);
                }
                Err(error) => error,
            };
            if error.kind() == ErrorKind::Canceled && error.nothing_was_created() {
                return Err(not_started());
            }
            if !error.is_safe_to_retry() || lock(&self.last_success).elapsed() >= self.max_outage()
            {
                return Err(error);
            }
            attempts += 1;
            let backoff = self.client.transport().retry_policy().backoff(attempts);
            let delay = error.retry_after().unwrap_or_default().max(backoff);
            tracing::info!(
                target: "replicate",
                index = line.index,
                %error,
                "nothing was created; the create is tried again"
            );
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(not_started()),
                () = tokio::time::sleep(delay) => {}
            }
        }
    }

    async fn create_once(self: &Arc<Self>, line: &Line) -> Result<PredictionHandle> {
        let mut request = self
            .settings
            .request(self.model.clone(), line.input.clone());
        let mut unreported = Reporter::default();
        let request = tokio::select! {
            biased;
            () = self.stop.cancelled() => return Err(not_started()),
            request = request.resolve(&self.client, &mut unreported) => Arc::new(request?),
        };
        let recorder = Arc::new(Recorder {
            context: Arc::clone(self),
            index: line.index,
            hash: line.hash.clone(),
            request: Arc::clone(&request),
            sent: Mutex::default(),
        });
        let options = RequestOptions::new()
            .with_cancellation_token(self.stop.clone())
            .with_attempt_observer(recorder.clone());
        let api = self.client.api.with_options(options);
        let identical = self.identical.lock(&line.hash);
        let unanswered = identical.read().await;
        let error = match request.send(&api, None).await {
            Ok(created) => {
                let state = JobState::created(self.client.clone(), created.response);
                let state = Arc::new(state);
                self.claim(line.index, state.id()).await;
                let policy = self.settings.poll_policy();
                return Ok(Handle::new(state, policy, created.schema, None));
            }
            Err(error) => error,
        };
        if let Some(id) = error.created_id() {
            self.claim(line.index, id).await;
            return Ok(self.client.prediction(id));
        }
        let sent = lock(&recorder.sent).clone();
        match sent {
            Some(sent) if error.unconfirmed_create().is_some() => {
                drop(unanswered);
                let found = self.reconcile(line, &sent).await;
                found.map_err(|unknown| unknown.error(&sent, Some(error)))
            }
            _ => {
                recorder.not_processed();
                Err(error)
            }
        }
    }

    /// Looks for the prediction of a create whose outcome is unknown. Only a single exact match
    /// that belongs to no other input is taken.
    async fn reconcile(
        &self,
        line: &Line,
        request: &UnconfirmedCreate,
    ) -> Result<PredictionHandle, StillUnknown> {
        let identical = self.identical.lock(&line.hash);
        let _alone = identical.write().await;
        let age = Utc::now() - request.sent_at();
        let is_settled = age > SETTLED;
        let searches = match age > LISTED {
            true => &SEARCHES[..1],
            false => &SEARCHES,
        };
        let mut why = String::new();
        let mut not_found = false;
        for delay in searches {
            tokio::select! {
                biased;
                () = self.abandoned.cancelled() => break,
                () = tokio::time::sleep(*delay) => {}
            }
            let found = match reconcile::find(&self.client, request, &self.recent).await {
                Ok(found) => self.unclaimed(found),
                Err(error) => {
                    why = format!("the search for it failed: {error}");
                    continue;
                }
            };
            match found.matching.as_slice() {
                [only] => {
                    self.claim(line.index, &only.id).await;
                    // A list may leave out what a prediction itself has: read it again.
                    return Ok(self.client.prediction(only.id.as_str()));
                }
                several if !several.is_empty() => {
                    why = format!("several predictions match: {}", ids(several));
                    break;
                }
                _ if !found.possible.is_empty() => {
                    why = format!("it may be one of {}", ids(&found.possible));
                }
                _ => {
                    "no prediction matches it".clone_into(&mut why);
                    not_found = is_settled;
                }
            }
        }
        Err(StillUnknown { why, not_found })
    }

    fn unclaimed(&self, mut found: Reconciled) -> Reconciled {
        let claimed = lock(&self.claimed);
        let is_free = |prediction: &Prediction| !claimed.contains(&prediction.id);
        found.matching.retain(is_free);
        found.possible.retain(is_free);
        found
    }

    /// Journals the prediction of an input. If that fails the batch stops, but the result is
    /// delivered nevertheless.
    async fn claim(&self, index: usize, id: &str) {
        self.client.shared.claims.claim(id);
        lock(&self.claimed).insert(id.to_owned());
        let Some(journal) = &self.journal else {
            return;
        };
        let id = id.to_owned();
        if let Err(error) = journal.write(&Record::Created { index, id }).await {
            tracing::error!(target: "replicate", index, %error, "could not journal a prediction");
        }
    }

    fn max_outage(&self) -> Duration {
        let policy = self.settings.poll_policy();
        policy.max_outage.unwrap_or(MAX_OUTAGE)
    }

    fn note_success(&self) {
        *lock(&self.last_success) = Instant::now();
    }
}

/// A create that was looked for in vain.
struct StillUnknown {
    why: String,
    /// Whether it is old, and nothing was found that it can have made.
    not_found: bool,
}

impl StillUnknown {
    /// The error of the create, which failed with `cause` if it was sent by this process.
    fn error(self, request: &UnconfirmedCreate, cause: Option<Error>) -> Error {
        let message = format!(
            "a create that was sent at {} has an unknown outcome: {}; it is not retried",
            request.sent_at().to_rfc3339(),
            self.why
        );
        let error = match cause {
            Some(cause) => {
                let message = format!("{message} ({cause})");
                Error::new(ErrorKind::OutcomeUnknown, message).with_source(cause)
            }
            None => Error::new(ErrorKind::OutcomeUnknown, message),
        };
        error.with_unconfirmed_create(|| request.clone())
    }
}

/// The error of an input that was not begun because the batch has stopped.
fn not_started() -> Error {
    let message = "the batch has stopped; nothing was created for this input";
    Error::new(ErrorKind::Canceled, message)
}

fn outcome_of(error: &Error) -> BatchOutcome {
    match error.kind() {
        ErrorKind::Failed | ErrorKind::Canceled | ErrorKind::Aborted => BatchOutcome::Failed,
        ErrorKind::Expired => BatchOutcome::Expired,
        _ => BatchOutcome::Unfinished,
    }
}

fn ids(predictions: &[Prediction]) -> String {
    let ids: Vec<&str> = predictions.iter().map(|one| one.id.as_str()).collect();
    ids.join(", ")
}
