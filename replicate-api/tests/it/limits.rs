//! Each response has a limit.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use replicate_api::{Error, ErrorKind, Limits, Timeouts};
use replicate_test_support::{Listener, Reply, Script};

use crate::{PREDICTION, assert_contains, builder, create, listener, read};

/// Without its limit it would read for a while, not until memory ends.
fn limited(listener: &Listener) -> replicate_api::Transport {
    builder(listener)
        .timeouts(Timeouts::default().with_body(Duration::from_secs(3)))
        .limits(Limits::default().with_body(100_000))
        .build()
        .unwrap()
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn endless(status: u16) -> Script {
    let head = Reply::new(status).raw_body("");
    Script::reply(head).write_without_end(vec![b' '; 4096])
}

/// The error of a read of this response.
async fn read_error(reply: Reply) -> Error {
    let listener = listener([Script::reply(reply)]);
    read(&limited(&listener)).await.unwrap_err()
}

#[test]
fn limit_is_64_mib_unless_it_is_set() {
    assert_eq!(Limits::default().body, 64 * 1024 * 1024);
}

#[tokio::test]
async fn endless_response_is_too_large_and_its_connection_is_closed() {
    let listener = Listener::always(endless(200)).unwrap();
    let error = read(&limited(&listener)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(listener.received().len(), 1, "it is not requested again");
    assert_contains(error, &["larger than 100000 bytes"]);
    listener.wait_for_closed(1).await;
}

#[tokio::test]
async fn response_that_announces_too_much_is_not_read() {
    let huge = Reply::new(200).header("content-length", "100001");
    let error = read_error(huge.raw_body("")).await;
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn response_of_just_the_limit_is_read() {
    let listener = listener([Script::reply(Reply::new(200).body(vec![b' '; 100_000]))]);
    let response = read(&limited(&listener)).await.unwrap();
    assert_eq!(response.body().len(), 100_000);
}

#[tokio::test]
async fn gzip_bomb_is_too_large_by_what_it_unpacks_to() {
    let bomb = gzip(&vec![b' '; 10 * 1024 * 1024]);
    assert!(bomb.len() < 100_000);
    let reply = Reply::new(200).header("content-encoding", "gzip");
    let error = read_error(reply.body(bomb)).await;
    assert_eq!(error.kind(), ErrorKind::TooLarge);
}

#[tokio::test]
async fn gzipped_response_is_decompressed() {
    let reply = Reply::new(200).header("content-encoding", "gzip");
    let listener = listener([Script::reply(reply.body(gzip(b"{\"a\":1}")))]);
    let response = read(&limited(&listener)).await.unwrap();
    assert_eq!(response.text().unwrap(), r#"{"a":1}"#);
    let request = &listener.received()[0];
    assert_contains(request.header("accept-encoding").unwrap(), &["gzip"]);
}

#[tokio::test]
async fn create_whose_response_is_too_large_is_unknown_and_shows_the_id() {
    let mut body = PREDICTION.as_bytes().to_vec();
    body.resize(200_000, b' ');
    let listener = listener([Script::reply(Reply::new(201).raw_body(body))]);
    let error = create(&limited(&listener)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause(), Some(ErrorKind::TooLarge));
    assert_eq!(error.created_id(), Some("p1"));
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn error_page_without_an_end_is_still_an_error_of_the_server() {
    let listener = Listener::always(endless(502)).unwrap();
    let error = read(&limited(&listener)).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 502);
    assert_eq!(listener.received().len(), 3);
}
