use replicate_emulator::{Emulator, Fault};
use serde_json::{Value, json};

use crate::program::{creates, inject, run};

#[tokio::test]
async fn stream_prints_text_or_json_lines() {
    let emulator = Emulator::start().await.expect("an emulator");
    let text = run!(emulator, "stream emulator/text 'a tale' max_tokens=3");
    text.exits(0);
    assert!(
        text.stdout.starts_with("a tale ") && text.stdout.ends_with('\n'),
        "{}",
        text.stdout
    );
    let json = run!(
        emulator,
        "stream emulator/text 'a tale' max_tokens=2 --json"
    );
    let lines: Vec<Value> = json
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let expected = [
        json!({"event": "output", "data": "a"}),
        json!({"event": "output", "data": " tale"}),
        json!({"event": "done", "reason": "completed"}),
    ];
    assert_eq!(lines, expected);
}

#[tokio::test]
async fn running_prediction_is_followed_by_id() {
    let emulator = Emulator::start().await.expect("an emulator");
    let created = run!(
        emulator,
        "run emulator/text 'a tale' max_tokens=4 delay=0.02 --no-wait"
    )
    .json();
    let id = created["id"].as_str().expect("an id");
    let followed = run!(emulator, "stream --id {id}");
    followed.exits(0);
    assert!(
        followed.stdout.starts_with("a tale "),
        "{}",
        followed.stdout
    );
    assert_eq!(creates(&emulator), 1);
}

#[tokio::test]
async fn stream_of_a_failed_prediction_exits_with_3() {
    let emulator = Emulator::start().await.expect("an emulator");
    for command in ["run", "stream"] {
        let output = run!(
            emulator,
            "{command} emulator/fail 'output=some words' after=0.1"
        );
        output.exits_with(3, "some words\n");
        output.says("This model always fails");
    }
}

#[tokio::test]
async fn stream_cut_early_is_not_a_success() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::cut_body(40).on("streams.get").times(1));
    let output = run!(
        emulator,
        "stream emulator/fail 'output=one two three' after=0.2"
    );
    output.exits(3);
}

#[tokio::test]
async fn model_without_a_stream_is_rejected_before_a_create() {
    let emulator = Emulator::start().await.expect("an emulator");
    let output = run!(emulator, "stream emulator/image x");
    output.exits(2);
    output.says("no stream");
    assert_eq!(creates(&emulator), 0);
}
