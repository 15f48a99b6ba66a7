//! Exit codes, and that nothing is created twice: whether a loop in a shell may repeat a command.

use futures::future::join_all;
use replicate_emulator::{Emulator, Fault};
use replicate_test_support::{Listener, Reply, Script};

use crate::json::{ID, VERSION};
use crate::program::{creates, inject, run};
use crate::saving::names;
use crate::session::assert_session;

#[tokio::test]
async fn create_of_unknown_outcome_is_sent_once_and_differs_from_what_is_safe_to_repeat() {
    let emulator = Emulator::start().await.expect("an emulator");
    let operations = [
        "models.predictions.create",
        "predictions.create",
        "models.create",
        "models.update",
        "deployments.create",
        "deployments.update",
        "files.create",
        "trainings.create",
    ];
    for operation in operations {
        let lost = Fault::drop_connection().on(operation);
        inject(&emulator, lost.after_handling());
    }
    assert_session!(emulator, @r#"
        $ replicate run emulator/text x --json
        2> {"error":"the outcome is unknown: the connection broke before a response arrived: CAUSE; check whether it exists before you retry: a second create may be billed too (POST http://127.0.0.1:PORT/v1/models/emulator/text/predictions, sent at TIME)","kind":"outcome_unknown","exit_code":9,"safe_to_retry":false,"hint":"check before running again: replicate predictions list --limit 5"}
        exit 9
        $ timeout 30 bash -c 'until replicate run emulator/text x; do code=$?; [ $code -eq 1 ] || exit $code; done'
        2> error: the outcome is unknown: the connection broke before a response arrived: CAUSE; check whether it exists before you retry: a second create may be billed too (POST http://127.0.0.1:PORT/v1/models/emulator/text/predictions, sent at TIME)
        2> hint: check before running again: replicate predictions list --limit 5
        exit 9
        $ MODEL=$(replicate models show emulator/text --jq .latest_version.id)
        $ replicate api predictions -f version=$MODEL -f input[prompt]=a
        2> error: the outcome is unknown: the connection broke before a response arrived: CAUSE; check whether it exists before you retry: a second create may be billed too (POST http://127.0.0.1:PORT/v1/predictions, sent at TIME)
        2> hint: check before running again: replicate predictions list --limit 5
        exit 9
        $ replicate models create acme/app --private --hardware cpu --quiet
        2> error: the outcome is unknown: the connection broke before a response arrived: CAUSE; check whether it exists before you retry: a second create may be billed too (POST http://127.0.0.1:PORT/v1/models, sent at TIME)
        2> hint: check before running again: replicate models show OWNER/NAME
        exit 9
        $ hint() { "$@" 2>&1 | grep hint; }
        $ hint replicate models update acme/app --description x
        hint: check before running again: replicate models show acme/app
        exit 9
        $ hint replicate deployments create app --model emulator/text --hardware cpu
        hint: check before running again: replicate deployments list
        exit 9
        $ hint replicate deployments scale local/app --min 1
        hint: check before running again: replicate deployments show local/app
        exit 9
        $ echo hello > note.txt; hint replicate files upload note.txt
        hint: check before running again: replicate files list
        exit 9
        $ hint replicate train emulator/text --destination acme/app train_data=https://example.com/a.txt
        hint: check before running again: replicate trainings list --limit 5
        exit 9
        $ REPLICATE_BASE_URL=http://127.0.0.1:9 replicate run acme/app x=1 --json
        2> {"error":"could not connect: Connection refused (os error 111) (GET http://127.0.0.1:9/v1/models/acme/app, 3 attempts)","kind":"connection_failed","exit_code":1,"safe_to_retry":true,"hint":"check the URL (--base-url, REPLICATE_BASE_URL) and the network"}
        exit 1
        "#);
    assert_eq!((creates(&emulator), emulator.predictions().len()), (3, 3));
    let requests = emulator.requests();
    let models = requests
        .iter()
        .filter(|request| request.operation == Some("models.create"));
    assert_eq!(models.count(), 1);
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
            run!(emulator in directory, "run emulator/image prompt=x width=16 -o x.png --no-stream");
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
    assert_session!(@r#"
        $ replicate run acme/nothing x=1 --json
        2> {"error":"404 Not Found: Model `acme/nothing` does not exist (GET http://127.0.0.1:PORT/v1/models/acme/nothing)","kind":"not_found","exit_code":5,"safe_to_retry":false,"status":404,"detail":"Model `acme/nothing` does not exist.","hint":"check the spelling; a private model needs a token with access to it"}
        exit 5
        $ replicate run emulator/fail reason=no --json --jq '[.id, .status]'
        ["ID","failed"]
        2> {"error":"prediction ID failed: no","kind":"failed","exit_code":3,"safe_to_retry":false,"prediction_id":"ID"}
        exit 3
        $ replicate --json run a/b --forse
        2> {"error":"unexpected argument '--forse' found","kind":"usage","exit_code":2,"safe_to_retry":false,"hint":"a similar argument exists: '--force'"}
        exit 2
        "#);
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
