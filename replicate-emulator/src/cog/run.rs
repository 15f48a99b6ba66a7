//! A prediction that runs on a Cog server: what has been reported of it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{
    context::Context,
    data_uri,
    job::{JobState, Progress},
    sync::Locked,
};

/// Maximum delay of the last webhook of a prediction after its response.
const LAST_WEBHOOK_TIMEOUT: Duration = Duration::from_secs(2);

/// The predictions that run on Cog servers now, by the keys of their webhook URLs.
#[derive(Debug, Default)]
pub(crate) struct Runs(Mutex<HashMap<String, Arc<Run>>>);

/// One prediction on a Cog server.
#[derive(Debug)]
pub(super) struct Run {
    context: Context,
    /// Whether the strings of the output are files; unknown without a schema.
    files: Option<bool>,
    delivered: Mutex<Delivered>,
    /// Becomes true with the last webhook.
    ended: watch::Sender<bool>,
}

/// Reported state of a prediction.
#[derive(Debug, Default)]
struct Delivered {
    /// The items of the output, as the server sent them.
    pieces: Vec<Value>,
    /// Webhooks are ignored: the response reports everything from here on.
    ignore_webhooks: bool,
}

impl Runs {
    pub(super) fn get(&self, key: &str) -> Option<Arc<Run>> {
        self.0.locked().get(key).cloned()
    }
}

impl Run {
    pub(super) fn new(context: Context, files: Option<bool>) -> Arc<Self> {
        Arc::new(Self {
            context,
            files,
            delivered: Mutex::default(),
            ended: watch::Sender::new(false),
        })
    }

    /// Takes the body of a webhook.
    pub(super) fn webhook(&self, body: &Value) {
        self.progress(body);
        if !matches!(body["status"].as_str(), Some("starting" | "processing")) {
            self.ended.send_replace(true);
        }
    }

    /// The server has begun to work on it.
    pub(super) fn begin(&self) {
        self.context.begin();
    }

    fn progress(&self, body: &Value) {
        let mut delivered = self.delivered.locked();
        if delivered.ignore_webhooks {
            return;
        }
        if body["status"] == "processing" {
            self.begin();
        }
        self.logs(body["logs"].as_str().unwrap_or_default());
        let pieces = body["output"].as_array();
        self.pieces(&mut delivered, pieces.map_or(&[], Vec::as_slice));
    }

    /// Waits for the last webhook of a prediction whose response has no output: it may have one.
    pub(super) async fn last_webhook(&self, response: &Value) {
        if response["output"].is_null() && !self.delivered.locked().ignore_webhooks {
            let mut ended = self.ended.subscribe();
            let event = ended.wait_for(|ended| *ended);
            // A server that sends none has reported everything.
            let _ = tokio::time::timeout(LAST_WEBHOOK_TIMEOUT, event).await;
        }
    }

    /// Takes the final state, and returns the output as far as it is not delivered yet.
    pub(super) fn result(&self, body: &Value) -> Value {
        let mut delivered = self.delivered.locked();
        delivered.ignore_webhooks = true;
        self.logs(body["logs"].as_str().unwrap_or_default());
        for (name, value) in body["metrics"].as_object().into_iter().flatten() {
            self.report(Progress::Metric(name.clone(), value.clone()));
        }
        let output = &body["output"];
        if let Value::Array(pieces) = output {
            self.pieces(&mut delivered, pieces);
            return match self.read(|current| current.output.clone()) {
                Value::Null => output.clone(),
                so_far => so_far,
            };
        }
        // A single output may have been delivered as a list of one.
        if delivered.pieces.as_slice() == std::slice::from_ref(output) {
            return self.read(|current| current.output[0].clone());
        }
        self.on_this_server(output.clone(), 0)
    }

    /// Takes the logs from their beginning, and reports what is new.
    pub(super) fn logs(&self, logs: &str) {
        let more = self.read(|current| {
            let more = logs.strip_prefix(current.logs.as_str());
            more.filter(|more| !more.is_empty()).map(str::to_owned)
        });
        if let Some(more) = more {
            self.report(Progress::Logs(more));
        }
    }

    /// Takes the output from its beginning, and reports the items that are new.
    fn pieces(&self, delivered: &mut Delivered, pieces: &[Value]) {
        for piece in pieces.iter().skip(delivered.pieces.len()) {
            // Before the end, some servers send a file as its path on their own disk.
            let path = piece.as_str().is_some_and(|text| !text.contains(':'));
            if self.files == Some(true) && path {
                return;
            }
            let number = delivered.pieces.len();
            delivered.pieces.push(piece.clone());
            let piece = self.on_this_server(piece.clone(), number);
            self.report(Progress::Piece(piece));
        }
    }

    /// Takes the output of a stream from its beginning. Webhooks are ignored from then on.
    pub(super) fn streamed(&self, pieces: &[Value]) {
        let mut delivered = self.delivered.locked();
        delivered.ignore_webhooks = true;
        self.pieces(&mut delivered, pieces);
    }

    /// Takes a metric of a stream. The final state has all of them.
    pub(super) fn metric(&self, data: &Value) {
        let (Some(name), value) = (data["name"].as_str(), &data["value"]) else {
            return;
        };
        let known = self.read(|current| current.metrics.get(name).cloned());
        let value = match (data["mode"].as_str(), known) {
            (Some("incr" | "increment"), Some(known)) => {
                let whole = known.as_i64().zip(value.as_i64());
                let numbers = known.as_f64().zip(value.as_f64());
                match (whole, numbers) {
                    (Some((known, more)), _) => known.saturating_add(more).into(),
                    (None, Some((known, more))) => (known + more).into(),
                    (None, None) => value.clone(),
                }
            }
            (Some("append"), Some(Value::Array(mut items))) => {
                items.push(value.clone());
                items.into()
            }
            (Some("append"), _) => json!([value]),
            _ => value.clone(),
        };
        self.report(Progress::Metric(name.to_owned(), value));
    }

    /// The output with its `data:` files served by the emulator.
    fn on_this_server(&self, output: Value, number: usize) -> Value {
        if self.files == Some(false) {
            return output;
        }
        match output {
            Value::String(text) => match data_uri::decode(&text) {
                Some(Ok(data)) if data.is_base64 => {
                    let name = format!("out-{number}{}", extension(&data.content_type));
                    self.context
                        .save_file(name, data.content_type, data.content)
                        .into()
                }
                _ => Value::String(text),
            },
            Value::Array(items) => items
                .into_iter()
                .enumerate()
                .map(|(number, item)| self.on_this_server(item, number))
                .collect(),
            Value::Object(fields) => fields
                .into_iter()
                .enumerate()
                .map(|(number, (name, value))| (name, self.on_this_server(value, number)))
                .collect(),
            other => other,
        }
    }

    fn read<T>(&self, read: impl FnOnce(&JobState) -> T) -> T {
        self.context.job().with_state(read)
    }

    fn report(&self, progress: Progress) {
        self.context.report(progress);
    }
}

/// Accepts webhooks for a run until it is dropped.
pub(super) struct WebhookKey<'a> {
    runs: &'a Runs,
    pub(super) key: String,
}

impl<'a> WebhookKey<'a> {
    pub(super) fn new(runs: &'a Runs, run: &Arc<Run>, key: String) -> Self {
        runs.0.locked().insert(key.clone(), Arc::clone(run));
        Self { runs, key }
    }
}

impl Drop for WebhookKey<'_> {
    fn drop(&mut self) {
        self.runs.0.locked().remove(&self.key);
    }
}

fn extension(content_type: &str) -> &'static str {
    let plain = content_type.split(';').next().unwrap_or_default();
    match plain {
        "image/png" => ".png",
        "image/jpeg" => ".jpg",
        "image/webp" => ".webp",
        "image/gif" => ".gif",
        "text/plain" => ".txt",
        "text/html" => ".html",
        "application/json" => ".json",
        "application/octet-stream" => ".bin",
        "application/zip" => ".zip",
        "audio/mpeg" => ".mp3",
        "audio/wav" | "audio/x-wav" => ".wav",
        "video/mp4" => ".mp4",
        _ => "",
    }
}
