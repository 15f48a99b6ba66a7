//! Asking after a prediction or training until it is over.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::builder::PollPolicy;
use crate::error::{Error, ErrorKind, Result};
use crate::job::Job;
use crate::status::is_terminal;

/// The longest that a cancelled call stays, to hear what became of the job.
const LONGEST_GOODBYE: Duration = Duration::from_secs(2);

/// Who is told of a job each time that it has changed. Never contended: the lock only lets a
/// future that holds one be shared between threads.
pub(crate) struct Listener<J>(Mutex<Told<J>>);

type Told<J> = Box<dyn FnMut(&J) + Send>;

impl<J> Listener<J> {
    pub(crate) fn new(listener: impl FnMut(&J) + Send + 'static) -> Self {
        Self(Mutex::new(Box::new(listener)))
    }

    fn tell(&mut self, job: &J) {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)(job);
    }
}

/// One wait for one job.
pub(crate) struct Poll<J: Job> {
    pub(crate) api: replicate_api::Client,
    pub(crate) policy: PollPolicy,
    pub(crate) deadline: Option<Deadline>,
    pub(crate) cancel: Option<CancellationToken>,
    pub(crate) listener: Option<Listener<J>>,
}

/// Until when a caller waits, and how long that was from the beginning.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Deadline {
    pub(crate) at: Instant,
    after: Duration,
}

impl Deadline {
    pub(crate) fn after(after: Duration) -> Self {
        let now = Instant::now();
        // A duration beyond what the clock can hold is no deadline that anybody lives to see.
        let at = now
            .checked_add(after)
            .unwrap_or_else(|| now + Duration::from_secs(86_400 * 365));
        Self { at, after }
    }

    pub(crate) fn remaining(&self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    pub(crate) fn passed(&self, what: &str, id: Option<&str>) -> Error {
        let after = self.after;
        let message = match id {
            Some(id) => format!(
                "the {what} {id} did not end within {after:?}; it goes on: wait for it again by its id, or cancel it"
            ),
            None => format!("no {what} was created within {after:?}; nothing was sent"),
        };
        Error::new(ErrorKind::Timeout, message)
    }
}

/// What a wait was interrupted by.
enum Interrupted {
    Deadline(Deadline),
    Cancelled,
}

impl<J: Job> Poll<J> {
    /// Asks until the job is over: at once, then in growing pauses. A job that ended otherwise
    /// than by success is an error that carries it, as is every other error.
    pub(crate) async fn until_over(mut self, id: &str, mut seen: Option<J>) -> Result<J> {
        if let Some(job) = &seen {
            self.tell(job);
        }
        let mut pauses = self.policy.pauses();
        loop {
            if let Some(job) = seen.take_if(|job| is_terminal(job.status())) {
                return over(job);
            }
            let asked = self
                .interruptible(J::get(self.api.clone(), id.to_owned()))
                .await;
            match asked {
                Err(interruption) => {
                    return Box::pin(self.interrupted(interruption, id, seen)).await;
                }
                Ok(Err(error)) => return Err(J::into_error(seen, error)),
                Ok(Ok(job)) => {
                    if seen.as_ref().is_none_or(|before| job.differs(before)) {
                        self.tell(&job);
                    }
                    seen = Some(job);
                }
            }
            if seen.as_ref().is_some_and(|job| is_terminal(job.status())) {
                continue;
            }
            let pause = pauses.next().unwrap_or(self.policy.longest);
            if let Err(interruption) = self.interruptible(tokio::time::sleep(pause)).await {
                return Box::pin(self.interrupted(interruption, id, seen)).await;
            }
        }
    }

    fn tell(&mut self, job: &J) {
        if let Some(listener) = &mut self.listener {
            listener.tell(job);
        }
    }

    async fn interruptible<T>(&self, step: impl Future<Output = T>) -> Result<T, Interrupted> {
        tokio::select! {
            biased;
            () = cancelled(self.cancel.as_ref()) => Err(Interrupted::Cancelled),
            done = step => Ok(done),
            deadline = passed(self.deadline) => Err(Interrupted::Deadline(deadline)),
        }
    }

    async fn interrupted(self, by: Interrupted, id: &str, seen: Option<J>) -> Result<J> {
        match by {
            Interrupted::Deadline(deadline) => {
                Err(J::into_error(seen, deadline.passed(J::WHAT, Some(id))))
            }
            Interrupted::Cancelled => cancel_on_server(self.api, id, seen, LONGEST_GOODBYE).await,
        }
    }
}

/// Ends a job at the server because its caller no longer wants it. One that has succeeded
/// meanwhile is a success.
pub(crate) async fn cancel_on_server<J: Job>(
    api: replicate_api::Client,
    id: &str,
    seen: Option<J>,
    within: Duration,
) -> Result<J> {
    match tokio::time::timeout(within, J::cancel(api, id.to_owned())).await {
        Ok(Ok(job)) if is_terminal(job.status()) => over(job),
        Ok(Ok(job)) => {
            let message = format!("the {} {id} is being canceled, as asked", J::WHAT);
            Err(J::into_error(
                Some(job),
                Error::new(ErrorKind::Canceled, message),
            ))
        }
        Ok(Err(error)) => {
            let message = format!(
                "the {} {id} could not be canceled and may go on: {error}",
                J::WHAT
            );
            Err(J::into_error(
                seen,
                Error::new(ErrorKind::Canceled, message).with_source(error),
            ))
        }
        Err(_) => {
            let message = format!(
                "the {} {id} was asked to end; no answer came within {within:?}, so it may go on",
                J::WHAT
            );
            Err(J::into_error(
                seen,
                Error::new(ErrorKind::Canceled, message),
            ))
        }
    }
}

fn over<J: Job>(job: J) -> Result<J> {
    if job.is_removed() {
        Err(removed(job))
    } else if job.status() == "succeeded" {
        Ok(job)
    } else {
        Err(job.ended())
    }
}

/// The error of a job that has succeeded, but whose output nobody has any more: null would look
/// as if it had given none.
pub(crate) fn removed<J: Job>(job: J) -> Error {
    let message = format!(
        "the {} has succeeded, but its output is no longer there: outputs are deleted an hour after the prediction; run the model again",
        J::WHAT
    );
    J::into_error(Some(job), Error::new(ErrorKind::Expired, message))
}

/// Ready once the token is cancelled; never where there is none.
pub(crate) async fn cancelled(token: Option<&CancellationToken>) {
    match token {
        Some(token) => token.cancelled().await,
        None => std::future::pending().await,
    }
}

async fn passed(deadline: Option<Deadline>) -> Deadline {
    match deadline {
        Some(deadline) => {
            tokio::time::sleep_until(deadline.at).await;
            deadline
        }
        None => std::future::pending().await,
    }
}
