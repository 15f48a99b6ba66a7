use replicate_emulator::{Emulator, Fault};
use serde_json::{Value, json};

use crate::program::{creates, replicate};

#[tokio::test]
async fn a_stream_prints_text_or_an_event_a_line() {
    let emulator = Emulator::start().await.expect("an emulator");
    let text = replicate(["stream", "emulator/text", "a tale", "max_tokens=3"])
        .at(&emulator)
        .run()
        .await;
    assert_eq!(text.code, 0, "{}", text.stderr);
    assert!(
        text.stdout.starts_with("a tale ") && text.stdout.ends_with('\n'),
        "{}",
        text.stdout
    );
    let json = replicate([
        "stream",
        "emulator/text",
        "a tale",
        "max_tokens=2",
        "--json",
    ])
    .at(&emulator)
    .run()
    .await;
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
async fn a_running_prediction_is_followed_by_its_id() {
    let emulator = Emulator::start().await.expect("an emulator");
    let create = [
        "run",
        "emulator/text",
        "a tale",
        "max_tokens=4",
        "delay=0.02",
        "--no-wait",
    ];
    let created = replicate(create).at(&emulator).run().await.json();
    let id = created["id"].as_str().expect("an id");
    let followed = replicate(["stream", "--id", id]).at(&emulator).run().await;
    assert_eq!(followed.code, 0, "{}", followed.stderr);
    assert!(
        followed.stdout.starts_with("a tale "),
        "{}",
        followed.stdout
    );
    assert_eq!(creates(&emulator), 1);
}

#[tokio::test]
async fn a_stream_that_ends_in_failure_exits_with_3() {
    let emulator = Emulator::start().await.expect("an emulator");
    for command in ["run", "stream"] {
        let answer = replicate([command, "emulator/fail", "output=some words", "after=0.1"])
            .at(&emulator)
            .run()
            .await;
        assert_eq!(
            (answer.code, answer.stdout.as_str()),
            (3, "some words\n"),
            "{}",
            answer.stderr
        );
        assert!(
            answer.stderr.contains("This model always fails"),
            "{}",
            answer.stderr
        );
    }
}

#[tokio::test]
async fn a_stream_that_ends_early_is_no_success() {
    let emulator = Emulator::start().await.expect("an emulator");
    emulator
        .inject_fault(Fault::cut_body(40).on("streams.get").times(1))
        .expect("a fault");
    let answer = replicate([
        "stream",
        "emulator/fail",
        "output=one two three",
        "after=0.2",
    ])
    .at(&emulator)
    .run()
    .await;
    assert_eq!(answer.code, 3, "{}", answer.stderr);
}

#[tokio::test]
async fn a_model_without_a_stream_is_refused_before_it_costs() {
    let emulator = Emulator::start().await.expect("an emulator");
    let answer = replicate(["stream", "emulator/image", "x"])
        .at(&emulator)
        .run()
        .await;
    assert_eq!(answer.code, 2);
    assert!(answer.stderr.contains("no stream"), "{}", answer.stderr);
    assert_eq!(creates(&emulator), 0);
}
