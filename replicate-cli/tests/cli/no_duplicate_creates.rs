use replicate_emulator::{Emulator, Fault};
use replicate_test_support::{Listener, Reply, Script};

use crate::program::{assert_output, creates, inject, run};

#[tokio::test]
async fn create_of_unknown_outcome_is_not_retried() {
    for (fault, cause) in [
        (Fault::drop_connection(), "the outcome is unknown"),
        (Fault::status(502), "502"),
    ] {
        let emulator = Emulator::start().await.expect("an emulator");
        inject(
            &emulator,
            fault.on("models.predictions.create").after_handling(),
        );
        let output = run!(emulator, "run emulator/text x");
        output.exits(9);
        output.says(cause);
        assert_eq!((creates(&emulator), emulator.predictions().len()), (1, 1));
    }
}

#[tokio::test]
async fn model_without_its_own_route_is_created_once_by_version() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = run!(emulator, "run replicate/hello-world text=Bob");
    assert_eq!(output.stdout, "hello Bob\n");
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn failed_upload_is_reported_and_creates_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::status(500).on("files.create"));
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("large.txt"), "ab".repeat(200_000)).expect("a file");
    let output = run!(emulator in directory, "run emulator/reverse file=@large.txt");
    output.exits(1);
    for part in ["large.txt", "500", "no prediction was created"] {
        output.says(part);
    }
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn created_prediction_that_has_succeeded_is_not_polled() {
    let version = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";
    let body = r#"{"id":"gm3qorzdhgbfurvjtvhg6dckhu","status":"succeeded","output":"done"}"#;
    let listener = Listener::start([Script::reply(Reply::json(201, body))]).expect("a listener");
    let output = run!(at & listener.url(), "run {version} x=1");
    output.exits_with(0, "done\n");
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn unknown_model_is_reported_before_a_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    for reference in [
        "acme/nothing",
        "acme/nothing:5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
    ] {
        let output = run!(emulator, "run {reference} x=1");
        output.exits(5);
    }
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn token_is_never_printed() {
    let denied = Reply::json(
        401,
        r#"{"title": "Unauthenticated", "detail": "You did not pass a valid token"}"#,
    );
    let listener = Listener::start([Script::reply(denied)]).expect("a listener");
    let output = run!(at & listener.url(), "-v run acme/app x=1");
    assert!(!output.stderr.contains("r8_secret"), "{}", output.stderr);
    assert_output!(output, @r"
        exit 4
        > GET http://127.0.0.1:PORT/v1/models/acme/app
        < 401
        error: 401 Unauthorized: You did not pass a valid token; check the token and its permissions: https://replicate.com/account/api-tokens (GET http://127.0.0.1:PORT/v1/models/acme/app)
        ");
}
