use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::process::{Child, ChildStderr, ChildStdout};

use crate::program::{
    Printed, command, is_hangup_ignored, line_with, lines, next, output, replicate, run, signal,
};
use crate::session::assert_session;

/// A server that has started.
struct Server {
    child: Child,
    printed: Printed<ChildStdout>,
    log: Printed<ChildStderr>,
    url: String,
}

async fn serve(options: &[&str]) -> Server {
    let mut child = replicate(&["local", "serve"]).args(options).start();
    let mut printed = lines(child.stdout.take());
    let url = next(&mut printed).await;
    let log = lines(child.stderr.take());
    Server {
        child,
        printed,
        log,
        url,
    }
}

#[tokio::test]
async fn serve_prints_its_url_first_and_stops_on_a_signal() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("address");
    let path = file.to_str().expect("a path");
    for name in ["-INT", "-TERM", "-HUP"] {
        if name == "-HUP" && is_hangup_ignored() {
            continue;
        }
        let started = Instant::now();
        let cog = "--cog=me/model=http://127.0.0.1:9";
        let mut server = serve(&["--port=0", cog, "--address-file", path]).await;
        let url = &server.url;
        let elapsed = started.elapsed();
        assert!(elapsed < Duration::from_secs(1), "{elapsed:?}");
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        let content = std::fs::read_to_string(&file).expect("a file");
        assert_eq!(content, format!("{url}\n"));
        run!(at url, "account").exits(0);
        signal(&server.child, name);
        output(server.child).await.exits(0);
        for rest in [
            server.printed.next_line().await,
            server.log.next_line().await,
        ] {
            assert_eq!(rest.expect("the end"), None);
        }
        assert!(!file.exists());
    }
}

#[tokio::test]
async fn serve_keeps_an_address_file_of_another_server() {
    let directory = tempfile::tempdir().expect("a directory");
    let file = directory.path().join("address");
    let path = file.to_str().expect("a path");
    let server = serve(&["--address-file", path]).await;
    std::fs::write(&file, "http://127.0.0.1:1\n").expect("it is written");
    signal(&server.child, "-TERM");
    output(server.child).await.exits(0);
    let left = std::fs::read_to_string(&file).expect("a file");
    assert_eq!(left, "http://127.0.0.1:1\n");
}

#[tokio::test]
async fn address_file_replaces_only_regular_files() {
    assert_session!(alone, @r"
        $ mkdir directory; echo kept > file; ln -s file link; ln -s none dangling; mkfifo pipe
        $ replicate local serve --address-file directory
        2> error: could not write `directory`: it is a directory
        2> hint: pass a regular file, or a path that does not exist
        exit 2
        $ replicate local serve --address-file link
        2> error: could not write `link`: it is a symbolic link
        2> hint: pass a regular file, or a path that does not exist
        exit 2
        $ replicate local serve --address-file dangling
        2> error: could not write `dangling`: it is a symbolic link
        2> hint: pass a regular file, or a path that does not exist
        exit 2
        $ replicate local serve --address-file pipe
        2> error: could not write `pipe`: it is a device, pipe or socket
        2> hint: pass a regular file, or a path that does not exist
        exit 2
        $ cat file; stat -c %F *
        kept
        symbolic link
        directory
        regular file
        symbolic link
        fifo
        ");
}

#[tokio::test]
async fn failed_start_leaves_no_address_file() {
    // Its first line is not read: it exits after the file was written, before it serves.
    assert_session!(alone, @r"
        $ mkfifo pipe; exec 3<>pipe 4>pipe 3<&-
        $ replicate local serve --address-file address >&4
        exit 141
        $ ls
        pipe
        ");
}

#[tokio::test]
async fn exec_forwards_sighup_and_waits_for_the_command() {
    if is_hangup_ignored() {
        return;
    }
    let script = "sleep 60 >/dev/null 2>&1 & trap 'kill $!; echo hung up; exit 5' HUP; \
                  echo ready; wait";
    let mut child = replicate(&["local", "exec", "--", "sh", "-c", script]).start();
    let mut printed = lines(child.stdout.take());
    assert_eq!(next(&mut printed).await, "ready");
    signal(&child, "-HUP");
    assert_eq!(next(&mut printed).await, "hung up");
    output(child).await.exits(5);
}

#[tokio::test]
async fn requests_and_deliveries_of_webhooks_are_logged_when_asked_for() {
    let mut server = serve(&["--log", "--token", "right"]).await;
    run!(at & server.url, "account").exits(4);
    let line = next(&mut server.log).await;
    assert!(line.starts_with("GET /v1/account 401 "), "{line}");
    // Nothing listens there.
    let hook = "http://127.0.0.1:9/hook";
    let create = command!("predictions create emulator/text a --webhook {hook}");
    let create = create
        .at_url(&server.url)
        .env("REPLICATE_API_TOKEN", "right");
    create.run().await.exits(0);
    let delivery = line_with(&mut server.log, "webhook ").await;
    assert!(delivery.contains(hook), "{delivery}");
    let failure = ": failed: error sending request";
    assert!(delivery.contains(failure), "{delivery}");
}

#[tokio::test]
async fn creates_over_the_rate_limit_of_a_local_replicate_are_refused() {
    for options in [
        &["--log", "--low-credit"][..],
        &["--log", "--rate-limit", "1,0.01"],
    ] {
        let mut server = serve(options).await;
        run!(at & server.url, "predictions create emulator/text a").exits(0);
        // It waits for the limit; the log shows the refusal before.
        let _second = command!("predictions create emulator/text a")
            .at_url(&server.url)
            .start();
        line_with(&mut server.log, " 429 ").await;
    }
}

#[tokio::test]
async fn model_of_a_cog_server_can_be_run() {
    let run = axum::routing::put(|| async { r#"{"status":"succeeded","output":"from cog"}"# });
    let server = axum::Router::new().route("/predictions/{id}", run);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, server).await });
    let cog = format!("--cog=me/model=http://{address}");
    let run = [env!("CARGO_BIN_EXE_replicate"), "run", "me/model", "x=1"];
    let output = replicate(&["local", "exec", &cog, "--"])
        .args(&run)
        .run()
        .await;
    output.exits_with(0, "from cog\n");
}

#[tokio::test]
async fn help_version_and_completion_scripts_go_to_standard_output() {
    for arguments in [
        "--help",
        "run --help",
        "",
        "--version",
        "version",
        "completion bash",
        "completion zsh",
        "completion fish",
        "completion elvish",
        "completion powershell",
    ] {
        let output = run!("{arguments}");
        assert_eq!(
            (output.code, output.stderr.as_str()),
            (0, ""),
            "{arguments}"
        );
        assert!(output.stdout.contains("replicate"), "{arguments}");
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
    assert_session!(alone, @r"
        $ replicate local serve --host 0.0.0.0
        2> error: invalid value '0.0.0.0' for '--host <HOST>': only 127.0.0.1 is possible
        2> hint: see --help
        exit 2
        $ replicate local serve --token ''
        2> error: invalid value '' for '--token <TOKEN>': empty token: pass one, or omit --token to accept any
        2> hint: see --help
        exit 2
        $ replicate local serve --token ' '
        2> error: invalid value ' ' for '--token <TOKEN>': empty token: pass one, or omit --token to accept any
        2> hint: see --help
        exit 2
        $ replicate local exec --token '' -- true
        2> error: invalid value '' for '--token <TOKEN>': empty token: pass one, or omit --token to accept any
        2> hint: see --help
        exit 2
        $ replicate local serve --address-file none/address
        2> error: could not write `none/address`: directory `none` does not exist
        exit 1
        $ replicate local serve --cog nonsense
        2> error: invalid value 'nonsense' for '--cog <OWNER/NAME=URL>': expected owner/name=URL, such as me/model=http://127.0.0.1:5000
        2> hint: see --help
        exit 2
        $ replicate local serve --cog a/b=https://127.0.0.1:1
        2> error: invalid URL `https://127.0.0.1:1` of a Cog server: expected an http URL such as http://127.0.0.1:5000
        exit 2
        $ replicate local serve --cog 'a b/c=http://127.0.0.1:1'
        2> error: invalid model name `a b/c`: expected `owner/name`, each of letters, digits, dots, dashes and underscores
        exit 2
        $ replicate local serve --port 70000
        2> error: invalid value '70000' for '--port <N>': 70000 is not in 0..=65535
        2> hint: see --help
        exit 2
        $ replicate local serve --rate-limit 5
        2> error: invalid value '5' for '--rate-limit <BURST,PER_SECOND>': expected a burst and creates per second, such as 5,2
        2> hint: see --help
        exit 2
        $ replicate local serve --rate-limit 0,2
        2> error: invalid value '0,2' for '--rate-limit <BURST,PER_SECOND>': expected a burst and creates per second, such as 5,2
        2> hint: see --help
        exit 2
        $ replicate local serve --rate-limit 5,-1
        2> error: invalid value '5,-1' for '--rate-limit <BURST,PER_SECOND>': expected a burst and creates per second, such as 5,2
        2> hint: see --help
        exit 2
        ");
}

#[tokio::test]
async fn local_emulator_is_not_requested_through_a_proxy() {
    // No server listens there.
    assert_session!(alone, @r"
        $ export http_proxy=http://127.0.0.1:9 ALL_PROXY=http://127.0.0.1:9
        $ replicate --local run replicate/hello-world text=Alice
        hello Alice
        ");
}
