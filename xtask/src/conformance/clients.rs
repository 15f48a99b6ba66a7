//! The official clients and ours go through one list of cases, each with an emulator of its own.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Result, bail};
use serde::Deserialize;
use tokio::process::Command;

use super::{
    Workplace,
    emulator::{Emulator, TOKEN},
    install, process,
    table::{self, row},
    tally::Tally,
};

/// The list: each case by the name that the clients' sides give it, and what it shows.
const CASES: [(&str, &str); 29] = [
    ("run_model_blocking", "run by model, the create waits"),
    ("run_model_polling", "run by model, asking after it"),
    ("run_version_blocking", "run by version, the create waits"),
    ("run_version_polling", "run by version, asking after it"),
    ("background", "create, wait, get"),
    ("progress", "progress from the logs"),
    ("stream", "stream"),
    ("file_upload", "file: upload, get, list, delete"),
    ("file_input_upload", "file as input, uploaded"),
    ("file_input_inline", "file as input, within it"),
    ("file_output", "files as output"),
    ("predictions_list", "list predictions"),
    ("paginate", "all pages of a list"),
    ("models", "models: get, list, create"),
    ("versions", "versions: list, get"),
    ("search", "search models"),
    ("deployments", "deployments, with a prediction"),
    ("trainings", "trainings, and the version made"),
    ("collections", "collections: list, get"),
    ("hardware", "hardware"),
    ("account", "account"),
    ("cancel", "cancel a prediction"),
    ("cancel_run", "cancel a run under way"),
    ("webhook", "webhooks, signature checked"),
    ("failed", "failed prediction"),
    ("invalid_input", "invalid input: 422"),
    ("bad_token", "bad token: 401"),
    ("not_found", "unknown model: 404"),
    ("rest_of_models", "the models' other operations"),
];

/// What a client cannot do, so that its side of the list has no such case.
const NOT_IN: [(&str, &str, &str); 3] = [
    ("Node", "rest_of_models", "it has no such calls"),
    ("Python", "rest_of_models", "it has no such calls"),
    ("Python", "cancel_run", "its `run` cannot be cancelled"),
];

/// What the table does not show.
const NOTES: [&str; 4] = [
    "Node sends the words of a model search in JSON quotes, a defect of its own; the emulator \
     takes words by their letters and finds the model all the same (the part `wire` shows the \
     quotes).",
    "Node and Python make file objects of `https:` and `data:` outputs only. The emulator's are \
     `http:` on loopback: they come as text, and are fetched by hand (Node) or by the client's \
     FileOutput made by hand (Python).",
    "Node's strategy `data-uri` sends the client in place of the input, a defect of its own: its \
     case `file as input, within it` makes the address by hand.",
    "Python has no callback for progress: its case reads it between reloads.",
];

/// A client, and how its side of the list is started.
pub(super) struct Client {
    pub(super) name: &'static str,
    command: Box<dyn Fn() -> Command>,
}

/// A line that a client's side prints.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    pub(super) case: String,
    ok: bool,
    error: Option<String>,
}

impl Line {
    /// Why the case failed, if it did.
    pub(super) fn wrong(&self) -> Option<String> {
        let error = self.error.clone();
        (!self.ok).then(|| error.unwrap_or_else(|| "no reason given".to_owned()))
    }
}

impl Client {
    /// Ours, in one of its modes.
    pub(super) fn ours(place: &Workplace, mode: &'static str) -> Self {
        let program = place.programs.client.clone();
        Self {
            name: "ours",
            command: Box::new(move || {
                let mut command = process::command(&program);
                command.arg(mode);
                command
            }),
        }
    }

    /// The official Node client, with one of the scripts.
    pub(super) async fn node(place: &Workplace, script: &'static str) -> Result<Self> {
        let folder = install::npm(place, "node").await?;
        Ok(Self {
            name: "Node",
            command: Box::new(move || {
                let mut command = process::command("node");
                command.arg(script).current_dir(&folder);
                command
            }),
        })
    }

    async fn python(place: &Workplace) -> Result<Self> {
        let programs = install::venv(place, "python", "python/requirements.txt").await?;
        let script = place.source("python/cases.py");
        Ok(Self {
            name: "Python",
            command: Box::new(move || {
                let mut command = process::command(programs.join("python"));
                command.arg(&script).env("PYTHONDONTWRITEBYTECODE", "1");
                command
            }),
        })
    }

    /// Goes through its list against a server.
    pub(super) async fn run(&self, url: &str) -> Result<Vec<Line>> {
        let mut command = (self.command)();
        command
            .env("REPLICATE_BASE_URL", url)
            .env("REPLICATE_API_TOKEN", TOKEN)
            .env("NO_PROXY", "127.0.0.1");
        let ended = process::output(&mut command, Duration::from_secs(120)).await?;
        let lines: serde_json::Result<Vec<Line>> =
            ended.stdout.lines().map(serde_json::from_str).collect();
        match lines {
            Ok(lines) if ended.success => Ok(lines),
            _ => bail!("the side of {} broke off:\n{}", self.name, ended.tail()),
        }
    }
}

/// All three, ready to run.
pub(super) async fn all(place: &Workplace) -> Result<[Client; 3]> {
    Ok([
        Client::node(place, "cases.js").await?,
        Client::python(place).await?,
        Client::ours(place, "cases"),
    ])
}

pub(super) async fn run(place: &Workplace, tally: &mut Tally) -> Result<()> {
    let clients = all(place).await?;
    let mut results: Vec<BTreeMap<String, Line>> = Vec::new();
    for client in &clients {
        let emulator = Emulator::start(place).await?;
        let lines = client.run(&emulator.url).await?;
        results.push(
            lines
                .into_iter()
                .map(|line| (line.case.clone(), line))
                .collect(),
        );
    }
    let mut rows = vec![row([
        "case",
        clients[0].name,
        clients[1].name,
        clients[2].name,
    ])];
    for (case, what) in CASES {
        let mut cells = vec![what.to_owned()];
        for (client, result) in clients.iter().zip(&results) {
            cells.push(cell(client.name, case, result.get(case), tally));
        }
        rows.push(cells);
    }
    table::print(&rows);
    for note in NOTES {
        println!("* {note}");
    }
    for (client, case, why) in NOT_IN {
        println!("* {client} has no case {case}: {why}.");
    }
    unlisted(&clients, &results, tally);
    Ok(())
}

fn cell(client: &str, case: &str, line: Option<&Line>, tally: &mut Tally) -> String {
    let what = format!("{client}: {case}");
    let not_in = NOT_IN
        .iter()
        .any(|(who, which, _)| (*who, *which) == (client, case));
    match line.map(Line::wrong) {
        None if not_in => "-".to_owned(),
        None => {
            tally.fail(&what, "was not run");
            "missing".to_owned()
        }
        Some(wrong) => {
            let cell = if wrong.is_none() { "ok" } else { "FAILED" };
            tally.check(&what, wrong);
            cell.to_owned()
        }
    }
}

/// A case that the list does not have would be lost in silence.
fn unlisted(clients: &[Client], results: &[BTreeMap<String, Line>], tally: &mut Tally) {
    for (client, result) in clients.iter().zip(results) {
        for case in result.keys() {
            if !CASES.iter().any(|(listed, _)| listed == case) {
                tally.fail(
                    &format!("{}: {case}", client.name),
                    "is not in the list of cases",
                );
            }
        }
    }
}
