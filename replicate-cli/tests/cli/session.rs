use tempfile::{NamedTempFile, TempDir};

use crate::program::{Program, shell};

/// Runs a console session and compares it with what it prints: at an emulator of its own, at this
/// one, in this directory too, at this URL, or alone.
///
/// The lines that start with `$ ` are commands of one shell. Below each stand its standard output,
/// its standard error, each line of it after `2> `, and its exit code, unless it is 0. Ports, ids,
/// versions, times, causes of a
/// broken connection, and the directory, `~`, are others each time.
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
    let stderr = NamedTempFile::new().expect("a file");
    let stderr = stderr.path().display().to_string();
    let lines = session.lines().map(str::trim_start);
    let commands: Vec<&str> = lines.filter_map(|line| line.strip_prefix("$ ")).collect();
    let mut script = "set -o pipefail\n".to_owned();
    for command in &commands {
        script.push_str(&format!(
            "{{ {command}\n}} 2>{stderr}; printf '{MARK}%s{MARK}' $?; cat {stderr}; printf '{MARK}'\n"
        ));
    }
    let program = surroundings(shell(&script).within(directory.path()));
    let output = program.run().await;
    assert_eq!(output.stderr, "", "{script}");
    let home = directory.path().display().to_string();
    let printed = output.stdout.replace(&home, "~");
    let parts: Vec<&str> = printed.split(MARK).collect();
    let mut session = String::new();
    for (command, part) in commands.iter().zip(parts.chunks(3)) {
        let [stdout, code, stderr] = part else {
            panic!("the shell has ended in `{command}`: {printed}")
        };
        session.push_str(&format!("$ {command}\n{stdout}"));
        if !stdout.is_empty() && !stdout.ends_with('\n') {
            session.push_str(" (no newline)\n");
        }
        for line in stderr.lines() {
            session.push_str(&format!("2> {line}\n"));
        }
        if *code != "0" {
            session.push_str(&format!("exit {code}\n"));
        }
    }
    session
}
