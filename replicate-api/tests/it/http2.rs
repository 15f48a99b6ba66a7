//! Responses that an HTTP/2 server ends too early, which hyper reports as a complete body.

use replicate_api::{Client, Error, ErrorKind, Method, StreamingResponse, Transport};
use replicate_test_support::{
    Http2End::{self, EndStream, ResetWithError, ResetWithoutError},
    Http2Reply, Listener, Reply, Script,
};

use crate::{PREDICTION, assert_contains, builder, create, read};

const PROBLEM: &str = r#"{"title":"no","detail":"Not found."}"#;

/// A response that ends after `count` bytes of its body, in this way.
fn truncated(reply: &Reply, count: usize, end: Http2End) -> Http2Reply {
    Http2Reply::new(reply).first(count).end(end)
}

fn server(replies: impl IntoIterator<Item = Http2Reply>) -> (Listener, Transport) {
    let listener = Listener::start(replies.into_iter().map(Script::http2)).unwrap();
    let transport = builder(&listener)
        // Each request on a connection of its own, as the scripts have it.
        .http(|http| http.http2_prior_knowledge().pool_max_idle_per_host(0))
        .build()
        .unwrap();
    (listener, transport)
}

async fn create_error(reply: Http2Reply) -> Error {
    let (listener, transport) = server([reply]);
    let created = create(&transport).await;
    let decoded = created.and_then(|response| response.json::<serde_json::Value>());
    let error = decoded.unwrap_err();
    assert_eq!(error.attempts(), 1, "{error}");
    assert_eq!(listener.received().len(), 1);
    error
}

/// Every way in which a body can end too early, with and without a length.
fn ways(reply: &Reply, count: usize) -> Vec<Http2Reply> {
    let ends = [ResetWithoutError, EndStream, ResetWithError];
    let replies = ends.map(|end| truncated(reply, count, end));
    let without_length = replies.clone().map(Http2Reply::without_length);
    replies.into_iter().chain(without_length).collect()
}

#[tokio::test]
async fn create_is_not_retried_after_a_rejection_that_is_truncated() {
    for status in [429, 404] {
        let reply = Reply::json(status, PROBLEM);
        for reply in ways(&reply, 1).into_iter().chain(ways(&reply, 30)) {
            let error = create_error(reply.clone()).await;
            assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{reply:?}");
        }
    }
}

#[tokio::test]
async fn complete_rejection_without_a_length_is_definite() {
    let not_found = Http2Reply::new(&Reply::json(404, PROBLEM)).without_length();
    assert_eq!(create_error(not_found).await.kind(), ErrorKind::NotFound);

    let slow_down = Http2Reply::new(&Reply::json(429, r#"{"retry_after":0.01}"#)).without_length();
    let created = Http2Reply::new(&Reply::json(201, PREDICTION)).without_length();
    let (listener, transport) = server([slow_down, created]);
    assert_eq!(create(&transport).await.unwrap().status(), 201);
    assert_eq!(listener.received().len(), 2);
}

#[tokio::test]
async fn create_whose_response_is_truncated_is_unknown_and_shows_the_id_it_saw() {
    let reply = Reply::json(201, PREDICTION);
    for reply in ways(&reply, PREDICTION.len() - 1) {
        let error = create_error(reply.clone()).await;
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{reply:?}");
        assert_eq!(error.created_id(), Some("p1"), "{reply:?}");
    }
}

#[tokio::test]
async fn read_of_a_truncated_response_is_retried() {
    for reply in ways(&Reply::json(200, PREDICTION), 9) {
        let complete = Http2Reply::new(&Reply::json(200, PREDICTION)).without_length();
        let (listener, transport) = server([reply, complete]);
        let get = Client::from_transport(transport).predictions_get();
        let prediction = get.prediction_id("p1").send().await.unwrap();
        assert_eq!(prediction.id, "p1");
        assert_eq!(listener.received().len(), 2);
    }
}

#[tokio::test]
async fn text_without_a_length_is_not_taken_for_truncated_json() {
    let text = Reply::new(200).header("content-type", "text/plain; charset=utf-8");
    let reply = Http2Reply::new(&text.body("{\"a\":")).without_length();
    let (_listener, transport) = server([reply]);
    assert_eq!(read(&transport).await.unwrap().text().unwrap(), "{\"a\":");
}

async fn stream(transport: &Transport) -> StreamingResponse {
    let request = transport.request(Method::GET, "/files/f/download");
    request.send_streamed().await.unwrap()
}

#[tokio::test]
async fn streamed_body_that_is_truncated_is_an_error() {
    for end in [ResetWithoutError, EndStream, ResetWithError] {
        let reply = truncated(&Reply::new(200).body("abcdef"), 3, end);
        let (_listener, transport) = server([reply]);
        let error = stream(&transport).await.bytes(1000).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
        assert_contains(error, &["truncated"]);
    }
}

#[tokio::test]
async fn streamed_body_says_whether_it_detects_truncation() {
    let reply = Http2Reply::new(&Reply::new(200).body("abc"));
    let (_listener, transport) = server([reply.clone(), reply.without_length()]);
    for expected in [true, false] {
        assert_eq!(stream(&transport).await.detects_truncation(), expected);
    }
}
