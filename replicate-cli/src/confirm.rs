//! The question before something is deleted, or created many times.

use std::io::{self, BufRead, IsTerminal};

use clap::Args;

use crate::error::{CliError, Result};
use crate::session::{Session, blocking};
use crate::terminal;

/// The option that answers the question.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Confirm {
    /// Skip confirmation
    #[arg(short, long)]
    yes: bool,
}

impl Confirm {
    /// Asks whether to do `what`, such as "delete model acme/app", unless `--yes` was given. An
    /// error if standard input is not a terminal, and if the answer is not yes.
    pub(crate) async fn ask(self, session: &Session, what: &str) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() || !terminal::stderr_is_terminal() {
            return Err(CliError::usage(format!("{what}: not confirmed")).hint("pass --yes"));
        }
        match is_answered_yes(session, &format!("{what}?")).await? {
            true => Ok(()),
            false => Err(CliError::error(format!("{what}: not confirmed"))),
        }
    }
}

/// Asks a question at the terminal.
pub(crate) async fn is_answered_yes(session: &Session, question: &str) -> Result<bool> {
    terminal::ask(&format!("{question} [y/N] "));
    let reading = blocking(|| {
        let mut line = String::new();
        let read = io::stdin().lock().read_line(&mut line);
        read.map_err(|error| CliError::usage(format!("could not read the answer: {error}")))?;
        Ok(line)
    });
    tokio::select! {
        biased;
        () = session.interrupted.cancelled() => {
            // Below the question.
            terminal::say("");
            Err(CliError::interrupted("not confirmed"))
        }
        line = reading => {
            let line = line?.trim().to_ascii_lowercase();
            Ok(matches!(line.as_str(), "y" | "yes"))
        }
    }
}
