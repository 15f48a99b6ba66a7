//! Callbacks for requests and for deliveries of webhooks.

use std::{fmt, sync::Arc, time::Duration};

type Listener<T> = dyn Fn(&T) + Send + Sync;

/// A callback for every `T`, if one is set.
pub(crate) struct Log<T>(Option<Arc<Listener<T>>>);

impl<T> Log<T> {
    pub(crate) fn to(listener: impl Fn(&T) + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(listener)))
    }

    pub(crate) fn is_set(&self) -> bool {
        self.0.is_some()
    }

    pub(crate) fn notify(&self, event: &T) {
        if let Some(listener) = &self.0 {
            listener(event);
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
        f.debug_tuple("Log").field(&self.is_set()).finish()
    }
}

/// A handled request. Displays as `POST /v1/predictions 201 0.4 ms`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AccessLogEntry {
    /// The method.
    pub method: String,
    /// Path and query, as received.
    pub target: String,
    /// The id of the operation, such as `predictions.create`, if the request has one.
    pub operation: Option<&'static str>,
    /// The status of the response; none if a fault reset the connection.
    pub status: Option<u16>,
    /// The time until the response began.
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
