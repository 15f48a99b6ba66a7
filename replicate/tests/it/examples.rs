//! Every example is run as a user would run it, against the emulator.

use std::time::Duration;

use replicate_emulator::{Emulator, Fault, Model, Status};
use serde_json::{Value, json};

use crate::batch::echo;
use crate::programs::*;
use crate::support::{HOUR, client, emulator, emulator_with};

/// The tests that the example shows.
#[allow(dead_code, reason = "its `main` is run as a program")]
#[path = "../../examples/testing.rs"]
mod testing;

const TEXT_MODEL: &str = "emulator/text";
const PROMPT: &str = "Once upon a time";
const CREATE: &str = "models.predictions.create";

/// A model whose output is a list of texts that streams.
fn streaming(name: &str) -> Model {
    Model::new(name).official(true).output_schema(json!({
        "type": "array",
        "items": { "type": "string" },
        "x-cog-array-type": "iterator",
        "x-cog-array-display": "concatenate",
    }))
}

#[tokio::test]
async fn run_prints_the_output() {
    assert_eq!(run("run", &[]).await, ["hello Alice"]);
}

#[tokio::test]
async fn stream_prints_the_words() {
    let lines = run("stream", &[TEXT_MODEL, PROMPT]).await;
    assert!(lines[0].starts_with(PROMPT), "{lines:?}");
    assert_eq!(lines.last().unwrap(), "(succeeded)");
}

#[tokio::test]
async fn progress_shows_the_percent_of_the_logs() {
    let lines = run("progress", &["emulator/slow", r#"{"seconds": 1}"#]).await;
    assert!(lines.iter().any(|line| line.contains(" % (")), "{lines:?}");
    let is_full = |line: &String| line.starts_with("100 %");
    assert!(lines.iter().any(is_full), "{lines:?}");
}

#[tokio::test]
async fn files_sends_a_file_and_saves_one() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("in.txt"), folder.path().join("out.txt"));
    std::fs::write(&from, "abc").unwrap();
    let paths = [from.to_str().unwrap(), to.to_str().unwrap()];
    run("files", &[paths[0], paths[1], "emulator/reverse", "file"]).await;
    assert_eq!(std::fs::read_to_string(to).unwrap(), "cba");
}

#[tokio::test]
async fn paginate_reads_pages_and_items() {
    let models = (0..30).map(|n| Model::new(format!("acme/model-{n}")));
    let builder = models.fold(Emulator::builder(), |builder, model| builder.model(model));
    let emulator = builder.start().await.unwrap();
    let run = client(emulator.url()).run(TEXT_MODEL);
    let output = run.input(json!({ "prompt": PROMPT })).await.unwrap();
    let lines = spawn(&emulator, "paginate", &[]).lines().await;
    assert_eq!(lines[0], "a page of 25 models");
    assert!(lines[1].starts_with("a page of "), "{lines:?}");
    assert_eq!(lines[2..], [format!("{} succeeded", output.id())]);
    assert_eq!(count(&emulator, "models.list"), 2);
}

#[tokio::test]
async fn deployment_is_created_run_and_deleted() {
    let (emulator, _) = emulator().await;
    let lines = spawn(&emulator, "deployment", &[]).lines().await;
    assert!(lines[0].starts_with("created "), "{lines:?}");
    assert_eq!(lines[1], "hello Alice");
    assert_eq!(count(&emulator, "deployments.delete"), 1);
}

#[tokio::test]
async fn training_creates_a_version() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data.jsonl");
    std::fs::write(&data, "{}\n").unwrap();
    let (emulator, client) = emulator().await;
    let arguments = [data.to_str().unwrap(), TEXT_MODEL, "tuned"];
    let lines = spawn(&emulator, "training", &arguments).lines().await;
    let version = lines[1].strip_prefix("created ").unwrap();
    assert!(version.contains("/tuned:"), "{lines:?}");
    let run = client.run(version).input(json!({ "prompt": PROMPT }));
    let text = run.text().await.unwrap();
    assert!(text.starts_with(PROMPT), "{text}");
}

#[tokio::test]
async fn reconcile_finds_the_prediction_of_a_lost_response() {
    let (emulator, _) = emulator().await;
    let lost = Fault::drop_connection().on(CREATE).after_handling();
    emulator.inject_fault(lost.times(1)).unwrap();
    let lines = spawn(&emulator, "reconcile", &[TEXT_MODEL, PROMPT])
        .lines()
        .await;
    assert!(lines[0].starts_with(PROMPT), "{lines:?}");
    assert_eq!(count(&emulator, CREATE), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn service_runs_a_model_receives_its_webhook_and_passes_streams_on() {
    let model = streaming("acme/words").run(|input, context| async move {
        let prompt = input["prompt"].as_str().unwrap_or_default();
        for word in prompt.split_inclusive(' ') {
            context.yield_output(word);
        }
        if prompt == "Wait" {
            context.sleep(HOUR).await;
        }
        Ok(Value::Null)
    });
    let (emulator, _) = emulator_with(model).await;
    let mut service = spawn(&emulator, "service", &["acme/words", "127.0.0.1:0"]);
    let line = service.stdout_line().await;
    let url = line.strip_prefix("listening on ").unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();

    // A run, whose result comes by webhook.
    let run = http.post(format!("{url}/run"));
    let run = run.json(&json!({ "prompt": PROMPT }));
    let response = run.send().await.unwrap();
    assert_eq!(response.status(), 202);
    let started: Value = response.json().await.unwrap();
    let id = started["id"].as_str().unwrap();
    assert_eq!(service.stdout_line().await, format!("{id} succeeded"));
    let result = http.get(format!("{url}/predictions/{id}"));
    let result: Value = result.send().await.unwrap().json().await.unwrap();
    assert_eq!(result["output"][0], "Once ");

    // A webhook without a signature.
    let forged = http.post(format!("{url}/webhook")).body("{}");
    assert_eq!(forged.send().await.unwrap().status(), 401);

    // A stream: the same events, with the ids that the API sent.
    let stream = |prompt: &str| http.get(format!("{url}/stream?prompt={prompt}"));
    let response = stream("Once+upon").send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let body = response.text().await.unwrap();
    let field = |name: &str| {
        let values = body.lines().filter_map(move |line| line.strip_prefix(name));
        values.map(str::to_owned).collect::<Vec<_>>()
    };
    let (events, data) = (field("event: "), field("data: "));
    let (outputs, done) = data.split_at(data.len() - 1);
    let text = |json: &String| serde_json::from_str::<String>(json).unwrap();
    assert_eq!(outputs.iter().map(text).collect::<String>(), "Once upon");
    assert!(done[0].contains("succeeded"), "{body}");
    assert_eq!(events.last().unwrap(), "done");
    assert_eq!(field("id: ").len(), events.len(), "{body}");

    // A browser that reconnects does not run the model again.
    let again = stream("Once+upon").header("last-event-id", "1");
    assert_eq!(again.send().await.unwrap().status(), 204);
    assert_eq!(emulator.predictions().len(), 2);

    // A page that is closed cancels its prediction.
    let mut response = stream("Wait").send().await.unwrap();
    let first = in_time("an event", response.chunk()).await.unwrap();
    assert!(first.is_some());
    drop(response);
    let is_canceled = || emulator.predictions()[2].status == Status::Canceled;
    eventually("the cancel", is_canceled).await;

    service.press_ctrl_c().await;
    service.lines().await;
}

#[tokio::test]
async fn csv_batch_writes_a_result_for_each_row_and_reports_failures() {
    let (emulator, _) = emulator_with(echo()).await;
    let files = CsvFiles::new("a,quick, and easy\nb,fail\nc,\"x\"\n");
    let finished = files.run(&emulator, "8").await;
    assert!(!finished.status.success());
    assert_eq!(files.results(), [r#"a,"quick, and easy""#, r#"c,"""x""""#]);
    let stderr = finished.stderr;
    assert!(stderr.contains("2 of 3 done, 0 not started"), "{stderr}");
    assert!(stderr.contains("b: "), "{stderr}");
}

/// The files of `csv_batch`.
struct CsvFiles(tempfile::TempDir);

impl CsvFiles {
    fn new(csv: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("in.csv"), csv).unwrap();
        Self(folder)
    }

    fn start(&self, emulator: &Emulator, concurrency: &str) -> Running {
        let path = |name: &str| self.0.path().join(name).to_str().unwrap().to_owned();
        let (from, to) = (path("in.csv"), path("out.csv"));
        let arguments = [&from, &to, "acme/echo", "text", concurrency];
        spawn(emulator, "csv_batch", &arguments)
    }

    async fn run(&self, emulator: &Emulator, concurrency: &str) -> Finished {
        self.start(emulator, concurrency).finish().await
    }

    /// The results, sorted.
    fn results(&self) -> Vec<String> {
        let results = std::fs::read_to_string(self.0.path().join("out.csv")).unwrap();
        let mut lines: Vec<String> = results.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    }
}

#[cfg(unix)]
#[tokio::test]
async fn csv_batch_stores_running_predictions_at_ctrl_c_and_resumes_when_started_again() {
    let (emulator, _) = emulator_with(echo()).await;
    let files = CsvFiles::new("a,quick\nb,wait\nc,wait\nd,quick\n");
    let mut batch = files.start(&emulator, "2");
    eventually("the third prediction", || emulator.predictions().len() == 3).await;
    batch.press_ctrl_c().await;
    assert_eq!(batch.stderr_line().await, "4 predictions to create");
    assert!(batch.stderr_line().await.starts_with("creating no more"));
    emulator.advance(HOUR);
    let finished = batch.finish().await;
    let summary = "3 of 4 done, 1 not started";
    assert!(finished.stderr.contains(summary), "{}", finished.stderr);
    assert_eq!(emulator.predictions().len(), 3);

    let finished = files.run(&emulator, "2").await;
    assert!(finished.status.success(), "{}", finished.stderr);
    let expected = [r#"a,"quick""#, r#"b,"wait""#, r#"c,"wait""#, r#"d,"quick""#];
    assert_eq!(files.results(), expected);
    assert_eq!(emulator.predictions().len(), 4);
}

#[cfg(unix)]
#[tokio::test]
async fn csv_batch_that_was_killed_pays_for_no_row_twice() {
    let (emulator, _) = emulator_with(echo()).await;
    let files = CsvFiles::new("a,quick\nb,wait\nc,quick\n");
    let mut batch = files.start(&emulator, "1");
    let is_second = || emulator.predictions().len() == 2;
    eventually("the second prediction", is_second).await;
    batch.child.kill().await.unwrap();
    emulator.advance(HOUR);
    let finished = files.run(&emulator, "1").await;
    assert!(finished.status.success(), "{}", finished.stderr);
    let expected = [r#"a,"quick""#, r#"b,"wait""#, r#"c,"quick""#];
    assert_eq!(files.results(), expected);
    assert_eq!(emulator.predictions().len(), 3);
}

#[tokio::test]
async fn chat_prints_replies_cancels_one_and_reports_the_usage() {
    let model = streaming("acme/chat").run(|input, context| async move {
        let prompt = input["prompt"].as_str().unwrap_or_default();
        context.metric("input_token_count", 5);
        context.metric("output_token_count", 2);
        context.yield_output("Well,");
        if prompt.contains("User: Think") {
            context.sleep(HOUR).await;
        }
        context.yield_output(" yes.");
        Ok(Value::Null)
    });
    let (emulator, _) = emulator_with(model).await;
    let mut chat = spawn(&emulator, "chat", &["acme/chat"]);
    chat.write_line("Hello").await;
    assert_eq!(chat.stdout_line().await, "Well, yes.");
    chat.write_line("Think").await;
    chat.stdout_until("Well,").await;
    chat.write_line("/cancel").await;
    assert_eq!(chat.stdout_line().await, " (canceled)");
    chat.write_line("/quit").await;
    let lines = chat.lines().await;
    assert!(lines[0].starts_with("2 replies, 10 tokens in, 4 tokens out"));
    let predictions = emulator.predictions();
    assert_eq!(predictions[1].status, Status::Canceled);
    // The second question comes with what was said before.
    let prompt = predictions[1].json["input"]["prompt"].as_str().unwrap();
    assert!(prompt.contains("Assistant: Well, yes.\nUser: Think"));
}

#[tokio::test]
async fn pipeline_saves_what_succeeds_and_reports_what_fails() {
    let model = Model::new("acme/paint").official(true);
    let model = model.run(|input, context| async move {
        let seed = input["seed"].as_u64().unwrap();
        if matches!(seed, 5 | 12) {
            return Err("out of paint".into());
        }
        let content = format!("image {seed}");
        Ok(json!([context.save_file(
            "image.txt",
            "text/plain",
            content
        )]))
    });
    let (emulator, _) = emulator_with(model).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let arguments = [path, "acme/paint", "emulator/reverse", "file"];
    let finished = spawn(&emulator, "pipeline", &arguments).finish().await;
    assert!(!finished.status.success());
    assert_eq!(finished.stdout.lines().count(), 18, "{}", finished.stderr);
    for failed in ["image 5: ", "image 12: "] {
        let stderr = &finished.stderr;
        assert!(stderr.contains(failed), "{stderr}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 18);
    let saved = std::fs::read_to_string(folder.path().join("07-reversed.txt"));
    assert_eq!(saved.unwrap(), "7 egami");
}

#[tokio::test]
async fn blocking_runs_saves_streams_and_lists() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("image.png");
    let path = path.to_str().unwrap();
    let lines = run("blocking", &[path, TEXT_MODEL, "emulator/image"]).await;
    assert!(lines[0].starts_with("Describe a bicycle"), "{lines:?}");
    let image = std::fs::read(path).unwrap();
    assert!(image.starts_with(b"\x89PNG"));
    assert_eq!(lines[1], format!("{path}: {} bytes", image.len()));
    assert!(lines[2].starts_with("A haiku about bicycles"), "{lines:?}");
    assert_eq!(lines.len(), 6, "{lines:?}");
    assert!(lines[3].ends_with(" succeeded"), "{lines:?}");
}

#[tokio::test]
async fn typed_sends_nested_files_and_reads_typed_output() {
    let model = Model::new("acme/compositor").official(true);
    let model = model.run(|input, context| async move {
        let read = |file: &Value| file.as_str().map(|url| context.read_file(url)).transpose();
        let mut image = read(&input["background"])?.unwrap().to_vec();
        let mut layers = Vec::new();
        for layer in input["layers"].as_array().unwrap() {
            image.extend(read(&layer["image"])?.unwrap());
            image.extend(read(&layer["mask"])?.unwrap_or_default());
            layers.push(json!({ "blend": layer["blend"], "masked": layer["mask"].is_string() }));
        }
        let image = context.save_file("image.bin", "application/octet-stream", image);
        Ok(json!({ "image": image, "layers": layers }))
    });
    let (emulator, _) = emulator_with(model).await;
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.into_os_string().into_string().unwrap()
    };
    let large = vec![b'x'; 300 * 1024];
    let (background, mask) = (file("background.png", b"back"), file("mask.png", b"mask"));
    let layer = file("layer.png", &large);
    let save_as = folder.path().join("out.bin");
    let arguments = [&*background, &layer, &mask, save_as.to_str().unwrap()];
    let lines = spawn(&emulator, "typed", &arguments).lines().await;
    let expected = [b"back".as_slice(), &large, b"mask", b"a layer in memory"].concat();
    assert_eq!(lines[0], "layer 0: multiply, masked: true");
    assert_eq!(lines[1], "layer 1: normal, masked: false");
    assert_eq!(lines[2], format!("{} bytes", expected.len()));
    assert!(std::fs::read(save_as).unwrap() == expected);
    // The large file alone was uploaded.
    assert_eq!(count(&emulator, "files.create"), 1);
}

#[tokio::test]
async fn tenants_send_their_own_tokens_and_trace_under_their_own_spans() {
    let (emulator, _) = emulator().await;
    let tokens = [("ACME", "r8_of_acme_0001"), ("GLOBEX", "r8_of_globex_0002")];
    let arguments = ["acme=ACME", "globex=GLOBEX"];
    let tenants = spawn_with(&emulator, "tenants", &arguments, &tokens);
    let finished = tenants.finish().await;
    assert!(finished.status.success(), "{}", finished.stderr);
    let lines: Vec<&str> = finished.stdout.lines().collect();
    assert_eq!(lines, ["acme: hello acme", "globex: hello globex"]);
    for ((_, token), tenant) in tokens.iter().zip(["acme", "globex"]) {
        let span = format!("tenant{{name=\"{tenant}\"}}:");
        let in_span = |line: &&str| line.contains(&span) && line.contains("POST");
        let stderr = &finished.stderr;
        assert!(stderr.lines().any(|line| in_span(&line)), "{stderr}");
        assert!(!stderr.contains(token), "{stderr}");
        let authorization = format!("Bearer {token}");
        let is_create = |r: &replicate_emulator::Request| {
            r.operation == Some("predictions.create")
                && r.header("authorization") == Some(&authorization)
                && r.json().unwrap()["input"]["text"] == tenant
        };
        assert!(emulator.requests().iter().any(is_create), "{tenant}");
    }
}

#[tokio::test]
async fn testing_runs_its_code_against_its_own_emulator() {
    let lines = run("testing", &[]).await;
    assert_eq!(lines[0], "It rained.");
    let create = "POST /v1/models/acme/summarizer/predictions";
    assert!(lines.iter().any(|line| line == create), "{lines:?}");
}

/// The state of `restart`.
struct StateFile(tempfile::TempDir);

/// What `restart` runs where it need not be slow.
const TEXT: [&str; 2] = [TEXT_MODEL, r#"{"prompt": "Once upon a time"}"#];

impl StateFile {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn read(&self) -> Option<String> {
        std::fs::read_to_string(self.0.path().join("state.json")).ok()
    }

    fn start(&self, emulator: &Emulator, [model, input]: [&str; 2]) -> Running {
        let path = self.0.path().join("state.json");
        spawn(emulator, "restart", &[path.to_str().unwrap(), model, input])
    }
}

#[tokio::test]
async fn restart_continues_with_the_prediction_that_was_created_before_the_crash() {
    let (emulator, _) = emulator().await;
    let file = StateFile::new();
    let slow = ["emulator/slow", r#"{"seconds": 3600}"#];
    let mut first = file.start(&emulator, slow);
    let line = first.stderr_line().await;
    let id = line.strip_prefix("created ").unwrap();
    let is_stored = || file.read().is_some_and(|json| json.contains(id));
    eventually("the id", is_stored).await;
    first.child.kill().await.unwrap();

    emulator.advance(HOUR + Duration::from_secs(1));
    let second = file.start(&emulator, slow).finish().await;
    assert!(second.status.success(), "{}", second.stderr);
    assert_eq!(second.stderr, format!("continuing with {id}\n"));
    assert_eq!(second.stdout, "took 3600 s\n");
    assert_eq!(count(&emulator, CREATE), 1);
    assert_eq!(file.read(), None);
}

#[tokio::test]
async fn restart_finds_the_prediction_whose_response_was_lost() {
    let (emulator, _) = emulator().await;
    let lost = Fault::drop_connection().on(CREATE).after_handling();
    emulator.inject_fault(lost).unwrap();
    let file = StateFile::new();
    let first = file.start(&emulator, TEXT).finish().await;
    assert!(!first.status.success());
    let stored = file.read().unwrap();
    assert!(!stored.contains(PROMPT), "{stored}");

    let second = file.start(&emulator, TEXT).finish().await;
    assert!(second.status.success(), "{}", second.stderr);
    assert!(second.stdout.starts_with(PROMPT), "{}", second.stdout);
    assert_eq!(count(&emulator, CREATE), 1);
    assert_eq!(file.read(), None);
}

#[tokio::test]
async fn restart_stores_what_it_creates_before_it_is_sent() {
    let (emulator, client) = emulator().await;
    // The request is held, as if it were still in flight.
    let held = Fault::latency(HOUR).on(CREATE);
    emulator.inject_fault(held).unwrap();
    let file = StateFile::new();
    let mut first = file.start(&emulator, TEXT);
    eventually("the request", || count(&emulator, CREATE) == 1).await;
    assert!(file.read().is_some());
    first.child.kill().await.unwrap();
    emulator.clear_faults();

    // The request arrives after the crash.
    let run = client.run(TEXT_MODEL).input(json!({ "prompt": PROMPT }));
    let handle = run.start().await.unwrap();
    let second = file.start(&emulator, TEXT).finish().await;
    let expected = format!("continuing with {}\n", handle.id());
    assert_eq!(second.stderr, expected);
    assert_eq!(emulator.predictions().len(), 1);
}
