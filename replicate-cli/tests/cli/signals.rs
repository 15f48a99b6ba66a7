//! Signals in every phase of a run: what is canceled, what is said, and how the program ends.

use std::time::Duration;

use futures::future::join_all;
use replicate_emulator::{Emulator, Model, Status};
use serde_json::json;
use tokio::io::AsyncReadExt;

use crate::program::{
    MINUTE, command, created, creates, emulator_with, hold, is_hangup_ignored, kill, output, reads,
    requested, run, shell, signal, soon, start,
};

#[tokio::test]
async fn every_signal_cancels_and_ends_the_program_as_itself() {
    let emulator = Emulator::start().await.expect("an emulator");
    for (mode, name, code) in [
        ("--no-stream", "-INT", 130),
        ("--stream", "-INT", 130),
        ("--json", "-TERM", 143),
        ("", "-HUP", 129),
    ] {
        // Under `nohup` the program inherits that the signal is ignored.
        if name == "-HUP" && is_hangup_ignored() {
            continue;
        }
        let before = emulator.predictions().len();
        let child = start!(emulator, "run emulator/slow seconds=60 {mode}");
        created(&emulator, before + 1).await;
        signal(&child, name);
        let ended = soon(child).await;
        ended.exits(code);
        let prediction = emulator.predictions().pop().expect("a prediction");
        assert_eq!(prediction.status, Status::Canceled);
        ended.says(format!("{} was canceled", prediction.id));
        assert_eq!(creates(&emulator), before + 1);
    }
}

#[tokio::test]
async fn signal_ends_a_loop_of_the_shell() {
    let emulator = Emulator::start().await.expect("an emulator");
    let script = "for n in 1 2 3; do replicate run emulator/slow seconds=60; done; echo went on";
    let child = shell(script).in_group().at(&emulator).start();
    created(&emulator, 1).await;
    let group = format!("-{}", child.id().expect("it runs"));
    kill("-INT", &group);
    let ended = soon(child).await;
    ended.exits_with(130, "");
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn ignored_hangup_stays_ignored() {
    let emulator = Emulator::start().await.expect("an emulator");
    let script = "trap '' HUP; exec replicate run emulator/slow seconds=60";
    let child = shell(script).at(&emulator).start();
    created(&emulator, 1).await;
    signal(&child, "-HUP");
    emulator.advance(MINUTE);
    soon(child).await.exits_with(0, "took 60 s\n");
}

#[tokio::test]
async fn run_is_left_running_where_that_is_asked_for() {
    let emulator = Emulator::start().await.expect("an emulator");
    let child = start!(emulator, "run emulator/slow seconds=60 --no-cancel");
    created(&emulator, 1).await;
    signal(&child, "-INT");
    let ended = soon(child).await;
    ended.exits(130);
    ended.says("still running");
    let prediction = emulator.predictions().pop().expect("a prediction");
    assert_ne!(prediction.status, Status::Canceled);
}

#[tokio::test]
async fn stuck_reader_of_the_output_does_not_hold_a_signal_back() {
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        let model = Model::new("acme/large")
            .official(true)
            .output_schema(json!({"type": "string", "format": "uri"}))
            .run(|_, context| async move {
                let content = vec![b'x'; 4 * 1024 * 1024];
                let file = context.save_file("large.bin", "application/octet-stream", content);
                Ok(json!(file))
            });
        let emulator = emulator_with(model).await;
        let mut child = start!(emulator, "run acme/large -o -");
        let mut stdout = child.stdout.take().expect("a pipe");
        let mut first = [0; 1];
        stdout.read_exact(&mut first).await.expect("a byte");
        // The rest is not read, so that the pipe is full.
        signal(&child, name);
        let ended = soon(child).await;
        ended.exits(code);
        let id = &emulator.predictions()[0].id;
        ended.says(format!("download {id}"));
    }
}

#[tokio::test]
async fn input_that_never_comes_is_ended_by_a_signal_or_the_timeout() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    for name in ["pipe", "open"] {
        let pipe = directory.path().join(name);
        let made = std::process::Command::new("mkfifo").arg(&pipe).status();
        assert!(made.is_ok_and(|status| status.success()));
    }
    // This one has a writer, which writes nothing.
    let open = directory.path().join("open");
    let writer = std::fs::File::options().read(true).write(true).open(open);
    let _writer = writer.expect("a pipe");
    let inputs = [
        "replicate/hello-world text=@pipe",
        "replicate/hello-world text=@open",
        "emulator/reverse file=@open",
        "replicate/hello-world text=@-",
    ];
    join_all(inputs.map(async |input| {
        let run = || {
            let run = command!("run {input}").at(&emulator);
            run.within(directory.path()).open_stdin()
        };
        let mut child = run().arg("--timeout=500ms").start();
        let _stdin = child.stdin.take();
        let ended = soon(child).await;
        assert_eq!(ended.code, 7, "{input}: {}", ended.stderr);
        let mut child = run().start();
        let _stdin = child.stdin.take();
        // It says what it waits for.
        reads(&mut child, "reading").await;
        signal(&child, "-INT");
        let ended = soon(child).await;
        assert_eq!(ended.code, 130, "{input}: {}", ended.stderr);
    }))
    .await;
    assert!(emulator.predictions().is_empty());
}

#[tokio::test]
async fn interruption_of_a_create_is_noticed_at_once() {
    let emulator = Emulator::start().await.expect("an emulator");
    hold(&emulator, "models.predictions.create");
    let mut child = start!(emulator, "run emulator/slow seconds=60");
    requested(&emulator, "models.predictions.create").await;
    signal(&child, "-INT");
    reads(&mut child, "canceling the create").await;
    signal(&child, "-INT");
    let ended = soon(child).await;
    ended.exits(130);
    ended.says("a prediction may exist");
}

#[tokio::test]
async fn interruption_during_the_create_cancels_the_prediction() {
    let emulator = Emulator::start().await.expect("an emulator");
    hold(&emulator, "models.predictions.create");
    let mut child = start!(emulator, "run emulator/slow seconds=3600");
    requested(&emulator, "models.predictions.create").await;
    signal(&child, "-INT");
    reads(&mut child, "canceling the create").await;
    emulator.advance(MINUTE);
    soon(child).await.exits(130);
    assert_eq!(emulator.predictions()[0].status, Status::Canceled);
}

#[tokio::test]
async fn interruption_during_an_upload_creates_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    hold(&emulator, "files.create");
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("large.txt"), "ab".repeat(200_000)).expect("a file");
    let child = start!(emulator in directory, "run emulator/reverse file=@large.txt");
    requested(&emulator, "files.create").await;
    signal(&child, "-INT");
    // Long before the upload would time out.
    let output = soon(child).await;
    output.exits(130);
    output.says("no prediction was created");
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn second_interruption_exits_at_once() {
    let emulator = Emulator::start().await.expect("an emulator");
    hold(&emulator, "predictions.cancel");
    let mut child = start!(emulator, "run emulator/slow seconds=60 --no-stream");
    requested(&emulator, "predictions.get").await;
    signal(&child, "-INT");
    reads(&mut child, "canceling").await;
    signal(&child, "-INT");
    let ended = tokio::time::timeout(Duration::from_secs(3), output(child)).await;
    let ended = ended.expect("at once");
    ended.exits(130);
    let id = &emulator.predictions()[0].id;
    ended.says(format!("{id} may still be running"));
    ended.says(format!("cancel {id}"));
}

#[tokio::test]
async fn interrupted_attach_cancels_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    let created = run!(emulator, "run emulator/slow seconds=60 --no-wait --jq .id");
    let id = created.stdout.trim();
    let child = start!(emulator, "stream --id {id}");
    requested(&emulator, "streams.get").await;
    signal(&child, "-INT");
    let output = output(child).await;
    output.exits(130);
    output.says("still running");
    assert_eq!(emulator.predictions()[0].status, Status::Processing);
}

#[tokio::test]
async fn timeout_exits_with_7_and_cancels_only_where_that_is_asked_for() {
    let running = "may still be running";
    let rows = [
        ("--wait=2 --no-stream", running, Status::Processing),
        ("--wait=2 --stream", running, Status::Processing),
        ("--timeout=2 --json", running, Status::Processing),
        (
            "--timeout=2000ms --cancel-on-timeout",
            "canceled",
            Status::Canceled,
        ),
    ];
    join_all(rows.map(async |(options, words, status)| {
        let emulator = Emulator::start().await.expect("an emulator");
        let output = run!(emulator, "run emulator/slow seconds=60 {options}");
        assert_eq!(output.code, 7, "{options}: {}", output.stderr);
        let prediction = emulator.predictions().pop().expect("a prediction");
        output.says(&prediction.id);
        output.says(words);
        assert_eq!(prediction.status, status, "{options}");
    }))
    .await;
}

#[tokio::test]
async fn second_interruption_of_a_change_says_how_to_check_it() {
    for (operation, line, check) in [
        (
            "models.create",
            "models create acme/app --private --hardware cpu",
            "models show acme/app",
        ),
        (
            "deployments.create",
            "deployments create app --model emulator/text --hardware cpu",
            "deployments list",
        ),
        ("files.create", "files upload note.txt", "files list"),
    ] {
        let emulator = Emulator::start().await.expect("an emulator");
        hold(&emulator, operation);
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("note.txt"), "ab").expect("a file");
        let mut child = start!(emulator in directory, "{line}");
        requested(&emulator, operation).await;
        signal(&child, "-INT");
        reads(&mut child, "waiting for the response").await;
        signal(&child, "-INT");
        let ended = soon(child).await;
        ended.exits(130);
        ended.says("may have taken effect");
        ended.says(format!("check it: replicate {check}"));
    }
}
