use std::path::Path;
use std::time::Duration;

use replicate_emulator::{Emulator, Fault, Model, Status};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Child;

use crate::program::{
    Program, ProgramOutput, command, created, creates, inject, output, replicate, run, signal,
};

mod stops;

/// Returns its text. `fail` fails, and `wait` takes an hour.
fn echo() -> Model {
    let schema = json!({"type": "object", "required": ["text"], "properties": {
        "text": {"type": "string"},
        "n": {"type": "integer"},
        "key": {"type": "string", "format": "password", "writeOnly": true, "x-cog-secret": true},
    }});
    let model = Model::new("acme/echo").official(true).input_schema(schema);
    model.run(|input, context| async move {
        match input["text"].as_str() {
            Some("wait") => context.sleep(Duration::from_secs(3600)).await,
            Some("fail") => return Err("as the line says".into()),
            _ => {}
        }
        Ok(input["text"].clone())
    })
}

async fn emulator() -> Emulator {
    let emulator = Emulator::builder().model(echo()).start().await;
    emulator.expect("an emulator")
}

fn write(directory: &Path, name: &str, content: &str) {
    std::fs::write(directory.join(name), content).expect("a file");
}

/// Lines of JSON, each with one of the texts.
fn lines<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let lines = texts.into_iter().map(|text| json!({ "text": text }));
    lines.map(|line| format!("{line}\n")).collect()
}

/// The batch of a file in a directory, whose output goes to `out` there.
fn batch(emulator: &Emulator, directory: &Path, from: &str) -> Program {
    command!("batch acme/echo --output-directory out --from {from}")
        .at(emulator)
        .within(directory)
}

/// The output of the batch of `in.jsonl` with more options.
async fn ended(emulator: &Emulator, directory: &TempDir, options: &[&str]) -> ProgramOutput {
    let batch = batch(emulator, directory.path(), "in.jsonl");
    batch.args(options).run().await
}

/// An emulator, and a directory with `in.jsonl`, a line for each text.
async fn with_lines<const N: usize>(texts: [&str; N]) -> (Emulator, TempDir) {
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "in.jsonl", &lines(texts));
    (emulator().await, directory)
}

fn results(directory: &Path) -> Vec<Value> {
    let content = std::fs::read_to_string(directory.join("out/results.jsonl"));
    let content = content.expect("results");
    let lines = content.lines().map(serde_json::from_str);
    let mut lines: Vec<Value> = lines.collect::<Result<_, _>>().expect("JSON");
    lines.sort_by_key(|line| line["line"].as_u64());
    lines
}

fn assert_says(output: &ProgramOutput, code: i32, parts: &[&str]) {
    output.exits(code);
    for part in parts {
        assert!(output.stderr.contains(part), "{part}: {}", output.stderr);
    }
}

#[tokio::test]
async fn every_line_has_a_result_with_its_number_and_input() {
    let emulator = emulator().await;
    let directory = tempfile::tempdir().expect("a directory");
    let content = "{\"text\": \"a\", \"n\": 1}\n\n{\"text\": \"b\", \"key\": \"hunter2\"}\n";
    write(directory.path(), "in.jsonl", content);
    let output = ended(&emulator, &directory, &[]).await;
    let parts = [
        "2 predictions will be created with acme/echo",
        "2 lines: 2 succeeded",
    ];
    assert_says(&output, 0, &parts);
    assert_eq!(output.stdout, "");
    let results = results(directory.path());
    assert_eq!(results.len(), 2);
    assert_eq!(
        (&results[0]["line"], &results[1]["line"]),
        (&json!(1), &json!(3))
    );
    assert_eq!(results[0]["input"], json!({"text": "a", "n": 1}));
    assert_eq!(results[1]["input"], json!({"text": "b", "key": "********"}));
    for (result, text) in results.iter().zip(["a", "b"]) {
        assert_eq!(result["output"], text);
        assert_eq!(
            (&result["outcome"], &result["status"]),
            (&json!("succeeded"), &json!("succeeded"))
        );
        let id = result["id"].as_str().expect("an id");
        assert!(emulator.predictions().iter().any(|one| one.id == id));
    }
    // The secret was sent, but is in no file.
    assert_eq!(emulator.predictions().len(), 2);
    for name in ["results.jsonl", "journal.jsonl"] {
        let path = directory.path().join("out").join(name);
        assert!(
            !std::fs::read_to_string(&path)
                .expect(name)
                .contains("hunter2")
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = path.metadata().expect(name).permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }
}

#[tokio::test]
async fn files_are_saved_under_the_id_of_their_prediction() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "in.csv", "prompt,width\na,64\nb,64\n");
    let output = run!(emulator in directory, "batch emulator/image --from in.csv --output-directory=out --set=height=32");
    assert_says(&output, 0, &[]);
    for result in results(directory.path()) {
        let id = result["id"].as_str().expect("an id");
        assert_eq!(result["files"], json!([format!("{id}-1.png")]));
        let image = std::fs::read(directory.path().join(format!("out/{id}-1.png")));
        assert!(image.expect("an image").starts_with(b"\x89PNG"));
        assert_eq!(result["input"]["height"], 32);
        assert_eq!(result["input"]["width"], 64);
    }
}

#[tokio::test]
async fn inputs_are_read_from_standard_input() {
    let emulator = emulator().await;
    let directory = tempfile::tempdir().expect("a directory");
    let piped = batch(&emulator, directory.path(), "-").stdin("text\na\nb\n");
    let output = piped
        .args(&["--format=csv", "--jq", ".succeeded"])
        .run()
        .await;
    assert_says(&output, 0, &[]);
    assert_eq!(output.stdout, "2\n");
    assert_eq!(results(directory.path()).len(), 2);
}

#[tokio::test]
async fn invalid_line_is_named_and_nothing_is_created() {
    let emulator = emulator().await;
    let directory = tempfile::tempdir().expect("a directory");
    for (content, says) in [
        (
            "{\"text\": \"a\"}\n{\"txt\": \"b\"}\n",
            "line 2: invalid input: missing required input `text`; unknown input `txt`",
        ),
        ("{\"text\": \"a\"}\n{\"text\": 5}\n", "line 2: "),
        ("{\"text\": \"a\"}\n\"b\"\n", "line 2 is not a JSON object"),
        ("\n", "no inputs in in.jsonl"),
    ] {
        write(directory.path(), "in.jsonl", content);
        let output = ended(&emulator, &directory, &[]).await;
        assert_says(&output, 2, &[says]);
    }
    assert!(!directory.path().join("out").exists());
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn failed_line_is_reported_with_exit_8_and_not_run_again() {
    let (emulator, directory) = with_lines(["a", "fail", "b"]).await;
    let output = ended(&emulator, &directory, &[]).await;
    let parts = [
        "line 2: prediction",
        "as the line says",
        "3 lines: 2 succeeded, 1 failed",
    ];
    assert_says(&output, 8, &parts);
    let results = results(directory.path());
    assert_eq!(
        (&results[1]["outcome"], &results[1]["status"]),
        (&json!("failed"), &json!("failed"))
    );
    assert!(
        results[1]["error"]
            .as_str()
            .is_some_and(|error| error.contains("as the line says"))
    );

    let output = ended(&emulator, &directory, &["--resume"]).await;
    assert_says(&output, 8, &["3 of 3 lines done"]);
    assert_eq!(emulator.predictions().len(), 3);
}

#[tokio::test]
async fn batch_is_not_begun_twice_without_resume() {
    let (emulator, directory) = with_lines(["a"]).await;
    ended(&emulator, &directory, &[]).await;
    let output = ended(&emulator, &directory, &[]).await;
    assert_says(&output, 2, &["journal.jsonl` already exists", "--resume"]);

    // A changed file and a lost journal are refused.
    write(directory.path(), "in.jsonl", &lines(["b"]));
    let output = ended(&emulator, &directory, &["--resume"]).await;
    assert_says(&output, 2, &["the inputs have changed"]);
    std::fs::remove_file(directory.path().join("out/journal.jsonl")).expect("the journal");
    let output = ended(&emulator, &directory, &["--resume"]).await;
    assert_says(&output, 2, &["is missing"]);
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn payment_required_stops_before_the_other_lines() {
    let (emulator, directory) = with_lines(["a", "b", "c", "d"]).await;
    let unpaid = Fault::status(402).on("models.predictions.create");
    inject(&emulator, unpaid.clone());
    let run = |options: &'static [&'static str]| {
        let batch = batch(&emulator, directory.path(), "in.jsonl");
        batch.arg("-j1").args(options).run()
    };
    assert_says(&run(&[]).await, 4, &["line 1: ", "402"]);
    assert_eq!(creates(&emulator), 1);

    emulator.clear_faults();
    inject(&emulator, unpaid.skip(2));
    let parts = [
        "stopped by an error (payment required)",
        "2 succeeded, 1 not created, 1 not started",
    ];
    assert_says(&run(&["--resume"]).await, 8, &parts);

    emulator.clear_faults();
    assert_says(&run(&["--resume"]).await, 0, &["4 lines: 4 succeeded"]);
    assert_eq!(results(directory.path()).len(), 4);
    assert_eq!(emulator.predictions().len(), 4);
}

#[tokio::test]
async fn limit_of_predictions_leaves_the_rest_for_resume() {
    let (emulator, directory) = with_lines(["a", "b", "c"]).await;
    let limited = |resume: &'static str| {
        let batch = batch(&emulator, directory.path(), "in.jsonl");
        batch.arg("--max-predictions=2").arg(resume).run()
    };
    assert_says(&limited("--yes").await, 0, &["2 succeeded, 1 not started"]);
    let parts = ["1 prediction will be created", "3 lines: 3 succeeded"];
    assert_says(&limited("--resume").await, 0, &parts);
    assert_eq!(emulator.predictions().len(), 3);
}

#[tokio::test]
async fn unknown_outcome_is_reported_and_not_repeated() {
    let (emulator, directory) = with_lines(["a", "b"]).await;
    let lost = Fault::status(502).on("models.predictions.create").times(1);
    inject(&emulator, lost);
    let output = ended(&emulator, &directory, &["-j1"]).await;
    let parts = [
        "line 1: ",
        "it is not retried",
        "1 succeeded, 1 unknown",
        "--retry-unknown",
    ];
    assert_says(&output, 8, &parts);
    assert_eq!(results(directory.path())[0]["outcome"], "unknown");
    let output = ended(&emulator, &directory, &["--resume"]).await;
    assert_says(&output, 8, &["1 succeeded, 1 unknown"]);
    assert_eq!(results(directory.path()).len(), 2);
    assert_eq!(creates(&emulator), 2);

    // Only after a while, and only on request.
    let path = directory.path().join("out/journal.jsonl");
    let journal = std::fs::read_to_string(&path).expect("a journal");
    let year = chrono::Utc::now().format("\"%Y-").to_string();
    std::fs::write(&path, journal.replace(&year, "\"2025-")).expect("a journal");
    let retry = batch(&emulator, directory.path(), "in.jsonl").arg("--resume");
    let output = retry.arg("--retry-unknown").run().await;
    let parts = ["1 prediction will be created", "2 lines: 2 succeeded"];
    assert_says(&output, 0, &parts);
    assert_eq!(results(directory.path()).len(), 2);
    assert_eq!(creates(&emulator), 3);
}

#[tokio::test]
async fn shards_write_files_of_their_own() {
    let (emulator, directory) = with_lines(["a", "b", "c"]).await;
    for shard in ["--shard=1/2", "--shard=2/2"] {
        let output = ended(&emulator, &directory, &[shard]).await;
        assert_says(&output, 0, &[]);
    }
    let read = |name: &str| {
        let path = directory.path().join("out").join(name);
        std::fs::read_to_string(path).expect(name).lines().count()
    };
    let counts = (read("results-1-of-2.jsonl"), read("results-2-of-2.jsonl"));
    assert_eq!(counts, (2, 1));
    assert_eq!(emulator.predictions().len(), 3);
    let output = ended(&emulator, &directory, &["--shard=3/2"]).await;
    assert_says(&output, 2, &["expected I/N with I from 1 to N"]);
}

#[tokio::test]
async fn output_that_could_not_be_saved_is_saved_by_resume() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "in.jsonl", "{\"prompt\": \"a\"}\n");
    let broken = Fault::status(500).on("outputs.get");
    inject(&emulator, broken);
    let run = |resume: &'static str| {
        replicate(["batch", "emulator/image", "--from", "in.jsonl"])
            .at(&emulator)
            .within(directory.path())
            .arg("--output-directory=out")
            .arg(resume)
            .run()
    };
    assert_says(
        &run("--yes").await,
        8,
        &["line 1: ", "500", "1 not saved", "--resume"],
    );
    let result = &results(directory.path())[0];
    assert_eq!(result["outcome"], "unfinished");
    assert!(result["output"][0].is_string(), "{result}");

    emulator.clear_faults();
    assert_says(&run("--resume").await, 0, &["1 line: 1 succeeded"]);
    let results = results(directory.path());
    let name = results[0]["files"][0].as_str().expect("a file");
    assert!(directory.path().join("out").join(name).exists());
    assert_eq!((results.len(), creates(&emulator)), (1, 1));
}

#[tokio::test]
async fn expired_output_is_created_again_only_on_request() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    write(directory.path(), "in.jsonl", "{\"prompt\": \"a\"}\n");
    let broken = Fault::status(500).on("outputs.get");
    inject(&emulator, broken);
    let run = |arguments: &'static [&'static str]| {
        let batch = replicate(["batch", "emulator/image", "--from", "in.jsonl"])
            .at(&emulator)
            .within(directory.path())
            .arg("--output-directory=out");
        batch.args(arguments).run()
    };
    run(&[]).await;
    emulator.clear_faults();
    emulator.advance(Duration::from_secs(2 * 3600));
    for _ in 0..2 {
        let output = run(&["--resume"]).await;
        assert_says(&output, 8, &["1 line: 1 expired", "--retry-expired"]);
        assert_eq!(results(directory.path())[0]["outcome"], "expired");
    }
    assert_eq!(creates(&emulator), 1);
    assert_says(
        &run(&["--resume", "--retry-expired"]).await,
        0,
        &["1 succeeded"],
    );
    assert_eq!(results(directory.path()).len(), 1);
    assert_eq!(creates(&emulator), 2);
}
