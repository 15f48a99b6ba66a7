//! What a stream tells.

use std::fmt;

use serde_json::Value;

use crate::error::{Error, ErrorKind};

/// One event of a prediction's stream. `Display` writes an output's text, and nothing for any
/// other.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StreamEvent {
    /// More of the output: text, or a file's address.
    Output(String),
    /// More of the logs.
    Logs(String),
    /// The prediction is over; nothing comes after this. It has succeeded only where the reason
    /// is [`Completed`](DoneReason::Completed): a prediction that was canceled ends like this
    /// too, while one that failed or was aborted is an error that carries it.
    Done {
        /// Why it is over.
        reason: DoneReason,
    },
}

/// Why a prediction is over.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum DoneReason {
    /// It has succeeded.
    Completed,
    /// It was canceled.
    Canceled,
    /// It failed. An [`EventStream`](crate::EventStream) gives an error instead, with the
    /// prediction.
    Error,
    /// A reason that was not known when this was written.
    Other(String),
}

impl fmt::Display for StreamEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Output(text) => f.write_str(text),
            _ => Ok(()),
        }
    }
}

impl DoneReason {
    /// Reads the data of a `done` event: `{}`, or `{"reason": "…"}`.
    pub(super) fn of_data(data: &str) -> Self {
        let data: Value = serde_json::from_str(data).unwrap_or_default();
        match data.get("reason").and_then(Value::as_str) {
            None | Some("" | "completed" | "succeeded") => Self::Completed,
            Some("canceled") => Self::Canceled,
            Some("error" | "failed") => Self::Error,
            Some(other) => Self::Other(other.to_owned()),
        }
    }
}

/// The error that an `error` event stands for.
pub(super) fn error_of_data(data: &str) -> Error {
    let parsed: Value = serde_json::from_str(data).unwrap_or_default();
    let detail = ["detail", "message", "error"]
        .iter()
        .find_map(|name| parsed.get(name).and_then(Value::as_str))
        .or_else(|| parsed.as_str())
        .unwrap_or(data)
        .trim();
    let message = match detail {
        "" => "the prediction failed, and its stream gives no reason".to_owned(),
        detail => format!("the prediction failed: {detail}"),
    };
    Error::new(ErrorKind::Failed, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_writes_its_text_and_nothing_else_writes_any() {
        let done = StreamEvent::Done {
            reason: DoneReason::Completed,
        };
        let events = [
            StreamEvent::Output("a".into()),
            StreamEvent::Logs("b".into()),
            done,
        ];
        assert_eq!(events.map(|event| event.to_string()).concat(), "a");
    }

    #[test]
    fn reasons_are_read_known_or_not() {
        for (data, reason) in [
            ("{}", DoneReason::Completed),
            ("", DoneReason::Completed),
            (r#"{"reason": "canceled"}"#, DoneReason::Canceled),
            (r#"{"reason": "error"}"#, DoneReason::Error),
            (r#"{"reason": "new"}"#, DoneReason::Other("new".into())),
        ] {
            assert_eq!(DoneReason::of_data(data), reason, "{data}");
        }
    }

    #[test]
    fn an_error_event_is_read_in_any_form() {
        for data in [r#"{"detail": "no memory"}"#, "\"no memory\"", "no memory"] {
            assert_eq!(
                error_of_data(data).to_string(),
                "the prediction failed: no memory"
            );
        }
    }
}
