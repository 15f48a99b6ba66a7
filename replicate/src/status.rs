//! Terminal statuses.

use crate::types::Status;

/// Whether a prediction or training with this status is done. An unknown status is not terminal:
/// waits continue to poll.
///
/// ```
/// assert!(replicate::is_terminal("aborted"));
/// assert!(!replicate::is_terminal("queued"));
/// ```
pub fn is_terminal(status: &str) -> bool {
    Status::from(status).is_terminal()
}
