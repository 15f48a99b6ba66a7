//! What a running model has in its hands.

use std::{fmt, sync::Arc, time::Duration};

use bytes::Bytes;
use serde_json::Value;

use crate::{
    data_uri,
    job::{Job, OutputFile, Progress},
    world::World,
};

/// Why a model failed: the text that becomes the prediction's `error`.
///
/// Anything that can be displayed becomes one with `?` or `.into()`.
#[derive(Clone, PartialEq, Eq)]
pub struct Failure(pub(crate) String);

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Failure").field(&self.0).finish()
    }
}

impl<E: fmt::Display> From<E> for Failure {
    fn from(reason: E) -> Self {
        Self(reason.to_string())
    }
}

/// A running prediction, seen from inside its model: logs, pieces of output, files, time.
///
/// Clones are handles to the same prediction. What is reported after its end is dropped.
#[derive(Clone)]
pub struct Context {
    pub(crate) world: Arc<World>,
    pub(crate) job: Arc<Job>,
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("prediction", &self.job.id)
            .finish_non_exhaustive()
    }
}

impl Context {
    /// The prediction's id.
    pub fn id(&self) -> &str {
        &self.job.id
    }

    /// Adds a line to the logs.
    pub fn log(&self, line: impl fmt::Display) {
        self.report(Progress::Logs(format!("{line}\n")));
    }

    /// Adds the next piece to an output that is a list, and tells it to whoever follows the
    /// stream. A model that reports its output so returns [`Value::Null`].
    pub fn yield_output(&self, piece: impl Into<Value>) {
        self.report(Progress::Piece(piece.into()));
    }

    /// Adds a number to the prediction's `metrics`.
    pub fn metric(&self, name: impl Into<String>, value: impl Into<Value>) {
        self.report(Progress::Metric(name.into(), value.into()));
    }

    /// Serves `content` as a file of the output, and returns its address. The file goes when
    /// the prediction's data goes: an hour after its end.
    pub fn save_file(
        &self,
        name: impl Into<String>,
        content_type: impl Into<String>,
        content: impl Into<Bytes>,
    ) -> String {
        let name = file_name(&name.into());
        let address = self.world.output_address(&self.job.id, &name);
        self.report(Progress::File(OutputFile {
            name,
            content_type: content_type.into(),
            content: content.into(),
        }));
        address
    }

    /// Reads a file that came as an input: a `data:` address, or one of this emulator's own
    /// (an uploaded file's, or an output's). Nothing else is fetched.
    ///
    /// # Errors
    ///
    /// If the address is another one, or nothing is there (any more).
    pub fn read_file(&self, address: &str) -> Result<Bytes, Failure> {
        if let Some(data) = data_uri::decode(address) {
            return Ok(data.map(|data| data.content)?);
        }
        self.world.own_file(address)
    }

    /// Waits on the emulator's clock, which [`advance`](crate::Emulator::advance) moves. Several
    /// waits in turn take as long as their sum, so that time skipped at once can end them all.
    /// One that goes past the prediction's deadline does not end.
    pub async fn sleep(&self, duration: Duration) {
        let moment = self.job.moment_after(duration);
        let clock = &self.world.clock;
        if let Some(deadline) = self.job.deadline.filter(|deadline| *deadline < moment) {
            clock.sleep_until(deadline).await;
            return std::future::pending().await;
        }
        clock.sleep_until(moment).await;
        self.job.has_reached(moment);
    }

    fn report(&self, progress: Progress) {
        self.job.progress(progress, self.world.clock.now());
    }
}

/// A name that is one segment of an address.
fn file_name(name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    if plain.is_empty() {
        "out".to_owned()
    } else {
        plain
    }
}
