//! What the programs of the benchmark share: their arguments, and what they measure of themselves.
//!
//! Each takes `CASE URL COUNT` and prints one line of JSON.
#![forbid(unsafe_code)]

use std::future::Future;
use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// The model whose create returns a prediction that has succeeded.
pub const MODEL: &str = "acme/now";

/// The number of items on a page.
pub const PAGE: usize = 100;

/// What a program is to do.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// The name of the case.
    pub case: String,
    /// The server, without `/v1`.
    pub url: String,
    /// Calls, events, bytes or pages, depending on the case.
    pub count: u64,
}

impl Arguments {
    /// Reads them from the command line.
    ///
    /// # Panics
    /// If they are not `CASE URL COUNT`.
    pub fn read() -> Self {
        let mut arguments = std::env::args().skip(1);
        let mut next = || arguments.next().expect("arguments: CASE URL COUNT");
        Self {
            case: next(),
            url: next(),
            count: next().parse().expect("COUNT is not a number"),
        }
    }
}

/// The name of the server's stream in a case: its number of events, their bytes of text, and the
/// bytes of a chunk.
pub fn stream_name(case: &str, count: u64) -> Option<String> {
    let (bytes, chunk) = match case {
        "stream" => (5, 1024),
        "stream-64k" => (5, 65_536),
        "stream-1b" => (5, 1),
        "stream-100k" => (100_000, 65_536),
        "stream-10m" => (10_000_000, 1_048_576),
        "stream-10m-1k" => (10_000_000, 1024),
        _ => return None,
    };
    Some(format!("stream-{count}-{bytes}-{chunk}"))
}

/// How long each run of the case `latency-poll` takes: evenly over the polling interval.
pub fn poll_time(run: u64) -> Duration {
    Duration::from_millis(POLL_INTERVAL.as_millis() as u64 + (run * 37) % 100)
}

/// The polling interval of that case.
pub const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Runs a program's case on a runtime of one thread. `warm` is one call of the kind, so that
/// connecting is not counted.
///
/// # Panics
/// If the runtime cannot be started.
pub fn main<W, C>(warm: impl FnOnce() -> W, case: impl FnOnce() -> C)
where
    W: Future<Output = ()>,
    C: Future<Output = Vec<Duration>>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let runtime = runtime.expect("cannot start the runtime");
    runtime.block_on(async {
        warm().await;
        let before = memory("VmRSS");
        let (wall, cpu) = (Instant::now(), cpu());
        let delays = case().await;
        let line = serde_json::json!({
            "wall": wall.elapsed().as_secs_f64(),
            "cpu": (self::cpu() - cpu).as_secs_f64(),
            "peak": memory("VmHWM"),
            "growth": memory("VmHWM").saturating_sub(before),
            "delays": delays.iter().map(Duration::as_secs_f64).collect::<Vec<_>>(),
        });
        println!("{line}");
    });
}

fn cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        time.tv_sec.unsigned_abs(),
        u32::try_from(time.tv_nsec).unwrap_or_default(),
    )
}

/// A line of `/proc/self/status`, in KiB; 0 where there is none.
fn memory(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with(name));
    let number = line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok());
    number.unwrap_or_default()
}

/// The time since the server said so in an output: microseconds since 1970.
///
/// # Panics
/// If the output is not such a number.
pub fn delay(output: &str) -> Duration {
    let then = Duration::from_micros(output.parse().expect("no time in the output"));
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .expect("a clock after 1970");
    now.saturating_sub(then)
}

/// The input of every run.
pub fn input() -> serde_json::Value {
    serde_json::json!({ "prompt": "an astronaut riding a horse", "steps": 4, "seed": 1 })
}
