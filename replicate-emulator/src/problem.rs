//! Errors in the API's format, `application/problem+json`.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::{Serialize, Serializer};

/// A refused call.
#[derive(Debug, Serialize)]
pub(crate) struct Problem {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'static str>,
    detail: String,
    #[serde(serialize_with = "as_number")]
    status: StatusCode,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    invalid_fields: Vec<InvalidField>,
    /// In seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after: Option<u64>,
    #[serde(skip)]
    headers: Vec<(HeaderName, HeaderValue)>,
}

/// An invalid field of a body that was refused with 422.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct InvalidField {
    /// The violated rule, such as `required`.
    pub(crate) r#type: String,
    /// The path of the field, such as `input.width`.
    pub(crate) field: String,
    pub(crate) description: String,
}

fn as_number<S: Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    pub(crate) fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self {
            status,
            title: Some(title),
            detail: detail.into(),
            invalid_fields: Vec::new(),
            retry_after: None,
            headers: Vec::new(),
        }
    }

    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Bad request", detail)
    }

    pub(crate) fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "Unauthenticated",
            "This call needs an API token, sent as `Authorization: Bearer TOKEN`; the token is \
             missing or not accepted.",
        )
        .with_header(header::WWW_AUTHENTICATE, "Bearer")
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", detail)
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found", detail)
    }

    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        let detail = format!("The methods of this URL are {allowed}.");
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed", detail)
            .with_header(header::ALLOW, allowed)
    }

    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Content too large", detail)
    }

    pub(crate) fn unsupported_type(detail: impl Into<String>) -> Self {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Self::new(status, "Unsupported media type", detail)
    }

    /// A 422 for the call as a whole.
    pub(crate) fn unprocessable(title: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, title, detail)
    }

    /// A 422 with a list of invalid fields.
    pub(crate) fn invalid(title: &'static str, invalid_fields: Vec<InvalidField>) -> Self {
        let detail: String = invalid_fields
            .iter()
            .map(|field| format!("- {}: {}\n", field.field, field.description))
            .collect();
        Self {
            invalid_fields,
            ..Self::unprocessable(title, detail)
        }
    }

    /// A 422 for one field.
    pub(crate) fn invalid_field(field: &str, rule: &str, description: impl Into<String>) -> Self {
        let field = InvalidField {
            r#type: rule.to_owned(),
            field: field.to_owned(),
            description: description.into(),
        };
        Self::invalid("Invalid request", vec![field])
    }

    /// A 429 with a `Retry-After` header.
    pub(crate) fn rate_limited(
        title: &'static str,
        detail: impl Into<String>,
        retry_after: u64,
    ) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, title, detail)
        }
        .with_header(header::RETRY_AFTER, retry_after)
    }

    /// A 429 in the format of the API's own rate limits: no title, the delay in the body.
    pub(crate) fn throttled(why: &str, retry_after: u64) -> Self {
        let detail =
            format!("Request was throttled.{why} Your rate limit resets in ~{retry_after}s.");
        Self {
            title: None,
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "", detail)
        }
        .with_header(HeaderName::from_static("ratelimit-remaining"), 0)
        .with_header(HeaderName::from_static("ratelimit-reset"), retry_after)
    }

    /// Adds a header, unless HTTP does not allow its value.
    pub(crate) fn with_header(
        mut self,
        name: HeaderName,
        value: impl TryInto<HeaderValue>,
    ) -> Self {
        if let Ok(value) = value.try_into() {
            self.headers.push((name, value));
        }
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let content_type = [(header::CONTENT_TYPE, "application/problem+json")];
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (self.status, content_type, body).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}
