//! The forms in which an input can be written, and the mistakes that people make.

use replicate_emulator::Emulator;
use serde_json::json;

use crate::input::sent;
use crate::program::{assert_output, creates, replicate, run, shell};

#[tokio::test]
async fn mistakes_are_reported_with_the_right_form_before_a_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("small.png"), "x").expect("a file");
    std::fs::write(directory.path().join("empty.png"), "").expect("a file");
    let run = async |argument: &str| run!(emulator in directory, "run emulator/reverse {argument}");
    assert_output!(run("file=small.png").await, @r#"
    exit 2
    error: `file` must be the URL of a file (https or data), not the local path "small.png"
    hint: write file=@small.png
    "#);
    assert_output!(run("file=@").await, @r"
    exit 2
    error: missing file name after `file=@`
    hint: if it comes from a shell variable, that is empty; for the text @, write file=@@
    ");
    assert_output!(run("file=@empty.png").await, @r"
    exit 2
    error: file `empty.png` for `file` is empty
    ");
    let text = async |argument: &str| {
        let run = ["run", "emulator/image", argument];
        replicate(run).at(&emulator).run().await
    };
    assert_output!(text("prompt:hi").await, @r"
    exit 2
    error: invalid input `prompt:hi`; did you mean `prompt=hi`?
    hint: if it is the text itself, write prompt='prompt:hi'
    ");
    assert_output!(text("width[]=5").await, @r"
    exit 2
    error: invalid input `width[]=5`; did you mean `width=5`?
    hint: if it is the text itself, write prompt='width[]=5'
    ");
    assert_output!(text("--prompt=hi").await, @r"
    exit 2
    error: unexpected argument '--prompt' found
    hint: inputs are written key=value: prompt=VALUE; for options see --help
    ");
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn input_option_takes_key_and_value_as_cog_does() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = ["run", "replicate/hello-world", "-i", "text=Bob"];
    let output = replicate(run).at(&emulator).run().await;
    assert_eq!(output.stdout, "hello Bob\n", "{}", output.stderr);
    assert_eq!(
        run!(emulator, "run replicate/hello-world text:Bob --separator :").stdout,
        "hello Bob\n"
    );
}

#[tokio::test]
async fn process_substitution_and_pipes_are_files() {
    let emulator = Emulator::start().await.expect("an emulator");
    for script in [
        "replicate run emulator/reverse file=@<(printf abc) -o -",
        "printf abc | replicate run emulator/reverse file=@/dev/stdin -o -",
        "printf abc | replicate run emulator/reverse -o -",
        "mkfifo pipe; printf abc > pipe & replicate run emulator/reverse file=@pipe -o -",
        "printf abc > $'\\xff.txt'; replicate run emulator/reverse file=@$'\\xff.txt' -o -",
    ] {
        let directory = tempfile::tempdir().expect("a directory");
        let output = shell(script)
            .at(&emulator)
            .within(directory.path())
            .run()
            .await;
        assert_eq!(output.stdout, "cba", "{script}: {}", output.stderr);
    }
    let text = shell("replicate run replicate/hello-world text=@<(printf Bob)");
    assert_eq!(text.at(&emulator).run().await.stdout, "hello Bob\n");
}

#[tokio::test]
async fn content_type_is_detected_from_the_content() {
    let emulator = Emulator::start().await.expect("an emulator");
    let png = b"\x89PNG\r\n\x1a\n----";
    let directory = tempfile::tempdir().expect("a directory");
    std::fs::write(directory.path().join("picture"), png).expect("a file");
    for (argument, stdin) in [("file=@picture", None), ("file=@-", Some(&png[..]))] {
        let run = ["run", "emulator/reverse", argument, "-o", "/dev/null"];
        let mut run = replicate(run).at(&emulator).within(directory.path());
        if let Some(stdin) = stdin {
            run = run.stdin(stdin);
        }
        let output = run.run().await;
        output.exits(0);
        let file = sent(&emulator)["file"].clone();
        let file = file.as_str().expect("a URL");
        assert!(file.starts_with("data:image/png;base64,"), "{file}");
    }
}

#[tokio::test]
async fn without_waiting_there_is_nothing_to_save() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = run!(emulator, "run emulator/image prompt=x --no-wait -o x.png");
    output.exits(2);
    assert_eq!(creates(&emulator), 0);
    output.says("predictions download");
}

#[tokio::test]
async fn values_of_a_file_of_input_are_changed_by_arguments() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    // With a byte order mark, as some editors write it.
    let input = "\u{feff}{\"prompt\": \"a tale\", \"max_tokens\": 9}";
    std::fs::write(directory.path().join("input.json"), input).expect("a file");
    let run = ["run", "emulator/text", "-i", "input.json", "max_tokens=2"];
    let output = replicate(run)
        .at(&emulator)
        .within(directory.path())
        .run()
        .await;
    assert_eq!(output.stdout, "a tale\n", "{}", output.stderr);
    assert_eq!(
        sent(&emulator),
        json!({"prompt": "a tale", "max_tokens": 2})
    );
}
