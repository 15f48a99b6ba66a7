//! `replicate api`.

use replicate_emulator::{Emulator, Fault};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::json;

use crate::program::{assert_output, creates, inject, replicate, run};

#[tokio::test]
async fn api_prints_the_response_as_it_arrived() {
    let body = "{ \"username\":\"alice\",\n \"n\":1e3 }";
    let listener = Listener::start([Script::reply(Reply::json(200, body))]).expect("a listener");
    let output = run!(at & listener.url(), "api account");
    assert_eq!(output.stdout, format!("{body}\n"), "{}", output.stderr);
    let request = &listener.received()[0];
    assert_eq!(request.target, "/v1/account");
}

#[tokio::test]
async fn api_method_is_get_without_fields_and_post_with_them() {
    for (arguments, method, target, body) in [
        (&["/v1/account"][..], "GET", "/v1/account", ""),
        (
            &["GET", "predictions", "-f", "source=web"],
            "GET",
            "/v1/predictions?source=web",
            "",
        ),
        (
            &["models", "-f", "name=a", "-F", "n=1", "-f", "input[x][]=y"],
            "POST",
            "/v1/models",
            r#"{"name":"a","n":1,"input":{"x":["y"]}}"#,
        ),
        (
            &["-X", "patch", "deployments/a/b", "-F", "max_instances=2"],
            "PATCH",
            "/v1/deployments/a/b",
            r#"{"max_instances":2}"#,
        ),
        (&["delete", "files/x"], "DELETE", "/v1/files/x", ""),
        (
            &["https://api.replicate.com/v1/hardware"],
            "GET",
            "/v1/hardware",
            "",
        ),
    ] {
        let listener =
            Listener::start([Script::reply(Reply::json(200, "{}"))]).expect("a listener");
        let output = replicate(["api"])
            .args(arguments)
            .at_url(&listener.url())
            .run()
            .await;
        assert_eq!(output.code, 0, "{arguments:?}: {}", output.stderr);
        let request = &listener.received()[0];
        let sent = String::from_utf8_lossy(&request.body);
        assert_eq!(
            (request.method.as_str(), request.target.as_str()),
            (method, target)
        );
        let value = |text: &str| serde_json::from_str::<serde_json::Value>(text).ok();
        assert_eq!(value(&sent), value(body), "{arguments:?}: {sent}");
    }
}

#[tokio::test]
async fn api_sends_a_file_or_standard_input_as_the_body() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = replicate([
        "api",
        "QUERY",
        "/models",
        "--input",
        "-",
        "-H",
        "content-type: text/plain",
    ])
    .stdin("picture")
    .arg("--jq")
    .arg(".results[].name")
    .at(&emulator)
    .run()
    .await;
    assert_output!(output, @r"
        exit 0
        stdout: image
        ");
}

#[tokio::test]
async fn api_follows_pages_and_slurps_them_into_one_list() {
    let emulator = Emulator::start().await.expect("an emulator");
    for _ in 0..101 {
        let client = replicate::Client::builder()
            .base_url(emulator.url())
            .token("t");
        let client = client.build().expect("a client");
        client
            .predictions()
            .create("emulator/fail")
            .await
            .expect("a prediction");
    }
    let pages = run!(
        emulator,
        "api predictions --paginate --jq '.results | length'"
    );
    assert_eq!(pages.stdout, "100\n1\n", "{}", pages.stderr);
    let list = run!(emulator, "api predictions?cursor= --paginate --slurp");
    assert_eq!(
        list.json().as_array().map(Vec::len),
        Some(2),
        "{}",
        list.stderr
    );
}

#[tokio::test]
async fn api_error_prints_the_body_and_exits_by_its_kind() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = run!(emulator, "api predictions/nothing");
    output.exits(5);
    assert_eq!(output.json()["status"], 404);
    output.says("404 Not Found");
}

#[tokio::test]
async fn api_post_of_unknown_outcome_is_sent_once() {
    let emulator = Emulator::start().await.expect("an emulator");
    let fault = Fault::drop_connection()
        .on("predictions.create")
        .after_handling();
    inject(&emulator, fault);
    let model = run!(emulator, "models show emulator/text").json();
    let version = format!(
        "version={}",
        model["latest_version"]["id"].as_str().expect("an id")
    );
    let output = run!(emulator, "api predictions -f {version} -f input[prompt]=a");
    assert_ne!(output.code, 0, "{}", output.stdout);
    assert_eq!(creates(&emulator), 1);
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn api_includes_the_status_and_the_headers() {
    let reply = Reply::json(201, "{}").header("x-request-id", "r1");
    let listener = Listener::start([Script::reply(reply)]).expect("a listener");
    let output = run!(at & listener.url(), "api -i account");
    assert!(
        output.stdout.starts_with("HTTP 201 Created\n"),
        "{}",
        output.stdout
    );
    output.prints("x-request-id: r1\n");
    assert!(output.stdout.ends_with("\n\n{}\n"), "{}", output.stdout);
}

#[tokio::test]
async fn api_sends_the_token_to_the_api_only() {
    let listener = Listener::start([Script::reply(Reply::json(200, "{}"))]).expect("a listener");
    let elsewhere = format!("{}/v1/account", listener.url());
    let output = replicate(["api", &elsewhere])
        .env("REPLICATE_API_TOKEN", "r8_secret")
        .run()
        .await;
    output.exits(2);
    output.says("not a route of the API");
    assert_eq!(listener.received().len(), 0);
}

#[tokio::test]
async fn invalid_filter_is_reported_before_a_request() {
    assert_output!(run!("--local models list --jq .["), @r"
        exit 2
        error: invalid value '.[' for '--jq <EXPR>': invalid filter `.[`: it is incomplete
        hint: see --help
        ");
    assert_output!(run!("--local models list --jq '.[] | foo'"), @r"
        exit 2
        error: invalid value '.[] | foo' for '--jq <EXPR>': invalid filter: undefined filter `foo`
        hint: see --help
        ");
}

#[tokio::test]
async fn filter_applies_to_lists_resources_and_runs() {
    let emulator = Emulator::start().await.expect("an emulator");
    for (arguments, expected) in [
        (
            &["models", "list", "--jq", "[.[].owner] | unique"][..],
            json!(["emulator", "replicate"]),
        ),
        (&["account", "--jq", ".type | [.]"], json!(["user"])),
        (
            &["run", "emulator/text", "a b", "--jq", "[.status]"],
            json!(["succeeded"]),
        ),
        (
            &["hardware", "list", "--jq", "map(.sku) | index(\"cpu\")"],
            json!(0),
        ),
    ] {
        let output = replicate([]).args(arguments).at(&emulator).run().await;
        assert_eq!(output.code, 0, "{arguments:?}: {}", output.stderr);
        assert_eq!(output.json(), expected, "{arguments:?}");
    }
}

#[tokio::test]
async fn habits_of_gh_work_here() {
    let emulator = Emulator::start().await.expect("an emulator");
    let config = tempfile::tempdir().expect("a directory");
    let run = async |arguments: &[&str], stdin: &str| {
        let program = replicate([]).args(arguments).stdin(stdin);
        program
            .env("XDG_CONFIG_HOME", config.path().to_str().expect("a path"))
            .env("REPLICATE_BASE_URL", emulator.url())
            .run()
            .await
    };
    for (arguments, stdin, expected) in [
        (&["auth", "login", "--with-token"][..], "r8_example\n", ""),
        (&["auth", "status", "--jq", ".username"], "", "local\n"),
        (&["api", "/account", "--jq", ".username"], "", "local\n"),
        (
            &[
                "api",
                "--method",
                "GET",
                "models",
                "--paginate",
                "--slurp",
                "--jq",
                "length",
            ],
            "",
            "1\n",
        ),
        (&["api", "hardware", "--silent"], "", ""),
        (
            &["models", "list", "-L", "1", "--jq", ".[].name"],
            "",
            "text\n",
        ),
        (&["alias", "set", "ml", "models list --limit $1"], "", ""),
        (&["ml", "2", "--jq", "length"], "", "2\n"),
        (
            &["models", "view", "emulator/text", "--jq", ".name"],
            "",
            "text\n",
        ),
        (&["auth", "logout"], "", ""),
    ] {
        let output = run(arguments, stdin).await;
        assert_eq!(output.code, 0, "{arguments:?}: {}", output.stderr);
        assert_eq!(output.stdout, expected, "{arguments:?}");
    }
    for arguments in [
        &["completion", "-s", "zsh"][..],
        &["help", "api"],
        &["api", "--help"],
    ] {
        assert_eq!(run(arguments, "").await.code, 0, "{arguments:?}");
    }
    assert_output!(run(&["api", "account", "-q", ".username"], "").await, @r"
        exit 2
        error: invalid method `account`: expected one of GET, HEAD, OPTIONS, QUERY, POST, PUT, PATCH, DELETE
        hint: expected [METHOD] PATH; the filter of the response is --jq EXPR
        ");
}
