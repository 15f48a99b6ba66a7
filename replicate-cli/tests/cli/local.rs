use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::program::{
    command, command_line, is_hangup_ignored, lines, next, output, replicate, run, signal,
};

#[tokio::test]
async fn serve_prints_its_url_first_and_stops_on_a_signal() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("address");
    let mut names = vec!["-INT", "-TERM"];
    if !is_hangup_ignored() {
        names.push("-HUP");
    }
    for name in names {
        let started = Instant::now();
        let mut child =
            command!("local serve --port 0 --cog me/model=http://127.0.0.1:9 --address-file")
                .arg(&file)
                .start();
        let mut printed = lines(child.stdout.take());
        let url = next(&mut printed).await;
        assert!(
            started.elapsed() < Duration::from_secs(1),
            "{:?}",
            started.elapsed()
        );
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        assert_eq!(
            std::fs::read_to_string(&file).expect("a file"),
            format!("{url}\n")
        );
        let account = run!(at & url, "account");
        account.exits(0);
        signal(&child, name);
        let ended = output(child).await;
        assert_eq!((ended.code, ended.stderr.as_str()), (0, ""));
        assert_eq!(printed.next_line().await.expect("the end"), None);
        assert!(!file.exists());
    }
}

#[tokio::test]
async fn serve_keeps_an_address_file_of_another_server() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("address");
    let mut child = replicate(["local", "serve", "--address-file"])
        .arg(&file)
        .start();
    let mut printed = lines(child.stdout.take());
    next(&mut printed).await;
    std::fs::write(&file, "http://127.0.0.1:1\n").expect("it is written");
    signal(&child, "-TERM");
    assert_eq!(output(child).await.code, 0);
    let left = std::fs::read_to_string(&file).expect("a file");
    assert_eq!(left, "http://127.0.0.1:1\n");
}

#[cfg(unix)]
#[tokio::test]
async fn address_file_replaces_only_regular_files() {
    use std::os::unix::fs::{FileTypeExt, symlink};
    let directory = tempfile::tempdir().expect("a directory");
    let at = |name: &str| directory.path().join(name);
    std::fs::create_dir(at("directory")).expect("a directory");
    std::fs::write(at("file"), "kept").expect("a file");
    symlink(at("file"), at("link")).expect("a link");
    symlink(at("none"), at("dangling")).expect("a link");
    let made = std::process::Command::new("mkfifo")
        .arg(at("pipe"))
        .status();
    assert!(made.is_ok_and(|status| status.success()));
    for (name, message) in [
        ("directory", "it is a directory"),
        ("link", "it is a symbolic link"),
        ("dangling", "it is a symbolic link"),
        ("pipe", "it is a device, pipe or socket"),
    ] {
        let serve = replicate(["local", "serve", "--address-file"]).arg(at(name));
        let refused = serve.run().await;
        assert_eq!((refused.code, refused.stdout.as_str()), (2, ""), "{name}");
        refused.says(message);
    }
    assert_eq!(std::fs::read(at("file")).expect("a file"), b"kept");
    let pipe = std::fs::symlink_metadata(at("pipe")).expect("a pipe");
    assert!(pipe.file_type().is_fifo());
}

#[tokio::test]
async fn failed_start_leaves_no_address_file() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("address");
    let (read, write) = std::io::pipe().expect("a pipe");
    drop(read);
    // Its first line is not read: it exits after the file was written, before it serves.
    let child = tokio::process::Command::new(env!("CARGO_BIN_EXE_replicate"))
        .args(["local", "serve", "--address-file"])
        .arg(&file)
        .stdout(write)
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let ended = output(child).await;
    assert_eq!((ended.code, ended.stderr.as_str()), (141, ""));
    assert!(!file.exists());
}

#[tokio::test]
async fn empty_token_is_rejected() {
    for arguments in [
        &["serve", "--token", ""][..],
        &["serve", "--token", " "],
        &["exec", "--token", "", "--", "true"],
    ] {
        let program = replicate(["local"]).args(arguments);
        let refused = program.run().await;
        let got = (refused.code, refused.stdout.as_str());
        assert_eq!(got, (2, ""), "{arguments:?}: {}", refused.stderr);
        let output = &refused.stderr;
        assert!(output.contains("empty token"), "{output}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn exec_forwards_sighup_and_waits_for_the_command() {
    if is_hangup_ignored() {
        return;
    }
    let script = "sleep 60 >/dev/null 2>&1 & trap 'kill $!; echo hung up; exit 5' HUP; \
                  echo ready; wait";
    let mut child = replicate(["local", "exec", "--", "sh", "-c", script]).start();
    let mut printed = lines(child.stdout.take());
    assert_eq!(next(&mut printed).await, "ready");
    signal(&child, "-HUP");
    assert_eq!(next(&mut printed).await, "hung up");
    assert_eq!(output(child).await.code, 5);
}

#[tokio::test]
async fn requests_are_logged_when_asked_for() {
    let mut child = replicate(["local", "serve", "--log", "--token", "right"]).start();
    let mut printed = lines(child.stdout.take());
    let url = next(&mut printed).await;
    let wrong = run!(at & url, "account");
    wrong.exits(4);
    let mut log = lines(child.stderr.take());
    let line = next(&mut log).await;
    assert!(line.starts_with("GET /v1/account 401 "), "{line}");
}

#[tokio::test]
async fn deliveries_of_webhooks_are_logged_with_the_requests() {
    let mut child = replicate(["local", "serve", "--log"]).start();
    let mut printed = lines(child.stdout.take());
    let url = next(&mut printed).await;
    // Nothing listens there.
    let hook = "http://127.0.0.1:9/hook";
    let create = [
        "predictions",
        "create",
        "emulator/text",
        "a",
        "--webhook",
        hook,
    ];
    let made = replicate(create).at_url(&url).run().await;
    made.exits(0);
    let mut log = lines(child.stderr.take());
    let logged = async {
        loop {
            let line = next(&mut log).await;
            if line.starts_with("webhook ") {
                return line;
            }
        }
    };
    let logged = tokio::time::timeout(Duration::from_secs(20), logged).await;
    let delivery = logged.expect("it is logged within 20 s");
    assert!(delivery.contains(hook), "{delivery}");
    assert!(
        delivery.contains(": failed: error sending request"),
        "{delivery}"
    );
}

#[tokio::test]
async fn exec_sets_the_environment_and_returns_the_exit_code() {
    let inner = env!("CARGO_BIN_EXE_replicate");
    let output = run!("local exec -- {inner} run replicate/hello-world text=Eve");
    output.exits_with(0, "hello Eve\n");
    assert_eq!(run!("local exec -- sh -c 'exit 7'").code, 7);
    assert_eq!(run!("local exec -- sh -c 'kill -KILL $$'").code, 137);
    assert_eq!(run!("local exec -- no-such-command").code, 2);
    assert_eq!(run!("local exec").code, 2);
}

#[tokio::test]
async fn only_this_machine_can_be_served() {
    let output = run!("local serve --host 0.0.0.0");
    output.exits(2);
    output.says("only 127.0.0.1");
}

#[tokio::test]
async fn unreachable_cog_server_fails_the_prediction() {
    let inner = env!("CARGO_BIN_EXE_replicate");
    let output = run!("local exec --cog me/model=http://127.0.0.1:9 -- {inner} run me/model x=1");
    output.exits(3);
}

#[tokio::test]
async fn completion_script_is_printed_for_each_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = run!("completion {shell}");
        output.exits(0);
        assert!(output.stdout.contains("replicate"), "{shell}");
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
async fn port_in_use_is_an_error() {
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let output = run!("local serve --port {port}");
    output.exits_with(1, "");
    output.says(&port);
}

#[tokio::test]
async fn invalid_options_are_reported_before_the_url_is_printed() {
    let nowhere = tempfile::tempdir().expect("a directory");
    let nowhere = nowhere.path().join("none").join("address");
    let nowhere = nowhere.to_str().expect("a path");
    for ([option, value], code, message) in [
        (["--address-file", nowhere], 1, "could not write"),
        (["--cog", "nonsense"], 2, "expected owner/name=URL"),
        (
            ["--cog", "a/b=https://127.0.0.1:1"],
            2,
            "invalid URL `https://127.0.0.1:1` of a Cog server",
        ),
        (
            ["--cog", "a b/c=http://127.0.0.1:1"],
            2,
            "invalid model name `a b/c`",
        ),
        (["--port", "70000"], 2, "70000"),
        (["--rate-limit", "5"], 2, "such as 5,2"),
        (["--rate-limit", "0,2"], 2, "such as 5,2"),
        (["--rate-limit", "5,-1"], 2, "such as 5,2"),
    ] {
        let output = run!("local serve {option} '{value}'");
        let got = (output.code, output.stdout.as_str());
        assert_eq!(got, (code, ""), "{value}: {}", output.stderr);
        output.says(message);
    }
}

#[tokio::test]
async fn local_emulator_is_not_requested_through_a_proxy() {
    let run = ["--local", "run", "replicate/hello-world", "text=Alice"];
    // No server listens there.
    let output = replicate(run)
        .env("http_proxy", "http://127.0.0.1:9")
        .env("ALL_PROXY", "http://127.0.0.1:9")
        .run()
        .await;
    assert!(
        output.output().contains("hello Alice"),
        "{}",
        output.output()
    );
}

#[tokio::test]
async fn creates_over_the_rate_limit_of_a_local_replicate_are_refused() {
    for options in [&["--low-credit"][..], &["--rate-limit", "1,0.01"]] {
        let serve = replicate(["local", "serve", "--log"]).args(options);
        let mut child = serve.start();
        let mut printed = lines(child.stdout.take());
        let url = next(&mut printed).await;
        let create = "predictions create emulator/text a";
        let first = command_line(create).at_url(&url).run().await;
        first.exits(0);
        // It waits for the limit; the log shows the refusal before.
        let _second = command_line(create).at_url(&url).start();
        let mut log = lines(child.stderr.take());
        let refused = async {
            loop {
                let line = next(&mut log).await;
                if line.starts_with("POST ") && line.contains(" 429 ") {
                    return;
                }
            }
        };
        let refused = tokio::time::timeout(Duration::from_secs(20), refused).await;
        refused.expect("a refusal within 20 s");
    }
}

#[tokio::test]
async fn options_without_effect_on_a_local_server_are_refused() {
    for command in [&["local", "serve"][..], &["local", "exec", "--", "true"]] {
        for option in ["--timeout=5s", "--base-url=http://127.0.0.1:9"] {
            let program = replicate([option]).args(command);
            let refused = program.run().await;
            refused.exits_with(2, "");
            let name = option.split('=').next().unwrap_or_default();
            refused.says(name);
        }
    }
}
