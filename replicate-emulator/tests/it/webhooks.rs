//! Webhooks: events, intervals, signatures, retries.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use replicate_emulator::{Delivery, Emulator, Model};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{
    io::AsyncReadExt,
    net::TcpListener,
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
};

use crate::support::{self, ended, get, poll, start, start_with, text};

struct Arrived {
    at: Instant,
    headers: HeaderMap,
    body: Bytes,
}

impl Arrived {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("JSON")
    }

    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().expect("readable")
    }
}

/// A receiver of webhooks that refuses the first `refused` of them with 500.
async fn receiver(refused: usize) -> (String, UnboundedReceiver<Arrived>) {
    type Shared = (UnboundedSender<Arrived>, usize, Arc<AtomicUsize>);
    async fn take(
        State((sender, refused, count)): State<Shared>,
        headers: HeaderMap,
        body: Bytes,
    ) -> StatusCode {
        let at = Instant::now();
        let _ = sender.send(Arrived { at, headers, body });
        if count.fetch_add(1, Ordering::SeqCst) < refused {
            StatusCode::INTERNAL_SERVER_ERROR
        } else {
            StatusCode::OK
        }
    }
    let (sender, arrived) = unbounded_channel();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let app =
        Router::new()
            .route("/hook", post(take))
            .with_state((sender, refused, Arc::default()));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (url, arrived)
}

/// The body of a create with a webhook for these events.
fn body(input: Value, hook: &str, events: &[&str]) -> Value {
    json!({"input": input, "webhook": hook, "webhook_events_filter": events})
}

async fn next<T>(arrived: &mut UnboundedReceiver<T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), arrived.recv())
        .await
        .expect("a webhook within 10 s")
        .expect("a webhook")
}

async fn create(emulator: &Emulator, model: &str, body: Value) -> Value {
    let path = format!("/models/{model}/predictions");
    let (status, made) = support::post(emulator, &path, body).await;
    assert_eq!(status, 201, "{made}");
    made
}

#[tokio::test]
async fn a_webhook_is_signed_with_the_secret_of_the_api() {
    let emulator = start().await;
    let (hook, mut arrived) = receiver(0).await;
    let body = body(json!({"prompt": "a"}), &hook, &["completed"]);
    let made = create(&emulator, "emulator/text", body).await;
    let delivered = next(&mut arrived).await;
    let (_, secret) = get(&emulator, "/webhooks/default/secret").await;
    assert_eq!(secret["key"], emulator.webhook_secret().as_str());
    let key = text(&secret["key"]);
    let key = BASE64_STANDARD
        .decode(key.strip_prefix("whsec_").expect("its prefix"))
        .expect("base64");
    let (id, timestamp) = (
        delivered.header("webhook-id"),
        delivered.header("webhook-timestamp"),
    );
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key");
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(&delivered.body);
    let expected = format!("v1,{}", BASE64_STANDARD.encode(mac.finalize().into_bytes()));
    assert_eq!(delivered.header("webhook-signature"), expected);
    let (_, now) = get(&emulator, &text(&made["urls"]["get"])).await;
    assert_eq!(delivered.json(), now);
}

#[tokio::test]
async fn only_the_filtered_events_are_sent() {
    let emulator = start().await;
    for expected in [&["start", "completed"][..], &["output"], &["logs"], &[]] {
        let (hook, _arrived) = receiver(0).await;
        let body = body(json!({"prompt": "a"}), &hook, expected);
        let made = create(&emulator, "emulator/image", body).await;
        ended(&emulator, &made).await;
        let delivered = || {
            let all = emulator.deliveries().into_iter();
            all.filter(|d| made["id"] == d.id.as_str())
                .map(|d| d.event)
                .collect::<Vec<_>>()
        };
        poll(async || delivered().len() >= expected.len()).await;
        assert_eq!(delivered(), expected);
    }
}

#[tokio::test]
async fn output_webhooks_are_at_least_half_a_second_apart() {
    let ticks = Model::new("me/ticks")
        .official(true)
        .run(|_, context| async move {
            for n in 0..24 {
                context.yield_output(n);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Ok(Value::Null)
        });
    let emulator = start_with(Emulator::builder().model(ticks)).await;
    let (hook, mut arrived) = receiver(0).await;
    create(&emulator, "me/ticks", json!({"input": {}, "webhook": hook})).await;
    let mut times = Vec::new();
    loop {
        let delivered = next(&mut arrived).await;
        let body = delivered.json();
        if body["status"] == "succeeded" {
            assert_eq!(body["output"].as_array().map(Vec::len), Some(24));
            break;
        }
        times.push(delivered.at);
    }
    assert!(
        (2..=4).contains(&times.len()),
        "delivered {} times",
        times.len()
    );
    for pair in times.windows(2) {
        let apart = pair[1] - pair[0];
        assert!(apart >= Duration::from_millis(500), "{apart:?} apart");
    }
}

#[tokio::test]
async fn the_terminal_webhook_is_retried_until_it_is_delivered() {
    let emulator = start().await;
    let (hook, mut arrived) = receiver(2).await;
    let body = body(json!({"reason": "why"}), &hook, &["start", "completed"]);
    create(&emulator, "emulator/fail", body).await;
    let start = next(&mut arrived).await;
    let (first, second) = (next(&mut arrived).await, next(&mut arrived).await);
    assert_eq!(first.json()["error"], "why");
    assert_ne!(start.header("webhook-id"), first.header("webhook-id"));
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    poll(async || emulator.deliveries().len() == 3).await;
    let deliveries = emulator.deliveries().into_iter();
    let results: Vec<_> = deliveries.map(|d| d.result).collect();
    assert_eq!(results, [Ok(500), Ok(500), Ok(200)]);
}

#[tokio::test]
async fn an_invalid_webhook_url_is_refused() {
    let emulator = start().await;
    for (field, hook) in [
        ("webhook", "here"),
        ("webhook", "file:///etc/passwd"),
        ("webhook", "ftp://a/b"),
        ("webhook", ""),
        ("webhook_completed", "nowhere"),
    ] {
        let body = json!({"input": {"prompt": "a"}, field: hook});
        let path = "/models/emulator/text/predictions";
        let (status, problem) = support::post(&emulator, path, body).await;
        assert_eq!(status, 422, "{hook}");
        assert_eq!(problem["invalid_fields"][0]["field"], field);
    }
}

#[tokio::test]
async fn each_delivery_is_logged_as_a_line_and_a_failed_one_has_the_reason() {
    let (sender, mut lines) = unbounded_channel();
    let emulator = start_with(
        Emulator::builder().log_deliveries(move |delivery| drop(sender.send(delivery.to_string()))),
    )
    .await;
    let (hook, _arrived) = receiver(0).await;
    let closed = {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        format!("http://{}/hook", listener.local_addr().expect("an address"))
    };
    for (hook, result) in [(hook, "200"), (closed, "failed: error sending request")] {
        let body = body(json!({"prompt": "a"}), &hook, &["completed"]);
        let id = text(&create(&emulator, "emulator/text", body).await["id"]);
        let line = next(&mut lines).await;
        let expected = format!("webhook completed of {id} to {hook}: {result}");
        assert!(line.starts_with(&expected), "{line}");
    }
}

/// Delivers to a server that takes a connection and closes it: what was sent first, and what the
/// emulator says of the delivery.
async fn to_https() -> (Vec<u8>, Delivery) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    let hook = format!("https://{addr}/hook");
    let (sender, mut arrived) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut connection, _)) = listener.accept().await {
            let mut first = vec![0; 2];
            let read = connection.read_exact(&mut first).await;
            let _ = sender.send(read.map(|_| first).unwrap_or_default());
        }
    });
    let emulator = start().await;
    let body = body(json!({"prompt": "a"}), &hook, &["completed"]);
    let made = create(&emulator, "emulator/text", body).await;
    let prediction = ended(&emulator, &made).await;
    assert_eq!(prediction["status"], "succeeded");
    poll(async || !emulator.deliveries().is_empty()).await;
    let delivery = emulator.deliveries().remove(0);
    assert_eq!(delivery.url, hook);
    (arrived.try_recv().unwrap_or_default(), delivery)
}

#[cfg(not(feature = "https"))]
#[tokio::test]
async fn without_tls_a_delivery_to_https_fails_and_names_the_feature() {
    let (sent, delivery) = to_https().await;
    assert!(sent.is_empty(), "nothing was sent");
    let why = delivery.result.expect_err("a failed delivery");
    assert!(why.contains("the feature `https`"), "{why}");
}

#[cfg(feature = "https")]
#[tokio::test]
async fn a_delivery_to_https_uses_tls() {
    let (sent, delivery) = to_https().await;
    // A handshake record of TLS.
    assert_eq!(sent, [0x16, 0x03]);
    let why = delivery.result.expect_err("a failed delivery");
    assert!(why.contains("error sending request"), "{why}");
}

#[tokio::test]
async fn a_start_webhook_shows_the_beginning_even_after_the_end() {
    let emulator = start().await;
    let (url, mut arrived) = receiver(0).await;
    let body = body(json!({"prompt": "a"}), &url, &["start", "completed"]);
    create(&emulator, "emulator/text", body).await;
    let start = next(&mut arrived).await.json();
    assert_eq!(start["status"], "processing");
    assert_eq!(start["output"], Value::Null);
    assert!(start["started_at"].is_string());
    let end = next(&mut arrived).await.json();
    assert_eq!(end["status"], "succeeded");
}

#[tokio::test]
async fn the_old_field_webhook_completed_receives_the_end_beside_a_webhook() {
    let emulator = start().await;
    let (completed, mut ends) = receiver(0).await;
    let (webhook, mut starts) = receiver(0).await;
    let mut body = body(json!({"prompt": "a"}), &webhook, &["start"]);
    body["webhook_completed"] = json!(completed);
    let made = create(&emulator, "emulator/text", body).await;
    assert_eq!(made["webhook_completed"], json!(completed));
    assert_eq!(next(&mut ends).await.json()["status"], "succeeded");
    assert_eq!(next(&mut starts).await.json()["status"], "processing");
}
