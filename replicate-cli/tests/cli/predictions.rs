//! Commands about predictions that exist.

use replicate_emulator::{Emulator, Status};
use serde_json::{Value, json};

use crate::input::sent;
use crate::program::{creates, output, replicate, run, signal, until};
use crate::saving::names;

/// Creates a prediction of this model, and returns its id.
async fn create(emulator: &Emulator, arguments: &[&str]) -> String {
    let mut program = replicate(["run", "--no-wait"]);
    for argument in arguments {
        program = program.arg(argument);
    }
    let created = program.at(emulator).run().await.json();
    created["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn wait_and_watch_print_the_result_of_a_running_prediction() {
    let emulator = Emulator::start().await.expect("an emulator");
    let id = create(&emulator, &["emulator/slow", "seconds=0.3", "steps=2"]).await;
    let waited = run!(emulator, "predictions wait {id}");
    assert_eq!(waited.json()["status"], "succeeded", "{}", waited.stderr);
    let id = create(&emulator, &["emulator/slow", "seconds=0.3", "steps=2"]).await;
    let watched = run!(emulator, "p watch {id}");
    assert_eq!(watched.stdout, "took 0.3 s\n");
    watched.says("2/2");
    let id = create(&emulator, &["emulator/fail", "reason=no"]).await;
    let failed = run!(emulator, "predictions wait {id}");
    failed.exits(3);
}

#[tokio::test]
async fn interrupted_wait_leaves_the_prediction_running() {
    let emulator = Emulator::start().await.expect("an emulator");
    let id = create(&emulator, &["emulator/slow", "seconds=60"]).await;
    for command in ["wait", "watch", "logs"] {
        let mut program = replicate(["predictions", command, &id]).at(&emulator);
        if command == "logs" {
            program = program.arg("--follow");
        }
        let before = emulator.requests().len();
        let child = program.start();
        until(|| emulator.requests().len() > before).await;
        signal(&child, "-INT");
        let ended = output(child).await;
        assert_eq!(ended.code, 130, "{command}: {}", ended.stderr);
        ended.says("still running");
    }
    assert_ne!(emulator.predictions()[0].status, Status::Canceled);
}

#[tokio::test]
async fn logs_are_printed_to_standard_output() {
    let emulator = Emulator::start().await.expect("an emulator");
    let id = create(&emulator, &["emulator/slow", "seconds=0.3", "steps=2"]).await;
    let followed = run!(emulator, "predictions logs -f {id}");
    followed.exits(0);
    followed.prints("2/2");
    let whole = run!(emulator, "predictions logs {id}");
    assert_eq!(whole.stdout, followed.stdout);
}

#[tokio::test]
async fn outputs_are_downloaded_by_id() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let id =
        run!(emulator, "run emulator/image prompt=x num_outputs=2 --json").json()["id"].clone();
    let id = id.as_str().expect("an id");
    let downloaded = run!(emulator in directory, "predictions download {id}");
    downloaded.exits(0);
    let expected = [format!("{id}-1.png"), format!("{id}-2.png")];
    assert_eq!(names(directory.path()), expected);
    let running = create(&emulator, &["emulator/slow", "seconds=60"]).await;
    let refused = run!(emulator, "predictions download {running}");
    refused.exits(9);
    refused.says("still running");
    let unknown = replicate(["predictions", "download", "nothing"]).at(&emulator);
    assert_eq!(unknown.run().await.code, 5);
}

#[tokio::test]
async fn recent_outputs_are_downloaded_once_with_their_inputs() {
    use std::os::unix::fs::PermissionsExt;
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    for run in [
        ["run", "emulator/image", "prompt=x"],
        ["run", "replicate/hello-world", "text=Bob"],
    ] {
        assert_eq!(replicate(run).at(&emulator).run().await.code, 0);
    }
    run!(emulator, "run emulator/fail");
    let download = || {
        replicate(["predictions", "download", "--since", "1h", "all"])
            .at(&emulator)
            .within(directory.path())
            .run()
    };
    let first = download().await;
    first.exits(0);
    first.says("saved 2 outputs");
    let all = directory.path().join("all");
    assert_eq!(names(&all).len(), 4, "{:?}", names(&all));
    let image = &emulator.predictions()[0];
    let sidecar = all.join(format!("{}.json", image.id));
    let mode = std::fs::metadata(&sidecar)
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let sidecar: Value =
        serde_json::from_slice(&std::fs::read(sidecar).expect("a file")).expect("JSON");
    assert_eq!(sidecar["input"], json!({"prompt": "x"}));
    let second = download().await;
    second.says("2 were there");
    assert_eq!(names(&all).len(), 4);
}

#[tokio::test]
async fn rerun_creates_with_the_same_input_and_changes() {
    let emulator = Emulator::start().await.expect("an emulator");
    for (model, arguments, change, input) in [
        (
            "replicate/hello-world",
            "text=Bob",
            "text=Eve",
            json!({"text": "Eve"}),
        ),
        (
            "emulator/image",
            "prompt=x",
            "seed=7",
            json!({"prompt": "x", "seed": 7}),
        ),
    ] {
        let run = replicate(["run", model, arguments, "--json"]).at(&emulator);
        let id = run.run().await.json()["id"].clone();
        let before = creates(&emulator);
        let rerun = replicate(["rerun", id.as_str().expect("an id"), change]).at(&emulator);
        let rerun = rerun.run().await;
        rerun.exits(0);
        assert_eq!(sent(&emulator), input);
        assert_eq!(creates(&emulator), before + 1);
    }
    let unknown = run!(emulator, "rerun nothing");
    unknown.exits(5);
}
