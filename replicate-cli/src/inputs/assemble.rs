//! Assembles arguments to one input, typed and validated by the model's schema.

use std::path::Path;

use serde_json::{Map, Value};

use super::RawInput;
use super::argument::{Argument, Literal};
use super::files::{FileSlot, Source};
use crate::error::CliError;
use crate::schema::suggest::suggest;
use crate::schema::{Keywords, Schema, check, coerce, is_file, is_secret, is_text};

/// What stands for a secret wherever an input is shown.
pub(crate) const MASK: &str = "********";

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
    /// The environment variable that it was read from.
    pub(crate) variable: Option<String>,
}

/// How an input is assembled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    pub(crate) schema: Option<&'a Schema>,
    /// Whether the input has to be valid by the schema.
    pub(crate) validate: bool,
}

impl Assembled {
    /// The input with its files in their places. The library uploads them, or writes them into the
    /// input, when the prediction is created.
    pub(crate) fn fill_files(self) -> Result<Value, CliError> {
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
pub(crate) fn assemble(given: RawInput, rules: Rules<'_>) -> Result<Assembled, CliError> {
    let mut assembly = Assembly {
        rules,
        schema: rules.schema,
        input: given.base,
        files: Vec::new(),
        secrets: Vec::new(),
        from_arguments: Vec::new(),
    };
    let mut main_given = false;
    for argument in given.arguments {
        match argument {
            Argument::Pair { key, value } => assembly.put(&key, value)?,
            Argument::Main(literal) => {
                assembly.check_main(&literal)?;
                if std::mem::replace(&mut main_given, true) {
                    return Err(second_text(&literal));
                }
                let key = assembly.main_key(&literal)?;
                if assembly.is_given(&key) {
                    return Err(second_text(&literal));
                }
                assembly.put(&key, literal)?;
            }
        }
    }
    let Assembly {
        input,
        files,
        mut secrets,
        ..
    } = assembly;
    secrets.extend(schema_secrets(rules.schema, &input, &secrets));
    let assembled = Assembled {
        input: Value::Object(input),
        files,
        secrets,
    };
    if let Some(schema) = rules.schema.filter(|_| rules.validate) {
        // A mask is a valid secret, unless the schema limits it.
        let has_secrets = !assembled.secrets.is_empty();
        check::check(schema, &assembled.input).map_err(|error| match has_secrets {
            true => check::check(schema, &assembled.masked())
                .err()
                .unwrap_or_else(|| {
                    CliError::usage("a secret input does not fit the model's schema")
                }),
            false => error,
        })?;
    }
    for file in &assembled.files {
        file.check()?;
    }
    Ok(assembled)
}

/// The inputs that the schema declares secret.
fn schema_secrets(
    schema: Option<&Schema>,
    input: &Map<String, Value>,
    known: &[Secret],
) -> Vec<Secret> {
    let Some(schema) = schema else {
        return Vec::new();
    };
    let keywords = schema.input();
    let properties = schema.properties(&keywords);
    let secret = properties.into_iter().filter(|(key, property)| {
        input.contains_key(*key)
            && is_secret(&schema.resolve(property))
            && !known.iter().any(|known| known.key == [*key])
    });
    secret
        .map(|(key, _)| Secret {
            key: vec![key.to_owned()],
            variable: None,
        })
        .collect()
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
    schema: Option<&'a Schema>,
    input: Map<String, Value>,
    files: Vec<FileSlot>,
    secrets: Vec<Secret>,
    /// The keys set by arguments, which may replace those of `--input`.
    from_arguments: Vec<Vec<String>>,
}

/// A value, and the file whose URL it becomes.
type Filled = (Value, Option<Source>);

impl Assembly<'_> {
    /// Rejects text without a key that is a malformed `key=value`: it would become the prompt.
    fn check_main(&self, literal: &Literal) -> Result<(), CliError> {
        let (Literal::Text(text), Some(schema), true) = (literal, self.schema, self.rules.validate)
        else {
            return Ok(());
        };
        let input = schema.input();
        let keys: Vec<&str> = schema
            .properties(&input)
            .into_iter()
            .map(|(key, _)| key)
            .collect();
        let written = text.trim_start_matches('-');
        let end = written
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-')))
            .unwrap_or(written.len());
        let (word, rest) = written.split_at(end);
        let rest = rest.trim_start();
        let value = match rest.strip_prefix(':') {
            // A word before a colon is a key only where the model has that key.
            Some(value) if keys.contains(&word) => value,
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
        let Some(key) = suggest(word, keys.iter().copied()) else {
            return Ok(());
        };
        let value = value.trim_start();
        let main = schema.main_input(is_text).unwrap_or_default();
        Err(CliError::usage(format!(
            "invalid input `{text}`; did you mean `{key}={value}`?"
        ))
        .hint(format!("if it is the text itself, write {main}='{text}'")))
    }

    /// The key of the main input, for an argument without a key.
    fn main_key(&self, literal: &Literal) -> Result<String, CliError> {
        let Some(schema) = self.schema else {
            return Err(CliError::usage(
                "text without a key needs the model's schema, and none can be read",
            )
            .hint("write it as key=value, such as prompt=\"...\""));
        };
        let for_file = || schema.main_input(is_file);
        let for_text = || schema.main_input(is_text);
        let key = match literal {
            Literal::File(_) => for_file().or_else(for_text),
            Literal::Content { .. } => for_text().or_else(for_file),
            _ => for_text(),
        };
        key.ok_or_else(|| {
            let input = schema.input();
            let keys: Vec<&str> = schema
                .properties(&input)
                .into_iter()
                .map(|(key, _)| key)
                .collect();
            CliError::usage("this model has no main input for text without a key").hint(match keys
                .as_slice()
            {
                [] => "the model has no inputs".to_owned(),
                keys => format!(
                    "write it as key=value; the model's inputs: {}",
                    keys.join(", ")
                ),
            })
        })
    }

    fn is_given(&self, key: &str) -> bool {
        self.from_arguments.contains(&self.path(key))
    }

    fn put(&mut self, key: &str, literal: Literal) -> Result<(), CliError> {
        let path = self.path(key);
        let keywords = self.keywords(&path);
        let again = self.from_arguments.contains(&path);
        let in_list = again
            && keywords
                .as_ref()
                .is_some_and(|keywords| Schema::types(keywords).contains(&"array"));
        if again && !in_list {
            return Err(CliError::usage(format!("`{key}` is set twice"))
                .hint("remove one; only a list input can be set several times"));
        }
        if let Literal::Secret { name, .. } = &literal {
            self.secrets.push(Secret {
                key: path.clone(),
                variable: Some(name.clone()),
            });
        }
        let (value, file) = self.value(key, keywords.as_ref(), literal)?;
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
        let whole = self.schema.is_some_and(|schema| {
            schema
                .input()
                .get("properties")
                .is_some_and(|properties| properties.get(key).is_some())
        });
        match whole {
            true => vec![key.to_owned()],
            false => key.split('.').map(str::to_owned).collect(),
        }
    }

    /// The schema of the value at a path.
    fn keywords(&self, path: &[String]) -> Option<Keywords> {
        let schema = self.schema?;
        path.iter().try_fold(schema.input(), |keywords, key| {
            Some(schema.resolve(keywords.get("properties")?.get(key)?))
        })
    }

    fn value(
        &self,
        key: &str,
        keywords: Option<&Keywords>,
        literal: Literal,
    ) -> Result<Filled, CliError> {
        let text = match literal {
            Literal::Json(value) => return Ok((value, None)),
            Literal::Filled(Value::String(text)) => text,
            Literal::Filled(value) => return Ok((self.chained(keywords, value), None)),
            Literal::Text(text) => {
                self.check_forgotten_at(key, keywords, &text)?;
                text
            }
            Literal::Secret { value, .. } => value,
            Literal::File(path) if self.wants_file(keywords) => {
                return Ok(self.file(keywords, Source::Path(path)));
            }
            Literal::File(path) => {
                let name = path.display().to_string();
                let content = crate::reader::read_file(&path).map_err(|error| {
                    error.hint(format!("for text that begins with @, write {key}=@@{name}"))
                })?;
                utf8(key, &format!("`{name}`"), content)?
            }
            Literal::Content { content, name } if self.content_is_file(keywords, &content) => {
                return Ok(self.file(keywords, Source::Bytes { content, name }));
            }
            Literal::Content { content, name } => {
                let from = match name.as_str() {
                    "-" => "standard input".to_owned(),
                    name => format!("`{name}`"),
                };
                utf8(key, &from, content.into())?
            }
            // Read before.
            Literal::Stdin { .. } | Literal::JsonFile(_) | Literal::Env(_) => {
                return Err(CliError::error(format!("`{key}` was not read")));
            }
        };
        Ok((self.typed(keywords, &text), None))
    }

    /// Whether content of a pipe or of standard input is passed as a file. Without a schema, UTF-8
    /// is text.
    fn content_is_file(&self, keywords: Option<&Keywords>, content: &[u8]) -> bool {
        match keywords {
            Some(keywords) => self.wants_file(Some(keywords)),
            None => std::str::from_utf8(content).is_err(),
        }
    }

    /// An output of an earlier prediction: a list of texts is one text where the input takes one.
    fn chained(&self, keywords: Option<&Keywords>, value: Value) -> Value {
        let types = keywords.map(|keywords| Schema::types(keywords));
        let takes_text = types.is_some_and(|types| types == ["string"]);
        match &value {
            Value::Array(items) if takes_text => {
                let texts: Option<Vec<&str>> = items.iter().map(Value::as_str).collect();
                texts.map_or(value.clone(), |texts| texts.concat().into())
            }
            Value::Number(_) | Value::Bool(_) => self.typed(keywords, &value.to_string()),
            _ => value,
        }
    }

    /// Rejects a value that is no URL where the model takes the URL of a file.
    fn check_forgotten_at(
        &self,
        key: &str,
        keywords: Option<&Keywords>,
        text: &str,
    ) -> Result<(), CliError> {
        let takes_file = keywords.is_some_and(|keywords| {
            let item = self.item(keywords);
            is_file(keywords) || item.as_ref().is_some_and(is_file)
        });
        let is_json = text.starts_with(['[', '{']);
        if !takes_file || !self.rules.validate || is_json || is_url(text) || text == "null" {
            return Ok(());
        }
        if !text.is_empty() && Path::new(text).exists() {
            return Err(
                CliError::usage(format!("`{key}` takes a file, and `{text}` is a path"))
                    .hint(format!("write {key}=@{text}")),
            );
        }
        Err(
            CliError::usage(format!("`{key}` takes a file, and `{text}` is not a URL"))
                .hint(format!("write {key}=@FILE, or {key}=https://...")),
        )
    }

    fn item(&self, keywords: &Keywords) -> Option<Keywords> {
        let items = keywords.get("items")?;
        self.schema.map(|schema| schema.resolve(items))
    }

    fn typed(&self, keywords: Option<&Keywords>, text: &str) -> Value {
        match (self.schema, keywords) {
            (Some(schema), Some(keywords)) => coerce::coerce(schema, keywords, text),
            _ => coerce::coerce_untyped(text),
        }
    }

    /// Whether the input takes the URL of a file, and not the file's text.
    fn wants_file(&self, keywords: Option<&Keywords>) -> bool {
        let Some(keywords) = keywords.filter(|_| self.schema.is_some()) else {
            return true;
        };
        let types = Schema::types(keywords);
        is_file(keywords) || types.is_empty() || self.item(keywords).as_ref().is_some_and(is_file)
    }

    fn file(&self, keywords: Option<&Keywords>, source: Source) -> Filled {
        let placeholder = Value::String(format!("@{}", source.name()));
        let in_list = keywords.is_some_and(|keywords| Schema::types(keywords).contains(&"array"));
        let value = if in_list {
            Value::Array(vec![placeholder])
        } else {
            placeholder
        };
        (value, Some(source))
    }
}

/// Whether text is a URL that a model can read.
fn is_url(text: &str) -> bool {
    text.starts_with("data:") || text.contains("://")
}

fn utf8(key: &str, from: &str, content: Vec<u8>) -> Result<String, CliError> {
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
