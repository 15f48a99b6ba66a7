//! A reader that closes the pipe.

use std::time::Duration;

use replicate_emulator::{Emulator, Status};

use crate::program::{created, output, replicate, shell, start};

#[tokio::test]
async fn closed_pipe_cancels_a_run_that_waits() {
    let emulator = Emulator::start().await.expect("an emulator");
    for mode in ["--no-stream", "--stream"] {
        let before = emulator.predictions().len();
        let mut child = start!(emulator, "run emulator/slow seconds=60 {mode}");
        created(&emulator, before + 1).await;
        drop(child.stdout.take());
        let ended = tokio::time::timeout(Duration::from_secs(10), output(child)).await;
        let ended = ended.expect("it ends");
        let prediction = emulator.predictions().pop().expect("a prediction");
        ended.exits(141);
        assert_eq!(prediction.status, Status::Canceled);
        ended.says(&prediction.id);
        ended.says("standard output was closed");
    }
}

#[tokio::test]
async fn first_word_is_enough_for_head() {
    let emulator = Emulator::start().await.expect("an emulator");
    for command in ["run", "stream"] {
        let script = format!(
            "replicate {command} emulator/text one max_tokens=2000 delay=0.002 | head -c 3"
        );
        let output = shell(&script).at(&emulator).run().await;
        assert_eq!(output.stdout, "one", "{}", output.stderr);
        let prediction = emulator.predictions().pop().expect("a prediction");
        assert_eq!(
            prediction.status,
            Status::Canceled,
            "{command}: {}",
            output.stderr
        );
    }
}

#[tokio::test]
async fn closed_pipe_does_not_cancel_what_goes_elsewhere() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let run = ["run", "emulator/slow", "seconds=0.5", "-o", "took.txt"];
    let mut child = replicate(run)
        .at(&emulator)
        .within(directory.path())
        .start();
    created(&emulator, 1).await;
    drop(child.stdout.take());
    let ended = output(child).await;
    ended.exits(0);
    let saved = std::fs::read_to_string(directory.path().join("took.txt"));
    assert_eq!(saved.expect("a file"), "took 0.5 s");
}

#[tokio::test]
async fn closed_pipe_of_a_list_is_not_an_error() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = shell("replicate models list | head -c 1; echo ${PIPESTATUS[0]}")
        .at(&emulator)
        .run()
        .await;
    assert_eq!(output.stderr, "");
    assert!(output.stdout.starts_with('['), "{}", output.stdout);
}
