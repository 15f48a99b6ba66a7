//! Polling a prediction or training until it is done.

use std::sync::Arc;
use std::time::Duration;

use replicate_api::{RetryPolicy, rounded};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::cancel::{CANCEL_GRACE, cancel_within};
use crate::error::{Error, ErrorKind, Result};
use crate::job::Job;
use crate::job_state::{JobState, single_attempt};
use crate::progress::{Progress, Reporter};
use crate::settings::PollPolicy;
use crate::types::Status;

mod pacing;
mod schedule;

pub(crate) use pacing::Pacing;
pub(crate) use schedule::{Knowledge, Next, PollFailure, Schedule};

/// One wait for one prediction or training. It outlives outages: see [`Schedule`].
pub(crate) struct Poller<J: Job> {
    pub(crate) state: Arc<JobState<J>>,
    pub(crate) policy: PollPolicy,
    pub(crate) deadline: Option<Deadline>,
    pub(crate) cancellation: Option<CancellationToken>,
    pub(crate) progress: Reporter<J>,
}

/// Deadline of a wait, and the timeout that it was made from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    /// As messages show it: in whole milliseconds.
    pub(crate) timeout: Duration,
}

impl Deadline {
    pub(crate) fn after(timeout: Duration) -> Self {
        let now = Instant::now();
        // A duration beyond the clock's range is effectively no limit.
        let at = now
            .checked_add(timeout)
            .unwrap_or_else(|| now + Duration::from_secs(86_400 * 365));
        Self {
            at,
            timeout: rounded(timeout),
        }
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// The error of a wait that this deadline has ended.
    pub(crate) fn exceeded(&self, noun: &str, id: Option<&str>) -> Error {
        let timeout = self.timeout;
        let message = match id {
            Some(id) => format!(
                "timed out after {timeout:?} waiting for {noun} {id}; it may still be running: wait for it by its id, or cancel it"
            ),
            None => format!("timed out after {timeout:?}; no {noun} was created"),
        };
        Error::new(ErrorKind::Timeout, message)
    }
}

impl<J: Job> Poller<J> {
    /// Polls until the job is done: at once, then after growing intervals. A job that did not
    /// succeed is an error that carries it.
    pub(crate) async fn until_done(mut self) -> Result<Arc<J>> {
        if let Some(job) = self.state.snapshot() {
            self.progress.report(Progress::Snapshot(&job));
            if job.status().is_terminal() {
                return self.state.finished(job);
            }
        }
        Box::pin(self.poll()).await
    }

    async fn poll(mut self) -> Result<Arc<J>> {
        let state = Arc::clone(&self.state);
        let client = state.client();
        let backoff = client.transport().retry_policy().clone();
        let (token, account) = client.account_state().await;
        // The first poll sends the token that the account was found by.
        let mut options = single_attempt();
        options.token = token;
        let pacing = &account.pacing;
        let mut schedule = Schedule::new(self.policy, backoff, self.deadline.is_some());
        let mut next = Instant::now();
        loop {
            // Another wait or stream of this handle may have read a terminal status.
            if let Some(job) = state.snapshot().filter(|job| job.status().is_terminal()) {
                return state.finished(job);
            }
            let poll = async {
                tokio::time::sleep_until(next).await;
                while let Some(until) = pacing.paused_until() {
                    tokio::time::sleep_until(until + self.jitter()).await;
                }
                state
                    .read(std::mem::replace(&mut options, single_attempt()))
                    .await
            };
            let polled = tokio::select! {
                biased;
                () = canceled(self.cancellation.as_ref()) => {
                    return cancel_within(&state, CANCEL_GRACE).await;
                }
                polled = poll => polled,
                deadline = reached(self.deadline) => {
                    return Err(state.attach(deadline.exceeded(J::NOUN, Some(state.id()))));
                }
            };
            let error = match polled {
                Ok((job, changed)) => {
                    if changed {
                        self.progress.report(Progress::Snapshot(&job));
                    }
                    next = Deadline::after(schedule.succeeded(pacing.stretch())).at;
                    continue;
                }
                Err(error) => error,
            };
            let failure = PollFailure::from_error(&error);
            match schedule.failed(failure, error.retry_after(), state.knowledge()) {
                Next::After(delay) => {
                    if failure == PollFailure::Transient {
                        let lasted = schedule.outage();
                        let error = &error;
                        self.progress.report(Progress::Outage { lasted, error });
                    }
                    next = Deadline::after(delay).at;
                }
                Next::Paused(delay) => {
                    pacing.limit(delay);
                    let until = pacing.paused_until();
                    let retry_in = until.map_or(delay, |until| until - Instant::now());
                    self.progress.report(Progress::RateLimited { retry_in });
                }
                Next::Fail => return Err(state.attach(failed::<J>(error, failure, state.id()))),
                Next::Outage(outage) => {
                    return Err(state.attach(lost::<J>(error, outage, state.id())));
                }
            }
            tracing::debug!(
                target: "replicate",
                id = state.id(),
                cause = ?failure,
                "poll failed, retrying"
            );
        }
    }

    /// A random part of the polling interval, so that polls which a rate limit has paused
    /// together do not resume together.
    fn jitter(&self) -> Duration {
        let most = self.policy.max_interval.min(Duration::from_secs(1));
        RetryPolicy::default().with_backoff(most, most).backoff(1)
    }
}

/// Advice in errors about a job that may still be running.
const STILL_RUNNING: &str = "it may still be running: wait for it by its id";

/// The error of a poll that failed in a way that a wait does not outlive.
pub(crate) fn failed<J: Job>(error: Error, failure: PollFailure, id: &str) -> Error {
    let error = error.during(format_args!("could not get {} {id}", J::NOUN));
    match failure {
        PollFailure::NotFound | PollFailure::Rejected(http::StatusCode::GONE) => error,
        _ => error.advising(STILL_RUNNING),
    }
}

/// The error of an outage that has lasted too long.
pub(crate) fn lost<J: Job>(error: Error, outage: Duration, id: &str) -> Error {
    // A timeout is the caller's alone: here it is the network that does not respond.
    let kind = match (error.kind(), error.status()) {
        (ErrorKind::Timeout, Some(_)) => ErrorKind::Server,
        (ErrorKind::Timeout, None) => ErrorKind::Connect,
        (kind, _) => kind,
    };
    let outage = Duration::from_secs_f64((outage.as_secs_f64() * 10.0).round() / 10.0);
    let noun = J::NOUN;
    error
        .with_kind(kind)
        .during(format_args!(
            "no usable response for {outage:?} while waiting for {noun} {id}"
        ))
        .advising(STILL_RUNNING)
}

/// Returns a job that succeeded, or the error for its status.
pub(crate) fn finished<J: Job>(job: Arc<J>) -> Result<Arc<J>> {
    if job.is_removed() {
        Err(removed(job))
    } else if *job.status() == Status::Succeeded {
        Ok(job)
    } else {
        Err(J::ended(job))
    }
}

/// The error of a job that has succeeded, but whose output was deleted: null would look as if
/// it had none.
pub(crate) fn removed<J: Job>(job: Arc<J>) -> Error {
    let message = format!(
        "the output of {} {} was deleted; outputs are deleted an hour after the prediction: run the model again",
        J::NOUN,
        job.id()
    );
    J::attach(job, Error::new(ErrorKind::Expired, message))
}

/// Ready once the token is canceled; never without one.
pub(crate) async fn canceled(token: Option<&CancellationToken>) {
    match token {
        Some(token) => token.cancelled().await,
        None => std::future::pending().await,
    }
}

/// Ready at the deadline; never without one.
pub(crate) async fn reached(deadline: Option<Deadline>) -> Deadline {
    match deadline {
        Some(deadline) => {
            tokio::time::sleep_until(deadline.at).await;
            deadline
        }
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_is_reported_in_whole_milliseconds() {
        for (nanos, shown) in [
            (300_000_012, "300ms"),
            (299_999_999, "300ms"),
            (1_999_500_000, "2s"),
            (1_234_000_001, "1.234s"),
        ] {
            let deadline = Deadline::after(Duration::from_nanos(nanos));
            let message = deadline.exceeded("prediction", None).to_string();
            let expected = format!("timed out after {shown}; no prediction was created");
            assert_eq!(message, expected);
        }
    }
}
