//! Signals that belong to the command of `local exec`.

#[cfg(unix)]
pub(super) use unix::{Signals, forward};

#[cfg(unix)]
mod unix {
    use std::io;

    use rustix::process::{Pid, Signal, getpgrp, kill_process};
    use tokio::process::Child;
    use tokio::signal::unix::{self, SignalKind, signal};

    use crate::signals::Hangups;

    /// The signals that end a program, from when this is made on.
    pub(in super::super) struct Signals {
        interrupt: unix::Signal,
        terminate: unix::Signal,
        quit: unix::Signal,
        hangups: Hangups,
    }

    impl Signals {
        /// Must be called inside a runtime.
        pub(in super::super) fn listen() -> io::Result<Self> {
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
                quit: signal(SignalKind::quit())?,
                hangups: Hangups::listen()?,
            })
        }

        pub(in super::super) async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.interrupt.recv() => Signal::INT,
                _ = self.terminate.recv() => Signal::TERM,
                _ = self.quit.recv() => Signal::QUIT,
                () = self.hangups.next() => Signal::HUP,
            }
        }
    }

    /// Sends a signal to the command. One that a key makes is not sent: the terminal has sent it
    /// to the command as well, whose cleanup a second one may end.
    pub(in super::super) fn forward(child: &Child, signal: Signal) {
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
pub(super) use other::{Signals, forward};

#[cfg(not(unix))]
mod other {
    use std::io;

    use tokio::process::Child;

    /// Ctrl-C, which the command receives itself.
    pub(in super::super) struct Signals;

    impl Signals {
        pub(in super::super) fn listen() -> io::Result<Self> {
            Ok(Self)
        }

        pub(in super::super) async fn next(&mut self) {
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    pub(in super::super) fn forward(_child: &Child, _signal: ()) {}
}
