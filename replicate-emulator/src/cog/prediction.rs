//! A prediction on a Cog server.
//!
//! One request stays open until the prediction ends. A server that streams (Cog 0.21 and later)
//! responds with server-sent events; any other responds with the result, and meanwhile reports
//! progress by webhooks to a URL of the emulator.

use std::{io, time::Duration};

use axum::response::IntoResponse;
use futures::TryStreamExt;
use http::{StatusCode, header};
use reqwest::{Client, Response};
use serde_json::{Value, json};
use tokio::{io::AsyncBufReadExt, time::Instant};
use tokio_util::io::StreamReader;

use super::{
    run::{Run, WebhookKey},
    server::{CogServer, Health, REQUEST_TIMEOUT},
};
use crate::{
    call::Call,
    catalog::{Engine, Version},
    context::{Context, Failure},
    data_uri,
    http_client::causes,
    problem::Problem,
    response::Reply,
    state::State,
};

/// Time that a server may be unreachable before its prediction fails.
const UNREACHABLE_TIMEOUT: Duration = Duration::from_secs(5);
/// Polling interval of a server that is not ready.
const POLL_INTERVAL: Duration = Duration::from_millis(100);
/// Files up to this size are sent within the input, larger ones as a signed URL.
const MAX_INLINE_BYTES: usize = 8 * 1024 * 1024;

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

/// Runs a prediction until it ends.
pub(crate) async fn run(
    state: &State,
    server: &CogServer,
    context: &Context,
    input: Value,
) -> Result<Value, Failure> {
    let client = state
        .http_client
        .get()
        .map_err(|why| server.failure(&format!("cannot be reached: {why}")))?;
    let session = Session {
        state,
        server,
        client,
        context,
    };
    session.run(&input).await
}

/// A prediction with the server that runs it.
struct Session<'a> {
    state: &'a State,
    server: &'a CogServer,
    client: &'a Client,
    context: &'a Context,
}

impl Session<'_> {
    async fn run(&self, input: &Value) -> Result<Value, Failure> {
        let mut ready = false;
        let mut stream = self.server.streams();
        let mut unreachable_since: Option<Instant> = None;
        loop {
            let unreachable = match self.server.health(self.client).await {
                Health::Broken(why) => {
                    return Err(self
                        .server
                        .failure(&format!("cannot run predictions: {why}")));
                }
                Health::Unreachable(why) => Some(why),
                Health::Wait => None,
                Health::Ready => {
                    if !std::mem::replace(&mut ready, true) {
                        self.context.startup().await;
                    }
                    match self.attempt(input, stream).await {
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
                        return Err(self.server.failure(&format!("cannot be reached: {why}")));
                    }
                }
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
    }

    async fn attempt(&self, input: &Value, stream: bool) -> Attempt {
        let (state, id) = (self.state, self.context.id());
        let interface = self.server.interface();
        let files = interface.as_ref().map(|interface| interface.gives_files());
        let run = Run::new(self.context.clone(), files);
        let input = match interface {
            Some(interface) => interface.known_inputs(input),
            None => input.clone(),
        };
        let key = format!("{id}-{}", state.ids.id());
        let webhook = WebhookKey::new(&state.cog_runs, &run, key);
        let body = json!({
            "id": id,
            "input": inlined(state, &input),
            "webhook": format!("{}/cog/events/{}", state.url, webhook.key),
            "webhook_events_filter": ["start", "output", "logs", "completed"],
        });
        let mut cancel = CancelOnDrop {
            client: Some(self.client.clone()),
            url: format!("{}/predictions/{id}/cancel", self.server.url()),
        };
        let mut request = self
            .client
            .put(format!("{}/predictions/{id}", self.server.url()));
        if stream {
            request = request.header(header::ACCEPT, "text/event-stream");
        }
        let attempt = match request.json(&body).send().await {
            Ok(response) => self.read(response, &run).await,
            Err(error) if error.is_connect() => Attempt::Unreachable(causes(&error.without_url())),
            Err(error) => Attempt::Done(Err(self.server.lost(&error.without_url()))),
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
            Err(error) => return Attempt::Done(Err(self.server.lost(&error.without_url()))),
        };
        Attempt::Done(self.finish(status, &text, run).await)
    }

    async fn read_events(&self, response: Response, run: &Run) -> Result<Value, Failure> {
        let status = response.status();
        run.streamed(&[]);
        let mut logs = String::new();
        let mut pieces = Vec::new();
        let body = response.bytes_stream();
        let body = body.map_err(|error| io::Error::other(error.without_url()));
        let mut lines = StreamReader::new(body).lines();
        let (mut event, mut data) = (String::new(), String::new());
        loop {
            let Some(line) = lines.next_line().await.map_err(|e| self.server.lost(&e))? else {
                let why = "ended its stream before the prediction";
                return Err(self.server.failure(why));
            };
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut event),
                "data" => {
                    data.push_str(value);
                    data.push('\n');
                }
                _ => {}
            }
            if !line.is_empty() {
                continue;
            }
            let (event, data) = (std::mem::take(&mut event), std::mem::take(&mut data));
            if event == "completed" {
                return self.finish(status, &data, run).await;
            }
            let Ok(data) = serde_json::from_str::<Value>(&data) else {
                continue;
            };
            run.begin();
            match event.as_str() {
                "output" => {
                    pieces.push(data["chunk"].clone());
                    run.streamed(&pieces);
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

    /// The result in the final state of a prediction, or why it has no result.
    async fn finish(&self, status: StatusCode, text: &str, run: &Run) -> Result<Value, Failure> {
        let body: Value = match serde_json::from_str(text) {
            Ok(body) => body,
            Err(error) if status.is_success() => {
                let hint = python_number_at(text, error.line(), error.column());
                let hint = hint.map(|number| format!(" ({number} is not a JSON number)"));
                return Err(self.server.failure(&format!(
                    "responded {status} with invalid JSON, the result is lost: {error}{}",
                    hint.unwrap_or_default()
                )));
            }
            Err(_) => Value::Null,
        };
        let current = body["status"].as_str();
        if matches!(current, Some("succeeded" | "failed" | "canceled")) {
            run.begin();
        }
        if matches!(current, Some("failed" | "canceled")) {
            run.last_webhook(&body).await;
        }
        match current {
            Some("succeeded") => Ok(run.result(&body)),
            Some("canceled") => {
                run.result(&body);
                Err(self.server.failure("canceled the prediction"))
            }
            Some("failed") if status.is_success() => {
                run.result(&body);
                let error = body["error"].as_str();
                Err(Failure(error.unwrap_or("no reason given").to_owned()))
            }
            Some(current) if status.is_success() => Err(self.server.failure(&format!(
                "responded {status} with a prediction that is {current}: the emulator needs its \
                 result in the response"
            ))),
            _ if status == StatusCode::UNPROCESSABLE_ENTITY => Err(self
                .server
                .failure(&format!("refused the input: {}", detail(&body)))),
            _ => Err(self
                .server
                .failure(&format!("responded {status}: {}", detail(&body)))),
        }
    }
}

/// Cancels a prediction on its server when the result is no longer needed.
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
        let request = client.post(&self.url).timeout(REQUEST_TIMEOUT);
        // If it does not arrive, the server finishes it for nothing.
        runtime.spawn(async move { request.send().await.map(drop) });
    }
}

/// `POST /cog/events/{key}`: a webhook of a Cog server.
pub(crate) fn event(call: &Call) -> Reply {
    let run = call.state.cog_runs.get(call.parameter(0));
    let run = run.ok_or_else(|| Problem::not_found("No prediction runs under this key."))?;
    run.webhook(&call.json(None)?);
    Ok(StatusCode::OK.into_response())
}

/// Reads the schema of a version's Cog server again, if it runs on one.
pub(crate) async fn refresh(state: &State, version: &Version) {
    if let Engine::Cog(server) = &version.engine {
        // Boxed, so that the future of a create is small where it has nothing to refresh.
        Box::pin(server.refresh(&state.http_client)).await;
    }
}

/// The input with files of this emulator in a form that the server can read without a token.
fn inlined(state: &State, input: &Value) -> Value {
    match input {
        Value::String(text) => text
            .strip_prefix(&state.api("/files/"))
            .filter(|id| !id.contains('/'))
            .and_then(|id| {
                let file = state.files.get(id)?;
                if file.content.len() <= MAX_INLINE_BYTES {
                    Some(data_uri::encode(&file.content_type, &file.content))
                } else {
                    state.download_url(id, Duration::from_secs(3600))
                }
            })
            .map_or_else(|| input.clone(), Value::String),
        Value::Array(items) => items.iter().map(|item| inlined(state, item)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), inlined(state, value)))
            .collect(),
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

/// The number at this line and column, both from 1, that Python writes and JSON does not have.
fn python_number_at(text: &str, line: usize, column: usize) -> Option<&'static str> {
    let line = text.split('\n').nth(line.checked_sub(1)?)?;
    let rest = line.get(column.checked_sub(1)?..)?;
    let mut numbers = ["NaN", "Infinity"].into_iter();
    numbers.find(|number| rest.starts_with(number))
}
