//! Files: uploads, signed downloads, outputs.

mod support;

use std::time::Duration;

use replicate_emulator::Emulator;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use support::{call, create, ended, fetch, get, header, post, send, start, text};

fn part(content: impl Into<Vec<u8>>, name: &'static str) -> Part {
    Part::bytes(content.into())
        .file_name(name)
        .mime_str("text/plain")
        .expect("a type")
}

async fn upload(emulator: &Emulator, form: Form) -> (u16, Value) {
    fetch(call(emulator, "POST", "/files").multipart(form)).await
}

#[tokio::test]
async fn an_upload_is_returned_listed_and_deleted() {
    let emulator = start().await;
    let metadata = Part::text(r#"{"customer": 7}"#)
        .mime_str("application/json")
        .expect("a type");
    let form = Form::new()
        .part("content", part(*b"hello", "a.txt"))
        .part("metadata", metadata);
    let (status, file) = upload(&emulator, form).await;
    assert_eq!(status, 201);
    assert_eq!(file["name"], "a.txt");
    assert_eq!(file["content_type"], "text/plain");
    assert_eq!(file["size"], 5);
    assert_eq!(file["metadata"], json!({"customer": 7}));
    assert_eq!(
        file["checksums"],
        json!({
            "sha256": "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
            "md5": "5d41402abc4b2a76b9719d911017c592",
        })
    );
    let url = text(&file["urls"]["get"]);
    assert_eq!(get(&emulator, &url).await, (200, file.clone()));
    assert_eq!(get(&emulator, "/files").await.1["results"], json!([file]));
    assert_eq!(
        fetch(call(&emulator, "DELETE", &url)).await,
        (204, Value::Null)
    );
    assert_eq!(get(&emulator, &url).await.0, 404);
    assert_eq!(fetch(call(&emulator, "DELETE", &url)).await.0, 404);
    assert_eq!(get(&emulator, "/files").await.1["results"], json!([]));
}

#[tokio::test]
async fn name_and_type_can_be_parts_of_their_own() {
    let emulator = start().await;
    let form = Form::new()
        .text("filename", "b.bin")
        .text("type", "image/png")
        .part("content", part(*b"x", "a.txt"));
    let (_, file) = upload(&emulator, form).await;
    assert_eq!(
        (&file["name"], &file["content_type"]),
        (&json!("b.bin"), &json!("image/png"))
    );
}

#[tokio::test]
async fn invalid_uploads_are_refused() {
    let emulator = start().await;
    let (status, problem) = upload(&emulator, Form::new().text("x", "y")).await;
    assert_eq!(status, 422);
    assert_eq!(problem["invalid_fields"][0]["field"], "content");
    let invalid = Form::new()
        .text("metadata", "not json")
        .part("content", part(*b"x", "a"));
    assert_eq!(upload(&emulator, invalid).await.0, 422);
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
        let form = Form::new().part("content", part(content, "large"));
        assert_eq!(upload(&emulator, form).await.0, status);
    }
    let kept = emulator.requests()[0].body.len();
    assert_eq!(
        kept,
        1024 * 1024,
        "of a long body only the beginning is kept"
    );
}

#[tokio::test]
async fn a_download_is_signed_and_a_file_expires_after_a_day() {
    let emulator = start().await;
    let form = Form::new().part("content", part(*b"content", "a.txt"));
    let (_, file) = upload(&emulator, form).await;
    let id = text(&file["id"]);
    let url = emulator
        .download_url(&id, Duration::from_secs(60))
        .expect("the file");
    let open = reqwest::get(&url).await.expect("a response");
    assert_eq!(
        header(&open, "content-type").as_deref(),
        Some("application/octet-stream")
    );
    assert_eq!(open.bytes().await.expect("a body"), "content");
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
    assert_eq!(emulator.download_url(&id, Duration::from_secs(60)), None);
}

#[tokio::test]
async fn a_model_reads_uploads_and_data_urls_and_nothing_else() {
    let emulator = start().await;
    let form = Form::new().part("content", part(*b"desserts", "a.txt"));
    let (_, file) = upload(&emulator, form).await;
    let path = "/models/emulator/reverse/predictions";
    for url in [
        text(&file["urls"]["get"]),
        "data:text/plain;base64,ZGVzc2VydHM=".to_owned(),
    ] {
        let (_, made) = post(&emulator, path, json!({"input": {"file": url}})).await;
        let done = ended(&emulator, &text(&made["urls"]["get"])).await;
        let output = reqwest::get(text(&done["output"]))
            .await
            .expect("a response");
        assert_eq!(
            header(&output, "content-type").as_deref(),
            Some("text/plain; charset=utf-8")
        );
        assert_eq!(output.text().await.expect("a body"), "stressed");
    }
    for url in [
        "https://example.com/a".to_owned(),
        format!("{}/v1/files/no", emulator.url()),
    ] {
        let (_, made) = post(&emulator, path, json!({"input": {"file": url}})).await;
        let done = ended(&emulator, &text(&made["urls"]["get"])).await;
        assert_eq!(done["status"], "failed");
        assert!(text(&done["error"]).contains(&url));
    }
}

#[tokio::test]
async fn one_image_is_returned_unless_more_are_requested() {
    let emulator = start().await;
    for (input, count) in [
        (json!({"prompt": "a"}), 1),
        (json!({"prompt": "a", "num_outputs": 3}), 3),
    ] {
        let made = create(&emulator, "emulator/image", input).await;
        let done = ended(&emulator, &text(&made["urls"]["get"])).await;
        assert_eq!(done["output"].as_array().map(Vec::len), Some(count));
    }
}

#[tokio::test]
async fn an_output_is_served_in_ranges_and_not_if_unchanged() {
    let emulator = start().await;
    let body = json!({"input": {"prompt": "a", "num_outputs": 2}});
    let (_, made) = post(&emulator, "/models/emulator/image/predictions", body).await;
    let done = ended(&emulator, &text(&made["urls"]["get"])).await;
    assert_eq!(done["output"].as_array().map(Vec::len), Some(2));
    let url = text(&done["output"][1]);
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
    assert_eq!(
        header(&head, "content-length"),
        Some(whole.len().to_string())
    );
}
