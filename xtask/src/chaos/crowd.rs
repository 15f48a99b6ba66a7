//! Very many runs at once in one process.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::io::{AsyncBufReadExt, BufReader};

use super::client::{Client, Ended, parse};
use super::server::{Completion, Server};

/// How long the crowd may take.
const DEADLINE: Duration = Duration::from_secs(240);

/// What each run may cost, with the buffers of its connections, and the program without any.
const MEMORY_EACH: u64 = 80 * 1024;
const MEMORY_BARE: u64 = 20 * 1024 * 1024;
const FILES_BARE: usize = 64;
/// A connection for its create, and one for its reads.
const FILES_EACH: usize = 2;

pub(super) struct Crowd {
    pub(super) runs: u64,
    pub(super) results: u64,
    /// How the others ended.
    pub(super) otherwise: BTreeMap<String, u64>,
    /// The largest amount of memory that the client had, in bytes.
    pub(super) memory: u64,
    /// The most files and sockets that it had open.
    pub(super) files: usize,
    pub(super) took: Duration,
}

impl Crowd {
    /// Has all runs in flight at the same time: none is over before each has its prediction.
    pub(super) async fn gather(client: &Client, runs: u64) -> Result<Self> {
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
        let mut crowd = Self {
            runs,
            results: 0,
            otherwise: BTreeMap::new(),
            memory: 0,
            files: 0,
            took: Duration::ZERO,
        };
        let mut seen = HashSet::new();
        let mut look = tokio::time::interval(Duration::from_millis(50));
        loop {
            tokio::select! {
                line = lines.next_line() => {
                    let Some(line) = line? else { break };
                    let (run, ended) = parse(&line).with_context(|| line.clone())?;
                    if ended == Ended::Result(format!("done-{run}")) && seen.insert(run) {
                        crowd.results += 1;
                    } else {
                        *crowd.otherwise.entry(format!("{ended:?}")).or_default() += 1;
                    }
                }
                _ = look.tick() => crowd.look_at(process),
            }
        }
        child.wait().await?;
        crowd.took = begun.elapsed();
        Ok(crowd)
    }

    fn look_at(&mut self, process: u32) {
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

    /// What is beyond its bounds.
    pub(super) fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        if self.results != self.runs {
            broken.push(format!(
                "{} of {} runs at once have their result; the others: {:?}",
                self.results, self.runs, self.otherwise
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

/// Each run has a connection, and this process has its other end.
fn allow_many_files() {
    let limit = getrlimit(Resource::Nofile);
    let most = Rlimit {
        current: limit.maximum,
        maximum: limit.maximum,
    };
    // Where that is refused, the runs themselves will tell.
    let _ = setrlimit(Resource::Nofile, most);
}
