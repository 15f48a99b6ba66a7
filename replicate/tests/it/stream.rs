//! Streams of the emulator's models, and of scripted servers.

use std::time::{Duration, Instant};

use futures::TryStreamExt;
use replicate::types::WebhookEvent;
use replicate::{CancellationToken, Client, ErrorKind, PollPolicy, StreamEvent};
use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};
use serde_json::{Value, json};

/// A model, by version, so that a run is one create.
const VERSION: &str = "acme/app:1a2b3c4d";

fn client(url: &str) -> Client {
    Client::builder()
        .token("r8_test")
        .base_url(url)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_model_is_streamed_to_its_final_prediction() {
    let emulator = Emulator::start().await.unwrap();
    let replicate = client(emulator.url());
    let mut events = replicate
        .stream("emulator/text")
        .input(json!({ "prompt": "Once upon a time", "max_tokens": 4 }))
        .await
        .unwrap();
    let id = events.prediction().id.clone();
    let mut text = String::new();
    let mut ids = Vec::new();
    let mut done = None;
    while let Some(event) = events.next().await {
        let event = event.unwrap();
        text.push_str(&event.to_string());
        ids.push(event.id().map(str::to_owned));
        if let StreamEvent::Done(prediction) = event {
            done = Some(prediction);
        }
    }
    assert_eq!(text, "Once upon a time");
    assert!(ids.iter().all(Option::is_some), "{ids:?}");
    let done = done.unwrap();
    assert_eq!(
        (done.id.as_str(), done.status.as_str()),
        (id.as_str(), "succeeded")
    );
    assert_eq!(done.metrics().output_token_count, Some(4));
    assert_eq!(Some(done.metrics().all), done.metrics);
    assert_eq!(events.finish().await.unwrap(), done.into_prediction());

    let again = replicate.stream_prediction(&id).await.unwrap();
    assert_eq!(again.text().await.unwrap(), "Once upon a time");
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn a_model_without_a_stream_gives_the_same_events() {
    let emulator = Emulator::start().await.unwrap();
    let replicate = client(emulator.url());
    let events = replicate
        .stream("emulator/image")
        .input(json!({ "prompt": "x" }))
        .await
        .unwrap();
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
    reads: impl IntoIterator<Item = Reply>,
) -> Server {
    let stream = Listener::start(streams).unwrap();
    let created = json!({ "id": "p1", "status": "starting", "urls": { "stream": stream.url() } });
    let created = Reply::json(201, created.to_string()).header("connection", "close");
    let replies = std::iter::once(created).chain(reads);
    let api = Listener::start(replies.map(Script::reply)).unwrap();
    let client = client(&api.url());
    Server {
        api,
        stream,
        client,
    }
}

fn events(events: &str) -> Script {
    Script::reply(event_stream(events))
}

fn event_stream(events: &str) -> Reply {
    Reply::new(200)
        .header("content-type", "text/event-stream")
        .header("connection", "close")
        .raw_body(events)
}

fn read(status: &str, output: Value) -> Reply {
    let prediction = json!({ "id": "p1", "status": status, "output": output });
    Reply::json(200, prediction.to_string()).header("connection", "close")
}

const CREATE: &str = "POST /v1/predictions";
const GET: &str = "GET /v1/predictions/p1";
const CANCEL: &str = "POST /v1/predictions/p1/cancel";

/// A stream that sends one event and stays open.
fn open_stream() -> Script {
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nevent: output\ndata: a\n\n";
    Script::new().read_request().write(head).read_until_closed()
}

#[tokio::test]
async fn responses_that_are_not_a_stream_lead_to_polling() {
    let close = |reply: Reply| Script::reply(reply.header("connection", "close"));
    for response in [
        Reply::json(200, "{}"),
        Reply::new(204).raw_body(""),
        Reply::new(404).body("not found"),
        Reply::new(403).body("forbidden"),
        Reply::new(410).body("gone"),
    ] {
        let reads = [
            read("processing", json!(null)),
            read("succeeded", json!("text")),
        ];
        let case = format!("{response:?}");
        let server = server([close(response)], reads);
        let events = server.client.stream(VERSION).await.unwrap();
        assert_eq!(events.text().await.unwrap(), "text");
        assert_eq!(server.api.request_lines(), [CREATE, GET, GET]);
        assert_eq!(server.stream.received().len(), 1, "{case}");
    }
}

#[tokio::test]
async fn a_create_that_is_already_terminal_is_streamed_without_another_request() {
    let created = json!({ "id": "p1", "status": "succeeded", "output": ["a", "b"], "urls": { "stream": "http://127.0.0.1:1/" } });
    let api = Listener::start([Script::reply(Reply::json(201, created.to_string()))]).unwrap();
    let events = client(&api.url()).stream(VERSION).await.unwrap();
    let events: Vec<_> = events.try_collect().await.unwrap();
    let text: Vec<_> = events.iter().map(ToString::to_string).collect();
    assert_eq!(text, ["a", "b", ""]);
    assert_eq!(api.request_lines(), [CREATE]);
}

#[tokio::test]
async fn a_stream_sends_its_webhook_and_events_with_the_create() {
    let server = server([], []);
    let run = server.client.stream(VERSION);
    let run = run.webhook("https://example.com/hook");
    let _ = run.webhook_events([WebhookEvent::Completed]).await.unwrap();
    let create = &server.api.received()[0];
    let body: Value = serde_json::from_slice(&create.body).unwrap();
    assert_eq!(body["webhook"], "https://example.com/hook");
    assert_eq!(body["webhook_events_filter"], json!(["completed"]));
}

#[tokio::test]
async fn a_refused_stream_host_does_not_hold_back_a_finished_text() {
    let stream = format!("http://{}/", Listener::refused().unwrap());
    let created = json!({ "id": "p1", "status": "starting", "urls": { "stream": stream } });
    let created = Reply::json(201, created.to_string()).header("connection", "close");
    let replies = [created, read("succeeded", json!("text"))];
    let api = Listener::start(replies.map(Script::reply)).unwrap();
    let began = Instant::now();
    let events = client(&api.url()).stream(VERSION).await.unwrap();
    assert_eq!(events.text().await.unwrap(), "text");
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(api.request_lines(), [CREATE, GET]);
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection_and_cancels_if_asked() {
    for cancels in [false, true] {
        let server = server([open_stream()], [read("canceled", json!(null))]);
        let mut run = server.client.stream(VERSION);
        if cancels {
            run = run.cancel_on_drop();
        }
        let mut events = run.await.unwrap();
        assert_eq!(events.next().await.unwrap().unwrap().to_string(), "a");
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
    assert_eq!(events.next().await.unwrap().unwrap().to_string(), "a");
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(error.prediction().unwrap().id, "p1");
    assert!(events.next().await.is_none());
    let error = events.finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stream);
    server.stream.wait_for_closed(1).await;
    assert_eq!(server.api.request_lines(), [CREATE]);
}

#[tokio::test]
async fn a_canceled_token_cancels_the_prediction_and_ends_the_stream() {
    let server = server([open_stream()], [read("canceled", json!("a"))]);
    let token = CancellationToken::new();
    let run = server.client.stream(VERSION);
    let mut events = run.cancellation_token(token.clone()).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().to_string(), "a");
    token.cancel();
    let error = events.next().await.unwrap().unwrap_err();
    assert!(events.next().await.is_none());
    assert_eq!(error.kind(), ErrorKind::Canceled);
    assert_eq!(error.prediction().unwrap().status.as_str(), "canceled");
    assert_eq!(server.api.request_lines(), [CREATE, CANCEL]);
}

#[tokio::test]
async fn a_canceled_token_cancels_a_prediction_that_existed_before() {
    let stream = Listener::start([open_stream()]).unwrap();
    let reply = read("canceled", json!("a"));
    let api = Listener::start([Script::reply(reply)]).unwrap();
    let url = json!({ "stream": stream.url() });
    let seen = json!({ "id": "p1", "status": "processing", "urls": url });
    let seen: replicate::Prediction = serde_json::from_value(seen).unwrap();
    let token = CancellationToken::new();
    let replicate = client(&api.url());
    let stream = replicate.stream_prediction(&seen).header("x-tenant", "7");
    let mut events = stream.cancellation_token(token.clone()).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().to_string(), "a");
    token.cancel();
    let error = events.next().await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled);
    assert_eq!(api.request_lines(), [CANCEL]);
    assert_eq!(api.received()[0].header("x-tenant"), Some("7"));
}

#[tokio::test]
async fn a_prediction_that_succeeds_while_it_is_canceled_is_delivered() {
    let server = server([open_stream()], [read("succeeded", json!("ab"))]);
    let token = CancellationToken::new();
    let run = server.client.stream(VERSION);
    let mut events = run.cancellation_token(token.clone()).await.unwrap();
    assert_eq!(events.next().await.unwrap().unwrap().to_string(), "a");
    token.cancel();
    assert_eq!(events.text().await.unwrap(), "b");
    assert_eq!(server.api.request_lines(), [CREATE, CANCEL]);
}

#[tokio::test]
async fn cancel_cancels_a_running_prediction_and_sends_nothing_for_a_finished_one() {
    let done = events("event: done\ndata: {\"reason\": \"canceled\"}\n\n");
    let reads = [read("canceled", json!(null)), read("canceled", json!(null))];
    let server = server([done], reads);
    let mut events = server.client.stream(VERSION).await.unwrap();
    assert_eq!(events.cancel().await.unwrap().status.as_str(), "canceled");
    let Some(Ok(StreamEvent::Done(done))) = events.next().await else {
        panic!("it ends with `Done`");
    };
    assert_eq!(done.status.as_str(), "canceled");
    assert_eq!(events.cancel().await.unwrap().status.as_str(), "canceled");
    assert_eq!(server.api.request_lines(), [CREATE, CANCEL, GET]);
    assert_eq!(
        events.finish().await.unwrap_err().kind(),
        ErrorKind::Canceled
    );
}

#[tokio::test]
async fn text_of_a_prediction_that_did_not_succeed_ends_with_an_error_that_carries_it() {
    let done = |reason: &str| {
        format!(
            "event: output\nid: 1\ndata: half\n\nevent: done\nid: 2\ndata: {{\"reason\": \"{reason}\"}}\n\n"
        )
    };
    let broken = "event: output\ndata: half\n\n".to_owned();
    for (bytes, status, kind) in [
        (done("canceled"), "canceled", ErrorKind::Canceled),
        (done("canceled"), "aborted", ErrorKind::Aborted),
        (done("error"), "failed", ErrorKind::Failed),
        (done("new"), "failed", ErrorKind::Failed),
        (broken.clone(), "canceled", ErrorKind::Canceled),
        (broken, "aborted", ErrorKind::Aborted),
    ] {
        let server = server([events(&bytes)], [read(status, json!("half"))]);
        let mut text = server.client.stream(VERSION).await.unwrap().text();
        assert_eq!(text.next().await.unwrap().unwrap(), "half");
        let error = text.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), kind, "{bytes} {status}");
        assert_eq!(error.prediction().unwrap().status.as_str(), status);
        assert!(text.next().await.is_none());
        assert_eq!(server.api.request_lines(), [CREATE, GET]);
    }
}

fn busy(seconds: &str) -> Script {
    let reply = Reply::new(429).header("retry-after", seconds);
    Script::reply(reply.header("connection", "close").body(""))
}

#[tokio::test]
async fn the_delay_of_a_busy_stream_host_is_honored() {
    let text = events("event: output\nid: 1\ndata: a\n\nevent: done\ndata: {}\n\n");
    let reads = [
        read("processing", json!(null)),
        read("succeeded", json!("a")),
    ];
    let server = server([busy("1"), text], reads);
    let events = server.client.stream(VERSION).await.unwrap();
    let began = Instant::now();
    assert_eq!(events.text().await.unwrap(), "a");
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.stream.received().len(), 2);
    assert_eq!(server.api.request_lines(), [CREATE, GET, GET]);
}

#[tokio::test]
async fn a_stream_host_that_is_busy_for_too_long_leads_to_polling() {
    let reads = [
        read("processing", json!(null)),
        read("succeeded", json!("a")),
    ];
    let server = server([busy("61")], reads);
    let events = server
        .client
        .stream(VERSION)
        .poll_policy(PollPolicy::default());
    assert_eq!(events.await.unwrap().text().await.unwrap(), "a");
    assert_eq!(server.stream.received().len(), 1);
}

#[tokio::test]
async fn seventy_thousand_events_that_are_all_sent_again_are_delivered_once() {
    let all: String = (0..70_000)
        .map(|n| format!("event: output\nid: {n}\ndata: .\n\n"))
        .collect();
    let again = format!("{all}event: done\nid: end\ndata: {{}}\n\n");
    let output = ".".repeat(70_000);
    let reads = [
        read("processing", json!(null)),
        read("succeeded", json!(output)),
    ];
    let server = server([events(&all), events(&again)], reads);
    let events = server.client.stream(VERSION).await.unwrap();
    assert_eq!(events.text().await.unwrap(), output);
    assert_eq!(server.api.request_lines(), [CREATE, GET, GET]);
}
