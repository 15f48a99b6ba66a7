//! Decoding JSON so that an error names the place in it.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::error::{Error, ErrorKind};

/// Decodes `bytes`; `what` is what they are, as an error names it.
pub(crate) fn from_slice<T: DeserializeOwned>(bytes: &[u8], what: &str) -> Result<T, Error> {
    serde_json::from_slice(bytes).map_err(|plain| {
        let mut reader = serde_json::Deserializer::from_slice(bytes);
        let located: Result<T, _> = serde_path_to_error::deserialize(&mut reader);
        match located {
            Err(error) => Error::decode(what, error),
            // The value is whole, and something stands behind its end.
            Ok(_) => Error::new(
                ErrorKind::Decode,
                format!("{what} is not as expected: {plain}"),
            ),
        }
    })
}

/// Decodes `value`; `what` is what it is, as an error names it.
pub(crate) fn from_value<T: DeserializeOwned>(value: &Value, what: &str) -> Result<T, Error> {
    serde_path_to_error::deserialize(value).map_err(|error| Error::decode(what, error))
}
