//! Responses of handlers.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;

use crate::problem::Problem;

/// The result of a handler.
pub(crate) type Reply = Result<Response, Problem>;

/// 200 with a JSON body.
pub(crate) fn ok(body: &impl Serialize) -> Reply {
    Ok(json_response(StatusCode::OK, body))
}

/// 204.
pub(crate) fn no_content() -> Reply {
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A response with a JSON body.
pub(crate) fn json_response(status: StatusCode, body: &impl Serialize) -> Response {
    let bytes = serde_json::to_vec(body).unwrap_or_default();
    (status, [(header::CONTENT_TYPE, "application/json")], bytes).into_response()
}

/// Sets a header, unless HTTP does not allow its value.
pub(crate) fn set_header(
    headers: &mut HeaderMap,
    name: HeaderName,
    value: impl TryInto<HeaderValue>,
) {
    if let Ok(value) = value.try_into() {
        headers.insert(name, value);
    }
}
