//! A server that records requests, with responses that let a client continue.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::harness::server::{self, Server};
use anyhow::Result;
use axum::{
    Json, Router,
    body::{Bytes, to_bytes},
    extract::State,
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

/// Headers of the connection, not of the request.
const HOP_BY_HOP: [&str; 4] = ["connection", "content-length", "host", "transfer-encoding"];

/// A request in a normalized form, for comparison.
#[derive(Clone, Debug)]
pub(super) struct Request {
    method: String,
    target: String,
    /// By name, without those of the connection.
    pub(super) headers: BTreeMap<String, String>,
    /// JSON with sorted keys, a form as its parts, or text.
    pub(super) body: String,
}

impl Request {
    pub(super) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    fn new(parts: &Parts, body: &Bytes) -> Self {
        let mut headers: BTreeMap<String, String> = BTreeMap::new();
        for (name, value) in &parts.headers {
            if !HOP_BY_HOP.contains(&name.as_str()) {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                headers.insert(name.to_string(), value);
            }
        }
        let body = body_text(&parts.headers, body);
        if let Some(kind) = headers.get_mut("content-type") {
            // The boundary is random.
            if let Some((kind_alone, _)) = kind.split_once("; boundary=") {
                *kind = kind_alone.to_owned();
            }
        }
        let target = parts
            .uri
            .path_and_query()
            .map_or("/", |target| target.as_str());
        Self {
            method: parts.method.to_string(),
            target: target.to_owned(),
            headers,
            body,
        }
    }
}

fn body_text(headers: &HeaderMap, body: &Bytes) -> String {
    let text = String::from_utf8_lossy(body);
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or_default();
    if let Some((_, boundary)) = kind.split_once("boundary=") {
        return form(&text, boundary.trim_matches('"'));
    }
    if kind.starts_with("application/json")
        && let Ok(mut value) = serde_json::from_str::<Value>(&text)
    {
        value.sort_all_objects();
        return value.to_string();
    }
    text.into_owned()
}

/// The sorted parts of a form, each with its sorted headers.
fn form(text: &str, boundary: &str) -> String {
    let delimiter = format!("--{boundary}");
    let part = |part: &str| -> Option<String> {
        let (head, content) = part.strip_prefix("\r\n")?.split_once("\r\n\r\n")?;
        let mut head: Vec<String> = head
            .lines()
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| format!("{}:{}", name.to_ascii_lowercase(), value))
            .collect();
        head.sort();
        Some(format!(
            "[{}] {}",
            head.join(", "),
            content.trim_end_matches("\r\n")
        ))
    };
    let mut parts: Vec<String> = text.split(&delimiter).filter_map(part).collect();
    parts.sort();
    parts.join(" ")
}

type Requests = Arc<Mutex<BTreeMap<String, Vec<Request>>>>;

/// What the server's handler needs.
#[derive(Clone)]
struct RecorderState {
    /// The server's own URL, for the URLs in its responses.
    url: String,
    requests: Requests,
}

/// The running server, stopped when it is dropped.
#[derive(Debug)]
pub(super) struct Recorder {
    pub(super) url: String,
    requests: Requests,
    _server: Server,
}

impl Recorder {
    pub(super) async fn start() -> Result<Self> {
        let (listener, url) = server::listen().await?;
        let requests = Requests::default();
        let state = RecorderState {
            url: url.clone(),
            requests: Arc::clone(&requests),
        };
        let app = Router::new().fallback(record).with_state(state);
        Ok(Self {
            url,
            requests,
            _server: Server::start(listener, app),
        })
    }

    /// Takes all requests so far, by call.
    pub(super) fn take(&self) -> BTreeMap<String, Vec<Request>> {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *requests)
    }
}

async fn record(State(state): State<RecorderState>, request: axum::extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, 1 << 20).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let call = call(&parts);
    let request = Request::new(&parts, &body);
    state
        .requests
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .entry(call.clone())
        .or_default()
        .push(request);
    reply(&state.url, &call, &parts)
}

/// The call that a request belongs to. Its token is the call's name; streams are requested without
/// a token, and have it in their URL.
fn call(parts: &Parts) -> String {
    let token = parts
        .headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok());
    let token = token.and_then(|value| value.strip_prefix("Bearer "));
    let streamed = parts.uri.path().strip_prefix("/streams/");
    streamed.or(token).unwrap_or("without a token").to_owned()
}

fn reply(url: &str, call: &str, parts: &Parts) -> Response {
    let path = parts.uri.path();
    if path.starts_with("/streams/") {
        let events = "event: output\nid: 1:0\ndata: a\n\nevent: done\nid: 2:0\ndata: {}\n\n";
        return ([(header::CONTENT_TYPE, "text/event-stream")], events).into_response();
    }
    if parts.method == "DELETE" {
        return StatusCode::NO_CONTENT.into_response();
    }
    if path == "/v1/hardware" {
        return Json(json!([{ "name": "CPU", "sku": "cpu" }])).into_response();
    }
    let status = match path {
        "/v1/deployments" => StatusCode::OK,
        _ if parts.method == "POST" && !path.ends_with("/cancel") => StatusCode::CREATED,
        _ => StatusCode::OK,
    };
    // The second page of a list is the last.
    let more = call == "paginate" && parts.uri.query().is_none();
    // A stream follows a prediction that is still running.
    let starting = call == "stream" && parts.method == "POST";
    // One body with the fields that any call needs.
    let body = json!({
        "id": if path.starts_with("/v1/trainings/") { "t1" } else { "p1" },
        "status": if starting { "starting" } else { "succeeded" },
        "output": (!starting && !path.contains("/trainings")).then_some(["a"]),
        "input": {},
        "urls": {
            "get": format!("{url}/v1/predictions/p1"),
            "cancel": format!("{url}/v1/predictions/p1/cancel"),
            "stream": format!("{url}/streams/{call}"),
        },
        "results": [],
        "next": more.then(|| format!("{url}/v1/predictions?cursor=abc%3D%3D")),
        "previous": null,
        "key": "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
    });
    (status, Json(body)).into_response()
}
