//! Requests to routes without a method of their own.

use bytes::Bytes;
use replicate_api::{RequestOptions, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Result;

/// A request to any route of the API: made by [`Client::request`](crate::Client::request).
///
/// Token, timeouts, limits and retries are those of every other call: a request that is neither
/// a read nor a delete is never sent twice unless it is marked [`idempotent`](Request::idempotent).
#[derive(Debug)]
#[must_use = "nothing is sent before `send` or `json`"]
pub struct Request(replicate_api::Request);

impl Request {
    pub(crate) fn new(request: replicate_api::Request) -> Self {
        Self(request)
    }

    /// Adds to the query: a list of pairs, a map, or a struct.
    pub fn query<T: Serialize + ?Sized>(self, query: &T) -> Self {
        Self(self.0.query(query))
    }

    /// Adds options; options that they do not set stay unchanged.
    pub fn options(self, options: RequestOptions) -> Self {
        Self(self.0.options(options))
    }

    replicate_api::request_options!(methods options: retry_policy header token timeout);

    /// Sends this value as JSON.
    pub fn body_json<T: Serialize + ?Sized>(self, value: &T) -> Self {
        Self(self.0.json(value))
    }

    /// Sends these bytes or this text, with the headers that were set.
    pub fn body(self, body: impl Into<Bytes>) -> Self {
        Self(self.0.body(body.into()))
    }

    /// Sets whether sending this twice has the same effect as sending it once. Default: `true`
    /// for GET, HEAD, OPTIONS, QUERY and DELETE.
    pub fn idempotent(self, idempotent: bool) -> Self {
        Self(self.0.idempotent(idempotent))
    }

    /// Sends the request, and returns the complete response.
    ///
    /// # Errors
    /// Every response that is not a success, and every failure to get one.
    pub async fn send(self) -> Result<Response> {
        Ok(self.0.send().await?)
    }

    /// Sends the request and decodes the response.
    ///
    /// # Errors
    /// As [`send`](Request::send), and [`Decode`](crate::ErrorKind::Decode).
    pub async fn json<T: DeserializeOwned>(self) -> Result<T> {
        Ok(self.0.send().await?.json()?)
    }
}
