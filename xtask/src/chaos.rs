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
use concurrency::ConcurrentRuns;
use outage::Schedule;
use proxy::Proxy;
use report::Report;
use server::{Completion, Server};

use crate::codegen::workspace_root;

/// Runs in flight at the same time.
const AT_ONCE: u64 = 64;

/// The deadline of each run.
const DEADLINE: Duration = Duration::from_secs(10);

/// Runs in flight at the same time in the part with outages.
const OUTAGE_CONCURRENCY: u64 = 256;

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
    let root = workspace_root()?;
    let ours = Client::ours(&root, arguments.release)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (passed, broken) = runtime.block_on(async {
        let mut others = Vec::new();
        if arguments.compare {
            others.push(Client::node(&root).await?);
            others.push(Client::replicate_client(&root)?);
        }
        all(arguments, &ours, &others).await
    })?;
    for what in broken.iter().take(SHOWN) {
        println!("failed: {what}");
    }
    println!("{passed} passed, {} failed", broken.len());
    ensure!(broken.is_empty(), "the client broke a promise");
    Ok(())
}

async fn all(
    arguments: &Arguments,
    ours: &Client,
    others: &[Client],
) -> Result<(u64, Vec<String>)> {
    let (mut passed, mut broken) = (0, Vec::new());
    if arguments.runs > 0 {
        let mut reports = Vec::new();
        for client in std::iter::once(ours).chain(others) {
            reports.push(under_faults(client, arguments).await?);
        }
        println!("{} runs, seed {}\n", arguments.runs, arguments.seed);
        println!("{}", report::table(&reports));
        for report in &reports {
            println!("errors of {}", report.errors());
        }
        println!();
        passed += reports[0].passed();
        broken.append(&mut reports[0].broken);
    }
    if arguments.outages > 0 {
        let mut report = during_outages(ours, arguments).await?;
        println!(
            "{} runs with outages, seed {}\n\n{}",
            arguments.outages,
            arguments.seed,
            report::table(std::slice::from_ref(&report))
        );
        println!("errors of {}\n", report.errors());
        passed += report.passed();
        broken.append(&mut report.broken);
    }
    if arguments.many > 0 {
        let many = ConcurrentRuns::measure(ours, arguments.many).await?;
        println!(
            "{} concurrent runs: {} results, {:.1} s, {} MiB of memory, at most {} open files\n",
            many.runs,
            many.results,
            many.took.as_secs_f64(),
            many.memory >> 20,
            many.files
        );
        let found = many.broken();
        passed += many.results;
        broken.extend(found);
    }
    if arguments.flips > 0 {
        let refused = ours.refused_flips(arguments.flips, arguments.seed)?;
        println!(
            "{} webhooks with a flipped bit: {refused} refused\n",
            arguments.flips
        );
        passed += refused;
        for _ in refused..arguments.flips {
            broken.push("a webhook with a flipped bit was accepted".to_owned());
        }
    }
    Ok((passed, broken))
}

async fn under_faults(client: &Client, arguments: &Arguments) -> Result<Report> {
    let server = Server::start(Completion::SecondRead { created: 0 }).await?;
    let proxy = Proxy::start(server.address(), arguments.seed, None).await?;
    let at_once = AT_ONCE.min(arguments.runs);
    let runs = client
        .run(&proxy.url(), arguments.runs, at_once, DEADLINE)
        .await?;
    Ok(Report::new(
        client.name,
        arguments.runs,
        &runs,
        &server.creates(),
    ))
}

/// Runs under the same faults, and outages beside them.
async fn during_outages(client: &Client, arguments: &Arguments) -> Result<Report> {
    let server = Server::start(Completion::Seconds).await?;
    let schedule = Schedule::new(arguments.seed);
    let proxy = Proxy::start(server.address(), arguments.seed, Some(schedule)).await?;
    let at_once = OUTAGE_CONCURRENCY.min(arguments.outages);
    let runs = client
        .run(&proxy.url(), arguments.outages, at_once, OUTAGE_DEADLINE)
        .await?;
    let report = Report::new(client.name, arguments.outages, &runs, &server.creates());
    Ok(report.require_results(&proxy.accepted(), &runs))
}
