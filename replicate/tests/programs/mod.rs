//! The built examples, run as programs.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;

use replicate_emulator::Emulator;
use tokio::io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command};

/// The built example: cargo builds those of a package with its tests.
pub(crate) fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let folder = tests.parent().unwrap().with_file_name("examples");
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}

/// An example that is running. It is killed when it is dropped.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) stdin: Option<ChildStdin>,
    pub(crate) stdout: BufReader<ChildStdout>,
    pub(crate) stderr: BufReader<ChildStderr>,
}

/// An example that has ended.
pub(crate) struct Finished {
    pub(crate) status: ExitStatus,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

pub(crate) fn spawn(emulator: &Emulator, name: &str, arguments: &[&str]) -> Running {
    spawn_with(emulator, name, arguments, &[])
}

pub(crate) fn spawn_with(
    emulator: &Emulator,
    name: &str,
    arguments: &[&str],
    variables: &[(&str, &str)],
) -> Running {
    let mut child = Command::new(program(name))
        .args(arguments)
        .env("REPLICATE_API_TOKEN", "r8_test")
        .env("REPLICATE_BASE_URL", emulator.url())
        .envs(variables.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{name}: {error}; `cargo build --examples` builds it"));
    Running {
        stdin: child.stdin.take(),
        stdout: BufReader::new(child.stdout.take().unwrap()),
        stderr: BufReader::new(child.stderr.take().unwrap()),
        child,
    }
}

/// A test that hangs says where.
pub(crate) async fn in_time<T>(what: &str, future: impl Future<Output = T>) -> T {
    let result = tokio::time::timeout(Duration::from_secs(60), future).await;
    result.unwrap_or_else(|_| panic!("{what} did not happen within 60 s"))
}

pub(crate) async fn eventually(what: &str, mut happened: impl FnMut() -> bool) {
    in_time(what, async {
        while !happened() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    })
    .await;
}

async fn read_line(output: &mut (impl AsyncBufRead + Unpin)) -> String {
    let mut line = String::new();
    in_time("a line", output.read_line(&mut line))
        .await
        .unwrap();
    line.trim_end().to_owned()
}

impl Running {
    pub(crate) async fn write_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        let line = format!("{line}\n");
        stdin.write_all(line.as_bytes()).await.unwrap();
        stdin.flush().await.unwrap();
    }

    pub(crate) async fn stdout_line(&mut self) -> String {
        read_line(&mut self.stdout).await
    }

    pub(crate) async fn stderr_line(&mut self) -> String {
        read_line(&mut self.stderr).await
    }

    /// Reads the output until it ends with this text.
    pub(crate) async fn stdout_until(&mut self, text: &str) {
        let mut read = Vec::new();
        let reading = async {
            while !read.ends_with(text.as_bytes()) {
                read.push(self.stdout.read_u8().await.unwrap());
            }
        };
        in_time(text, reading).await;
    }

    #[cfg(unix)]
    pub(crate) async fn press_ctrl_c(&self) {
        let id = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args(["-INT", &id]).status().await;
        assert!(sent.unwrap().success());
    }

    pub(crate) async fn finish(mut self) -> Finished {
        drop(self.stdin.take());
        let (mut stdout, mut stderr) = (String::new(), String::new());
        let reads = async {
            let read = self.stdout.read_to_string(&mut stdout);
            let (out, err) = tokio::join!(read, self.stderr.read_to_string(&mut stderr));
            (out.unwrap(), err.unwrap())
        };
        in_time("the end of the example", reads).await;
        Finished {
            status: self.child.wait().await.unwrap(),
            stdout,
            stderr,
        }
    }

    /// The lines that it prints until it ends in success.
    pub(crate) async fn lines(self) -> Vec<String> {
        let finished = self.finish().await;
        assert!(finished.status.success(), "{}", finished.stderr);
        finished.stdout.lines().map(str::to_owned).collect()
    }
}

pub(crate) async fn run(name: &str, arguments: &[&str]) -> Vec<String> {
    let emulator = Emulator::start().await.unwrap();
    spawn(&emulator, name, arguments).lines().await
}

pub(crate) fn count(emulator: &Emulator, operation: &str) -> usize {
    let requests = emulator.requests();
    let same = requests.iter().filter(|r| r.operation == Some(operation));
    same.count()
}
