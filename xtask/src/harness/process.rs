//! Child processes that are killed when their owner is dropped.

use std::{ffi::OsStr, path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result, bail};
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, BufReader},
    process::{Child, ChildStdout, Command},
};

/// A command without input, on Unix in a process group of its own, so that its children end
/// with it.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.stdin(Stdio::null()).kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    command
}

/// A running program. Dropping it kills it and its children.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    #[cfg(unix)]
    group: Option<rustix::process::Pid>,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let child = command
            .spawn()
            .with_context(|| format!("could not start {:?}", command.as_std().get_program()))?;
        Ok(Self {
            #[cfg(unix)]
            group: child
                .id()
                .and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())),
            child,
        })
    }

    /// Its process id, while it runs.
    pub(crate) fn id(&self) -> Option<u32> {
        self.child.id()
    }

    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Kills it and its children, and waits for its end.
    pub(crate) async fn kill(mut self) -> Result<()> {
        self.kill_group();
        self.child.kill().await?;
        Ok(())
    }

    fn kill_group(&mut self) {
        #[cfg(unix)]
        if let Some(group) = self.group.take() {
            let kill = rustix::process::Signal::KILL;
            // Fails if the whole group has ended already.
            let _ = rustix::process::kill_process_group(group, kill);
        }
    }

    /// Returns the first line that it prints, within this time. The rest of its output is discarded.
    pub(crate) async fn first_line(&mut self, within: Duration) -> Result<String> {
        let stdout = self
            .child
            .stdout
            .take()
            .context("its output is not captured")?;
        let mut lines = BufReader::new(stdout).lines();
        let line = tokio::time::timeout(within, lines.next_line())
            .await
            .context("it printed nothing in time")??
            .context("it ended without output")?;
        tokio::spawn(drain(lines.into_inner()));
        Ok(line)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill_group();
    }
}

async fn drain(mut output: BufReader<ChildStdout>) {
    let _ = tokio::io::copy(&mut output, &mut tokio::io::sink()).await;
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

/// Creates a file for a program's output.
pub(crate) fn log(path: &Path) -> Result<std::fs::File> {
    std::fs::File::create(path).with_context(|| format!("could not write {}", path.display()))
}
