//! Prism between a client and the emulator, and a door in front of it that keeps what Prism finds.
//!
//! The emulator's addresses in JSON become the door's on their way to the client, and turn back on
//! theirs to the emulator: so a list's next page goes through Prism too.

use std::{
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::State,
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::exceptions::{self, Tool};
use crate::conformance::{
    Workplace,
    emulator::{Emulator, TOKEN},
    install,
    process::{self, Running},
};

/// Headers that belong to one connection.
const OF_THE_CONNECTION: [&str; 5] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "transfer-encoding",
];

/// The paths of the description, with their parameters.
type Templates = Vec<(String, Vec<String>)>;

/// A request and its answer, and what Prism found.
#[derive(Debug)]
pub(super) struct Exchange {
    method: String,
    path: String,
    template: Option<String>,
    status: u16,
    violations: Vec<Value>,
    /// What an error's body lacks.
    no_problem: Option<String>,
}

impl Exchange {
    pub(super) fn operation(&self) -> String {
        let template = self.template.as_deref().unwrap_or("(no such path)");
        format!("{} {template}", self.method)
    }

    pub(super) fn line(&self) -> String {
        format!("{} {} -> {}", self.method, self.path, self.status)
    }

    /// What is wrong with it, but for what is listed.
    pub(super) fn unexcused(&self, tool: Tool, counts: &mut [usize]) -> Vec<String> {
        let operation = self.operation();
        let mut wrong: Vec<String> = self
            .violations
            .iter()
            // A request that the emulator refused is the client's fault, on purpose.
            .filter(|violation| self.status < 400 || violation["location"][0] != "request")
            .map(Value::to_string)
            .filter(|text| !exceptions::excuses(tool, &operation, text, counts))
            .collect();
        if self.status >= 500 || (300..400).contains(&self.status) {
            wrong.push(format!("status {}", self.status));
        }
        wrong.extend(self.no_problem.clone());
        wrong
    }
}

#[derive(Debug)]
struct Door {
    url: String,
    prism: String,
    emulator: String,
    http: Client,
    templates: Templates,
    exchanges: Mutex<Vec<Exchange>>,
}

/// A running proxy. It ends when it is dropped.
#[derive(Debug)]
pub(super) struct Proxy {
    pub(super) url: String,
    door: Arc<Door>,
    serving: JoinHandle<()>,
    _prism: Running,
}

impl Proxy {
    pub(super) async fn start(place: &Workplace, emulator: &Emulator) -> Result<Self> {
        let (prism, address) = prism(place, emulator).await?;
        let description = super::description(place)?;
        let paths = description["paths"].as_object().into_iter().flatten();
        let parts = |path: &String| path.split('/').map(str::to_owned).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let door = Arc::new(Door {
            url: url.clone(),
            prism: address,
            emulator: emulator.url.clone(),
            http: Client::builder().no_proxy().build()?,
            templates: paths.map(|(path, _)| (path.clone(), parts(path))).collect(),
            exchanges: Mutex::default(),
        });
        let app = Router::new().fallback(pass).with_state(Arc::clone(&door));
        let serving = tokio::spawn(async move {
            // It serves until it is aborted.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            url,
            door,
            serving,
            _prism: prism,
        })
    }

    pub(super) fn take(&self) -> Vec<Exchange> {
        let mut exchanges = self
            .door
            .exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *exchanges)
    }

    /// Sends a request that is wrong: Prism must find it, or finds nothing ever.
    pub(super) async fn is_blind(&self) -> Result<Option<String>> {
        let request = self.door.http.post(format!("{}/v1/predictions", self.url));
        let body = json!({ "version": 5 });
        request.bearer_auth(TOKEN).json(&body).send().await?;
        let found = self.take().iter().any(|exchange| {
            let mut violations = exchange.violations.iter();
            violations.any(|violation| violation["location"][0] == "request")
        });
        Ok((!found).then(|| "a wrong request passed it unseen".to_owned()))
    }
}

/// Downloads a file through the proxy, at an address that the emulator signed: no operation of the
/// API gives one, so that no client's list has it. What was wrong with that is returned.
pub(super) async fn download(proxy: &Proxy, emulator: &Emulator) -> Result<Option<String>> {
    let signed = emulator.signed_download("some content").await?;
    let through = signed.url.replace(&emulator.url, &proxy.url);
    let answer = proxy.door.http.get(through).send().await?;
    let status = answer.status();
    let content = answer.text().await?;
    let right = status == StatusCode::OK && content == "some content";
    Ok((!right).then(|| format!("{status}: {content}")))
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Prism on a port that it cannot choose itself; tried again where another took it first.
async fn prism(place: &Workplace, emulator: &Emulator) -> Result<(Running, String)> {
    let folder = install::npm(place, "prism").await?;
    let script = folder.join("node_modules/@stoplight/prism-cli/dist/index.js");
    for _ in 0..3 {
        let port = process::free_port()?.to_string();
        let address = format!("http://127.0.0.1:{port}");
        let mut running = Running::start(
            process::command("node")
                .arg(&script)
                .arg("proxy")
                .arg(place.description())
                .arg(format!("{}/v1", emulator.url))
                .args(["--host", "127.0.0.1", "--port", &port])
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        let begun = tokio::time::Instant::now();
        while !running.is_over() && begun.elapsed() < Duration::from_secs(60) {
            if tokio::net::TcpStream::connect(("127.0.0.1", port.parse()?))
                .await
                .is_ok()
            {
                return Ok((running, address));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    bail!("Prism does not start")
}

async fn pass(State(door): State<Arc<Door>>, request: axum::extract::Request) -> Response {
    match passed(&door, request).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response(),
    }
}

async fn passed(door: &Door, request: axum::extract::Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().context("no path")?.as_str();
    let of_the_api = target.strip_prefix("/v1");
    let address = match of_the_api {
        Some(target) => format!("{}{target}", door.prism),
        // Outputs and streams.
        None => format!("{}{target}", door.emulator),
    };
    let body = to_bytes(body, usize::MAX).await?;
    let answer = door
        .http
        .request(parts.method.clone(), address)
        .headers(end_to_end(&parts.headers))
        .body(readdressed(
            &parts.headers,
            &body,
            &door.url,
            &door.emulator,
        ))
        .timeout(Duration::from_secs(90))
        .send()
        .await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.bytes().await?;
    if let Some(target) = of_the_api {
        let exchange = exchange(door, &parts.method, target, status, &headers, &body);
        door.exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(exchange);
    }
    let body = readdressed(&headers, &body, &door.emulator, &door.url);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = end_to_end(&headers);
    Ok(response)
}

fn exchange(
    door: &Door,
    method: &Method,
    target: &str,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> Exchange {
    let violations = headers
        .get("sl-violations")
        .and_then(|header| header.to_str().ok());
    let path = target.split('?').next().unwrap_or_default();
    Exchange {
        method: method.to_string(),
        path: path.to_owned(),
        template: template(&door.templates, path),
        status: status.as_u16(),
        violations: violations
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default(),
        no_problem: no_problem(status, headers, body),
    }
}

/// A body with one address in place of another, where it is JSON.
fn readdressed(headers: &HeaderMap, body: &[u8], from: &str, to: &str) -> Vec<u8> {
    let kind = headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok());
    match std::str::from_utf8(body) {
        Ok(text) if kind.is_some_and(|kind| kind.starts_with("application/json")) => {
            text.replace(from, to).into_bytes()
        }
        _ => body.to_vec(),
    }
}

fn end_to_end(headers: &HeaderMap) -> HeaderMap {
    let mut kept = headers.clone();
    for name in OF_THE_CONNECTION {
        kept.remove(name);
    }
    kept
}

/// What an error lacks to be a problem document.
fn no_problem(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Option<String> {
    if !status.is_client_error() {
        return None;
    }
    let kind = headers
        .get("content-type")
        .and_then(|kind| kind.to_str().ok());
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let whole = problem["title"].is_string()
        && problem["detail"].is_string()
        && problem["status"] == status.as_u16();
    let right = kind == Some("application/problem+json") && whole;
    (!right).then(|| format!("no problem document, but {kind:?}: {problem}"))
}

/// The path of the description that this is one of.
fn template(templates: &Templates, path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let fits = |(_, own): &&(String, Vec<String>)| {
        own.len() == parts.len()
            && own
                .iter()
                .zip(&parts)
                .all(|(own, part)| own.starts_with('{') || own == part)
    };
    templates.iter().find(fits).map(|(path, _)| path.clone())
}
