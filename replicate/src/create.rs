//! Creating a prediction: the route, the body, and the one way to a second request.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use replicate_api::{ErrorKind as ApiKind, RequestOptions, Tap};
use serde::Serialize;
use serde_json::{Map, Value};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::Client;
use crate::client::AccountState;
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "files")]
use crate::file_input::FileStrategy;
use crate::input::Input;
use crate::model_cache::{LatestVersion, ModelRoute, no_version};
use crate::reconcile::UnconfirmedCreate;
use crate::reference::ModelRef;
use crate::types::{Prediction, WebhookEvent, builder as body};

mod webhook;

pub(crate) use webhook::Webhook;

/// The least that `Cancel-After` takes.
const SHORTEST_DEADLINE: Duration = Duration::from_secs(5);

/// The most that `Prefer: wait` takes, in seconds.
pub(crate) const LONGEST_WAIT: u64 = 60;

/// What a prediction is created from, as a caller described it.
#[derive(Debug)]
pub(crate) struct Creation {
    reference: Result<ModelRef>,
    input: Result<Input>,
    webhook: Webhook,
    cancel_after: Option<Duration>,
    stream: bool,
    #[cfg(feature = "files")]
    files: Option<FileStrategy>,
}

/// What a prediction is created from, checked, with every file in its place.
#[derive(Debug)]
pub(crate) struct Prepared {
    reference: ModelRef,
    route: Route,
    input: Map<String, Value>,
    webhook: Webhook,
    cancel_after: Option<String>,
    stream: bool,
}

/// Where the create is sent.
#[derive(Clone, Debug)]
enum Route {
    Model {
        owner: String,
        name: String,
        /// What is created where the model turns out to have no route of its own.
        otherwise: Option<Option<Arc<LatestVersion>>>,
        account: Arc<AccountState>,
    },
    Version(String),
    Latest {
        /// The model, as it is cached.
        model: String,
        version: Arc<LatestVersion>,
        account: Arc<AccountState>,
    },
    Deployment {
        owner: String,
        name: String,
    },
}

impl Route {
    /// Learns how a model is run, by one read that is cached.
    async fn resolve(reference: &ModelRef, client: &Client) -> Result<Self> {
        let (owner, name) = match reference.clone() {
            ModelRef::Model { owner, name } => (owner, name),
            ModelRef::ModelVersion { version, .. } | ModelRef::Version(version) => {
                return Ok(Self::Version(version));
            }
            ModelRef::Deployment { owner, name } => return Ok(Self::Deployment { owner, name }),
        };
        let model = format!("{owner}/{name}");
        let read = || async {
            let call = client
                .api
                .models_get()
                .model_owner(&owner)
                .model_name(&name);
            match call.send().await {
                Ok(model) => Ok(model.into_inner()),
                Err(error) => {
                    let error = Error::from(error);
                    let attempt =
                        format!("could not read model {model}; no prediction was created");
                    Err(error.during(attempt))
                }
            }
        };
        let account = client.account_state().await;
        Ok(match account.models.route(&model, read).await? {
            ModelRoute::Own => Self::Model {
                owner,
                name,
                otherwise: None,
                account,
            },
            ModelRoute::Unknown(latest) => Self::Model {
                owner,
                name,
                otherwise: Some(latest),
                account,
            },
            ModelRoute::Latest(version) => Self::Latest {
                model,
                version,
                account,
            },
        })
    }
}

/// A prediction that was just created.
#[derive(Debug)]
pub(crate) struct Created {
    pub(crate) prediction: Prediction,
    /// The response body.
    pub(crate) body: Option<Bytes>,
    /// The version's schema, where it was read on the way.
    pub(crate) schema: Option<Value>,
}

/// How many blocking creates of a client may be open at a time: a server's limit of HTTP/2
/// streams must not keep polls waiting behind them.
const MAX_BLOCKING_CREATES: usize = 32;

/// The blocking creates that may still be opened.
#[derive(Debug)]
pub(crate) struct BlockingCreates(Arc<Semaphore>);

impl Default for BlockingCreates {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(MAX_BLOCKING_CREATES)))
    }
}

impl BlockingCreates {
    /// A permit for one, if there are fewer than the limit.
    pub(crate) fn permit(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.0).try_acquire_owned().ok()
    }
}

impl Creation {
    pub(crate) fn new(reference: Result<ModelRef>) -> Self {
        Self {
            reference,
            input: Ok(Input::empty()),
            webhook: Webhook::default(),
            cancel_after: None,
            stream: false,
            #[cfg(feature = "files")]
            files: None,
        }
    }

    /// One of an input that was read before.
    #[cfg(feature = "batch")]
    pub(crate) fn of_input(reference: ModelRef, input: Input) -> Self {
        Self {
            input: Ok(input),
            ..Self::new(Ok(reference))
        }
    }

    #[cfg(feature = "batch")]
    pub(crate) fn set_webhook(&mut self, webhook: Webhook) {
        self.webhook = webhook;
    }

    pub(crate) fn input<T: Serialize + ?Sized>(&mut self, input: &T) {
        self.input = Input::new(input);
    }

    pub(crate) fn webhook(&mut self, url: impl Into<String>) {
        self.webhook.set_url(url);
    }

    pub(crate) fn webhook_events<E: Into<WebhookEvent>>(
        &mut self,
        events: impl IntoIterator<Item = E>,
    ) {
        self.webhook.set_events(events);
    }

    pub(crate) fn cancel_after(&mut self, deadline: Duration) {
        self.cancel_after = Some(deadline);
    }

    pub(crate) fn stream(&mut self) {
        self.stream = true;
    }

    #[cfg(feature = "files")]
    pub(crate) fn files(&mut self, strategy: FileStrategy) {
        self.files = Some(strategy);
    }

    /// Checks everything that can be checked here, learns how the model is run, then sends the
    /// files.
    pub(crate) async fn prepare(self, client: &Client) -> Result<Prepared> {
        let reference = self.reference?;
        let input = self.input?;
        let cancel_after = self.cancel_after.map(cancel_after).transpose()?;
        self.webhook.check()?;
        let route = Route::resolve(&reference, client).await?;
        #[cfg(feature = "files")]
        let value =
            crate::upload::resolve(client, input, self.files.unwrap_or(client.settings.files))
                .await?;
        #[cfg(not(feature = "files"))]
        let (value, _) = (input.value, client);
        let Value::Object(input) = value else {
            return Err(Error::invalid("the input has to be an object"));
        };
        let (webhook, stream) = (self.webhook, self.stream);
        Ok(Prepared {
            reference,
            route,
            input,
            webhook,
            cancel_after,
            stream,
        })
    }
}

impl Prepared {
    /// Creates the prediction, once. `wait` is for how many seconds the server may hold the
    /// answer back.
    pub(crate) async fn send(
        &self,
        api: &replicate_api::Client,
        wait: Option<u64>,
    ) -> Result<Created> {
        let sent = self.sent_now();
        let tap = Tap::default();
        let options = RequestOptions::new().with_tap(tap.clone());
        let transport = api.transport().with_options(options);
        let tapped = replicate_api::Client::from_transport(transport);
        let created = self.send_by_reference(&tapped, wait).await;
        let created = created.and_then(with_id).map(|created| Created {
            body: tap.take_redacted(),
            ..created
        });
        created.map_err(|error| error.with_unconfirmed_create(|| sent))
    }

    /// What is needed to find this create later, as sent at this moment.
    pub(crate) fn sent_now(&self) -> UnconfirmedCreate {
        UnconfirmedCreate::sent_now(self.reference.clone(), &self.input)
    }

    async fn send_by_reference(
        &self,
        api: &replicate_api::Client,
        wait: Option<u64>,
    ) -> Result<Created> {
        let prefer = wait.map(|seconds| match seconds {
            LONGEST_WAIT.. => "wait".to_owned(),
            seconds => format!("wait={seconds}"),
        });
        let created = |prediction| Created {
            prediction,
            body: None,
            schema: None,
        };
        match &self.route {
            Route::Model {
                owner,
                name,
                otherwise,
                account,
            } => {
                let error = match self.send_to_model(api, owner, name, prefer.clone()).await {
                    Ok(prediction) => return Ok(created(prediction)),
                    Err(error) => error,
                };
                let model = format!("{owner}/{name}");
                let missing = is_complete_not_found(&error);
                if missing {
                    account.models.remove(&model);
                }
                match (missing, otherwise) {
                    // It has created nothing, and was only asked because nobody knew.
                    (true, Some(Some(version))) => self.send_latest(api, version, prefer).await,
                    (true, Some(None)) => Err(no_version(&model)),
                    _ => Err(error.into()),
                }
            }
            Route::Latest {
                model,
                version,
                account,
            } => {
                let result = self.send_latest(api, version, prefer).await;
                if let Err(error) = &result
                    && error.api().is_some_and(is_complete_not_found)
                {
                    account.models.remove(model);
                }
                result
            }
            Route::Version(version) => {
                Ok(created(self.send_to_version(api, version, prefer).await?))
            }
            Route::Deployment { owner, name } => {
                let mut call = api
                    .deployments_predictions_create()
                    .deployment_owner(owner)
                    .deployment_name(name)
                    .body_map(|body| self.fill(body));
                if let Some(prefer) = prefer {
                    call = call.prefer(prefer);
                }
                if let Some(deadline) = &self.cancel_after {
                    call = call.cancel_after(deadline);
                }
                Ok(created(call.send().await?.into_inner()))
            }
        }
    }

    async fn send_to_model(
        &self,
        api: &replicate_api::Client,
        owner: &str,
        name: &str,
        prefer: Option<String>,
    ) -> Result<Prediction, replicate_api::Error> {
        let mut call = api
            .models_predictions_create()
            .model_owner(owner)
            .model_name(name)
            .body_map(|body| self.fill(body));
        if let Some(prefer) = prefer {
            call = call.prefer(prefer);
        }
        if let Some(deadline) = &self.cancel_after {
            call = call.cancel_after(deadline);
        }
        Ok(call.send().await?.into_inner())
    }

    async fn send_latest(
        &self,
        api: &replicate_api::Client,
        version: &LatestVersion,
        prefer: Option<String>,
    ) -> Result<Created> {
        Ok(Created {
            prediction: self.send_to_version(api, &version.id, prefer).await?,
            body: None,
            schema: version.schema.clone(),
        })
    }

    async fn send_to_version(
        &self,
        api: &replicate_api::Client,
        version: &str,
        prefer: Option<String>,
    ) -> Result<Prediction> {
        let (webhook, events) = self.webhook.clone().into_fields();
        let mut call = api.predictions_create().body_map(|body| {
            body.version(version)
                .input(self.input.clone())
                .stream(self.stream.then_some(true))
                .webhook(webhook)
                .webhook_events_filter(events)
        });
        if let Some(prefer) = prefer {
            call = call.prefer(prefer);
        }
        if let Some(deadline) = &self.cancel_after {
            call = call.cancel_after(deadline);
        }
        Ok(call.send().await?.into_inner())
    }

    fn fill(&self, body: body::PredictionRequest) -> body::PredictionRequest {
        let (webhook, events) = self.webhook.clone().into_fields();
        body.input(self.input.clone())
            .stream(self.stream.then_some(true))
            .webhook(webhook)
            .webhook_events_filter(events)
    }
}

/// A prediction without an id cannot be asked after, and may be one that goes on.
fn with_id(created: Created) -> Result<Created> {
    if created.prediction.id.is_empty() {
        return Err(Error::new(
            ErrorKind::OutcomeUnknown,
            "the answer to the create has no id: look for the prediction among the recent ones",
        ));
    }
    Ok(created)
}

/// A complete 404. A truncated one may not come from the API at all, and is an unknown outcome.
fn is_complete_not_found(error: &replicate_api::Error) -> bool {
    error.kind() == ApiKind::NotFound && error.status() == Some(StatusCode::NOT_FOUND)
}

/// A deadline as the header takes it: whole seconds, rounded up.
pub(crate) fn cancel_after(deadline: Duration) -> Result<String> {
    if deadline < SHORTEST_DEADLINE {
        return Err(Error::invalid(format!(
            "`cancel_after` is {deadline:?}: the least that the API takes is 5 s"
        )));
    }
    Ok(format!(
        "{}s",
        deadline
            .as_secs()
            .saturating_add(u64::from(deadline.subsec_nanos() > 0))
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_whole_seconds_whatever_its_length() {
        assert_eq!(cancel_after(Duration::from_millis(5_001)).unwrap(), "6s");
        assert_eq!(
            cancel_after(Duration::MAX).unwrap(),
            format!("{}s", u64::MAX)
        );
        assert!(cancel_after(Duration::from_millis(4_999)).is_err());
    }
}
