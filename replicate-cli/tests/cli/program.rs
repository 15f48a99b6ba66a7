use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::sync::{Arc, Once};
use std::time::Duration;

use replicate_emulator::{Emulator, Fault, Model};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::Winsize;
use signal_hook::consts::SIGINT;
use signal_hook::flag::register_conditional_shutdown;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, Command};
use tokio::sync::watch;

/// The program with its arguments and surroundings, and nothing of the tests' own environment.
pub(crate) struct Program {
    command: Command,
}

/// What the program printed, and its exit code.
#[derive(Debug)]
pub(crate) struct ProgramOutput {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The program with these arguments, without a token or a base URL.
pub(crate) fn replicate(arguments: &[&str]) -> Program {
    let path = std::env::var("PATH").unwrap_or_default();
    program(env!("CARGO_BIN_EXE_replicate"), arguments, path)
}

/// The program with the words of this command line. A word with spaces is in single quotes.
pub(crate) fn command_line(line: &str) -> Program {
    let quoted = line.split('\'').enumerate();
    let words = quoted.flat_map(|(number, part)| match number % 2 {
        0 => part.split_whitespace().collect(),
        _ => vec![part],
    });
    replicate(&words.collect::<Vec<_>>())
}

/// The same for a command line that is formatted as `format!` does.
macro_rules! command {
    ($line:literal) => {
        crate::program::command_line(&format!($line))
    };
}
pub(crate) use command;

/// The output of the program with the words of a command line, formatted as `format!` does, at a URL
/// or an emulator and in a temporary directory.
macro_rules! run {
    ($line:literal) => {
        crate::program::command!($line).run().await
    };
    (at $url:expr, $line:literal) => {
        crate::program::command!($line).at_url($url).run().await
    };
    ($emulator:ident, $line:literal) => {
        crate::program::command!($line).at(&$emulator).run().await
    };
    ($emulator:ident in $directory:ident, $line:literal) => {{
        let program = crate::program::command!($line);
        program.at(&$emulator).within($directory.path()).run().await
    }};
}
pub(crate) use run;

/// The same, started.
macro_rules! start {
    ($emulator:ident, $line:literal) => {
        crate::program::command!($line).at(&$emulator).start()
    };
    ($emulator:ident in $directory:ident, $line:literal) => {{
        let program = crate::program::command!($line).at(&$emulator);
        program.within($directory.path()).start()
    }};
}
pub(crate) use start;

/// An emulator that has this model too.
pub(crate) async fn emulator_with(model: Model) -> Emulator {
    let emulator = Emulator::builder().model(model).start();
    emulator.await.expect("an emulator")
}

/// An emulator that accepts this token only.
pub(crate) async fn emulator_with_token(token: &str) -> Emulator {
    let emulator = Emulator::builder().token(token).start();
    emulator.await.expect("an emulator")
}

/// Holds every request of an operation back, until a minute is skipped.
pub(crate) fn hold(emulator: &Emulator, operation: &str) {
    inject(emulator, Fault::latency(MINUTE).on(operation));
}

/// How long a run takes that the test ends, or a request that it holds back.
pub(crate) const MINUTE: Duration = Duration::from_secs(60);

/// Adds a fault.
pub(crate) fn inject(emulator: &Emulator, fault: Fault) {
    emulator.inject_fault(fault).expect("a fault");
}

/// A shell with this script, in which `replicate` is the program.
pub(crate) fn shell(script: &str) -> Program {
    let binary = Path::new(env!("CARGO_BIN_EXE_replicate"));
    let directory = binary.parent().expect("a directory").display();
    let path = std::env::var("PATH").unwrap_or_default();
    program("bash", &["-c", script], format!("{directory}:{path}"))
}

fn program(name: &str, arguments: &[&str], path: String) -> Program {
    // A shell starts its background jobs with SIGINT ignored, which a program inherits: not from
    // a test that handles it.
    static HANDLED: Once = Once::new();
    HANDLED.call_once(|| {
        let always = Arc::new(true.into());
        register_conditional_shutdown(SIGINT, 130, always).expect("a handler");
    });
    let mut command = Command::new(name);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", path)
        .stdin(Stdio::null())
        .kill_on_drop(true);
    Program { command }
}

impl Program {
    /// Sets the base URL and the token of this emulator.
    pub(crate) fn at(self, emulator: &Emulator) -> Self {
        self.env("REPLICATE_BASE_URL", emulator.url())
            .env("REPLICATE_API_TOKEN", emulator.token())
    }

    /// Sets this base URL, and a token.
    pub(crate) fn at_url(self, url: &str) -> Self {
        self.env("REPLICATE_BASE_URL", url)
            .env("REPLICATE_API_TOKEN", "r8_secret")
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    pub(crate) fn arg(mut self, argument: impl AsRef<std::ffi::OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Runs it in a process group of its own.
    pub(crate) fn in_group(mut self) -> Self {
        self.command.process_group(0);
        self
    }

    /// Keeps its standard input open, and writes nothing to it.
    pub(crate) fn open_stdin(mut self) -> Self {
        self.command.stdin(Stdio::piped());
        self
    }

    /// Adds arguments.
    pub(crate) fn args(mut self, arguments: &[&str]) -> Self {
        self.command.args(arguments);
        self
    }

    /// Runs in this directory.
    pub(crate) fn within(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Starts it at a terminal.
    pub(crate) fn start_at_terminal(mut self, columns: u16) -> (Child, Screen) {
        let (mut terminal, end) = terminal(columns);
        self.command.stdout(end.try_clone().expect("a terminal"));
        self.command.stderr(end);
        let child = self.command.spawn().expect("the program starts");
        let (sender, text) = watch::channel(String::new());
        tokio::task::spawn_blocking(move || {
            let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
            // Reading fails once no program has the terminal open.
            while let Ok(count @ 1..) = terminal.read(&mut buffer) {
                bytes.extend_from_slice(&buffer[..count]);
                sender.send_replace(String::from_utf8_lossy(&bytes).into_owned());
            }
        });
        (child, Screen(text))
    }

    /// Runs it at a terminal of 80 columns; returns what that gets.
    pub(crate) async fn run_at_terminal(self) -> String {
        let (_child, screen) = self.start_at_terminal(80);
        screen.end().await
    }

    /// Starts it, with its streams piped.
    pub(crate) fn start(mut self) -> Child {
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command.spawn().expect("the program starts")
    }

    /// Runs it to its end.
    pub(crate) async fn run(self) -> ProgramOutput {
        output(self.start()).await
    }
}

/// What a terminal gets.
pub(crate) struct Screen(watch::Receiver<String>);

impl Screen {
    /// Waits until it has this text.
    pub(crate) async fn until(&mut self, part: &str) {
        let shown = self.0.wait_for(|text| text.contains(part)).await;
        assert!(shown.is_ok(), "the program has ended without {part}");
    }

    /// What it has got so far.
    pub(crate) fn text(&self) -> String {
        self.0.borrow().clone()
    }

    /// Everything, once the program has ended.
    pub(crate) async fn end(mut self) -> String {
        while self.0.changed().await.is_ok() {}
        self.text()
    }
}

/// A terminal: its own end, and that of a program.
fn terminal(columns: u16) -> (File, File) {
    let own = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
    grantpt(&own).expect("a terminal");
    unlockpt(&own).expect("a terminal");
    let name = ptsname(&own, Vec::new()).expect("a name");
    let path = name.to_str().expect("a path");
    let program = File::options().read(true).write(true).open(path);
    let program = program.expect("a terminal");
    let size = Winsize {
        ws_row: 60,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    rustix::termios::tcsetwinsize(&program, size).expect("a size");
    (own.into(), program)
}

/// The output of a program that was started before.
pub(crate) async fn output(child: Child) -> ProgramOutput {
    let output = child.wait_with_output().await.expect("the program ends");
    ProgramOutput {
        code: exit_code(output.status),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Reads standard error until it has this text, or to its end; returns what it has read.
pub(crate) async fn reads(child: &mut Child, text: &str) -> String {
    let stderr = child.stderr.as_mut().expect("a pipe");
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).contains(text)
        && let Ok(byte) = stderr.read_u8().await
    {
        read.push(byte);
    }
    String::from_utf8_lossy(&read).into_owned()
}

/// The output of a program that ends soon after what was done to it.
pub(crate) async fn soon(child: Child) -> ProgramOutput {
    let ended = tokio::time::timeout(Duration::from_secs(10), output(child)).await;
    ended.expect("the program ends soon")
}

/// Sends a signal such as `-INT`.
pub(crate) fn signal(child: &Child, name: &str) {
    kill(name, &child.id().expect("it runs").to_string());
}

/// Sends a signal to a process, or to a group if its id has a minus sign.
pub(crate) fn kill(name: &str, id: &str) {
    let mut kill = std::process::Command::new("kill");
    let sent = kill.args([name, "--", id]).status();
    assert!(sent.is_ok_and(|status| status.success()));
}

/// Whether this process ignores SIGHUP, as under `nohup`: then the program rightly does too.
pub(crate) fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let ignored = mask.is_some_and(|mask| mask & 1 == 1);
    if ignored {
        println!("skipped: hangups are ignored here");
    }
    ignored
}

/// The lines that the program prints.
pub(crate) type Printed<S> = Lines<BufReader<S>>;

/// The lines of a stream of the program.
pub(crate) fn lines<S: AsyncRead + Unpin>(stream: Option<S>) -> Printed<S> {
    BufReader::new(stream.expect("a pipe")).lines()
}

/// The next line that contains this, within 20 s.
pub(crate) async fn line_with<S: AsyncRead + Unpin>(lines: &mut Printed<S>, part: &str) -> String {
    let reading = async {
        loop {
            let line = next(lines).await;
            if line.contains(part) {
                return line;
            }
        }
    };
    let line = tokio::time::timeout(Duration::from_secs(20), reading).await;
    line.unwrap_or_else(|_| panic!("no line with {part} within 20 s"))
}

/// The next line.
pub(crate) async fn next<S: AsyncRead + Unpin>(lines: &mut Printed<S>) -> String {
    lines.next_line().await.expect("UTF-8").expect("a line")
}

/// Waits until the condition holds.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    let waiting = async {
        while !condition() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let waited = tokio::time::timeout(Duration::from_secs(60), waiting).await;
    waited.expect("the condition holds within a minute");
}

/// Waits until the emulator has this many predictions. The program may not know the last one yet.
pub(crate) async fn created(emulator: &Emulator, count: usize) {
    until(|| emulator.predictions().len() >= count).await;
}

/// Waits until the emulator has received a request of this operation.
pub(crate) async fn requested(emulator: &Emulator, operation: &str) {
    until(|| {
        let requests = emulator.requests();
        let mut operations = requests.iter().filter_map(|request| request.operation);
        operations.any(|one| one == operation)
    })
    .await;
}

/// The exit code as a shell shows it: 128 and the number of the signal that ended the program.
fn exit_code(status: std::process::ExitStatus) -> i32 {
    use std::os::unix::process::ExitStatusExt;
    let signal = status.signal().map(|signal| 128 + signal);
    status.code().or(signal).unwrap_or(-1)
}

impl ProgramOutput {
    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn exits(&self, code: i32) {
        assert_eq!(self.code, code, "{}", self.stderr);
    }

    /// Checks the exit code and the standard output.
    #[track_caller]
    pub(crate) fn exits_with(&self, code: i32, stdout: &str) {
        let got = (self.code, self.stdout.as_str());
        assert_eq!(got, (code, stdout), "{}", self.stderr);
    }

    /// Checks that standard error has this part.
    #[track_caller]
    pub(crate) fn says(&self, part: impl AsRef<str>) {
        let part = part.as_ref();
        assert!(self.stderr.contains(part), "{part}: {}", self.stderr);
    }
}

/// The number of create requests.
pub(crate) fn creates(emulator: &Emulator) -> usize {
    let is_create = |operation: &str| operation.ends_with("predictions.create");
    emulator
        .requests()
        .iter()
        .filter(|request| request.operation.is_some_and(is_create))
        .count()
}
