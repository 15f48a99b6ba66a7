//! Spans of a call, with OpenTelemetry's names: no query, header or body.

use reqwest::{Method, Url};
use tracing::Span;
use tracing::field::{Empty, display};

use crate::error::Error;
use crate::request_url;

/// The span of a whole call.
pub(super) fn call(method: &Method, url: &Url) -> Span {
    tracing::info_span!(
        target: "replicate_api",
        "call",
        otel.kind = "client",
        http.request.method = %method,
        url.full = %request_url::redacted_url(url),
        http.request.resend_count = Empty,
        http.response.status_code = Empty,
        "error.type" = Empty,
    )
}

/// The span of one attempt in it.
pub(super) fn attempt(method: &Method, url: &Url, attempts: u32) -> Span {
    tracing::debug_span!(
        target: "replicate_api",
        "attempt",
        otel.kind = "client",
        http.request.method = %method,
        server.address = url.host_str(),
        server.port = url.port_or_known_default(),
        http.request.resend_count = attempts.saturating_sub(1),
        http.response.status_code = Empty,
        "error.type" = Empty,
    )
}

/// Notes how a call or an attempt ended.
pub(super) fn record(span: &Span, outcome: Result<u16, &Error>) {
    if span.is_disabled() {
        return;
    }
    let status = match outcome {
        Ok(status) => Some(status),
        Err(error) => {
            span.record("error.type", display(format_args!("{:?}", error.kind())));
            error.status().map(|status| status.as_u16())
        }
    };
    if let Some(status) = status {
        span.record("http.response.status_code", status);
    }
}
