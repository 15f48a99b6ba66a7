//! `cargo xtask fuzz`: runs every fuzz target for a limited time.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

use crate::codegen::workspace_root;
use crate::harness::{self, process};

/// The time limit of a build, and of a target beside its own.
const TIMEOUT: Duration = Duration::from_secs(3600);

/// Runs the targets of `fuzz/`, beginning with their corpus.
///
/// Failing inputs are kept in `fuzz/artifacts/`; new inputs go to `target/fuzz/corpus/`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Duration of each target, in seconds
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// Only these targets
    targets: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    harness::block_on(all(arguments))
}

async fn all(arguments: &Arguments) -> Result<()> {
    let root = workspace_root()?;
    let tool = tool(&root).await?;
    let mut targets = arguments.targets.clone();
    if targets.is_empty() {
        // They are named by their files.
        for entry in std::fs::read_dir(root.join("fuzz/targets"))? {
            let path = entry?.path();
            let name = path.file_stem().unwrap_or_default();
            targets.push(name.to_string_lossy().into_owned());
        }
        targets.sort();
    }
    let mut failed = Vec::new();
    for target in &targets {
        match fuzz(&root, &tool, target, arguments.seconds).await? {
            Some(inputs) => println!("{target}: {inputs} inputs"),
            None => failed.push(target.as_str()),
        }
    }
    let passed = targets.len() - failed.len();
    println!("{passed} passed, {} failed", failed.len());
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

/// Returns the path of cargo-fuzz, which is installed below `target/` if needed.
async fn tool(root: &Path) -> Result<PathBuf> {
    let folder = root.join("target/tools");
    let tool = folder.join("bin/cargo-fuzz");
    if !tool.exists() {
        let mut cargo = process::cargo(root);
        cargo.args(["install", "--quiet", "--locked", "cargo-fuzz", "--root"]);
        process::success(cargo.arg(&folder), TIMEOUT).await?;
    }
    Ok(tool)
}

/// Runs a target and returns the number of its inputs; `None`, with its output printed, if it
/// failed.
async fn fuzz(root: &Path, tool: &Path, target: &str, seconds: u64) -> Result<Option<u64>> {
    let corpus = root.join("target/fuzz/corpus").join(target);
    std::fs::create_dir_all(&corpus)?;
    let mut command = process::command(tool);
    command
        // The sanitizer's options are unstable, and the compiler is not.
        .env("RUSTC_BOOTSTRAP", "1")
        .args(["fuzz", "run", "--fuzz-dir"])
        .arg(root.join("fuzz"))
        .arg("--target-dir")
        .arg(root.join("target/fuzz/build"))
        .arg(target)
        // New inputs are written to the first folder.
        .arg(&corpus)
        .arg(root.join("fuzz/corpus").join(target))
        .arg("--")
        .arg(format!("-max_total_time={seconds}"))
        // The same sequence of inputs each time.
        .args([
            "-seed=1",
            "-verbosity=0",
            "-print_final_stats=1",
            "-timeout=10",
        ])
        .current_dir(root.join("fuzz"));
    let ended = process::output(&mut command, TIMEOUT + Duration::from_secs(seconds)).await?;
    if !ended.success {
        println!("{target} failed:\n{}", ended.stderr);
        return Ok(None);
    }
    let mut statistics = ended.stderr.lines();
    let inputs = statistics.find_map(|line| {
        let number = line.strip_prefix("stat::number_of_executed_units:")?;
        number.trim().parse().ok()
    });
    Ok(Some(inputs.context("no count of the inputs")?))
}
