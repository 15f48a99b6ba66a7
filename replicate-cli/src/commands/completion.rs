use clap::Args;
use clap_complete::Shell;
use clap_complete::env::Shells;

use crate::complete::VARIABLE;
use crate::error::{CliError, ExitCode, Result};
use crate::terminal;

const PROGRAM: &str = "replicate";

/// Print a script that completes commands, models, their inputs, and ids in a shell
#[derive(Args, Debug)]
#[command(after_help = "Add to the shell's start-up file:
  bash  source <(replicate completion bash)
  zsh   source <(replicate completion zsh)
  fish  replicate completion fish | source")]
pub(crate) struct Completion {
    /// The shell
    #[arg(required_unless_present = "shell_option")]
    shell: Option<Shell>,
    /// The same
    #[arg(short = 's', long = "shell", hide = true, conflicts_with = "shell")]
    shell_option: Option<Shell>,
}

impl Completion {
    pub(crate) fn execute(self) -> Result<ExitCode> {
        let shell = self.shell.or(self.shell_option);
        let name = shell.map(|shell| shell.to_string()).unwrap_or_default();
        let mut script = Vec::new();
        match Shells::builtins().completer(&name) {
            _ if name == "bash" => script.extend(include_bytes!("../complete/bash.sh")),
            Some(shell) => shell
                .write_registration(VARIABLE, PROGRAM, PROGRAM, PROGRAM, &mut script)
                .map_err(CliError::error)?,
            None => return Err(CliError::usage(format!("no completion for {name}"))),
        }
        terminal::write_data(script)?;
        Ok(ExitCode::Done)
    }
}
