//! Parses the command line, and reports an invalid one in a line or two.

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::aliases;
use crate::cli::Cli;
use crate::error::CliError;

/// Parses the command line. `--help` and `--version` are printed here, and are an error without
/// a message.
pub(crate) fn parse() -> Result<Cli, CliError> {
    let arguments = aliases::arguments(|word| {
        let mut command = Cli::command();
        command.build();
        command.find_subcommand(word).is_some()
    })?;
    match Cli::try_parse_from(arguments) {
        Ok(cli) => Ok(cli),
        Err(error) => Err(parse_error(&error)),
    }
}

fn parse_error(error: &clap::Error) -> CliError {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let printed = error.print().map_err(CliError::from);
            printed.err().unwrap_or_else(CliError::closed_pipe)
        }
        _ => compact(&error.render().to_string()),
    }
}

/// The parser's message without the usage and the advice to read the help.
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

    fn message(arguments: &[&str]) -> String {
        let line = std::iter::once("replicate").chain(arguments.iter().copied());
        let error = Cli::try_parse_from(line).expect_err("an invalid command line");
        format!("{:?}", compact(&error.render().to_string()))
    }

    #[test]
    fn invalid_command_line_is_reported_without_the_usage() {
        for arguments in [
            &["run", "--forse", "a/b"][..],
            &["predictions", "sho"],
            &["predictions"],
            &["run"],
            &["--color", "blue", "version"],
            &["--local", "--base-url", "http://127.0.0.1:1", "account"],
        ] {
            let message = message(arguments);
            assert!(!message.contains("Usage:"), "{message}");
            assert!(message.len() < 300, "{message}");
        }
        assert!(message(&["run", "--forse", "a/b"]).contains("--force"));
    }
}
