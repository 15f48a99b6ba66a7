use std::ffi::OsString;
use std::process::ExitStatus;

use clap::Args;
use tokio::process::{Child, Command};

use super::EmulatorArgs;
use crate::error::{CliError, ExitCode, Result};
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
    pub(crate) fn execute(self) -> Result<ExitCode> {
        let Some((program, arguments)) = self.command.split_first() else {
            return Err(CliError::usage("missing command").hint("write it after --"));
        };
        let runtime = super::runtime()?;
        let exit = runtime.block_on(async {
            let signals = Signals::listen().map_err(CliError::signals)?;
            let emulator = self.emulator.start().await?;
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
async fn wait(mut child: Child, mut signals: Signals) -> Result<ExitCode> {
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
        .map_or(1, |code| u8::try_from(code).unwrap_or(1))
}

#[cfg(unix)]
mod forward {
    use std::io;

    use rustix::process::{Pid, Signal, getpgrp, kill_process};
    use tokio::process::Child;
    use tokio::signal::unix::{self, SignalKind, signal};

    use crate::signals::is_ignored;

    /// The signals that end a program, from when this is made on.
    pub(super) struct Signals {
        interrupt: unix::Signal,
        terminate: unix::Signal,
        quit: unix::Signal,
        /// `None` if it was ignored when the program was started, as `nohup` does.
        hangup: Option<unix::Signal>,
    }

    impl Signals {
        /// Must be called inside a runtime.
        pub(super) fn listen() -> io::Result<Self> {
            let hangup = SignalKind::hangup();
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                quit: signal(SignalKind::quit())?,
                hangup: match is_ignored(hangup.as_raw_value()) {
                    true => None,
                    false => Some(signal(hangup)?),
                },
            })
        }

        pub(super) async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.interrupt.recv() => Signal::INT,
                _ = self.terminate.recv() => Signal::TERM,
                _ = self.quit.recv() => Signal::QUIT,
                Some(()) = async { self.hangup.as_mut()?.recv().await } => Signal::HUP,
            }
        }
    }

    /// Sends a signal to the command. One that a key makes is not sent: the terminal has sent it
    /// to the command as well, whose cleanup a second one may end.
    pub(super) fn forward(child: &Child, signal: Signal) {
        let is_of_a_key = matches!(signal, Signal::INT | Signal::QUIT);
        if is_of_a_key && is_in_foreground() {
            return;
        }
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(id) = id.and_then(Pid::from_raw) {
            // It may have exited by now.
            let _ = kill_process(id, signal);
        }
    }

    /// Whether the terminal sends the signals of its keys to this program and its command.
    fn is_in_foreground() -> bool {
        let own = getpgrp();
        let groups = [
            rustix::termios::tcgetpgrp(io::stdin()),
            rustix::termios::tcgetpgrp(io::stdout()),
            rustix::termios::tcgetpgrp(io::stderr()),
        ];
        groups.into_iter().flatten().any(|group| group == own)
    }
}

#[cfg(not(unix))]
mod forward {
    use std::io;

    use tokio::process::Child;

    /// Ctrl-C, which the command receives itself.
    pub(super) struct Signals;

    impl Signals {
        pub(super) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        pub(super) async fn next(&mut self) {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    pub(super) fn forward(_child: &Child, _signal: ()) {}
}
