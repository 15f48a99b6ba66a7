//! A create is billed: it reaches the server once, or it is known that it did not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::future::BoxFuture;
use replicate_api::{
    AttemptObserver, CancellationToken, Error, ErrorKind, Method, RequestOptions, StatusCode,
};
use replicate_test_support::{Listener, Reply, Script};

use crate::{
    PREDICTION, assert_contains, builder_at, create, empty, json_reply, listener, quick,
    rate_limited, reset, transport,
};

/// The error of a create against one script; the server must see exactly one request.
async fn error_of_one_create(script: Script) -> Error {
    let listener = listener([script]);
    let error = create(&transport(&listener)).await.unwrap_err();
    assert_eq!(listener.received().len(), 1, "{error}");
    assert_eq!(error.attempts(), 1, "{error}");
    error
}

fn assert_unknown(error: &Error, cause: ErrorKind) {
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(error.cause(), Some(cause), "{error}");
    assert!(error.sent_at().is_some());
    assert_contains(error, &["the outcome is unknown"]);
}

#[tokio::test]
async fn create_is_retried_when_no_connection_was_established() {
    let addr = Listener::refused().unwrap();
    let attempts = Arc::new(AtomicUsize::new(0));
    let late = Arc::new(Mutex::new(None));
    let (count, place) = (Arc::clone(&attempts), Arc::clone(&late));
    let transport = builder_at(format!("http://{addr}"))
        .on_request(move |_| {
            // The server comes up between the first attempt and the second.
            if count.fetch_add(1, Ordering::SeqCst) == 1 {
                let script = json_reply(201, PREDICTION);
                *place.lock().unwrap() = Some(Listener::start_at(addr, [script]).unwrap());
            }
        })
        .build()
        .unwrap();
    let response = create(&transport).await.unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(attempts.load(Ordering::SeqCst), 2);
    assert_eq!(late.lock().unwrap().as_ref().unwrap().received().len(), 1);
}

#[tokio::test]
async fn create_without_any_connection_is_a_connect_error_after_as_many_attempts_as_allowed() {
    let addr = Listener::refused().unwrap();
    for (policy, attempts) in [(quick(), 3), (quick().with_max_attempts(2), 2)] {
        let builder = builder_at(format!("http://{addr}")).retry_policy(policy);
        let error = create(&builder.build().unwrap()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect);
        assert_eq!(error.attempts(), attempts);
        assert_contains(error, &["could not connect"]);
    }
}

#[tokio::test]
async fn create_is_not_retried_where_it_may_have_been_processed() {
    use ErrorKind::{Connect, Server, Timeout};
    let read = || Script::new().read_request();
    let chunked = Reply::new(201).header("transfer-encoding", "chunked");
    let busy = |status| Reply::new(status).header("retry-after", "0");
    let page = Reply::new(500).header("content-type", "text/html");
    for (script, cause) in [
        (reset(), Connect),
        (read(), Connect),
        (read().write(&b"HTTP/1.1 201 Crea"[..]).reset(), Connect),
        (
            Script::reply(chunked.raw_body("9\r\n{\"id\":\"p1\r\n")),
            Connect,
        ),
        (Script::reply(page.body("<h1>Bad</h1>")), Server),
        (Script::reply(busy(503).body("")), Server),
        (empty(408), Timeout),
        // A 429 that is truncated may be anything.
        (
            Script::reply(busy(429).header("content-length", "100").raw_body("{")),
            Connect,
        ),
    ] {
        let error = error_of_one_create(script).await;
        assert_unknown(&error, cause);
        assert_eq!(error.created_id(), None);
        assert!(!error.to_string().contains("<h1>"), "{error}");
    }
}

#[tokio::test]
async fn create_whose_response_is_truncated_is_unknown_and_shows_the_id() {
    let cut = Reply::new(201).header("content-length", "500");
    let cut = cut.raw_body(r#"{"id":"p1","status":"#);
    let error = error_of_one_create(Script::reply(cut)).await;
    assert_unknown(&error, ErrorKind::Connect);
    assert_eq!(error.created_id(), Some("p1"));
    assert_eq!(error.status(), Some(StatusCode::CREATED));
    assert_contains(error, &["the id p1"]);
}

#[tokio::test]
async fn outcome_is_unknown_after_a_status_that_is_neither_success_nor_rejection() {
    for status in [101, 303, 304, 307, 600, 999] {
        let reply = Reply::new(status).header("connection", "close");
        let reply = reply.header("location", "/v1/predictions/p1").body("");
        let error = error_of_one_create(Script::reply(reply)).await;
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{status}: {error}");
    }
}

#[tokio::test]
async fn create_that_is_refused_is_known_not_to_have_happened() {
    for (status, kind) in [
        (400, ErrorKind::InvalidRequest),
        (401, ErrorKind::Authentication),
        (402, ErrorKind::PaymentRequired),
        (403, ErrorKind::Authentication),
        (404, ErrorKind::NotFound),
        (409, ErrorKind::Status),
        (422, ErrorKind::InvalidRequest),
    ] {
        let body = r#"{"title":"No","detail":"not like this"}"#;
        let error = error_of_one_create(json_reply(status, body)).await;
        assert_eq!(error.kind(), kind);
        assert_eq!(error.detail(), Some("not like this"));
    }
}

#[tokio::test]
async fn large_create_body_arrives_unchanged_with_its_length() {
    let listener = listener([json_reply(201, PREDICTION)]);
    let large = "x".repeat(3 * 1024 * 1024);
    let request = transport(&listener).request(Method::POST, "/predictions");
    request.body(large.clone()).send().await.unwrap();
    let received = &listener.received()[0];
    assert_eq!(received.header("content-length"), Some("3145728"));
    assert_eq!(received.header("transfer-encoding"), None);
    assert!(received.text() == large);
}

/// Cancels a call once an attempt was rejected and another one follows.
struct CancelAfterRejection(CancellationToken);

impl AttemptObserver for CancelAfterRejection {
    fn before_send(&self) -> BoxFuture<'_, std::io::Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn not_processed(&self) {
        self.0.cancel();
    }
}

#[tokio::test]
async fn create_that_is_canceled_between_attempts_is_not_sent_again() {
    let listener = listener([rate_limited("30")]);
    let stop = CancellationToken::new();
    let options = RequestOptions::new()
        .with_cancellation_token(stop.clone())
        .with_attempt_observer(Arc::new(CancelAfterRejection(stop)));
    let transport = transport(&listener).with_options(options);
    for _ in 0..2 {
        let error = create(&transport).await.err().unwrap();
        assert_eq!(error.kind(), ErrorKind::Canceled, "{error}");
    }
    assert_eq!(listener.received().len(), 1);
}
