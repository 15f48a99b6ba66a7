//! Waiting outlives the network: what a wait does with each response, in which time, and the
//! requests that the server saw.

use std::time::{Duration, Instant};

use replicate::{CancellationToken, Client, ErrorKind, PollPolicy, RetryPolicy, Token};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::json;

const HTML: &str = "<html><title>520: Web server is returning an unknown error</title></html>";

fn policy() -> PollPolicy {
    PollPolicy::fixed(Duration::from_millis(5)).with_max_outage(Duration::from_millis(400))
}

fn client(url: &str) -> Client {
    let delay = Duration::from_millis(20);
    Client::builder()
        .token("r8_test")
        .base_url(url)
        .poll_policy(policy())
        .retry_policy(RetryPolicy::default().with_backoff(delay, delay))
        .build()
        .unwrap()
}

fn reply(status: u16, body: &str) -> Script {
    Script::reply(Reply::json(status, body).header("connection", "close"))
}

fn prediction(status: &str) -> Script {
    reply(
        200,
        &json!({ "id": "p1", "status": status, "output": "x" }).to_string(),
    )
}

fn created() -> Script {
    reply(
        201,
        &json!({ "id": "p1", "status": "starting" }).to_string(),
    )
}

fn html(status: u16) -> Script {
    let reply = Reply::new(status).header("content-type", "text/html");
    Script::reply(reply.header("connection", "close").body(HTML))
}

fn truncated(head: &str) -> Script {
    Script::new().read_request().write(head)
}

/// What goes wrong without saying anything of the prediction.
fn transient() -> Vec<(&'static str, Script)> {
    let redirect = Reply::new(302).header("location", "http://portal.invalid/");
    vec![
        ("reset", Script::new().read_request().reset()),
        ("no response", Script::new().read_request()),
        ("408", reply(408, "{}")),
        ("500", reply(500, "{}")),
        ("501", reply(501, "{}")),
        ("502", html(502)),
        ("520", html(520)),
        ("524", html(524)),
        ("530", html(530)),
        (
            "redirect",
            Script::reply(redirect.header("connection", "close").body("")),
        ),
        ("HTML", html(200)),
        ("empty body", reply(200, "")),
        (
            "truncated body",
            truncated(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{\"id\":",
            ),
        ),
        (
            "truncated 404",
            truncated("HTTP/1.1 404 Not Found\r\ncontent-length: 100\r\n\r\n{\"detail\":"),
        ),
        ("truncated JSON", reply(200, "{\"id\": \"p1\", \"stat")),
    ]
}

#[tokio::test]
async fn a_run_outlives_each_transient_failure_and_creates_once() {
    for (what, failure) in transient() {
        let scripts = [created(), failure.clone(), failure, prediction("succeeded")];
        let listener = Listener::start(scripts).unwrap();
        let run = client(&listener.url()).run("acme/app:1a2b3c4d").poll_only();
        let output = run
            .text()
            .await
            .unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(output, "x", "{what}");
        let requests = listener.received();
        let creates = requests.iter().filter(|request| request.method == "POST");
        assert_eq!((creates.count(), requests.len()), (1, 4), "{what}");
    }
}

#[tokio::test]
async fn an_attached_wait_outlives_each_transient_failure_before_its_first_response() {
    for (what, failure) in transient() {
        let listener =
            Listener::start([failure.clone(), failure, prediction("succeeded")]).unwrap();
        let ended = client(&listener.url()).wait("p1").await;
        ended.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(listener.received().len(), 3, "{what}");
    }
}

#[tokio::test]
async fn the_error_after_an_outage_has_its_cause_the_id_and_the_snapshot() {
    for (failure, kind) in [
        (html(502), ErrorKind::Server),
        (reply(408, "{}"), ErrorKind::Server),
        (Script::new().read_request().reset(), ErrorKind::Connect),
        (html(200), ErrorKind::Decode),
    ] {
        let scripts = std::iter::once(created()).chain(std::iter::repeat_n(failure, 200));
        let listener = Listener::start(scripts).unwrap();
        let began = Instant::now();
        let run = client(&listener.url()).run("acme/app:1a2b3c4d").poll_only();
        let error = run.await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.prediction_id(), Some("p1"));
        assert_eq!(error.prediction().unwrap().status.to_string(), "starting");
        assert!(error.to_string().contains("prediction p1"), "{error}");
        assert!(
            error.to_string().contains("may still be running"),
            "{error}"
        );
        let took = began.elapsed();
        assert!(took >= Duration::from_millis(400), "{took:?}");
        assert!(took < Duration::from_secs(5), "{took:?}");
        assert!(listener.received().len() > 5);
    }
}

#[tokio::test]
async fn a_refused_connection_is_an_outage_and_keeps_the_id() {
    let url = format!("http://{}", Listener::refused().unwrap());
    let error = client(&url).wait("p1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert_eq!(error.prediction_id(), Some("p1"));
    assert!(error.prediction().is_none());
}

#[tokio::test]
async fn a_timeout_ends_an_outage_as_a_timeout() {
    let listener = Listener::start(std::iter::repeat_n(html(502), 500)).unwrap();
    let began = Instant::now();
    let wait = client(&listener.url())
        .wait("p1")
        .poll_policy(PollPolicy::fixed(Duration::from_millis(5)))
        .timeout(Duration::from_millis(700));
    let error = wait.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(error.prediction_id(), Some("p1"));
    assert!(began.elapsed() >= Duration::from_millis(700));
}

#[tokio::test]
async fn waits_use_single_attempts_and_no_retry_budget() {
    let budget = replicate::RetryBudget::new(0, 0.0);
    let delay = Duration::from_millis(5);
    let retry = RetryPolicy::default().with_backoff(delay, delay);
    let failures = std::iter::repeat_n(html(502), 10);
    let listener = Listener::start(failures.chain([prediction("succeeded")])).unwrap();
    let client = Client::builder()
        .token("r8_test")
        .base_url(listener.url())
        .retry_policy(retry.with_budget(budget))
        .build()
        .unwrap();
    client.wait("p1").await.unwrap();
    assert_eq!(listener.received().len(), 11);
}

#[tokio::test]
async fn a_404_just_after_the_create_is_polled_again() {
    let missing = reply(404, r#"{"detail": "not found"}"#);
    let scripts = [
        created(),
        missing.clone(),
        missing.clone(),
        missing,
        prediction("succeeded"),
    ];
    let listener = Listener::start(scripts).unwrap();
    let run = client(&listener.url()).run("acme/app:1a2b3c4d").poll_only();
    assert_eq!(run.text().await.unwrap(), "x");
    assert_eq!(listener.received().len(), 5);
}

#[tokio::test]
async fn an_error_must_repeat_three_times_over_five_seconds() {
    let undecodable = r#"{"id": "p1", "status": 5}"#;
    let another = r#"{"id": "p2", "status": "succeeded"}"#;
    let cases = [
        (reply(401, "{}"), ErrorKind::Authentication),
        (reply(403, "{}"), ErrorKind::Authentication),
        (reply(404, "{}"), ErrorKind::NotFound),
        (reply(410, "{}"), ErrorKind::NotFound),
        (reply(409, "{}"), ErrorKind::Status),
        (reply(200, undecodable), ErrorKind::Decode),
        (reply(200, another), ErrorKind::Decode),
    ];
    let waits = cases.map(|(failure, kind)| async move {
        let scripts =
            std::iter::once(prediction("starting")).chain(std::iter::repeat_n(failure, 5));
        let listener = Listener::start(scripts).unwrap();
        let began = Instant::now();
        let error = client(&listener.url()).wait("p1").await.unwrap_err();
        let took = began.elapsed();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.prediction().unwrap().id, "p1");
        assert_eq!(listener.received().len(), 4, "{error}");
        assert!(took >= Duration::from_secs(5), "{took:?}: {error}");
        assert!(took < Duration::from_secs(9), "{took:?}: {error}");
    });
    futures::future::join_all(waits).await;
}

#[tokio::test]
async fn an_error_that_does_not_repeat_is_outlived() {
    let failures = [401, 403, 404, 410, 409].map(|status| async move {
        let scripts = [
            prediction("starting"),
            reply(status, "{}"),
            prediction("succeeded"),
        ];
        let listener = Listener::start(scripts).unwrap();
        let ended = client(&listener.url()).wait("p1").await;
        ended.unwrap_or_else(|error| panic!("{status}: {error}"));
    });
    futures::future::join_all(failures).await;
}

#[tokio::test]
async fn a_prediction_that_was_never_read_ends_a_wait_sooner() {
    for (status, kind) in [
        (401, ErrorKind::Authentication),
        (403, ErrorKind::Authentication),
        (410, ErrorKind::NotFound),
    ] {
        let listener = Listener::start([reply(status, "{}")]).unwrap();
        let error = client(&listener.url()).wait("p1").await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(listener.received().len(), 1);
    }
    let listener = Listener::start(std::iter::repeat_n(reply(404, "{}"), 5)).unwrap();
    let began = Instant::now();
    let error = client(&listener.url()).wait("p1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(listener.received().len(), 3);
    let took = began.elapsed().as_secs_f64();
    assert!((2.0..5.0).contains(&took), "{took}");
}

#[tokio::test]
async fn a_body_over_the_limit_ends_a_wait_at_once() {
    let endless = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n";
    let script = Script::new().read_request().write(endless);
    let listener = Listener::start([script.write_without_end("\"a\",")]).unwrap();
    let client = Client::builder()
        .token("r8_test")
        .base_url(listener.url())
        .limits(replicate::Limits::default().with_body(100_000))
        .build()
        .unwrap();
    let error = client.wait("p1").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn a_rate_limit_pauses_every_wait_of_the_client_and_no_other() {
    let limited = Reply::new(429).header("retry-after", "1").body("");
    let scripts = [
        Script::reply(limited.header("connection", "close")),
        prediction("succeeded"),
        prediction("succeeded"),
        prediction("succeeded"),
    ];
    let listener = Listener::start(scripts).unwrap();
    let (ours, other) = (client(&listener.url()), client(&listener.url()));
    let began = Instant::now();
    let first = tokio::spawn(std::future::IntoFuture::into_future(
        ours.clone().wait("p1"),
    ));
    listener.wait_for_requests(1).await;
    // Until the client has seen the 429.
    tokio::time::sleep(Duration::from_millis(100)).await;
    other.wait("p1").await.unwrap();
    assert!(began.elapsed() < Duration::from_millis(900));
    ours.wait("p1").await.unwrap();
    first.await.unwrap().unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn a_rate_limit_is_not_an_outage() {
    let limited = Reply::new(429).header("retry-after", "1").body("");
    let limited = Script::reply(limited.header("connection", "close"));
    let scripts = [limited.clone(), limited, prediction("succeeded")];
    let listener = Listener::start(scripts).unwrap();
    let began = Instant::now();
    client(&listener.url()).wait("p1").await.unwrap();
    assert_eq!(listener.received().len(), 3);
    assert!(began.elapsed() >= Duration::from_secs(2));
}

#[tokio::test]
async fn trainings_are_waited_for_in_the_same_way() {
    let scripts = [
        html(502),
        Script::new().read_request().reset(),
        reply(200, r#"{"id": "p1", "status": "succeeded"}"#),
    ];
    let listener = Listener::start(scripts).unwrap();
    let client = client(&listener.url());
    assert_eq!(client.training("p1").wait().await.unwrap().id, "p1");
    let requests = listener.received();
    assert!(
        requests
            .iter()
            .all(|request| request.target == "/v1/trainings/p1")
    );

    let url = format!("http://{}", Listener::refused().unwrap());
    let error = self::client(&url).trainings().wait("t1").await.unwrap_err();
    assert_eq!(
        (error.kind(), error.training_id()),
        (ErrorKind::Connect, Some("t1"))
    );
    assert_eq!(error.prediction_id(), None);
}

#[tokio::test]
async fn options_of_a_wait_reach_its_polls_and_its_cancel() {
    let scripts = [prediction("processing"), prediction("canceled")];
    let listener = Listener::start(scripts).unwrap();
    let handle = client(&listener.url()).prediction("p1");
    let cancellation = CancellationToken::new();
    let error = handle
        .wait()
        .token(Token::new("r8_tenant").unwrap())
        .header("x-tenant", "7")
        .cancellation_token(cancellation.clone())
        .on_progress(move |_| cancellation.cancel())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled);
    assert_eq!(handle.snapshot().unwrap().status, "canceled");
    let requests = listener.received();
    let methods: Vec<_> = requests.iter().map(|request| &request.method).collect();
    assert_eq!(methods, ["GET", "POST"]);
    for request in &requests {
        assert_eq!(request.header("authorization"), Some("Bearer r8_tenant"));
        assert_eq!(request.header("x-tenant"), Some("7"));
    }
}
