//! `run REF --help`: the inputs of a model, from its schema.

use anstyle::Style;
use clap::CommandFactory;
use replicate::schema::{Input, OutputKind, OutputSchema, ValueKind, ValueSchema};
use serde_json::Value;

use super::creation::model_ref;
use super::with_session;
use crate::cli::Cli;
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::schema::Schema;
use crate::schema::read::{Model, Target};
use crate::terminal;

/// Prints the help of a subcommand.
pub(crate) fn print_command(name: &str) -> Result<ExitCode, CliError> {
    let mut command = Cli::command();
    command.build();
    let Some(subcommand) = command.find_subcommand_mut(name) else {
        return Err(CliError::error(format!("no command {name}")));
    };
    let help = subcommand.render_long_help();
    let text = match terminal::stdout_is_terminal() {
        true => help.ansi().to_string(),
        false => help.to_string(),
    };
    terminal::write_data(text)?;
    Ok(ExitCode::Done)
}

/// Prints a model's inputs.
pub(crate) fn print_model(
    global: &GlobalArgs,
    command: &str,
    reference: &str,
) -> Result<ExitCode, CliError> {
    let model = model_ref(reference)?;
    with_session(global, async |session| {
        let target = Target::read(session, model).await?;
        let Some(schema) = &target.schema else {
            target.note_missing_schema(session);
            return Err(CliError::new(
                ExitCode::NotFound,
                format!("`{reference}` has no schema that can be read"),
            ));
        };
        if session.json {
            let document = schema.document().to_string();
            return Ok(terminal::write_line(document)?);
        }
        let model = target.model(session).await?;
        let text = render(command, &target, &model, schema, terminal::width());
        Ok(terminal::write_data(text)?)
    })
}

fn render(command: &str, target: &Target, model: &Model, schema: &Schema, width: usize) -> String {
    let heading = |text: &str| terminal::styled(text, Style::new().bold().underline());
    let mut text = String::new();
    if let Some(description) = model.description.as_deref().filter(|text| !text.is_empty()) {
        for line in wrap(description, width) {
            text.push_str(&format!("{line}\n"));
        }
        text.push('\n');
    }
    text.push_str(&format!(
        "{} replicate {command} {} [INPUT]...\n\n{}\n",
        heading("Usage:"),
        target.reference,
        heading("Inputs:")
    ));
    for input in schema.inputs() {
        let bold = terminal::styled(&format!("{}=", input.key()), Style::new().bold());
        text.push_str(&format!("  {bold}{}\n", placeholder(input.schema())));
        for line in wrap(&about(input), width.saturating_sub(10).max(20)) {
            text.push_str(&format!("          {line}\n"));
        }
    }
    text.push_str(&format!(
        "\n{} {}\n\nFor the options see: replicate {command} --help\n",
        heading("Output:"),
        output(schema.output())
    ));
    text
}

fn output(schema: &OutputSchema) -> String {
    match schema.kind() {
        OutputKind::StreamedText => "text, printed as it arrives".to_owned(),
        OutputKind::Files => "files".to_owned(),
        _ => schema.schema().type_name(),
    }
}

/// What is written after the key.
fn placeholder(schema: &ValueSchema) -> String {
    if !schema.choices().is_empty() {
        let choices: Vec<String> = schema.choices().iter().map(plain).collect();
        return choices.join("|");
    }
    match schema.kind() {
        ValueKind::Text if schema.is_secret() => "@env:NAME".to_owned(),
        ValueKind::Text => "TEXT".to_owned(),
        ValueKind::Integer => "INTEGER".to_owned(),
        ValueKind::Number => "NUMBER".to_owned(),
        ValueKind::Boolean => "true|false".to_owned(),
        ValueKind::File => "@FILE|URL".to_owned(),
        ValueKind::Object => "JSON".to_owned(),
        ValueKind::List => {
            let item = schema.items().map(placeholder);
            format!(
                "{} (a list: may be repeated)",
                item.as_deref().unwrap_or("VALUE")
            )
        }
        ValueKind::Union => schema.type_name(),
        _ => "VALUE".to_owned(),
    }
}

fn about(input: &Input) -> String {
    let schema = input.schema();
    let mut parts: Vec<String> = schema.range().into_iter().collect();
    if !schema.accepted_files().is_empty() {
        parts.push(schema.accepted_files().join(", "));
    }
    match schema.default_value() {
        Some(default) if !default.is_null() && !schema.is_secret() => {
            parts.push(format!("default: {}", plain(default)));
        }
        _ => {}
    }
    if input.is_required() {
        parts.push("required".to_owned());
    }
    if schema.is_deprecated() {
        parts.push("deprecated".to_owned());
    }
    let described = schema.description().unwrap_or_default().split_whitespace();
    let described = described.collect::<Vec<_>>().join(" ");
    match (described.is_empty(), parts.is_empty()) {
        (_, true) => described,
        (true, false) => format!("[{}]", parts.join(", ")),
        (false, false) => format!("{described} [{}]", parts.join(", ")),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The words of a text in lines of at most `width` columns.
fn wrap(text: &str, width: usize) -> Vec<String> {
    use unicode_width::UnicodeWidthStr;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_wrapped_by_display_width() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("日本 日本", 4), ["日本", "日本"]);
        assert!(wrap(" ", 4).is_empty());
    }
}
