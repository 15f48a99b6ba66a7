//! Parses the command line, and reports an invalid one in a line or two.

use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{ArgMatches, Command, CommandFactory, FromArgMatches};

use crate::aliases;
use crate::cli::Cli;
use crate::error::{CliError, ExitCode, Result};
use crate::help_groups;
use crate::terminal;

/// Parses the command line. `--help` and `--version` are printed here, and are an error without
/// a message.
pub(crate) fn parse() -> Result<Cli> {
    let command = Cli::command();
    let arguments = aliases::arguments(|word| command.find_subcommand(word).is_some())?;
    let mut command = help_groups::grouped(command);
    let matches = command
        .try_get_matches_from_mut(arguments)
        .map_err(|error| parse_error(&error))?;
    if let Some(command) = command_of_help(&mut command, &matches) {
        terminal::write_data(terminal::styled_text(&command.render_long_help()))?;
        return Err(CliError::silent(ExitCode::Done));
    }
    Cli::from_arg_matches(&matches).map_err(|error| parse_error(&error))
}

/// The subcommand whose own help was requested by a flag of its own. After a model, the flag
/// requests the help of that model, which the command prints.
fn command_of_help<'a>(command: &'a mut Command, matches: &ArgMatches) -> Option<&'a mut Command> {
    if let Some((name, matches)) = matches.subcommand() {
        return command_of_help(command.find_subcommand_mut(name)?, matches);
    }
    let is_given = |id: &str| {
        matches.try_contains_id(id).is_ok()
            && matches.value_source(id) == Some(ValueSource::CommandLine)
    };
    (is_given("help") && !is_given("reference")).then_some(command)
}

/// Whether `--json` was given, also on a command line that does not parse.
pub(crate) fn is_json() -> bool {
    let arguments = std::env::args_os()
        .skip(1)
        .take_while(|argument| argument != "--");
    arguments.into_iter().any(|argument| argument == "--json")
}

fn parse_error(error: &clap::Error) -> CliError {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => match error.print() {
            Ok(()) => CliError::silent(ExitCode::Done),
            Err(error) => error.into(),
        },
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
    // The parser would have it passed after `--`, where it becomes the prompt.
    if let Some(input) = tips.iter().find_map(|tip| as_input(tip)) {
        return error.hint(format!(
            "inputs are written key=value: {input}=VALUE; for options see --help"
        ));
    }
    if tips.is_empty() {
        return error.hint("see --help");
    }
    error.hint(tips.join("; "))
}

/// The key of a tip that advises to pass an unknown option as a value.
fn as_input(tip: &str) -> Option<&str> {
    let (_, rest) = tip.split_once("as a value, use '-- --")?;
    rest.strip_suffix('\'')
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    fn message(line: &str) -> String {
        let line = std::iter::once("replicate").chain(line.split(' '));
        let error = Cli::try_parse_from(line).expect_err("an invalid command line");
        let json = compact(&error.render().to_string()).to_json();
        format!("{} {}", json["error"], json["hint"])
    }

    #[test]
    fn invalid_command_line_is_reported_without_the_usage() {
        for line in [
            "run --forse a/b",
            "predictions sho",
            "predictions",
            "run",
            "--color blue version",
            "--local --base-url http://127.0.0.1:1 account",
        ] {
            let message = message(line);
            assert!(!message.contains("Usage:"), "{message}");
            assert!(message.len() < 300, "{message}");
        }
        assert!(message("run --forse a/b").contains("--force"));
        let option = message("run a/b --prompt=hi");
        assert!(option.contains("prompt=VALUE"), "{option}");
        assert!(!option.contains("-- --prompt"), "{option}");
    }
}
