//! Exit codes: whether a loop in a shell may repeat a command that creates.

use std::time::Duration;

use futures::future::join_all;
use replicate_emulator::{Emulator, Fault};
use replicate_test_support::Listener;
use serde_json::Value;

use crate::program::{ProgramOutput, creates, inject, run, shell};
use crate::saving::names;
use crate::session::assert_session;

/// The error that the program wrote as JSON.
fn error(output: &ProgramOutput) -> Value {
    let line = output.stderr.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[tokio::test]
async fn unknown_outcome_differs_from_a_failure_that_is_safe_to_repeat() {
    let emulator = Emulator::start().await.expect("an emulator");
    let lost = Fault::drop_connection().on("models.predictions.create");
    inject(&emulator, lost.after_handling());
    let output = run!(emulator, "run emulator/text x --json");
    output.exits(9);
    let unknown = error(&output);
    assert_eq!(unknown["kind"], "outcome_unknown");
    assert_eq!(unknown["safe_to_retry"], false);
    assert_eq!((creates(&emulator), emulator.predictions().len()), (1, 1));

    let addr = Listener::refused().expect("an address");
    let refused = run!(at & format!("http://{addr}"), "run acme/app x=1 --json");
    refused.exits(1);
    assert_eq!(error(&refused)["safe_to_retry"], true);
}

#[tokio::test]
async fn every_failure_after_the_create_exits_with_9_and_names_the_prediction() {
    let faults = [
        Fault::status(401).on("predictions.get"),
        Fault::status(404).on("outputs.get"),
    ];
    join_all(faults.map(async |fault| {
        let emulator = Emulator::start().await.expect("an emulator");
        inject(&emulator, fault);
        let directory = tempfile::tempdir().expect("a directory");
        let output =
            run!(emulator in directory, "run emulator/image prompt=x -o x.png --no-stream");
        output.exits(9);
        let id = &emulator.predictions()[0].id;
        for words in ["", "predictions show ", "predictions download "] {
            output.says(format!("{words}{id}"));
        }
        assert_eq!(names(directory.path()), [""; 0]);
    }))
    .await;
}

#[tokio::test]
async fn error_is_one_line_of_json_with_json() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r#"
        $ replicate run acme/nothing x=1 --json
        2> {"detail":"Model `acme/nothing` does not exist.","error":"404 Not Found: Model `acme/nothing` does not exist (GET http://127.0.0.1:PORT/v1/models/acme/nothing)","exit_code":5,"hint":"check the spelling; a private model needs a token with access to it","kind":"not_found","safe_to_retry":false,"status":404}
        exit 5
        $ replicate run emulator/fail reason=no --json --jq .id
        ID
        2> {"error":"prediction ID failed: no","exit_code":3,"kind":"failed","prediction_id":"ID","safe_to_retry":false}
        exit 3
        $ replicate --json run a/b --forse
        2> {"error":"unexpected argument '--forse' found","exit_code":2,"hint":"a similar argument exists: '--force'","kind":"usage","safe_to_retry":false}
        exit 2
        "#);
}

#[tokio::test]
async fn message_starts_with_what_failed_and_ends_with_the_request() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::status(500).on("models.get"));
    assert_session!(emulator, @r"
        $ replicate run emulator/text x
        2> error: 500 Internal Server Error: This fault was injected: status 500 Internal Server Error (GET http://127.0.0.1:PORT/v1/models/emulator/text, 3 attempts)
        exit 1
        ");
}

#[tokio::test]
async fn until_loop_stops_after_an_unknown_outcome() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(
        &emulator,
        Fault::status(502)
            .on("models.predictions.create")
            .after_handling(),
    );
    let script =
        "until replicate run emulator/text x; do code=$?; [ $code -eq 1 ] || exit $code; done";
    let looped = shell(script).at(&emulator).run();
    let looped = tokio::time::timeout(Duration::from_secs(30), looped).await;
    let looped = looped.expect("an end");
    looped.exits(9);
    looped.says("502");
    assert_eq!((creates(&emulator), emulator.predictions().len()), (1, 1));
}
