//! A local Replicate: the whole HTTP API on loopback, with a real state machine and simulated
//! models. For a test suite, for work without a token, for a look at how a client behaves when
//! things go wrong.
//!
//! A test of a program that uses Replicate, with any HTTP client:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use replicate_emulator::Emulator;
//!
//! let emulator = Emulator::start().await?;
//! let answer: serde_json::Value = reqwest::Client::new()
//!     .post(format!("{}/v1/models/emulator/text/predictions", emulator.url()))
//!     .bearer_auth("any")
//!     .header("prefer", "wait")
//!     .json(&serde_json::json!({"input": {"prompt": "Once upon a", "max_tokens": 3}}))
//!     .send().await?.json().await?;
//! assert_eq!(answer["output"], serde_json::json!(["Once", " upon", " a"]));
//! assert_eq!(emulator.requests()[0].operation, Some("models.predictions.create"));
//! # Ok(())
//! # }
//! ```
//!
//! The official Python client finds it through `REPLICATE_BASE_URL` ([`Emulator::url`]) and any
//! token; the one for Node takes its URL, with `/v1`, as the option `baseUrl`.
//!
//! # What there is
//!
//! - Every operation of the API, under `/v1`, with its statuses, headers, errors and pages.
//! - Built-in models: `replicate/hello-world`, and the official `emulator/text` (streams),
//!   `emulator/image` (PNG), `emulator/reverse` (file in, file out), `emulator/slow` and
//!   `emulator/fail`. Your own with [`Builder::model`], or on a Cog server with
//!   [`Builder::cog`].
//! - [`Emulator::requests`] and [`Emulator::predictions`] to look at what happened,
//!   [`Emulator::inject_fault`] to let things go wrong, [`Emulator::advance`] to skip time.
//!
//! # From other languages
//!
//! Tests in other languages run against `replicate local serve`, and steer it over HTTP, with the
//! API's token:
//!
//! - `POST /emulator/faults` adds a [`Fault`]: one of `latency` (seconds), `status` (with `body`
//!   and `content_type`), `rate_limit` (seconds), `drop` (`true`), `cut_body` (bytes) and
//!   `replica_lag` (reads), and as wanted `on`, `model`, `prediction`, `times`, `skip`,
//!   `probability` and `after_handling`.
//!   `DELETE /emulator/faults` lets everything go right again.
//! - `POST /emulator/time` with `{"advance": SECONDS}` skips time, and answers with the time that
//!   it is then.
//! - `POST /emulator/downloads` with `{"file_id": ID, "valid": SECONDS}` answers with a URL
//!   at which an uploaded file can be downloaded without a token.
//! - `POST /emulator/outage` starts an [`Outage`]: `kind` is `reset`, `bad_gateway` or `refused`
//!   (which needs `lasting`), and as wanted `lasting` (seconds) and `creates` (`true`).
//!   `DELETE /emulator/outage` ends it.
//! - `PUT /emulator/rate-limit` sets a [`RateLimit`]: `burst` and `per_second`, or `low_credit`
//!   (`true`), and as wanted `count_refused`. `DELETE /emulator/rate-limit` lifts it.
//!
//! ```console
//! $ curl -H "Authorization: Bearer local" $REPLICATE_BASE_URL/emulator/faults \
//!     --json '{"status": 503, "on": "predictions.create", "times": 1}'
//! ```
//!
//! Those calls are no client's: they meet no fault, and are not among [`Emulator::requests`].
//!
//! # Where it differs
//!
//! Simulated models know nothing. One account owns everything, and may create models under any
//! owner's name. Deployments can be deleted at once. Webhooks to `https` URLs need the
//! feature `https`, and trust whom the machine trusts (on Linux, `SSL_CERT_FILE` says whom);
//! without it their deliveries fail, and say so in [`Emulator::deliveries`] and
//! [`Builder::log_deliveries`]. Files that come as inputs are read from `data:` URLs and from
//! the emulator itself, never from elsewhere. A training takes any version, also one whose
//! interface has no `TrainingInput`.
//!
//! Outputs that are files have `http:` URLs. The official clients make file objects
//! (`FileOutput`) of `https:` and `data:` URLs only, and so give these as plain strings:
//! fetch them by hand.
//!
//! State is in memory, bounded, and gone at the end. What is over goes first; where that does not
//! help, a call is refused: with 429 while too much runs or arrives at once, with 422 or 413 where
//! something must be deleted first.
#![forbid(unsafe_code)]

mod body_budget;
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
