//! Broken downloads: they are resumed where that is sure to give the file, and are an error
//! otherwise, never fewer or other bytes than the file has.

use std::time::Duration;

use bytes::Bytes;
use replicate::{Client, ClientBuilder, Error, ErrorKind, RetryPolicy};
use replicate_test_support::{Http2End, Http2Reply, Listener, Reply, Script};

const CONTENT: &[u8] = b"AAAAABBBBB";

fn builder() -> ClientBuilder {
    let briefly = Duration::from_millis(1);
    Client::builder()
        .token("r8_test")
        .retry_policy(RetryPolicy::default().with_backoff(briefly, briefly))
}

fn replicate() -> Client {
    builder().build().unwrap()
}

/// Downloads from a server that sends one of these responses on each connection and closes it.
async fn download(responses: &[Vec<u8>]) -> (Result<Bytes, Error>, Listener) {
    let scripts = responses.iter().cloned().map(Script::reply);
    let listener = Listener::start(scripts).unwrap();
    let file = replicate().download(format!("{}/f", listener.url()));
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
const REST: &str = "content-range: bytes 5-9/10 | content-length: 5";

#[tokio::test]
async fn a_broken_download_is_resumed_under_a_strong_validator() {
    let past =
        "last-modified: Sun, 06 Nov 1994 08:49:37 GMT\r\ndate: Mon, 07 Nov 1994 08:49:37 GMT";
    for validator in ["etag: \"a\"", past] {
        let first = response(200, &format!("{validator}\r\ncontent-length: 10"), HALF);
        let rest = response(206, &format!("{validator} | {REST}"), "BBBBB");
        let whole = response(200, &format!("{validator}\r\ncontent-length: 10"), CONTENT);
        for second in [rest, whole] {
            let (read, listener) = download(&[first.clone(), second]).await;
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
    for validator in ["x-no: validator", "etag: W/\"a\""] {
        let length = format!("{validator} | content-length: 10");
        let first = response(200, &length, HALF);
        let (read, listener) = download(&[first.clone(), response(200, &length, CONTENT)]).await;
        assert_eq!(read.unwrap(), CONTENT, "{validator}");
        assert_eq!(listener.received()[1].header("range"), None);

        // Another file of the same size.
        let other = response(200, &length, "CCCCCBBBBB");
        let (saved, content) = saved(&[first, other], Some("before")).await;
        let error = saved.unwrap_err();
        assert!(error.to_string().contains("changed"), "{error}");
        assert_eq!(content.unwrap(), b"before");
    }
}

#[tokio::test]
async fn a_part_of_the_rest_is_followed_by_the_bytes_still_missing() {
    let (read, listener) = download(&[
        response(200, "etag: \"a\" | content-length: 10", HALF),
        response(
            206,
            "etag: \"a\" | content-range: bytes 5-6/10 | content-length: 2",
            "BB",
        ),
        response(
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
async fn a_file_of_unknown_length_is_downloaded_again_and_compared() {
    let whole = |tag| response(200, &format!("etag: {tag} | content-length: 10"), CONTENT);
    let (read, listener) = download(&[cut_chunks("etag: \"a\"", HALF), whole("\"a\"")]).await;
    assert_eq!(read.unwrap(), CONTENT);
    assert_eq!(listener.received()[1].header("range"), None);

    let (read, _) = download(&[cut_chunks("etag: \"a\"", HALF), whole("\"b\"")]).await;
    assert!(read.unwrap_err().to_string().contains("changed"));

    let first = cut_chunks("x-no: validator", HALF);
    let (read, _) = download(&[first, whole("\"a\"")]).await;
    assert_eq!(read.unwrap(), CONTENT);
}

#[tokio::test]
async fn a_decompressed_file_is_never_resumed_by_its_bytes() {
    let packed = |version: &str, body: &[u8]| {
        let length = PACKED.len();
        let headers = format!("{version} | content-encoding: gzip | content-length: {length}");
        response(200, &headers, body)
    };
    let half = &PACKED[..20];
    let tag = "etag: \"a\"";
    let (read, listener) = download(&[packed(tag, half), packed(tag, PACKED)]).await;
    assert_eq!(read.unwrap(), CONTENT);
    assert_eq!(listener.received()[1].header("range"), None);

    let none = "x-no: validator";
    let (read, listener) = download(&[packed(none, half), packed(none, PACKED)]).await;
    assert_eq!(read.unwrap(), CONTENT);
    assert_eq!(listener.received()[1].header("range"), None);
}

#[tokio::test]
async fn a_response_that_is_not_the_rest_of_the_file_is_an_error() {
    let known = |version: &str| response(200, &format!("{version} | content-length: 10"), HALF);
    let tagged_first = || known("etag: \"a\"");
    let chunks = || cut_chunks("etag: \"a\"", HALF);
    let part = |headers: &str, body: &str| {
        let length = body.len();
        response(206, &format!("{headers} | content-length: {length}"), body)
    };
    let range = "content-range: bytes 5-9/10";
    let tagged = |tag: &str| part(&format!("etag: {tag} | {range}"), "BBBBB");
    let nothing = |range: &str| {
        response(
            416,
            &format!("content-range: {range} | content-length: 0"),
            "",
        )
    };
    let whole = |body: &str| {
        response(
            200,
            &format!("etag: \"a\" | content-length: {}", body.len()),
            body,
        )
    };
    for (name, first, second) in [
        ("another tag", known("etag: \"a\""), tagged("\"b\"")),
        ("a weakened tag", known("etag: \"a\""), tagged("W/\"a\"")),
        ("no tag left", known("etag: \"a\""), part(range, "BBBBB")),
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
            tagged_first(),
            part("content-range: bytes 5-9/11", "BBBBB"),
        ),
        (
            "the end of a shorter file",
            tagged_first(),
            nothing("bytes */3"),
        ),
        (
            "the end of a longer file",
            tagged_first(),
            nothing("bytes */3000"),
        ),
        ("an end without a size", chunks(), nothing("bytes */*")),
        (
            "another part",
            tagged_first(),
            part("content-range: bytes 7-9/10", "BBB"),
        ),
        (
            "an earlier part",
            tagged_first(),
            part("content-range: bytes 0-9/10", "AAAAABBBBB"),
        ),
        (
            "a part that is not named",
            tagged_first(),
            part("x-no: range", "AAAAABBBBB"),
        ),
        (
            "a part past the end",
            tagged_first(),
            part("content-range: bytes 5-14/10", "BBBBBBBBBB"),
        ),
        (
            "a part of two lengths",
            tagged_first(),
            part(range, "BBBBBBB"),
        ),
        (
            "more than was announced",
            tagged_first(),
            response(
                206,
                &format!("{range} | transfer-encoding: chunked"),
                "7\r\nBBBBBBB\r\n0\r\n\r\n",
            ),
        ),
        ("nothing", tagged_first(), response(204, "etag: \"a\"", "")),
    ] {
        let (read, _) = download(&[first, second]).await;
        let error = read.expect_err(name);
        let says = ["changed", "not the rest", "instead of the file"];
        let says = says.iter().any(|says| error.to_string().contains(says));
        assert!(says, "{name}: {error}");
    }
}

#[tokio::test]
async fn a_shorter_body_of_unknown_length_is_not_the_same_file() {
    let shorter = response(
        200,
        "etag: \"a\" | transfer-encoding: chunked",
        "3\r\nAAA\r\n0\r\n\r\n",
    );
    let (read, _) = download(&[cut_chunks("etag: \"a\"", HALF), shorter]).await;
    assert!(read.unwrap_err().to_string().contains("changed"));
}

#[tokio::test]
async fn a_success_without_a_file_is_an_error() {
    for first in [
        response(204, "x-y: z", ""),
        response(202, "content-length: 5", "later"),
        response(
            206,
            "content-range: bytes 0-4/10 | content-length: 5",
            "AAAAA",
        ),
    ] {
        let (read, _) = download(&[first]).await;
        let error = read.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Status);
        assert!(error.to_string().contains("instead of the file"), "{error}");
    }
}

#[tokio::test]
async fn a_delay_beyond_the_policy_ends_a_broken_download_with_that_delay() {
    for status in [429, 503] {
        let busy = response(status, "retry-after: 100 | content-length: 0", "");
        let first = response(200, "etag: \"a\" | content-length: 10", HALF);
        let rest = response(206, &format!("etag: \"a\" | {REST}"), "BBBBB");
        let (read, listener) = download(&[first, busy, rest]).await;
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
    let scripts = responses.iter().cloned().map(Script::reply);
    let listener = Listener::start(scripts).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("f");
    if let Some(before) = before {
        std::fs::write(&path, before).unwrap();
    }
    let file = replicate().download(format!("{}/f", listener.url()));
    let result = file.save(&path).await;
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert!(files <= 1, "no temporary file is left");
    (result, std::fs::read(&path).ok())
}

#[tokio::test]
async fn a_body_that_only_the_connection_delimits_is_verified_with_a_range_past_its_end() {
    let first = response(200, "etag: \"a\" | connection: close", HALF);
    let whole = response(200, "etag: \"a\" | content-length: 10", CONTENT);
    let complete = response(416, "content-range: bytes */5 | content-length: 0", "");
    let (read, listener) = download(&[first.clone(), complete.clone()]).await;
    assert_eq!(read.unwrap(), HALF);
    assert_eq!(listener.received()[1].header("range"), Some("bytes=5-"));
    let (_, content) = saved(&[first.clone(), complete], Some("before")).await;
    assert_eq!(content.unwrap(), HALF.as_bytes());

    let more = response(206, &format!("etag: \"a\" | {REST}"), "BBBBB");
    let (read, _) = download(&[first, more, whole]).await;
    assert_eq!(read.unwrap(), CONTENT);
}

#[tokio::test]
async fn a_download_that_cannot_be_verified_does_not_replace_an_existing_file() {
    let first = response(200, "connection: close", HALF);
    let ignored = response(200, "content-length: 5", HALF);
    let (result, content) = saved(&[first.clone(), ignored.clone()], Some("before")).await;
    let error = result.unwrap_err();
    assert!(error.to_string().contains("could not verify"), "{error}");
    assert_eq!(content.unwrap(), b"before");
    let (result, content) = saved(&[first, ignored], None).await;
    assert_eq!((result.unwrap(), content.unwrap()), (5, HALF.into()));
}

/// What a download over HTTP/2 returns and saves when its content comes as these responses.
async fn over_http2(replies: &[Http2Reply]) -> (Result<Bytes, Error>, Result<u64, Error>, Vec<u8>) {
    let client = builder()
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
        assert_eq!((saved.unwrap(), &*left), (10, CONTENT));

        // A server without ranges leaves open whether the half is all there is.
        let (_, saved, left) = over_http2(&[first, whole.clone()]).await;
        let error = saved.unwrap_err();
        assert!(error.to_string().contains("could not verify"), "{error}");
        assert_eq!(left, b"before");
    }
    let (read, saved, left) = over_http2(&[endless, no_more]).await;
    assert_eq!(read.unwrap(), CONTENT);
    assert_eq!((saved.unwrap(), &*left), (10, CONTENT));
}

#[tokio::test]
async fn an_unsupported_content_encoding_is_an_error() {
    let packed = response(200, "content-encoding: br | content-length: 5", HALF);
    let (read, _) = download(&[packed]).await;
    let error = read.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("`br`"), "{error}");
}

#[tokio::test]
async fn one_404_is_retried_and_a_second_is_expired() {
    let missing = || response(404, "content-length: 0", "");
    let there = response(200, "content-length: 10", CONTENT);
    let (read, listener) = download(&[missing(), there]).await;
    assert_eq!(
        (read.unwrap(), listener.received().len()),
        (CONTENT.into(), 2)
    );
    let (read, listener) = download(&[missing(), missing(), missing()]).await;
    assert_eq!(read.unwrap_err().kind(), ErrorKind::Expired);
    assert_eq!(listener.received().len(), 2);
}

#[tokio::test]
async fn a_403_of_a_file_host_does_not_blame_the_token() {
    let refused = || Script::reply(response(403, "content-length: 8", "<Error/>"));
    let foreign = Listener::start([refused()]).unwrap();
    let local = Listener::start([refused()]).unwrap();
    // A local API serves files beside its routes, without the token.
    let client = builder().base_url(local.url()).build().unwrap();
    for listener in [foreign, local] {
        let file = client.download(format!("{}/f", listener.url()));
        let error = file.bytes().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Status);
        assert_eq!(error.status().unwrap(), 403);
        let text = error.to_string();
        assert!(text.contains("the file host refused to serve"), "{text}");
        assert!(!text.contains("check the token"), "{text}");
    }
}

#[tokio::test]
async fn files_without_an_extension_are_saved_with_the_one_of_their_content() {
    const PNG: &str = "\u{89}PNG";
    let png = b"\x89PNG\r\n\x1a\n";
    let folder = tempfile::tempdir().unwrap();
    for (headers, body, name) in [
        ("content-type: image/webp", &b"x"[..], "f.webp"),
        ("content-type: application/octet-stream", png, "f.png"),
        ("x-no: type", png, "f-1.png"),
        (
            "content-type: application/octet-stream",
            PNG.as_bytes(),
            "f",
        ),
    ] {
        let headers = format!("{headers} | content-length: {}", body.len());
        let script = Script::reply(response(200, &headers, body));
        let listener = Listener::start([script]).unwrap();
        let file = replicate().download(format!("{}/f", listener.url()));
        let path = file.save_in(folder.path()).await.unwrap();
        assert_eq!(path, folder.path().join(name));
        assert_eq!(std::fs::read(path).unwrap(), body);
    }
    let names = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(names, 4, "no temporary file is left");
}
