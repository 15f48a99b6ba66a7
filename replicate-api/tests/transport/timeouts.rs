//! No call hangs: each wait has an end, and the error says which one it was.

use std::time::{Duration, Instant};

use replicate_api::{ErrorKind, Method, Timeouts, Token};
use replicate_test_support::{Gate, Listener, Reply, Script};

use crate::{PREDICTION, builder, create, listener, read, transport};

const SHORT: Duration = Duration::from_millis(200);
const INSTANT: Duration = Duration::from_nanos(1);
const SOON: Duration = Duration::from_secs(10);

fn silent() -> Script {
    Script::new().read_request().hold()
}

fn drip(status: u16) -> Script {
    let head = Reply::json(status, "")
        .header("content-length", "1000")
        .raw_body("")
        .bytes();
    Script::new()
        .read_request()
        .write(head)
        .write_slowly(vec![b' '; 1000], Duration::from_millis(20))
}

fn with(listener: &Listener, timeouts: Timeouts) -> replicate_api::Transport {
    builder(listener).timeouts(timeouts).build().unwrap()
}

#[tokio::test]
async fn missing_response_is_a_timeout_after_three_attempts() {
    let listener = listener([silent(), silent(), silent()]);
    let error = read(&with(&listener, Timeouts::default().with_headers(SHORT)))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(listener.received().len(), 3);
    assert!(
        error.to_string().contains("no response within 200ms"),
        "{error}"
    );
}

#[tokio::test]
async fn create_is_not_retried_after_a_timeout() {
    let listener = listener([silent()]);
    let timeouts = Timeouts::default().with_headers(SHORT);
    let error = create(&with(&listener, timeouts)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause(), Some(ErrorKind::Timeout));
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn create_without_a_token_in_time_is_a_timeout_and_not_sent() {
    // The socket listens, and no connection is accepted.
    let listener = listener([silent()]);
    let transport = replicate_api::Transport::builder()
        .base_url(listener.url())
        .token_supplier(std::future::pending::<Result<Token, replicate_api::Error>>)
        .timeouts(Timeouts::default().with_call(SHORT))
        .build()
        .unwrap();
    let error = create(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn slow_response_ends_with_the_body_timeout() {
    let listener = listener([drip(200), drip(200), drip(200)]);
    let error = read(&with(&listener, Timeouts::default().with_body(SHORT)))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(
        error.to_string().contains("not complete within 200ms"),
        "{error}"
    );
}

#[tokio::test]
async fn slow_response_ends_with_the_deadline_of_the_call() {
    let listener = listener([drip(200)]);
    let begun = Instant::now();
    let error = builder(&listener)
        .build()
        .unwrap()
        .request(Method::GET, "/account")
        .timeout(SHORT)
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(begun.elapsed() >= SHORT && begun.elapsed() < SOON);
    assert!(
        error.to_string().contains("within the call's 200ms"),
        "{error}"
    );
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn create_whose_slow_response_passes_the_deadline_is_unknown() {
    let listener = listener([drip(201)]);
    let error = create(&with(&listener, Timeouts::default().with_call(SHORT)))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause(), Some(ErrorKind::Timeout));
}

#[tokio::test]
async fn requested_wait_is_added_to_the_header_timeout() {
    let late = Script::new()
        .read_request()
        .write_slowly(vec![], SHORT)
        .write_slowly(Reply::json(201, "{}").bytes(), Duration::from_millis(10));
    let listener = listener([late]);
    let response = with(
        &listener,
        Timeouts::default().with_headers(Duration::from_millis(100)),
    )
    .request(Method::POST, "/predictions")
    .header("prefer", "wait=5")
    .json(&serde_json::json!({}))
    .send()
    .await
    .unwrap();
    assert_eq!(response.status(), 201);
}

#[tokio::test]
async fn server_that_never_reads_the_request_is_a_timeout() {
    let listener = listener([Script::new().read_head().hold()]);
    let transport = with(&listener, Timeouts::default().with_headers(SHORT));
    // More than any socket buffer holds.
    let error = transport
        .request(Method::POST, "/predictions")
        .body(vec![b' '; 64 * 1024 * 1024])
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.cause(), Some(ErrorKind::Timeout), "{error}");
}

#[tokio::test]
async fn silent_streamed_response_is_a_timeout() {
    let head = Reply::new(200)
        .header("content-length", "9")
        .raw_body("abc")
        .bytes();
    let listener = listener([Script::new().read_request().write(head).hold()]);
    let mut response = with(&listener, Timeouts::default().with_idle(SHORT))
        .request(Method::GET, "/files/f/download")
        .send_streamed()
        .await
        .unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "abc");
    let error = response.chunk().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(
        error.to_string().contains("/v1/files/f/download"),
        "{error}"
    );
}

#[tokio::test]
async fn streamed_response_ends_with_the_timeout_of_its_call() {
    let listener = listener([drip(200)]);
    let response = builder(&listener)
        .build()
        .unwrap()
        .request(Method::GET, "/files/f/download")
        .timeout(Duration::from_millis(400))
        .send_streamed()
        .await
        .unwrap();
    assert_eq!(
        response.bytes(10_000).await.unwrap_err().kind(),
        ErrorKind::Timeout
    );
}

/// The beginning of an HTTP/2 connection: empty settings.
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];

#[tokio::test]
async fn read_leaves_a_shared_connection_that_is_dead() {
    let dead = || Script::new().write(SETTINGS.to_vec()).hold();
    let listener = listener([dead(), dead(), dead()]);
    let transport = builder(&listener)
        .timeouts(Timeouts::default().with_headers(Duration::from_millis(400)))
        .http(|http| http.http2_prior_knowledge())
        .build()
        .unwrap();
    let error = read(&transport).await.err().unwrap();
    assert_eq!(error.attempts(), 3, "{error}");
    assert_eq!(listener.connections(), 3, "each attempt has its own");
}

#[tokio::test]
async fn longest_timeouts_overflow_nothing() {
    let longest = Duration::MAX;
    let listener = listener([Script::reply(Reply::json(201, PREDICTION))]);
    let mut timeouts = Timeouts::default();
    timeouts.connect = longest;
    timeouts.headers = longest;
    timeouts.body = longest;
    timeouts.idle = longest;
    timeouts.call = longest;
    timeouts.create_idle = longest;
    let transport = builder(&listener).timeouts(timeouts).build().unwrap();
    create(&transport).await.unwrap();
}

#[tokio::test]
async fn announced_length_allocates_no_memory() {
    let short = Reply::new(200)
        .header("content-type", "application/json")
        .header("content-length", "9000000000000000000")
        .raw_body(b"{}");
    let listener = listener(std::array::from_fn::<_, 3, _>(|_| {
        Script::reply(short.clone())
    }));
    let limits = replicate_api::Limits::default().with_body(usize::MAX);
    let transport = builder(&listener).limits(limits).build().unwrap();
    let error = read(&transport).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
}

#[tokio::test]
async fn nothing_is_sent_after_the_deadline() {
    let listener = listener([Script::reply(Reply::json(201, PREDICTION))]);
    let transport = transport(&listener);
    create(&transport).await.unwrap();
    let request = transport.request(Method::POST, "/predictions").body("{}");
    let error = request.timeout(Duration::ZERO).send().await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn timeouts_of_the_customized_client_do_not_apply() {
    for customize in [
        // If these applied, no response could arrive in time.
        (|http| http.timeout(INSTANT)) as fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
        |http| http.read_timeout(INSTANT),
    ] {
        let gate = Gate::new();
        let late = Script::new()
            .read_request()
            .wait_for(&gate)
            .write(Reply::json(201, PREDICTION));
        let listener = listener([late]);
        let transport = builder(&listener).http(customize).build().unwrap();
        let opening = async {
            listener.wait_for_requests(1).await;
            gate.open();
        };
        let (created, ()) = futures::join!(create(&transport), opening);
        created.unwrap();
    }
}

#[tokio::test]
async fn wait_of_a_create_is_fitted_to_its_timeout() {
    let listener = listener([
        Script::reply(Reply::json(201, PREDICTION)),
        Script::reply(Reply::json(201, PREDICTION)),
    ]);
    let transport = transport(&listener);
    for (timeout, sent) in [(20, Some("wait=18")), (1, None)] {
        let request = transport
            .request(Method::POST, "/predictions")
            .header("prefer", "wait")
            .json(&serde_json::json!({}))
            .timeout(Duration::from_secs(timeout));
        request.send().await.unwrap();
        assert_eq!(listener.received().last().unwrap().header("prefer"), sent);
    }
}

#[tokio::test]
async fn request_that_no_connection_takes_is_a_connect_error_and_was_not_sent() {
    // An HTTP/2 server that allows one stream, which the first request takes.
    let settings = [0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 1];
    let taken = Gate::new();
    let full = Script::new()
        .write(settings.to_vec())
        // More than the preface and settings: the first request has arrived.
        .read_bytes(120)
        .open(&taken)
        .hold();
    let listener = listener([full]);
    let timeouts = Timeouts::default()
        .with_connect(SHORT)
        .with_queue(2 * SHORT);
    let transport = builder(&listener)
        .timeouts(timeouts)
        .http(|http| http.http2_prior_knowledge())
        .build()
        .unwrap();
    let second = async {
        taken.wait().await;
        create(&transport).await
    };
    let error = tokio::select! {
        first = create(&transport) => panic!("{first:?}"),
        second = second => second.unwrap_err(),
    };
    assert_eq!(listener.connections(), 1);
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert!(error.is_safe_to_retry(), "{error}");
    assert!(error.to_string().contains("within 400ms"), "{error}");
}
