//! Run models on [Replicate](https://replicate.com): one call to run a model to its end, and
//! the whole HTTP API behind it.
//!
//! ```no_run
//! use serde_json::json;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> replicate::Result<()> {
//! let replicate = replicate::Client::from_env()?; // REPLICATE_API_TOKEN
//! let output = replicate
//!     .run("black-forest-labs/flux-schnell")
//!     .input(json!({ "prompt": "an astronaut riding a horse" }))
//!     .await?;
//! # #[cfg(feature = "files")]
//! output.file()?.save("horse.webp").await?;
//! # Ok(())
//! # }
//! ```
//!
//! A prediction costs money, its outputs vanish after an hour, and its token opens an account.
//! So nothing that creates is ever sent twice once it may have been carried out, no result is
//! lost without an error that says so, and the token goes to the API and nowhere else.
#![forbid(unsafe_code)]

#[cfg(feature = "batch")]
pub mod batch;
#[cfg(feature = "blocking")]
pub mod blocking;
mod builder;
mod call;
mod cancel;
mod checksum;
mod client;
mod create;
mod data_uri;
mod download;
mod error;
#[cfg(feature = "files")]
mod file_input;
mod file_output;
mod handle;
mod input;
mod job;
mod job_state;
mod json;
mod media_type;
mod metrics;
mod model_cache;
mod name;
mod output;
mod paginate;
mod poll;
mod progress;
mod quote;
mod reconcile;
mod reference;
mod request;
pub mod resources;
mod run;
#[cfg(feature = "schema")]
pub mod schema;
#[cfg(feature = "stream")]
pub mod sse;
mod status;
#[cfg(feature = "stream")]
mod stream;
pub mod types;
#[cfg(feature = "files")]
mod upload;
mod wait;
#[cfg(feature = "webhooks")]
pub mod webhook;

#[cfg(feature = "batch")]
#[doc(no_inline)]
pub use batch::{Batch, BatchStream};
pub(crate) use builder::Settings;
pub use builder::{ClientBuilder, PollPolicy};
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
pub use name::{IntoModelName, ModelName};
pub use output::Output;
pub use paginate::{Items, List, Page, Pages};
pub use progress::{LogProgress, Progress, UploadProgress};
pub use reconcile::{Reconcile, UnconfirmedCreate};
pub use reference::{IntoModelRef, ModelRef};
pub use replicate_api::{
    self as api, InvalidField, Limits, RequestOptions, Response, RetryBudget, RetryPolicy, Secret,
    Timeouts, Token, Transport, TransportBuilder,
};
pub use request::Request;
pub use reqwest;
pub use run::Run;
pub use status::is_terminal;
#[cfg(feature = "stream")]
pub use stream::{
    DoneEvent, EventStream, StreamEvent, StreamPrediction, StreamRun, TextEvent, TextStream,
};
pub use tokio_util::sync::CancellationToken;
#[doc(inline)]
pub use types::Prediction;
pub use wait::Wait;
