//! The clients under test, each a program of its own.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout};

use crate::harness::{process, program::Program, target};

/// The time limit of a build, and of all flips.
const TIMEOUT: Duration = Duration::from_secs(3600);

pub(super) struct Client {
    program: Program,
    /// What a program that does more is told to do.
    command: Option<&'static str>,
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
    pub(super) async fn ours(root: &Path, release: bool) -> Result<Self> {
        let mut cargo = process::cargo(root);
        cargo.args([
            "build",
            "--quiet",
            "--package",
            "replicate-tests",
            "--example",
            "chaos",
        ]);
        if release {
            cargo.arg("--release");
        }
        process::success(&mut cargo, TIMEOUT).await?;
        let profile = if release { "release" } else { "debug" };
        let program = target(root).join(profile).join("examples/chaos");
        Ok(Self {
            program: Program::new("ours", program),
            command: Some("runs"),
        })
    }

    /// The official Node client, from npm.
    pub(super) async fn node(root: &Path) -> Result<Self> {
        let source = root.join("conformance/chaos/node");
        let folder = target(root).join("chaos/node");
        let program = Program::node("replicate 1.4.0 (Node)", &source, &folder, "runs.js");
        Ok(Self {
            program: program.await?,
            command: None,
        })
    }

    /// The crate `replicate-client`.
    pub(super) async fn replicate_client(root: &Path) -> Result<Self> {
        let folder = target(root).join("chaos/replicate-client");
        let mut cargo = process::cargo(&root.join("conformance/chaos/replicate-client"));
        cargo
            .args(["build", "--quiet", "--target-dir"])
            .arg(&folder);
        process::success(&mut cargo, TIMEOUT).await?;
        let program = folder.join("debug/chaos-replicate-client");
        Ok(Self {
            program: Program::new("replicate-client 0.1.0", program),
            command: None,
        })
    }

    pub(super) fn name(&self) -> &'static str {
        self.program.name
    }

    /// Makes `runs` runs against this base URL and reads how each ended.
    pub(super) async fn run(
        &self,
        base: &str,
        runs: u64,
        at_once: u64,
        deadline: Duration,
    ) -> Result<Runs> {
        self.start(base, runs, at_once, deadline)?
            .ended(|_| {})
            .await
    }

    /// Starts `runs` runs against this base URL, at most `at_once` at a time.
    pub(super) fn start(
        &self,
        base: &str,
        runs: u64,
        at_once: u64,
        deadline: Duration,
    ) -> Result<Started> {
        let numbers = [runs, at_once, deadline.as_millis() as u64];
        let begun = Instant::now();
        let mut command = self.program.command();
        let mut child = command
            .args(self.command)
            .arg(base)
            .args(numbers.map(|number| number.to_string()))
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("starting {}", self.name()))?;
        let out = child.stdout.take().context("its output")?;
        let lines = BufReader::new(out).lines();
        Ok(Started {
            begun,
            child,
            lines,
        })
    }

    /// Returns how many of `count` messages with a flipped bit our client refuses.
    pub(super) async fn refused_flips(&self, count: u64, seed: u64) -> Result<u64> {
        let mut command = self.program.command();
        command.args(["flips", &count.to_string(), &seed.to_string()]);
        let ended = process::success(&mut command, TIMEOUT).await?;
        Ok(ended.stdout.trim().parse()?)
    }
}

/// A client's running program.
pub(super) struct Started {
    begun: Instant,
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Started {
    /// Reads how each run ended. Calls `sample` with the id of the process every 50 ms.
    pub(super) async fn ended(mut self, mut sample: impl FnMut(u32)) -> Result<Runs> {
        let process = self.child.id().context("its id")?;
        let mut sampling = tokio::time::interval(Duration::from_millis(50));
        let mut ended = Vec::new();
        loop {
            tokio::select! {
                line = self.lines.next_line() => {
                    let Some(line) = line? else { break };
                    ended.push(parse(&line).with_context(|| line.clone())?);
                }
                _ = sampling.tick() => sample(process),
            }
        }
        let status = self.child.wait().await?;
        ensure!(status.success(), "the client ended with {status}");
        let took = self.begun.elapsed();
        Ok(Runs { ended, took })
    }
}

/// Parses a line that a client's program printed: run, kind of end, and result or error.
fn parse(line: &str) -> Option<(u64, Ended)> {
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
