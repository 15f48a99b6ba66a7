//! Streams of the emulator's models, and of scripted servers.

use std::time::{Duration, Instant};

use futures::TryStreamExt;
use replicate::{CancellationToken, Client, ErrorKind, EventStream, StreamEvent, StreamRun};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn a_model_is_streamed_to_its_final_prediction() {
    let (emulator, replicate) = emulator().await;
    let input = json!({ "prompt": "Once upon a time", "max_tokens": 4 });
    let stream = replicate.stream("emulator/text").input(input);
    let mut events = stream.await.unwrap();
    let id = events.prediction().id.clone();
    let mut text = String::new();
    let mut done = None;
    while let Some(event) = events.next().await {
        let event = event.unwrap();
        text.push_str(&event.to_string());
        assert!(event.id().is_some(), "{event:?}");
        if let StreamEvent::Done(prediction) = event {
            done = Some(prediction);
        }
    }
    assert_eq!(text, "Once upon a time");
    let done = done.unwrap();
    assert_eq!(done.id, id);
    assert_eq!(done.status.as_str(), "succeeded");
    assert_eq!(done.metrics().output_token_count, Some(4));
    assert_eq!(Some(done.metrics().all), done.metrics);
    assert_eq!(events.finish().await.unwrap(), done.into_prediction());

    let again = replicate.stream_prediction(&id).await.unwrap();
    assert_eq!(again.text().await.unwrap(), "Once upon a time");
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn a_model_without_a_stream_gives_the_same_events() {
    let (emulator, replicate) = emulator().await;
    let stream = replicate.stream("emulator/image");
    let events = stream.input(json!({ "prompt": "x" })).await.unwrap();
    let events: Vec<_> = events.try_collect().await.unwrap();
    let [.., StreamEvent::Output(file), StreamEvent::Done(done)] = &events[..] else {
        panic!("{events:?}");
    };
    assert!(file.starts_with("http"), "{file}");
    assert_eq!(done.status.as_str(), "succeeded");
    assert_eq!(emulator.predictions().len(), 1);
}

/// A server of one prediction, which is created first and then read as often as there are
/// `reads`; its stream has these responses in turn.
struct Server {
    api: Listener,
    stream: Listener,
    client: Client,
}

fn server(
    streams: impl IntoIterator<Item = Script>,
    reads: impl IntoIterator<Item = Script>,
) -> Server {
    let stream = Listener::start(streams).unwrap();
    let created = json!({ "id": "p1", "status": "starting", "urls": { "stream": stream.url() } });
    let (api, client) = serve(std::iter::once(reply(201, &created)).chain(reads));
    Server {
        api,
        stream,
        client,
    }
}

fn events(events: &str) -> Script {
    let reply = Reply::new(200).header("content-type", "text/event-stream");
    closing(reply.raw_body(events))
}

fn closing(reply: Reply) -> Script {
    Script::reply(reply.header("connection", "close"))
}

fn read(status: &str, output: impl Into<Value>) -> Script {
    let output = output.into();
    let prediction = json!({ "id": "p1", "status": status, "output": output });
    reply(200, &prediction)
}

/// A stream that sends one event and stays open.
fn open_stream() -> Script {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nevent: output\ndata: a\n\n";
    Script::new().read_request().write(head).read_until_closed()
}

/// Reads the event of an open stream.
async fn read_first(events: &mut EventStream) {
    let first = events.next().await.unwrap().unwrap();
    assert_eq!(first.to_string(), "a");
}

/// Streams until the first event, and then cancels the token.
async fn canceled_after_first(run: StreamRun) -> EventStream {
    let token = CancellationToken::new();
    let mut events = run.cancellation_token(token.clone()).await.unwrap();
    read_first(&mut events).await;
    token.cancel();
    events
}

#[tokio::test]
async fn responses_that_are_not_a_stream_lead_to_polling() {
    for response in [
        Reply::json(200, "{}"),
        Reply::new(204).raw_body(""),
        Reply::new(404).body("not found"),
        Reply::new(403).body("forbidden"),
        Reply::new(410).body("gone"),
    ] {
        let reads = [read("processing", Value::Null), read("succeeded", "text")];
        let case = format!("{response:?}");
        let server = server([closing(response)], reads);
        let events = server.client.stream(VERSION).await.unwrap();
        assert_eq!(events.text().await.unwrap(), "text");
        assert_eq!(server.api.request_lines(), [CREATE, GET, GET]);
        assert_eq!(server.stream.received().len(), 1, "{case}");
    }
}

#[tokio::test]
async fn a_create_that_is_already_terminal_is_streamed_without_another_request() {
    let url = json!({ "stream": "http://127.0.0.1:1/" });
    let created = json!({ "id": "p1", "status": "succeeded", "output": ["a", "b"], "urls": url });
    let (api, client) = serve([reply(201, &created)]);
    let events = client.stream(VERSION).await.unwrap();
    let text = events.map_ok(|event| event.to_string());
    let text: Vec<_> = text.try_collect().await.unwrap();
    assert_eq!(text, ["a", "b", ""]);
    assert_eq!(api.request_lines(), [CREATE]);
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection_and_cancels_if_asked() {
    for cancels in [false, true] {
        let server = server([open_stream()], [state("canceled")]);
        let mut run = server.client.stream(VERSION);
        if cancels {
            run = run.cancel_on_drop();
        }
        let mut events = run.await.unwrap();
        read_first(&mut events).await;
        drop(events);
        server.stream.wait_for_closed(1).await;
        if cancels {
            server.api.wait_for_requests(2).await;
            assert_eq!(server.api.request_lines(), [CREATE, CANCEL]);
        }
    }
}

#[tokio::test]
async fn a_timeout_ends_the_stream_and_cancels_nothing() {
    let server = server([open_stream()], []);
    let run = server.client.stream(VERSION).cancel_on_drop();
    let mut events = run.timeout(Duration::from_millis(1500)).await.unwrap();
    read_first(&mut events).await;
    let error = events.next().await.unwrap().unwrap_err();
    assert_error(&error, ErrorKind::Timeout, "");
    assert_eq!(error.prediction().unwrap().id, "p1");
    assert!(events.next().await.is_none());
    let error = events.finish().await.unwrap_err();
    assert_error(&error, ErrorKind::Stream, "");
    server.stream.wait_for_closed(1).await;
    assert_eq!(server.api.request_lines(), [CREATE]);
}

#[tokio::test]
async fn a_canceled_token_cancels_the_prediction_and_ends_the_stream() {
    let server = server([open_stream()], [read("canceled", "a")]);
    let mut events = canceled_after_first(server.client.stream(VERSION)).await;
    let error = events.next().await.unwrap().unwrap_err();
    assert!(events.next().await.is_none());
    assert_error(&error, ErrorKind::Canceled, "");
    assert_eq!(error.prediction().unwrap().status.as_str(), "canceled");
    assert_eq!(server.api.request_lines(), [CREATE, CANCEL]);
}

#[tokio::test]
async fn a_canceled_token_cancels_a_prediction_that_existed_before() {
    let stream = Listener::start([open_stream()]).unwrap();
    let (api, client) = serve([read("canceled", "a")]);
    let url = json!({ "stream": stream.url() });
    let seen = json!({ "id": "p1", "status": "processing", "urls": url });
    let seen: replicate::Prediction = serde_json::from_value(seen).unwrap();
    let token = CancellationToken::new();
    let stream = client.stream_prediction(&seen).header("x-tenant", "7");
    let mut events = stream.cancellation_token(token.clone()).await.unwrap();
    read_first(&mut events).await;
    token.cancel();
    let error = events.next().await.unwrap().unwrap_err();
    assert_error(&error, ErrorKind::Canceled, "");
    assert_eq!(api.request_lines(), [CANCEL]);
    assert_eq!(api.received()[0].header("x-tenant"), Some("7"));
}

#[tokio::test]
async fn a_prediction_that_succeeds_while_it_is_canceled_is_delivered() {
    let server = server([open_stream()], [read("succeeded", "ab")]);
    let events = canceled_after_first(server.client.stream(VERSION)).await;
    assert_eq!(events.text().await.unwrap(), "b");
    assert_eq!(server.api.request_lines(), [CREATE, CANCEL]);
}

#[tokio::test]
async fn cancel_cancels_a_running_prediction_and_sends_nothing_for_a_finished_one() {
    let done = events("event: done\ndata: {\"reason\": \"canceled\"}\n\n");
    let canceled = || read("canceled", Value::Null);
    let server = server([done], [canceled(), canceled()]);
    let mut events = server.client.stream(VERSION).await.unwrap();
    assert_eq!(events.cancel().await.unwrap().status.as_str(), "canceled");
    let Some(Ok(StreamEvent::Done(done))) = events.next().await else {
        panic!("it ends with `Done`");
    };
    assert_eq!(done.status.as_str(), "canceled");
    assert_eq!(events.cancel().await.unwrap().status.as_str(), "canceled");
    assert_eq!(server.api.request_lines(), [CREATE, CANCEL, GET]);
    let error = events.finish().await.unwrap_err();
    assert_error(&error, ErrorKind::Canceled, "");
}

#[tokio::test]
async fn text_of_a_prediction_that_did_not_succeed_ends_with_an_error_that_carries_it() {
    let half = "event: output\nid: 1\ndata: half\n\n";
    let done = |reason| format!("{half}event: done\nid: 2\ndata: {{\"reason\": \"{reason}\"}}\n\n");
    for (bytes, status, kind) in [
        (done("canceled"), "canceled", ErrorKind::Canceled),
        (done("canceled"), "aborted", ErrorKind::Aborted),
        (done("error"), "failed", ErrorKind::Failed),
        (done("new"), "failed", ErrorKind::Failed),
        // Without `done`.
        (half.to_owned(), "canceled", ErrorKind::Canceled),
        (half.to_owned(), "aborted", ErrorKind::Aborted),
    ] {
        let server = server([events(&bytes)], [read(status, "half")]);
        let mut text = server.client.stream(VERSION).await.unwrap().text();
        assert_eq!(text.next().await.unwrap().unwrap(), "half");
        let error = text.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), kind, "{bytes} {status}");
        assert_eq!(error.prediction().unwrap().status.as_str(), status);
        assert!(text.next().await.is_none());
        assert_eq!(server.api.request_lines(), [CREATE, GET]);
    }
}

#[tokio::test]
async fn the_delay_of_a_busy_stream_host_is_honored() {
    let busy = closing(Reply::new(429).header("retry-after", "1").body(""));
    let text = events("event: output\nid: 1\ndata: a\n\nevent: done\ndata: {}\n\n");
    let reads = [read("processing", Value::Null), read("succeeded", "a")];
    let server = server([busy, text], reads);
    let events = server.client.stream(VERSION).await.unwrap();
    let began = Instant::now();
    assert_eq!(events.text().await.unwrap(), "a");
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.stream.received().len(), 2);
    assert_eq!(server.api.request_lines(), [CREATE, GET, GET]);
}

#[tokio::test]
async fn seventy_thousand_events_that_are_all_sent_again_are_delivered_once() {
    let event = |n| format!("event: output\nid: {n}\ndata: .\n\n");
    let all: String = (0..70_000).map(event).collect();
    let again = format!("{all}event: done\nid: end\ndata: {{}}\n\n");
    let output = ".".repeat(70_000);
    let reads = [
        read("processing", Value::Null),
        read("succeeded", output.as_str()),
    ];
    let server = server([events(&all), events(&again)], reads);
    let events = server.client.stream(VERSION).await.unwrap();
    assert_eq!(events.text().await.unwrap(), output);
    assert_eq!(server.api.request_lines(), [CREATE, GET, GET]);
}
