//! Errors of the generated operations.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Error, ErrorKind};
use crate::decode;

/// How an error of ours gets through a generated operation, which can hand on nothing but a
/// response: in the extensions of one with a status that no server sends.
#[derive(Clone)]
struct Carried(Arc<Mutex<Option<Error>>>);

const CARRIER: u16 = 999;

impl Error {
    /// A response that stands for this error.
    pub(crate) fn into_response(self) -> reqwest::Response {
        let mut response = http::Response::new(reqwest::Body::default());
        if let Ok(status) = http::StatusCode::from_u16(CARRIER) {
            *response.status_mut() = status;
        }
        response
            .extensions_mut()
            .insert(Carried(Arc::new(Mutex::new(Some(self)))));
        response.into()
    }

    /// The error of a generated operation.
    #[allow(dead_code, reason = "a description may have nothing that needs it")]
    pub(crate) fn of_operation(operation: &str, error: progenitor_client::Error<()>) -> Self {
        let unsent = matches!(error, progenitor_client::Error::InvalidRequest(_));
        let error = Self::from(error);
        // Nothing was sent yet, so that there is no address to name.
        if unsent {
            error.within(operation)
        } else {
            error
        }
    }
}

impl From<progenitor_client::Error<()>> for Error {
    fn from(error: progenitor_client::Error<()>) -> Self {
        use progenitor_client::Error as Generated;
        match error {
            Generated::InvalidRequest(message) => Self::new(ErrorKind::InvalidRequest, message),
            Generated::UnexpectedResponse(response) => from_response(&response),
            Generated::InvalidResponsePayload(body, _) => {
                decode::failure::<serde::de::IgnoredAny>(body, None)
            }
            Generated::CommunicationError(error) => Self::of_building(error),
            Generated::ResponseBodyError(error) | Generated::InvalidUpgrade(error) => {
                Self::new(ErrorKind::Connect, "the answer broke off")
                    .with_source(error.without_url())
            }
            Generated::ErrorResponse(answer) => {
                Self::new(ErrorKind::of_status(answer.status()), "")
                    .with_response(answer.status(), answer.headers())
            }
            Generated::Custom(message) => Self::new(ErrorKind::Other, message),
        }
    }
}

impl Error {
    /// The error of a request that could not be put together.
    pub(crate) fn of_building(error: reqwest::Error) -> Self {
        let source = error.without_url();
        Self::new(
            ErrorKind::InvalidRequest,
            format!("the request cannot be built: {}", innermost(&source)),
        )
        .with_source(source)
    }
}

/// The text of the last error in a chain, which says most.
pub(crate) fn innermost(error: &dyn std::error::Error) -> String {
    let mut last = error;
    while let Some(source) = last.source() {
        last = source;
    }
    last.to_string()
}

fn from_response(response: &reqwest::Response) -> Error {
    let carried = response.extensions().get::<Carried>();
    if let Some(error) = carried
        .and_then(|Carried(error)| error.lock().unwrap_or_else(PoisonError::into_inner).take())
    {
        return error;
    }
    let status = response.status();
    Error::new(
        ErrorKind::of_status(status),
        "an answer that the API does not describe",
    )
    .with_response(status, response.headers())
}
