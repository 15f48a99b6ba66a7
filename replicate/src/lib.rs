#![doc = include_str!("manual.md")]
#![forbid(unsafe_code)]

#[cfg(feature = "batch")]
pub mod batch;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod call;
mod cancel;
mod client;
mod create;
mod data_uri;
mod download;
mod error;
mod escape;
#[cfg(feature = "files")]
mod file_input;
mod file_output;
mod handle;
mod input;
mod job;
mod job_state;
mod lock;
mod media_type;
mod metrics;
mod model_cache;
mod model_ref;
mod name;
mod output;
mod paginate;
mod poll;
mod progress;
mod reconcile;
mod request;
pub mod resources;
mod run;
#[cfg(feature = "schema")]
pub mod schema;
mod settings;
#[cfg(feature = "stream")]
pub mod sse;
#[cfg(feature = "stream")]
mod stream;
pub mod types;
mod unconfirmed_create;
#[cfg(feature = "files")]
mod upload;
mod wait;
#[cfg(feature = "webhooks")]
pub mod webhook;

#[cfg(feature = "batch")]
#[doc(no_inline)]
pub use batch::{Batch, BatchStream};
pub use builder::ClientBuilder;
pub use call::Call;
pub use client::Client;
pub use download::FileStream;
pub use error::{Error, ErrorKind, Result};
#[cfg(feature = "files")]
pub use file_input::{FileInput, FileStrategy, MAX_FILE_BYTES};
pub use file_output::{FileOutput, MAX_IN_MEMORY_BYTES};
pub use handle::{Handle, PredictionHandle, TrainingHandle};
pub use http::Method;
pub use job::{AsPredictionId, AsTrainingId, Job};
pub use metrics::Metrics;
pub use model_ref::{IntoModelRef, ModelRef};
pub use name::{IntoModelName, ModelName};
pub use output::Output;
pub use paginate::{Items, List, Page, Pages};
pub use progress::{LogProgress, Progress, UploadProgress};
pub use reconcile::Reconcile;
pub use replicate_api::{
    self as api, InvalidField, Limits, RequestOptions, Response, RetryBudget, RetryPolicy, Secret,
    Timeouts, Token, Transport, TransportBuilder,
};
pub use request::Request;
/// The HTTP client, whose types [`ClientBuilder::http`] takes.
pub use reqwest;
pub use run::Run;
pub use settings::PollPolicy;
#[cfg(feature = "stream")]
pub use stream::{
    DoneEvent, EventStream, StreamEvent, StreamPrediction, StreamRun, TextEvent, TextStream,
};
pub use tokio_util::sync::CancellationToken;
#[doc(inline)]
pub use types::Prediction;
pub use unconfirmed_create::UnconfirmedCreate;
pub use wait::Wait;
