//! Names of saved files: no paid output is lost to another one of the same name.

use std::time::Duration;

use futures::future::join_all;
use replicate_emulator::{Emulator, Fault};
use serde_json::json;

use crate::program::{command, creates, emulator_with, inject, output, requested, start};
use crate::running::echo;
use crate::saving::names;
use crate::session::assert_session;

#[tokio::test]
async fn parallel_runs_into_one_directory_or_under_one_name_keep_every_output() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let runs = (0..12).map(|number| {
        let save = ["--save", "-o all/{name}"][number % 2];
        command!("run emulator/image prompt=p{number} width=16 height=16 {save}")
            .at(&emulator)
            .within(directory.path())
            .run()
    });
    for output in join_all(runs).await {
        output.exits(0);
    }
    let predictions = emulator.predictions();
    let image = |id: &str| directory.path().join(format!("{id}-1.png")).exists();
    let saved = predictions
        .iter()
        .filter(|prediction| image(&prediction.id));
    assert_eq!((predictions.len(), saved.count()), (12, 6));
    assert_eq!(names(&directory.path().join("all")).len(), 6);
}

#[tokio::test]
async fn name_that_is_taken_meanwhile_is_numbered_with_a_note() {
    let emulator = Emulator::start().await.expect("an emulator");
    let late = Fault::latency(Duration::from_secs(60)).on("outputs.get");
    inject(&emulator, late);
    let directory = tempfile::tempdir().expect("a directory");
    let child = start!(emulator in directory, "run emulator/image prompt=x -o bike.png");
    requested(&emulator, "outputs.get").await;
    std::fs::write(directory.path().join("bike.png"), "mine").expect("a file");
    emulator.advance(Duration::from_secs(60));
    let output = output(child).await;
    output.exits(0);
    output.says("bike-2.png");
    assert_eq!(names(directory.path()), ["bike-2.png", "bike.png"]);
    let kept = std::fs::read_to_string(directory.path().join("bike.png"));
    assert_eq!(kept.expect("a file"), "mine");
}

#[tokio::test]
async fn output_without_a_file_is_an_error_and_writes_nothing() {
    let file = json!({"type": "string", "format": "uri"});
    let files = json!({"type": "array", "items": file});
    let emulator = emulator_with(echo("acme/nothing", files)).await;
    assert_session!(emulator, @r"
        $ replicate run acme/nothing output:=[] -o out.png
        2> error: prediction ID: the output has no file: it is []; nothing was written
        2> hint: show it: replicate predictions show ID; download it: replicate predictions download ID
        exit 9
        $ replicate run acme/nothing output:=[] -o -
        2> error: prediction ID: the output has no file: it is []; nothing was written
        2> hint: show it: replicate predictions show ID; download it: replicate predictions download ID
        exit 9
        $ replicate run acme/nothing output:=[] -o all/
        2> error: prediction ID: the output has no file: it is []; nothing was written
        2> hint: show it: replicate predictions show ID; download it: replicate predictions download ID
        exit 9
        $ replicate run acme/nothing output:=null -o out.png
        2> error: prediction ID: the output has no file: it is null; nothing was written
        2> hint: show it: replicate predictions show ID; download it: replicate predictions download ID
        exit 9
        $ replicate run acme/nothing output:=null -o -
        2> error: prediction ID: the output has no file: it is null; nothing was written
        2> hint: show it: replicate predictions show ID; download it: replicate predictions download ID
        exit 9
        $ replicate run acme/nothing output:=null -o all/
        2> error: prediction ID: the output has no file: it is null; nothing was written
        2> hint: show it: replicate predictions show ID; download it: replicate predictions download ID
        exit 9
        $ find . -mindepth 1
        ./all
        ");
}

#[tokio::test]
async fn files_are_saved_only_where_asked_and_under_the_name_that_was_asked_for() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r#"
        $ image() { replicate run emulator/image prompt=x width=16 height=16 "$@"; }
        $ image
        http://127.0.0.1:PORT/outputs/ID/out-0.png
        $ ls
        $ image -o bike.jpg
        2> bike.jpg is named as image/jpeg, and its content is image/png
        2> saved bike.jpg
        $ ls
        bike.jpg
        $ image -o /dev/null
        $ mkfifo pipe; grep -c PNG < pipe & image -o pipe; wait
        1
        $ image -o '{prompt}.png'
        2> error: unknown field {prompt} in `{prompt}.png`
        2> hint: the fields are {id}, {n}, {ext} and {name}
        exit 2
        $ image -o no/such/bike.png
        2> error: `no/such` is not a directory
        2> hint: create it first: mkdir -p no/such
        exit 2
        "#);
    assert_eq!(creates(&emulator), 4);
}
