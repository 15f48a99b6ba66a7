//! Thousands of concurrent runs in one process.

use std::time::Duration;

use anyhow::Result;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::client::{self, Plan};
use super::report::Report;
use super::server::{Completion, Server};
use crate::harness::{process, program::Program};

/// The deadline of all runs together.
const DEADLINE: Duration = Duration::from_secs(240);

/// The limit of memory in KiB: for each run with the buffers of its connections, and for the
/// program itself.
const MEMORY_EACH: u64 = 80;
const MEMORY_BARE: u64 = 20 * 1024;
const FILES_BARE: usize = 64;
/// A connection for its create, and one for its reads.
const FILES_EACH: usize = 2;

/// Keeps all runs in flight at the same time, without faults: none ends before each has its
/// prediction. Measures the client's peak memory, and its open files and sockets.
pub(super) async fn measure(client: &Program, runs: u64) -> Result<Report> {
    allow_many_files();
    let created = runs as usize;
    let server = Server::start(Completion::SecondRead { created }).await?;
    let base = format!("http://{}", server.address());
    let (mut memory, mut files) = (0, 0);
    let plan = Plan {
        runs,
        at_once: runs,
        deadline: DEADLINE,
    };
    let ended = client::run(client, &base, plan, |process| {
        let open = std::fs::read_dir(format!("/proc/{process}/fd"));
        files = files.max(open.map_or(0, Iterator::count));
        memory = memory.max(process::status(process, "VmHWM").unwrap_or_default());
    })
    .await?;
    let accepted = (0..runs).collect();
    let mut report = Report::new(client.name, runs, &ended, &server.creates())
        .require_results(&accepted, &ended);
    println!(
        "{runs} concurrent runs: {} results, {:.1} s, {} MiB of memory, at most {files} open files\n",
        report.passed(),
        ended.took.as_secs_f64(),
        memory >> 10,
    );
    if memory > MEMORY_BARE + runs * MEMORY_EACH {
        report
            .broken
            .push(format!("{} MiB of memory", memory >> 10));
    }
    if files > FILES_EACH * created + FILES_BARE {
        report.broken.push(format!("{files} files open"));
    }
    Ok(report)
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
