//! The same calls for code without an async runtime.
//!
//! ```
//! use replicate::blocking::Client;
//! use serde_json::json;
//!
//! # let runtime = tokio::runtime::Runtime::new().unwrap();
//! # let emulator = runtime.block_on(replicate_emulator::Emulator::start()).unwrap();
//! # unsafe {
//! #     std::env::set_var("REPLICATE_API_TOKEN", "t");
//! #     std::env::set_var("REPLICATE_BASE_URL", emulator.url());
//! # }
//! let replicate = Client::from_env()?;
//! let text = replicate
//!     .run("emulator/text")
//!     .input(json!({ "prompt": "A haiku about llamas" }))
//!     .text()?;
//! println!("{text}");
//!
//! // Calls without a blocking method are made with the async client.
//! let readme = replicate.block_on(replicate.client().models().readme("emulator/text"))?;
//! # Ok::<(), replicate::Error>(())
//! ```
//!
//! Each call has the errors of the async one that it stands for.
//!
//! A call polls its future on the calling thread; connections belong to a background runtime of
//! the process. It works in plain threads and in `spawn_blocking`, and blocks the thread inside
//! async code, as `std::fs` does: on a current-thread runtime use `spawn_blocking`, since the
//! tasks of that thread do not run meanwhile.

use std::fmt;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use futures::{Stream, StreamExt};
use serde::de::DeserializeOwned;

use crate::error::{Error, Result};
use crate::job::{AsPredictionId, AsTrainingId};
use crate::types::{Account, Hardware, Prediction, Training};
use crate::{IntoModelRef, Progress};

mod handle;
mod output;
mod resources;
mod runtime;
#[cfg(test)]
mod tests;

pub use handle::{Handle, Wait};
pub use output::{FileOutput, Output};
#[cfg(feature = "files")]
pub use resources::Files;
pub use resources::{CreatePrediction, CreateTraining, Models, Predictions, Trainings};

use runtime::Shutdown;

/// A client of Replicate for code without an async runtime. Cheap to clone.
///
/// When its last clone is dropped, it waits for pending cancels, for 2 s at most.
#[derive(Clone, Debug)]
pub struct Client {
    client: crate::Client,
    _shutdown: Arc<Shutdown>,
}

impl Client {
    /// Creates a client with this token and default settings.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) if the token is malformed.
    pub fn new(token: impl AsRef<str>) -> Result<Self> {
        Self::from_client(crate::Client::new(token)?)
    }

    /// Creates a client with the token of `REPLICATE_API_TOKEN`, at the base URL of
    /// `REPLICATE_BASE_URL` if that is set.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when a variable's value is malformed.
    pub fn from_env() -> Result<Self> {
        Self::from_client(crate::Client::from_env()?)
    }

    /// Creates a client with the settings of an async one.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when no thread can be started.
    pub fn from_client(client: crate::Client) -> Result<Self> {
        runtime::start()?;
        Ok(Self {
            _shutdown: Arc::new(Shutdown(client.clone())),
            client,
        })
    }

    /// The async client, to describe calls for [`block_on`](Client::block_on) and
    /// [`iter`](Client::iter).
    pub fn client(&self) -> &crate::Client {
        &self.client
    }

    /// Sends a call of the async client and waits for its result.
    pub fn block_on<F, T, E>(&self, call: F) -> Result<T>
    where
        F: IntoFuture<Output = Result<T, E>>,
        E: Into<Error>,
    {
        runtime::block_on(call.into_future())?.map_err(Into::into)
    }

    /// The items of a stream of the async client, as they come: a list's, or a file's bytes.
    pub fn iter<S, T>(&self, stream: S) -> Iter<S>
    where
        S: Stream<Item = Result<T>> + Unpin,
    {
        Iter {
            stream: Some(stream),
        }
    }

    /// Runs a model, version or deployment until completion: see [`crate::Client::run`].
    pub fn run(&self, reference: impl IntoModelRef) -> Run {
        Run {
            run: self.client.run(reference),
            client: self.clone(),
        }
    }

    /// A handle for a prediction that exists: see [`crate::Client::prediction`].
    pub fn prediction(&self, prediction: impl AsPredictionId) -> Handle<Prediction> {
        Handle::new(self.client.prediction(prediction), self.clone())
    }

    /// A handle for a training that exists: see [`crate::Client::training`].
    pub fn training(&self, training: impl AsTrainingId) -> Handle<Training> {
        Handle::new(self.client.training(training), self.clone())
    }

    /// Waits until a prediction is done; takes a prediction or its id: see
    /// [`crate::Client::wait`]. [`send`](Wait::send) begins.
    pub fn wait(&self, prediction: impl AsPredictionId) -> Wait {
        self.prediction(prediction).wait()
    }

    /// The output of a prediction that has succeeded: see [`crate::Client::output`].
    pub fn output(&self, prediction: &Prediction) -> Result<Output> {
        Ok(Output::new(self.client.output(prediction)?, self.clone()))
    }

    /// A file at a URL that the API returned: see [`crate::Client::download`].
    pub fn download(&self, url: impl AsRef<str>) -> FileOutput {
        FileOutput::new(self.client.download(url), self.clone())
    }

    /// The account that the token belongs to: see [`crate::Client::account`].
    pub fn account(&self) -> Result<Account> {
        self.block_on(self.client.account().get())
    }

    /// The hardware that models run on: see [`crate::Client::hardware`].
    pub fn hardware(&self) -> Result<Vec<Hardware>> {
        self.block_on(self.client.hardware().list())
    }

    /// Models: read, list, search.
    pub fn models(&self) -> Models {
        Models {
            client: self.clone(),
        }
    }

    /// Trainings: read, cancel, list, wait.
    pub fn trainings(&self) -> Trainings {
        Trainings {
            client: self.clone(),
        }
    }

    /// Creates a prediction and streams its events: see [`crate::Client::stream`].
    #[cfg(feature = "stream")]
    pub fn stream(&self, reference: impl IntoModelRef) -> StreamRun {
        StreamRun {
            run: self.client.stream(reference),
            client: self.clone(),
        }
    }

    /// Predictions: create, get, cancel, list.
    pub fn predictions(&self) -> Predictions {
        Predictions {
            client: self.clone(),
        }
    }

    /// Uploaded files.
    #[cfg(feature = "files")]
    pub fn files(&self) -> Files {
        Files {
            client: self.clone(),
        }
    }
}

/// The methods that describe a prediction to be created, by those of the async type. `$field`
/// holds it.
macro_rules! create_methods {
    ($field:ident: $type:ty) => {
        #[doc = concat!("The model's input: see [`", stringify!($type), "::input`].")]
        pub fn input<T: serde::Serialize>(self, input: T) -> Self {
            self.with(|call| call.input(input))
        }

        #[doc = concat!("Has Replicate report progress to `url`: see [`", stringify!($type), "::webhook`].")]
        pub fn webhook(self, url: impl Into<String>) -> Self {
            self.with(|call| call.webhook(url))
        }

        #[doc = concat!("The events at which the webhook is called: see [`", stringify!($type), "::webhook_events`].")]
        pub fn webhook_events<E: Into<crate::types::WebhookEvent>>(
            self,
            events: impl IntoIterator<Item = E>,
        ) -> Self {
            self.with(|call| call.webhook_events(events))
        }

        #[doc = concat!("Sets any other option of [`", stringify!($type), "`].")]
        pub fn with(mut self, change: impl FnOnce($type) -> $type) -> Self {
            self.$field = change(self.$field);
            self
        }
    };
}
use create_methods;

/// A model to run until completion: made by [`Client::run`].
#[derive(Debug)]
#[must_use = "nothing is sent before `send`, `start`, `text`, `json` or `prediction`"]
pub struct Run {
    run: crate::Run,
    client: Client,
}

impl Run {
    create_methods!(run: crate::Run);

    /// Stops waiting after this time: see [`crate::Run::timeout`].
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|run| run.timeout(timeout))
    }

    /// Calls `callback` with each progress: see [`crate::Run::on_progress`].
    pub fn on_progress(self, callback: impl FnMut(Progress<'_>) + Send + 'static) -> Self {
        self.with(|run| run.on_progress(callback))
    }

    /// Runs the model and returns the output: see [`crate::Run`].
    pub fn send(self) -> Result<Output> {
        let output = self.client.block_on(self.run)?;
        Ok(Output::new(output, self.client))
    }

    /// Creates the prediction and returns a handle for it: see [`crate::Run::start`].
    pub fn start(self) -> Result<Handle<Prediction>> {
        let handle = self.client.block_on(self.run.start())?;
        Ok(Handle::new(handle, self.client))
    }

    /// Runs the model and returns the output as text: see [`crate::Run::text`].
    pub fn text(self) -> Result<String> {
        self.client.block_on(self.run.text())
    }

    /// Runs the model and returns the output decoded as `T`: see [`crate::Run::json`].
    pub fn json<T: DeserializeOwned>(self) -> Result<T> {
        self.client.block_on(self.run.json())
    }

    /// Runs the model and returns the prediction: see [`crate::Run::prediction`].
    pub fn prediction(self) -> Result<Prediction> {
        self.client.block_on(self.run.prediction())
    }
}

/// A model to run and stream: made by [`Client::stream`].
#[cfg(feature = "stream")]
#[derive(Debug)]
#[must_use = "nothing is created before `send`"]
pub struct StreamRun {
    run: crate::StreamRun,
    client: Client,
}

#[cfg(feature = "stream")]
impl StreamRun {
    create_methods!(run: crate::StreamRun);

    /// Creates the prediction and returns its events as they arrive: see [`crate::StreamRun`].
    pub fn send(self) -> Result<Iter<crate::EventStream>> {
        let events = self.client.block_on(self.run)?;
        Ok(self.client.iter(events))
    }
}

/// The items of a stream, each waited for. It ends after an error.
#[must_use = "items are fetched as they are needed"]
pub struct Iter<S> {
    /// There until the end of this.
    stream: Option<S>,
}

impl<S> Iter<S> {
    /// Returns the stream, for its other methods.
    pub fn stream(&self) -> Option<&S> {
        self.stream.as_ref()
    }
}

impl<S, T> Iterator for Iter<S>
where
    S: Stream<Item = Result<T>> + Unpin,
{
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        match runtime::block_on(self.stream.as_mut()?.next()) {
            Ok(item) => item,
            Err(error) => {
                self.stream = None;
                Some(Err(error))
            }
        }
    }
}

impl<S> Drop for Iter<S> {
    fn drop(&mut self) {
        // What cancels when it is dropped needs a runtime to do so.
        let stream = self.stream.take();
        runtime::within(|| drop(stream));
    }
}

impl<S> fmt::Debug for Iter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iter")
    }
}
