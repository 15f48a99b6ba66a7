use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use futures::future::BoxFuture;
use replicate_api::{CallOptions, Tap};
use serde::Serialize;

use crate::Client;
use crate::call::{Call, taken};
use crate::create::{Creation, LONGEST_WAIT};
use crate::error::{Error, Result};
#[cfg(feature = "files")]
use crate::file_input::FileStrategy;
use crate::job::{AsPredictionId, Requests};
use crate::paginate::{Items, List, Page, Pages};
use crate::reconcile::{self, Reconcile, Reconciled};
use crate::reference::{IntoModelRef, ModelRef};
use crate::types::{Prediction, Source, WebhookEvent};

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

    /// A prediction as it is now.
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.get>
    pub fn get(&self, prediction: impl AsPredictionId) -> Call<Prediction> {
        let id = prediction.job_id().to_owned();
        Call::new(&self.client, |api| <Prediction as Requests>::get(api, id))
    }

    /// Cancels a prediction. One that is over stays as it is.
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.cancel>
    pub fn cancel(&self, prediction: impl AsPredictionId) -> Call<Prediction> {
        let id = prediction.job_id().to_owned();
        Call::new(&self.client, |api| {
            <Prediction as Requests>::cancel(api, id)
        })
    }

    /// Looks for what a create has made whose outcome is unknown, among the recent predictions;
    /// takes the error, or a stored [`UnconfirmedCreate`](crate::UnconfirmedCreate). If the
    /// response showed an id, it reads that prediction. See [`Reconciled`].
    ///
    /// An empty result is not proof at once: the request may still be in flight. Nothing is
    /// created or changed by this, and the client never does it unasked. At most 10 pages are
    /// searched, for at most 2 minutes.
    ///
    /// A prediction that is the only match belongs to that create from then on, as one whose
    /// create was answered does: this client and its clones return it for no other create.
    ///
    /// ```
    /// use replicate::ErrorKind;
    /// use serde_json::json;
    ///
    /// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
    /// let run = replicate.run("acme/app").input(json!({ "prompt": "a haiku" }));
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
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) for an error that leaves nothing to
    /// look for: that of another call, or of a create that has certainly made nothing.
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.list>
    pub fn reconcile(&self, create: impl Reconcile) -> Call<Reconciled> {
        let (create, client) = (create.create(), self.client.clone());
        Call::new(&self.client, |api| async move {
            let client = client.with_transport(api.transport().clone());
            reconcile::find(&client, &create?).await
        })
    }

    /// The account's predictions, newest first, without their outputs' content.
    ///
    /// API: <https://replicate.com/docs/reference/http#predictions.list>
    pub fn list(&self) -> PredictionList {
        let operation = &replicate_api::operations::PREDICTIONS_LIST;
        PredictionList(List::new(
            self.client.transport(),
            operation,
            Ok(Vec::new()),
        ))
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

    /// Only predictions that were created this way: `web`, or `api`.
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
/// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
/// let prediction = replicate
///     .predictions()
///     .create("meta/meta-llama-3-8b-instruct")
///     .input(json!({ "prompt": "a haiku" }))
///     .webhook("https://example.com/replicate")
///     .webhook_events([Completed])
///     .await?;
/// println!("{} is {}", prediction.id, prediction.status);
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is created before it is awaited"]
pub struct CreatePrediction {
    client: Client,
    creation: Creation,
    options: CallOptions,
    wait: Option<Duration>,
}

impl CreatePrediction {
    pub(crate) fn new(client: Client, reference: Result<ModelRef>) -> Self {
        let creation = Creation::new(reference);
        Self {
            client,
            creation,
            options: CallOptions::new(),
            wait: None,
        }
    }

    /// The model's input: any value that serialises to an object. Files in it, at any depth,
    /// are [`FileInput`](crate::FileInput)s. Without one the input is empty.
    pub fn input<T: Serialize>(mut self, input: T) -> Self {
        self.creation.input(&input);
        self
    }

    /// Has Replicate report the prediction's progress to `url`, by `POST` requests, at new output and
    /// at the end; [`webhook_events`](Self::webhook_events) chooses other events. Check a
    /// request's signature before you believe it.
    ///
    /// API: <https://replicate.com/docs/topics/webhooks/setup-webhook>
    pub fn webhook(mut self, url: impl Into<String>) -> Self {
        self.creation.webhook(url);
        self
    }

    /// The events at which Replicate calls the [`webhook`](Self::webhook). Default, and for an
    /// empty list: new output and the end. Without a webhook the create is refused before
    /// anything is sent.
    pub fn webhook_events<E: Into<WebhookEvent>>(
        mut self,
        events: impl IntoIterator<Item = E>,
    ) -> Self {
        self.creation.webhook_events(events);
        self
    }

    /// Has the server hold its answer back until there is output, for this long at most: 1 to
    /// 60 whole seconds. The prediction can still be running when it answers.
    pub fn prefer_wait(mut self, wait: Duration) -> Self {
        self.wait = Some(wait);
        self
    }

    /// Has the server cancel the prediction when it is not over after this time: at least 5 s,
    /// in whole seconds (a part of one counts as one).
    pub fn cancel_after(mut self, deadline: Duration) -> Self {
        self.creation.cancel_after(deadline);
        self
    }

    /// Asks for a stream of the output by name, as older versions of the API needed; models
    /// that can stream do so without it.
    pub fn stream(mut self) -> Self {
        self.creation.stream();
        self
    }

    /// How files in the input reach the model.
    #[cfg(feature = "files")]
    pub fn file_strategy(mut self, strategy: FileStrategy) -> Self {
        self.creation.files(strategy);
        self
    }

    /// How long the request may take. Default 10 minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options = self.options.with_timeout(timeout);
        self
    }

    /// Creates the prediction and gives the answer's body as it came.
    ///
    /// # Errors
    /// Those of the create.
    pub async fn raw(mut self) -> Result<Bytes> {
        let tap = Tap::default();
        self.options = self.options.with_tap(tap.clone());
        self.send().await.map_err(Error::in_create)?;
        taken(&tap)
    }

    async fn send(self) -> Result<Prediction> {
        let wait = self.wait.map(whole_seconds).transpose()?;
        let client = self.client.with_transport(
            self.client
                .transport()
                .with_options(self.options.begun_now()),
        );
        let prepared = self.creation.prepare(&client).await?;
        let prediction = prepared.send(&client.api, wait).await?.prediction;
        client.shared.claims.claim(&prediction.id, None);
        Ok(prediction)
    }
}

/// What `Prefer: wait=N` takes.
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
        Box::pin(async { self.send().await.map_err(Error::in_create) })
    }
}

impl fmt::Debug for CreatePrediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CreatePrediction")
            .field("creation", &self.creation)
            .field("wait", &self.wait)
            .finish_non_exhaustive()
    }
}
