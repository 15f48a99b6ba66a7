//! `cargo xtask chaos`: runs through a proxy that injects faults, with the creates counted at the server.

mod client;
mod concurrency;
mod fault;
mod message;
mod outage;
mod proxy;
mod report;
mod server;

use std::time::Duration;

use anyhow::{Result, ensure};

use client::Client;
use proxy::Proxy;
use report::Report;
use server::{Completion, Server};

use crate::codegen::workspace_root;
use crate::harness;

/// Runs in flight at the same time.
const AT_ONCE: u64 = 64;

/// The deadline of each run.
const DEADLINE: Duration = Duration::from_secs(10);

/// The same in the part with outages.
const OUTAGE_CONCURRENCY: u64 = 256;
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
    let ours = Client::ours(&root, arguments.release).await?;
    let (mut passed, mut broken) = (0, Vec::new());
    let mut count = |report: Report| {
        passed += report.passed();
        broken.extend(report.broken);
    };
    if runs > 0 {
        let mut reports = vec![under_faults(&ours, arguments).await?];
        if arguments.compare {
            for other in [
                Client::node(&root).await?,
                Client::replicate_client(&root).await?,
            ] {
                reports.push(under_faults(&other, arguments).await?);
            }
        }
        println!("{runs} runs, seed {seed}\n\n{}", report::text(&reports));
        count(reports.swap_remove(0));
    }
    if outages > 0 {
        let report = during_outages(&ours, arguments).await?;
        let text = report::text(std::slice::from_ref(&report));
        println!("{outages} runs with outages, seed {seed}\n\n{text}");
        count(report);
    }
    if many > 0 {
        count(concurrency::measure(&ours, many).await?);
    }
    if flips > 0 {
        let refused = ours.refused_flips(flips, seed).await?;
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

async fn under_faults(client: &Client, arguments: &Arguments) -> Result<Report> {
    let server = Server::start(Completion::SecondRead { created: 0 }).await?;
    let proxy = Proxy::start(server.address(), arguments.seed, false).await?;
    let at_once = AT_ONCE.min(arguments.runs);
    let runs = client
        .run(&proxy.url(), arguments.runs, at_once, DEADLINE)
        .await?;
    Ok(Report::new(
        client.name(),
        arguments.runs,
        &runs,
        &server.creates(),
    ))
}

/// Runs under the same faults, and outages beside them.
async fn during_outages(client: &Client, arguments: &Arguments) -> Result<Report> {
    let server = Server::start(Completion::Seconds).await?;
    let proxy = Proxy::start(server.address(), arguments.seed, true).await?;
    let at_once = OUTAGE_CONCURRENCY.min(arguments.outages);
    let runs = client
        .run(&proxy.url(), arguments.outages, at_once, OUTAGE_DEADLINE)
        .await?;
    let report = Report::new(client.name(), arguments.outages, &runs, &server.creates());
    Ok(report.require_results(&proxy.accepted(), &runs))
}
