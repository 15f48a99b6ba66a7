//! Models on a Cog server: here a scripted one.

mod server;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use replicate_emulator::Emulator;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    time::Instant,
};

use crate::support::{self, call, ended, fetch, header, open, post, start_with, text, version};
use server::{Events, Script, serve};

/// An emulator with a model `me/model` on the server at `addr`.
async fn emulator(addr: SocketAddr) -> Emulator {
    start_with(Emulator::builder().cog("me/model", format!("http://{addr}"))).await
}

async fn start(script: Script) -> (Emulator, Arc<Script>) {
    let (addr, script) = serve(script, 0).await;
    (emulator(addr).await, script)
}

async fn create(emulator: &Emulator, input: Value) -> (u16, Value) {
    let id = version(emulator, "me/model").await;
    let body = json!({"version": id, "input": input});
    post(emulator, "/predictions", body).await
}

/// Runs a prediction until it has ended.
async fn run(emulator: &Emulator, input: Value) -> Value {
    let (status, made) = create(emulator, input).await;
    assert_eq!(status, 201, "{made}");
    ended(emulator, &made).await
}

/// The data of the prediction's stream.
async fn streamed(done: &Value) -> Vec<String> {
    let stream = open(&done["urls"]["stream"]).await;
    let stream = stream.text().await.expect("events");
    let data = stream.lines().filter_map(|l| l.strip_prefix("data: "));
    data.map(str::to_owned).collect()
}

fn document(output: Value) -> Value {
    json!({"components": {"schemas": {
        "Input": {
            "type": "object",
            "required": ["prompt"],
            "properties": {"prompt": {"type": "string"}},
        },
        "Output": output,
    }}})
}

/// The schema of a list of words that grows word by word.
fn words() -> Value {
    json!({"type": "array", "items": {"type": "string"}, "x-cog-array-type": "iterator"})
}

#[tokio::test]
async fn output_and_logs_arrive_as_the_server_reports_them() {
    let (emulator, script) = start(Script {
        schema: Some(document(words())),
        progress: vec![
            json!({"status": "processing", "logs": "", "output": null}),
            json!({"status": "processing", "logs": "one\n", "output": ["a", " b"]}),
        ],
        ..Script::succeeds(json!(["a", " b", " c"]))
    })
    .await;
    let done = run(&emulator, json!({"prompt": "x"})).await;
    assert_eq!(done["output"], json!(["a", " b", " c"]));
    assert_eq!(done["logs"], "one\ntwo\n");
    assert_eq!(done["metrics"]["predict_time"], 4.5);
    let expected = ["one", "", "a", " b", "two", "", " c", "{}"];
    assert_eq!(streamed(&done).await, expected);
    assert_eq!(script.input(), json!({"prompt": "x"}));
    let paths = emulator.requests().into_iter().map(|r| r.path);
    let mut others = paths.filter(|path| !path.starts_with("/v1/"));
    assert!(others.all(|path| path.starts_with("/streams/")));
}

#[tokio::test]
async fn an_input_is_checked_only_if_the_server_has_a_schema() {
    for (schema, status) in [(Some(document(json!({}))), 422), (None, 201)] {
        let (emulator, _) = start(Script {
            schema,
            ..Script::succeeds(json!("fine"))
        })
        .await;
        assert_eq!(create(&emulator, json!({"other": 1})).await.0, status);
        let (_, model) = support::get(&emulator, "/models/me/model").await;
        let schema = &model["latest_version"]["openapi_schema"];
        assert_eq!(*schema == json!({}), status == 201);
    }
}

#[tokio::test]
async fn inputs_that_the_schema_does_not_know_are_not_sent_and_not_refused() {
    let mut closed = document(json!({}));
    closed["components"]["schemas"]["Input"]["additionalProperties"] = false.into();
    let (emulator, script) = start(Script {
        schema: Some(closed),
        ..Script::succeeds(json!("fine"))
    })
    .await;
    run(&emulator, json!({"prompt": "a", "unknown": 1})).await;
    assert_eq!(script.input(), json!({"prompt": "a"}));
}

#[tokio::test]
async fn files_of_the_output_are_served_by_the_emulator() {
    let (emulator, _) = start(Script::succeeds(json!({
        "picture": "data:image/png;base64,iVBORw==",
        "list": ["data:None;base64,iVBORw==", "data:image/png; BASE64,iVBORw"],
        "n": 1,
    })))
    .await;
    let output = &run(&emulator, json!({})).await["output"];
    assert_eq!(output["n"], 1);
    for (url, extension, kind) in [
        (&output["picture"], ".png", "image/png"),
        (&output["list"][0], "out-0.bin", "application/octet-stream"),
        (&output["list"][1], "out-1.png", "image/png"),
    ] {
        let path = text(url);
        assert!(
            path.starts_with(emulator.url()) && path.ends_with(extension),
            "{path}"
        );
        let file = open(url).await;
        assert_eq!(header(&file, "content-type").as_deref(), Some(kind));
        assert_eq!(file.bytes().await.expect("a body").as_ref(), b"\x89PNG");
    }
}

#[tokio::test]
async fn a_single_output_that_was_reported_as_a_list_stays_single() {
    let (emulator, _) = start(Script {
        progress: vec![json!({"status": "processing", "logs": "", "output": ["slept"]})],
        ..Script::succeeds(json!("slept"))
    })
    .await;
    let done = run(&emulator, json!({})).await;
    assert_eq!(done["output"], "slept");
    let stream = streamed(&done).await;
    assert_eq!(stream.iter().filter(|data| *data == "slept").count(), 1);
}

#[tokio::test]
async fn an_uploaded_file_reaches_the_server_in_a_form_it_can_read() {
    let (emulator, script) = start(Script::succeeds(json!("fine"))).await;
    let part = reqwest::multipart::Part::text("hi").mime_str("text/plain");
    let form = reqwest::multipart::Form::new().part("content", part.expect("a type"));
    let (_, file) = fetch(call(&emulator, "POST", "/files").multipart(form)).await;
    run(&emulator, json!({"files": [file["urls"]["get"]]})).await;
    let expected = json!({"files": ["data:text/plain;base64,aGk="]});
    assert_eq!(script.input(), expected);
}

#[tokio::test]
async fn a_prediction_without_a_result_fails_with_the_reason() {
    let refused = json!({"detail": [{"loc": ["body", "input", "n"], "msg": "Input should be 1"}]});
    for (status, body, reason) in [
        (
            200,
            r#"{"status": "failed", "error": "it went wrong"}"#,
            "it went wrong",
        ),
        (422, &refused.to_string(), "body.input.n: Input should be 1"),
        (
            500,
            r#"{"detail": "broken"}"#,
            "responded 500 Internal Server Error: broken",
        ),
        (
            200,
            r#"{"status": "succeeded", "output": [NaN], "logs": "Infinity"}"#,
            "column 36 (NaN is not a JSON number)",
        ),
        (
            200,
            r#"{"status": "succeeded", "output": -Infinity}"#,
            "column 36 (Infinity is not a JSON number)",
        ),
        (
            200,
            r#"{"status": "succ"#,
            "invalid JSON, the result is lost: EOF",
        ),
        (
            200,
            r#"{"output": "NaN", oops"#,
            "key must be a string at line 1 column 19",
        ),
        (
            202,
            r#"{"status": "starting"}"#,
            "responded 202 Accepted with a prediction that is starting",
        ),
        (502, "<html>", "responded 502 Bad Gateway: no reason given"),
    ] {
        let (emulator, _) = start(Script {
            result: Some((status, body.to_owned())),
            late: Some(json!({"status": "failed"})),
            ..Script::default()
        })
        .await;
        let done = run(&emulator, json!({})).await;
        assert_eq!(done["status"], "failed");
        assert!(text(&done["error"]).contains(reason), "{}", done["error"]);
    }
}

#[tokio::test]
async fn the_output_of_a_failed_prediction_is_kept_if_only_its_last_webhook_has_it() {
    let failed = |output: Value| json!({"status": "failed", "error": "no", "output": output});
    let (emulator, _) = start(Script {
        result: Some((200, failed(Value::Null).to_string())),
        late: Some(failed(json!(["one "]))),
        ..Script::default()
    })
    .await;
    let done = run(&emulator, json!({})).await;
    let expected = (&json!("failed"), &json!(["one "]));
    assert_eq!((&done["status"], &done["output"]), expected);
}

#[tokio::test]
async fn a_canceled_prediction_is_canceled_on_the_server() {
    let (emulator, script) = start(Script::default()).await;
    let (_, made) = create(&emulator, json!({})).await;
    support::poll(async || script.received.lock().expect("a lock").len() == 1).await;
    fetch(call(&emulator, "POST", &text(&made["urls"]["cancel"]))).await;
    support::poll(async || !script.cancels.lock().expect("a lock").is_empty()).await;
    assert_eq!(script.cancels.lock().expect("a lock")[0], text(&made["id"]));
}

#[tokio::test]
async fn a_starting_server_is_waited_for_and_a_broken_one_is_not() {
    let (emulator, script) = start(Script {
        health: "STARTING".into(),
        ..Script::succeeds(json!("fine"))
    })
    .await;
    let (_, made) = create(&emulator, json!({})).await;
    let url = text(&made["urls"]["get"]);
    assert_eq!(support::get(&emulator, &url).await.1["status"], "starting");
    *script.health.lock().expect("a lock") = "READY";
    assert_eq!(ended(&emulator, &made).await["output"], "fine");
    *script.health.lock().expect("a lock") = "SETUP_FAILED";
    let done = run(&emulator, json!({})).await;
    assert!(text(&done["error"]).contains("SETUP_FAILED: Traceback: no weights"));
}

#[tokio::test]
async fn a_prediction_stays_starting_until_a_full_server_accepts_it() {
    let (emulator, script) = start(Script {
        full: u32::MAX.into(),
        ..Script::succeeds(json!("fine"))
    })
    .await;
    let (_, made) = create(&emulator, json!({})).await;
    support::poll(async || u32::MAX - *script.full.lock().expect("a lock") >= 2).await;
    let (_, waiting) = support::get(&emulator, &text(&made["urls"]["get"])).await;
    assert_eq!(waiting["status"], "starting");
    *script.full.lock().expect("a lock") = 0;
    assert_eq!(ended(&emulator, &made).await["status"], "succeeded");
}

#[tokio::test(start_paused = true)]
async fn an_unreachable_server_fails_the_prediction_within_ten_seconds() {
    let free = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = free.local_addr().expect("an address");
    drop(free);
    let emulator = emulator(addr).await;
    let begun = Instant::now();
    let body = json!({"version": version(&emulator, "me/model").await, "input": {}});
    let create = call(&emulator, "POST", "/predictions").json(&body);
    let (_, done) = fetch(create.header("prefer", "wait")).await;
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_eq!(done["status"], "failed");
    let error = text(&done["error"]);
    assert!(error.contains("cannot be reached"), "{error}");

    // It starts later, and the next prediction succeeds.
    tokio::time::resume();
    serve(Script::succeeds(json!("fine")), addr.port()).await;
    assert_eq!(run(&emulator, json!({})).await["output"], "fine");
}

#[tokio::test]
async fn a_server_that_dies_during_a_prediction_fails_it_with_the_reason() {
    // A server that takes the request, and closes the connection without a response.
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let addr = listener.local_addr().expect("an address");
    tokio::spawn(async move {
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
    let error = text(&run(&emulator, json!({})).await["error"]);
    assert!(
        error.contains("went away while the prediction ran"),
        "{error}"
    );
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

#[tokio::test]
async fn server_sent_events_become_the_stream_the_logs_and_nested_metrics() {
    let mut streaming = document(words());
    streaming["paths"] = json!({"/predictions": {"post": {"x-cog-streaming": true}}});
    // With a schema that says that it streams, and without a schema.
    for schema in [Some(streaming), None] {
        let (emulator, _) = start(Script {
            schema,
            events: Events::Sent(EVENTS),
            ..Script::default()
        })
        .await;
        let done = run(&emulator, json!({"prompt": "x"})).await;
        assert_eq!(done["status"], "succeeded", "{done}");
        assert_eq!(done["output"], json!(["a", " b"]));
        assert_eq!(done["logs"], "one\n");
        let metrics = &done["metrics"];
        assert_eq!(metrics["predict_time"], 2.5);
        assert_eq!(metrics["tokens"], 1);
        assert_eq!(metrics["cache"], json!({"hits": 3}));
        assert_eq!(streamed(&done).await, ["one", "", "a", " b", "{}"]);
    }
}

#[tokio::test]
async fn a_model_that_does_not_stream_is_asked_for_json_instead() {
    let (emulator, script) = start(Script {
        events: Events::NotAcceptable,
        ..Script::succeeds(json!("fine"))
    })
    .await;
    assert_eq!(run(&emulator, json!({})).await["output"], "fine");
    assert_eq!(script.received.lock().expect("a lock").len(), 1);
}

#[tokio::test]
async fn a_stream_that_ends_before_its_prediction_is_a_failure() {
    let end = EVENTS.find("event: completed").expect("the end");
    let (emulator, _) = start(Script {
        events: Events::Sent(&EVENTS[..end]),
        ..Script::default()
    })
    .await;
    let done = run(&emulator, json!({})).await;
    let expected = (&json!("failed"), &json!(["a", " b"]));
    assert_eq!((&done["status"], &done["output"]), expected);
    assert!(text(&done["error"]).contains("ended its stream"), "{done}");
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_a_failure_without_the_url_of_the_server() {
    let (emulator, _) = start(Script {
        events: Events::BreakOff,
        ..Script::default()
    })
    .await;
    let done = run(&emulator, json!({})).await;
    let error = text(&done["error"]);
    assert!(
        error.contains("went away while the prediction ran"),
        "{error}"
    );
    assert!(!error.contains("/predictions/"), "{error}");
}
