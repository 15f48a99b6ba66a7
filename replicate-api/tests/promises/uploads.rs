//! Uploads are streamed, and sent once.

use std::time::Duration;

use futures::stream::{self, StreamExt};
use replicate_api::multipart::{Form, Part};
use replicate_api::{ErrorKind, Method, Timeouts};
use replicate_test_support::{Reply, Script};

use crate::{builder, client, listener, transport};

const PIECE: usize = 16 * 1024;

/// A form with one file, streamed in pieces with a pause before each.
fn form(pieces: u64, pause: Duration) -> Form {
    let content = stream::iter(0..pieces).then(move |_| async move {
        tokio::time::sleep(pause).await;
        Ok::<_, std::io::Error>(vec![b'x'; PIECE])
    });
    let body = replicate_api::Body::wrap_stream(content);
    Form::new().part(
        "content",
        Part::stream_with_length(body, pieces * PIECE as u64).file_name("a.bin"),
    )
}

#[tokio::test]
async fn a_file_is_uploaded_with_its_length() {
    let listener = listener([Script::reply(Reply::json(201, r#"{"id":"f1"}"#))]);
    let file = client(&listener)
        .files_create()
        .body(form(4, Duration::ZERO))
        .send()
        .await
        .unwrap();
    assert_eq!(file.id, "f1");
    let received = &listener.received()[0];
    let length: usize = received.header("content-length").unwrap().parse().unwrap();
    assert_eq!(received.body.len(), length);
    assert!(
        received
            .header("content-type")
            .unwrap()
            .starts_with("multipart/form-data")
    );
}

#[tokio::test]
async fn an_upload_that_is_cut_at_half_is_unknown_and_not_sent_again() {
    let script = Script::new().read_head().read_bytes(PIECE).reset();
    let listener = listener([script]);
    let error = client(&listener)
        .files_create()
        .body(form(400, Duration::ZERO))
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert_eq!(listener.connections(), 1);
}

#[tokio::test]
async fn an_upload_is_not_sent_again_after_429() {
    let busy = Reply::new(429).header("retry-after", "0").body("");
    let listener = listener([Script::reply(busy)]);
    let error = client(&listener)
        .files_create()
        .body(form(1, Duration::ZERO))
        .send()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(listener.connections(), 1);
}

#[tokio::test]
async fn an_upload_that_makes_progress_may_take_longer_than_the_time_for_headers() {
    let listener = listener([Script::reply(Reply::json(201, "{}"))]);
    let timeouts = Timeouts::default().with_headers(Duration::from_millis(400));
    let transport = builder(&listener).timeouts(timeouts).build().unwrap();
    let upload = transport
        .request(Method::POST, "/files")
        .multipart(form(30, Duration::from_millis(30)));
    assert_eq!(upload.send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn an_upload_whose_source_fails_says_so() {
    let listener = listener([Script::new().read_head().read_until_closed()]);
    let content = stream::iter([
        Ok(vec![b'x'; 10]),
        Err(std::io::Error::other("the disk is gone")),
    ]);
    let body = replicate_api::Body::wrap_stream(content);
    let form = Form::new().part("content", Part::stream_with_length(body, 100));
    let error = transport(&listener)
        .request(Method::POST, "/files")
        .multipart(form)
        .send()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("the disk is gone"), "{error}");
}
