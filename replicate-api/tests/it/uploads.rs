//! Uploads are streamed. They are retried as creates are, if the form can be built again.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::stream::{self, Stream, StreamExt};
use replicate_api::multipart::{Form, Part};
use replicate_api::types::File;
use replicate_api::{Body, Error, ErrorKind, Method, Response, Timeouts, Transport};
use replicate_test_support::{Listener, Script};

use crate::{
    assert_contains, builder, builder_at, client, json_reply, listener, rate_limited, reset,
    transport,
};

const PIECE: usize = 16 * 1024;

/// A form with one file, streamed in pieces.
fn form(pieces: u64) -> Form {
    form_from(pieces, stream::iter((0..pieces).map(|_| Ok(piece()))))
}

fn form_from(
    pieces: u64,
    content: impl Stream<Item = io::Result<Vec<u8>>> + Send + 'static,
) -> Form {
    let body = Body::wrap_stream(content);
    let part = Part::stream_with_length(body, pieces * PIECE as u64);
    Form::new().part("content", part.file_name("a.bin"))
}

fn piece() -> Vec<u8> {
    vec![b'x'; PIECE]
}

async fn create(listener: &Listener, form: Form) -> Result<Response<File>, Error> {
    client(listener).files_create().body(form).send().await
}

#[tokio::test]
async fn file_is_uploaded_with_its_length() {
    let listener = listener([json_reply(201, r#"{"id":"f1"}"#)]);
    let file = create(&listener, form(4)).await.unwrap();
    assert_eq!(file.id, "f1");
    let received = &listener.received()[0];
    let length: usize = received.header("content-length").unwrap().parse().unwrap();
    assert_eq!(received.body.len(), length);
    let content_type = received.header("content-type").unwrap();
    assert_contains(content_type, &["multipart/form-data"]);
}

#[tokio::test]
async fn form_without_a_factory_is_not_retried_after_429() {
    let listener = listener([rate_limited("0")]);
    let error = create(&listener, form(1)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(listener.connections(), 1);
}

#[tokio::test]
async fn upload_that_makes_progress_may_take_longer_than_the_time_for_headers() {
    let patience = Duration::from_millis(400);
    let listener = listener([json_reply(201, "{}")]);
    let timeouts = Timeouts::default().with_headers(patience);
    let transport = builder(&listener).timeouts(timeouts).build().unwrap();
    let content = stream::iter(0..30).then(move |_| async move {
        tokio::time::sleep(patience / 13).await;
        Ok(piece())
    });
    let upload = transport.request(Method::POST, "/files");
    let upload = upload.multipart(form_from(30, content));
    assert_eq!(upload.send().await.unwrap().status(), 201);
}

#[tokio::test]
async fn upload_whose_source_fails_says_so() {
    let listener = listener([Script::new().read_head().read_until_closed()]);
    let content = stream::iter([Ok(piece()), Err(io::Error::other("the disk is gone"))]);
    let error = create(&listener, form_from(2, content)).await.unwrap_err();
    assert_contains(error, &["the disk is gone"]);
}

/// Uploads a form that can be made anew, and counts how often it is.
async fn upload(transport: &Transport) -> (Result<File, Error>, usize) {
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let request = transport
        .request(Method::POST, "/files")
        .multipart_with(move || {
            count.fetch_add(1, Ordering::SeqCst);
            async { Ok::<_, io::Error>(form(4)) }
        });
    let file = request.send().await.and_then(|response| response.json());
    (file, made.load(Ordering::SeqCst))
}

#[tokio::test]
async fn form_factory_is_retried_after_each_429() {
    let whole = json_reply(201, r#"{"id":"f1"}"#);
    let listener = listener([rate_limited("0"), rate_limited("0"), whole]);
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
        let length = received.header("content-length").unwrap();
        assert_eq!(length, received.body.len().to_string());
    }
}

#[tokio::test]
async fn form_factory_is_retried_after_a_refused_connection() {
    let addr = Listener::refused().unwrap();
    let transport = builder_at(format!("http://{addr}")).build();
    let (file, made) = upload(&transport.unwrap()).await;
    let error = file.unwrap_err();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3));
    assert_eq!(made, 3);
}

#[tokio::test]
async fn form_that_may_have_been_sent_is_not_retried() {
    for script in [
        Script::new().read_head().read_bytes(PIECE).reset(),
        reset(),
        json_reply(503, "{}"),
        json_reply(201, "{"),
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
        .multipart_with(|| async { Err::<Form, _>(io::Error::other("no such photo")) });
    let error = request.send().await.err().unwrap();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(error.to_string().starts_with("no such photo ("), "{error}");
    assert_eq!(listener.connections(), 0);
}
