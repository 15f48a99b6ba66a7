//! Files: uploads, signed downloads, outputs.

use std::time::Duration;

use replicate_emulator::{Emulator, Fault, Model, Outage};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::support::{
    call, delete, fetch, get, header, inject, open, poll, post, run, send, start, start_with, text,
};

fn part(content: impl Into<Vec<u8>>) -> Part {
    let part = Part::bytes(content.into()).file_name("a.txt");
    part.mime_str("text/plain").expect("a type")
}

async fn upload(emulator: &Emulator, form: Form) -> (u16, Value) {
    fetch(call(emulator, "POST", "/files").multipart(form)).await
}

#[tokio::test]
async fn an_upload_is_returned_listed_and_deleted() {
    let emulator = start().await;
    let metadata = Part::text(r#"{"customer": 7}"#).mime_str("application/json");
    let form = Form::new()
        .part("content", part(*b"hello"))
        .part("metadata", metadata.expect("a type"));
    let (status, file) = upload(&emulator, form).await;
    assert_eq!(status, 201);
    assert_eq!(file["name"], "a.txt");
    assert_eq!(file["content_type"], "text/plain");
    assert_eq!(file["size"], 5);
    assert_eq!(file["metadata"], json!({"customer": 7}));
    let checksums = json!({
        "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
        "md5": "5d41402abc4b2a76b9719d911017c592",
    });
    assert_eq!(file["checksums"], checksums);
    let url = text(&file["urls"]["get"]);
    assert_eq!(get(&emulator, &url).await, (200, file.clone()));
    assert_eq!(get(&emulator, "/files").await.1["results"], json!([file]));
    assert_eq!(delete(&emulator, &url).await, 204);
    assert_eq!(get(&emulator, &url).await.0, 404);
    assert_eq!(delete(&emulator, &url).await, 404);
    assert_eq!(get(&emulator, "/files").await.1["results"], json!([]));
}

#[tokio::test]
async fn name_and_type_can_be_parts_of_their_own() {
    let emulator = start().await;
    for content_is_last in [true, false] {
        let mut form = Form::new();
        if !content_is_last {
            form = form.part("content", part(*b"x"));
        }
        form = form.text("filename", "b.bin").text("type", "image/png");
        if content_is_last {
            form = form.part("content", part(*b"x"));
        }
        let (_, file) = upload(&emulator, form).await;
        let expected = (&json!("b.bin"), &json!("image/png"));
        assert_eq!((&file["name"], &file["content_type"]), expected);
    }
}

#[tokio::test]
async fn invalid_uploads_are_refused() {
    let emulator = start().await;
    let with = |name: &'static str, text: String| {
        let form = Form::new().part("content", part(*b"x"));
        form.text(name, text)
    };
    let bytes = |name: &'static str| {
        let form = Form::new().part("content", part(*b"x"));
        form.part(name, Part::bytes(b"\xff"))
    };
    for (form, status, said) in [
        (Form::new().text("x", "y"), 422, "content"),
        (with("metadata", "not json".to_owned()), 422, "metadata"),
        (with("filename", "a".repeat(256)), 422, "filename"),
        (with("filename", "a".repeat(70_000)), 413, "filename"),
        (with("content", "again".to_owned()), 400, "more than one"),
        (bytes("filename"), 422, "filename"),
        (bytes("type"), 422, "type"),
    ] {
        let (refused, problem) = upload(&emulator, form).await;
        assert_eq!(refused, status, "{problem}");
        assert!(text(&problem["detail"]).contains(said), "{problem}");
    }
    let (status, _) = post(&emulator, "/files", json!({})).await;
    assert_eq!(status, 415);
    let broken = call(&emulator, "POST", "/files")
        .header("content-type", "multipart/form-data; boundary=b")
        .body("--b\r\nContent-Disposition: form-data; name=\"content\"\r\n\r\nx");
    assert_eq!(fetch(broken).await.0, 400);
    assert_eq!(get(&emulator, "/files").await.1["results"], json!([]));
}

#[tokio::test]
async fn a_file_of_100_mib_is_accepted_and_a_larger_one_is_not() {
    let emulator = start().await;
    for (more, status) in [(0, 201), (1, 413)] {
        let content = vec![7; 100 * 1024 * 1024 + more];
        let form = Form::new().part("content", part(content));
        assert_eq!(upload(&emulator, form).await.0, status);
    }
    let kept = emulator.requests()[0].body.len();
    assert_eq!(
        kept,
        1024 * 1024,
        "of a long body only the beginning is kept"
    );
}

/// Sends the head of an upload with a body of this length, and the beginning of the body.
async fn begin_upload(emulator: &Emulator, length: usize, beginning: &[u8]) -> TcpStream {
    let stream = TcpStream::connect(emulator.address()).await;
    let mut stream = stream.expect("a connection");
    let head = format!(
        "POST /v1/files HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer any\r\n\
         expect: 100-continue\r\ncontent-type: multipart/form-data; boundary=b\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).await.expect("sent");
    stream.write_all(beginning).await.expect("sent");
    stream
}

#[tokio::test]
async fn an_upload_that_breaks_off_is_in_the_log_and_consumes_a_fault() {
    let emulator = start().await;
    inject(&emulator, Fault::status(503).on("files.create").times(1));
    drop(begin_upload(&emulator, 100, b"--b\r\n").await);
    poll(async || !emulator.requests().is_empty()).await;
    let request = &emulator.requests()[0];
    assert_eq!(request.operation, Some("files.create"));
    assert_eq!(*request.body, *b"--b\r\n");
    let form = Form::new().part("content", part(*b"x"));
    assert_eq!(upload(&emulator, form).await.0, 201);
}

#[tokio::test]
async fn an_upload_over_the_limit_is_in_the_log() {
    let emulator = start().await;
    let content = vec![7; 102 * 1024 * 1024];
    let form = Form::new().part("content", part(content));
    // The response may come before the body is sent, which a client may see as a broken connection.
    let sent = call(&emulator, "POST", "/files").multipart(form);
    if let Ok(response) = sent.send().await {
        assert_eq!(response.status(), 413);
    }
    let request = &emulator.requests()[0];
    assert_eq!(request.operation, Some("files.create"));
    assert_eq!(request.body.len(), 1024 * 1024);
}

#[tokio::test]
async fn an_outage_breaks_an_upload_that_is_arriving() {
    let emulator = start().await;
    let mut stream = begin_upload(&emulator, 100, b"").await;
    let mut reading = [0; b"HTTP/1.1 100 Continue\r\n\r\n".len()];
    stream.read_exact(&mut reading).await.expect("a response");
    assert!(reading.starts_with(b"HTTP/1.1 100"), "the body is read");
    emulator.start_outage(Outage::bad_gateway());
    let mut response = [0; b"HTTP/1.1 502".len()];
    let read = stream.read_exact(&mut response);
    let read = tokio::time::timeout(Duration::from_secs(20), read).await;
    read.expect("within 20 s").expect("a response");
    assert_eq!(response, *b"HTTP/1.1 502");
    assert_eq!(emulator.requests()[0].operation, Some("files.create"));
}

#[tokio::test]
async fn a_download_is_signed_and_a_file_expires_after_a_day() {
    let emulator = start().await;
    let form = Form::new().part("content", part(*b"content"));
    let (_, file) = upload(&emulator, form).await;
    let id = text(&file["id"]);
    let minute = Duration::from_secs(60);
    let url = emulator.download_url(&id, minute).expect("the file");
    let downloaded = open(&json!(url)).await;
    let kind = header(&downloaded, "content-type");
    assert_eq!(kind.as_deref(), Some("application/octet-stream"));
    assert_eq!(downloaded.bytes().await.expect("a body"), "content");
    for wrong in [
        url.replace("owner=local", "owner=other"),
        url.replace("expiry=1", "expiry=2"),
        url.replace("signature=", "signature=A"),
    ] {
        assert_eq!(get(&emulator, &wrong).await.0, 404, "{wrong}");
    }
    emulator.advance(Duration::from_secs(61));
    assert_eq!(get(&emulator, &url).await.0, 404);
    emulator.advance(Duration::from_secs(24 * 3600));
    assert_eq!(get(&emulator, &text(&file["urls"]["get"])).await.0, 404);
    assert_eq!(emulator.download_url(&id, minute), None);
}

#[tokio::test]
async fn a_model_reads_uploads_and_data_urls_and_nothing_else() {
    let emulator = start().await;
    let form = Form::new().part("content", part(*b"desserts"));
    let (_, file) = upload(&emulator, form).await;
    let data = json!("data:text/plain;base64,ZGVzc2VydHM=");
    for url in [&file["urls"]["get"], &data] {
        let done = run(&emulator, "emulator/reverse", json!({"file": url})).await;
        let output = open(&done["output"]).await;
        let kind = header(&output, "content-type");
        assert_eq!(kind.as_deref(), Some("text/plain; charset=utf-8"));
        assert_eq!(output.text().await.expect("a body"), "stressed");
    }
    let missing = format!("{}/v1/files/no", emulator.url());
    for url in ["https://example.com/a", &missing] {
        let done = run(&emulator, "emulator/reverse", json!({"file": url})).await;
        assert_eq!(done["status"], "failed");
        assert!(text(&done["error"]).contains(url));
    }
}

#[tokio::test]
async fn one_image_is_returned_unless_more_are_requested() {
    let emulator = start().await;
    for (input, count) in [
        (json!({"prompt": "a"}), 1),
        (json!({"prompt": "a", "num_outputs": 3}), 3),
    ] {
        let done = run(&emulator, "emulator/image", input).await;
        assert_eq!(done["output"].as_array().map(Vec::len), Some(count));
    }
}

#[tokio::test]
async fn files_of_the_same_name_have_urls_of_their_own() {
    let model = Model::new("me/files").official(true);
    let model = model.run(|_, context| async move {
        let save = |name, content| context.save_file(name, "text/plain", content);
        let saved = [
            ("a.txt", "1"),
            ("a.txt", "2"),
            ("a.txt", "3"),
            ("b", "4"),
            ("b", "5"),
        ];
        Ok(json!(saved.map(|(name, content)| save(name, content))))
    });
    let emulator = start_with(Emulator::builder().model(model)).await;
    let done = run(&emulator, "me/files", json!({})).await;
    for (place, (name, content)) in [
        ("a.txt", "1"),
        ("a-2.txt", "2"),
        ("a-3.txt", "3"),
        ("b", "4"),
        ("b-5", "5"),
    ]
    .into_iter()
    .enumerate()
    {
        let url = &done["output"][place];
        assert!(text(url).ends_with(&format!("/{name}")), "{url}");
        assert_eq!(open(url).await.text().await.expect("a body"), content);
    }
}

#[tokio::test]
async fn an_output_is_served_in_ranges_and_not_if_unchanged() {
    let emulator = start().await;
    let done = run(&emulator, "emulator/image", json!({"prompt": "a"})).await;
    let url = text(&done["output"][0]);
    let whole = send(call(&emulator, "GET", &url)).await;
    assert_eq!(header(&whole, "content-type").as_deref(), Some("image/png"));
    let etag = header(&whole, "etag").expect("an etag");
    let whole = whole.bytes().await.expect("a body");
    assert!(whole.starts_with(b"\x89PNG"));

    let range = |range: &'static str| call(&emulator, "GET", &url).header("range", range);
    let part = send(range("bytes=4-9")).await;
    assert_eq!(part.status(), 206);
    let expected = format!("bytes 4-9/{}", whole.len());
    assert_eq!(header(&part, "content-range"), Some(expected));
    assert_eq!(part.bytes().await.expect("a body"), whole[4..10]);
    assert_eq!(send(range("bytes=99999999-")).await.status(), 416);
    let rest = send(range("bytes=4-").header("if-range", &etag)).await;
    assert_eq!(rest.bytes().await.expect("a body"), whole[4..]);
    let other = send(range("bytes=4-").header("if-range", "\"other\"")).await;
    assert_eq!(other.status(), 200);
    let known = call(&emulator, "GET", &url).header("if-none-match", &etag);
    assert_eq!(send(known).await.status(), 304);
    let head = send(call(&emulator, "HEAD", &url)).await;
    let length = whole.len().to_string();
    assert_eq!(header(&head, "content-length"), Some(length));
}
