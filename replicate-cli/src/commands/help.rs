use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;

use crate::error::{CliError, ExitCode, Result};
use crate::terminal;

/// Show help for a command
#[derive(Args, Debug, Default)]
pub(crate) struct Help {
    /// The command, such as models versions list
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

impl Help {
    pub(crate) fn execute(self, root: Command) -> Result<ExitCode> {
        let mut command = match self.command.as_slice() {
            [] => root,
            words => find(root, words)?,
        };
        terminal::write_line(terminal::styled_text(&command.render_help()))?;
        Ok(ExitCode::Done)
    }
}

/// Print a manual page, or write the pages of all commands into a directory
#[derive(Args, Debug)]
#[command(after_help = "Examples:
  replicate man run | man -l -
  replicate man --output-directory ~/.local/share/man/man1")]
pub(crate) struct ManPage {
    /// The command; default: the page of all commands
    #[arg(value_name = "COMMAND", conflicts_with = "output_directory")]
    command: Vec<String>,
    /// Write replicate.1, replicate-run.1, and so on into this directory
    #[arg(short, long, value_name = "DIR")]
    output_directory: Option<PathBuf>,
}

impl ManPage {
    pub(crate) fn execute(self, root: Command) -> Result<ExitCode> {
        if let Some(directory) = self.output_directory {
            let failed = |error| CliError::not_written(&directory, &error);
            std::fs::create_dir_all(&directory).map_err(failed)?;
            clap_mangen::generate_to(root, &directory).map_err(failed)?;
            return Ok(ExitCode::Done);
        }
        let command = find(root, &self.command)?;
        let mut page = Vec::new();
        Man::new(command)
            .render(&mut page)
            .map_err(CliError::error)?;
        terminal::write_data(page)?;
        Ok(ExitCode::Done)
    }
}

/// The command of these words, with its whole name.
fn find(root: Command, words: &[String]) -> Result<Command> {
    let mut name = root.get_name().to_owned();
    let mut command = root;
    command.build();
    for word in words {
        let found = command.find_subcommand(word).cloned();
        command = found.ok_or_else(|| {
            CliError::usage(format!("`{word}` is not a command of {name}"))
                .hint(format!("see {name} --help"))
        })?;
        name = format!("{name} {}", command.get_name());
    }
    let dashed = name.replace(' ', "-");
    Ok(command.display_name(dashed).bin_name(name))
}
