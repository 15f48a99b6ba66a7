//! The running emulator, in the hands of whoever started it.

use std::{error::Error, fmt, io, net::SocketAddr, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::task::JoinHandle;

use crate::{
    builder::Builder,
    faults::{Fault, UnknownOperation},
    lifecycle::Status,
    outage::Outage,
    rate_limit::RateLimit,
    received::Request,
    resources::predictions::{self, View},
    webhook::Delivery,
    world::World,
};

/// How long a graceful stop waits for open connections.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

/// A local Replicate that serves on loopback until it is shut down or dropped.
#[derive(Debug)]
pub struct Emulator {
    pub(crate) world: Arc<World>,
    address: SocketAddr,
    serving: Option<JoinHandle<io::Result<()>>>,
}

impl Emulator {
    /// Starts one on a free port, with the built-in models.
    ///
    /// # Errors
    ///
    /// If no port can be had.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Sets one up first.
    pub fn builder() -> Builder {
        Builder::default()
    }

    pub(crate) fn new(
        world: Arc<World>,
        address: SocketAddr,
        serving: JoinHandle<io::Result<()>>,
    ) -> Self {
        Self {
            world,
            address,
            serving: Some(serving),
        }
    }

    /// Its address, `http://127.0.0.1:PORT`. The API lies under `/v1`.
    pub fn url(&self) -> &str {
        &self.world.url
    }

    /// Its address as a socket's.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A token that is accepted.
    pub fn token(&self) -> &str {
        self.world.token.as_deref().unwrap_or("local")
    }

    /// The user name of the account that every token belongs to.
    pub fn account(&self) -> &str {
        &self.world.account
    }

    /// The secret with which webhooks are signed, as `GET /webhooks/default/secret` gives it.
    pub fn webhook_secret(&self) -> String {
        self.world.webhooks.secret()
    }

    /// What was received, in order. Those of the emulator's own addresses (streams, outputs,
    /// pages) are among them.
    pub fn requests(&self) -> Vec<Request> {
        self.world.received.all()
    }

    /// Forgets what was received so far.
    pub fn clear_requests(&self) {
        self.world.received.clear();
    }

    /// All predictions that are kept, the oldest first, as they stand now.
    pub fn predictions(&self) -> Vec<Prediction> {
        self.world.expire();
        let all = self.world.predictions.all();
        all.iter()
            .map(|job| {
                let body = predictions::body(&self.world, job, View::AsItIs);
                Prediction {
                    id: job.id.clone(),
                    model: job.model.clone(),
                    status: job.status(),
                    json: serde_json::from_slice(&body).unwrap_or_default(),
                }
            })
            .collect()
    }

    /// Every attempt to deliver a webhook, in order; the last thousand are kept.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.world.webhooks.delivered()
    }

    /// Lets something go wrong, from now on. Faults are looked through in the order in which
    /// they were added; latencies add up, and of others the first that concerns a call counts.
    ///
    /// # Errors
    ///
    /// If the fault is for an operation that does not exist.
    pub fn fault(&self, fault: Fault) -> Result<(), UnknownOperation> {
        self.world.faults.add(fault)
    }

    /// Lets everything go right again.
    pub fn clear_faults(&self) {
        self.world.faults.clear();
    }

    /// Starts an outage, which replaces the current one.
    pub fn start_outage(&self, outage: Outage) {
        self.world.outages.start(outage);
    }

    /// Ends the current outage, if there is one.
    pub fn end_outage(&self) {
        self.world.outages.end();
    }

    /// Replaces the limit on creates, or lifts it. Every bucket starts full.
    pub fn set_rate_limit(&self, limit: impl Into<Option<RateLimit>>) {
        self.world.limits.set(limit.into());
    }

    /// Skips time: deadlines pass, sleeping models wake, outputs and files expire. Webhooks
    /// keep to the real time, since their receivers compare it with theirs.
    pub fn advance(&self, by: Duration) {
        self.world.clock.advance(by);
        self.world.expire();
    }

    /// The emulator's time.
    pub fn now(&self) -> DateTime<Utc> {
        self.world.clock.now()
    }

    /// The address, signed for so long, at which an uploaded file can be downloaded without a
    /// token. Nothing if there is no such file.
    pub fn download_url(&self, file_id: &str, valid: Duration) -> Option<String> {
        self.world.download_address(file_id, valid)
    }

    /// Stops: no new connections, running predictions end where they are, streams close, and
    /// answers under way go out first, for at most five seconds.
    pub async fn shutdown(mut self) {
        self.world.stop.now();
        let Some(mut serving) = self.serving.take() else {
            return;
        };
        let graceful = tokio::time::timeout(LAST_ANSWERS, &mut serving);
        if graceful.await.is_err() {
            serving.abort();
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.world.stop.now();
        if let Some(serving) = self.serving.take() {
            serving.abort();
        }
    }
}

/// A prediction, as it stood when it was looked at.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Prediction {
    /// Its id.
    pub id: String,
    /// `owner/name` of its model.
    pub model: String,
    /// Where it stands.
    pub status: Status,
    /// All of it, as the API tells it.
    pub json: Value,
}

/// Why an emulator did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The port cannot be had.
    Bind {
        /// The port that was asked for; 0 is any free one.
        port: u16,
        /// What the system said.
        cause: io::Error,
    },
    /// A model's name is not `owner/name`.
    ModelName(String),
    /// A model's schema is no JSON schema.
    Schema {
        /// `owner/name` of the model.
        model: String,
        /// Which of its schemas: `Input`, `Output` or `TrainingInput`.
        schema: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A Cog server's address is not `http://HOST:PORT`.
    CogAddress(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { port, cause } => write!(
                f,
                "cannot listen on 127.0.0.1:{port}: {cause} (port 0 takes a free one)"
            ),
            Self::ModelName(name) => write!(
                f,
                "`{name}` is not a model's name: it is `owner/name`, each of letters, digits, \
                 dots, dashes and underscores"
            ),
            Self::Schema {
                model,
                schema,
                reason,
            } => write!(
                f,
                "the model `{model}` cannot be served: its schema `{schema}` is no JSON schema: \
                 {reason}"
            ),
            Self::CogAddress(address) => write!(
                f,
                "`{address}` is not a Cog server's address: it is such as http://127.0.0.1:5000"
            ),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Bind { cause, .. } => Some(cause),
            Self::ModelName(_) | Self::Schema { .. } | Self::CogAddress(_) => None,
        }
    }
}
