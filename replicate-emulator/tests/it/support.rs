//! A small HTTP client of these tests' own, and what several of them create.

use std::{sync::LazyLock, time::Duration};

use replicate_emulator::{Builder, Emulator, Fault};
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

pub(crate) async fn start() -> Emulator {
    Emulator::start().await.expect("an emulator")
}

pub(crate) async fn start_with(builder: Builder) -> Emulator {
    builder.start().await.expect("an emulator")
}

pub(crate) fn inject(emulator: &Emulator, fault: Fault) {
    emulator.inject_fault(fault).expect("a known operation");
}

/// A call of the API, with a token.
pub(crate) fn call(emulator: &Emulator, method: &str, path: &str) -> RequestBuilder {
    let method = Method::from_bytes(method.as_bytes()).expect("a method");
    let url = if path.starts_with("http") {
        path.to_owned()
    } else {
        format!("{}/v1{path}", emulator.url())
    };
    // Without idle connections it works in the runtime of every test.
    static CLIENT: LazyLock<Client> = LazyLock::new(|| {
        let client = Client::builder().pool_max_idle_per_host(0);
        client.build().expect("a client")
    });
    CLIENT.request(method, url).bearer_auth(emulator.token())
}

pub(crate) async fn send(request: RequestBuilder) -> Response {
    request.send().await.expect("a response")
}

/// Status and JSON body. An empty body is null.
pub(crate) async fn fetch(request: RequestBuilder) -> (u16, Value) {
    let response = send(request).await;
    let status = response.status().as_u16();
    let kind = header(&response, "content-type");
    let bytes = response.bytes().await.expect("a body");
    if status >= 400 {
        assert_eq!(kind.as_deref(), Some("application/problem+json"));
    }
    if bytes.is_empty() {
        return (status, Value::Null);
    }
    let body = serde_json::from_slice(&bytes).expect("a JSON body");
    (status, body)
}

pub(crate) async fn get(emulator: &Emulator, path: &str) -> (u16, Value) {
    fetch(call(emulator, "GET", path)).await
}

pub(crate) async fn post(emulator: &Emulator, path: &str, body: Value) -> (u16, Value) {
    fetch(call(emulator, "POST", path).json(&body)).await
}

pub(crate) async fn patch(emulator: &Emulator, path: &str, body: Value) -> (u16, Value) {
    fetch(call(emulator, "PATCH", path).json(&body)).await
}

pub(crate) async fn delete(emulator: &Emulator, path: &str) -> u16 {
    fetch(call(emulator, "DELETE", path)).await.0
}

/// The bytes of the response to a GET with these lines for its host.
pub(crate) async fn raw(emulator: &Emulator, target: &str, hosts: &str) -> String {
    let stream = TcpStream::connect(emulator.address()).await;
    let mut stream = stream.expect("a connection");
    let token = emulator.token();
    let request = format!(
        "GET {target} HTTP/1.1\r\n{hosts}\r\nauthorization: Bearer {token}\r\n\
         connection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut raw = String::new();
    stream.read_to_string(&mut raw).await.expect("a response");
    raw
}

/// The response to a GET without a token.
pub(crate) async fn open(url: &Value) -> Response {
    send(Client::new().get(text(url))).await
}

pub(crate) fn header(response: &Response, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(value.to_str().expect("readable").to_owned())
}

pub(crate) fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

/// A create of a prediction of an official model.
pub(crate) fn new(emulator: &Emulator, model: &str, input: Value) -> RequestBuilder {
    let path = format!("/models/{model}/predictions");
    call(emulator, "POST", &path).json(&json!({"input": input}))
}

/// Creates a prediction of an official model.
pub(crate) async fn create(emulator: &Emulator, model: &str, input: Value) -> Value {
    let (status, made) = fetch(new(emulator, model, input)).await;
    assert_eq!(status, 201, "{made}");
    made
}

/// Creates a prediction, and waits until it has ended.
pub(crate) async fn run(emulator: &Emulator, model: &str, input: Value) -> Value {
    ended(emulator, &create(emulator, model, input).await).await
}

/// Creates a prediction, waits until it is processing, and returns its URL.
pub(crate) async fn running(emulator: &Emulator, model: &str, input: Value) -> String {
    let made = create(emulator, model, input).await;
    until_processing(emulator, &made).await
}

/// Polls until a prediction or training is processing, and returns its URL.
pub(crate) async fn until_processing(emulator: &Emulator, job: &Value) -> String {
    let url = text(&job["urls"]["get"]);
    until(emulator, &url, |job| job["status"] == "processing").await;
    url
}

/// The newest version's id of a model.
pub(crate) async fn version(emulator: &Emulator, model: &str) -> String {
    let (_, model) = get(emulator, &format!("/models/{model}")).await;
    text(&model["latest_version"]["id"])
}

pub(crate) fn new_model(name: &str) -> Value {
    json!({"owner": "local", "name": name, "visibility": "private", "hardware": "cpu"})
}

/// Trains a model, with `destination` for the version.
pub(crate) async fn train(emulator: &Emulator, model: &str, destination: &str) -> (u16, Value) {
    let id = version(emulator, model).await;
    let path = format!("/models/{model}/versions/{id}/trainings");
    let body = json!({"destination": destination, "input": {"train_data": "data:,x"}});
    post(emulator, &path, body).await
}

/// Polls until a prediction or training has ended.
pub(crate) async fn ended(emulator: &Emulator, job: &Value) -> Value {
    until_ended(emulator, &text(&job["urls"]["get"])).await
}

/// Polls until the prediction or training at this URL has ended.
pub(crate) async fn until_ended(emulator: &Emulator, url: &str) -> Value {
    until(emulator, url, |body| {
        !["starting", "processing"].contains(&text(&body["status"]).as_str())
    })
    .await
}

/// Polls until the response is as wanted.
pub(crate) async fn until(
    emulator: &Emulator,
    url: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Value {
    let mut last = Value::Null;
    poll(async || {
        last = get(emulator, url).await.1;
        wanted(&last)
    })
    .await;
    last
}

/// Polls until `done`.
pub(crate) async fn poll(mut done: impl AsyncFnMut() -> bool) {
    let polling = async {
        while !done().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let within = Duration::from_secs(20);
    let polling = tokio::time::timeout(within, polling).await;
    polling.expect("done within 20 s");
}
