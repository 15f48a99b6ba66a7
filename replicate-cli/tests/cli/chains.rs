//! `{{.output[0]}}`: the output of one run as the input of the next.

use replicate_emulator::Emulator;
use serde_json::json;

use crate::input::sent;
use crate::program::creates;
use crate::session::assert_session;

#[tokio::test]
async fn output_of_one_run_is_the_input_of_the_next_in_both_forms() {
    let emulator = Emulator::start().await.expect("an emulator");
    // A PNG from its end to its beginning.
    assert_session!(emulator, @r#"
        $ image() { replicate run emulator/image prompt=x width=16 height=16 $1; }
        $ reverse() { replicate run emulator/reverse file='{{.output[0]}}' -o - | tail -c 4 | head -c 3; }
        $ image | reverse
        GNP (no newline)
        $ image --json | reverse
        GNP (no newline)
        $ text() { replicate run emulator/text 'a tale' max_tokens=2 $1; }
        $ text | replicate run replicate/hello-world text='{{ .output }}'
        hello a tale
        $ text --json | replicate run replicate/hello-world text='{{ .output }}'
        hello a tale
        $ text --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["status"])'
        succeeded
        "#);
    let predictions = emulator.predictions();
    let file = &predictions[3].json["input"]["file"];
    assert!(
        file.as_str().is_some_and(|url| url.starts_with("http")),
        "{file}"
    );
}

#[tokio::test]
async fn text_that_contains_a_template_is_text_and_reads_nothing() {
    assert_session!(@r#"
        $ printf 'a\nb\n' | while read -r line; do replicate run replicate/hello-world text="$line {{.output}} {{x}}"; done
        hello a {{.output}} {{x}}
        hello b {{.output}} {{x}}
        $ printf 'a\nb\n' | while read -r name; do replicate run replicate/hello-world "$name"; done
        hello a
        hello b
        $ printf 'a\nb\n' | while read -r name; do replicate run replicate/hello-world text="$name"; done
        hello a
        hello b
        "#);
}

#[tokio::test]
async fn template_that_cannot_be_filled_creates_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r#"
        $ hello() { replicate run replicate/hello-world text="{{$1}}"; }
        $ echo 'one line' | hello '.output[5]'
        2> error: what came on standard input has nothing at `{{.output[5]}}`
        2> hint: run the earlier command alone to see what it prints; with --json it prints the whole prediction
        exit 2
        $ echo '{"id": "abc", "status": "succeeded"}' | hello .outputs
        2> error: what came on standard input has nothing at `{{.outputs}}`
        2> hint: run the earlier command alone to see what it prints; with --json it prints the whole prediction
        exit 2
        $ echo '{"id": "abc", "status": "failed", "output": null}' | hello .output
        2> error: prediction abc on standard input has not succeeded; its status is failed
        exit 2
        $ printf '' | hello .output
        2> error: standard input is empty, and `{{.output}}` is filled from it
        2> hint: pipe a run into this command; for the text itself, pass it by -i FILE
        exit 2
        $ hello .output
        2> error: standard input is empty, and `{{.output}}` is filled from it
        2> hint: pipe a run into this command; for the text itself, pass it by -i FILE
        exit 2
        $ replicate run emulator/fail --json --quiet | hello .output
        2> {"error":"prediction ID failed: This model always fails.","kind":"failed","exit_code":3,"safe_to_retry":false,"prediction_id":"ID"}
        2> error: prediction ID on standard input has not succeeded; its status is failed
        exit 2
        "#);
    assert_eq!(creates(&emulator), 1, "only the run that failed");
}

#[tokio::test]
async fn main_input_is_read_from_a_pipe_or_a_file() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r"
        $ printf Bob | replicate run replicate/hello-world
        hello Bob
        $ printf Bob > name; replicate run replicate/hello-world < name
        hello Bob
        $ printf '' | replicate run replicate/hello-world
        2> error: standard input is empty
        exit 2
        ");
    assert_eq!(sent(&emulator), json!({"text": "Bob"}));
    assert_eq!(creates(&emulator), 2);
}
