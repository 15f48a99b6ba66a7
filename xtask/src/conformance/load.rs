//! The emulator under load: limits of its memory and its start time.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Env, emulator::Emulator, process, results::Results};

const SEQUENTIAL: usize = 10_000;
const CONCURRENT: usize = 1_000;
/// The emulator's memory limit in MiB: it keeps 5000 predictions and 10,000 requests.
const MAX_MEMORY: u64 = 200;
/// The limit of its growth in MiB under a second such load, which replaces what it kept.
const MAX_GROWTH: u64 = 32;
const STARTS: usize = 11;
/// Holds for a debug build too.
const MAX_START: Duration = Duration::from_millis(50);

pub(super) async fn run(env: &Env, results: &mut Results) -> Result<()> {
    starts(env, results).await?;
    let emulator = Emulator::start(env).await?;
    let first = sequence(&emulator).await?;
    let after_first = memory(&emulator);
    concurrent(&emulator).await?;
    let after_concurrent = memory(&emulator);
    let second = sequence(&emulator).await?;
    concurrent(&emulator).await?;
    let at_end = memory(&emulator);
    println!(
        "{SEQUENTIAL} predictions one after another: {:.1} s, then {:.1} s",
        first.as_secs_f64(),
        second.as_secs_f64()
    );
    let (Some(after_first), Some(after_concurrent), Some(at_end)) =
        (after_first, after_concurrent, at_end)
    else {
        results.skip("memory", "the system does not report that of a process");
        return Ok(());
    };
    println!(
        "memory: {after_first} MiB after {SEQUENTIAL} predictions, {after_concurrent} MiB after \
         {CONCURRENT} at a time, {at_end} MiB after both once more (debug build)"
    );
    let grown = at_end.saturating_sub(after_concurrent);
    for (check, measured, limit) in [
        ("memory is bounded", at_end, MAX_MEMORY),
        ("memory does not grow", grown, MAX_GROWTH),
    ] {
        let wrong = (measured > limit).then(|| format!("{measured} MiB, more than {limit}"));
        results.check(check, wrong);
    }
    Ok(())
}

/// Measures the time from the start of the process until it prints its URL, as the median of
/// several. On a busy machine the processor time counts instead.
async fn starts(env: &Env, results: &mut Results) -> Result<()> {
    let (mut times, mut processor) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let emulator = Emulator::start(env).await?;
        times.push(emulator.took);
        processor.extend(emulator.process.processor_time());
    }
    times.sort();
    processor.sort();
    let busy = is_busy();
    let median = times[STARTS / 2];
    let own = processor.get(processor.len() / 2).copied();
    println!(
        "start: {median:.1?} (median of {STARTS}; {:.1?} to {:.1?}){}",
        times[0],
        times[STARTS - 1],
        own.map_or_else(String::new, |own| format!(
            ", {own:.1?} of it processor time"
        )),
    );
    if busy {
        println!("the machine is busy: checking the processor time");
    }
    let judged = own.filter(|_| busy).unwrap_or(median);
    let wrong = (judged > MAX_START).then(|| format!("{judged:.1?}"));
    results.check(&format!("it starts within {MAX_START:?}"), wrong);
    Ok(())
}

/// Whether the load average exceeds the number of processors.
fn is_busy() -> bool {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Option<f64> = load.split(' ').next().and_then(|load| load.parse().ok());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    load.is_some_and(|load| load > processors as f64)
}

async fn create(emulator: &Emulator, prompt: usize) -> Result<()> {
    let input = json!({ "input": { "prompt": prompt.to_string(), "max_tokens": 8 } });
    let request = emulator
        .request(Method::POST, "/models/emulator/text/predictions")
        .header("prefer", "wait")
        .json(&input);
    let made: Value = request.send().await?.error_for_status()?.json().await?;
    let words = made["output"].as_array().context("no output")?;
    ensure!(words.len() == 8, "{made}");
    Ok(())
}

async fn sequence(emulator: &Emulator) -> Result<Duration> {
    let begun = Instant::now();
    for number in 0..SEQUENTIAL {
        create(emulator, number).await?;
    }
    Ok(begun.elapsed())
}

/// Runs a thousand concurrent predictions of a second each.
async fn concurrent(emulator: &Emulator) -> Result<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..CONCURRENT {
        let input = json!({ "input": { "seconds": 1, "steps": 2 } });
        let request = emulator
            .request(Method::POST, "/models/emulator/slow/predictions")
            .header("prefer", "wait=30")
            .json(&input);
        tasks.spawn(async move {
            let made: Value = request.send().await?.error_for_status()?.json().await?;
            ensure!(made["output"] == json!(["took 1 s"]), "{made}");
            Ok(())
        });
    }
    while let Some(done) = tasks.join_next().await {
        done??;
    }
    Ok(())
}

/// The emulator's resident memory in MiB, if the system reports it.
fn memory(emulator: &Emulator) -> Option<u64> {
    Some(process::status(emulator.process.id()?, "VmRSS")? / 1024)
}
