//! Prism between a client and the emulator, and a gateway in front of it that records what Prism
//! finds.
//!
//! The gateway replaces the emulator's URLs in JSON responses by its own, and back in requests, so
//! that the next page of a list passes through Prism too.

use std::{
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, Result, bail};
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
    routing::any,
};
use reqwest::Client;
use serde_json::{Value, json};
use tokio::net::TcpStream;

use super::exceptions::{self, Tool};
use crate::codegen::Json;
use crate::conformance::{
    Env,
    emulator::{Emulator, TOKEN},
    process::{self, Running},
};
use crate::harness::install;
use crate::harness::server::{self, Server};

/// Headers of a single connection.
const HOP_BY_HOP: [&str; 5] = [
    "connection",
    "content-length",
    "host",
    "keep-alive",
    "transfer-encoding",
];

/// A request and its response, and what Prism found.
#[derive(Debug)]
pub(super) struct Exchange {
    method: String,
    path: String,
    /// The path of the description that it matches, if there is one.
    template: Option<String>,
    status: StatusCode,
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
        format!("{} {} -> {}", self.method, self.path, self.status.as_u16())
    }

    /// The violations that are not listed as exceptions.
    pub(super) fn unexcused(&self, counts: &mut [usize]) -> Vec<String> {
        let operation = self.operation();
        let mut wrong: Vec<String> = self
            .violations
            .iter()
            // The cases send invalid requests on purpose, which the emulator refuses.
            .filter(|violation| !(self.status.is_client_error() && is_of_request(violation)))
            .map(Value::to_string)
            .filter(|text| !exceptions::excuses(Tool::Prism, &operation, text, counts))
            .collect();
        if self.status.is_server_error() || self.status.is_redirection() {
            wrong.push(format!("status {}", self.status));
        }
        wrong.extend(self.no_problem.clone());
        wrong
    }
}

fn is_of_request(violation: &Value) -> bool {
    violation["location"][0] == "request"
}

#[derive(Debug)]
struct Gateway {
    url: String,
    prism: String,
    emulator: String,
    http: Client,
    exchanges: Mutex<Vec<Exchange>>,
}

/// A running proxy, stopped when it is dropped.
#[derive(Debug)]
pub(super) struct Proxy {
    gateway: Arc<Gateway>,
    _server: Server,
    _prism: Running,
}

impl Proxy {
    pub(super) async fn start(env: &Env, emulator: &Emulator) -> Result<Self> {
        let (running, prism) = prism(env, emulator).await?;
        let (listener, url) = server::listen().await?;
        let gateway = Arc::new(Gateway {
            url,
            prism,
            emulator: emulator.url.clone(),
            http: Client::builder().no_proxy().build()?,
            exchanges: Mutex::default(),
        });
        let pass = |template: Option<&String>| {
            let (gateway, template) = (Arc::clone(&gateway), template.cloned());
            any(move |request| pass(Arc::clone(&gateway), template.clone(), request))
        };
        let mut app = Router::new().fallback_service(pass(None));
        for path in super::description(env)?.map("paths").keys() {
            app = app.route(&format!("/v1{path}"), pass(Some(path)));
        }
        Ok(Self {
            gateway,
            _server: Server::start(listener, app),
            _prism: running,
        })
    }

    pub(super) fn url(&self) -> &str {
        &self.gateway.url
    }

    pub(super) fn take(&self) -> Vec<Exchange> {
        std::mem::take(&mut *self.gateway.exchanges())
    }

    /// Sends an invalid request, to verify that Prism reports it.
    pub(super) async fn is_blind(&self) -> Result<Option<String>> {
        let url = format!("{}/v1/predictions", self.url());
        let request = self.gateway.http.post(url).bearer_auth(TOKEN);
        request.json(&json!({ "version": 5 })).send().await?;
        let exchanges = self.take();
        let mut violations = exchanges.iter().flat_map(|exchange| &exchange.violations);
        let found = violations.any(is_of_request);
        Ok((!found).then(|| "Prism did not report an invalid request".to_owned()))
    }
}

impl Gateway {
    fn exchanges(&self) -> MutexGuard<'_, Vec<Exchange>> {
        self.exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// Downloads a file through the proxy from a URL that the emulator signed, and returns what is
/// wrong. No operation of the API returns such a URL, so no client has this case.
pub(super) async fn download(proxy: &Proxy, emulator: &Emulator) -> Result<Option<String>> {
    let signed = emulator.signed_download("some content").await?;
    let through = signed.url.replace(&emulator.url, proxy.url());
    let response = proxy.gateway.http.get(through).send().await?;
    let status = response.status();
    let content = response.text().await?;
    let right = status == StatusCode::OK && content == "some content";
    Ok((!right).then(|| format!("{status}: {content}")))
}

/// Starts Prism on a free port, and on another if that is taken meanwhile.
async fn prism(env: &Env, emulator: &Emulator) -> Result<(Running, String)> {
    let folder = env.installed.join("prism");
    install::npm(&env.source("prism"), &folder).await?;
    let script = folder.join("node_modules/@stoplight/prism-cli/dist/index.js");
    for _ in 0..3 {
        let port = process::free_port()?;
        let mut running = Running::start(
            process::command("node")
                .arg(&script)
                .arg("proxy")
                .arg(env.description())
                .arg(format!("{}/v1", emulator.url))
                .args(["--host", "127.0.0.1", "--port", &port.to_string()])
                .stdout(Stdio::null())
                .stderr(Stdio::null()),
        )?;
        let listens = async || TcpStream::connect(("127.0.0.1", port)).await.is_ok();
        if running.wait_until(listens).await.is_ok() {
            return Ok((running, format!("http://127.0.0.1:{port}")));
        }
    }
    bail!("Prism did not start")
}

async fn pass(gateway: Arc<Gateway>, template: Option<String>, request: Request) -> Response {
    match forward(&gateway, template, request).await {
        Ok(response) => response,
        Err(error) => (StatusCode::BAD_GATEWAY, format!("{error:#}")).into_response(),
    }
}

async fn forward(
    gateway: &Gateway,
    template: Option<String>,
    request: Request,
) -> Result<Response> {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().context("no path")?.as_str();
    let api_target = target.strip_prefix("/v1");
    let url = match api_target {
        Some(target) => format!("{}{target}", gateway.prism),
        // Outputs and streams.
        None => format!("{}{target}", gateway.emulator),
    };
    let body = to_bytes(body, usize::MAX).await?;
    let body = replace_url(&parts.headers, &body, &gateway.url, &gateway.emulator);
    let request = gateway.http.request(parts.method.clone(), url);
    let request = request.headers(end_to_end(&parts.headers)).body(body);
    let response = request.timeout(Duration::from_secs(90)).send().await?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await?;
    if let Some(target) = api_target {
        let violations = text(&headers, "sl-violations");
        let violations = violations.and_then(|text| serde_json::from_str(text).ok());
        let path = target.split('?').next().unwrap_or_default();
        gateway.exchanges().push(Exchange {
            method: parts.method.to_string(),
            path: path.to_owned(),
            template,
            status,
            violations: violations.unwrap_or_default(),
            no_problem: no_problem(status, &headers, &body),
        });
    }
    let body = replace_url(&headers, &body, &gateway.emulator, &gateway.url);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    *response.headers_mut() = end_to_end(&headers);
    Ok(response)
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// Replaces one URL by another in a JSON body.
fn replace_url(headers: &HeaderMap, body: &[u8], from: &str, to: &str) -> Vec<u8> {
    let kind = text(headers, CONTENT_TYPE.as_str());
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
    let kind = text(headers, CONTENT_TYPE.as_str());
    let problem: Value = serde_json::from_slice(body).unwrap_or_default();
    let whole = problem["title"].is_string()
        && problem["detail"].is_string()
        && problem["status"] == status.as_u16();
    let right = kind == Some("application/problem+json") && whole;
    (!right).then(|| format!("not a problem document: {kind:?}: {problem}"))
}
