//! A local Replicate: the whole HTTP API on loopback, with a real state machine and simulated
//! models. It is for tests of programs that use Replicate, for work without an API token, and for
//! trying out how a client behaves when calls fail.
//!
//! A test of a program that uses Replicate, with any HTTP client:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use replicate_emulator::Emulator;
//!
//! let emulator = Emulator::start().await?;
//! let prediction: serde_json::Value = reqwest::Client::new()
//!     .post(format!("{}/v1/models/emulator/text/predictions", emulator.url()))
//!     .bearer_auth("any")
//!     .header("prefer", "wait")
//!     .json(&serde_json::json!({"input": {"prompt": "Once upon a", "max_tokens": 3}}))
//!     .send().await?.json().await?;
//! assert_eq!(prediction["output"], serde_json::json!(["Once", " upon", " a"]));
//! assert_eq!(emulator.requests()[0].operation, Some("models.predictions.create"));
//! # Ok(())
//! # }
//! ```
//!
//! The official Python client finds the emulator through `REPLICATE_BASE_URL` ([`Emulator::url`])
//! and any token; the Node client takes its URL, with `/v1`, as the option `baseUrl`.
//!
//! # Features
//!
//! - Every operation of the API, under `/v1`, with its statuses, headers, errors and pages.
//! - Built-in models: `replicate/hello-world`, and the official `emulator/text` (streams),
//!   `emulator/image` (PNG), `emulator/reverse` (file in, file out), `emulator/slow` and
//!   `emulator/fail`. [`Builder::model`] adds a model of your own, [`Builder::cog`] one that runs
//!   on a Cog server.
//! - [`Emulator::requests`] and [`Emulator::predictions`] to inspect what happened.
//! - [`Emulator::inject_fault`] to make calls fail, [`Emulator::start_outage`] for a window of
//!   time in which the API cannot be reached, [`Builder::rate_limit`] for throttled creates, and
//!   [`Emulator::advance`] to skip time.
//!
//! # From other languages
//!
//! Tests in other languages run against `replicate local serve`, and control it over HTTP, with
//! the API's token:
//!
//! - `POST /emulator/faults` injects a [`Fault`]: one of `latency` (seconds), `status` (with
//!   `body` and `content_type`), `rate_limit` (seconds), `drop` (`true`), `cut_body` (bytes) and
//!   `replica_lag` (reads), and optionally `on`, `model`, `prediction`, `times`, `skip`,
//!   `probability` and `after_handling`. `DELETE /emulator/faults` removes all faults.
//! - `POST /emulator/outage` starts an [`Outage`]: `kind` is `reset`, `bad_gateway` or `refused`
//!   (which needs `lasting`), and optionally `lasting` (seconds) and `creates` (`true`).
//!   `DELETE /emulator/outage` ends it.
//! - `PUT /emulator/rate-limit` sets a [`RateLimit`]: `burst` and `per_second`, or `low_credit`
//!   (`true`), and optionally `count_refused`. `DELETE /emulator/rate-limit` lifts it.
//! - `POST /emulator/time` with `{"advance": SECONDS}` skips time, and returns the new time.
//! - `POST /emulator/downloads` with `{"file_id": ID, "valid": SECONDS}` returns a URL from which
//!   an uploaded file can be downloaded without a token.
//!
//! ```console
//! $ curl -H "Authorization: Bearer local" $REPLICATE_BASE_URL/emulator/faults \
//!     --json '{"status": 503, "on": "predictions.create", "times": 1}'
//! ```
//!
//! No fault applies to these calls, and they are not among [`Emulator::requests`].
//!
//! # Differences from Replicate
//!
//! - Simulated models do not compute anything.
//! - One account owns every token, and may create models under any owner's name.
//! - Deployments can be deleted at once. A training accepts any version, also one without a
//!   `TrainingInput` in its schema.
//! - Webhooks to `https` URLs need the feature `https`, and trust the certificates of this machine
//!   (on Linux, those of `SSL_CERT_FILE`). Without the feature their deliveries fail, which
//!   [`Emulator::deliveries`] and [`Builder::log_deliveries`] show.
//! - Input files are read from `data:` URLs and from the emulator itself only.
//! - Output files have `http:` URLs. The official clients make file objects (`FileOutput`) of
//!   `https:` and `data:` URLs only, and return these as strings: download them yourself.
//! - State is in memory, limited, and lost when the emulator stops. Ended predictions are
//!   deleted first; if that is not enough, a call is refused: with 429 while too much is running, with 422
//!   or 413 where something must be deleted first.
#![forbid(unsafe_code)]

mod builder;
mod builtin;
mod call;
mod catalog;
mod clock;
mod cog;
mod context;
mod control;
mod cursor;
mod dashboard;
mod data_uri;
mod deployments;
mod emulator;
mod faults;
mod files;
mod http_client;
mod ids;
mod job;
mod jobs;
mod lifecycle;
mod listener;
mod log;
mod model;
mod names;
mod outage;
mod problem;
mod query;
mod rate_limit;
mod request_headers;
mod request_log;
mod resources;
mod response;
mod routes;
mod run;
mod schema;
mod schema_walk;
mod server;
mod sse;
mod state;
mod subject;
mod sync;
mod webhook;
mod webhook_sender;

pub use builder::Builder;
pub use context::{Context, Failure};
pub use emulator::{Emulator, Prediction, StartError};
pub use faults::{Fault, UnknownOperation};
pub use lifecycle::Status;
pub use log::AccessLogEntry;
pub use model::Model;
pub use outage::Outage;
pub use rate_limit::RateLimit;
pub use request_log::Request;
pub use webhook::Delivery;
