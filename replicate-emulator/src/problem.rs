//! Errors in the API's format, `application/problem+json`.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// A refused call.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    title: Option<&'static str>,
    detail: String,
    invalid_fields: Vec<InvalidField>,
    /// In seconds.
    retry_after: Option<u64>,
    headers: Vec<(header::HeaderName, HeaderValue)>,
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

#[derive(Serialize)]
struct ProblemBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    detail: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    invalid_fields: &'a [InvalidField],
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
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
        .with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "Forbidden", detail)
    }

    pub(crate) fn misdirected(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::MISDIRECTED_REQUEST,
            "Misdirected request",
            detail,
        )
    }

    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not found", detail)
    }

    pub(crate) fn method_not_allowed(allowed: &str) -> Self {
        let problem = Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "Method not allowed",
            format!("The methods of this URL are {allowed}."),
        );
        match HeaderValue::from_str(allowed) {
            Ok(value) => problem.with_header(header::ALLOW, value),
            Err(_) => problem,
        }
    }

    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "Content too large", detail)
    }

    pub(crate) fn unsupported_type(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "Unsupported media type",
            detail,
        )
    }

    /// A 422 for the call as a whole.
    pub(crate) fn unprocessable(title: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, title, detail)
    }

    /// A 422 with a list of invalid fields.
    pub(crate) fn invalid(title: &'static str, invalid_fields: Vec<InvalidField>) -> Self {
        let detail = invalid_fields
            .iter()
            .map(|field| format!("- {}: {}\n", field.field, field.description))
            .collect::<String>();
        Self {
            invalid_fields,
            ..Self::unprocessable(title, detail)
        }
    }

    /// A 422 for one field.
    pub(crate) fn invalid_field(field: &str, rule: &str, description: impl Into<String>) -> Self {
        Self::invalid(
            "Invalid request",
            vec![InvalidField {
                r#type: rule.to_owned(),
                field: field.to_owned(),
                description: description.into(),
            }],
        )
    }

    /// A 429 with a `Retry-After` header, as a fault injects it.
    pub(crate) fn rate_limited(retry_after: u64) -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many requests",
            format!("Request was throttled. Your rate limit resets in ~{retry_after}s."),
        )
        .with_retry_after(retry_after)
    }

    /// A 429 in the format of the API's own rate limits: no title, the delay in the body.
    pub(crate) fn throttled(detail: String, retry_after: u64) -> Self {
        let header = header::HeaderName::from_static;
        Self {
            title: None,
            retry_after: Some(retry_after),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, "", detail)
        }
        .with_header(header("ratelimit-remaining"), HeaderValue::from(0))
        .with_header(header("ratelimit-reset"), HeaderValue::from(retry_after))
    }

    /// A 429 because the emulator is at a limit of its own.
    pub(crate) fn busy(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "Too much at once", detail).with_retry_after(1)
    }

    fn with_retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self.with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    pub(crate) fn with_header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    #[cfg(test)]
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&ProblemBody {
            title: self.title,
            detail: &self.detail,
            status: self.status.as_u16(),
            invalid_fields: &self.invalid_fields,
            retry_after: self.retry_after,
        })
        .unwrap_or_default();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status;
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        response.headers_mut().extend(self.headers);
        response
    }
}
