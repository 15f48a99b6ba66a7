//! No call hangs: each wait has an end, and the error says which one it was.

use std::time::{Duration, Instant};

use replicate_api::{Error, ErrorKind, Limits, Method, Timeouts, Token, Transport};
use replicate_test_support::{Gate, Listener, Reply, Script};

use crate::{PREDICTION, assert_contains, builder, create, json_reply, listener, read, transport};

const SHORT: Duration = Duration::from_millis(200);
const INSTANT: Duration = Duration::from_nanos(1);
const SOON: Duration = Duration::from_secs(10);

fn silent() -> Script {
    Script::new().read_request().hold()
}

fn drip(status: u16) -> Script {
    let head = Reply::new(status).header("content-length", "1000");
    let head = Script::reply(head.raw_body(""));
    head.write_slowly(vec![b' '; 1000], Duration::from_millis(20))
}

fn with(listener: &Listener, timeouts: Timeouts) -> Transport {
    builder(listener).timeouts(timeouts).build().unwrap()
}

/// The error of a read from a server that does the same on each connection.
async fn read_error(script: Script, timeouts: Timeouts) -> (Error, Listener) {
    let listener = Listener::always(script).unwrap();
    let error = read(&with(&listener, timeouts)).await.unwrap_err();
    (error, listener)
}

/// A create must be sent once, and end with an unknown outcome.
async fn create_times_out(script: Script, timeouts: Timeouts) {
    let listener = Listener::always(script).unwrap();
    let error = create(&with(&listener, timeouts)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause(), Some(ErrorKind::Timeout));
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn missing_response_is_a_timeout_after_three_attempts() {
    let timeouts = Timeouts::default().with_headers(SHORT);
    let (error, listener) = read_error(silent(), timeouts).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(listener.received().len(), 3);
    assert_contains(error, &["no response within 200ms"]);
}

#[tokio::test]
async fn create_is_not_retried_after_a_timeout() {
    create_times_out(silent(), Timeouts::default().with_headers(SHORT)).await;
    create_times_out(drip(201), Timeouts::default().with_call(SHORT)).await;
}

#[tokio::test]
async fn create_without_a_token_in_time_is_a_timeout_and_not_sent() {
    // The socket listens, and no connection is accepted.
    let listener = listener([silent()]);
    let transport = Transport::builder()
        .base_url(listener.url())
        .token_supplier(std::future::pending::<Result<Token, Error>>)
        .timeouts(Timeouts::default().with_call(SHORT))
        .build()
        .unwrap();
    let error = create(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn slow_response_ends_with_the_body_timeout() {
    let timeouts = Timeouts::default().with_body(SHORT);
    let (error, _listener) = read_error(drip(200), timeouts).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_contains(error, &["not complete within 200ms"]);
}

#[tokio::test]
async fn slow_response_ends_with_the_deadline_of_the_call() {
    let begun = Instant::now();
    let timeouts = Timeouts::default().with_call(SHORT);
    let (error, listener) = read_error(drip(200), timeouts).await;
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(begun.elapsed() >= SHORT && begun.elapsed() < SOON);
    assert_contains(error, &["within the call's 200ms"]);
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn requested_wait_is_added_to_the_header_timeout() {
    // Its head takes several times the header timeout to arrive.
    let late = Script::new().read_request();
    let late = late.write_slowly(Reply::json(201, "{}").bytes(), Duration::from_millis(10));
    let listener = listener([late]);
    let timeouts = Timeouts::default().with_headers(Duration::from_millis(100));
    let request = with(&listener, timeouts).request(Method::POST, "/predictions");
    let response = request.header("prefer", "wait=5").body("{}").send().await;
    assert_eq!(response.unwrap().status(), 201);
}

#[tokio::test]
async fn server_that_never_reads_the_request_is_a_timeout() {
    let listener = listener([Script::new().read_head().hold()]);
    let transport = with(&listener, Timeouts::default().with_headers(SHORT));
    // More than any socket buffer holds.
    let request = transport.request(Method::POST, "/predictions");
    let request = request.body(vec![b' '; 64 * 1024 * 1024]);
    let error = request.send().await.unwrap_err();
    assert_eq!(error.cause(), Some(ErrorKind::Timeout), "{error}");
}

#[tokio::test]
async fn silent_streamed_response_is_a_timeout() {
    let head = Reply::new(200).header("content-length", "9");
    let listener = listener([Script::reply(head.raw_body("abc")).hold()]);
    let transport = with(&listener, Timeouts::default().with_idle(SHORT));
    let request = transport.request(Method::GET, "/files/f/download");
    let mut response = request.send_streamed().await.unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "abc");
    let error = response.chunk().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_contains(error, &["/v1/files/f/download"]);
}

#[tokio::test]
async fn streamed_response_ends_with_the_timeout_of_its_call() {
    let listener = listener([drip(200)]);
    let request = transport(&listener).request(Method::GET, "/files/f/download");
    let request = request.timeout(Duration::from_millis(400));
    let response = request.send_streamed().await.unwrap();
    let error = response.bytes(10_000).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
}

/// The beginning of an HTTP/2 connection: empty settings.
const SETTINGS: [u8; 9] = [0, 0, 0, 4, 0, 0, 0, 0, 0];

#[tokio::test]
async fn read_leaves_a_shared_connection_that_is_dead() {
    let dead = Script::new().write(SETTINGS.to_vec()).hold();
    let listener = Listener::always(dead).unwrap();
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
    let listener = listener([json_reply(201, PREDICTION)]);
    let mut timeouts = Timeouts::default();
    timeouts.connect = longest;
    timeouts.headers = longest;
    timeouts.body = longest;
    timeouts.idle = longest;
    timeouts.call = longest;
    timeouts.create_idle = longest;
    create(&with(&listener, timeouts)).await.unwrap();
}

#[tokio::test]
async fn announced_length_allocates_no_memory() {
    let short = Reply::new(200)
        .header("content-type", "application/json")
        .header("content-length", "9000000000000000000")
        .raw_body(b"{}");
    let listener = Listener::always(Script::reply(short)).unwrap();
    let limits = Limits::default().with_body(usize::MAX);
    let transport = builder(&listener).limits(limits).build().unwrap();
    let error = read(&transport).await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
}

#[tokio::test]
async fn nothing_is_sent_after_the_deadline() {
    let listener = listener([json_reply(201, PREDICTION)]);
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
        let late = Script::new().read_request().wait_for(&gate);
        let listener = listener([late.write(Reply::json(201, PREDICTION))]);
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
    let listener = Listener::always(json_reply(201, PREDICTION)).unwrap();
    let transport = transport(&listener);
    for (timeout, sent) in [(20, Some("wait=18")), (1, None)] {
        let request = transport.request(Method::POST, "/predictions").body("{}");
        let request = request.header("prefer", "wait");
        let request = request.timeout(Duration::from_secs(timeout));
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
    assert_contains(error, &["within 400ms"]);
}
