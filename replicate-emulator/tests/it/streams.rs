//! Streams: events in order, from where a reader stopped, to their end.

use std::time::Duration;

use replicate_emulator::Fault;
use serde_json::{Value, json};

use crate::support::{
    call, create, fetch, get, header, inject, open, run, send, start, text, until,
};

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

/// A prediction's stream after the event `last`.
async fn stream(prediction: &Value, last: &str) -> reqwest::Response {
    let url = text(&prediction["urls"]["stream"]);
    let request = reqwest::Client::new().get(url);
    send(request.header("last-event-id", last)).await
}

/// All events of a prediction's stream, and the last id.
async fn all_events(prediction: &Value) -> (Vec<(String, String)>, String) {
    let stream = open(&prediction["urls"]["stream"]).await;
    events(&stream.text().await.expect("a body"))
}

fn pair(event: &str, data: &str) -> (String, String) {
    (event.to_owned(), data.to_owned())
}

#[tokio::test]
async fn text_is_streamed_word_by_word_and_ends_with_done() {
    let emulator = start().await;
    let input = json!({"prompt": "a\nb c", "max_tokens": 3});
    let made = create(&emulator, "emulator/text", input).await;
    let response = open(&made["urls"]["stream"]).await;
    let kind = header(&response, "content-type");
    assert_eq!(kind.as_deref(), Some("text/event-stream"));
    let (all, last) = events(&response.text().await.expect("a body"));
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
    let input = json!({"prompt": "a b c d", "max_tokens": 4});
    let done = run(&emulator, "emulator/text", input).await;
    let (all, last) = all_events(&done).await;
    let rest = stream(&done, "1:1").await.text().await;
    let (rest, _) = events(&rest.expect("a body"));
    assert_eq!(rest, all[2..]);
    assert_eq!(stream(&done, &last).await.status(), 204);
}

#[tokio::test]
async fn a_stream_follows_a_running_prediction() {
    let emulator = start().await;
    let input = json!({"seconds": 20, "steps": 2});
    let made = create(&emulator, "emulator/slow", input).await;
    let url = text(&made["urls"]["get"]);
    let response = open(&made["urls"]["stream"]).await;
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
    let input = json!({"output": "so far ", "reason": "why"});
    let made = create(&emulator, "emulator/fail", input).await;
    let (all, _) = all_events(&made).await;
    let expected = [
        pair("error", r#"{"detail":"why"}"#),
        pair("done", r#"{"reason":"error"}"#),
    ];
    assert_eq!(all[all.len() - 2..], expected);

    let made = create(&emulator, "emulator/slow", json!({"seconds": 3600})).await;
    let response = open(&made["urls"]["stream"]).await;
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
    assert_eq!(get(&emulator, &format!("{guess}-0")).await.0, 404);
    assert_eq!(get(&emulator, guess).await.0, 404);
    let made = create(&emulator, "emulator/image", json!({"prompt": "a"})).await;
    assert_eq!(made["urls"].get("stream"), None);
}

/// What arrives of a body, and whether it is complete.
async fn read(mut response: reqwest::Response) -> (Vec<u8>, bool) {
    let mut read = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => read.extend(chunk),
            Ok(None) => return (read, true),
            Err(_) => return (read, false),
        }
    }
}

#[tokio::test]
async fn a_fault_breaks_a_stream_in_the_middle() {
    let emulator = start().await;
    inject(&emulator, Fault::cut_body(50).on("streams.get").times(1));
    let made = create(&emulator, "emulator/text", json!({"prompt": "a"})).await;
    let (part, complete) = read(open(&made["urls"]["stream"]).await).await;
    assert_eq!((part.len(), complete), (50, false));
    let (whole, _) = read(open(&made["urls"]["stream"]).await).await;
    assert!(whole.starts_with(&part) && whole.ends_with(b"data: {}\n\n"));
}

#[tokio::test]
async fn a_cut_after_the_end_breaks_a_stream_but_no_response_with_a_content_length() {
    let emulator = start().await;
    inject(&emulator, Fault::cut_body(100_000));
    let made = create(&emulator, "emulator/text", json!({"prompt": "a"})).await;
    let account = || send(call(&emulator, "GET", "/account"));
    account().await.bytes().await.expect("all of it");
    let (events, complete) = read(open(&made["urls"]["stream"]).await).await;
    assert!(events.ends_with(b"data: {}\n\n"));
    assert!(!complete);
    emulator.clear_faults();
    inject(&emulator, Fault::cut_body(0));
    let nothing = account().await;
    assert!(nothing.content_length().is_some_and(|length| length > 0));
    nothing.bytes().await.expect_err("no byte of it");
}
