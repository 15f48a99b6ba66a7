//! The official clients and ours run one list of cases, each against an emulator of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use anyhow::{Context, Result};
use serde::Deserialize;

use super::{
    Env,
    emulator::{Emulator, TOKEN},
    process,
    results::Results,
    table::{self, row},
};
use crate::harness::program::Program;

/// The cases of the clients' programs.
const CASES: [&str; 29] = [
    "run_model_blocking",
    "run_model_polling",
    "run_version_blocking",
    "run_version_polling",
    "background",
    "progress",
    "stream",
    "file_upload",
    "file_input_upload",
    "file_input_inline",
    "file_output",
    "predictions_list",
    "paginate",
    "models",
    "versions",
    "search",
    "deployments",
    "trainings",
    "collections",
    "hardware",
    "account",
    "cancel",
    "cancel_run",
    "webhook",
    "failed",
    "invalid_input",
    "bad_token",
    "not_found",
    "rest_of_models",
];

/// Cases that a client's program lacks, since the client has no such call.
const NOT_IN: [(&str, &str, &str); 3] = [
    ("Node", "rest_of_models", "it has no such calls"),
    ("Python", "rest_of_models", "it has no such calls"),
    ("Python", "cancel_run", "its `run` cannot be canceled"),
];

/// Notes below the table.
const NOTES: [&str; 4] = [
    "Node sends the words of a model search in JSON quotes, a defect of its own; the emulator \
     compares words only by their letters and finds the model anyway (the part `wire` shows \
     the quotes).",
    "Node and Python make file objects of `https:` and `data:` outputs only. The emulator's are \
     `http:` on loopback: they arrive as text, and the cases download them directly (Node) or \
     through a FileOutput built by hand (Python).",
    "Node's strategy `data-uri` sends the client instead of the input, a defect of its own: its \
     case `file_input_inline` builds the data URI by hand.",
    "Python has no callback for progress: its case reads it between reloads.",
];

/// A line that a client's program prints.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub(super) case: String,
    ok: bool,
    error: Option<String>,
}

impl Line {
    /// The reason of a failed case.
    pub(super) fn wrong(&self) -> Option<String> {
        let error = self.error.clone();
        (!self.ok).then(|| error.unwrap_or_else(|| "no reason given".to_owned()))
    }
}

/// Our client, in one of its modes.
pub(super) fn ours(env: &Env, mode: &str) -> Program {
    Program::new("ours", env.built.join("examples/conformance_client")).arg(mode)
}

/// The official Node client, running one of the scripts.
pub(super) async fn node(env: &Env, script: &str) -> Result<Program> {
    let (source, folder) = (env.source("node"), env.installed.join("node"));
    Program::node("Node", &source, &folder, script).await
}

/// Runs the cases of a client against a server.
pub(super) async fn cases(client: &Program, url: &str) -> Result<Vec<Line>> {
    let mut command = client.command();
    command
        .env("REPLICATE_BASE_URL", url)
        .env("REPLICATE_API_TOKEN", TOKEN);
    let ended = process::success(&mut command, Duration::from_secs(120)).await?;
    let lines = ended.stdout.lines().map(serde_json::from_str);
    let lines: serde_json::Result<Vec<Line>> = lines.collect();
    lines.with_context(|| format!("the program of {}:\n{}", client.name, ended.tail()))
}

/// All three clients, installed.
pub(super) async fn all(env: &Env) -> Result<[Program; 3]> {
    let script = env.source("python/cases.py");
    let folder = env.installed.join("python");
    Ok([
        node(env, "cases.js").await?,
        Program::python("Python", &script, &folder).await?,
        ours(env, "cases"),
    ])
}

pub(super) async fn run(env: &Env, results: &mut Results) -> Result<()> {
    let clients = all(env).await?;
    let mut reports: Vec<BTreeMap<String, Line>> = Vec::new();
    for client in &clients {
        let emulator = Emulator::start(env).await?;
        let lines = cases(client, &emulator.url).await?.into_iter();
        reports.push(lines.map(|line| (line.case.clone(), line)).collect());
    }
    let [first, second, third] = clients.each_ref().map(|client| client.name);
    let mut rows = vec![row(["case", first, second, third])];
    // A case that is not listed fails.
    let run: BTreeSet<&str> = reports
        .iter()
        .flat_map(BTreeMap::keys)
        .map(String::as_str)
        .collect();
    let unlisted = run.into_iter().filter(|case| !CASES.contains(case));
    for case in CASES.into_iter().chain(unlisted) {
        let mut cells = vec![case.to_owned()];
        for (client, report) in clients.iter().zip(&reports) {
            cells.push(cell(client.name, case, report.get(case), results));
        }
        rows.push(cells);
    }
    println!("{}", table::markdown(&rows));
    for note in NOTES {
        println!("* {note}");
    }
    for (client, case, why) in NOT_IN {
        println!("* {client} has no case {case}: {why}.");
    }
    Ok(())
}

fn cell(client: &str, case: &str, line: Option<&Line>, results: &mut Results) -> String {
    let lacks = |(who, which, _): &(&str, &str, &str)| (*who, *which) == (client, case);
    let wrong = match line {
        None if NOT_IN.iter().any(lacks) => return "-".to_owned(),
        None => Some("did not run".to_owned()),
        Some(_) if !CASES.contains(&case) => Some("is not in the list of cases".to_owned()),
        Some(line) => line.wrong(),
    };
    let cell = if wrong.is_none() { "ok" } else { "FAILED" };
    results.check(&format!("{client}: {case}"), wrong);
    cell.to_owned()
}
