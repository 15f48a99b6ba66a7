//! The command `replicate`, the emulator, and what a build of the library compiles.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tokio::process::Command;

use super::measure::{Bench, Median, TIMEOUT, as_f64};
use super::peers::cargo;
use crate::harness::{
    self,
    process::{self, Running},
};

pub(super) const NAMES: [&str; 4] = ["cli", "emulator", "crates", "build"];

/// Number of runs of each command.
const RUNS: usize = 40;

/// Number of predictions that the emulator runs.
const PREDICTIONS: u64 = 20_000;

/// Features of reqwest that `replicate` enables.
const REQWEST_FEATURES: &str =
    r#"["gzip", "http2", "json", "multipart", "query", "rustls", "stream", "system-proxy"]"#;

/// Measures, and returns the table.
pub(super) async fn measure(name: &str, root: &Path, bench: &Bench) -> Result<String> {
    match name {
        "cli" => cli(root, bench).await,
        "emulator" => emulator(root, bench).await,
        "build" => clean_build(root).await,
        _ => crates(root).await,
    }
}

async fn cli(root: &Path, bench: &Bench) -> Result<String> {
    let without = size_mib(&build(root, &["--no-default-features"]).await?)?;
    let program = build(root, &[]).await?;
    let (server, url) = bench.server().await?;
    let mut lines = String::from("| command | time | spread |\n| --- | --- | --- |\n");
    for arguments in [
        &["--version"][..],
        &["predictions", "show", "small"],
        &["--local", "run", "replicate/hello-world", "text=Alice"],
    ] {
        let mut times = Vec::new();
        for _ in 0..RUNS {
            let begun = Instant::now();
            let mut command = process::command(&program);
            command.args(arguments).env("REPLICATE_BASE_URL", &url);
            run(command.env("REPLICATE_API_TOKEN", "r8_bench")).await?;
            times.push(begun.elapsed().as_secs_f64() * 1e3);
        }
        let line = format!("`replicate {}`", arguments.join(" "));
        lines += &time_row(&line, Median::of(times));
    }
    server.kill().await?;
    let size = size_mib(&program)?;
    Ok(format!(
        "## `cli`: the command, from start to end\n\n{lines}\nThe program has {size:.1} MiB; without features, {without:.1} MiB.\n"
    ))
}

async fn emulator(root: &Path, bench: &Bench) -> Result<String> {
    let program = build(root, &[]).await?;
    let start = async || -> Result<(Running, String)> {
        let mut command = process::command(&program);
        command.args(["local", "serve", "--port", "0"]);
        let mut running = Running::start(command.stdout(Stdio::piped()))?;
        let url = running.first_line(Duration::from_secs(10)).await?;
        Ok((running, url))
    };
    let mut times = Vec::new();
    for _ in 0..RUNS {
        let begun = Instant::now();
        let (running, _) = start().await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        running.kill().await?;
    }
    let (running, url) = start().await?;
    let before = running.processor_time();
    run(&mut bench.floor("emulator", &url, PREDICTIONS)).await?;
    let around = running.processor_time().zip(before);
    let (after, before) = around.context("the system reports no processor time")?;
    let rate = as_f64(PREDICTIONS) / (after - before).as_secs_f64();
    running.kill().await?;
    let row = time_row("start, until its URL is printed", Median::of(times));
    Ok(format!(
        "## `emulator`: the local Replicate\n\n| what | time | spread |\n| --- | --- | --- |\n{row}\n{rate:.0} predictions for each second of its CPU time, created and done in one request.\n"
    ))
}

/// Builds the command, and returns its path.
async fn build(root: &Path, features: &[&str]) -> Result<PathBuf> {
    let mut build = cargo(root);
    build.args(["build", "--quiet", "--release", "--package"]);
    run(build.arg("replicate-cli").args(features)).await?;
    Ok(harness::target(root).join("release/replicate"))
}

fn size_mib(program: &Path) -> Result<f64> {
    Ok(as_f64(std::fs::metadata(program)?.len()) / as_f64(1 << 20))
}

fn time_row(what: &str, Median { value, spread }: Median) -> String {
    format!("| {what} | {value:.1} ms | {:.0} % |\n", 100.0 * spread)
}

/// How long a clean build of a program that uses the library takes, beside one that uses
/// what is below it.
async fn clean_build(root: &Path) -> Result<String> {
    let folder = harness::target(root).join("benches").join("clean-build");
    let reqwest = format!(
        "reqwest = {{ version = \"0.13\", default-features = false, features = {REQWEST_FEATURES} }}"
    );
    let library = format!("replicate = {{ path = {:?} }}", root.join("replicate"));
    let mut lines = String::from("| dependency | time | × reqwest |\n| --- | --- | --- |\n");
    let mut floor = None;
    for (name, dependency) in [("reqwest", reqwest), ("`replicate`", library)] {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(folder.join("src"))?;
        let manifest = format!(
            "[workspace]\n[package]\nname = \"user\"\nedition = \"2024\"\n[dependencies]\n{dependency}\n"
        );
        std::fs::write(folder.join("Cargo.toml"), manifest)?;
        std::fs::write(folder.join("src/lib.rs"), "")?;
        // The same versions for both.
        std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        run(cargo(&folder).args(["fetch", "--quiet"])).await?;
        let begun = Instant::now();
        let mut build = cargo(&folder);
        build.env_remove("CARGO_TARGET_DIR");
        let built = run(build.args(["build", "--quiet", "--target-dir", "target"])).await;
        let seconds = begun.elapsed().as_secs_f64();
        std::fs::remove_dir_all(&folder)?;
        built?;
        let times = seconds / *floor.get_or_insert(seconds);
        lines += &format!("| {name} | {seconds:.0} s | {times:.2} |\n");
    }
    Ok(format!(
        "## `build`: a clean debug build of the library\n\n{lines}"
    ))
}

async fn crates(root: &Path) -> Result<String> {
    let mut lines = String::from("| crates | number |\n| --- | --- |\n");
    let alone = "reqwest alone, with what `replicate` enables";
    for (what, arguments) in [
        ("`replicate`", &["--package", "replicate"][..]),
        (
            "without default features",
            &["--package", "replicate", "--no-default-features"],
        ),
        (alone, &["--package", "reqwest"]),
    ] {
        let mut tree = cargo(root);
        tree.args(["tree", "--locked", "--edges", "normal"]);
        tree.args(["--prefix", "none", "--no-dedupe"]);
        let listed = run(tree.args(arguments)).await?;
        let crates = listed.lines().filter_map(|line| line.split(" (").next());
        let crates: BTreeSet<&str> = crates.collect();
        lines += &format!("| {what} | {} |\n", crates.len());
    }
    Ok(format!("## `crates`: the crates of the library\n\n{lines}"))
}

async fn run(command: &mut Command) -> Result<String> {
    Ok(process::success(command, TIMEOUT).await?.stdout)
}
