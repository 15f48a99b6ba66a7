//! A call that is described first and sent when it is awaited.

use std::fmt;
use std::future::{Future, IntoFuture};

use futures::future::BoxFuture;
use replicate_api::{RequestOptions, Response, Transport};

use crate::error::Result;

type Sending<T> =
    Box<dyn FnOnce(replicate_api::Client) -> BoxFuture<'static, Result<Response<T>>> + Send>;

/// A call to the API: `.await` sends it and returns the value,
/// [`with_response`](Call::with_response) returns the whole response.
///
/// ```
/// use std::time::Duration;
///
/// # replicate_test_support::example!(async |replicate| {
/// let model = replicate.models().get("emulator/text").timeout(Duration::from_secs(5)).await?;
///
/// let response = replicate.models().get("emulator/text").with_response().await?;
/// println!("{} {:?}", response.request_id().unwrap_or("-"), response.body());
/// # });
/// ```
#[must_use = "a call is sent when it is awaited"]
pub struct Call<T> {
    transport: Transport,
    options: RequestOptions,
    send: Sending<T>,
}

impl<T> Call<T> {
    pub(crate) fn new<F>(
        client: &crate::Client,
        send: impl FnOnce(replicate_api::Client) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Response<T>>> + Send + 'static,
    {
        Self::from_transport(client.transport().clone(), send)
    }

    pub(crate) fn from_transport<F>(
        transport: Transport,
        send: impl FnOnce(replicate_api::Client) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result<Response<T>>> + Send + 'static,
    {
        let send: Sending<T> = Box::new(|api| Box::pin(send(api)));
        Self {
            transport,
            options: RequestOptions::new(),
            send,
        }
    }

    replicate_api::request_options!(field options);
    replicate_api::request_options!(methods options: retry_policy header token timeout);

    /// Sends the call, and returns the whole response: the value, with the status, the headers
    /// and the body that it came with.
    ///
    /// # Errors
    /// The errors of the request. A body that cannot be decoded is one too; it is in
    /// [`Error::body`](crate::Error::body).
    pub async fn with_response(self) -> Result<Response<T>> {
        let options = self.options.begun_now();
        let transport = self.transport.with_options(options);
        (self.send)(replicate_api::Client::from_transport(transport)).await
    }
}

impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<T>;
    type IntoFuture = BoxFuture<'static, Result<T>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.with_response().await?.into_inner()) })
    }
}

impl<T> fmt::Debug for Call<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
