use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};

use crate::program::replicate;

/// A prediction as no program would write it: every byte has to come through.
const ODD: &str = "{ \"id\": \"gm3qorzdhgbfurvjtvhg6dckhu\",\n  \"status\":\"succeeded\", \"output\":\"\\u00e9\", \"metrics\":{\"predict_time\":1.50,\"n\":1e3},\r\n \"unknown\":[1.0, null] }";

#[tokio::test]
async fn a_prediction_is_printed_byte_for_byte() {
    let listener = Listener::start([Script::reply(Reply::json(200, ODD))]).expect("a listener");
    let answer = replicate([
        "predictions",
        "show",
        "gm3qorzdhgbfurvjtvhg6dckhu",
        "--json",
    ])
    .at_address(&listener.url())
    .run()
    .await;
    assert_eq!(answer.stdout, format!("{ODD}\n"), "{}", answer.stderr);
    assert_eq!(
        listener.received()[0].target,
        "/v1/predictions/gm3qorzdhgbfurvjtvhg6dckhu"
    );
}

#[tokio::test]
async fn a_run_prints_the_whole_last_prediction_byte_for_byte() {
    let created = r#"{"id":"gm3qorzdhgbfurvjtvhg6dckhu","status":"starting"}"#;
    let listener = Listener::start([
        Script::reply(Reply::json(404, "{}")),
        Script::reply(Reply::json(404, "{}")),
    ])
    .expect("a listener");
    drop(listener);
    let version = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";
    let listener = Listener::start([
        Script::reply(Reply::json(201, created)),
        Script::reply(Reply::json(200, ODD)),
    ])
    .expect("a listener");
    let answer = replicate(["run", version, "x=1", "--json"])
        .at_address(&listener.url())
        .run()
        .await;
    assert_eq!(answer.stdout, format!("{ODD}\n"), "{}", answer.stderr);
}

#[tokio::test]
async fn a_failed_run_still_prints_the_whole_prediction() {
    let emulator = Emulator::start().await.expect("an emulator");
    let answer = replicate(["run", "emulator/fail", "--json"])
        .at(&emulator)
        .run()
        .await;
    assert_eq!(answer.code, 3);
    assert_eq!(answer.json()["status"], "failed");
    assert!(
        answer.stderr.contains("This model always fails"),
        "{}",
        answer.stderr
    );
}

#[tokio::test]
async fn a_pipe_gets_json_without_being_asked() {
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
        let answer = program.at(&emulator).run().await;
        assert_eq!(answer.code, 0, "{arguments:?}: {}", answer.stderr);
        assert!(
            answer.json().is_object() || answer.json().is_array(),
            "{arguments:?}"
        );
        assert_eq!(answer.stderr, "", "{arguments:?}");
    }
}
