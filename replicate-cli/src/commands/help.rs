use clap::{Args, Command};

use super::man::find;
use crate::error::{CliError, ExitCode};
use crate::terminal;

/// Show help for a command
#[derive(Args, Debug, Default)]
pub(crate) struct Help {
    /// The command, such as models versions list
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

impl Help {
    pub(crate) fn execute(self, root: Command) -> Result<ExitCode, CliError> {
        let mut command = match self.command.as_slice() {
            [] => root,
            words => find(root, words)?,
        };
        terminal::write_line(terminal::styled_text(&command.render_help()))?;
        Ok(ExitCode::Done)
    }
}
