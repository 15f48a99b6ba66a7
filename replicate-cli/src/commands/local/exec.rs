use std::ffi::OsString;
use std::process::ExitStatus;

use clap::Args;
use replicate::CancellationToken;
use tokio::process::{Child, Command};

use super::EmulatorArgs;
use crate::error::{CliError, ExitCode};
use crate::signals::{self, Hangups};

/// Run a command with a local Replicate that lives as long as it
///
/// The command finds it through REPLICATE_BASE_URL and REPLICATE_API_TOKEN; its exit code is
/// this command's.
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
            return Err(CliError::usage("no command is given").hint("write it after --"));
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
                    CliError::usage(format!("`{}` does not start: {error}", program.display()))
                })?;
            wait(child, interrupted, hangups).await
        });
        runtime.shutdown_background();
        exit
    }
}

/// A signal that is handed on.
#[derive(Clone, Copy)]
enum Ending {
    Terminate,
    HangUp,
}

/// Waits for the command's end. Interruptions are handed on, and the end is still waited for.
async fn wait(
    mut child: Child,
    interrupted: CancellationToken,
    mut hangups: Hangups,
) -> Result<ExitCode, CliError> {
    let mut told = false;
    let ended = loop {
        tokio::select! {
            ended = child.wait() => break ended,
            () = interrupted.cancelled(), if !told => {
                told = true;
                hand_on(&child, Ending::Terminate);
            }
            () = hangups.next() => hand_on(&child, Ending::HangUp),
        }
    };
    let status =
        ended.map_err(|error| CliError::error(format!("the command was lost: {error}")))?;
    Ok(ExitCode::Child(code(status)))
}

/// Asks the command to end. What a terminal sends has reached it already, and does no harm
/// twice.
#[cfg(unix)]
fn hand_on(child: &Child, ending: Ending) {
    use rustix::process::{Pid, Signal, kill_process};
    let signal = match ending {
        Ending::Terminate => Signal::TERM,
        Ending::HangUp => Signal::HUP,
    };
    let id = child
        .id()
        .and_then(|id| i32::try_from(id).ok())
        .and_then(Pid::from_raw);
    if let Some(id) = id {
        // It may be over by now.
        let _ = kill_process(id, signal);
    }
}

#[cfg(not(unix))]
fn hand_on(_child: &Child, _ending: Ending) {}

/// The code that a shell would give for this end.
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
