//! `replicate api`.

use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};

use crate::program::command;
use crate::session::assert_session;

#[tokio::test]
async fn api_method_is_get_without_fields_and_post_with_them() {
    for (arguments, request, body) in [
        ("/v1/account", "GET /v1/account", ""),
        (
            "GET predictions -f source=web",
            "GET /v1/predictions?source=web",
            "",
        ),
        (
            "models -f name=a -F n=1 -f input[x][]=y",
            "POST /v1/models",
            r#"{"name":"a","input":{"x":["y"]},"n":1}"#,
        ),
        (
            "-X patch deployments/a/b -F max_instances=2",
            "PATCH /v1/deployments/a/b",
            r#"{"max_instances":2}"#,
        ),
        ("delete files/x", "DELETE /v1/files/x", ""),
        (
            "https://api.replicate.com/v1/hardware",
            "GET /v1/hardware",
            "",
        ),
    ] {
        let replies = [Script::reply(Reply::json(200, "{}"))];
        let listener = Listener::start(replies).expect("a listener");
        let output = command!("api {arguments}").at_url(&listener.url());
        output.run().await.exits(0);
        assert_eq!(listener.request_lines(), [request]);
        let sent = listener.received().remove(0).body;
        assert_eq!(String::from_utf8_lossy(&sent), body, "{arguments}");
    }
}

#[tokio::test]
async fn api_includes_the_status_and_the_headers() {
    let reply = Reply::json(201, "{}").header("x-request-id", "r1");
    let listener = Listener::start([Script::reply(reply)]).expect("a listener");
    assert_session!(at &listener.url(), @r"
        $ replicate api -i account
        HTTP 201 Created
        content-type: application/json
        x-request-id: r1
        content-length: 2

        {}
        ");
}

#[tokio::test]
async fn api_sends_input_prints_errors_and_keeps_the_token() {
    assert_session!(@r#"
        $ printf picture | replicate api QUERY /models --input - -H 'content-type: text/plain' --jq '.results[].name'
        image
        $ replicate api predictions/nothing
        {"title":"Not found","detail":"Prediction `nothing` does not exist or was deleted.","status":404}
        2> error: 404 Not Found: Prediction `nothing` does not exist or was deleted (GET http://127.0.0.1:PORT/v1/predictions/nothing)
        2> hint: check the spelling
        exit 5
        $ replicate api https://example.com/v1/account
        2> error: `https://example.com/v1/account` is not a route of the API at http://127.0.0.1:PORT/v1
        2> hint: the token is sent to the API only; pass --base-url for another one
        exit 2
        "#);
}

#[tokio::test]
async fn filter_is_checked_first_and_applies_to_lists_resources_and_runs() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r"
        $ replicate models list --jq '.['
        2> error: invalid value '.[' for '--jq <EXPR>': invalid filter `.[`: it is incomplete
        2> hint: see --help
        exit 2
        $ replicate models list --jq '.[] | foo'
        2> error: invalid value '.[] | foo' for '--jq <EXPR>': invalid filter: undefined filter `foo`
        2> hint: see --help
        exit 2
        ");
    assert!(emulator.requests().is_empty());
    assert_session!(emulator, @r#"
        $ replicate models list --jq '[.[].owner] | unique'
        ["emulator","replicate"]
        $ replicate account --jq '.type | [.]'
        ["user"]
        $ replicate run emulator/text 'a b' --jq '[.status]'
        ["succeeded"]
        $ replicate hardware list --jq 'map(.sku) | index("cpu")'
        0
        "#);
}

#[tokio::test]
async fn habits_of_gh_work_here() {
    assert_session!(@r"
        $ unset REPLICATE_API_TOKEN; export XDG_CONFIG_HOME=$PWD
        $ echo r8_example | replicate auth login --with-token
        2> logged in to http://127.0.0.1:PORT/v1 as local; the token is in ~/replicate/credentials.json
        $ replicate auth status --jq .username
        local
        $ replicate api /account --jq .username
        local
        $ replicate api --method GET models --paginate --slurp --jq length
        1
        $ replicate api hardware --silent
        $ replicate models list -L 1 --jq '.[].name'
        text
        $ replicate alias set ml 'models list --limit $1'
        $ replicate ml 2 --jq length
        2
        $ replicate models view emulator/text --jq .name
        text
        $ replicate auth logout --quiet
        $ replicate completion -s zsh | sed -n 1p
        #compdef replicate
        $ replicate help api | sed -n 1p
        Send a request to any route of the API, and print the response as it arrived
        $ replicate api --help | sed -n 1p
        Send a request to any route of the API, and print the response as it arrived
        $ replicate api account -q .username
        2> error: invalid method `account`: expected one of GET, HEAD, OPTIONS, QUERY, POST, PUT, PATCH, DELETE
        2> hint: expected [METHOD] PATH; the filter of the response is --jq EXPR
        exit 2
        ");
}
