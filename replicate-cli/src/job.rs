//! A prediction from its creation to its end, with Ctrl-C at any time on the way.

use std::time::{Duration, Instant};

use bytes::Bytes;
use replicate::resources::CreatePrediction;
use replicate::types::Prediction;
use replicate::{Error, ErrorKind, Reference, RetryPolicy, is_terminal};
use serde_json::Value;

use crate::failure::Failure;
use crate::schema::Schema;
use crate::session::Session;
use crate::terminal;

/// How long an interrupted command waits for the answer to its create, and to its cancel.
const GOODBYE: Duration = Duration::from_secs(5);
/// How long a model's schema may take: the prediction is created without it after that.
const SCHEMA: Duration = Duration::from_secs(10);

/// Reads the schema of what is to run. A model that is not there is an error; after any other
/// failure the prediction is created unchecked.
pub(crate) async fn read_schema(
    session: &Session,
    reference: &Reference,
) -> Result<Option<Schema>, Failure> {
    let progress = session.progress();
    progress.tell("reading the model's schema");
    let reading = progress.showing(schema_of(session, reference));
    match session.unless_interrupted(reading).await? {
        Ok(document) => Ok(document.and_then(|document| Schema::new(Value::Object(document)))),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(error.into()),
        Err(_) => Ok(None),
    }
}

type Document = serde_json::Map<String, Value>;

async fn schema_of(session: &Session, reference: &Reference) -> Result<Option<Document>, Error> {
    let client = &session.client;
    match reference {
        Reference::Model { .. } => {
            let call = client
                .models()
                .get(reference)
                .timeout(SCHEMA)
                .retry(RetryPolicy::never());
            Ok(call
                .await?
                .latest_version
                .and_then(|version| version.openapi_schema))
        }
        Reference::ModelVersion {
            owner,
            name,
            version,
        } => version_schema(session, (owner, name), version).await,
        Reference::Deployment { .. } => {
            let call = client
                .deployments()
                .get(reference)
                .timeout(SCHEMA)
                .retry(RetryPolicy::never());
            let release = call.await?.current_release;
            let model = release
                .as_ref()
                .and_then(|release| release.model.as_deref()?.split_once('/'));
            let version = release
                .as_ref()
                .and_then(|release| release.version.as_deref());
            match (model, version) {
                (Some(model), Some(version)) => version_schema(session, model, version).await,
                _ => Ok(None),
            }
        }
        // No route leads from a version's id alone to its schema.
        _ => Ok(None),
    }
}

async fn version_schema(
    session: &Session,
    model: (&str, &str),
    version: &str,
) -> Result<Option<Document>, Error> {
    let models = session.client.models();
    let call = models
        .versions(model)
        .get(version)
        .timeout(SCHEMA)
        .retry(RetryPolicy::never());
    match call.await {
        Ok(version) => Ok(version.openapi_schema),
        // Some versions can be run, but not be read: only the model tells whether it is there.
        Err(error) if error.kind() == ErrorKind::NotFound => {
            models
                .get(model)
                .timeout(SCHEMA)
                .retry(RetryPolicy::never())
                .await?;
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// A prediction that was just created, and the API's answer that says so.
pub(crate) struct Created {
    pub(crate) prediction: Prediction,
    pub(crate) body: Bytes,
}

/// Creates a prediction, once. An interruption meanwhile waits for its id, to cancel it.
pub(crate) async fn create(
    session: &Session,
    creation: CreatePrediction,
) -> Result<Created, Failure> {
    let progress = session.progress();
    progress.tell("creating");
    let creating = progress.showing(creation.raw());
    tokio::pin!(creating);
    tokio::select! {
        biased;
        created = &mut creating => {
            let body = created?;
            let prediction = read(&body)?;
            return Ok(Created { prediction, body });
        }
        () = session.interrupted.cancelled() => {}
    }
    match tokio::time::timeout(GOODBYE, creating).await {
        Ok(Ok(body)) => Err(cancel(session, &read(&body)?.id).await),
        Ok(Err(error)) if error.kind() == ErrorKind::OutcomeUnknown => {
            let what = format!("interrupted; outcome unknown: the prediction may have been created: {error}");
            Err(Failure::interrupted(what).hint("look for it: replicate predictions list --limit 5"))
        }
        Ok(Err(_)) => Err(Failure::interrupted("interrupted; no prediction was created")),
        Err(_) => Err(Failure::interrupted(format!(
            "interrupted; outcome unknown: the prediction may have been created, no answer came within {GOODBYE:?}"
        ))
        .hint("look for it: replicate predictions list --limit 5")),
    }
}

fn read(body: &[u8]) -> Result<Prediction, Failure> {
    serde_json::from_slice(body)
        .map_err(|error| Failure::error(format!("the prediction cannot be read: {error}")))
}

/// Cancels a prediction whose command was interrupted, and says what became of it.
pub(crate) async fn cancel(session: &Session, id: &str) -> Failure {
    session.note(format!(
        "canceling the prediction {id} (Ctrl-C again leaves at once)"
    ));
    let cancelling = session.client.predictions().cancel(id).timeout(GOODBYE);
    match cancelling.await {
        Ok(prediction) if prediction.status.as_str() == "succeeded" => Failure::interrupted(
            format!("interrupted; the prediction {id} had succeeded before it could be canceled"),
        )
        .hint(format!("its output: replicate predictions show {id}")),
        Ok(_) => Failure::interrupted(format!("interrupted; the prediction {id} was canceled")),
        Err(error) => Failure::interrupted(format!(
            "interrupted; the prediction {id} could not be canceled and may go on: {error}"
        ))
        .hint(format!("try again: replicate predictions cancel {id}")),
    }
}

/// How a prediction that has ended is known: its body as the API sent it, and what it says.
pub(crate) struct Ended {
    pub(crate) body: Bytes,
    pub(crate) result: Result<(), Failure>,
}

/// Waits for a prediction's end. With `logs`, they are written to standard error as they come.
pub(crate) async fn wait(
    session: &Session,
    prediction: &Prediction,
    until: Option<Instant>,
    logs: bool,
) -> Result<Ended, Failure> {
    let progress = session.progress();
    let shown = progress.clone();
    let mut written = Logs::new(logs);
    let mut waiting = session.client.wait(prediction).on_progress(move |now| {
        shown.tell(now.snapshot.status.as_str());
        shown.tell_bar(now.bar);
        if let Some(text) = written.new_lines(now.snapshot) {
            shown.write_above(&text);
        }
    });
    if let Some(left) = session.time_left(until) {
        waiting = waiting.timeout(left);
    }
    let ended = tokio::select! {
        biased;
        () = session.interrupted.cancelled() => None,
        ended = progress.showing(waiting.raw()) => Some(ended),
    };
    match ended {
        None => Err(cancel(session, &prediction.id).await),
        Some(Ok(body)) => Ok(Ended {
            body,
            result: Ok(()),
        }),
        Some(Err(error)) => {
            let body = error.body().cloned();
            let failure = match error.kind() {
                ErrorKind::Timeout => Failure::not_in_time(&prediction.id),
                _ => error.into(),
            };
            match body {
                Some(body) => Ok(Ended {
                    body,
                    result: Err(failure),
                }),
                None => Err(failure),
            }
        }
    }
}

/// Writes the logs of a prediction, each line once.
#[derive(Clone, Debug)]
pub(crate) struct Logs {
    wanted: bool,
    /// How many bytes were written.
    written: usize,
}

impl Logs {
    pub(crate) fn new(wanted: bool) -> Self {
        Self { wanted, written: 0 }
    }

    /// What has come since, up to the end of a line, or whole when the prediction is over.
    pub(crate) fn new_lines(&mut self, prediction: &Prediction) -> Option<String> {
        let logs = prediction.logs.as_deref().filter(|_| self.wanted)?;
        // Logs that were cut or replaced are not repeated.
        let new = logs.get(self.written..)?;
        let over = is_terminal(prediction.status.as_str());
        let end = if over {
            new.len()
        } else {
            new.rfind('\n').map_or(0, |at| at + 1)
        };
        let new = &new[..end];
        self.written += end;
        if new.is_empty() {
            return None;
        }
        let mut text = match terminal::stderr_is_terminal() {
            true => terminal::harmless(new),
            false => new.to_owned(),
        };
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Some(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn logs_come_in_whole_lines_and_once() {
        let mut logs = Logs::new(true);
        let mut at = |status: &str, text: &str| {
            let prediction = json!({"id": "a", "status": status, "logs": text});
            logs.new_lines(&serde_json::from_value(prediction).expect("a prediction"))
        };
        assert_eq!(at("processing", "one\ntw").as_deref(), Some("one\n"));
        assert_eq!(at("processing", "one\ntwo"), None);
        assert_eq!(at("processing", "one\ntwo\n").as_deref(), Some("two\n"));
        assert_eq!(at("succeeded", "one\ntwo\nend").as_deref(), Some("end\n"));
        assert_eq!(at("succeeded", "one\ntwo\nend"), None);
    }
}
