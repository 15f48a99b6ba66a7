//! A reader that closes the pipe.

use replicate_emulator::{Emulator, Status};

use crate::program::{MINUTE, created, lines, next, output, run, shell, soon, start};
use crate::session::assert_session;

#[tokio::test]
async fn closed_pipe_cancels_a_run_that_waits() {
    let emulator = Emulator::start().await.expect("an emulator");
    for (before, mode) in ["--no-stream", "--stream"].into_iter().enumerate() {
        let mut child = start!(emulator, "run emulator/slow seconds=60 {mode}");
        created(&emulator, before + 1).await;
        drop(child.stdout.take());
        let ended = soon(child).await;
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
        output.exits_with(0, "one");
        let status = emulator.predictions().pop().expect("a prediction").status;
        assert_eq!(status, Status::Canceled, "{command}: {}", output.stderr);
    }
}

#[tokio::test]
async fn closed_pipe_ends_the_logs_of_a_running_prediction_and_leaves_it_running() {
    let emulator = Emulator::start().await.expect("an emulator");
    let slow = "emulator/slow seconds=3600 steps=60";
    let created = run!(emulator, "run {slow} --no-wait --jq .id");
    let id = created.stdout.trim();
    let mut child = start!(emulator, "predictions logs -f {id}");
    let mut printed = lines(child.stdout.take());
    assert!(next(&mut printed).await.contains("0/60"));
    drop(printed);
    emulator.advance(MINUTE);
    let ended = soon(child).await;
    ended.exits(141);
    assert_eq!(ended.stderr, "");
    assert_eq!(emulator.predictions()[0].status, Status::Processing);
}

#[tokio::test]
async fn closed_pipe_does_not_cancel_what_goes_elsewhere() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let mut child = start!(emulator in directory, "run emulator/slow seconds=60 -o took.txt");
    created(&emulator, 1).await;
    drop(child.stdout.take());
    emulator.advance(MINUTE);
    output(child).await.exits(0);
    let saved = std::fs::read_to_string(directory.path().join("took.txt"));
    assert_eq!(saved.expect("a file"), "took 60 s");
}

#[tokio::test]
async fn closed_pipe_of_a_list_is_not_an_error() {
    assert_session!(@r"
        $ (set +o pipefail; replicate models list | head -c 1)
        [ (no newline)
        ");
}
