//! A call: the input of a handler.

use std::sync::Arc;

use bytes::Bytes;
use http::{header, request::Parts};
use jsonschema::Validator;
use serde_json::Value;

use crate::{
    cursor::{self, Order},
    problem::Problem,
    query::Query,
    response::{Reply, ok},
    schema,
    state::State,
};

/// A call whose operation is known.
pub(crate) struct Call {
    pub(crate) state: Arc<State>,
    pub(crate) parts: Parts,
    /// The path parameters.
    pub(crate) path: Vec<String>,
    pub(crate) query: Query,
    pub(crate) body: Bytes,
}

impl Call {
    /// The path parameter at this position.
    pub(crate) fn parameter(&self, place: usize) -> &str {
        self.path.get(place).map_or("", String::as_str)
    }

    /// The requested page of a list whose items have unique keys.
    pub(crate) fn page<T>(
        &self,
        size: usize,
        order: Order,
        items: impl IntoIterator<Item = (u64, T)>,
        shape: impl FnMut(T) -> Value,
    ) -> Reply {
        let url = format!("{}{}", self.state.url, self.parts.uri.path());
        ok(&cursor::page(&url, &self.query, size, order, items, shape)?)
    }

    /// The body's media type in lower case, without parameters.
    pub(crate) fn content_type(&self) -> Option<String> {
        let value = self.parts.headers.get(header::CONTENT_TYPE)?;
        let text = String::from_utf8_lossy(value.as_bytes()).to_ascii_lowercase();
        Some(text.split(';').next().unwrap_or_default().trim().to_owned())
    }

    /// The JSON body. A body that is absent is an empty object.
    pub(crate) fn json_or_nothing(&self, validator: Option<&Validator>) -> Result<Value, Problem> {
        if self.body.is_empty() {
            return Ok(serde_json::json!({}));
        }
        self.json(validator)
    }

    /// The JSON body, if `validator` accepts it.
    pub(crate) fn json(&self, validator: Option<&Validator>) -> Result<Value, Problem> {
        match self.content_type().as_deref() {
            None | Some("application/json") => {}
            Some(other) => {
                return Err(Problem::unsupported_type(format!(
                    "This call takes a body of type application/json, not `{other}`."
                )));
            }
        }
        let value: Value = serde_json::from_slice(&self.body)
            .map_err(|e| Problem::bad_request(format!("The body is not JSON: {e}.")))?;
        let wrong = validator.map_or_else(Vec::new, |v| schema::invalid_fields(v, &value, ""));
        if wrong.is_empty() {
            Ok(value)
        } else {
            Err(Problem::invalid("Invalid request", wrong))
        }
    }
}
