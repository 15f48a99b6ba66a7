//! Which states of a prediction or training are its last.

/// Whether a prediction or training in this state is over.
///
/// A state that nobody knows yet is not: whoever waits goes on asking.
///
/// ```
/// assert!(replicate::is_terminal("aborted"));
/// assert!(!replicate::is_terminal("queued"));
/// ```
pub fn is_terminal(status: &str) -> bool {
    matches!(status, "succeeded" | "failed" | "canceled" | "aborted")
}
