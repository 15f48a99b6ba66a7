use std::ffi::OsString;
use std::process::ExitStatus;

use clap::Args;
use replicate::CancellationToken;
use tokio::process::{Child, Command};

use super::EmulatorArgs;
use crate::error::{CliError, ExitCode};
use crate::signals::{self, Hangups};

/// Run a command with a local Replicate that runs as long as the command
///
/// REPLICATE_BASE_URL and REPLICATE_API_TOKEN are set for the command, and its exit code is
/// returned.
#[derive(Args, Debug)]
pub(crate) struct Exec {
    #[command(flatten)]
    emulator: EmulatorArgs,
    /// The command and its arguments, after --
    #[arg(value_name = "COMMAND", required = true, last = true)]
    command: Vec<OsString>,
}

impl Exec {
    pub(crate) fn execute(self) -> Result<ExitCode, CliError> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Err(CliError::usage("missing command").hint("write it after --"));
        };
        let runtime = super::runtime()?;
        let exit = runtime.block_on(async {
            let interrupted = signals::listen().map_err(CliError::error)?;
            let hangups = Hangups::listen().map_err(CliError::error)?;
            let emulator = self
                .emulator
                .builder()
                .start()
                .await
                .map_err(super::not_started)?;
            let child = Command::new(program)
                .args(arguments)
                .env("REPLICATE_BASE_URL", emulator.url())
                .env("REPLICATE_API_TOKEN", emulator.token())
                .spawn()
                .map_err(|error| {
                    CliError::usage(format!("could not start `{}`: {error}", program.display()))
                })?;
            wait(child, interrupted, hangups).await
        });
        runtime.shutdown_background();
        exit
    }
}

/// A signal to forward.
#[derive(Clone, Copy)]
enum ForwardedSignal {
    Terminate,
    HangUp,
}

/// Waits for the command, and forwards signals to it.
async fn wait(
    mut child: Child,
    interrupted: CancellationToken,
    mut hangups: Hangups,
) -> Result<ExitCode, CliError> {
    let mut forwarded = false;
    let ended = loop {
        tokio::select! {
            ended = child.wait() => break ended,
            () = interrupted.cancelled(), if !forwarded => {
                forwarded = true;
                forward(&child, ForwardedSignal::Terminate);
            }
            () = hangups.next() => forward(&child, ForwardedSignal::HangUp),
        }
    };
    let status = ended
        .map_err(|error| CliError::error(format!("could not wait for the command: {error}")))?;
    Ok(ExitCode::Child(code(status)))
}

/// Sends a signal to the command. A terminal has already sent Ctrl-C to it as well, which does
/// no harm.
#[cfg(unix)]
fn forward(child: &Child, signal_name: ForwardedSignal) {
    use rustix::process::{Pid, Signal, kill_process};
    let signal = match signal_name {
        ForwardedSignal::Terminate => Signal::TERM,
        ForwardedSignal::HangUp => Signal::HUP,
    };
    let id = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    if let Some(id) = id {
        // It may have exited by now.
        let _ = kill_process(id, signal);
    }
}

#[cfg(not(unix))]
fn forward(_child: &Child, _signal_name: ForwardedSignal) {}

/// The exit code that a shell reports for this status.
fn code(status: ExitStatus) -> u8 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        if let Some(signal) = status.signal() {
            return u8::try_from(128 + signal).unwrap_or(1);
        }
    }
    status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .unwrap_or(1)
}
