//! Where a stream's bytes come from.

use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use reqwest::Url;

use crate::Client;
use crate::error::{Error, ErrorKind, Result};
use crate::types::Prediction;

/// The bytes of one connection.
pub(super) type Connection = BoxStream<'static, Result<Bytes>>;

/// What a stream is read from: connections, one after another, and the prediction itself.
pub(super) trait Source: Send + 'static {
    /// Connects, to get what follows the event of this id.
    fn connect(&mut self, last_event_id: Option<String>) -> BoxFuture<'_, Result<Connection>>;

    /// Asks for the prediction.
    fn prediction(&mut self) -> BoxFuture<'_, Result<Prediction>>;
}

/// A stream address that the API has given. The token never goes there.
pub(super) struct AddressSource {
    client: Client,
    url: Url,
    id: String,
}

impl AddressSource {
    pub(super) fn new(client: Client, url: Url, id: String) -> Self {
        Self { client, url, id }
    }
}

impl Source for AddressSource {
    fn connect(&mut self, last_event_id: Option<String>) -> BoxFuture<'_, Result<Connection>> {
        let fetch = self.client.transport().fetch(self.url.clone());
        // Reconnecting is the business of whoever reads the events.
        let fetch = fetch
            .events(last_event_id.as_deref())
            .retry(replicate_api::RetryPolicy::never());
        Box::pin(async move {
            let answer = fetch.send().await?;
            if answer.status() == StatusCode::NO_CONTENT {
                return Err(no_stream(
                    "its address answers 204: there is nothing to come",
                ));
            }
            let content_type = answer
                .headers()
                .get(CONTENT_TYPE)
                .and_then(|value| value.to_str().ok());
            let essence = content_type
                .and_then(|value| value.split(';').next())
                .unwrap_or_default();
            if !essence.trim().eq_ignore_ascii_case("text/event-stream") {
                return Err(no_stream(&format!(
                    "its address answers `{}`",
                    essence.trim()
                )));
            }
            Ok(answer.into_stream().map(|chunk| Ok(chunk?)).boxed())
        })
    }

    fn prediction(&mut self) -> BoxFuture<'_, Result<Prediction>> {
        let call = self.client.predictions().get(&self.id);
        Box::pin(async move { call.await })
    }
}

fn no_stream(why: &str) -> Error {
    Error::new(
        ErrorKind::Stream,
        format!("the prediction's stream is none: {why}"),
    )
}
