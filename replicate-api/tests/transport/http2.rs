//! Responses that an HTTP/2 server ends too early, which hyper reports as a complete body.

use std::time::Duration;

use replicate_api::{Error, ErrorKind, Timeouts, Transport};
use replicate_test_support::{Listener, Script};

use crate::{builder, create, read};

const SETTINGS: &[u8] = &[0, 0, 0, 4, 0, 0, 0, 0, 0];
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    let mut frame = vec![0, 0, length, kind, flags, 0, 0, 0, 1];
    frame.extend_from_slice(payload);
    frame
}

/// The headers of a response: literals with the names of HPACK's static table.
fn headers(status: &str, length: Option<&str>) -> Vec<u8> {
    let mut block = vec![0x08, 3];
    block.extend_from_slice(status.as_bytes());
    if let Some(length) = length {
        block.extend_from_slice(&[0x0f, 0x0d, u8::try_from(length.len()).unwrap()]);
        block.extend_from_slice(length.as_bytes());
    }
    frame(1, END_HEADERS, &block)
}

fn data(body: &str, flags: u8) -> Vec<u8> {
    frame(0, flags, body.as_bytes())
}

fn reset_without_error() -> Vec<u8> {
    frame(3, 0, &[0, 0, 0, 0])
}

fn server(frames: &[Vec<u8>]) -> (Listener, Transport) {
    // The preface and the settings are shorter: the headers have arrived.
    let script = Script::new()
        .write(SETTINGS)
        .read_bytes(120)
        .write(frames.concat())
        .hold();
    let listener = Listener::start([script.clone(), script.clone(), script]).unwrap();
    let timeouts = Timeouts::default().with_headers(Duration::from_millis(400));
    let transport = builder(&listener)
        .timeouts(timeouts)
        .http(|http| http.http2_prior_knowledge())
        .build()
        .unwrap();
    (listener, transport)
}

async fn create_error(frames: &[Vec<u8>]) -> Error {
    let (_listener, transport) = server(frames);
    let created = create(&transport).await;
    let decoded = created.and_then(|response| response.json::<serde_json::Value>());
    let error = decoded.unwrap_err();
    assert_eq!(error.attempts(), 1, "{error}");
    error
}

#[tokio::test]
async fn create_is_not_retried_after_a_429_that_is_truncated() {
    for frames in [
        [
            headers("429", Some("99")),
            data("{", 0),
            reset_without_error(),
        ]
        .as_slice(),
        &[headers("429", None), data("{", 0), reset_without_error()],
        &[headers("429", Some("99")), data("{}", END_STREAM)],
        &[headers("429", None), reset_without_error()],
    ] {
        let error = create_error(frames).await;
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    }
}

#[tokio::test]
async fn create_whose_response_is_truncated_is_unknown_and_shows_the_id_it_saw() {
    let body = r#"{"id":"p1","status":"starting""#;
    for length in [Some("99"), None] {
        let error =
            create_error(&[headers("201", length), data(body, 0), reset_without_error()]).await;
        assert_eq!(error.created_id(), Some("p1"), "{error}");
        assert_eq!(error.prediction_id(), Some("p1"));
    }
}

#[tokio::test]
async fn complete_response_is_taken() {
    let body = data(r#"{"id":"p1"}"#, END_STREAM);
    let (_listener, transport) = server(&[headers("201", None), body]);
    assert_eq!(create(&transport).await.unwrap().status(), 201);
}

#[tokio::test]
async fn read_of_a_truncated_response_is_retried_and_then_an_error() {
    let (listener, transport) = server(&[
        headers("200", Some("99")),
        data("{", 0),
        reset_without_error(),
    ]);
    let error = read(&transport).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert!(error.attempts() > 1 && listener.connections() > 0);
}

#[tokio::test]
async fn streamed_body_that_is_truncated_is_an_error() {
    let (_listener, transport) = server(&[
        headers("200", Some("99")),
        data("abc", 0),
        reset_without_error(),
    ]);
    let request = transport.request(replicate_api::Method::GET, "/files/f/download");
    let error = request
        .send_streamed()
        .await
        .unwrap()
        .bytes(1000)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert!(error.to_string().contains("truncated"), "{error}");
}
