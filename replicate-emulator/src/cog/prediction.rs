//! A prediction on a Cog server.
//!
//! It is asked for with one request that stays open until the end, whose answer is the result
//! with its files in it. Meanwhile the server tells of its progress by webhooks, to an address
//! of the emulator's.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use http::StatusCode;
use reqwest::{Client, Response};
use serde_json::{Map, Value, json};
use tokio::{sync::watch, time::Instant};

use super::{CogServer, Health};
use crate::{
    call::{Call, Reply, empty},
    context::{Context, Failure},
    data_uri,
    job::Progress,
    lifecycle::Event,
    problem::Problem,
    run,
    sync::Locked,
    webhook::reason,
};

/// How long a server may be away before its prediction fails.
const AWAY: Duration = Duration::from_secs(5);
/// How often a server that is not ready is asked again.
const AGAIN: Duration = Duration::from_millis(100);
/// How long the event of a prediction's end may come after its answer.
const LAST_EVENT: Duration = Duration::from_secs(2);
/// Files up to this size are sent within the input, larger ones as a signed address.
const LARGEST_INLINE: usize = 8 * 1024 * 1024;

/// The predictions that run on Cog servers now, by the keys of their event addresses.
#[derive(Debug, Default)]
pub(crate) struct Runs(Mutex<HashMap<String, Arc<Run>>>);

/// One of them.
#[derive(Debug)]
struct Run {
    context: Context,
    /// Whether the output's strings are files; unknown without a schema.
    files: Option<bool>,
    /// The pieces of output that were told already, as the server sent them.
    told: Mutex<Told>,
    /// Becomes true with the event of the end.
    ended: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct Told {
    pieces: Vec<Value>,
    over: bool,
}

/// What a try to run a prediction came to.
enum Try {
    Over(Result<Value, Failure>),
    /// The server is busy after all.
    Busy,
    /// No connection was made.
    Unreachable(String),
}

impl CogServer {
    /// Runs a prediction to its end.
    pub(crate) async fn run(&self, context: &Context, input: Value) -> Result<Value, Failure> {
        let client = context
            .world
            .outward
            .client()
            .map_err(|why| self.failure(&format!("cannot be asked: {why}")))?;
        let mut away: Option<Instant> = None;
        loop {
            let gone = match self.health(client).await {
                Health::Broken(why) => {
                    return Err(self.failure(&format!("cannot run predictions: {why}")));
                }
                Health::Unreachable(why) => Some(why),
                Health::Wait => None,
                Health::Ready => {
                    run::begin(context).await;
                    match self.attempt(client, context, &input).await {
                        Try::Over(result) => return result,
                        Try::Busy => None,
                        Try::Unreachable(why) => Some(why),
                    }
                }
            };
            match gone {
                None => away = None,
                Some(why) => {
                    let since = *away.get_or_insert_with(Instant::now);
                    if since.elapsed() >= AWAY {
                        return Err(self.failure(&format!("cannot be reached: {why}")));
                    }
                }
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    async fn attempt(&self, client: &Client, context: &Context, input: &Value) -> Try {
        let world = &context.world;
        let id = context.id();
        let run = Arc::new(Run {
            context: context.clone(),
            files: self.interface().map(|interface| interface.gives_files()),
            told: Mutex::default(),
            ended: watch::Sender::new(false),
        });
        let key = format!("{id}-{}", world.ids.id());
        let listening = Listening::new(&run, key);
        let body = json!({
            "id": id,
            "input": inlined(context, input),
            "webhook": format!("{}/cog/events/{}", world.url, listening.key),
            "webhook_events_filter": ["start", "output", "logs", "completed"],
        });
        let mut cancel = CancelOnDrop {
            client: Some(client.clone()),
            address: format!("{}/predictions/{id}/cancel", self.address),
        };
        let request = client.put(format!("{}/predictions/{id}", self.address));
        let answer = request.json(&body).send().await;
        let outcome = match answer {
            Ok(answer) => self.read(answer, &run).await,
            Err(error) if error.is_connect() => Try::Unreachable(reason(&error.without_url())),
            Err(error) => Try::Over(Err(self.lost(error))),
        };
        cancel.client = None;
        outcome
    }

    async fn read(&self, answer: Response, run: &Run) -> Try {
        let status = answer.status();
        if matches!(status.as_u16(), 409 | 503) {
            return Try::Busy;
        }
        let text = match answer.text().await {
            Ok(text) => text,
            Err(error) => return Try::Over(Err(self.lost(error))),
        };
        let body: Value = serde_json::from_str(&text).unwrap_or_default();
        if matches!(body["status"].as_str(), Some("failed" | "canceled")) {
            run.last_event(&body).await;
        }
        Try::Over(match body["status"].as_str() {
            Some("succeeded") => Ok(run.result(&body)),
            Some("canceled") => {
                run.result(&body);
                Err(self.failure("canceled the prediction"))
            }
            Some("failed") if status.is_success() => {
                run.result(&body);
                let error = body["error"].as_str();
                Err(Failure(
                    error.unwrap_or("failed without a reason").to_owned(),
                ))
            }
            _ if status == StatusCode::UNPROCESSABLE_ENTITY => {
                Err(self.failure(&format!("refused the input: {}", detail(&body))))
            }
            _ => Err(self.failure(&format!("answered {status}: {}", detail(&body)))),
        })
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
    /// Takes what the server tells while the prediction runs.
    fn progress(&self, body: &Value) {
        let mut told = self.told.locked();
        if !told.over {
            self.logs(body);
            self.pieces(&mut told, body["output"].as_array());
        }
    }

    /// Waits for the event of an end whose answer tells no output: the event may.
    async fn last_event(&self, answer: &Value) {
        if answer["output"].is_null() {
            let mut ended = self.ended.subscribe();
            let event = ended.wait_for(|ended| *ended);
            // A server that sends none has told all that it will.
            let _ = tokio::time::timeout(LAST_EVENT, event).await;
        }
    }

    /// Takes the end, and returns the output as far as it is not told yet.
    fn result(&self, body: &Value) -> Value {
        let mut told = self.told.locked();
        told.over = true;
        self.logs(body);
        for (name, value) in body["metrics"].as_object().into_iter().flatten() {
            self.report(Progress::Metric(name.clone(), value.clone()));
        }
        let output = &body["output"];
        if let Value::Array(pieces) = output {
            self.pieces(&mut told, Some(pieces));
            return match self.context.job.look(|state| state.output.clone()) {
                Value::Null => output.clone(),
                so_far => so_far,
            };
        }
        // A single output may have been told as a list of one.
        if told.pieces.as_slice() == std::slice::from_ref(output) {
            return self.context.job.look(|state| state.output[0].clone());
        }
        self.on_this_server(output.clone(), 0)
    }

    fn logs(&self, body: &Value) {
        let so_far = self.context.job.look(|state| state.logs.clone());
        let more = body["logs"]
            .as_str()
            .and_then(|l| l.strip_prefix(so_far.as_str()));
        if let Some(more) = more.filter(|more| !more.is_empty()) {
            self.report(Progress::Logs(more.to_owned()));
        }
    }

    fn pieces(&self, told: &mut Told, pieces: Option<&Vec<Value>>) {
        for piece in pieces.into_iter().flatten().skip(told.pieces.len()) {
            // Before the end, some servers tell a file by its path on their own disk.
            let path = piece.as_str().is_some_and(|text| !text.contains(':'));
            if self.files == Some(true) && path {
                return;
            }
            let number = told.pieces.len();
            told.pieces.push(piece.clone());
            let piece = self.on_this_server(piece.clone(), number);
            self.report(Progress::Piece(piece));
        }
    }

    /// The output with its `data:` files served from here.
    fn on_this_server(&self, output: Value, number: usize) -> Value {
        if self.files == Some(false) {
            return output;
        }
        match output {
            Value::String(text) => match data_uri::decode(&text) {
                Some(Ok(data)) if text.contains(";base64,") => {
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

/// Keeps a run's event address open.
struct Listening<'a> {
    runs: &'a Runs,
    key: String,
}

impl<'a> Listening<'a> {
    fn new(run: &'a Arc<Run>, key: String) -> Self {
        let runs = &run.context.world.cog_runs;
        runs.0.locked().insert(key.clone(), Arc::clone(run));
        Self { runs, key }
    }
}

impl Drop for Listening<'_> {
    fn drop(&mut self) {
        self.runs.0.locked().remove(&self.key);
    }
}

/// Tells the server to stop when nobody waits for the result any more.
struct CancelOnDrop {
    client: Option<Client>,
    address: String,
}

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        let (Some(client), Ok(runtime)) =
            (self.client.take(), tokio::runtime::Handle::try_current())
        else {
            return;
        };
        let request = client.post(&self.address).timeout(super::PATIENCE);
        // If it does not arrive, the server runs to the end for nobody.
        runtime.spawn(async move { request.send().await.map(drop) });
    }
}

/// `POST /cog/events/{key}`: a server tells of its progress.
pub(crate) fn event(call: &Call) -> Reply {
    let runs = call.world.cog_runs.0.locked();
    let run = runs.get(call.parameter(0)).cloned();
    drop(runs);
    let run = run.ok_or_else(|| Problem::not_found("No prediction is run under this key."))?;
    let body = call.json(None)?;
    if body["status"] == "processing" {
        run.context
            .world
            .happen(&run.context.job, Event::Began, crate::job::Outcome::None);
    }
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
                if file.content.len() <= LARGEST_INLINE {
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

/// What a Cog server's error says.
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
        "application/zip" => ".zip",
        "audio/mpeg" => ".mp3",
        "audio/wav" | "audio/x-wav" => ".wav",
        "video/mp4" => ".mp4",
        _ => "",
    }
}
