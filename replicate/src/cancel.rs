//! Cancelling a prediction whose future was dropped.

use std::sync::LazyLock;
use std::time::Duration;

use replicate_api::{CallOptions, CancellationToken};
use tokio::runtime::Handle;
use tokio::sync::watch;

use crate::create::{Created, Prepared};
use crate::error::{Error, ErrorKind, Result};

/// How long a cancel that nobody waits for may take.
const LEFT_BEHIND: Duration = Duration::from_secs(30);

/// How many cancels are under way that nobody waits for.
static LEFT: LazyLock<watch::Sender<usize>> = LazyLock::new(|| watch::Sender::new(0));

/// Waits until nothing is left behind.
#[cfg(feature = "blocking")]
pub(crate) async fn nothing_left() {
    // The sender is never dropped, so that this cannot fail.
    let _ = LEFT.subscribe().wait_for(|left| *left == 0).await;
}

/// One of what is left behind.
struct Left;

impl Left {
    fn new() -> Self {
        LEFT.send_modify(|left| *left += 1);
        Self
    }
}

impl Drop for Left {
    fn drop(&mut self) {
        LEFT.send_modify(|left| *left -= 1);
    }
}

/// Cancels a prediction when it is dropped, unless it is over.
#[derive(Debug)]
pub(crate) struct CancelGuard {
    api: replicate_api::Client,
    id: Option<String>,
    /// Where the cancel runs: the guard may be dropped outside of it.
    runtime: Option<Handle>,
}

/// Has nothing more sent for a create when its caller is dropped.
struct CancelOnDrop(CancellationToken);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

impl CancelGuard {
    pub(crate) fn new(api: replicate_api::Client, id: String) -> Self {
        Self {
            api,
            id: Some(id),
            runtime: Handle::try_current().ok(),
        }
    }

    /// Creates a prediction in a task of its own: when the caller is dropped before the answer
    /// has come, the prediction is cancelled as soon as it has an id. A create that has not
    /// gone out by then does not any more.
    pub(crate) async fn create(
        api: replicate_api::Client,
        creating: replicate_api::Client,
        prepared: Prepared,
        wait: Option<u64>,
    ) -> Result<(Created, Self)> {
        let stop = creating
            .transport()
            .options()
            .cancellation_token
            .clone()
            .unwrap_or_default();
        let options = CallOptions::new().with_cancellation_token(stop.clone());
        let transport = creating.transport().with_options(options);
        let creating = replicate_api::Client::from_transport(transport);
        let sent = prepared.sent_now();
        let dropped = CancelOnDrop(stop);
        let task = tokio::spawn(async move {
            let _left = Left::new();
            let created = prepared.send(&creating, wait).await?;
            let guard = Self::new(api, created.prediction.id.clone());
            Ok((created, guard))
        });
        let result = task.await;
        drop(dropped);
        result.unwrap_or_else(|error| {
            let message = "the task of the create did not end: the prediction may have been created; look for it among the recent ones";
            let error = Error::new(ErrorKind::OutcomeUnknown, message).with_source(error);
            Err(error.with_sent_create(|| sent))
        })
    }

    /// Leaves the prediction as it is from here on.
    pub(crate) fn disarm(&mut self) {
        self.id = None;
    }
}

impl Drop for CancelGuard {
    fn drop(&mut self) {
        let runtime = Handle::try_current().ok().or_else(|| self.runtime.take());
        let (Some(id), Some(runtime)) = (self.id.take(), runtime) else {
            return;
        };
        let (api, left) = (self.api.clone(), Left::new());
        runtime.spawn(async move {
            let _left = left;
            let cancelling = api.predictions_cancel().prediction_id(&id).send();
            if let Ok(Err(error)) = tokio::time::timeout(LEFT_BEHIND, cancelling).await {
                tracing::warn!(prediction = %id, %error, "a dropped prediction could not be canceled");
            }
        });
    }
}
