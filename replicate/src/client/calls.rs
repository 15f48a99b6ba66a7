//! The methods of [`Client`].

use std::sync::Arc;

use http::Method;

use crate::client::Client;
use crate::error::Result;
use crate::file_output::FileOutput;
use crate::handle::{Handle, PredictionHandle, TrainingHandle};
use crate::job::{AsPredictionId, AsTrainingId};
use crate::model_ref::IntoModelRef;
use crate::resources::{
    Account, Collections, Deployments, Files, Hardware, Models, Predictions, Search, Trainings,
    Webhooks,
};
use crate::run::Run;
use crate::types::Prediction;
use crate::wait::Wait;
use crate::{ClientBuilder, Output};

impl Client {
    /// Creates a client with this token and default settings.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if the token is malformed.
    pub fn new(token: impl AsRef<str>) -> Result<Self> {
        Self::builder().token(token).build()
    }

    /// Creates a client with the token of `REPLICATE_API_TOKEN`, at the base URL of
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

    /// Returns a builder with default settings.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// Sends any request to the API, for routes without a method here. `path` is as in the API's
    /// documentation, such as `/account`.
    ///
    /// ```
    /// use replicate::Method;
    ///
    /// # replicate_test_support::example!(async |replicate| {
    /// let account: serde_json::Value =
    ///     replicate.request(Method::GET, "/account").json().await?;
    /// # });
    /// ```
    pub fn request(&self, method: Method, path: impl AsRef<str>) -> crate::Request {
        crate::Request::new(self.transport().request(method, path.as_ref()))
    }

    /// Runs a model, version or deployment until completion. See [`Run`].
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
    /// # replicate_test_support::example!(async |replicate| {
    /// # let id = replicate.run("emulator/slow").start().await?.id().to_owned();
    /// # let id = id.as_str();
    /// let handle = replicate.prediction(id);
    /// println!("{}", handle.refresh().await?.status);
    /// println!("{}", handle.output().await?);
    /// # });
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
    /// task, which is dropped when its runtime shuts down: await this before `main` returns.
    ///
    /// It takes 30 s at most. The client and its clones stay usable.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// let run = replicate.run("emulator/slow").cancel_on_drop();
    /// let _ = tokio::time::timeout(std::time::Duration::from_millis(50), run.into_future()).await;
    /// replicate.shutdown().await;
    /// # });
    /// # use std::future::IntoFuture;
    /// ```
    pub async fn shutdown(&self) {
        self.shared.cancels.wait_for_pending().await;
    }

    /// Creates a prediction and streams its events: see [`StreamRun`](crate::StreamRun).
    ///
    /// API: <https://replicate.com/docs/topics/predictions/streaming>
    #[cfg(feature = "stream")]
    pub fn stream(&self, reference: impl IntoModelRef) -> crate::StreamRun {
        crate::StreamRun::new(self.clone(), reference.into_model_ref())
    }

    /// Streams the events of an existing prediction; takes a prediction or its id.
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
        FileOutput::new(url.as_ref(), self.transport().clone(), None)
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

    /// Searches models, collections and pages.
    ///
    /// API: <https://replicate.com/docs/reference/http#search>
    pub fn search(&self, words: impl Into<String>) -> Search {
        Search::new(self.clone(), words.into())
    }
}
