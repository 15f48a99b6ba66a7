//! Thousands of concurrent runs in one process.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncBufReadExt, BufReader};

use super::client::{Client, Ended, parse};
use super::server::{Completion, Server};

/// The deadline of all runs together.
const DEADLINE: Duration = Duration::from_secs(240);

/// The memory limit: for each run with the buffers of its connections, and for the program itself.
const MEMORY_EACH: u64 = 80 * 1024;
const MEMORY_BARE: u64 = 20 * 1024 * 1024;
const FILES_BARE: usize = 64;
/// A connection for its create, and one for its reads.
const FILES_EACH: usize = 2;

pub(super) struct ConcurrentRuns {
    pub(super) runs: u64,
    pub(super) results: u64,
    /// Outcomes of the other runs.
    pub(super) other_ends: BTreeMap<String, u64>,
    /// The client's peak memory, in bytes.
    pub(super) memory: u64,
    /// The largest number of open files and sockets.
    pub(super) files: usize,
    pub(super) took: Duration,
}

impl ConcurrentRuns {
    /// Keeps all runs in flight at the same time: none ends before each has its prediction.
    pub(super) async fn measure(client: &Client, runs: u64) -> Result<Self> {
        allow_many_files();
        let server = Server::start(Completion::SecondRead {
            created: runs as usize,
        })
        .await?;
        let begun = Instant::now();
        let mut child = client.spawn(
            &format!("http://{}", server.address()),
            runs,
            runs,
            DEADLINE,
        )?;
        let process = child.id().context("its id")?;
        let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
        let mut runs_in_flight = Self {
            runs,
            results: 0,
            other_ends: BTreeMap::new(),
            memory: 0,
            files: 0,
            took: Duration::ZERO,
        };
        let mut seen = HashSet::new();
        let mut sampling = tokio::time::interval(Duration::from_millis(50));
        loop {
            tokio::select! {
                line = lines.next_line() => {
                    let Some(line) = line? else { break };
                    let (run, ended) = parse(&line).with_context(|| line.clone())?;
                    if ended == Ended::Result(format!("done-{run}")) && seen.insert(run) {
                        runs_in_flight.results += 1;
                    } else {
                        *runs_in_flight.other_ends.entry(format!("{ended:?}")).or_default() += 1;
                    }
                }
                _ = sampling.tick() => runs_in_flight.sample(process),
            }
        }
        child.wait().await?;
        runs_in_flight.took = begun.elapsed();
        Ok(runs_in_flight)
    }

    fn sample(&mut self, process: u32) {
        let files = std::fs::read_dir(format!("/proc/{process}/fd")).map_or(0, Iterator::count);
        self.files = self.files.max(files);
        let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let memory = status.lines().find_map(|line| {
            line.strip_prefix("VmHWM:")?
                .split_whitespace()
                .next()?
                .parse::<u64>()
                .ok()
        });
        self.memory = self.memory.max(memory.unwrap_or_default() * 1024);
    }

    /// The limits that were exceeded.
    pub(super) fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        if self.results != self.runs {
            broken.push(format!(
                "{} of {} concurrent runs have their result; the others: {:?}",
                self.results, self.runs, self.other_ends
            ));
        }
        if self.memory > MEMORY_BARE + self.runs * MEMORY_EACH {
            broken.push(format!("{} MiB of memory", self.memory >> 20));
        }
        if self.files > FILES_EACH * self.runs as usize + FILES_BARE {
            broken.push(format!("{} files open", self.files));
        }
        broken
    }
}

/// Raises the limit of open files: this process has the other end of each connection.
fn allow_many_files() {
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // Where this fails, the runs themselves fail and report it.
    let _ = setrlimit(Resource::Nofile, most);
}
