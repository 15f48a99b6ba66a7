//! Running a model: the requests that it leaves, and what comes of it.

use std::future::IntoFuture;
use std::time::{Duration, Instant};

use replicate::types::WebhookEvent::Completed;
use replicate::{Client, ErrorKind, RequestOptions, Token};
use replicate_emulator::Emulator;
use replicate_test_support::{Gate, Listener, Script};
use serde_json::{Value, json};

use crate::programs::count;
use crate::support::*;

const READ_MODEL: &str = "GET /v1/models/acme/app";
const CREATE_BY_MODEL: &str = "POST /v1/models/acme/app/predictions";

const HOOK: &str = "https://example.com/hook";

/// A client of a server that sends these responses in turn, one a connection.
fn scripted(replies: impl IntoIterator<Item = (u16, Value)>) -> (Listener, Client) {
    let replies = replies.into_iter();
    serve(replies.map(|(status, body)| reply(status, &body)))
}

fn done() -> (u16, Value) {
    (201, prediction("succeeded"))
}

/// A model of which the API does not say whether it is official.
fn model() -> (u16, Value) {
    let model = json!({ "owner": "acme", "name": "app", "latest_version": { "id": "v1" } });
    (200, model)
}

fn model_of_kind(is_official: bool) -> (u16, Value) {
    let version = json!({ "id": "v1" });
    let model = json!({ "is_official": is_official, "latest_version": version });
    (200, model)
}

fn operations(emulator: &Emulator) -> Vec<&'static str> {
    let requests = emulator.requests().into_iter();
    requests.filter_map(|request| request.operation).collect()
}

#[tokio::test]
async fn an_official_model_is_run_by_its_own_route() {
    let (emulator, client) = emulator().await;
    let text = text_run(&client, "Once upon a").text().await.unwrap();
    assert_eq!(text, "Once upon a");
    let expected = ["models.get", "models.predictions.create"];
    assert_eq!(operations(&emulator)[..2], expected);
}

#[tokio::test]
async fn any_other_model_is_created_once_by_its_latest_version() {
    let (emulator, client) = emulator().await;
    let run = client.run("replicate/hello-world");
    let text = run.input(json!({ "text": "Alice" })).text().await.unwrap();
    assert_eq!(text, "hello Alice");
    let expected = ["models.get", "predictions.create"];
    assert_eq!(operations(&emulator)[..2], expected);
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn a_version_is_run_alone_or_after_its_model() {
    let (_emulator, client) = emulator().await;
    let model = client.models().get("replicate/hello-world").await.unwrap();
    let id = model.latest_version.unwrap().id;
    for reference in [id.clone(), format!("replicate/hello-world:{id}")] {
        let run = client.run(reference).input(json!({ "text": "Bob" }));
        assert_eq!(run.text().await.unwrap(), "hello Bob");
    }
}

#[tokio::test]
async fn a_complete_404_leads_to_a_second_create_where_the_route_was_unknown() {
    let none = (404, json!({}));
    let (listener, client) = scripted([model(), none, done(), model(), done()]);
    for _ in 0..2 {
        assert_eq!(client.run("acme/app").text().await.unwrap(), "x");
    }
    let first = [READ_MODEL, CREATE_BY_MODEL, CREATE];
    // What was learned was wrong.
    let second = [READ_MODEL, CREATE_BY_MODEL];
    let expected = [&first[..], &second].concat();
    assert_eq!(listener.request_lines(), expected);
}

#[tokio::test]
async fn a_404_of_an_official_models_route_creates_nothing_and_is_forgotten() {
    let both = || [model_of_kind(true), (404, json!({}))];
    let (listener, client) = scripted([both(), both()].concat());
    for _ in 0..2 {
        let error = client.run("acme/app").await.unwrap_err();
        assert_error(&error, ErrorKind::NotFound, "");
    }
    let both = [READ_MODEL, CREATE_BY_MODEL];
    assert_eq!(listener.request_lines(), [both, both].concat());
}

#[tokio::test]
async fn nothing_but_a_complete_404_leads_to_a_second_create() {
    let statuses = [400, 401, 402, 403, 405, 409, 410, 422, 500, 502, 503];
    let refused = statuses.map(|status| reply(status, &json!({ "detail": "no" })));
    let truncated = "HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"detail\":";
    let truncated = Script::new().read_request().write(truncated);
    for refused in refused.into_iter().chain([truncated]) {
        let case = format!("{refused:?}");
        let (listener, client) = serve([reply(200, &model().1), refused, created("succeeded")]);
        client.run("acme/app").await.unwrap_err();
        let expected = [READ_MODEL, CREATE_BY_MODEL];
        assert_eq!(listener.request_lines(), expected, "{case}");
    }
}

#[tokio::test]
async fn a_model_that_cannot_be_read_is_the_error_and_creates_nothing() {
    for (status, kind, safe) in [
        (404, ErrorKind::NotFound, false),
        (401, ErrorKind::Authentication, false),
        (502, ErrorKind::Server, true),
    ] {
        let responses = std::iter::repeat_n((status, json!({ "detail": "no" })), 9);
        let (listener, client) = scripted(responses);
        let error = client.run("acme/app").await.unwrap_err();
        assert_error(&error, kind, "no prediction was created");
        assert_eq!(error.is_safe_to_retry(), safe, "{error}");
        let requests = listener.request_lines();
        assert!(
            requests.iter().all(|line| line == READ_MODEL),
            "{requests:?}"
        );
    }
}

#[tokio::test]
async fn a_blocking_create_that_is_still_processing_is_polled_on() {
    let body = |status: &str, output| json!({ "id": "p1", "status": status, "output": output });
    let (listener, client) = scripted([
        (201, body("processing", json!(["a"]))),
        (200, body("a-state-of-tomorrow", Value::Null)),
        (200, body("succeeded", json!(["a", "b"]))),
    ]);
    assert_eq!(client.run(VERSION).text().await.unwrap(), "ab");
    assert_eq!(listener.request_lines(), [CREATE, GET, GET]);
    assert_eq!(listener.received()[0].header("prefer"), Some("wait"));
}

#[tokio::test]
async fn run_returns_the_prediction_or_a_type_of_the_callers() {
    let body = json!({ "id": "p1", "status": "succeeded", "output": 3, "metrics": { "x": 1 }, "new": "field" });
    let (_listener, client) = scripted([(201, body.clone()), (201, body)]);
    let prediction = client.run(VERSION).prediction().await.unwrap();
    assert_eq!(prediction.metrics.unwrap()["x"], 1);
    assert_eq!(client.run(VERSION).json::<u8>().await.unwrap(), 3);
}

#[tokio::test]
async fn webhook_deadline_and_input_are_sent_as_the_api_takes_them() {
    let (listener, client) = scripted([done()]);
    let run = client.run(VERSION).input(json!({ "a": 1 }));
    let run = run.webhook(HOOK).webhook_events([Completed]);
    let run = run.cancel_after(Duration::from_millis(5_500));
    run.await.unwrap();
    assert_eq!(listener.received()[0].header("cancel-after"), Some("6s"));
    let expected = json!({
        "version": "1a2b3c4d",
        "input": { "a": 1 },
        "webhook": HOOK,
        "webhook_events_filter": ["completed"],
    });
    assert_eq!(sent(&listener, 0), expected);
}

#[tokio::test]
async fn every_create_sends_its_webhook_and_the_events_only_if_they_are_set() {
    let training = (201, json!({ "id": "t1", "status": "starting" }));
    let (listener, client) = scripted([done(), done(), done(), done(), training]);
    client.run(VERSION).webhook(HOOK).await.unwrap();
    let run = client.run(VERSION).webhook(HOOK);
    run.webhook_events([Completed]).await.unwrap();
    let stream = client.stream(VERSION).webhook(HOOK);
    drop(stream.webhook_events([Completed]).await.unwrap());
    let create = client.predictions().create(VERSION).webhook(HOOK);
    create.webhook_events([Completed]).await.unwrap();
    let train = client.trainings().create(VERSION, "acme/mine");
    let train = train.webhook(HOOK);
    train.webhook_events([Completed]).await.unwrap();
    for create in 0..5 {
        let sent = sent(&listener, create);
        assert_eq!(sent["webhook"], HOOK, "{create}");
        let events = (create > 0).then(|| json!(["completed"]));
        assert_eq!(sent.get("webhook_events_filter"), events.as_ref());
    }
}

#[tokio::test]
async fn what_is_wrong_is_said_before_anything_is_sent() {
    let (listener, client) = scripted([]);
    let run = || client.run(VERSION);
    for (run, says) in [
        (client.run("no-owner"), "`no-owner`"),
        (run().input("text"), "expected an object"),
        (run().cancel_after(Duration::from_secs(4)), "5 s"),
        (run().webhook("example.com"), "`example.com`"),
        (run().webhook_events([Completed]), "without a webhook URL"),
    ] {
        let error = run.await.unwrap_err();
        assert_error(&error, ErrorKind::InvalidRequest, says);
    }
    let train = client.trainings().create(VERSION, "acme/mine");
    let error = train.webhook_events([Completed]).await.unwrap_err();
    assert_error(&error, ErrorKind::InvalidRequest, "");
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn a_timeout_cancels_nothing_and_its_error_carries_the_prediction() {
    let (emulator, client) = emulator().await;
    let run = slow(&client).poll_only();
    let error = run.timeout(Duration::from_millis(1500)).await.unwrap_err();
    let id = &error.prediction().unwrap().id;
    let waiting = format!("timed out after 1.5s waiting for prediction {id}");
    assert_error(&error, ErrorKind::Timeout, &waiting);
    assert_eq!(count(&emulator, "predictions.cancel"), 0);
}

#[tokio::test]
async fn a_create_without_an_id_may_still_be_running() {
    let (listener, client) = scripted([(201, json!({ "id": "", "status": "starting" }))]);
    let error = client.run(VERSION).await.unwrap_err();
    assert_error(&error, ErrorKind::OutcomeUnknown, "");
    assert_eq!(listener.request_lines(), [CREATE]);
}

#[tokio::test]
async fn a_runs_timeout_is_one_for_all_its_calls() {
    let half = Gate::new();
    let slow = Script::new().read_request().wait_for(&half);
    let slow = slow.write(json_reply(200, &json!({})));
    let silent = Script::new().read_request().hold();
    let (listener, client) = serve([slow, silent]);
    let begun = Instant::now();
    let run = client.run("acme/app").timeout(Duration::from_secs(3));
    let half_the_time = async {
        tokio::time::sleep(Duration::from_millis(1500)).await;
        half.open();
    };
    let (ended, ()) = futures::join!(run.into_future(), half_the_time);
    // The caller's timeout, not what the first call left of it.
    assert_error(&ended.unwrap_err(), ErrorKind::OutcomeUnknown, " 3s;");
    assert_eq!(listener.received().len(), 2);
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(4), "{took:?}");
}

#[tokio::test]
async fn a_tenants_client_sends_its_own_token_and_knows_its_own_models() {
    let both = || [model_of_kind(false), done()];
    let (listener, client) = scripted([both(), both()].concat());
    let tenant = client.with_token(Token::new("r8_of_a_tenant").unwrap());
    client.run("acme/app").await.unwrap();
    tenant.run("acme/app").await.unwrap();
    let received = listener.received();
    let tokens = received.iter().map(|it| it.header("authorization"));
    let [ours, theirs] = ["Bearer r8_test", "Bearer r8_of_a_tenant"].map(Some);
    assert!(tokens.eq([ours, ours, theirs, theirs]), "{received:?}");
}

#[tokio::test]
async fn options_of_a_client_hold_for_every_request_of_a_run_that_only_polls() {
    let (listener, client) = serve([created("starting"), state("succeeded")]);
    let name = http::HeaderName::from_static("x-trace");
    let value = http::HeaderValue::from_static("7");
    let traced = client.with_options(RequestOptions::new().with_header(name, value));
    traced.run(VERSION).poll_only().await.unwrap();
    assert_eq!(listener.request_lines(), [CREATE, GET]);
    for request in listener.received() {
        assert_eq!(request.header("x-trace"), Some("7"));
        assert_eq!(request.header("prefer"), None);
    }
}
