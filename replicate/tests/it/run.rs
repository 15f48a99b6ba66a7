//! Running a model: the requests that it leaves, and what comes of it.

use std::time::Duration;

use replicate::types::WebhookEvent::Completed;
use replicate::{Client, ErrorKind, PollPolicy};
use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};
use serde_json::{Value, json};

/// A model, by version, so that a run is one create.
const VERSION: &str = "acme/app:1a2b3c4d";

async fn emulator() -> (Emulator, Client) {
    let emulator = Emulator::start().await.unwrap();
    let client = client(emulator.url());
    (emulator, client)
}

fn client(url: &str) -> Client {
    Client::builder()
        .token("r8_test")
        .base_url(url)
        .poll_policy(PollPolicy::fixed(Duration::from_millis(5)))
        .build()
        .unwrap()
}

/// A client of a server that sends these responses in turn, one a connection.
fn scripted(replies: impl IntoIterator<Item = (u16, Value)>) -> (Listener, Client) {
    let scripts = replies.into_iter().map(|(status, body)| {
        Script::reply(Reply::json(status, body.to_string()).header("connection", "close"))
    });
    let listener = Listener::start(scripts).unwrap();
    let client = client(&listener.url());
    (listener, client)
}

fn prediction(status: &str, output: Value) -> Value {
    json!({ "id": "p1", "status": status, "output": output })
}

#[tokio::test]
async fn an_official_model_is_run_by_its_own_route() {
    let (emulator, client) = emulator().await;
    let text = client
        .run("emulator/text")
        .input(json!({ "prompt": "Once upon a", "max_tokens": 3 }))
        .text()
        .await
        .unwrap();
    assert_eq!(text, "Once upon a");
    let operations: Vec<_> = emulator
        .requests()
        .iter()
        .filter_map(|r| r.operation)
        .collect();
    assert_eq!(operations[..2], ["models.get", "models.predictions.create"]);
}

#[tokio::test]
async fn any_other_model_is_created_once_by_its_latest_version() {
    let (emulator, client) = emulator().await;
    let text = client
        .run("replicate/hello-world")
        .input(json!({ "text": "Alice" }))
        .text()
        .await
        .unwrap();
    assert_eq!(text, "hello Alice");
    let operations: Vec<_> = emulator
        .requests()
        .iter()
        .filter_map(|r| r.operation)
        .collect();
    assert_eq!(operations[..2], ["models.get", "predictions.create"]);
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn a_version_is_run_alone_or_after_its_model() {
    let (_emulator, client) = emulator().await;
    let model = client.models().get("replicate/hello-world").await.unwrap();
    let id = model.latest_version.unwrap().id;
    for reference in [id.clone(), format!("replicate/hello-world:{id}")] {
        let text = client
            .run(reference)
            .input(json!({ "text": "Bob" }))
            .text()
            .await
            .unwrap();
        assert_eq!(text, "hello Bob");
    }
}

/// A model of which the API does not say whether it is official.
fn model() -> (u16, Value) {
    let model = json!({ "owner": "acme", "name": "app", "latest_version": { "id": "v1" } });
    (200, model)
}

#[tokio::test]
async fn a_complete_404_leads_to_a_second_create_where_the_route_was_unknown() {
    let done = prediction("succeeded", json!("x"));
    let (listener, client) = scripted([
        model(),
        (404, json!({})),
        (201, done.clone()),
        model(),
        (201, done),
    ]);
    for _ in 0..2 {
        assert_eq!(client.run("acme/app").text().await.unwrap(), "x");
    }
    assert_eq!(
        listener.request_lines(),
        [
            "GET /v1/models/acme/app",
            "POST /v1/models/acme/app/predictions",
            "POST /v1/predictions",
            // What was learned was wrong.
            "GET /v1/models/acme/app",
            "POST /v1/models/acme/app/predictions",
        ]
    );
}

#[tokio::test]
async fn a_404_of_an_official_models_route_creates_nothing_and_is_forgotten() {
    let model = || {
        (
            200,
            json!({ "is_official": true, "latest_version": { "id": "v1" } }),
        )
    };
    let (listener, client) = scripted([model(), (404, json!({})), model(), (404, json!({}))]);
    for _ in 0..2 {
        let error = client.run("acme/app").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");
    }
    let both = [
        "GET /v1/models/acme/app",
        "POST /v1/models/acme/app/predictions",
    ];
    assert_eq!(listener.request_lines(), [both, both].concat());
}

#[tokio::test]
async fn nothing_but_a_complete_404_leads_to_a_second_create() {
    for status in [400, 401, 402, 403, 405, 409, 410, 422, 500, 502, 503] {
        let refused = (status, json!({ "detail": "no" }));
        let (listener, client) = scripted([model(), refused, (200, json!({}))]);
        client.run("acme/app").await.unwrap_err();
        assert_eq!(
            listener.request_lines(),
            [
                "GET /v1/models/acme/app",
                "POST /v1/models/acme/app/predictions"
            ],
            "{status}"
        );
    }
}

#[tokio::test]
async fn a_truncated_404_creates_nothing_more() {
    let model = Reply::json(200, model().1.to_string()).header("connection", "close");
    let truncated = "HTTP/1.1 404 Not Found\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"detail\":";
    let scripts = [
        Script::reply(model),
        Script::new().read_request().write(truncated),
    ];
    let listener = Listener::start(scripts).unwrap();
    let error = client(&listener.url()).run("acme/app").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(
        listener.request_lines(),
        [
            "GET /v1/models/acme/app",
            "POST /v1/models/acme/app/predictions"
        ]
    );
}

#[tokio::test]
async fn a_model_is_read_once_for_many_runs() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(emulator.url());
    let runs = (0..20).map(|_| {
        let run = client
            .run("replicate/hello-world")
            .input(json!({ "text": "Alice" }));
        std::future::IntoFuture::into_future(run)
    });
    futures::future::try_join_all(runs).await.unwrap();
    let requests = emulator.requests();
    let count = |name| {
        requests
            .iter()
            .filter(|r| r.operation == Some(name))
            .count()
    };
    assert_eq!((count("models.get"), count("predictions.create")), (1, 20));
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
        let error = client.run("acme/none").await.unwrap_err();
        assert_eq!(
            (error.kind(), error.is_safe_to_retry()),
            (kind, safe),
            "{error}"
        );
        assert!(
            error.to_string().contains("no prediction was created"),
            "{error}"
        );
        let requests = listener.request_lines();
        assert!(
            requests
                .iter()
                .all(|line| line == "GET /v1/models/acme/none"),
            "{requests:?}"
        );
    }
}

#[tokio::test]
async fn a_blocking_create_that_is_still_processing_is_polled_on() {
    let (listener, client) = scripted([
        (201, prediction("processing", json!(["a"]))),
        (200, prediction("a-state-of-tomorrow", Value::Null)),
        (200, prediction("succeeded", json!(["a", "b"]))),
    ]);
    assert_eq!(client.run(VERSION).text().await.unwrap(), "ab");
    assert_eq!(
        listener.request_lines(),
        [
            "POST /v1/predictions",
            "GET /v1/predictions/p1",
            "GET /v1/predictions/p1"
        ]
    );
    assert_eq!(listener.received()[0].header("prefer"), Some("wait"));
}

#[tokio::test]
async fn every_bad_ending_is_an_error_that_carries_the_prediction() {
    for (status, kind) in [
        ("failed", ErrorKind::Failed),
        ("canceled", ErrorKind::Canceled),
        ("aborted", ErrorKind::Aborted),
    ] {
        let body = json!({ "id": "p1", "status": status, "error": "why", "logs": "log" });
        let (_listener, client) = scripted([(201, body.clone())]);
        let error = client.run(VERSION).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(error.prediction().unwrap().logs.as_deref(), Some("log"));
        assert_eq!(error.body().unwrap(), body.to_string().as_bytes());
    }
}

#[tokio::test]
async fn run_returns_the_prediction_or_a_type_of_the_callers() {
    let body = json!({ "id": "p1", "status": "succeeded", "output": 3, "metrics": { "x": 1 }, "new": "field" });
    let (_listener, client) = scripted([(201, body.clone()), (201, body.clone())]);
    let prediction = client.run(VERSION).prediction().await.unwrap();
    assert_eq!(prediction.metrics.unwrap()["x"], 1);
    assert_eq!(client.run(VERSION).json::<u8>().await.unwrap(), 3);
}

#[tokio::test]
async fn poll_only_and_progress_create_without_waiting() {
    let (listener, client) = scripted([
        (201, prediction("starting", Value::Null)),
        (200, prediction("succeeded", json!("x"))),
    ]);
    client.run(VERSION).poll_only().await.unwrap();
    assert_eq!(listener.received()[0].header("prefer"), None);
}

#[tokio::test]
async fn webhook_deadline_and_input_are_sent_as_the_api_takes_them() {
    let (listener, client) = scripted([(201, prediction("succeeded", json!("x")))]);
    client
        .run(VERSION)
        .input(json!({ "a": 1 }))
        .webhook("https://example.com/hook")
        .webhook_events([Completed])
        .cancel_after(Duration::from_millis(5_500))
        .await
        .unwrap();
    let request = &listener.received()[0];
    assert_eq!(request.header("cancel-after"), Some("6s"));
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let expected = json!({
        "version": "1a2b3c4d",
        "input": { "a": 1 },
        "webhook": "https://example.com/hook",
        "webhook_events_filter": ["completed"],
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn every_create_sends_its_webhook_and_the_events_only_if_they_are_set() {
    const URL: &str = "https://example.com/hook";
    let done = || (201, prediction("succeeded", json!("x")));
    let training = (201, json!({ "id": "t1", "status": "starting" }));
    let (listener, client) = scripted([done(), done(), done(), training]);
    let run = client.run(VERSION).webhook(URL);
    run.webhook_events([Completed]).await.unwrap();
    client.run(VERSION).webhook(URL).await.unwrap();
    let create = client.predictions().create(VERSION);
    let create = create.webhook_events([Completed]);
    create.webhook(URL).await.unwrap();
    let train = client.trainings().create(VERSION, "acme/mine").webhook(URL);
    train.webhook_events([Completed]).await.unwrap();

    let events: Vec<_> = listener
        .received()
        .iter()
        .map(|request| {
            let body: Value = serde_json::from_slice(&request.body).unwrap();
            assert_eq!(body["webhook"], URL, "{}", request.target);
            body.get("webhook_events_filter").cloned()
        })
        .collect();
    let completed = || Some(json!(["completed"]));
    assert_eq!(events, [completed(), None, completed(), completed()]);
}

#[tokio::test]
async fn a_training_with_events_but_no_webhook_is_refused_before_anything_is_sent() {
    let (listener, client) = scripted([]);
    let train = client.trainings().create(VERSION, "acme/mine");
    let error = train.webhook_events([Completed]).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn what_is_wrong_is_said_before_anything_is_sent() {
    let (listener, client) = scripted([]);
    let cases = [
        (client.run("no-owner"), "`no-owner`"),
        (client.run(VERSION).input("text"), "expected an object"),
        (
            client.run(VERSION).cancel_after(Duration::from_secs(4)),
            "5 s",
        ),
        (client.run(VERSION).webhook("example.com"), "`example.com`"),
        (
            client.run(VERSION).webhook_events([Completed]),
            "without a webhook URL",
        ),
    ];
    for (run, says) in cases {
        let error = run.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains(says), "{error}");
    }
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn a_timeout_cancels_nothing_and_its_error_carries_the_prediction() {
    let (emulator, client) = emulator().await;
    let error = client
        .run("emulator/slow")
        .input(json!({ "seconds": 30 }))
        .poll_only()
        .timeout(Duration::from_millis(1500))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    let prediction = error.prediction().unwrap();
    let waiting = format!(
        "timed out after 1.5s waiting for prediction {}",
        prediction.id
    );
    assert!(error.to_string().starts_with(&waiting), "{error}");
    let operations: Vec<_> = emulator
        .requests()
        .iter()
        .filter_map(|r| r.operation)
        .collect();
    assert!(!operations.contains(&"predictions.cancel"));
}

#[tokio::test]
async fn a_create_without_an_id_may_still_be_running() {
    let (listener, client) = scripted([(201, json!({ "id": "", "status": "starting" }))]);
    let error = client.run(VERSION).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(listener.request_lines().len(), 1);
}

#[tokio::test]
async fn a_runs_timeout_is_one_for_all_its_calls() {
    let none = Reply::json(200, "{}").header("connection", "close");
    let pause = Duration::from_millis(12);
    // Takes more than a second, of the two.
    let slow = Script::new().read_request().write_slowly(none, pause);
    let silent = Script::new().read_request().hold();
    let listener = Listener::start([slow, silent]).unwrap();
    let begun = std::time::Instant::now();
    let run = client(&listener.url()).run("acme/app");
    let error = run.timeout(Duration::from_secs(2)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    // The caller's timeout, not what the first call left of it.
    assert!(error.to_string().contains(" 2s;"), "{error}");
    assert_eq!(listener.received().len(), 2);
    assert!(
        begun.elapsed() < Duration::from_secs(3),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn a_tenants_client_sends_its_own_token_and_knows_its_own_models() {
    let model = || {
        (
            200,
            json!({ "is_official": false, "latest_version": { "id": "v1" } }),
        )
    };
    let done = || (201, prediction("succeeded", json!("x")));
    let (listener, client) = scripted([model(), done(), model(), done()]);
    let tenant = client.with_token(replicate::Token::new("r8_of_a_tenant").unwrap());
    client.run("acme/app").await.unwrap();
    tenant.run("acme/app").await.unwrap();
    let tokens: Vec<_> = listener
        .received()
        .iter()
        .map(|request| request.header("authorization").unwrap().to_owned())
        .collect();
    let (ours, theirs) = ("Bearer r8_test", "Bearer r8_of_a_tenant");
    assert_eq!(tokens, [ours, ours, theirs, theirs]);
}

#[tokio::test]
async fn options_of_a_client_hold_for_every_request_of_a_run() {
    let (listener, client) = scripted([
        (201, prediction("starting", Value::Null)),
        (200, prediction("succeeded", json!("x"))),
    ]);
    let name = http::HeaderName::from_static("x-trace");
    let value = http::HeaderValue::from_static("7");
    let traced = client.with_options(replicate::RequestOptions::new().with_header(name, value));
    traced.run(VERSION).poll_only().await.unwrap();
    let received = listener.received();
    assert!(received.iter().all(|r| r.header("x-trace") == Some("7")));
    assert_eq!(received.len(), 2);
}
