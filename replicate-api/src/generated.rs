// Written by `cargo xtask codegen`; an edit here is lost the next time.
// openapi/replicate.json: sha256 a64735332b8a600c09c571887a2e8877617b35ba6c863a8813b9a715511b8400
// openapi/overlay.yaml: sha256 1d2abbbd3182eb3a30085dffc7f19ef2b56fd2289351f8aa92d6f6eecde7ab8c

#![allow(unused_imports, unused_mut, missing_docs, clippy::all)]

/// Client for Replicate HTTP API.
///
/// Replicate runs machine-learning models on its own hardware and bills their use to the account of the caller. This interface creates the runs, called predictions, and reads their results. It also manages what lies around them: models and their versions, trainings, deployments and uploaded files.
///
/// ## Addresses and tokens
///
/// All operations lie below <https://api.replicate.com/v1>. Every one but the search at `/search` wants an API token, sent as `Authorization: Bearer TOKEN`. Tokens begin with `r8_` and are made at <https://replicate.com/account/api-tokens>. A token can spend the account's money, so keep it out of logs and never send it to another host: neither stream addresses nor files on `replicate.delivery` need it.
///
/// Owners, names and ids are single path segments. Percent-encode them when they come from outside.
///
/// ## From creation to result
///
/// A prediction or training begins as `starting`, becomes `processing` when the model takes it up, and ends in one of four terminal states: `succeeded`, `failed`, `canceled` or `aborted` (ended before it began to run). After that its status does not change any more.
///
/// There are four ways to learn the result: poll the `get` operation, hold the create request open with `Prefer: wait`, read the stream of server-sent events that `urls.stream` points to, or register a webhook.
///
/// **Results do not last.** One hour after a prediction made through the API, its input, output and logs are removed, and its output files with them. Copy what is to be kept.
///
/// ## Creating twice costs twice
///
/// There is no idempotency key. A create request whose answer was lost (a reset, a timeout, a 5xx status) may have been carried out, and sending it again starts and bills a second run. Look through the recent predictions before trying again. Only a connection that was never made and a complete `429` are safe to repeat. Reading and canceling are safe at any time.
///
/// ## Rate limits
///
/// An account may create 600 predictions a minute and make 3000 other requests a minute. Without a payment method, six predictions a minute are allowed. Responses tell what is left in `ratelimit-remaining` and `ratelimit-reset` (seconds).
///
/// A request beyond the limit is not carried out and is answered with `429`. The time to wait stands, in seconds, in the `Retry-After` header, in `retry_after` of the body, or only in the words of `detail`.
///
/// ## Lists
///
/// A list comes in pages: `results` holds the items, `next` and `previous` the addresses of the neighbouring pages, `null` at the ends. Their `cursor` is opaque. Take the cursor rather than following the address blindly, since the token travels with the request.
///
/// ## Errors
///
/// Most error bodies are `application/problem+json` with `title`, `detail` and `status`; some hold `detail` alone, and a proxy on the way may answer in HTML.
///
/// | Status | Meaning | What to do |
/// |---|---|---|
/// | `400` | malformed request | correct it |
/// | `401` | token missing, malformed or revoked | use a valid token |
/// | `402` | the account has no payment method or no credit left | set up billing at <https://replicate.com/account/billing> |
/// | `403` | the account may not do this | use the owner's token |
/// | `404` | no such thing, or not visible to this token | check owner, name and id |
/// | `413` | an upload of more than 100 MiB | send a smaller file, or host it elsewhere |
/// | `422` | the input breaks the model's schema (`invalid_fields` names the fields), or the version cannot be used | correct the input or the version |
/// | `429` | rate limit reached | wait as told, then repeat |
/// | 5xx | a fault on the server's side | repeat reads after a pause; for creates, see above |
///
/// ## Reading responses
///
/// Fields may be absent or `null` while there is nothing to tell, and fields not listed here may appear. Enumerations may grow: treat a status that is not known as not terminal. Times are RFC 3339 in UTC with three to nine digits of fractional seconds; they are stamped by different machines, so that differences between them can come out slightly negative.
///
/// # Operations
///
/// - predictions: [`predictions_create`](Self::predictions_create), [`predictions_get`](Self::predictions_get), [`predictions_list`](Self::predictions_list), [`predictions_cancel`](Self::predictions_cancel)
/// - models: [`models_create`](Self::models_create), [`models_get`](Self::models_get), [`models_list`](Self::models_list), [`models_search`](Self::models_search), [`models_update`](Self::models_update), [`models_delete`](Self::models_delete), [`models_examples_list`](Self::models_examples_list), [`models_predictions_create`](Self::models_predictions_create), [`models_readme_get`](Self::models_readme_get), [`models_versions_get`](Self::models_versions_get), [`models_versions_list`](Self::models_versions_list), [`models_versions_delete`](Self::models_versions_delete)
/// - trainings: [`trainings_create`](Self::trainings_create), [`trainings_get`](Self::trainings_get), [`trainings_list`](Self::trainings_list), [`trainings_cancel`](Self::trainings_cancel)
/// - deployments: [`deployments_create`](Self::deployments_create), [`deployments_get`](Self::deployments_get), [`deployments_list`](Self::deployments_list), [`deployments_update`](Self::deployments_update), [`deployments_delete`](Self::deployments_delete), [`deployments_predictions_create`](Self::deployments_predictions_create)
/// - collections: [`collections_get`](Self::collections_get), [`collections_list`](Self::collections_list)
/// - search: [`search`](Self::search)
/// - files: [`files_create`](Self::files_create), [`files_get`](Self::files_get), [`files_list`](Self::files_list), [`files_delete`](Self::files_delete), [`files_download`](Self::files_download)
/// - hardware: [`hardware_list`](Self::hardware_list)
/// - account: [`account_get`](Self::account_get)
/// - webhooks: [`webhooks_default_secret_get`](Self::webhooks_default_secret_get)
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) transport: crate::Transport,
}
/// # Predictions
impl Client {
    /// Run a version of a model.
    ///
    /// Creates a prediction: one run of a model on one input. Any model that the token can see is run by its version. Official models can be named by `owner/name` alone; for a deployment, use `deployments.predictions.create`.
    ///
    /// The prediction normally comes back as `starting`, before there is output. Send `Prefer: wait` to have the request held open, or learn of the result by `predictions.get`, by the stream in `urls.stream`, or by a webhook. Even after a wait the status can be `starting` or `processing`: read on until it is terminal.
    ///
    /// **Sending this again creates and bills a second prediction.** There is no idempotency key. After a lost answer, look through `predictions.list` first. For a public model the time in which it works is billed; for a private one, setup and idle time of its instances too.
    ///
    /// Input, output and logs are removed after one hour, output files included: copy them before.
    ///
    /// Errors: `401` (no token, or not a valid one), `402` (no credit or no payment method), `422` (the input breaks the model's schema, as `invalid_fields` says, or there is no such version for this token), `429` (over 600 predictions a minute, or six without a payment method).
    ///
    /// Sends `POST /predictions`; see [`predictions.create`](https://replicate.com/docs/reference/http#predictions.create).
    ///
    /// Required: `body.input`, `body.version`.
    ///
    /// Documented responses: `201 Prediction`, `202 Prediction`.
    pub fn predictions_create(&self) -> builder::PredictionsCreate {
        builder::PredictionsCreate::new(&self.transport)
    }
    /// Get a prediction.
    ///
    /// Returns a prediction as it stands now. To wait for its end, ask again every half second or so until `status` is `succeeded`, `failed`, `canceled` or `aborted`. Each request counts towards the limit of 3000 a minute.
    ///
    /// `output` is absent or `null` while there is none. Models that give their output in pieces show what they have so far while still `processing`.
    ///
    /// **One hour after the end, the data of a prediction made through the API is removed**: input, output, logs and output files. The prediction itself can still be read; `data_removed` is then true and `output` is `null`, which does not mean that there was no output.
    ///
    /// Reading is free and can be repeated.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such prediction, or that of another account), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /predictions/{prediction_id}`; see [`predictions.get`](https://replicate.com/docs/reference/http#predictions.get).
    ///
    /// Required: `prediction_id`.
    ///
    /// Documented responses: `200 Prediction`.
    pub fn predictions_get(&self) -> builder::PredictionsGet {
        builder::PredictionsGet::new(&self.transport)
    }
    /// List the account's predictions.
    ///
    /// Returns a page of up to 100 predictions of the token's account, newest first, made through the API or on the website. Narrow it by time with `created_after` and `created_before`.
    ///
    /// This is where to look for a prediction whose create request got no answer. Predictions made through the API stay listed after their data has been removed, then without input, output and logs.
    ///
    /// Errors: `401` (no token, or not a valid one), `400` or `422` (a filter that cannot be read), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /predictions`; see [`predictions.list`](https://replicate.com/docs/reference/http#predictions.list).
    ///
    /// Documented responses: `200 PredictionPage`.
    pub fn predictions_list(&self) -> builder::PredictionsList {
        builder::PredictionsList::new(&self.transport)
    }
    /// Cancel a prediction.
    ///
    /// Asks for a prediction to be stopped. One that is queued or running ends as `canceled`; one that has already ended keeps the state in which it ended. Look at `status` in the answer, and read on with `predictions.get` if it is not terminal yet.
    ///
    /// Canceling stops further cost. Time already worked can still be billed.
    ///
    /// Repeating it is safe. To have a prediction stopped even if the caller is gone, create it with `Cancel-After`.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such prediction, or that of another account), `429` (over 3000 requests a minute).
    ///
    /// Sends `POST /predictions/{prediction_id}/cancel`; see [`predictions.cancel`](https://replicate.com/docs/reference/http#predictions.cancel).
    ///
    /// Required: `prediction_id`.
    ///
    /// Documented responses: `200 Prediction`.
    pub fn predictions_cancel(&self) -> builder::PredictionsCancel {
        builder::PredictionsCancel::new(&self.transport)
    }
}
/// # Models
impl Client {
    /// Create a model.
    ///
    /// Makes an empty model: a name for versions to be pushed to. It cannot run until it has one, pushed with [Cog](https://cog.run) or made by a training that names it as its `destination`. Until then `latest_version` is `null`.
    ///
    /// Making a model costs nothing; running it does, at the price of its `hardware`. A private model's instances are billed for setup and idle time as well as for the work.
    ///
    /// An account can have 1,000 models. Push new versions to one model instead of making a model for every change.
    ///
    /// The request is not idempotent. The name must be new within its owner, so after a lost answer look for it with `models.get`.
    ///
    /// Errors: `401` (no token, or not a valid one), `402` (billing is not set up), `403` (the token does not belong to `owner`), `422` (a name already taken or not allowed, or unknown hardware), `429` (over 3000 requests a minute).
    ///
    /// Sends `POST /models`; see [`models.create`](https://replicate.com/docs/reference/http#models.create).
    ///
    /// Required: `body.hardware`, `body.name`, `body.owner`, `body.visibility`.
    ///
    /// Documented responses: `201 Model`.
    pub fn models_create(&self) -> builder::ModelsCreate {
        builder::ModelsCreate::new(&self.transport)
    }
    /// Get a model.
    ///
    /// Returns one model: what it is about, how often it was run, an example, and its newest version. The version's `openapi_schema` tells what input the model takes and what output it gives, under `components.schemas.Input` and `components.schemas.Output`.
    ///
    /// The schema of one version can run to tens of kilobytes; keep it rather than asking before every prediction.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such model, or it is private and not visible to this token), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /models/{model_owner}/{model_name}`; see [`models.get`](https://replicate.com/docs/reference/http#models.get).
    ///
    /// Required: `model_owner`, `model_name`.
    ///
    /// Documented responses: `200 Model`.
    pub fn models_get(&self) -> builder::ModelsGet {
        builder::ModelsGet::new(&self.transport)
    }
    /// List public models.
    ///
    /// Returns a page of the public models, those with the newest versions first unless told otherwise. There are thousands: to find a model for a purpose, `models.search`, `search` and `collections.list` are quicker.
    ///
    /// The list changes while it is read, so a model can turn up twice or be missed between pages.
    ///
    /// Errors: `401` (no token, or not a valid one), `400` or `422` (an unknown sort key or direction), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /models`; see [`models.list`](https://replicate.com/docs/reference/http#models.list).
    ///
    /// Documented responses: `200 ModelPage`.
    pub fn models_list(&self) -> builder::ModelsList {
        builder::ModelsList::new(&self.transport)
    }
    /// Search public models by words.
    ///
    /// Returns a page of the public models that match the words in the body.
    ///
    /// The request is unusual in two ways. Its method is `QUERY`, which is safe like `GET` but carries a body, and which some proxies and tools do not pass on. Its body is the bare text, sent as `text/plain`: no JSON and no quotation marks, which would be searched for as well.
    ///
    /// For relevance scores, and for collections and documentation in the same answer, see `search`.
    ///
    /// Errors: `401` (no token, or not a valid one), `429` (over 3000 requests a minute).
    ///
    /// Sends `QUERY /models`; see [`models.search`](https://replicate.com/docs/reference/http#models.search).
    ///
    /// Required: `body`.
    ///
    /// Documented responses: `200 ModelPage`.
    pub fn models_search(&self) -> builder::ModelsSearch {
        builder::ModelsSearch::new(&self.transport)
    }
    /// Change what is shown about a model.
    ///
    /// Changes a model's description, README or links. Fields that are left out stay as they are; name, owner, visibility and hardware cannot be changed here. No version is touched, so predictions are not affected.
    ///
    /// Setting the same values again does no harm.
    ///
    /// Errors: `401` (no token, or not a valid one), `403` (not the owner's token), `404` (no such model), `422` (a value that cannot be used), `429` (over 3000 requests a minute).
    ///
    /// Sends `PATCH /models/{model_owner}/{model_name}`; see [`models.update`](https://replicate.com/docs/reference/http#models.update).
    ///
    /// Required: `model_owner`, `model_name`.
    ///
    /// Documented responses: `200 Model`.
    pub fn models_update(&self) -> builder::ModelsUpdate {
        builder::ModelsUpdate::new(&self.transport)
    }
    /// Delete a model.
    ///
    /// Removes a model for good. Three things must hold: the token's account owns the model, the model is private, and it has no versions left. Delete those first with `models.versions.delete`, and allow for the minutes that takes.
    ///
    /// Repeating it is safe: `404` after a lost answer means that the model is gone.
    ///
    /// Errors: `401` (no token, or not a valid one), `403` (not the owner's token), `404` (no such model), another 4xx (it is public or still has versions: `detail` says which), `429` (over 3000 requests a minute).
    ///
    /// Sends `DELETE /models/{model_owner}/{model_name}`; see [`models.delete`](https://replicate.com/docs/reference/http#models.delete).
    ///
    /// Required: `model_owner`, `model_name`.
    ///
    /// Documented responses: `204`.
    pub fn models_delete(&self) -> builder::ModelsDelete {
        builder::ModelsDelete::new(&self.transport)
    }
    /// List a model's examples.
    ///
    /// Returns a page of the predictions that the model's author has kept to show what it can do, with their inputs and outputs. Unlike other predictions, they are not removed after an hour. They make good templates for an input.
    ///
    /// The first choice among them is `default_example` of `models.get`. A model without examples gives an empty page.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such model, or not visible to this token), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /models/{model_owner}/{model_name}/examples`; see [`models.examples.list`](https://replicate.com/docs/reference/http#models.examples.list).
    ///
    /// Required: `model_owner`, `model_name`.
    ///
    /// Documented responses: `200 PredictionPage`.
    pub fn models_examples_list(&self) -> builder::ModelsExamplesList {
        builder::ModelsExamplesList::new(&self.transport)
    }
    /// Run an official model.
    ///
    /// Creates a prediction on a model that is addressed by name alone. This works for official models: those that Replicate keeps running, with a stable interface and a price per image, token or second of output. Any other model answers `404` here, and nothing has been created; run it by a version with `predictions.create`.
    ///
    /// The prediction normally comes back as `starting`, before there is output. Send `Prefer: wait` to have the request held open, or learn of the result by `predictions.get`, by the stream in `urls.stream`, or by a webhook. Even after a wait the status can be `starting` or `processing`: read on until it is terminal.
    ///
    /// **Sending this again creates and bills a second prediction.** After a lost answer, look through `predictions.list` first.
    ///
    /// Errors: `401` (no token, or not a valid one), `402` (no credit or no payment method), `404` (no such model, or not an official one), `422` (the input breaks the model's schema: see `invalid_fields`), `429` (over 600 predictions a minute, or six without a payment method).
    ///
    /// Sends `POST /models/{model_owner}/{model_name}/predictions`; see [`models.predictions.create`](https://replicate.com/docs/reference/http#models.predictions.create).
    ///
    /// Required: `model_owner`, `model_name`, `body.input`.
    ///
    /// Documented responses: `201 Prediction`, `202 Prediction`.
    pub fn models_predictions_create(&self) -> builder::ModelsPredictionsCreate {
        builder::ModelsPredictionsCreate::new(&self.transport)
    }
    /// Get a model's README.
    ///
    /// Returns the README of a model as Markdown source, not as JSON. It is written by the model's author: clean it before showing it as HTML.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (the model has no README, or there is no such model), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /models/{model_owner}/{model_name}/readme`; see [`models.readme.get`](https://replicate.com/docs/reference/http#models.readme.get).
    ///
    /// Required: `model_owner`, `model_name`.
    ///
    /// Documented responses: `200 text/plain`, `404`.
    pub fn models_readme_get(&self) -> builder::ModelsReadmeGet {
        builder::ModelsReadmeGet::new(&self.transport)
    }
    /// Get a version of a model.
    ///
    /// Returns one version: when it was made, with which Cog, and the schema of its input and output. Versions never change, so the answer can be kept for as long as the version exists.
    ///
    /// In `openapi_schema`, `components.schemas.Input` lists the input's fields with type, default, bounds and an `x-order` for display, and `components.schemas.Output` describes the output. There, a string of `format: uri` is a file, and `x-cog-array-type: iterator` marks an output that grows piece by piece and can be streamed.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such model or version, or not visible to this token), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /models/{model_owner}/{model_name}/versions/{version_id}`; see [`models.versions.get`](https://replicate.com/docs/reference/http#models.versions.get).
    ///
    /// Required: `model_owner`, `model_name`, `version_id`.
    ///
    /// Documented responses: `200 Version`.
    pub fn models_versions_get(&self) -> builder::ModelsVersionsGet {
        builder::ModelsVersionsGet::new(&self.transport)
    }
    /// List a model's versions.
    ///
    /// Returns a page of a model's versions, newest first, each with its schema. The first one is the `latest_version` of `models.get`.
    ///
    /// An official model can be run by name alone and may show no versions.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such model, or not visible to this token), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /models/{model_owner}/{model_name}/versions`; see [`models.versions.list`](https://replicate.com/docs/reference/http#models.versions.list).
    ///
    /// Required: `model_owner`, `model_name`.
    ///
    /// Documented responses: `200 VersionPage`.
    pub fn models_versions_list(&self) -> builder::ModelsVersionsList {
        builder::ModelsVersionsList::new(&self.transport)
    }
    /// Delete a version of a model.
    ///
    /// Asks for a version to be deleted, **together with every prediction made with it and their output files**. The answer only says that the request was taken; the work follows within minutes, and cannot be undone.
    ///
    /// A version can go only if all of this holds:
    ///
    /// - the token's account owns the model, and the model is private;
    /// - nobody else has run the version;
    /// - no training has it as its base;
    /// - no deployment runs it;
    /// - no other version is set to be served by it.
    ///
    /// Repeating it is safe.
    ///
    /// Errors: `401` (no token, or not a valid one), `403` (not the owner's token), `404` (no such version, or already gone), another 4xx (one of the conditions does not hold: `detail` says which), `429` (over 3000 requests a minute).
    ///
    /// Sends `DELETE /models/{model_owner}/{model_name}/versions/{version_id}`; see [`models.versions.delete`](https://replicate.com/docs/reference/http#models.versions.delete).
    ///
    /// Required: `model_owner`, `model_name`, `version_id`.
    ///
    /// Documented responses: `202`.
    pub fn models_versions_delete(&self) -> builder::ModelsVersionsDelete {
        builder::ModelsVersionsDelete::new(&self.transport)
    }
}
/// # Trainings
impl Client {
    /// Start a training.
    ///
    /// Trains a model further on data of the caller's: runs the training code of one of its versions and pushes the result as a new version of the model named in `destination`, which must exist already. Only versions that come with training code can be trained.
    ///
    /// It takes minutes to hours. Learn of the end by `trainings.get` or by a webhook; `Prefer` and `Cancel-After` do not exist here.
    ///
    /// **Sending this again starts and bills a second training.** Training is billed by the second of its hardware. After a lost answer, look through `trainings.list` first.
    ///
    /// Errors: `401` (no token, or not a valid one), `402` (no credit or no payment method), `404` (no such model or version), `422` (the input breaks the training's schema, the destination does not exist or belongs to somebody else, or the version cannot be trained), `429` (over 3000 requests a minute).
    ///
    /// Sends `POST /models/{model_owner}/{model_name}/versions/{version_id}/trainings`; see [`trainings.create`](https://replicate.com/docs/reference/http#trainings.create).
    ///
    /// Required: `model_owner`, `model_name`, `version_id`, `body.destination`, `body.input`.
    ///
    /// Documented responses: `201 Training`.
    pub fn trainings_create(&self) -> builder::TrainingsCreate {
        builder::TrainingsCreate::new(&self.transport)
    }
    /// Get a training.
    ///
    /// Returns a training as it stands now. Ask again every few seconds until `status` is `succeeded`, `failed`, `canceled` or `aborted`. After success, `output.version` names the version that was made.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such training, or that of another account), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /trainings/{training_id}`; see [`trainings.get`](https://replicate.com/docs/reference/http#trainings.get).
    ///
    /// Required: `training_id`.
    ///
    /// Documented responses: `200 Training`.
    pub fn trainings_get(&self) -> builder::TrainingsGet {
        builder::TrainingsGet::new(&self.transport)
    }
    /// List the account's trainings.
    ///
    /// Returns a page of up to 100 trainings of the token's account, newest first, made through the API or on the website.
    ///
    /// Errors: `401` (no token, or not a valid one), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /trainings`; see [`trainings.list`](https://replicate.com/docs/reference/http#trainings.list).
    ///
    /// Documented responses: `200 TrainingPage`.
    pub fn trainings_list(&self) -> builder::TrainingsList {
        builder::TrainingsList::new(&self.transport)
    }
    /// Cancel a training.
    ///
    /// Asks for a training to be stopped. No version is made, and what was learned so far is lost. A training that has already ended keeps the state in which it ended, so look at `status` in the answer.
    ///
    /// Canceling stops further cost. Time already worked can still be billed. Repeating it is safe.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such training, or that of another account), `429` (over 3000 requests a minute).
    ///
    /// Sends `POST /trainings/{training_id}/cancel`; see [`trainings.cancel`](https://replicate.com/docs/reference/http#trainings.cancel).
    ///
    /// Required: `training_id`.
    ///
    /// Documented responses: `200 Training`.
    pub fn trainings_cancel(&self) -> builder::TrainingsCancel {
        builder::TrainingsCancel::new(&self.transport)
    }
}
/// # Deployments
impl Client {
    /// Create a deployment.
    ///
    /// Gives one version of a model an address and hardware of its own, so that it scales between the limits set here and shares no queue with other accounts. The deployment belongs to the token's account, and its name must be new there.
    ///
    /// **This can cost money without a single prediction.** Instances are billed for all the time that they are up: setting up, working and idle. With `min_instances` above 0 that never stops; with 0 the deployment scales down to nothing when idle, and the first prediction after that waits for a cold start.
    ///
    /// The request is not idempotent. If its answer was lost, look for the name with `deployments.get` before sending it again.
    ///
    /// Errors: `401` (no token, or not a valid one), `402` (billing is not set up), `422` (a field is missing or out of range, or the model, version or hardware does not exist), `429` (over 3000 requests a minute).
    ///
    /// Sends `POST /deployments`; see [`deployments.create`](https://replicate.com/docs/reference/http#deployments.create).
    ///
    /// Required: `body.hardware`, `body.max_instances`, `body.min_instances`, `body.model`, `body.name`, `body.version`.
    ///
    /// Documented responses: `200 Deployment`.
    pub fn deployments_create(&self) -> builder::DeploymentsCreate {
        builder::DeploymentsCreate::new(&self.transport)
    }
    /// Get a deployment.
    ///
    /// Returns one deployment with its current release: the version that it runs, the hardware and the limits of its scaling.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such deployment, or not visible to this token), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /deployments/{deployment_owner}/{deployment_name}`; see [`deployments.get`](https://replicate.com/docs/reference/http#deployments.get).
    ///
    /// Required: `deployment_owner`, `deployment_name`.
    ///
    /// Documented responses: `200 Deployment`.
    pub fn deployments_get(&self) -> builder::DeploymentsGet {
        builder::DeploymentsGet::new(&self.transport)
    }
    /// List the account's deployments.
    ///
    /// Returns a page of the deployments of the token's account, newest first, each with its current release.
    ///
    /// Errors: `401` (no token, or not a valid one), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /deployments`; see [`deployments.list`](https://replicate.com/docs/reference/http#deployments.list).
    ///
    /// Documented responses: `200 DeploymentPage`.
    pub fn deployments_list(&self) -> builder::DeploymentsList {
        builder::DeploymentsList::new(&self.transport)
    }
    /// Change a deployment.
    ///
    /// Changes the version, the hardware or the scaling limits. Fields that are left out stay as they are.
    ///
    /// Each change makes a new release: `current_release.number` goes up by one and the instances are brought to the new settings. The name and the model are fixed. Raising `min_instances` raises the bill from then on, used or not.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such deployment), `422` (a value out of range, or no such version or hardware), `429` (over 3000 requests a minute).
    ///
    /// Sends `PATCH /deployments/{deployment_owner}/{deployment_name}`; see [`deployments.update`](https://replicate.com/docs/reference/http#deployments.update).
    ///
    /// Required: `deployment_owner`, `deployment_name`.
    ///
    /// Documented responses: `200 Deployment`.
    pub fn deployments_update(&self) -> builder::DeploymentsUpdate {
        builder::DeploymentsUpdate::new(&self.transport)
    }
    /// Delete a deployment.
    ///
    /// Removes a deployment for good.
    ///
    /// Only a deployment that has been offline and unused for 15 minutes or more can go: set `min_instances` to 0 and let it scale down first. Until then the request is refused.
    ///
    /// Repeating it is safe: `404` after a lost answer means that the deployment is gone.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such deployment), `429` (over 3000 requests a minute).
    ///
    /// Sends `DELETE /deployments/{deployment_owner}/{deployment_name}`; see [`deployments.delete`](https://replicate.com/docs/reference/http#deployments.delete).
    ///
    /// Required: `deployment_owner`, `deployment_name`.
    ///
    /// Documented responses: `204`.
    pub fn deployments_delete(&self) -> builder::DeploymentsDelete {
        builder::DeploymentsDelete::new(&self.transport)
    }
    /// Run a deployment.
    ///
    /// Creates a prediction on a deployment's own instances, with the version of its current release. The body names no version.
    ///
    /// The prediction normally comes back as `starting`, before there is output. Send `Prefer: wait` to have the request held open, or learn of the result by `predictions.get`, by the stream in `urls.stream`, or by a webhook. Even after a wait the status can be `starting` or `processing`: read on until it is terminal.
    ///
    /// **Sending this again creates and bills a second prediction.** After a lost answer, look through `predictions.list` first. If the deployment has scaled down to nothing, the prediction waits for an instance, and the time in which that instance starts and idles is billed as well.
    ///
    /// Errors: `401` (no token, or not a valid one), `402` (no credit or no payment method), `404` (no such deployment), `422` (the input breaks the model's schema: see `invalid_fields`), `429` (over 600 predictions a minute, or six without a payment method).
    ///
    /// Sends `POST /deployments/{deployment_owner}/{deployment_name}/predictions`; see [`deployments.predictions.create`](https://replicate.com/docs/reference/http#deployments.predictions.create).
    ///
    /// Required: `deployment_owner`, `deployment_name`, `body.input`.
    ///
    /// Documented responses: `201 Prediction`, `202 Prediction`.
    pub fn deployments_predictions_create(
        &self,
    ) -> builder::DeploymentsPredictionsCreate {
        builder::DeploymentsPredictionsCreate::new(&self.transport)
    }
}
/// # Collections
impl Client {
    /// Get a collection with its models.
    ///
    /// Returns one collection, with all of its models in full. The models are not paged, so the response can be large.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no collection has this slug), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /collections/{collection_slug}`; see [`collections.get`](https://replicate.com/docs/reference/http#collections.get).
    ///
    /// Required: `collection_slug`.
    ///
    /// Documented responses: `200 Collection`.
    pub fn collections_get(&self) -> builder::CollectionsGet {
        builder::CollectionsGet::new(&self.transport)
    }
    /// List the curated collections.
    ///
    /// Returns a page of the collections: groups of models for one purpose, such as making speech from text, put together by Replicate. Each entry has a name, a slug and a short description; `collections.get` gives the models.
    ///
    /// Follow `next` until it is `null` to see them all.
    ///
    /// Errors: `401` (no token, or not a valid one), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /collections`; see [`collections.list`](https://replicate.com/docs/reference/http#collections.list).
    ///
    /// Documented responses: `200 CollectionPage`.
    pub fn collections_list(&self) -> builder::CollectionsList {
        builder::CollectionsList::new(&self.transport)
    }
}
/// # Search
impl Client {
    /// Search models, collections and documentation.
    ///
    /// Looks through public models, collections and documentation pages at once and returns the best matches of each, without further pages. Models come with their full data, a relevance score, tags and a generated description, from which a program can choose.
    ///
    /// This is the one operation that wants no token. It is a beta: its form may change. For a plain list of all matches in pages, use `models.search`.
    ///
    /// Errors: `400` (no query, or a `limit` out of range), `429` (rate limit reached), `500` (the search service failed; try again).
    ///
    /// Sends `GET /search`; see [`search`](https://replicate.com/docs/reference/http#search).
    ///
    /// Required: `query`.
    ///
    /// Documented responses: `200 SearchResults`, `400`, `500`.
    pub fn search(&self) -> builder::Search {
        builder::Search::new(&self.transport)
    }
}
/// # Files
impl Client {
    /// Upload a file.
    ///
    /// Stores a file of up to 100 MiB, to be handed to models: put its `urls.get` into a prediction's input. For content of up to 256 KiB a `data:` address in the input is simpler and needs no upload.
    ///
    /// Uploads are kept for a limited time. `expires_at` says until when, commonly 24 hours after the upload.
    ///
    /// The body is multipart: the part `content` with the bytes, its media type and a `filename`, and if wanted a part `metadata` of type `application/json`. Not idempotent: each upload makes a new file with a new id, even for the same bytes.
    ///
    /// Errors: `401` (no token, or not a valid one), `413` (over 100 MiB), `422` (no `content`, or a name or metadata that cannot be used), `429` (over 3000 requests a minute).
    ///
    /// Sends `POST /files`; see [`files.create`](https://replicate.com/docs/reference/http#files.create).
    ///
    /// Required: `body`.
    ///
    /// Documented responses: `201 File`, `413`.
    pub fn files_create(&self) -> builder::FilesCreate {
        builder::FilesCreate::new(&self.transport)
    }
    /// Get what is known about a file.
    ///
    /// Returns name, size, type, checksums, metadata and expiry of an uploaded file, not its bytes.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such file, or it has expired), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /files/{file_id}`; see [`files.get`](https://replicate.com/docs/reference/http#files.get).
    ///
    /// Required: `file_id`.
    ///
    /// Documented responses: `200 File`, `404`.
    pub fn files_get(&self) -> builder::FilesGet {
        builder::FilesGet::new(&self.transport)
    }
    /// List the account's uploaded files.
    ///
    /// Returns a page of the files that the token's account has uploaded, newest first. The outputs of predictions are not among them.
    ///
    /// Errors: `401` (no token, or not a valid one), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /files`; see [`files.list`](https://replicate.com/docs/reference/http#files.list).
    ///
    /// Documented responses: `200 FilePage`.
    pub fn files_list(&self) -> builder::FilesList {
        builder::FilesList::new(&self.transport)
    }
    /// Delete a file.
    ///
    /// Deletes an uploaded file at once and for good. Its addresses stop working, for predictions that have yet to fetch it too.
    ///
    /// Repeating it is safe: `404` after a lost answer means that the file is gone.
    ///
    /// Errors: `401` (no token, or not a valid one), `404` (no such file, or it has expired), `429` (over 3000 requests a minute).
    ///
    /// Sends `DELETE /files/{file_id}`; see [`files.delete`](https://replicate.com/docs/reference/http#files.delete).
    ///
    /// Required: `file_id`.
    ///
    /// Documented responses: `204`, `404`.
    pub fn files_delete(&self) -> builder::FilesDelete {
        builder::FilesDelete::new(&self.transport)
    }
    /// Download a file through a signed address.
    ///
    /// Returns the bytes of an uploaded file to whoever holds a signed address. All three query parameters are needed, and they belong together: changing one breaks the signature.
    ///
    /// The address itself is the permission until it expires, so treat it as a secret. The key behind the signature is not given out by any operation of this interface.
    ///
    /// The body can be as large as an upload, 100 MiB. Stream it to where it is to go.
    ///
    /// Errors: `404` (no such file, or the address has expired or was signed otherwise), `429` (rate limit reached).
    ///
    /// Sends `GET /files/{file_id}/download`; see [`files.download`](https://replicate.com/docs/reference/http#files.download).
    ///
    /// Required: `file_id`, `owner`, `expiry`, `signature`.
    ///
    /// Documented responses: `200 application/octet-stream`, `404`.
    pub fn files_download(&self) -> builder::FilesDownload {
        builder::FilesDownload::new(&self.transport)
    }
}
/// # Hardware
impl Client {
    /// List the hardware that models can run on.
    ///
    /// Returns every kind of hardware to choose from for a model or a deployment, as a plain array: this list has no pages. Prices are not included; they are at <https://replicate.com/pricing>.
    ///
    /// Errors: `401` (no token, or not a valid one), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /hardware`; see [`hardware.list`](https://replicate.com/docs/reference/http#hardware.list).
    ///
    /// Documented responses: `200 [Hardware]`.
    pub fn hardware_list(&self) -> builder::HardwareList {
        builder::HardwareList::new(&self.transport)
    }
}
/// # Account
impl Client {
    /// Who the token belongs to.
    ///
    /// Returns the user or organization that the API token acts, and pays, for. It costs nothing and changes nothing, which makes it the simplest test of a token.
    ///
    /// Errors: `401` (no token, or not a valid one), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /account`; see [`account.get`](https://replicate.com/docs/reference/http#account.get).
    ///
    /// Documented responses: `200 Account`.
    pub fn account_get(&self) -> builder::AccountGet {
        builder::AccountGet::new(&self.transport)
    }
}
/// # Webhooks
impl Client {
    /// Get the secret that webhooks are signed with.
    ///
    /// Returns the key with which Replicate signs the webhooks of the token's account. Fetch it once and keep it like a password: whoever has it can forge reports.
    ///
    /// To check a report, take the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` and the raw body. Join id, timestamp and body with full stops, compute the HMAC-SHA256 with the key (the part after `whsec_`, decoded from Base64), and compare the Base64 of the result, in constant time, with each `v1,` entry of the signature header, which are separated by spaces. One match is enough. Refuse reports whose timestamp, in seconds since the Unix epoch, is more than five minutes away from now.
    ///
    /// Errors: `401` (no token, or not a valid one), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /webhooks/default/secret`; see [`webhooks.default.secret.get`](https://replicate.com/docs/reference/http#webhooks.default.secret.get).
    ///
    /// Documented responses: `200 WebhookSecret`.
    pub fn webhooks_default_secret_get(&self) -> builder::WebhooksDefaultSecretGet {
        builder::WebhooksDefaultSecretGet::new(&self.transport)
    }
}
/// Types of requests and responses.
pub mod types {
    /// A user or organization on Replicate. Only `type` and `username` are always there.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Account {
        /// Address of the account's picture. Absent if there is none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub avatar_url: ::std::option::Option<::std::string::String>,
        /// Address of the account's page on GitHub. Absent if none is linked.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub github_url: ::std::option::Option<::std::string::String>,
        /// Name for display, such as a person's full name. Absent if it was never set; identify accounts by `username`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        /// Whether the account is that of a person (`user`) or of a team (`organization`).
        #[serde(rename = "type", skip_serializing_if = "::std::option::Option::is_none")]
        pub type_: ::std::option::Option<AccountType>,
        /// Unique name of the account. This is the owner in `owner/name` of its models and deployments.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub username: ::std::string::String,
    }
    /// A curated group of models that serve one purpose, with the models themselves.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Collection {
        /// What the models of the collection do, in a sentence or two.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub description: ::std::string::String,
        /// A longer introduction in Markdown, as shown on the collection's page. It can be absent or `null`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub full_description: ::std::option::Option<::std::string::String>,
        /// Every model of the collection.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub models: ::std::vec::Vec<Model>,
        /// Title for display, such as “Text to speech”.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub name: ::std::string::String,
        /// Identifier used in addresses, such as `text-to-speech`.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub slug: ::std::string::String,
    }
    /// A collection as it stands in a list: what it is about, without its models.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct CollectionListItem {
        /// What the models of the collection do, in a sentence or two.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub description: ::std::string::String,
        /// Title for display, such as “Text to speech”.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub name: ::std::string::String,
        /// Identifier used in addresses, such as `text-to-speech`. Pass it to `collections.get`.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub slug: ::std::string::String,
    }
    /// One page of a list of collections.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct CollectionPage {
        /// Address of the page that follows, `null` on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// Address of the page before this one, `null` on the first.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous: ::std::option::Option<::std::string::String>,
        /// The collections of this page.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub results: ::std::vec::Vec<CollectionListItem>,
    }
    /// A version of a model running on hardware reserved for one account.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Deployment {
        /// The settings in force. Every update makes a new release.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub current_release: ::std::option::Option<DeploymentRelease>,
        /// Name of the deployment, unique within its owner.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub name: ::std::string::String,
        /// User or organization that the deployment belongs to, and that pays for it.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub owner: ::std::string::String,
    }
    /// Hardware and scaling limits of the release.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct DeploymentConfiguration {
        /// SKU of the hardware of each instance, such as `gpu-t4`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub hardware: ::std::option::Option<::std::string::String>,
        /// Most instances that run at once.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max_instances: ::std::option::Option<i64>,
        /// Instances that are kept up, and billed, without load. 0 means that the deployment may be off.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min_instances: ::std::option::Option<i64>,
    }
    /// The settings of a new deployment.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct DeploymentCreateRequest {
        /// SKU of the hardware for every instance, such as `gpu-t4`. `hardware.list` names them; each has its own price per second.
        pub hardware: ::std::string::String,
        /// Most instances to run at once under load, from 0 to 20. This bounds what the deployment can cost.
        pub max_instances: i64,
        /// Instances to keep up at all times, from 0 to 5, billed even while idle. 0 allows scaling down to nothing.
        pub min_instances: i64,
        /// The model to run, written `owner/name`.
        pub model: ::std::string::String,
        /// Name of the new deployment, unique within its owner. It becomes part of the address and cannot be changed by an update.
        pub name: ::std::string::String,
        /// Id of the model's version to run, 64 hexadecimal digits. New versions of the model are not taken up by themselves; see `deployments.update`.
        pub version: ::std::string::String,
    }
    /// One page of a list of deployments.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct DeploymentPage {
        /// Address of the page that follows, `null` on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// Address of the page before this one, `null` on the first.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous: ::std::option::Option<::std::string::String>,
        /// The deployments of this page, newest first.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub results: ::std::vec::Vec<Deployment>,
    }
    /// The settings in force. Every update makes a new release.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct DeploymentRelease {
        /// Hardware and scaling limits of the release.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub configuration: ::std::option::Option<DeploymentConfiguration>,
        /// When the release was made: at creation or at the latest update.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub created_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// The account that made the release.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_by: ::std::option::Option<Account>,
        /// The deployed model, written `owner/name`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<::std::string::String>,
        /// Counts the releases of the deployment, from 1.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub number: ::std::option::Option<i64>,
        /// Id of the version of the model that runs.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub version: ::std::option::Option<::std::string::String>,
    }
    /// Changes to a deployment. What is absent stays unchanged.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct DeploymentUpdateRequest {
        /// SKU of the hardware to move to, as named by `hardware.list`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub hardware: ::std::option::Option<::std::string::String>,
        /// New upper limit of scaling, from 0 to 20 instances.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max_instances: ::std::option::Option<i64>,
        /// New lower limit of scaling, from 0 to 5 instances. They are billed while idle too.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min_instances: ::std::option::Option<i64>,
        /// Id of the version to switch to. It must be a version of the deployment's model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub version: ::std::option::Option<::std::string::String>,
    }
    /// An uploaded file: everything about it but its bytes.
    ///
    /// Responses also carry fields beyond those listed, such as `name` and `etag`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct File {
        /// Digests of the bytes, by algorithm. There may be others beside SHA-256, such as `md5`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub checksums: ::std::option::Option<FileChecksums>,
        /// Media type, as it was given at upload.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub content_type: ::std::string::String,
        /// When the upload was complete.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub created_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// The entity tag of the content, its MD5 in hexadecimal.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub etag: ::std::option::Option<::std::string::String>,
        /// When the file is deleted without being asked. After that every request for it meets `404`.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub expires_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Identifier of the file. Its form is not fixed: treat it as opaque.
        pub id: ::std::string::String,
        /// The JSON object given at upload, or an empty one.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::serde_json::Map::is_empty"
        )]
        pub metadata: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        /// The file's name, as it was uploaded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        /// Length in bytes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub size: ::std::option::Option<i64>,
        /// Where the file is found.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub urls: ::std::option::Option<FileUrls>,
    }
    /// Digests of the bytes, by algorithm. There may be others beside SHA-256, such as `md5`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct FileChecksums {
        /// The MD5 of the content, in hexadecimal.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub md5: ::std::option::Option<::std::string::String>,
        /// SHA-256 of the bytes, as 64 hexadecimal digits. Compare it with the local file to know that the upload is whole.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub sha256: ::std::option::Option<::std::string::String>,
    }
    /// One page of a list of files.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct FilePage {
        /// Address of the page that follows, `null` on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// Address of the page before this one, `null` on the first.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous: ::std::option::Option<::std::string::String>,
        /// The files of this page, newest first.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub results: ::std::vec::Vec<File>,
    }
    /// Where the file is found.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct FileUrls {
        /// Address of the file on the API. Use it as the value of a model's file input. Fetching it needs the token and gives the description, not the bytes.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub get: ::std::string::String,
    }
    /// A kind of machine that models run on.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Hardware {
        /// Name for display, such as “Nvidia T4 GPU”.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub name: ::std::string::String,
        /// Identifier to pass as `hardware` when making a model or a deployment, such as `gpu-t4` or `cpu`.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub sku: ::std::string::String,
    }
    /// A model: a name under which versions are published, with what its author says about it.
    ///
    /// Some responses carry fields beyond those listed, such as `created_at` and `weights_url`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Model {
        /// Address of the picture that stands for the model: one chosen by its author, or else one taken from the example or a placeholder. `null` for a model that has none yet.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cover_image_url: ::std::option::Option<::std::string::String>,
        /// When the model was created.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub created_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// A prediction that shows what the model does, or null.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub default_example: ::std::option::Option<Prediction>,
        /// What the model does, in a sentence or two. `null` if its author has not said.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        /// Address of the source code. `null` if not given.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub github_url: ::std::option::Option<::std::string::String>,
        /// Whether this is an official model: kept running by Replicate, with a stable interface and a predictable price, and run by its name without a version. Absent in some responses, which then does not mean no.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub is_official: ::std::option::Option<bool>,
        /// The newest version, with its schema, or null where none was pushed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub latest_version: ::std::option::Option<Version>,
        /// Address of the terms of use. `null` if not given.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub license_url: ::std::option::Option<::std::string::String>,
        /// Name of the model, without its owner.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub name: ::std::string::String,
        /// User or organization that the model belongs to.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub owner: ::std::string::String,
        /// Address of the paper about the model. `null` if not given.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub paper_url: ::std::option::Option<::std::string::String>,
        /// How often the model has been run by everybody, over all versions.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub run_count: ::std::option::Option<i64>,
        /// Address of the model's page on the website.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub url: ::std::string::String,
        /// Who can see and run the model: everybody (`public`), or only its owner (`private`).
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub visibility: ::std::option::Option<Visibility>,
        /// Where the model's weights can be found, if its owner says.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub weights_url: ::std::option::Option<::std::string::String>,
    }
    /// The settings of a new model. Owner, name, visibility and hardware are required.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct ModelCreateRequest {
        /// Address of an image to show for the model. Without one, a picture from its example is shown.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cover_image_url: ::std::option::Option<::std::string::String>,
        /// What the model does, in a sentence or two.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        /// Address of the source code on GitHub.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub github_url: ::std::option::Option<::std::string::String>,
        /// SKU of the hardware that the model runs on, such as `cpu` or `gpu-t4`, as named by `hardware.list`. It sets the price of each second.
        pub hardware: ::std::string::String,
        /// Address of the terms under which the model may be used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub license_url: ::std::option::Option<::std::string::String>,
        /// Name of the model, unique within its owner. It becomes part of the address.
        pub name: ::std::string::String,
        /// The account that is to own the model. It must be the one that the token belongs to.
        pub owner: ::std::string::String,
        /// Address of the paper that describes the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub paper_url: ::std::option::Option<::std::string::String>,
        /// `public` lets everybody see and run the model; `private` keeps it to its owner, or to the members of the owning organization.
        pub visibility: Visibility,
    }
    /// One page of a list of models.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct ModelPage {
        /// Address of the page that follows, `null` on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// Address of the page before this one, `null` on the first.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous: ::std::option::Option<::std::string::String>,
        /// The models of this page.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub results: ::std::vec::Vec<Model>,
    }
    /// Changes to a model's public description. What is absent stays unchanged.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct ModelUpdateRequest {
        /// What the model does, in a sentence or two.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        /// Address of the source code on GitHub.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub github_url: ::std::option::Option<::std::string::String>,
        /// Address of the terms under which the model may be used.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub license_url: ::std::option::Option<::std::string::String>,
        /// Address of the paper that describes the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub paper_url: ::std::option::Option<::std::string::String>,
        /// The whole README, in Markdown. It replaces the former one; `models.readme.get` reads it back.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub readme: ::std::option::Option<::std::string::String>,
        /// Address at which the model's weights are published.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub weights_url: ::std::option::Option<::std::string::String>,
    }
    /// A prediction: one run of a model on one input, from creation to result.
    ///
    /// Several fields are missing while there is nothing to say, and some, such as `model`, `data_removed` and `urls.web`, are missing from older predictions altogether. Further fields can appear, among them `webhook` and `stream`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Prediction {
        /// When the prediction ended, in whatever way, with its output files stored. Absent or `null` until then.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub completed_at: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        /// When the prediction was created.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub created_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Whether input, output and logs are gone, as they are after one hour. When true, an empty `output` says nothing about the result. Absent in some responses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data_removed: ::std::option::Option<bool>,
        /// When the prediction will be stopped if it has not ended, as asked for by `Cancel-After`. Absent without one.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub deadline: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// The deployment that the prediction was made on. Absent for one made on a model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub deployment: ::std::option::Option<::std::string::String>,
        /// Why the prediction failed, in the model's own words. `null` as long as nothing has failed, but some successful predictions carry an empty string: go by `status`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::std::string::String>,
        /// Identifier of the prediction, with which to read or cancel it. Treat it as opaque.
        pub id: ::std::string::String,
        /// The input as it was given. Empty or `null` once the data has been removed.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::serde_json::Map::is_empty"
        )]
        pub input: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        /// What the model has printed so far, as one text of several lines, often with progress bars. Empty before it begins; `null` in some responses, after a cancel for instance.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub logs: ::std::option::Option<::std::string::String>,
        /// Measurements of the run, once it has ended. Which ones there are depends on the model and on how it ended: besides those listed, `predict_time` (seconds that the model worked), `input_token_count`, `output_token_count`, `tokens_per_second` and `time_to_first_token` are seen.
        ///
        /// Every one may be absent. Clocks of different machines are involved, so that a short duration can even be negative.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metrics: ::std::option::Option<
            ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        >,
        /// The model that ran, written `owner/name`. For official models it can be an internal name, such as one beginning with `replicate-internal/`, rather than the one asked for. Absent in some responses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<::std::string::String>,
        /// What the model gave: any JSON value, as its version's schema says. Text may come as a list of pieces to be joined, and files as addresses.
        ///
        /// Absent or `null` before there is any, usually after a failure, and once `data_removed` is true. While `processing` it can be there in part.
        ///
        /// Files are at `https:` addresses on `replicate.delivery` or one of its subdomains, to be fetched without the token within an hour. After a create with `Prefer: wait` they can be `data:` addresses instead. Text that begins with `https:` is not a file for that: the schema tells.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub output: ::std::option::Option<::serde_json::Value>,
        /// Where it was created: `web` for the website, `api` for a program. Absent in some responses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub source: ::std::option::Option<Source>,
        /// When the model began to work. Absent or `null` while the status is `starting`, and for good after `aborted`.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub started_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// How far the run has come. The last four are terminal.
        ///
        /// - `starting`: waiting for a machine, or for one to be set up. A cold start can take minutes.
        /// - `processing`: the model is working.
        /// - `succeeded`: finished, with its output.
        /// - `failed`: ended by an error, given in `error`.
        /// - `canceled`: stopped on request, or by its deadline while it ran.
        /// - `aborted`: ended before it ever ran, by its deadline for instance.
        pub status: Status,
        /// Whether a stream of the output was asked for.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub stream: ::std::option::Option<bool>,
        /// Addresses at which to work with the prediction.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub urls: ::std::option::Option<PredictionUrls>,
        /// The version that ran: normally its id of 64 hexadecimal digits. Runs of official models and deployments can show `hidden`, or an internal id beginning with `dp-` or `d-`, and neither names a version that can be fetched.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub version: ::std::string::String,
        /// The webhook URL of the request, if any.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        /// The webhook URL for completion, under its older name. Mostly null.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook_completed: ::std::option::Option<::std::string::String>,
    }
    /// One page of a list of predictions.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct PredictionPage {
        /// Address of the page that follows, `null` on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// Address of the page before this one, `null` on the first.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous: ::std::option::Option<::std::string::String>,
        /// The predictions of this page.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub results: ::std::vec::Vec<Prediction>,
    }
    /// What to run a model or deployment on. Only `input` is required; other fields than these are refused.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct PredictionRequest {
        /// The model's input: a JSON object whose fields are set by the model. They are listed in the `openapi_schema` of its version, under `components.schemas.Input`. Input that does not fit is refused with `422`, which costs nothing.
        ///
        /// A file is given by its address:
        ///
        /// - an `https:` address that Replicate can fetch, such as the `urls.get` of an upload or the output of another prediction: for large files, and for files used more than once;
        /// - a `data:` address that holds the content itself, in Base64: for up to 256 KiB, used once.
        pub input: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        /// Deprecated and without use. A model that can stream gives its stream in `urls.stream` of the prediction, asked for or not.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub stream: ::std::option::Option<bool>,
        /// An `https:` address to report progress to. Replicate sends it `POST` requests whose body is the prediction as `predictions.get` would give it, at the events named in `webhook_events_filter`.
        ///
        /// The receiver should expect the same report more than once, since failed deliveries are repeated, and reports out of order. Redirects are not followed. Requests are signed: check `webhook-signature` with the secret from `webhooks.default.secret.get` before believing them.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        /// Which events to report to `webhook`. If left out, that is new output and the end.
        ///
        /// - `start`: the prediction has begun.
        /// - `output`: there is new output. At most one report every 500 ms.
        /// - `logs`: there are new log lines. At most one report every 500 ms.
        /// - `completed`: the prediction has reached a terminal state.
        ///
        /// `start` and `completed` are always sent when asked for, however fast they follow.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook_events_filter: ::std::option::Option<::std::vec::Vec<WebhookEvent>>,
    }
    /// Addresses at which to work with the prediction.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct PredictionUrls {
        /// Address to send a `POST` to, with the token, to stop the prediction.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub cancel: ::std::string::String,
        /// Address of the prediction on the API, to be read with the token.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub get: ::std::string::String,
        /// Address of the output as server-sent events. Present only if the model can stream.
        ///
        /// The events are `output` (a piece of text), `logs`, `error` (JSON) and `done` (JSON, with a `reason` if it was canceled or failed). A connection that ends without `done` was cut: connect again with the last id in `Last-Event-ID`. The address is on another host and takes no token.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub stream: ::std::option::Option<::std::string::String>,
        /// Page of the prediction on the website. Absent in older responses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub web: ::std::option::Option<::std::string::String>,
    }
    /// A collection that matches a search, with the names of its models.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct SearchCollection {
        /// What the models of the collection do, in a sentence or two.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub description: ::std::string::String,
        /// Names of the models in it. `null` or absent if they were not looked up.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub models: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        /// Title for display.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub name: ::std::string::String,
        /// Identifier of the collection, to be passed to `collections.get`.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub slug: ::std::string::String,
    }
    /// A model that matches, with what the search knows about it.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct SearchModel {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metadata: ::std::option::Option<SearchModelMetadata>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<Model>,
    }
    /// What the search knows about a model beyond the model's own data.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct SearchModelMetadata {
        /// A detailed account of what the model does, written by a language model: useful for choosing, not authoritative. `null` or absent if there is none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generated_description: ::std::option::Option<::std::string::String>,
        /// How well the model matches; more is better. Compare scores within one response only. `null` or absent if not scored.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub score: ::std::option::Option<f64>,
        /// Words for what the model does, such as `text-to-speech`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub tags: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
    }
    /// What a search has found, by kind. A kind without matches is an empty list.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct SearchResults {
        /// Collections that match.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub collections: ::std::vec::Vec<SearchCollection>,
        /// Models that match, at most `limit`.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub models: ::std::vec::Vec<SearchModel>,
        /// Documentation pages that match.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub pages: ::std::vec::Vec<WebPage>,
        /// The words that were looked for.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub query: ::std::string::String,
    }
    /// A training: one run of a version's training code, which makes a new version of another model.
    ///
    /// Fields are missing or `null` while there is nothing to say.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Training {
        /// When the training ended, in whatever way. Absent or `null` until then.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub completed_at: ::std::option::Option<
            ::chrono::DateTime<::chrono::offset::Utc>,
        >,
        /// When the training was created.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub created_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Why the training failed, in the model's own words. `null` or absent otherwise.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::std::string::String>,
        /// Identifier of the training, with which to read or cancel it. Treat it as opaque.
        pub id: ::std::string::String,
        /// The input as it was given.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::serde_json::Map::is_empty"
        )]
        pub input: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        /// What the training code has printed so far, as one text of several lines. Empty before it begins; `null` in some responses, after a cancel for instance.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub logs: ::std::option::Option<::std::string::String>,
        /// Measurements of the run, once it has ended. Either may be absent.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metrics: ::std::option::Option<
            ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        >,
        /// The model whose version was trained, written `owner/name`. This is not the destination.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<::std::string::String>,
        /// What came of the training. `null` or absent until it has succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub output: ::std::option::Option<TrainingOutput>,
        /// Where it was created: `web` for the website, `api` for a program. Absent in some responses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub source: ::std::option::Option<Source>,
        /// When the training code began to work. Absent or `null` while the status is `starting`, and for good after `aborted`.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub started_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// How far the training has come. The last four are terminal.
        ///
        /// - `starting`: waiting for a machine, or for one to be set up.
        /// - `processing`: the training code is working.
        /// - `succeeded`: finished; the new version is in `output`.
        /// - `failed`: ended by an error, given in `error`.
        /// - `canceled`: stopped on request, or by a deadline while it ran.
        /// - `aborted`: ended before it ever ran.
        pub status: Status,
        /// Whether a stream of the output was asked for.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub stream: ::std::option::Option<bool>,
        /// Addresses at which to work with the training. They can point below `/predictions`, which is not where trainings are canceled: build requests from `id` instead.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub urls: ::std::option::Option<TrainingUrls>,
        /// Id of the version that was trained.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub version: ::std::string::String,
        /// The webhook URL of the request, if any.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        /// The webhook URL for completion, under its older name. Mostly null.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook_completed: ::std::option::Option<::std::string::String>,
    }
    /// What came of the training. `null` or absent until it has succeeded.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct TrainingOutput {
        /// The version that was made, usually written `owner/name:id`. Run it like any other.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub version: ::std::option::Option<::std::string::String>,
        /// Address of the trained weights, to be fetched while it lasts. Absent or `null` for some trainings.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub weights: ::std::option::Option<::std::string::String>,
    }
    /// One page of the account's trainings.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct TrainingPage {
        /// Address of the page that follows, with older trainings, `null` on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// Address of the page before this one, with newer trainings, `null` on the first.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous: ::std::option::Option<::std::string::String>,
        /// The trainings of this page, newest first, at most 100.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub results: ::std::vec::Vec<Training>,
    }
    /// What to train with, and where the result goes. `destination` and `input` are required.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct TrainingRequest {
        /// The model to push the result to, written `owner/name`. It must exist and belong to the token's account; `models.create` makes one. A destination that cannot be used is refused with a 4xx status, and no training begins.
        pub destination: ::std::string::String,
        /// Input of the training code: a JSON object whose fields are set by the version that is trained, commonly with the address of an archive of training data. They are listed in the version's `openapi_schema`, under `components.schemas.TrainingInput`. Give files as `https:` addresses.
        pub input: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        /// An `https:` address to report progress to. Replicate sends it `POST` requests whose body is the training as `trainings.get` would give it, at the events named in `webhook_events_filter`.
        ///
        /// The receiver should expect the same report more than once, since failed deliveries are repeated, and reports out of order. Redirects are not followed. Requests are signed: check `webhook-signature` with the secret from `webhooks.default.secret.get` before believing them.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        /// Which events to report to `webhook`. If left out, that is new output and the end.
        ///
        /// - `start`: the training has begun.
        /// - `output`: there is new output. At most one report every 500 ms.
        /// - `logs`: there are new log lines. At most one report every 500 ms.
        /// - `completed`: the training has reached a terminal state.
        ///
        /// `start` and `completed` are always sent when asked for, however fast they follow.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook_events_filter: ::std::option::Option<::std::vec::Vec<WebhookEvent>>,
    }
    /// Addresses at which to work with the training. They can point below `/predictions`, which is not where trainings are canceled: build requests from `id` instead.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct TrainingUrls {
        /// Address to send a `POST` to in order to stop the training. May point below `/predictions`; prefer `trainings.cancel` with the id.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub cancel: ::std::string::String,
        /// Address of the training on the API. May point below `/predictions`; prefer `trainings.get` with the id.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub get: ::std::string::String,
    }
    /// A version of a model: code and weights as they were pushed at one time, with a schema of what goes in and comes out. A version never changes.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Version {
        /// Version of [Cog](https://cog.run), Replicate's packaging tool, that built this. `null` if it is not known.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cog_version: ::std::option::Option<::std::string::String>,
        /// When the version was pushed, or made by a training.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub created_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Identifier of the version, 64 hexadecimal digits.
        pub id: ::std::string::String,
        /// An OpenAPI document of the version's own interface, made by Cog. `components.schemas.Input` and `components.schemas.Output` are the parts to read. `null` if there is none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub openapi_schema: ::std::option::Option<
            ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        >,
    }
    /// One page of a list of versions.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct VersionPage {
        /// Address of the page that follows, `null` on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// Address of the page before this one, `null` on the first.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub previous: ::std::option::Option<::std::string::String>,
        /// The versions of this page, newest first.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub results: ::std::vec::Vec<Version>,
    }
    /// What to run, and on what. `version` and `input` are required; other fields than these are refused.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct VersionPredictionRequest {
        /// The model's input: a JSON object whose fields are set by the model. They are listed in the `openapi_schema` of its version, under `components.schemas.Input`. Input that does not fit is refused with `422`, which costs nothing.
        ///
        /// A file is given by its address:
        ///
        /// - an `https:` address that Replicate can fetch, such as the `urls.get` of an upload or the output of another prediction: for large files, and for files used more than once;
        /// - a `data:` address that holds the content itself, in Base64: for up to 256 KiB, used once.
        pub input: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        /// Deprecated and without use. A model that can stream gives its stream in `urls.stream` of the prediction, asked for or not.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub stream: ::std::option::Option<bool>,
        /// What to run, in one of three forms:
        ///
        /// - `owner/name:id`, a model and the id of one of its versions;
        /// - `id`, the 64 hexadecimal digits of a version alone;
        /// - `owner/name`, for official models only.
        ///
        /// A version that does not exist, or that the token may not run, is refused with `422`.
        pub version: ::std::string::String,
        /// An `https:` address to report progress to. Replicate sends it `POST` requests whose body is the prediction as `predictions.get` would give it, at the events named in `webhook_events_filter`.
        ///
        /// The receiver should expect the same report more than once, since failed deliveries are repeated, and reports out of order. Redirects are not followed. Requests are signed: check `webhook-signature` with the secret from `webhooks.default.secret.get` before believing them.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        /// Which events to report to `webhook`. If left out, that is new output and the end.
        ///
        /// - `start`: the prediction has begun.
        /// - `output`: there is new output. At most one report every 500 ms.
        /// - `logs`: there are new log lines. At most one report every 500 ms.
        /// - `completed`: the prediction has reached a terminal state.
        ///
        /// `start` and `completed` are always sent when asked for, however fast they follow.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook_events_filter: ::std::option::Option<::std::vec::Vec<WebhookEvent>>,
    }
    /// A documentation page that matches a search.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct WebPage {
        /// Where the page is, as a path on <https://replicate.com>.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub href: ::std::string::String,
        /// Title of the page.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub name: ::std::string::String,
    }
    /// The secret of the account's webhooks.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct WebhookSecret {
        /// The key: `whsec_` followed by Base64. Never log it.
        pub key: crate::Secret,
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(
                &self,
                f: &mut ::std::fmt::Formatter<'_>,
            ) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
    crate::open_enum! {
        /// Whether the account is that of a person (`user`) or of a team (`organization`).
        pub enum AccountType {
            Organization = "organization",
            User = "user",
        }
    }
    crate::open_enum! {
        /// One of: `model_created_at`, `latest_version_created_at`.
        pub enum ModelSortBy {
            ModelCreatedAt = "model_created_at",
            LatestVersionCreatedAt = "latest_version_created_at",
        }
    }
    crate::open_enum! {
        /// One of: `asc`, `desc`.
        pub enum SortDirection {
            Asc = "asc",
            Desc = "desc",
        }
    }
    crate::open_enum! {
        /// Where it was created: `web` for the website, `api` for a program. Absent in some responses.
        pub enum Source {
            Web = "web",
            Api = "api",
        }
    }
    crate::open_enum! {
        /// How far the run has come. The last four are terminal.
        ///
        /// - `starting`: waiting for a machine, or for one to be set up. A cold start can take minutes.
        /// - `processing`: the model is working.
        /// - `succeeded`: finished, with its output.
        /// - `failed`: ended by an error, given in `error`.
        /// - `canceled`: stopped on request, or by its deadline while it ran.
        /// - `aborted`: ended before it ever ran, by its deadline for instance.
        pub enum Status {
            Starting = "starting",
            Processing = "processing",
            Succeeded = "succeeded",
            Failed = "failed",
            Canceled = "canceled",
            Aborted = "aborted",
        }
    }
    impl Status {
        /// Whether this value is terminal: nothing changes after it. An unknown value is not.
        pub fn is_terminal(&self) -> bool {
            matches!(self.as_str(), "succeeded" | "failed" | "canceled" | "aborted")
        }
    }
    crate::open_enum! {
        /// Who can see and run the model: everybody (`public`), or only its owner (`private`).
        pub enum Visibility {
            Public = "public",
            Private = "private",
        }
    }
    crate::open_enum! {
        /// An event in the life of a prediction or training.
        pub enum WebhookEvent {
            Start = "start",
            Output = "output",
            Logs = "logs",
            Completed = "completed",
        }
    }
    impl DeploymentCreateRequest {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::DeploymentCreateRequest {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(
        DeploymentCreateRequest, builder::DeploymentCreateRequest
    );
    impl DeploymentUpdateRequest {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::DeploymentUpdateRequest {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(
        DeploymentUpdateRequest, builder::DeploymentUpdateRequest
    );
    impl ModelCreateRequest {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::ModelCreateRequest {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(ModelCreateRequest, builder::ModelCreateRequest);
    impl ModelUpdateRequest {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::ModelUpdateRequest {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(ModelUpdateRequest, builder::ModelUpdateRequest);
    impl PredictionRequest {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::PredictionRequest {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(PredictionRequest, builder::PredictionRequest);
    impl TrainingRequest {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::TrainingRequest {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(TrainingRequest, builder::TrainingRequest);
    impl VersionPredictionRequest {
        /// Returns a builder with nothing set.
        pub fn builder() -> builder::VersionPredictionRequest {
            ::std::default::Default::default()
        }
    }
    crate::field::request_type!(
        VersionPredictionRequest, builder::VersionPredictionRequest
    );
    /// Builders for the types that requests are made of.
    pub mod builder {
        /// Builds a [`DeploymentCreateRequest`](super::DeploymentCreateRequest).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct DeploymentCreateRequest {
            hardware: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            max_instances: ::std::result::Result<i64, ::std::string::String>,
            min_instances: ::std::result::Result<i64, ::std::string::String>,
            model: ::std::result::Result<::std::string::String, ::std::string::String>,
            name: ::std::result::Result<::std::string::String, ::std::string::String>,
            version: ::std::result::Result<::std::string::String, ::std::string::String>,
        }
        impl ::std::default::Default for DeploymentCreateRequest {
            fn default() -> Self {
                Self {
                    hardware: Err(crate::field::REQUIRED),
                    max_instances: Err(crate::field::REQUIRED),
                    min_instances: Err(crate::field::REQUIRED),
                    model: Err(crate::field::REQUIRED),
                    name: Err(crate::field::REQUIRED),
                    version: Err(crate::field::REQUIRED),
                }
            }
        }
        impl DeploymentCreateRequest {
            /// SKU of the hardware for every instance, such as `gpu-t4`. `hardware.list` names them; each has its own price per second.
            ///
            /// Required.
            pub fn hardware<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.hardware = value.into_field();
                self
            }
            /// Most instances to run at once under load, from 0 to 20. This bounds what the deployment can cost.
            ///
            /// Required.
            pub fn max_instances<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<i64>,
            {
                self.max_instances = value.into_field();
                self
            }
            /// Instances to keep up at all times, from 0 to 5, billed even while idle. 0 allows scaling down to nothing.
            ///
            /// Required.
            pub fn min_instances<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<i64>,
            {
                self.min_instances = value.into_field();
                self
            }
            /// The model to run, written `owner/name`.
            ///
            /// Required.
            pub fn model<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.model = value.into_field();
                self
            }
            /// Name of the new deployment, unique within its owner. It becomes part of the address and cannot be changed by an update.
            ///
            /// Required.
            pub fn name<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.name = value.into_field();
                self
            }
            /// Id of the model's version to run, 64 hexadecimal digits. New versions of the model are not taken up by themselves; see `deployments.update`.
            ///
            /// Required.
            pub fn version<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.version = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<DeploymentCreateRequest>
        for super::DeploymentCreateRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: DeploymentCreateRequest,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("hardware", &value.hardware);
                fields.check("max_instances", &value.max_instances);
                fields.check("min_instances", &value.min_instances);
                fields.check("model", &value.model);
                fields.check("name", &value.name);
                fields.check("version", &value.version);
                fields.finish()?;
                Ok(Self {
                    hardware: value.hardware?,
                    max_instances: value.max_instances?,
                    min_instances: value.min_instances?,
                    model: value.model?,
                    name: value.name?,
                    version: value.version?,
                })
            }
        }
        impl ::std::convert::From<super::DeploymentCreateRequest>
        for DeploymentCreateRequest {
            fn from(value: super::DeploymentCreateRequest) -> Self {
                Self {
                    hardware: Ok(value.hardware),
                    max_instances: Ok(value.max_instances),
                    min_instances: Ok(value.min_instances),
                    model: Ok(value.model),
                    name: Ok(value.name),
                    version: Ok(value.version),
                }
            }
        }
        /// Builds a [`DeploymentUpdateRequest`](super::DeploymentUpdateRequest).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct DeploymentUpdateRequest {
            hardware: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            max_instances: ::std::result::Result<
                ::std::option::Option<i64>,
                ::std::string::String,
            >,
            min_instances: ::std::result::Result<
                ::std::option::Option<i64>,
                ::std::string::String,
            >,
            version: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for DeploymentUpdateRequest {
            fn default() -> Self {
                Self {
                    hardware: Ok(::std::default::Default::default()),
                    max_instances: Ok(::std::default::Default::default()),
                    min_instances: Ok(::std::default::Default::default()),
                    version: Ok(::std::default::Default::default()),
                }
            }
        }
        impl DeploymentUpdateRequest {
            /// SKU of the hardware to move to, as named by `hardware.list`.
            ///
            /// Optional.
            pub fn hardware<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.hardware = value.into_field();
                self
            }
            /// New upper limit of scaling, from 0 to 20 instances.
            ///
            /// Optional.
            pub fn max_instances<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<i64>>,
            {
                self.max_instances = value.into_field();
                self
            }
            /// New lower limit of scaling, from 0 to 5 instances. They are billed while idle too.
            ///
            /// Optional.
            pub fn min_instances<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<i64>>,
            {
                self.min_instances = value.into_field();
                self
            }
            /// Id of the version to switch to. It must be a version of the deployment's model.
            ///
            /// Optional.
            pub fn version<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.version = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<DeploymentUpdateRequest>
        for super::DeploymentUpdateRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: DeploymentUpdateRequest,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("hardware", &value.hardware);
                fields.check("max_instances", &value.max_instances);
                fields.check("min_instances", &value.min_instances);
                fields.check("version", &value.version);
                fields.finish()?;
                Ok(Self {
                    hardware: value.hardware?,
                    max_instances: value.max_instances?,
                    min_instances: value.min_instances?,
                    version: value.version?,
                })
            }
        }
        impl ::std::convert::From<super::DeploymentUpdateRequest>
        for DeploymentUpdateRequest {
            fn from(value: super::DeploymentUpdateRequest) -> Self {
                Self {
                    hardware: Ok(value.hardware),
                    max_instances: Ok(value.max_instances),
                    min_instances: Ok(value.min_instances),
                    version: Ok(value.version),
                }
            }
        }
        /// Builds a [`ModelCreateRequest`](super::ModelCreateRequest).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct ModelCreateRequest {
            cover_image_url: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            description: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            github_url: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            hardware: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            license_url: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            name: ::std::result::Result<::std::string::String, ::std::string::String>,
            owner: ::std::result::Result<::std::string::String, ::std::string::String>,
            paper_url: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            visibility: ::std::result::Result<super::Visibility, ::std::string::String>,
        }
        impl ::std::default::Default for ModelCreateRequest {
            fn default() -> Self {
                Self {
                    cover_image_url: Ok(::std::default::Default::default()),
                    description: Ok(::std::default::Default::default()),
                    github_url: Ok(::std::default::Default::default()),
                    hardware: Err(crate::field::REQUIRED),
                    license_url: Ok(::std::default::Default::default()),
                    name: Err(crate::field::REQUIRED),
                    owner: Err(crate::field::REQUIRED),
                    paper_url: Ok(::std::default::Default::default()),
                    visibility: Err(crate::field::REQUIRED),
                }
            }
        }
        impl ModelCreateRequest {
            /// Address of an image to show for the model. Without one, a picture from its example is shown.
            ///
            /// Optional.
            pub fn cover_image_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.cover_image_url = value.into_field();
                self
            }
            /// What the model does, in a sentence or two.
            ///
            /// Optional.
            pub fn description<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.description = value.into_field();
                self
            }
            /// Address of the source code on GitHub.
            ///
            /// Optional.
            pub fn github_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.github_url = value.into_field();
                self
            }
            /// SKU of the hardware that the model runs on, such as `cpu` or `gpu-t4`, as named by `hardware.list`. It sets the price of each second.
            ///
            /// Required.
            pub fn hardware<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.hardware = value.into_field();
                self
            }
            /// Address of the terms under which the model may be used.
            ///
            /// Optional.
            pub fn license_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.license_url = value.into_field();
                self
            }
            /// Name of the model, unique within its owner. It becomes part of the address.
            ///
            /// Required.
            pub fn name<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.name = value.into_field();
                self
            }
            /// The account that is to own the model. It must be the one that the token belongs to.
            ///
            /// Required.
            pub fn owner<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.owner = value.into_field();
                self
            }
            /// Address of the paper that describes the model.
            ///
            /// Optional.
            pub fn paper_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.paper_url = value.into_field();
                self
            }
            /// `public` lets everybody see and run the model; `private` keeps it to its owner, or to the members of the owning organization.
            ///
            /// Required.
            pub fn visibility<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<super::Visibility>,
            {
                self.visibility = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<ModelCreateRequest> for super::ModelCreateRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: ModelCreateRequest,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("cover_image_url", &value.cover_image_url);
                fields.check("description", &value.description);
                fields.check("github_url", &value.github_url);
                fields.check("hardware", &value.hardware);
                fields.check("license_url", &value.license_url);
                fields.check("name", &value.name);
                fields.check("owner", &value.owner);
                fields.check("paper_url", &value.paper_url);
                fields.check("visibility", &value.visibility);
                fields.finish()?;
                Ok(Self {
                    cover_image_url: value.cover_image_url?,
                    description: value.description?,
                    github_url: value.github_url?,
                    hardware: value.hardware?,
                    license_url: value.license_url?,
                    name: value.name?,
                    owner: value.owner?,
                    paper_url: value.paper_url?,
                    visibility: value.visibility?,
                })
            }
        }
        impl ::std::convert::From<super::ModelCreateRequest> for ModelCreateRequest {
            fn from(value: super::ModelCreateRequest) -> Self {
                Self {
                    cover_image_url: Ok(value.cover_image_url),
                    description: Ok(value.description),
                    github_url: Ok(value.github_url),
                    hardware: Ok(value.hardware),
                    license_url: Ok(value.license_url),
                    name: Ok(value.name),
                    owner: Ok(value.owner),
                    paper_url: Ok(value.paper_url),
                    visibility: Ok(value.visibility),
                }
            }
        }
        /// Builds a [`ModelUpdateRequest`](super::ModelUpdateRequest).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct ModelUpdateRequest {
            description: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            github_url: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            license_url: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            paper_url: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            readme: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            weights_url: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for ModelUpdateRequest {
            fn default() -> Self {
                Self {
                    description: Ok(::std::default::Default::default()),
                    github_url: Ok(::std::default::Default::default()),
                    license_url: Ok(::std::default::Default::default()),
                    paper_url: Ok(::std::default::Default::default()),
                    readme: Ok(::std::default::Default::default()),
                    weights_url: Ok(::std::default::Default::default()),
                }
            }
        }
        impl ModelUpdateRequest {
            /// What the model does, in a sentence or two.
            ///
            /// Optional.
            pub fn description<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.description = value.into_field();
                self
            }
            /// Address of the source code on GitHub.
            ///
            /// Optional.
            pub fn github_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.github_url = value.into_field();
                self
            }
            /// Address of the terms under which the model may be used.
            ///
            /// Optional.
            pub fn license_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.license_url = value.into_field();
                self
            }
            /// Address of the paper that describes the model.
            ///
            /// Optional.
            pub fn paper_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.paper_url = value.into_field();
                self
            }
            /// The whole README, in Markdown. It replaces the former one; `models.readme.get` reads it back.
            ///
            /// Optional.
            pub fn readme<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.readme = value.into_field();
                self
            }
            /// Address at which the model's weights are published.
            ///
            /// Optional.
            pub fn weights_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.weights_url = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<ModelUpdateRequest> for super::ModelUpdateRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: ModelUpdateRequest,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("description", &value.description);
                fields.check("github_url", &value.github_url);
                fields.check("license_url", &value.license_url);
                fields.check("paper_url", &value.paper_url);
                fields.check("readme", &value.readme);
                fields.check("weights_url", &value.weights_url);
                fields.finish()?;
                Ok(Self {
                    description: value.description?,
                    github_url: value.github_url?,
                    license_url: value.license_url?,
                    paper_url: value.paper_url?,
                    readme: value.readme?,
                    weights_url: value.weights_url?,
                })
            }
        }
        impl ::std::convert::From<super::ModelUpdateRequest> for ModelUpdateRequest {
            fn from(value: super::ModelUpdateRequest) -> Self {
                Self {
                    description: Ok(value.description),
                    github_url: Ok(value.github_url),
                    license_url: Ok(value.license_url),
                    paper_url: Ok(value.paper_url),
                    readme: Ok(value.readme),
                    weights_url: Ok(value.weights_url),
                }
            }
        }
        /// Builds a [`PredictionRequest`](super::PredictionRequest).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct PredictionRequest {
            input: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
            stream: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            webhook: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            webhook_events_filter: ::std::result::Result<
                ::std::option::Option<::std::vec::Vec<super::WebhookEvent>>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for PredictionRequest {
            fn default() -> Self {
                Self {
                    input: Err(crate::field::REQUIRED),
                    stream: Ok(::std::default::Default::default()),
                    webhook: Ok(::std::default::Default::default()),
                    webhook_events_filter: Ok(::std::default::Default::default()),
                }
            }
        }
        impl PredictionRequest {
            /// The model's input: a JSON object whose fields are set by the model. They are listed in the `openapi_schema` of its version, under `components.schemas.Input`. Input that does not fit is refused with `422`, which costs nothing.
            ///
            /// A file is given by its address:
            ///
            /// - an `https:` address that Replicate can fetch, such as the `urls.get` of an upload or the output of another prediction: for large files, and for files used more than once;
            /// - a `data:` address that holds the content itself, in Base64: for up to 256 KiB, used once.
            ///
            /// Required.
            pub fn input<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
            {
                self.input = value.into_field();
                self
            }
            /// Deprecated and without use. A model that can stream gives its stream in `urls.stream` of the prediction, asked for or not.
            ///
            /// Optional.
            pub fn stream<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<bool>>,
            {
                self.stream = value.into_field();
                self
            }
            /// An `https:` address to report progress to. Replicate sends it `POST` requests whose body is the prediction as `predictions.get` would give it, at the events named in `webhook_events_filter`.
            ///
            /// The receiver should expect the same report more than once, since failed deliveries are repeated, and reports out of order. Redirects are not followed. Requests are signed: check `webhook-signature` with the secret from `webhooks.default.secret.get` before believing them.
            ///
            /// Optional.
            pub fn webhook<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.webhook = value.into_field();
                self
            }
            /// Which events to report to `webhook`. If left out, that is new output and the end.
            ///
            /// - `start`: the prediction has begun.
            /// - `output`: there is new output. At most one report every 500 ms.
            /// - `logs`: there are new log lines. At most one report every 500 ms.
            /// - `completed`: the prediction has reached a terminal state.
            ///
            /// `start` and `completed` are always sent when asked for, however fast they follow.
            ///
            /// Optional.
            pub fn webhook_events_filter<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    ::std::option::Option<::std::vec::Vec<super::WebhookEvent>>,
                >,
            {
                self.webhook_events_filter = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<PredictionRequest> for super::PredictionRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: PredictionRequest,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("input", &value.input);
                fields.check("stream", &value.stream);
                fields.check("webhook", &value.webhook);
                fields.check("webhook_events_filter", &value.webhook_events_filter);
                fields.finish()?;
                Ok(Self {
                    input: value.input?,
                    stream: value.stream?,
                    webhook: value.webhook?,
                    webhook_events_filter: value.webhook_events_filter?,
                })
            }
        }
        impl ::std::convert::From<super::PredictionRequest> for PredictionRequest {
            fn from(value: super::PredictionRequest) -> Self {
                Self {
                    input: Ok(value.input),
                    stream: Ok(value.stream),
                    webhook: Ok(value.webhook),
                    webhook_events_filter: Ok(value.webhook_events_filter),
                }
            }
        }
        /// Builds a [`TrainingRequest`](super::TrainingRequest).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct TrainingRequest {
            destination: ::std::result::Result<
                ::std::string::String,
                ::std::string::String,
            >,
            input: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
            webhook: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            webhook_events_filter: ::std::result::Result<
                ::std::option::Option<::std::vec::Vec<super::WebhookEvent>>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for TrainingRequest {
            fn default() -> Self {
                Self {
                    destination: Err(crate::field::REQUIRED),
                    input: Err(crate::field::REQUIRED),
                    webhook: Ok(::std::default::Default::default()),
                    webhook_events_filter: Ok(::std::default::Default::default()),
                }
            }
        }
        impl TrainingRequest {
            /// The model to push the result to, written `owner/name`. It must exist and belong to the token's account; `models.create` makes one. A destination that cannot be used is refused with a 4xx status, and no training begins.
            ///
            /// Required.
            pub fn destination<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.destination = value.into_field();
                self
            }
            /// Input of the training code: a JSON object whose fields are set by the version that is trained, commonly with the address of an archive of training data. They are listed in the version's `openapi_schema`, under `components.schemas.TrainingInput`. Give files as `https:` addresses.
            ///
            /// Required.
            pub fn input<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
            {
                self.input = value.into_field();
                self
            }
            /// An `https:` address to report progress to. Replicate sends it `POST` requests whose body is the training as `trainings.get` would give it, at the events named in `webhook_events_filter`.
            ///
            /// The receiver should expect the same report more than once, since failed deliveries are repeated, and reports out of order. Redirects are not followed. Requests are signed: check `webhook-signature` with the secret from `webhooks.default.secret.get` before believing them.
            ///
            /// Optional.
            pub fn webhook<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.webhook = value.into_field();
                self
            }
            /// Which events to report to `webhook`. If left out, that is new output and the end.
            ///
            /// - `start`: the training has begun.
            /// - `output`: there is new output. At most one report every 500 ms.
            /// - `logs`: there are new log lines. At most one report every 500 ms.
            /// - `completed`: the training has reached a terminal state.
            ///
            /// `start` and `completed` are always sent when asked for, however fast they follow.
            ///
            /// Optional.
            pub fn webhook_events_filter<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    ::std::option::Option<::std::vec::Vec<super::WebhookEvent>>,
                >,
            {
                self.webhook_events_filter = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<TrainingRequest> for super::TrainingRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: TrainingRequest,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("destination", &value.destination);
                fields.check("input", &value.input);
                fields.check("webhook", &value.webhook);
                fields.check("webhook_events_filter", &value.webhook_events_filter);
                fields.finish()?;
                Ok(Self {
                    destination: value.destination?,
                    input: value.input?,
                    webhook: value.webhook?,
                    webhook_events_filter: value.webhook_events_filter?,
                })
            }
        }
        impl ::std::convert::From<super::TrainingRequest> for TrainingRequest {
            fn from(value: super::TrainingRequest) -> Self {
                Self {
                    destination: Ok(value.destination),
                    input: Ok(value.input),
                    webhook: Ok(value.webhook),
                    webhook_events_filter: Ok(value.webhook_events_filter),
                }
            }
        }
        /// Builds a [`VersionPredictionRequest`](super::VersionPredictionRequest).
        #[derive(Clone, Debug)]
        #[must_use = "nothing is sent before the operation's `send`"]
        pub struct VersionPredictionRequest {
            input: ::std::result::Result<
                ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                ::std::string::String,
            >,
            stream: ::std::result::Result<
                ::std::option::Option<bool>,
                ::std::string::String,
            >,
            version: ::std::result::Result<::std::string::String, ::std::string::String>,
            webhook: ::std::result::Result<
                ::std::option::Option<::std::string::String>,
                ::std::string::String,
            >,
            webhook_events_filter: ::std::result::Result<
                ::std::option::Option<::std::vec::Vec<super::WebhookEvent>>,
                ::std::string::String,
            >,
        }
        impl ::std::default::Default for VersionPredictionRequest {
            fn default() -> Self {
                Self {
                    input: Err(crate::field::REQUIRED),
                    stream: Ok(::std::default::Default::default()),
                    version: Err(crate::field::REQUIRED),
                    webhook: Ok(::std::default::Default::default()),
                    webhook_events_filter: Ok(::std::default::Default::default()),
                }
            }
        }
        impl VersionPredictionRequest {
            /// The model's input: a JSON object whose fields are set by the model. They are listed in the `openapi_schema` of its version, under `components.schemas.Input`. Input that does not fit is refused with `422`, which costs nothing.
            ///
            /// A file is given by its address:
            ///
            /// - an `https:` address that Replicate can fetch, such as the `urls.get` of an upload or the output of another prediction: for large files, and for files used more than once;
            /// - a `data:` address that holds the content itself, in Base64: for up to 256 KiB, used once.
            ///
            /// Required.
            pub fn input<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    ::serde_json::Map<::std::string::String, ::serde_json::Value>,
                >,
            {
                self.input = value.into_field();
                self
            }
            /// Deprecated and without use. A model that can stream gives its stream in `urls.stream` of the prediction, asked for or not.
            ///
            /// Optional.
            pub fn stream<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<bool>>,
            {
                self.stream = value.into_field();
                self
            }
            /// What to run, in one of three forms:
            ///
            /// - `owner/name:id`, a model and the id of one of its versions;
            /// - `id`, the 64 hexadecimal digits of a version alone;
            /// - `owner/name`, for official models only.
            ///
            /// A version that does not exist, or that the token may not run, is refused with `422`.
            ///
            /// Required.
            pub fn version<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.version = value.into_field();
                self
            }
            /// An `https:` address to report progress to. Replicate sends it `POST` requests whose body is the prediction as `predictions.get` would give it, at the events named in `webhook_events_filter`.
            ///
            /// The receiver should expect the same report more than once, since failed deliveries are repeated, and reports out of order. Redirects are not followed. Requests are signed: check `webhook-signature` with the secret from `webhooks.default.secret.get` before believing them.
            ///
            /// Optional.
            pub fn webhook<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.webhook = value.into_field();
                self
            }
            /// Which events to report to `webhook`. If left out, that is new output and the end.
            ///
            /// - `start`: the prediction has begun.
            /// - `output`: there is new output. At most one report every 500 ms.
            /// - `logs`: there are new log lines. At most one report every 500 ms.
            /// - `completed`: the prediction has reached a terminal state.
            ///
            /// `start` and `completed` are always sent when asked for, however fast they follow.
            ///
            /// Optional.
            pub fn webhook_events_filter<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<
                    ::std::option::Option<::std::vec::Vec<super::WebhookEvent>>,
                >,
            {
                self.webhook_events_filter = value.into_field();
                self
            }
        }
        impl ::std::convert::TryFrom<VersionPredictionRequest>
        for super::VersionPredictionRequest {
            type Error = super::error::ConversionError;
            fn try_from(
                value: VersionPredictionRequest,
            ) -> ::std::result::Result<Self, Self::Error> {
                let mut fields = crate::field::Fields::default();
                fields.check("input", &value.input);
                fields.check("stream", &value.stream);
                fields.check("version", &value.version);
                fields.check("webhook", &value.webhook);
                fields.check("webhook_events_filter", &value.webhook_events_filter);
                fields.finish()?;
                Ok(Self {
                    input: value.input?,
                    stream: value.stream?,
                    version: value.version?,
                    webhook: value.webhook?,
                    webhook_events_filter: value.webhook_events_filter?,
                })
            }
        }
        impl ::std::convert::From<super::VersionPredictionRequest>
        for VersionPredictionRequest {
            fn from(value: super::VersionPredictionRequest) -> Self {
                Self {
                    input: Ok(value.input),
                    stream: Ok(value.stream),
                    version: Ok(value.version),
                    webhook: Ok(value.webhook),
                    webhook_events_filter: Ok(value.webhook_events_filter),
                }
            }
        }
    }
}
/// Every operation of the API.
pub mod operations {
    /// `GET /account`: Who the token belongs to.
    pub const ACCOUNT_GET: crate::Operation = crate::Operation::new(
        "account.get",
        "GET",
        "/account",
    );
    /// `GET /collections/{collection_slug}`: Get a collection with its models.
    pub const COLLECTIONS_GET: crate::Operation = crate::Operation::new(
        "collections.get",
        "GET",
        "/collections/{collection_slug}",
    );
    /// `GET /collections`: List the curated collections.
    pub const COLLECTIONS_LIST: crate::Operation = crate::Operation::new(
        "collections.list",
        "GET",
        "/collections",
    );
    /// `POST /deployments`: Create a deployment.
    pub const DEPLOYMENTS_CREATE: crate::Operation = crate::Operation::new(
        "deployments.create",
        "POST",
        "/deployments",
    );
    /// `DELETE /deployments/{deployment_owner}/{deployment_name}`: Delete a deployment.
    pub const DEPLOYMENTS_DELETE: crate::Operation = crate::Operation::new(
        "deployments.delete",
        "DELETE",
        "/deployments/{deployment_owner}/{deployment_name}",
    );
    /// `GET /deployments/{deployment_owner}/{deployment_name}`: Get a deployment.
    pub const DEPLOYMENTS_GET: crate::Operation = crate::Operation::new(
        "deployments.get",
        "GET",
        "/deployments/{deployment_owner}/{deployment_name}",
    );
    /// `GET /deployments`: List the account's deployments.
    pub const DEPLOYMENTS_LIST: crate::Operation = crate::Operation::new(
        "deployments.list",
        "GET",
        "/deployments",
    );
    /// `POST /deployments/{deployment_owner}/{deployment_name}/predictions`: Run a deployment.
    pub const DEPLOYMENTS_PREDICTIONS_CREATE: crate::Operation = crate::Operation::new(
        "deployments.predictions.create",
        "POST",
        "/deployments/{deployment_owner}/{deployment_name}/predictions",
    );
    /// `PATCH /deployments/{deployment_owner}/{deployment_name}`: Change a deployment.
    pub const DEPLOYMENTS_UPDATE: crate::Operation = crate::Operation::new(
        "deployments.update",
        "PATCH",
        "/deployments/{deployment_owner}/{deployment_name}",
    );
    /// `POST /files`: Upload a file.
    pub const FILES_CREATE: crate::Operation = crate::Operation::new(
        "files.create",
        "POST",
        "/files",
    );
    /// `DELETE /files/{file_id}`: Delete a file.
    pub const FILES_DELETE: crate::Operation = crate::Operation::new(
        "files.delete",
        "DELETE",
        "/files/{file_id}",
    );
    /// `GET /files/{file_id}/download`: Download a file through a signed address.
    pub const FILES_DOWNLOAD: crate::Operation = crate::Operation::new(
            "files.download",
            "GET",
            "/files/{file_id}/download",
        )
        .streamed();
    /// `GET /files/{file_id}`: Get what is known about a file.
    pub const FILES_GET: crate::Operation = crate::Operation::new(
        "files.get",
        "GET",
        "/files/{file_id}",
    );
    /// `GET /files`: List the account's uploaded files.
    pub const FILES_LIST: crate::Operation = crate::Operation::new(
        "files.list",
        "GET",
        "/files",
    );
    /// `GET /hardware`: List the hardware that models can run on.
    pub const HARDWARE_LIST: crate::Operation = crate::Operation::new(
        "hardware.list",
        "GET",
        "/hardware",
    );
    /// `POST /models`: Create a model.
    pub const MODELS_CREATE: crate::Operation = crate::Operation::new(
        "models.create",
        "POST",
        "/models",
    );
    /// `DELETE /models/{model_owner}/{model_name}`: Delete a model.
    pub const MODELS_DELETE: crate::Operation = crate::Operation::new(
        "models.delete",
        "DELETE",
        "/models/{model_owner}/{model_name}",
    );
    /// `GET /models/{model_owner}/{model_name}/examples`: List a model's examples.
    pub const MODELS_EXAMPLES_LIST: crate::Operation = crate::Operation::new(
        "models.examples.list",
        "GET",
        "/models/{model_owner}/{model_name}/examples",
    );
    /// `GET /models/{model_owner}/{model_name}`: Get a model.
    pub const MODELS_GET: crate::Operation = crate::Operation::new(
        "models.get",
        "GET",
        "/models/{model_owner}/{model_name}",
    );
    /// `GET /models`: List public models.
    pub const MODELS_LIST: crate::Operation = crate::Operation::new(
        "models.list",
        "GET",
        "/models",
    );
    /// `POST /models/{model_owner}/{model_name}/predictions`: Run an official model.
    pub const MODELS_PREDICTIONS_CREATE: crate::Operation = crate::Operation::new(
        "models.predictions.create",
        "POST",
        "/models/{model_owner}/{model_name}/predictions",
    );
    /// `GET /models/{model_owner}/{model_name}/readme`: Get a model's README.
    pub const MODELS_README_GET: crate::Operation = crate::Operation::new(
            "models.readme.get",
            "GET",
            "/models/{model_owner}/{model_name}/readme",
        )
        .streamed();
    /// `QUERY /models`: Search public models by words.
    pub const MODELS_SEARCH: crate::Operation = crate::Operation::new(
        "models.search",
        "QUERY",
        "/models",
    );
    /// `PATCH /models/{model_owner}/{model_name}`: Change what is shown about a model.
    pub const MODELS_UPDATE: crate::Operation = crate::Operation::new(
        "models.update",
        "PATCH",
        "/models/{model_owner}/{model_name}",
    );
    /// `DELETE /models/{model_owner}/{model_name}/versions/{version_id}`: Delete a version of a model.
    pub const MODELS_VERSIONS_DELETE: crate::Operation = crate::Operation::new(
        "models.versions.delete",
        "DELETE",
        "/models/{model_owner}/{model_name}/versions/{version_id}",
    );
    /// `GET /models/{model_owner}/{model_name}/versions/{version_id}`: Get a version of a model.
    pub const MODELS_VERSIONS_GET: crate::Operation = crate::Operation::new(
        "models.versions.get",
        "GET",
        "/models/{model_owner}/{model_name}/versions/{version_id}",
    );
    /// `GET /models/{model_owner}/{model_name}/versions`: List a model's versions.
    pub const MODELS_VERSIONS_LIST: crate::Operation = crate::Operation::new(
        "models.versions.list",
        "GET",
        "/models/{model_owner}/{model_name}/versions",
    );
    /// `POST /predictions/{prediction_id}/cancel`: Cancel a prediction.
    pub const PREDICTIONS_CANCEL: crate::Operation = crate::Operation::new(
            "predictions.cancel",
            "POST",
            "/predictions/{prediction_id}/cancel",
        )
        .idempotent();
    /// `POST /predictions`: Run a version of a model.
    pub const PREDICTIONS_CREATE: crate::Operation = crate::Operation::new(
        "predictions.create",
        "POST",
        "/predictions",
    );
    /// `GET /predictions/{prediction_id}`: Get a prediction.
    pub const PREDICTIONS_GET: crate::Operation = crate::Operation::new(
        "predictions.get",
        "GET",
        "/predictions/{prediction_id}",
    );
    /// `GET /predictions`: List the account's predictions.
    pub const PREDICTIONS_LIST: crate::Operation = crate::Operation::new(
        "predictions.list",
        "GET",
        "/predictions",
    );
    /// `GET /search`: Search models, collections and documentation.
    pub const SEARCH: crate::Operation = crate::Operation::new(
        "search",
        "GET",
        "/search",
    );
    /// `POST /trainings/{training_id}/cancel`: Cancel a training.
    pub const TRAININGS_CANCEL: crate::Operation = crate::Operation::new(
            "trainings.cancel",
            "POST",
            "/trainings/{training_id}/cancel",
        )
        .idempotent();
    /// `POST /models/{model_owner}/{model_name}/versions/{version_id}/trainings`: Start a training.
    pub const TRAININGS_CREATE: crate::Operation = crate::Operation::new(
        "trainings.create",
        "POST",
        "/models/{model_owner}/{model_name}/versions/{version_id}/trainings",
    );
    /// `GET /trainings/{training_id}`: Get a training.
    pub const TRAININGS_GET: crate::Operation = crate::Operation::new(
        "trainings.get",
        "GET",
        "/trainings/{training_id}",
    );
    /// `GET /trainings`: List the account's trainings.
    pub const TRAININGS_LIST: crate::Operation = crate::Operation::new(
        "trainings.list",
        "GET",
        "/trainings",
    );
    /// `GET /webhooks/default/secret`: Get the secret that webhooks are signed with.
    pub const WEBHOOKS_DEFAULT_SECRET_GET: crate::Operation = crate::Operation::new(
        "webhooks.default.secret.get",
        "GET",
        "/webhooks/default/secret",
    );
    /// All of them, in the order of their names.
    pub const ALL: &[crate::Operation] = &[
        ACCOUNT_GET,
        COLLECTIONS_GET,
        COLLECTIONS_LIST,
        DEPLOYMENTS_CREATE,
        DEPLOYMENTS_DELETE,
        DEPLOYMENTS_GET,
        DEPLOYMENTS_LIST,
        DEPLOYMENTS_PREDICTIONS_CREATE,
        DEPLOYMENTS_UPDATE,
        FILES_CREATE,
        FILES_DELETE,
        FILES_DOWNLOAD,
        FILES_GET,
        FILES_LIST,
        HARDWARE_LIST,
        MODELS_CREATE,
        MODELS_DELETE,
        MODELS_EXAMPLES_LIST,
        MODELS_GET,
        MODELS_LIST,
        MODELS_PREDICTIONS_CREATE,
        MODELS_README_GET,
        MODELS_SEARCH,
        MODELS_UPDATE,
        MODELS_VERSIONS_DELETE,
        MODELS_VERSIONS_GET,
        MODELS_VERSIONS_LIST,
        PREDICTIONS_CANCEL,
        PREDICTIONS_CREATE,
        PREDICTIONS_GET,
        PREDICTIONS_LIST,
        SEARCH,
        TRAININGS_CANCEL,
        TRAININGS_CREATE,
        TRAININGS_GET,
        TRAININGS_LIST,
        WEBHOOKS_DEFAULT_SECRET_GET,
    ];
}
/// A builder for each operation.
pub mod builder {
    use super::types;
    /// Builder for [`Client::account_get`](super::Client::account_get): `GET /account`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct AccountGet {
        transport: crate::Transport,
    }
    impl AccountGet {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
            }
        }
        crate::options::request_options!();
        /// Sends `GET /account`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Account>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::ACCOUNT_GET)
                .decoded()
        }
    }
    /// Builder for [`Client::collections_get`](super::Client::collections_get): `GET /collections/{collection_slug}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct CollectionsGet {
        transport: crate::Transport,
        collection_slug: Result<::std::string::String, String>,
    }
    impl CollectionsGet {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                collection_slug: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Identifier of the collection in addresses, such as `text-to-speech`: lower case, words joined by hyphens. `collections.list` gives them all.
        ///
        /// Required.
        pub fn collection_slug<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.collection_slug = value.into_field();
            self
        }
        /// Sends `GET /collections/{collection_slug}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Collection>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::COLLECTIONS_GET,
                )
                .path("collection_slug", self.collection_slug)
                .decoded()
        }
    }
    /// Builder for [`Client::collections_list`](super::Client::collections_list): `GET /collections`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct CollectionsList {
        transport: crate::Transport,
        cursor: Result<::std::option::Option<::std::string::String>, String>,
    }
    impl CollectionsList {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                cursor: Ok(::std::option::Option::None),
            }
        }
        crate::options::request_options!();
        /// The page to return: the `cursor` in the query of another page's `next` or `previous`. Without it, the first page.
        ///
        /// Optional.
        pub fn cursor<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cursor = value.into_field();
            self
        }
        /// Sends `GET /collections`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::CollectionPage>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::COLLECTIONS_LIST,
                )
                .query("cursor", self.cursor)
                .decoded()
        }
    }
    /// Builder for [`Client::deployments_create`](super::Client::deployments_create): `POST /deployments`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct DeploymentsCreate {
        transport: crate::Transport,
        body: Result<types::builder::DeploymentCreateRequest, String>,
    }
    impl DeploymentsCreate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// What to deploy, on which hardware, and how far to scale. All six fields are required.
        ///
        /// Required. Takes a [`DeploymentCreateRequest`](types::DeploymentCreateRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::DeploymentCreateRequest>,
        {
            self.body = value.into_field().map(::std::convert::From::from);
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::DeploymentCreateRequest,
            ) -> types::builder::DeploymentCreateRequest,
        {
            self.body = self.body.map(fill);
            self
        }
        /// Sends `POST /deployments`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Deployment>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::DEPLOYMENTS_CREATE,
                )
                .json(
                    self
                        .body
                        .and_then(|body| {
                            types::DeploymentCreateRequest::try_from(body)
                                .map_err(|error| error.to_string())
                        }),
                )
                .decoded()
        }
    }
    /// Builder for [`Client::deployments_delete`](super::Client::deployments_delete): `DELETE /deployments/{deployment_owner}/{deployment_name}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct DeploymentsDelete {
        transport: crate::Transport,
        deployment_owner: Result<::std::string::String, String>,
        deployment_name: Result<::std::string::String, String>,
    }
    impl DeploymentsDelete {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                deployment_owner: Err(crate::field::REQUIRED),
                deployment_name: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// User or organization that the deployment belongs to.
        ///
        /// Required.
        pub fn deployment_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.deployment_owner = value.into_field();
            self
        }
        /// Name of the deployment, without its owner.
        ///
        /// Required.
        pub fn deployment_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.deployment_name = value.into_field();
            self
        }
        /// Sends `DELETE /deployments/{deployment_owner}/{deployment_name}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<()>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::DEPLOYMENTS_DELETE,
                )
                .path("deployment_owner", self.deployment_owner)
                .path("deployment_name", self.deployment_name)
                .nothing()
        }
    }
    /// Builder for [`Client::deployments_get`](super::Client::deployments_get): `GET /deployments/{deployment_owner}/{deployment_name}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct DeploymentsGet {
        transport: crate::Transport,
        deployment_owner: Result<::std::string::String, String>,
        deployment_name: Result<::std::string::String, String>,
    }
    impl DeploymentsGet {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                deployment_owner: Err(crate::field::REQUIRED),
                deployment_name: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// User or organization that the deployment belongs to.
        ///
        /// Required.
        pub fn deployment_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.deployment_owner = value.into_field();
            self
        }
        /// Name of the deployment, without its owner.
        ///
        /// Required.
        pub fn deployment_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.deployment_name = value.into_field();
            self
        }
        /// Sends `GET /deployments/{deployment_owner}/{deployment_name}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Deployment>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::DEPLOYMENTS_GET,
                )
                .path("deployment_owner", self.deployment_owner)
                .path("deployment_name", self.deployment_name)
                .decoded()
        }
    }
    /// Builder for [`Client::deployments_list`](super::Client::deployments_list): `GET /deployments`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct DeploymentsList {
        transport: crate::Transport,
        cursor: Result<::std::option::Option<::std::string::String>, String>,
    }
    impl DeploymentsList {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                cursor: Ok(::std::option::Option::None),
            }
        }
        crate::options::request_options!();
        /// The page to return: the `cursor` in the query of another page's `next` or `previous`. Without it, the first page.
        ///
        /// Optional.
        pub fn cursor<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cursor = value.into_field();
            self
        }
        /// Sends `GET /deployments`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::DeploymentPage>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::DEPLOYMENTS_LIST,
                )
                .query("cursor", self.cursor)
                .decoded()
        }
    }
    /// Builder for [`Client::deployments_predictions_create`](super::Client::deployments_predictions_create): `POST /deployments/{deployment_owner}/{deployment_name}/predictions`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct DeploymentsPredictionsCreate {
        transport: crate::Transport,
        deployment_owner: Result<::std::string::String, String>,
        deployment_name: Result<::std::string::String, String>,
        prefer: Result<::std::option::Option<::std::string::String>, String>,
        cancel_after: Result<::std::option::Option<::std::string::String>, String>,
        body: Result<types::builder::PredictionRequest, String>,
    }
    impl DeploymentsPredictionsCreate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                deployment_owner: Err(crate::field::REQUIRED),
                deployment_name: Err(crate::field::REQUIRED),
                prefer: Ok(::std::option::Option::None),
                cancel_after: Ok(::std::option::Option::None),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// User or organization that the deployment belongs to.
        ///
        /// Required.
        pub fn deployment_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.deployment_owner = value.into_field();
            self
        }
        /// Name of the deployment, without its owner.
        ///
        /// Required.
        pub fn deployment_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.deployment_name = value.into_field();
            self
        }
        /// How long to hold the request open for the result: `wait` for up to 60 seconds, or `wait=N` with a whole number of seconds from 1 to 60. Larger numbers are out of range, though the pattern lets 61 to 99 through.
        ///
        /// Without this header the answer comes as soon as the prediction exists. With it, the answer comes when there is output or the time is up, whichever is first; the id is not known before then, and the prediction goes on running after the wait has ended. The `preference-applied` header of the response tells what was granted.
        ///
        /// Output files may then come as `data:` addresses instead of `https:` ones.
        ///
        /// Optional.
        pub fn prefer<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.prefer = value.into_field();
            self
        }
        /// A time limit for the prediction, counted from its creation, queueing included. At the deadline a running prediction becomes `canceled`, one that has not begun to run `aborted`.
        ///
        /// Written as numbers with the units `s`, `m` and `h`, as in `45s`, `10m` or `1h15m30s`; a bare number means seconds. At least 5 seconds.
        ///
        /// Unlike a timeout of the caller's, this stops the work, and with it the cost, even when the caller has gone. The resulting instant is in the prediction's `deadline`.
        ///
        /// Optional.
        pub fn cancel_after<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cancel_after = value.into_field();
            self
        }
        /// The model's input, and where to report progress.
        ///
        /// Required. Takes a [`PredictionRequest`](types::PredictionRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::PredictionRequest>,
        {
            self.body = value.into_field().map(::std::convert::From::from);
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::PredictionRequest,
            ) -> types::builder::PredictionRequest,
        {
            self.body = self.body.map(fill);
            self
        }
        /// Sends `POST /deployments/{deployment_owner}/{deployment_name}/predictions`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Prediction>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::DEPLOYMENTS_PREDICTIONS_CREATE,
                )
                .path("deployment_owner", self.deployment_owner)
                .path("deployment_name", self.deployment_name)
                .header("Prefer", self.prefer)
                .header("Cancel-After", self.cancel_after)
                .json(
                    self
                        .body
                        .and_then(|body| {
                            types::PredictionRequest::try_from(body)
                                .map_err(|error| error.to_string())
                        }),
                )
                .decoded()
        }
    }
    /// Builder for [`Client::deployments_update`](super::Client::deployments_update): `PATCH /deployments/{deployment_owner}/{deployment_name}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct DeploymentsUpdate {
        transport: crate::Transport,
        deployment_owner: Result<::std::string::String, String>,
        deployment_name: Result<::std::string::String, String>,
        body: Result<types::builder::DeploymentUpdateRequest, String>,
    }
    impl DeploymentsUpdate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                deployment_owner: Err(crate::field::REQUIRED),
                deployment_name: Err(crate::field::REQUIRED),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// User or organization that the deployment belongs to.
        ///
        /// Required.
        pub fn deployment_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.deployment_owner = value.into_field();
            self
        }
        /// Name of the deployment, without its owner.
        ///
        /// Required.
        pub fn deployment_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.deployment_name = value.into_field();
            self
        }
        /// The settings to change. At least one should be given.
        ///
        /// Required. Takes a [`DeploymentUpdateRequest`](types::DeploymentUpdateRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::DeploymentUpdateRequest>,
        {
            self.body = value.into_field().map(::std::convert::From::from);
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::DeploymentUpdateRequest,
            ) -> types::builder::DeploymentUpdateRequest,
        {
            self.body = self.body.map(fill);
            self
        }
        /// Sends `PATCH /deployments/{deployment_owner}/{deployment_name}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Deployment>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::DEPLOYMENTS_UPDATE,
                )
                .path("deployment_owner", self.deployment_owner)
                .path("deployment_name", self.deployment_name)
                .json(
                    self
                        .body
                        .and_then(|body| {
                            types::DeploymentUpdateRequest::try_from(body)
                                .map_err(|error| error.to_string())
                        }),
                )
                .decoded()
        }
    }
    /// Builder for [`Client::files_create`](super::Client::files_create): `POST /files`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug)]
    pub struct FilesCreate {
        transport: crate::Transport,
        body: Result<crate::multipart::Form, String>,
    }
    impl FilesCreate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                body: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// The file and what is to be noted about it, as `multipart/form-data`.
        ///
        /// Parts of the form:
        ///
        /// - `content` (required): The bytes of the file, at most 100 MiB. Give the part a `filename` and a media type.
        /// - `filename` (optional): Name of the file: UTF-8, at most 255 bytes. Needed when the part `content` carries no name of its own.
        /// - `metadata` (optional): Any JSON object to keep with the file, such as ids of the caller's own system. Send the part as `application/json`. Empty by default.
        /// - `type` (optional): Media type of the file, such as `image/webp`. `application/octet-stream` by default. Some models go by it, so name the true one.
        ///
        /// Required.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<crate::multipart::Form>,
        {
            self.body = value.into_field();
            self
        }
        /// Sends `POST /files`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::File>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::FILES_CREATE)
                .multipart(self.body)
                .decoded()
        }
    }
    /// Builder for [`Client::files_delete`](super::Client::files_delete): `DELETE /files/{file_id}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct FilesDelete {
        transport: crate::Transport,
        file_id: Result<::std::string::String, String>,
    }
    impl FilesDelete {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                file_id: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Id of the file, as given when it was uploaded and in `files.list`.
        ///
        /// Required.
        pub fn file_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.file_id = value.into_field();
            self
        }
        /// Sends `DELETE /files/{file_id}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<()>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::FILES_DELETE)
                .path("file_id", self.file_id)
                .nothing()
        }
    }
    /// Builder for [`Client::files_download`](super::Client::files_download): `GET /files/{file_id}/download`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct FilesDownload {
        transport: crate::Transport,
        file_id: Result<::std::string::String, String>,
        owner: Result<::std::string::String, String>,
        expiry: Result<i64, String>,
        signature: Result<::std::string::String, String>,
    }
    impl FilesDownload {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                file_id: Err(crate::field::REQUIRED),
                owner: Err(crate::field::REQUIRED),
                expiry: Err(crate::field::REQUIRED),
                signature: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Id of the file, as given when it was uploaded and in `files.list`.
        ///
        /// Required.
        pub fn file_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.file_id = value.into_field();
            self
        }
        /// Username of the account that uploaded the file. It is part of what was signed.
        ///
        /// Required.
        pub fn owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.owner = value.into_field();
            self
        }
        /// When the permission ends, in whole seconds since the Unix epoch. It is part of what was signed, so it cannot be moved.
        ///
        /// Required.
        pub fn expiry<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<i64>,
        {
            self.expiry = value.into_field();
            self
        }
        /// Proof of permission: the HMAC-SHA256 of owner, file id and `expiry`, joined by single spaces, keyed with the signing secret of the Files API and written in Base64. Percent-encode it, since Base64 uses `+`, `/` and `=`.
        ///
        /// Required.
        pub fn signature<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.signature = value.into_field();
            self
        }
        /// Sends `GET /files/{file_id}/download`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::StreamingResponse, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::FILES_DOWNLOAD,
                )
                .path("file_id", self.file_id)
                .query("owner", self.owner)
                .query("expiry", self.expiry)
                .query("signature", self.signature)
                .streamed()
        }
    }
    /// Builder for [`Client::files_get`](super::Client::files_get): `GET /files/{file_id}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct FilesGet {
        transport: crate::Transport,
        file_id: Result<::std::string::String, String>,
    }
    impl FilesGet {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                file_id: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Id of the file, as given when it was uploaded and in `files.list`.
        ///
        /// Required.
        pub fn file_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.file_id = value.into_field();
            self
        }
        /// Sends `GET /files/{file_id}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::File>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::FILES_GET)
                .path("file_id", self.file_id)
                .decoded()
        }
    }
    /// Builder for [`Client::files_list`](super::Client::files_list): `GET /files`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct FilesList {
        transport: crate::Transport,
        cursor: Result<::std::option::Option<::std::string::String>, String>,
    }
    impl FilesList {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                cursor: Ok(::std::option::Option::None),
            }
        }
        crate::options::request_options!();
        /// The page to return: the `cursor` in the query of another page's `next` or `previous`. Without it, the first page.
        ///
        /// Optional.
        pub fn cursor<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cursor = value.into_field();
            self
        }
        /// Sends `GET /files`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::FilePage>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::FILES_LIST)
                .query("cursor", self.cursor)
                .decoded()
        }
    }
    /// Builder for [`Client::hardware_list`](super::Client::hardware_list): `GET /hardware`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct HardwareList {
        transport: crate::Transport,
    }
    impl HardwareList {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
            }
        }
        crate::options::request_options!();
        /// Sends `GET /hardware`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<
                crate::Response<::std::vec::Vec<types::Hardware>>,
                crate::Error,
            >,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::HARDWARE_LIST,
                )
                .decoded()
        }
    }
    /// Builder for [`Client::models_create`](super::Client::models_create): `POST /models`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct ModelsCreate {
        transport: crate::Transport,
        body: Result<types::builder::ModelCreateRequest, String>,
    }
    impl ModelsCreate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// Name, owner, visibility and hardware of the new model, and what is to be shown about it.
        ///
        /// Required. Takes a [`ModelCreateRequest`](types::ModelCreateRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::ModelCreateRequest>,
        {
            self.body = value.into_field().map(::std::convert::From::from);
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::ModelCreateRequest,
            ) -> types::builder::ModelCreateRequest,
        {
            self.body = self.body.map(fill);
            self
        }
        /// Sends `POST /models`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Model>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::MODELS_CREATE,
                )
                .json(
                    self
                        .body
                        .and_then(|body| {
                            types::ModelCreateRequest::try_from(body)
                                .map_err(|error| error.to_string())
                        }),
                )
                .decoded()
        }
    }
    /// Builder for [`Client::models_delete`](super::Client::models_delete): `DELETE /models/{model_owner}/{model_name}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct ModelsDelete {
        transport: crate::Transport,
        model_owner: Result<::std::string::String, String>,
        model_name: Result<::std::string::String, String>,
    }
    impl ModelsDelete {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                model_owner: Err(crate::field::REQUIRED),
                model_name: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// User or organization that the model belongs to: the `meta` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_owner = value.into_field();
            self
        }
        /// Name of the model without its owner: the `meta-llama-3-8b-instruct` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_name = value.into_field();
            self
        }
        /// Sends `DELETE /models/{model_owner}/{model_name}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<()>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::MODELS_DELETE,
                )
                .path("model_owner", self.model_owner)
                .path("model_name", self.model_name)
                .nothing()
        }
    }
    /// Builder for [`Client::models_examples_list`](super::Client::models_examples_list): `GET /models/{model_owner}/{model_name}/examples`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct ModelsExamplesList {
        transport: crate::Transport,
        model_owner: Result<::std::string::String, String>,
        model_name: Result<::std::string::String, String>,
        cursor: Result<::std::option::Option<::std::string::String>, String>,
    }
    impl ModelsExamplesList {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                model_owner: Err(crate::field::REQUIRED),
                model_name: Err(crate::field::REQUIRED),
                cursor: Ok(::std::option::Option::None),
            }
        }
        crate::options::request_options!();
        /// User or organization that the model belongs to: the `meta` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_owner = value.into_field();
            self
        }
        /// Name of the model without its owner: the `meta-llama-3-8b-instruct` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_name = value.into_field();
            self
        }
        /// The page to return: the `cursor` in the query of another page's `next` or `previous`. Without it, the first page.
        ///
        /// Optional.
        pub fn cursor<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cursor = value.into_field();
            self
        }
        /// Sends `GET /models/{model_owner}/{model_name}/examples`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::PredictionPage>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::MODELS_EXAMPLES_LIST,
                )
                .path("model_owner", self.model_owner)
                .path("model_name", self.model_name)
                .query("cursor", self.cursor)
                .decoded()
        }
    }
    /// Builder for [`Client::models_get`](super::Client::models_get): `GET /models/{model_owner}/{model_name}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct ModelsGet {
        transport: crate::Transport,
        model_owner: Result<::std::string::String, String>,
        model_name: Result<::std::string::String, String>,
    }
    impl ModelsGet {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                model_owner: Err(crate::field::REQUIRED),
                model_name: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// User or organization that the model belongs to: the `meta` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_owner = value.into_field();
            self
        }
        /// Name of the model without its owner: the `meta-llama-3-8b-instruct` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_name = value.into_field();
            self
        }
        /// Sends `GET /models/{model_owner}/{model_name}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Model>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::MODELS_GET)
                .path("model_owner", self.model_owner)
                .path("model_name", self.model_name)
                .decoded()
        }
    }
    /// Builder for [`Client::models_list`](super::Client::models_list): `GET /models`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct ModelsList {
        transport: crate::Transport,
        sort_by: Result<::std::option::Option<types::ModelSortBy>, String>,
        sort_direction: Result<::std::option::Option<types::SortDirection>, String>,
        cursor: Result<::std::option::Option<::std::string::String>, String>,
    }
    impl ModelsList {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                sort_by: Ok(::std::option::Option::None),
                sort_direction: Ok(::std::option::Option::None),
                cursor: Ok(::std::option::Option::None),
            }
        }
        crate::options::request_options!();
        /// What to sort by: `latest_version_created_at` (when the newest version was pushed, the default) or `model_created_at` (when the model itself was made).
        ///
        /// Optional.
        pub fn sort_by<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<types::ModelSortBy>>,
        {
            self.sort_by = value.into_field();
            self
        }
        /// `desc` puts the newest first and is the default; `asc` puts the oldest first.
        ///
        /// Optional.
        pub fn sort_direction<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<types::SortDirection>>,
        {
            self.sort_direction = value.into_field();
            self
        }
        /// The page to return: the `cursor` in the query of another page's `next` or `previous`. Without it, the first page.
        ///
        /// Optional.
        pub fn cursor<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cursor = value.into_field();
            self
        }
        /// Sends `GET /models`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::ModelPage>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::MODELS_LIST)
                .query("sort_by", self.sort_by)
                .query("sort_direction", self.sort_direction)
                .query("cursor", self.cursor)
                .decoded()
        }
    }
    /// Builder for [`Client::models_predictions_create`](super::Client::models_predictions_create): `POST /models/{model_owner}/{model_name}/predictions`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct ModelsPredictionsCreate {
        transport: crate::Transport,
        model_owner: Result<::std::string::String, String>,
        model_name: Result<::std::string::String, String>,
        prefer: Result<::std::option::Option<::std::string::String>, String>,
        cancel_after: Result<::std::option::Option<::std::string::String>, String>,
        body: Result<types::builder::PredictionRequest, String>,
    }
    impl ModelsPredictionsCreate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                model_owner: Err(crate::field::REQUIRED),
                model_name: Err(crate::field::REQUIRED),
                prefer: Ok(::std::option::Option::None),
                cancel_after: Ok(::std::option::Option::None),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// User or organization that the model belongs to: the `meta` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_owner = value.into_field();
            self
        }
        /// Name of the model without its owner: the `meta-llama-3-8b-instruct` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_name = value.into_field();
            self
        }
        /// How long to hold the request open for the result: `wait` for up to 60 seconds, or `wait=N` with a whole number of seconds from 1 to 60. Larger numbers are out of range, though the pattern lets 61 to 99 through.
        ///
        /// Without this header the answer comes as soon as the prediction exists. With it, the answer comes when there is output or the time is up, whichever is first; the id is not known before then, and the prediction goes on running after the wait has ended. The `preference-applied` header of the response tells what was granted.
        ///
        /// Output files may then come as `data:` addresses instead of `https:` ones.
        ///
        /// Optional.
        pub fn prefer<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.prefer = value.into_field();
            self
        }
        /// A time limit for the prediction, counted from its creation, queueing included. At the deadline a running prediction becomes `canceled`, one that has not begun to run `aborted`.
        ///
        /// Written as numbers with the units `s`, `m` and `h`, as in `45s`, `10m` or `1h15m30s`; a bare number means seconds. At least 5 seconds.
        ///
        /// Unlike a timeout of the caller's, this stops the work, and with it the cost, even when the caller has gone. The resulting instant is in the prediction's `deadline`.
        ///
        /// Optional.
        pub fn cancel_after<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cancel_after = value.into_field();
            self
        }
        /// The model's input, and where to report progress.
        ///
        /// Required. Takes a [`PredictionRequest`](types::PredictionRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::PredictionRequest>,
        {
            self.body = value.into_field().map(::std::convert::From::from);
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::PredictionRequest,
            ) -> types::builder::PredictionRequest,
        {
            self.body = self.body.map(fill);
            self
        }
        /// Sends `POST /models/{model_owner}/{model_name}/predictions`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Prediction>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::MODELS_PREDICTIONS_CREATE,
                )
                .path("model_owner", self.model_owner)
                .path("model_name", self.model_name)
                .header("Prefer", self.prefer)
                .header("Cancel-After", self.cancel_after)
                .json(
                    self
                        .body
                        .and_then(|body| {
                            types::PredictionRequest::try_from(body)
                                .map_err(|error| error.to_string())
                        }),
                )
                .decoded()
        }
    }
    /// Builder for [`Client::models_readme_get`](super::Client::models_readme_get): `GET /models/{model_owner}/{model_name}/readme`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct ModelsReadmeGet {
        transport: crate::Transport,
        model_owner: Result<::std::string::String, String>,
        model_name: Result<::std::string::String, String>,
    }
    impl ModelsReadmeGet {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                model_owner: Err(crate::field::REQUIRED),
                model_name: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// User or organization that the model belongs to: the `meta` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_owner = value.into_field();
            self
        }
        /// Name of the model without its owner: the `meta-llama-3-8b-instruct` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_name = value.into_field();
            self
        }
        /// Sends `GET /models/{model_owner}/{model_name}/readme`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::StreamingResponse, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::MODELS_README_GET,
                )
                .path("model_owner", self.model_owner)
                .path("model_name", self.model_name)
                .streamed()
        }
    }
    /// Builder for [`Client::models_search`](super::Client::models_search): `QUERY /models`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct ModelsSearch {
        transport: crate::Transport,
        body: Result<::std::string::String, String>,
    }
    impl ModelsSearch {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                body: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// The words to look for, as bare text.
        ///
        /// Required.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.body = value.into_field();
            self
        }
        /// Sends `QUERY /models`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::ModelPage>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::MODELS_SEARCH,
                )
                .text("text/plain", self.body)
                .decoded()
        }
    }
    /// Builder for [`Client::models_update`](super::Client::models_update): `PATCH /models/{model_owner}/{model_name}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct ModelsUpdate {
        transport: crate::Transport,
        model_owner: Result<::std::string::String, String>,
        model_name: Result<::std::string::String, String>,
        body: Result<types::builder::ModelUpdateRequest, String>,
    }
    impl ModelsUpdate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                model_owner: Err(crate::field::REQUIRED),
                model_name: Err(crate::field::REQUIRED),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// User or organization that the model belongs to: the `meta` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_owner = value.into_field();
            self
        }
        /// Name of the model without its owner: the `meta-llama-3-8b-instruct` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_name = value.into_field();
            self
        }
        /// The fields to change.
        ///
        /// Required. Takes a [`ModelUpdateRequest`](types::ModelUpdateRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::ModelUpdateRequest>,
        {
            self.body = value.into_field().map(::std::convert::From::from);
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::ModelUpdateRequest,
            ) -> types::builder::ModelUpdateRequest,
        {
            self.body = self.body.map(fill);
            self
        }
        /// Sends `PATCH /models/{model_owner}/{model_name}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Model>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::MODELS_UPDATE,
                )
                .path("model_owner", self.model_owner)
                .path("model_name", self.model_name)
                .json(
                    self
                        .body
                        .and_then(|body| {
                            types::ModelUpdateRequest::try_from(body)
                                .map_err(|error| error.to_string())
                        }),
                )
                .decoded()
        }
    }
    /// Builder for [`Client::models_versions_delete`](super::Client::models_versions_delete): `DELETE /models/{model_owner}/{model_name}/versions/{version_id}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct ModelsVersionsDelete {
        transport: crate::Transport,
        model_owner: Result<::std::string::String, String>,
        model_name: Result<::std::string::String, String>,
        version_id: Result<::std::string::String, String>,
    }
    impl ModelsVersionsDelete {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                model_owner: Err(crate::field::REQUIRED),
                model_name: Err(crate::field::REQUIRED),
                version_id: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// User or organization that the model belongs to: the `meta` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_owner = value.into_field();
            self
        }
        /// Name of the model without its owner: the `meta-llama-3-8b-instruct` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_name = value.into_field();
            self
        }
        /// Full id of the version, 64 hexadecimal digits.
        ///
        /// Required.
        pub fn version_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.version_id = value.into_field();
            self
        }
        /// Sends `DELETE /models/{model_owner}/{model_name}/versions/{version_id}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<()>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::MODELS_VERSIONS_DELETE,
                )
                .path("model_owner", self.model_owner)
                .path("model_name", self.model_name)
                .path("version_id", self.version_id)
                .nothing()
        }
    }
    /// Builder for [`Client::models_versions_get`](super::Client::models_versions_get): `GET /models/{model_owner}/{model_name}/versions/{version_id}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct ModelsVersionsGet {
        transport: crate::Transport,
        model_owner: Result<::std::string::String, String>,
        model_name: Result<::std::string::String, String>,
        version_id: Result<::std::string::String, String>,
    }
    impl ModelsVersionsGet {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                model_owner: Err(crate::field::REQUIRED),
                model_name: Err(crate::field::REQUIRED),
                version_id: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// User or organization that the model belongs to: the `meta` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_owner = value.into_field();
            self
        }
        /// Name of the model without its owner: the `meta-llama-3-8b-instruct` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_name = value.into_field();
            self
        }
        /// Full id of the version, 64 hexadecimal digits.
        ///
        /// Required.
        pub fn version_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.version_id = value.into_field();
            self
        }
        /// Sends `GET /models/{model_owner}/{model_name}/versions/{version_id}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Version>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::MODELS_VERSIONS_GET,
                )
                .path("model_owner", self.model_owner)
                .path("model_name", self.model_name)
                .path("version_id", self.version_id)
                .decoded()
        }
    }
    /// Builder for [`Client::models_versions_list`](super::Client::models_versions_list): `GET /models/{model_owner}/{model_name}/versions`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct ModelsVersionsList {
        transport: crate::Transport,
        model_owner: Result<::std::string::String, String>,
        model_name: Result<::std::string::String, String>,
        cursor: Result<::std::option::Option<::std::string::String>, String>,
    }
    impl ModelsVersionsList {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                model_owner: Err(crate::field::REQUIRED),
                model_name: Err(crate::field::REQUIRED),
                cursor: Ok(::std::option::Option::None),
            }
        }
        crate::options::request_options!();
        /// User or organization that the model belongs to: the `meta` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_owner = value.into_field();
            self
        }
        /// Name of the model without its owner: the `meta-llama-3-8b-instruct` of `meta/meta-llama-3-8b-instruct`.
        ///
        /// Required.
        pub fn model_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_name = value.into_field();
            self
        }
        /// The page to return: the `cursor` in the query of another page's `next` or `previous`. Without it, the first page.
        ///
        /// Optional.
        pub fn cursor<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cursor = value.into_field();
            self
        }
        /// Sends `GET /models/{model_owner}/{model_name}/versions`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::VersionPage>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::MODELS_VERSIONS_LIST,
                )
                .path("model_owner", self.model_owner)
                .path("model_name", self.model_name)
                .query("cursor", self.cursor)
                .decoded()
        }
    }
    /// Builder for [`Client::predictions_cancel`](super::Client::predictions_cancel): `POST /predictions/{prediction_id}/cancel`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct PredictionsCancel {
        transport: crate::Transport,
        prediction_id: Result<::std::string::String, String>,
    }
    impl PredictionsCancel {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                prediction_id: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Id of the prediction, as returned when it was created.
        ///
        /// Required.
        pub fn prediction_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.prediction_id = value.into_field();
            self
        }
        /// Sends `POST /predictions/{prediction_id}/cancel`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Prediction>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::PREDICTIONS_CANCEL,
                )
                .path("prediction_id", self.prediction_id)
                .decoded()
        }
    }
    /// Builder for [`Client::predictions_create`](super::Client::predictions_create): `POST /predictions`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct PredictionsCreate {
        transport: crate::Transport,
        prefer: Result<::std::option::Option<::std::string::String>, String>,
        cancel_after: Result<::std::option::Option<::std::string::String>, String>,
        body: Result<types::builder::VersionPredictionRequest, String>,
    }
    impl PredictionsCreate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                prefer: Ok(::std::option::Option::None),
                cancel_after: Ok(::std::option::Option::None),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// How long to hold the request open for the result: `wait` for up to 60 seconds, or `wait=N` with a whole number of seconds from 1 to 60. Larger numbers are out of range, though the pattern lets 61 to 99 through.
        ///
        /// Without this header the answer comes as soon as the prediction exists. With it, the answer comes when there is output or the time is up, whichever is first; the id is not known before then, and the prediction goes on running after the wait has ended. The `preference-applied` header of the response tells what was granted.
        ///
        /// Output files may then come as `data:` addresses instead of `https:` ones.
        ///
        /// Optional.
        pub fn prefer<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.prefer = value.into_field();
            self
        }
        /// A time limit for the prediction, counted from its creation, queueing included. At the deadline a running prediction becomes `canceled`, one that has not begun to run `aborted`.
        ///
        /// Written as numbers with the units `s`, `m` and `h`, as in `45s`, `10m` or `1h15m30s`; a bare number means seconds. At least 5 seconds.
        ///
        /// Unlike a timeout of the caller's, this stops the work, and with it the cost, even when the caller has gone. The resulting instant is in the prediction's `deadline`.
        ///
        /// Optional.
        pub fn cancel_after<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cancel_after = value.into_field();
            self
        }
        /// Which version to run, with what input, and where to report progress.
        ///
        /// Required. Takes a [`VersionPredictionRequest`](types::VersionPredictionRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::VersionPredictionRequest>,
        {
            self.body = value.into_field().map(::std::convert::From::from);
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::VersionPredictionRequest,
            ) -> types::builder::VersionPredictionRequest,
        {
            self.body = self.body.map(fill);
            self
        }
        /// Sends `POST /predictions`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Prediction>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::PREDICTIONS_CREATE,
                )
                .header("Prefer", self.prefer)
                .header("Cancel-After", self.cancel_after)
                .json(
                    self
                        .body
                        .and_then(|body| {
                            types::VersionPredictionRequest::try_from(body)
                                .map_err(|error| error.to_string())
                        }),
                )
                .decoded()
        }
    }
    /// Builder for [`Client::predictions_get`](super::Client::predictions_get): `GET /predictions/{prediction_id}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct PredictionsGet {
        transport: crate::Transport,
        prediction_id: Result<::std::string::String, String>,
    }
    impl PredictionsGet {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                prediction_id: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Id of the prediction, as returned when it was created.
        ///
        /// Required.
        pub fn prediction_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.prediction_id = value.into_field();
            self
        }
        /// Sends `GET /predictions/{prediction_id}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Prediction>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::PREDICTIONS_GET,
                )
                .path("prediction_id", self.prediction_id)
                .decoded()
        }
    }
    /// Builder for [`Client::predictions_list`](super::Client::predictions_list): `GET /predictions`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct PredictionsList {
        transport: crate::Transport,
        created_after: Result<
            ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
            String,
        >,
        created_before: Result<
            ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
            String,
        >,
        source: Result<::std::option::Option<types::Source>, String>,
        cursor: Result<::std::option::Option<::std::string::String>, String>,
    }
    impl PredictionsList {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                created_after: Ok(::std::option::Option::None),
                created_before: Ok(::std::option::Option::None),
                source: Ok(::std::option::Option::None),
                cursor: Ok(::std::option::Option::None),
            }
        }
        crate::options::request_options!();
        /// Earliest creation time to include, as an RFC 3339 instant such as `2026-02-01T08:00:00Z`. A prediction of exactly this instant is included.
        ///
        /// Optional.
        pub fn created_after<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<
                ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
            >,
        {
            self.created_after = value.into_field();
            self
        }
        /// Creation time at which to stop, as an RFC 3339 instant. A prediction of exactly this instant is left out, so that adjoining ranges share none.
        ///
        /// Optional.
        pub fn created_before<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<
                ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
            >,
        {
            self.created_before = value.into_field();
            self
        }
        /// Limit the list by origin. The only value is `web`: predictions made on the website, and of those only the last 14 days. Leave it out to get everything, whatever its origin.
        ///
        /// Optional.
        pub fn source<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<types::Source>>,
        {
            self.source = value.into_field();
            self
        }
        /// The page to return: the `cursor` in the query of another page's `next` or `previous`. Without it, the first page.
        ///
        /// Optional.
        pub fn cursor<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cursor = value.into_field();
            self
        }
        /// Sends `GET /predictions`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::PredictionPage>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::PREDICTIONS_LIST,
                )
                .query("created_after", self.created_after)
                .query("created_before", self.created_before)
                .query("source", self.source)
                .query("cursor", self.cursor)
                .decoded()
        }
    }
    /// Builder for [`Client::search`](super::Client::search): `GET /search`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct Search {
        transport: crate::Transport,
        query: Result<::std::string::String, String>,
        limit: Result<::std::option::Option<i64>, String>,
    }
    impl Search {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                query: Err(crate::field::REQUIRED),
                limit: Ok(::std::option::Option::None),
            }
        }
        crate::options::request_options!();
        /// Words to look for, in plain language. An empty or missing query is answered with `400`.
        ///
        /// Required.
        pub fn query<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.query = value.into_field();
            self
        }
        /// Most models to return, from 1 to 50; 20 if left out. Collections and pages are not counted.
        ///
        /// Optional.
        pub fn limit<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<i64>>,
        {
            self.limit = value.into_field();
            self
        }
        /// Sends `GET /search`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::SearchResults>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(self.transport, &super::operations::SEARCH)
                .query("query", self.query)
                .query("limit", self.limit)
                .decoded()
        }
    }
    /// Builder for [`Client::trainings_cancel`](super::Client::trainings_cancel): `POST /trainings/{training_id}/cancel`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct TrainingsCancel {
        transport: crate::Transport,
        training_id: Result<::std::string::String, String>,
    }
    impl TrainingsCancel {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                training_id: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Id of the training, as returned when it was created.
        ///
        /// Required.
        pub fn training_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.training_id = value.into_field();
            self
        }
        /// Sends `POST /trainings/{training_id}/cancel`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Training>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::TRAININGS_CANCEL,
                )
                .path("training_id", self.training_id)
                .decoded()
        }
    }
    /// Builder for [`Client::trainings_create`](super::Client::trainings_create): `POST /models/{model_owner}/{model_name}/versions/{version_id}/trainings`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct TrainingsCreate {
        transport: crate::Transport,
        model_owner: Result<::std::string::String, String>,
        model_name: Result<::std::string::String, String>,
        version_id: Result<::std::string::String, String>,
        body: Result<types::builder::TrainingRequest, String>,
    }
    impl TrainingsCreate {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                model_owner: Err(crate::field::REQUIRED),
                model_name: Err(crate::field::REQUIRED),
                version_id: Err(crate::field::REQUIRED),
                body: Ok(::std::default::Default::default()),
            }
        }
        crate::options::request_options!();
        /// User or organization that the model to be trained belongs to. The result goes elsewhere, to `destination`.
        ///
        /// Required.
        pub fn model_owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_owner = value.into_field();
            self
        }
        /// Name of the model to be trained, without its owner.
        ///
        /// Required.
        pub fn model_name<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.model_name = value.into_field();
            self
        }
        /// Full id of the version to be trained, 64 hexadecimal digits. Its `openapi_schema` must have a `TrainingInput`.
        ///
        /// Required.
        pub fn version_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.version_id = value.into_field();
            self
        }
        /// The training's input, the model to push to, and where to report progress.
        ///
        /// Required. Takes a [`TrainingRequest`](types::TrainingRequest), its builder, or `json!({…})`.
        pub fn body<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<types::TrainingRequest>,
        {
            self.body = value.into_field().map(::std::convert::From::from);
            self
        }
        /// Fills in the body, starting from what is set so far.
        pub fn body_map<F>(mut self, fill: F) -> Self
        where
            F: ::std::ops::FnOnce(
                types::builder::TrainingRequest,
            ) -> types::builder::TrainingRequest,
        {
            self.body = self.body.map(fill);
            self
        }
        /// Sends `POST /models/{model_owner}/{model_name}/versions/{version_id}/trainings`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Training>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::TRAININGS_CREATE,
                )
                .path("model_owner", self.model_owner)
                .path("model_name", self.model_name)
                .path("version_id", self.version_id)
                .json(
                    self
                        .body
                        .and_then(|body| {
                            types::TrainingRequest::try_from(body)
                                .map_err(|error| error.to_string())
                        }),
                )
                .decoded()
        }
    }
    /// Builder for [`Client::trainings_get`](super::Client::trainings_get): `GET /trainings/{training_id}`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct TrainingsGet {
        transport: crate::Transport,
        training_id: Result<::std::string::String, String>,
    }
    impl TrainingsGet {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                training_id: Err(crate::field::REQUIRED),
            }
        }
        crate::options::request_options!();
        /// Id of the training, as returned when it was created.
        ///
        /// Required.
        pub fn training_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.training_id = value.into_field();
            self
        }
        /// Sends `GET /trainings/{training_id}`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::Training>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::TRAININGS_GET,
                )
                .path("training_id", self.training_id)
                .decoded()
        }
    }
    /// Builder for [`Client::trainings_list`](super::Client::trainings_list): `GET /trainings`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct TrainingsList {
        transport: crate::Transport,
        cursor: Result<::std::option::Option<::std::string::String>, String>,
    }
    impl TrainingsList {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
                cursor: Ok(::std::option::Option::None),
            }
        }
        crate::options::request_options!();
        /// The page to return: the `cursor` in the query of another page's `next` or `previous`. Without it, the first page.
        ///
        /// Optional.
        pub fn cursor<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cursor = value.into_field();
            self
        }
        /// Sends `GET /trainings`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::TrainingPage>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::TRAININGS_LIST,
                )
                .query("cursor", self.cursor)
                .decoded()
        }
    }
    /// Builder for [`Client::webhooks_default_secret_get`](super::Client::webhooks_default_secret_get): `GET /webhooks/default/secret`.
    #[must_use = "nothing is sent before `send`"]
    #[derive(Debug, Clone)]
    pub struct WebhooksDefaultSecretGet {
        transport: crate::Transport,
    }
    impl WebhooksDefaultSecretGet {
        pub(super) fn new(transport: &crate::Transport) -> Self {
            Self {
                transport: transport.clone(),
            }
        }
        crate::options::request_options!();
        /// Sends `GET /webhooks/default/secret`.
        pub fn send(
            self,
        ) -> impl Future<
            Output = Result<crate::Response<types::WebhookSecret>, crate::Error>,
        > + Send + use<> {
            crate::operation::Call::new(
                    self.transport,
                    &super::operations::WEBHOOKS_DEFAULT_SECRET_GET,
                )
                .decoded()
        }
    }
}
