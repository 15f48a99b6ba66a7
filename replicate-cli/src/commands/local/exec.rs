use std::ffi::OsString;
use std::process::ExitStatus;

use clap::Args;
use tokio::process::{Child, Command};

use super::EmulatorArgs;
use crate::error::{CliError, ExitCode};

mod forward;

use forward::Signals;

/// The hosts that a proxy of the environment is not used for.
const LOOPBACK: &str = "127.0.0.1,localhost,::1";

/// Run a command with a local Replicate that runs as long as the command
///
/// REPLICATE_BASE_URL and REPLICATE_API_TOKEN are set for the command, and requests to this
/// machine use no proxy. Signals are the command's: this program ends when it does, with its exit
/// code.
#[derive(Args, Debug)]
#[command(after_help = "Example:
  replicate local exec -- pytest tests")]
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
            let signals = Signals::listen().map_err(|error| {
                CliError::error(format!("could not install signal handlers: {error}"))
            })?;
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
                .envs(["NO_PROXY", "no_proxy"].map(|name| (name, without_proxy(name))))
                .spawn()
                .map_err(|error| {
                    CliError::usage(format!("could not start `{}`: {error}", program.display()))
                })?;
            wait(child, signals).await
        });
        runtime.shutdown_background();
        exit
    }
}

/// The hosts without a proxy: those of the environment, and this machine.
fn without_proxy(name: &str) -> String {
    match std::env::var(name) {
        Ok(hosts) if !hosts.trim().is_empty() => format!("{hosts},{LOOPBACK}"),
        _ => LOOPBACK.to_owned(),
    }
}

/// Waits for the command, however many signals arrive, and forwards those that only this program
/// has received.
async fn wait(mut child: Child, mut signals: Signals) -> Result<ExitCode, CliError> {
    let ended = loop {
        tokio::select! {
            ended = child.wait() => break ended,
            signal = signals.next() => forward::forward(&child, signal),
        }
    };
    let status = ended
        .map_err(|error| CliError::error(format!("could not wait for the command: {error}")))?;
    if let Some(signal) = ending_signal(status) {
        // A loop in a shell stops too.
        return Err(CliError::silent(ExitCode::Signal(signal)));
    }
    Ok(ExitCode::Child(code(status)))
}

/// The signal that ended the command, if it is one that asks a program to end.
fn ending_signal(status: ExitStatus) -> Option<i32> {
    #[cfg(unix)]
    {
        use rustix::process::Signal;
        use std::os::unix::process::ExitStatusExt;
        let asking = [Signal::INT, Signal::TERM, Signal::HUP];
        status
            .signal()
            .filter(|signal| asking.iter().any(|asking| asking.as_raw() == *signal))
    }
    #[cfg(not(unix))]
    {
        let _ = status;
        None
    }
}

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
