//! Terminal statuses.

use crate::types::Status;

impl Status {
    /// Whether a prediction or training with this status is done. A status that is not known is
    /// not terminal: whoever waits continues to poll.
    ///
    /// ```
    /// use replicate_api::types::Status;
    ///
    /// assert!(Status::from("aborted").is_terminal());
    /// assert!(!Status::from("queued").is_terminal());
    /// ```
    pub fn is_terminal(&self) -> bool {
        matches!(
            self.as_str(),
            "succeeded" | "failed" | "canceled" | "aborted"
        )
    }
}
