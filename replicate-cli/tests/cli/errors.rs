use futures::future::join_all;
use replicate_emulator::{Emulator, Fault};
use replicate_test_support::Listener;

use crate::program::{MINUTE, command_line, emulator_with_token, inject, run};
use crate::session::assert_session;

#[tokio::test]
async fn missing_and_rejected_tokens_exit_with_4() {
    let emulator = emulator_with_token("right").await;
    assert_session!(emulator, @r"
        $ REPLICATE_API_TOKEN= replicate run acme/app x=1
        2> error: no API token is set; set REPLICATE_API_TOKEN, or pass a token; get one at https://replicate.com/account/api-tokens (GET http://127.0.0.1:PORT/v1/models/acme/app)
        2> hint: log in: replicate auth login
        exit 4
        $ REPLICATE_API_TOKEN=wrong replicate account
        2> error: 401 Unauthorized: This call needs an API token, sent as `Authorization: Bearer TOKEN`; the token is missing or not accepted; check the token and its permissions: https://replicate.com/account/api-tokens (GET http://127.0.0.1:PORT/v1/account)
        exit 4
        ");
}

#[tokio::test]
async fn models_and_predictions_that_do_not_exist_are_named() {
    assert_session!(@r"
        $ replicate run hello-world x=1
        2> error: `hello-world` is not something to run: the owner is missing. Right are `owner/name`, `owner/name:version`, a version's id, or `deployments/owner/name`
        exit 2
        $ replicate run acme/nothing x=1
        2> error: 404 Not Found: Model `acme/nothing` does not exist (GET http://127.0.0.1:PORT/v1/models/acme/nothing)
        2> hint: check the spelling; a private model needs a token with access to it
        exit 5
        $ replicate run acme/nothing:$(printf '0%.0s' {1..64}) x=1
        2> error: 404 Not Found: Model `acme/nothing` does not exist (GET http://127.0.0.1:PORT/v1/models/acme/nothing)
        2> hint: check the spelling; a private model needs a token with access to it
        exit 5
        $ replicate predictions show nothing
        2> error: 404 Not Found: Prediction `nothing` does not exist or was deleted (GET http://127.0.0.1:PORT/v1/predictions/nothing)
        2> hint: check the spelling
        exit 5
        $ for command in show wait logs download cancel; do replicate predictions $command nothing 2>&1 | grep hint; done
        hint: check the spelling
        hint: check the spelling
        hint: check the spelling
        hint: check the spelling
        hint: check the spelling
        exit 5
        $ replicate stream --id nothing 2>&1 | grep hint
        hint: check the spelling
        exit 5
        $ replicate run emulator/fail 'reason=No memory.'
        2> error: prediction ID failed: No memory.
        exit 3
        ");
}

#[tokio::test]
async fn failure_to_connect_names_the_cause() {
    let refused = Listener::refused().expect("an address");
    let refused = format!("http://{refused}");
    let causes = [
        (refused.as_str(), "", "Connection refused (os error 111)"),
        ("https://a..b", "", "invalid dns name"),
        (
            "https://example.com",
            "http://127.0.0.1:9",
            "check the proxy that is used: 127.0.0.1:9 (https_proxy)",
        ),
    ];
    let outputs = causes.map(|(url, proxy, _)| {
        let account = command_line("account").at_url(url);
        account.env("https_proxy", proxy).run()
    });
    for (output, (url, _, cause)) in join_all(outputs).await.iter().zip(causes) {
        output.exits(1);
        output.says("error: could not connect: ");
        output.says(cause);
        output.says(format!("(GET {url}/v1/account, 3 attempts)\n"));
        output.says("hint: check the URL (--base-url, REPLICATE_BASE_URL) and the network\n");
    }
}

#[tokio::test]
async fn rate_limit_and_timeout_have_exit_codes() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::rate_limit(90).times(1));
    inject(&emulator, Fault::latency(MINUTE).skip(1));
    assert_session!(emulator, @r"
        $ replicate account
        2> error: 429 Too Many Requests: Request was throttled. Your rate limit resets in ~90s; try again in 90 s (GET http://127.0.0.1:PORT/v1/account)
        exit 6
        $ replicate account --timeout 300ms
        2> error: no response within the call's 300ms (GET http://127.0.0.1:PORT/v1/account)
        exit 7
        ");
}

#[tokio::test]
async fn invalid_command_line_is_reported_in_two_lines() {
    assert_session!(alone, @r#"
        $ replicate frob
        2> error: unrecognized subcommand 'frob'
        2> hint: see --help
        exit 2
        $ replicate predictions
        2> error: 'replicate predictions' requires a subcommand but one was not provided [subcommands: create, new, show, get, list, wait, watch, logs, download, open, cancel]
        2> hint: see --help
        exit 2
        $ replicate predictions shwo
        2> error: unrecognized subcommand 'shwo'
        2> hint: a similar subcommand exists: 'show'
        exit 2
        $ replicate run
        2> error: the following required arguments were not provided: <REF>
        2> hint: see --help
        exit 2
        $ replicate run a/b --forse
        2> error: unexpected argument '--forse' found
        2> hint: a similar argument exists: '--force'
        exit 2
        $ replicate --local --base-url http://127.0.0.1:9 account
        2> error: the argument '--local' cannot be used with '--base-url <URL>'
        2> hint: see --help
        exit 2
        $ replicate --timeout soon account
        2> error: invalid value 'soon' for '--timeout <TIME>': invalid duration `soon`: expected 30s, 5m, 1h30m or 500ms
        2> hint: see --help
        exit 2
        $ replicate account --base-url nonsense
        2> error: invalid base URL "nonsense": relative URL without a base; pass one such as https://api.replicate.com/v1
        exit 2
        $ replicate local serve --timeout=5s
        2> error: --timeout has no effect on a local server
        2> hint: omit it
        exit 2
        $ replicate local exec --base-url=http://127.0.0.1:9 -- true
        2> error: --base-url has no effect on a local server
        2> hint: omit it
        exit 2
        $ replicate predictions list --status done
        2> error: invalid value 'done' for '--status <STATUS>' [possible values: starting, processing, succeeded, failed, canceled, aborted]
        2> hint: see --help
        exit 2
        "#);
}

#[tokio::test]
async fn input_that_the_server_rejects_exits_with_2() {
    // There is no route from a version id alone to its schema.
    assert_session!(@r"
        $ VERSION=$(replicate models show emulator/image --jq .latest_version.id)
        $ replicate run $VERSION width=64
        2> the API does not show the schema of a version by its id alone: inputs are not validated, and numbers and JSON are sent as such (owner/name:VERSION has the schema)
        2> error: 422 Unprocessable Entity: - input: prompt is required (POST http://127.0.0.1:PORT/v1/predictions)
        exit 2
        ");
}

#[tokio::test]
async fn full_disk_on_standard_output_is_an_error() {
    if !std::path::Path::new("/dev/full").exists() {
        println!("skipped: there is no /dev/full");
        return;
    }
    assert_session!(alone, @r"
        $ replicate version > /dev/full
        2> error: could not write to standard output: No space left on device (os error 28)
        exit 1
        ");
}

#[tokio::test]
async fn invalid_argument_is_reported_before_a_session_starts() {
    for line in [
        "run app",
        "run acme/app seed:=[",
        "stream app",
        "stream --id a/b",
        "predictions create app",
        "models run app",
        "deployments run app",
        "trainings create app --destination acme/mine",
        "train acme/app --destination acme/mine seed:=[",
    ] {
        let output = run!("--profile other {line}");
        assert_eq!(output.code, 2, "{line}: {}", output.stderr);
        assert!(
            !output.stderr.contains("other"),
            "{line}: {}",
            output.stderr
        );
    }
}
