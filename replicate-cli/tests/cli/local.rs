use std::process::Stdio;
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, BufReader};

use crate::program::{answer, replicate};

#[tokio::test]
async fn the_first_line_is_the_address_and_a_signal_stops_it() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("address");
    for signal in ["-INT", "-TERM"] {
        let started = Instant::now();
        let serve = [
            "local",
            "serve",
            "--port",
            "0",
            "--cog",
            "me/model=http://127.0.0.1:9",
            "--address-file",
        ];
        let mut child = replicate(serve).arg(&file).start();
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let address = lines
            .next_line()
            .await
            .expect("a line")
            .expect("an address");
        assert!(
            started.elapsed() < Duration::from_secs(1),
            "{:?}",
            started.elapsed()
        );
        assert!(address.starts_with("http://127.0.0.1:"), "{address}");
        assert_eq!(
            std::fs::read_to_string(&file).expect("a file"),
            format!("{address}\n")
        );
        let account = replicate(["account"]).at_address(&address).run().await;
        assert_eq!(account.code, 0, "{}", account.stderr);
        let id = child.id().expect("it runs").to_string();
        let sent = std::process::Command::new("kill")
            .args([signal, &id])
            .status();
        assert!(sent.is_ok_and(|status| status.success()));
        let ended = answer(child).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
        assert_eq!(lines.next_line().await.expect("the end"), None);
        assert!(!file.exists());
    }
}

#[tokio::test]
async fn requests_are_logged_when_asked_for() {
    let mut child = replicate(["local", "serve", "--log", "--token", "right"]).start();
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let address = lines
        .next_line()
        .await
        .expect("a line")
        .expect("an address");
    let wrong = replicate(["account"]).at_address(&address).run().await;
    assert_eq!(wrong.code, 4, "{}", wrong.stderr);
    let mut log = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let line = log.next_line().await.expect("a line").expect("a request");
    assert!(line.starts_with("GET /v1/account 401 "), "{line}");
}

#[tokio::test]
async fn deliveries_of_webhooks_are_logged_with_the_requests() {
    let mut child = replicate(["local", "serve", "--log"]).start();
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let address = lines
        .next_line()
        .await
        .expect("a line")
        .expect("an address");
    // Nobody takes webhooks at that address.
    let hook = "http://127.0.0.1:9/hook";
    let create = [
        "predictions",
        "create",
        "emulator/text",
        "a",
        "--webhook",
        hook,
    ];
    let made = replicate(create).at_address(&address).run().await;
    assert_eq!(made.code, 0, "{}", made.stderr);
    let mut log = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let told = async {
        loop {
            let line = log.next_line().await.expect("a line").expect("a delivery");
            if line.starts_with("webhook ") {
                return line;
            }
        }
    };
    let told = tokio::time::timeout(Duration::from_secs(20), told).await;
    let delivery = told.expect("it is told within 20 s");
    assert!(delivery.contains(hook), "{delivery}");
    assert!(
        delivery.contains(": failed: error sending request"),
        "{delivery}"
    );
}

#[tokio::test]
async fn a_command_finds_the_local_replicate_and_its_code_is_handed_on() {
    let inner = env!("CARGO_BIN_EXE_replicate");
    let run = [
        "local",
        "exec",
        "--",
        inner,
        "run",
        "replicate/hello-world",
        "text=Eve",
    ];
    let answer = replicate(run).run().await;
    assert_eq!(
        (answer.code, answer.stdout.as_str()),
        (0, "hello Eve\n"),
        "{}",
        answer.stderr
    );
    assert_eq!(
        replicate(["local", "exec", "--", "sh", "-c", "exit 7"])
            .run()
            .await
            .code,
        7
    );
    assert_eq!(
        replicate(["local", "exec", "--", "sh", "-c", "kill -KILL $$"])
            .run()
            .await
            .code,
        137
    );
    assert_eq!(
        replicate(["local", "exec", "--", "no-such-command"])
            .run()
            .await
            .code,
        2
    );
    assert_eq!(replicate(["local", "exec"]).run().await.code, 2);
}

#[tokio::test]
async fn only_this_machine_can_be_served() {
    let answer = replicate(["local", "serve", "--host", "0.0.0.0"])
        .run()
        .await;
    assert_eq!(answer.code, 2);
    assert!(
        answer.stderr.contains("this machine only"),
        "{}",
        answer.stderr
    );
}

#[tokio::test]
async fn a_cog_server_that_is_not_there_is_a_failed_prediction() {
    let inner = env!("CARGO_BIN_EXE_replicate");
    let run = [
        "local",
        "exec",
        "--cog",
        "me/model=http://127.0.0.1:9",
        "--",
        inner,
        "run",
        "me/model",
        "x=1",
    ];
    let answer = replicate(run).run().await;
    assert_eq!(answer.code, 3, "{}", answer.stderr);
}

#[tokio::test]
async fn a_completion_script_is_printed_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let answer = replicate(["completion", shell]).run().await;
        assert_eq!(answer.code, 0, "{}", answer.stderr);
        assert!(answer.stdout.contains("replicate"), "{shell}");
    }
}

#[tokio::test]
async fn help_and_version_go_to_standard_output() {
    for arguments in [
        &["--help"][..],
        &["run", "--help"],
        &[],
        &["--version"],
        &["version"],
    ] {
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_replicate"));
        let output = command
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .await
            .expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert!(
            !output.stdout.is_empty() && output.stderr.is_empty(),
            "{arguments:?}"
        );
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_an_error() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let answer = replicate(["local", "serve", "--port", &port]).run().await;
    assert_eq!((answer.code, answer.stdout.as_str()), (1, ""));
    assert!(answer.stderr.contains(&port), "{}", answer.stderr);
}

#[tokio::test]
async fn what_cannot_be_served_is_said_before_an_address_is_told() {
    let nowhere = tempfile::tempdir().expect("a directory");
    let nowhere = nowhere.path().join("none").join("address");
    let nowhere = nowhere.to_str().expect("a path");
    for ([option, value], code, said) in [
        (["--address-file", nowhere], 1, "cannot be written"),
        (["--cog", "nonsense"], 2, "owner/name=http://127.0.0.1:5000"),
        (
            ["--cog", "a/b=https://127.0.0.1:1"],
            2,
            "is not a Cog server's address",
        ),
        (
            ["--cog", "a b/c=http://127.0.0.1:1"],
            2,
            "is not a model's name",
        ),
        (["--port", "70000"], 2, "70000"),
    ] {
        let answer = replicate(["local", "serve", option, value]).run().await;
        let got = (answer.code, answer.stdout.as_str());
        assert_eq!(got, (code, ""), "{value}: {}", answer.stderr);
        assert!(answer.stderr.contains(said), "{}", answer.stderr);
    }
}
