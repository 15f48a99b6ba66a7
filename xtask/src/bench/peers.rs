//! The clients, each a program of its own, built or installed below `target/benches`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use tokio::process::Command;

use super::measure::TIMEOUT;
use crate::harness::{process, program::Program};

/// The client that the others are compared with.
pub(super) const FLOOR: &str = "floor";
pub(super) const OURS: &str = "ours";
const CLIENT: &str = "replicate-client";

/// The clients whose instructions are counted. replicate-rs makes a client for each call, of a
/// second each under callgrind.
pub(super) const COUNTED: [&str; 3] = [FLOOR, OURS, CLIENT];

/// Builds or installs all of them; of a quick run, ours and the floor.
pub(super) async fn prepare(root: &Path, installed: &Path, quick: bool) -> Result<Vec<Program>> {
    let sources = root.join("benches");
    let mut build = cargo(&sources);
    build
        .args(["build", "--quiet", "--target-dir"])
        .arg(installed);
    build.args(match quick {
        true => &["--profile", "quick"][..],
        false => &["--profile", "bench", "--features", "peers"],
    });
    process::success(&mut build, TIMEOUT).await?;
    let native = |name, file| Program::new(name, program(installed, quick, file));
    let mut peers = vec![native(FLOOR, "floor"), native(OURS, "ours")];
    if !quick {
        peers.push(native(CLIENT, "replicate_client"));
        peers.push(native("replicate-rs", "replicate_rs"));
        let (source, folder) = (sources.join("node"), installed.join("node"));
        peers.push(Program::node("Node", &source, &folder, "bench.js").await?);
        let (script, folder) = (sources.join("python/bench.py"), installed.join("python"));
        peers.push(Program::python("Python", &script, &folder).await?);
    }
    Ok(peers)
}

/// Adds the arguments of a case, and the token that replicate-rs reads.
pub(super) fn on_case(mut command: Command, case: &str, url: &str, count: u64) -> Command {
    command
        .args([case, url, &count.to_string()])
        .env("REPLICATE_API_KEY", "r8_bench");
    command
}

/// The path of a program that was built.
pub(super) fn program(installed: &Path, quick: bool, name: &str) -> PathBuf {
    let profile = if quick { "quick" } else { "release" };
    installed.join(profile).join(name)
}

/// Cargo in this folder.
pub(super) fn cargo(folder: &Path) -> Command {
    let mut command = process::cargo(folder);
    // Frames for stack traces and incremental files are of no use here.
    command
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS");
    command
}
