//! Waiting for what runs already.

use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use replicate_api::{CallOptions, Tap};
use tokio_util::sync::CancellationToken;

use crate::Client;
use crate::builder::PollPolicy;
use crate::call::taken;
use crate::cancel::CancelGuard;
use crate::error::Result;
use crate::job::Job;
use crate::poll::{Deadline, Listener, Poll};
use crate::progress::Progress;
use crate::types::{Prediction, Training};

/// A wait for a prediction's end: made by [`Client::wait`], begun when it is awaited.
///
/// It gives the prediction once it has succeeded; one that failed, or was canceled or aborted,
/// is an error that carries it. A prediction that was over when it was given is not asked for
/// again.
///
/// ```
/// use std::time::Duration;
///
/// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
/// let prediction = replicate.predictions().create("acme/app").await?;
/// let prediction = replicate.wait(&prediction).timeout(Duration::from_secs(300)).await?;
/// println!("{}", replicate.output(&prediction)?);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is asked before it is awaited"]
pub struct Wait {
    inner: Waiting<Prediction>,
    cancel_on_drop: bool,
}

/// A wait for a training's end: made by [`Trainings::wait`](crate::resources::Trainings::wait),
/// begun when it is awaited.
#[must_use = "nothing is asked before it is awaited"]
pub struct TrainingWait {
    inner: Waiting<Training>,
}

struct Waiting<J: Job> {
    client: Client,
    id: String,
    seen: Option<J>,
    poll: PollPolicy,
    timeout: Option<Duration>,
    cancel: Option<CancellationToken>,
    listener: Option<Listener<J>>,
}

impl<J: Job> Waiting<J> {
    fn new(client: Client, id: String, seen: Option<J>) -> Self {
        let poll = client.settings.poll;
        Self {
            client,
            id,
            seen,
            poll,
            timeout: None,
            cancel: None,
            listener: None,
        }
    }

    async fn finish(self) -> Result<J> {
        let poll = Poll {
            api: self.client.api,
            policy: self.poll,
            deadline: self.timeout.map(Deadline::after),
            cancel: self.cancel,
            listener: self.listener,
        };
        poll.until_over(&self.id, self.seen).await
    }

    async fn raw(mut self) -> Result<Bytes> {
        let tap = Tap::default();
        let options = CallOptions::new().with_tap(tap.clone());
        self.client = self
            .client
            .with_transport(self.client.transport().with_options(options));
        // A body is wanted, so at least one has to be asked for.
        self.seen = None;
        match self.finish().await {
            Ok(_) => taken(&tap),
            Err(error) => Err(error.with_body(tap.take_redacted())),
        }
    }
}

macro_rules! options {
    () => {
        /// Stops waiting after this time. Nothing is cancelled, and the error carries what was
        /// seen last. Without one the wait has no end.
        pub fn timeout(mut self, timeout: Duration) -> Self {
            self.inner.timeout = Some(timeout);
            self
        }

        /// How often the server is asked.
        pub fn poll(mut self, policy: PollPolicy) -> Self {
            self.inner.poll = policy;
            self
        }

        /// Cancels at the server when `token` is cancelled, and returns once that is answered,
        /// after 2 s at most.
        pub fn cancelled_by(mut self, token: CancellationToken) -> Self {
            self.inner.cancel = Some(token);
            self
        }
    };
}

impl Wait {
    pub(crate) fn new(client: Client, id: &str, seen: Option<&Prediction>) -> Self {
        Self {
            inner: Waiting::new(client, id.to_owned(), seen.cloned()),
            cancel_on_drop: false,
        }
    }

    options! {}

    /// Calls `listener` with the prediction as it was given, each time that it has changed, and
    /// when it is over.
    pub fn on_progress(mut self, mut listener: impl FnMut(Progress<'_>) + Send + 'static) -> Self {
        self.inner.listener = Some(Listener::new(move |prediction| {
            listener(Progress::of(prediction))
        }));
        self
    }

    /// Cancels the prediction at the server when the future of this wait is dropped before its
    /// end. A task is left behind for that.
    pub fn cancel_on_drop(mut self) -> Self {
        self.cancel_on_drop = true;
        self
    }

    /// Waits, and gives the prediction's body as the API sent it last.
    ///
    /// # Errors
    /// Those of the wait; the error of a prediction that failed carries the body too.
    pub async fn raw(self) -> Result<Bytes> {
        let mut guard = self.guard();
        let result = self.inner.raw().await;
        disarm(&mut guard);
        result
    }

    fn guard(&self) -> Option<CancelGuard> {
        let inner = &self.inner;
        self.cancel_on_drop
            .then(|| CancelGuard::new(inner.client.api.clone(), inner.id.clone()))
    }
}

fn disarm(guard: &mut Option<CancelGuard>) {
    if let Some(guard) = guard {
        guard.disarm();
    }
}

impl TrainingWait {
    pub(crate) fn new(client: Client, id: &str) -> Self {
        Self {
            inner: Waiting::new(client, id.to_owned(), None),
        }
    }

    options! {}

    /// Waits, and gives the training's body as the API sent it last.
    ///
    /// # Errors
    /// Those of the wait; the error of a training that failed carries the body too.
    pub async fn raw(self) -> Result<Bytes> {
        self.inner.raw().await
    }
}

impl IntoFuture for Wait {
    type Output = Result<Prediction>;
    type IntoFuture = BoxFuture<'static, Result<Prediction>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let mut guard = self.guard();
            let result = self.inner.finish().await;
            disarm(&mut guard);
            result
        })
    }
}

impl IntoFuture for TrainingWait {
    type Output = Result<Training>;
    type IntoFuture = BoxFuture<'static, Result<Training>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.inner.finish())
    }
}

impl fmt::Debug for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait")
            .field("id", &self.inner.id)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for TrainingWait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TrainingWait")
            .field("id", &self.inner.id)
            .finish_non_exhaustive()
    }
}
