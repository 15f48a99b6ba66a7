//! What each operation of the generated crate puts on the wire, held as text.

use std::fmt::Write as _;
use std::future::Future;

use replicate_api::{Client, OPERATIONS, Transport, multipart, types};
use replicate_test_support::recorder::{Answer, Recorded, Recorder};
use serde_json::json;

/// Headers that say something about the operation; the rest are the transport's.
const HEADERS: &[&str] = &[
    "accept",
    "authorization",
    "api-version",
    "cancel-after",
    "content-type",
    "prefer",
];

fn text(operation: &str, request: &Recorded) -> String {
    let mut text = format!("{operation}\n  {} {}\n", request.method, request.target);
    for name in HEADERS {
        if let Some(value) = request.header(name) {
            let value = value.split("; boundary=").next().unwrap_or_default();
            let _ = writeln!(text, "  {name}: {value}");
        }
    }
    let body = String::from_utf8_lossy(&request.body);
    let boundary = request
        .header("content-type")
        .and_then(|kind| kind.split_once("boundary="));
    let body = boundary.map_or(body.to_string(), |(_, own)| body.replace(own, "BOUNDARY"));
    for line in body.lines() {
        let _ = writeln!(text, "  | {line}");
    }
    text
}

struct Wire {
    server: Recorder,
    client: Client,
    seen: Vec<(String, String)>,
}

impl Wire {
    fn new() -> Self {
        let server = Recorder::start(Answer::json(200, "{\"id\":\"x\",\"status\":\"starting\"}"));
        let transport = Transport::builder().token("r8_test").base_url(server.url());
        let client = Client::from_transport(transport.build().unwrap());
        Self {
            server,
            client,
            seen: Vec::new(),
        }
    }

    /// Sends one call; what is answered does not matter here.
    async fn call<F: Future>(&mut self, operation: &str, call: impl FnOnce(Client) -> F) {
        let _ = call(self.client.clone()).await;
        let requests = self.server.take();
        let [request] = requests.as_slice() else {
            panic!("{operation} sent {} requests", requests.len());
        };
        self.seen
            .push((operation.to_owned(), text(operation, request)));
    }
}

/// One call of an operation, each part and parameter set.
macro_rules! call {
    ($wire:ident, $operation:ident $(, $parameter:ident = $value:expr)*) => {
        $wire.call(stringify!($operation), |client| async move {
            client.$operation()$(.$parameter($value))*.send().await.map(drop)
        }).await
    };
}

#[tokio::test]
async fn every_operation_sends_what_the_description_says() {
    let mut wire = Wire::new();
    predictions(&mut wire).await;
    models(&mut wire).await;
    deployments(&mut wire).await;
    files(&mut wire).await;
    rest(&mut wire).await;
    wire.seen.sort();
    let names: Vec<&str> = wire.seen.iter().map(|(name, _)| name.as_str()).collect();
    let all: Vec<&str> = OPERATIONS.iter().map(|operation| operation.name).collect();
    assert_eq!(names, all, "each operation once");
    let texts: Vec<String> = wire.seen.into_iter().map(|(_, text)| text).collect();
    insta::assert_snapshot!(texts.join("\n"));
}

async fn predictions(wire: &mut Wire) {
    call!(
        wire,
        predictions_create,
        prefer = "wait=5",
        cancel_after = "90s",
        body_map = |body: types::builder::VersionPredictionRequest| body
            .version("owner/name")
            .input(json!({ "n": 1_000_000, "prompt": "a \"red\" bicycle" }))
            .webhook("https://example.com/hook")
            .webhook_events_filter(["start", "completed"])
    );
    call!(wire, predictions_get, prediction_id = "a/b?c#d");
    call!(wire, predictions_cancel, prediction_id = "p1");
    call!(
        wire,
        predictions_list,
        created_after = "2026-01-02T03:04:05Z"
            .parse::<chrono::DateTime<chrono::Utc>>()
            .unwrap(),
        source = "web"
    );
    call!(
        wire,
        trainings_create,
        model_owner = "owner",
        model_name = "name",
        version_id = "v1",
        body_map = |body: types::builder::TrainingRequest| body
            .destination("me/mine")
            .input(json!({ "steps": 2 }))
    );
    call!(wire, trainings_get, training_id = "t1");
    call!(wire, trainings_cancel, training_id = "t1");
    call!(wire, trainings_list);
}

async fn models(wire: &mut Wire) {
    call!(
        wire,
        models_list,
        sort_by = "model_created_at",
        sort_direction = "asc"
    );
    call!(wire, models_search, body = "red \"bicycles\" & more");
    call!(
        wire,
        models_create,
        body_map = |body: types::builder::ModelCreateRequest| body
            .owner("me")
            .name("mine")
            .visibility("private")
            .hardware("cpu")
    );
    call!(wire, models_get, model_owner = "ö wner", model_name = "a.b");
    call!(
        wire,
        models_update,
        model_owner = "me",
        model_name = "mine",
        body_map = |body: types::builder::ModelUpdateRequest| body.description("new")
    );
    call!(wire, models_delete, model_owner = "me", model_name = "mine");
    call!(
        wire,
        models_examples_list,
        model_owner = "me",
        model_name = "mine"
    );
    call!(
        wire,
        models_readme_get,
        model_owner = "me",
        model_name = "mine"
    );
    call!(
        wire,
        models_predictions_create,
        model_owner = "me",
        model_name = "mine",
        prefer = "wait",
        body_map = |body: types::builder::PredictionRequest| body.input(json!({})).stream(true)
    );
    call!(
        wire,
        models_versions_list,
        model_owner = "me",
        model_name = "mine"
    );
    call!(
        wire,
        models_versions_get,
        model_owner = "me",
        model_name = "mine",
        version_id = "v1"
    );
    call!(
        wire,
        models_versions_delete,
        model_owner = "me",
        model_name = "mine",
        version_id = "v1"
    );
}

async fn deployments(wire: &mut Wire) {
    call!(wire, deployments_list);
    call!(
        wire,
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
        wire,
        deployments_get,
        deployment_owner = "me",
        deployment_name = "boats"
    );
    call!(
        wire,
        deployments_update,
        deployment_owner = "me",
        deployment_name = "boats",
        body_map = |body: types::builder::DeploymentUpdateRequest| body.max_instances(3)
    );
    call!(
        wire,
        deployments_delete,
        deployment_owner = "me",
        deployment_name = "boats"
    );
    call!(
        wire,
        deployments_predictions_create,
        deployment_owner = "me",
        deployment_name = "boats",
        body_map = |body: types::builder::PredictionRequest| body.input(json!({ "a": [1, null] }))
    );
}

async fn files(wire: &mut Wire) {
    let part = multipart::Part::bytes(b"hello".as_slice()).file_name("a.txt");
    let form = multipart::Form::new().part("content", part.mime_str("text/plain").unwrap());
    call!(wire, files_create, body = form);
    call!(wire, files_list);
    call!(wire, files_get, file_id = "f1");
    call!(wire, files_delete, file_id = "f1");
    call!(
        wire,
        files_download,
        file_id = "f1",
        owner = "me",
        expiry = 1_700_000_000_i64,
        signature = "a+b/c="
    );
}

async fn rest(wire: &mut Wire) {
    call!(wire, account_get);
    call!(wire, collections_list);
    call!(wire, collections_get, collection_slug = "boats");
    call!(wire, hardware_list);
    call!(wire, search, query = "nano banana & co", limit = 10);
    call!(wire, webhooks_default_secret_get);
}

#[tokio::test]
async fn a_path_part_that_would_lead_elsewhere_is_refused_before_anything_is_sent() {
    let wire = Wire::new();
    for part in ["", ".", ".."] {
        let error = wire
            .client
            .models_get()
            .model_owner(part)
            .model_name("account")
            .send()
            .await
            .unwrap_err();
        assert!(error.to_string().contains("model_owner"), "{error}");
    }
    assert!(wire.server.take().is_empty());
}

#[tokio::test]
async fn a_body_that_lacks_a_required_field_is_refused_by_its_name() {
    let wire = Wire::new();
    let error = wire
        .client
        .predictions_create()
        .body_map(|body| body.input(json!({})))
        .send()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("version"), "{error}");
    let error = wire
        .client
        .predictions_create()
        .body_map(|body| body.version("v").input(json!("text")))
        .send()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("input"), "{error}");
    assert!(wire.server.take().is_empty());
}
