//! The events of a prediction's stream.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;

use crate::Metrics;
use crate::types::Prediction;

/// One event of a prediction's stream. `Display` writes the text of an output event, and nothing
/// for any other.
///
/// ```
/// use replicate::StreamEvent;
///
/// fn print(event: &StreamEvent) {
///     match event {
///         StreamEvent::Output(text) => print!("{text}"),
///         StreamEvent::Logs(text) => eprint!("{text}"),
///         StreamEvent::Done(prediction) => println!("\n{}", prediction.status),
///         _ => {}
///     }
/// }
/// ```
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum StreamEvent {
    /// More of the output: text, or the URL of a file.
    Output(TextEvent),
    /// More of the logs.
    Logs(TextEvent),
    /// The final prediction; nothing follows it. Its status is `succeeded` or `canceled`: a
    /// prediction that failed or was aborted is an error that carries it.
    Done(DoneEvent),
}

/// The id and the reconnection time that came with an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct EventFields {
    pub(super) id: Option<String>,
    pub(super) retry: Option<Duration>,
}

/// Text of an output or log event, with the event's `id` and `retry` as the API sent them.
///
/// It dereferences to its text, and `Display` writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEvent {
    text: String,
    fields: EventFields,
}

/// The final prediction of a stream, with the `id` and `retry` of the event that announced it.
///
/// It dereferences to its [`Prediction`].
#[derive(Clone, Debug, PartialEq)]
pub struct DoneEvent {
    prediction: Arc<Prediction>,
    fields: EventFields,
}

impl StreamEvent {
    /// The event's id: what a client sends as `Last-Event-ID` to continue after it. `None` where
    /// the event had none of its own, or was read from the prediction instead of the stream.
    pub fn id(&self) -> Option<&str> {
        self.fields().id.as_deref()
    }

    /// The reconnection time that the stream set with this event.
    pub fn retry(&self) -> Option<Duration> {
        self.fields().retry
    }

    fn fields(&self) -> &EventFields {
        match self {
            Self::Output(text) | Self::Logs(text) => &text.fields,
            Self::Done(done) => &done.fields,
        }
    }

    pub(super) fn output(text: String, fields: EventFields) -> Self {
        Self::Output(TextEvent { text, fields })
    }

    pub(super) fn logs(text: String, fields: EventFields) -> Self {
        Self::Logs(TextEvent { text, fields })
    }

    pub(super) fn done(prediction: Arc<Prediction>, fields: EventFields) -> Self {
        Self::Done(DoneEvent { prediction, fields })
    }
}

impl fmt::Display for StreamEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Output(text) => text.fmt(f),
            _ => Ok(()),
        }
    }
}

impl TextEvent {
    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.text
    }

    /// The event's id; see [`StreamEvent::id`].
    pub fn id(&self) -> Option<&str> {
        self.fields.id.as_deref()
    }

    /// The reconnection time that the stream set with this event.
    pub fn retry(&self) -> Option<Duration> {
        self.fields.retry
    }
}

impl Deref for TextEvent {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl AsRef<str> for TextEvent {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for TextEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl From<TextEvent> for String {
    fn from(event: TextEvent) -> Self {
        event.text
    }
}

impl DoneEvent {
    /// The final prediction, with its metrics.
    pub fn prediction(&self) -> &Prediction {
        &self.prediction
    }

    /// The final prediction, with its metrics.
    pub fn into_prediction(self) -> Prediction {
        Arc::unwrap_or_clone(self.prediction)
    }

    /// The prediction's metrics, typed; the field `metrics` of the prediction is the map as the
    /// API sent it.
    ///
    /// ```
    /// use replicate::StreamEvent;
    ///
    /// fn tokens(event: &StreamEvent) -> Option<u64> {
    ///     match event {
    ///         StreamEvent::Done(done) => done.metrics().output_token_count,
    ///         _ => None,
    ///     }
    /// }
    /// ```
    pub fn metrics(&self) -> Metrics {
        Metrics::from(self.prediction())
    }

    /// The final prediction, shared.
    pub(super) fn shared(&self) -> Arc<Prediction> {
        Arc::clone(&self.prediction)
    }

    /// The event's id; see [`StreamEvent::id`].
    pub fn id(&self) -> Option<&str> {
        self.fields.id.as_deref()
    }

    /// The reconnection time that the stream set with this event.
    pub fn retry(&self) -> Option<Duration> {
        self.fields.retry
    }
}

impl Deref for DoneEvent {
    type Target = Prediction;

    fn deref(&self) -> &Prediction {
        &self.prediction
    }
}

/// Whether the data of a `done` event has a documented form: `{}`, or `{"reason": "…"}`.
pub(super) fn is_readable_done(data: &str) -> bool {
    if data.trim().is_empty() {
        return true;
    }
    match serde_json::from_str(data) {
        Ok(Value::Object(fields)) => {
            let reason = fields.get("reason").unwrap_or(&Value::Null);
            !fields.contains_key("error") && (reason.is_string() || reason.is_null())
        }
        _ => false,
    }
}

/// The API's sentence in the data of an `error` event; empty without one.
pub(super) fn error_detail(data: &str) -> String {
    let parsed: Value = serde_json::from_str(data).unwrap_or_default();
    ["detail", "message", "error"]
        .iter()
        .find_map(|name| parsed.get(name).and_then(Value::as_str))
        .or_else(|| parsed.as_str())
        .unwrap_or(data)
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn output_events_display_their_text_and_others_display_nothing() {
        let prediction = json!({ "id": "p", "status": "succeeded" });
        let prediction: Prediction = serde_json::from_value(prediction).unwrap();
        let events = [
            StreamEvent::output("a".into(), EventFields::default()),
            StreamEvent::logs("b".into(), EventFields::default()),
            StreamEvent::done(prediction.into(), EventFields::default()),
        ];
        assert_eq!(events.map(|event| event.to_string()).concat(), "a");
    }

    #[test]
    fn done_is_readable_only_in_its_documented_forms() {
        for data in [
            "",
            "{}",
            r#"{"reason": "canceled"}"#,
            r#"{"reason": "new"}"#,
        ] {
            assert!(is_readable_done(data), "{data}");
        }
        for data in ["{", "[]", "3", r#"{"reason": {}}"#, r#"{"error": "x"}"#] {
            assert!(!is_readable_done(data), "{data}");
        }
    }

    #[test]
    fn error_detail_is_found_in_any_form() {
        for data in [r#"{"detail": "no memory"}"#, "\"no memory\"", "no memory"] {
            assert_eq!(error_detail(data), "no memory");
        }
        assert_eq!(error_detail(""), "");
    }
}
