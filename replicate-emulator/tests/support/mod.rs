//! A small HTTP client of these tests' own.

#![allow(dead_code, missing_docs, unreachable_pub)]

use std::{sync::LazyLock, time::Duration};

use replicate_emulator::Emulator;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;

/// A call of the API, with a token.
pub fn call(emulator: &Emulator, method: &str, path: &str) -> RequestBuilder {
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

pub async fn send(request: RequestBuilder) -> Response {
    request.send().await.expect("a response")
}

/// Status and JSON body. An empty body is null.
pub async fn fetch(request: RequestBuilder) -> (u16, Value) {
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

pub async fn get(emulator: &Emulator, path: &str) -> (u16, Value) {
    fetch(call(emulator, "GET", path)).await
}

pub async fn post(emulator: &Emulator, path: &str, body: Value) -> (u16, Value) {
    fetch(call(emulator, "POST", path).json(&body)).await
}

pub fn header(response: &Response, name: &str) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(value.to_str().expect("readable").to_owned())
}

pub async fn start() -> Emulator {
    Emulator::start().await.expect("an emulator")
}

/// Creates a prediction of an official model.
pub async fn create(emulator: &Emulator, model: &str, input: Value) -> Value {
    let path = format!("/models/{model}/predictions");
    let (status, made) = post(emulator, &path, serde_json::json!({"input": input})).await;
    assert_eq!(status, 201, "{made}");
    made
}

/// Creates a prediction, waits until it is processing, and returns its URL.
pub async fn running(emulator: &Emulator, model: &str, input: Value) -> String {
    let url = text(&create(emulator, model, input).await["urls"]["get"]);
    until(emulator, &url, |p| p["status"] == "processing").await;
    url
}

/// The newest version's id of a model.
pub async fn version(emulator: &Emulator, model: &str) -> String {
    let (_, model) = get(emulator, &format!("/models/{model}")).await;
    text(&model["latest_version"]["id"])
}

pub fn text(value: &Value) -> String {
    value.as_str().expect("a string").to_owned()
}

/// Polls until the prediction or training at this URL has ended.
pub async fn ended(emulator: &Emulator, url: &str) -> Value {
    until(emulator, url, |body| {
        !["starting", "processing"].contains(&text(&body["status"]).as_str())
    })
    .await
}

/// Polls until the response is as wanted.
pub async fn until(emulator: &Emulator, url: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let polling = async {
        loop {
            let (_, body) = get(emulator, url).await;
            if wanted(&body) {
                return body;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), polling)
        .await
        .expect("done within 20 s")
}
