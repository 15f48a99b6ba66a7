//! A call that is described first and sent when it is awaited.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::time::Duration;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::{HeaderName, HeaderValue};
use replicate_api::{CallOptions, RetryPolicy, Tap};

use crate::error::{Error, ErrorKind, Result};

type Sending<T> = Box<dyn FnOnce(replicate_api::Client) -> BoxFuture<'static, Result<T>> + Send>;

/// A call to the API: `.await` sends it.
///
/// ```
/// # async fn example(replicate: replicate::Client) -> replicate::Result<()> {
/// use std::time::Duration;
///
/// let model = replicate.models().get("acme/app").timeout(Duration::from_secs(5)).await?;
/// let body = replicate.models().get("acme/app").raw().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a call is sent when it is awaited"]
pub struct Call<T> {
    client: replicate_api::Client,
    options: CallOptions,
    send: Sending<T>,
}

impl<T> Call<T> {
    pub(crate) fn new<F>(
        client: &crate::Client,
        send: impl FnOnce(replicate_api::Client) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result<T>> + Send + 'static,
    {
        let send: Sending<T> = Box::new(|api| Box::pin(send(api)));
        Self {
            client: client.api.clone(),
            options: CallOptions::new(),
            send,
        }
    }

    pub(crate) fn with_options(mut self, options: CallOptions) -> Self {
        self.options = options;
        self
    }

    /// How long the call may take, with every attempt and the waits between them. Default
    /// 10 minutes.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options = self.options.with_timeout(timeout);
        self
    }

    /// When the request is sent again, for this call.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.options = self.options.with_retry_policy(policy);
        self
    }

    /// Adds a header.
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.options = self.options.with_header(name, value);
        self
    }

    /// Sends the call and gives the answer's body as it came.
    ///
    /// # Errors
    /// Those of the call; a body that cannot be decoded is one too.
    pub async fn raw(self) -> Result<Bytes> {
        let tap = Tap::default();
        let options = self.options.with_tap(tap.clone()).begun_now();
        let transport = self.client.transport().with_options(options);
        (self.send)(replicate_api::Client::from_transport(transport)).await?;
        taken(&tap)
    }
}

/// The body that a tap caught.
pub(crate) fn taken(tap: &Tap) -> Result<Bytes> {
    tap.take()
        .ok_or_else(|| Error::new(ErrorKind::Other, "the answer has no body to be kept"))
}

impl<T: 'static> IntoFuture for Call<T> {
    type Output = Result<T>;
    type IntoFuture = BoxFuture<'static, Result<T>>;

    fn into_future(self) -> Self::IntoFuture {
        let transport = self
            .client
            .transport()
            .with_options(self.options.begun_now());
        (self.send)(replicate_api::Client::from_transport(transport))
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
