//! State of one prediction or training, shared by its handle, waits and streams.

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use replicate_api::{RequestOptions, Response, RetryPolicy, Secrets};
use tokio::time::Instant;

use crate::Client;
use crate::error::{Error, Result};
use crate::job::Job;
use crate::lock::lock;
use crate::poll::{Knowledge, finished};

pub(crate) struct JobState<J> {
    client: Client,
    id: String,
    created: Option<Instant>,
    latest: Arc<Mutex<Latest<J>>>,
}

struct Latest<J> {
    snapshot: Option<Arc<J>>,
    /// The response body that it was decoded from, and the tokens of its request; `None` until
    /// there was a response.
    body: Option<(Bytes, Secrets)>,
    /// The tokens of the latest request.
    secrets: Option<Secrets>,
    /// Whether the API has returned it in this process.
    exists: bool,
}

impl<J: Job> JobState<J> {
    pub(crate) fn created(client: Client, response: Response<J>) -> Self {
        let secrets = response.secrets().clone();
        let body = Some((kept_body(&response), secrets.clone()));
        let job = response.into_inner();
        Self {
            client,
            id: job.id().to_owned(),
            created: Some(Instant::now()),
            latest: Arc::new(Mutex::new(Latest {
                snapshot: Some(Arc::new(job)),
                body,
                secrets: Some(secrets),
                exists: true,
            })),
        }
    }

    /// State of a job known by its id, and perhaps from an earlier response.
    pub(crate) fn attached(client: Client, id: &str, snapshot: Option<J>) -> Self {
        Self {
            client,
            id: id.to_owned(),
            created: None,
            latest: Arc::new(Mutex::new(Latest {
                snapshot: snapshot.map(Arc::new),
                body: None,
                secrets: None,
                exists: false,
            })),
        }
    }

    /// The same job, with its requests sent with these options as well.
    pub(crate) fn with_options(&self, options: RequestOptions) -> Self {
        Self {
            client: self.client.with_options(options),
            id: self.id.clone(),
            created: self.created,
            latest: Arc::clone(&self.latest),
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn snapshot(&self) -> Option<Arc<J>> {
        lock(&self.latest).snapshot.clone()
    }

    /// The response body of the snapshot, with the token redacted.
    pub(crate) fn body(&self) -> Option<Bytes> {
        let body = lock(&self.latest).body.clone();
        body.map(|(body, secrets)| secrets.redact(body))
    }

    pub(crate) fn terminal(&self) -> Option<Arc<J>> {
        self.snapshot().filter(|job| job.status().is_terminal())
    }

    /// Takes a response over, and returns the snapshot and whether it has changed. Replicas of
    /// the API lag, so that a terminal snapshot is not replaced by one that is not, nor one
    /// with an output by one whose output was deleted.
    pub(crate) fn update(&self, response: Response<J>) -> (Arc<J>, bool) {
        let (body, secrets) = (kept_body(&response), response.secrets().clone());
        let job = response.into_inner();
        let mut latest = lock(&self.latest);
        latest.secrets = Some(secrets.clone());
        latest.exists = true;
        if let Some(before) = &latest.snapshot {
            let ended = before.status().is_terminal();
            let goes_back = ended && !job.status().is_terminal();
            let loses_output = ended && job.is_removed() && !before.is_removed();
            if goes_back || loses_output {
                return (Arc::clone(before), false);
            }
        }
        let changed = latest
            .snapshot
            .as_ref()
            .is_none_or(|before| job.has_changed(before));
        let job = Arc::new(job);
        latest.snapshot = Some(Arc::clone(&job));
        latest.body = Some((body, secrets));
        (job, changed)
    }

    /// Reads it from the API, and returns the snapshot and whether it has changed.
    pub(crate) async fn read(&self, options: RequestOptions) -> Result<(Arc<J>, bool)> {
        let api = self.client.api.with_options(options);
        Ok(self.update(J::get(api, self.id.clone()).await?))
    }

    /// As [`read`](Self::read), in one attempt.
    #[cfg(feature = "stream")]
    pub(crate) async fn read_once(&self) -> Result<(Arc<J>, bool)> {
        self.read(single_attempt()).await
    }

    /// A job whose status is terminal, or the error that it stands for, with its body.
    pub(crate) fn finished(&self, job: Arc<J>) -> Result<Arc<J>> {
        finished(job).map_err(|error| self.attach(error.with_body(self.body())))
    }

    pub(crate) fn knowledge(&self) -> Knowledge {
        Knowledge {
            created: self.created,
            exists: lock(&self.latest).exists,
        }
    }

    /// The error, with the id and the snapshot, and without tokens.
    pub(crate) fn attach(&self, error: Error) -> Error {
        let mut error = error.with_job_id(J::NOUN, &self.id);
        if let Some(snapshot) = self.snapshot() {
            error = J::attach(snapshot, error);
        }
        match &lock(&self.latest).secrets {
            Some(secrets) => error.redacted(secrets),
            None => error.redacted(&self.client.transport().secrets()),
        }
    }
}

/// The body as it is kept. While the job runs, that is a copy: a slice would keep the buffer of the
/// connection that it was read from.
fn kept_body<J: Job>(response: &Response<J>) -> Bytes {
    match response.value().status().is_terminal() {
        true => response.body().clone(),
        false => Bytes::copy_from_slice(response.body()),
    }
}

/// The options of a poll: an outage of minutes must not use up the retries of other calls.
pub(crate) fn single_attempt() -> RequestOptions {
    RequestOptions::new().with_retry_policy(RetryPolicy::never())
}
