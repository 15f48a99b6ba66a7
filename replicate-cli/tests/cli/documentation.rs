//! The examples of `docs/cli.md`, each run at a terminal of 80 columns.
//!
//! With `UPDATE_DOCS=1` the outputs on the page are replaced by those of the run.
#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};

use replicate_emulator::Emulator;

use crate::program::shell;

/// Stands before the output of each command. No command prints it.
const MARK: char = '\u{1e}';

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/cli.md")
}

/// A part of the page: text, or a command with its output.
enum Part {
    Text(String),
    Example { command: String, output: String },
}

fn parts(page: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut is_example = false;
    for line in page.split_inclusive('\n') {
        if line.starts_with("```") {
            is_example = line == "```console\n";
            parts.push(Part::Text(line.to_owned()));
            continue;
        }
        match (is_example, line.strip_prefix("$ "), parts.last_mut()) {
            (true, Some(command), _) => parts.push(Part::Example {
                command: command.trim_end().to_owned(),
                output: String::new(),
            }),
            (true, None, Some(Part::Example { output, .. })) => output.push_str(line),
            (_, _, Some(Part::Text(text))) => text.push_str(line),
            _ => parts.push(Part::Text(line.to_owned())),
        }
    }
    parts
}

/// Runs the commands in one shell; returns the output of each, with what went to standard error
/// after what went to standard output.
async fn run(emulator: &Emulator, commands: impl Iterator<Item = &str>) -> Vec<String> {
    let directory = tempfile::tempdir().expect("a directory");
    let directory = directory.path();
    let script =
        commands.map(|command| format!("printf '{MARK}'\n{{ {command}\n}} 2>stderr\ncat stderr\n"));
    let program = shell(&script.collect::<String>())
        .at(emulator)
        .within(directory)
        .env("HOME", directory.to_str().expect("a path"))
        .env("NO_COLOR", "1")
        .env("TERM", "xterm");
    let output = program.run_at_terminal().await;
    // What differs in each run, as the page has it.
    let output = output
        .replace("\r\n", "\n")
        .replace(emulator.url(), "http://127.0.0.1:8000")
        .replace(&directory.display().to_string(), "~");
    let lines: Vec<&str> = output.lines().map(str::trim_end).collect();
    let output = lines.join("\n") + "\n";
    output.split(MARK).skip(1).map(str::to_owned).collect()
}

/// The output without what differs from run to run: ids and ages.
fn comparable(output: &str) -> String {
    let same = |word: &str| {
        let is_age = |number: &str| number.parse::<u64>().is_ok();
        match word.len() {
            26 | 64 => "ID".to_owned(),
            _ if word.strip_suffix('s').is_some_and(is_age) => "0s".to_owned(),
            _ => word.to_owned(),
        }
    };
    let mut text = String::new();
    for part in output.split_inclusive(|c: char| !c.is_ascii_alphanumeric()) {
        let word = part.trim_end_matches(|c: char| !c.is_ascii_alphanumeric());
        text.push_str(&same(word));
        text.push_str(&part[word.len()..]);
    }
    text.trim_end().to_owned()
}

#[tokio::test]
async fn examples_of_the_page_print_what_it_says() {
    let emulator = Emulator::builder()
        .training_time(std::time::Duration::from_millis(100))
        .start()
        .await
        .expect("an emulator");
    let text = fs::read_to_string(page()).expect("the page");
    let mut parts = parts(&text);
    let commands = parts.iter().filter_map(|part| match part {
        Part::Example { command, .. } => Some(command.as_str()),
        Part::Text(_) => None,
    });
    let outputs = run(&emulator, commands).await;
    let examples = parts.iter_mut().filter_map(|part| match part {
        Part::Example { command, output } => Some((command, output)),
        Part::Text(_) => None,
    });
    let updates = std::env::var_os("UPDATE_DOCS").is_some();
    let mut count = 0;
    for ((command, expected), output) in examples.zip(&outputs) {
        count += 1;
        if updates && comparable(output) != comparable(expected) {
            output.clone_into(expected);
        }
        assert_eq!(comparable(output), comparable(expected), "$ {command}");
    }
    assert_eq!(count, outputs.len());
    assert!(count > 40, "{count} examples");
    if updates {
        let page_text: String = parts
            .iter()
            .map(|part| match part {
                Part::Text(text) => text.clone(),
                Part::Example { command, output } => format!("$ {command}\n{output}"),
            })
            .collect();
        fs::write(page(), page_text).expect("the page");
    }
}
