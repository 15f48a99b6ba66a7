use std::time::Duration;

use replicate_emulator::{Emulator, Fault, Model, Status};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::program::{
    Program, ProgramOutput, command, created, creates, emulator_with, inject, output, reads, signal,
};
use crate::session::assert_session;

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

/// A batch of `in.jsonl`, whose output goes to `out`, in a directory of its own.
struct Batch {
    emulator: Emulator,
    directory: TempDir,
    model: &'static str,
}

impl Batch {
    /// A batch with a line for each text.
    async fn new<const N: usize>(texts: [&str; N]) -> Self {
        let batch = Self {
            emulator: emulator_with(echo()).await,
            directory: tempfile::tempdir().expect("a directory"),
            model: "acme/echo",
        };
        batch.write("in.jsonl", &lines(texts));
        batch
    }

    /// A batch with a line, whose output is a file that cannot be downloaded.
    async fn undelivered() -> Self {
        let batch = Self {
            model: "emulator/image",
            ..Self::new([]).await
        };
        batch.write(
            "in.jsonl",
            "{\"prompt\": \"a\", \"width\": 16, \"height\": 16}\n",
        );
        inject(&batch.emulator, Fault::status(500).on("outputs.get"));
        batch
    }

    fn write(&self, name: &str, content: &str) {
        std::fs::write(self.directory.path().join(name), content).expect("a file");
    }

    fn program(&self, options: &str) -> Program {
        let model = self.model;
        command!("batch {model} --output-directory out --from in.jsonl {options}")
            .at(&self.emulator)
            .within(self.directory.path())
    }

    /// Runs it, and checks its exit code and that standard error has these parts.
    async fn ends(&self, options: &str, code: i32, parts: &[&str]) {
        let output = self.program(options).run().await;
        assert_says(&output, code, parts);
    }

    fn read(&self, name: &str) -> String {
        let path = self.directory.path().join("out").join(name);
        std::fs::read_to_string(path).expect(name)
    }

    fn results(&self) -> Vec<Value> {
        let content = self.read("results.jsonl");
        let lines = content.lines().map(serde_json::from_str);
        let mut lines: Vec<Value> = lines.collect::<Result<_, _>>().expect("JSON");
        lines.sort_by_key(|line| line["line"].as_u64());
        lines
    }

    fn statuses(&self) -> Vec<Status> {
        let predictions = self.emulator.predictions();
        predictions.iter().map(|one| one.status).collect()
    }

    /// The numbers of create requests and of predictions.
    fn created(&self) -> (usize, usize) {
        (creates(&self.emulator), self.emulator.predictions().len())
    }
}

/// Lines of JSON, each with one of the texts.
fn lines<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let lines = texts.into_iter().map(|text| json!({ "text": text }));
    lines.map(|line| format!("{line}\n")).collect()
}

#[track_caller]
fn assert_says(output: &ProgramOutput, code: i32, parts: &[&str]) {
    output.exits(code);
    for part in parts {
        output.says(part);
    }
}

#[tokio::test]
async fn every_line_has_a_result_with_its_number_and_input() {
    let emulator = emulator_with(echo()).await;
    // The secret was sent, but is in no file.
    assert_session!(emulator, @r#"
        $ printf '{"text": "a", "n": 1}\n\n{"text": "b", "key": "hunter2"}\n' > in.jsonl
        $ replicate batch acme/echo --from in.jsonl --output-directory out
        2> 2 predictions will be created with acme/echo
        2> 2 lines: 2 succeeded
        $ sed 's/,"metrics.*//' out/results.jsonl | sort
        {"line":1,"index":0,"outcome":"succeeded","id":"ID","status":"succeeded","input":{"text":"a","n":1},"output":"a"
        {"line":3,"index":1,"outcome":"succeeded","id":"ID","status":"succeeded","input":{"text":"b","key":"********"},"output":"b"
        $ for id in $(grep -oE '[0-9a-z]{26}' out/results.jsonl); do replicate predictions show $id --jq .output; done | sort
        a
        b
        $ cat out/* | grep -c hunter2
        0
        exit 1
        $ stat -c '%a %n' out/*
        600 out/journal.jsonl
        600 out/results.jsonl
        $ printf 'text\na\nb\n' | replicate batch acme/echo --from - --output-directory csv --format=csv --jq .succeeded
        2
        2> 2 predictions will be created with acme/echo
        2> 2 lines: 2 succeeded
        $ wc -l < csv/results.jsonl
        2
        $ printf 'prompt,width\na,64\nb,32\n' > in.csv
        $ replicate batch emulator/image --from in.csv --output-directory images --set=height=32
        2> 2 predictions will be created with emulator/image
        2> 2 lines: 2 succeeded
        $ for png in images/*.png; do head -c 24 $png | tail -c 8 | od -An -tu1; done | sort
           0   0   0  32   0   0   0  32
           0   0   0  64   0   0   0  32
        $ grep -cE '"id":"([0-9a-z]{26})".*"files":\["\1-1.png"\]' images/results.jsonl
        2
        "#);
    let secrets = emulator.predictions();
    let secrets = secrets
        .iter()
        .filter(|one| one.json["input"]["key"] == "hunter2");
    assert_eq!(secrets.count(), 1);
}

#[tokio::test]
async fn invalid_line_is_named_and_nothing_is_created() {
    let emulator = emulator_with(echo()).await;
    assert_session!(emulator, @r#"
        $ batch() { printf "$1\n" > in.jsonl; replicate batch acme/echo --from in.jsonl --output-directory out; }
        $ batch '{"text": "a"}\n{"txt": "b"}'
        2> error: line 2: invalid input: missing required input `text`; unknown input `txt`; did you mean `text`?
        2> hint: pass text=TEXT
        exit 2
        $ batch '{"text": "a"}\n{"text": 5}'
        2> error: line 2: `text` must be text, not 5
        exit 2
        $ batch '{"text": "a"}\n"b"'
        2> error: line 2 is not a JSON object
        2> hint: expected an object with the model's inputs: {"prompt": "..."}
        exit 2
        $ batch
        2> error: no inputs in in.jsonl
        2> hint: expected a JSON object a line, or CSV with the keys in the first row
        exit 2
        $ replicate batch acme/echo --from in.jsonl --output-directory out --shard=3/2
        2> error: invalid value '3/2' for '--shard <I/N>': invalid shard `3/2`: expected I/N with I from 1 to N
        2> hint: see --help
        exit 2
        $ ls
        in.jsonl
        "#);
    assert_eq!(creates(&emulator), 0);
}

#[tokio::test]
async fn failed_line_is_reported_with_exit_8_and_not_run_again() {
    let batch = Batch::new(["a", "fail", "b"]).await;
    let parts = [
        "line 2: prediction",
        "as the line says",
        "3 lines: 2 succeeded, 1 failed",
    ];
    batch.ends("", 8, &parts).await;
    let failed = &batch.results()[1];
    assert_eq!(
        (&failed["outcome"], &failed["status"]),
        (&json!("failed"), &json!("failed"))
    );
    assert!(
        failed["error"]
            .as_str()
            .is_some_and(|error| error.contains("as the line says"))
    );

    batch.ends("--resume", 8, &["3 of 3 lines done"]).await;
    assert_eq!(batch.created(), (3, 3));
}

#[tokio::test]
async fn batch_is_not_begun_twice_without_resume() {
    let batch = Batch::new(["a"]).await;
    batch.ends("", 0, &[]).await;
    batch
        .ends("", 2, &["journal.jsonl` already exists", "--resume"])
        .await;

    // A changed file and a lost journal are refused.
    batch.write("in.jsonl", &lines(["b"]));
    batch
        .ends("--resume", 2, &["the inputs have changed"])
        .await;
    let journal = batch.directory.path().join("out/journal.jsonl");
    std::fs::remove_file(journal).expect("the journal");
    batch.ends("--resume", 2, &["is missing"]).await;
    assert_eq!(batch.created(), (1, 1));
}

#[tokio::test]
async fn payment_required_stops_before_the_other_lines() {
    let batch = Batch::new(["a", "b", "c", "d"]).await;
    let unpaid = Fault::status(402).on("models.predictions.create");
    inject(&batch.emulator, unpaid.clone());
    batch.ends("-j1", 4, &["line 1: ", "402"]).await;
    assert_eq!(batch.created(), (1, 0));

    batch.emulator.clear_faults();
    inject(&batch.emulator, unpaid.skip(2));
    let parts = [
        "stopped by an error (payment required)",
        "2 succeeded, 1 not created, 1 not started",
    ];
    batch.ends("-j1 --resume", 8, &parts).await;

    batch.emulator.clear_faults();
    batch
        .ends("-j1 --resume", 0, &["4 lines: 4 succeeded"])
        .await;
    assert_eq!(batch.results().len(), 4);
    assert_eq!(batch.emulator.predictions().len(), 4);
}

#[tokio::test]
async fn limit_of_predictions_leaves_the_rest_for_resume() {
    let batch = Batch::new(["a", "b", "c"]).await;
    let limit = "--max-predictions=2";
    batch.ends(limit, 0, &["2 succeeded, 1 not started"]).await;
    let parts = ["1 prediction will be created", "3 lines: 3 succeeded"];
    batch.ends(&format!("{limit} --resume"), 0, &parts).await;
    assert_eq!(batch.created(), (3, 3));
}

#[tokio::test]
async fn unknown_outcome_is_reported_and_not_repeated() {
    let batch = Batch::new(["a", "b"]).await;
    let lost = Fault::status(502).on("models.predictions.create").times(1);
    inject(&batch.emulator, lost);
    let parts = [
        "line 1: ",
        "it is not retried",
        "1 succeeded, 1 unknown",
        "--retry-unknown",
    ];
    batch.ends("-j1", 8, &parts).await;
    assert_eq!(batch.results()[0]["outcome"], "unknown");
    batch.ends("--resume", 8, &["1 succeeded, 1 unknown"]).await;
    assert_eq!(batch.results().len(), 2);
    assert_eq!(batch.created(), (2, 1));

    // Only after a while, and only on request.
    let year = chrono::Utc::now().format("\"%Y-").to_string();
    let journal = batch.read("journal.jsonl").replace(&year, "\"2025-");
    batch.write("out/journal.jsonl", &journal);
    let parts = ["1 prediction will be created", "2 lines: 2 succeeded"];
    batch.ends("--resume --retry-unknown", 0, &parts).await;
    assert_eq!(batch.results().len(), 2);
    assert_eq!(batch.created(), (3, 2));
}

#[tokio::test]
async fn shards_write_files_of_their_own() {
    let batch = Batch::new(["a", "b", "c"]).await;
    batch.ends("--shard=1/2", 0, &[]).await;
    batch.ends("--shard=2/2", 0, &[]).await;
    let counts = [1, 2].map(|shard| {
        batch
            .read(&format!("results-{shard}-of-2.jsonl"))
            .lines()
            .count()
    });
    assert_eq!(counts, [2, 1]);
    assert_eq!(batch.created(), (3, 3));
}

#[tokio::test]
async fn output_that_could_not_be_saved_is_saved_by_resume() {
    let batch = Batch::undelivered().await;
    let parts = ["line 1: ", "500", "1 not saved", "--resume"];
    batch.ends("", 8, &parts).await;
    let result = &batch.results()[0];
    assert_eq!(result["outcome"], "unfinished");
    assert!(result["output"][0].is_string(), "{result}");

    batch.emulator.clear_faults();
    batch.ends("--resume", 0, &["1 line: 1 succeeded"]).await;
    let results = batch.results();
    let name = results[0]["files"][0].as_str().expect("a file");
    assert!(batch.directory.path().join("out").join(name).exists());
    assert_eq!((results.len(), batch.created()), (1, (1, 1)));
}

#[tokio::test]
async fn expired_output_is_created_again_only_on_request() {
    let batch = Batch::undelivered().await;
    batch.ends("", 8, &[]).await;
    batch.emulator.clear_faults();
    batch.emulator.advance(Duration::from_secs(2 * 3600));
    for _ in 0..2 {
        let parts = ["1 line: 1 expired", "--retry-expired"];
        batch.ends("--resume", 8, &parts).await;
        assert_eq!(batch.results()[0]["outcome"], "expired");
    }
    assert_eq!(batch.created(), (1, 1));
    batch
        .ends("--resume --retry-expired", 0, &["1 succeeded"])
        .await;
    assert_eq!(batch.results().len(), 1);
    assert_eq!(batch.created(), (2, 2));
}
