//! Locks that a panic of somebody else's model does not take down, and the signal to stop.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// A lock whose data stays usable after a panic while it was held.
pub(crate) trait Locked<T> {
    fn locked(&self) -> MutexGuard<'_, T>;
}

impl<T> Locked<T> for Mutex<T> {
    fn locked(&self) -> MutexGuard<'_, T> {
        self.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells every task of an emulator that it is over.
#[derive(Debug)]
pub(crate) struct Stop(watch::Sender<bool>);

impl Stop {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    pub(crate) fn now(&self) {
        self.0.send_replace(true);
    }

    /// Ends when the emulator stops.
    pub(crate) async fn requested(&self) {
        // The sender lives in `self`, so that waiting cannot fail while this future exists.
        let _ = self.0.subscribe().wait_for(|stopped| *stopped).await;
    }
}
