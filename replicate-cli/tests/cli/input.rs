use replicate_emulator::Emulator;
use serde_json::{Value, json};

use crate::program::{assert_output, creates, replicate, run};

/// The input of the last create.
pub(crate) fn sent(emulator: &Emulator) -> Value {
    let requests = emulator.requests();
    let create = requests
        .iter()
        .rev()
        .find(|request| request.method == "POST")
        .expect("a create");
    create.json().expect("JSON")["input"].clone()
}

#[tokio::test]
async fn inputs_have_the_types_of_the_schema_on_the_wire() {
    let emulator = Emulator::start().await.expect("an emulator");
    let text = run!(
        emulator,
        "run emulator/text prompt=42 max_tokens=2 delay:=0.001"
    );
    text.exits(0);
    let expected = json!({"prompt": "42", "max_tokens": 2, "delay": 0.001});
    assert_eq!(sent(&emulator), expected);
    run!(emulator, "run emulator/image prompt=x seed=1000000");
    assert_eq!(sent(&emulator)["seed"].to_string(), "1000000");
}

#[tokio::test]
async fn standard_input_is_a_text_a_file_or_the_whole_input() {
    let emulator = Emulator::start().await.expect("an emulator");
    let text = ["run", "replicate/hello-world", "text=@-"];
    assert_eq!(
        replicate(text)
            .at(&emulator)
            .stdin("Bob")
            .run()
            .await
            .stdout,
        "hello Bob\n"
    );
    let file = ["run", "emulator/reverse", "file=@-", "-o", "-"];
    assert_eq!(
        replicate(file)
            .at(&emulator)
            .stdin(&b"\xff\x01"[..])
            .run()
            .await
            .bytes,
        b"\x01\xff"
    );
    let whole = ["run", "replicate/hello-world", "-i", "-"];
    assert_eq!(
        replicate(whole)
            .at(&emulator)
            .stdin(r#"{"text": "Eve"}"#)
            .run()
            .await
            .stdout,
        "hello Eve\n"
    );
    let twice = replicate(["run", "replicate/hello-world", "-i", "-", "text=@-"])
        .at(&emulator)
        .stdin("{}")
        .run()
        .await;
    twice.exits(2);
}

#[tokio::test]
async fn small_file_is_inlined_and_large_file_is_uploaded() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("small.txt"), "abc").expect("a file");
    std::fs::write(directory.path().join("large.txt"), "ab".repeat(200_000)).expect("a file");
    let run = async |name: &str| {
        let argument = format!("file=@{name}");
        let run = ["run", "emulator/reverse", &argument, "-o", "-"];
        replicate(run)
            .at(&emulator)
            .within(directory.path())
            .run()
            .await
    };
    assert_eq!(run("small.txt").await.stdout, "cba");
    assert!(
        sent(&emulator)["file"]
            .as_str()
            .is_some_and(|file| file.starts_with("data:text/plain;base64,"))
    );
    assert_eq!(run("large.txt").await.stdout, "ba".repeat(200_000));
    let file = sent(&emulator)["file"].clone();
    assert!(
        file.as_str()
            .is_some_and(|file| file.contains("/v1/files/")),
        "{file}"
    );
}

#[tokio::test]
async fn invalid_input_is_rejected_before_a_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = async |argument: &str| {
        let run = replicate(["run", "emulator/image", "prompt=x", argument]);
        let output = run.at(&emulator).run().await;
        output.exits(2);
        output
    };
    assert_output!(run("widht=64").await, @r"
        exit 2
        error: unknown input `widht`; did you mean `width`?
        hint: the model's inputs: prompt, num_outputs, width, height, seed
        ");
    assert_output!(run("width=wide").await, @r#"
        exit 2
        error: `width` must be an integer, not "wide"
        "#);
    assert_output!(run("width=9000").await, @r"
        exit 2
        error: `width` must be 16 to 2048, not 9000
        ");
    assert_output!(run("prompt=y").await, @r"
        exit 2
        error: `prompt` is set twice
        hint: remove one; only a list input can be set several times
        ");
    assert_output!(run("another text").await, @r"
        exit 2
        error: `another text` has no key, and the main input is already set
        hint: quote text of several words, and write other inputs as key=value
        ");
    assert_output!(run("width:=wide").await, @r"
        exit 2
        error: invalid JSON in `width:=wide`: expected value at line 1 column 1
        hint: for text, write width=wide
        ");
    assert_output!(run("width=@no-such-file").await, @r"
        exit 2
        error: could not read `no-such-file`: No such file or directory (os error 2)
        hint: for text that begins with @, write width=@@no-such-file
        ");
    let missing = run!(emulator, "run emulator/image width=64");
    assert_output!(missing, @r"
        exit 2
        error: missing required input `prompt` (What chooses the picture)
        hint: pass prompt=TEXT
        ");
    let file = run!(emulator, "run emulator/reverse file=@no-such-file");
    assert_output!(file, @r"
        exit 2
        error: could not read file `no-such-file` for `file`: No such file or directory (os error 2)
        hint: for text that begins with @, write file=@@no-such-file
        ");
    assert_eq!(creates(&emulator), 0);
}
