//! Downloads that break off: they go on where that is sure to give the file, and are an error
//! otherwise, never less or other bytes than the file has.

use std::time::Duration;

use bytes::Bytes;
use replicate::{Client, Error, ErrorKind, RetryPolicy};
use replicate_test_support::{Listener, Script};

const CONTENT: &[u8] = b"AAAAABBBBB";

fn replicate() -> Client {
    let briefly = Duration::from_millis(1);
    Client::builder()
        .token("r8_test")
        .retry(RetryPolicy::default().with_backoff(briefly, briefly))
        .build()
        .unwrap()
}

/// What comes of a download whose connections are answered with these, each then closed.
async fn download(answers: &[Vec<u8>]) -> (Result<Bytes, Error>, Listener) {
    let scripts = answers.iter().cloned().map(Script::reply);
    let listener = Listener::start(scripts).unwrap();
    let file = replicate().download(format!("{}/f", listener.url()));
    (file.bytes().await, listener)
}

/// An answer with these headers, separated by bars, and all of its body that comes.
fn answer(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let headers = headers.replace(" | ", "\r\n");
    let head = format!("HTTP/1.1 {status} X\r\n{headers}\r\n\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

/// A body of unknown length whose connection closes before its end.
fn cut_chunks(headers: &str, body: &str) -> Vec<u8> {
    let headers = format!("{headers} | transfer-encoding: chunked");
    answer(200, &headers, format!("{:x}\r\n{body}\r\n", body.len()))
}

/// The content in the form of gzip, its ten bytes as they are after a head of 15.
const PACKED: &[u8] =
    b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01\x0a\0\xf5\xffAAAAABBBBB\xd1\xb9\xf9\xa2\x0a\0\0\0";

const HALF: &str = "AAAAA";
const REST: &str = "content-range: bytes 5-9/10 | content-length: 5";

#[tokio::test]
async fn a_cut_file_is_whole_where_the_server_vouches_for_the_rest() {
    let dated = "last-modified: Sun, 06 Nov 1994 08:49:37 GMT";
    let now = "date: Mon, 07 Nov 1994 08:49:37 GMT";
    let dated = format!("{dated}\r\n{now}");
    for version in ["etag: \"a\"", &dated, "x-says: nothing"] {
        let first = answer(200, &format!("{version}\r\ncontent-length: 10"), HALF);
        let rest = answer(
            206,
            &format!("{version}\r\n{REST}").replace(", content", "\r\ncontent"),
            "BBBBB",
        );
        let whole = answer(200, &format!("{version}\r\ncontent-length: 10"), CONTENT);
        for second in [rest, whole] {
            let (read, listener) = download(&[first.clone(), second]).await;
            assert_eq!(read.unwrap(), CONTENT, "{version}");
            assert_eq!(listener.received()[1].header("range"), Some("bytes=5-"));
        }
    }
}

#[tokio::test]
async fn a_part_of_the_rest_is_followed_by_what_is_missing_still() {
    let (read, listener) = download(&[
        answer(200, "etag: \"a\" | content-length: 10", HALF),
        answer(
            206,
            "etag: \"a\" | content-range: bytes 5-6/10 | content-length: 2",
            "BB",
        ),
        answer(
            206,
            "etag: \"a\" | content-range: bytes 7-9/* | content-length: 3",
            "BBB",
        ),
    ])
    .await;
    assert_eq!(read.unwrap(), CONTENT);
    assert_eq!(listener.received()[2].header("range"), Some("bytes=7-"));
}

#[tokio::test]
async fn a_file_of_unknown_length_begins_anew_under_its_tag_and_is_an_error_without() {
    let whole = |tag| answer(200, &format!("etag: {tag} | content-length: 10"), CONTENT);
    let (read, listener) = download(&[cut_chunks("etag: \"a\"", HALF), whole("\"a\"")]).await;
    assert_eq!(read.unwrap(), CONTENT);
    assert_eq!(listener.received()[1].header("range"), None);

    let (read, _) = download(&[cut_chunks("etag: \"a\"", HALF), whole("\"b\"")]).await;
    assert!(read.unwrap_err().to_string().contains("changed"));

    let (read, listener) = download(&[cut_chunks("x-says: nothing", HALF), whole("\"a\"")]).await;
    let error = read.unwrap_err();
    assert!(error.to_string().contains("cannot go on"), "{error}");
    assert_eq!(
        (error.kind(), listener.received().len()),
        (ErrorKind::Connect, 1)
    );
}

#[tokio::test]
async fn a_file_that_came_compressed_though_it_was_not_to_is_never_continued_by_its_bytes() {
    let packed = |version: &str, body: &[u8]| {
        let length = PACKED.len();
        let headers = format!("{version} | content-encoding: gzip | content-length: {length}");
        answer(200, &headers, body)
    };
    let half = &PACKED[..20];
    let tag = "etag: \"a\"";
    let (read, listener) = download(&[packed(tag, half), packed(tag, PACKED)]).await;
    assert_eq!(read.unwrap(), CONTENT);
    assert_eq!(listener.received()[1].header("range"), None);

    let untold = "x-says: nothing";
    let (read, listener) = download(&[packed(untold, half), packed(untold, PACKED)]).await;
    assert_eq!(read.unwrap_err().kind(), ErrorKind::Connect);
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn what_is_not_the_rest_of_the_file_is_an_error() {
    let known = |version: &str| answer(200, &format!("{version} | content-length: 10"), HALF);
    let silent = || answer(200, "content-length: 10", HALF);
    let chunks = || cut_chunks("etag: \"a\"", HALF);
    let part = |headers: &str, body: &str| {
        let length = body.len();
        answer(206, &format!("{headers} | content-length: {length}"), body)
    };
    let range = "content-range: bytes 5-9/10";
    let tagged = |tag: &str| part(&format!("etag: {tag} | {range}"), "BBBBB");
    let nothing = |range: &str| {
        answer(
            416,
            &format!("content-range: {range} | content-length: 0"),
            "",
        )
    };
    let whole = |body: &str| {
        answer(
            200,
            &format!("etag: \"a\" | content-length: {}", body.len()),
            body,
        )
    };
    for (name, first, second) in [
        ("another tag", known("etag: \"a\""), tagged("\"b\"")),
        ("a weakened tag", known("etag: \"a\""), tagged("W/\"a\"")),
        (
            "no tag any more",
            known("etag: \"a\""),
            part(range, "BBBBB"),
        ),
        ("a weak tag", known("etag: W/\"a\""), tagged("W/\"a\"")),
        (
            "another weak tag",
            known("etag: W/\"a\""),
            tagged("W/\"b\""),
        ),
        ("a shorter file of unknown length", chunks(), whole("BBB")),
        ("a shorter file", known("etag: \"a\""), whole("BBB")),
        (
            "a longer file",
            silent(),
            part("content-range: bytes 5-9/11", "BBBBB"),
        ),
        ("the end of a shorter file", silent(), nothing("bytes */3")),
        (
            "the end of a longer file",
            silent(),
            nothing("bytes */3000"),
        ),
        ("an end without a size", chunks(), nothing("bytes */*")),
        (
            "another part",
            silent(),
            part("content-range: bytes 7-9/10", "BBB"),
        ),
        (
            "an earlier part",
            silent(),
            part("content-range: bytes 0-9/10", "AAAAABBBBB"),
        ),
        (
            "a part that is not named",
            silent(),
            part("x-no: range", "AAAAABBBBB"),
        ),
        (
            "a part past the end",
            silent(),
            part("content-range: bytes 5-14/10", "BBBBBBBBBB"),
        ),
        ("a part of two lengths", silent(), part(range, "BBBBBBB")),
        (
            "more than was announced",
            silent(),
            answer(
                206,
                &format!("{range} | transfer-encoding: chunked"),
                "7\r\nBBBBBBB\r\n0\r\n\r\n",
            ),
        ),
        ("nothing", silent(), answer(204, "etag: \"a\"", "")),
    ] {
        let (read, _) = download(&[first, second]).await;
        let error = read.expect_err(name);
        let says = [
            "changed",
            "not the rest",
            "does not vouch",
            "brings no file",
        ];
        let says = says.iter().any(|says| error.to_string().contains(says));
        assert!(says, "{name}: {error}");
    }
}

#[tokio::test]
async fn a_shorter_body_of_unknown_length_is_no_end_of_what_was_handed_out() {
    let shorter = answer(
        200,
        "etag: \"a\" | transfer-encoding: chunked",
        "3\r\nAAA\r\n0\r\n\r\n",
    );
    let (read, _) = download(&[cut_chunks("etag: \"a\"", HALF), shorter]).await;
    assert!(read.unwrap_err().to_string().contains("changed"));
}

#[tokio::test]
async fn a_success_that_brings_no_file_is_an_error() {
    for first in [
        answer(204, "x-y: z", ""),
        answer(202, "content-length: 5", "later"),
        answer(
            206,
            "content-range: bytes 0-4/10 | content-length: 5",
            "AAAAA",
        ),
    ] {
        let (read, _) = download(&[first]).await;
        let error = read.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Status);
        assert!(error.to_string().contains("brings no file"), "{error}");
    }
}

#[tokio::test]
async fn a_wait_beyond_the_policy_ends_a_broken_download_with_that_wait() {
    for status in [429, 503] {
        let busy = answer(status, "retry-after: 100 | content-length: 0", "");
        let first = answer(200, "etag: \"a\" | content-length: 10", HALF);
        let rest = answer(206, &format!("etag: \"a\" | {REST}"), "BBBBB");
        let (read, listener) = download(&[first, busy, rest]).await;
        let error = read.unwrap_err();
        assert_eq!(error.retry_after().unwrap().as_secs(), 100, "{error}");
        assert_eq!(listener.received().len(), 2);
    }
}
