//! The interface of a running model.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use serde_json::Value;

use crate::{
    clock::Clock,
    data_uri,
    job::{Job, Outcome, OutputFile, Progress},
    lifecycle::Event,
};

/// Why a model failed: the text that becomes the prediction's `error`.
///
/// Anything that implements `Display` becomes one with `?` or `.into()`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure(pub(crate) String);

impl<E: fmt::Display> From<E> for Failure {
    fn from(reason: E) -> Self {
        Self(reason.to_string())
    }
}

/// Services of the emulator for a running model.
pub(crate) trait Host: Send + Sync {
    fn clock(&self) -> &Clock;

    /// Time for which a prediction is `starting`.
    fn startup_time(&self) -> Duration;

    /// The URL at which a prediction's output file is served.
    fn output_url(&self, prediction: &str, name: &str) -> String;

    /// The content of an uploaded file or an output, by its URL on this emulator.
    fn own_file(&self, url: &str) -> Result<Bytes, Failure>;
}

/// A running prediction, as its model sees it: logs, output, files, time.
///
/// Clones are handles to the same prediction. Output and logs that are reported after
/// its end are dropped.
#[derive(Clone)]
pub struct Context {
    host: Arc<dyn Host>,
    job: Arc<Job>,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("prediction", &self.job.id)
            .finish_non_exhaustive()
    }
}

impl Context {
    pub(crate) fn new(host: Arc<dyn Host>, job: Arc<Job>) -> Self {
        Self { host, job }
    }

    pub(crate) fn job(&self) -> &Job {
        &self.job
    }

    /// Waits for the time that a model takes to start.
    pub(crate) async fn startup(&self) {
        let time = self.host.startup_time();
        if !time.is_zero() {
            self.sleep(time).await;
        }
    }

    /// The model begins to work: the prediction is `processing`.
    pub(crate) fn begin(&self) {
        let now = self.host.clock().now();
        self.job.apply(Event::Began, Outcome::None, now);
    }

    /// The prediction's id.
    pub fn id(&self) -> &str {
        &self.job.id
    }

    /// Adds a line to the logs.
    pub fn log(&self, line: impl fmt::Display) {
        self.report(Progress::Logs(format!("{line}\n")));
    }

    /// Adds the next item to an output that is a list, and sends it to readers of the stream. A
    /// model that reports its output in this way returns [`Value::Null`].
    pub fn yield_output(&self, item: impl Into<Value>) {
        self.report(Progress::Piece(item.into()));
    }

    /// Sets a metric of the prediction.
    pub fn metric(&self, name: impl Into<String>, value: impl Into<Value>) {
        self.report(Progress::Metric(name.into(), value.into()));
    }

    /// Serves `content` as a file of the output, and returns its URL. The URL ends with `name`; if
    /// the prediction has a file of that name already, a number is added to it (`out-2.png`), so
    /// that each file has a URL of its own. The file is deleted with the prediction's data, an hour
    /// after the prediction has ended.
    pub fn save_file(
        &self,
        name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> String {
        let name = self.job.add_file(OutputFile {
            name: file_name(&name.into()),
            content_type: content_type.into(),
            content: content.into(),
        });
        self.host.output_url(&self.job.id, &name)
    }

    /// Reads a file of the input: a `data:` URL, or the URL of a file that was uploaded to this
    /// emulator or is an output of it. Nothing else is fetched.
    ///
    /// # Errors
    ///
    /// If the URL is another one, or the file does not exist or was deleted.
    pub fn read_file(&self, url: &str) -> Result<Bytes, Failure> {
        if let Some(data) = data_uri::decode(url) {
            return Ok(data.map(|data| data.content)?);
        }
        self.host.own_file(url)
    }

    /// Sleeps on the emulator's clock, which [`advance`](crate::Emulator::advance) moves. Several
    /// sleeps in a row take as long as their sum, so that time that is skipped at once can end
    /// them all. A sleep past the prediction's deadline does not end.
    pub async fn sleep(&self, duration: Duration) {
        let end = self.job.work_ends_at(duration);
        let clock = self.host.clock();
        if let Some(deadline) = self.job.deadline.filter(|deadline| *deadline < end) {
            clock.sleep_until(deadline).await;
            return std::future::pending().await;
        }
        clock.sleep_until(end).await;
        self.job.set_reached(end);
    }

    pub(crate) fn report(&self, progress: Progress) {
        self.job.progress(progress, self.host.clock().now());
    }
}

/// A name that is one segment of a URL.
fn file_name(name: &str) -> String {
    if name.is_empty() {
        return "out".to_owned();
    }
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    name.replace(|c| !is_plain(c), "_")
}
