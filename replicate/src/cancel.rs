//! Cancelling a prediction whose future was dropped.

use std::time::Duration;

use tokio::runtime::Handle;

use crate::create::{Created, Prepared};
use crate::error::{Error, ErrorKind, Result};

/// How long a cancel that nobody waits for may take.
const LEFT_BEHIND: Duration = Duration::from_secs(30);

/// Cancels a prediction when it is dropped, unless it is over.
#[derive(Debug)]
pub(crate) struct CancelGuard {
    api: replicate_api::Client,
    id: Option<String>,
}

impl CancelGuard {
    pub(crate) fn new(api: replicate_api::Client, id: String) -> Self {
        Self { api, id: Some(id) }
    }

    /// Creates a prediction in a task of its own: when the caller is dropped before the answer
    /// has come, the prediction is cancelled as soon as it has an id.
    pub(crate) async fn create(
        api: replicate_api::Client,
        creating: replicate_api::Client,
        prepared: Prepared,
        wait: Option<u64>,
    ) -> Result<(Created, Self)> {
        let task = tokio::spawn(async move {
            let created = prepared.send(&creating, wait).await?;
            let guard = Self::new(api, created.prediction.id.clone());
            Ok((created, guard))
        });
        match task.await {
            Ok(result) => result,
            Err(error) => Err(
                Error::new(ErrorKind::Other, "the task of the create did not end")
                    .with_source(error),
            ),
        }
    }

    /// Leaves the prediction as it is from here on.
    pub(crate) fn disarm(&mut self) {
        self.id = None;
    }
}

impl Drop for CancelGuard {
    fn drop(&mut self) {
        let (Some(id), Ok(runtime)) = (self.id.take(), Handle::try_current()) else {
            return;
        };
        let api = self.api.clone();
        runtime.spawn(async move {
            let cancelling = api.predictions_cancel().prediction_id(&id).send();
            if let Ok(Err(error)) = tokio::time::timeout(LEFT_BEHIND, cancelling).await {
                tracing::warn!(prediction = %id, %error, "a dropped prediction could not be canceled");
            }
        });
    }
}
