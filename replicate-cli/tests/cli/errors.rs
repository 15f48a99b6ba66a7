use replicate_emulator::{Emulator, Fault};
use replicate_test_support::Listener;

use crate::program::{assert_output, inject, replicate, run};

#[tokio::test]
async fn missing_token_is_reported_before_a_create() {
    let output = replicate(["run", "acme/app", "x=1"])
        .env("REPLICATE_BASE_URL", "http://127.0.0.1:9")
        .run()
        .await;
    assert_output!(output, @r"
        exit 4
        error: no API token is set; set REPLICATE_API_TOKEN, or pass a token; get one at https://replicate.com/account/api-tokens (GET http://127.0.0.1:PORT/v1/models/acme/app)
        hint: log in: replicate auth login
        ");
}

#[tokio::test]
async fn rejected_token_exits_with_4() {
    let emulator = Emulator::builder()
        .token("right")
        .start()
        .await
        .expect("an emulator");
    let output = replicate(["account"])
        .at(&emulator)
        .env("REPLICATE_API_TOKEN", "wrong")
        .run()
        .await;
    assert_output!(output, @r"
        exit 4
        error: 401 Unauthorized: This call needs an API token, sent as `Authorization: Bearer TOKEN`; the token is missing or not accepted; check the token and its permissions: https://replicate.com/account/api-tokens (GET http://127.0.0.1:PORT/v1/account)
        ");
}

#[tokio::test]
async fn invalid_model_reference_names_the_valid_forms() {
    assert_output!(run!("--local run hello-world x=1"), @r"
        exit 2
        error: `hello-world` is not something to run: the owner is missing. Right are `owner/name`, `owner/name:version`, a version's id, or `deployments/owner/name`
        ");
}

#[tokio::test]
async fn unknown_model_or_prediction_exits_with_5() {
    assert_output!(run!("--local run acme/nothing x=1"), @r"
        exit 5
        error: 404 Not Found: Model `acme/nothing` does not exist (GET http://127.0.0.1:PORT/v1/models/acme/nothing)
        hint: check the spelling; a private model needs a token with access to it
        ");
    assert_output!(run!("--local predictions show nothing"), @r"
        exit 5
        error: 404 Not Found: Prediction `nothing` does not exist or was deleted (GET http://127.0.0.1:PORT/v1/predictions/nothing)
        hint: check the spelling; a private model needs a token with access to it
        ");
}

#[tokio::test]
async fn refused_connection_names_the_url() {
    let addr = Listener::refused().expect("an address");
    let output = run!(at & format!("http://{addr}"), "account");
    assert_output!(output, @r"
        exit 1
        error: could not connect: Connection refused (os error 111) (GET http://127.0.0.1:PORT/v1/account, 3 attempts)
        hint: check the URL (--base-url, REPLICATE_BASE_URL) and the network
        ");
}

#[tokio::test]
async fn failed_prediction_exits_with_3_and_its_reason() {
    assert_output!(run!("--local run emulator/fail 'reason=No memory.'"), @r"
        exit 3
        error: prediction ID failed: No memory.
        ");
}

#[tokio::test]
async fn rate_limit_exits_with_6_and_names_the_delay() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::rate_limit(90));
    assert_output!(run!(emulator, "account"), @r"
        exit 6
        error: 429 Too Many Requests: Request was throttled. Your rate limit resets in ~90s; try again in 90 s (GET http://127.0.0.1:PORT/v1/account)
        ");
}

#[tokio::test]
async fn timeout_exits_with_7() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(
        &emulator,
        Fault::latency(std::time::Duration::from_secs(60)),
    );
    let output = run!(emulator, "account --timeout 300ms");
    output.exits(7);
}

#[tokio::test]
async fn invalid_command_line_is_reported_in_two_lines() {
    assert_output!(run!("frob"), @r"
        exit 2
        error: unrecognized subcommand 'frob'
        hint: see --help
        ");
    assert_output!(run!("predictions"), @r"
        exit 2
        error: 'replicate predictions' requires a subcommand but one was not provided [subcommands: create, new, show, get, list, wait, watch, logs, download, open, cancel]
        hint: see --help
        ");
    assert_output!(run!("predictions shwo"), @r"
        exit 2
        error: unrecognized subcommand 'shwo'
        hint: a similar subcommand exists: 'show'
        ");
    assert_output!(run!("run"), @r"
        exit 2
        error: the following required arguments were not provided: <REF>
        hint: see --help
        ");
    assert_output!(run!("run a/b --forse"), @r"
        exit 2
        error: unexpected argument '--forse' found
        hint: a similar argument exists: '--force'
        ");
    assert_output!(run!("--local --base-url http://127.0.0.1:9 account"), @r"
        exit 2
        error: the argument '--local' cannot be used with '--base-url <URL>'
        hint: see --help
        ");
    assert_output!(run!("--timeout soon account"), @r"
        exit 2
        error: invalid value 'soon' for '--timeout <TIME>': invalid duration `soon`: expected 30s, 5m, 1h30m or 500ms
        hint: see --help
        ");
    assert_output!(run!("account --base-url nonsense"), @r#"
        exit 2
        error: invalid base URL "nonsense": relative URL without a base; pass one such as https://api.replicate.com/v1
        "#);
}

#[tokio::test]
async fn input_that_the_server_rejects_exits_with_2() {
    let emulator = Emulator::start().await.expect("an emulator");
    // There is no route from a version id alone to its schema.
    let model = run!(emulator, "models show emulator/image").json();
    let version = model["latest_version"]["id"]
        .as_str()
        .expect("a version id");
    let output = run!(emulator, "run {version} width=64");
    output.exits(2);
    output.says("prompt");
}

#[tokio::test]
async fn full_disk_on_standard_output_is_an_error() {
    let full = std::path::Path::new("/dev/full");
    if !full.exists() {
        println!("skipped: there is no /dev/full");
        return;
    }
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_replicate"));
    let file = std::fs::OpenOptions::new()
        .write(true)
        .open(full)
        .expect("a file");
    let output = command
        .args(["version"])
        .stdout(file)
        .output()
        .expect("it runs");
    assert_eq!(output.status.code(), Some(1));
}
