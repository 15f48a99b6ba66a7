//! Names of saved files: no paid output is lost to another one of the same name.

use std::time::Duration;

use futures::future::join_all;
use replicate_emulator::{Emulator, Fault, Model};
use serde_json::json;

use crate::program::{created, creates, emulator_with, inject, output, replicate, run, start};
use crate::saving::names;

#[tokio::test]
async fn parallel_runs_into_one_directory_keep_every_output() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let runs = (0..12).map(|number| {
        replicate(["run", "emulator/image", "--save"])
            .arg(format!("prompt=p{number}"))
            .at(&emulator)
            .within(directory.path())
            .run()
    });
    for output in join_all(runs).await {
        output.exits(0);
    }
    let mut expected: Vec<String> = emulator
        .predictions()
        .iter()
        .map(|prediction| format!("{}-1.png", prediction.id))
        .collect();
    expected.sort();
    assert_eq!(expected.len(), 12);
    assert_eq!(names(directory.path()), expected);
}

#[tokio::test]
async fn parallel_runs_under_one_name_keep_every_output() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let runs = (0..4).map(|number| {
        replicate(["run", "emulator/image", "-o", "all/{name}"])
            .arg(format!("prompt=p{number}"))
            .at(&emulator)
            .within(directory.path())
            .run()
    });
    for output in join_all(runs).await {
        output.exits(0);
    }
    assert_eq!(names(&directory.path().join("all")).len(), 4);
}

#[tokio::test]
async fn name_that_is_taken_meanwhile_is_numbered_with_a_note() {
    let emulator = Emulator::start().await.expect("an emulator");
    let late = Fault::latency(Duration::from_millis(500)).on("outputs.get");
    inject(&emulator, late);
    let directory = tempfile::tempdir().expect("a directory");
    let child = start!(emulator in directory, "run emulator/image prompt=x -o bike.png");
    created(&emulator, 1).await;
    std::fs::write(directory.path().join("bike.png"), "mine").expect("a file");
    let output = output(child).await;
    output.exits(0);
    assert_eq!(names(directory.path()), ["bike-2.png", "bike.png"]);
    output.says("bike-2.png");
    let kept = std::fs::read_to_string(directory.path().join("bike.png"));
    assert_eq!(kept.expect("a file"), "mine");
}

/// An emulator with a model that promises files, and returns this.
async fn without_files(output: serde_json::Value) -> Emulator {
    let file = json!({"type": "string", "format": "uri"});
    let model = Model::new("acme/nothing")
        .official(true)
        .output_schema(json!({"type": "array", "items": file}))
        .run(move |_, _| {
            let output = output.clone();
            async move { Ok(output) }
        });
    emulator_with(model).await
}

#[tokio::test]
async fn output_without_a_file_is_an_error_and_writes_nothing() {
    for output in [json!([]), json!(null)] {
        let emulator = without_files(output.clone()).await;
        let directory = tempfile::tempdir().expect("a directory");
        for target in ["out.png", "-", "all/"] {
            let ended = run!(emulator in directory, "run acme/nothing -o {target}");
            let id = emulator.predictions().pop().expect("a prediction").id;
            ended.exits_with(9, "");
            ended.says(&id);
            ended.says(output.to_string());
        }
        let empty = directory.path().join("all");
        assert!(names(&empty).is_empty());
        assert_eq!(names(directory.path()), ["all"]);
    }
}

#[tokio::test]
async fn content_of_another_type_than_the_name_is_noted() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let output = run!(emulator in directory, "run emulator/image prompt=x -o bike.jpg");
    output.exits(0);
    output.says("image/png");
    assert_eq!(names(directory.path()), ["bike.jpg"]);
}

#[tokio::test]
async fn output_can_be_written_to_devices_and_pipes() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let null = run!(emulator, "run emulator/image prompt=x -o /dev/null");
    null.exits(0);
    let pipe = directory.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.is_ok_and(|status| status.success()));
    let child = replicate(["run", "emulator/image", "prompt=x", "-o"])
        .arg(&pipe)
        .at(&emulator)
        .start();
    let content = tokio::fs::read(&pipe).await.expect("content");
    assert!(content.starts_with(b"\x89PNG"));
    assert_eq!(output(child).await.code, 0);
}

#[tokio::test]
async fn unknown_field_of_a_name_is_reported_before_a_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = run!(emulator, "run emulator/image prompt=x -o {{prompt}}.png");
    output.exits(2);
    output.says("{id}");
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn files_are_saved_only_where_asked() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let output = run!(emulator in directory, "run emulator/image prompt=x");
    assert!(output.stdout.starts_with("http"), "{}", output.stdout);
    assert!(names(directory.path()).is_empty());
}
