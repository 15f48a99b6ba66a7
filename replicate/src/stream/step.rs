//! One step of a stream: waits for its connection, and the prediction itself.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{FutureExt, StreamExt};

use super::source::{Connection, Source};
use crate::error::{Error, ErrorKind};
use crate::sse::{Event, Events, SseError};
use crate::types::Prediction;

/// Interval at which the prediction is read while the stream is not connected.
const DISCONNECTED_INTERVAL: Duration = Duration::from_secs(2);

/// Initial interval, which doubles up to the second, at which the prediction is read while a
/// connection delivers nothing. A server can send heartbeats forever.
const QUIET_INTERVAL: Duration = Duration::from_secs(5);
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

pub(super) enum Step {
    Event {
        event: Event,
        /// Whether it named its id itself.
        named: bool,
    },
    /// The connection broke, or ended without `done`.
    Broken,
    /// The prediction ended while nothing came.
    Terminal(Arc<Prediction>),
    Failed(Error),
}

/// Waits for the next result of a connection.
pub(super) async fn step<S: Source>(
    events: &mut Events<Connection>,
    quiet: &mut Option<BoxFuture<'static, Arc<Prediction>>>,
    source: &S,
) -> Step {
    let watch = || terminal(source.clone(), QUIET_INTERVAL, IDLE_TIMEOUT).boxed();
    let quiet = quiet.get_or_insert_with(watch);
    tokio::select! {
        biased;
        item = events.next() => Step::from_item(item, events),
        prediction = quiet => Step::Terminal(prediction),
    }
}

impl Step {
    pub(super) fn from_item(
        item: Option<Result<Event, SseError<Error>>>,
        events: &Events<Connection>,
    ) -> Self {
        match item {
            Some(Ok(event)) => Self::Event {
                event,
                named: events.last_event_is_named(),
            },
            None => Self::Broken,
            Some(Err(SseError::Source(error))) if error.kind().is_transient() => Self::Broken,
            Some(Err(SseError::Source(error))) => Self::Failed(error),
            Some(Err(error @ SseError::TooLarge { .. })) => {
                Self::Failed(Error::new(ErrorKind::TooLarge, error.to_string()))
            }
            Some(Err(error)) => Self::Failed(Error::new(ErrorKind::Stream, error.to_string())),
        }
    }
}

/// Runs `work` without a connection, unless the prediction ends before it does.
pub(super) async fn unless_terminal<T>(
    source: impl Source,
    mut work: impl Future<Output = T> + Unpin,
) -> Result<T, Arc<Prediction>> {
    tokio::select! {
        biased;
        done = &mut work => Ok(done),
        prediction = terminal(source, DISCONNECTED_INTERVAL, DISCONNECTED_INTERVAL) => {
            Err(prediction)
        }
    }
}

/// Reads the prediction at growing intervals, and resolves once it is terminal.
async fn terminal<S: Source>(source: S, mut interval: Duration, max: Duration) -> Arc<Prediction> {
    loop {
        tokio::time::sleep(interval).await;
        while let Some(until) = source.pacing().paused_until() {
            tokio::time::sleep_until(until).await;
        }
        if let Ok(prediction) = source.prediction().await
            && prediction.status.is_terminal()
        {
            return prediction;
        }
        interval = (interval * 2).min(max);
    }
}
