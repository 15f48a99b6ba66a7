//! The examples of `docs/cli.md`, each run at a terminal of 80 columns.
//!
//! With `UPDATE_DOCS=1` the outputs on the page are replaced by those of the run.
#![cfg(target_os = "linux")]

use std::fs;
use std::io::Read;
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use replicate_emulator::Emulator;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::Winsize;

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

/// A terminal of 80 columns: its own end, and that of a program.
fn terminal() -> (fs::File, OwnedFd) {
    let own = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&own).expect("a terminal");
    unlockpt(&own).expect("a terminal");
    let name = ptsname(&own, Vec::new()).expect("a name");
    let path = name.to_str().expect("a path");
    let program = fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .expect("a terminal");
    let size = Winsize {
        ws_row: 60,
        ws_col: 80,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    rustix::termios::tcsetwinsize(&program, size).expect("a size");
    (own.into(), program.into())
}

/// Runs the commands in one shell; returns the output of each, with what went to standard error
/// after what went to standard output.
fn run(emulator: &Emulator, commands: &[&str]) -> Vec<String> {
    let directory = tempfile::tempdir().expect("a directory");
    let bin = Path::new(env!("CARGO_BIN_EXE_replicate"))
        .parent()
        .expect("a directory");
    let mut script = String::new();
    for command in commands {
        script.push_str(&format!(
            "printf '{MARK}'\n{{ {command}\n}} 2>stderr\ncat stderr\n"
        ));
    }
    let (mut own, program) = terminal();
    let mut child = std::process::Command::new("sh")
        .args(["-c", &script])
        .current_dir(directory.path())
        .env_clear()
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .env("HOME", directory.path())
        .env("NO_COLOR", "1")
        .env("TERM", "xterm")
        .env("REPLICATE_BASE_URL", emulator.url())
        .env("REPLICATE_API_TOKEN", emulator.token())
        .stdin(std::process::Stdio::null())
        .stdout(program.try_clone().expect("a terminal"))
        .stderr(program)
        .spawn()
        .expect("a shell");
    let mut output = Vec::new();
    let mut buffer = [0; 4096];
    // Reading fails once no program has the terminal open.
    while let Ok(count @ 1..) = own.read(&mut buffer) {
        output.extend_from_slice(&buffer[..count]);
    }
    child.wait().expect("it ends");
    // What differs in each run, as the page has it.
    let output = String::from_utf8_lossy(&output)
        .replace("\r\n", "\n")
        .replace(emulator.url(), "http://127.0.0.1:8000")
        .replace(&directory.path().display().to_string(), "~");
    let lines: Vec<&str> = output.lines().map(str::trim_end).collect();
    let output = lines.join("\n") + "\n";
    output.split(MARK).skip(1).map(str::to_owned).collect()
}

/// The output without what differs from run to run: ids and ages.
fn comparable(output: &str) -> String {
    let mut text = String::new();
    let mut word = String::new();
    let flush = |text: &mut String, word: &mut String| {
        let is_id = word.len() == 26 || word.len() == 64;
        match word.as_str() {
            _ if is_id => text.push_str("ID"),
            seconds
                if seconds.ends_with('s')
                    && seconds[..seconds.len() - 1].parse::<u64>().is_ok() =>
            {
                text.push_str("0s");
            }
            other => text.push_str(other),
        }
        word.clear();
    };
    for c in output.chars() {
        if c.is_ascii_alphanumeric() {
            word.push(c);
        } else {
            flush(&mut text, &mut word);
            text.push(c);
        }
    }
    flush(&mut text, &mut word);
    text.trim_end().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn examples_of_the_page_print_what_it_says() {
    let emulator = Emulator::builder()
        .training_time(std::time::Duration::from_millis(100))
        .start()
        .await
        .expect("an emulator");
    let text = fs::read_to_string(page()).expect("the page");
    let mut parts = parts(&text);
    let commands: Vec<String> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Example { command, .. } => Some(command.clone()),
            Part::Text(_) => None,
        })
        .collect();
    let running = tokio::task::spawn_blocking(move || {
        let commands: Vec<&str> = commands.iter().map(String::as_str).collect();
        let outputs = run(&emulator, &commands);
        drop(emulator);
        outputs
    });
    let outputs = running.await.expect("outputs");
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
