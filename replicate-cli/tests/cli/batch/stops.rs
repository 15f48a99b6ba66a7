//! A batch that is stopped, in every way, and resumed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use replicate_emulator::RateLimit;
use tokio::sync::Semaphore;

use super::*;

const CREATE: &str = "models.predictions.create";

#[tokio::test]
async fn interrupted_batch_creates_no_more_and_stores_what_is_running() {
    let (emulator, directory) = with_lines(["wait", "wait", "a"]).await;
    let mut child = batch(&emulator, directory.path(), "in.jsonl")
        .arg("-j2")
        .start();
    created(&emulator, 2).await;
    signal(&child, "-INT");
    let notice = read_until(&mut child, "Ctrl-C again leaves").await;
    emulator.advance(Duration::from_secs(3600));
    let output = output(child).await;
    assert_says(&output, 130, &["2 succeeded, 1 not started", "--resume"]);
    assert!(notice.contains("waiting for 2 predictions"), "{notice}");
    let succeeded = |one: &replicate_emulator::Prediction| one.status == Status::Succeeded;
    assert!(emulator.predictions().iter().all(succeeded));

    let resumed = ended(&emulator, &directory, &["--resume"]).await;
    assert_says(&resumed, 0, &["2 of 3 lines done", "3 lines: 3 succeeded"]);
    assert_eq!(emulator.predictions().len(), 3);
}

#[tokio::test]
async fn second_interruption_leaves_and_cancels_nothing() {
    let (emulator, directory) = with_lines(["wait", "wait"]).await;
    let mut child = batch(&emulator, directory.path(), "in.jsonl").start();
    created(&emulator, 2).await;
    signal(&child, "-INT");
    read_until(&mut child, "Ctrl-C again leaves").await;
    signal(&child, "-INT");
    let left = tokio::time::timeout(Duration::from_secs(5), child.wait()).await;
    let status = left.expect("at once").expect("an end");
    assert_eq!(crate::program::exit_code(status), 130);
    let running = |one: &replicate_emulator::Prediction| one.status == Status::Processing;
    assert!(emulator.predictions().iter().all(running));

    emulator.advance(Duration::from_secs(3600));
    let resumed = ended(&emulator, &directory, &["--resume"]).await;
    assert_says(&resumed, 0, &["2 lines: 2 succeeded"]);
    assert_eq!(emulator.predictions().len(), 2);
}

#[tokio::test]
async fn timeout_leaves_with_exit_7_and_cancels_nothing() {
    let (emulator, directory) = with_lines(["wait"]).await;
    let run = batch(&emulator, directory.path(), "in.jsonl").arg("--timeout=2");
    let output = run.run().await;
    assert_says(&output, 7, &["timed out", "1 running", "--resume"]);
    assert_eq!(emulator.predictions()[0].status, Status::Processing);
}

/// Reads standard error until it has this text, or to its end.
async fn read_until(child: &mut Child, text: &str) -> String {
    use tokio::io::AsyncReadExt;
    let stderr = child.stderr.as_mut().expect("a pipe");
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains(text)
        && let Ok(byte) = stderr.read_u8().await
    {
        read.push(byte);
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// Numbers that are the same in each run (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

/// How a batch is stopped.
#[derive(Clone, Copy, Debug)]
enum Stop {
    Kill,
    Interrupt,
}

struct Scenario {
    lines: usize,
    jobs: usize,
    stops: Vec<Stop>,
    limit: Option<RateLimit>,
    seed: u64,
}

impl Scenario {
    /// Runs the batch, stops it at random moments, and resumes it until it is done. Each line is
    /// done once, and none is paid for twice.
    async fn run(self) {
        let permits = Arc::new(Semaphore::new(0));
        let begun = Arc::new(AtomicUsize::new(0));
        let model = Model::new("acme/echo").official(true);
        let (gate, counter) = (Arc::clone(&permits), Arc::clone(&begun));
        let model = model.run(move |input, _| {
            counter.fetch_add(1, Ordering::Relaxed);
            let gate = Arc::clone(&gate);
            async move {
                gate.acquire().await.expect("an open gate").forget();
                Ok(input["text"].clone())
            }
        });
        let mut builder = Emulator::builder().model(model);
        if let Some(limit) = self.limit {
            builder = builder.rate_limit(limit);
        }
        let emulator = builder.start().await.expect("an emulator");
        // A stop meets creates that were not handled yet, and some that were.
        let late = |fault: Fault| fault.on(CREATE).probability(0.5);
        let pause = Fault::latency(Duration::from_millis(40));
        inject(&emulator, late(pause.clone()));
        inject(&emulator, late(pause.after_handling()));
        let directory = tempfile::tempdir().expect("a directory");
        let texts: Vec<String> = (0..self.lines).map(|n| format!("line {n}")).collect();
        let content = lines(texts.iter().map(String::as_str));
        write(directory.path(), "in.jsonl", &content);
        let start = || {
            let batch = batch(&emulator, directory.path(), "in.jsonl");
            batch.arg("--resume").arg(format!("-j{}", self.jobs))
        };
        let mut random = Random(self.seed);
        // As many lines as there are jobs are under way, are lost by each kill at most, or are
        // finished after each interruption. With no more permits than this, no batch ends before
        // it is stopped, however slow the machine is.
        let count = self.stops.len();
        let share = (self.lines - self.jobs * (count + 1)) / count;
        for stop in self.stops {
            let mut child = start().start();
            let permitted = 1 + random.below(share);
            permits.add_permits(permitted);
            let target = begun.load(Ordering::Relaxed) + permitted;
            while begun.load(Ordering::Relaxed) < target {
                tokio::time::sleep(Duration::from_millis(1)).await;
                if child.try_wait().expect("a status").is_some() {
                    let output = output(child).await;
                    panic!("it ends before it is stopped: {output:?}");
                }
            }
            match stop {
                Stop::Kill => child.kill().await.expect("it is killed"),
                Stop::Interrupt => {
                    signal(&child, "-INT");
                    read_until(&mut child, "Ctrl-C again leaves").await;
                    permits.add_permits(self.jobs);
                    let output = output(child).await;
                    output.exits(130);
                    permits.forget_permits(self.jobs);
                }
            }
        }
        permits.add_permits(self.lines);
        let last = start().run().await;
        check(&emulator, directory.path(), &texts, &last);
    }
}

fn check(emulator: &Emulator, directory: &Path, texts: &[String], last: &ProgramOutput) {
    let results = results(directory);
    let numbers: Vec<u64> = results
        .iter()
        .filter_map(|one| one["line"].as_u64())
        .collect();
    let expected: Vec<u64> = (1..=texts.len() as u64).collect();
    assert_eq!(numbers, expected, "{}", last.stderr);

    let predictions = emulator.predictions();
    let paid: Vec<&str> = predictions
        .iter()
        .filter_map(|one| one.json["input"]["text"].as_str())
        .collect();
    let distinct: BTreeSet<&str> = paid.iter().copied().collect();
    assert_eq!(distinct.len(), paid.len(), "a line was paid for twice");

    let mut unknown = 0;
    let mut ids = BTreeSet::new();
    for (result, text) in results.iter().zip(texts) {
        if result["outcome"] == "unknown" {
            unknown += 1;
            // What exists is found.
            assert!(!distinct.contains(text.as_str()), "{result}");
            continue;
        }
        assert_eq!(result["outcome"], "succeeded", "{result}");
        assert_eq!(result["output"], *text);
        assert!(
            ids.insert(result["id"].as_str().expect("an id")),
            "{result}"
        );
    }
    assert_eq!(ids.len() + unknown, texts.len());
    assert_eq!(paid.len(), ids.len());
    assert_eq!(
        last.code,
        if unknown == 0 { 0 } else { 8 },
        "{}",
        last.stderr
    );
    println!("{} lines, {unknown} of unknown outcome", texts.len());
}

#[tokio::test]
async fn killed_batch_pays_for_each_line_once() {
    let scenario = Scenario {
        lines: 100,
        jobs: 20,
        stops: vec![Stop::Kill, Stop::Interrupt, Stop::Kill],
        limit: None,
        seed: 7,
    };
    scenario.run().await;
}

#[tokio::test]
async fn killed_batch_at_its_rate_limit_pays_for_each_line_once() {
    let scenario = Scenario {
        lines: 100,
        jobs: 20,
        stops: vec![Stop::Kill, Stop::Kill],
        limit: Some(RateLimit::new(10, 50.0)),
        seed: 8,
    };
    scenario.run().await;
}

/// Ten kills and ten interruptions, in turn.
fn twenty_stops() -> Vec<Stop> {
    [Stop::Kill, Stop::Interrupt].repeat(10)
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn batch_of_fifteen_hundred_lines_that_is_stopped_twenty_times_pays_for_each_line_once() {
    let scenario = Scenario {
        lines: 1500,
        jobs: 50,
        stops: twenty_stops(),
        limit: None,
        seed: 20_261_126,
    };
    scenario.run().await;
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn batch_of_fifteen_hundred_lines_at_its_rate_limit_pays_for_each_line_once() {
    let scenario = Scenario {
        lines: 1500,
        jobs: 50,
        stops: twenty_stops(),
        limit: Some(RateLimit::new(20, 100.0)),
        seed: 42,
    };
    scenario.run().await;
}
