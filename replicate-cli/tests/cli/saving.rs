//! Saved files: no paid output is lost to another one of the same name.

use std::fs;
use std::path::Path;

use futures::future::join_all;
use replicate_emulator::{Emulator, Fault, Model};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::json;

use crate::json::VERSION;
use crate::program::{
    MINUTE, Program, command, creates, emulator_with, hold, inject, output, requested, start,
};
use crate::running::echo;
use crate::session::assert_session;

pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn saved_image_is_a_valid_png() {
    let directory = tempfile::tempdir().expect("a directory");
    let run = command!("--local run emulator/image 'prompt=a red bicycle' -o bike.png");
    run.within(directory.path()).run().await.exits_with(0, "");
    assert_eq!(names(directory.path()), ["bike.png"]);
    let file = fs::File::open(directory.path().join("bike.png")).expect("a file");
    let decoder = png::Decoder::new(std::io::BufReader::new(file));
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut pixels).expect("a picture");
    assert_eq!((reader.info().width, reader.info().height), (256, 256));
}

#[tokio::test]
async fn files_are_replaced_and_numbered_only_where_asked() {
    assert_session!(@r#"
        $ image() { replicate run emulator/image prompt=x width=16 height=16 "$@"; }
        $ echo mine > bike.png; image -o bike.png
        2> error: `bike.png` already exists
        2> hint: use --force to replace it
        exit 2
        $ cat bike.png
        mine
        $ image num_outputs=2 -o new.png
        2> error: the output is several files, which cannot be written to one
        2> hint: use a directory: -o DIR/ or --output-directory DIR
        exit 2
        $ replicate predictions list --jq length
        0
        $ image -o bike.png --force; grep -c PNG bike.png
        1
        2> saved bike.png
        $ image num_outputs=2 -o pictures/; grep -c PNG pictures/*
        pictures/ID-1.png
        pictures/ID-2.png
        pictures/ID-1.png:1
        pictures/ID-2.png:1
        $ image -o - | cmp - bike.png
        $ replicate run emulator/text 'a tale' max_tokens=2 --output-directory texts; cat texts/*
        texts/ID-1.txt
        a tale (no newline)
        $ replicate run emulator/text 'a tale' max_tokens=2 -o tale.txt --json | grep -o '"status":"[a-z]*"'; cat tale.txt
        "status":"succeeded"
        a tale (no newline)
        2> saved tale.txt
        "#);
}

#[tokio::test]
async fn several_unexpected_files_are_numbered() {
    let model = Model::new("acme/two")
        .official(true)
        .run(|_, context| async move {
            let save = |name: &'static str| context.save_file(name, "text/plain", name);
            Ok(json!([save("one.txt"), save("two.txt")]))
        });
    let emulator = emulator_with(model).await;
    assert_session!(emulator, @r"
        $ replicate run acme/two -o x.txt; grep . *
        x-1.txt:one.txt
        x-2.txt:two.txt
        2> the output is 2 files; their names are numbered
        2> saved x-1.txt
        2> saved x-2.txt
        ");
}

#[tokio::test]
async fn file_name_of_a_server_cannot_leave_the_directory() {
    let files = Emulator::start().await.expect("an emulator");
    inject(&files, Fault::response(200, "text/plain", "evil"));
    let url = format!("{}/outputs/x/..%2F..%2Fevil.txt", files.url());
    let model = Model::new("acme/evil")
        .official(true)
        .output_schema(json!({"type": "string", "format": "uri"}))
        .run(move |_, _| std::future::ready(Ok(json!(url))));
    let emulator = emulator_with(model).await;
    assert_session!(emulator, @r"
        $ mkdir inner; cd inner
        $ replicate run acme/evil --save
        ID-1.txt
        $ replicate run acme/evil -o '{name}'
        _.._evil.txt
        $ cd ..; ls; ls inner | wc -l
        inner
        2
        ");
}

#[tokio::test]
async fn file_is_not_replaced_by_a_download_that_may_be_incomplete() {
    // Without a length, and from a server without ranges, the end of a file is not known.
    let open_end = Reply::new(200)
        .header("connection", "close")
        .raw_body("new");
    let addr = Listener::refused().expect("an address");
    let output = format!("http://{addr}/out/bike.png");
    let prediction = json!({"id": "p1", "status": "succeeded", "output": output});
    let created = Reply::json(201, prediction.to_string()).header("connection", "close");
    let replies = [created, open_end.clone(), open_end].map(Script::reply);
    let listener = Listener::start_at(addr, replies).expect("a listener");
    let surroundings = |shell: Program| shell.at_url(&listener.url()).env("VERSION", VERSION);
    assert_session!(with surroundings, @r"
        $ printf mine > bike.png; replicate run $VERSION x=1 -o bike.png --force
        2> the API does not show the schema of a version by its id alone: inputs are not validated, and numbers and JSON are sent as such (owner/name:VERSION has the schema)
        2> bike.png is not replaced, since the download may be incomplete; saved as bike-2.png
        2> saved bike-2.png
        $ grep . *
        bike-2.png:new
        bike.png:mine
        ");
}

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
    hold(&emulator, "outputs.get");
    let directory = tempfile::tempdir().expect("a directory");
    let child = start!(emulator in directory, "run emulator/image prompt=x -o bike.png");
    requested(&emulator, "outputs.get").await;
    fs::write(directory.path().join("bike.png"), "mine").expect("a file");
    emulator.advance(MINUTE);
    let output = output(child).await;
    output.exits(0);
    output.says("bike-2.png");
    assert_eq!(names(directory.path()), ["bike-2.png", "bike.png"]);
    let kept = fs::read_to_string(directory.path().join("bike.png"));
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
