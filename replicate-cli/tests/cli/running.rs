use replicate_emulator::{Emulator, Fault, Model};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::json;

use crate::program::{created, creates, emulator_with, inject, output, replicate, run, start};

#[tokio::test]
async fn local_run_prints_only_the_output() {
    let output = run!("--local run replicate/hello-world text=Alice");
    assert_eq!(
        (output.code, output.stdout.as_str(), output.stderr.as_str()),
        (0, "hello Alice\n", "")
    );
}

#[tokio::test]
async fn text_is_the_same_with_and_without_streaming() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = |more: &'static str| {
        replicate([
            "run",
            "emulator/text",
            "Once upon a time",
            "max_tokens=6",
            more,
        ])
        .at(&emulator)
        .run()
    };
    let (streamed, whole) = (run("--stream").await, run("--no-stream").await);
    streamed.exits(0);
    assert_eq!(whole.code, 0);
    assert!(
        streamed.stdout.starts_with("Once upon a time "),
        "{streamed:?}"
    );
    assert_eq!(streamed.stdout, whole.stdout);
    assert_eq!(streamed.stdout.matches('\n').count(), 1);
    let streams = emulator
        .requests()
        .into_iter()
        .filter(|request| request.operation == Some("streams.get"));
    assert_eq!(streams.count(), 1, "the second run did not stream");
}

#[tokio::test]
async fn broken_stream_loses_and_repeats_no_text() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::cut_body(60).on("streams.get").times(2));
    let run = || {
        replicate([
            "run",
            "emulator/text",
            "a tale",
            "max_tokens=20",
            "delay=0.01",
        ])
        .at(&emulator)
        .run()
    };
    let broken = run().await;
    emulator.clear_faults();
    let unbroken = run().await;
    assert_eq!((broken.code, broken.stdout), (0, unbroken.stdout));
}

#[tokio::test]
async fn refused_stream_is_replaced_by_polling() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::status(404).on("streams.get"));
    let output = run!(emulator, "run emulator/text 'a tale' max_tokens=2");
    output.exits_with(0, "a tale\n");
    assert_eq!(creates(&emulator), 1);
}

#[tokio::test]
async fn wait_outlives_an_outage() {
    let emulator = Emulator::start().await.expect("an emulator");
    for fault in [Fault::status(502), Fault::drop_connection()] {
        inject(&emulator, fault.on("predictions.get").times(4));
        let output = run!(emulator, "run emulator/slow seconds=0.1 --no-stream");
        output.exits_with(0, "took 0.1 s\n");
    }
    assert_eq!(creates(&emulator), 2);
}

#[tokio::test]
async fn field_of_an_odd_type_does_not_hide_the_output() {
    let version = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";
    let created = r#"{"id":"gm3qorzdhgbfurvjtvhg6dckhu","status":"starting"}"#;
    let done = r#"{"id":"gm3qorzdhgbfurvjtvhg6dckhu","status":"succeeded","metrics":[],"output":{"n":1.50}}"#;
    let listener = Listener::start([
        Script::reply(Reply::json(201, created)),
        Script::reply(Reply::json(200, done)),
    ])
    .expect("a listener");
    let output = run!(at & listener.url(), "run {version} x=1 --metrics");
    output.exits_with(0, "{\"n\":1.50}\n");
}

#[tokio::test]
async fn output_that_is_not_text_or_files_is_printed_as_json() {
    let model = Model::new("acme/count")
        .official(true)
        .run(|_, _| async { Ok(json!({"count": 1_000_000, "share": 0.5, "list": ["a", "b"]})) });
    let emulator = emulator_with(model).await;
    let output = run!(emulator, "run acme/count");
    assert_eq!(
        output.json(),
        json!({"count": 1_000_000, "share": 0.5, "list": ["a", "b"]})
    );
    assert!(output.stdout.contains("1000000"));
}

#[tokio::test]
async fn text_that_starts_like_a_url_stays_text() {
    let model = Model::new("acme/site")
        .official(true)
        .output_schema(json!({"type": "string"}))
        .run(|_, _| async { Ok("https://example.com is a site".into()) });
    let emulator = emulator_with(model).await;
    let directory = tempfile::tempdir().expect("a directory");
    let output = run!(emulator in directory, "run acme/site -o site.txt");
    output.exits(0);
    let written = std::fs::read_to_string(directory.path().join("site.txt")).expect("a file");
    assert_eq!(written, "https://example.com is a site");
}

#[tokio::test]
async fn run_that_is_canceled_elsewhere_exits_with_3() {
    let emulator = Emulator::start().await.expect("an emulator");
    let child = start!(emulator, "run emulator/slow seconds=60");
    created(&emulator, 1).await;
    let id = emulator.predictions()[0].id.clone();
    run!(emulator, "predictions cancel {id}");
    let ended = output(child).await;
    ended.exits_with(3, "");
    ended.says(format!("{id} was canceled"));
}

#[tokio::test]
async fn logs_and_metrics_go_to_standard_error() {
    let emulator = Emulator::start().await.expect("an emulator");
    for mode in ["--stream", "--no-stream"] {
        let output = run!(
            emulator,
            "run emulator/slow seconds=0.1 steps=2 --logs --metrics {mode}"
        );
        assert_eq!(output.stdout, "took 0.1 s\n", "{mode}");
        assert_eq!(
            output.stderr.matches("2/2").count(),
            1,
            "{mode}: {}",
            output.stderr
        );
        assert!(
            output.stderr.contains("predict_time: "),
            "{mode}: {}",
            output.stderr
        );
    }
}

#[tokio::test]
async fn without_waiting_the_created_prediction_is_printed() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = run!(
        emulator,
        "run emulator/slow seconds=30 --no-wait --cancel-after 20s"
    );
    output.exits(0);
    assert_eq!(output.json()["id"], emulator.predictions()[0].id.as_str());
    let create = emulator
        .requests()
        .into_iter()
        .find(|request| request.method == "POST")
        .expect("a create");
    assert_eq!(create.header("cancel-after"), Some("20s"));
    assert_eq!(create.header("prefer"), None);
}
