//! One call of every operation, each part and parameter set.

use std::future::Future;

use replicate_api::{Client, Error, multipart, types::builder};
use serde_json::json;

/// Who makes the calls.
pub(crate) trait Caller {
    async fn call<F: Future<Output = Result<(), Error>>>(
        &mut self,
        operation: &'static str,
        call: impl FnOnce(Client) -> F,
    );
}

/// `call_all` calls each operation once, with these parts.
macro_rules! operations {
    ($($operation:ident $(.$part:ident($value:expr))*;)*) => {
        /// Has every operation called once.
        pub(crate) async fn call_all(caller: &mut impl Caller) {
            $(caller.call(stringify!($operation), |client| async move {
                client.$operation()$(.$part($value))*.send().await.map(drop)
            }).await;)*
        }
    };
}

operations! {
    predictions_create.prefer("wait=5").cancel_after("90s")
        .body_map(|body: builder::VersionPredictionRequest| body
            .version("owner/name")
            .input(json!({ "n": 1_000_000, "prompt": "a \"red\" bicycle" }))
            .webhook("https://example.com/hook")
            .webhook_events_filter(["start", "completed"]));
    predictions_get.prediction_id("a/b?c#d");
    predictions_cancel.prediction_id("p1");
    predictions_list.created_after("2026-01-02T03:04:05Z").source("web");

    trainings_create.model_owner("owner").model_name("name").version_id("v1")
        .body_map(|body: builder::TrainingRequest| body
            .destination("me/mine")
            .input(json!({ "steps": 2 })));
    trainings_get.training_id("t1");
    trainings_cancel.training_id("t1");
    trainings_list;

    models_list.sort_by("model_created_at").sort_direction("asc");
    models_search.body("red \"bicycles\" & more");
    models_create.body_map(|body: builder::ModelCreateRequest| body
        .owner("me").name("mine").visibility("private").hardware("cpu"));
    models_get.model_owner("ö wner").model_name("a.b");
    models_update.model_owner("me").model_name("mine")
        .body_map(|body: builder::ModelUpdateRequest| body.description("new"));
    models_delete.model_owner("me").model_name("mine");
    models_examples_list.model_owner("me").model_name("mine");
    models_readme_get.model_owner("me").model_name("mine");
    models_predictions_create.model_owner("me").model_name("mine").prefer("wait")
        .body_map(|body: builder::PredictionRequest| body.input(json!({})).stream(true));
    models_versions_list.model_owner("me").model_name("mine");
    models_versions_get.model_owner("me").model_name("mine").version_id("v1");
    models_versions_delete.model_owner("me").model_name("mine").version_id("v1");

    deployments_list;
    deployments_create.body_map(|body: builder::DeploymentCreateRequest| body
        .name("boats").model("me/mine").version("v1").hardware("cpu")
        .min_instances(0).max_instances(2));
    deployments_get.deployment_owner("me").deployment_name("boats");
    deployments_update.deployment_owner("me").deployment_name("boats")
        .body_map(|body: builder::DeploymentUpdateRequest| body.max_instances(3));
    deployments_delete.deployment_owner("me").deployment_name("boats");
    deployments_predictions_create.deployment_owner("me").deployment_name("boats")
        .body_map(|body: builder::PredictionRequest| body.input(json!({ "a": [1, null] })));

    files_create.body(form());
    files_list;
    files_get.file_id("f1");
    files_delete.file_id("f1");
    files_download.file_id("f1").owner("me").expiry(1_700_000_000_i64).signature("a+b/c=");

    account_get;
    collections_list;
    collections_get.collection_slug("boats");
    hardware_list;
    search.query("nano banana & co").limit(10);
    webhooks_default_secret_get;
}

fn form() -> multipart::Form {
    let part = multipart::Part::bytes(b"hello".as_slice()).file_name("a.txt");
    multipart::Form::new().part("content", part.mime_str("text/plain").unwrap())
}
