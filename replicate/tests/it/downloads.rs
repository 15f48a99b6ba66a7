//! Broken downloads: they are resumed where that is sure to give the file, and are an error
//! otherwise, never fewer or other bytes than the file has.

use bytes::Bytes;
use replicate::{Error, ErrorKind, FileOutput};
use replicate_test_support::{Http2End, Http2Reply, Listener, Reply, Script};

use crate::support::{assert_error, builder, client};

const API: &str = "https://api.replicate.com";

const CONTENT: &str = "AAAAABBBBB";

/// A file on a host that sends one of these responses on each connection and closes it.
fn file(responses: &[Vec<u8>]) -> (FileOutput, Listener) {
    let listener = Listener::start(responses.iter().cloned().map(Script::reply)).unwrap();
    let url = format!("{}/f", listener.url());
    (client(API).download(url), listener)
}

async fn download(responses: &[Vec<u8>]) -> (Result<Bytes, Error>, Listener) {
    let (file, listener) = file(responses);
    (file.bytes().await, listener)
}

/// A response with these headers, separated by bars, and the part of its body that arrives.
fn response(status: u16, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let headers = headers.replace(" | ", "\r\n");
    let head = format!("HTTP/1.1 {status} X\r\n{headers}\r\n\r\n");
    [head.as_bytes(), body.as_ref()].concat()
}

/// A body of unknown length whose connection closes before its end.
fn cut_chunks(headers: &str, body: &str) -> Vec<u8> {
    let headers = format!("{headers} | transfer-encoding: chunked");
    response(200, &headers, format!("{:x}\r\n{body}\r\n", body.len()))
}

/// The content in the form of gzip, its ten bytes as they are after a head of 15.
const PACKED: &[u8] =
    b"\x1f\x8b\x08\0\0\0\0\0\0\xff\x01\x0a\0\xf5\xffAAAAABBBBB\xd1\xb9\xf9\xa2\x0a\0\0\0";

const HALF: &str = "AAAAA";

/// The first half of the content, with this validator.
fn half(validator: &str) -> Vec<u8> {
    response(200, &format!("{validator} | content-length: 10"), HALF)
}

/// A complete file of this content, with this validator.
fn whole(validator: &str, content: &str) -> Vec<u8> {
    let length = content.len();
    let headers = format!("{validator} | content-length: {length}");
    response(200, &headers, content)
}

/// A part of the file, with these headers.
fn part(headers: &str, body: &str) -> Vec<u8> {
    let headers = format!("{headers} | content-length: {}", body.len());
    response(206, &headers, body)
}

const TAG: &str = "etag: \"a\"";
const WEAK_TAG: &str = "etag: W/\"a\"";
const NO_VALIDATOR: &str = "x-no: validator";
const REST: &str = "content-range: bytes 5-9/10";

#[tokio::test]
async fn a_broken_download_is_resumed_under_a_strong_validator() {
    let past =
        "last-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\ndate: Mon, 07 Nov 1994 08:49:37 GMT";
    for validator in [TAG, past] {
        let rest = part(&format!("{validator} | {REST}"), "BBBBB");
        for second in [rest, whole(validator, CONTENT)] {
            let (read, listener) = download(&[half(validator), second]).await;
            assert_eq!(read.unwrap(), CONTENT, "{validator}");
            let request = &listener.received()[1];
            assert_eq!(request.header("range"), Some("bytes=5-"));
            let condition = validator.split_once(": ").unwrap().1.split('\r').next();
            assert_eq!(request.header("if-range"), condition);
            assert_eq!(request.header("authorization"), None);
        }
    }
}

#[tokio::test]
async fn without_a_strong_validator_the_whole_file_is_requested_again_and_compared() {
    for validator in [NO_VALIDATOR, WEAK_TAG] {
        let first = half(validator);
        let (read, listener) = download(&[first.clone(), whole(validator, CONTENT)]).await;
        assert_eq!(read.unwrap(), CONTENT, "{validator}");
        assert_eq!(listener.received()[1].header("range"), None);

        let other_of_the_same_size = whole(validator, "CCCCCBBBBB");
        let (saved, content) = saved(&[first, other_of_the_same_size], Some("before")).await;
        let error = saved.unwrap_err();
        assert!(error.to_string().contains("changed"), "{error}");
        assert_eq!(content.unwrap(), b"before");
    }
}

#[tokio::test]
async fn a_part_of_the_rest_is_followed_by_the_bytes_still_missing() {
    let (read, listener) = download(&[
        half(TAG),
        part(&format!("{TAG} | content-range: bytes 5-6/10"), "BB"),
        part(&format!("{TAG} | content-range: bytes 7-9/*"), "BBB"),
    ])
    .await;
    assert_eq!(read.unwrap(), CONTENT);
    assert_eq!(listener.received()[2].header("range"), Some("bytes=7-"));
}

#[tokio::test]
async fn a_file_of_unknown_length_is_downloaded_again_and_compared() {
    let first = cut_chunks(TAG, HALF);
    let (read, listener) = download(&[first.clone(), whole(TAG, CONTENT)]).await;
    assert_eq!(read.unwrap(), CONTENT);
    assert_eq!(listener.received()[1].header("range"), None);

    let (read, _) = download(&[first, whole("etag: \"b\"", CONTENT)]).await;
    assert!(read.unwrap_err().to_string().contains("changed"));

    let first = cut_chunks(NO_VALIDATOR, HALF);
    let (read, _) = download(&[first, whole(TAG, CONTENT)]).await;
    assert_eq!(read.unwrap(), CONTENT);
}

#[tokio::test]
async fn a_decompressed_file_is_never_resumed_by_its_bytes() {
    for validator in [TAG, NO_VALIDATOR] {
        let length = PACKED.len();
        let headers = format!("{validator} | content-encoding: gzip | content-length: {length}");
        let packed = |body: &[u8]| response(200, &headers, body);
        let (read, listener) = download(&[packed(&PACKED[..20]), packed(PACKED)]).await;
        assert_eq!(read.unwrap(), CONTENT);
        assert_eq!(listener.received()[1].header("range"), None);
    }
}

#[tokio::test]
async fn a_response_that_is_not_the_rest_of_the_file_is_an_error() {
    let chunks = || cut_chunks(TAG, HALF);
    let rest_with = |validator: &str| part(&format!("{validator} | {REST}"), "BBBBB");
    let part_at = |range: &str, body| part(&format!("content-range: bytes {range}"), body);
    let past_the_end = |range: &str| {
        let headers = format!("content-range: bytes {range} | content-length: 0");
        response(416, &headers, "")
    };
    let announced = format!("{REST} | transfer-encoding: chunked");
    let longer = response(206, &announced, "7\r\nBBBBBBB\r\n0\r\n\r\n");
    let headers = format!("{TAG} | transfer-encoding: chunked");
    let shorter = response(200, &headers, "3\r\nAAA\r\n0\r\n\r\n");
    for (name, first, second) in [
        ("another tag", half(TAG), rest_with("etag: \"b\"")),
        ("a weakened tag", half(TAG), rest_with(WEAK_TAG)),
        ("no tag left", half(TAG), part(REST, "BBBBB")),
        ("a weak tag", half(WEAK_TAG), rest_with(WEAK_TAG)),
        (
            "another weak tag",
            half(WEAK_TAG),
            rest_with("etag: W/\"b\""),
        ),
        (
            "a shorter file of unknown length",
            chunks(),
            whole(TAG, "BBB"),
        ),
        (
            "a shorter file in chunks, both of unknown length",
            chunks(),
            shorter,
        ),
        ("a shorter file", half(TAG), whole(TAG, "BBB")),
        ("a longer file", half(TAG), part_at("5-9/11", "BBBBB")),
        ("the end of a shorter file", half(TAG), past_the_end("*/3")),
        (
            "the end of a longer file",
            half(TAG),
            past_the_end("*/3000"),
        ),
        ("an end without a size", chunks(), past_the_end("*/*")),
        ("another part", half(TAG), part_at("7-9/10", "BBB")),
        ("an earlier part", half(TAG), part_at("0-9/10", CONTENT)),
        (
            "a part that is not named",
            half(TAG),
            part("x-no: range", CONTENT),
        ),
        (
            "a part past the end",
            half(TAG),
            part_at("5-14/10", "BBBBBBBBBB"),
        ),
        ("a part of two lengths", half(TAG), part(REST, "BBBBBBB")),
        ("more than was announced", half(TAG), longer),
        ("nothing", half(TAG), response(204, TAG, "")),
    ] {
        let (read, _) = download(&[first, second]).await;
        let error = read.expect_err(name);
        let says = ["changed", "not the rest", "instead of the file"];
        let says = says.iter().any(|says| error.to_string().contains(says));
        assert!(says, "{name}: {error}");
    }
}

#[tokio::test]
async fn a_success_without_a_file_is_an_error() {
    for first in [
        response(204, "x-y: z", ""),
        response(202, "content-length: 5", "later"),
        part("content-range: bytes 0-4/10", "AAAAA"),
    ] {
        let (read, _) = download(&[first]).await;
        assert_error(&read.unwrap_err(), ErrorKind::Status, "instead of the file");
    }
}

#[tokio::test]
async fn a_delay_beyond_the_policy_ends_a_broken_download_with_that_delay() {
    for status in [429, 503] {
        let busy = response(status, "retry-after: 100 | content-length: 0", "");
        let rest = part(&format!("{TAG} | {REST}"), "BBBBB");
        let (read, listener) = download(&[half(TAG), busy, rest]).await;
        let error = read.unwrap_err();
        assert_eq!(error.retry_after().unwrap().as_secs(), 100, "{error}");
        assert_eq!(listener.received().len(), 2);
    }
}

/// What is left of the file at `path` when its content comes as these responses.
async fn saved(
    responses: &[Vec<u8>],
    before: Option<&str>,
) -> (Result<u64, Error>, Option<Vec<u8>>) {
    let (file, _listener) = file(responses);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    if let Some(before) = before {
        std::fs::write(&path, before).unwrap();
    }
    let result = file.save(&path).await;
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert!(files <= 1, "no temporary file is left");
    (result, std::fs::read(&path).ok())
}

#[tokio::test]
async fn a_body_that_only_the_connection_delimits_is_verified_with_a_range_past_its_end() {
    let first = response(200, "etag: \"a\" | connection: close", HALF);
    let complete = response(416, "content-range: bytes */5 | content-length: 0", "");
    let (read, listener) = download(&[first.clone(), complete.clone()]).await;
    assert_eq!(read.unwrap(), HALF);
    assert_eq!(listener.received()[1].header("range"), Some("bytes=5-"));
    let (_, content) = saved(&[first.clone(), complete], Some("before")).await;
    assert_eq!(content.unwrap(), HALF.as_bytes());

    let more = part(&format!("{TAG} | {REST}"), "BBBBB");
    let (read, _) = download(&[first, more, whole(TAG, CONTENT)]).await;
    assert_eq!(read.unwrap(), CONTENT);
}

#[tokio::test]
async fn a_download_that_cannot_be_verified_does_not_replace_an_existing_file() {
    let first = response(200, "connection: close", HALF);
    let ignored = response(200, "content-length: 5", HALF);
    let (result, content) = saved(&[first.clone(), ignored.clone()], Some("before")).await;
    assert!(result.unwrap_err().to_string().contains("could not verify"));
    assert_eq!(content.unwrap(), b"before");
    let (result, content) = saved(&[first, ignored], None).await;
    assert_eq!((result.unwrap(), content.unwrap()), (5, HALF.into()));
}

/// What a download over HTTP/2 returns and saves when its content comes as these responses.
async fn over_http2(replies: &[Http2Reply]) -> (Result<Bytes, Error>, Result<u64, Error>, Vec<u8>) {
    let client = builder(API)
        .http(|http| http.http2_prior_knowledge().pool_max_idle_per_host(0))
        .build()
        .unwrap();
    let start = || Listener::start(replies.iter().cloned().map(Script::http2)).unwrap();
    let (first, second) = (start(), start());
    let read = client.download(format!("{}/f", first.url())).bytes().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    std::fs::write(&path, "before").unwrap();
    let file = client.download(format!("{}/f", second.url()));
    let saved = file.save(&path).await;
    (read, saved, std::fs::read(path).unwrap())
}

#[tokio::test]
async fn a_body_that_http2_ends_too_early_is_not_the_file() {
    let whole = Http2Reply::new(&Reply::new(200).body(CONTENT));
    let endless = whole.clone().without_length();
    let range = |status: u16, range: &str, body: &str| {
        let reply = Reply::new(status).header("content-range", range).body(body);
        Http2Reply::new(&reply)
    };
    let more = range(206, "bytes 5-9/10", "BBBBB");
    let no_more = range(416, "bytes */10", "");
    for end in [Http2End::ResetWithoutError, Http2End::EndStream] {
        let first = endless.clone().first(5).end(end);
        let (read, saved, left) = over_http2(&[first.clone(), more.clone(), whole.clone()]).await;
        assert_eq!(read.unwrap(), CONTENT, "{end:?}");
        assert_eq!((saved.unwrap(), &*left), (10, CONTENT.as_bytes()));

        // A server without ranges leaves open whether the half is all there is.
        let (_, saved, left) = over_http2(&[first, whole.clone()]).await;
        let error = saved.unwrap_err();
        assert!(error.to_string().contains("could not verify"), "{error}");
        assert_eq!(left, b"before");
    }
    let (read, saved, left) = over_http2(&[endless, no_more]).await;
    assert_eq!(read.unwrap(), CONTENT);
    assert_eq!((saved.unwrap(), &*left), (10, CONTENT.as_bytes()));
}

#[tokio::test]
async fn an_unsupported_content_encoding_is_an_error() {
    let packed = response(200, "content-encoding: br | content-length: 5", HALF);
    let (read, _) = download(&[packed]).await;
    assert_error(&read.unwrap_err(), ErrorKind::Decode, "`br`");
}

#[tokio::test]
async fn one_404_is_retried_and_a_second_is_expired() {
    let missing = || response(404, "content-length: 0", "");
    let (read, listener) = download(&[missing(), whole(TAG, CONTENT)]).await;
    assert_eq!(read.unwrap(), CONTENT);
    assert_eq!(listener.received().len(), 2);
    let (read, listener) = download(&[missing(), missing(), missing()]).await;
    assert_error(&read.unwrap_err(), ErrorKind::Expired, "");
    assert_eq!(listener.received().len(), 2);
}

#[tokio::test]
async fn a_403_of_a_file_host_does_not_blame_the_token() {
    let refused = || Script::reply(response(403, "content-length: 8", "<Error/>"));
    let foreign = Listener::start([refused()]).unwrap();
    let local = Listener::start([refused()]).unwrap();
    // A local API serves files beside its routes, without the token.
    let client = client(&local.url());
    for listener in [foreign, local] {
        let file = client.download(format!("{}/f", listener.url()));
        let error = file.bytes().await.unwrap_err();
        assert_error(&error, ErrorKind::Status, "the file host refused to serve");
        assert_eq!(error.status().unwrap(), 403);
        assert!(!error.to_string().contains("check the token"), "{error}");
    }
}

#[tokio::test]
async fn files_without_an_extension_are_saved_with_the_one_of_their_content() {
    let png = b"\x89PNG\r\n\x1a\n";
    let folder = tempfile::tempdir().unwrap();
    for (headers, body, name) in [
        ("content-type: image/webp", &b"x"[..], "f.webp"),
        ("content-type: application/octet-stream", png, "f.png"),
        ("x-no: type", png, "f-1.png"),
        (
            "content-type: application/octet-stream",
            "\u{89}PNG".as_bytes(),
            "f",
        ),
    ] {
        let headers = format!("{headers} | content-length: {}", body.len());
        let (file, _listener) = file(&[response(200, &headers, body)]);
        let path = file.save_in(folder.path()).await.unwrap();
        assert_eq!(path, folder.path().join(name));
        assert_eq!(std::fs::read(path).unwrap(), body);
    }
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 4, "no temporary file is left");
}
