use std::time::Duration;

use replicate_emulator::{Emulator, Status};
use tokio::io::AsyncReadExt;

use crate::program::{
    created, creates, followed, inject, output, requested, run, signal, start, until,
};

#[tokio::test]
async fn interrupted_run_cancels_its_prediction() {
    let emulator = Emulator::start().await.expect("an emulator");
    for (before, mode) in ["--no-stream", "--stream", "--json"]
        .into_iter()
        .enumerate()
    {
        let child = start!(emulator, "run emulator/slow seconds=60 {mode}");
        created(&emulator, before + 1).await;
        signal(&child, "-INT");
        let output = output(child).await;
        let prediction = emulator.predictions().pop().expect("a prediction");
        output.exits(130);
        output.says(&prediction.id);
        output.says("was canceled");
        assert_eq!(prediction.status, Status::Canceled);
    }
    assert_eq!(creates(&emulator), 3);
}

#[tokio::test]
async fn interruption_during_the_create_cancels_the_prediction() {
    let emulator = Emulator::start().await.expect("an emulator");
    let late = replicate_emulator::Fault::latency(Duration::from_millis(500));
    inject(&emulator, late.on("models.predictions.create"));
    let child = start!(emulator, "run emulator/slow seconds=60");
    until(|| creates(&emulator) == 1).await;
    signal(&child, "-INT");
    let output = output(child).await;
    output.exits(130);
    assert_eq!(emulator.predictions()[0].status, Status::Canceled);
}

#[tokio::test]
async fn interruption_during_an_upload_creates_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    let late = replicate_emulator::Fault::latency(Duration::from_secs(60));
    inject(&emulator, late.on("files.create"));
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("large.txt"), "ab".repeat(200_000)).expect("a file");
    let child = start!(emulator in directory, "run emulator/reverse file=@large.txt");
    requested(&emulator, "files.create").await;
    signal(&child, "-INT");
    // Long before the upload would time out.
    let ended = tokio::time::timeout(Duration::from_secs(10), output(child)).await;
    let output = ended.expect("the command ends at once");
    output.exits(130);
    output.says("no prediction was created");
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn second_interruption_exits_at_once() {
    let emulator = Emulator::start().await.expect("an emulator");
    let late = replicate_emulator::Fault::latency(Duration::from_secs(60));
    inject(&emulator, late.on("predictions.cancel"));
    let mut child = start!(emulator, "run emulator/slow seconds=60 --no-stream");
    followed(&emulator).await;
    signal(&child, "-INT");
    let mut stderr = child.stderr.take().expect("a pipe");
    let mut notice = vec![0; 9];
    stderr
        .read_exact(&mut notice)
        .await
        .expect("it says that it cancels");
    assert_eq!(notice, b"canceling");
    signal(&child, "-INT");
    let ended = tokio::time::timeout(Duration::from_secs(3), child.wait()).await;
    let mut words = String::new();
    stderr.read_to_string(&mut words).await.expect("UTF-8");
    let id = &emulator.predictions()[0].id;
    assert!(
        words.contains(&format!("{id} may still be running")),
        "{words}"
    );
    assert!(words.contains(&format!("cancel {id}")), "{words}");
    assert_eq!(
        crate::program::exit_code(ended.expect("at once").expect("an end")),
        130
    );
}

#[tokio::test]
async fn interrupted_attach_cancels_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    let created = run!(emulator, "run emulator/slow seconds=60 --no-wait").json();
    let id = created["id"].as_str().expect("an id");
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
    let emulator = Emulator::start().await.expect("an emulator");
    for (options, words, status) in [
        (
            "--wait=0.3 --no-stream",
            "may still be running",
            Status::Processing,
        ),
        (
            "--wait=0.3 --stream",
            "may still be running",
            Status::Processing,
        ),
        (
            "--timeout=0.5 --json",
            "may still be running",
            Status::Processing,
        ),
        (
            "--timeout=500ms --cancel-on-timeout",
            "canceled",
            Status::Canceled,
        ),
    ] {
        let output = run!(emulator, "run emulator/slow seconds=60 {options}");
        assert_eq!(output.code, 7, "{options}: {}", output.stderr);
        let prediction = emulator.predictions().pop().expect("a prediction");
        output.says(&prediction.id);
        output.says(words);
        assert_eq!(prediction.status, status, "{options}");
    }
}
