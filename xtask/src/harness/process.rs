//! Child processes that are killed when their owner is dropped.

use std::ffi::OsStr;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, Command},
};

/// A command without input, in a process group of its own, so that its children end with it.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).kill_on_drop(true);
    command.process_group(0);
    command
}

/// Cargo in this folder.
pub(crate) fn cargo(folder: &Path) -> Command {
    let mut command = command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(folder);
    command
}

/// A running program. Dropping it kills it and its children.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    group: Option<Pid>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let child = command
            .spawn()
            .with_context(|| format!("could not start {:?}", command.as_std().get_program()))?;
        let id = child.id().map(u32::cast_signed);
        Ok(Self {
            group: id.and_then(Pid::from_raw),
            child,
        })
    }

    /// Its process id, while it runs.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    /// Waits until `is_ready` holds. Fails if the program ends before, and after a minute.
    pub(crate) async fn wait_until(&mut self, is_ready: impl AsyncFn() -> bool) -> Result<()> {
        let begun = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if is_ready().await {
                return Ok(());
            }
            ensure!(begun.elapsed() < Duration::from_secs(60), "it is not ready");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        bail!("it ended before it was ready")
    }

    /// Kills it and its children, and waits for its end.
    pub(crate) async fn kill(mut self) -> Result<()> {
        self.kill_group();
        self.child.kill().await?;
        Ok(())
    }

    fn kill_group(&mut self) {
        if let Some(group) = self.group.take() {
            // Fails if the whole group has ended already.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }

    /// Returns the first line that it prints, within this time. The rest of its output is discarded.
    pub(crate) async fn first_line(&mut self, within: Duration) -> Result<String> {
        let stdout = self.child.stdout.take();
        let mut lines = BufReader::new(stdout.context("its output is not captured")?).lines();
        let line = tokio::time::timeout(within, lines.next_line())
            .await
            .context("it printed nothing in time")??
            .context("it ended without output")?;
        tokio::spawn(async move {
            let _ = tokio::io::copy(&mut lines.into_inner(), &mut tokio::io::sink()).await;
        });
        Ok(line)
    }

    /// The processor time of all its threads, if the system reports it.
    pub(crate) fn processor_time(&self) -> Option<Duration> {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.id()?)).ok()?;
        let time = |thread: std::fs::DirEntry| {
            let text = std::fs::read_to_string(thread.path().join("schedstat")).ok()?;
            text.split(' ').next()?.parse().ok()
        };
        let times: Option<Vec<u64>> = threads.flatten().map(time).collect();
        times.map(|times| Duration::from_nanos(times.into_iter().sum()))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill_group();
    }
}

/// A number of a process's status, such as `VmRSS` in KiB, if the system reports it.
pub(crate) fn status(process: u32, name: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

/// The exit and the output of a program.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ended {
    /// The last lines of its output, for an error message.
    pub(crate) fn tail(&self) -> String {
        let text = if self.stderr.trim().is_empty() {
            &self.stdout
        } else {
            &self.stderr
        };
        let lines: Vec<&str> = text.trim_end().lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

/// Runs a program until it ends, for at most this time.
pub(crate) async fn output(command: &mut Command, within: Duration) -> Result<Ended> {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut running = Running::start(command)?;
    let stdout = running.child.stdout.take();
    let stderr = running.child.stderr.take();
    let both = async {
        let read = tokio::join!(text(stdout), text(stderr));
        (read, running.child.wait().await)
    };
    let Ok(((stdout, stderr), status)) = tokio::time::timeout(within, both).await else {
        bail!("it did not end within {} s", within.as_secs());
    };
    Ok(Ended {
        success: status?.success(),
        stdout,
        stderr,
    })
}

/// Runs a program until it ends, and fails with the end of its output if it fails.
pub(crate) async fn success(command: &mut Command, within: Duration) -> Result<Ended> {
    let ended = output(command, within).await?;
    if !ended.success {
        bail!("{:?} failed:\n{}", command.as_std(), ended.tail());
    }
    Ok(ended)
}

/// The first of these programs that prints its version.
pub(crate) async fn first_installed(programs: &[&'static str]) -> Option<&'static str> {
    for program in programs {
        let mut command = command(program);
        let version = success(command.arg("--version"), Duration::from_secs(20)).await;
        if version.is_ok() {
            return Some(program);
        }
    }
    None
}

async fn text(stream: Option<impl tokio::io::AsyncRead + Unpin>) -> String {
    let mut bytes = Vec::new();
    if let Some(mut stream) = stream {
        // Show what was read before an error.
        let _ = stream.read_to_end(&mut bytes).await;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Returns a free port of loopback, for programs that cannot choose one themselves.
pub(crate) fn free_port() -> Result<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}
