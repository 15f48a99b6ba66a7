//! `cargo xtask chaos`: runs through a proxy that injects faults, with the creates counted at the server.

mod client;
mod concurrency;
mod fault;
mod message;
mod proxy;
mod report;
mod server;

use std::time::Duration;

use anyhow::{Result, ensure};

use client::Plan;
use proxy::Proxy;
use report::Report;
use server::{Completion, Server};

use crate::codegen::workspace_root;
use crate::harness::{self, program::Program};

/// Runs in flight at the same time.
const AT_ONCE: u64 = 64;

/// The deadline of each run.
const DEADLINE: Duration = Duration::from_secs(10);

/// Runs in flight at the same time in the part with outages.
const OUTAGE_AT_ONCE: u64 = 256;

/// The deadline of each run in the part with outages.
const OUTAGE_DEADLINE: Duration = Duration::from_secs(60);

/// At most so many failed runs are printed.
const SHOWN: usize = 20;

/// Runs a model through a proxy that resets, truncates and delays responses or replaces them by
/// 5xx and 429, all derived from the seed, and counts at the server what was created.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Number of runs of each client
    #[arg(long, default_value_t = 1000)]
    runs: u64,
    /// The seed of all faults
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Run the Node client and the crate `replicate-client` under the same faults
    #[arg(long)]
    compare: bool,
    /// Add this many runs of one to five seconds each, with outages of up to ten seconds
    #[arg(long, value_name = "RUNS", default_value_t = 0)]
    outages: u64,
    /// Add this many concurrent runs in one process, without faults
    #[arg(long, value_name = "RUNS", default_value_t = 0)]
    many: u64,
    /// Number of signed webhooks with one flipped bit
    #[arg(long, default_value_t = 1_000_000)]
    flips: u64,
    /// Build our client in release mode
    #[arg(long)]
    release: bool,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    harness::block_on(all(arguments))
}

async fn all(arguments: &Arguments) -> Result<()> {
    let Arguments {
        runs,
        seed,
        outages,
        many,
        flips,
        ..
    } = *arguments;
    let root = workspace_root()?;
    let program = client::ours(&root, arguments.release).await?;
    let ours = Program::new("ours", &program).arg("runs");
    let (mut passed, mut broken) = (0, Vec::new());
    let mut count = |report: Report| {
        passed += report.passed();
        broken.extend(report.broken);
    };
    if runs > 0 {
        let mut reports = vec![under_faults(&ours, runs, seed, false).await?];
        if arguments.compare {
            for other in client::others(&root).await? {
                reports.push(under_faults(&other, runs, seed, false).await?);
            }
        }
        println!("{runs} runs, seed {seed}\n\n{}", report::text(&reports));
        count(reports.swap_remove(0));
    }
    if outages > 0 {
        let report = under_faults(&ours, outages, seed, true).await?;
        let text = report::text(std::slice::from_ref(&report));
        println!("{outages} runs with outages, seed {seed}\n\n{text}");
        count(report);
    }
    if many > 0 {
        count(concurrency::measure(&ours, many).await?);
    }
    if flips > 0 {
        let refused = client::refused_flips(&program, flips, seed).await?;
        println!("{flips} webhooks with a flipped bit: {refused} refused\n");
        passed += refused;
        let accepted = "a webhook with a flipped bit was accepted".to_owned();
        broken.extend((refused..flips).map(|_| accepted.clone()));
    }
    for what in broken.iter().take(SHOWN) {
        println!("failed: {what}");
    }
    println!("{passed} passed, {} failed", broken.len());
    ensure!(broken.is_empty(), "the client broke a promise");
    Ok(())
}

/// Makes so many runs under faults, with outages beside them if there are any.
async fn under_faults(client: &Program, runs: u64, seed: u64, outages: bool) -> Result<Report> {
    let (completion, at_once, deadline) = match outages {
        false => (Completion::SecondRead { created: 0 }, AT_ONCE, DEADLINE),
        true => (Completion::Seconds, OUTAGE_AT_ONCE, OUTAGE_DEADLINE),
    };
    let server = Server::start(completion).await?;
    let proxy = Proxy::start(server.address(), seed, outages).await?;
    let plan = Plan {
        runs,
        at_once: at_once.min(runs),
        deadline,
    };
    let ended = client::run(client, &proxy.url(), plan, |_| {}).await?;
    let report = Report::new(client.name, runs, &ended, &server.creates());
    Ok(match outages {
        false => report,
        true => report.require_results(&proxy.accepted(), &ended),
    })
}
