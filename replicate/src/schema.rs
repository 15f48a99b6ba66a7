//! A model's schema: what inputs a version takes, and what output it returns.
//!
//! Every version carries an OpenAPI document that Cog made from the model's code
//! ([`Version::openapi_schema`]). [`VersionSchema::schema`] reads it:
//!
//! ```
//! use replicate::schema::{OutputKind, ValueKind, VersionSchema};
//!
//! # replicate_test_support::example!(async |replicate| {
//! let model = replicate.models().get("emulator/image").await?;
//! let schema = model.schema()?.expect("the model has a version with a schema");
//! for input in schema.inputs() {
//!     println!("{}: {}", input.key(), input.schema());
//! }
//! let width = schema.input("width").unwrap();
//! assert_eq!(width.schema().kind(), ValueKind::Integer);
//! assert_eq!(width.schema().minimum().unwrap().as_u64(), Some(16));
//! assert!(!width.is_required());
//! assert_eq!(schema.output().kind(), OutputKind::Files);
//! # });
//! ```
//!
//! Schemas are not trusted: a document that refers to itself, or is too large to be read, is
//! an error ([`SchemaError`]) that names the place, and never an endless loop.
//!
//! [`Version::openapi_schema`]: crate::types::Version::openapi_schema

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use crate::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::model_ref::IntoModelRef;
use crate::types::{Model, Version};

#[cfg(feature = "schemars")]
mod check;
mod coerce;
#[cfg(feature = "generate")]
mod generate;
mod mask;
mod output;
mod read;
mod suggest;
#[cfg(feature = "validate")]
mod validate;
mod value;

#[cfg(feature = "schemars")]
pub use check::{Mismatch, check};
pub use coerce::coerce_untyped;
#[cfg(feature = "generate")]
pub use generate::{GenerateOptions, changes, generate};
pub use mask::MASK;
pub use output::{OutputKind, OutputSchema};
#[cfg(feature = "validate")]
pub(crate) use validate::validate_input;
#[cfg(feature = "validate")]
pub use validate::{InvalidInput, Rule, Violation};
pub use value::{ValueKind, ValueSchema};

/// The schema of a version: its inputs and its output.
///
/// Cheap to clone. `Debug` shows the inputs' keys.
#[derive(Clone)]
pub struct ModelSchema(Arc<Parts>);

struct Parts {
    document: Arc<Value>,
    inputs: Vec<Input>,
    accepts_unknown: bool,
    output: OutputSchema,
    #[cfg(feature = "validate")]
    compiled: std::sync::OnceLock<validate::Compiled>,
}

/// One input of a model.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    pub(crate) key: String,
    pub(crate) required: bool,
    pub(crate) schema: ValueSchema,
}

impl Input {
    /// The input's name, as it is sent.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether a prediction cannot be created without it.
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// Type and constraints.
    pub fn schema(&self) -> &ValueSchema {
        &self.schema
    }

    /// Whether text without a key may go to this input: text that is neither a file, nor a
    /// secret, nor one of several choices.
    fn is_free_text(&self) -> bool {
        let schema = &self.schema;
        schema.accepts(ValueKind::Text) && !schema.is_secret() && schema.choices().is_empty()
    }
}

impl ModelSchema {
    /// Reads a version's OpenAPI document. Returns `None` if it does not describe an input.
    ///
    /// # Errors
    /// [`SchemaError`] with the place that cannot be read.
    pub fn new(document: impl Into<Arc<Value>>) -> Result<Option<Self>, SchemaError> {
        let document = document.into();
        let Some((input, output)) = read::document(&document)? else {
            return Ok(None);
        };
        Ok(Some(Self(Arc::new(Parts {
            document,
            inputs: input.fields,
            accepts_unknown: input.accepts_unknown_fields,
            output,
            #[cfg(feature = "validate")]
            compiled: std::sync::OnceLock::new(),
        }))))
    }

    /// Reads the schema of what a reference runs, as
    /// [`Models::schema`](crate::resources::Models::schema) does: once, and cached.
    ///
    /// ```
    /// use replicate::schema::ModelSchema;
    ///
    /// # replicate_test_support::example!(async |replicate| {
    /// if let Some(schema) = ModelSchema::read(&replicate, "emulator/text").await? {
    ///     assert_eq!(schema.main_text_input().unwrap().key(), "prompt");
    /// }
    /// # });
    /// ```
    ///
    /// # Errors
    /// The errors of the reads, and [`SchemaError`] as an error of the kind
    /// [`Decode`](ErrorKind::Decode).
    pub async fn read(client: &Client, reference: impl IntoModelRef) -> Result<Option<Self>> {
        let document = client.models().schema(reference).await?;
        document.map_or(Ok(None), |document| Ok(Self::new(document)?))
    }

    /// The inputs in the order of the model's author (`x-order`), then by name.
    pub fn inputs(&self) -> &[Input] {
        &self.0.inputs
    }

    /// The input with this key.
    pub fn input(&self, key: &str) -> Option<&Input> {
        self.inputs().iter().find(|input| input.key == key)
    }

    /// The keys of all inputs, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.inputs().iter().map(Input::key)
    }

    /// The schema of the value at a path of keys, such as `["layers", "name"]` for a field of an
    /// input that is an object. The items of a list have no step of their own.
    pub fn value_at<'a>(&self, path: impl IntoIterator<Item = &'a str>) -> Option<&ValueSchema> {
        let mut path = path.into_iter();
        let first = self.input(path.next()?)?.schema();
        path.try_fold(first, |schema, key| {
            let object = schema.items().unwrap_or(schema);
            object.field(key).map(Input::schema)
        })
    }

    /// Whether inputs that are not in the schema reach the model: it has none, or says that
    /// others are accepted (`additionalProperties`).
    pub fn accepts_unknown_inputs(&self) -> bool {
        self.0.accepts_unknown || self.inputs().is_empty()
    }

    /// The output of a prediction.
    pub fn output(&self) -> &OutputSchema {
        &self.0.output
    }

    /// The OpenAPI document that this was read from.
    pub fn document(&self) -> &Value {
        &self.0.document
    }

    /// The input that text without a key goes to: `prompt` or `text`, else the first required
    /// text, else the first text. Files, secrets and choices are not text here.
    pub fn main_text_input(&self) -> Option<&Input> {
        self.main(Input::is_free_text)
    }

    /// The input that a file without a key goes to: the first required file, else the first. A
    /// list of files counts as a file.
    pub fn main_file_input(&self) -> Option<&Input> {
        self.main(|input| input.schema.takes_file())
    }

    fn main(&self, is_wanted: impl Fn(&Input) -> bool) -> Option<&Input> {
        let wanted = || self.inputs().iter().filter(|input| is_wanted(input));
        let named = |key| wanted().find(|input| input.key == key);
        named("prompt")
            .or_else(|| named("text"))
            .or_else(|| wanted().find(|input| input.required))
            .or_else(|| wanted().next())
    }

    /// The known key that is most similar to an unknown one, if one is similar enough.
    pub fn suggest_key(&self, unknown: &str) -> Option<&str> {
        suggest::nearest(unknown, self.keys())
    }
}

impl fmt::Debug for ModelSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelSchema")
            .field("inputs", &self.keys().collect::<Vec<_>>())
            .field("output", &self.output().kind())
            .finish_non_exhaustive()
    }
}

/// The place in a schema that cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    path: String,
    reason: String,
}

impl SchemaError {
    pub(crate) fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
        }
    }

    /// The place in the document, such as `components.schemas.Input.properties.width`.
    pub fn path(&self) -> &str {
        &self.path
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, reason) = (crate::escape::escape(&self.path), &self.reason);
        write!(f, "could not read the model's schema at `{path}`: {reason}")
    }
}

impl std::error::Error for SchemaError {}

/// The error has the kind [`Decode`](ErrorKind::Decode).
impl From<SchemaError> for Error {
    fn from(error: SchemaError) -> Self {
        Self::new(ErrorKind::Decode, error.to_string()).with_source(error)
    }
}

/// Source of a schema: a [`Version`], or a [`Model`] by its latest version.
pub trait VersionSchema: private::Sealed {
    /// Reads the schema. Returns `None` if the version has none, or none that describes an
    /// input, and for a model without a version.
    ///
    /// # Errors
    /// [`SchemaError`] with the place that cannot be read.
    fn schema(&self) -> Result<Option<ModelSchema>, SchemaError>;
}

impl VersionSchema for Version {
    fn schema(&self) -> Result<Option<ModelSchema>, SchemaError> {
        let document = self.openapi_schema.clone();
        document.map_or(Ok(None), |document: Map<_, _>| {
            ModelSchema::new(Value::Object(document))
        })
    }
}

impl VersionSchema for Model {
    fn schema(&self) -> Result<Option<ModelSchema>, SchemaError> {
        let version = self.latest_version.as_ref();
        version.map_or(Ok(None), VersionSchema::schema)
    }
}

mod private {
    use crate::types::{Model, Version};

    pub trait Sealed {}
    impl Sealed for Version {}
    impl Sealed for Model {}
}

#[cfg(test)]
mod tests;
