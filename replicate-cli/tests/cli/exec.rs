//! `replicate local exec`: its command's signals and environment; and `replicate doctor`.

use std::os::unix::process::ExitStatusExt;

use replicate_emulator::Emulator;

use crate::program::{emulator_with_token, lines, next, output, replicate, signal};
use crate::session::assert_session;

#[tokio::test]
async fn exec_forwards_an_interrupt_and_never_exits_before_its_command() {
    let script = "trap \"trap '' INT; echo cleaning; sleep 0.3; echo cleaned; exit 5\" INT; \
                  trap 'echo killed' TERM; echo ready; while :; do sleep 0.05; done";
    let mut child = replicate(&["local", "exec", "--", "sh", "-c", script]).start();
    let mut printed = lines(child.stdout.take());
    assert_eq!(next(&mut printed).await, "ready");
    signal(&child, "-INT");
    assert_eq!(next(&mut printed).await, "cleaning");
    signal(&child, "-INT");
    signal(&child, "-INT");
    assert_eq!(next(&mut printed).await, "cleaned");
    assert_eq!(printed.next_line().await.expect("the end"), None);
    output(child).await.exits(5);
}

#[tokio::test]
async fn exec_sets_the_environment_and_ends_as_its_command() {
    assert_session!(alone, @r"
        $ replicate local exec -- replicate run replicate/hello-world text=Eve
        hello Eve
        $ NO_PROXY=example.com replicate local exec -- sh -c 'echo $NO_PROXY; echo $no_proxy'
        example.com,127.0.0.1,localhost,::1
        127.0.0.1,localhost,::1
        $ replicate local exec -- sh -c 'exit 7'
        exit 7
        $ replicate local exec -- sh -c 'kill -KILL $$'
        exit 137
        $ replicate local exec -- no-such-command
        2> error: could not start `no-such-command`: No such file or directory (os error 2)
        exit 2
        $ replicate local exec
        2> error: the following required arguments were not provided: <COMMAND>...
        2> hint: see --help
        exit 2
        ");
    let mut killed = replicate(&["local", "exec", "--", "sh", "-c", "kill -TERM $$"]).start();
    assert_eq!(killed.wait().await.expect("an end").signal(), Some(15));
}

#[tokio::test]
async fn doctor_makes_one_request_and_reports_where_the_token_comes_from() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r"
        $ replicate doctor | grep -E 'token|account'
        ok       token          from REPLICATE_API_TOKEN
        ok       account        local
        $ REPLICATE_API_TOKEN= replicate doctor --local | grep token
        ok       token          that of the local server
        ");
    assert_eq!(emulator.requests().len(), 1);
}

#[tokio::test]
async fn doctor_fails_without_a_token_with_a_wrong_one_and_without_a_connection() {
    let emulator = emulator_with_token("right").await;
    assert_session!(emulator, @r#"
        $ failed() { replicate doctor --jq '.[] | select(.outcome == "failed")'; }
        $ REPLICATE_API_TOKEN= failed
        {"check":"token","outcome":"failed","detail":"none: run replicate auth login, or set REPLICATE_API_TOKEN"}
        exit 1
        $ REPLICATE_API_TOKEN="'r8_abc'" failed
        {"check":"token","outcome":"failed","detail":"REPLICATE_API_TOKEN: invalid API token: it has a quote mark around it; pass the token alone, without quotes or anything around it"}
        exit 1
        $ REPLICATE_API_TOKEN=r8_wrong failed
        {"check":"account","outcome":"failed","detail":"401 Unauthorized: This call needs an API token, sent as `Authorization: Bearer TOKEN`; the token is missing or not accepted; check the token and its permissions: https://replicate.com/account/api-tokens (GET http://127.0.0.1:PORT/v1/account)"}
        exit 1
        $ REPLICATE_BASE_URL=http://127.0.0.1:9 failed
        {"check":"connection","outcome":"failed","detail":"could not connect: Connection refused (os error 111) (GET http://127.0.0.1:9/v1/account, 3 attempts)"}
        exit 1
        "#);
}
