//! What the transport promises, tested against servers that fail in every way.

use std::time::Duration;

use replicate_api::{Client, Error, Method, Response, RetryPolicy, Transport, TransportBuilder};
use replicate_test_support::{Listener, Script};
use serde_json::json;

mod cancellation;
mod creates;
mod deletes;
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
mod uploads;
mod urls;

/// A token that nothing may show.
const TOKEN: &str = "r8_SENTINELsentinelSENTINEL0123456789";

const PREDICTION: &str = r#"{"id":"p1","status":"starting"}"#;

fn listener<const N: usize>(scripts: [Script; N]) -> Listener {
    Listener::start(scripts).unwrap()
}

/// A transport to the listener that waits a moment where it would wait for seconds.
fn builder(listener: &Listener) -> TransportBuilder {
    Transport::builder()
        .token(TOKEN)
        .base_url(listener.url())
        .retry_policy(quick())
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
    transport
        .request(Method::POST, "/predictions")
        .json(&body)
        .send()
        .await
}

async fn read(transport: &Transport) -> Result<Response, Error> {
    transport.request(Method::GET, "/account").send().await
}
