//! 429: the only response after which a create is retried, when the server says.

use std::time::{Duration, Instant};

use replicate_api::{ErrorKind, RequestOptions, RetryPolicy, Token};
use replicate_test_support::{Listener, Reply, Script};

use crate::{PREDICTION, create, json_reply, listener, rate_limited, read, transport};

fn created() -> Script {
    json_reply(201, PREDICTION)
}

fn short() -> RequestOptions {
    RequestOptions::new().with_timeout(Duration::from_secs(20))
}

async fn create_waits_after(busy: Reply, least: Duration) {
    let listener = listener([Script::reply(busy), created()]);
    let begun = Instant::now();
    let response = create(&transport(&listener)).await.unwrap();
    assert!(begun.elapsed() >= least, "{:?}", begun.elapsed());
    assert_eq!(response.status(), 201);
    let [first, second] = listener.received().try_into().unwrap();
    assert_eq!(first.text(), second.text());
}

#[tokio::test]
async fn create_waits_as_the_header_or_the_body_asks_then_is_sent_once_more() {
    let sentence = r#"{"detail":"Request was throttled. Your rate limit resets in ~1s."}"#;
    let waits = [
        Reply::json(429, "{}").header("retry-after", "1"),
        // Both dates are long past: only their difference counts.
        Reply::json(429, "{}")
            .header("date", "Sun, 06 Nov 1994 08:49:37 GMT")
            .header("retry-after", "Sun, 06 Nov 1994 08:49:38 GMT"),
        Reply::json(429, r#"{"retry_after":1}"#),
        Reply::json(429, sentence),
    ];
    let waits = waits.map(|busy| create_waits_after(busy, Duration::from_secs(1)));
    futures::future::join_all(waits).await;
}

#[tokio::test]
async fn creates_wait_for_their_turn_however_often_they_are_rejected() {
    let busy = json_reply(429, r#"{"retry_after":0.02}"#);
    let scripts = std::iter::repeat_n(busy, 8).chain([created()]);
    let listener = Listener::start(scripts).unwrap();
    let response = create(&transport(&listener)).await.unwrap();
    assert_eq!(response.status(), 201);
    assert_eq!(listener.received().len(), 9);
}

#[tokio::test]
async fn create_whose_turn_comes_after_its_deadline_fails_at_once() {
    let listener = listener([rate_limited("30"), created()]);
    let transport = transport(&listener).with_options(short());
    let begun = Instant::now();
    let error = create(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    // One that was not even sent waits behind it.
    let error = create(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.is_safe_to_retry(), "nothing was sent");
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn rate_limit_of_one_token_holds_back_no_other() {
    let listener = listener([rate_limited("30"), created()]);
    let transport = transport(&listener).with_options(short());
    create(&transport).await.unwrap_err();
    let other = transport.with_token(Token::new("r8_of_another_account").unwrap());
    let begun = Instant::now();
    create(&other).await.unwrap();
    assert!(begun.elapsed() < Duration::from_secs(10));
    let token = Some("Bearer r8_of_another_account");
    assert_eq!(listener.received()[1].header("authorization"), token);
}

#[tokio::test]
async fn policy_that_never_retries_sends_a_create_once_and_waits_in_no_queue() {
    let listener = Listener::always(rate_limited("30")).unwrap();
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
    let listener = listener([rate_limited("30"), created()]);
    let transport = transport(&listener).with_options(short());
    let error = read(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn read_honors_the_retry_after_of_a_503() {
    let busy = Reply::new(503).header("retry-after", "1").body("");
    let listener = listener([Script::reply(busy), json_reply(200, "{}")]);
    let begun = Instant::now();
    read(&transport(&listener)).await.unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1));
}
