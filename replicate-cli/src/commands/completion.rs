use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;
use crate::error::{CliError, ExitCode};
use crate::terminal;

/// Print a completion script for a shell
///
/// Such as: replicate completion bash > ~/.local/share/bash-completion/completions/replicate
#[derive(Args, Debug)]
pub(crate) struct Completion {
    /// The shell
    shell: Shell,
}

impl Completion {
    pub(crate) fn execute(self) -> Result<ExitCode, CliError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "replicate", &mut script);
        terminal::write_data(script)?;
        Ok(ExitCode::Done)
    }
}
