//! Prism between a client and the emulator, and a gateway in front of it that records what Prism
//! finds.
//!
//! The gateway replaces the emulator's URLs in JSON responses by its own, and back in requests, so
//! that the next page of a list passes through Prism too.

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
    Env,
    emulator::{Emulator, TOKEN},
    process::{self, Running},
};

/// Headers of a single connection.
const HOP_BY_HOP: [&str; 5] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "transfer-encoding",
];

/// The paths of the description, with their parameters.
type Templates = Vec<(String, Vec<String>)>;

/// A request and its response, and what Prism found.
#[derive(Debug)]
pub(super) struct Exchange {
    method: String,
    path: String,
    template: Option<String>,
    status: u16,
    violations: Vec<Value>,
    /// Why an error's body is not a problem document.
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

    /// The violations that are not listed as exceptions.
    pub(super) fn unexcused(&self, tool: Tool, counts: &mut [usize]) -> Vec<String> {
        let operation = self.operation();
        let mut wrong: Vec<String> = self
            .violations
            .iter()
            // The cases send invalid requests on purpose, which the emulator refuses.
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
struct Gateway {
    url: String,
    prism: String,
    emulator: String,
    http: Client,
    templates: Templates,
    exchanges: Mutex<Vec<Exchange>>,
}

/// A running proxy, stopped when it is dropped.
#[derive(Debug)]
pub(super) struct Proxy {
    pub(super) url: String,
    gateway: Arc<Gateway>,
    serving: JoinHandle<()>,
    _prism: Running,
}

impl Proxy {
    pub(super) async fn start(env: &Env, emulator: &Emulator) -> Result<Self> {
        let (prism, prism_url) = prism(env, emulator).await?;
        let description = super::description(env)?;
        let paths = description["paths"].as_object().into_iter().flatten();
        let parts = |path: &String| path.split('/').map(str::to_owned).collect();
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let gateway = Arc::new(Gateway {
            url: url.clone(),
            prism: prism_url,
            emulator: emulator.url.clone(),
            http: Client::builder().no_proxy().build()?,
            templates: paths.map(|(path, _)| (path.clone(), parts(path))).collect(),
            exchanges: Mutex::default(),
        });
        let app = Router::new()
            .fallback(pass)
            .with_state(Arc::clone(&gateway));
        let serving = tokio::spawn(async move {
            // It serves until it is aborted.
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            url,
            gateway,
            serving,
            _prism: prism,
        })
    }

    pub(super) fn take(&self) -> Vec<Exchange> {
        let mut exchanges = self
            .gateway
            .exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *exchanges)
    }

    /// Sends an invalid request, to verify that Prism reports it.
    pub(super) async fn is_blind(&self) -> Result<Option<String>> {
        let request = self
            .gateway
            .http
            .post(format!("{}/v1/predictions", self.url));
        let body = json!({ "version": 5 });
        request.bearer_auth(TOKEN).json(&body).send().await?;
        let found = self.take().iter().any(|exchange| {
            let mut violations = exchange.violations.iter();
            violations.any(|violation| violation["location"][0] == "request")
        });
        Ok((!found).then(|| "Prism did not report an invalid request".to_owned()))
    }
}

/// Downloads a file through the proxy from a URL that the emulator signed, and returns what is
/// wrong. No operation of the API returns such a URL, so no client has this case.
pub(super) async fn download(proxy: &Proxy, emulator: &Emulator) -> Result<Option<String>> {
    let signed = emulator.signed_download("some content").await?;
    let through = signed.url.replace(&emulator.url, &proxy.url);
    let response = proxy.gateway.http.get(through).send().await?;
    let status = response.status();
    let content = response.text().await?;
    let right = status == StatusCode::OK && content == "some content";
    Ok((!right).then(|| format!("{status}: {content}")))
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Starts Prism on a free port, and on another if that is taken meanwhile.
async fn prism(env: &Env, emulator: &Emulator) -> Result<(Running, String)> {
    let folder = env.npm("prism").await?;
    let script = folder.join("node_modules/@stoplight/prism-cli/dist/index.js");
    for _ in 0..3 {
        let port = process::free_port()?.to_string();
        let url = format!("http://127.0.0.1:{port}");
        let mut running = Running::start(
            process::command("node")
                .arg(&script)
                .arg("proxy")
                .arg(env.description())
                .arg(format!("{}/v1", emulator.url))
                .args(["--host", "127.0.0.1", "--port", &port])
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        let begun = tokio::time::Instant::now();
        while !running.has_ended() && begun.elapsed() < Duration::from_secs(60) {
            if tokio::net::TcpStream::connect(("127.0.0.1", port.parse()?))
                .await
                .is_ok()
            {
                return Ok((running, url));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    bail!("Prism did not start")
}

async fn pass(State(gateway): State<Arc<Gateway>>, request: axum::extract::Request) -> Response {
    match forward(&gateway, request).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response(),
    }
}

async fn forward(gateway: &Gateway, request: axum::extract::Request) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().context("no path")?.as_str();
    let api_target = target.strip_prefix("/v1");
    let url = match api_target {
        Some(target) => format!("{}{target}", gateway.prism),
        // Outputs and streams.
        None => format!("{}{target}", gateway.emulator),
    };
    let body = to_bytes(body, usize::MAX).await?;
    let response = gateway
        .http
        .request(parts.method.clone(), url)
        .headers(end_to_end(&parts.headers))
        .body(replace_url(
            &parts.headers,
            &body,
            &gateway.url,
            &gateway.emulator,
        ))
        .timeout(Duration::from_secs(90))
        .send()
        .await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await?;
    if let Some(target) = api_target {
        let exchange = exchange(gateway, &parts.method, target, status, &headers, &body);
        gateway
            .exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(exchange);
    }
    let body = replace_url(&headers, &body, &gateway.emulator, &gateway.url);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = end_to_end(&headers);
    Ok(response)
}

fn exchange(
    gateway: &Gateway,
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
        template: template(&gateway.templates, path),
        status: status.as_u16(),
        violations: violations
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default(),
        no_problem: no_problem(status, headers, body),
    }
}

/// Replaces one URL by another in a JSON body.
fn replace_url(headers: &HeaderMap, body: &[u8], from: &str, to: &str) -> Vec<u8> {
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
    for name in HOP_BY_HOP {
        kept.remove(name);
    }
    kept
}

/// Why an error is not a problem document.
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
    (!right).then(|| format!("not a problem document: {kind:?}: {problem}"))
}

/// Returns the path template that matches this path.
fn template(templates: &Templates, path: &str) -> Option<String> {
    let parts: Vec<&str> = path.split('/').collect();
    let matches = |(_, own): &&(String, Vec<String>)| {
        own.len() == parts.len()
            && own
                .iter()
                .zip(&parts)
                .all(|(own, part)| own.starts_with('{') || own == part)
    };
    templates.iter().find(matches).map(|(path, _)| path.clone())
}
