//! Each response has a limit.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use replicate_api::{ErrorKind, Limits, Timeouts};
use replicate_test_support::{Listener, Reply, Script};

use crate::{PREDICTION, builder, create, listener, read};

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

fn endless() -> Script {
    let head = Reply::json(200, "").raw_body("").bytes();
    Script::new()
        .read_request()
        .write(head)
        .write_without_end(vec![b' '; 4096])
}

#[test]
fn limit_is_64_mib_unless_it_is_set() {
    assert_eq!(Limits::default().body, 64 * 1024 * 1024);
}

#[tokio::test]
async fn endless_response_is_too_large_and_its_connection_is_closed() {
    let listener = listener([endless(), endless(), endless()]);
    let error = read(&limited(&listener)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert_eq!(listener.received().len(), 1, "it is not requested again");
    assert!(
        error.to_string().contains("larger than 100000 bytes"),
        "{error}"
    );
    listener.wait_for_closed(1).await;
}

#[tokio::test]
async fn response_that_announces_too_much_is_not_read() {
    let huge = Reply::new(200)
        .header("content-length", "100001")
        .raw_body("");
    let listener = listener([Script::reply(huge)]);
    assert_eq!(
        read(&limited(&listener)).await.unwrap_err().kind(),
        ErrorKind::TooLarge
    );
}

#[tokio::test]
async fn response_of_just_the_limit_is_read() {
    let listener = listener([Script::reply(Reply::new(200).body(vec![b' '; 100_000]))]);
    assert_eq!(
        read(&limited(&listener)).await.unwrap().body().len(),
        100_000
    );
}

#[tokio::test]
async fn gzip_bomb_is_too_large_by_what_it_unpacks_to() {
    let bomb = gzip(&vec![b' '; 10 * 1024 * 1024]);
    assert!(bomb.len() < 100_000);
    let bomb = Reply::json(200, "")
        .header("content-encoding", "gzip")
        .body(bomb);
    let listener = listener([Script::reply(bomb)]);
    assert_eq!(
        read(&limited(&listener)).await.unwrap_err().kind(),
        ErrorKind::TooLarge
    );
}

#[tokio::test]
async fn gzipped_response_is_decompressed() {
    let reply = Reply::new(200)
        .header("content-encoding", "gzip")
        .body(gzip(b"{\"a\":1}"));
    let listener = listener([Script::reply(reply)]);
    let response = read(&limited(&listener)).await.unwrap();
    assert_eq!(response.text().unwrap(), r#"{"a":1}"#);
    assert!(
        listener.received()[0]
            .header("accept-encoding")
            .unwrap()
            .contains("gzip")
    );
}

#[tokio::test]
async fn create_whose_response_is_too_large_is_unknown_and_shows_the_id() {
    let mut body = PREDICTION.as_bytes().to_vec();
    body.resize(200_000, b' ');
    let head = Reply::json(201, "").raw_body("").bytes();
    let listener = listener([Script::new().read_request().write(head).write(body)]);
    let error = create(&limited(&listener)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert_eq!(error.cause(), Some(ErrorKind::TooLarge));
    assert_eq!(error.created_id(), Some("p1"));
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn error_page_without_an_end_is_still_an_error_of_the_server() {
    let page = || {
        let head = Reply::new(200).raw_body("").bytes();
        let head = String::from_utf8(head).unwrap().replace("200", "502");
        Script::new()
            .read_request()
            .write(head)
            .write_without_end(vec![b' '; 4096])
    };
    let listener = listener([page(), page(), page()]);
    let error = read(&limited(&listener)).await.unwrap_err();
    assert_eq!(error.status().unwrap(), 502);
    assert_eq!(listener.received().len(), 3);
}
