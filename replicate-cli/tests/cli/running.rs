use replicate_emulator::{Emulator, Fault, Model};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::{Value, json};

use crate::json::{ID, VERSION};
use crate::program::{MINUTE, created, creates, inject, output, run, start};
use crate::session::assert_session;

#[tokio::test]
async fn text_is_the_same_with_and_without_streaming() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r"
        $ replicate run emulator/text 'Once upon a time' max_tokens=6 --stream | tee streamed
        Once upon a time they small
        $ replicate run emulator/text 'Once upon a time' max_tokens=6 --no-stream | cmp - streamed
        ");
    let requests = emulator.requests();
    let streams = requests
        .iter()
        .filter(|request| request.operation == Some("streams.get"));
    assert_eq!(streams.count(), 1, "the second run did not stream");
}

#[tokio::test]
async fn broken_or_refused_stream_loses_and_repeats_no_text() {
    let emulator = Emulator::start().await.expect("an emulator");
    let mut outputs = Vec::new();
    let faults = [Fault::cut_body(60).times(2), Fault::status(404)];
    for fault in faults.map(Some).into_iter().chain([None]) {
        emulator.clear_faults();
        if let Some(fault) = fault {
            inject(&emulator, fault.on("streams.get"));
        }
        let output = run!(
            emulator,
            "run emulator/text 'a tale' max_tokens=20 delay=0.01"
        );
        output.exits(0);
        outputs.push(output.stdout);
    }
    assert_eq!(outputs, vec![outputs[2].clone(); 3]);
    assert_eq!(creates(&emulator), 3);
}

#[tokio::test]
async fn field_of_an_odd_type_does_not_hide_the_output() {
    let created = format!(r#"{{"id":"{ID}","status":"starting"}}"#);
    let done =
        format!(r#"{{"id":"{ID}","status":"succeeded","metrics":[],"output":{{"n":1.50}}}}"#);
    let replies = [Reply::json(201, created), Reply::json(200, done)];
    let listener = Listener::start(replies.map(Script::reply)).expect("a listener");
    let output = run!(at & listener.url(), "run {VERSION} x=1 --metrics");
    output.exits_with(0, "{\"n\":1.50}\n");
}

/// A model that returns its input `output`.
pub(crate) fn echo(name: &str, output_schema: Value) -> Model {
    Model::new(name)
        .official(true)
        .input_schema(json!({"properties": {"output": {}}}))
        .output_schema(output_schema)
        .run(|input, _| std::future::ready(Ok(input["output"].clone())))
}

#[tokio::test]
async fn output_is_printed_as_what_it_is() {
    let any = echo("acme/any", json!({}));
    let text = echo("acme/text", json!({"type": "string"}));
    let emulator = Emulator::builder().model(any).model(text).start();
    let emulator = emulator.await.expect("an emulator");
    assert_session!(emulator, @r#"
        $ replicate run acme/any output:='{"count": 1000000, "share": 0.5, "list": ["a", "b"]}'
        {"count":1000000,"share":0.5,"list":["a","b"]}
        $ replicate run acme/text output:='"https://example.com is a site"' -o site.txt; cat site.txt
        https://example.com is a site (no newline)
        2> saved site.txt
        "#);
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
    for (before, mode) in ["--stream", "--no-stream"].into_iter().enumerate() {
        let child = start!(
            emulator,
            "run emulator/slow seconds=60 steps=2 --logs --metrics {mode}"
        );
        created(&emulator, before + 1).await;
        emulator.advance(MINUTE);
        let output = output(child).await;
        output.exits_with(0, "took 60 s\n");
        assert_eq!(
            output.stderr.matches("2/2").count(),
            1,
            "{mode}: {}",
            output.stderr
        );
        output.says("predict_time: ");
    }
}

#[tokio::test]
async fn stream_prints_text_or_json_lines() {
    assert_session!(@r#"
        $ replicate stream emulator/text 'a tale' max_tokens=3
        a tale its
        $ replicate stream emulator/text 'a tale' max_tokens=2 --json
        {"event":"output","data":"a"}
        {"event":"output","data":" tale"}
        {"event":"done","reason":"completed"}
        $ ID=$(replicate run emulator/text 'a tale' max_tokens=4 delay=0.02 --no-wait --jq .id)
        $ replicate stream --id $ID
        a tale its writes
        $ replicate predictions list --jq length
        3
        "#);
}

#[tokio::test]
async fn stream_of_a_failed_prediction_exits_with_3() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r"
        $ replicate run emulator/fail 'output=some words' after=0.1
        some words
        2> error: prediction ID failed: This model always fails.
        exit 3
        $ replicate stream emulator/fail 'output=some words' after=0.1
        some words
        2> error: prediction ID failed: This model always fails.
        exit 3
        ");
    inject(&emulator, Fault::cut_body(40).on("streams.get").times(1));
    let words = "'output=one two three'";
    run!(emulator, "stream emulator/fail {words} after=0.2").exits(3);
}

#[tokio::test]
async fn model_without_a_stream_is_rejected_before_a_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r"
        $ replicate stream emulator/image x
        2> error: this model returns files, and has no stream
        2> hint: run it instead: replicate run
        exit 2
        ");
    assert_eq!(creates(&emulator), 0);
}
