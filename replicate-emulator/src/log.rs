//! What is told to whoever follows along: requests, and deliveries of webhooks.

use std::{fmt, sync::Arc, time::Duration};

type Listener<T> = dyn Fn(&T) + Send + Sync;

/// Who hears of every `T`.
pub(crate) struct Log<T>(Option<Arc<Listener<T>>>);

impl<T> Log<T> {
    pub(crate) fn to(listener: impl Fn(&T) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    pub(crate) fn wanted(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn tell(&self, what: &T) {
        if let Some(listener) = &self.0 {
            listener(what);
        }
    }
}

impl<T> Default for Log<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> fmt::Debug for Log<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Log").field(&self.wanted()).finish()
    }
}

/// A request and how it was answered. Displays as `POST /v1/predictions 201 0.4 ms`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccessLogEntry {
    /// The method.
    pub method: String,
    /// Path and query, as they came.
    pub target: String,
    /// The id of the operation that it reached, such as `predictions.create`.
    pub operation: Option<&'static str>,
    /// The status of the answer; none if a fault dropped the connection instead.
    pub status: Option<u16>,
    /// How long the answer took to begin.
    pub took: Duration,
}

impl fmt::Display for AccessLogEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let milliseconds = self.took.as_secs_f64() * 1e3;
        let status = self
            .status
            .map_or_else(|| "dropped".to_owned(), |status| status.to_string());
        write!(
            f,
            "{} {} {status} {milliseconds:.1} ms",
            self.method, self.target
        )
    }
}
