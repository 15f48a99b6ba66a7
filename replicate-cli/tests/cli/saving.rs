use std::fs;
use std::path::Path;

use replicate_emulator::{Emulator, Fault, Model};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::json;

use crate::program::{assert_output, command, creates, emulator_with, inject, replicate, run};

pub(crate) fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("a directory");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

fn is_png(path: &Path) -> bool {
    let Ok(file) = fs::File::open(path) else {
        return false;
    };
    let mut reader = png::Decoder::new(std::io::BufReader::new(file))
        .read_info()
        .expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    reader.next_frame(&mut pixels).expect("a picture");
    (reader.info().width, reader.info().height) == (256, 256)
}

#[tokio::test]
async fn saved_image_is_a_valid_png() {
    let directory = tempfile::tempdir().expect("a directory");
    let run = [
        "--local",
        "run",
        "emulator/image",
        "prompt=a red bicycle",
        "-o",
        "bike.png",
    ];
    let output = replicate(run).within(directory.path()).run().await;
    output.exits_with(0, "");
    assert_eq!(names(directory.path()), ["bike.png"]);
    assert!(is_png(&directory.path().join("bike.png")));
}

#[tokio::test]
async fn existing_file_is_reported_before_a_create_unless_forced() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("bike.png");
    fs::write(&path, "mine").expect("a file");
    let run = ["run", "emulator/image", "prompt=x", "-o", "bike.png"];
    let refused = replicate(run)
        .at(&emulator)
        .within(directory.path())
        .run()
        .await;
    assert_output!(refused, @r"
        exit 2
        error: `bike.png` already exists
        hint: use --force to replace it
        ");
    assert_eq!(
        (
            creates(&emulator),
            fs::read_to_string(&path).expect("a file").as_str()
        ),
        (0, "mine")
    );
    let forced = replicate(run)
        .arg("--force")
        .at(&emulator)
        .within(directory.path())
        .run()
        .await;
    forced.exits(0);
    assert!(is_png(&path));
}

#[tokio::test]
async fn missing_directory_is_reported_before_a_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let output = run!(emulator in directory, "run emulator/image prompt=x -o no/such/bike.png");
    assert_output!(output, @r"
        exit 2
        error: `no/such` is not a directory
        hint: create it first: mkdir -p no/such
        ");
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn several_files_need_a_directory() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let run = |target: &'static str| {
        command!("run emulator/image prompt=x num_outputs=2 -o {target}")
            .at(&emulator)
            .within(directory.path())
            .run()
    };
    assert_output!(run("bike.png").await, @r"
        exit 2
        error: the output is several files, which cannot be written to one
        hint: use a directory: -o DIR/ or --output-directory DIR
        ");
    assert_eq!(creates(&emulator), 0);
    let saved = run("pictures/").await;
    let id = emulator.predictions()[0].id.clone();
    assert_eq!(
        (saved.code, saved.stdout),
        (0, format!("pictures/{id}-1.png\npictures/{id}-2.png\n"))
    );
    assert!(is_png(
        &directory.path().join(format!("pictures/{id}-2.png"))
    ));
}

#[tokio::test]
async fn several_unexpected_files_are_numbered() {
    let model = Model::new("acme/two")
        .official(true)
        .run(|_, context| async move {
            let one = context.save_file("a.txt", "text/plain", "one");
            let two = context.save_file("a.txt", "text/plain", "two");
            Ok(json!([one, two]))
        });
    let emulator = emulator_with(model).await;
    let directory = tempfile::tempdir().expect("a directory");
    let output = run!(emulator in directory, "run acme/two -o x.txt");
    output.exits(0);
    assert_eq!(names(directory.path()), ["x-1.txt", "x-2.txt"]);
}

#[tokio::test]
async fn file_name_of_a_server_cannot_leave_the_directory() {
    let emulator = Emulator::builder().start().await.expect("an emulator");
    let url = format!("{}/outputs/x/..%2F..%2Fevil.txt", emulator.url());
    let output = json!(url.clone());
    let model = Model::new("acme/evil")
        .official(true)
        .output_schema(json!({"type": "string", "format": "uri"}))
        .run(move |_, _| {
            let output = output.clone();
            async move { Ok(output) }
        });
    let server = emulator_with(model).await;
    let directory = tempfile::tempdir().expect("a directory");
    let inner = directory.path().join("inner");
    fs::create_dir(&inner).expect("a directory");
    inject(&emulator, Fault::response(200, "text/plain", "evil"));
    let output = replicate(["run", "acme/evil", "--save"])
        .at(&server)
        .within(&inner)
        .run()
        .await;
    assert_eq!(names(directory.path()), ["inner"], "{output:?}");
    assert_eq!(names(&inner).len(), 1);
    let named = replicate(["run", "acme/evil", "-o", "{name}"])
        .at(&server)
        .within(&inner)
        .run()
        .await;
    assert_eq!(names(directory.path()), ["inner"], "{named:?}");
}

#[tokio::test]
async fn failed_download_leaves_no_file_and_names_the_prediction() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::status(404).on("outputs.get"));
    let directory = tempfile::tempdir().expect("a directory");
    let run = ["run", "emulator/image", "prompt=x", "-o", "bike.png"];
    let output = replicate(run)
        .at(&emulator)
        .within(directory.path())
        .run()
        .await;
    output.exits(9);
    let id = &emulator.predictions()[0].id;
    output.says(id);
    assert_eq!(names(directory.path()), [""; 0]);
}

#[tokio::test]
async fn file_content_is_written_to_standard_output_unchanged() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = run!(emulator, "run emulator/image prompt=x -o -");
    output.exits(0);
    assert!(output.bytes.starts_with(b"\x89PNG"));
    assert_eq!(output.stderr, "");
}

#[tokio::test]
async fn text_and_json_are_saved() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let run = [
        "run",
        "emulator/text",
        "a tale",
        "max_tokens=2",
        "--output-directory",
        "texts",
    ];
    let saved = replicate(run)
        .at(&emulator)
        .within(directory.path())
        .run()
        .await;
    let name = format!("texts/{}-1.txt", emulator.predictions()[0].id);
    assert_eq!(
        (saved.code, saved.stdout),
        (0, format!("{name}\n")),
        "{}",
        saved.stderr
    );
    let text = fs::read_to_string(directory.path().join(name));
    assert_eq!(text.expect("a file"), "a tale");
    let json = run!(emulator in directory, "run emulator/text 'a tale' --json -o tale.txt");
    assert_eq!(json.json()["status"], "succeeded");
    assert!(directory.path().join("tale.txt").exists());
}

#[tokio::test]
async fn file_is_not_replaced_by_a_download_that_may_be_incomplete() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("bike.png");
    fs::write(&path, "mine").expect("a file");
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
    let version = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";
    let output = replicate(["run", version, "x=1", "-o", "bike.png", "--force"])
        .at_url(&listener.url())
        .within(directory.path())
        .run()
        .await;
    output.exits(0);
    let note =
        "bike.png is not replaced, since the download may be incomplete; saved as bike-2.png";
    output.says(note);
    let read = |name| fs::read_to_string(directory.path().join(name)).expect(name);
    assert_eq!(
        (read("bike.png").as_str(), read("bike-2.png").as_str()),
        ("mine", "new")
    );
}
