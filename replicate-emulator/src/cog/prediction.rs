//! A prediction on a Cog server.
//!
//! One request stays open until the prediction ends. A server that streams (Cog 0.21 and later)
//! responds with server-sent events; any other responds with the result, and meanwhile reports
//! progress by webhooks to a URL of the emulator.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::{StatusCode, header};
use reqwest::{Client, Response};
use serde_json::{Map, Value, json};
use tokio::{sync::watch, time::Instant};

use super::{
    CogServer, Health,
    events::{Event as ServerEvent, EventParser},
};
use crate::{
    call::{Call, Reply, empty},
    context::{Context, Failure},
    data_uri,
    job::{Outcome, Progress},
    lifecycle::Event,
    problem::Problem,
    run,
    sync::Locked,
    webhook::reason,
};

/// How long a server may be unreachable before its prediction fails.
const UNREACHABLE_TIMEOUT: Duration = Duration::from_secs(5);
/// How often a server that is not ready is polled.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// How long the last webhook of a prediction may come after its response.
const LAST_WEBHOOK_TIMEOUT: Duration = Duration::from_secs(2);
/// Files up to this size are sent within the input, larger ones as a signed URL.
const MAX_INLINE_BYTES: usize = 8 * 1024 * 1024;

/// The predictions that run on Cog servers now, by the keys of their webhook URLs.
#[derive(Debug, Default)]
pub(crate) struct Runs(Mutex<HashMap<String, Arc<Run>>>);

/// One prediction on a Cog server.
#[derive(Debug)]
struct Run {
    context: Context,
    /// Whether the strings of the output are files; unknown without a schema.
    files: Option<bool>,
    delivered: Mutex<Delivered>,
    /// Becomes true with the last webhook.
    ended: watch::Sender<bool>,
}

/// What has been reported of a prediction.
#[derive(Debug, Default)]
struct Delivered {
    /// The items of the output, as the server sent them.
    pieces: Vec<Value>,
    /// Webhooks are ignored: the response reports everything from here on.
    ignore_webhooks: bool,
}

/// The outcome of an attempt to run a prediction.
enum Attempt {
    Done(Result<Value, Failure>),
    /// The server is busy after all.
    Busy,
    /// No connection was made.
    Unreachable(String),
    /// The server does not stream this model.
    NotAcceptable,
}

impl CogServer {
    /// Runs a prediction until it ends.
    pub(crate) async fn run(&self, context: &Context, input: Value) -> Result<Value, Failure> {
        let client = context
            .world
            .outward
            .client()
            .map_err(|why| self.failure(&format!("cannot be reached: {why}")))?;
        let mut ready = false;
        let mut stream = self.streams();
        let mut unreachable_since: Option<Instant> = None;
        loop {
            let unreachable = match self.health(client).await {
                Health::Broken(why) => {
                    return Err(self.failure(&format!("cannot run predictions: {why}")));
                }
                Health::Unreachable(why) => Some(why),
                Health::Wait => None,
                Health::Ready => {
                    if !std::mem::replace(&mut ready, true) {
                        run::startup(context).await;
                    }
                    match self.attempt(client, context, &input, stream).await {
                        Attempt::Done(result) => return result,
                        Attempt::Busy => None,
                        Attempt::Unreachable(why) => Some(why),
                        Attempt::NotAcceptable => {
                            stream = false;
                            continue;
                        }
                    }
                }
            };
            match unreachable {
                None => unreachable_since = None,
                Some(why) => {
                    let since = *unreachable_since.get_or_insert_with(Instant::now);
                    if since.elapsed() >= UNREACHABLE_TIMEOUT {
                        return Err(self.failure(&format!("cannot be reached: {why}")));
                    }
                }
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    async fn attempt(
        &self,
        client: &Client,
        context: &Context,
        input: &Value,
        stream: bool,
    ) -> Attempt {
        let world = &context.world;
        let id = context.id();
        let interface = self.interface();
        let run = Arc::new(Run {
            context: context.clone(),
            files: interface.as_ref().map(|interface| interface.gives_files()),
            delivered: Mutex::default(),
            ended: watch::Sender::new(false),
        });
        let input = match interface {
            Some(interface) => interface.known_inputs(input),
            None => input.clone(),
        };
        let key = format!("{id}-{}", world.ids.id());
        let webhook = WebhookKey::new(&run, key);
        let body = json!({
            "id": id,
            "input": inlined(context, &input),
            "webhook": format!("{}/cog/events/{}", world.url, webhook.key),
            "webhook_events_filter": ["start", "output", "logs", "completed"],
        });
        let mut cancel = CancelOnDrop {
            client: Some(client.clone()),
            url: format!("{}/predictions/{id}/cancel", self.address),
        };
        let mut request = client.put(format!("{}/predictions/{id}", self.address));
        if stream {
            request = request.header(header::ACCEPT, "text/event-stream");
        }
        let attempt = match request.json(&body).send().await {
            Ok(response) => self.read(response, &run).await,
            Err(error) if error.is_connect() => Attempt::Unreachable(reason(&error.without_url())),
            Err(error) => Attempt::Done(Err(self.lost(error))),
        };
        cancel.client = None;
        attempt
    }

    async fn read(&self, response: Response, run: &Run) -> Attempt {
        let status = response.status();
        match status {
            StatusCode::CONFLICT | StatusCode::SERVICE_UNAVAILABLE => return Attempt::Busy,
            StatusCode::NOT_ACCEPTABLE => return Attempt::NotAcceptable,
            _ => {}
        }
        let content_type = response.headers().get(header::CONTENT_TYPE);
        let is_stream =
            content_type.is_some_and(|value| value.as_bytes().starts_with(b"text/event-stream"));
        if is_stream && status.is_success() {
            return Attempt::Done(self.read_events(response, run).await);
        }
        let text = match response.text().await {
            Ok(text) => text,
            Err(error) => return Attempt::Done(Err(self.lost(error))),
        };
        Attempt::Done(self.finish(status, &text, run).await)
    }

    async fn read_events(&self, mut response: Response, run: &Run) -> Result<Value, Failure> {
        let status = response.status();
        run.delivered.locked().ignore_webhooks = true;
        let mut parser = EventParser::default();
        let mut logs = String::new();
        let mut pieces = Vec::new();
        loop {
            let chunk = match response.chunk().await {
                Ok(Some(chunk)) => chunk,
                Ok(None) => return Err(self.failure("ended its stream before the prediction")),
                Err(error) => return Err(self.lost(error)),
            };
            for ServerEvent { name, data } in parser.push(&chunk) {
                if name == "completed" {
                    return self.finish(status, &data, run).await;
                }
                let data: Value = serde_json::from_str(&data).unwrap_or_default();
                run.begin();
                match name.as_str() {
                    "output" => {
                        pieces.push(data["chunk"].clone());
                        run.pieces(&mut run.delivered.locked(), &pieces);
                    }
                    "log" => {
                        logs.push_str(data["data"].as_str().unwrap_or_default());
                        run.logs(&logs);
                    }
                    "metric" => run.metric(&data),
                    _ => {}
                }
            }
        }
    }

    /// The result in the final state of a prediction, or why there is none.
    async fn finish(&self, status: StatusCode, text: &str, run: &Run) -> Result<Value, Failure> {
        let body: Value = match serde_json::from_str(text) {
            Ok(body) => body,
            Err(error) if status.is_success() => {
                let why = match not_a_json_number(text) {
                    Some(number) => format!("{number} is not a JSON number"),
                    None => error.to_string(),
                };
                return Err(self.failure(&format!(
                    "responded {status} with invalid JSON, the result is lost: {why}"
                )));
            }
            Err(_) => Value::Null,
        };
        let state = body["status"].as_str();
        if matches!(state, Some("succeeded" | "failed" | "canceled")) {
            run.begin();
        }
        if matches!(state, Some("failed" | "canceled")) {
            run.last_webhook(&body).await;
        }
        match state {
            Some("succeeded") => Ok(run.result(&body)),
            Some("canceled") => {
                run.result(&body);
                Err(self.failure("canceled the prediction"))
            }
            Some("failed") if status.is_success() => {
                run.result(&body);
                let error = body["error"].as_str();
                Err(Failure(error.unwrap_or("no reason given").to_owned()))
            }
            Some(state) if status.is_success() => Err(self.failure(&format!(
                "responded {status} with a prediction that is {state}: the emulator needs its \
                 result in the response"
            ))),
            _ if status == StatusCode::UNPROCESSABLE_ENTITY => {
                Err(self.failure(&format!("refused the input: {}", detail(&body))))
            }
            _ => Err(self.failure(&format!("responded {status}: {}", detail(&body)))),
        }
    }

    fn failure(&self, what: &str) -> Failure {
        Failure(format!("The Cog server at {} {what}", self.address))
    }

    fn lost(&self, error: reqwest::Error) -> Failure {
        self.failure(&format!(
            "went away while the prediction ran ({}): its result is lost",
            reason(&error.without_url())
        ))
    }
}

impl Run {
    /// The server has begun to work on it.
    fn begin(&self) {
        self.context
            .world
            .happen(&self.context.job, Event::Began, Outcome::None);
    }

    /// Takes the body of a webhook while the prediction runs.
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
    async fn last_webhook(&self, response: &Value) {
        if response["output"].is_null() && !self.delivered.locked().ignore_webhooks {
            let mut ended = self.ended.subscribe();
            let event = ended.wait_for(|ended| *ended);
            // A server that sends none has reported everything.
            let _ = tokio::time::timeout(LAST_WEBHOOK_TIMEOUT, event).await;
        }
    }

    /// Takes the final state, and returns the output as far as it is not delivered yet.
    fn result(&self, body: &Value) -> Value {
        let mut delivered = self.delivered.locked();
        delivered.ignore_webhooks = true;
        self.logs(body["logs"].as_str().unwrap_or_default());
        for (name, value) in body["metrics"].as_object().into_iter().flatten() {
            self.report(Progress::Metric(name.clone(), value.clone()));
        }
        let output = &body["output"];
        if let Value::Array(pieces) = output {
            self.pieces(&mut delivered, pieces);
            return match self.context.job.look(|state| state.output.clone()) {
                Value::Null => output.clone(),
                so_far => so_far,
            };
        }
        // A single output may have been delivered as a list of one.
        if delivered.pieces.as_slice() == std::slice::from_ref(output) {
            return self.context.job.look(|state| state.output[0].clone());
        }
        self.on_this_server(output.clone(), 0)
    }

    /// Takes the logs from their beginning, and reports what is new.
    fn logs(&self, logs: &str) {
        let more = self.context.job.look(|state| {
            let more = logs.strip_prefix(state.logs.as_str());
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

    /// Takes a metric of a stream. The final state has all of them.
    fn metric(&self, data: &Value) {
        let (Some(name), value) = (data["name"].as_str(), &data["value"]) else {
            return;
        };
        let known = self
            .context
            .job
            .look(|state| state.metrics.get(name).cloned());
        let value = match (data["mode"].as_str(), known) {
            (Some("incr" | "increment"), Some(known)) => {
                match (
                    known.as_i64(),
                    value.as_i64(),
                    known.as_f64(),
                    value.as_f64(),
                ) {
                    (Some(known), Some(more), ..) => known.saturating_add(more).into(),
                    (_, _, Some(known), Some(more)) => (known + more).into(),
                    _ => value.clone(),
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
            Value::Object(fields) => {
                let fields: Map<String, Value> = fields
                    .into_iter()
                    .enumerate()
                    .map(|(number, (name, value))| (name, self.on_this_server(value, number)))
                    .collect();
                Value::Object(fields)
            }
            other => other,
        }
    }

    fn report(&self, progress: Progress) {
        let now = self.context.world.clock.now();
        self.context.job.progress(progress, now);
    }
}

/// Accepts webhooks for a run until it is dropped.
struct WebhookKey<'a> {
    runs: &'a Runs,
    key: String,
}

impl<'a> WebhookKey<'a> {
    fn new(run: &'a Arc<Run>, key: String) -> Self {
        let runs = &run.context.world.cog_runs;
        runs.0.locked().insert(key.clone(), Arc::clone(run));
        Self { runs, key }
    }
}

impl Drop for WebhookKey<'_> {
    fn drop(&mut self) {
        self.runs.0.locked().remove(&self.key);
    }
}

/// Cancels a prediction on its server when nobody waits for the result any longer.
struct CancelOnDrop {
    client: Option<Client>,
    url: String,
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        let (Some(client), Ok(runtime)) =
            (self.client.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        let request = client.post(&self.url).timeout(super::REQUEST_TIMEOUT);
        // If it does not arrive, the server finishes a prediction that nobody reads.
        runtime.spawn(async move { request.send().await.map(drop) });
    }
}

/// `POST /cog/events/{key}`: a webhook of a Cog server.
pub(crate) fn event(call: &Call) -> Reply {
    let runs = call.world.cog_runs.0.locked();
    let run = runs.get(call.parameter(0)).cloned();
    drop(runs);
    let run = run.ok_or_else(|| Problem::not_found("No prediction runs under this key."))?;
    let body = call.json(None)?;
    run.progress(&body);
    if !matches!(body["status"].as_str(), Some("starting" | "processing")) {
        run.ended.send_replace(true);
    }
    Ok(empty(StatusCode::OK))
}

/// The input with files of this emulator in a form that the server can read without a token.
fn inlined(context: &Context, input: &Value) -> Value {
    let world = &context.world;
    match input {
        Value::String(text) => text
            .strip_prefix(&world.api("/files/"))
            .filter(|id| !id.contains('/'))
            .and_then(|id| {
                let file = world.files.get(id)?;
                if file.content.len() <= MAX_INLINE_BYTES {
                    Some(data_uri::encode(file.content_type(), &file.content))
                } else {
                    world.download_address(id, Duration::from_secs(3600))
                }
            })
            .map_or_else(|| input.clone(), Value::String),
        Value::Array(items) => items.iter().map(|item| inlined(context, item)).collect(),
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(name, value)| (name.clone(), inlined(context, value)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// The message of a Cog server's error.
fn detail(body: &Value) -> String {
    let message = |item: &Value| {
        let place: Vec<&str> = item["loc"]
            .as_array()?
            .iter()
            .filter_map(Value::as_str)
            .collect();
        Some(format!("{}: {}", place.join("."), item["msg"].as_str()?))
    };
    match (&body["detail"], &body["error"]) {
        (Value::Array(items), _) => {
            let all: Vec<String> = items.iter().filter_map(message).collect();
            all.join("; ")
        }
        (Value::String(text), _) | (_, Value::String(text)) => text.clone(),
        _ => "no reason given".to_owned(),
    }
}

/// A number that Python writes and JSON does not have, outside of strings.
fn not_a_json_number(text: &str) -> Option<&'static str> {
    let (mut in_string, mut escaped) = (false, false);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'N' | b'I' if !in_string => {
                let found = ["NaN", "Infinity"]
                    .into_iter()
                    .find(|number| text[place..].starts_with(number));
                if found.is_some() {
                    return found;
                }
            }
            _ => {}
        }
    }
    None
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
