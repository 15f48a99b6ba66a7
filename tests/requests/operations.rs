//! One call of every operation, each part and parameter set.

use std::future::Future;

use replicate_api::{Client, Error, multipart, types};
use serde_json::json;

/// Who makes the calls.
pub(crate) trait Caller {
    async fn call<F: Future<Output = Result<(), Error>>>(
        &mut self,
        operation: &'static str,
        call: impl FnOnce(Client) -> F,
    );
}

macro_rules! call {
    ($caller:ident, $operation:ident $(, $parameter:ident = $value:expr)*) => {
        $caller.call(stringify!($operation), |client| async move {
            client.$operation()$(.$parameter($value))*.send().await.map(drop)
        }).await
    };
}

/// Has every operation called once.
pub(crate) async fn call_all(caller: &mut impl Caller) {
    predictions(caller).await;
    trainings(caller).await;
    models(caller).await;
    deployments(caller).await;
    files(caller).await;
    rest(caller).await;
}

async fn predictions(caller: &mut impl Caller) {
    call!(
        caller,
        predictions_create,
        prefer = "wait=5",
        cancel_after = "90s",
        body_map = |body: types::builder::VersionPredictionRequest| body
            .version("owner/name")
            .input(json!({ "n": 1_000_000, "prompt": "a \"red\" bicycle" }))
            .webhook("https://example.com/hook")
            .webhook_events_filter(["start", "completed"])
    );
    call!(caller, predictions_get, prediction_id = "a/b?c#d");
    call!(caller, predictions_cancel, prediction_id = "p1");
    call!(
        caller,
        predictions_list,
        created_after = "2026-01-02T03:04:05Z"
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap(),
        source = "web"
    );
}

async fn trainings(caller: &mut impl Caller) {
    call!(
        caller,
        trainings_create,
        model_owner = "owner",
        model_name = "name",
        version_id = "v1",
        body_map = |body: types::builder::TrainingRequest| body
            .destination("me/mine")
            .input(json!({ "steps": 2 }))
    );
    call!(caller, trainings_get, training_id = "t1");
    call!(caller, trainings_cancel, training_id = "t1");
    call!(caller, trainings_list);
}

async fn models(caller: &mut impl Caller) {
    call!(
        caller,
        models_list,
        sort_by = "model_created_at",
        sort_direction = "asc"
    );
    call!(caller, models_search, body = "red \"bicycles\" & more");
    call!(
        caller,
        models_create,
        body_map = |body: types::builder::ModelCreateRequest| body
            .owner("me")
            .name("mine")
            .visibility("private")
            .hardware("cpu")
    );
    call!(
        caller,
        models_get,
        model_owner = "ö wner",
        model_name = "a.b"
    );
    call!(
        caller,
        models_update,
        model_owner = "me",
        model_name = "mine",
        body_map = |body: types::builder::ModelUpdateRequest| body.description("new")
    );
    call!(
        caller,
        models_delete,
        model_owner = "me",
        model_name = "mine"
    );
    call!(
        caller,
        models_examples_list,
        model_owner = "me",
        model_name = "mine"
    );
    call!(
        caller,
        models_readme_get,
        model_owner = "me",
        model_name = "mine"
    );
    call!(
        caller,
        models_predictions_create,
        model_owner = "me",
        model_name = "mine",
        prefer = "wait",
        body_map = |body: types::builder::PredictionRequest| body.input(json!({})).stream(true)
    );
    call!(
        caller,
        models_versions_list,
        model_owner = "me",
        model_name = "mine"
    );
    call!(
        caller,
        models_versions_get,
        model_owner = "me",
        model_name = "mine",
        version_id = "v1"
    );
    call!(
        caller,
        models_versions_delete,
        model_owner = "me",
        model_name = "mine",
        version_id = "v1"
    );
}

async fn deployments(caller: &mut impl Caller) {
    call!(caller, deployments_list);
    call!(
        caller,
        deployments_create,
        body_map = |body: types::builder::DeploymentCreateRequest| body
            .name("boats")
            .model("me/mine")
            .version("v1")
            .hardware("cpu")
            .min_instances(0)
            .max_instances(2)
    );
    call!(
        caller,
        deployments_get,
        deployment_owner = "me",
        deployment_name = "boats"
    );
    call!(
        caller,
        deployments_update,
        deployment_owner = "me",
        deployment_name = "boats",
        body_map = |body: types::builder::DeploymentUpdateRequest| body.max_instances(3)
    );
    call!(
        caller,
        deployments_delete,
        deployment_owner = "me",
        deployment_name = "boats"
    );
    call!(
        caller,
        deployments_predictions_create,
        deployment_owner = "me",
        deployment_name = "boats",
        body_map = |body: types::builder::PredictionRequest| body.input(json!({ "a": [1, null] }))
    );
}

async fn files(caller: &mut impl Caller) {
    let part = multipart::Part::bytes(b"hello".as_slice()).file_name("a.txt");
    let form = multipart::Form::new().part("content", part.mime_str("text/plain").unwrap());
    call!(caller, files_create, body = form);
    call!(caller, files_list);
    call!(caller, files_get, file_id = "f1");
    call!(caller, files_delete, file_id = "f1");
    call!(
        caller,
        files_download,
        file_id = "f1",
        owner = "me",
        expiry = 1_700_000_000_i64,
        signature = "a+b/c="
    );
}

async fn rest(caller: &mut impl Caller) {
    call!(caller, account_get);
    call!(caller, collections_list);
    call!(caller, collections_get, collection_slug = "boats");
    call!(caller, hardware_list);
    call!(caller, search, query = "nano banana & co", limit = 10);
    call!(caller, webhooks_default_secret_get);
}
