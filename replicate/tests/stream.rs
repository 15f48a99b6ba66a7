//! Streams of the emulator's models, and of scripted servers.

use std::time::{Duration, Instant};

use futures::TryStreamExt;
use replicate::{Client, DoneReason, ErrorKind, StreamEvent};
use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};
use serde_json::{Value, json};

fn client(url: &str) -> Client {
    Client::builder()
        .token("r8_test")
        .base_url(url)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_model_is_run_and_listened_to() {
    let emulator = Emulator::start().await.unwrap();
    let replicate = client(emulator.url());
    let events = replicate
        .stream("emulator/text")
        .input(json!({ "prompt": "Once upon a time", "max_tokens": 4 }))
        .await
        .unwrap();
    let id = events.prediction().id.clone();
    let events: Vec<_> = events.try_collect().await.unwrap();
    let text: String = events.iter().map(ToString::to_string).collect();
    assert_eq!(text, "Once upon a time");
    assert_eq!(
        events.last(),
        Some(&StreamEvent::Done {
            reason: DoneReason::Completed
        })
    );

    let again = replicate.stream_prediction(&id).await.unwrap();
    assert_eq!(
        again.text().try_collect::<String>().await.unwrap(),
        "Once upon a time"
    );
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn a_model_without_a_stream_says_so_and_its_prediction_goes_on() {
    let emulator = Emulator::start().await.unwrap();
    let replicate = client(emulator.url());
    let error = replicate
        .stream("emulator/image")
        .input(json!({ "prompt": "x" }))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stream);
    assert!(error.to_string().contains("no stream"), "{error}");
    let prediction = error.into_prediction().unwrap();
    replicate.wait(&prediction).await.unwrap();
}

/// A server whose prediction streams from the server of these bytes.
fn streamed(bytes: &str, seed: u64) -> (Listener, Listener, Client) {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    let script = Script::new()
        .read_request()
        .write_in_pieces(format!("{head}{bytes}"), seed);
    let stream = Listener::start([script]).unwrap();
    let created = json!({ "id": "p1", "status": "starting", "urls": { "stream": format!("{}/s", stream.url()) } });
    let api = Listener::start([Script::reply(Reply::json(201, created.to_string()))]).unwrap();
    let replicate = client(&api.url());
    (api, stream, replicate)
}

#[tokio::test]
async fn bytes_in_any_pieces_give_the_same_events_and_the_token_stays_at_home() {
    let bytes = "\u{feff}event: output\r\nid: 1\r\ndata: é漢🦀\r\n\r\nevent: logs\rdata: l\r\r: c\n\nevent: done\ndata: {}\n\n";
    for seed in 0..8 {
        let (_api, stream, replicate) = streamed(bytes, seed);
        let events: Vec<_> = replicate
            .stream("acme/app:1a2b3c4d")
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        let expected = [
            StreamEvent::Output("é漢🦀".into()),
            StreamEvent::Logs("l".into()),
            StreamEvent::Done {
                reason: DoneReason::Completed,
            },
        ];
        assert_eq!(events, expected);
        assert!(!String::from_utf8_lossy(&stream.bytes()).contains("r8_test"));
    }
}

#[tokio::test]
async fn a_stream_of_another_type_is_a_named_error() {
    let stream = Listener::start([Script::reply(Reply::json(200, "{}"))]).unwrap();
    let body =
        json!({ "id": "p1", "status": "starting", "urls": { "stream": stream.url() } }).to_string();
    let api = Listener::start([
        Script::reply(Reply::json(201, &body)),
        Script::reply(Reply::json(200, &body)),
    ])
    .unwrap();
    let mut events = client(&api.url())
        .stream("acme/app:1a2b3c4d")
        .await
        .unwrap();
    let error = events.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stream);
    assert!(error.to_string().contains("application/json"), "{error}");
}

#[tokio::test]
async fn dropping_a_stream_closes_its_connection_and_cancels_if_asked() {
    let stream = |script: Script| Listener::start([script]).unwrap();
    let head =
        "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nevent: output\ndata: a\n\n";
    for cancels in [false, true] {
        let stream = stream(Script::new().read_request().write(head).read_until_closed());
        let body = json!({ "id": "p1", "status": "starting", "urls": { "stream": stream.url() } })
            .to_string();
        let api = Listener::start([
            Script::reply(Reply::json(201, &body)),
            Script::reply(Reply::json(200, &body)),
        ])
        .unwrap();
        let mut run = client(&api.url()).stream("acme/app:1a2b3c4d");
        if cancels {
            run = run.cancel_on_drop();
        }
        let mut events = run.await.unwrap();
        assert_eq!(
            events.try_next().await.unwrap(),
            Some(StreamEvent::Output("a".into()))
        );
        drop(events);
        stream.wait_for_closed(1).await;
        if cancels {
            api.wait_for_requests(2).await;
            assert_eq!(api.received()[1].target, "/v1/predictions/p1/cancel");
        }
    }
}

/// A server of one prediction whose stream is answered by these in turn; it is created first,
/// then asked for as often as there are `answers`.
fn served(
    streams: impl IntoIterator<Item = Reply>,
    answers: impl IntoIterator<Item = Reply>,
) -> (Listener, Listener, Client) {
    let streams = streams.into_iter().map(Script::reply);
    let stream = Listener::start(streams).unwrap();
    let created = json!({ "id": "p1", "status": "starting", "urls": { "stream": stream.url() } });
    let created = Reply::json(201, created.to_string()).header("connection", "close");
    let replies = std::iter::once(created).chain(answers);
    let api = Listener::start(replies.map(Script::reply)).unwrap();
    let replicate = client(&api.url());
    (stream, api, replicate)
}

fn told(events: &str) -> Reply {
    Reply::new(200)
        .header("content-type", "text/event-stream")
        .header("connection", "close")
        .raw_body(events)
}

fn asked(status: &str, output: Value) -> Reply {
    let prediction = json!({ "id": "p1", "status": status, "output": output });
    Reply::json(200, prediction.to_string()).header("connection", "close")
}

#[tokio::test]
async fn text_of_a_prediction_that_did_not_succeed_ends_with_an_error_that_carries_it() {
    let done = |reason: &str| {
        format!(
            "event: output\nid: 1\ndata: half\n\nevent: done\nid: 2\ndata: {{\"reason\": \"{reason}\"}}\n\n"
        )
    };
    let cut = "event: output\ndata: half\n\n".to_owned();
    for (events, status, kind) in [
        (done("canceled"), "canceled", ErrorKind::Canceled),
        (done("canceled"), "aborted", ErrorKind::Aborted),
        (done("canceled"), "processing", ErrorKind::Canceled),
        (done("error"), "failed", ErrorKind::Failed),
        (done("error"), "processing", ErrorKind::Failed),
        (done("news"), "processing", ErrorKind::Stream),
        (cut.clone(), "canceled", ErrorKind::Canceled),
        (cut, "aborted", ErrorKind::Aborted),
    ] {
        let answers = [(); 2].map(|()| asked(status, json!("half")));
        let (_stream, _api, replicate) = served([told(&events)], answers);
        let mut text = replicate.stream("acme/app:1a2b3c4d").await.unwrap().text();
        assert_eq!(text.try_next().await.unwrap().as_deref(), Some("half"));
        let error = text.try_next().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{events} {status}");
        assert_eq!(error.prediction().unwrap().status.as_str(), status);
        assert!(text.try_next().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn events_of_a_failed_prediction_end_with_an_error_and_of_a_canceled_one_with_done() {
    let done = |reason: &str| {
        told(&format!(
            "event: done\ndata: {{\"reason\": \"{reason}\"}}\n\n"
        ))
    };
    let (_stream, _api, replicate) = served([done("error")], [asked("failed", json!(null))]);
    let mut events = replicate.stream("acme/app:1a2b3c4d").await.unwrap();
    let error = events.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert_eq!(error.prediction().unwrap().status.as_str(), "failed");

    let (_stream, _api, replicate) = served([done("canceled")], []);
    let mut events = replicate.stream("acme/app:1a2b3c4d").await.unwrap();
    let reason = DoneReason::Canceled;
    assert_eq!(
        events.try_next().await.unwrap(),
        Some(StreamEvent::Done { reason })
    );
}

fn busy(seconds: &str) -> Reply {
    Reply::new(429)
        .header("retry-after", seconds)
        .header("connection", "close")
        .body("")
}

#[tokio::test]
async fn a_busy_stream_is_not_asked_again_before_it_says() {
    let events = told("event: output\nid: 1\ndata: a\n\nevent: done\ndata: {}\n\n");
    let (stream, _api, replicate) = served([busy("1"), events], []);
    let events = replicate.stream("acme/app:1a2b3c4d").await.unwrap();
    let began = Instant::now();
    assert_eq!(events.text().try_collect::<String>().await.unwrap(), "a");
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(stream.received().len(), 2);
}

#[tokio::test]
async fn a_stream_that_is_busy_for_too_long_is_polled_instead() {
    let answers = [
        asked("processing", json!(null)),
        asked("succeeded", json!("a")),
    ];
    let (stream, _api, replicate) = served([busy("61")], answers);
    let events = replicate.stream("acme/app:1a2b3c4d").await.unwrap();
    assert_eq!(events.text().try_collect::<String>().await.unwrap(), "a");
    assert_eq!(stream.received().len(), 1);
}

#[tokio::test]
async fn an_error_of_polling_at_the_end_carries_the_prediction() {
    let gone = Reply::json(404, "{}").header("connection", "close");
    let gone = [gone.clone(), gone];
    let (_stream, _api, replicate) = served([told("event: output\ndata: a\n\n")], gone);
    let events = replicate.stream("acme/app:1a2b3c4d").await.unwrap();
    let error = events.try_collect::<Vec<_>>().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.prediction().unwrap().id, "p1");
}

#[tokio::test]
async fn more_events_than_are_remembered_come_once_though_all_are_sent_again() {
    let all: String = (0..70_000)
        .map(|n| format!("event: output\nid: {n}\ndata: .\n\n"))
        .collect();
    let again = told(&format!("{all}event: done\nid: end\ndata: {{}}\n\n"));
    let running = asked("processing", json!(null));
    let (_stream, _api, replicate) = served([told(&all), again], [running]);
    let events = replicate.stream("acme/app:1a2b3c4d").await.unwrap();
    let text: String = events.text().try_collect().await.unwrap();
    assert_eq!(text.len(), 70_000);
}
