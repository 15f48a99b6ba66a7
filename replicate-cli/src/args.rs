//! Reading the command line, and saying in a line or two what is wrong with it.

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::cli::Cli;
use crate::error::{CliError, ExitCode};
use crate::terminal;

/// The command line; help and version are printed here, and end the program.
pub(crate) fn parse() -> Result<Cli, CliError> {
    match Cli::try_parse() {
        Ok(cli) => Ok(cli),
        Err(error) => Err(answer(&error)),
    }
}

/// Prints the help of the whole command.
pub(crate) fn print_help() -> Result<ExitCode, CliError> {
    terminal::write_data(Cli::command().render_help().to_string())?;
    Ok(ExitCode::Done)
}

fn answer(error: &clap::Error) -> CliError {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let printed = error.print().map_err(CliError::from);
            printed.err().unwrap_or_else(CliError::closed_pipe)
        }
        _ => compact(&error.render().to_string()),
    }
}

/// The parser's message without its usage and its advice to read the help.
fn compact(message: &str) -> CliError {
    let mut paragraphs = message.trim().split("\n\n");
    let what = paragraphs.next().unwrap_or_default();
    let what = what.strip_prefix("error: ").unwrap_or(what);
    let tips: Vec<&str> = paragraphs
        .flat_map(str::lines)
        .filter_map(|line| line.trim().strip_prefix("tip: "))
        .collect();
    let error = CliError::usage(what);
    if tips.is_empty() {
        return error.hint("see --help");
    }
    error.hint(tips.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(arguments: &[&str]) -> String {
        let line = std::iter::once("replicate").chain(arguments.iter().copied());
        let error = Cli::try_parse_from(line).expect_err("a wrong command line");
        format!("{:?}", compact(&error.render().to_string()))
    }

    #[test]
    fn a_wrong_command_line_is_told_without_the_usage() {
        for arguments in [
            &["run", "--forse", "a/b"][..],
            &["predictions", "sho"],
            &["predictions"],
            &["run"],
            &["--color", "blue", "version"],
            &["--local", "--base-url", "http://127.0.0.1:1", "account"],
        ] {
            let said = said(arguments);
            assert!(!said.contains("Usage:"), "{said}");
            assert!(said.len() < 300, "{said}");
        }
        assert!(said(&["run", "--forse", "a/b"]).contains("--force"));
    }
}
