//! Models on a Cog server: here a scripted one.

mod cog_server;
mod support;

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use support::{call, ended, fetch, text, until};
use tokio::net::TcpListener;

use cog_server::*;

#[tokio::test]
async fn output_and_logs_arrive_as_the_server_reports_them() {
    let words =
        json!({"type": "array", "items": {"type": "string"}, "x-cog-array-type": "iterator"});
    let (addr, script, _serving) = serve(
        Script {
            schema: Some(document(words)),
            progress: vec![
                json!({"status": "processing", "logs": "", "output": null}),
                json!({"status": "processing", "logs": "one\n", "output": ["a", " b"]}),
            ],
            result: succeeded(json!(["a", " b", " c"])),
            ..Script::default()
        },
        0,
    )
    .await;
    let emulator = emulator(addr).await;
    let (status, made) = create(&emulator, json!({"prompt": "x"})).await;
    assert_eq!(status, 201);
    let done = ended(&emulator, &text(&made["urls"]["get"])).await;
    assert_eq!(done["output"], json!(["a", " b", " c"]));
    assert_eq!(done["logs"], "one\ntwo\n");
    assert_eq!(done["metrics"]["predict_time"], 4.5);
    let stream = reqwest::get(text(&made["urls"]["stream"]))
        .await
        .expect("a stream");
    let stream = stream.text().await.expect("events");
    let body: Vec<&str> = stream
        .lines()
        .filter_map(|l| l.strip_prefix("data: "))
        .collect();
    assert_eq!(body, ["one", "", "a", " b", "two", "", " c", "{}"]);
    let received = script.received.lock().expect("a lock")[0].clone();
    assert_eq!(received["input"], json!({"prompt": "x"}));
    assert!(
        emulator
            .requests()
            .iter()
            .all(|r| r.path.starts_with("/v1/") || r.path.starts_with("/streams/"))
    );
}

#[tokio::test]
async fn an_input_is_checked_only_if_the_server_has_a_schema() {
    for (schema, status) in [(Some(document(json!({}))), 422), (None, 201)] {
        let script = Script {
            schema,
            result: succeeded(json!("fine")),
            ..Script::default()
        };
        let (addr, _script, _serving) = serve(script, 0).await;
        let emulator = emulator(addr).await;
        assert_eq!(create(&emulator, json!({"other": 1})).await.0, status);
        let (_, model) = support::get(&emulator, "/models/me/model").await;
        let schema = &model["latest_version"]["openapi_schema"];
        assert_eq!(*schema == json!({}), status == 201);
    }
}

#[tokio::test]
async fn files_of_the_output_are_served_by_the_emulator() {
    let (addr, _script, _serving) = serve(
        Script {
            result: succeeded(json!({"picture": "data:image/png;base64,iVBORw==", "n": 1})),
            ..Script::default()
        },
        0,
    )
    .await;
    let emulator = emulator(addr).await;
    let (_, made) = create(&emulator, json!({})).await;
    let done = ended(&emulator, &text(&made["urls"]["get"])).await;
    assert_eq!(done["output"]["n"], 1);
    let picture = text(&done["output"]["picture"]);
    assert!(
        picture.starts_with(emulator.url()) && picture.ends_with(".png"),
        "{picture}"
    );
    let picture = reqwest::get(picture).await.expect("a response");
    assert_eq!(
        support::header(&picture, "content-type").as_deref(),
        Some("image/png")
    );
    assert_eq!(picture.bytes().await.expect("a body").as_ref(), b"\x89PNG");
}

#[tokio::test]
async fn a_single_output_that_was_reported_as_a_list_stays_single() {
    let (addr, _script, _serving) = serve(
        Script {
            progress: vec![json!({"status": "processing", "logs": "", "output": ["slept"]})],
            result: succeeded(json!("slept")),
            ..Script::default()
        },
        0,
    )
    .await;
    let emulator = emulator(addr).await;
    let (_, made) = create(&emulator, json!({})).await;
    let done = ended(&emulator, &text(&made["urls"]["get"])).await;
    assert_eq!(done["output"], "slept");
    let stream = reqwest::get(text(&made["urls"]["stream"]))
        .await
        .expect("a stream");
    let stream = stream.text().await.expect("events");
    assert_eq!(stream.matches("slept").count(), 1, "{stream}");
}

#[tokio::test]
async fn an_uploaded_file_reaches_the_server_in_a_form_it_can_read() {
    let script = Script {
        result: succeeded(json!("fine")),
        ..Script::default()
    };
    let (addr, script, _serving) = serve(script, 0).await;
    let emulator = emulator(addr).await;
    let part = reqwest::multipart::Part::bytes(b"hi".to_vec())
        .mime_str("text/plain")
        .expect("a type");
    let form = reqwest::multipart::Form::new().part("content", part);
    let (_, file) = fetch(call(&emulator, "POST", "/files").multipart(form)).await;
    let (_, made) = create(&emulator, json!({"files": [file["urls"]["get"]]})).await;
    ended(&emulator, &text(&made["urls"]["get"])).await;
    let received = script.received.lock().expect("a lock")[0].clone();
    assert_eq!(
        received["input"]["files"],
        json!(["data:text/plain;base64,aGk="])
    );
}

#[tokio::test]
async fn a_refused_or_failed_prediction_has_the_servers_reason() {
    let mut expected = HashMap::new();
    expected.insert(
        "it went wrong",
        (200, json!({"status": "failed", "error": "it went wrong"})),
    );
    let refused = json!({"detail": [{"loc": ["body", "input", "n"], "msg": "Input should be 1"}]});
    expected.insert("body.input.n: Input should be 1", (422, refused));
    expected.insert(
        "responded 500 Internal Server Error: broken",
        (500, json!({"detail": "broken"})),
    );
    for (reason, result) in expected {
        let script = Script {
            result: Mutex::new(Some(result)),
            ..Script::default()
        };
        let (addr, _script, _serving) = serve(script, 0).await;
        let emulator = emulator(addr).await;
        let (_, made) = create(&emulator, json!({})).await;
        let done = ended(&emulator, &text(&made["urls"]["get"])).await;
        assert_eq!(done["status"], "failed");
        assert!(text(&done["error"]).contains(reason), "{}", done["error"]);
    }
}

#[tokio::test]
async fn the_output_of_a_failed_prediction_is_kept_if_only_its_last_webhook_has_it() {
    let failed = |output: Value| json!({"status": "failed", "error": "no", "output": output});
    let script = Script {
        result: Mutex::new(Some((200, failed(Value::Null)))),
        late: Some(failed(json!(["one "]))),
        ..Script::default()
    };
    let (addr, _script, _serving) = serve(script, 0).await;
    let emulator = emulator(addr).await;
    let (_, made) = create(&emulator, json!({})).await;
    let done = ended(&emulator, &text(&made["urls"]["get"])).await;
    assert_eq!(
        (&done["status"], &done["output"]),
        (&json!("failed"), &json!(["one "]))
    );
}

#[tokio::test]
async fn a_canceled_prediction_is_canceled_on_the_server() {
    let (addr, script, _serving) = serve(Script::default(), 0).await;
    let emulator = emulator(addr).await;
    let (_, made) = create(&emulator, json!({})).await;
    let url = text(&made["urls"]["get"]);
    until(&emulator, &url, |_| {
        script.received.lock().expect("a lock").len() == 1
    })
    .await;
    fetch(call(&emulator, "POST", &text(&made["urls"]["cancel"]))).await;
    until(&emulator, &url, |_| {
        !script.cancels.lock().expect("a lock").is_empty()
    })
    .await;
    assert_eq!(script.cancels.lock().expect("a lock")[0], text(&made["id"]));
}

#[tokio::test]
async fn a_starting_server_is_waited_for_and_a_broken_one_is_not() {
    let (addr, script, _serving) = serve(
        Script {
            health: Mutex::new("STARTING"),
            result: succeeded(json!("fine")),
            ..Script::default()
        },
        0,
    )
    .await;
    let emulator = emulator(addr).await;
    let (_, made) = create(&emulator, json!({})).await;
    let url = text(&made["urls"]["get"]);
    assert_eq!(support::get(&emulator, &url).await.1["status"], "starting");
    *script.health.lock().expect("a lock") = "READY";
    assert_eq!(ended(&emulator, &url).await["output"], "fine");
    *script.health.lock().expect("a lock") = "SETUP_FAILED";
    let (_, made) = create(&emulator, json!({})).await;
    let done = ended(&emulator, &text(&made["urls"]["get"])).await;
    assert!(text(&done["error"]).contains("SETUP_FAILED: Traceback: no weights"));
}

#[tokio::test]
async fn an_unreachable_server_fails_the_prediction_within_ten_seconds() {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = free.local_addr().expect("an address");
    drop(free);
    let emulator = emulator(addr).await;
    let begun = Instant::now();
    let (status, made) = create(&emulator, json!({})).await;
    assert_eq!(status, 201);
    let done = ended(&emulator, &text(&made["urls"]["get"])).await;
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(done["status"], "failed");
    assert!(
        text(&done["error"]).contains("cannot be reached"),
        "{}",
        done["error"]
    );

    // It starts later, and the next prediction succeeds.
    let script = Script {
        result: succeeded(json!("fine")),
        ..Script::default()
    };
    let (_, _script, _serving) = serve(script, addr.port()).await;
    let (_, made) = create(&emulator, json!({})).await;
    assert_eq!(
        ended(&emulator, &text(&made["urls"]["get"])).await["output"],
        "fine"
    );
}

#[tokio::test]
async fn a_server_that_dies_during_a_prediction_fails_it_with_the_reason() {
    // A server that takes the request, and closes the connection without a response.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    let dying = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        loop {
            let (mut connection, _) = listener.accept().await.expect("a connection");
            let mut buffer = vec![0; 4096];
            let mut read = connection.read(&mut buffer).await.expect("a request");
            while buffer.starts_with(b"GET") && read > 0 {
                let none = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n";
                connection.write_all(none).await.expect("written");
                read = connection.read(&mut buffer).await.unwrap_or(0);
            }
        }
    });
    let emulator = emulator(addr).await;
    let (_, made) = create(&emulator, json!({})).await;
    let done = ended(&emulator, &text(&made["urls"]["get"])).await;
    assert!(
        text(&done["error"]).contains("went away while the prediction ran"),
        "{}",
        done["error"]
    );
    dying.abort();
}

const EVENTS: &str = "\
event: start
data: {\"id\": \"x\", \"status\": \"processing\"}

event: log
data: {\"source\": \"stdout\", \"data\": \"one\\n\"}

event: output
data: {\"chunk\": \"a\", \"index\": 0}

event: metric
data: {\"name\": \"tokens\", \"value\": 1, \"mode\": \"incr\"}

event: output
data: {\"chunk\": \" b\", \"index\": 1}

event: completed
data: {\"status\": \"succeeded\", \"output\": [\"a\", \" b\"], \"logs\": \"one\\n\", \"metrics\": {\"predict_time\": 2.5, \"cache\": {\"hits\": 3}}}

";

fn streaming() -> Value {
    let words =
        json!({"type": "array", "items": {"type": "string"}, "x-cog-array-type": "iterator"});
    let mut document = document(words);
    document["paths"] = json!({"/predictions": {"post": {"x-cog-streaming": true}}});
    document
}

#[tokio::test]
async fn server_sent_events_become_the_stream_the_logs_and_nested_metrics() {
    // With a schema that says that it streams, and without a schema.
    for schema in [Some(streaming()), None] {
        let script = Script {
            schema,
            events: Events::Sent(EVENTS),
            ..Script::default()
        };
        let (addr, _script, _serving) = serve(script, 0).await;
        let emulator = emulator(addr).await;
        let (_, made) = create(&emulator, json!({"prompt": "x"})).await;
        let done = ended(&emulator, &text(&made["urls"]["get"])).await;
        assert_eq!(done["status"], "succeeded", "{done}");
        assert_eq!(done["output"], json!(["a", " b"]));
        assert_eq!(done["logs"], "one\n");
        let metrics = &done["metrics"];
        assert_eq!(metrics["predict_time"], 2.5);
        assert_eq!(
            (&metrics["tokens"], &metrics["cache"]),
            (&json!(1), &json!({"hits": 3}))
        );
        let stream = reqwest::get(text(&made["urls"]["stream"])).await;
        let stream = stream.expect("a stream").text().await.expect("events");
        let delivered = stream.lines().filter_map(|l| l.strip_prefix("data: "));
        assert_eq!(delivered.collect::<Vec<_>>(), ["one", "", "a", " b", "{}"]);
    }
}

#[tokio::test]
async fn a_model_that_does_not_stream_is_asked_for_json_instead() {
    let script = Script {
        events: Events::NotAcceptable,
        result: succeeded(json!("fine")),
        ..Script::default()
    };
    let (addr, script, _serving) = serve(script, 0).await;
    let emulator = emulator(addr).await;
    let (_, made) = create(&emulator, json!({})).await;
    let done = ended(&emulator, &text(&made["urls"]["get"])).await;
    assert_eq!(done["output"], "fine");
    assert_eq!(script.received.lock().expect("a lock").len(), 1);
}

#[tokio::test]
async fn a_stream_that_ends_before_its_prediction_is_a_failure() {
    let cut = EVENTS.find("event: completed").expect("the end");
    let script = Script {
        events: Events::Sent(&EVENTS[..cut]),
        ..Script::default()
    };
    let (addr, _script, _serving) = serve(script, 0).await;
    let emulator = emulator(addr).await;
    let (_, made) = create(&emulator, json!({})).await;
    let done = ended(&emulator, &text(&made["urls"]["get"])).await;
    assert_eq!(
        (&done["status"], &done["output"]),
        (&json!("failed"), &json!(["a", " b"]))
    );
    assert!(text(&done["error"]).contains("ended its stream"), "{done}");
}

#[tokio::test]
async fn a_prediction_stays_starting_until_a_full_server_accepts_it() {
    let script = Script {
        full: Mutex::new(u32::MAX),
        result: succeeded(json!("fine")),
        ..Script::default()
    };
    let (addr, script, _serving) = serve(script, 0).await;
    let emulator = emulator(addr).await;
    let (_, made) = create(&emulator, json!({})).await;
    let url = text(&made["urls"]["get"]);
    let refusals = || u32::MAX - *script.full.lock().expect("a lock");
    until(&emulator, &url, |_| refusals() >= 2).await;
    let (_, waiting) = support::get(&emulator, &url).await;
    assert_eq!(waiting["status"], "starting");
    *script.full.lock().expect("a lock") = 0;
    assert_eq!(ended(&emulator, &url).await["status"], "succeeded");
}

#[tokio::test]
async fn a_file_without_a_known_type_is_served_as_octet_stream() {
    let script = Script {
        result: succeeded(json!([
            "data:None;base64,AAEC",
            "data:image/png; BASE64,iVBORw"
        ])),
        ..Script::default()
    };
    let (addr, _script, _serving) = serve(script, 0).await;
    let emulator = emulator(addr).await;
    let (_, made) = create(&emulator, json!({})).await;
    let done = ended(&emulator, &text(&made["urls"]["get"])).await;
    for (url, name, kind) in [
        (&done["output"][0], "out-0.bin", "application/octet-stream"),
        (&done["output"][1], "out-1.png", "image/png"),
    ] {
        assert!(text(url).ends_with(name), "{url}");
        let file = reqwest::get(text(url)).await.expect("a file");
        assert_eq!(
            support::header(&file, "content-type").as_deref(),
            Some(kind)
        );
    }
}

#[tokio::test]
async fn inputs_that_the_schema_does_not_know_are_not_sent_and_not_refused() {
    let mut closed = document(json!({}));
    closed["components"]["schemas"]["Input"]["additionalProperties"] = false.into();
    let script = Script {
        schema: Some(closed),
        result: succeeded(json!("fine")),
        ..Script::default()
    };
    let (addr, script, _serving) = serve(script, 0).await;
    let emulator = emulator(addr).await;
    let (status, made) = create(&emulator, json!({"prompt": "a", "unknown": 1})).await;
    assert_eq!(status, 201, "{made}");
    ended(&emulator, &text(&made["urls"]["get"])).await;
    let received = script.received.lock().expect("a lock")[0].clone();
    assert_eq!(received["input"], json!({"prompt": "a"}));
}

#[tokio::test]
async fn a_response_without_a_result_is_named_for_what_it_is() {
    for (raw, said) in [
        (
            (
                200,
                r#"{"status": "succeeded", "output": [NaN], "logs": "Infinity"}"#,
            ),
            "invalid JSON, the result is lost: NaN is not a JSON number",
        ),
        (
            (200, r#"{"status": "succ"#),
            "invalid JSON, the result is lost: EOF",
        ),
        (
            (202, r#"{"status": "starting"}"#),
            "responded 202 Accepted with a prediction that is starting",
        ),
        (
            (502, "<html>"),
            "responded 502 Bad Gateway: no reason given",
        ),
    ] {
        let script = Script {
            raw: Some(raw),
            ..Script::default()
        };
        let (addr, _script, _serving) = serve(script, 0).await;
        let emulator = emulator(addr).await;
        let (_, made) = create(&emulator, json!({})).await;
        let done = ended(&emulator, &text(&made["urls"]["get"])).await;
        assert_eq!(done["status"], "failed");
        assert!(text(&done["error"]).contains(said), "{}", done["error"]);
    }
}
