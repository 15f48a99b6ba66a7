//! `{{.output[0]}}`: the output of one run as the input of the next.

use replicate_emulator::Emulator;
use serde_json::json;

use crate::input::sent;
use crate::program::{creates, replicate, shell};

#[tokio::test]
async fn output_of_one_run_is_the_input_of_the_next_in_both_forms() {
    let emulator = Emulator::start().await.expect("an emulator");
    for json in ["", "--json"] {
        let script = format!(
            "replicate run emulator/image prompt=x {json} | replicate run emulator/reverse file='{{{{.output[0]}}}}' -o -"
        );
        let output = shell(&script).at(&emulator).run().await;
        output.exits(0);
        // A PNG from its end to its beginning.
        assert!(output.bytes.ends_with(b"\n\x1a\n\rGNP\x89"), "{script}");
        let file = sent(&emulator)["file"].clone();
        assert!(file.as_str().is_some_and(|url| url.starts_with("http")));
    }
}

#[tokio::test]
async fn text_of_one_run_is_the_input_of_the_next_in_both_forms() {
    let emulator = Emulator::start().await.expect("an emulator");
    for json in ["", "--json"] {
        let script = format!(
            "replicate run emulator/text 'a tale' max_tokens=2 {json} | replicate run replicate/hello-world text='{{{{ .output }}}}'"
        );
        let output = shell(&script).at(&emulator).run().await;
        assert_eq!(output.stdout, "hello a tale\n", "{}", output.stderr);
    }
}

#[tokio::test]
async fn text_that_contains_a_template_is_text_and_reads_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    let script = r#"printf 'a\nb\nc\n' | while read -r line; do
        replicate run replicate/hello-world text="$line {{.output}} {{x}}"
    done"#;
    let output = shell(script).at(&emulator).run().await;
    assert_eq!(
        output.stdout,
        "hello a {{.output}} {{x}}\nhello b {{.output}} {{x}}\nhello c {{.output}} {{x}}\n",
        "{}",
        output.stderr
    );
}

#[tokio::test]
async fn template_that_cannot_be_filled_creates_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    let failed = r#"{"id": "abc", "status": "failed", "output": null}"#;
    for (template, stdin) in [
        ("text={{.output[5]}}", "one line\n"),
        (
            "text={{.outputs}}",
            r#"{"id": "abc", "status": "succeeded"}"#,
        ),
        ("text={{.output}}", failed),
        ("text={{.output}}", ""),
    ] {
        let output = replicate(["run", "replicate/hello-world", template])
            .at(&emulator)
            .stdin(stdin)
            .run()
            .await;
        assert_eq!(output.code, 2, "{template}: {}", output.stderr);
    }
    let without = replicate(["run", "replicate/hello-world", "text={{.output}}"]);
    assert_eq!(without.at(&emulator).run().await.code, 2);
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn failed_run_ends_the_chain() {
    let emulator = Emulator::start().await.expect("an emulator");
    let script = "replicate run emulator/fail --json | replicate run replicate/hello-world text='{{.output}}'";
    let output = shell(script).at(&emulator).run().await;
    output.exits(2);
    assert_eq!(creates(&emulator), 1);
}

#[tokio::test]
async fn main_input_is_read_from_a_pipe_or_a_file() {
    let emulator = Emulator::start().await.expect("an emulator");
    for script in [
        "echo -n Bob | replicate run replicate/hello-world",
        "replicate run replicate/hello-world < name",
    ] {
        let directory = tempfile::tempdir().expect("a directory");
        std::fs::write(directory.path().join("name"), "Bob").expect("a file");
        let output = shell(script)
            .at(&emulator)
            .within(directory.path())
            .run()
            .await;
        assert_eq!(output.stdout, "hello Bob\n", "{script}: {}", output.stderr);
    }
    assert_eq!(sent(&emulator), json!({"text": "Bob"}));
    let empty = replicate(["run", "replicate/hello-world"]).at(&emulator);
    let empty = empty.stdin("").run().await;
    empty.exits(2);
    empty.says("empty");
    assert_eq!(creates(&emulator), 2);
}

#[tokio::test]
async fn loop_keeps_its_standard_input() {
    let emulator = Emulator::start().await.expect("an emulator");
    for text in ["\"$name\"", "text=\"$name\""] {
        let script = format!(
            "printf 'a\\nb\\n' | while read -r name; do replicate run replicate/hello-world {text}; done"
        );
        let output = shell(&script).at(&emulator).run().await;
        assert_eq!(output.stdout, "hello a\nhello b\n", "{}", output.stderr);
    }
}

#[tokio::test]
async fn json_and_the_first_line_can_be_piped_on() {
    let emulator = Emulator::start().await.expect("an emulator");
    let script = "replicate run emulator/text 'a tale' max_tokens=2 --json | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"status\"])'";
    let output = shell(script).at(&emulator).run().await;
    assert_eq!(output.stdout, "succeeded\n", "{}", output.stderr);
}
