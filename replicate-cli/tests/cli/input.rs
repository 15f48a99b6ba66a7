use replicate_emulator::Emulator;
use serde_json::{Value, json};

use crate::program::{assert_said, creates, replicate};

/// The input of the last create.
fn sent(emulator: &Emulator) -> Value {
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
    let run = [
        "run",
        "emulator/text",
        "prompt=42",
        "max_tokens=2",
        "delay:=0.001",
    ];
    assert_eq!(replicate(run).at(&emulator).run().await.code, 0);
    assert_eq!(
        sent(&emulator),
        json!({"prompt": "42", "max_tokens": 2, "delay": 0.001})
    );
}

#[tokio::test]
async fn a_literal_template_without_a_pipe_is_text() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = replicate(["run", "replicate/hello-world", "text={{x}} {{.output}}"])
        .at(&emulator)
        .run()
        .await;
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "hello {{x}} {{.output}}\n"),
        "{}",
        run.stderr
    );
}

#[tokio::test]
async fn a_template_is_filled_from_the_prediction_in_the_pipe() {
    let emulator = Emulator::start().await.expect("an emulator");
    let first = replicate(["run", "replicate/hello-world", "text=Bob", "--json"])
        .at(&emulator)
        .run()
        .await;
    let run = ["run", "replicate/hello-world", "text={{.output}}, {{x}}"];
    let second = replicate(run)
        .at(&emulator)
        .stdin(first.bytes.clone())
        .run()
        .await;
    assert_eq!(
        second.stdout, "hello hello Bob, {{x}}\n",
        "{}",
        second.stderr
    );
    let wrong = ["run", "replicate/hello-world", "text={{.outputs[0]}}"];
    assert_eq!(
        replicate(wrong)
            .at(&emulator)
            .stdin(first.bytes)
            .run()
            .await
            .code,
        2
    );
    let text = replicate(run).at(&emulator).stdin("no JSON").run().await;
    assert_eq!(text.stdout, "hello {{.output}}, {{x}}\n", "{}", text.stderr);
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
    assert_eq!(twice.code, 2, "{}", twice.stderr);
}

#[tokio::test]
async fn a_file_goes_inline_when_small_and_is_uploaded_when_large() {
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
async fn a_wrong_input_is_refused_before_anything_is_created() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = async |argument: &str| {
        let answer = replicate(["run", "emulator/image", "prompt=x", argument])
            .at(&emulator)
            .run()
            .await;
        assert_eq!(answer.code, 2, "{}", answer.stderr);
        answer
    };
    assert_said!(run("widht=64").await, @r"
        exit 2
        error: `widht` is no input of this model: did you mean `width`?
        hint: its inputs are prompt, num_outputs, width, height, seed
        ");
    assert_said!(run("width=wide").await, @r#"
        exit 2
        error: `width` must be an integer, not "wide"
        "#);
    assert_said!(run("width=9000").await, @r"
        exit 2
        error: `width` must be 16 to 2048, not 9000
        ");
    assert_said!(run("prompt=y").await, @r"
        exit 2
        error: `prompt` is given twice
        hint: leave one out; only an input that is a list takes several
        ");
    assert_said!(run("another text").await, @r"
        exit 2
        error: `another text` has no key, and the main input is given already
        hint: put a text of several words in quotes, and write other inputs as key=value
        ");
    assert_said!(run("width:=wide").await, @r"
        exit 2
        error: `width:=wide` holds no JSON: expected value at line 1 column 1
        hint: for a text write width=wide
        ");
    assert_said!(run("width=@no-such-file").await, @r"
        exit 2
        error: could not read `no-such-file`: No such file or directory (os error 2)
        hint: for a text that begins with @ write width=@@no-such-file
        ");
    let missing = replicate(["run", "emulator/image", "width=64"])
        .at(&emulator)
        .run()
        .await;
    assert_said!(missing, @r"
        exit 2
        error: `prompt` is missing (What chooses the picture): the model needs it
        hint: give it as prompt=TEXT
        ");
    let file = replicate(["run", "emulator/reverse", "file=@no-such-file"])
        .at(&emulator)
        .run()
        .await;
    assert_said!(file, @r"
        exit 2
        error: could not read file `no-such-file` for `file`: No such file or directory (os error 2)
        hint: for text that begins with @, write file=@@no-such-file
        ");
    assert_eq!(creates(&emulator), 0);
}
