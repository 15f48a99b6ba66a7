//! Streams: events in order, from where a reader stopped, to their end.

mod support;

use std::time::Duration;

use replicate_emulator::Fault;
use serde_json::json;
use support::{call, create, ended, fetch, header, send, start, text, until};

/// `(event, data)` of every event, and the last id.
fn events(body: &str) -> (Vec<(String, String)>, String) {
    let mut last = String::new();
    let read = |block: &str| {
        let mut event = (String::new(), Vec::new());
        for line in block.lines() {
            match line.split_once(": ").expect("a field") {
                ("event", kind) => event.0 = kind.to_owned(),
                ("data", data) => event.1.push(data.to_owned()),
                ("id", id) => last = id.to_owned(),
                other => panic!("what is {other:?}"),
            }
        }
        (event.0, event.1.join("\n"))
    };
    let all = body.split_terminator("\n\n").map(read).collect();
    (all, last)
}

async fn stream(url: &str, last: Option<&str>) -> reqwest::Response {
    let mut request = reqwest::Client::new().get(url);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    send(request).await
}

#[tokio::test]
async fn text_is_streamed_word_by_word_and_ends_with_done() {
    let emulator = start().await;
    let made = create(
        &emulator,
        "emulator/text",
        json!({"prompt": "a\nb c", "max_tokens": 3}),
    )
    .await;
    let response = stream(&text(&made["urls"]["stream"]), None).await;
    assert_eq!(
        header(&response, "content-type").as_deref(),
        Some("text/event-stream")
    );
    let body = response.text().await.expect("a body");
    let (all, last) = events(&body);
    let pair = |event: &str, data: &str| (event.to_owned(), data.to_owned());
    assert_eq!(
        all,
        [
            pair("output", "a"),
            pair("output", " b"),
            pair("output", " c"),
            pair("done", "{}"),
        ]
    );
    assert!(last.ends_with(":3"), "{last}");
}

#[tokio::test]
async fn a_reader_resumes_after_its_last_event() {
    let emulator = start().await;
    let made = create(
        &emulator,
        "emulator/text",
        json!({"prompt": "a b c d", "max_tokens": 4}),
    )
    .await;
    ended(&emulator, &text(&made["urls"]["get"])).await;
    let url = text(&made["urls"]["stream"]);
    let (all, last) = events(&stream(&url, None).await.text().await.expect("a body"));
    let (rest, _) = events(
        &stream(&url, Some("1:1"))
            .await
            .text()
            .await
            .expect("a body"),
    );
    assert_eq!(rest, all[2..]);
    assert_eq!(stream(&url, Some(&last)).await.status(), 204);
}

#[tokio::test]
async fn a_stream_follows_a_running_prediction() {
    let emulator = start().await;
    let made = create(
        &emulator,
        "emulator/slow",
        json!({"seconds": 20, "steps": 2}),
    )
    .await;
    let url = text(&made["urls"]["get"]);
    let response = stream(&text(&made["urls"]["stream"]), None).await;
    for before in ["0/2", "1/2"] {
        until(&emulator, &url, |p| text(&p["logs"]).contains(before)).await;
        emulator.advance(Duration::from_secs(10));
    }
    let (all, _) = events(&response.text().await.expect("a body"));
    let kinds: Vec<&str> = all.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["logs", "logs", "logs", "output", "done"]);
}

#[tokio::test]
async fn done_has_the_reason_of_a_failure_or_cancellation() {
    let emulator = start().await;
    let made = create(
        &emulator,
        "emulator/fail",
        json!({"output": "so far ", "reason": "why"}),
    )
    .await;
    let response = stream(&text(&made["urls"]["stream"]), None).await;
    let (all, _) = events(&response.text().await.expect("a body"));
    let end = &all[all.len() - 2..];
    assert_eq!(end[0].0, "error");
    assert_eq!(end[0].1, r#"{"detail":"why"}"#);
    assert_eq!(
        end[1],
        ("done".to_owned(), r#"{"reason":"error"}"#.to_owned())
    );

    let made = create(&emulator, "emulator/slow", json!({"seconds": 3600})).await;
    let response = stream(&text(&made["urls"]["stream"]), None).await;
    fetch(call(&emulator, "POST", &text(&made["urls"]["cancel"]))).await;
    let (all, _) = events(&response.text().await.expect("a body"));
    let last = all.last().expect("an event");
    assert_eq!(last.1, r#"{"reason":"canceled"}"#);
}

#[tokio::test]
async fn a_stream_needs_its_secret_url_and_no_token() {
    let emulator = start().await;
    let made = create(&emulator, "emulator/text", json!({"prompt": "a"})).await;
    let url = text(&made["urls"]["stream"]);
    let (guess, _) = url.rsplit_once('-').expect("a key");
    assert_eq!(stream(&format!("{guess}-0"), None).await.status(), 404);
    assert_eq!(stream(guess, None).await.status(), 404);
    let made = create(&emulator, "emulator/image", json!({"prompt": "a"})).await;
    assert_eq!(made["urls"].get("stream"), None);
}

#[tokio::test]
async fn a_fault_breaks_a_stream_in_the_middle() {
    let emulator = start().await;
    let fault = Fault::cut_body(50).on("streams.get").times(1);
    emulator.inject_fault(fault).expect("a known operation");
    let made = create(&emulator, "emulator/text", json!({"prompt": "a"})).await;
    let url = text(&made["urls"]["stream"]);
    let mut response = stream(&url, None).await;
    let mut read = Vec::new();
    while let Ok(Some(chunk)) = response.chunk().await {
        read.extend(chunk);
    }
    assert_eq!(read.len(), 50);
    let whole = stream(&url, None).await.bytes().await.expect("a body");
    assert!(whole.starts_with(&read) && whole.ends_with(b"data: {}\n\n"));
}

#[tokio::test]
async fn a_cut_after_the_end_breaks_a_stream_but_no_response_with_a_content_length() {
    let emulator = start().await;
    emulator
        .inject_fault(Fault::cut_body(100_000))
        .expect("a fault");
    let made = create(&emulator, "emulator/text", json!({"prompt": "a"})).await;
    let account = support::send(support::call(&emulator, "GET", "/account")).await;
    account.bytes().await.expect("all of it");
    let mut response = stream(&text(&made["urls"]["stream"]), None).await;
    let mut read = Vec::new();
    let broken = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => read.extend(chunk),
            Ok(None) => break false,
            Err(_) => break true,
        }
    };
    assert!(read.ends_with(b"data: {}\n\n"));
    assert!(broken);
    emulator.clear_faults();
    emulator.inject_fault(Fault::cut_body(0)).expect("a fault");
    let nothing = support::send(support::call(&emulator, "GET", "/account")).await;
    assert!(nothing.content_length().is_some_and(|length| length > 0));
    nothing.bytes().await.expect_err("no byte of it");
}
