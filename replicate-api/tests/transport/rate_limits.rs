//! 429: the only response after which a create is retried, when the server says.

use std::time::{Duration, Instant};

use replicate_api::{ErrorKind, Method, RequestOptions, RetryPolicy, Token};
use replicate_test_support::{Listener, Reply, Script};

use crate::{PREDICTION, create, listener, read, transport};

fn created() -> Script {
    Script::reply(Reply::json(201, PREDICTION))
}

async fn create_waits_after(busy: Reply, least: Duration) {
    let listener = listener([Script::reply(busy), created()]);
    let transport = transport(&listener);
    let begun = Instant::now();
    let response = create(&transport).await.unwrap();
    assert!(begun.elapsed() >= least, "{:?}", begun.elapsed());
    assert_eq!(response.status(), 201);
    let bodies: Vec<_> = listener
        .received()
        .iter()
        .map(|request| request.text())
        .collect();
    assert_eq!(bodies.len(), 2);
    assert_eq!(bodies[0], bodies[1]);
}

#[tokio::test]
async fn create_waits_as_the_header_or_the_body_asks_then_is_sent_once_more() {
    let sentence = r#"{"detail":"Request was throttled. Your rate limit resets in ~1s."}"#;
    let waits = [
        Reply::json(429, "{}").header("retry-after", "1").body("{}"),
        // Both dates are long past: only their difference counts.
        Reply::new(429)
            .header("date", "Sun, 06 Nov 1994 08:49:37 GMT")
            .header("retry-after", "Sun, 06 Nov 1994 08:49:38 GMT")
            .body("{}"),
        Reply::json(429, r#"{"retry_after":1}"#),
        Reply::json(429, sentence),
    ];
    let waits = waits.map(|busy| create_waits_after(busy, Duration::from_secs(1)));
    futures::future::join_all(waits).await;
}

#[tokio::test]
async fn retry_after_of_more_than_a_minute_is_the_error() {
    let busy = Reply::new(429)
        .header("retry-after", "61")
        .body(r#"{"detail":"slow down"}"#);
    let listener = listener([Script::reply(busy), created()]);
    let error = read(&transport(&listener)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(61)));
    assert_eq!(error.attempts(), 1);
    assert_eq!(listener.received().len(), 1);
    assert!(error.to_string().contains("try again in 61 s"), "{error}");
}

#[tokio::test]
async fn creates_wait_for_their_turn_however_often_they_are_rejected() {
    let busy = |_| Script::reply(Reply::json(429, r#"{"retry_after":0.02}"#));
    let scripts = (0..8).map(busy).chain([created()]);
    let listener = Listener::start(scripts).unwrap();
    let response = create(&transport(&listener)).await.unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(listener.received().len(), 9);
}

#[tokio::test]
async fn create_whose_turn_comes_after_its_deadline_fails_at_once() {
    let busy = || Script::reply(Reply::new(429).header("retry-after", "30").body(""));
    let listener = listener([busy(), created()]);
    let transport = transport(&listener);
    let short = RequestOptions::new().with_timeout(Duration::from_secs(20));
    let begun = Instant::now();
    let error = create(&transport.with_options(short.clone()))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    // One that was not even sent waits behind it.
    let error = create(&transport.with_options(short)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.is_safe_to_retry(), "nothing was sent");
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn rate_limit_of_one_token_holds_back_no_other() {
    let busy = Script::reply(Reply::new(429).header("retry-after", "30").body(""));
    let listener = listener([busy, created()]);
    let transport = transport(&listener);
    let short = RequestOptions::new().with_timeout(Duration::from_secs(20));
    create(&transport.with_options(short)).await.unwrap_err();
    let other = transport.with_token(Token::new("r8_of_another_account").unwrap());
    let begun = Instant::now();
    create(&other).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10));
    let sent = &listener.received()[1];
    assert_eq!(
        sent.header("authorization"),
        Some("Bearer r8_of_another_account")
    );
}

#[tokio::test]
async fn policy_that_never_retries_sends_a_create_once_and_waits_in_no_queue() {
    let busy = || Script::reply(Reply::new(429).header("retry-after", "30").body(""));
    let listener = listener([busy(), busy()]);
    let options = RequestOptions::new().with_retry_policy(RetryPolicy::never());
    let transport = transport(&listener).with_options(options);
    for sent in 1..=2 {
        let error = create(&transport).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::RateLimited);
        assert_eq!(listener.received().len(), sent);
    }
}

#[tokio::test]
async fn retry_after_past_the_deadline_is_the_error() {
    let busy = Reply::new(429).header("retry-after", "30").body("");
    let listener = listener([Script::reply(busy), created()]);
    let error = transport(&listener)
        .request(Method::GET, "/account")
        .timeout(Duration::from_secs(20))
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn rate_limited_reads_are_sent_five_times() {
    let busy = || Script::reply(Reply::json(429, "{}"));
    let listener = listener([busy(), busy(), busy(), busy(), busy(), created()]);
    let error = read(&transport(&listener)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.attempts(), 5);
    assert_eq!(listener.received().len(), 5);
}

#[tokio::test]
async fn read_honors_the_retry_after_of_a_503() {
    let busy = Reply::new(503).header("retry-after", "1").body("");
    let listener = listener([Script::reply(busy), Script::reply(Reply::json(200, "{}"))]);
    let transport = transport(&listener);
    let begun = Instant::now();
    read(&transport).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
}
