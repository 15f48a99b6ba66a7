//! `replicate webhooks`.

use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};
use tokio::process::{Child, ChildStderr};

use crate::program::{Printed, lines, next, output, replicate, run, soon};
use crate::session::assert_session;

/// Starts `webhooks listen` and returns it with the URL that it listens on.
async fn listen(emulator: &Emulator, arguments: &[&str]) -> (Child, Printed<ChildStderr>, String) {
    let listen = replicate(["webhooks", "listen", "--port", "0"]).args(arguments);
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
    let hook = Listener::start(std::iter::repeat_with(|| Script::reply(Reply::new(200))).take(8))
        .expect("a listener");
    let url = hook.url();
    run!(emulator, "run emulator/text a --webhook {url}/hook").exits(0);
    hook.wait_for_requests(1).await;
    let request = hook.received().remove(0);
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
async fn secret_and_missing_headers_are_printed() {
    assert_session!(@r"
        $ replicate --local webhooks secret --jq .key | head -c 6
        whsec_ (no newline)
        $ echo '{}' | replicate --local webhooks verify -H 'webhook-id: a'
        2> error: the webhook's header `webhook-timestamp` is missing or empty
        exit 1
        ");
}
