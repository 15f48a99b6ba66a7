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
        if self.command.is_empty() {
            return print(root);
        }
        print(find(root, &self.command)?)
    }
}

/// Prints the help of a command, with color where standard output shows it.
fn print(mut command: Command) -> Result<ExitCode, CliError> {
    let help = command.render_help();
    let text = match terminal::stdout_shows_color() {
        true => help.ansi().to_string(),
        false => help.to_string(),
    };
    terminal::write_line(text)?;
    Ok(ExitCode::Done)
}
