use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::{Client, Output};
use crate::error::Result;
use crate::job::Job;
use crate::types::Prediction;
use crate::{PollPolicy, Progress};

/// A handle for a prediction or training: see [`crate::Handle`].
pub struct Handle<J: Job> {
    handle: crate::Handle<J>,
    client: Client,
}

impl<J: Job> Handle<J> {
    pub(super) fn new(handle: crate::Handle<J>, client: Client) -> Self {
        Self { handle, client }
    }

    /// Returns the id of the prediction or training.
    pub fn id(&self) -> &str {
        self.handle.id()
    }

    /// The latest snapshot: see [`crate::Handle::snapshot`].
    pub fn snapshot(&self) -> Option<Arc<J>> {
        self.handle.snapshot()
    }

    /// Reads the prediction or training from the API: see [`crate::Handle::refresh`].
    pub fn refresh(&self) -> Result<Arc<J>> {
        self.client.block_on(self.handle.refresh())
    }

    /// Waits until the status is terminal: see [`crate::Handle::wait`]. [`send`](Wait::send)
    /// begins.
    pub fn wait(&self) -> Wait<J> {
        Wait {
            wait: self.handle.wait(),
            client: self.client.clone(),
        }
    }

    /// Cancels the prediction or training: see [`crate::Handle::cancel`].
    pub fn cancel(&self) -> Result<Arc<J>> {
        self.client.block_on(self.handle.cancel())
    }

    /// Keeps the job running when the handle is dropped: see [`crate::Handle::detach`].
    pub fn detach(&self) {
        self.handle.detach();
    }
}

impl Handle<Prediction> {
    /// Waits until the prediction is done and returns its output: see [`crate::Handle::output`].
    pub fn output(&self) -> Result<Output> {
        let output = self.client.block_on(self.handle.output())?;
        Ok(Output::new(output, self.client.clone()))
    }

    /// The prediction's events, from the first one on: see [`crate::Handle::events`].
    #[cfg(feature = "stream")]
    pub fn events(&self) -> Result<super::Iter<crate::EventStream>> {
        let events = self.client.block_on(self.handle.events())?;
        Ok(self.client.iter(events))
    }
}

impl<J: Job> fmt::Debug for Handle<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handle.fmt(f)
    }
}

/// A wait until a prediction or training is done: see [`crate::Wait`].
#[must_use = "nothing is sent before `send`"]
pub struct Wait<J: Job = Prediction> {
    wait: crate::Wait<J>,
    client: Client,
}

impl<J: Job> Wait<J> {
    /// Stops waiting after this time: see [`crate::Wait::timeout`].
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|wait| wait.timeout(timeout))
    }

    /// Polling intervals: see [`crate::Wait::poll_policy`].
    pub fn poll_policy(self, policy: PollPolicy) -> Self {
        self.with(|wait| wait.poll_policy(policy))
    }

    /// Cancels when `token` is canceled: see [`crate::Wait::cancellation_token`].
    pub fn cancellation_token(self, token: CancellationToken) -> Self {
        self.with(|wait| wait.cancellation_token(token))
    }

    /// Calls `callback` at each change: see [`crate::Wait::on_progress`].
    pub fn on_progress(self, callback: impl FnMut(Progress<'_, J>) + Send + 'static) -> Self {
        self.with(|wait| wait.on_progress(callback))
    }

    /// Waits: see [`crate::Wait`].
    pub fn send(self) -> Result<J> {
        self.client.block_on(self.wait)
    }

    fn with(mut self, change: impl FnOnce(crate::Wait<J>) -> crate::Wait<J>) -> Self {
        self.wait = change(self.wait);
        self
    }
}

impl<J: Job> fmt::Debug for Wait<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.wait.fmt(f)
    }
}
