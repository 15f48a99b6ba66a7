use clap::{Args, Command};
use clap_complete::Shell;

use crate::error::{CliError, ExitCode};
use crate::terminal;

/// Print a completion script for a shell
///
/// Example: replicate completion bash > ~/.local/share/bash-completion/completions/replicate
#[derive(Args, Debug)]
pub(crate) struct Completion {
    /// The shell
    shell: Shell,
}

impl Completion {
    pub(crate) fn execute(self, mut command: Command) -> Result<ExitCode, CliError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "replicate", &mut script);
        terminal::write_data(script)?;
        Ok(ExitCode::Done)
    }
}
