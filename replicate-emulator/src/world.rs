//! All that one emulator knows, shared by its tasks.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use chrono::{DateTime, Utc};

use crate::{
    catalog::Catalog,
    clock::Clock,
    context::Failure,
    faults::Faults,
    ids::Ids,
    job::{Job, Outcome},
    jobs::Jobs,
    lifecycle::Event,
    log::{Exchange, Log},
    outage::Outages,
    outward::Outward,
    rate_limit::Limits,
    received::Received,
    resources::{deployments::Deployments, files::Files},
    room::Room,
    sync::Stop,
    webhook::{Delivery, Webhooks},
};

pub(crate) struct World {
    /// `http://127.0.0.1:PORT`.
    pub(crate) url: String,
    pub(crate) token: Option<String>,
    pub(crate) account: String,
    pub(crate) startup: std::time::Duration,
    pub(crate) training: std::time::Duration,
    pub(crate) clock: Arc<Clock>,
    pub(crate) outages: Arc<Outages>,
    pub(crate) ids: Ids,
    pub(crate) catalog: Catalog,
    pub(crate) predictions: Jobs,
    pub(crate) trainings: Jobs,
    pub(crate) deployments: Deployments,
    pub(crate) files: Files,
    pub(crate) faults: Faults,
    pub(crate) limits: Limits,
    pub(crate) received: Received,
    pub(crate) room: Room,
    pub(crate) webhooks: Webhooks,
    pub(crate) cog_runs: crate::cog::Runs,
    pub(crate) outward: Outward,
    pub(crate) stop: Stop,
    pub(crate) log: Log<Exchange>,
    pub(crate) deliveries: Log<Delivery>,
    pub(crate) numbers: AtomicU64,
}

/// Never prints the token or a signing key.
impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World")
            .field("url", &self.url)
            .field("account", &self.account)
            .finish_non_exhaustive()
    }
}

impl World {
    pub(crate) fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed)
    }

    /// An address of the API.
    pub(crate) fn api(&self, path: &str) -> String {
        format!("{}/v1{path}", self.url)
    }

    pub(crate) fn output_address(&self, prediction: &str, name: &str) -> String {
        format!("{}/outputs/{prediction}/{name}", self.url)
    }

    /// Lets an event happen to a job, and keeps the books about ended ones.
    pub(crate) fn happen(&self, job: &Arc<Job>, event: Event, outcome: Outcome) {
        let now = self.clock.now();
        let reached = job.happen(event, outcome, now);
        if reached.is_some_and(|status| status.is_terminal()) {
            self.jobs_of(job).ended(Arc::clone(job), now);
        }
    }

    fn jobs_of(&self, job: &Job) -> &Jobs {
        if job.is_training() {
            &self.trainings
        } else {
            &self.predictions
        }
    }

    /// Lets go of what is over by now. Called wherever such things could be seen.
    pub(crate) fn expire(&self) -> DateTime<Utc> {
        let now = self.clock.now();
        self.predictions.expire(now);
        self.trainings.expire(now);
        self.files.expire(now);
        now
    }

    /// The content behind an address of this emulator: an uploaded file or an output.
    pub(crate) fn own_file(&self, address: &str) -> Result<Bytes, Failure> {
        self.expire();
        let path = address
            .strip_prefix(&self.url)
            .map(|rest| rest.split(['?', '#']).next().unwrap_or_default())
            .ok_or_else(|| {
                format!(
                    "{address} is neither a data: address nor one of this emulator's own files, \
                     and nothing else is fetched"
                )
            })?;
        let segments: Vec<&str> = path.split('/').skip(1).collect();
        let found = match segments.as_slice() {
            ["v1", "files", id] | ["v1", "files", id, "download"] => {
                self.files.get(id).map(|file| file.content.clone())
            }
            ["outputs", prediction, name] => self.output(prediction, name).map(|f| f.content),
            _ => None,
        };
        found.ok_or_else(|| Failure::from(format!("there is no file at {address} (any more)")))
    }

    /// The signed address of an uploaded file's content.
    pub(crate) fn download_address(&self, id: &str, valid: std::time::Duration) -> Option<String> {
        let now = self.expire();
        self.files.get(id)?;
        let expiry = crate::clock::after(now, valid).timestamp();
        let signature = self.files.signature(&self.account, id, expiry);
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("owner", &self.account)
            .append_pair("expiry", &expiry.to_string())
            .append_pair("signature", &signature)
            .finish();
        Some(self.api(&format!("/files/{id}/download?{query}")))
    }

    pub(crate) fn output(&self, prediction: &str, name: &str) -> Option<crate::job::OutputFile> {
        if prediction == "example" {
            return crate::builtin::example_file(name);
        }
        let job = self.predictions.get(prediction)?;
        job.look(|state| state.files.iter().find(|file| file.name == name).cloned())
    }
}
