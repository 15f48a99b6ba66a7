//! The output of a prediction: its JSON, and the files in it.

use std::fmt;
use std::sync::Arc;

use replicate_api::Transport;
use serde::de::DeserializeOwned;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::error::{Error, ErrorKind, Result};
use crate::file_output::{self, FileOutput, expiry};
use crate::job::Requests;
use crate::metrics::Metrics;
use crate::poll::removed;
use crate::types::{Prediction, Status};

mod schema;

/// The output of a prediction that has succeeded, with the prediction itself.
///
/// It is JSON: mostly a text, a list of texts that make one text, the URL of a file, or a list of
/// those. Which texts are URLs of files is decided by the version's output schema where that is
/// known ([`with_schema`](Output::with_schema)), and else by the URL: the hosts that Replicate
/// delivers files from, the API's own files, and `data:` URLs. Text that only begins with `https:`
/// is text.
///
/// Every error of its methods carries the prediction with the output
/// ([`Error::prediction`]), so that a result is not lost because it has an unexpected form.
///
/// `Display` writes a text or the texts of a list as one text, and all else as JSON. It
/// serializes as its JSON, so that it can be another model's input.
#[derive(Clone)]
pub struct Output {
    prediction: Arc<Prediction>,
    schema: Option<Arc<Value>>,
    transport: Transport,
}

impl Output {
    /// The output of `prediction`, if there is one.
    pub(crate) fn new(
        prediction: Arc<Prediction>,
        schema: Option<Arc<Value>>,
        transport: Transport,
    ) -> Result<Self> {
        let status = &prediction.status;
        if !status.is_terminal() {
            let message = format!(
                "the prediction {} has no output yet (status {status}): wait for it",
                prediction.id
            );
            return Err(Error::new(ErrorKind::InvalidRequest, message).with_prediction(prediction));
        }
        if prediction.is_removed() {
            return Err(removed(prediction));
        }
        if prediction.status != Status::Succeeded {
            return Err(Error::ended(prediction).redacted(&transport.secrets()));
        }
        Ok(Self {
            prediction,
            schema,
            transport,
        })
    }

    /// Decides by `schema` which texts are files: those of `format: uri`. Where it says nothing of
    /// a value's type, the URL decides as it does without a schema.
    ///
    /// `schema` is a version's `openapi_schema`, or the schema of its output alone.
    #[must_use]
    pub fn with_schema(mut self, schema: Value) -> Self {
        self.schema = Some(Arc::new(schema));
        self
    }

    /// The prediction, with its logs and metrics.
    pub fn prediction(&self) -> &Prediction {
        &self.prediction
    }

    /// The prediction's id.
    pub fn id(&self) -> &str {
        &self.prediction.id
    }

    /// Metrics of the prediction.
    pub fn metrics(&self) -> Metrics {
        Metrics::from(self.prediction())
    }

    /// The output as JSON; null if the model returned none.
    pub fn value(&self) -> &Value {
        self.prediction.output.as_ref().unwrap_or(&Value::Null)
    }

    /// The output as JSON; null if the model returned none.
    pub fn into_value(self) -> Value {
        let output = match Arc::try_unwrap(self.prediction) {
            Ok(prediction) => prediction.output,
            Err(shared) => shared.output.clone(),
        };
        output.unwrap_or_default()
    }

    /// Returns the output as text; a list of strings is joined without a separator.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) if it is anything else; the error carries the prediction.
    pub fn text(&self) -> Result<String> {
        joined(self.value()).ok_or_else(|| {
            let found = kind_of(self.value());
            self.error(format!(
                "the output is not text but {found}; use `value()` or `json()`"
            ))
        })
    }

    /// Returns the output decoded as `T`, in which a [`FileOutput`] takes the URL of a file.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) with the path of what does not fit; the error carries the
    /// prediction.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let decode = || serde_path_to_error::deserialize(self.value());
        file_output::attached_to(&self.transport, expiry(&self.prediction), decode).map_err(
            |error| {
                let error = Error::decode("the output", error);
                error.with_prediction(Arc::clone(&self.prediction))
            },
        )
    }

    /// The one file of the output.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) if it has none, or more than one: see
    /// [`files`](Output::files). The error carries the prediction.
    pub fn file(&self) -> Result<FileOutput> {
        let mut files = self.files()?;
        match (files.pop(), files.len()) {
            (Some(file), 0) => Ok(file),
            (Some(_), more) => {
                let count = more + 1;
                Err(self.error(format!("the output has {count} files; use `files()`")))
            }
            (None, _) => {
                let found = kind_of(self.value());
                Err(self.error(format!("the output has no file; it is {found}")))
            }
        }
    }

    /// Every file of the output, wherever it is in the JSON, in its order. Empty if the output
    /// is there and has no file in it.
    ///
    /// # Errors
    /// [`Decode`](ErrorKind::Decode) if the schema is too complex to be applied to this output;
    /// the error carries the prediction.
    pub fn files(&self) -> Result<Vec<FileOutput>> {
        let schema = self.schema.as_deref();
        let urls = schema::file_urls(self.value(), schema, self.transport.base_url());
        let urls = urls.map_err(|schema::TooComplex| {
            self.error("the output's schema is too complex to find the files by; use `value()`")
        })?;
        let expiry = expiry(&self.prediction);
        let file = |url: &str| FileOutput::new(url, self.transport.clone(), expiry);
        Ok(urls.into_iter().map(file).collect())
    }

    fn error(&self, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Decode, message).with_prediction(Arc::clone(&self.prediction))
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
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

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match joined(self.value()) {
            Some(text) => f.write_str(&text),
            None => self.value().fmt(f),
        }
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("prediction", &self.prediction.id)
            .field("value", self.value())
            .finish()
    }
}

/// An output serializes as its JSON, so that it can be another model's input.
impl Serialize for Output {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value().serialize(serializer)
    }
}
