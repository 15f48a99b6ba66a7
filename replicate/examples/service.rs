//! A web service in front of Replicate: it starts predictions, receives their webhooks, and
//! passes a model's output on to browsers while it is produced.
//!
//! cargo run --example service -- [MODEL] [ADDRESS] [PUBLIC_URL]
//!
//! curl -d '{"prompt": "A haiku"}' -H 'content-type: application/json' localhost:8080/run
//! curl localhost:8080/predictions/ID
//! curl -N 'localhost:8080/stream?prompt=A+haiku'
//!
//! `PUBLIC_URL` is where Replicate reaches this service; without one it is the address that it listens on.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::{Json, Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Router, serve};
use futures::StreamExt;
use replicate::types::WebhookEvent;
use replicate::webhook::{self, Verifier};
use replicate::{Client, ErrorKind, Prediction, StreamEvent};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

#[derive(Clone)]
struct Service {
    replicate: Client,
    verifier: Verifier,
    model: String,
    webhook_url: String,
    /// The predictions that have completed, by id. A real service has a database.
    completed: Arc<Mutex<HashMap<String, Prediction>>>,
}

#[derive(Deserialize)]
struct Request {
    prompt: String,
}

/// Starts a prediction and responds with its id. The result comes by webhook.
async fn run(
    State(service): State<Service>,
    Json(request): Json<Request>,
) -> Result<(StatusCode, Json<Value>), Failure> {
    let handle = service
        .replicate
        .run(&service.model)
        .input(json!({ "prompt": request.prompt }))
        .webhook(&service.webhook_url)
        .webhook_events([WebhookEvent::Completed])
        .start()
        .await?;
    Ok((StatusCode::ACCEPTED, Json(json!({ "id": handle.id() }))))
}

/// Receives webhooks. Only what Replicate has signed is believed.
async fn receive(State(service): State<Service>, headers: HeaderMap, body: Bytes) -> StatusCode {
    // Verify the bytes as they came: a body that was parsed and written again has another
    // signature.
    let event = match service.verifier.verify(&headers, &body) {
        Ok(message) => message.event(),
        Err(error) => {
            eprintln!("refused a webhook: {error}");
            return StatusCode::UNAUTHORIZED;
        }
    };
    match event {
        Ok(webhook::Event::Completed(prediction)) => {
            let line = format!("{} {}", prediction.id, prediction.status);
            // A webhook can come twice; the second one changes nothing.
            let mut completed = service.completed.lock().unwrap();
            completed.insert(prediction.id.clone(), prediction);
            println!("{line}");
            StatusCode::NO_CONTENT
        }
        Ok(_) => StatusCode::NO_CONTENT,
        Err(error) => {
            eprintln!("could not read a webhook: {error}");
            StatusCode::BAD_REQUEST
        }
    }
}

/// Responds with the output of a prediction, once its webhook has come.
async fn result(State(service): State<Service>, Path(id): Path<String>) -> Response {
    match service.completed.lock().unwrap().get(&id) {
        Some(prediction) => Json(prediction).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Runs a model and passes its output on as Server-Sent Events.
async fn stream(
    State(service): State<Service>,
    Query(request): Query<Request>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    // A browser's EventSource reconnects by itself. That would run, and bill, the model again;
    // 204 makes it stop.
    if headers.contains_key("last-event-id") {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let events = service
        .replicate
        .stream(&service.model)
        .input(json!({ "prompt": request.prompt }))
        // A client that closes the page no longer needs the output.
        .cancel_on_drop()
        .await?;
    let events = events.map(|event| Ok::<_, Infallible>(to_sse(event)));
    let response = Sse::new(events).keep_alive(KeepAlive::default());
    Ok(response.into_response())
}

/// An event of the model as one for the browser, with the same id.
fn to_sse(event: replicate::Result<StreamEvent>) -> Event {
    let (name, data, id) = match &event {
        // Text goes out as JSON, which keeps line ends and spaces as they are.
        Ok(StreamEvent::Output(text)) => ("output", json!(text.text()), text.id()),
        Ok(StreamEvent::Logs(text)) => ("logs", json!(text.text()), text.id()),
        Ok(StreamEvent::Done(done)) => {
            let data = json!({ "status": done.status, "metrics": done.metrics });
            ("done", data, done.id())
        }
        Ok(_) => return Event::default().comment("an event of a kind that is not known here"),
        Err(error) => ("error", json!(error.to_string()), None),
    };
    let event = Event::default().event(name).data(data.to_string());
    match id {
        Some(id) => event.id(id),
        None => event,
    }
}

/// A failed call, as a response.
struct Failure(replicate::Error);

impl From<replicate::Error> for Failure {
    fn from(error: replicate::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let status = match self.0.kind() {
            ErrorKind::InvalidRequest => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::RateLimited => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_GATEWAY,
        };
        (status, Json(json!({ "error": self.0.to_string() }))).into_response()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let model = argument("meta/meta-llama-3-8b-instruct");
    let addr = argument("127.0.0.1:8080");
    let listener = TcpListener::bind(addr).await?;
    let local_url = format!("http://{}", listener.local_addr()?);
    let public_url = arguments.next().unwrap_or_else(|| local_url.clone());

    let replicate = Client::from_env()?;
    let secret = replicate.webhooks().secret().await?.key;
    let service = Service {
        verifier: Verifier::new(secret.expose_secret())?,
        webhook_url: format!("{public_url}/webhook"),
        completed: Arc::default(),
        replicate: replicate.clone(),
        model,
    };
    let routes = Router::new()
        .route("/run", post(run))
        .route("/webhook", post(receive))
        .route("/predictions/{id}", get(result))
        .route("/stream", get(stream))
        .with_state(service);
    println!("listening on {local_url}");
    let until_ctrl_c = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    serve(listener, routes)
        .with_graceful_shutdown(until_ctrl_c)
        .await?;
    // Predictions of pages that were just closed are being canceled.
    replicate.shutdown().await;
    Ok(())
}
