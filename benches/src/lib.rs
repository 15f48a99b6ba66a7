//! What the programs of the benchmark share: their cases, and what they measure of themselves.
//!
//! Each program takes `CASE URL COUNT` and prints one line of JSON.
#![forbid(unsafe_code)]

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};
use serde_json::json;

/// The model whose create returns a prediction that has succeeded.
pub const MODEL: &str = "acme/now";

/// The number of items on a page.
pub const PAGE: usize = 100;

/// The polling interval of the case `latency-poll`.
pub const POLL_INTERVAL: Duration = Duration::from_millis(100);

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
    /// Reads them from the command line: `CASE URL COUNT`.
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

/// The calls of a client. Those that it does not define are of cases that it does not have.
#[allow(async_fn_in_trait, reason = "called on one thread")]
pub trait Calls {
    /// Makes one call of the kind, so that connecting is not counted.
    async fn warm(&self, _case: &str) {
        self.get("small").await;
    }

    /// Reads a prediction, which has succeeded.
    async fn get(&self, id: &str);

    /// Runs a model.
    async fn run(&self, _model: &str) {
        lacks("run")
    }

    /// Runs a model, whose create returns at once if it is `polled`; returns its output.
    async fn output(&self, _model: &str, _polled: bool) -> String {
        lacks("output")
    }

    /// Returns the length of a model's streamed output.
    async fn stream(&self, _model: &str) -> usize {
        lacks("stream")
    }

    /// Uploads this file of so many bytes.
    async fn upload(&self, _path: &str, _size: u64) {
        lacks("upload")
    }

    /// Downloads a URL to this file.
    async fn download(&self, _url: &str, _path: &str) {
        lacks("download")
    }

    /// Lists all predictions and returns their number.
    async fn pages(&self) -> usize {
        lacks("pages")
    }

    /// Runs a model of the emulator so many times.
    async fn emulator(&self, _count: u64) {
        lacks("emulator")
    }
}

/// Ends the program, which was started for a case that its client does not have.
fn lacks(call: &str) -> ! {
    panic!("this client does not have the call `{call}`, which the case needs")
}

/// Runs the case on a runtime of one thread, and prints what it took.
///
/// # Panics
/// If the runtime cannot be started, or a call fails.
pub fn measure(arguments: &Arguments, client: &impl Calls) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.expect("cannot start the runtime").block_on(async {
        client.warm(&arguments.case).await;
        let before = memory("VmRSS");
        let (wall, cpu) = (Instant::now(), cpu());
        let delays = run(arguments, client).await;
        let line = json!({
            "wall": wall.elapsed().as_secs_f64(),
            "cpu": (self::cpu() - cpu).as_secs_f64(),
            "peak": memory("VmHWM"),
            "growth": memory("VmHWM").saturating_sub(before),
            "delays": delays.iter().map(Duration::as_secs_f64).collect::<Vec<_>>(),
        });
        println!("{line}");
    });
}

/// Runs the case; returns the delays of its runs, if these are what it measures.
async fn run(arguments: &Arguments, client: &impl Calls) -> Vec<Duration> {
    let Arguments { case, url, count } = arguments;
    let file = || std::env::var("BENCH_FILE").expect("BENCH_FILE");
    let mut delays = Vec::new();
    match case.as_str() {
        "get" | "get-large" => {
            let id = if case == "get" { "small" } else { "large" };
            for _ in 0..*count {
                client.get(id).await;
            }
        }
        "run" => {
            for _ in 0..*count {
                client.run(MODEL).await;
            }
        }
        "latency" => {
            for _ in 0..*count {
                delays.push(delay(&client.output("acme/held-20", false).await));
            }
        }
        "latency-poll" => {
            for number in 0..*count {
                // Evenly over the polling interval.
                let time = POLL_INTERVAL.as_millis() as u64 + (number * 37) % 100;
                let model = format!("acme/poll-{time}");
                delays.push(delay(&client.output(&model, true).await));
            }
        }
        "emulator" => client.emulator(*count).await,
        "upload" => client.upload(&file(), *count).await,
        "download" => {
            let url = format!("{url}/bytes/{count}");
            client.download(&url, &file()).await;
        }
        "pages" => assert_eq!(client.pages().await as u64, count * PAGE as u64),
        "many" | "many-h2" => {
            let runs = (0..*count).map(|_| client.run("acme/held-3000"));
            futures::future::join_all(runs).await;
        }
        name => {
            // The bytes of text of an event, and the bytes of a chunk.
            let (bytes, chunk) = match name {
                "stream" => (5, 1024),
                "stream-64k" => (5, 65_536),
                "stream-1b" => (5, 1),
                "stream-100k" => (100_000, 65_536),
                "stream-10m" => (10_000_000, 1_048_576),
                "stream-10m-1k" => (10_000_000, 1024),
                other => panic!("no case {other}"),
            };
            let model = format!("acme/stream-{count}-{bytes}-{chunk}");
            assert!(client.stream(&model).await > 0);
        }
    }
    delays
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
fn delay(output: &str) -> Duration {
    let then = Duration::from_micros(output.parse().expect("no time in the output"));
    let now = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .expect("a clock after 1970");
    now.saturating_sub(then)
}

/// The input of every run.
pub fn input() -> serde_json::Value {
    json!({ "prompt": "an astronaut riding a horse", "steps": 4, "seed": 1 })
}
