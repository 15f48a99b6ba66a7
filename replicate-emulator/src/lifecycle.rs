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

    #[test]
    fn each_event_leads_to_its_status_and_a_terminal_one_never_changes() {
        use Event::{Began, CanceledByUser, DeadlinePassed};
        use Status::{Aborted, Canceled, Failed, Processing, Starting, Succeeded};
        let transitions = [
            (Starting, Began, Processing),
            (Starting, Event::Failed, Failed),
            (Starting, CanceledByUser, Canceled),
            (Starting, DeadlinePassed, Aborted),
            (Processing, Event::Succeeded, Succeeded),
            (Processing, Event::Failed, Failed),
            (Processing, CanceledByUser, Canceled),
            (Processing, DeadlinePassed, Canceled),
        ];
        for status in [Starting, Processing, Succeeded, Failed, Canceled, Aborted] {
            let own = transitions.iter().filter(|(from, ..)| *from == status);
            assert_eq!(status.is_terminal(), own.clone().count() == 0);
            for event in [
                Began,
                Event::Succeeded,
                Event::Failed,
                CanceledByUser,
                DeadlinePassed,
            ] {
                let expected = own.clone().find(|(_, on, _)| *on == event);
                let expected = expected.map(|(_, _, to)| *to);
                assert_eq!(next(status, event), expected, "{status} {event:?}");
            }
        }
    }
}
