//! What was received, for tests to look at.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, request::Parts};

use crate::{query::Query, sync::Locked};

/// Of a longer body, only so much is kept.
const BODY_KEPT: usize = 1024 * 1024;
/// All bodies together.
const BODIES_KEPT: usize = 64 * 1024 * 1024;

/// A request that the emulator received.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Request {
    /// The method, such as `POST`.
    pub method: String,
    /// The path as it came, still encoded, such as `/v1/predictions`.
    pub path: String,
    /// What followed the `?`, as it came.
    pub query: Option<String>,
    /// All headers, the token included.
    pub headers: HeaderMap,
    /// The body, of which at most the first MiB is kept.
    pub body: Bytes,
    /// The id of the operation that it reached, such as `predictions.create`.
    pub operation: Option<&'static str>,
}

impl Request {
    /// A header's value as text, if the request has it and it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as JSON.
    ///
    /// # Errors
    ///
    /// If it is none.
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

/// The body of a request that is still being read.
#[derive(Clone, Debug, Default)]
pub(crate) struct ArrivingBody(Arc<Mutex<BytesMut>>);

impl ArrivingBody {
    pub(crate) fn push(&self, chunk: &[u8]) {
        let mut kept = self.0.locked();
        let room = BODY_KEPT.saturating_sub(kept.len());
        kept.extend_from_slice(&chunk[..chunk.len().min(room)]);
    }
}

#[derive(Debug)]
pub(crate) struct Received {
    limit: usize,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    requests: VecDeque<(Request, ArrivingBody)>,
    bytes: usize,
}

impl Received {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            inner: Mutex::default(),
        }
    }

    /// Notes a request whose body is here already.
    pub(crate) fn note(&self, parts: &Parts, operation: Option<&'static str>, body: &Bytes) {
        // A slice would keep all of a long body in memory.
        let kept = if body.len() > BODY_KEPT {
            Bytes::copy_from_slice(&body[..BODY_KEPT])
        } else {
            body.clone()
        };
        self.push(parts, operation, kept, ArrivingBody::default());
    }

    /// Notes a request whose body comes after this.
    pub(crate) fn note_arriving(
        &self,
        parts: &Parts,
        operation: Option<&'static str>,
    ) -> ArrivingBody {
        let arriving = ArrivingBody::default();
        self.push(parts, operation, Bytes::new(), arriving.clone());
        arriving
    }

    pub(crate) fn all(&self) -> Vec<Request> {
        let inner = self.inner.locked();
        let whole = |(request, arriving): &(Request, ArrivingBody)| {
            let mut request = request.clone();
            if request.body.is_empty() {
                request.body = Bytes::copy_from_slice(&arriving.0.locked());
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
        let request = Request {
            method: parts.method.to_string(),
            path: parts.uri.path().to_owned(),
            query: parts.uri.query().map(str::to_owned),
            headers: parts.headers.clone(),
            body,
            operation,
        };
        let mut inner = self.inner.locked();
        inner.bytes += request.body.len();
        inner.requests.push_back((request, arriving));
        while inner.requests.len() > self.limit || inner.bytes > BODIES_KEPT {
            let Some((oldest, _)) = inner.requests.pop_front() else {
                return;
            };
            inner.bytes = inner.bytes.saturating_sub(oldest.body.len());
        }
    }
}
