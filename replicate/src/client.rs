//! The client: settings, and where every call begins.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use http::Method;
use replicate_api::{RequestOptions, Token, Transport};

use crate::Settings;
use crate::cancel::PendingCancels;
use crate::create::BlockingCreates;
use crate::error::{Error, Result};
use crate::file_output::{Expiry, FileOutput};
use crate::handle::{Handle, PredictionHandle, TrainingHandle};
use crate::job::{AsPredictionId, AsTrainingId};
use crate::model_cache::ModelCache;
use crate::model_ref::IntoModelRef;
use crate::poll::Pacing;
use crate::reconcile::Claims;
use crate::resources::{
    Account, Collections, Deployments, Files, Hardware, Models, Predictions, Search, Trainings,
    Webhooks,
};
use crate::run::Run;
use crate::types::Prediction;
use crate::wait::Wait;
use crate::{ClientBuilder, Output};

/// A client of Replicate.
///
/// Cloning is cheap, and the clones share connections and settings. `Debug` shows no token.
///
/// ```no_run
/// use serde_json::json;
///
/// # async fn example() -> replicate::Result<()> {
/// let replicate = replicate::Client::from_env()?;
/// let haiku = replicate
///     .run("meta/meta-llama-3-8b-instruct")
///     .input(json!({ "prompt": "A haiku about llamas" }))
///     .text()
///     .await?;
/// println!("{haiku}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client {
    pub(crate) api: replicate_api::Client,
    pub(crate) settings: Settings,
    pub(crate) shared: Arc<Shared>,
}

/// What the clones of a client have in common beside its transport.
#[derive(Debug, Default)]
pub(crate) struct Shared {
    pub(crate) accounts: Accounts,
    pub(crate) claims: Claims,
    pub(crate) cancels: Arc<PendingCancels>,
    pub(crate) blocking_creates: BlockingCreates,
}

/// What a client knows of the account behind a token.
#[derive(Debug, Default)]
pub(crate) struct AccountState {
    pub(crate) pacing: Pacing,
    pub(crate) models: ModelCache,
}

/// The accounts of a client, by the key of the token that is sent.
#[derive(Debug, Default)]
pub(crate) struct Accounts(Mutex<HashMap<u64, Arc<AccountState>>>);

/// The maximum number of unused accounts that are kept.
const MAX_IDLE_ACCOUNTS: usize = 1024;

impl Accounts {
    fn get(&self, key: u64) -> Arc<AccountState> {
        let mut accounts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if accounts.len() >= MAX_IDLE_ACCOUNTS && !accounts.contains_key(&key) {
            accounts.retain(|_, account| Arc::strong_count(account) > 1);
        }
        Arc::clone(accounts.entry(key).or_default())
    }
}

impl Client {
    /// A client with this token, and everything else as it is without any setting.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when it cannot be a token.
    pub fn new(token: impl AsRef<str>) -> Result<Self> {
        Self::builder().token(token).build()
    }

    /// A client with the token of `REPLICATE_API_TOKEN`, at the base URL of
    /// `REPLICATE_BASE_URL` if that is set.
    ///
    /// Without a token this succeeds: the first call fails, and says which variable to set
    /// and where to get a token.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when a variable's value is malformed.
    pub fn from_env() -> Result<Self> {
        Self::builder().from_env()?.build()
    }

    /// Sets up a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// A client over a transport that is set up already, or shared with a
    /// [`replicate_api::Client`].
    pub fn from_transport(transport: Transport) -> Self {
        Self {
            api: replicate_api::Client::from_transport(transport),
            settings: Settings::default(),
            shared: Arc::default(),
        }
    }

    /// The generated client, over the same transport: every operation of the API.
    ///
    /// ```
    /// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
    /// let hardware = replicate.api().hardware_list().send().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn api(&self) -> &replicate_api::Client {
        &self.api
    }

    pub(crate) fn transport(&self) -> &Transport {
        self.api.transport()
    }

    pub(crate) fn with_transport(&self, transport: Transport) -> Self {
        Self {
            api: replicate_api::Client::from_transport(transport),
            settings: self.settings.clone(),
            shared: Arc::clone(&self.shared),
        }
    }

    /// A client for another account: it sends this token. Connections and all other settings are
    /// shared; rate limits, the retry budget and what is known of models are not.
    ///
    /// ```
    /// # async fn example(replicate: replicate::Client, tenant: &str) -> replicate::Result<()> {
    /// use replicate::Token;
    ///
    /// let tenant = replicate.with_token(Token::new(tenant)?);
    /// println!("{}", tenant.run("acme/app").text().await?);
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_token(&self, token: Token) -> Self {
        self.with_options(RequestOptions::new().with_token(token))
    }

    /// A client whose requests have these options: timeout, retry policy, headers, token.
    /// Connections and all other settings are shared.
    ///
    /// ```
    /// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
    /// use std::time::Duration;
    /// use replicate::RequestOptions;
    ///
    /// let quick = RequestOptions::new().with_timeout(Duration::from_secs(5));
    /// let account = replicate.with_options(quick).account().get().await?;
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_options(&self, options: RequestOptions) -> Self {
        self.with_transport(self.transport().with_options(options))
    }

    /// The token that is sent, where it comes from a supplier, and what is known of its account.
    /// A caller that continues with that token calls the supplier once. Where a supplier fails, the
    /// account is that of a client without a token: the next request reports the failure.
    pub(crate) async fn account_state(&self) -> (Option<Token>, Arc<AccountState>) {
        let transport = self.transport();
        let token = transport.supplied_token().await.unwrap_or_default();
        let key = match &token {
            Some(token) => transport.with_token(token.clone()).token_key(),
            None => transport.token_key(),
        };
        (token, self.shared.accounts.get(key))
    }

    /// This client, with the token that its account was found by.
    pub(crate) async fn with_account_state(&self) -> (Self, Arc<AccountState>) {
        let (token, account) = self.account_state().await;
        let client = token.map_or_else(|| self.clone(), |token| self.with_token(token));
        (client, account)
    }

    /// Any request to the API, past what this crate knows of. `path` is as in the API's
    /// documentation, such as `/account`.
    ///
    /// ```
    /// use replicate::Method;
    ///
    /// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
    /// let account: serde_json::Value =
    ///     replicate.request(Method::GET, "/account").json().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> crate::Request {
        crate::Request::new(self.transport().request(method, path.as_ref()))
    }

    /// Runs a model, a version or a deployment to its end. See [`Run`].
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.create>
    pub fn run(&self, reference: impl IntoModelRef) -> Run {
        Run::new(self.clone(), reference.into_model_ref())
    }

    /// A handle for a prediction that exists: after a restart, in another process, or from a
    /// webhook. Takes its id, or a [`Prediction`], which becomes the handle's snapshot. Sends
    /// nothing.
    ///
    /// ```
    /// # async fn example(replicate: replicate::Client, id: &str) -> replicate::Result<()> {
    /// let handle = replicate.prediction(id);
    /// println!("{}", handle.refresh().await?.status);
    /// println!("{}", handle.output().await?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn prediction(&self, prediction: impl AsPredictionId) -> PredictionHandle {
        Handle::attached(self, prediction.job_id(), prediction.job_snapshot())
    }

    /// A handle for a training that exists. Takes its id, or a
    /// [`Training`](crate::types::Training), which becomes the handle's snapshot. Sends nothing.
    pub fn training(&self, training: impl AsTrainingId) -> TrainingHandle {
        Handle::attached(self, training.job_id(), training.job_snapshot())
    }

    /// Waits until a prediction is done: the same as `client.prediction(…).wait()`. See [`Wait`].
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.get>
    pub fn wait(&self, prediction: impl AsPredictionId) -> Wait {
        self.prediction(prediction).wait()
    }

    /// Waits until no cancel is pending. A run, wait or stream with
    /// [`cancel_on_drop`](crate::Run::cancel_on_drop) that is dropped leaves its cancel to a
    /// task, and a runtime that ends takes the task along: await this before `main` returns.
    ///
    /// It takes 30 s at most. The client and its clones stay usable.
    ///
    /// ```
    /// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
    /// let run = replicate.run("emulator/slow").cancel_on_drop();
    /// let _ = tokio::time::timeout(std::time::Duration::from_millis(50), run.into_future()).await;
    /// replicate.shutdown().await;
    /// # Ok(())
    /// # }
    /// # use std::future::IntoFuture;
    /// ```
    pub async fn shutdown(&self) {
        self.shared.cancels.wait_for_pending().await;
    }

    /// The events of a model that is started for it, or of a prediction that runs already: see
    /// [`StreamRun`](crate::StreamRun).
    ///
    /// API: <https://replicate.com/docs/topics/predictions/streaming>
    #[cfg(feature = "stream")]
    pub fn stream(&self, reference: impl IntoModelRef) -> crate::StreamRun {
        crate::StreamRun::new(self.clone(), reference.into_model_ref())
    }

    /// The events of a prediction that runs already; takes a prediction or its id.
    #[cfg(feature = "stream")]
    pub fn stream_prediction(&self, prediction: impl AsPredictionId) -> crate::StreamPrediction {
        crate::StreamPrediction::new(self.clone(), prediction.job_id(), prediction.job_snapshot())
    }

    /// The output of a prediction that has succeeded, with its files ready to be read.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) while the prediction is still running,
    /// [`Expired`](crate::ErrorKind::Expired) if its output was deleted, and the error of a
    /// prediction that did not succeed. Each carries the prediction.
    pub fn output(&self, prediction: &Prediction) -> Result<Output> {
        Output::new(Arc::new(prediction.clone()), None, self.transport().clone())
    }

    /// A file at a URL from the API: an output or an uploaded file.
    ///
    /// Nothing is requested until the file is read. The token goes along only to the API's own
    /// `/files`; a URL of any other route is refused, since it may come from a
    /// model.
    pub fn download(&self, url: impl AsRef<str>) -> FileOutput {
        FileOutput::new(url.as_ref(), self.transport().clone(), Expiry::unknown())
    }

    /// Predictions: create, get, cancel, list.
    pub fn predictions(&self) -> Predictions {
        Predictions::new(self.clone())
    }

    /// Models, their versions, examples and readmes.
    pub fn models(&self) -> Models {
        Models::new(self.clone())
    }

    /// Deployments: models on hardware of your choice.
    pub fn deployments(&self) -> Deployments {
        Deployments::new(self.clone())
    }

    /// Trainings: fine-tuned versions of models.
    pub fn trainings(&self) -> Trainings {
        Trainings::new(self.clone())
    }

    /// Collections of models.
    pub fn collections(&self) -> Collections {
        Collections::new(self.clone())
    }

    /// Uploaded files.
    pub fn files(&self) -> Files {
        Files::new(self.clone())
    }

    /// The hardware that models run on.
    pub fn hardware(&self) -> Hardware {
        Hardware::new(self.clone())
    }

    /// The account that the token belongs to.
    pub fn account(&self) -> Account {
        Account::new(self.clone())
    }

    /// The secret that webhooks are signed with.
    pub fn webhooks(&self) -> Webhooks {
        Webhooks::new(self.clone())
    }

    /// Models, collections and pages that match some words.
    ///
    /// API: <https://replicate.com/docs/reference/http#search>
    pub fn search(&self, words: impl Into<String>) -> Search {
        Search::new(self.clone(), words.into())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("transport", self.transport())
            .field("settings", &self.settings)
            .finish()
    }
}

impl From<Transport> for Client {
    fn from(transport: Transport) -> Self {
        Self::from_transport(transport)
    }
}

impl TryFrom<replicate_api::TransportBuilder> for Client {
    type Error = Error;

    fn try_from(builder: replicate_api::TransportBuilder) -> Result<Self> {
        Ok(Self::from_transport(builder.build()?))
    }
}
