//! The clients, each a program of its own, built or installed below `target/benches`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, bail};
use tokio::process::Command;

use crate::harness::{install, process};

/// The time limit of a build.
const TIMEOUT: Duration = Duration::from_secs(3600);

/// The client that the others are compared with.
pub(super) const FLOOR: &str = "floor";
pub(super) const OURS: &str = "ours";

/// A client, and the command before the arguments of a case.
#[derive(Debug)]
pub(super) struct Peer {
    pub(super) name: &'static str,
    program: PathBuf,
    arguments: Vec<PathBuf>,
    /// Whether its instructions can be counted.
    pub(super) is_counted: bool,
}

impl Peer {
    /// Builds or installs all of them; of a quick run, ours and the floor.
    pub(super) async fn prepare(root: &Path, installed: &Path, quick: bool) -> Result<Vec<Self>> {
        let sources = root.join("benches");
        build(&sources, installed, quick).await?;
        let native = |name, file: &str| Self {
            name,
            program: program(installed, quick, file),
            arguments: Vec::new(),
            is_counted: true,
        };
        let mut peers = vec![native(FLOOR, "floor"), native(OURS, "ours")];
        if quick {
            return Ok(peers);
        }
        peers.push(native("replicate-client", "replicate_client"));
        peers.push(Self {
            // A client for each call, of a second each under callgrind.
            is_counted: false,
            ..native("replicate-rs", "replicate_rs")
        });
        let node = installed.join("node");
        install::npm(&sources.join("node"), &node).await?;
        peers.push(Self {
            name: "Node",
            program: "node".into(),
            arguments: vec![node.join("bench.js")],
            is_counted: false,
        });
        let requirements = sources.join("python/requirements.txt");
        let python = install::venv(&requirements, &installed.join("python")).await?;
        peers.push(Self {
            name: "Python",
            program: python.join("python"),
            arguments: vec![sources.join("python/bench.py")],
            is_counted: false,
        });
        Ok(peers)
    }

    /// The command for a case.
    pub(super) fn command(&self, case: &str, url: &str, count: u64) -> Command {
        let mut command = process::command(&self.program);
        command.args(&self.arguments);
        Self::finish(command, case, url, count)
    }

    /// The same under callgrind.
    pub(super) fn counted(&self, case: &str, url: &str, count: u64) -> Command {
        let mut command = process::command("valgrind");
        command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
        command.arg(&self.program);
        Self::finish(command, case, url, count)
    }

    fn finish(mut command: Command, case: &str, url: &str, count: u64) -> Command {
        command.args([case, url, &count.to_string()]);
        for proxy in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(proxy);
        }
        // What replicate-rs reads its token from.
        command
            .env("REPLICATE_API_KEY", "r8_bench")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        command
    }
}

/// A program that was built.
pub(super) fn program(installed: &Path, quick: bool, name: &str) -> PathBuf {
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let profile = if quick { "quick" } else { "release" };
    installed.join(profile).join(name)
}

async fn build(sources: &Path, installed: &Path, quick: bool) -> Result<()> {
    let mut command = cargo(sources);
    command.args(["build", "--quiet", "--target-dir"]);
    command.arg(installed);
    command.args(match quick {
        true => &["--profile", "quick"][..],
        false => &["--profile", "bench", "--features", "peers"],
    });
    let ended = process::output(&mut command, TIMEOUT).await?;
    if !ended.success {
        bail!("could not build {}:\n{}", sources.display(), ended.tail());
    }
    Ok(())
}

/// Cargo in this folder.
pub(super) fn cargo(folder: &Path) -> Command {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = process::command(cargo);
    // Frames for stack traces and incremental files are of no use here.
    command
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0")
        .env_remove("RUSTFLAGS");
    command
}
