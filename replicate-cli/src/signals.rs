//! Signals that end a command: SIGINT (Ctrl-C), SIGTERM, SIGHUP, and the closed pipe.
//!
//! The first one cancels a token, so that the command can clean up; the second one ends the
//! command at once. In the end the command raises the signal again with its default action, so
//! that a shell sees what ended it, and a loop in a shell stops too.

use std::io;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

use replicate::CancellationToken;

use crate::terminal;

/// The signal that ends the command; 0 if none has come.
static CAUSE: AtomicI32 = AtomicI32::new(0);

/// Current activity of the command, for the notice of a signal.
static PHASE: Mutex<Phase> = Mutex::new(Phase::NothingCreated);

/// Timeout of the last message of a command: standard error may be a pipe without a reader.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Activity of a command, and the effect of a signal on it.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    NothingCreated,
    /// The create may have been sent, and no response has arrived. `cancels` is whether a signal
    /// cancels the prediction.
    Creating {
        cancels: bool,
    },
    /// The prediction may be running. `cancels` is whether a signal cancels it.
    Running {
        id: String,
        cancels: bool,
    },
    /// Several predictions of this command may be running.
    RunningSeveral,
    /// A change was requested, and no response has arrived. `check` is the command that shows
    /// whether it was made.
    Changing {
        check: Option<String>,
    },
    /// Predictions of a batch may be running, which a signal does not cancel.
    RunningBatch,
    /// The prediction has succeeded, and its output is being delivered.
    Delivering {
        id: String,
    },
}

impl Phase {
    fn first_notice(&self) -> Option<String> {
        let what = match self {
            Self::NothingCreated
            | Self::RunningBatch
            | Self::Changing { .. }
            | Self::Delivering { .. } => return None,
            Self::Creating { cancels: true } => "canceling the create".to_owned(),
            Self::Creating { cancels: false } => {
                "waiting for the response to the create; the prediction is not canceled".to_owned()
            }
            Self::Running { id, cancels: true } => format!("canceling prediction {id}"),
            Self::Running { cancels: false, .. } => return None,
            Self::RunningSeveral => "canceling the predictions that run".to_owned(),
        };
        Some(format!("{what} (Ctrl-C again leaves at once)"))
    }

    /// Message and advice when a second signal ends the command at once.
    fn last_words(&self) -> Option<(String, Option<String>)> {
        let (what, hint) = match self {
            Self::NothingCreated => return None,
            Self::Changing { check } => {
                let what = "left before the response; the request may have taken effect";
                let hint = check
                    .as_ref()
                    .map(|check| format!("check it: replicate {check}"));
                return Some((what.to_owned(), hint));
            }
            Self::Creating { .. } => (
                "left before the response to the create; a prediction may exist".to_owned(),
                "look for it: replicate predictions list --limit 5".to_owned(),
            ),
            Self::Running { id, .. } => (
                format!("left; prediction {id} may still be running"),
                format!("cancel it: replicate predictions cancel {id}"),
            ),
            Self::RunningSeveral => (
                "left; predictions may still be running".to_owned(),
                "look for them: replicate predictions list --limit 20".to_owned(),
            ),
            Self::RunningBatch => (
                "left; predictions of the batch may still be running".to_owned(),
                "continue with --resume: it takes their results".to_owned(),
            ),
            Self::Delivering { id } => (
                format!("left; prediction {id} has succeeded, and its output was not delivered"),
                format!("download it: replicate predictions download {id}"),
            ),
        };
        Some((what, Some(hint)))
    }
}

/// Sets what the command is doing from now on.
pub(crate) fn set_phase(phase: Phase) {
    let mut current = PHASE.lock().unwrap_or_else(PoisonError::into_inner);
    // Each of several predictions has a phase of its own.
    if !matches!(*current, Phase::RunningSeveral) {
        *current = phase;
    }
}

fn phase() -> Phase {
    PHASE.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

pub(crate) fn cause() -> Option<i32> {
    match CAUSE.load(Ordering::SeqCst) {
        0 => None,
        signal => Some(signal),
    }
}

/// Notes the first signal; returns whether it is the first.
fn note_cause(signal: i32) -> bool {
    CAUSE
        .compare_exchange(0, signal, Ordering::SeqCst, Ordering::SeqCst)
        .is_ok()
}

/// Treats a write to a closed standard output as the signal that it is.
pub(crate) fn note_closed_pipe(token: &CancellationToken) {
    if note_cause(signal::PIPE) {
        token.cancel();
    }
}

/// Numbers of signals, the same on all platforms that have them.
pub(crate) mod signal {
    pub(crate) const HUP: i32 = 1;
    pub(crate) const INT: i32 = 2;
    pub(crate) const PIPE: i32 = 13;
    pub(crate) const TERM: i32 = 15;
}

/// Ends the process as the signal would have ended it.
pub(crate) fn reraise(signal: i32) -> ! {
    #[cfg(unix)]
    {
        // Its failure leaves the exit code below.
        let _ = signal_hook::low_level::emulate_default_handler(signal);
    }
    std::process::exit(128 + signal)
}

/// Handles SIGINT, SIGTERM and SIGHUP for the rest of the command: the first one cancels the
/// returned token, the second one ends the process. One that was ignored when the program was
/// started, as `nohup` does, stays ignored.
///
/// The signals are handled on a thread of their own, so that a blocked write or read does not hold
/// them back.
pub(crate) fn listen(quiet: bool) -> io::Result<CancellationToken> {
    let token = CancellationToken::new();
    let first = token.clone();
    let mut received = Received::new()?;
    thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            let Some(signal) = received.next() else {
                return;
            };
            let is_first = note_cause(signal);
            if is_first
                && !quiet
                && let Some(notice) = phase().first_notice()
            {
                terminal::say(notice);
            }
            first.cancel();
            if is_first {
                let Some(_) = received.next() else { return };
            }
            last_words();
            reraise(signal);
        })?;
    Ok(token)
}

/// Says what may still be running, unless that would block.
fn last_words() {
    let (said, wait) = mpsc::channel();
    let saying = thread::Builder::new().spawn(move || {
        terminal::end_progress();
        if let Some((what, hint)) = phase().last_words() {
            terminal::error_lines(&what, hint.as_deref());
        } else if terminal::stderr_is_terminal() {
            terminal::say("");
        }
        let _ = said.send(());
    });
    if saying.is_ok() {
        let _ = wait.recv_timeout(LAST_WORDS);
    }
}

#[cfg(unix)]
struct Received(signal_hook::iterator::Signals);

#[cfg(unix)]
impl Received {
    fn new() -> io::Result<Self> {
        let status = process_status();
        let mut handled = vec![signal::INT, signal::TERM, signal::HUP];
        handled.retain(|signal| !ignored(&status, *signal));
        Ok(Self(signal_hook::iterator::Signals::new(handled)?))
    }

    fn next(&mut self) -> Option<i32> {
        self.0.forever().next()
    }
}

#[cfg(not(unix))]
struct Received(tokio::runtime::Runtime);

#[cfg(not(unix))]
impl Received {
    fn new() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all();
        Ok(Self(runtime.build()?))
    }

    fn next(&mut self) -> Option<i32> {
        let received = self.0.block_on(tokio::signal::ctrl_c());
        received.ok().map(|()| signal::INT)
    }
}

/// Cancels `token` when the reader of standard output has closed it, also while nothing is
/// written. Has an effect only where standard output is a pipe or a socket.
#[cfg(unix)]
pub(crate) fn watch_stdout(token: &CancellationToken, quiet: bool) {
    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::io::Errno;

    if !terminal::stdout_is_pipe() {
        return;
    }
    let token = token.clone();
    let watching = move || {
        let stdout = io::stdout();
        loop {
            let mut watched = [PollFd::new(&stdout, PollFlags::empty())];
            match poll(&mut watched, None) {
                Err(Errno::INTR) => {}
                Err(_) => return,
                Ok(_) if watched[0].revents().contains(PollFlags::NVAL) => return,
                Ok(_) => break,
            }
        }
        if note_cause(signal::PIPE) {
            if !quiet && let Phase::Running { id, cancels: true } = phase() {
                terminal::say(format!(
                    "standard output was closed; canceling prediction {id}"
                ));
            }
            token.cancel();
        }
    };
    // Without the thread a closed pipe is noticed at the next write.
    let _ = thread::Builder::new()
        .name("stdout".to_owned())
        .spawn(watching);
}

#[cfg(not(unix))]
pub(crate) fn watch_stdout(_token: &CancellationToken, _quiet: bool) {}

#[cfg(all(unix, feature = "local"))]
pub(crate) fn is_ignored(signal: i32) -> bool {
    ignored(&process_status(), signal)
}

#[cfg(unix)]
fn process_status() -> String {
    std::fs::read_to_string("/proc/self/status").unwrap_or_default()
}

/// Whether a signal is ignored, as `/proc/self/status` reports on Linux.
#[cfg(unix)]
fn ignored(status: &str, signal: i32) -> bool {
    let mask = status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // Bit 0 is signal 1.
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn signal_is_ignored_if_the_process_inherited_that() {
        let nohup = "Name:\tx\nSigIgn:\t0000000000000001\n";
        for (status, signal, expected) in [
            (nohup, signal::HUP, true),
            (nohup, signal::INT, false),
            ("SigIgn:\t0000000000000006\n", signal::INT, true),
            ("SigIgn:\t0000000000001000\n", signal::HUP, false),
            ("", signal::HUP, false),
        ] {
            assert_eq!(ignored(status, signal), expected, "{signal} {status}");
        }
    }

    #[test]
    fn last_words_name_what_may_be_running() {
        let running = Phase::Running {
            id: "abc".to_owned(),
            cancels: true,
        };
        let (what, hint) = running.last_words().expect("words");
        assert!(what.contains("abc may still be running"), "{what}");
        assert!(hint.is_some_and(|hint| hint.ends_with("cancel abc")));
        assert!(Phase::NothingCreated.last_words().is_none());
        let creating = Phase::Creating { cancels: true };
        let (what, _) = creating.last_words().expect("words");
        assert!(what.contains("may exist"), "{what}");
    }
}
