//! Callbacks for requests and for deliveries of webhooks.

use std::{fmt, time::Duration};

/// A callback for every `T`, if one is set.
pub(crate) type Log<T> = Option<Box<dyn Fn(&T) + Send + Sync>>;

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
        write!(f, "{} {} ", self.method, self.target)?;
        match self.status {
            Some(status) => write!(f, "{status}")?,
            None => f.write_str("dropped")?,
        }
        write!(f, " {:.1} ms", self.took.as_secs_f64() * 1e3)
    }
}
