//! `replicate local exec`: its command's signals and environment.

use replicate_emulator::Emulator;

use crate::program::{lines, replicate, run, signal};

#[cfg(unix)]
#[tokio::test]
async fn exec_forwards_an_interrupt_and_never_exits_before_its_command() {
    let script = "trap \"trap '' INT; echo cleaning; sleep 0.3; echo cleaned; exit 5\" INT; \
                  trap 'echo killed' TERM; echo ready; while :; do sleep 0.05; done";
    let mut child = replicate(["local", "exec", "--", "sh", "-c", script]).start();
    let mut printed = lines(child.stdout.take());
    let mut next = async || printed.next_line().await.expect("a line");
    assert_eq!(next().await.as_deref(), Some("ready"));
    signal(&child, "-INT");
    assert_eq!(next().await.as_deref(), Some("cleaning"));
    signal(&child, "-INT");
    signal(&child, "-INT");
    assert_eq!(next().await.as_deref(), Some("cleaned"));
    assert_eq!(next().await, None);
    assert_eq!(crate::program::output(child).await.code, 5);
}

#[tokio::test]
async fn exec_keeps_the_hosts_without_a_proxy_and_adds_this_machine() {
    let script = "echo $NO_PROXY; echo $no_proxy";
    let output = replicate(["local", "exec", "--", "sh", "-c", script])
        .env("NO_PROXY", "example.com")
        .run()
        .await;
    let expected = "example.com,127.0.0.1,localhost,::1\n127.0.0.1,localhost,::1\n";
    assert_eq!(output.stdout, expected, "{}", output.stderr);
}

#[tokio::test]
async fn doctor_reports_the_account_and_where_the_token_comes_from() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = run!(emulator, "doctor");
    assert_eq!(output.code, 0, "{}", output.stdout);
    assert!(
        output
            .stdout
            .contains("token          from REPLICATE_API_TOKEN"),
        "{}",
        output.stdout
    );
    output.prints("account        local");
    let requests = emulator.requests();
    assert_eq!(requests.len(), 1, "{requests:?}");
}

#[tokio::test]
async fn doctor_fails_without_a_token_with_a_wrong_one_and_without_a_connection() {
    let none = run!("doctor --json");
    assert_eq!(none.code, 1, "{}", none.stdout);
    let failed = |output: &crate::program::ProgramOutput| {
        let checks = output.json();
        let checks = checks.as_array().expect("a list").clone();
        let failed = checks.iter().filter(|check| check["outcome"] == "failed");
        failed
            .map(|check| check["check"].as_str().expect("a name").to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(failed(&none), ["token"]);
    let emulator = Emulator::builder()
        .token("right")
        .start()
        .await
        .expect("an emulator");
    let wrong = replicate(["doctor", "--json"])
        .env("REPLICATE_BASE_URL", emulator.url())
        .env("REPLICATE_API_TOKEN", "r8_wrong")
        .run()
        .await;
    assert_eq!(failed(&wrong), ["account"]);
    assert!(!wrong.stdout.contains("r8_wrong"), "{}", wrong.stdout);
    let refused = replicate_test_support::Listener::refused().expect("an address");
    let refused = run!(at & format!("http://{refused}"), "doctor --json");
    assert_eq!(failed(&refused), ["connection"]);
    let quoted = replicate(["doctor", "--json"])
        .env("REPLICATE_API_TOKEN", "'r8_abc'")
        .run()
        .await;
    assert_eq!(failed(&quoted), ["token"]);
}

#[cfg(unix)]
#[tokio::test]
async fn exec_ends_by_the_signal_that_ended_its_command() {
    use std::os::unix::process::ExitStatusExt;
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_replicate"))
        .args(["local", "exec", "--", "sh", "-c", "kill -TERM $$"])
        .status()
        .expect("it runs");
    assert_eq!(status.signal(), Some(15));
}
