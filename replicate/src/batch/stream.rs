//! Runs the inputs of a batch, a few at a time.

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, ready};

use futures::{Stream, StreamExt};
use tokio::task::JoinSet;
use tracing::Instrument;

use super::item::{BatchItem, BatchOutcome};
use super::line::{Context, Finished};
use super::plan::{Line, Plan, Start};
use crate::error::ErrorKind;

/// Why a batch has stopped before all inputs were begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// The [cancellation token](crate::Batch::cancellation_token) was canceled.
    Canceled,
    /// [`max_predictions`](crate::Batch::max_predictions) were created.
    MaxPredictions,
    /// [`max_failures`](crate::Batch::max_failures) inputs had no output.
    MaxFailures,
    /// An error that every other input would get as well: the account needs credit (402), the
    /// token is not accepted, the model does not exist, nothing could be reached for minutes.
    Error(ErrorKind),
    /// The journal could not be written.
    Journal,
}

/// Progress of a batch: see [`BatchStream::progress`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchProgress {
    /// The inputs, of this shard.
    pub total: usize,
    /// Inputs that were acknowledged before this batch was resumed. They are counted below as well.
    pub done_before: usize,
    /// Inputs whose prediction has succeeded.
    pub succeeded: usize,
    /// Inputs whose prediction has not.
    pub failed: usize,
    /// Inputs whose output was deleted.
    pub expired: usize,
    /// Inputs whose prediction exists, but was not waited for until completion.
    pub unfinished: usize,
    /// Inputs whose create has an unknown outcome.
    pub unknown: usize,
    /// Inputs for which nothing could be created.
    pub not_created: usize,
    /// Inputs that are being worked on.
    pub running: usize,
    /// Inputs that were not begun.
    pub waiting: usize,
}

impl BatchProgress {
    /// Whether every input has its output.
    pub fn is_complete(&self) -> bool {
        self.succeeded == self.total
    }

    fn count(&mut self, outcome: BatchOutcome) {
        *match outcome {
            BatchOutcome::Succeeded => &mut self.succeeded,
            BatchOutcome::Failed => &mut self.failed,
            BatchOutcome::Expired => &mut self.expired,
            BatchOutcome::Unfinished => &mut self.unfinished,
            BatchOutcome::Unknown => &mut self.unknown,
            BatchOutcome::NotCreated => &mut self.not_created,
        } += 1;
    }
}

/// The results of a batch, in the order of completion: made by [`Batch::start`] and
/// [`Batch::resume`].
///
/// It creates predictions only while it is polled, and none before that. Dropping it creates no
/// more and cancels nothing: created predictions are journaled.
///
/// [`Batch::start`]: crate::Batch::start
/// [`Batch::resume`]: crate::Batch::resume
#[must_use = "nothing is created before it is polled"]
pub struct BatchStream {
    context: Arc<Context>,
    lines: VecDeque<(Line, Start)>,
    /// Inputs that were begun, but not created because the batch has stopped.
    given_back: usize,
    tasks: JoinSet<Option<Finished>>,
    /// Creates that were sent, or may yet be.
    creates: u64,
    failures: u64,
    progress: BatchProgress,
    stop_reason: Option<StopReason>,
}

impl BatchStream {
    pub(super) fn new(context: Context, plan: Plan, total: usize) -> Self {
        let mut progress = BatchProgress {
            total,
            done_before: plan.done.len(),
            ..BatchProgress::default()
        };
        plan.done
            .into_iter()
            .for_each(|outcome| progress.count(outcome));
        Self {
            context: Arc::new(context),
            lines: plan.lines,
            given_back: 0,
            tasks: JoinSet::new(),
            creates: 0,
            failures: 0,
            progress,
            stop_reason: None,
        }
    }

    /// The next result, `None` after the last one.
    pub async fn next(&mut self) -> Option<BatchItem> {
        StreamExt::next(self).await
    }

    /// Maximum number of predictions still to be created; with
    /// [`retry_expired`](crate::Batch::retry_expired), also those whose output turns out to be
    /// deleted.
    ///
    /// Before the first result is taken, this is what the batch costs.
    pub fn creates_left(&self) -> usize {
        let retries = self.context.settings.retry_unknown;
        let is_create = |(_, start): &&(Line, Start)| match start {
            Start::Create => true,
            Start::Reconcile(_) => retries,
            Start::Attach(_) => false,
        };
        let waiting = self.lines.iter().filter(is_create).count();
        let limit = self.context.settings.max_predictions.unwrap_or(u64::MAX);
        let left = limit.saturating_sub(self.creates);
        waiting.min(usize::try_from(left).unwrap_or(usize::MAX))
    }

    /// Progress of the batch.
    pub fn progress(&self) -> BatchProgress {
        BatchProgress {
            running: self.tasks.len(),
            waiting: self.lines.len() + self.given_back,
            ..self.progress
        }
    }

    /// Why no more predictions are created, if that is so before all inputs were begun.
    pub fn stop_reason(&self) -> Option<StopReason> {
        let canceled = || self.context.stop.is_cancelled() && self.has_waiting();
        self.stop_reason
            .or_else(|| canceled().then_some(StopReason::Canceled))
    }

    fn has_waiting(&self) -> bool {
        !self.lines.is_empty() || self.given_back > 0
    }

    /// Begins inputs, as many as may run at a time.
    fn begin(&mut self) {
        let concurrency = self.context.settings.concurrency.max(1);
        while self.tasks.len() < concurrency {
            let Some((_, start)) = self.lines.front() else {
                return;
            };
            if matches!(start, Start::Create) {
                if !self.may_create() {
                    return;
                }
                self.creates += 1;
            }
            if let Some((line, start)) = self.lines.pop_front() {
                let context = Arc::clone(&self.context);
                let task = context.finish(line, start).in_current_span();
                self.tasks.spawn(task);
            }
        }
    }

    fn may_create(&mut self) -> bool {
        if self.context.stop.is_cancelled() {
            return false;
        }
        let failed = |journal: &super::journal::Journal| journal.has_failed();
        if self.context.journal.as_ref().is_some_and(failed) {
            self.stop(StopReason::Journal);
            return false;
        }
        let limit = self.context.settings.max_predictions;
        limit.is_none_or(|limit| self.creates < limit)
    }

    fn stop(&mut self, reason: StopReason) {
        self.stop_reason.get_or_insert(reason);
        self.context.stop.cancel();
    }

    /// Takes note of a result. `None` if it is not one for the caller.
    fn settle(&mut self, finished: Finished) -> Option<BatchItem> {
        let outcome = finished.outcome;
        if outcome == BatchOutcome::NotCreated {
            let kind = match &finished.result {
                Ok(_) => ErrorKind::Other,
                Err(error) => error.kind(),
            };
            self.creates -= 1;
            let stopped = self.context.stop.is_cancelled();
            let same = self.stop_reason == Some(StopReason::Error(kind));
            if stopped && (kind == ErrorKind::Canceled || same) {
                self.given_back += 1;
                return None;
            }
            if concerns_all(kind) {
                self.stop(StopReason::Error(kind));
            }
        }
        let settings = &self.context.settings;
        let has_expired = outcome == BatchOutcome::Expired && finished.resumed;
        if has_expired && settings.retry_expired || finished.not_found && settings.retry_unknown {
            self.lines.push_back((finished.line, Start::Create));
            return None;
        }
        self.progress.count(outcome);
        if outcome != BatchOutcome::Succeeded {
            self.failures += 1;
            let limit = self.context.settings.max_failures;
            if limit.is_some_and(|limit| self.failures >= limit) && self.lines_to_create() {
                self.stop(StopReason::MaxFailures);
            }
        }
        Some(BatchItem::new(finished, Arc::clone(&self.context)))
    }

    fn lines_to_create(&self) -> bool {
        let is_create = |(_, start): &(Line, Start)| matches!(start, Start::Create);
        self.lines.iter().any(is_create) || !self.tasks.is_empty()
    }
}

/// Whether a create that fails so would fail for every input.
fn concerns_all(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::Authentication
            | ErrorKind::Configuration
            | ErrorKind::Connect
            | ErrorKind::NotFound
            | ErrorKind::PaymentRequired
            | ErrorKind::RateLimited
            | ErrorKind::Redirect
            | ErrorKind::Server
            | ErrorKind::Timeout
    )
}

impl Stream for BatchStream {
    type Item = BatchItem;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            this.begin();
            match ready!(this.tasks.poll_join_next(cx)) {
                Some(Ok(Some(finished))) => {
                    if let Some(item) = this.settle(finished) {
                        return Poll::Ready(Some(item));
                    }
                }
                // Only an abandoned batch, or a runtime that ends, leaves an input without a
                // result.
                Some(Ok(None)) => {}
                Some(Err(error)) => {
                    if let Ok(panic) = error.try_into_panic() {
                        std::panic::resume_unwind(panic);
                    }
                }
                None => {
                    if this.has_waiting() && !this.context.stop.is_cancelled() {
                        this.stop_reason.get_or_insert(StopReason::MaxPredictions);
                    }
                    return Poll::Ready(None);
                }
            }
        }
    }
}

impl Drop for BatchStream {
    fn drop(&mut self) {
        self.context.stop.cancel();
        self.context.abandoned.cancel();
        // A create that was sent completes, and its prediction is journaled.
        self.tasks.detach_all();
    }
}

impl fmt::Debug for BatchStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BatchStream")
            .field("progress", &self.progress())
            .field("stop_reason", &self.stop_reason())
            .finish_non_exhaustive()
    }
}
