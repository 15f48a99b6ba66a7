//! Uploads are streamed. They are retried as creates are, if the form can be built again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::stream::{self, StreamExt};
use replicate_api::multipart::{Form, Part};
use replicate_api::types::File;
use replicate_api::{Error, ErrorKind, Method, Timeouts, Transport};
use replicate_test_support::{Listener, Reply, Script};

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
async fn file_is_uploaded_with_its_length() {
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
async fn upload_that_breaks_at_half_is_unknown_and_not_retried() {
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
async fn form_without_a_factory_is_not_retried_after_429() {
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
async fn upload_that_makes_progress_may_take_longer_than_the_time_for_headers() {
    let listener = listener([Script::reply(Reply::json(201, "{}"))]);
    let timeouts = Timeouts::default().with_headers(Duration::from_millis(400));
    let transport = builder(&listener).timeouts(timeouts).build().unwrap();
    let upload = transport
        .request(Method::POST, "/files")
        .multipart(form(30, Duration::from_millis(30)));
    assert_eq!(upload.send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn upload_whose_source_fails_says_so() {
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

/// Uploads a form that can be made anew, and counts how often it is.
async fn upload(transport: &Transport) -> (Result<File, Error>, usize) {
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let request = transport
        .request(Method::POST, "/files")
        .multipart_with(move || {
            count.fetch_add(1, Ordering::SeqCst);
            async { Ok::<_, std::io::Error>(form(4, Duration::ZERO)) }
        });
    let file = request.send().await.and_then(|response| response.json());
    (file, made.load(Ordering::SeqCst))
}

#[tokio::test]
async fn form_factory_is_retried_after_each_429() {
    let busy = || Script::reply(Reply::new(429).header("retry-after", "0").body(""));
    let whole = Script::reply(Reply::json(201, r#"{"id":"f1"}"#));
    let listener = listener([busy(), busy(), whole]);
    let (file, made) = upload(&transport(&listener)).await;
    assert_eq!(file.unwrap().id, "f1");
    assert_eq!(made, 3);
    for received in listener.received() {
        let kind = received.header("content-type").unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let text = received.text();
        assert!(text.starts_with(&format!("--{boundary}\r\n")), "{kind}");
        assert!(text.contains(&"x".repeat(4 * PIECE)));
        assert!(text.ends_with(&format!("--{boundary}--\r\n")));
        assert_eq!(
            received.header("content-length").unwrap(),
            received.body.len().to_string()
        );
    }
}

#[tokio::test]
async fn form_factory_is_retried_after_a_refused_connection() {
    let addr = Listener::refused().unwrap();
    let transport = Transport::builder()
        .token(crate::TOKEN)
        .base_url(format!("http://{addr}"))
        .retry_policy(crate::quick())
        .build()
        .unwrap();
    let (file, made) = upload(&transport).await;
    let error = file.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3));
    assert_eq!(made, 3);
}

#[tokio::test]
async fn form_that_may_have_been_sent_is_not_retried() {
    for script in [
        Script::new().read_head().read_bytes(PIECE).reset(),
        Script::new().read_request().reset(),
        Script::reply(Reply::json(503, "{}")),
        Script::reply(Reply::json(201, "{")),
    ] {
        let listener = listener([script]);
        let (file, made) = upload(&transport(&listener)).await;
        let error = file.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
        assert_eq!((made, listener.connections()), (1, 1));
    }
}

#[tokio::test]
async fn failure_of_a_form_factory_is_the_error_and_nothing_is_sent() {
    let listener = listener([]);
    let request = transport(&listener).request(Method::POST, "/files");
    let request = request
        .json(&"in its place")
        .multipart_with(|| async { Err::<Form, _>(std::io::Error::other("no such photo")) });
    let error = request.send().await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().starts_with("no such photo ("), "{error}");
    assert_eq!(listener.connections(), 0);
}
