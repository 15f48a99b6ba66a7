use replicate_emulator::{Emulator, Fault, Model};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::json;

use crate::program::{creates, replicate};

#[tokio::test]
async fn hello_alice_is_all_that_a_local_run_prints() {
    let answer = replicate(["--local", "run", "replicate/hello-world", "text=Alice"])
        .run()
        .await;
    assert_eq!(
        (answer.code, answer.stdout.as_str(), answer.stderr.as_str()),
        (0, "hello Alice\n", "")
    );
}

#[tokio::test]
async fn a_text_model_is_printed_as_one_text_streamed_or_not() {
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
    assert_eq!((streamed.code, whole.code), (0, 0));
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
async fn a_stream_that_breaks_loses_no_text_and_repeats_none() {
    let emulator = Emulator::start().await.expect("an emulator");
    emulator
        .inject_fault(Fault::cut_body(60).on("streams.get").times(2))
        .expect("a fault");
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
    emulator
        .inject_fault(Fault::status(404).on("streams.get"))
        .expect("a fault");
    let answer = replicate(["run", "emulator/text", "a tale", "max_tokens=2"])
        .at(&emulator)
        .run()
        .await;
    assert_eq!(
        (answer.code, answer.stdout.as_str()),
        (0, "a tale\n"),
        "{}",
        answer.stderr
    );
    assert_eq!(creates(&emulator), 1);
}

#[tokio::test]
async fn wait_outlives_an_outage() {
    let emulator = Emulator::start().await.expect("an emulator");
    for fault in [Fault::status(502), Fault::drop_connection()] {
        emulator
            .inject_fault(fault.on("predictions.get").times(4))
            .expect("a fault");
        let answer = replicate(["run", "emulator/slow", "seconds=0.1", "--no-stream"])
            .at(&emulator)
            .run()
            .await;
        assert_eq!(
            (answer.code, answer.stdout.as_str()),
            (0, "took 0.1 s\n"),
            "{}",
            answer.stderr
        );
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
    let answer = replicate(["run", version, "x=1", "--metrics"])
        .at_address(&listener.url())
        .run()
        .await;
    assert_eq!(
        (answer.code, answer.stdout.as_str()),
        (0, "{\"n\":1.50}\n"),
        "{}",
        answer.stderr
    );
}

#[tokio::test]
async fn an_output_that_is_neither_text_nor_file_is_printed_as_json() {
    let model = Model::new("acme/count")
        .official(true)
        .run(|_, _| async { Ok(json!({"count": 1_000_000, "share": 0.5, "list": ["a", "b"]})) });
    let emulator = Emulator::builder()
        .model(model)
        .start()
        .await
        .expect("an emulator");
    let answer = replicate(["run", "acme/count"]).at(&emulator).run().await;
    assert_eq!(
        answer.json(),
        json!({"count": 1_000_000, "share": 0.5, "list": ["a", "b"]})
    );
    assert!(answer.stdout.contains("1000000"));
}

#[tokio::test]
async fn text_that_begins_like_an_address_stays_text() {
    let model = Model::new("acme/site")
        .official(true)
        .output_schema(json!({"type": "string"}))
        .run(|_, _| async { Ok("https://example.com is a site".into()) });
    let emulator = Emulator::builder()
        .model(model)
        .start()
        .await
        .expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let answer = replicate(["run", "acme/site", "-o", "site.txt"])
        .at(&emulator)
        .within(directory.path())
        .run()
        .await;
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    let written = std::fs::read_to_string(directory.path().join("site.txt")).expect("a file");
    assert_eq!(written, "https://example.com is a site");
}

#[tokio::test]
async fn logs_and_metrics_go_to_standard_error() {
    let emulator = Emulator::start().await.expect("an emulator");
    for mode in ["--stream", "--no-stream"] {
        let run = [
            "run",
            "emulator/slow",
            "seconds=0.1",
            "steps=2",
            "--logs",
            "--metrics",
            mode,
        ];
        let answer = replicate(run).at(&emulator).run().await;
        assert_eq!(answer.stdout, "took 0.1 s\n", "{mode}");
        assert_eq!(
            answer.stderr.matches("2/2").count(),
            1,
            "{mode}: {}",
            answer.stderr
        );
        assert!(
            answer.stderr.contains("predict_time: "),
            "{mode}: {}",
            answer.stderr
        );
    }
}

#[tokio::test]
async fn a_dry_run_creates_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    let json = replicate(["run", "emulator/text", "it's", "--dry-run"])
        .at(&emulator)
        .run()
        .await;
    assert_eq!(json.json(), json!({"input": {"prompt": "it's"}}));
    let curl = replicate(["run", "emulator/text", "it's", "--dry-run=curl"])
        .at(&emulator)
        .run()
        .await;
    assert!(
        curl.stdout
            .contains("/v1/models/emulator/text/predictions'"),
        "{}",
        curl.stdout
    );
    assert!(
        curl.stdout.contains(r#"{"prompt":"it'\''s"}"#),
        "{}",
        curl.stdout
    );
    assert!(
        !curl.stdout.contains(emulator.token()) || curl.stdout.contains("$REPLICATE_API_TOKEN")
    );
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn without_waiting_the_created_prediction_is_printed() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = [
        "run",
        "emulator/slow",
        "seconds=30",
        "--no-wait",
        "--cancel-after",
        "20s",
    ];
    let answer = replicate(run).at(&emulator).run().await;
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert_eq!(answer.json()["id"], emulator.predictions()[0].id.as_str());
    let create = emulator
        .requests()
        .into_iter()
        .find(|request| request.method == "POST")
        .expect("a create");
    assert_eq!(create.header("cancel-after"), Some("20s"));
    assert_eq!(create.header("prefer"), None);
}

#[tokio::test]
async fn a_closed_pipe_is_no_error_and_no_panic() {
    let emulator = Emulator::start().await.expect("an emulator");
    let mut child = replicate([
        "run",
        "emulator/text",
        "x",
        "max_tokens=2000",
        "delay=0.001",
    ])
    .at(&emulator)
    .start();
    drop(child.stdout.take());
    let answer = crate::program::answer(child).await;
    assert_eq!((answer.code, answer.stderr.as_str()), (0, ""));
}
