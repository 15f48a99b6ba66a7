//! A scripted Cog server that responds as the real ones do.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use futures::stream;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Notify};

use crate::support::text;

/// What the scripted server does.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) health: Mutex<&'static str>,
    pub(crate) schema: Option<Value>,
    /// How it responds to a request for server-sent events.
    pub(crate) events: Events,
    /// How often it is full (409) before it accepts a prediction.
    pub(crate) full: Mutex<u32>,
    /// The bodies of its webhooks before its response.
    pub(crate) progress: Vec<Value>,
    /// The body of its webhook after its response.
    pub(crate) late: Option<Value>,
    /// Its response, which need not be JSON; without one it waits until it is canceled.
    pub(crate) result: Option<(u16, String)>,
    pub(crate) received: Mutex<Vec<Value>>,
    pub(crate) canceled: Notify,
    pub(crate) cancels: Mutex<Vec<String>>,
}

#[derive(Default)]
pub(crate) enum Events {
    /// As Cog before 0.21 does.
    #[default]
    Ignored,
    /// As Cog does for a model that does not stream.
    NotAcceptable,
    Sent(&'static str),
    /// Breaks the connection off within an event.
    BreakOff,
}

impl Script {
    /// A server whose predictions succeed with this output.
    pub(crate) fn succeeds(output: Value) -> Self {
        let body = json!({
            "status": "succeeded",
            "output": output,
            "logs": "one\ntwo\n",
            "metrics": {"predict_time": 4.5},
        });
        Self {
            result: Some((200, body.to_string())),
            ..Self::default()
        }
    }

    /// The input of its first prediction.
    pub(crate) fn input(&self) -> Value {
        self.received.lock().expect("a lock")[0]["input"].clone()
    }
}

async fn predict(
    State(script): State<Arc<Script>>,
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> Response {
    {
        let mut left = script.full.lock().expect("a lock");
        if *left > 0 {
            *left -= 1;
            return response(409, "application/json", r#"{"detail": "full"}"#.to_owned());
        }
    }
    let accept = headers.get("accept");
    if accept.is_some_and(|accept| accept == "text/event-stream") {
        match script.events {
            Events::Ignored => {}
            Events::BreakOff => {
                let broken = Err(io::ErrorKind::ConnectionReset.into());
                let chunks = stream::iter([Ok::<_, io::Error>("event: log\n"), broken]);
                let kind = [("content-type", "text/event-stream")];
                return (kind, Body::from_stream(chunks)).into_response();
            }
            Events::NotAcceptable => return response(406, "application/json", "{}".to_owned()),
            Events::Sent(events) => {
                script.received.lock().expect("a lock").push(request);
                return response(200, "text/event-stream", events.to_owned());
            }
        }
    }
    let hook = text(&request["webhook"]);
    script.received.lock().expect("a lock").push(request);
    for body in &script.progress {
        let sent = reqwest::Client::new().post(&hook).json(body).send().await;
        assert_eq!(sent.expect("a response").status(), 200);
    }
    if let Some(body) = script.late.clone() {
        tokio::spawn(async move {
            // The response is there by then.
            tokio::time::sleep(Duration::from_millis(100)).await;
            reqwest::Client::new().post(hook).json(&body).send().await
        });
    }
    let Some((status, body)) = script.result.clone() else {
        script.canceled.notified().await;
        let canceled = r#"{"status": "canceled"}"#;
        return response(200, "application/json", canceled.to_owned());
    };
    response(status, "application/json", body)
}

fn response(status: u16, kind: &'static str, body: String) -> Response {
    let status = StatusCode::from_u16(status).expect("a status");
    (status, [("content-type", kind)], body).into_response()
}

async fn cancel(State(script): State<Arc<Script>>, Path(id): Path<String>) -> Json<Value> {
    script.cancels.lock().expect("a lock").push(id);
    script.canceled.notify_one();
    Json(json!({}))
}

async fn schema(State(script): State<Arc<Script>>) -> (StatusCode, Json<Value>) {
    match &script.schema {
        Some(schema) => (StatusCode::OK, Json(schema.clone())),
        None => (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({"error": "no schema"})),
        ),
    }
}

async fn health(State(script): State<Arc<Script>>) -> Json<Value> {
    let status = *script.health.lock().expect("a lock");
    let status = if status.is_empty() { "READY" } else { status };
    Json(json!({"status": status, "setup": {"logs": "Traceback: no weights"}}))
}

/// Serves at this port, or at any free one if it is 0.
pub(crate) async fn serve(script: Script, port: u16) -> (SocketAddr, Arc<Script>) {
    let script = Arc::new(script);
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener.expect("a port");
    let addr = listener.local_addr().expect("an address");
    let app = Router::new()
        .route("/health-check", get(health))
        .route("/openapi.json", get(schema))
        .route("/predictions/{id}", put(predict))
        .route("/predictions/{id}/cancel", post(cancel))
        .with_state(Arc::clone(&script));
    tokio::spawn(async move { axum::serve(listener, app).await });
    (addr, script)
}
