//! The running emulator.

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
    request_log::Request,
    resources::predictions::{self, View},
    state::State,
    webhook::Delivery,
};

/// Time that a shutdown waits for open connections.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// A running emulator, which serves on loopback until it is shut down or dropped.
pub struct Emulator {
    pub(crate) state: Arc<State>,
    pub(crate) addr: SocketAddr,
    pub(crate) serving: JoinHandle<io::Result<()>>,
}

/// Never prints the token or a signing key.
impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("url", &self.state.url)
            .finish_non_exhaustive()
    }
}

impl Emulator {
    /// Starts an emulator on a free port, with the built-in models.
    ///
    /// # Errors
    ///
    /// If no port is available.
    pub async fn start() -> Result<Self, StartError> {
        Self::builder().start().await
    }

    /// Returns a builder to configure an emulator.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// The base URL, `http://127.0.0.1:PORT`. The API is under `/v1`.
    pub fn url(&self) -> &str {
        &self.state.url
    }

    /// The socket address.
    pub fn address(&self) -> SocketAddr {
        self.addr
    }

    /// A token that is accepted.
    pub fn token(&self) -> &str {
        self.state.token.as_deref().unwrap_or("local")
    }

    /// The user name of the account that every token belongs to.
    pub fn account(&self) -> &str {
        &self.state.account
    }

    /// The signing secret of webhooks, as `GET /webhooks/default/secret` returns it.
    pub fn webhook_secret(&self) -> String {
        self.state.webhooks.secret()
    }

    /// All requests that were received, in order. Requests for streams, outputs and the dashboard
    /// are among them.
    pub fn requests(&self) -> Vec<Request> {
        self.state.request_log.all()
    }

    /// Clears the log of requests.
    pub fn clear_requests(&self) {
        self.state.request_log.clear();
    }

    /// All predictions that are kept, oldest first, in their current state.
    pub fn predictions(&self) -> Vec<Prediction> {
        self.state.expire();
        let all = self.state.predictions.all();
        all.iter()
            .map(|job| {
                let body = predictions::body(&self.state, job, View::Current);
                Prediction {
                    id: job.id.clone(),
                    model: job.model.clone(),
                    status: job.status(),
                    json: serde_json::from_slice(&body).unwrap_or_default(),
                }
            })
            .collect()
    }

    /// Every attempt to deliver a webhook, in order. The last 1000 are kept.
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.state.webhooks.delivered()
    }

    /// Injects a fault from now on. Faults are matched in the order in which they were added;
    /// latencies add up, and of the others the first one that matches a call applies.
    ///
    /// # Errors
    ///
    /// If the fault is for an operation that does not exist.
    pub fn inject_fault(&self, fault: Fault) -> Result<(), UnknownOperation> {
        self.state.faults.add(fault)
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.state.faults.clear();
    }

    /// Starts an outage, which replaces the current one.
    pub fn start_outage(&self, outage: Outage) {
        self.state.outages.start(outage);
    }

    /// Ends the current outage, if there is one.
    pub fn end_outage(&self) {
        self.state.outages.end();
    }

    /// Replaces the limit on creates, or lifts it. Every bucket starts full.
    pub fn set_rate_limit(&self, limit: impl Into<Option<RateLimit>>) {
        self.state.limits.set(limit.into());
    }

    /// Skips time: deadlines pass, sleeping models wake, outputs and files expire. Webhooks use the
    /// real time, since their receivers compare it with their own.
    pub fn advance(&self, by: Duration) {
        self.state.clock.advance(by);
        self.state.expire();
    }

    /// The current time of the emulator.
    pub fn now(&self) -> DateTime<Utc> {
        self.state.clock.now()
    }

    /// A URL, signed for `valid`, from which an uploaded file can be downloaded without a token.
    /// None if the file does not exist.
    pub fn download_url(&self, file_id: &str, valid: Duration) -> Option<String> {
        self.state.download_url(file_id, valid)
    }

    /// Stops the emulator: it accepts no connections, running predictions stop where they are,
    /// streams close, and responses in progress are completed, for at most five seconds.
    pub async fn shutdown(mut self) {
        self.state.stop.cancel();
        // What is left of it is aborted on drop.
        let _ = tokio::time::timeout(SHUTDOWN_TIMEOUT, &mut self.serving).await;
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        self.state.stop.cancel();
        self.serving.abort();
    }
}

/// A snapshot of a prediction.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Prediction {
    /// Its id.
    pub id: String,
    /// `owner/name` of its model.
    pub model: String,
    /// Its status.
    pub status: Status,
    /// The prediction as the API returns it.
    pub json: Value,
}

/// Why an emulator did not start.
#[derive(Debug)]
#[non_exhaustive]
pub enum StartError {
    /// The port is not available.
    Bind {
        /// The requested port; 0 means any free port.
        port: u16,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// A model's name is not `owner/name`.
    ModelName(String),
    /// A model's schema is not a JSON Schema.
    Schema {
        /// `owner/name` of the model.
        model: String,
        /// Which schema: `Input`, `Output` or `TrainingInput`.
        schema: &'static str,
        /// Why it is invalid.
        reason: String,
    },
    /// A Cog server's URL is not `http://HOST:PORT`.
    CogUrl(String),
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bind { port, cause } => write!(
                f,
                "cannot listen on 127.0.0.1:{port}: {cause} (port 0 selects a free port)"
            ),
            Self::ModelName(name) => write!(
                f,
                "invalid model name `{name}`: expected `owner/name`, each of letters, digits, \
                 dots, dashes and underscores"
            ),
            Self::Schema {
                model,
                schema,
                reason,
            } => write!(
                f,
                "invalid schema `{schema}` of the model `{model}`: {reason}"
            ),
            Self::CogUrl(url) => write!(
                f,
                "invalid URL `{url}` of a Cog server: expected an http URL such as \
                 http://127.0.0.1:5000"
            ),
        }
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Bind { cause, .. } => Some(cause),
            Self::ModelName(_) | Self::Schema { .. } | Self::CogUrl(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn create(emulator: &Emulator, path: &str, body: &Value) -> reqwest::Response {
        let url = format!("{}/v1{path}", emulator.url());
        let request = reqwest::Client::new().post(url).bearer_auth("any");
        request.json(body).send().await.expect("a response")
    }

    /// Creates a prediction with a webhook that cannot be delivered, and waits for the attempt.
    async fn deliver(emulator: &Emulator) -> Delivery {
        let body = json!({
            "input": {"prompt": "a"},
            // Nothing listens there.
            "webhook": "http://127.0.0.1:9/hook",
            "webhook_events_filter": ["completed"],
        });
        create(emulator, "/models/emulator/text/predictions", &body).await;
        loop {
            if let Some(delivery) = emulator.deliveries().pop() {
                return delivery;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn the_http_client_is_built_for_the_first_delivery() {
        let emulator = Emulator::start().await.expect("an emulator");
        let path = "/models/emulator/text/predictions";
        create(&emulator, path, &json!({"input": {"prompt": "a"}})).await;
        assert!(!emulator.state.http_client.is_built());
        deliver(&emulator).await;
        assert!(emulator.state.http_client.is_built());
    }

    #[tokio::test]
    async fn deliveries_and_cog_predictions_without_an_http_client_fail_with_the_reason() {
        let builder = Emulator::builder().cog("me/model", "http://127.0.0.1:9");
        let emulator = builder.start().await.expect("an emulator");
        let why = "could not build an HTTP client: no roots";
        emulator.state.http_client.fail(why);
        assert_eq!(deliver(&emulator).await.result, Err(why.to_owned()));

        let entry = emulator.state.catalog.get("me", "model").expect("a model");
        let version = &entry.latest().expect("a version").id;
        let body = json!({"version": version, "input": {}});
        create(&emulator, "/predictions", &body).await;
        let job = emulator.state.predictions.all().pop().expect("a job");
        job.ended().await;
        let error = job.with_state(|current| current.error.clone());
        let expected = format!("The Cog server at http://127.0.0.1:9 cannot be reached: {why}");
        assert_eq!(error, Some(expected));
    }

    #[tokio::test]
    async fn a_model_has_at_most_a_thousand_versions() {
        let emulator = Emulator::start().await.expect("an emulator");
        let new =
            json!({"owner": "local", "name": "m", "visibility": "private", "hardware": "cpu"});
        create(&emulator, "/models", &new).await;
        let catalog = &emulator.state.catalog;
        let model = catalog.get("local", "m").expect("a model");
        let text = catalog.get("emulator", "text").expect("a model");
        let text = text.latest().expect("a version");
        let path = format!("/models/emulator/text/versions/{}/trainings", text.id);
        let train = json!({"destination": "local/m", "input": {"train_data": "data:,x"}});
        for number in 0..999 {
            let engine = text.engine.clone();
            catalog.add_version(&model, engine, &number.to_string(), emulator.now());
        }
        assert_eq!(create(&emulator, &path, &train).await.status(), 201);
        catalog.add_version(&model, text.engine.clone(), "last", emulator.now());
        let refused = create(&emulator, &path, &train).await;
        assert_eq!(refused.status(), 422);
        let problem: Value = refused.json().await.expect("a problem");
        assert_eq!(problem["title"], "Too many versions");
    }
}
