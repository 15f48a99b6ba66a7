use replicate_emulator::{Emulator, Fault};
use replicate_test_support::{Listener, Reply, Script};

use crate::json::{ID, VERSION};
use crate::program::{creates, inject, run};
use crate::session::assert_session;

#[tokio::test]
async fn create_of_unknown_outcome_is_sent_once() {
    let emulator = Emulator::start().await.expect("an emulator");
    for operation in ["predictions.create", "models.create"] {
        let lost = Fault::drop_connection().on(operation);
        inject(&emulator, lost.after_handling());
    }
    assert_session!(emulator, @r"
        $ MODEL=$(replicate models show emulator/text --jq .latest_version.id)
        $ replicate api predictions -f version=$MODEL -f input[prompt]=a
        2> error: the outcome is unknown: the connection broke before a response arrived: Connection reset by peer (os error 104); check whether it exists before you retry: a second create may be billed too (POST http://127.0.0.1:PORT/v1/predictions, sent at TIME)
        2> hint: check before running again: replicate predictions list --limit 5
        exit 9
        $ replicate models create acme/app --private --hardware cpu
        2> error: the outcome is unknown: the connection broke before a response arrived: Connection reset by peer (os error 104); check whether it exists before you retry: a second create may be billed too (POST http://127.0.0.1:PORT/v1/models, sent at TIME)
        2> hint: check before running again: replicate predictions list --limit 5
        exit 9
        ");
    let requests = emulator.requests();
    let models = requests
        .iter()
        .filter(|request| request.operation == Some("models.create"));
    assert_eq!(
        (
            creates(&emulator),
            emulator.predictions().len(),
            models.count()
        ),
        (1, 1, 1)
    );
}

#[tokio::test]
async fn model_without_its_own_route_is_created_once_by_version() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = run!(emulator, "run replicate/hello-world text=Bob");
    output.exits_with(0, "hello Bob\n");
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn failed_upload_is_reported_and_creates_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::status(500).on("files.create"));
    assert_session!(emulator, @r"
        $ head -c 400000 /dev/zero > large.bin; replicate run emulator/reverse file=@large.bin
        2> error: could not upload large.bin for input.file: 500 Internal Server Error: This fault was injected: status 500 Internal Server Error; no prediction was created (POST http://127.0.0.1:PORT/v1/files)
        exit 1
        ");
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn created_prediction_that_has_succeeded_is_not_polled() {
    let body = format!(r#"{{"id":"{ID}","status":"succeeded","output":"done"}}"#);
    let listener = Listener::start([Script::reply(Reply::json(201, body))]).expect("a listener");
    let output = run!(at & listener.url(), "run {VERSION} x=1");
    output.exits_with(0, "done\n");
    assert_eq!(listener.received().len(), 1);
}

#[tokio::test]
async fn unknown_model_is_reported_before_a_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    for reference in ["acme/nothing".to_owned(), format!("acme/nothing:{VERSION}")] {
        run!(emulator, "run {reference} x=1").exits(5);
    }
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn token_is_never_printed() {
    let denied = r#"{"title": "Unauthenticated", "detail": "You did not pass a valid token"}"#;
    let denied = Script::reply(Reply::json(401, denied));
    let listener = Listener::start([denied]).expect("a listener");
    assert_session!(at &listener.url(), @r"
        $ replicate -v run acme/app x=1
        2> > GET http://127.0.0.1:PORT/v1/models/acme/app
        2> < 401
        2> error: 401 Unauthorized: You did not pass a valid token; check the token and its permissions: https://replicate.com/account/api-tokens (GET http://127.0.0.1:PORT/v1/models/acme/app)
        exit 4
        ");
}
