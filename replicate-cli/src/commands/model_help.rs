//! `run REF --help`: the inputs of a model, from its schema.

use anstyle::Style;
use replicate::ModelRef;
use replicate::schema::{Input, OutputKind, OutputSchema, ValueKind, ValueSchema};

use super::creation::model_ref;
use crate::error::{CliError, Result};
use crate::record::plain;
use crate::schema::Schema;
use crate::schema::cache::{Cache, Kept};
use crate::schema::read::Target;
use crate::session::Session;
use crate::terminal;

/// Prints a model's inputs. `command` is the one that takes them.
pub(crate) async fn print_model(session: &Session, command: &str, reference: &str) -> Result<()> {
    let help = ModelHelp::read(session, model_ref(reference)?).await?;
    if session.json {
        return session.write_json(help.schema.document().to_string());
    }
    Ok(terminal::write_data(
        help.render(command, terminal::width()),
    )?)
}

struct ModelHelp {
    reference: ModelRef,
    schema: Schema,
    description: String,
}

impl ModelHelp {
    /// Reads it from the cache, where that has it, else from the API.
    async fn read(session: &Session, reference: ModelRef) -> Result<Self> {
        let cache = session.schema_cache();
        let kept = cache
            .as_ref()
            .and_then(|cache| Self::kept(cache, &reference));
        if let Some(kept) = kept {
            return Ok(kept);
        }
        let target = Target::read(session, reference).await?;
        let Some(schema) = target.schema.clone() else {
            target.note_missing_schema(session);
            let message = format!("`{}` has no schema that can be read", target.reference);
            return Err(CliError::not_found(message));
        };
        let model = target.model(session).await?;
        let help = Self {
            reference: target.reference,
            schema,
            description: model.description.unwrap_or_default(),
        };
        if let Some(cache) = cache {
            help.keep(&cache);
        }
        Ok(help)
    }

    fn kept(cache: &Cache, reference: &ModelRef) -> Option<Self> {
        let kept = cache.get(&reference.to_string())?;
        Some(Self {
            reference: reference.clone(),
            schema: Schema::new(kept.schema).ok()??,
            description: kept.description?,
        })
    }

    fn keep(&self, cache: &Cache) {
        let kept = Kept {
            schema: self.schema.document().clone(),
            description: Some(self.description.clone()),
        };
        cache.put(&self.reference.to_string(), &kept);
    }

    fn render(&self, command: &str, width: usize) -> String {
        let heading = |text: &str| terminal::styled(text, Style::new().bold().underline());
        let mut text = String::new();
        for line in wrap(&self.description, width) {
            text.push_str(&format!("{line}\n"));
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&format!(
            "{} replicate {command} {} [INPUT]...\n\n{}\n",
            heading("Usage:"),
            self.reference,
            heading("Inputs:")
        ));
        for input in self.schema.inputs() {
            let bold = terminal::styled(&format!("{}=", input.key()), Style::new().bold());
            text.push_str(&format!("  {bold}{}\n", placeholder(input.schema())));
            for line in wrap(&about(input), width.saturating_sub(10).max(20)) {
                text.push_str(&format!("          {line}\n"));
            }
        }
        text.push_str(&format!(
            "\n{} {}\n\nFor the options see: replicate {command} --help\n",
            heading("Output:"),
            output(self.schema.output())
        ));
        text
    }
}

fn output(schema: &OutputSchema) -> String {
    match schema.kind() {
        OutputKind::StreamedText => "text, printed as it arrives".to_owned(),
        OutputKind::Files => "files".to_owned(),
        _ => schema.schema().type_name(),
    }
}

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
    let default = schema.default_value().filter(|default| !default.is_null());
    if let Some(default) = default.filter(|_| !schema.is_secret()) {
        parts.push(format!("default: {}", plain(default)));
    }
    if input.is_required() {
        parts.push("required".to_owned());
    }
    if schema.is_deprecated() {
        parts.push("deprecated".to_owned());
    }
    let described = schema.description().unwrap_or_default().to_owned();
    match parts.is_empty() {
        true => described,
        false => format!("{described} [{}]", parts.join(", ")),
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
    use crate::schema::tests::schema;
    use serde_json::json;

    #[test]
    fn help_from_the_cache_is_that_from_the_api() {
        let directory = tempfile::tempdir().expect("a directory");
        let cache = Cache::within(directory.path().to_owned(), "https://a.example/v1", "r8_a");
        let reference: ModelRef = "acme/app".parse().expect("a reference");
        let input = json!({"properties": {"prompt": {"type": "string"}}});
        let help = ModelHelp {
            reference: reference.clone(),
            schema: schema(input, json!({"type": "string"})),
            description: "Writes.".to_owned(),
        };
        assert!(ModelHelp::kept(&cache, &reference).is_none());
        help.keep(&cache);
        let kept = ModelHelp::kept(&cache, &reference).expect("kept");
        let text = kept.render("run", 80);
        assert!(text.starts_with("Writes.\n"), "{text}");
        assert_eq!(text, help.render("run", 80));
    }

    #[test]
    fn lines_are_wrapped_by_display_width() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("日本 日本", 4), ["日本", "日本"]);
        assert!(wrap(" ", 4).is_empty());
    }
}
