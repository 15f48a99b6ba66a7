//! Where the bytes of a stream come from.

use std::sync::Arc;

use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::BoxStream;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use replicate_api::RetryPolicy;
use reqwest::Url;

use crate::client::AccountState;
use crate::error::{Error, ErrorKind, Result};
use crate::job_state::JobState;
use crate::poll::{Knowledge, Pacing};
use crate::types::Prediction;

pub(super) type Connection = BoxStream<'static, Result<Bytes>>;

/// Source of a stream: connections, one after another, and the prediction itself.
pub(super) trait Source: Clone + Send + 'static {
    /// Connects, to continue after the event of this id.
    fn connect(&self, last_event_id: Option<String>) -> BoxFuture<'static, Result<Connection>>;

    /// Reads the prediction, in one attempt, and returns its latest snapshot.
    fn prediction(&self) -> BoxFuture<'static, Result<Arc<Prediction>>>;

    /// State of the prediction when a read fails.
    fn knowledge(&self) -> Knowledge;

    /// The rate limits that reads share with all polls of the token.
    fn pacing(&self) -> &Pacing;
}

/// A stream URL that the API has given. It is a capability: no other credentials are sent to it.
#[derive(Clone)]
pub(super) struct UrlSource {
    state: Arc<JobState<Prediction>>,
    account: Arc<AccountState>,
    url: Option<Url>,
}

impl UrlSource {
    /// The source of a prediction's events; without a URL every connection fails.
    pub(super) async fn new(state: Arc<JobState<Prediction>>, prediction: &Prediction) -> Self {
        let url = stream_url(prediction).and_then(|text| match Url::parse(text) {
            Ok(url) if matches!(url.scheme(), "https" | "http") => Some(url),
            _ => {
                tracing::warn!(
                    prediction = %prediction.id,
                    "invalid stream URL; reading the prediction instead"
                );
                None
            }
        });
        let (_, account) = state.client().account_state().await;
        Self {
            state,
            account,
            url,
        }
    }

    pub(super) fn has_stream(&self) -> bool {
        self.url.is_some()
    }
}

pub(super) fn stream_url(prediction: &Prediction) -> Option<&str> {
    let url = prediction.urls.as_ref()?.stream.as_deref()?;
    (!url.is_empty()).then_some(url)
}

impl Source for UrlSource {
    fn connect(&self, last_event_id: Option<String>) -> BoxFuture<'static, Result<Connection>> {
        let Some(url) = self.url.clone() else {
            return Box::pin(async { Err(no_stream("the prediction has no stream URL")) });
        };
        // Reconnecting is the reader's decision.
        let transport = self.state.client().transport();
        let fetch = transport
            .fetch(url)
            .events(last_event_id.as_deref())
            .retry_policy(RetryPolicy::never());
        Box::pin(async move {
            let response = fetch.send().await?;
            if response.status() == StatusCode::NO_CONTENT {
                return Err(no_stream("the stream URL returned 204 No Content"));
            }
            let content_type = response
                .headers()
                .get(CONTENT_TYPE)
                .and_then(|value| value.to_str().ok());
            let essence = content_type
                .and_then(|value| value.split(';').next())
                .unwrap_or_default()
                .trim();
            if !essence.eq_ignore_ascii_case("text/event-stream") {
                return Err(no_stream(&format!(
                    "the stream URL returned content type `{essence}`"
                )));
            }
            Ok(response.into_stream().map(|chunk| Ok(chunk?)).boxed())
        })
    }

    fn prediction(&self) -> BoxFuture<'static, Result<Arc<Prediction>>> {
        let state = Arc::clone(&self.state);
        Box::pin(async move {
            let (prediction, _) = state.read_once().await?;
            Ok(prediction)
        })
    }

    fn knowledge(&self) -> Knowledge {
        self.state.knowledge()
    }

    fn pacing(&self) -> &Pacing {
        &self.account.pacing
    }
}

fn no_stream(why: &str) -> Error {
    Error::new(ErrorKind::Stream, why)
}
