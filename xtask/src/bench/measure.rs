//! Runs the clients of a case in turn, several times, and takes medians.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use tokio::process::Command;

use super::cases::{By, Case};
use super::peers::{COUNTED, FLOOR, OURS, on_case, program};
use super::report::Row;
use crate::harness::process::{self, Running};
use crate::harness::program::Program;

/// The time limit of a build, and of one client in one case.
pub(super) const TIMEOUT: Duration = Duration::from_secs(3600);

/// A client's own measurements.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Sample {
    /// Seconds.
    wall: f64,
    /// Seconds.
    cpu: f64,
    /// KiB.
    peak: f64,
    /// KiB above what it had before.
    growth: f64,
    /// Seconds, each.
    delays: Vec<f64>,
}

/// A median and how far the middle half of the values lies apart, as a share of it.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(super) struct Median {
    pub(super) value: f64,
    pub(super) spread: f64,
}

impl Median {
    pub(super) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let value = percentile(&values, 50);
        let spread = match value > 0.0 {
            true => (percentile(&values, 75) - percentile(&values, 25)) / value,
            false => 0.0,
        };
        Self { value, spread }
    }
}

/// A percentile of sorted values; 0 of none.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let at = sorted.len() * percent / 100;
    sorted.get(at).copied().unwrap_or_default()
}

/// State shared by all cases.
pub(super) struct Bench {
    installed: PathBuf,
    quick: bool,
    has_valgrind: bool,
    /// A file that is uploaded, and what is downloaded.
    file: PathBuf,
}

impl Bench {
    pub(super) async fn new(installed: &Path, quick: bool) -> Result<Self> {
        let has_valgrind = process::first_installed(&["valgrind"]).await.is_some();
        if !has_valgrind {
            println!("instructions are not counted: valgrind is not installed\n");
        }
        Ok(Self {
            installed: installed.to_path_buf(),
            quick,
            has_valgrind,
            file: installed.join("content"),
        })
    }

    /// Starts the server; returns its URL.
    pub(super) async fn server(&self) -> Result<(Running, String)> {
        let mut command = process::command(program(&self.installed, self.quick, "server"));
        let mut server = Running::start(command.stdout(Stdio::piped()))?;
        let url = server.first_line(Duration::from_secs(10)).await?;
        Ok((server, url))
    }

    /// The command of the floor for a case.
    pub(super) fn floor(&self, case: &str, url: &str, count: u64) -> Command {
        let floor = Program::new(FLOOR, program(&self.installed, self.quick, FLOOR));
        on_case(floor.command(), case, url, count)
    }

    pub(super) async fn case(&self, case: &Case, peers: &[Program]) -> Result<Vec<Row>> {
        let (server, url) = self.server().await?;
        let peers: Vec<&Program> = peers
            .iter()
            .filter(|peer| case.count(peer.name, self.quick) > 0)
            .collect();
        let counts = case.quick.map(|quick| quick.instructions);
        let counts = counts.filter(|_| self.has_valgrind);
        let runs = match (self.quick, counts) {
            // Instructions are a better measure, and enough.
            (true, Some(_)) => 0,
            (true, None) => 3,
            (false, _) => 5,
        };
        let mut samples: Vec<Vec<Sample>> = peers.iter().map(|_| Vec::new()).collect();
        let mut halves = Vec::new();
        for _ in 0..runs {
            for (peer, samples) in peers.iter().zip(&mut samples) {
                let count = case.count(peer.name, self.quick);
                samples.push(self.sample(case, peer, &url, count).await?);
                // Half of the work, to see that all of it takes twice the time.
                if peer.name == OURS && !self.quick && case.by != By::Delay {
                    halves.push(self.sample(case, peer, &url, count / 2).await?);
                }
            }
        }
        let mut rows = Vec::new();
        for (peer, samples) in peers.iter().zip(samples) {
            let units = case.count(peer.name, self.quick) / case.scale();
            let mut row = row(case, peer.name, units, &samples);
            if peer.name == OURS && !halves.is_empty() {
                let times = |value: fn(&Sample) -> f64| {
                    median(&samples, value).value / median(&halves, value).value
                };
                row.doubled = Some(times(|sample| sample.cpu));
                row.growth_doubled = (case.by == By::Peak).then(|| times(|sample| sample.growth));
            }
            if let Some(counts) = counts {
                row.instructions = self.instructions(case, peer, &url, counts).await?;
            }
            rows.push(row);
        }
        server.kill().await?;
        let _ = std::fs::remove_file(&self.file);
        Ok(rows)
    }

    async fn sample(&self, case: &Case, peer: &Program, url: &str, count: u64) -> Result<Sample> {
        let what = || format!("{} in the case {}", peer.name, case.name);
        let command = peer.command();
        let ended = self
            .output(case, command, url, count)
            .await
            .with_context(what)?;
        let line = ended.stdout.lines().last().unwrap_or_default();
        serde_json::from_str(line).with_context(what)
    }

    /// Runs a client. Creates the file that is uploaded; removes what was downloaded before, since
    /// replacing a file costs more than creating one.
    async fn output(
        &self,
        case: &Case,
        command: Command,
        url: &str,
        count: u64,
    ) -> Result<process::Ended> {
        match case.name {
            "upload" => std::fs::File::create(&self.file)?.set_len(count)?,
            _ => drop(std::fs::remove_file(&self.file)),
        }
        let mut command = on_case(command, case.name, url, count);
        process::success(command.env("BENCH_FILE", &self.file), TIMEOUT).await
    }

    /// The instructions of one call: those of two counts of calls, the difference divided.
    async fn instructions(
        &self,
        case: &Case,
        peer: &Program,
        url: &str,
        (few, many): (u64, u64),
    ) -> Result<Option<f64>> {
        if !COUNTED.contains(&peer.name) {
            return Ok(None);
        }
        let mut found = Vec::new();
        for count in [few, many] {
            let valgrind = Program::new(peer.name, "valgrind")
                .arg("--tool=callgrind")
                .arg("--callgrind-out-file=/dev/null")
                .arg(&peer.path);
            let ended = self.output(case, valgrind.command(), url, count).await?;
            let mut lines = ended.stderr.lines();
            let number =
                lines.find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
            found.push(number.context("callgrind printed no number of instructions")?);
        }
        let [less, more]: [f64; 2] = [found[0], found[1]];
        let each = (more - less) / as_f64(many - few) * as_f64(case.scale());
        // Work that the kernel does is not counted: the rest can be less than the noise.
        Ok(Some(each).filter(|each| *each > 0.0))
    }
}

fn row(case: &Case, client: &'static str, units: u64, samples: &[Sample]) -> Row {
    let units = as_f64(units);
    let delays = samples.iter().flat_map(|sample| sample.delays.clone());
    let mut delays: Vec<f64> = delays.collect();
    delays.sort_by(f64::total_cmp);
    Row {
        case: case.name,
        client,
        units,
        cpu: median(samples, |sample| sample.cpu / units),
        wall: median(samples, |sample| sample.wall / units),
        peak: median(samples, |sample| sample.peak),
        growth: median(samples, |sample| sample.growth),
        slowest: percentile(&delays, 99),
        delay: Median::of(delays),
        samples: samples.to_vec(),
        ..Row::default()
    }
}

fn median(samples: &[Sample], value: impl Fn(&Sample) -> f64) -> Median {
    Median::of(samples.iter().map(value).collect())
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
pub(super) fn as_f64(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn median_is_the_middle_and_spread_the_middle_half() {
        let median = Median::of(vec![5.0, 1.0, 4.0, 2.0, 3.0]);
        assert!((median.value - 3.0).abs() < 1e-9);
        assert!((median.spread - 2.0 / 3.0).abs() < 1e-9, "{median:?}");
        assert!(Median::of(Vec::new()).value.abs() < 1e-9);
    }
}
