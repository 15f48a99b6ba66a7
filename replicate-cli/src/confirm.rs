//! The question before something is deleted.

use std::io::{self, BufRead, IsTerminal};

use clap::Args;

use crate::error::CliError;
use crate::session::Session;
use crate::terminal;

/// The option that answers the question.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Confirm {
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

impl Confirm {
    /// Asks whether to do `what`, such as "delete model acme/app", unless `--yes` was given. An
    /// error if standard input is not a terminal, and if the answer is not yes.
    pub(crate) async fn ask(self, session: &Session, what: &str) -> Result<(), CliError> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() || !terminal::stderr_is_terminal() {
            return Err(CliError::usage(format!("{what}: not confirmed")).hint("pass --yes"));
        }
        terminal::ask(&format!("{what}? [y/N] "));
        let line = tokio::task::spawn_blocking(|| {
            let mut line = String::new();
            let read = io::stdin().lock().read_line(&mut line);
            read.map(|_| line)
        });
        let line = session.unless_interrupted(line).await.inspect_err(|_| {
            // Below the question.
            terminal::say("");
        })?;
        let line = line.map_err(CliError::error)?;
        let line =
            line.map_err(|error| CliError::usage(format!("could not read the answer: {error}")))?;
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => Ok(()),
            _ => Err(CliError::error(format!("{what}: not confirmed"))),
        }
    }
}
