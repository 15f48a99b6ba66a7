//! The same calls for code without an async runtime.
//!
//! ```no_run
//! use replicate::blocking::Client;
//! use serde_json::json;
//!
//! let replicate = Client::from_env()?;
//! let text = replicate
//!     .run("meta/meta-llama-3-8b-instruct")
//!     .input(json!({ "prompt": "A haiku about llamas" }))
//!     .text()?;
//! println!("{text}");
//!
//! // Whatever has no method of its own here is called through the async client.
//! let hardware = replicate.call(replicate.client().hardware().list())?;
//! # Ok::<(), replicate::Error>(())
//! ```
//!
//! Inside an async runtime every call is an error that says so: use [`crate::Client`] there.

use std::fmt;
use std::future::IntoFuture;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use serde::Serialize;
use serde::de::DeserializeOwned;
#[cfg(feature = "files")]
use std::path::Path;

use crate::error::{Error, Result};
use crate::job::AsPredictionId;
use crate::types::Prediction;
use crate::{FileOutput, IntoReference, Output, Progress};

mod resources;
mod runtime;
#[cfg(test)]
mod tests;

#[cfg(feature = "files")]
pub use resources::Files;
pub use resources::{CreatePrediction, Predictions};

use runtime::Runtime;

/// A client of Replicate for code without an async runtime. Cheap to clone.
///
/// It keeps one thread of its own, on which requests are sent.
#[derive(Clone, Debug)]
pub struct Client {
    client: crate::Client,
    runtime: Runtime,
}

impl Client {
    /// A client with this token.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when it cannot be a token.
    pub fn new(token: impl AsRef<str>) -> Result<Self> {
        Self::from_client(crate::Client::new(token)?)
    }

    /// A client with the token of `REPLICATE_API_TOKEN`, at the address of
    /// `REPLICATE_BASE_URL` if that is set.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when a variable's value is malformed.
    pub fn from_env() -> Result<Self> {
        Self::from_client(crate::Client::from_env()?)
    }

    /// A client with the settings of an async one.
    ///
    /// # Errors
    /// [`Configuration`](crate::ErrorKind::Configuration) when no thread can be started.
    pub fn from_client(client: crate::Client) -> Result<Self> {
        Ok(Self {
            runtime: Runtime::new(client.clone())?,
            client,
        })
    }

    /// The async client, to describe calls for [`call`](Client::call) and
    /// [`iterate`](Client::iterate).
    pub fn client(&self) -> &crate::Client {
        &self.client
    }

    /// Sends a call of the async client and waits for its answer.
    ///
    /// # Errors
    /// Those of the call, and [`Configuration`](crate::ErrorKind::Configuration) inside an
    /// async runtime.
    pub fn call<F, T, E>(&self, call: F) -> Result<T>
    where
        F: IntoFuture<Output = Result<T, E>>,
        E: Into<Error>,
    {
        self.runtime
            .block_on(call.into_future())?
            .map_err(Into::into)
    }

    /// The items of a stream of the async client, as they come: a list's, or a file's bytes.
    pub fn iterate<S, T>(&self, stream: S) -> Iter<S>
    where
        S: Stream<Item = Result<T>> + Unpin,
    {
        Iter {
            stream: Some(stream),
            runtime: self.runtime.clone(),
        }
    }

    /// Runs a model, a version or a deployment to its end.
    pub fn run(&self, reference: impl IntoReference) -> Run {
        Run {
            run: self.client.run(reference),
            client: self.clone(),
        }
    }

    /// Waits until a prediction has ended; takes a prediction or its id.
    ///
    /// # Errors
    /// Those of [`Wait`](crate::Wait).
    pub fn wait(&self, prediction: impl AsPredictionId) -> Result<Prediction> {
        self.call(self.client.wait(prediction))
    }

    /// The events of a model that is started for it.
    #[cfg(feature = "stream")]
    pub fn stream(&self, reference: impl IntoReference) -> StreamRun {
        StreamRun {
            run: self.client.stream(reference),
            client: self.clone(),
        }
    }

    /// Predictions: create, get, cancel, list.
    pub fn predictions(&self) -> Predictions {
        Predictions::new(self.clone())
    }

    /// Uploaded files.
    #[cfg(feature = "files")]
    pub fn files(&self) -> Files {
        Files::new(self.clone())
    }

    /// A file's whole content, in memory.
    ///
    /// # Errors
    /// Those of [`FileOutput::bytes`].
    pub fn bytes(&self, file: &FileOutput) -> Result<Bytes> {
        self.call(file.bytes())
    }

    /// Saves a file, and gives its size in bytes.
    ///
    /// # Errors
    /// Those of [`FileOutput::save`].
    #[cfg(feature = "files")]
    pub fn save(&self, file: &FileOutput, path: impl AsRef<Path>) -> Result<u64> {
        self.call(file.save(path))
    }
}

/// A model to be run to its end: made by [`Client::run`].
#[derive(Debug)]
#[must_use = "nothing is run before `send`, `text`, `json`, `prediction` or `raw`"]
pub struct Run {
    run: crate::Run,
    client: Client,
}

impl Run {
    /// The model's input: see [`crate::Run::input`].
    pub fn input<T: Serialize>(self, input: T) -> Self {
        self.with(|run| run.input(input))
    }

    /// Stops waiting after this time: see [`crate::Run::timeout`].
    pub fn timeout(self, timeout: Duration) -> Self {
        self.with(|run| run.timeout(timeout))
    }

    /// Calls `listener` at each change: see [`crate::Run::on_progress`].
    pub fn on_progress(self, listener: impl FnMut(Progress<'_>) + Send + 'static) -> Self {
        self.with(|run| run.on_progress(listener))
    }

    /// Sets any other option of [`crate::Run`].
    pub fn with(mut self, change: impl FnOnce(crate::Run) -> crate::Run) -> Self {
        self.run = change(self.run);
        self
    }

    /// Runs, and gives the output.
    ///
    /// # Errors
    /// Those of [`crate::Run`].
    pub fn send(self) -> Result<Output> {
        self.client.call(self.run)
    }

    /// Runs, and gives the output as one text.
    ///
    /// # Errors
    /// Those of [`crate::Run::text`].
    pub fn text(self) -> Result<String> {
        self.client.call(self.run.text())
    }

    /// Runs, and gives the output as a type of the caller's.
    ///
    /// # Errors
    /// Those of [`crate::Run::json`].
    pub fn json<T: DeserializeOwned>(self) -> Result<T> {
        self.client.call(self.run.json())
    }

    /// Runs, and gives the whole prediction.
    ///
    /// # Errors
    /// Those of [`crate::Run::prediction`].
    pub fn prediction(self) -> Result<Prediction> {
        self.client.call(self.run.prediction())
    }

    /// Runs, and gives the prediction's last body.
    ///
    /// # Errors
    /// Those of [`crate::Run::raw`].
    pub fn raw(self) -> Result<Bytes> {
        self.client.call(self.run.raw())
    }
}

/// A model to be run and listened to: made by [`Client::stream`].
#[cfg(feature = "stream")]
#[derive(Debug)]
#[must_use = "nothing is created before `send`"]
pub struct StreamRun {
    run: crate::StreamRun,
    client: Client,
}

#[cfg(feature = "stream")]
impl StreamRun {
    /// The model's input: see [`crate::StreamRun::input`].
    pub fn input<T: Serialize>(self, input: T) -> Self {
        self.with(|run| run.input(input))
    }

    /// Sets any other option of [`crate::StreamRun`].
    pub fn with(mut self, change: impl FnOnce(crate::StreamRun) -> crate::StreamRun) -> Self {
        self.run = change(self.run);
        self
    }

    /// Creates the prediction, and gives its events as they come.
    ///
    /// # Errors
    /// Those of [`crate::StreamRun`].
    pub fn send(self) -> Result<Iter<crate::EventStream>> {
        let events = self.client.call(self.run)?;
        Ok(self.client.iterate(events))
    }
}

/// The items of a stream, each waited for. After an error it is over.
#[must_use = "items come as they are asked for"]
pub struct Iter<S> {
    /// There until the end of this.
    stream: Option<S>,
    runtime: Runtime,
}

impl<S> Iter<S> {
    /// The stream, for what else it tells.
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
        match self.runtime.block_on(self.stream.as_mut()?.next()) {
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
        self.runtime.within(|| drop(stream));
    }
}

impl<S> fmt::Debug for Iter<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Iter")
    }
}
