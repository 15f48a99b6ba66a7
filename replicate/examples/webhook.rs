//! Receives webhooks: a small server that believes only what Replicate has signed.
//!
//! cargo run --example webhook -- [MODEL] [PUBLIC ADDRESS]
//!
//! It starts a prediction that calls back, prints what comes, and ends with it. Without a
//! public address it gives its own, on this machine.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use replicate::types::WebhookEvent;
use replicate::webhook::{Event, Verifier};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

#[derive(Clone)]
struct Receiver {
    verifier: Verifier,
    events: mpsc::Sender<Event>,
}

async fn receive(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> StatusCode {
    // The bytes as they came: anything that parses and writes them again breaks the signature.
    let event = match receiver.verifier.verify(&headers, &body) {
        Ok(message) => message.event(),
        Err(error) => {
            eprintln!("refused: {error}");
            return StatusCode::UNAUTHORIZED;
        }
    };
    let Ok(event) = event else {
        return StatusCode::BAD_REQUEST;
    };
    match receiver.events.send(event).await {
        Ok(()) => StatusCode::NO_CONTENT,
        Err(_) => StatusCode::GONE,
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments
        .next()
        .unwrap_or_else(|| "meta/meta-llama-3-8b-instruct".into());
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let own = format!("http://{}/", listener.local_addr()?);
    let address = arguments.next().unwrap_or(own);

    let replicate = replicate::Client::from_env()?;
    let secret = replicate.webhooks().secret().await?.key;
    let (events, mut received) = mpsc::channel(8);
    let receiver = Receiver {
        verifier: Verifier::new(secret.expose_secret())?,
        events,
    };
    let routes = Router::new().route("/", post(receive)).with_state(receiver);
    tokio::spawn(async move { axum::serve(listener, routes).await });

    replicate
        .predictions()
        .create(model)
        .input(json!({ "prompt": "A haiku about llamas" }))
        .webhook(address, [WebhookEvent::Completed])
        .await?;
    while let Some(event) = received.recv().await {
        let prediction = event.prediction();
        println!("{} is {}", prediction.id, prediction.status);
        if matches!(event, Event::Completed(_)) {
            println!("{}", replicate.output(prediction)?);
            break;
        }
    }
    Ok(())
}
