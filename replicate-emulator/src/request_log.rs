//! The log of received requests.

use std::{collections::VecDeque, sync::Mutex};

use bytes::Bytes;
use http::{HeaderMap, header, request::Parts};

use crate::{query::Query, sync::Locked};

/// The most bytes of one body that are kept.
const BODY_KEPT: usize = 1024 * 1024;
/// The most bytes of all requests together.
const ALL_KEPT: usize = 64 * 1024 * 1024;

/// A request that the emulator received.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The method, such as `POST`.
    pub method: String,
    /// The path as received, percent-encoded, such as `/v1/predictions`.
    pub path: String,
    /// The query as received, without the `?`.
    pub query: Option<String>,
    /// All headers, the token included; it is marked as sensitive, so that `Debug` hides it.
    pub headers: HeaderMap,
    /// The body, or its first MiB.
    pub body: Bytes,
    /// The id of the operation, such as `predictions.create`, if the request has one.
    pub operation: Option<&'static str>,
}

impl Request {
    /// The value of a header, if it is present and text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// If the body is not JSON.
    pub fn json(&self) -> serde_json::Result<serde_json::Value> {
        serde_json::from_slice(&self.body)
    }

    /// The value of a query parameter, decoded.
    pub fn query_value(&self, name: &str) -> Option<String> {
        Query::parse(self.query.as_deref())
            .get(name)
            .map(str::to_owned)
    }
}

#[derive(Debug)]
pub(crate) struct RequestLog {
    limit: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    requests: VecDeque<Request>,
    bytes: usize,
}

impl RequestLog {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            inner: Mutex::default(),
        }
    }

    pub(crate) fn all(&self) -> Vec<Request> {
        self.inner.locked().requests.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        *self.inner.locked() = Inner::default();
    }

    pub(crate) fn note(&self, parts: &Parts, operation: Option<&'static str>, body: &Bytes) {
        if self.limit == 0 {
            return;
        }
        let mut headers = parts.headers.clone();
        for (name, value) in &mut headers {
            if *name == header::AUTHORIZATION {
                value.set_sensitive(true);
            }
        }
        // A slice would keep all of a long body in memory.
        let body = if body.len() > BODY_KEPT {
            Bytes::copy_from_slice(&body[..BODY_KEPT])
        } else {
            body.clone()
        };
        let request = Request {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers,
            body,
            operation,
        };
        let mut inner = self.inner.locked();
        inner.bytes += weight(&request);
        inner.requests.push_back(request);
        while inner.requests.len() > self.limit || inner.bytes > ALL_KEPT {
            let Some(oldest) = inner.requests.pop_front() else {
                return;
            };
            inner.bytes -= weight(&oldest);
        }
    }
}

/// Its approximate size in memory.
fn weight(request: &Request) -> usize {
    let headers = request.headers.iter();
    let headers: usize = headers
        .map(|(name, value)| name.as_str().len() + value.len() + 64)
        .sum();
    let query = request.query.as_ref().map_or(0, String::len);
    256 + request.path.len() + query + headers + request.body.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_and_bodies_are_kept_up_to_a_total_size() {
        let long_path = format!("/{}?{}", "a".repeat(30_000), "b".repeat(30_000));
        let long_body = vec![0; 2 * BODY_KEPT];
        for (path, body, count, expected) in [
            (long_path.as_str(), Vec::new(), 2000, 1000..1120),
            ("/v1/files", long_body, 100, 60..64),
        ] {
            let request = http::Request::builder().uri(path).body(());
            let parts = request.expect("a request").into_parts().0;
            let (log, body) = (RequestLog::new(10_000), Bytes::from(body));
            for _ in 0..count {
                log.note(&parts, None, &body);
            }
            let kept = log.all();
            assert!(expected.contains(&kept.len()), "{} are kept", kept.len());
            assert_eq!(kept[0].body.len(), body.len().min(BODY_KEPT));
        }
    }
}
