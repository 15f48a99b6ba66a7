use std::future::IntoFuture;
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, Utc};
use futures::future::BoxFuture;
use replicate_api::{RequestOptions, Response, operations};

use crate::Client;
use crate::call::Call;
use crate::create::{CreateRequest, LONGEST_WAIT, prediction_methods};
use crate::error::{Error, Result};
use crate::job::{AsPredictionId, Requests};
use crate::model_ref::{IntoModelRef, ModelRef};
use crate::paginate::{Items, List, Page, Pages};
use crate::progress::Reporter;
use crate::reconcile::{self, RecentPredictions, Reconcile, Reconciled};
use crate::types::{Prediction, Source};
use crate::unconfirmed_create::UnconfirmedCreate;

super::resource! {
    /// Predictions: create, get, cancel, list.
    Predictions
}

impl Predictions {
    /// Creates a prediction and leaves it running. See [`CreatePrediction`].
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.create>
    pub fn create(&self, reference: impl IntoModelRef) -> CreatePrediction {
        CreatePrediction::new(self.client.clone(), reference.into_model_ref())
    }

    /// Returns the current state of a prediction.
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.get>
    pub fn get(&self, prediction: impl AsPredictionId) -> Call<Prediction> {
        let id = prediction.job_id().to_owned();
        Call::new(&self.client, |api| <Prediction as Requests>::get(api, id))
    }

    /// Cancels a prediction. One with a terminal status does not change.
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.cancel>
    pub fn cancel(&self, prediction: impl AsPredictionId) -> Call<Prediction> {
        let id = prediction.job_id().to_owned();
        Call::new(&self.client, |api| {
            <Prediction as Requests>::cancel(api, id)
        })
    }

    /// Searches the recent predictions for the result of a create whose outcome is unknown;
    /// takes the error, or a stored [`UnconfirmedCreate`](crate::UnconfirmedCreate). If the
    /// response showed an id, it reads that prediction. See [`Reconciled`].
    ///
    /// An empty result is not proof at once: the request may still be in flight. Nothing is
    /// created or changed by this, and the client does it only when called. At most 10 pages are
    /// searched, for at most 2 minutes.
    ///
    /// A prediction that is the only match belongs to that create from then on, as one whose
    /// create's response arrived does: this client and its clones return it for no other create.
    ///
    /// ```
    /// use replicate::ErrorKind;
    /// use serde_json::json;
    ///
    /// # replicate_test_support::example!(async |replicate| {
    /// let run = replicate.run("emulator/text").input(json!({ "prompt": "a haiku" }));
    /// let prediction = match run.prediction().await {
    ///     Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
    ///         let found = replicate.predictions().reconcile(&error).await?;
    ///         let Some(prediction) = found.matching.first() else {
    ///             return Err(error);
    ///         };
    ///         replicate.wait(prediction).await?
    ///     }
    ///     ended => ended?,
    /// };
    /// # });
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) for an error that leaves nothing to
    /// look for: that of another call, or of a create that certainly created nothing.
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.list>
    pub fn reconcile(&self, create: impl Reconcile) -> FindCreate {
        FindCreate {
            client: self.client.clone(),
            create: create.create(),
            options: RequestOptions::new(),
        }
    }

    /// The account's predictions, newest first, without their outputs' content.
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.list>
    pub fn list(&self) -> PredictionList {
        PredictionList(List::new(&self.client, &operations::PREDICTIONS_LIST))
    }
}

/// A search for the prediction of a create: made by [`Predictions::reconcile`], sent when it is
/// awaited.
#[derive(Debug)]
#[must_use = "nothing is sent before it is awaited"]
pub struct FindCreate {
    client: Client,
    create: Result<UnconfirmedCreate>,
    options: RequestOptions,
}

impl FindCreate {
    replicate_api::request_options!(field options);
    replicate_api::request_options!(methods options: retry_policy header token timeout);
}

impl IntoFuture for FindCreate {
    type Output = Result<Reconciled>;
    type IntoFuture = BoxFuture<'static, Result<Reconciled>>;

    fn into_future(self) -> Self::IntoFuture {
        let client = self.client.with_options(self.options.begun_now());
        Box::pin(async move {
            let recent = RecentPredictions::default();
            reconcile::find(&client, &self.create?, &recent).await
        })
    }
}

/// A list of predictions: as [`List`], with its filters.
#[derive(Debug)]
#[must_use = "a list is fetched when a page, its pages or its items are read"]
pub struct PredictionList(List<Prediction>);

impl PredictionList {
    /// Only predictions created at this time or later.
    pub fn created_after(self, time: impl Into<DateTime<Utc>>) -> Self {
        Self(self.0.query("created_after", instant(time.into())))
    }

    /// Only predictions created before this time.
    pub fn created_before(self, time: impl Into<DateTime<Utc>>) -> Self {
        Self(self.0.query("created_before", instant(time.into())))
    }

    /// Only predictions of the last 14 days that were created this way. The API accepts `web`
    /// alone: those made on the website.
    pub fn source(self, source: impl Into<Source>) -> Self {
        Self(self.0.query("source", source.into()))
    }

    super::list_methods! { Prediction }
}

fn instant(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A prediction to be created and left running: made by [`Predictions::create`], sent when it
/// is awaited.
///
/// ```
/// use replicate::types::WebhookEvent::Completed;
/// use serde_json::json;
///
/// # replicate_test_support::example!(async |replicate| {
/// let prediction = replicate
///     .predictions()
///     .create("emulator/text")
///     .input(json!({ "prompt": "a haiku" }))
///     .webhook("https://example.com/replicate")
///     .webhook_events([Completed])
///     .await?;
/// println!("{} is {}", prediction.id, prediction.status);
/// # });
/// ```
#[derive(Debug)]
#[must_use = "nothing is created before it is awaited"]
pub struct CreatePrediction {
    client: Client,
    request: CreateRequest,
    options: RequestOptions,
    wait: Option<Duration>,
}

impl CreatePrediction {
    pub(crate) fn new(client: Client, reference: Result<ModelRef>) -> Self {
        Self {
            client,
            request: CreateRequest::new(reference),
            options: RequestOptions::new(),
            wait: None,
        }
    }

    prediction_methods!(request);

    /// Has the server delay its response until the prediction has output, at most this long: 1 to
    /// 60 whole seconds. The prediction can still be running then.
    pub fn prefer_wait(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Requests a stream of the output explicitly, as older versions of the API needed; models
    /// that can stream do so without it.
    pub fn stream(mut self) -> Self {
        self.request.stream = true;
        self
    }

    replicate_api::request_options!(field options);
    replicate_api::request_options!(methods options: retry_policy header token timeout);

    /// Creates the prediction, and returns the whole response.
    ///
    /// # Errors
    /// The errors of the create.
    pub async fn with_response(self) -> Result<Response<Prediction>> {
        self.send().await.map_err(Error::in_create)
    }

    async fn send(mut self) -> Result<Response<Prediction>> {
        let wait = self.wait.map(whole_seconds).transpose()?;
        let client = self.client.with_options(self.options.begun_now());
        let request = self
            .request
            .resolve(&client, &mut Reporter::default())
            .await?;
        let response = request.send(&client.api, wait).await?.response;
        client.shared.claims.claim(&response.id);
        Ok(response)
    }
}

/// Returns the whole seconds for `Prefer: wait=N`, if they are in range.
fn whole_seconds(wait: Duration) -> Result<u64> {
    let seconds = wait.as_secs();
    if wait.subsec_nanos() > 0 || !(1..=LONGEST_WAIT).contains(&seconds) {
        return Err(Error::invalid(format!(
            "`prefer_wait` is {wait:?}: the API takes whole seconds, 1 to {LONGEST_WAIT}"
        )));
    }
    Ok(seconds)
}

impl IntoFuture for CreatePrediction {
    type Output = Result<Prediction>;
    type IntoFuture = BoxFuture<'static, Result<Prediction>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { Ok(self.with_response().await?.into_inner()) })
    }
}
