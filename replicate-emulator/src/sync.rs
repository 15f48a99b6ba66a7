//! Locks that a panic of a user's model does not poison.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// A lock whose data stays usable after a panic while it was held.
pub(crate) trait Locked<T> {
    fn locked(&self) -> MutexGuard<'_, T>;
}

impl<T> Locked<T> for Mutex<T> {
    fn locked(&self) -> MutexGuard<'_, T> {
        self.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
