//! What the transport promises, tested against servers that fail in every way.

use std::time::Duration;

use replicate_api::{Client, Error, Method, Response, RetryPolicy, Transport, TransportBuilder};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::json;

mod cancellation;
mod creates;
mod deletes;
mod environment;
mod examples;
mod fetches;
mod generated;
mod http2;
mod limits;
mod observer;
mod pools;
mod rate_limits;
mod raw_requests;
mod reads;
mod timeouts;
mod token;
mod uploads;
mod urls;

/// A token that nothing may show.
const TOKEN: &str = "r8_SENTINELsentinelSENTINEL0123456789";

const PREDICTION: &str = r#"{"id":"p1","status":"starting"}"#;

fn listener<const N: usize>(scripts: [Script; N]) -> Listener {
    Listener::start(scripts).unwrap()
}

/// A script that responds with JSON.
fn json_reply(status: u16, body: &str) -> Script {
    Script::reply(Reply::json(status, body))
}

/// A script that responds without a body.
fn empty(status: u16) -> Script {
    Script::reply(Reply::new(status).body(""))
}

/// A script that responds with a 429.
fn rate_limited(retry_after: &str) -> Script {
    Script::reply(Reply::new(429).header("retry-after", retry_after).body(""))
}

/// A script that resets the connection instead of responding.
fn reset() -> Script {
    Script::new().read_request().reset()
}

/// A transport that waits a moment where it would wait for seconds.
fn builder_at(url: impl Into<String>) -> TransportBuilder {
    let builder = Transport::builder().token(TOKEN).base_url(url);
    builder.retry_policy(quick())
}

fn builder(listener: &Listener) -> TransportBuilder {
    builder_at(listener.url())
}

fn transport(listener: &Listener) -> Transport {
    builder(listener).build().unwrap()
}

fn client(listener: &Listener) -> Client {
    Client::from_transport(transport(listener))
}

fn quick() -> RetryPolicy {
    RetryPolicy::default().with_backoff(Duration::from_millis(1), Duration::from_millis(2))
}

async fn create(transport: &Transport) -> Result<Response, Error> {
    let body = json!({"version": "v1", "input": {"prompt": "a red bicycle"}});
    let request = transport.request(Method::POST, "/predictions");
    request.json(&body).send().await
}

async fn read(transport: &Transport) -> Result<Response, Error> {
    transport.request(Method::GET, "/account").send().await
}

/// Checks that a text contains each of these.
#[track_caller]
fn assert_contains(text: impl ToString, parts: &[&str]) {
    let text = text.to_string();
    for part in parts {
        assert!(text.contains(part), "{part:?} is not in: {text}");
    }
}
