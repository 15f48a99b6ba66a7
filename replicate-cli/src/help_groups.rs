//! The list of commands in the help, in groups.

use anstyle::{AnsiColor, Effects, Style};
use clap::Command;
use clap::builder::Styles;

/// The groups of commands. A command that is in none is listed with the last one.
const GROUPS: [(&str, &[&str]); 4] = [
    (
        "Run models",
        &["run", "stream", "batch", "rerun", "predictions"],
    ),
    (
        "Find models",
        &["models", "collections", "search", "hardware"],
    ),
    (
        "Resources",
        &["deployments", "trainings", "files", "webhooks", "api"],
    ),
    ("Account and program", &[]),
];

const HEADER: Style = Style::new()
    .bold()
    .fg_color(Some(anstyle::Color::Ansi(AnsiColor::Green)));
const LITERAL: Style = Style::new()
    .bold()
    .fg_color(Some(anstyle::Color::Ansi(AnsiColor::Cyan)));

/// The command with its list of commands in groups, and with colors.
pub(crate) fn grouped(command: Command) -> Command {
    let styles = Styles::styled()
        .header(HEADER)
        .usage(HEADER)
        .literal(LITERAL)
        .placeholder(Style::new().effects(Effects::ITALIC));
    let list = list(&command);
    let template = format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{list}{HEADER}Global \
         options:{HEADER:#}\n{{options}}{{after-help}}"
    );
    command.styles(styles).help_template(template)
}

fn list(command: &Command) -> String {
    let is_shown = |command: &&Command| !command.is_hide_set();
    let mut rest: Vec<&Command> = command.get_subcommands().filter(is_shown).collect();
    let names = rest.iter().map(|command| command.get_name().len());
    let width = names.max().unwrap_or(0);
    let mut text = String::new();
    for (title, names) in GROUPS {
        let mut members = Vec::new();
        for name in names {
            if let Some(at) = rest.iter().position(|command| command.get_name() == *name) {
                members.push(rest.remove(at));
            }
        }
        if names.is_empty() {
            members.append(&mut rest);
        }
        text.push_str(&format!("{HEADER}{title}:{HEADER:#}\n"));
        for member in members {
            let name = member.get_name();
            let about = member.get_about().cloned().unwrap_or_default();
            text.push_str(&format!("  {LITERAL}{name}{LITERAL:#}"));
            let padding = " ".repeat(width - name.len());
            text.push_str(&format!("{padding}  {about}\n"));
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn every_command_is_in_the_help_once() {
        let command = crate::cli::Cli::command();
        let list = list(&command);
        for subcommand in command.get_subcommands().filter(|one| !one.is_hide_set()) {
            let line = format!("{LITERAL}{}{LITERAL:#} ", subcommand.get_name());
            assert_eq!(list.matches(&line).count(), 1, "{line}");
        }
    }
}
