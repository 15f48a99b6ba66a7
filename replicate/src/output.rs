//! What a model gave: its JSON, and the files in it.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::file_output::{self, FileOutput};
use replicate_api::Transport;

/// What a model gave.
///
/// It is JSON, mostly a text, a list of texts that make one text, an address of a file, or a
/// list of those. Which texts are addresses of files is told by the version's output schema
/// where that is known ([`with_schema`](Output::with_schema)), and else by the address: the
/// hosts that Replicate delivers files from, the API's own files, and `data:` addresses. Text
/// that only begins with `https:` is text.
///
/// `Display` writes a text or the texts of a list as one text, and all else as JSON.
#[derive(Clone)]
pub struct Output {
    value: Value,
    schema: Option<Value>,
    transport: Transport,
}

impl Output {
    pub(crate) fn new(value: Option<Value>, transport: Transport) -> Self {
        Self {
            value: value.unwrap_or(Value::Null),
            schema: None,
            transport,
        }
    }

    /// Decides by `schema` which texts are files: those of `format: uri`. Where it says nothing
    /// of a value's type, the address decides as it does without a schema.
    ///
    /// `schema` is a version's `openapi_schema`, or the schema of its output alone.
    #[must_use]
    pub fn with_schema(mut self, schema: Value) -> Self {
        self.schema = Some(schema);
        self
    }

    /// The output as JSON; null where the model gave none.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The output as JSON; null where the model gave none.
    pub fn into_value(self) -> Value {
        self.value
    }

    /// The output as one text: a text, or a list of texts joined with nothing between them.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) when it is anything else.
    pub fn text(&self) -> Result<String> {
        joined(&self.value).ok_or_else(|| {
            let kind = kind_of(&self.value);
            Error::new(
                ErrorKind::Decode,
                format!("the output is no text but {kind}: read it with `value()` or `json()`"),
            )
        })
    }

    /// The output as a type of the caller's, in which a [`FileOutput`] takes a file's address.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) with the path of what does not fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        file_output::attached_to(&self.transport, || {
            crate::json::from_value(&self.value, "the output")
        })
    }

    /// The one file of the output.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) when it has none, or more than one: see
    /// [`files`](Output::files).
    pub fn file(&self) -> Result<FileOutput> {
        let mut files = self.files();
        match (files.pop(), files.len()) {
            (Some(file), 0) => Ok(file),
            (Some(_), more) => Err(Error::new(
                ErrorKind::Decode,
                format!(
                    "the output has {} files: take them with `files()`",
                    more + 1
                ),
            )),
            (None, _) => Err(Error::new(
                ErrorKind::Decode,
                format!("the output has no file; it is {}", kind_of(&self.value)),
            )),
        }
    }

    /// Every file of the output, wherever it is in the JSON, in its order.
    pub fn files(&self) -> Vec<FileOutput> {
        let mut addresses = Vec::new();
        match self.schema.as_ref().and_then(output_schema) {
            Some((schema, root)) => {
                let described = Described {
                    root,
                    transport: &self.transport,
                };
                described.files(&self.value, schema, 0, &mut addresses);
            }
            None => by_address(&self.value, &self.transport, &mut addresses),
        }
        addresses
            .into_iter()
            .map(|address| FileOutput::new(address, self.transport.clone()))
            .collect()
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null: the model gave none",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn joined(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(items) => items.iter().map(Value::as_str).collect(),
        _ => None,
    }
}

fn by_address<'a>(value: &'a Value, transport: &Transport, found: &mut Vec<&'a str>) {
    match value {
        Value::String(text) if file_output::is_file(text, transport.base_url()) => found.push(text),
        Value::Array(items) => items
            .iter()
            .for_each(|item| by_address(item, transport, found)),
        Value::Object(fields) => fields
            .values()
            .for_each(|field| by_address(field, transport, found)),
        _ => {}
    }
}

/// The schema of the output in a version's, and the document that its references are in.
fn output_schema(document: &Value) -> Option<(&Value, &Value)> {
    match document.pointer("/components/schemas/Output") {
        Some(schema) => Some((schema, document)),
        None if document.get("openapi").is_some() => None,
        None => Some((document, document)),
    }
}

/// Schemas can refer to themselves; no output is as deep as this.
const DEEPEST: usize = 64;

/// What a schema says of values.
struct Described<'s> {
    /// The document that references are in.
    root: &'s Value,
    transport: &'s Transport,
}

impl Described<'_> {
    fn files<'a>(&self, value: &'a Value, schema: &Value, depth: usize, found: &mut Vec<&'a str>) {
        if depth > DEEPEST {
            return;
        }
        if says_nothing(schema) {
            return by_address(value, self.transport, found);
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference
                .strip_prefix('#')
                .and_then(|at| self.root.pointer(at));
            if let Some(target) = target {
                self.files(value, target, depth + 1, found);
            }
            return;
        }
        let before = found.len();
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let alternatives = schema.get(keyword).and_then(Value::as_array);
            for alternative in alternatives.into_iter().flatten() {
                if found.len() == before {
                    self.files(value, alternative, depth + 1, found);
                }
            }
        }
        if found.len() == before {
            self.files_inside(value, schema, depth, found);
        }
    }

    fn files_inside<'a>(
        &self,
        value: &'a Value,
        schema: &Value,
        depth: usize,
        found: &mut Vec<&'a str>,
    ) {
        match value {
            Value::String(text)
                if schema.get("format").and_then(Value::as_str) == Some("uri")
                    && file_output::is_address(text) =>
            {
                found.push(text);
            }
            Value::Array(items) => {
                if let Some(schema) = schema.get("items").or_else(|| open(schema, "array")) {
                    for item in items {
                        self.files(item, schema, depth + 1, found);
                    }
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    let schema = schema
                        .get("properties")
                        .and_then(|properties| properties.get(name))
                        .or_else(|| schema.get("additionalProperties"))
                        .or_else(|| open(schema, "object"));
                    if let Some(schema) = schema {
                        self.files(field, schema, depth + 1, found);
                    }
                }
            }
            _ => {}
        }
    }
}

/// The schema of any value.
static ANYTHING: Value = Value::Bool(true);

/// Whether a schema leaves open what a value is.
fn says_nothing(schema: &Value) -> bool {
    match schema {
        Value::Object(keywords) => {
            let open = ["title", "description", "default", "nullable", "x-order"];
            keywords
                .keys()
                .all(|keyword| open.contains(&keyword.as_str()))
        }
        schema => *schema == ANYTHING,
    }
}

/// The schema of what is inside a value of this type, where nothing more is said of it.
fn open(schema: &Value, name: &str) -> Option<&'static Value> {
    let named = match schema.get("type")? {
        Value::Array(names) => names.iter().any(|known| known == name),
        known => known == name,
    };
    named.then_some(&ANYTHING)
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match joined(&self.value) {
            Some(text) => f.write_str(&text),
            None => self.value.fmt(f),
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Output").field(&self.value).finish()
    }
}

/// An output serialises as its JSON, so that it can be another model's input.
impl Serialize for Output {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}
