use replicate_emulator::{Emulator, Fault};
use replicate_test_support::{Listener, Reply, Script};

use crate::program::{assert_said, creates, replicate};

#[tokio::test]
async fn a_create_whose_answer_is_lost_is_not_sent_again() {
    let emulator = Emulator::start().await.expect("an emulator");
    let lost = Fault::drop_connection()
        .on("models.predictions.create")
        .after_handling();
    emulator.inject_fault(lost).expect("a fault");
    let answer = replicate(["run", "emulator/text", "x"])
        .at(&emulator)
        .run()
        .await;
    assert_eq!(answer.code, 1);
    assert!(
        answer
            .stderr
            .contains("outcome unknown: the prediction may have been created"),
        "{}",
        answer.stderr
    );
    assert_eq!((creates(&emulator), emulator.predictions().len()), (1, 1));
}

#[tokio::test]
async fn an_unknown_outcome_tells_the_status_that_came() {
    let emulator = Emulator::start().await.expect("an emulator");
    emulator
        .inject_fault(Fault::status(502).on("models.predictions.create"))
        .expect("a fault");
    let answer = replicate(["run", "emulator/text", "x"])
        .at(&emulator)
        .run()
        .await;
    assert_eq!(answer.code, 1);
    assert!(answer.stderr.contains("502"), "{}", answer.stderr);
    assert_eq!(creates(&emulator), 1);
}

#[tokio::test]
async fn a_model_without_a_route_of_its_own_is_created_by_version_once() {
    let emulator = Emulator::start().await.expect("an emulator");
    let answer = replicate(["run", "replicate/hello-world", "text=Bob"])
        .at(&emulator)
        .run()
        .await;
    assert_eq!(answer.stdout, "hello Bob\n");
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn a_schema_that_cannot_be_read_holds_no_run_back() {
    let emulator = Emulator::start().await.expect("an emulator");
    emulator
        .inject_fault(Fault::status(500).on("models.get"))
        .expect("a fault");
    let answer = replicate(["run", "emulator/text", "prompt=a tale", "max_tokens=2"])
        .at(&emulator)
        .run()
        .await;
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    // Nothing says that the list is one text.
    assert_eq!(answer.json(), serde_json::json!(["a", " tale"]));
}

#[tokio::test]
async fn a_model_that_is_not_there_is_found_out_before_a_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    for reference in [
        "acme/nothing",
        "acme/nothing:5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa",
    ] {
        let answer = replicate(["run", reference, "x=1"])
            .at(&emulator)
            .run()
            .await;
        assert_eq!(answer.code, 5, "{}", answer.stderr);
    }
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn the_token_is_in_nothing_that_is_printed() {
    let denied = Reply::json(
        401,
        r#"{"title": "Unauthenticated", "detail": "You did not pass a valid token"}"#,
    );
    let listener = Listener::start([Script::reply(denied.clone()), Script::reply(denied)])
        .expect("a listener");
    let answer = replicate(["-v", "run", "acme/app", "x=1"])
        .at_address(&listener.url())
        .run()
        .await;
    assert!(!answer.stderr.contains("r8_secret"), "{}", answer.stderr);
    assert_said!(answer, @r"
        exit 4
        > GET http://127.0.0.1:PORT/v1/models/acme/app
        > POST http://127.0.0.1:PORT/v1/models/acme/app/predictions
        error: POST http://127.0.0.1:PORT/v1/models/acme/app/predictions: 401 Unauthorized: You did not pass a valid token; check the token and what it may do: https://replicate.com/account/api-tokens
        ");
}
