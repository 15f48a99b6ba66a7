//! The emulator under load: its memory stays bounded, and it starts at once.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::{Workplace, emulator::Emulator, tally::Tally};

const ONE_AFTER_ANOTHER: usize = 10_000;
const AT_A_TIME: usize = 1_000;
/// What the emulator may take, in MiB: it keeps 5000 predictions and 10,000 requests.
const MOST: u64 = 200;
/// By how much a second such load may grow it: whatever is kept of the first makes room.
const GROWTH: u64 = 32;
const STARTS: usize = 11;
/// For a build for development too.
const LONGEST_START: Duration = Duration::from_millis(50);

pub(super) async fn run(place: &Workplace, tally: &mut Tally) -> Result<()> {
    starts(place, tally).await?;
    let emulator = Emulator::start(place).await?;
    let first = sequence(&emulator).await?;
    let after_first = memory(&emulator);
    crowd(&emulator).await?;
    let after_crowd = memory(&emulator);
    let second = sequence(&emulator).await?;
    crowd(&emulator).await?;
    let at_last = memory(&emulator);
    println!(
        "{ONE_AFTER_ANOTHER} predictions one after another: {:.1} s, then {:.1} s",
        first.as_secs_f64(),
        second.as_secs_f64()
    );
    let (Some(after_first), Some(after_crowd), Some(at_last)) = (after_first, after_crowd, at_last)
    else {
        tally.skip("memory", "this system does not tell what a process takes");
        return Ok(());
    };
    println!(
        "memory: {after_first} MiB after {ONE_AFTER_ANOTHER} predictions, {after_crowd} MiB after \
         {AT_A_TIME} at a time, {at_last} MiB after both once more (a build for development)"
    );
    let wrong = (at_last > MOST).then(|| format!("it takes {at_last} MiB, more than {MOST}"));
    tally.check("memory is bounded", wrong);
    let grown = at_last.saturating_sub(after_crowd);
    let wrong = (grown > GROWTH).then(|| format!("it grew by {grown} MiB, more than {GROWTH}"));
    tally.check("memory does not grow", wrong);
    Ok(())
}

/// How long it takes from the start of the process to its address: the median of several. Where
/// others use the machine, the processor time that it takes counts.
async fn starts(place: &Workplace, tally: &mut Tally) -> Result<()> {
    let (mut times, mut processor) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let emulator = Emulator::start(place).await?;
        times.push(emulator.took);
        processor.extend(processor_time(&emulator));
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
        println!("the machine is busy: the processor time counts");
    }
    let judged = own.filter(|_| busy).unwrap_or(median);
    let wrong = (judged > LONGEST_START).then(|| format!("{judged:.1?}"));
    tally.check(&format!("it starts within {LONGEST_START:?}"), wrong);
    Ok(())
}

/// Whether more wants to run than there are processors, where the system tells.
fn is_busy() -> bool {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load: Option<f64> = load.split(' ').next().and_then(|load| load.parse().ok());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    load.is_some_and(|load| load > processors as f64)
}

/// The processor time of all its threads, where the system tells.
fn processor_time(emulator: &Emulator) -> Option<Duration> {
    let threads = std::fs::read_dir(format!("/proc/{}/task", emulator.process.id()?)).ok()?;
    let time = |thread: std::fs::DirEntry| {
        let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok()
    };
    let times: Option<Vec<u64>> = threads.flatten().map(time).collect();
    times.map(|times| Duration::from_nanos(times.into_iter().sum()))
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
    for number in 0..ONE_AFTER_ANOTHER {
        create(emulator, number).await?;
    }
    Ok(begun.elapsed())
}

/// A thousand predictions that all run at once, for a second, and all end.
async fn crowd(emulator: &Emulator) -> Result<()> {
    let mut tasks = JoinSet::new();
    for _ in 0..AT_A_TIME {
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

/// What the emulator takes of the machine's memory, in MiB, where the system tells.
fn memory(emulator: &Emulator) -> Option<u64> {
    let path = format!("/proc/{}/status", emulator.process.id()?);
    let status = std::fs::read_to_string(path).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 1024)
}
