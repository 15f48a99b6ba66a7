//! Validates an input before it is sent.

use std::fmt;

use serde::Serialize;
use serde_json::Value;

use super::{MASK, ModelSchema};
use crate::Client;
use crate::error::{Error, Result};
use crate::input::Input as Serialized;
use crate::model_ref::ModelRef;

mod compile;
mod find;
#[cfg(test)]
mod tests;

pub(super) use compile::Compiled;

/// Maximum number of characters of an invalid value in an error.
const VALUE_SHOWN: usize = 60;

/// Maximum number of violations in the text of an error.
const VIOLATIONS_SHOWN: usize = 10;

/// The rule that an input breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Rule {
    /// The model has no input of this name.
    Unknown,
    /// A required input is missing.
    Required,
    /// The value has another type.
    Type,
    /// The value is not one of the choices.
    Choice,
    /// The number is out of range.
    Range,
    /// The text or list is too short or too long.
    Length,
    /// The text does not match the pattern.
    Pattern,
    /// A file is expected, and the text is not a URL that a model can fetch.
    File,
    /// A file is expected, and the text is a path on this machine or a `file:` URL: local files
    /// are sent as a [`FileInput`](crate::FileInput).
    LocalFile,
    /// Any other rule of the schema.
    Other,
}

/// One rule that an input breaks: the key, the rule and the value.
///
/// `Display` writes a sentence without a full stop:
/// ``unknown input `promt`; did you mean `prompt`?``
#[derive(Clone, Debug, PartialEq)]
pub struct Violation {
    key: String,
    rule: Rule,
    value: Option<Value>,
    expected: String,
    suggestion: Option<String>,
}

impl Violation {
    /// The key of the input, with the way to a value inside of it: `layers[0].name`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The broken rule.
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The value; [`MASK`] if it is a secret, or may be one. `None` if the input is missing.
    pub fn value(&self) -> Option<&Value> {
        self.value.as_ref()
    }

    /// Returns the expected value, in a few words, such as `an integer` or `1 to 4`; empty for an
    /// unknown input, and the input's description for a missing one.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// The known key, or the choice, that is most similar to the given one.
    pub fn suggestion(&self) -> Option<&str> {
        self.suggestion.as_deref()
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = crate::escape::escape(&self.key);
        let expected = crate::escape::escape(&self.expected);
        match self.rule {
            Rule::Unknown => write!(f, "unknown input `{key}`")?,
            Rule::Required if expected.is_empty() => write!(f, "missing required input `{key}`")?,
            Rule::Required => write!(f, "missing required input `{key}` ({expected})")?,
            rule => {
                let verb = if rule == Rule::Pattern { "match" } else { "be" };
                write!(f, "`{key}` must {verb} {expected}")?;
                if let Some(value) = &self.value {
                    let what = if rule == Rule::LocalFile {
                        "the local path "
                    } else {
                        ""
                    };
                    write!(f, ", not {what}{}", shown(value))?;
                }
            }
        }
        match &self.suggestion {
            Some(meant) => write!(f, "; did you mean `{}`?", crate::escape::escape(meant)),
            None => Ok(()),
        }
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text == find::FILE => "a file".to_owned(),
        Value::String(text) if text == MASK => MASK.to_owned(),
        value => {
            let text = value.to_string();
            match text.char_indices().nth(VALUE_SHOWN) {
                Some((end, _)) => format!("{}...", &text[..end]),
                None => text,
            }
        }
    }
}

/// All violations of an input: the source of the error that [`ModelSchema::validate`] returns.
#[derive(Clone, Debug, PartialEq)]
pub struct InvalidInput(Vec<Violation>);

impl InvalidInput {
    /// The violations: those of known inputs in the schema's order, then unknown inputs.
    pub fn violations(&self) -> &[Violation] {
        &self.0
    }
}

impl fmt::Display for InvalidInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("invalid input: ")?;
        for (number, violation) in self.0.iter().take(VIOLATIONS_SHOWN).enumerate() {
            let separator = if number > 0 { "; " } else { "" };
            write!(f, "{separator}{violation}")?;
        }
        match self.0.len().saturating_sub(VIOLATIONS_SHOWN) {
            0 => Ok(()),
            more => write!(f, "; and {more} more"),
        }
    }
}

impl std::error::Error for InvalidInput {}

impl ModelSchema {
    /// Validates an input: any value that serializes to an object, as
    /// [`Run::input`](crate::Run::input) takes it, with
    /// [`FileInput`](crate::FileInput)s where files are expected.
    ///
    /// ```
    /// use replicate::ErrorKind;
    /// use replicate::schema::{ModelSchema, Rule};
    /// use serde_json::json;
    ///
    /// let document = json!({ "components": { "schemas": { "Input": {
    ///     "required": ["prompt"],
    ///     "properties": {
    ///         "prompt": { "type": "string" },
    ///         "width": { "type": "integer", "minimum": 16, "maximum": 2048 },
    ///     },
    /// } } } });
    /// let schema = ModelSchema::new(document)?.unwrap();
    /// let error = schema.validate(&json!({ "promt": "a", "width": 9000 })).unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    /// let rules: Vec<Rule> = error.violations().iter().map(|one| one.rule()).collect();
    /// assert_eq!(rules, [Rule::Required, Rule::Range, Rule::Unknown]);
    /// assert_eq!(
    ///     error.violations()[2].to_string(),
    ///     "unknown input `promt`; did you mean `prompt`?"
    /// );
    /// # Ok::<(), replicate::Error>(())
    /// ```
    ///
    /// Checks names, required inputs, types, choices, ranges, lengths, patterns, and
    /// that files are URLs. A pattern that Rust's linear-time engine does not support is not
    /// checked, see [`unchecked`](Self::unchecked). The API decides: a model may reject
    /// what its schema accepts.
    ///
    /// # Errors
    /// [`InvalidRequest`](crate::ErrorKind::InvalidRequest) with every violation
    /// ([`Error::violations`]).
    pub fn validate<T: Serialize + ?Sized>(&self, input: &T) -> Result<()> {
        self.validate_serialized(&Serialized::new(input)?)
    }

    pub(crate) fn validate_serialized(&self, input: &Serialized) -> Result<()> {
        let violations = find::violations(self, &find::with_files(input));
        if violations.is_empty() {
            return Ok(());
        }
        let invalid = InvalidInput(violations);
        Err(Error::invalid(invalid.to_string()).with_source(invalid))
    }

    /// Whether an input can have this value.
    #[cfg(feature = "generate")]
    pub(super) fn fits(&self, input: &super::Input, value: &Value) -> bool {
        let mut document = serde_json::Map::new();
        document.insert(input.key().to_owned(), value.clone());
        let violations = find::violations(self, &document.into());
        violations
            .iter()
            .all(|violation| violation.rule == Rule::Required)
    }

    /// The rules that cannot be checked here, each with its key and why: patterns that Rust's
    /// linear-time engine does not support, such as those with look-ahead.
    pub fn unchecked(&self) -> &[String] {
        &self.compiled().notes
    }
}

/// Validates an input against the schema of what a reference runs.
pub(crate) async fn validate_input(
    client: &Client,
    reference: &ModelRef,
    input: &Serialized,
) -> Result<()> {
    let during = |what: &str| format!("could not {what} {reference}; no prediction was created");
    let schema = ModelSchema::read(client, reference)
        .await
        .map_err(|error| error.during(during("read the schema of")))?;
    let Some(schema) = schema else {
        let why = "the API does not show its schema: use owner/name:version, or do not validate";
        return Err(Error::invalid(format!(
            "{}: {why}",
            during("validate the input of")
        )));
    };
    for note in schema.unchecked() {
        tracing::debug!(target: "replicate", model = %reference, "{note}");
    }
    schema
        .validate_serialized(input)
        .map_err(|error| error.during(format!("{reference} was not run")))
}

impl Error {
    /// The rules that the input breaks, where it was validated before it was sent
    /// ([`ModelSchema::validate`], [`Run::validated`](crate::Run::validated)).
    pub fn violations(&self) -> &[Violation] {
        let invalid = std::error::Error::source(self)
            .and_then(|source| source.downcast_ref::<InvalidInput>());
        invalid.map_or(&[], InvalidInput::violations)
    }
}
