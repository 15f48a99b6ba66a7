//! Models that run on a Cog server: what the server says of itself. How a prediction runs on it
//! is in `cog/prediction.rs`.

mod events;
mod prediction;

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use serde_json::Value;
use tokio::time::Instant;

pub(crate) use prediction::{Runs, event};

use crate::{
    catalog::{Engine, Version},
    outward::Outward,
    schema::Interface,
    sync::Locked,
    webhook::reason,
    world::World,
};

/// What was read so recently is not read again.
const FRESH: Duration = Duration::from_secs(1);
/// How long a question about the server itself may take.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(2);

/// A Cog server, and what it has told of itself.
#[derive(Debug)]
pub(crate) struct CogServer {
    address: String,
    known: Mutex<Known>,
}

#[derive(Debug, Default)]
struct Known {
    interface: Option<Arc<Interface>>,
    asked: Option<Instant>,
}

/// What a server answers about its health.
#[derive(Debug)]
enum Health {
    Ready,
    /// It will be ready: it is starting, or runs as many predictions as it can.
    Wait,
    /// It will not.
    Broken(String),
    /// Nobody answered.
    Unreachable(String),
}

impl CogServer {
    pub(crate) fn new(address: String) -> Self {
        Self {
            address,
            known: Mutex::default(),
        }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What its model takes and gives, if it was ever told.
    pub(crate) fn interface(&self) -> Option<Arc<Interface>> {
        self.known.locked().interface.clone()
    }

    /// Whether to ask for server-sent events: its schema says that it streams, or is unknown.
    fn streams(&self) -> bool {
        self.interface()
            .is_none_or(|interface| interface.streams_events())
    }

    /// Reads the schema anew: the server may have been restarted with another model. A server
    /// that does not answer keeps the one it had; one that has none (such as cog 0.23, which
    /// answers 503) has none.
    async fn refresh(&self, outward: &Outward) {
        // Without a client, a prediction fails and says why; what is known stays.
        let Ok(client) = outward.client() else {
            return;
        };
        {
            let mut known = self.known.locked();
            if known.asked.is_some_and(|asked| asked.elapsed() < FRESH) {
                return;
            }
            known.asked = Some(Instant::now());
        }
        let address = format!("{}/openapi.json", self.address);
        let Ok(answer) = client.get(address).timeout(REQUEST_TIMEOUT).send().await else {
            return;
        };
        let document = if answer.status().is_success() {
            answer.json::<Value>().await.ok()
        } else {
            None
        };
        let interface = document
            .filter(|document| document["components"]["schemas"]["Input"].is_object())
            .map(|document| Arc::new(Interface::from_cog(document)));
        self.known.locked().interface = interface;
    }

    async fn health(&self, client: &reqwest::Client) -> Health {
        let address = format!("{}/health-check", self.address);
        let answer = match client.get(address).timeout(REQUEST_TIMEOUT).send().await {
            Ok(answer) => answer,
            Err(error) => return Health::Unreachable(reason(&error.without_url())),
        };
        // A server without this address is asked for the prediction itself.
        let health = answer.json::<Value>().await.unwrap_or_default();
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
}

/// Asks the server behind a version, if there is one, for its schema.
pub(crate) async fn refresh(world: &World, version: &Version) {
    if let Engine::Cog(server) = &version.engine {
        server.refresh(&world.outward).await;
    }
}
