//! Decoding JSON so that an error names the place in it.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::Error;

/// Decodes `value`; `what` is what it is, as an error names it.
pub(crate) fn from_value<T: DeserializeOwned>(value: &Value, what: &str) -> Result<T, Error> {
    serde_path_to_error::deserialize(value).map_err(|error| Error::decode(what, error))
}
