//! The state of an emulator, shared by its tasks.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use crate::{
    catalog::Catalog,
    clock::{Clock, after},
    cog::run::Runs,
    context::{Failure, Host},
    deployments::Deployments,
    faults::Faults,
    files::Files,
    http_client::HttpClient,
    ids::Ids,
    job::{Job, Outcome, OutputFile},
    jobs::Jobs,
    lifecycle::Event,
    log::{AccessLogEntry, Log},
    outage::Outages,
    problem::Problem,
    rate_limit::Limits,
    request_log::RequestLog,
    webhook::{Delivery, Webhooks},
};

pub(crate) struct State {
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    pub(crate) token: Option<String>,
    pub(crate) account: String,
    pub(crate) startup: Duration,
    pub(crate) training: Duration,
    pub(crate) clock: Arc<Clock>,
    pub(crate) outages: Arc<Outages>,
    pub(crate) ids: Ids,
    pub(crate) catalog: Catalog,
    /// The files in the outputs of examples, by name.
    pub(crate) example_file: fn(&str) -> Option<OutputFile>,
    pub(crate) predictions: Jobs,
    pub(crate) trainings: Jobs,
    pub(crate) deployments: Deployments,
    pub(crate) files: Files,
    pub(crate) faults: Faults,
    pub(crate) limits: Limits,
    pub(crate) request_log: RequestLog,
    pub(crate) webhooks: Webhooks,
    pub(crate) cog_runs: Runs,
    pub(crate) http_client: HttpClient,
    /// Canceled when the emulator stops.
    pub(crate) stop: CancellationToken,
    pub(crate) log: Log<AccessLogEntry>,
    pub(crate) deliveries: Log<Delivery>,
    pub(crate) numbers: AtomicU64,
}

impl Host for State {
    fn clock(&self) -> &Clock {
        &self.clock
    }

    fn startup_time(&self) -> Duration {
        self.startup
    }

    fn output_url(&self, prediction: &str, name: &str) -> String {
        format!("{}/outputs/{prediction}/{name}", self.url)
    }

    fn own_file(&self, url: &str) -> Result<Bytes, Failure> {
        self.expire();
        let path = url
            .strip_prefix(&self.url)
            .map(|rest| rest.split(['?', '#']).next().unwrap_or_default())
            .ok_or_else(|| {
                format!("cannot read {url}: only data: URLs and files of this emulator are read")
            })?;
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let content = match segments.as_slice() {
            ["v1", "files", id] | ["v1", "files", id, "download"] => {
                self.files.get(id).map(|file| file.content.clone())
            }
            ["outputs", prediction, name] => self.output(prediction, name).map(|file| file.content),
            _ => None,
        };
        content
            .ok_or_else(|| Failure::from(format!("{url} does not exist; it may have been deleted")))
    }
}

impl State {
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// A URL of the API.
    pub(crate) fn api(&self, path: &str) -> String {
        format!("{}/v1{path}", self.url)
    }

    /// Applies an event to a job, and records that it has ended.
    pub(crate) fn apply(&self, job: &Arc<Job>, event: Event, outcome: Outcome) {
        let now = self.clock.now();
        let reached = job.apply(event, outcome, now);
        if reached.is_some_and(|status| status.is_terminal()) {
            self.jobs_of(job).ended(Arc::clone(job), now);
        }
    }

    /// The prediction or training (`kind`) with this id, among `jobs`.
    pub(crate) fn find_job(&self, jobs: &Jobs, kind: &str, id: &str) -> Result<Arc<Job>, Problem> {
        self.expire();
        jobs.get(id).ok_or_else(|| {
            Problem::not_found(format!("{kind} `{id}` does not exist or was deleted."))
        })
    }

    fn jobs_of(&self, job: &Job) -> &Jobs {
        if job.is_training() {
            &self.trainings
        } else {
            &self.predictions
        }
    }

    /// Deletes what has expired. Called wherever it could be seen.
    pub(crate) fn expire(&self) -> DateTime<Utc> {
        let now = self.clock.now();
        self.predictions.expire(now);
        self.trainings.expire(now);
        self.files.expire(now);
        now
    }

    /// The signed URL of an uploaded file's content.
    pub(crate) fn download_url(&self, id: &str, valid: Duration) -> Option<String> {
        let now = self.expire();
        self.files.get(id)?;
        let expiry = after(now, valid).timestamp();
        let signature = self.files.signature(&self.account, id, expiry);
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("owner", &self.account)
            .append_pair("expiry", &expiry.to_string())
            .append_pair("signature", &signature)
            .finish();
        Some(self.api(&format!("/files/{id}/download?{query}")))
    }

    /// A file of a prediction's output.
    pub(crate) fn output(&self, prediction: &str, name: &str) -> Option<OutputFile> {
        if prediction == "example" {
            return (self.example_file)(name);
        }
        let job = self.predictions.get(prediction)?;
        job.with_state(|current| {
            let mut files = current.files.iter();
            files.find(|file| file.name == name).cloned()
        })
    }
}
