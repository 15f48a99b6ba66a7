//! Creating a prediction: the route, the body, and the one way to a second request.

use std::borrow::Cow;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use http::StatusCode;
use replicate_api::{RequestOptions, Response, SendGate};
use serde_json::{Map, Value};

use crate::Client;
use crate::client::AccountState;
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "files")]
use crate::file_input::FileStrategy;
use crate::input::Input;
use crate::model_cache::{KnownVersion, ModelRoute, no_version};
use crate::model_ref::ModelRef;
use crate::name::ModelName;
use crate::progress::Reporter;
use crate::types::Prediction;
use crate::types::builder::PredictionRequest as PredictionBody;
use crate::unconfirmed_create::UnconfirmedCreate;

mod webhook;

pub(crate) use webhook::{Webhook, webhook_methods};

/// The least that `Cancel-After` takes.
const SHORTEST_DEADLINE: Duration = Duration::from_secs(5);

/// The most that `Prefer: wait` takes, in seconds.
pub(crate) const LONGEST_WAIT: u64 = 60;

/// The create request as the caller described it.
#[derive(Debug)]
pub(crate) struct CreateRequest {
    pub(crate) reference: Result<ModelRef>,
    pub(crate) input: Result<Input>,
    pub(crate) webhook: Webhook,
    pub(crate) cancel_after: Option<Duration>,
    pub(crate) stream: bool,
    #[cfg(feature = "files")]
    pub(crate) files: Option<FileStrategy>,
    #[cfg(feature = "validate")]
    pub(crate) validated: bool,
}

/// The methods of a builder that describe the prediction to be created: those that set the
/// [`CreateRequest`] in this field.
macro_rules! prediction_methods {
    ($($request:ident).+) => {
        /// The model's input: any value that serializes to an object. Files in it, at any depth,
        /// are [`FileInput`](crate::FileInput)s. Default: `{}`.
        pub fn input<T: serde::Serialize>(mut self, input: T) -> Self {
            self.$($request).+.input = crate::input::Input::new(&input);
            self
        }

        crate::create::webhook_methods!($($request).+.webhook);

        /// Cancels the prediction on the server if it is still running after this time: at least
        /// 5 s, rounded up to whole seconds.
        pub fn cancel_after(mut self, deadline: std::time::Duration) -> Self {
            self.$($request).+.cancel_after = Some(deadline);
            self
        }

        /// File strategy for files in the input. Default: the client's strategy.
        #[cfg(feature = "files")]
        pub fn file_strategy(mut self, strategy: crate::FileStrategy) -> Self {
            self.$($request).+.files = Some(strategy);
            self
        }
    };
}
pub(crate) use prediction_methods;

/// The create request, validated, with every file resolved.
pub(crate) struct ResolvedRequest {
    reference: ModelRef,
    route: Route,
    input: Map<String, Value>,
    webhook: Webhook,
    cancel_after: Option<String>,
    stream: bool,
}

#[derive(Clone, Debug)]
enum Route {
    Model {
        model: ModelName,
        route: ModelRoute,
        account: Arc<AccountState>,
    },
    Version(String),
    Deployment(ModelName),
}

impl Route {
    /// Learns how a model is run, by one read that is cached.
    async fn resolve(reference: &ModelRef, client: &Client) -> Result<Self> {
        let model = match reference.clone() {
            ModelRef::Model { owner, name } => ModelName { owner, name },
            ModelRef::ModelVersion { version, .. } | ModelRef::Version(version) => {
                return Ok(Self::Version(version));
            }
            ModelRef::Deployment { owner, name } => {
                return Ok(Self::Deployment(ModelName { owner, name }));
            }
        };
        let (client, account) = client.with_account_state().await;
        let route = account
            .models
            .route(&client.api, &model)
            .await
            .map_err(|error| {
                let error = error.during(format_args!("could not read model {model}"));
                error.advising("no prediction was created")
            })?;
        Ok(Self::Model {
            model,
            route,
            account,
        })
    }
}

#[derive(Debug)]
pub(crate) struct CreateResponse {
    pub(crate) response: Response<Prediction>,
    /// The schema of the version that was run, where it is known.
    pub(crate) schema: Option<Arc<Value>>,
}

impl CreateRequest {
    pub(crate) fn new(reference: Result<ModelRef>) -> Self {
        Self {
            reference,
            input: Ok(Input::empty()),
            webhook: Webhook::default(),
            cancel_after: None,
            stream: false,
            #[cfg(feature = "files")]
            files: None,
            #[cfg(feature = "validate")]
            validated: false,
        }
    }

    /// Checks everything that can be checked here, learns how the model is run, then sends the
    /// files. The request is not usable afterwards. It takes `&mut self`, since a future
    /// holds an argument that it takes by value twice.
    pub(crate) async fn resolve(
        &mut self,
        client: &Client,
        reporter: &mut Reporter<Prediction>,
    ) -> Result<ResolvedRequest> {
        let unused = Ok(ModelRef::Version(String::new()));
        let reference = std::mem::replace(&mut self.reference, unused)?;
        let input = std::mem::replace(&mut self.input, Ok(Input::empty()))?;
        let cancel_after = self.cancel_after.map(cancel_after).transpose()?;
        self.webhook.check()?;
        let gate = SendGate::new();
        let watched = match reporter.is_set() {
            true => client.with_options(RequestOptions::new().with_send_gate(gate.clone())),
            false => client.clone(),
        };
        let resolving = Route::resolve(&reference, &watched);
        let route = reporter.watch(&gate, None, pin!(resolving)).await?;
        #[cfg(feature = "validate")]
        if self.validated {
            let validation = crate::schema::validate_input(&watched, &reference, &input);
            reporter.watch(&gate, None, Box::pin(validation)).await?;
        }
        #[cfg(feature = "files")]
        let value = if input.files.is_empty() {
            input.value
        } else {
            let strategy = self.files.unwrap_or(client.settings.files);
            Box::pin(crate::upload::resolve(client, input, strategy, reporter)).await?
        };
        #[cfg(not(feature = "files"))]
        let (value, _) = (input.value, client);
        let Value::Object(input) = value else {
            return Err(Error::invalid("the input has to be an object"));
        };
        Ok(ResolvedRequest {
            reference,
            route,
            input,
            webhook: std::mem::take(&mut self.webhook),
            cancel_after,
            stream: self.stream,
        })
    }
}

impl ResolvedRequest {
    /// Creates the prediction, once. `wait` is for how many seconds the server may hold its
    /// response.
    pub(crate) async fn send(
        &self,
        api: &replicate_api::Client,
        wait: Option<u64>,
    ) -> Result<CreateResponse> {
        let (at, instant) = (SystemTime::now(), Instant::now());
        let created = self.send_by_reference(api, wait).await;
        let created = created.and_then(with_id);
        // The input is hashed only where the create may have to be found again.
        let sent = || {
            let mut create = self.sent_now();
            (create.sent_at, create.sent) = (at.into(), Some(instant));
            create
        };
        created.map_err(|error| error.with_unconfirmed_create(sent))
    }

    /// Returns the data for finding this create later, with the current time.
    pub(crate) fn sent_now(&self) -> UnconfirmedCreate {
        UnconfirmedCreate::sent_now(self.reference.clone(), &self.input)
    }

    async fn send_by_reference(
        &self,
        api: &replicate_api::Client,
        wait: Option<u64>,
    ) -> Result<CreateResponse> {
        let prefer = wait.map(|seconds| match seconds {
            LONGEST_WAIT.. => Cow::Borrowed("wait"),
            seconds => Cow::Owned(format!("wait={seconds}")),
        });
        let prefer = prefer.as_deref();
        match &self.route {
            Route::Model {
                model,
                route,
                account,
            } => {
                let result = match route {
                    ModelRoute::Latest(version) => self.send_latest(api, version, prefer).await,
                    ModelRoute::Own(_) | ModelRoute::Unknown(_) => {
                        let call = api
                            .models_predictions_create()
                            .model_owner(&model.owner)
                            .model_name(&model.name)
                            .prefer(prefer.map(str::to_owned))
                            .cancel_after(self.cancel_after.clone())
                            .body_map(|body| self.fill(body));
                        call.send().await.map(CreateResponse::from)
                    }
                };
                if !result.as_ref().is_err_and(is_complete_not_found) {
                    return Ok(result?);
                }
                account.models.remove(model);
                match route {
                    // It created nothing: it was sent only because the kind of the model was unknown.
                    ModelRoute::Unknown(Some(version)) => {
                        Ok(Box::pin(self.send_latest(api, version, prefer)).await?)
                    }
                    ModelRoute::Unknown(None) => Err(no_version(model)),
                    ModelRoute::Own(_) | ModelRoute::Latest(_) => Ok(result?),
                }
            }
            Route::Version(version) => Ok(self.send_to_version(api, version, prefer).await?),
            Route::Deployment(name) => {
                let call = api
                    .deployments_predictions_create()
                    .deployment_owner(&name.owner)
                    .deployment_name(&name.name)
                    .prefer(prefer.map(str::to_owned))
                    .cancel_after(self.cancel_after.clone())
                    .body_map(|body| self.fill(body));
                Ok(call.send().await?.into())
            }
        }
    }

    async fn send_latest(
        &self,
        api: &replicate_api::Client,
        version: &KnownVersion,
        prefer: Option<&str>,
    ) -> Result<CreateResponse, replicate_api::Error> {
        let created = self.send_to_version(api, &version.id, prefer).await?;
        Ok(CreateResponse {
            schema: version.schema.clone(),
            ..created
        })
    }

    async fn send_to_version(
        &self,
        api: &replicate_api::Client,
        version: &str,
        prefer: Option<&str>,
    ) -> Result<CreateResponse, replicate_api::Error> {
        let (webhook, events) = self.webhook.clone().into_fields();
        let call = api
            .predictions_create()
            .prefer(prefer.map(str::to_owned))
            .cancel_after(self.cancel_after.clone())
            .body_map(|body| {
                body.version(version)
                    .input(self.input.clone())
                    .stream(self.stream.then_some(true))
                    .webhook(webhook)
                    .webhook_events_filter(events)
            });
        Ok(call.send().await?.into())
    }

    /// The body of a create for a model or a deployment.
    fn fill(&self, body: PredictionBody) -> PredictionBody {
        let (webhook, events) = self.webhook.clone().into_fields();
        body.input(self.input.clone())
            .stream(self.stream.then_some(true))
            .webhook(webhook)
            .webhook_events_filter(events)
    }
}

impl From<Response<Prediction>> for CreateResponse {
    fn from(response: Response<Prediction>) -> Self {
        Self {
            response,
            schema: None,
        }
    }
}

/// A prediction without an id cannot be read, and may be one that is still running.
fn with_id(created: CreateResponse) -> Result<CreateResponse> {
    if created.response.id.is_empty() {
        return Err(Error::new(
            ErrorKind::OutcomeUnknown,
            "the response to the create has no id: look for the prediction among the recent ones",
        ));
    }
    Ok(created)
}

/// A complete 404. A truncated one may not come from the API at all, and is an unknown outcome.
fn is_complete_not_found(error: &replicate_api::Error) -> bool {
    error.kind() == ErrorKind::NotFound && error.status() == Some(StatusCode::NOT_FOUND)
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
    fn a_deadline_is_sent_in_whole_seconds() {
        assert_eq!(cancel_after(Duration::from_millis(5_001)).unwrap(), "6s");
        assert_eq!(
            cancel_after(Duration::MAX).unwrap(),
            format!("{}s", u64::MAX)
        );
        assert!(cancel_after(Duration::from_millis(4_999)).is_err());
    }

    #[tokio::test]
    async fn no_builder_shows_an_input_or_the_url_of_a_webhook() {
        let client = Client::new("r8_hidden").unwrap();
        let input = serde_json::json!({ "key": "hidden", "list": [{ "key": "hidden" }] });
        let url = "https://hidden.example/hook";
        let header = RequestOptions::new().with_header("x-key", "hidden");
        let run = client.run("acme/app").input(&input).webhook(url);
        let create = client.predictions().create("acme/app").input(&input);
        let train = client.trainings().create("acme/app:1a2b", "acme/mine");
        let mut shown = vec![
            format!("{:?}", run.options(header.clone())),
            format!("{:#?}", create.webhook(url).options(header.clone())),
            format!("{:#?}", train.input(&input).webhook(url).options(header)),
        ];
        #[cfg(feature = "stream")]
        {
            let stream = client.stream("acme/app").input(&input).webhook(url);
            shown.push(format!("{stream:?}"));
        }
        #[cfg(feature = "batch")]
        shown.push(format!("{:?}", client.batch("acme/app").webhook(url)));
        #[cfg(feature = "blocking")]
        {
            let client = crate::blocking::Client::from_client(client).unwrap();
            let run = client.run("acme/app").input(&input).webhook(url);
            shown.push(format!("{run:?}"));
        }
        for shown in shown {
            assert!(!shown.contains("hidden"), "{shown}");
        }
    }
}
