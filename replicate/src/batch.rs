//! Many inputs through one model, a few at a time, with a journal.
//!
//! Use it where the predictions are too many to be lost or paid for twice when the process stops
//! halfway: a file of a thousand prompts, for example. For a handful, `buffer_unordered` over
//! [`Run`](crate::Run)s is enough.
//!
//! [`Client::batch`] takes the model, [`Batch::start`] the inputs. The result is a stream of
//! [`BatchItem`]s in the order of completion, each with the index of its input.
//!
//! ```
//! use serde_json::json;
//!
//! # replicate_test_support::example!(async |replicate| {
//! # let directory = tempfile::tempdir().unwrap();
//! # let journal = directory.path().join("journal.jsonl");
//! let inputs = ["Alice", "Bob", "Carol"].map(|name| json!({ "text": name }));
//! let batch = replicate
//!     .batch("replicate/hello-world")
//!     .concurrency(2)
//!     .journal(&journal);
//! let mut results = batch.resume(inputs).await?; // starts if no journal exists yet
//! println!("{} predictions to create", results.creates_left());
//!
//! let mut greetings = Vec::new();
//! while let Some(item) = results.next().await {
//!     match item.result() {
//!         Ok(output) => greetings.push(format!("{}: {output}", item.index())),
//!         Err(error) => eprintln!("input {}: {error}", item.index()),
//!     }
//!     // The result is stored: it need not be delivered again.
//!     item.acknowledge().await?;
//! }
//! greetings.sort();
//! assert_eq!(greetings, ["0: hello Alice", "1: hello Bob", "2: hello Carol"]);
//! assert!(results.progress().is_complete());
//! # });
//! ```
//!
//! # The journal
//!
//! The journal is a file of JSON lines that only its owner can read. It holds no inputs, but a
//! hash of each. Before a create is sent, that is on disk (`fsync`); so is the prediction's id
//! before it is waited for. Its end may be torn off by a crash. Two processes cannot use one
//! journal at a time.
//!
//! [`Batch::resume`] takes the same inputs again, after any stop, `SIGKILL` included:
//!
//! - Inputs whose results were [acknowledged](BatchItem::acknowledge) are skipped.
//! - Predictions that were created are waited for. Their results are delivered, again if they
//!   were delivered before but not acknowledged.
//! - A create of unknown outcome is looked for among the recent predictions
//!   ([`reconcile`](crate::resources::Predictions::reconcile)). A single exact match that belongs
//!   to no other input of the batch is taken; otherwise the input is reported as
//!   [`Unknown`](BatchOutcome::Unknown). The create is not retried, unless the caller asks for
//!   [that](Batch::retry_unknown).
//! - Everything else is created.
//! - An input that is not the one that was sent under its index is an error, before anything is
//!   created.
//!
//! The journal grows by a few lines for each input, and can be deleted once the batch is done.
//!
//! # Rate limits and outages
//!
//! Creates share the queue of rate-limited creates with all calls of the same token, and wait in
//! it for as long as it takes: [`RetryPolicy::max_queue_time`](crate::RetryPolicy) does not
//! apply. A create that certainly created nothing (without a connection, for example) is retried
//! until ten minutes have passed without a success. Waiting is as in [`Wait`](crate::Wait). Unless
//! another [poll policy](Batch::poll_policy) is set, polling intervals grow with the concurrency,
//! so that all polls together stay below the API's limit.
//!
//! # Stopping
//!
//! A batch creates no more when its [token](Batch::cancellation_token) is canceled, at
//! [`max_predictions`](Batch::max_predictions), at [`max_failures`](Batch::max_failures), and at
//! an error that every input would get: a 402, a token that is not accepted, a model that does not
//! exist. It cancels nothing: the stream ends when every created prediction is done. Dropping the
//! stream leaves that to a later resume.

use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

use replicate_api::RequestOptions;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::Client;
use crate::create::{CreateRequest, Webhook};
use crate::error::{Error, ErrorKind, Result};
#[cfg(feature = "files")]
use crate::file_input::FileStrategy;
use crate::input::Input;
use crate::model_ref::{IntoModelRef, ModelRef};
use crate::settings::PollPolicy;
use crate::types::WebhookEvent;

mod item;
mod journal;
mod line;
mod plan;
mod stream;

pub use item::{BatchItem, BatchOutcome};
pub use stream::{BatchProgress, BatchStream, StopReason};

use journal::{Journal, Record};
use line::Context;
use plan::Plan;

const DEFAULT_CONCURRENCY: usize = 8;

/// Added to the longest polling interval for each concurrent prediction: 50 of them are
/// polled 40 times a second together, of the 50 that the API allows.
const POLL_SPACING: Duration = Duration::from_millis(25);

/// Many inputs for one model: made by [`Client::batch`], begun by [`start`](Self::start) or
/// [`resume`](Self::resume). See the [module](self).
#[derive(Debug)]
#[must_use = "nothing is created before it is started and its results are taken"]
pub struct Batch {
    client: Client,
    reference: Result<ModelRef>,
    settings: Settings,
    journal: Option<PathBuf>,
    shard: Option<(usize, usize)>,
    stored: HashMap<usize, BatchOutcome>,
    cancellation: Option<CancellationToken>,
}

#[derive(Debug)]
struct Settings {
    webhook: Webhook,
    cancel_after: Option<Duration>,
    #[cfg(feature = "files")]
    files: Option<FileStrategy>,
    concurrency: usize,
    max_predictions: Option<u64>,
    max_failures: Option<u64>,
    retry_expired: bool,
    retry_unknown: bool,
    default_poll_policy: PollPolicy,
    poll_policy: Option<PollPolicy>,
}

impl Settings {
    fn request(&self, model: ModelRef, input: Input) -> CreateRequest {
        CreateRequest {
            input: Ok(input),
            webhook: self.webhook.clone(),
            cancel_after: self.cancel_after,
            #[cfg(feature = "files")]
            files: self.files,
            ..CreateRequest::new(Ok(model))
        }
    }

    fn poll_policy(&self) -> PollPolicy {
        self.poll_policy.unwrap_or_else(|| {
            let running = u32::try_from(self.concurrency).unwrap_or(u32::MAX);
            let spaced = POLL_SPACING.saturating_mul(running);
            let default = self.default_poll_policy;
            PollPolicy {
                max_interval: default.max_interval.max(spaced),
                ..default
            }
        })
    }
}

impl Client {
    /// Many inputs through one model, a few at a time, with a journal. See
    /// [`batch`](crate::batch).
    pub fn batch(&self, reference: impl IntoModelRef) -> Batch {
        Batch {
            client: self.clone(),
            reference: reference.into_model_ref(),
            settings: Settings {
                webhook: Webhook::default(),
                cancel_after: None,
                #[cfg(feature = "files")]
                files: None,
                concurrency: DEFAULT_CONCURRENCY,
                max_predictions: None,
                max_failures: None,
                retry_expired: false,
                retry_unknown: false,
                default_poll_policy: self.settings.poll,
                poll_policy: None,
            },
            journal: None,
            shard: None,
            stored: HashMap::new(),
            cancellation: None,
        }
    }
}

impl Batch {
    /// Sets the number of inputs that are processed at a time, from the create to the result.
    /// Default 8, at least 1.
    pub fn concurrency(mut self, inputs: usize) -> Self {
        self.settings.concurrency = inputs.max(1);
        self
    }

    /// Keeps a journal at this path, so that the batch can be [resumed](Self::resume). Its
    /// directory has to exist. Default: none, and an interrupted batch cannot be resumed.
    pub fn journal(mut self, path: impl Into<PathBuf>) -> Self {
        self.journal = Some(path.into());
        self
    }

    /// Takes only a part of the inputs: number `number` of `count`, from 1. Each takes every
    /// `count`th input, so that machines that have the same inputs share them without talking to
    /// each other. Each needs a journal of its own. Default: all inputs.
    pub fn shard(mut self, number: usize, count: usize) -> Self {
        self.shard = Some((number, count));
        self
    }

    /// Stops after this many creates, which may have made a prediction. Default: no limit.
    pub fn max_predictions(mut self, count: u64) -> Self {
        self.settings.max_predictions = Some(count);
        self
    }

    /// Stops once this many inputs have no output, for any reason. Results before a resume do
    /// not count. Default: no limit.
    pub fn max_failures(mut self, count: u64) -> Self {
        self.settings.max_failures = Some(count);
        self
    }

    /// Creates another prediction for each input of a resumed batch whose output was deleted
    /// before it was stored: it is paid for again. Default: such an input is reported as
    /// [`Expired`](BatchOutcome::Expired).
    pub fn retry_expired(mut self) -> Self {
        self.settings.retry_expired = true;
        self
    }

    /// Creates another prediction for each input of a resumed batch whose create has an unknown
    /// outcome, if that was sent more than two minutes ago and no prediction is found that it can
    /// have created. One that is not found may exist nevertheless: it is then paid for twice.
    /// Default: such an input is reported as [`Unknown`](BatchOutcome::Unknown).
    pub fn retry_unknown(mut self) -> Self {
        self.settings.retry_unknown = true;
        self
    }

    /// The results that are stored, by index, though the journal may not say so: those of a
    /// process that was stopped between storing a result and acknowledging it. They are not
    /// delivered, and nothing is created for them. Outcomes that are not
    /// [final](BatchOutcome::is_final) are ignored.
    pub fn acknowledged(
        mut self,
        results: impl IntoIterator<Item = (usize, BatchOutcome)>,
    ) -> Self {
        let results = results.into_iter();
        self.stored = results.filter(|(_, outcome)| outcome.is_final()).collect();
        self
    }

    /// Creates no more once `token` is canceled. Nothing is canceled at the server: the results of
    /// what was created are still delivered.
    pub fn cancellation_token(mut self, token: CancellationToken) -> Self {
        self.cancellation = Some(token);
        self
    }

    /// Polling intervals, and how long waits and creates outlive an outage. Default: the client's,
    /// with longer intervals where many predictions run at a time.
    pub fn poll_policy(mut self, policy: PollPolicy) -> Self {
        self.settings.poll_policy = Some(policy);
        self
    }

    /// File strategy for files in the inputs.
    #[cfg(feature = "files")]
    pub fn file_strategy(mut self, strategy: FileStrategy) -> Self {
        self.settings.files = Some(strategy);
        self
    }

    /// Cancels each prediction on the server if it is still running after this time: see
    /// [`Run::cancel_after`](crate::Run::cancel_after).
    pub fn cancel_after(mut self, deadline: Duration) -> Self {
        self.settings.cancel_after = Some(deadline);
        self
    }

    /// Has Replicate report the progress of each prediction to `url`: see
    /// [`Run::webhook`](crate::Run::webhook).
    pub fn webhook(mut self, url: impl Into<String>) -> Self {
        self.settings.webhook.set_url(url);
        self
    }

    /// The events at which Replicate calls the [`webhook`](Self::webhook): see
    /// [`Run::webhook_events`](crate::Run::webhook_events).
    pub fn webhook_events<E: Into<WebhookEvent>>(
        mut self,
        events: impl IntoIterator<Item = E>,
    ) -> Self {
        self.settings.webhook.set_events(events);
        self
    }

    /// Starts the batch. Nothing is created before the stream is polled. The inputs are values
    /// that serialize to objects, as in [`Run::input`](crate::Run::input); all are held in memory.
    ///
    /// # Errors
    /// [`InvalidRequest`](ErrorKind::InvalidRequest) if an input is not an object, and if there is
    /// a journal of a batch already: [`resume`](Self::resume) that, or use another.
    /// [`File`](ErrorKind::File) if the journal cannot be written, or another process uses it.
    pub async fn start<T: Serialize>(
        self,
        inputs: impl IntoIterator<Item = T>,
    ) -> Result<BatchStream> {
        self.begin(inputs, false).await
    }

    /// Resumes the batch of the [`journal`](Self::journal), and starts it if that does not exist
    /// or is empty. The inputs are to be the same as before, in the same order; there may be more
    /// of them. See [the module](self#the-journal).
    ///
    /// # Errors
    /// [`InvalidRequest`](ErrorKind::InvalidRequest) if the journal is of another model, shard or
    /// format, and if an input was changed that was sent.
    /// Otherwise those of [`start`](Self::start).
    pub async fn resume<T: Serialize>(
        self,
        inputs: impl IntoIterator<Item = T>,
    ) -> Result<BatchStream> {
        self.begin(inputs, true).await
    }

    async fn begin<T: Serialize>(
        self,
        inputs: impl IntoIterator<Item = T>,
        resumes: bool,
    ) -> Result<BatchStream> {
        let model = self.reference?;
        if let Some((number, count)) = self.shard
            && !(1..=count).contains(&number)
        {
            return Err(Error::invalid(format!(
                "invalid shard {number}/{count}: expected a number from 1 to the count"
            )));
        }
        let mut total = 0;
        let mut lines = Vec::new();
        for input in inputs {
            let index = total;
            total += 1;
            let is_in = |(number, count)| index % count == number - 1;
            if self.shard.is_none_or(is_in) {
                let input = Input::new(&input);
                let input = input.map_err(|error| error.during(format!("input {total}")))?;
                lines.push((index, input));
            }
        }
        let count = lines.len();
        let first = plan::begin(&model, self.shard);
        let (journal, records) = match self.journal {
            Some(path) => {
                let opening = tokio::task::spawn_blocking(move || Journal::open(&path));
                let ended = |_| Error::new(ErrorKind::Other, "the runtime ended");
                let (journal, records) = opening.await.map_err(ended)??;
                if !resumes && !records.is_empty() {
                    return Err(Error::invalid(
                        "there is a journal of a batch already; resume it, or use another journal",
                    ));
                }
                if records.is_empty() {
                    journal.begin(first.clone());
                }
                (Some(journal), records)
            }
            None => (None, Vec::new()),
        };
        let retry_expired = self.settings.retry_expired;
        let mut plan = Plan::new(lines, total, records, &first, &self.stored, retry_expired)?;
        if let Some(journal) = &journal {
            for (index, outcome) in std::mem::take(&mut plan.acknowledged) {
                journal.note(&Record::Done { index, outcome });
            }
        }
        let claimed = std::mem::take(&mut plan.claimed);
        let stop = match &self.cancellation {
            Some(token) => token.child_token(),
            None => CancellationToken::new(),
        };
        // A queued create waits for as long as it takes.
        let policy = self.client.transport().retry_policy().clone();
        let options =
            RequestOptions::new().with_retry_policy(policy.with_max_queue_time(Duration::MAX));
        let client = self.client.with_options(options);
        let context = Context::new(client, self.settings, model, journal, claimed, stop);
        Ok(BatchStream::new(context, plan, count))
    }
}
