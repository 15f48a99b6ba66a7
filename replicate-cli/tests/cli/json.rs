use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};

use crate::program::{replicate, run};

/// A prediction as no program would write it: every byte has to come through.
const ODD: &str = "{ \"id\": \"gm3qorzdhgbfurvjtvhg6dckhu\",\n  \"status\":\"succeeded\", \"output\":\"\\u00e9\", \"metrics\":{\"predict_time\":1.50,\"n\":1e3},\r\n \"unknown\":[1.0, null] }";

#[tokio::test]
async fn prediction_is_printed_byte_for_byte() {
    let listener = Listener::start([Script::reply(Reply::json(200, ODD))]).expect("a listener");
    let output = run!(
        at & listener.url(),
        "predictions show gm3qorzdhgbfurvjtvhg6dckhu --json"
    );
    assert_eq!(output.stdout, format!("{ODD}\n"), "{}", output.stderr);
    assert_eq!(
        listener.received()[0].target,
        "/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu"
    );
}

#[tokio::test]
async fn run_prints_the_final_prediction_byte_for_byte() {
    let created = r#"{"id":"gm3qorzdhgbfurvjtvhg6dckhu","status":"starting"}"#;
    let version = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";
    let listener = Listener::start([
        Script::reply(Reply::json(201, created)),
        Script::reply(Reply::json(200, ODD)),
    ])
    .expect("a listener");
    let output = run!(at & listener.url(), "run {version} x=1 --json");
    assert_eq!(output.stdout, format!("{ODD}\n"), "{}", output.stderr);
}

#[tokio::test]
async fn failed_run_prints_the_whole_prediction() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = run!(emulator, "run emulator/fail --json");
    output.exits(3);
    assert_eq!(output.json()["status"], "failed");
    output.says("This model always fails");
}

#[tokio::test]
async fn pipe_gets_json_by_default() {
    let emulator = Emulator::start().await.expect("an emulator");
    for arguments in [
        &["account"][..],
        &["whoami"],
        &["models", "show", "emulator/text"],
        &["m", "versions", "show", "emulator/text"],
        &["predictions", "create", "emulator/text", "x"],
        &["hardware", "list"],
        &["collections", "show", "language-models"],
        &["search", "text"],
    ] {
        let mut program = replicate([]);
        for argument in arguments {
            program = program.arg(argument);
        }
        let output = program.at(&emulator).run().await;
        assert_eq!(output.code, 0, "{arguments:?}: {}", output.stderr);
        assert!(
            output.json().is_object() || output.json().is_array(),
            "{arguments:?}"
        );
        assert_eq!(output.stderr, "", "{arguments:?}");
    }
}

/// A prediction with this output.
fn with_output(output: &str) -> String {
    format!(
        "{{\"id\":\"gm3qorzdhgbfurvjtvhg6dckhu\", \"status\":\"succeeded\",\"output\": {output}}}"
    )
}

#[tokio::test]
async fn output_that_no_decoder_holds_is_printed_as_it_arrived() {
    let id = "gm3qorzdhgbfurvjtvhg6dckhu";
    let version = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";
    let nested = format!("{}1{}", "[".repeat(127), "]".repeat(127));
    for output in [r#""a lone \ud83d surrogate""#, &nested] {
        let body = with_output(output);
        let show = ["predictions", "show", id];
        let raw = ["api", &format!("predictions/{id}")];
        for command in [&show[..], &raw, &["run", version, "x=1", "--json"]] {
            // An output that cannot be decoded is read again, three times.
            let replies = (0..4).map(|_| Script::reply(Reply::json(200, &body)));
            let listener = Listener::start(replies).expect("a listener");
            let program = replicate([]).args(command).at_url(&listener.url());
            let output = program.run().await;
            assert_eq!(output.stdout, format!("{body}\n"), "{command:?} {output:?}");
            assert_eq!(output.code, 0, "{output:?}");
        }
    }
}
