//! What the tests share: clients, scripted servers, emulators, and checks of errors.

use std::time::Duration;

use replicate::{Client, ClientBuilder, Error, ErrorKind, PollPolicy, Progress, RetryPolicy, Run};
use replicate_emulator::{Emulator, Model};
use replicate_test_support::{Gate, Listener, Reply, Script};
use serde_json::{Value, json};

/// A model, by version, so that a run is one create.
pub(crate) const VERSION: &str = "acme/app:1a2b3c4d";
pub(crate) const CREATE: &str = "POST /v1/predictions";
pub(crate) const GET: &str = "GET /v1/predictions/p1";
pub(crate) const CANCEL: &str = "POST /v1/predictions/p1/cancel";

pub(crate) const HOUR: Duration = Duration::from_secs(3600);

/// A client that polls and retries within milliseconds.
pub(crate) fn builder(url: &str) -> ClientBuilder {
    let soon = Duration::from_millis(5);
    Client::builder()
        .token("r8_test")
        .base_url(url)
        .poll_policy(PollPolicy::fixed(soon))
        .retry_policy(RetryPolicy::default().with_backoff(soon, soon))
}

pub(crate) fn client(url: &str) -> Client {
    builder(url).build().unwrap()
}

pub(crate) async fn emulator() -> (Emulator, Client) {
    started(Emulator::builder()).await
}

pub(crate) async fn emulator_with(model: Model) -> (Emulator, Client) {
    started(Emulator::builder().model(model)).await
}

async fn started(builder: replicate_emulator::Builder) -> (Emulator, Client) {
    let emulator = builder.start().await.unwrap();
    let client = client(emulator.url());
    (emulator, client)
}

/// A server that follows these scripts, one for each connection, and its client.
pub(crate) fn serve(scripts: impl IntoIterator<Item = Script>) -> (Listener, Client) {
    let listener = Listener::start(scripts).unwrap();
    let client = client(&listener.url());
    (listener, client)
}

/// A response with JSON, after which the connection is closed.
pub(crate) fn json_reply(status: u16, body: &Value) -> Reply {
    Reply::json(status, body.to_string()).header("connection", "close")
}

pub(crate) fn reply(status: u16, body: &Value) -> Script {
    Script::reply(json_reply(status, body))
}

/// The prediction `p1` in this status, with the output `x`.
pub(crate) fn prediction(status: &str) -> Value {
    json!({ "id": "p1", "status": status, "output": "x" })
}

/// The response to the create of the prediction `p1`.
pub(crate) fn created(status: &str) -> Script {
    reply(201, &prediction(status))
}

/// The response to a poll, or to a cancel, of the prediction `p1`.
pub(crate) fn state(status: &str) -> Script {
    reply(200, &prediction(status))
}

/// A create whose connection breaks before its response.
pub(crate) fn lost() -> Script {
    Script::new().read_request().reset()
}

/// The JSON that a request sent.
pub(crate) fn sent(listener: &Listener, request: usize) -> Value {
    serde_json::from_slice(&listener.received()[request].body).unwrap()
}

/// A run that takes a minute.
pub(crate) fn slow(client: &Client) -> Run {
    let run = client.run("emulator/slow");
    run.input(json!({ "seconds": 60 }))
}

/// A run of the emulator's text model, whose output begins with the prompt.
pub(crate) fn text_run(client: &Client, prompt: &str) -> Run {
    let run = client.run("emulator/text");
    run.input(json!({ "prompt": prompt, "max_tokens": 3 }))
}

/// A callback that opens the gate once the prediction is processing.
pub(crate) fn processing() -> (Gate, impl FnMut(Progress<'_>) + Send + 'static) {
    let gate = Gate::new();
    let opens = gate.clone();
    let callback = move |progress: Progress<'_>| {
        let snapshot = progress.snapshot();
        if snapshot.is_some_and(|it| it.status == "processing") {
            opens.open();
        }
    };
    (gate, callback)
}

/// Checks an error's kind, and a part of its message.
#[track_caller]
pub(crate) fn assert_error(error: &Error, kind: ErrorKind, says: &str) {
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(says), "{error}");
}

/// Code without what the formatter decides.
pub(crate) fn squeezed(text: &str) -> String {
    let is_taste = |c: char| c.is_whitespace() || matches!(c, '{' | '}');
    let text: String = text.chars().filter(|c| !is_taste(*c)).collect();
    text.replace(",)", ")")
}
