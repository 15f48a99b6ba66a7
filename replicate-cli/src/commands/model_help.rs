//! `run REF --help`: the inputs of a model, from its schema.

use anstyle::Style;
use clap::CommandFactory;
use serde_json::Value;

use super::creation::model_ref;
use super::with_session;
use crate::cli::Cli;
use crate::error::{CliError, ExitCode};
use crate::global::GlobalArgs;
use crate::schema::read::{Model, Target};
use crate::schema::{Keywords, OutputForm, Schema, is_file, is_secret, required};
use crate::terminal;

/// What `--help` is about.
pub(crate) enum Help<'a> {
    NotWanted,
    /// This subcommand.
    Command(&'static str),
    /// This model.
    Model(&'a str),
}

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
    let input = schema.input();
    let required = required(&input);
    for (key, property) in schema.properties(&input) {
        let keywords = schema.resolve(property);
        let is_required = required.contains(&key);
        let bold = terminal::styled(&format!("{key}="), Style::new().bold());
        text.push_str(&format!("  {bold}{}\n", placeholder(schema, &keywords)));
        let about = about(&keywords, is_required);
        for line in wrap(&about, width.saturating_sub(10).max(20)) {
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

fn output(form: OutputForm) -> &'static str {
    match form {
        OutputForm::ConcatenatedText => "text, as it is written",
        OutputForm::Files => "a file, or a list of files",
        OutputForm::SeveralFiles => "several files",
        OutputForm::Other => "text or JSON",
    }
}

/// What is written after the key.
fn placeholder(schema: &Schema, keywords: &Keywords) -> String {
    if is_file(keywords) {
        return "@FILE|URL".to_owned();
    }
    if is_secret(keywords) {
        return "@env:NAME".to_owned();
    }
    if let Some(Value::Array(choices)) = keywords.get("enum") {
        let choices: Vec<String> = choices.iter().map(plain).collect();
        return choices.join("|");
    }
    match Schema::types(keywords).first() {
        Some(&"string") => "TEXT".to_owned(),
        Some(&"integer") => "INTEGER".to_owned(),
        Some(&"number") => "NUMBER".to_owned(),
        Some(&"boolean") => "true|false".to_owned(),
        Some(&"array") => {
            let items = keywords.get("items").map(|items| schema.resolve(items));
            let item =
                items.map_or_else(|| "VALUE".to_owned(), |items| placeholder(schema, &items));
            format!("{item} (a list: may be repeated)")
        }
        Some(&"object") => "JSON".to_owned(),
        _ => "VALUE".to_owned(),
    }
}

fn about(keywords: &Keywords, is_required: bool) -> String {
    let mut parts = Vec::new();
    let limit = |key: &str| keywords.get(key).filter(|value| value.is_number());
    match (limit("minimum"), limit("maximum")) {
        (Some(least), Some(most)) => parts.push(format!("{least} to {most}")),
        (Some(least), None) => parts.push(format!("at least {least}")),
        (None, Some(most)) => parts.push(format!("at most {most}")),
        (None, None) => {}
    }
    match keywords.get("default") {
        Some(default) if !default.is_null() && !is_secret(keywords) => {
            parts.push(format!("default: {}", plain(default)));
        }
        _ => {}
    }
    if is_required {
        parts.push("required".to_owned());
    }
    if keywords.get("deprecated") == Some(&Value::Bool(true)) {
        parts.push("deprecated".to_owned());
    }
    let described = keywords.get("description").and_then(Value::as_str);
    let described = described.unwrap_or_default().split_whitespace();
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
