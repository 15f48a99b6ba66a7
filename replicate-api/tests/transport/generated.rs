//! Generated operations, over the same transport.

use replicate_api::{ErrorKind, operations};
use replicate_test_support::{Reply, Script};
use serde_json::json;

use crate::{PREDICTION, client, listener};

macro_rules! create {
    ($client:expr) => {
        $client
            .predictions_create()
            .body_map(|body| body.version("v1").input(json!({"prompt": "a red bicycle"})))
            .send()
            .await
    };
}

#[test]
fn operation_that_posts_is_idempotent_only_if_it_cancels() {
    for operation in operations::ALL {
        let idempotent = match operation.method {
            "GET" | "QUERY" | "DELETE" => true,
            // The overlay decides which cancels are: tests/coverage.rs asks for it.
            _ => operation.idempotent && operation.id.ends_with(".cancel"),
        };
        assert_eq!(operation.idempotent, idempotent, "{}", operation.id);
    }
    assert!(operations::ALL.is_sorted_by_key(|operation| operation.id.replace('.', "_")));
}

#[tokio::test]
async fn unreadable_status_is_a_decode_error_with_its_path_and_the_body() {
    let body = r#"{"id":"p1","status":["not shown"],"urls":{}}"#;
    let listener = listener([Script::reply(
        Reply::json(200, body).header("cf-ray", "ray-1").body(body),
    )]);
    let error = client(&listener)
        .predictions_get()
        .prediction_id("p1")
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.path(), Some("status"));
    assert_eq!(error.body().unwrap(), body);
    assert_eq!(error.request_id(), Some("ray-1"));
    assert_eq!(error.url().unwrap().path(), "/v1/predictions/p1");
    assert!(error.to_string().contains("at `status`"), "{error}");
    assert!(!error.to_string().contains("not shown"), "{error}");
}

#[tokio::test]
async fn a_create_whose_unreadable_answer_shows_no_id_is_unknown() {
    let page = Reply::new(201)
        .header("content-type", "text/html")
        .body("<p>OK</p>");
    let listener = listener([Script::reply(page)]);
    let error = create!(client(&listener)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause(), Some(ErrorKind::Decode));
    assert!(error.to_string().contains("text/html, not JSON"), "{error}");
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn a_success_under_a_status_that_is_not_listed_is_one_all_the_same() {
    let listener = listener([Script::reply(Reply::json(200, PREDICTION))]);
    assert_eq!(create!(client(&listener)).unwrap().id, "p1");
}

#[tokio::test]
async fn a_path_part_stays_one_part() {
    for (owner, target) in [
        ("a/b", "/v1/models/a%2Fb/m"),
        ("a\\..", "/v1/models/a%5C../m"),
        ("%2e%2e", "/v1/models/%252e%252e/m"),
        ("é", "/v1/models/%C3%A9/m"),
        ("a?x=1#y", "/v1/models/a%3Fx%3D1%23y/m"),
    ] {
        let listener = listener([Script::reply(Reply::json(200, "{}"))]);
        let _ = client(&listener)
            .models_get()
            .model_owner(owner)
            .model_name("m")
            .send()
            .await;
        assert_eq!(listener.received()[0].target, target);
    }
}

#[tokio::test]
async fn a_path_part_that_would_collapse_is_refused_before_anything_is_sent() {
    let listener = listener([]);
    for owner in ["", ".", ".."] {
        let client = client(&listener);
        let call = client.models_get().model_owner(owner).model_name("account");
        let error = call.send().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        let message = error.to_string();
        assert!(message.contains("invalid model_owner: "), "{message}");
        assert!(
            message.ends_with("(GET /models/{model_owner}/{model_name})"),
            "{message}"
        );
    }
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn missing_required_parts_are_all_named_at_once() {
    let listener = listener([]);
    let client = client(&listener);
    let call = client.trainings_create().model_owner("me");
    let error = call.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(
        error.to_string(),
        "missing required parts: model_name, version_id, body.destination, body.input \
         (POST /models/{model_owner}/{model_name}/versions/{version_id}/trainings)"
    );
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn body_can_be_json_as_a_whole() {
    let listener = listener([Script::reply(Reply::json(201, PREDICTION))]);
    let client = client(&listener);
    let call = client.predictions_create();
    let body = json!({ "version": "v1", "input": { "n": 1 }, "webhook_events_filter": ["start"] });
    call.body(body.clone()).send().await.unwrap();
    let sent: serde_json::Value = serde_json::from_slice(&listener.received()[0].body).unwrap();
    assert_eq!(sent, body);
}

#[tokio::test]
async fn an_input_that_is_no_object_is_refused_before_anything_is_sent() {
    let listener = listener([]);
    let client = client(&listener);
    let call = client.predictions_create();
    let error = call
        .body_map(|body| body.version("v").input(json!([1])))
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(
        error
            .to_string()
            .contains("body: input: expected a JSON object"),
        "{error}"
    );
}

#[tokio::test]
async fn a_wait_past_a_minute_is_refused_before_anything_is_sent() {
    let listener = listener([]);
    let client = client(&listener);
    let call = client.predictions_create().prefer("wait=61");
    let call = call.body_map(|body| body.version("v").input(json!({})));
    let error = call.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(
        error
            .to_string()
            .contains("`Prefer: wait=61` is out of range (1 to 60 seconds)"),
        "{error}"
    );
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn the_problem_of_a_refused_request_is_read() {
    let body = r#"{"title":"Input validation failed","detail":"- input: prompt is required\n","status":422,
        "invalid_fields":[{"type":"required","field":"input.prompt","description":"prompt is required"}]}"#;
    let problem = Reply::new(422)
        .header("content-type", "application/problem+json")
        .body(body);
    let listener = listener([Script::reply(problem)]);
    let error = create!(client(&listener)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.invalid_fields()[0].field, "input.prompt");
    assert_eq!(
        error.to_string(),
        format!(
            "422 Unprocessable Entity: - input: prompt is required (POST {}/v1/predictions)",
            listener.url()
        )
    );
}

#[tokio::test]
async fn a_download_is_streamed_past_the_limit_of_answers() {
    let body = "x".repeat(300_000);
    let listener = listener([Script::reply(Reply::new(200).body(&body))]);
    let limits = replicate_api::Limits::default().with_body(1000);
    let transport = crate::builder(&listener).limits(limits).build().unwrap();
    let client = replicate_api::Client::from_transport(transport);
    let call = client
        .files_download()
        .file_id("f")
        .expiry(1)
        .owner("me")
        .signature("s");
    let mut parts = Box::pin(call.send().await.unwrap().into_stream());
    let mut length = 0;
    while let Some(part) = futures::StreamExt::next(&mut parts).await {
        length += part.unwrap().len();
    }
    assert_eq!(length, body.len());
}

#[test]
fn the_client_and_its_calls_can_be_sent_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<replicate_api::Client>();
    is_shared::<replicate_api::Error>();
    let client = replicate_api::Client::new("r8_x").unwrap();
    is_send(&client.predictions_get().prediction_id("p").send());
    is_send(&client.files_create().send());
    is_send(&client.models_search().body("words").send());
    assert_eq!(size_of::<replicate_api::Error>(), size_of::<usize>());
}
