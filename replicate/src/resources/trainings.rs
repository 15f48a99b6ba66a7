use std::future::IntoFuture;
use std::sync::Arc;

use futures::future::BoxFuture;
use replicate_api::{RequestOptions, Response, operations};
use serde::Serialize;
use serde_json::Value;

use crate::Client;
use crate::call::Call;
use crate::create::{Webhook, webhook_methods};
use crate::error::{Error, Result};
use crate::handle::{Handle, TrainingHandle};
use crate::input::Input;
use crate::job::{AsTrainingId, Requests};
use crate::job_state::JobState;
use crate::model_ref::{IntoModelRef, ModelRef};
use crate::name::{IntoModelName, ModelName};
use crate::paginate::List;
#[cfg(feature = "files")]
use crate::progress::Reporter;
use crate::types::Training;
use crate::wait::Wait;

super::resource! {
    /// Trainings: fine-tuned versions of models.
    Trainings
}

impl Trainings {
    /// Starts to train `version` (as `owner/name:version`) into a new version of `destination`,
    /// a model of your own. See [`CreateTraining`].
    ///
    /// API: <https://replicate.com/docs/reference/http#trainings.create>
    pub fn create(
        &self,
        version: impl IntoModelRef,
        destination: impl IntoModelName,
    ) -> CreateTraining {
        CreateTraining {
            client: self.client.clone(),
            version: version.into_model_ref(),
            destination: destination.into_model_name(),
            input: Ok(Input::empty()),
            webhook: Webhook::default(),
            options: RequestOptions::new(),
        }
    }

    /// Returns the current state of a training.
    ///
    /// API: <https://replicate.com/docs/reference/http#trainings.get>
    pub fn get(&self, training: impl AsTrainingId) -> Call<Training> {
        let id = training.job_id().to_owned();
        Call::new(&self.client, |api| <Training as Requests>::get(api, id))
    }

    /// Cancels a training. One with a terminal status does not change.
    ///
    /// API: <https://replicate.com/docs/reference/http#trainings.cancel>
    pub fn cancel(&self, training: impl AsTrainingId) -> Call<Training> {
        let id = training.job_id().to_owned();
        Call::new(&self.client, |api| <Training as Requests>::cancel(api, id))
    }

    /// The account's trainings, newest first.
    ///
    /// API: <https://replicate.com/docs/reference/http#trainings.list>
    pub fn list(&self) -> List<Training> {
        List::new(&self.client, &operations::TRAININGS_LIST)
    }

    /// Waits until a training is done: the same as `client.training(…).wait()`. See [`Wait`].
    pub fn wait(&self, training: impl AsTrainingId) -> Wait<Training> {
        self.client.training(training).wait()
    }
}

/// A training to be started: made by [`Trainings::create`], sent when it is awaited.
///
/// ```
/// use serde_json::json;
///
/// # replicate_test_support::example!(async |replicate| {
/// # let version = replicate.models().get("replicate/hello-world").await?.latest_version.unwrap().id;
/// # replicate.models().create("acme", "mine").visibility("private").hardware("cpu").await?;
/// let training = replicate
///     .trainings()
///     .create(format!("replicate/hello-world:{version}"), "acme/mine")
///     .input(json!({ "input_images": "https://example.com/images.zip" }))
///     .await?;
/// let training = replicate.trainings().wait(&training).await?;
/// # });
/// ```
#[derive(Debug)]
#[must_use = "nothing is created before it is awaited"]
pub struct CreateTraining {
    client: Client,
    version: Result<ModelRef>,
    destination: Result<ModelName>,
    input: Result<Input>,
    webhook: Webhook,
    options: RequestOptions,
}

impl CreateTraining {
    /// The training's input: any value that serializes to an object. Files in it, at any depth,
    /// are [`FileInput`](crate::FileInput)s.
    pub fn input<T: Serialize>(mut self, input: T) -> Self {
        self.input = Input::new(&input);
        self
    }

    webhook_methods!(webhook);

    replicate_api::request_options!(field options);
    replicate_api::request_options!(methods options: retry_policy header token timeout);

    /// Creates the training, and returns a handle for it: to wait for it, read or cancel it.
    ///
    /// ```
    /// # replicate_test_support::example!(async |replicate| {
    /// # let version = replicate.models().get("replicate/hello-world").await?.latest_version.unwrap().id;
    /// # replicate.models().create("acme", "mine").visibility("private").hardware("cpu").await?;
    /// let handle = replicate
    ///     .trainings()
    ///     .create(format!("replicate/hello-world:{version}"), "acme/mine")
    ///     .start()
    ///     .await?;
    /// println!("{}", handle.wait().await?.status);
    /// # });
    /// ```
    ///
    /// # Errors
    /// The errors of the create.
    pub async fn start(self) -> Result<TrainingHandle> {
        let client = self.client.clone();
        let response = self.with_response().await?;
        let state = JobState::created(client.clone(), response);
        Ok(Handle::new(
            Arc::new(state),
            client.settings.poll,
            None,
            None,
        ))
    }

    /// Creates the training, and returns the whole response.
    ///
    /// # Errors
    /// The errors of the create.
    pub async fn with_response(self) -> Result<Response<Training>> {
        self.send().await.map_err(Error::in_create)
    }

    async fn send(self) -> Result<Response<Training>> {
        let client = self.client.with_options(self.options.begun_now());
        let ModelRef::ModelVersion {
            owner,
            name,
            version,
        } = self.version?
        else {
            return Err(Error::invalid(
                "a training starts from one version: write `owner/name:version`",
            ));
        };
        let destination = self.destination?;
        self.webhook.check()?;
        let input = self.input?;
        #[cfg(feature = "files")]
        let input = {
            let strategy = client.settings.files;
            let mut reporter = Reporter::<Training>::default();
            crate::upload::resolve(&client, input, strategy, &mut reporter).await?
        };
        #[cfg(not(feature = "files"))]
        let input = input.value;
        let (webhook, events) = self.webhook.into_fields();
        let call = client
            .api
            .trainings_create()
            .model_owner(owner)
            .model_name(name)
            .version_id(version);
        let call = call.body_map(|body| {
            body.destination(format!("{}/{}", destination.owner, destination.name))
                .input::<Value>(input)
                .webhook(webhook)
                .webhook_events_filter(events)
        });
        Ok(call.send().await?)
    }
}

impl IntoFuture for CreateTraining {
    type Output = Result<Training>;
    type IntoFuture = BoxFuture<'static, Result<Training>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { Ok(self.with_response().await?.into_inner()) })
    }
}
