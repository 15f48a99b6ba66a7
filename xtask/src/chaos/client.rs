//! The clients under test, each a program of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::harness::{self, install};

/// A client's program, and the arguments before those of a run.
pub(super) struct Client {
    pub(super) name: &'static str,
    program: PathBuf,
    arguments: Vec<String>,
    folder: PathBuf,
}

/// Outcome of one run, as the client's program reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Result(String),
    /// The error's name, and whether it names a prediction or says that one may exist.
    Error(String, bool),
    /// An error of unknown outcome, after which the prediction was found, with this output.
    Found(String),
    /// An error of unknown outcome, after which no prediction was found.
    Nothing(String),
    Hung,
}

pub(super) struct Runs {
    pub(super) ended: Vec<(u64, Ended)>,
    pub(super) took: Duration,
}

impl Client {
    /// Our client, in the debug or the release profile.
    pub(super) fn ours(root: &Path, release: bool) -> Result<Self> {
        let mut cargo = cargo_build(root);
        cargo.args(["--package", "replicate-tests", "--example", "chaos"]);
        if release {
            cargo.arg("--release");
        }
        succeed(&mut cargo, "building our client")?;
        let profile = if release { "release" } else { "debug" };
        Ok(Self {
            name: "ours",
            program: harness::target(root).join(profile).join("examples/chaos"),
            arguments: vec!["runs".into()],
            folder: root.to_path_buf(),
        })
    }

    /// The official Node client, from npm.
    pub(super) async fn node(root: &Path) -> Result<Self> {
        let folder = harness::target(root).join("chaos/node");
        install::npm(&root.join("conformance/chaos/node"), &folder).await?;
        Ok(Self {
            name: "replicate 1.4.0 (Node)",
            program: "node".into(),
            arguments: vec!["runs.js".into()],
            folder,
        })
    }

    /// The crate `replicate-client`.
    pub(super) fn replicate_client(root: &Path) -> Result<Self> {
        let folder = root.join("conformance/chaos/replicate-client");
        let target = harness::target(root).join("chaos/replicate-client");
        let mut cargo = cargo_build(&folder);
        cargo.arg("--target-dir").arg(&target);
        succeed(&mut cargo, "building replicate-client")?;
        Ok(Self {
            name: "replicate-client 0.1.0",
            program: target.join("debug/chaos-replicate-client"),
            arguments: Vec::new(),
            folder,
        })
    }

    /// Makes `runs` runs against this base URL and reads how each ended.
    pub(super) async fn run(
        &self,
        base: &str,
        runs: u64,
        at_once: u64,
        deadline: Duration,
    ) -> Result<Runs> {
        let begun = Instant::now();
        let mut child = self.spawn(base, runs, at_once, deadline)?;
        let out = child.stdout.take().context("its output")?;
        let mut lines = BufReader::new(out).lines();
        let mut ended = Vec::new();
        while let Some(line) = lines.next_line().await? {
            ended.push(parse(&line).with_context(|| format!("{}: {line:?}", self.name))?);
        }
        let status = child.wait().await?;
        ensure!(status.success(), "{} ended with {status}", self.name);
        Ok(Runs {
            ended,
            took: begun.elapsed(),
        })
    }

    pub(super) fn spawn(
        &self,
        base: &str,
        runs: u64,
        at_once: u64,
        deadline: Duration,
    ) -> Result<tokio::process::Child> {
        tokio::process::Command::new(&self.program)
            .args(&self.arguments)
            .arg(base)
            .args([runs, at_once, deadline.as_millis() as u64].map(|number| number.to_string()))
            .env_remove("HTTP_PROXY")
            .env_remove("http_proxy")
            .current_dir(&self.folder)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .with_context(|| format!("starting {}", self.program.display()))
    }

    /// Returns how many of `count` messages with a flipped bit our client refuses.
    pub(super) fn refused_flips(&self, count: u64, seed: u64) -> Result<u64> {
        let output = Command::new(&self.program)
            .args(["flips", &count.to_string(), &seed.to_string()])
            .output()?;
        ensure!(
            output.status.success(),
            "the flips ended with {}",
            output.status
        );
        Ok(String::from_utf8(output.stdout)?.trim().parse()?)
    }
}

/// Parses a line that a client's program printed: run, kind of end, and result or error.
pub(super) fn parse(line: &str) -> Option<(u64, Ended)> {
    let mut parts = line.splitn(3, '\t');
    let run = parts.next()?.parse().ok()?;
    let (how, what) = (parts.next()?, parts.next()?);
    let ended = match how {
        "result" => Ended::Result(what.to_owned()),
        "error" => match what.strip_suffix('+') {
            Some(name) => Ended::Error(name.to_owned(), true),
            None => Ended::Error(what.to_owned(), false),
        },
        "found" => Ended::Found(what.to_owned()),
        "nothing" => Ended::Nothing(what.trim_end_matches('+').to_owned()),
        "hung" => Ended::Hung,
        _ => return None,
    };
    Some((run, ended))
}

fn cargo_build(folder: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet"]).current_dir(folder);
    cargo
}

fn succeed(command: &mut Command, what: &str) -> Result<()> {
    let status = command.status().with_context(|| what.to_owned())?;
    ensure!(status.success(), "{what} ended with {status}");
    Ok(())
}
