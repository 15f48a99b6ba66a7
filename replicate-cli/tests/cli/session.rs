//! Console sessions, as what a test runs and what it expects.

use tempfile::TempDir;

use crate::program::{Program, shell};

/// Runs a console session and compares it with what it prints: at an emulator of its own, at this
/// one, in this directory too, at this URL, or alone.
///
/// The lines that start with `$ ` are commands of one shell. Below each stand its standard output,
/// its standard error, each line of it after `2> `, and its exit code, unless it is 0. Replaced are
/// what is different each time (ports, ids, versions, times, the causes of a broken connection),
/// and the directory, by `~`.
macro_rules! assert_session {
    (@$session:literal) => {{
        let emulator = replicate_emulator::Emulator::start().await;
        let emulator = emulator.expect("an emulator");
        crate::session::assert_session!(emulator, @$session)
    }};
    (alone, @$session:literal) => {
        crate::session::assert_session!(with |shell| shell, @$session)
    };
    (at $url:expr, @$session:literal) => {
        crate::session::assert_session!(with |shell| shell.at_url($url), @$session)
    };
    ($emulator:ident, @$session:literal) => {
        crate::session::assert_session!(with |shell| shell.at(&$emulator), @$session)
    };
    ($emulator:ident in $directory:ident, @$session:literal) => {{
        let directory = $directory.path();
        let surroundings =
            |shell: crate::program::Program| shell.at(&$emulator).within(directory);
        crate::session::assert_session!(with surroundings, @$session)
    }};
    (with $surroundings:expr, @$session:literal) => {{
        let mut settings = insta::Settings::clone_current();
        settings.add_filter(r"127\.0\.0\.1:\d{5}", "127.0.0.1:PORT");
        settings.add_filter(r"(\b|_)[0-9a-z]{26}\b", "${1}ID");
        settings.add_filter(r"\b[0-9a-f]{64}\b", "VERSION");
        settings.add_filter(r" \(\d+ ms\)", "");
        settings.add_filter(r"a response arrived: [^;]+", "a response arrived: CAUSE");
        settings.add_filter(r"sent at [-:0-9TZ]+", "sent at TIME");
        let printed = crate::session::replay($surroundings, $session).await;
        settings.bind(|| insta::assert_snapshot!(printed, @$session));
    }};
}
pub(crate) use assert_session;

/// Stands between the outputs of the commands. No command prints it.
const MARK: char = '\u{1e}';

/// Runs the commands of a session in a shell with these surroundings; returns the session as it
/// was printed.
pub(crate) async fn replay(surroundings: impl Fn(Program) -> Program, session: &str) -> String {
    let directory = TempDir::new().expect("a directory");
    let errors = TempDir::new().expect("a directory");
    let lines = session.lines().map(str::trim_start);
    let commands: Vec<&str> = lines.filter_map(|line| line.strip_prefix("$ ")).collect();
    let file = |number: usize| errors.path().join(number.to_string());
    let mut script = "set -o pipefail\n".to_owned();
    for (number, command) in commands.iter().enumerate() {
        let file = file(number).display().to_string();
        script.push_str(&format!(
            "{{ {command}\n}} 2>{file}; printf '{MARK}%s{MARK}' $?\n"
        ));
    }
    let output = surroundings(shell(&script).within(directory.path()))
        .run()
        .await;
    assert_eq!(output.stderr, "", "{script}");
    let mut parts = output.stdout.split(MARK);
    let mut session = String::new();
    for (number, command) in commands.iter().enumerate() {
        let (Some(stdout), Some(code)) = (parts.next(), parts.next()) else {
            panic!("the shell has ended in `{command}`: {}", output.stdout)
        };
        session.push_str(&format!("$ {command}\n{stdout}"));
        if !stdout.is_empty() && !stdout.ends_with('\n') {
            session.push_str(" (no newline)\n");
        }
        let stderr = std::fs::read_to_string(file(number)).expect("UTF-8");
        for line in stderr.lines() {
            session.push_str(&format!("2> {line}\n"));
        }
        if code != "0" {
            session.push_str(&format!("exit {code}\n"));
        }
    }
    session.replace(&directory.path().display().to_string(), "~")
}
