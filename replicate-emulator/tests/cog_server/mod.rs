//! A scripted Cog server that responds as the real ones do.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::support::{self, text, version};
use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post, put},
};
use replicate_emulator::Emulator;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::Notify, task::JoinHandle};

/// What the scripted server does.
#[derive(Default)]
pub(crate) struct Script {
    pub(crate) health: Mutex<&'static str>,
    pub(crate) schema: Option<Value>,
    /// How it responds to a request for server-sent events.
    pub(crate) events: Events,
    /// How often it is full (409) before it accepts a prediction.
    pub(crate) full: Mutex<u32>,
    /// The text of its response, which need not be JSON.
    pub(crate) raw: Option<(u16, &'static str)>,
    /// The bodies of its webhooks before its response.
    pub(crate) progress: Vec<Value>,
    /// The body of its webhook after its response.
    pub(crate) late: Option<Value>,
    /// Its response; without one it waits until it is canceled.
    pub(crate) result: Mutex<Option<(u16, Value)>>,
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
}

pub(crate) async fn predict(
    State(script): State<Arc<Script>>,
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> Response {
    let response = |status: u16, kind: &'static str, body: &'static str| {
        let status = StatusCode::from_u16(status).expect("a status");
        (status, [("content-type", kind)], body).into_response()
    };
    let is_full = {
        let mut left = script.full.lock().expect("a lock");
        let is_full = *left > 0;
        *left = left.saturating_sub(1);
        is_full
    };
    if is_full {
        return response(409, "application/json", r#"{"detail": "full"}"#);
    }
    if headers
        .get("accept")
        .is_some_and(|accept| accept == "text/event-stream")
    {
        match script.events {
            Events::Ignored => {}
            Events::NotAcceptable => return response(406, "application/json", "{}"),
            Events::Sent(events) => {
                script.received.lock().expect("a lock").push(request);
                return response(200, "text/event-stream", events);
            }
        }
    }
    if let Some((status, raw)) = script.raw {
        return response(status, "application/json", raw);
    }
    predict_json(script, request).await.into_response()
}

pub(crate) async fn predict_json(script: Arc<Script>, request: Value) -> (StatusCode, Json<Value>) {
    script
        .received
        .lock()
        .expect("a lock")
        .push(request.clone());
    for body in &script.progress {
        let hook = text(&request["webhook"]);
        let sent = reqwest::Client::new().post(hook).json(body).send().await;
        assert_eq!(sent.expect("a response").status(), 200);
    }
    if let Some(body) = script.late.clone() {
        let hook = text(&request["webhook"]);
        tokio::spawn(async move {
            // The response is there by then.
            tokio::time::sleep(Duration::from_millis(100)).await;
            reqwest::Client::new().post(hook).json(&body).send().await
        });
    }
    let result = script.result.lock().expect("a lock").clone();
    let Some((status, body)) = result else {
        script.canceled.notified().await;
        return (StatusCode::OK, Json(json!({"status": "canceled"})));
    };
    (StatusCode::from_u16(status).expect("a status"), Json(body))
}

pub(crate) async fn cancel(
    State(script): State<Arc<Script>>,
    Path(id): Path<String>,
) -> Json<Value> {
    script.cancels.lock().expect("a lock").push(id);
    script.canceled.notify_one();
    Json(json!({}))
}

pub(crate) async fn schema(State(script): State<Arc<Script>>) -> (StatusCode, Json<Value>) {
    match &script.schema {
        Some(schema) => (StatusCode::OK, Json(schema.clone())),
        None => (
            StatusCode::SERVICE_UNAVAILABLE,
            Json(json!({"error": "no schema"})),
        ),
    }
}

pub(crate) async fn health(State(script): State<Arc<Script>>) -> Json<Value> {
    let status = *script.health.lock().expect("a lock");
    let status = if status.is_empty() { "READY" } else { status };
    Json(json!({"status": status, "setup": {"logs": "Traceback: no weights"}}))
}

pub(crate) async fn serve(script: Script, port: u16) -> (SocketAddr, Arc<Script>, JoinHandle<()>) {
    let script = Arc::new(script);
    let listener = TcpListener::bind(("127.0.0.1", port))
        .await
        .expect("a port");
    let addr = listener.local_addr().expect("an address");
    let app = Router::new()
        .route("/health-check", get(health))
        .route("/openapi.json", get(schema))
        .route("/predictions/{id}", put(predict))
        .route("/predictions/{id}/cancel", post(cancel))
        .with_state(Arc::clone(&script));
    let serving = tokio::spawn(async move {
        let _ = axum::serve(listener, app).await;
    });
    (addr, script, serving)
}

pub(crate) async fn emulator(addr: SocketAddr) -> Emulator {
    Emulator::builder()
        .cog("me/model", format!("http://{addr}"))
        .start()
        .await
        .expect("an emulator")
}

pub(crate) async fn create(emulator: &Emulator, input: Value) -> (u16, Value) {
    let id = version(emulator, "me/model").await;
    support::post(
        emulator,
        "/predictions",
        json!({"version": id, "input": input}),
    )
    .await
}

pub(crate) fn document(output: Value) -> Value {
    json!({"components": {"schemas": {
        "Input": {
            "type": "object",
            "required": ["prompt"],
            "properties": {"prompt": {"type": "string"}},
        },
        "Output": output,
    }}})
}

pub(crate) fn succeeded(output: Value) -> Mutex<Option<(u16, Value)>> {
    let body = json!({
        "status": "succeeded",
        "output": output,
        "logs": "one\ntwo\n",
        "metrics": {"predict_time": 4.5},
    });
    Mutex::new(Some((200, body)))
}
