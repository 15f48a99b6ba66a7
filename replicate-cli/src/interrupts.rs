//! Ctrl-C and the signal to end.

use std::io;
use std::process;
use std::thread;

use replicate::CancellationToken;

use crate::failure::Exit;
use crate::terminal;

/// Listens for the rest of the command: the first signal cancels the token that is returned,
/// a second one ends the program at once.
///
/// A thread of its own listens, so that a write that blocks does not make the program deaf.
pub(crate) fn listen() -> io::Result<CancellationToken> {
    let token = CancellationToken::new();
    let first = token.clone();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    // Entered here, so that no signal is missed between this call and the thread's start.
    let mut signals = {
        let _inside = runtime.enter();
        Signals::new()?
    };
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                signals.next().await;
                first.cancel();
                signals.next().await;
            });
            if terminal::stderr_is_terminal() {
                terminal::say("");
            }
            process::exit(Exit::Interrupted.code().into());
        })?;
    Ok(token)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
