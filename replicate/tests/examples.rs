//! Every example is run, as a user would run it, against a local Replicate.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use replicate_emulator::{Emulator, Fault};

/// The built example. `cargo test` builds them all beside the tests; a test that is run alone
/// may have to have them built.
fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().unwrap().with_file_name("examples");
    let program = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--examples", "--all-features"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .status()
            .unwrap();
        assert!(built.success());
    }
    program
}

struct Ran {
    lines: Vec<String>,
    emulator: Emulator,
}

/// Runs an example with these arguments and this input, and gives what it printed.
async fn run_with(name: &'static str, arguments: &[&str], input: &'static str) -> Ran {
    let emulator = Emulator::start().await.unwrap();
    run_on(emulator, name, arguments, input).await
}

async fn run_on(
    emulator: Emulator,
    name: &'static str,
    arguments: &[&str],
    input: &'static str,
) -> Ran {
    let mut command = Command::new(program(name));
    command
        .args(arguments)
        .env("REPLICATE_API_TOKEN", "r8_test")
        .env("REPLICATE_BASE_URL", emulator.url())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let output = tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        child.wait_with_output().unwrap()
    })
    .await
    .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {errors}");
    let printed = String::from_utf8(output.stdout).unwrap();
    Ran {
        lines: printed.lines().map(str::to_owned).collect(),
        emulator,
    }
}

async fn run(name: &'static str, arguments: &[&str]) -> Vec<String> {
    run_with(name, arguments, "").await.lines
}

#[test]
fn every_example_has_a_test() {
    let tests = include_str!("examples.rs");
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")).unwrap()
    {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(
            tests.contains(&format!("\"{name}\"")),
            "the example {name} is not run"
        );
    }
}

#[tokio::test]
async fn run_prints_the_output() {
    assert_eq!(run("run", &[]).await, ["hello Alice"]);
}

#[tokio::test]
async fn blocking_prints_the_output() {
    assert_eq!(run("blocking", &[]).await, ["hello Alice", "succeeded"]);
}

#[tokio::test]
async fn stream_prints_the_words() {
    let lines = run("stream", &["emulator/text", "Once upon a time"]).await;
    assert!(lines[0].starts_with("Once upon a time"), "{lines:?}");
    assert_eq!(lines.last().unwrap(), "(succeeded)");
}

#[tokio::test]
async fn background_starts_and_waits_by_id() {
    let lines = run("background", &["emulator/text", "Once upon a time"]).await;
    assert!(lines[0].starts_with("started "));
    assert!(lines[1].starts_with("Once upon a time"), "{lines:?}");
}

#[tokio::test]
async fn progress_shows_the_percent_of_the_logs() {
    let lines = run("progress", &["emulator/slow", r#"{"seconds": 1}"#]).await;
    assert!(lines.iter().any(|line| line.contains(" % (")), "{lines:?}");
    assert!(
        lines.iter().any(|line| line.starts_with("100 %")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn cancel_cancels_at_the_server() {
    let ran = run_with("cancel", &["emulator/slow", "1"], "").await;
    let prediction = &ran.emulator.predictions()[0];
    if prediction.status.to_string() == "canceled" {
        assert!(ran.lines[0].starts_with(&prediction.id), "{:?}", ran.lines);
    } else {
        panic!("{:?}", ran.lines);
    }
}

#[tokio::test]
async fn files_gives_a_file_and_saves_one() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("in.txt"), folder.path().join("out.txt"));
    std::fs::write(&from, "abc").unwrap();
    run(
        "files",
        &[
            from.to_str().unwrap(),
            to.to_str().unwrap(),
            "emulator/reverse",
            "file",
        ],
    )
    .await;
    assert_eq!(std::fs::read_to_string(to).unwrap(), "cba");
}

#[tokio::test]
async fn chain_hands_one_output_to_the_next_model() {
    let folder = tempfile::tempdir().unwrap();
    let to = folder.path().join("out.bin");
    run(
        "chain",
        &[
            to.to_str().unwrap(),
            "emulator/image",
            "emulator/reverse",
            "file",
        ],
    )
    .await;
    let mut reversed = std::fs::read(to).unwrap();
    reversed.reverse();
    assert!(reversed.starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn paginate_goes_through_the_lists() {
    let lines = run("paginate", &[]).await;
    assert!(lines[0].starts_with("a page of "), "{lines:?}");
}

#[tokio::test]
async fn webhook_prints_what_it_was_told() {
    let lines = run("webhook", &["emulator/text"]).await;
    assert!(lines[0].ends_with("is succeeded"), "{lines:?}");
}

#[tokio::test]
async fn deployment_is_made_run_and_deleted() {
    let ran = run_with("deployment", &[], "").await;
    assert!(ran.lines[0].starts_with("made "), "{:?}", ran.lines);
    assert_eq!(ran.lines[1], "hello Alice");
    let deleted = |r: &replicate_emulator::Request| r.operation == Some("deployments.delete");
    assert!(ran.emulator.requests().iter().any(deleted));
}

#[tokio::test]
async fn training_makes_a_version() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data.jsonl");
    std::fs::write(&data, "{}\n").unwrap();
    let lines = run(
        "training",
        &[data.to_str().unwrap(), "emulator/text", "tuned"],
    )
    .await;
    assert!(lines[1].starts_with("made "), "{lines:?}");
}

#[tokio::test]
async fn a_lost_answer_costs_nothing_twice() {
    let emulator = Emulator::start().await.unwrap();
    let create = "models.predictions.create";
    let lost = Fault::drop_connection().on(create).after_handling();
    emulator.inject_fault(lost.times(1)).unwrap();
    let ran = run_on(emulator, "reconcile", &["emulator/text", "Once"], "").await;
    assert!(ran.lines[0].starts_with("Once"), "{:?}", ran.lines);
    let requests = ran.emulator.requests();
    let creates = requests.iter().filter(|r| r.operation == Some(create));
    assert_eq!(creates.count(), 1);
}

#[tokio::test]
async fn raw_reaches_past_the_typed_calls() {
    let lines = run("raw", &[]).await;
    assert_eq!(lines.len(), 3, "{lines:?}");
}

#[tokio::test]
async fn batch_answers_line_by_line_in_order() {
    let ran = run_with("batch", &[], "Alice\nBob\nCarol\n").await;
    assert_eq!(
        ran.lines,
        ["Alice\thello Alice", "Bob\thello Bob", "Carol\thello Carol"]
    );
}
