//! Assembles arguments to one input, typed and validated by the model's schema.

use replicate::schema::{Input, MASK, ValueKind, ValueSchema, coerce_untyped};
use serde_json::{Map, Value};

use super::RawInput;
use super::argument::{self, Argument, Literal};
use super::files::{FileSlot, Source};
use crate::error::{CliError, Result};
use crate::schema::{Schema, violation};

/// A complete input but for the URLs of its files.
#[derive(Clone, Debug)]
pub(crate) struct Assembled {
    /// A file is written as `@NAME`.
    pub(crate) input: Value,
    pub(crate) files: Vec<FileSlot>,
    pub(crate) secrets: Vec<Secret>,
}

/// A place in an input whose value is never shown.
#[derive(Clone, Debug)]
pub(crate) struct Secret {
    pub(crate) key: Vec<String>,
    pub(crate) variable: Option<String>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    pub(crate) schema: Option<&'a Schema>,
    /// Whether the input has to be valid by the schema.
    pub(crate) validate: bool,
}

impl<'a> Rules<'a> {
    /// An input that has to be valid.
    pub(crate) fn of(schema: Option<&'a Schema>) -> Self {
        Self {
            schema,
            validate: true,
        }
    }
}

impl Assembled {
    /// The input with its files in their places. The library uploads them, or writes them into the
    /// input, when the prediction is created.
    pub(crate) fn fill_files(self) -> Result<Value> {
        let Self {
            mut input, files, ..
        } = self;
        for slot in files {
            let file = serde_json::to_value(slot.source.to_input()?).map_err(CliError::error)?;
            if let Some(place) = value_at(&mut input, &slot.key, slot.index) {
                *place = file;
            }
        }
        Ok(input)
    }

    fn secret_texts(&self) -> Vec<String> {
        let mut input = self.input.clone();
        let texts = self.secrets.iter().filter_map(|secret| {
            let value = value_at(&mut input, &secret.key, None)?;
            Some(value.as_str()?.to_owned())
        });
        texts.collect()
    }

    /// The input as it is shown: without its secrets.
    pub(crate) fn masked(&self) -> Value {
        let mut input = self.input.clone();
        for secret in &self.secrets {
            if let Some(place) = value_at(&mut input, &secret.key, None) {
                *place = MASK.into();
            }
        }
        input
    }
}

/// The value at a path, or its item at an index.
pub(crate) fn value_at<'a>(
    input: &'a mut Value,
    key: &[String],
    index: Option<usize>,
) -> Option<&'a mut Value> {
    let value = key
        .iter()
        .try_fold(input, |value, key| value.get_mut(key))?;
    match index {
        Some(index) => value.get_mut(index),
        None => Some(value),
    }
}

/// Assembles an input, and validates it if there is a schema.
pub(crate) fn assemble(given: RawInput, rules: Rules<'_>) -> Result<Assembled> {
    let mut assembly = Assembly {
        rules,
        input: given.base,
        files: Vec::new(),
        secrets: Vec::new(),
        from_arguments: Vec::new(),
    };
    let mut main_given = false;
    for argument in given.arguments {
        let Argument { key, value } = argument;
        if let Some(key) = key {
            assembly.put(&key, value)?;
            continue;
        }
        assembly.check_main(&value)?;
        let is_second = std::mem::replace(&mut main_given, true);
        let key = assembly.main_key(&value)?;
        if is_second || assembly.from_arguments.contains(&assembly.path(&key)) {
            return Err(second_text(&value));
        }
        assembly.put(&key, value)?;
    }
    assembly.add_secrets_of_schema();
    for file in &assembly.files {
        file.check()?;
    }
    let assembled = Assembled {
        input: Value::Object(assembly.input),
        files: assembly.files,
        secrets: assembly.secrets,
    };
    if let Some(schema) = rules.schema.filter(|_| rules.validate) {
        violation::validate(schema, &assembled.clone().fill_files()?)
            .map_err(|error| error.without(&assembled.secret_texts()))?;
    }
    Ok(assembled)
}

fn second_text(literal: &Literal) -> CliError {
    CliError::usage(format!(
        "`{}` has no key, and the main input is already set",
        shown(literal)
    ))
    .hint("quote text of several words, and write other inputs as key=value")
}

fn shown(literal: &Literal) -> String {
    match literal {
        Literal::Text(text) => text.clone(),
        Literal::File(path) => path.display().to_string(),
        Literal::Content { name, .. } if name != "-" => name.clone(),
        _ => "standard input".to_owned(),
    }
}

struct Assembly<'a> {
    rules: Rules<'a>,
    input: Map<String, Value>,
    files: Vec<FileSlot>,
    secrets: Vec<Secret>,
    /// The keys set by arguments, which may replace those of `--input`.
    from_arguments: Vec<Vec<String>>,
}

/// A value, and the file whose URL it becomes.
type Filled = (Value, Option<Source>);

impl<'a> Assembly<'a> {
    /// Rejects text without a key that is a malformed `key=value`: it would become the prompt.
    fn check_main(&self, literal: &Literal) -> Result<()> {
        let (Literal::Text(text), Some(schema), true) =
            (literal, self.rules.schema, self.rules.validate)
        else {
            return Ok(());
        };
        let written = text.trim_start_matches('-');
        let end = written
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
            .unwrap_or(written.len());
        let (word, rest) = written.split_at(end);
        let rest = rest.trim_start();
        let value = match rest.strip_prefix(':') {
            // A word before a colon is a key only where the model has that key.
            Some(value) if schema.input(word).is_some() => value,
            Some(_) => return Ok(()),
            None => {
                let list = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'));
                let (_, rest) = list.unwrap_or(("", rest));
                match rest.trim_start().strip_prefix('=') {
                    Some(value) => value,
                    None => return Ok(()),
                }
            }
        };
        let known = schema.input(word).map(Input::key);
        let Some(key) = known.or_else(|| schema.suggest_key(word)) else {
            return Ok(());
        };
        let value = value.trim_start();
        let main = schema.main_text_input().map_or("KEY", Input::key);
        Err(CliError::usage(format!(
            "invalid input `{text}`; did you mean `{key}={value}`?"
        ))
        .hint(format!("if it is the text itself, write {main}='{text}'")))
    }

    /// The key of the main input, for an argument without a key.
    fn main_key(&self, literal: &Literal) -> Result<String> {
        let Some(schema) = self.rules.schema else {
            return Err(CliError::usage(
                "text without a key needs the model's schema, and none can be read",
            )
            .hint("write it as key=value, such as prompt=\"...\""));
        };
        let for_file = || schema.main_file_input();
        let for_text = || schema.main_text_input();
        let main = match literal {
            Literal::File(_) => for_file().or_else(for_text),
            Literal::Content { .. } => for_text().or_else(for_file),
            _ => for_text(),
        };
        main.map(|input| input.key().to_owned()).ok_or_else(|| {
            let error = CliError::usage("this model has no main input for text without a key");
            error.hint(match schema.inputs() {
                [] => "the model has no inputs".to_owned(),
                _ => format!(
                    "write it as key=value; the model's inputs: {}",
                    violation::keys(schema)
                ),
            })
        })
    }

    fn add_secrets_of_schema(&mut self) {
        for input in self.rules.schema.into_iter().flat_map(Schema::inputs) {
            let key = vec![input.key().to_owned()];
            let is_known = self.secrets.iter().any(|known| known.key == key);
            let is_given = self.input.contains_key(input.key());
            if is_given && !is_known && input.schema().has_secrets() {
                let variable = None;
                self.secrets.push(Secret { key, variable });
            }
        }
    }

    fn put(&mut self, key: &str, literal: Literal) -> Result<()> {
        let path = self.path(key);
        let schema = self.schema_at(&path);
        let again = self.from_arguments.contains(&path);
        let in_list = again && schema.is_some_and(|schema| schema.accepts(ValueKind::List));
        if again && !in_list {
            return Err(CliError::usage(format!("`{key}` is set twice"))
                .hint("remove one; only a list input can be set several times"));
        }
        if let Literal::Env(name) = &literal {
            self.secrets.push(Secret {
                key: path.clone(),
                variable: Some(name.clone()),
            });
        }
        let (value, file) = self.value(key, schema, literal)?;
        let mut index = value.is_array().then_some(0);
        let place = place(&mut self.input, &path).ok_or_else(|| {
            CliError::usage(format!("`{key}` is inside a value that is not an object"))
        })?;
        match (place, value) {
            (Value::Array(items), Value::Array(mut more)) if in_list => {
                index = Some(items.len());
                items.append(&mut more);
            }
            (place, value) => *place = value,
        }
        if let Some(source) = file {
            self.files.push(FileSlot {
                key: path.clone(),
                index,
                source,
            });
        }
        self.from_arguments.push(path);
        Ok(())
    }

    /// The path to a key: `a.b` is a field of `a`, unless the model has an input of that name.
    fn path(&self, key: &str) -> Vec<String> {
        match self.rules.schema.and_then(|schema| schema.input(key)) {
            Some(_) => vec![key.to_owned()],
            None => key.split('.').map(str::to_owned).collect(),
        }
    }

    fn schema_at(&self, path: &[String]) -> Option<&'a ValueSchema> {
        self.rules.schema?.value_at(path.iter().map(String::as_str))
    }

    fn value(&self, key: &str, schema: Option<&ValueSchema>, literal: Literal) -> Result<Filled> {
        let text = match literal {
            Literal::Json(value) => return Ok((value, None)),
            Literal::Filled(Value::String(text)) => text,
            Literal::Filled(value) => return Ok((self.chained(schema, value), None)),
            Literal::Text(text) => text,
            Literal::Env(name) => environment(key, &name)?,
            Literal::File(path) if self.wants_file(schema) => {
                return Ok(self.file(schema, Source::Path(path)));
            }
            Literal::File(path) => {
                let name = path.display().to_string();
                let content = crate::reader::read_file(&path).map_err(|error| {
                    error.hint(format!("for text that begins with @, write {key}=@@{name}"))
                })?;
                utf8(key, &format!("`{name}`"), content)?
            }
            Literal::Content { content, name } if self.content_is_file(schema, &content) => {
                return Ok(self.file(schema, Source::Bytes { content, name }));
            }
            Literal::Content { content, name } => {
                let from = match name.as_str() {
                    "-" => "standard input".to_owned(),
                    name => format!("`{name}`"),
                };
                utf8(key, &from, content.into())?
            }
            Literal::JsonFile(path) => {
                let content = crate::reader::read_file(&path)?;
                let from = format!("`{}`", path.display());
                return Ok((argument::json(&from, &content)?, None));
            }
            // Read before.
            Literal::Stdin { .. } => return Err(CliError::error("standard input was not read")),
        };
        Ok((self.typed(schema, &text), None))
    }

    /// Whether content of a pipe or of standard input is passed as a file. Without a schema, UTF-8
    /// is text.
    fn content_is_file(&self, schema: Option<&ValueSchema>, content: &[u8]) -> bool {
        match schema {
            Some(_) => self.wants_file(schema),
            None => std::str::from_utf8(content).is_err(),
        }
    }

    /// An output of an earlier prediction: a list of texts is one text where the input takes one.
    fn chained(&self, schema: Option<&ValueSchema>, value: Value) -> Value {
        let kind = schema.map(ValueSchema::kind);
        let takes_text = matches!(kind, Some(ValueKind::Text | ValueKind::File));
        match &value {
            Value::Array(items) if takes_text => {
                let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
                texts.map_or(value.clone(), |texts| texts.concat().into())
            }
            Value::Number(_) | Value::Bool(_) => self.typed(schema, &value.to_string()),
            _ => value,
        }
    }

    fn typed(&self, schema: Option<&ValueSchema>, text: &str) -> Value {
        match schema {
            Some(schema) => schema.coerce(text),
            None => coerce_untyped(text),
        }
    }

    /// Whether the input takes the URL of a file, and not the file's text.
    fn wants_file(&self, schema: Option<&ValueSchema>) -> bool {
        schema.is_none_or(|schema| schema.takes_file() || schema.kind() == ValueKind::Any)
    }

    fn file(&self, schema: Option<&ValueSchema>, source: Source) -> Filled {
        let placeholder = Value::String(format!("@{}", source.name()));
        let value = match schema.map(ValueSchema::kind) {
            Some(ValueKind::List) => Value::Array(vec![placeholder]),
            _ => placeholder,
        };
        (value, Some(source))
    }
}

fn environment(key: &str, name: &str) -> Result<String> {
    std::env::var(name).map_err(|_| {
        CliError::usage(format!(
            "environment variable `{name}` for `{key}` is not set, or is not UTF-8"
        ))
    })
}

fn utf8(key: &str, from: &str, content: Vec<u8>) -> Result<String> {
    String::from_utf8(content).map_err(|_| {
        CliError::usage(format!(
            "`{key}` does not take a file, and {from} is not UTF-8 text"
        ))
    })
}

/// The value at a path, null if it is new. Missing objects on the path are created; `None` if a
/// value on the path is not an object.
fn place<'a>(input: &'a mut Map<String, Value>, path: &[String]) -> Option<&'a mut Value> {
    let (last, way) = path.split_last()?;
    let mut object = input;
    for key in way {
        object = object
            .entry(key.as_str())
            .or_insert_with(|| Map::new().into())
            .as_object_mut()?;
    }
    Some(object.entry(last.as_str()).or_insert(Value::Null))
}

#[cfg(test)]
mod tests;
