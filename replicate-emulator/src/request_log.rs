//! The log of received requests.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use bytes::{Bytes, BytesMut};
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

/// The body of a request while it is being read.
#[derive(Clone, Debug, Default)]
pub(crate) struct ArrivingBody(Arc<Mutex<BytesMut>>);

impl ArrivingBody {
    pub(crate) fn push(&self, chunk: &[u8]) {
        let mut kept = self.0.locked();
        let left = BODY_KEPT.saturating_sub(kept.len());
        kept.extend_from_slice(&chunk[..chunk.len().min(left)]);
    }
}

#[derive(Debug)]
pub(crate) struct RequestLog {
    limit: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    requests: VecDeque<Kept>,
    bytes: usize,
}

#[derive(Debug)]
struct Kept {
    request: Request,
    arriving: ArrivingBody,
    weight: usize,
}

impl Inner {
    fn shrink(&mut self, limit: usize) {
        while self.requests.len() > limit || self.bytes > ALL_KEPT {
            let Some(oldest) = self.requests.pop_front() else {
                return;
            };
            self.bytes = self.bytes.saturating_sub(oldest.weight);
        }
    }
}

/// A request whose body is being read. The body counts against the limit once this is dropped.
#[derive(Debug)]
pub(crate) struct Arriving<'a> {
    request_log: &'a RequestLog,
    body: ArrivingBody,
}

impl Arriving<'_> {
    /// Where the body is recorded.
    pub(crate) fn body(&self) -> ArrivingBody {
        self.body.clone()
    }
}

impl Drop for Arriving<'_> {
    fn drop(&mut self) {
        let length = self.body.0.locked().len();
        let mut inner = self.request_log.inner.locked();
        let mut newest_first = inner.requests.iter_mut().rev();
        let own = newest_first.find(|kept| Arc::ptr_eq(&kept.arriving.0, &self.body.0));
        if let Some(kept) = own {
            kept.weight += length;
            inner.bytes += length;
            inner.shrink(self.request_log.limit);
        }
    }
}

impl RequestLog {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            inner: Mutex::default(),
        }
    }

    /// Adds a request with its complete body.
    pub(crate) fn note(&self, parts: &Parts, operation: Option<&'static str>, body: &Bytes) {
        // A slice would keep all of a long body in memory.
        let kept = if body.len() > BODY_KEPT {
            Bytes::copy_from_slice(&body[..BODY_KEPT])
        } else {
            body.clone()
        };
        self.push(parts, operation, kept, ArrivingBody::default());
    }

    /// Adds a request whose body is read later.
    pub(crate) fn note_arriving(
        &self,
        parts: &Parts,
        operation: Option<&'static str>,
    ) -> Arriving<'_> {
        let body = ArrivingBody::default();
        self.push(parts, operation, Bytes::new(), body.clone());
        Arriving {
            request_log: self,
            body,
        }
    }

    pub(crate) fn all(&self) -> Vec<Request> {
        let inner = self.inner.locked();
        let whole = |kept: &Kept| {
            let mut request = kept.request.clone();
            if request.body.is_empty() {
                request.body = Bytes::copy_from_slice(&kept.arriving.0.locked());
            }
            request
        };
        inner.requests.iter().map(whole).collect()
    }

    pub(crate) fn clear(&self) {
        *self.inner.locked() = Inner::default();
    }

    fn push(
        &self,
        parts: &Parts,
        operation: Option<&'static str>,
        body: Bytes,
        arriving: ArrivingBody,
    ) {
        if self.limit == 0 {
            return;
        }
        let mut headers = parts.headers.clone();
        for (name, value) in &mut headers {
            if *name == header::AUTHORIZATION {
                value.set_sensitive(true);
            }
        }
        let request = Request {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers,
            body,
            operation,
        };
        let mut inner = self.inner.locked();
        let weight = weight(&request);
        inner.bytes += weight;
        inner.requests.push_back(Kept {
            request,
            arriving,
            weight,
        });
        inner.shrink(self.limit);
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

    fn parts(path: &str) -> Parts {
        let request = http::Request::builder().uri(path).body(());
        request.expect("a request").into_parts().0
    }

    #[test]
    fn bodies_of_uploads_count_once_they_are_read() {
        let received = RequestLog::new(10_000);
        for _ in 0..200 {
            let arriving = received.note_arriving(&parts("/v1/files"), None);
            let body = arriving.body();
            body.push(&vec![0; 2 * BODY_KEPT]);
        }
        let kept = received.all();
        assert!((60..64).contains(&kept.len()), "{} are kept", kept.len());
        assert!(kept.iter().all(|request| request.body.len() == BODY_KEPT));
    }

    #[test]
    fn long_heads_count_as_bodies_do() {
        let received = RequestLog::new(10_000);
        let long = parts(&format!("/{}?{}", "a".repeat(30_000), "b".repeat(30_000)));
        for _ in 0..2000 {
            received.note(&long, None, &Bytes::new());
        }
        let kept = received.all().len();
        assert!((1000..1120).contains(&kept), "{kept} are kept");
    }
}
