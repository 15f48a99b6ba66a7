//! The clients under test, each a program of its own.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use tokio::io::{AsyncBufReadExt, BufReader};

use crate::harness::{process, program::Program, target};

/// The time limit of a build, and of all flips.
const TIMEOUT: Duration = Duration::from_secs(3600);

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

/// The runs that a client's program shall make.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) runs: u64,
    /// At most so many are in flight at the same time.
    pub(super) at_once: u64,
    /// The deadline of each run.
    pub(super) deadline: Duration,
}

pub(super) struct Runs {
    pub(super) ended: Vec<(u64, Ended)>,
    pub(super) took: Duration,
}

/// Builds our client's program, in the debug or the release profile.
pub(super) async fn ours(root: &Path, release: bool) -> Result<PathBuf> {
    let mut cargo = process::cargo(root);
    cargo
        .args(["build", "--quiet", "--package", "replicate-tests"])
        .args(["--example", "chaos"])
        .args(release.then_some("--release"));
    process::success(&mut cargo, TIMEOUT).await?;
    let profile = if release { "release" } else { "debug" };
    Ok(target(root).join(profile).join("examples/chaos"))
}

/// The official Node client, from npm, and the crate `replicate-client`.
pub(super) async fn others(root: &Path) -> Result<[Program; 2]> {
    let sources = root.join("conformance/chaos");
    let installed = target(root).join("chaos");
    let (source, folder) = (sources.join("node"), installed.join("node"));
    let node = Program::node("replicate 1.4.0 (Node)", &source, &folder, "runs.js").await?;
    let folder = installed.join("replicate-client");
    let mut cargo = process::cargo(&sources.join("replicate-client"));
    cargo
        .args(["build", "--quiet", "--target-dir"])
        .arg(&folder);
    process::success(&mut cargo, TIMEOUT).await?;
    let program = folder.join("debug/chaos-replicate-client");
    Ok([node, Program::new("replicate-client 0.1.0", program)])
}

/// Makes the runs of the plan against this base URL, and reads how each ended.
/// Calls `sample` with the id of the process every 50 ms.
pub(super) async fn run(
    client: &Program,
    base: &str,
    plan: Plan,
    mut sample: impl FnMut(u32),
) -> Result<Runs> {
    let numbers = [plan.runs, plan.at_once, plan.deadline.as_millis() as u64];
    let begun = Instant::now();
    let mut child = client
        .command()
        .arg(base)
        .args(numbers.map(|number| number.to_string()))
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("starting {}", client.name))?;
    let process = child.id().context("its id")?;
    let mut lines = BufReader::new(child.stdout.take().context("its output")?).lines();
    let mut sampling = tokio::time::interval(Duration::from_millis(50));
    let mut ended = Vec::new();
    loop {
        tokio::select! {
            line = lines.next_line() => {
                let Some(line) = line? else { break };
                ended.push(parse(&line).with_context(|| line.clone())?);
            }
            _ = sampling.tick() => sample(process),
        }
    }
    let status = child.wait().await?;
    ensure!(status.success(), "{} ended with {status}", client.name);
    let took = begun.elapsed();
    Ok(Runs { ended, took })
}

/// Returns how many of `count` messages with a flipped bit our client's program refuses.
pub(super) async fn refused_flips(program: &Path, count: u64, seed: u64) -> Result<u64> {
    let mut command = process::command(program);
    command.args(["flips", &count.to_string(), &seed.to_string()]);
    let ended = process::success(&mut command, TIMEOUT).await?;
    Ok(ended.stdout.trim().parse()?)
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
