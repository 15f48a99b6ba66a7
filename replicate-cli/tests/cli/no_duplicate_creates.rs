use replicate_emulator::{Emulator, Fault};
use replicate_test_support::{Listener, Reply, Script};

use crate::program::{assert_output, creates, inject, replicate, run};

#[tokio::test]
async fn create_is_not_retried_after_a_lost_response() {
    let emulator = Emulator::start().await.expect("an emulator");
    let lost = Fault::drop_connection()
        .on("models.predictions.create")
        .after_handling();
    inject(&emulator, lost);
    let output = run!(emulator, "run emulator/text x");
    assert_eq!(output.code, 9);
    output.says("the outcome is unknown");
    assert_eq!((creates(&emulator), emulator.predictions().len()), (1, 1));
}

#[tokio::test]
async fn unknown_outcome_names_the_status() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(
        &emulator,
        Fault::status(502).on("models.predictions.create"),
    );
    let output = run!(emulator, "run emulator/text x");
    assert_eq!(output.code, 9);
    output.says("502");
    assert_eq!(creates(&emulator), 1);
}

#[tokio::test]
async fn model_without_its_own_route_is_created_once_by_version() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = run!(emulator, "run replicate/hello-world text=Bob");
    assert_eq!(output.stdout, "hello Bob\n");
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn failed_read_of_the_schema_is_reported_before_a_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::status(500).on("models.get"));
    let output = replicate(["run", "emulator/text", "a tale", "max_tokens=2"])
        .at(&emulator)
        .run()
        .await;
    assert_eq!(output.code, 1, "{}", output.stderr);
    output.says("500");
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn failed_upload_is_reported_and_creates_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::status(500).on("files.create"));
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("large.txt"), "ab".repeat(200_000)).expect("a file");
    let output = run!(emulator in directory, "run emulator/reverse file=@large.txt");
    assert_eq!(output.code, 1, "{}", output.stderr);
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
    let output = replicate(["run", version, "x=1"])
        .at_url(&listener.url())
        .run()
        .await;
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
        assert_eq!(output.code, 5, "{}", output.stderr);
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
    let output = replicate(["-v", "run", "acme/app", "x=1"])
        .at_url(&listener.url())
        .run()
        .await;
    assert!(!output.stderr.contains("r8_secret"), "{}", output.stderr);
    assert_output!(output, @r"
        exit 4
        > GET http://127.0.0.1:PORT/v1/models/acme/app
        < 401
        error: 401 Unauthorized: You did not pass a valid token; check the token and its permissions: https://replicate.com/account/api-tokens (GET http://127.0.0.1:PORT/v1/models/acme/app)
        ");
}
