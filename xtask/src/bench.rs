//! `cargo xtask bench`: our client beside the floor and its peers, all against one server of fixed
//! responses.

mod cases;
mod command;
mod measure;
mod peers;
mod report;

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use crate::codegen::workspace_root;
use crate::harness::{self, lock::Lock};
use cases::CASES;
use measure::Bench;
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
    harness::block_on(all(arguments))
}

async fn all(arguments: &Arguments) -> Result<()> {
    let root = workspace_root()?;
    let names = CASES.iter().map(|case| case.name);
    let names: Vec<&str> = names.chain(command::NAMES).collect();
    for name in &arguments.cases {
        let known = names.contains(&name.as_str());
        ensure!(known, "no case {name}; there are {}", names.join(", "));
    }
    let chosen = |name: &str| match arguments.cases.is_empty() {
        // The commands have no ratio that could break.
        true => !(arguments.quick && command::NAMES.contains(&name)),
        false => arguments.cases.iter().any(|case| case == name),
    };
    let installed = harness::target(&root).join("benches");
    let _lock = Lock::take(&installed, |what| println!("{what}")).await?;
    let peers = peers::prepare(&root, &installed, arguments.quick).await?;
    let bench = Bench::new(&installed, arguments.quick).await?;
    let mut rows: Vec<Row> = Vec::new();
    let mut over_limit = Vec::new();
    let cases = CASES.iter().filter(|case| chosen(case.name));
    for case in cases.filter(|case| case.count(peers::OURS, arguments.quick) > 0) {
        let case_rows = bench.case(case, &peers).await?;
        match Ratio::new(case, &case_rows).filter(|_| arguments.quick) {
            Some(ratio) => {
                println!("{:12} {ratio}", case.name);
                if ratio.exceeds_limit() {
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
        let text = serde_json::to_string_pretty(&rows)?;
        std::fs::write(file, text)
            .with_context(|| format!("could not write {}", file.display()))?;
    }
    if !over_limit.is_empty() {
        bail!("over the limit: {}", over_limit.join(", "));
    }
    Ok(())
}
