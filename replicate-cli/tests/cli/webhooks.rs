//! `replicate webhooks`.

use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};
use tokio::process::{Child, ChildStderr};

use crate::program::{Printed, Program, lines, next, output, replicate, run, soon};
use crate::session::assert_session;

/// Starts `webhooks listen` and returns it with the URL that it listens on.
async fn listen(emulator: &Emulator, arguments: &[&str]) -> (Child, Printed<ChildStderr>, String) {
    let listen = replicate(&["webhooks", "listen", "--port", "0"]).args(arguments);
    let mut child = listen.at(emulator).start();
    let mut notes = lines(child.stderr.take());
    let line = next(&mut notes).await;
    let url = line.strip_prefix("listening on ").expect(&line).to_owned();
    (child, notes, url)
}

#[tokio::test]
async fn listen_prints_verified_webhooks_one_a_line() {
    let emulator = Emulator::start().await.expect("an emulator");
    let (child, _notes, url) = listen(&emulator, &["--count", "1", "--jq", ".status"]).await;
    let created = run!(
        emulator,
        "predictions create emulator/text a --webhook {url}"
    );
    created.exits(0);
    let ended = soon(child).await;
    ended.exits(0);
    let lines: Vec<&str> = ended.stdout.lines().collect();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(["processing", "succeeded"].contains(&lines[0]), "{lines:?}");
}

#[tokio::test]
async fn listen_refuses_what_is_not_signed() {
    let emulator = Emulator::start().await.expect("an emulator");
    let (mut child, mut notes, url) = listen(&emulator, &[]).await;
    let forged = run!(at & url, "api POST /x -f id=forged");
    forged.says("400 Bad Request");
    let note = next(&mut notes).await;
    assert!(note.starts_with("refused: "), "{note}");
    child.kill().await.expect("it ends");
    assert_eq!(output(child).await.stdout, "");
}

#[tokio::test]
async fn listen_ends_at_its_timeout() {
    let emulator = Emulator::start().await.expect("an emulator");
    let (child, mut notes, _url) = listen(&emulator, &["--timeout", "300ms"]).await;
    assert_eq!(output(child).await.code, 7);
    let note = next(&mut notes).await;
    assert!(note.contains("timed out waiting for webhooks"), "{note}");
}

#[tokio::test]
async fn verify_accepts_a_signed_webhook_and_refuses_another_body() {
    let emulator = Emulator::start().await.expect("an emulator");
    let replies = std::iter::repeat_n(Script::reply(Reply::new(200)), 8);
    let hook = Listener::start(replies).expect("a listener");
    let url = hook.url();
    run!(emulator, "run emulator/text a --webhook {url}/hook").exits(0);
    hook.wait_for_requests(1).await;
    let request = hook.received().remove(0);
    let header = |name: &str| request.header(name).expect("a header");
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("body"), &request.body).expect("a file");
    let surroundings = |shell: Program| {
        let shell = shell.at(&emulator).within(directory.path());
        let shell = shell.env("ID", header("webhook-id"));
        let shell = shell.env("TIME", header("webhook-timestamp"));
        shell.env("SIGNATURE", header("webhook-signature"))
    };
    assert_session!(with surroundings, @r#"
        $ verify() { replicate webhooks verify -H "webhook-id: $ID" -H "webhook-timestamp: $TIME" "$@"; }
        $ verify -H "webhook-signature: $SIGNATURE" < body
        2> webhook msg_ID is valid
        $ echo '{}' | verify -H "webhook-signature: $SIGNATURE"
        2> error: no signature of the webhook is right: another secret, or a body that is not the bytes that came
        exit 1
        $ REPLICATE_WEBHOOK_SECRET=whsec_b3RoZXI= verify -H "webhook-signature: $SIGNATURE" < body
        2> error: no signature of the webhook is right: another secret, or a body that is not the bytes that came
        exit 1
        $ REPLICATE_WEBHOOK_SECRET='n o' verify -H "webhook-signature: $SIGNATURE" < body
        2> error: REPLICATE_WEBHOOK_SECRET: invalid webhook secret: expected base64, optionally prefixed with `whsec_`, and no quotes around it
        exit 2
        $ verify < body
        2> error: the webhook's header `webhook-signature` is missing or empty
        exit 1
        $ replicate webhooks secret --jq .key | cut -c1-6
        whsec_
        "#);
}
