//! Signals in every phase of a run: what is canceled, what is said, and how the program ends.

use std::time::Duration;

use replicate_emulator::{Emulator, Fault, Model, Status};
use serde_json::json;
use tokio::io::AsyncReadExt;

use crate::program::{
    ProgramOutput, created, creates, emulator_with, inject, is_hangup_ignored, kill, output,
    replicate, shell, signal, start, until,
};

/// The output of a program that has to end soon.
async fn soon(child: tokio::process::Child) -> ProgramOutput {
    let ended = tokio::time::timeout(Duration::from_secs(10), output(child)).await;
    ended.expect("it ends soon after the signal")
}

#[tokio::test]
async fn every_signal_cancels_and_ends_the_program_as_itself() {
    let emulator = Emulator::start().await.expect("an emulator");
    for (name, code) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
        // Under `nohup` the program inherits that the signal is ignored.
        if name == "-HUP" && is_hangup_ignored() {
            continue;
        }
        let before = emulator.predictions().len();
        let child = start!(emulator, "run emulator/slow seconds=60");
        created(&emulator, before + 1).await;
        signal(&child, name);
        let ended = soon(child).await;
        ended.exits(code);
        let prediction = emulator.predictions().pop().expect("a prediction");
        assert_eq!(prediction.status, Status::Canceled);
        ended.says(&prediction.id);
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
    let script = "trap '' HUP; exec replicate run emulator/slow seconds=1";
    let child = shell(script).at(&emulator).start();
    created(&emulator, 1).await;
    signal(&child, "-HUP");
    let ended = soon(child).await;
    ended.exits_with(0, "took 1 s\n");
}

#[tokio::test]
async fn run_is_left_running_where_that_is_asked_for() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = ["run", "emulator/slow", "seconds=60", "--no-cancel"];
    let child = replicate(run).at(&emulator).start();
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
    let pipe = directory.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()));
    for argument in ["text=@pipe", "text=@-"] {
        let run = || {
            replicate(["run", "replicate/hello-world", argument])
                .at(&emulator)
                .within(directory.path())
                .open_stdin()
        };
        let mut child = run().arg("--timeout=500ms").start();
        let stdin = child.stdin.take();
        let ended = soon(child).await;
        assert_eq!(ended.code, 7, "{argument}: {}", ended.stderr);
        drop(stdin);
        let mut child = run().start();
        let stdin = child.stdin.take();
        let mut stderr = child.stderr.take().expect("a pipe");
        let mut notice = [0; 7];
        // It says what it waits for.
        stderr.read_exact(&mut notice).await.expect("a notice");
        assert_eq!(&notice, b"reading");
        signal(&child, "-INT");
        assert_eq!(soon(child).await.code, 130, "{argument}");
        drop(stdin);
    }
    assert!(emulator.predictions().is_empty());
}

#[tokio::test]
async fn interruption_of_a_create_is_noticed_at_once() {
    let emulator = Emulator::start().await.expect("an emulator");
    let late = Fault::latency(Duration::from_secs(60)).on("models.predictions.create");
    inject(&emulator, late);
    let mut child = start!(emulator, "run emulator/slow seconds=60");
    until(|| creates(&emulator) == 1).await;
    signal(&child, "-INT");
    let mut stderr = child.stderr.take().expect("a pipe");
    let mut notice = [0; 20];
    stderr.read_exact(&mut notice).await.expect("a notice");
    assert_eq!(&notice, b"canceling the create");
    signal(&child, "-INT");
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).await.expect("UTF-8");
    assert!(rest.contains("a prediction may exist"), "{rest}");
    assert_eq!(soon(child).await.code, 130);
}
