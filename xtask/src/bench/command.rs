//! The command `replicate`: how long it takes to start, its size, and the crates of the library.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::process::Command;

use super::measure::{Bench, Median, as_f64};
use super::peers::cargo;
use crate::harness::{self, process};

pub(super) const NAMES: [&str; 2] = ["cli", "crates"];

/// The time limit of a build.
const TIMEOUT: Duration = Duration::from_secs(3600);

/// How often each command is run.
const RUNS: usize = 40;

/// Measures, and returns the table.
pub(super) async fn measure(name: &str, root: &Path, bench: &Bench) -> Result<String> {
    match name {
        "cli" => cli(root, bench).await,
        _ => crates(root).await,
    }
}

async fn cli(root: &Path, bench: &Bench) -> Result<String> {
    let mut build = cargo(root);
    build.args([
        "build",
        "--quiet",
        "--release",
        "--package",
        "replicate-cli",
    ]);
    run(&mut build).await?;
    let program = harness::target(root).join("release").join("replicate");
    let size = std::fs::metadata(&program)?.len();
    let (server, url) = bench.server().await?;
    let command = |arguments: &[&str]| {
        let mut command = process::command(&program);
        command.args(arguments).env("REPLICATE_BASE_URL", &url);
        command.env("REPLICATE_API_TOKEN", "r8_bench");
        command
    };
    let mut lines = String::from("| command | time | spread |\n| --- | --- | --- |\n");
    for arguments in [
        &["--version"][..],
        &["predictions", "show", "small"],
        &["--local", "run", "replicate/hello-world", "text=Alice"],
    ] {
        let mut times = Vec::new();
        for _ in 0..RUNS {
            let begun = Instant::now();
            run(&mut command(arguments)).await?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        let Median { value, spread } = Median::of(times);
        let line = arguments.join(" ");
        lines += &format!(
            "| `replicate {line}` | {value:.1} ms | {:.0} % |\n",
            100.0 * spread
        );
    }
    server.kill().await?;
    let size = as_f64(size) / as_f64(1 << 20);
    Ok(format!(
        "### `cli`: the command, from start to end\n\n{lines}\nThe program has {size:.1} MiB.\n"
    ))
}

async fn crates(root: &Path) -> Result<String> {
    let mut lines = String::from("| crates | number |\n| --- | --- |\n");
    for (what, arguments) in [
        ("`replicate`", &["--package", "replicate"][..]),
        (
            "without default features",
            &["--package", "replicate", "--no-default-features"],
        ),
        (
            "reqwest alone, with what `replicate` enables",
            &["--package", "reqwest"],
        ),
    ] {
        let mut tree = cargo(root);
        tree.args([
            "tree",
            "--locked",
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--no-dedupe",
        ]);
        let listed = run(tree.args(arguments)).await?;
        let mut crates: Vec<&str> = listed
            .lines()
            .filter_map(|line| line.split(" (").next())
            .collect();
        crates.sort_unstable();
        crates.dedup();
        lines += &format!("| {what} | {} |\n", crates.len());
    }
    Ok(format!(
        "### `crates`: what a build of the library compiles\n\n{lines}"
    ))
}

async fn run(command: &mut Command) -> Result<String> {
    let ended = process::output(command, TIMEOUT).await?;
    if !ended.success {
        bail!("{:?} failed:\n{}", command.as_std(), ended.tail());
    }
    Ok(ended.stdout)
}
