//! The official clients and ours run one list of cases, each against an emulator of its own.

use std::{collections::BTreeMap, time::Duration};

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

/// The cases: the name in each client's program, and what it shows.
const CASES: [(&str, &str); 29] = [
    ("run_model_blocking", "run by model, the create waits"),
    ("run_model_polling", "run by model, polling"),
    ("run_version_blocking", "run by version, the create waits"),
    ("run_version_polling", "run by version, polling"),
    ("background", "create, wait, get"),
    ("progress", "progress from the logs"),
    ("stream", "stream"),
    ("file_upload", "file: upload, get, list, delete"),
    ("file_input_upload", "file as input, uploaded"),
    ("file_input_inline", "file as input, inlined"),
    ("file_output", "files as output"),
    ("predictions_list", "list predictions"),
    ("paginate", "all pages of a list"),
    ("models", "models: get, list, create"),
    ("versions", "versions: list, get"),
    ("search", "search models"),
    ("deployments", "deployments, with a prediction"),
    ("trainings", "trainings, with the new version"),
    ("collections", "collections: list, get"),
    ("hardware", "hardware"),
    ("account", "account"),
    ("cancel", "cancel a prediction"),
    ("cancel_run", "cancel a running prediction through its run"),
    ("webhook", "webhooks, signature checked"),
    ("failed", "failed prediction"),
    ("invalid_input", "invalid input: 422"),
    ("bad_token", "bad token: 401"),
    ("not_found", "unknown model: 404"),
    ("rest_of_models", "the models' other operations"),
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
     case `file as input, inlined` builds the data URI by hand.",
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
    for (case, what) in CASES {
        let mut cells = vec![what.to_owned()];
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
    unlisted(&clients, &reports, results);
    Ok(())
}

fn cell(client: &str, case: &str, line: Option<&Line>, results: &mut Results) -> String {
    let what = format!("{client}: {case}");
    let not_in = NOT_IN
        .iter()
        .any(|(who, which, _)| (*who, *which) == (client, case));
    match line.map(Line::wrong) {
        None if not_in => "-".to_owned(),
        None => {
            results.fail(&what, "did not run");
            "missing".to_owned()
        }
        Some(wrong) => {
            let cell = if wrong.is_none() { "ok" } else { "FAILED" };
            results.check(&what, wrong);
            cell.to_owned()
        }
    }
}

/// Fails cases that are missing in the list: the table would not show them.
fn unlisted(clients: &[Program], reports: &[BTreeMap<String, Line>], results: &mut Results) {
    for (client, report) in clients.iter().zip(reports) {
        for case in report.keys() {
            if !CASES.iter().any(|(listed, _)| listed == case) {
                let what = format!("{}: {case}", client.name);
                results.fail(&what, "is not in the list of cases");
            }
        }
    }
}
