//! Arguments put together to one input, typed by the model's schema and checked against it.

use serde_json::{Map, Value};

use super::RawInput;
use super::argument::{Argument, Literal};
use super::files::{FileSlot, Source};
use crate::error::CliError;
use crate::schema::{Keywords, Schema, check, coerce, is_file, is_text};

/// An input that is whole but for the addresses of its files.
#[derive(Debug)]
pub(crate) struct Assembled {
    /// A file is `@` and its name here.
    pub(crate) input: Value,
    pub(crate) files: Vec<FileSlot>,
}

impl Assembled {
    /// The input with its files in their places. The library uploads them, or writes them into the
    /// input, when the prediction is created.
    pub(crate) fn fill_files(self) -> Result<Value, CliError> {
        let Self { mut input, files } = self;
        for slot in files {
            let file = serde_json::to_value(slot.source.to_input()).map_err(CliError::error)?;
            let place = slot
                .key
                .iter()
                .try_fold(&mut input, |value, key| value.get_mut(key));
            let place = place.and_then(|value| match slot.index {
                Some(index) => value.get_mut(index),
                None => Some(value),
            });
            if let Some(place) = place {
                *place = file;
            }
        }
        Ok(input)
    }
}

/// Assembles an input, and validates it if there is a schema.
pub(crate) fn assemble(given: RawInput, schema: Option<&Schema>) -> Result<Assembled, CliError> {
    let mut assembly = Assembly {
        schema,
        input: given.base,
        files: Vec::new(),
        from_arguments: Vec::new(),
    };
    let mut main_given = false;
    for argument in given.arguments {
        match argument {
            Argument::Pair { key, value } => assembly.put(&key, value)?,
            Argument::Main(literal) => {
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
    let input = Value::Object(assembly.input);
    if let Some(schema) = schema {
        check::check(schema, &input)?;
    }
    for file in &assembly.files {
        file.check()?;
    }
    Ok(Assembled {
        input,
        files: assembly.files,
    })
}

fn second_text(literal: &Literal) -> CliError {
    let shown = match literal {
        Literal::Text(text) | Literal::File(text) => text.as_str(),
        _ => "standard input",
    };
    CliError::usage(format!(
        "`{shown}` has no key, and the main input is given already"
    ))
    .hint("put a text of several words in quotes, and write other inputs as key=value")
}

struct Assembly<'a> {
    schema: Option<&'a Schema>,
    input: Map<String, Value>,
    files: Vec<FileSlot>,
    /// Keys that an argument has set; those of `--input` may be set once more.
    from_arguments: Vec<Vec<String>>,
}

impl Assembly<'_> {
    /// The key of the input that something without a key is for.
    fn main_key(&self, literal: &Literal) -> Result<String, CliError> {
        let Some(schema) = self.schema else {
            return Err(CliError::usage(
                "the model's inputs are not known, so a text needs its key",
            )
            .hint("write it as key=value, such as prompt=\"...\""));
        };
        let for_file = || schema.main_input(is_file);
        let for_text = || schema.main_input(is_text);
        let key = match literal {
            Literal::File(_) => for_file().or_else(for_text),
            Literal::Stdin { .. } => for_text().or_else(for_file),
            _ => for_text(),
        };
        key.ok_or_else(|| {
            let input = schema.input();
            let keys: Vec<&str> = schema
                .properties(&input)
                .into_iter()
                .map(|(key, _)| key)
                .collect();
            CliError::usage("this model has no input that a text alone could be for").hint(
                match keys.as_slice() {
                    [] => "it takes no inputs".to_owned(),
                    keys => format!("write it as key=value; its inputs are {}", keys.join(", ")),
                },
            )
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
            return Err(CliError::usage(format!("`{key}` is given twice"))
                .hint("leave one out; only an input that is a list takes several"));
        }
        let (value, file) = self.value(key, keywords.as_ref(), literal)?;
        let mut index = value.is_array().then_some(0);
        let place = place(&mut self.input, &path).ok_or_else(|| {
            CliError::usage(format!("`{key}` is inside of something that is no object"))
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

    /// The way to a key: `a.b` is a field of `a`, unless the model has an input of that name.
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

    /// What the schema says about the value at a path.
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
    ) -> Result<(Value, Option<Source>), CliError> {
        let text = match literal {
            Literal::Json(value) => return Ok((value, None)),
            Literal::Text(text) => text,
            Literal::File(path) if self.wants_file(keywords) => {
                return Ok(self.file(keywords, Source::Path(path.into())));
            }
            Literal::File(path) => {
                let content = crate::reader::read_file(&path).map_err(|error| {
                    error.hint(format!(
                        "for a text that begins with @ write {key}=@@{path}"
                    ))
                })?;
                utf8(key, &path, content)?
            }
            Literal::Stdin { content, .. } => match String::from_utf8(content) {
                // Without a schema, text is text; with one, it says what is wanted.
                Ok(text) if keywords.is_none() || !self.wants_file(keywords) => text,
                Ok(text) => return Ok(self.file(keywords, Source::Bytes(text.into_bytes().into()))),
                Err(error) if self.wants_file(keywords) => {
                    return Ok(self.file(keywords, Source::Bytes(error.into_bytes().into())));
                }
                Err(error) => utf8(key, "standard input", error.into_bytes())?,
            },
        };
        Ok((self.typed(keywords, &text), None))
    }

    fn typed(&self, keywords: Option<&Keywords>, text: &str) -> Value {
        match (self.schema, keywords) {
            (Some(schema), Some(keywords)) => coerce::coerce(schema, keywords, text),
            _ => coerce::coerce_untyped(text),
        }
    }

    /// Whether a file's address belongs here, rather than what the file says.
    fn wants_file(&self, keywords: Option<&Keywords>) -> bool {
        let (Some(schema), Some(keywords)) = (self.schema, keywords) else {
            return true;
        };
        let items = || keywords.get("items").map(|items| schema.resolve(items));
        let types = Schema::types(keywords);
        is_file(keywords) || types.is_empty() || items().is_some_and(|items| is_file(&items))
    }

    fn file(&self, keywords: Option<&Keywords>, source: Source) -> (Value, Option<Source>) {
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

fn utf8(key: &str, from: &str, content: Vec<u8>) -> Result<String, CliError> {
    String::from_utf8(content).map_err(|_| {
        CliError::usage(format!(
            "`{key}` takes no file, and {from} is no UTF-8 text either"
        ))
    })
}

/// The value at a path (null if there was none), with the objects on the way made; none where
/// something else is in the way.
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
