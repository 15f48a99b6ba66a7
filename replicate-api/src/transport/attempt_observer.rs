//! A hook around each attempt of a request that creates something.

use std::io;

use futures::future::BoxFuture;

/// Observes the attempts of one request, for a journal that records each request before it is
/// sent.
///
/// Set by
/// [`RequestOptions::with_attempt_observer`](crate::RequestOptions::with_attempt_observer).
///
/// ```
/// use std::io;
/// use std::sync::Arc;
/// use futures::future::BoxFuture;
/// use replicate_api::{AttemptObserver, RequestOptions};
///
/// struct Log;
///
/// impl AttemptObserver for Log {
///     fn before_send(&self) -> BoxFuture<'_, io::Result<()>> {
///         Box::pin(async {
///             println!("sending");
///             Ok(())
///         })
///     }
///
///     fn not_processed(&self) {
///         println!("sending again");
///     }
/// }
///
/// let options = RequestOptions::new().with_attempt_observer(Arc::new(Log));
/// ```
pub trait AttemptObserver: Send + Sync {
    /// Called before each attempt is sent, when its turn in the queue of rate-limited creates has
    /// come. The attempt is sent once the future is ready; if that is an error, the call ends
    /// with [`ErrorKind::File`](crate::ErrorKind::File), and nothing is sent.
    fn before_send(&self) -> BoxFuture<'_, io::Result<()>>;

    /// Called when an attempt is certain not to have been processed (it was not sent, or the API
    /// rejected it) and another one follows.
    fn not_processed(&self);
}
