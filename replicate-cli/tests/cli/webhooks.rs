//! `replicate webhooks`.

use std::time::Duration;

use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};
use tokio::io::{BufReader, Lines};
use tokio::process::{Child, ChildStderr};

use crate::program::{assert_output, lines, next, output, replicate, run};

/// Starts `webhooks listen` and returns it with the URL that it listens on.
async fn listen(
    emulator: &Emulator,
    arguments: &[&str],
) -> (Child, Lines<BufReader<ChildStderr>>, String) {
    let listen = replicate(["webhooks", "listen", "--port", "0"]).args(arguments);
    let mut child = listen.at(emulator).start();
    let mut notes = lines(child.stderr.take());
    let line = next(&mut notes).await;
    let url = line
        .strip_prefix("listening on ")
        .unwrap_or_else(|| panic!("{line}"));
    let url = url.to_owned();
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
    let ended = tokio::time::timeout(Duration::from_secs(20), output(child)).await;
    let ended = ended.expect("it ends");
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
async fn secret_is_printed_for_another_program() {
    let emulator = Emulator::start().await.expect("an emulator");
    let secret = run!(emulator, "webhooks secret --jq .key");
    assert!(secret.stdout.starts_with("whsec_"), "{}", secret.stderr);
}

#[tokio::test]
async fn verify_accepts_a_signed_webhook_and_refuses_another_body() {
    let emulator = Emulator::start().await.expect("an emulator");
    let hook = Listener::start(std::iter::repeat_with(|| Script::reply(Reply::new(200))).take(8))
        .expect("a listener");
    let run = replicate([
        "run",
        "emulator/text",
        "a",
        "--webhook",
        &format!("{}/hook", hook.url()),
    ]);
    assert_eq!(run.at(&emulator).run().await.code, 0);
    let received = async {
        loop {
            if let Some(request) = hook.received().into_iter().next() {
                return request;
            }
            tokio::task::yield_now().await;
        }
    };
    let request = tokio::time::timeout(Duration::from_secs(20), received)
        .await
        .expect("a webhook");
    let header = |name: &str| format!("{name}: {}", request.header(name).expect("a header"));
    let headers = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
    let verify = async |body: &[u8], secret: Option<&str>| {
        let mut verify = replicate(["webhooks", "verify"]).stdin(body).at(&emulator);
        for header in &headers {
            verify = verify.arg("-H").arg(header);
        }
        if let Some(secret) = secret {
            verify = verify.env("REPLICATE_WEBHOOK_SECRET", secret);
        }
        verify.run().await
    };
    let valid = verify(&request.body, None).await;
    valid.exits(0);
    valid.says("is valid");
    assert_eq!(verify(b"{}", None).await.code, 1);
    assert_eq!(verify(&request.body, Some("whsec_b3RoZXI=")).await.code, 1);
    let malformed = verify(&request.body, Some("n o")).await;
    malformed.exits(2);
    malformed.says("REPLICATE_WEBHOOK_SECRET");
}

#[tokio::test]
async fn verify_names_a_missing_header() {
    let verify = replicate(["--local", "webhooks", "verify", "-H", "webhook-id: a"]).stdin("{}");
    assert_output!(verify.run().await, @r"
        exit 1
        error: the webhook's header `webhook-timestamp` is missing or empty
        ");
}
