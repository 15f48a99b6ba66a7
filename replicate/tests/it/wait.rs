//! Waiting outlives the network: what a wait does with each response, in which time, and the
//! requests that the server saw.

use std::future::IntoFuture;
use std::time::{Duration, Instant};

use replicate::{
    CancellationToken, Client, Error, ErrorKind, PollPolicy, Progress, RetryBudget, RetryPolicy,
    Token,
};
use replicate_test_support::{Gate, Listener, Reply, Script};
use serde_json::json;

use crate::support::*;

const HTML: &str = "<html><title>520: Web server is returning an unknown error</title></html>";

/// A client that gives up soon.
fn impatient(url: &str) -> Client {
    let soon = Duration::from_millis(5);
    let policy = PollPolicy::fixed(soon).with_max_outage(Duration::from_millis(400));
    builder(url).poll_policy(policy).build().unwrap()
}

fn empty(status: u16) -> Script {
    reply(status, &json!({}))
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
    let redirect = redirect.header("connection", "close").body("");
    let text = |body: &str| Script::reply(Reply::json(200, body).header("connection", "close"));
    let ok = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    let not_found = "HTTP/1.1 404 Not Found\r\ncontent-length: 100\r\n\r\n{\"detail\":";
    vec![
        ("reset", lost()),
        ("no response", Script::new().read_request()),
        ("408", empty(408)),
        ("500", empty(500)),
        ("501", empty(501)),
        ("502", html(502)),
        ("520", html(520)),
        ("524", html(524)),
        ("530", html(530)),
        ("redirect", Script::reply(redirect)),
        ("HTML", html(200)),
        ("empty body", text("")),
        ("truncated body", truncated(ok)),
        ("truncated 404", truncated(not_found)),
        ("truncated JSON", text("{\"id\": \"p1\", \"stat")),
    ]
}

#[tokio::test]
async fn each_transient_failure_is_outlived_by_a_run_that_creates_once_and_by_an_attached_wait() {
    for (what, failure) in transient() {
        let polls = [failure.clone(), failure, state("succeeded")];
        let scripts = std::iter::once(created("starting")).chain(polls.clone());
        let (listener, client) = serve(scripts);
        let output = client.run(VERSION).poll_only().text().await;
        let output = output.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(output, "x", "{what}");
        assert_eq!(listener.request_lines(), [CREATE, GET, GET, GET], "{what}");

        let (listener, client) = serve(polls);
        let ended = client.wait("p1").await;
        ended.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(listener.request_lines(), [GET; 3], "{what}");
    }
}

#[tokio::test]
async fn the_error_after_an_outage_has_its_cause_the_id_and_the_snapshot() {
    for (failure, kind) in [
        (html(502), ErrorKind::Server),
        (empty(408), ErrorKind::Server),
        (lost(), ErrorKind::Connect),
        (html(200), ErrorKind::Decode),
    ] {
        let failures = std::iter::repeat_n(failure, 200);
        let scripts = std::iter::once(created("starting")).chain(failures);
        let listener = Listener::start(scripts).unwrap();
        let began = Instant::now();
        let run = impatient(&listener.url()).run(VERSION).poll_only();
        let error = run.await.unwrap_err();
        let took = began.elapsed();
        assert_error(&error, kind, "prediction p1");
        assert_error(&error, kind, "may still be running");
        assert_eq!(error.prediction_id(), Some("p1"));
        assert_eq!(error.prediction().unwrap().status.to_string(), "starting");
        assert!(took >= Duration::from_millis(400), "{took:?}");
        assert!(took < Duration::from_secs(5), "{took:?}");
        assert!(listener.received().len() > 5);
    }
}

#[tokio::test]
async fn a_refused_connection_is_an_outage_and_keeps_the_id() {
    let client = impatient(&format!("http://{}", Listener::refused().unwrap()));
    let error = client.wait("p1").await.unwrap_err();
    assert_error(&error, ErrorKind::Connect, "");
    assert_eq!(error.prediction_id(), Some("p1"));
    assert!(error.prediction().is_none());
    let error = client.trainings().wait("t1").await.unwrap_err();
    assert_error(&error, ErrorKind::Connect, "");
    assert_eq!(error.training_id(), Some("t1"));
    assert_eq!(error.prediction_id(), None);
}

#[tokio::test]
async fn a_timeout_ends_an_outage_as_a_timeout() {
    let (_listener, client) = serve(std::iter::repeat_n(html(502), 500));
    let timeout = Duration::from_millis(700);
    let began = Instant::now();
    let error = client.wait("p1").timeout(timeout).await.unwrap_err();
    assert_error(&error, ErrorKind::Timeout, "");
    assert_eq!(error.prediction_id(), Some("p1"));
    assert!(began.elapsed() >= timeout);
}

#[tokio::test]
async fn waits_use_single_attempts_and_no_retry_budget() {
    let soon = Duration::from_millis(5);
    let retry = RetryPolicy::default().with_backoff(soon, soon);
    let failures = std::iter::repeat_n(html(502), 10);
    let listener = Listener::start(failures.chain([state("succeeded")])).unwrap();
    let client = Client::builder()
        .token("r8_test")
        .base_url(listener.url())
        .retry_policy(retry.with_budget(RetryBudget::new(0, 0.0)))
        .build()
        .unwrap();
    client.wait("p1").await.unwrap();
    assert_eq!(listener.received().len(), 11);
}

#[tokio::test]
async fn an_error_that_repeats_has_its_kind_and_the_last_snapshot() {
    let undecodable = json!({ "id": "p1", "status": 5 });
    let another = json!({ "id": "p2", "status": "succeeded" });
    let waits = [reply(200, &undecodable), reply(200, &another)].map(|failure| async move {
        let failures = std::iter::repeat_n(failure, 5);
        let (listener, client) = serve(std::iter::once(state("starting")).chain(failures));
        let error = client.wait("p1").await.unwrap_err();
        assert_error(&error, ErrorKind::Decode, "");
        assert_eq!(error.prediction().unwrap().id, "p1");
        assert_eq!(listener.received().len(), 4, "{error}");
    });
    futures::future::join_all(waits).await;
}

#[tokio::test]
async fn a_rate_limit_pauses_every_wait_of_the_client_and_no_other() {
    let limited = Reply::new(429).header("retry-after", "1").body("");
    let limited = Script::reply(limited.header("connection", "close"));
    let states = std::iter::repeat_n(state("succeeded"), 3);
    let (listener, ours) = serve(std::iter::once(limited).chain(states));
    let other = client(&listener.url());
    let paused = Gate::new();
    let pauses = paused.clone();
    let first = ours.wait("p1").on_progress(move |progress| {
        if matches!(progress, Progress::RateLimited { .. }) {
            pauses.open();
        }
    });
    let began = Instant::now();
    let others = async {
        paused.wait().await;
        other.wait("p1").await.unwrap();
        assert!(began.elapsed() < Duration::from_millis(900));
        ours.wait("p1").await.unwrap();
    };
    let (first, ()) = futures::join!(first.into_future(), others);
    first.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[tokio::test]
async fn trainings_are_waited_for_in_the_same_way() {
    let done = reply(200, &json!({ "id": "p1", "status": "succeeded" }));
    let (listener, client) = serve([html(502), lost(), done]);
    assert_eq!(client.training("p1").wait().await.unwrap().id, "p1");
    assert_eq!(listener.request_lines(), ["GET /v1/trainings/p1"; 3]);
}

#[tokio::test]
async fn options_of_a_wait_reach_its_polls_and_its_cancel() {
    let (listener, client) = serve([state("processing"), state("canceled")]);
    let handle = client.prediction("p1");
    let cancellation = CancellationToken::new();
    let error = handle
        .wait()
        .token(Token::new("r8_tenant").unwrap())
        .header("x-tenant", "7")
        .cancellation_token(cancellation.clone())
        .on_progress(move |_| cancellation.cancel())
        .await
        .unwrap_err();
    assert_error(&error, ErrorKind::Canceled, "");
    assert_eq!(handle.snapshot().unwrap().status, "canceled");
    assert_eq!(listener.request_lines(), [GET, CANCEL]);
    for request in &listener.received() {
        assert_eq!(request.header("authorization"), Some("Bearer r8_tenant"));
        assert_eq!(request.header("x-tenant"), Some("7"));
    }
}

/// A prediction whose output was deleted.
fn removed() -> Script {
    let removed = json!({ "id": "p1", "status": "succeeded", "data_removed": true });
    reply(200, &removed)
}

fn assert_expired(error: &Error) {
    assert_error(error, ErrorKind::Expired, "deleted an hour after");
    let prediction = error.prediction().unwrap();
    assert_eq!(prediction.id, "p1");
    assert_eq!(prediction.data_removed, Some(true));
}

#[tokio::test]
async fn a_success_whose_output_was_deleted_is_not_a_success_with_null() {
    let (_listener, client) = serve([state("starting"), removed()]);
    assert_expired(&client.run(VERSION).await.unwrap_err());
    for scripts in [vec![state("processing"), removed()], vec![removed()]] {
        let (_listener, client) = serve(scripts);
        assert_expired(&client.wait("p1").await.unwrap_err());
    }
    let (_listener, client) = serve([removed()]);
    let known = client.predictions().get("p1").await.unwrap();
    assert_expired(&client.wait(&known).await.unwrap_err());
}

#[tokio::test]
async fn null_that_was_given_and_output_that_is_still_there_are_successes() {
    for (output, removed) in [(json!(null), false), (json!("text"), true)] {
        let body = json!({
            "id": "p1", "status": "succeeded", "output": output, "data_removed": removed,
        });
        let (_listener, client) = serve([reply(200, &body)]);
        assert_eq!(*client.run(VERSION).await.unwrap().value(), output);
    }
    let failed = json!({ "id": "p1", "status": "failed", "data_removed": true });
    let (_listener, client) = serve([reply(200, &failed)]);
    let error = client.wait("p1").await.unwrap_err();
    assert_error(&error, ErrorKind::Failed, "");
}
