//! Configuration of an emulator.

use std::{
    fmt,
    net::Ipv4Addr,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use axum::serve::Listener as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    builtin,
    catalog::Catalog,
    clock::Clock,
    cog::{run::Runs, server::CogServer},
    deployments::Deployments,
    emulator::{Emulator, StartError},
    faults::Faults,
    files::Files,
    http_client::HttpClient,
    ids::Ids,
    jobs::Jobs,
    listener::FaultListener,
    log::{AccessLogEntry, Log},
    model::Model,
    names::{ModelName, is_web_url, split_model_name},
    outage::Outages,
    rate_limit::{Limits, RateLimit},
    request_log::RequestLog,
    server,
    state::State,
    webhook::{Delivery, Webhooks},
};

/// The default number of predictions, and of trainings, that are kept.
const KEPT: usize = 5000;
/// The most bytes of the inputs, outputs and logs of ended jobs.
const KEPT_BYTES: usize = 512 * 1024 * 1024;

/// Configures an [`Emulator`]. [`Emulator::builder`] returns one.
#[must_use = "an emulator starts with `start`"]
pub struct Builder {
    port: u16,
    token: Option<String>,
    account: String,
    seed: Option<u64>,
    startup: Duration,
    training: Duration,
    rate_limits: bool,
    rate_limit: Option<RateLimit>,
    kept: usize,
    requests: usize,
    models: Vec<Model>,
    cogs: Vec<(String, String)>,
    log: Log<AccessLogEntry>,
    deliveries: Log<Delivery>,
}

/// Never prints the token.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("port", &self.port)
            .field("account", &self.account)
            .field("models", &self.models)
            .field("cogs", &self.cogs)
            .finish_non_exhaustive()
    }
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            port: 0,
            token: None,
            account: "local".to_owned(),
            seed: None,
            startup: Duration::ZERO,
            training: Duration::from_secs(1),
            rate_limits: false,
            rate_limit: None,
            kept: KEPT,
            requests: 10_000,
            models: Vec::new(),
            cogs: Vec::new(),
            log: None,
            deliveries: None,
        }
    }
}

impl Builder {
    /// The port on 127.0.0.1. Default: 0, any free port.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The only token that is accepted. Default: any token that is not empty.
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The user name of the account that every token belongs to. Default: `local`.
    pub fn account(mut self, username: impl Into<String>) -> Self {
        self.account = username.into();
        self
    }

    /// The seed of ids, secrets and the probabilities of faults. Default: a random one.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// Sets the time for which a prediction is `starting` before its model begins. Default: zero.
    pub fn startup_time(mut self, time: Duration) -> Self {
        self.startup = time;
        self
    }

    /// Sets the duration of a training. Default: one second.
    pub fn training_time(mut self, time: Duration) -> Self {
        self.training = time;
        self
    }

    /// Limits the creates of predictions and trainings with a token bucket for each API token.
    /// Default: no limit. [`Emulator::set_rate_limit`] changes it later.
    pub fn rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self
    }

    /// Enforces the API's documented rate limits, for each API token: 600 creates and 3000 other
    /// calls a minute, beyond which a call is refused with 429. Default: false; calls are only
    /// counted, in the header `ratelimit-remaining`. After 10,000 tokens the counts start anew.
    pub fn documented_rate_limits(mut self, enforced: bool) -> Self {
        self.rate_limits = enforced;
        self
    }

    /// The most predictions that are kept, and as many trainings. The first to end is deleted
    /// first; running ones are never deleted. Default: 5000.
    pub fn max_predictions(mut self, count: usize) -> Self {
        self.kept = count;
        self
    }

    /// The most requests in [`Emulator::requests`]; the oldest is deleted first. Default: 10,000.
    pub fn max_requests(mut self, count: usize) -> Self {
        self.requests = count;
        self
    }

    /// Serves another model. It replaces a built-in or earlier one of the same name.
    pub fn model(mut self, model: Model) -> Self {
        self.models.push(model);
        self
    }

    /// Serves a model `owner/name` whose predictions run on the Cog server at this URL, such as
    /// `http://127.0.0.1:5000`. The server need not be running yet.
    pub fn cog(mut self, name: impl Into<String>, url: impl Into<String>) -> Self {
        self.cogs.push((name.into(), url.into()));
        self
    }

    /// Calls `log` for every request. An [`AccessLogEntry`] displays as one line.
    pub fn log(mut self, log: impl Fn(&AccessLogEntry) + Send + Sync + 'static) -> Self {
        self.log = Some(Box::new(log));
        self
    }

    /// Calls `log` for every attempt to deliver a webhook. A [`Delivery`] displays as one line.
    pub fn log_deliveries(mut self, log: impl Fn(&Delivery) + Send + Sync + 'static) -> Self {
        self.deliveries = Some(Box::new(log));
        self
    }

    /// Starts the emulator on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// If the port is not available, or a model's name, a URL of a Cog server, or a schema of a
    /// model given to [`Builder::model`] is invalid.
    pub async fn start(self) -> Result<Emulator, StartError> {
        let cogs = self.checked()?;
        let port = self.port;
        let unbound = |cause| StartError::Bind { port, cause };
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))
            .await
            .map_err(unbound)?;
        let clock = Arc::new(Clock::new());
        let outages = Arc::new(Outages::new(Arc::clone(&clock)));
        let listener = FaultListener::new(listener, Arc::clone(&outages)).map_err(unbound)?;
        let addr = listener.local_addr().map_err(unbound)?;
        let ids = Ids::new(self.seed);
        let state = Arc::new(State {
            url: format!("http://{addr}"),
            token: self.token,
            account: self.account,
            startup: self.startup,
            training: self.training,
            clock,
            outages: Arc::clone(&outages),
            files: Files::new(ids.bytes()),
            webhooks: Webhooks::new(ids.bytes()),
            ids,
            catalog: Catalog::default(),
            example_file: builtin::example_file,
            predictions: Jobs::new(self.kept, KEPT_BYTES),
            trainings: Jobs::new(self.kept, KEPT_BYTES),
            deployments: Deployments::default(),
            faults: Faults::default(),
            limits: Limits::new(self.rate_limits, self.rate_limit),
            request_log: RequestLog::new(self.requests),
            cog_runs: Runs::default(),
            http_client: HttpClient::default(),
            stop: CancellationToken::new(),
            log: self.log,
            deliveries: self.deliveries,
            numbers: AtomicU64::new(0),
        });
        let now = state.clock.now();
        for model in builtin::models() {
            state.catalog.seed(model, now);
        }
        for model in self.models {
            let name = model.name.clone();
            let interface = state.catalog.seed(model, now);
            interface
                .compile()
                .map_err(|(schema, reason)| StartError::Schema {
                    model: name,
                    schema,
                    reason,
                })?;
        }
        for ((owner, name), server) in cogs {
            let server = Arc::new(server);
            state.catalog.seed_cog(&owner, &name, server, now);
        }
        let serving = tokio::spawn(server::serve(listener, Arc::clone(&state)));
        Ok(Emulator {
            state,
            addr,
            serving,
        })
    }

    /// The Cog servers with their models' names, if all names and URLs are valid.
    fn checked(&self) -> Result<Vec<(ModelName, CogServer)>, StartError> {
        if let Some(model) = self
            .models
            .iter()
            .find(|model| split_model_name(&model.name).is_none())
        {
            return Err(StartError::ModelName(model.name.clone()));
        }
        let cog = |(name, url): &(String, String)| {
            let name = split_model_name(name).ok_or_else(|| StartError::ModelName(name.clone()))?;
            if !is_web_url(url) || !url.starts_with("http://") {
                return Err(StartError::CogUrl(url.clone()));
            }
            Ok((name, CogServer::new(url.trim_end_matches('/').to_owned())))
        };
        self.cogs.iter().map(cog).collect()
    }
}
