//! Exit codes: whether a loop in a shell may repeat a command that creates.

use std::time::Duration;

use replicate_emulator::{Emulator, Fault};
use replicate_test_support::Listener;
use serde_json::Value;

use crate::program::{ProgramOutput, creates, inject, run};

/// The error that the program wrote as JSON.
fn error(output: &ProgramOutput) -> Value {
    let line = output.stderr.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

#[tokio::test]
async fn unknown_outcome_differs_from_a_failure_that_is_safe_to_repeat() {
    let emulator = Emulator::start().await.expect("an emulator");
    let lost = Fault::drop_connection()
        .on("models.predictions.create")
        .after_handling();
    inject(&emulator, lost);
    let output = run!(emulator, "run emulator/text x --json");
    output.exits(9);
    let error_line = error(&output);
    assert_eq!(error_line["kind"], "outcome_unknown");
    assert_eq!(error_line["safe_to_retry"], false);
    assert_eq!(creates(&emulator), 1);

    let addr = Listener::refused().expect("an address");
    let refused = run!(at & format!("http://{addr}"), "run acme/app x=1 --json");
    refused.exits(1);
    assert_eq!(error(&refused)["safe_to_retry"], true);
}

#[tokio::test]
async fn every_failure_after_the_create_exits_with_9_and_names_the_prediction() {
    for fault in [
        Fault::status(401).on("predictions.get"),
        Fault::status(404).on("outputs.get"),
    ] {
        let emulator = Emulator::start().await.expect("an emulator");
        inject(&emulator, fault);
        let directory = tempfile::tempdir().expect("a directory");
        let output =
            run!(emulator in directory, "run emulator/image prompt=x -o x.png --no-stream");
        let id = emulator.predictions()[0].id.clone();
        output.exits(9);
        for words in [
            id.clone(),
            format!("predictions show {id}"),
            format!("predictions download {id}"),
        ] {
            output.says(&words);
        }
    }
}

#[tokio::test]
async fn error_is_one_line_of_json_with_json() {
    let emulator = Emulator::start().await.expect("an emulator");
    let missing = run!(emulator, "run acme/nothing x=1 --json");
    missing.exits(5);
    assert_eq!(missing.stderr.lines().count(), 1);
    let line = error(&missing);
    assert_eq!(
        (&line["kind"], &line["status"], &line["exit_code"]),
        (&"not_found".into(), &404.into(), &5.into())
    );
    assert!(
        line["detail"].is_string() && line["hint"].is_string(),
        "{line}"
    );

    let failed = run!(emulator, "run emulator/fail reason=no --json");
    let line = error(&failed);
    assert_eq!((failed.code, &line["kind"]), (3, &"failed".into()));
    assert_eq!(line["prediction_id"], failed.json()["id"]);

    let usage = run!("--json run a/b --forse");
    assert_eq!(error(&usage)["kind"], "usage");
}

#[tokio::test]
async fn message_starts_with_what_failed_and_ends_with_the_request() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::status(500).on("models.get"));
    let output = run!(emulator, "run emulator/text x");
    let first = output.stderr.lines().next().unwrap_or_default();
    assert!(first.starts_with("error: 500"), "{first}");
    assert!(first.contains("(GET http"), "{first}");
    for call in ["()", "`run", "`value"] {
        assert!(!output.stderr.contains(call), "{}", output.stderr);
    }
}

#[tokio::test]
async fn until_loop_stops_after_an_unknown_outcome() {
    let emulator = Emulator::start().await.expect("an emulator");
    let lost = Fault::drop_connection()
        .on("models.predictions.create")
        .after_handling();
    inject(&emulator, lost);
    let script =
        "until replicate run emulator/text x; do code=$?; [ $code -eq 1 ] || exit $code; done";
    let looped = crate::program::shell(script).at(&emulator).run();
    let looped = tokio::time::timeout(Duration::from_secs(30), looped).await;
    assert_eq!(looped.expect("an end").code, 9);
    assert_eq!(emulator.predictions().len(), 1);
}
