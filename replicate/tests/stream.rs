//! Streams of the emulator's models, and of scripted servers.

use futures::TryStreamExt;
use replicate::{Client, DoneReason, ErrorKind, StreamEvent};
use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};
use serde_json::json;

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
            .stream("acme/app")
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
    let mut events = client(&api.url()).stream("acme/app").await.unwrap();
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
        let mut run = client(&api.url()).stream("acme/app");
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
