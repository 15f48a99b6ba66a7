//! A batch that is stopped, in every way, and resumed.

use std::collections::BTreeSet;
use std::sync::Arc;

use replicate_emulator::RateLimit;
use tokio::sync::{Semaphore, watch};

use super::*;
use crate::program::soon;

const CREATE: &str = "models.predictions.create";

#[tokio::test]
async fn interrupted_batch_creates_no_more_and_stores_what_is_running() {
    let batch = Batch::new(["wait", "wait", "a"]).await;
    let mut child = batch.program("-j2").start();
    created(&batch.emulator, 2).await;
    signal(&child, "-INT");
    let notice = reads(&mut child, "Ctrl-C again leaves").await;
    batch.emulator.advance(Duration::from_secs(3600));
    let output = output(child).await;
    assert_says(&output, 130, &["2 succeeded, 1 not started", "--resume"]);
    assert!(notice.contains("waiting for 2 predictions"), "{notice}");
    assert_eq!(batch.statuses(), [Status::Succeeded; 2]);

    let parts = ["2 of 3 lines done", "3 lines: 3 succeeded"];
    batch.ends("--resume", 0, &parts).await;
    assert_eq!(batch.created(), (3, 3));
}

#[tokio::test]
async fn second_interruption_leaves_and_cancels_nothing() {
    let batch = Batch::new(["wait", "wait"]).await;
    let mut child = batch.program("").start();
    created(&batch.emulator, 2).await;
    signal(&child, "-INT");
    reads(&mut child, "Ctrl-C again leaves").await;
    signal(&child, "-INT");
    soon(child).await.exits(130);
    assert_eq!(batch.statuses(), [Status::Processing; 2]);

    batch.emulator.advance(Duration::from_secs(3600));
    batch.ends("--resume", 0, &["2 lines: 2 succeeded"]).await;
    assert_eq!(batch.created(), (2, 2));
}

#[tokio::test]
async fn timeout_leaves_with_exit_7_and_cancels_nothing() {
    let batch = Batch::new(["wait"]).await;
    let parts = ["timed out", "1 running", "--resume"];
    batch.ends("--timeout=2", 7, &parts).await;
    assert_eq!(batch.statuses(), [Status::Processing]);
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
    fn small(stops: Vec<Stop>, limit: Option<RateLimit>, seed: u64) -> Self {
        Self {
            lines: 100,
            jobs: 20,
            stops,
            limit,
            seed,
        }
    }

    /// Ten kills and ten interruptions, in turn.
    fn large(limit: Option<RateLimit>, seed: u64) -> Self {
        Self {
            lines: 1500,
            jobs: 50,
            stops: [Stop::Kill, Stop::Interrupt].repeat(10),
            limit,
            seed,
        }
    }

    /// Runs the batch, stops it at random moments, and resumes it until it is done. Each line is
    /// done once, and none is paid for twice.
    async fn run(self) {
        let permits = Arc::new(Semaphore::new(0));
        let (counter, mut begun) = watch::channel(0);
        let gate = Arc::clone(&permits);
        let model = Model::new("acme/echo").official(true).run(move |input, _| {
            counter.send_modify(|count| *count += 1);
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
        let batch = Batch {
            emulator: builder.start().await.expect("an emulator"),
            ..Batch::new([]).await
        };
        // A stop meets creates that were not handled yet, and some that were.
        let late = |fault: Fault| fault.on(CREATE).probability(0.5);
        let pause = Fault::latency(Duration::from_millis(40));
        inject(&batch.emulator, late(pause.clone()));
        inject(&batch.emulator, late(pause.after_handling()));
        let texts: Vec<String> = (0..self.lines).map(|n| format!("line {n}")).collect();
        batch.write("in.jsonl", &lines(texts.iter().map(String::as_str)));
        let start = || batch.program(&format!("--resume -j{}", self.jobs)).start();
        let mut random = Random(self.seed);
        // As many lines as there are jobs are under way, are lost by each kill at most, or are
        // finished after each interruption. With no more permits than this, no batch ends before
        // it is stopped, however slow the machine is.
        let count = self.stops.len();
        let share = (self.lines - self.jobs * (count + 1)) / count;
        for stop in self.stops {
            let mut child = start();
            let permitted = 1 + random.below(share);
            permits.add_permits(permitted);
            let target = *begun.borrow() + permitted;
            tokio::select! {
                reached = begun.wait_for(|begun| *begun >= target) => drop(reached),
                _ = child.wait() => {
                    let output = output(child).await;
                    panic!("it ends before it is stopped: {output:?}");
                }
            }
            match stop {
                Stop::Kill => child.kill().await.expect("it is killed"),
                Stop::Interrupt => {
                    signal(&child, "-INT");
                    reads(&mut child, "Ctrl-C again leaves").await;
                    permits.add_permits(self.jobs);
                    output(child).await.exits(130);
                    permits.forget_permits(self.jobs);
                }
            }
        }
        permits.add_permits(self.lines);
        let last = output(start()).await;
        check(&batch, &texts, &last);
    }
}

fn check(batch: &Batch, texts: &[String], last: &ProgramOutput) {
    let results = batch.results();
    let numbers: Vec<u64> = results
        .iter()
        .filter_map(|one| one["line"].as_u64())
        .collect();
    let expected: Vec<u64> = (1..=texts.len() as u64).collect();
    assert_eq!(numbers, expected, "{}", last.stderr);

    let predictions = batch.emulator.predictions();
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
    let stops = vec![Stop::Kill, Stop::Interrupt, Stop::Kill];
    Scenario::small(stops, None, 7).run().await;
}

#[tokio::test]
async fn killed_batch_at_its_rate_limit_pays_for_each_line_once() {
    let limit = RateLimit::new(10, 50.0);
    Scenario::small(vec![Stop::Kill; 2], Some(limit), 8)
        .run()
        .await;
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn batch_of_fifteen_hundred_lines_that_is_stopped_twenty_times_pays_for_each_line_once() {
    Scenario::large(None, 20_261_126).run().await;
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn batch_of_fifteen_hundred_lines_at_its_rate_limit_pays_for_each_line_once() {
    Scenario::large(Some(RateLimit::new(20, 100.0)), 42)
        .run()
        .await;
}
