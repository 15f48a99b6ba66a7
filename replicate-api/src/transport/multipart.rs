//! Forms that are built for each attempt, so that what was streamed can be retried.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE};
use reqwest::multipart::Form;
use reqwest::{Client, Request, RequestBuilder};

use crate::error::{Error, ErrorKind};

type Made = BoxFuture<'static, Result<Form, Box<dyn StdError + Send + Sync>>>;

/// Builds the same form for each attempt.
#[derive(Clone)]
pub(crate) struct MultipartFactory(Arc<dyn Fn() -> Made + Send + Sync>);

impl MultipartFactory {
    pub(crate) fn new<F, E>(make: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<Form, E>> + Send + 'static,
        E: Into<Box<dyn StdError + Send + Sync>>,
    {
        Self(Arc::new(move || {
            let made = make();
            Box::pin(async move { made.await.map_err(Into::into) })
        }))
    }

    /// Sets the request's body to a new form.
    pub(super) async fn fill(
        &self,
        client: &Client,
        mut request: Request,
    ) -> Result<Request, Error> {
        *request.body_mut() = None;
        request.headers_mut().remove(CONTENT_TYPE);
        request.headers_mut().remove(CONTENT_LENGTH);
        let form = (self.0)().await.map_err(|source| {
            Error::new(ErrorKind::InvalidRequest, source.to_string()).with_source(source)
        })?;
        RequestBuilder::from_parts(client.clone(), request)
            .multipart(form)
            .build()
            .map_err(Error::from_building)
    }
}

impl fmt::Debug for MultipartFactory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MultipartFactory")
    }
}
