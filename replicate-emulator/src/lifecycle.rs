//! The states of a prediction or training, and the transitions between them.

use std::fmt;

use serde::Serialize;

/// The status of a prediction or training.
///
/// See the [API's page on predictions](https://replicate.com/docs/topics/predictions/lifecycle).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Status {
    /// Created; its model has not begun.
    Starting,
    /// Its model is running.
    Processing,
    /// Ended with an output.
    Succeeded,
    /// Ended with an error.
    Failed,
    /// Canceled by its user, or by its deadline while it ran.
    Canceled,
    /// Ended by its deadline before its model began.
    Aborted,
}

impl Status {
    /// Whether this status is terminal.
    pub fn is_terminal(self) -> bool {
        !matches!(self, Self::Starting | Self::Processing)
    }

    /// The name of the status in the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Processing => "processing",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
            Self::Aborted => "aborted",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An event in the life of a prediction or training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Began,
    Succeeded,
    Failed,
    CanceledByUser,
    DeadlinePassed,
}

/// The status after `event`, or none if the event has no effect.
pub(crate) fn next(status: Status, event: Event) -> Option<Status> {
    use Status::{Aborted, Canceled, Failed, Processing, Starting, Succeeded};
    match (status, event) {
        (Starting, Event::Began) => Some(Processing),
        (Processing, Event::Succeeded) => Some(Succeeded),
        (Starting | Processing, Event::Failed) => Some(Failed),
        (Starting | Processing, Event::CanceledByUser) => Some(Canceled),
        (Starting, Event::DeadlinePassed) => Some(Aborted),
        (Processing, Event::DeadlinePassed) => Some(Canceled),
        (Processing, Event::Began) | (Starting, Event::Succeeded) => None,
        (Succeeded | Failed | Canceled | Aborted, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 5] = [
        Event::Began,
        Event::Succeeded,
        Event::Failed,
        Event::CanceledByUser,
        Event::DeadlinePassed,
    ];

    #[test]
    fn a_terminal_status_never_changes() {
        for status in [
            Status::Succeeded,
            Status::Failed,
            Status::Canceled,
            Status::Aborted,
        ] {
            assert!(status.is_terminal());
            for event in EVENTS {
                assert_eq!(next(status, event), None, "{status} after {event:?}");
            }
        }
    }

    #[test]
    fn a_deadline_aborts_before_the_start_and_cancels_after_it() {
        let deadline = Event::DeadlinePassed;
        assert_eq!(next(Status::Starting, deadline), Some(Status::Aborted));
        assert_eq!(next(Status::Processing, deadline), Some(Status::Canceled));
    }

    #[test]
    fn success_needs_a_start() {
        assert_eq!(next(Status::Starting, Event::Succeeded), None);
        assert_eq!(
            next(Status::Starting, Event::Began).and_then(|s| next(s, Event::Succeeded)),
            Some(Status::Succeeded)
        );
    }

    #[test]
    fn a_user_cancels_at_any_time_before_the_end() {
        for status in [Status::Starting, Status::Processing] {
            assert_eq!(next(status, Event::CanceledByUser), Some(Status::Canceled));
        }
    }
}
