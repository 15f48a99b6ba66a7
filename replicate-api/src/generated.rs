// Written by `cargo xtask codegen`; an edit here is lost the next time.
// openapi/replicate.json: sha256 775929860bd676c46ffac427d9fad9de31522ee234050c4475484064e651a597
// openapi/overlay.yaml: sha256 76e0437722bd9249b8dd73b2cd757155e74dbc6e942458890ab7f602da8cef47

#![allow(unused_imports, unused_mut, missing_docs, clippy::all)]

/// Client for Replicate HTTP API.
///
/// Replicate runs machine-learning models on its own hardware and bills their use to the account of the caller. This API creates the runs, called predictions, and returns their results. It also manages models and their versions, trainings, deployments and uploaded files.
///
/// ## URLs and tokens
///
/// All paths are relative to <https://api.replicate.com/v1>. Every operation except the search at `/search` requires an API token, sent as `Authorization: Bearer TOKEN`. Tokens start with `r8_` and are created at <https://replicate.com/account/api-tokens>. A token can spend the account's money, so keep it out of logs and never send it to another host: neither stream URLs nor files on `replicate.delivery` need it.
///
/// Owners, names and ids are single path segments. Percent-encode them if they are user input.
///
/// ## From creation to result
///
/// A prediction or training begins as `starting`, becomes `processing` when the model starts, and ends with one of four terminal statuses: `succeeded`, `failed`, `canceled` or `aborted` (ended before it started). A terminal status does not change.
///
/// There are four ways to get the result: poll the `get` operation, hold the create request open with `Prefer: wait`, read the stream of server-sent events that `urls.stream` points to, or register a webhook.
///
/// **Results expire.** One hour after a prediction that was created through the API has ended, its input, output, logs and output files are removed. Copy what you need.
///
/// ## Creates are not idempotent
///
/// There is no idempotency key. A create request whose response was lost (a reset, a timeout, a 5xx status) may have been processed, and a retry starts and bills a second run. Look through the recent predictions before you retry. A create is safe to retry only if no connection was established, or after a complete `429`. Reads and cancels are always safe to retry.
///
/// ## Rate limits
///
/// An account may create 600 predictions a minute and make 3000 other requests a minute. Without a payment method, six predictions a minute are allowed. The response headers `ratelimit-remaining` and `ratelimit-reset` (seconds) report what is left.
///
/// A request beyond the limit is not processed and returns `429`. The delay in seconds is in the `Retry-After` header, in `retry_after` of the body, or only in the text of `detail`.
///
/// ## Lists
///
/// A list is paginated: `results` has the items, `next` and `previous` the URLs of the adjacent pages, `null` at the ends. Their `cursor` is opaque. Use the cursor instead of following the URL, since the token is sent with the request.
///
/// ## Errors
///
/// Most error bodies are `application/problem+json` with `title`, `detail` and `status`; some have only `detail`, and a proxy may respond with HTML.
///
/// | Status | Meaning | What to do |
/// |---|---|---|
/// | `400` | malformed request | correct it |
/// | `401` | token missing, malformed or revoked | use a valid token |
/// | `402` | the account has no payment method or no credit left | set up billing at <https://replicate.com/account/billing> |
/// | `403` | the account may not do this | use the owner's token |
/// | `404` | the resource does not exist, or is not visible to this token | check owner, name and id |
/// | `413` | an upload of more than 100 MiB | send a smaller file, or host it elsewhere |
/// | `422` | the input violates the model's schema (`invalid_fields` names the fields), or the version cannot be used | correct the input or the version |
/// | `429` | rate limit reached | wait for the given delay, then retry |
/// | 5xx | a server error | retry reads after a delay; for creates, see above |
///
/// ## Reading responses
///
/// Fields may be absent or `null` while they have no value, and unlisted fields may appear. Enums may grow: treat an unknown status as not terminal. Times are RFC 3339 in UTC with three to nine digits of fractional seconds; they come from different machines, so differences between them can be slightly negative.
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
    /// Creates a prediction: one run of a model on one input. Any model that the token can access can be run by its version. Official models can be given as `owner/name` alone; for a deployment, use `deployments.predictions.create`.
    ///
    /// The prediction is normally returned as `starting`, before there is output. Send `Prefer: wait` to hold the request open, or get the result with `predictions.get`, from the stream in `urls.stream`, or by a webhook. Even after a wait the status can be `starting` or `processing`: poll until it is terminal.
    ///
    /// **A retry creates and bills a second prediction.** There is no idempotency key. After a lost response, look through `predictions.list` first. For a public model the processing time is billed; for a private one, also the setup and idle time of its instances.
    ///
    /// Input, output, logs and output files are removed after one hour: copy them before then.
    ///
    /// Errors: `401` (missing or invalid token), `402` (no credit or no payment method), `422` (the input violates the model's schema, as `invalid_fields` says, or there is no such version for this token), `429` (over 600 predictions a minute, or six without a payment method).
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
    /// Returns the current state of a prediction. To wait for it, poll about every half second until `status` is `succeeded`, `failed`, `canceled` or `aborted`. Each request counts towards the limit of 3000 a minute.
    ///
    /// `output` is absent or `null` while there is none. Models with incremental output show the output so far while still `processing`.
    ///
    /// **One hour after it has ended, the data of a prediction created through the API is removed**: input, output, logs and output files. The prediction itself can still be read; `data_removed` is then true and `output` is `null`, which does not mean that there was no output.
    ///
    /// Reads are free and safe to retry.
    ///
    /// Errors: `401` (missing or invalid token), `404` (no such prediction, or it belongs to another account), `429` (over 3000 requests a minute).
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
    /// Returns a page of up to 100 predictions of the token's account, newest first, created through the API or on the website. Filter it by time with `created_after` and `created_before`.
    ///
    /// Use it to find a prediction whose create request got no response. Predictions created through the API stay listed after their data has been removed, without input, output and logs.
    ///
    /// Errors: `401` (missing or invalid token), `400` or `422` (an invalid filter), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /predictions`; see [`predictions.list`](https://replicate.com/docs/reference/http#predictions.list).
    ///
    /// Documented responses: `200 PredictionPage`.
    pub fn predictions_list(&self) -> builder::PredictionsList {
        builder::PredictionsList::new(&self.transport)
    }
    /// Cancel a prediction.
    ///
    /// Requests the cancellation of a prediction. A queued or running prediction becomes `canceled`; one that has already ended keeps its status. Check `status` in the response, and poll `predictions.get` if it is not terminal yet.
    ///
    /// Canceling stops further cost. Processing time so far can still be billed.
    ///
    /// It is safe to retry. To cancel a prediction automatically, even if the client is gone, create it with `Cancel-After`.
    ///
    /// Errors: `401` (missing or invalid token), `404` (no such prediction, or it belongs to another account), `429` (over 3000 requests a minute).
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
    /// Creates an empty model: a name to push versions to. It cannot run until it has one, pushed with [Cog](https://cog.run) or created by a training that names it as its `destination`. Until then `latest_version` is `null`.
    ///
    /// Creating a model is free; running it costs the price of its `hardware`. A private model's instances are billed for setup and idle time as well as for the work.
    ///
    /// An account can have 1,000 models. Push new versions to one model instead of creating a model for every change.
    ///
    /// The request is not idempotent. The name must be unused by its owner, so after a lost response look for it with `models.get`.
    ///
    /// Errors: `401` (missing or invalid token), `402` (billing is not set up), `403` (the token does not belong to `owner`), `422` (a name already taken or not allowed, or unknown hardware), `429` (over 3000 requests a minute).
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
    /// Returns one model: its description, its number of runs, an example, and its newest version. The version's `openapi_schema` describes the model's input and output, under `components.schemas.Input` and `components.schemas.Output`.
    ///
    /// The schema of one version can be tens of kilobytes in size; cache it instead of reading it before every prediction.
    ///
    /// Errors: `401` (missing or invalid token), `404` (no such model, or it is private and not visible to this token), `429` (over 3000 requests a minute).
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
    /// Returns a page of the public models, by default those with the newest versions first. There are thousands: to find a model for a purpose, `models.search`, `search` and `collections.list` are faster.
    ///
    /// The list changes while it is read, so a model can appear twice or be missed between pages.
    ///
    /// Errors: `401` (missing or invalid token), `400` or `422` (an unknown sort key or direction), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /models`; see [`models.list`](https://replicate.com/docs/reference/http#models.list).
    ///
    /// Documented responses: `200 ModelPage`.
    pub fn models_list(&self) -> builder::ModelsList {
        builder::ModelsList::new(&self.transport)
    }
    /// Search public models by text.
    ///
    /// Returns a page of the public models that match the text in the body.
    ///
    /// The request is unusual in two ways. Its method is `QUERY`, which is safe like `GET` but has a body, and which some proxies and tools do not support. Its body is plain text, sent as `text/plain`: not JSON, and without quotation marks, which would be part of the query.
    ///
    /// For relevance scores, and for collections and documentation in the same response, see `search`.
    ///
    /// Errors: `401` (missing or invalid token), `429` (over 3000 requests a minute).
    ///
    /// Sends `QUERY /models`; see [`models.search`](https://replicate.com/docs/reference/http#models.search).
    ///
    /// Required: `body`.
    ///
    /// Documented responses: `200 ModelPage`.
    pub fn models_search(&self) -> builder::ModelsSearch {
        builder::ModelsSearch::new(&self.transport)
    }
    /// Change a model's description and links.
    ///
    /// Changes a model's description, README or links. Omitted fields are unchanged; name, owner, visibility and hardware cannot be changed here. Versions and predictions are not affected.
    ///
    /// It is safe to retry.
    ///
    /// Errors: `401` (missing or invalid token), `403` (not the owner's token), `404` (no such model), `422` (an invalid value), `429` (over 3000 requests a minute).
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
    /// Deletes a model permanently. Three conditions must hold: the token's account owns the model, the model is private, and it has no versions left. Delete those first with `models.versions.delete`, which takes minutes.
    ///
    /// It is safe to retry: `404` after a lost response means that the model no longer exists.
    ///
    /// Errors: `401` (missing or invalid token), `403` (not the owner's token), `404` (no such model), another 4xx (it is public or still has versions: `detail` says which), `429` (over 3000 requests a minute).
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
    /// Returns a page of the predictions that the model's author has saved as examples, with their inputs and outputs. Unlike other predictions, they are not removed after an hour. They are good templates for an input.
    ///
    /// The main one is `default_example` of `models.get`. A model without examples has an empty page.
    ///
    /// Errors: `401` (missing or invalid token), `404` (no such model, or not visible to this token), `429` (over 3000 requests a minute).
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
    /// Creates a prediction on a model that is identified by name alone. This works for official models: those that Replicate keeps running, with a stable interface and a price per image, token or second of output. Any other model returns `404` here, and nothing is created; run a version of it with `predictions.create`.
    ///
    /// The prediction is normally returned as `starting`, before there is output. Send `Prefer: wait` to hold the request open, or get the result with `predictions.get`, from the stream in `urls.stream`, or by a webhook. Even after a wait the status can be `starting` or `processing`: poll until it is terminal.
    ///
    /// **A retry creates and bills a second prediction.** After a lost response, look through `predictions.list` first.
    ///
    /// Errors: `401` (missing or invalid token), `402` (no credit or no payment method), `404` (no such model, or not an official one), `422` (the input violates the model's schema: see `invalid_fields`), `429` (over 600 predictions a minute, or six without a payment method).
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
    /// Returns the README of a model as Markdown source, not as JSON. It is written by the model's author: sanitize it before you show it as HTML.
    ///
    /// Errors: `401` (missing or invalid token), `404` (the model has no README, or there is no such model), `429` (over 3000 requests a minute).
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
    /// Returns one version: its creation time, its Cog version, and the schema of its input and output. Versions never change, so the response can be cached for as long as the version exists.
    ///
    /// In `openapi_schema`, `components.schemas.Input` lists the input's fields with type, default, limits and an `x-order` for display, and `components.schemas.Output` describes the output. There, a string of `format: uri` is a file, and `x-cog-array-type: iterator` marks an output that is produced incrementally and can be streamed.
    ///
    /// Errors: `401` (missing or invalid token), `404` (no such model or version, or not visible to this token), `429` (over 3000 requests a minute).
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
    /// Errors: `401` (missing or invalid token), `404` (no such model, or not visible to this token), `429` (over 3000 requests a minute).
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
    /// Requests the deletion of a version, **together with every prediction made with it and their output files**. The response only says that the request was accepted; the deletion follows within minutes, and cannot be undone.
    ///
    /// A version can be deleted only if all of these conditions hold:
    ///
    /// - the token's account owns the model, and the model is private;
    /// - no other account has run the version;
    /// - no training is based on it;
    /// - no deployment runs it;
    /// - no other version is configured to be served by it.
    ///
    /// It is safe to retry.
    ///
    /// Errors: `401` (missing or invalid token), `403` (not the owner's token), `404` (no such version, or already deleted), another 4xx (one of the conditions does not hold: `detail` says which), `429` (over 3000 requests a minute).
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
    /// Fine-tunes a model on the caller's data: runs the training code of one of its versions and pushes the result as a new version of the model named in `destination`, which must exist already. Only versions with training code can be trained.
    ///
    /// A training takes minutes to hours. Poll `trainings.get`, or use a webhook; `Prefer` and `Cancel-After` are not supported.
    ///
    /// **A retry starts and bills a second training.** Trainings are billed per second of hardware. After a lost response, look through `trainings.list` first.
    ///
    /// Errors: `401` (missing or invalid token), `402` (no credit or no payment method), `404` (no such model or version), `422` (the input violates the training's schema, the destination does not exist or belongs to another account, or the version cannot be trained), `429` (over 3000 requests a minute).
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
    /// Returns the current state of a training. Poll every few seconds until `status` is `succeeded`, `failed`, `canceled` or `aborted`. After success, `output.version` names the new version.
    ///
    /// Errors: `401` (missing or invalid token), `404` (no such training, or it belongs to another account), `429` (over 3000 requests a minute).
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
    /// Returns a page of up to 100 trainings of the token's account, newest first, created through the API or on the website.
    ///
    /// Errors: `401` (missing or invalid token), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /trainings`; see [`trainings.list`](https://replicate.com/docs/reference/http#trainings.list).
    ///
    /// Documented responses: `200 TrainingPage`.
    pub fn trainings_list(&self) -> builder::TrainingsList {
        builder::TrainingsList::new(&self.transport)
    }
    /// Cancel a training.
    ///
    /// Requests the cancellation of a training. No version is created, and all progress is lost. A training that has already ended keeps its status, so check `status` in the response.
    ///
    /// Canceling stops further cost. Processing time so far can still be billed. It is safe to retry.
    ///
    /// Errors: `401` (missing or invalid token), `404` (no such training, or it belongs to another account), `429` (over 3000 requests a minute).
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
    /// Deploys one version of a model with its own URL and hardware, so that it scales between the limits set here and shares no queue with other accounts. The deployment belongs to the token's account, and its name must be unused there.
    ///
    /// **This can cost money without a single prediction.** Instances are billed for the whole time that they are up: setup, work and idle time. With `min_instances` above 0 the cost never stops; with 0 the deployment scales to zero when idle, and the first prediction after that waits for a cold start.
    ///
    /// The request is not idempotent. If the response was lost, look for the name with `deployments.get` before you retry.
    ///
    /// Errors: `401` (missing or invalid token), `402` (billing is not set up), `422` (a field is missing or out of range, or the model, version or hardware does not exist), `429` (over 3000 requests a minute).
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
    /// Errors: `401` (missing or invalid token), `404` (no such deployment, or not visible to this token), `429` (over 3000 requests a minute).
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
    /// Errors: `401` (missing or invalid token), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /deployments`; see [`deployments.list`](https://replicate.com/docs/reference/http#deployments.list).
    ///
    /// Documented responses: `200 DeploymentPage`.
    pub fn deployments_list(&self) -> builder::DeploymentsList {
        builder::DeploymentsList::new(&self.transport)
    }
    /// Change a deployment.
    ///
    /// Changes the version, the hardware or the scaling limits. Omitted fields are unchanged.
    ///
    /// Each change creates a new release: `current_release.number` is incremented and the instances get the new settings. The name and the model are fixed. A higher `min_instances` costs more from then on, used or not.
    ///
    /// Errors: `401` (missing or invalid token), `404` (no such deployment), `422` (a value out of range, or no such version or hardware), `429` (over 3000 requests a minute).
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
    /// Deletes a deployment permanently.
    ///
    /// Only a deployment that has been offline and unused for 15 minutes or more can be deleted: set `min_instances` to 0 and let it scale down first. Until then the request is rejected.
    ///
    /// It is safe to retry: `404` after a lost response means that the deployment no longer exists.
    ///
    /// Errors: `401` (missing or invalid token), `404` (no such deployment), `429` (over 3000 requests a minute).
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
    /// Creates a prediction on a deployment's own instances, with the version of its current release. The body has no version.
    ///
    /// The prediction is normally returned as `starting`, before there is output. Send `Prefer: wait` to hold the request open, or get the result with `predictions.get`, from the stream in `urls.stream`, or by a webhook. Even after a wait the status can be `starting` or `processing`: poll until it is terminal.
    ///
    /// **A retry creates and bills a second prediction.** After a lost response, look through `predictions.list` first. If the deployment has scaled to zero, the prediction waits for an instance, whose setup and idle time is billed as well.
    ///
    /// Errors: `401` (missing or invalid token), `402` (no credit or no payment method), `404` (no such deployment), `422` (the input violates the model's schema: see `invalid_fields`), `429` (over 600 predictions a minute, or six without a payment method).
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
    /// Returns one collection, with all of its models in full. The models are not paginated, so the response can be large.
    ///
    /// Errors: `401` (missing or invalid token), `404` (no collection has this slug), `429` (over 3000 requests a minute).
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
    /// Returns a page of the collections: groups of models for one purpose, such as text to speech, curated by Replicate. Each entry has a name, a slug and a short description; `collections.get` returns the models.
    ///
    /// Follow `next` until it is `null` to get them all.
    ///
    /// Errors: `401` (missing or invalid token), `429` (over 3000 requests a minute).
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
    /// Searches public models, collections and documentation pages together and returns the best matches of each, without pagination. Models come with their full data, a relevance score, tags and a generated description, for programs to choose from.
    ///
    /// This is the only operation that requires no token. It is in beta: its format may change. For a paginated list of all matches, use `models.search`.
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
    /// Stores a file of up to 100 MiB, for use by models: put its `urls.get` into a prediction's input. For content of up to 256 KiB a `data:` URL in the input is simpler and needs no upload.
    ///
    /// Uploads are kept for a limited time. `expires_at` says until when, commonly 24 hours after the upload.
    ///
    /// The body is multipart: the part `content` with the bytes, its media type and a `filename`, and optionally a part `metadata` of type `application/json`. Not idempotent: each upload creates a new file with a new id, even for the same bytes.
    ///
    /// Errors: `401` (missing or invalid token), `413` (over 100 MiB), `422` (no `content`, or an invalid name or metadata), `429` (over 3000 requests a minute).
    ///
    /// Sends `POST /files`; see [`files.create`](https://replicate.com/docs/reference/http#files.create).
    ///
    /// Required: `body`.
    ///
    /// Documented responses: `201 File`, `413`.
    pub fn files_create(&self) -> builder::FilesCreate {
        builder::FilesCreate::new(&self.transport)
    }
    /// Get the description of a file.
    ///
    /// Returns name, size, type, checksums, metadata and expiry of an uploaded file, not its bytes.
    ///
    /// Errors: `401` (missing or invalid token), `404` (no such file, or it has expired), `429` (over 3000 requests a minute).
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
    /// Errors: `401` (missing or invalid token), `429` (over 3000 requests a minute).
    ///
    /// Sends `GET /files`; see [`files.list`](https://replicate.com/docs/reference/http#files.list).
    ///
    /// Documented responses: `200 FilePage`.
    pub fn files_list(&self) -> builder::FilesList {
        builder::FilesList::new(&self.transport)
    }
    /// Delete a file.
    ///
    /// Deletes an uploaded file immediately and permanently. Its URLs stop working, also for predictions that have not fetched it yet.
    ///
    /// It is safe to retry: `404` after a lost response means that the file no longer exists.
    ///
    /// Errors: `401` (missing or invalid token), `404` (no such file, or it has expired), `429` (over 3000 requests a minute).
    ///
    /// Sends `DELETE /files/{file_id}`; see [`files.delete`](https://replicate.com/docs/reference/http#files.delete).
    ///
    /// Required: `file_id`.
    ///
    /// Documented responses: `204`, `404`.
    pub fn files_delete(&self) -> builder::FilesDelete {
        builder::FilesDelete::new(&self.transport)
    }
    /// Download a file through a signed URL.
    ///
    /// Returns the bytes of an uploaded file to anyone with a signed URL. All three query parameters are required, and the signature covers them: changing one invalidates it.
    ///
    /// The URL is a capability until it expires, so treat it as a secret. No operation of this API returns the signing key.
    ///
    /// The body can be as large as an upload, 100 MiB: stream it.
    ///
    /// Errors: `404` (no such file, or the URL has expired or has an invalid signature), `429` (rate limit reached).
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
    /// Returns all hardware that a model or a deployment can use, as a plain array: this list is not paginated. Prices are not included; they are at <https://replicate.com/pricing>.
    ///
    /// Errors: `401` (missing or invalid token), `429` (over 3000 requests a minute).
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
    /// Get the token's account.
    ///
    /// Returns the user or organization that the API token acts and pays for. The request is free and changes nothing, which makes it the simplest test of a token.
    ///
    /// Errors: `401` (missing or invalid token), `429` (over 3000 requests a minute).
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
    /// Returns the key with which Replicate signs the webhooks of the token's account. Read it once and store it like a password: anyone who has it can forge webhooks.
    ///
    /// To verify a webhook, take the headers `webhook-id`, `webhook-timestamp` and `webhook-signature` and the raw body. Join id, timestamp and body with periods, compute the HMAC-SHA256 with the key (the part after `whsec_`, decoded from Base64), and compare the Base64 of the result, in constant time, with each `v1,` entry of the signature header, which are separated by spaces. One match is enough. Reject webhooks whose timestamp, in seconds since the Unix epoch, is more than five minutes away from now.
    ///
    /// Errors: `401` (missing or invalid token), `429` (over 3000 requests a minute).
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
    /// A user or organization on Replicate. Only `type` and `username` are always present.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Account {
        /// URL of the account's picture. Absent if there is none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub avatar_url: ::std::option::Option<::std::string::String>,
        /// URL of the account's page on GitHub. Absent if none is linked.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub github_url: ::std::option::Option<::std::string::String>,
        /// Display name, such as a person's full name. Absent if it was never set; identify accounts by `username`.
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
    /// A curated group of models that serve one purpose, with the models.
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
        /// A longer introduction in Markdown, as shown on the collection's page. May be absent or `null`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub full_description: ::std::option::Option<::std::string::String>,
        /// The models of the collection.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::vec::Vec::is_empty"
        )]
        pub models: ::std::vec::Vec<Model>,
        /// Display title, such as “Text to speech”.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub name: ::std::string::String,
        /// Identifier used in URLs, such as `text-to-speech`.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub slug: ::std::string::String,
    }
    /// A collection in a list: its description, without its models.
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
        /// Display title, such as “Text to speech”.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub name: ::std::string::String,
        /// Identifier used in URLs, such as `text-to-speech`. Pass it to `collections.get`.
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
        /// URL of the next page; `null` on the last page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// URL of the previous page; `null` on the first page.
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
        /// The current settings. Every update creates a new release.
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
        /// Maximum number of instances.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max_instances: ::std::option::Option<i64>,
        /// Minimum number of instances, billed even without load. 0 means that the deployment can scale to zero.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min_instances: ::std::option::Option<i64>,
    }
    /// The settings of a new deployment.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct DeploymentCreateRequest {
        /// SKU of the hardware for every instance, such as `gpu-t4`. `hardware.list` lists them; each has its own price per second.
        pub hardware: ::std::string::String,
        /// Maximum number of instances under load, from 0 to 20. It limits the cost of the deployment.
        pub max_instances: i64,
        /// Minimum number of instances, from 0 to 5, billed even while idle. 0 allows scaling to zero.
        pub min_instances: i64,
        /// The model to run, as `owner/name`.
        pub model: ::std::string::String,
        /// Name of the new deployment, unique within its owner. It becomes part of the URL and cannot be changed by an update.
        pub name: ::std::string::String,
        /// Id of the model's version to run, 64 hexadecimal digits. New versions of the model are not deployed automatically; see `deployments.update`.
        pub version: ::std::string::String,
    }
    /// One page of a list of deployments.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct DeploymentPage {
        /// URL of the next page; `null` on the last page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// URL of the previous page; `null` on the first page.
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
    /// The current settings. Every update creates a new release.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct DeploymentRelease {
        /// Hardware and scaling limits of the release.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub configuration: ::std::option::Option<DeploymentConfiguration>,
        /// When the release was created: with the deployment or at the latest update.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub created_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// The account that created the release.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_by: ::std::option::Option<Account>,
        /// The deployed model, as `owner/name`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<::std::string::String>,
        /// Number of the release, from 1.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub number: ::std::option::Option<i64>,
        /// Id of the version of the model that runs.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub version: ::std::option::Option<::std::string::String>,
    }
    /// Changes to a deployment. Absent fields are unchanged.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct DeploymentUpdateRequest {
        /// SKU of the hardware to move to, as listed by `hardware.list`.
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
    /// An uploaded file, without its content.
    ///
    /// Responses also have fields that are not listed, such as `name` and `etag`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct File {
        /// Digests of the content, by algorithm. There may be others besides SHA-256, such as `md5`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub checksums: ::std::option::Option<FileChecksums>,
        /// Media type, as set at the upload.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub content_type: ::std::string::String,
        /// When the upload was completed.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub created_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// The entity tag of the content, its MD5 in hexadecimal.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub etag: ::std::option::Option<::std::string::String>,
        /// When the file expires. After that every request for it returns `404`.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub expires_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Identifier of the file. Treat it as opaque.
        pub id: ::std::string::String,
        /// The JSON object set at the upload, or an empty one.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::serde_json::Map::is_empty"
        )]
        pub metadata: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        /// The file's name, as set at the upload.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        /// Length in bytes.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub size: ::std::option::Option<i64>,
        /// URLs of the file.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub urls: ::std::option::Option<FileUrls>,
    }
    /// Digests of the content, by algorithm. There may be others besides SHA-256, such as `md5`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct FileChecksums {
        /// The MD5 of the content, in hexadecimal.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub md5: ::std::option::Option<::std::string::String>,
        /// SHA-256 of the bytes, as 64 hexadecimal digits. Compare it with the local file to verify the upload.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub sha256: ::std::option::Option<::std::string::String>,
    }
    /// One page of a list of files.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct FilePage {
        /// URL of the next page; `null` on the last page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// URL of the previous page; `null` on the first page.
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
    /// URLs of the file.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct FileUrls {
        /// URL of the file in the API. Use it as the value of a model's file input. A request to it requires the token and returns the description, not the content.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub get: ::std::string::String,
    }
    /// Hardware that models run on.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Hardware {
        /// Display name, such as “Nvidia T4 GPU”.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub name: ::std::string::String,
        /// Identifier to pass as `hardware` when creating a model or a deployment, such as `gpu-t4` or `cpu`.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub sku: ::std::string::String,
    }
    /// A model: a name under which versions are published, with its author's description.
    ///
    /// Some responses have fields that are not listed, such as `created_at` and `weights_url`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Model {
        /// URL of the model's cover image: chosen by its author, taken from the example, or a placeholder. `null` if the model has none yet.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cover_image_url: ::std::option::Option<::std::string::String>,
        /// When the model was created.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub created_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// An example prediction, or null.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub default_example: ::std::option::Option<Prediction>,
        /// What the model does, in a sentence or two. `null` if its author has not set it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        /// URL of the source code. `null` if not set.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub github_url: ::std::option::Option<::std::string::String>,
        /// Whether this is an official model: kept running by Replicate, with a stable interface and a predictable price, and run by its name without a version. Absent in some responses, which does not mean `false`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub is_official: ::std::option::Option<bool>,
        /// The newest version, with its schema, or null if none was pushed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub latest_version: ::std::option::Option<Version>,
        /// URL of the license. `null` if not set.
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
        /// URL of the paper about the model. `null` if not set.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub paper_url: ::std::option::Option<::std::string::String>,
        /// Number of runs of the model by all accounts, over all versions.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub run_count: ::std::option::Option<i64>,
        /// URL of the model's page on the website.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub url: ::std::string::String,
        /// Who can see and run the model: everyone (`public`), or only its owner (`private`).
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub visibility: ::std::option::Option<Visibility>,
        /// URL of the model's weights, if its owner set it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub weights_url: ::std::option::Option<::std::string::String>,
    }
    /// The settings of a new model. Owner, name, visibility and hardware are required.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct ModelCreateRequest {
        /// URL of the model's cover image. Default: an image from its example.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cover_image_url: ::std::option::Option<::std::string::String>,
        /// What the model does, in a sentence or two.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        /// URL of the source code on GitHub.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub github_url: ::std::option::Option<::std::string::String>,
        /// SKU of the hardware that the model runs on, such as `cpu` or `gpu-t4`, as listed by `hardware.list`. It determines the price per second.
        pub hardware: ::std::string::String,
        /// URL of the model's license.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub license_url: ::std::option::Option<::std::string::String>,
        /// Name of the model, unique within its owner. It becomes part of the URL.
        pub name: ::std::string::String,
        /// The account that will own the model. It must be the token's account.
        pub owner: ::std::string::String,
        /// URL of the paper that describes the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub paper_url: ::std::option::Option<::std::string::String>,
        /// `public` lets everyone see and run the model; `private` restricts it to its owner, or to the members of the owning organization.
        pub visibility: Visibility,
    }
    /// One page of a list of models.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct ModelPage {
        /// URL of the next page; `null` on the last page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// URL of the previous page; `null` on the first page.
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
    /// Changes to a model's public description. Absent fields are unchanged.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct ModelUpdateRequest {
        /// What the model does, in a sentence or two.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        /// URL of the source code on GitHub.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub github_url: ::std::option::Option<::std::string::String>,
        /// URL of the model's license.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub license_url: ::std::option::Option<::std::string::String>,
        /// URL of the paper that describes the model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub paper_url: ::std::option::Option<::std::string::String>,
        /// The complete README, in Markdown. It replaces the previous one; `models.readme.get` returns it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub readme: ::std::option::Option<::std::string::String>,
        /// URL of the model's published weights.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub weights_url: ::std::option::Option<::std::string::String>,
    }
    /// A prediction: one run of a model on one input, from creation to result.
    ///
    /// Several fields are absent while they have no value, and some, such as `model`, `data_removed` and `urls.web`, are absent from older predictions. Further fields can appear, for example `webhook` and `stream`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Prediction {
        /// When the prediction reached a terminal status, with its output files stored. Absent or `null` until then.
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
        /// Whether input, output and logs were removed, as they are after one hour. If true, an empty `output` says nothing about the result. Absent in some responses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub data_removed: ::std::option::Option<bool>,
        /// When the prediction is canceled if it is still running, as set by `Cancel-After`. Absent without it.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub deadline: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// The deployment that the prediction was created on. Absent for a prediction on a model.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub deployment: ::std::option::Option<::std::string::String>,
        /// Why the prediction failed, as reported by the model. `null` otherwise, but some successful predictions have an empty string: check `status`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::std::string::String>,
        /// Identifier of the prediction, with which to read or cancel it. Treat it as opaque.
        pub id: ::std::string::String,
        /// The input of the request. Empty or `null` once the data has been removed.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::serde_json::Map::is_empty"
        )]
        pub input: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        /// The model's logs so far, as lines of text, often with progress bars. Empty before it starts; `null` in some responses, for example after a cancel.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub logs: ::std::option::Option<::std::string::String>,
        /// Metrics of the run, once it has ended. They depend on the model and on how the run ended: besides those listed, `predict_time` (processing time in seconds), `input_token_count`, `output_token_count`, `tokens_per_second` and `time_to_first_token` occur.
        ///
        /// Each may be absent. The times come from different machines, so a short duration can be negative.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metrics: ::std::option::Option<
            ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        >,
        /// The model that ran, as `owner/name`. For official models it can be an internal name, such as one beginning with `replicate-internal/`, rather than the requested one. Absent in some responses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<::std::string::String>,
        /// Output of the model: any JSON value, as its version's schema defines. Text may be a list of strings to join, and files are URLs.
        ///
        /// Absent or `null` before there is any, usually after a failure, and once `data_removed` is true. While `processing` it can be partial.
        ///
        /// Files are `https:` URLs on `replicate.delivery` or one of its subdomains, to be downloaded without the token within an hour. After a create with `Prefer: wait` they can be `data:` URLs instead. Text that starts with `https:` is not necessarily a file: see the schema.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub output: ::std::option::Option<::serde_json::Value>,
        /// Where it was created: `web` for the website, `api` for a program. Absent in some responses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub source: ::std::option::Option<Source>,
        /// When the model started. Absent or `null` while the status is `starting`, and always after `aborted`.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub started_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Status of the run. The last four are terminal.
        ///
        /// - `starting`: waiting for an instance, or for its setup. A cold start can take minutes.
        /// - `processing`: the model is working.
        /// - `succeeded`: finished, with its output.
        /// - `failed`: ended with an error, see `error`.
        /// - `canceled`: canceled on request, or at its deadline while it was running.
        /// - `aborted`: ended before it started, for example at its deadline.
        pub status: Status,
        /// Whether a stream of the output was requested.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub stream: ::std::option::Option<bool>,
        /// URLs of the prediction.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub urls: ::std::option::Option<PredictionUrls>,
        /// The version that ran: normally its id of 64 hexadecimal digits. Runs of official models and deployments can show `hidden`, or an internal id beginning with `dp-` or `d-`, and neither identifies a version that can be read.
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
        /// URL of the next page; `null` on the last page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// URL of the previous page; `null` on the first page.
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
    /// Input and options of a prediction on a model or deployment. Only `input` is required; unknown fields are rejected.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct PredictionRequest {
        /// The model's input: a JSON object whose fields are defined by the model. They are listed in the `openapi_schema` of its version, under `components.schemas.Input`. Invalid input is rejected with `422`, which costs nothing.
        ///
        /// A file is given by its URL:
        ///
        /// - an `https:` URL that Replicate can fetch, such as the `urls.get` of an upload or the output of another prediction: for large files, and for files used more than once;
        /// - a `data:` URL that contains the content, in Base64: for up to 256 KiB, used once.
        pub input: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        /// Deprecated and ignored. If the model can stream, `urls.stream` of the prediction is always set.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub stream: ::std::option::Option<bool>,
        /// An `https:` URL for webhooks. Replicate sends it `POST` requests whose body is the prediction as `predictions.get` would return it, at the events named in `webhook_events_filter`.
        ///
        /// The receiver should expect duplicates, since failed deliveries are retried, and webhooks out of order. Redirects are not followed. Webhooks are signed: verify `webhook-signature` with the secret from `webhooks.default.secret.get` before you use them.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        /// The events that are sent to `webhook`. Default: `output` and `completed`.
        ///
        /// - `start`: the prediction has started.
        /// - `output`: there is new output. At most one webhook every 500 ms.
        /// - `logs`: there are new log lines. At most one webhook every 500 ms.
        /// - `completed`: the prediction has reached a terminal status.
        ///
        /// `start` and `completed` are always sent if they are requested, however fast they follow.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook_events_filter: ::std::option::Option<::std::vec::Vec<WebhookEvent>>,
    }
    /// URLs of the prediction.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct PredictionUrls {
        /// URL that cancels the prediction: send a `POST` with the token.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub cancel: ::std::string::String,
        /// URL of the prediction in the API; requires the token.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub get: ::std::string::String,
        /// URL of the output as server-sent events. Present only if the model can stream.
        ///
        /// The events are `output` (a piece of text), `logs`, `error` (JSON) and `done` (JSON, with a `reason` if it was canceled or failed). A connection that ends without `done` was interrupted: reconnect with the last id in `Last-Event-ID`. The URL is on another host and needs no token.
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
        /// Display title.
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
    /// A matching model, with its search metadata.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct SearchModel {
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metadata: ::std::option::Option<SearchModelMetadata>,
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<Model>,
    }
    /// Search metadata of a model.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct SearchModelMetadata {
        /// A detailed description of the model, generated by a language model: useful for choosing, not authoritative. `null` or absent if there is none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub generated_description: ::std::option::Option<::std::string::String>,
        /// Relevance score; higher is better. Compare scores within one response only. `null` or absent if not scored.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub score: ::std::option::Option<f64>,
        /// Tags for what the model does, such as `text-to-speech`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub tags: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
    }
    /// Results of a search, by kind. A kind without matches is an empty list.
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
        /// The query.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub query: ::std::string::String,
    }
    /// A training: one run of a version's training code, which creates a new version of another model.
    ///
    /// Fields are absent or `null` while they have no value.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Training {
        /// When the training reached a terminal status. Absent or `null` until then.
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
        /// Why the training failed, as reported by the model. `null` or absent otherwise.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub error: ::std::option::Option<::std::string::String>,
        /// Identifier of the training, with which to read or cancel it. Treat it as opaque.
        pub id: ::std::string::String,
        /// The input of the request.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::serde_json::Map::is_empty"
        )]
        pub input: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        /// The logs of the training code so far, as lines of text. Empty before it starts; `null` in some responses, for example after a cancel.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub logs: ::std::option::Option<::std::string::String>,
        /// Metrics of the run, once it has ended. Either may be absent.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metrics: ::std::option::Option<
            ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        >,
        /// The model whose version was trained, as `owner/name`. This is not the destination.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub model: ::std::option::Option<::std::string::String>,
        /// Result of the training. `null` or absent until it has succeeded.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub output: ::std::option::Option<TrainingOutput>,
        /// Where it was created: `web` for the website, `api` for a program. Absent in some responses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub source: ::std::option::Option<Source>,
        /// When the training code started. Absent or `null` while the status is `starting`, and always after `aborted`.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub started_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Status of the training. The last four are terminal.
        ///
        /// - `starting`: waiting for an instance, or for its setup.
        /// - `processing`: the training code is working.
        /// - `succeeded`: finished; the new version is in `output`.
        /// - `failed`: ended with an error, see `error`.
        /// - `canceled`: canceled on request, or at a deadline while it was running.
        /// - `aborted`: ended before it started.
        pub status: Status,
        /// Whether a stream of the output was requested.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub stream: ::std::option::Option<bool>,
        /// URLs of the training. They can be under `/predictions`, where trainings cannot be canceled: build requests from `id` instead.
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
    /// Result of the training. `null` or absent until it has succeeded.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct TrainingOutput {
        /// The new version, usually as `owner/name:id`. Run it like any other.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub version: ::std::option::Option<::std::string::String>,
        /// URL of the trained weights, valid for a limited time. Absent or `null` for some trainings.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub weights: ::std::option::Option<::std::string::String>,
    }
    /// One page of the account's trainings.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct TrainingPage {
        /// URL of the next page, with older trainings; `null` on the last page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// URL of the previous page, with newer trainings; `null` on the first page.
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
    /// Input, destination and options of a training. `destination` and `input` are required.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct TrainingRequest {
        /// The model to push the result to, as `owner/name`. It must exist and belong to the token's account; `models.create` creates one. An invalid destination is rejected with a 4xx status, and no training is created.
        pub destination: ::std::string::String,
        /// Input of the training code: a JSON object whose fields are defined by the version that is trained, commonly with the URL of an archive of training data. They are listed in the version's `openapi_schema`, under `components.schemas.TrainingInput`. Pass files as `https:` URLs.
        pub input: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        /// An `https:` URL for webhooks. Replicate sends it `POST` requests whose body is the training as `trainings.get` would return it, at the events named in `webhook_events_filter`.
        ///
        /// The receiver should expect duplicates, since failed deliveries are retried, and webhooks out of order. Redirects are not followed. Webhooks are signed: verify `webhook-signature` with the secret from `webhooks.default.secret.get` before you use them.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        /// The events that are sent to `webhook`. Default: `output` and `completed`.
        ///
        /// - `start`: the training has started.
        /// - `output`: there is new output. At most one webhook every 500 ms.
        /// - `logs`: there are new log lines. At most one webhook every 500 ms.
        /// - `completed`: the training has reached a terminal status.
        ///
        /// `start` and `completed` are always sent if they are requested, however fast they follow.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook_events_filter: ::std::option::Option<::std::vec::Vec<WebhookEvent>>,
    }
    /// URLs of the training. They can be under `/predictions`, where trainings cannot be canceled: build requests from `id` instead.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct TrainingUrls {
        /// URL that cancels the training with a `POST`. May be under `/predictions`; prefer `trainings.cancel` with the id.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub cancel: ::std::string::String,
        /// URL of the training in the API. May be under `/predictions`; prefer `trainings.get` with the id.
        #[serde(
            default,
            deserialize_with = "crate::field::null_as_empty",
            skip_serializing_if = "::std::string::String::is_empty"
        )]
        pub get: ::std::string::String,
    }
    /// A version of a model: code and weights as pushed at one time, with a schema of its input and output. A version never changes.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct Version {
        /// Version of [Cog](https://cog.run), Replicate's packaging tool, that built this. `null` if unknown.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cog_version: ::std::option::Option<::std::string::String>,
        /// When the version was pushed, or created by a training.
        #[serde(
            default,
            deserialize_with = "crate::field::timestamp_or_null",
            skip_serializing_if = "::std::option::Option::is_none"
        )]
        pub created_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Identifier of the version, 64 hexadecimal digits.
        pub id: ::std::string::String,
        /// OpenAPI document of the version's interface, generated by Cog. `components.schemas.Input` and `components.schemas.Output` are the relevant parts. `null` if there is none.
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
        /// URL of the next page; `null` on the last page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next: ::std::option::Option<::std::string::String>,
        /// URL of the previous page; `null` on the first page.
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
    /// Version, input and options of a prediction. `version` and `input` are required; unknown fields are rejected.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct VersionPredictionRequest {
        /// The model's input: a JSON object whose fields are defined by the model. They are listed in the `openapi_schema` of its version, under `components.schemas.Input`. Invalid input is rejected with `422`, which costs nothing.
        ///
        /// A file is given by its URL:
        ///
        /// - an `https:` URL that Replicate can fetch, such as the `urls.get` of an upload or the output of another prediction: for large files, and for files used more than once;
        /// - a `data:` URL that contains the content, in Base64: for up to 256 KiB, used once.
        pub input: ::serde_json::Map<::std::string::String, ::serde_json::Value>,
        /// Deprecated and ignored. If the model can stream, `urls.stream` of the prediction is always set.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub stream: ::std::option::Option<bool>,
        /// What to run, in one of three forms:
        ///
        /// - `owner/name:id`, a model and the id of one of its versions;
        /// - `id`, the 64 hexadecimal digits of a version alone;
        /// - `owner/name`, for official models only.
        ///
        /// A version that does not exist, or that the token may not run, is rejected with `422`.
        pub version: ::std::string::String,
        /// An `https:` URL for webhooks. Replicate sends it `POST` requests whose body is the prediction as `predictions.get` would return it, at the events named in `webhook_events_filter`.
        ///
        /// The receiver should expect duplicates, since failed deliveries are retried, and webhooks out of order. Redirects are not followed. Webhooks are signed: verify `webhook-signature` with the secret from `webhooks.default.secret.get` before you use them.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook: ::std::option::Option<::std::string::String>,
        /// The events that are sent to `webhook`. Default: `output` and `completed`.
        ///
        /// - `start`: the prediction has started.
        /// - `output`: there is new output. At most one webhook every 500 ms.
        /// - `logs`: there are new log lines. At most one webhook every 500 ms.
        /// - `completed`: the prediction has reached a terminal status.
        ///
        /// `start` and `completed` are always sent if they are requested, however fast they follow.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub webhook_events_filter: ::std::option::Option<::std::vec::Vec<WebhookEvent>>,
    }
    /// A documentation page that matches a search.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default, PartialEq)]
    #[non_exhaustive]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    pub struct WebPage {
        /// Path of the page on <https://replicate.com>.
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
        /// Status of the run. The last four are terminal.
        ///
        /// - `starting`: waiting for an instance, or for its setup. A cold start can take minutes.
        /// - `processing`: the model is working.
        /// - `succeeded`: finished, with its output.
        /// - `failed`: ended with an error, see `error`.
        /// - `canceled`: canceled on request, or at its deadline while it was running.
        /// - `aborted`: ended before it started, for example at its deadline.
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
        /// Who can see and run the model: everyone (`public`), or only its owner (`private`).
        pub enum Visibility {
            Public = "public",
            Private = "private",
        }
    }
    crate::open_enum! {
        /// A webhook event of a prediction or training.
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
            /// SKU of the hardware for every instance, such as `gpu-t4`. `hardware.list` lists them; each has its own price per second.
            ///
            /// Required.
            pub fn hardware<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.hardware = value.into_field();
                self
            }
            /// Maximum number of instances under load, from 0 to 20. It limits the cost of the deployment.
            ///
            /// Required.
            pub fn max_instances<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<i64>,
            {
                self.max_instances = value.into_field();
                self
            }
            /// Minimum number of instances, from 0 to 5, billed even while idle. 0 allows scaling to zero.
            ///
            /// Required.
            pub fn min_instances<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<i64>,
            {
                self.min_instances = value.into_field();
                self
            }
            /// The model to run, as `owner/name`.
            ///
            /// Required.
            pub fn model<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.model = value.into_field();
                self
            }
            /// Name of the new deployment, unique within its owner. It becomes part of the URL and cannot be changed by an update.
            ///
            /// Required.
            pub fn name<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.name = value.into_field();
                self
            }
            /// Id of the model's version to run, 64 hexadecimal digits. New versions of the model are not deployed automatically; see `deployments.update`.
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
            /// SKU of the hardware to move to, as listed by `hardware.list`.
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
            /// URL of the model's cover image. Default: an image from its example.
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
            /// URL of the source code on GitHub.
            ///
            /// Optional.
            pub fn github_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.github_url = value.into_field();
                self
            }
            /// SKU of the hardware that the model runs on, such as `cpu` or `gpu-t4`, as listed by `hardware.list`. It determines the price per second.
            ///
            /// Required.
            pub fn hardware<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.hardware = value.into_field();
                self
            }
            /// URL of the model's license.
            ///
            /// Optional.
            pub fn license_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.license_url = value.into_field();
                self
            }
            /// Name of the model, unique within its owner. It becomes part of the URL.
            ///
            /// Required.
            pub fn name<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.name = value.into_field();
                self
            }
            /// The account that will own the model. It must be the token's account.
            ///
            /// Required.
            pub fn owner<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.owner = value.into_field();
                self
            }
            /// URL of the paper that describes the model.
            ///
            /// Optional.
            pub fn paper_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.paper_url = value.into_field();
                self
            }
            /// `public` lets everyone see and run the model; `private` restricts it to its owner, or to the members of the owning organization.
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
            /// URL of the source code on GitHub.
            ///
            /// Optional.
            pub fn github_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.github_url = value.into_field();
                self
            }
            /// URL of the model's license.
            ///
            /// Optional.
            pub fn license_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.license_url = value.into_field();
                self
            }
            /// URL of the paper that describes the model.
            ///
            /// Optional.
            pub fn paper_url<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.paper_url = value.into_field();
                self
            }
            /// The complete README, in Markdown. It replaces the previous one; `models.readme.get` returns it.
            ///
            /// Optional.
            pub fn readme<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.readme = value.into_field();
                self
            }
            /// URL of the model's published weights.
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
            /// The model's input: a JSON object whose fields are defined by the model. They are listed in the `openapi_schema` of its version, under `components.schemas.Input`. Invalid input is rejected with `422`, which costs nothing.
            ///
            /// A file is given by its URL:
            ///
            /// - an `https:` URL that Replicate can fetch, such as the `urls.get` of an upload or the output of another prediction: for large files, and for files used more than once;
            /// - a `data:` URL that contains the content, in Base64: for up to 256 KiB, used once.
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
            /// Deprecated and ignored. If the model can stream, `urls.stream` of the prediction is always set.
            ///
            /// Optional.
            pub fn stream<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<bool>>,
            {
                self.stream = value.into_field();
                self
            }
            /// An `https:` URL for webhooks. Replicate sends it `POST` requests whose body is the prediction as `predictions.get` would return it, at the events named in `webhook_events_filter`.
            ///
            /// The receiver should expect duplicates, since failed deliveries are retried, and webhooks out of order. Redirects are not followed. Webhooks are signed: verify `webhook-signature` with the secret from `webhooks.default.secret.get` before you use them.
            ///
            /// Optional.
            pub fn webhook<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.webhook = value.into_field();
                self
            }
            /// The events that are sent to `webhook`. Default: `output` and `completed`.
            ///
            /// - `start`: the prediction has started.
            /// - `output`: there is new output. At most one webhook every 500 ms.
            /// - `logs`: there are new log lines. At most one webhook every 500 ms.
            /// - `completed`: the prediction has reached a terminal status.
            ///
            /// `start` and `completed` are always sent if they are requested, however fast they follow.
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
            /// The model to push the result to, as `owner/name`. It must exist and belong to the token's account; `models.create` creates one. An invalid destination is rejected with a 4xx status, and no training is created.
            ///
            /// Required.
            pub fn destination<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.destination = value.into_field();
                self
            }
            /// Input of the training code: a JSON object whose fields are defined by the version that is trained, commonly with the URL of an archive of training data. They are listed in the version's `openapi_schema`, under `components.schemas.TrainingInput`. Pass files as `https:` URLs.
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
            /// An `https:` URL for webhooks. Replicate sends it `POST` requests whose body is the training as `trainings.get` would return it, at the events named in `webhook_events_filter`.
            ///
            /// The receiver should expect duplicates, since failed deliveries are retried, and webhooks out of order. Redirects are not followed. Webhooks are signed: verify `webhook-signature` with the secret from `webhooks.default.secret.get` before you use them.
            ///
            /// Optional.
            pub fn webhook<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.webhook = value.into_field();
                self
            }
            /// The events that are sent to `webhook`. Default: `output` and `completed`.
            ///
            /// - `start`: the training has started.
            /// - `output`: there is new output. At most one webhook every 500 ms.
            /// - `logs`: there are new log lines. At most one webhook every 500 ms.
            /// - `completed`: the training has reached a terminal status.
            ///
            /// `start` and `completed` are always sent if they are requested, however fast they follow.
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
            /// The model's input: a JSON object whose fields are defined by the model. They are listed in the `openapi_schema` of its version, under `components.schemas.Input`. Invalid input is rejected with `422`, which costs nothing.
            ///
            /// A file is given by its URL:
            ///
            /// - an `https:` URL that Replicate can fetch, such as the `urls.get` of an upload or the output of another prediction: for large files, and for files used more than once;
            /// - a `data:` URL that contains the content, in Base64: for up to 256 KiB, used once.
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
            /// Deprecated and ignored. If the model can stream, `urls.stream` of the prediction is always set.
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
            /// A version that does not exist, or that the token may not run, is rejected with `422`.
            ///
            /// Required.
            pub fn version<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::string::String>,
            {
                self.version = value.into_field();
                self
            }
            /// An `https:` URL for webhooks. Replicate sends it `POST` requests whose body is the prediction as `predictions.get` would return it, at the events named in `webhook_events_filter`.
            ///
            /// The receiver should expect duplicates, since failed deliveries are retried, and webhooks out of order. Redirects are not followed. Webhooks are signed: verify `webhook-signature` with the secret from `webhooks.default.secret.get` before you use them.
            ///
            /// Optional.
            pub fn webhook<V>(mut self, value: V) -> Self
            where
                V: crate::IntoField<::std::option::Option<::std::string::String>>,
            {
                self.webhook = value.into_field();
                self
            }
            /// The events that are sent to `webhook`. Default: `output` and `completed`.
            ///
            /// - `start`: the prediction has started.
            /// - `output`: there is new output. At most one webhook every 500 ms.
            /// - `logs`: there are new log lines. At most one webhook every 500 ms.
            /// - `completed`: the prediction has reached a terminal status.
            ///
            /// `start` and `completed` are always sent if they are requested, however fast they follow.
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
    /// `GET /account`: Get the token's account.
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
    /// `GET /files/{file_id}/download`: Download a file through a signed URL.
    pub const FILES_DOWNLOAD: crate::Operation = crate::Operation::new(
            "files.download",
            "GET",
            "/files/{file_id}/download",
        )
        .streamed();
    /// `GET /files/{file_id}`: Get the description of a file.
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
    /// `QUERY /models`: Search public models by text.
    pub const MODELS_SEARCH: crate::Operation = crate::Operation::new(
        "models.search",
        "QUERY",
        "/models",
    );
    /// `PATCH /models/{model_owner}/{model_name}`: Change a model's description and links.
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
        /// Identifier of the collection in URLs, such as `text-to-speech`: lower case, words joined by hyphens. `collections.list` returns them all.
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
        /// How long to hold the request open for the result: `wait` for up to 60 seconds, or `wait=N` with a whole number of seconds from 1 to 60. Larger numbers are out of range, though the pattern allows 61 to 99.
        ///
        /// Without this header the API responds as soon as the prediction is created. With it, the API responds when there is output or the time is up, whichever is first; the id is not known before then, and the prediction keeps running after the wait. The `preference-applied` header of the response contains the wait that was applied.
        ///
        /// Output files may then be `data:` URLs instead of `https:` URLs.
        ///
        /// Optional.
        pub fn prefer<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.prefer = value.into_field();
            self
        }
        /// Timeout of the prediction, counted from its creation, queueing included. At the deadline a running prediction becomes `canceled`; one that has not started becomes `aborted`.
        ///
        /// Numbers with the units `s`, `m` and `h`, such as `45s`, `10m` or `1h15m30s`; a number without a unit is in seconds. At least 5 seconds.
        ///
        /// Unlike a timeout of the client, this cancels the prediction and stops its cost, even when the client is gone. The resulting time is in the prediction's `deadline`.
        ///
        /// Optional.
        pub fn cancel_after<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cancel_after = value.into_field();
            self
        }
        /// The model's input, and an optional webhook.
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
        /// The settings to change. At least one should be set.
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
        /// The file and its metadata, as `multipart/form-data`.
        ///
        /// Parts of the form:
        ///
        /// - `content` (required): The bytes of the file, at most 100 MiB. Give the part a `filename` and a media type.
        /// - `filename` (optional): Name of the file: UTF-8, at most 255 bytes. Required if the part `content` has no name.
        /// - `metadata` (optional): Any JSON object to keep with the file, such as ids of the caller's system. Send the part as `application/json`. Empty by default.
        /// - `type` (optional): Media type of the file, such as `image/webp`. `application/octet-stream` by default. Some models depend on it, so set the correct one.
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
        /// Id of the file, as returned by the upload and by `files.list`.
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
        /// Id of the file, as returned by the upload and by `files.list`.
        ///
        /// Required.
        pub fn file_id<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.file_id = value.into_field();
            self
        }
        /// Username of the account that uploaded the file. It is signed.
        ///
        /// Required.
        pub fn owner<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.owner = value.into_field();
            self
        }
        /// When the URL expires, in whole seconds since the Unix epoch. It is signed, so it cannot be changed.
        ///
        /// Required.
        pub fn expiry<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<i64>,
        {
            self.expiry = value.into_field();
            self
        }
        /// Signature: the HMAC-SHA256 of owner, file id and `expiry`, joined by single spaces, keyed with the signing secret of the Files API and encoded in Base64. Percent-encode it, since Base64 uses `+`, `/` and `=`.
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
        /// Id of the file, as returned by the upload and by `files.list`.
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
        /// Name, owner, visibility and hardware of the new model, and optionally its description and links.
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
        /// What to sort by: `latest_version_created_at` (when the newest version was pushed, the default) or `model_created_at` (when the model itself was created).
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
        /// How long to hold the request open for the result: `wait` for up to 60 seconds, or `wait=N` with a whole number of seconds from 1 to 60. Larger numbers are out of range, though the pattern allows 61 to 99.
        ///
        /// Without this header the API responds as soon as the prediction is created. With it, the API responds when there is output or the time is up, whichever is first; the id is not known before then, and the prediction keeps running after the wait. The `preference-applied` header of the response contains the wait that was applied.
        ///
        /// Output files may then be `data:` URLs instead of `https:` URLs.
        ///
        /// Optional.
        pub fn prefer<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.prefer = value.into_field();
            self
        }
        /// Timeout of the prediction, counted from its creation, queueing included. At the deadline a running prediction becomes `canceled`; one that has not started becomes `aborted`.
        ///
        /// Numbers with the units `s`, `m` and `h`, such as `45s`, `10m` or `1h15m30s`; a number without a unit is in seconds. At least 5 seconds.
        ///
        /// Unlike a timeout of the client, this cancels the prediction and stops its cost, even when the client is gone. The resulting time is in the prediction's `deadline`.
        ///
        /// Optional.
        pub fn cancel_after<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cancel_after = value.into_field();
            self
        }
        /// The model's input, and an optional webhook.
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
        /// The query, as plain text.
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
        /// How long to hold the request open for the result: `wait` for up to 60 seconds, or `wait=N` with a whole number of seconds from 1 to 60. Larger numbers are out of range, though the pattern allows 61 to 99.
        ///
        /// Without this header the API responds as soon as the prediction is created. With it, the API responds when there is output or the time is up, whichever is first; the id is not known before then, and the prediction keeps running after the wait. The `preference-applied` header of the response contains the wait that was applied.
        ///
        /// Output files may then be `data:` URLs instead of `https:` URLs.
        ///
        /// Optional.
        pub fn prefer<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.prefer = value.into_field();
            self
        }
        /// Timeout of the prediction, counted from its creation, queueing included. At the deadline a running prediction becomes `canceled`; one that has not started becomes `aborted`.
        ///
        /// Numbers with the units `s`, `m` and `h`, such as `45s`, `10m` or `1h15m30s`; a number without a unit is in seconds. At least 5 seconds.
        ///
        /// Unlike a timeout of the client, this cancels the prediction and stops its cost, even when the client is gone. The resulting time is in the prediction's `deadline`.
        ///
        /// Optional.
        pub fn cancel_after<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::option::Option<::std::string::String>>,
        {
            self.cancel_after = value.into_field();
            self
        }
        /// The version to run, its input, and an optional webhook.
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
        /// Earliest creation time to include, as an RFC 3339 timestamp such as `2026-02-01T08:00:00Z`. A prediction created at exactly this time is included.
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
        /// Upper limit of the creation time, as an RFC 3339 timestamp. A prediction created at exactly this time is excluded, so that adjacent ranges do not overlap.
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
        /// Filters the list by origin. The only value is `web`: predictions created on the website, and of those only the last 14 days. Omit it to get predictions of any origin.
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
        /// The query, in plain language. An empty or missing query is an error (`400`).
        ///
        /// Required.
        pub fn query<V>(mut self, value: V) -> Self
        where
            V: crate::IntoField<::std::string::String>,
        {
            self.query = value.into_field();
            self
        }
        /// Maximum number of models to return, from 1 to 50. Default: 20. Collections and pages are not counted.
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
        /// User or organization that the model to be trained belongs to. The result is pushed to `destination`.
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
        /// The training's input, the model to push to, and an optional webhook.
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
