//! Generated operations, over the same transport.

use futures::TryStreamExt;
use replicate_api::{Client, Error, ErrorKind, Limits, Response, operations, types};
use replicate_test_support::{Reply, Script};
use serde_json::json;

use crate::{PREDICTION, assert_contains, builder, client, json_reply, listener};

async fn create(client: Client) -> Result<Response<types::Prediction>, Error> {
    let input = json!({ "prompt": "a red bicycle" });
    let create = client.predictions_create();
    let create = create.body_map(|body| body.version("v1").input(input));
    create.send().await
}

#[test]
fn operation_that_posts_is_idempotent_only_if_it_cancels() {
    for operation in operations::ALL {
        let idempotent = match operation.method {
            "GET" | "QUERY" | "DELETE" => true,
            // The overlay decides which cancels are: tests/it/coverage.rs asks for it.
            _ => operation.idempotent && operation.id.ends_with(".cancel"),
        };
        assert_eq!(operation.idempotent, idempotent, "{}", operation.id);
    }
    assert!(operations::ALL.is_sorted_by_key(|operation| operation.id.replace('.', "_")));
}

#[tokio::test]
async fn unreadable_status_is_a_decode_error_with_its_path_and_the_body() {
    let body = r#"{"id":"p1","status":["not shown"],"urls":{}}"#;
    let reply = Reply::json(200, body).header("cf-ray", "ray-1");
    let listener = listener([Script::reply(reply)]);
    let get = client(&listener).predictions_get().prediction_id("p1");
    let error = get.send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.path(), Some("status"));
    assert_eq!(error.body().unwrap(), body);
    assert_eq!(error.request_id(), Some("ray-1"));
    assert_eq!(error.url().unwrap().path(), "/v1/predictions/p1");
    assert_contains(&error, &["at `status`"]);
    assert!(!error.to_string().contains("not shown"), "{error}");
}

#[tokio::test]
async fn create_whose_unreadable_response_shows_no_id_is_unknown() {
    let page = Reply::new(201).header("content-type", "text/html");
    let listener = listener([Script::reply(page.body("<p>OK</p>"))]);
    let error = create(client(&listener)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause(), Some(ErrorKind::Decode));
    assert_contains(error, &["text/html, not JSON"]);
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn unlisted_success_status_is_accepted() {
    let listener = listener([json_reply(200, PREDICTION)]);
    assert_eq!(create(client(&listener)).await.unwrap().id, "p1");
}

fn assert_invalid<T>(result: Result<Response<T>, Error>, message: &str) {
    let error = result.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_contains(error, &[message]);
}

#[tokio::test]
async fn invalid_parts_are_named_and_nothing_is_sent() {
    let listener = listener([]);
    let client = client(&listener);
    for (owner, why) in [
        ("", "must not be empty"),
        (".", "\".\" is not a valid part of a path"),
        ("..", "\"..\" is not a valid part of a path"),
    ] {
        let get = client.models_get().model_owner(owner).model_name("account");
        let route = "(GET /models/{model_owner}/{model_name})";
        let message = format!("invalid model_owner: {why} {route}");
        assert_invalid(get.send().await, &message);
    }
    assert_invalid(
        client.trainings_create().model_owner("me").send().await,
        "missing required parts: model_name, version_id, body.destination, body.input \
         (POST /models/{model_owner}/{model_name}/versions/{version_id}/trainings)",
    );
    let create = client.predictions_create();
    let create = create.body_map(|body| body.version("v").input(json!([1])));
    assert_invalid(
        create.send().await,
        "body: input: expected a JSON object, got an array",
    );
    let create = client.predictions_create().prefer("wait=61");
    let create = create.body(json!({ "version": "v", "input": {} }));
    assert_invalid(
        create.send().await,
        "`Prefer: wait=61` is out of range (1 to 60 seconds)",
    );
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn body_can_be_json_as_a_whole() {
    let listener = listener([json_reply(201, PREDICTION)]);
    let body = json!({ "version": "v1", "input": { "n": 1 }, "webhook_events_filter": ["start"] });
    let create = client(&listener).predictions_create();
    create.body(body.clone()).send().await.unwrap();
    let sent: serde_json::Value = serde_json::from_slice(&listener.received()[0].body).unwrap();
    assert_eq!(sent, body);
}

#[tokio::test]
async fn problem_of_a_refused_request_is_read() {
    let body = r#"{"title":"Input validation failed","detail":"- input: prompt is required\n","status":422,
        "invalid_fields":[{"type":"required","field":"input.prompt","description":"prompt is required"}]}"#;
    let problem = Reply::new(422).header("content-type", "application/problem+json");
    let listener = listener([Script::reply(problem.body(body))]);
    let error = create(client(&listener)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(error.invalid_fields()[0].field, "input.prompt");
    let request = format!("(POST {}/v1/predictions)", listener.url());
    let message = "422 Unprocessable Entity: - input: prompt is required";
    assert_eq!(error.to_string(), format!("{message} {request}"));
}

#[tokio::test]
async fn download_is_streamed_past_the_limit_of_responses() {
    let body = "x".repeat(300_000);
    let listener = listener([Script::reply(Reply::new(200).body(&body))]);
    let limits = Limits::default().with_body(1000);
    let transport = builder(&listener).limits(limits).build().unwrap();
    let call = Client::from_transport(transport).files_download();
    let call = call.file_id("f").expiry(1).owner("me").signature("s");
    let parts = call.send().await.unwrap().into_stream();
    let length = parts.try_fold(0, |length, part| async move { Ok(length + part.len()) });
    assert_eq!(length.await.unwrap(), body.len());
}

#[test]
fn client_and_its_calls_can_be_sent_between_threads() {
    fn is_send<T: Send>(_: &T) {}
    fn is_shared<T: Send + Sync + 'static>() {}
    is_shared::<Client>();
    is_shared::<Error>();
    let client = Client::new("r8_x").unwrap();
    is_send(&client.predictions_get().prediction_id("p").send());
    is_send(&client.files_create().send());
    is_send(&client.models_search().body("words").send());
}
