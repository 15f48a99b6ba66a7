//! A Cog server: its schema and its health.

use std::{
    error::Error,
    sync::{Arc, Mutex},
    time::Duration,
};

use reqwest::Client;
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    context::Failure,
    http_client::{HttpClient, causes},
    schema::Interface,
    sync::Locked,
};

/// A schema that was read more recently than this is not read again.
const FRESH: Duration = Duration::from_secs(1);
/// The timeout of a request about the server itself.
pub(super) const REQUEST_TIMEOUT: Duration = Duration::from_secs(2);

/// A Cog server, and its schema as last read.
#[derive(Debug)]
pub(crate) struct CogServer {
    url: String,
    schema: Mutex<Schema>,
}

#[derive(Debug, Default)]
struct Schema {
    interface: Option<Arc<Interface>>,
    read_at: Option<Instant>,
}

/// Health report of a server.
#[derive(Debug)]
pub(super) enum Health {
    Ready,
    /// It will be ready: it is starting, or runs as many predictions as it can.
    Wait,
    /// It will not be ready.
    Broken(String),
    Unreachable(String),
}

impl CogServer {
    pub(crate) fn new(url: String) -> Self {
        Self {
            url,
            schema: Mutex::default(),
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// The interface of its model, if the server has ever served it.
    pub(crate) fn interface(&self) -> Option<Arc<Interface>> {
        self.schema.locked().interface.clone()
    }

    /// Whether to ask for server-sent events: its schema says that it streams, or is unknown.
    pub(super) fn streams(&self) -> bool {
        self.interface()
            .is_none_or(|interface| interface.streams_events())
    }

    /// Reads the schema again: the server may have been restarted with another model. One that
    /// does not respond keeps the schema that it had; one that serves none (503) has none.
    pub(crate) async fn refresh(&self, client: &HttpClient) {
        // Without a client, a prediction fails and says why; the schema stays.
        let Ok(client) = client.get() else {
            return;
        };
        {
            let mut schema = self.schema.locked();
            if schema.read_at.is_some_and(|at| at.elapsed() < FRESH) {
                return;
            }
            schema.read_at = Some(Instant::now());
        }
        let url = format!("{}/openapi.json", self.url);
        let Ok(response) = client.get(url).timeout(REQUEST_TIMEOUT).send().await else {
            return;
        };
        let document = if response.status().is_success() {
            response.json::<Value>().await.ok()
        } else {
            None
        };
        let interface = document
            .filter(|document| document["components"]["schemas"]["Input"].is_object())
            .map(|document| Arc::new(Interface::from_cog(document)));
        self.schema.locked().interface = interface;
    }

    pub(super) async fn health(&self, client: &Client) -> Health {
        let url = format!("{}/health-check", self.url);
        let response = match client.get(url).timeout(REQUEST_TIMEOUT).send().await {
            Ok(response) => response,
            Err(error) => return Health::Unreachable(causes(&error.without_url())),
        };
        // A server without this route is sent the prediction itself.
        let health = response.json::<Value>().await.unwrap_or_default();
        match health["status"].as_str() {
            Some("STARTING" | "BUSY" | "UNKNOWN") => Health::Wait,
            Some(status @ ("SETUP_FAILED" | "DEFUNCT" | "UNHEALTHY")) => {
                let logs = health["setup"]["logs"].as_str();
                let detail = health["user_healthcheck_error"].as_str().or(logs);
                let detail = detail.unwrap_or("no reason given").trim();
                Health::Broken(format!("{status}: {detail}"))
            }
            _ => Health::Ready,
        }
    }

    pub(super) fn failure(&self, what: &str) -> Failure {
        Failure(format!("The Cog server at {} {what}", self.url))
    }

    pub(super) fn lost(&self, error: &dyn Error) -> Failure {
        self.failure(&format!(
            "went away while the prediction ran ({}): its result is lost",
            causes(error)
        ))
    }
}
