//! `cargo xtask bench`: our client beside the floor and its peers, all against one server of fixed
//! responses.

mod cases;
mod command;
mod measure;
mod peers;
mod report;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::codegen::workspace_root;
use crate::harness::{self, lock::Lock};
use cases::CASES;
use measure::Bench;
use peers::Peer;
use report::{Ratio, Row};

/// Measures what users wait for and pay for, beside bare reqwest and what they would use instead.
///
/// Each case runs in turn for each client, several times; medians and ratios are printed, as
/// Markdown. Absolute figures depend on the machine, ratios less so.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these cases, by name
    cases: Vec<String>,
    /// Our client and the floor only; fails if ours takes about twice as much of the floor as in
    /// docs/performance.md, in instructions where valgrind is installed
    #[arg(long)]
    quick: bool,
    /// Write every measurement to this file
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        tokio::select! {
            result = all(arguments) => result,
            _ = tokio::signal::ctrl_c() => bail!("interrupted"),
        }
    })
}

async fn all(arguments: &Arguments) -> Result<()> {
    let root = workspace_root()?;
    let names: Vec<&str> = CASES
        .iter()
        .map(|case| case.name)
        .chain(command::NAMES)
        .collect();
    if let Some(unknown) = arguments
        .cases
        .iter()
        .find(|name| !names.contains(&name.as_str()))
    {
        bail!("no case {unknown}; there are {}", names.join(", "));
    }
    let chosen = |name: &str| match arguments.cases.is_empty() {
        // The commands have no ratio that could break.
        true => !(arguments.quick && command::NAMES.contains(&name)),
        false => arguments.cases.iter().any(|case| case == name),
    };
    let installed = harness::target(&root).join("benches");
    let _lock = Lock::take(&installed, |what| println!("{what}")).await?;
    let peers = Peer::prepare(&root, &installed, arguments.quick).await?;
    let bench = Bench::new(&installed, arguments.quick).await?;
    let mut rows: Vec<Row> = Vec::new();
    let mut over_limit = Vec::new();
    let cases = CASES.iter().filter(|case| chosen(case.name));
    for case in cases.filter(|case| case.count(peers::OURS, arguments.quick) > 0) {
        let case_rows = bench.case(case, &peers).await?;
        let ratio = Ratio::new(case, &case_rows).filter(|_| arguments.quick);
        match ratio {
            Some(ratio) => {
                println!("{:12} {ratio}", case.name);
                if ratio.is_over_limit() {
                    over_limit.push(case.name);
                }
            }
            None => println!("{}", report::table(case, &case_rows)),
        }
        rows.extend(case_rows);
    }
    for name in command::NAMES.into_iter().filter(|name| chosen(name)) {
        println!("{}", command::measure(name, &root, &bench).await?);
    }
    if let Some(file) = &arguments.json {
        write_json(file, &rows)?;
    }
    if !over_limit.is_empty() {
        bail!("over the limit: {}", over_limit.join(", "));
    }
    Ok(())
}

fn write_json(file: &Path, rows: &[Row]) -> Result<()> {
    let text = serde_json::to_string_pretty(rows)?;
    std::fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
}
