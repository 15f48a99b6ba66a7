//! A typed client for the whole HTTP API of [Replicate](https://replicate.com).
//!
//! All requests go through one transport, which keeps the token secret and never
//! retries a create that the API may have processed.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), replicate_api::Error> {
//! # let emulator = replicate_emulator::Emulator::start().await.unwrap();
//! # unsafe {
//! #     std::env::set_var("REPLICATE_API_TOKEN", "t");
//! #     std::env::set_var("REPLICATE_BASE_URL", emulator.url());
//! # }
//! let client = replicate_api::Client::from_env()?; // REPLICATE_API_TOKEN
//! let account = client.account_get().send().await?;
//! println!("{}", account.username);
//! # Ok(())
//! # }
//! ```
//!
//! Every operation is a method of [`Client`], named by its id in the API's description:
//! `predictions.create` is [`Client::predictions_create`]. It returns a builder; `send` sends
//! the request and returns a [`Response`].
//!
//! ```
//! # replicate_test_support::api_example!(async |client| {
//! use serde_json::json;
//!
//! let prediction = client
//!     .models_predictions_create()
//!     .model_owner("emulator")
//!     .model_name("image")
//!     .prefer("wait=30")
//!     .body_map(|body| body.input(json!({ "prompt": "an astronaut riding a horse" })))
//!     .send()
//!     .await?;
//! println!("{}: {:?}", prediction.id, prediction.output);
//! # });
//! ```
//!
//! This crate exposes the API's operations unchanged. The crate `replicate`, which is built on
//! it, runs models and waits for their output, streams, pages, uploads and downloads.
//!
//! # What the transport promises
//!
//! - A request that creates or changes something is retried only when no connection could be
//!   established, and after a complete 429. Where its outcome is unknown, the error says so:
//!   [`ErrorKind::OutcomeUnknown`]. Reads, cancels and deletes are retried: [`RetryPolicy`].
//! - After a 429, creates of predictions and trainings queue per token, first in, first out.
//! - Each wait has a timeout ([`Timeouts`]), and each response a limit ([`Limits`]).
//! - The token is sent to the API's routes at its own origin only, over https or to this
//!   machine: not after redirects, not to outputs or streams. No error or trace shows it.
//! - A field of an unexpected type does not hide the rest of a response: [`decode()`].
//!
//! These are set on the [`Transport`], or for single requests by [`RequestOptions`].
//! [`Transport::request`] sends requests to routes that this crate does not know,
//! [`Transport::fetch`] to URLs that the API has returned.
//!
//! # Errors
//!
//! ```
//! # replicate_test_support::api_example!(async |client| {
//! use replicate_api::ErrorKind;
//!
//! match client.predictions_get().prediction_id("gm3qorzdhgbf").send().await {
//!     Ok(prediction) => println!("{:?}", prediction.status),
//!     Err(error) if error.kind() == ErrorKind::NotFound => println!("no such prediction"),
//!     Err(error) => return Err(error),
//! }
//! # });
//! ```
//!
//! # Features
//!
//! | Feature | |
//! |---|---|
//! | `rustls` (default) | TLS written in Rust, with the platform's certificates |
//! | `native-tls` | the platform's TLS |
//! | `schemars` | `JsonSchema` for the API's types |
#![forbid(unsafe_code)]

mod base_url;
mod client;
#[cfg(test)]
mod constructs;
mod decode;
mod error;
#[allow(dead_code, reason = "a description may have nothing that needs it")]
mod field;
#[rustfmt::skip]
mod generated;
mod nullable;
mod open_enum;
#[allow(dead_code, reason = "a description may have nothing that needs it")]
mod operation;
mod options;
#[allow(dead_code, reason = "a description may have nothing that needs it")]
mod path;
mod problem;
mod rate_limit;
mod request;
mod request_url;
mod response;
mod retry;
mod secret;
mod setters;
mod token;
mod transport;

pub use decode::decode;
#[doc(hidden)]
pub use error::Secrets;
pub use error::{Error, ErrorKind};
pub use field::{FromJson, FromText, IntoField};
pub use generated::{Client, builder, operations, types};
pub use nullable::Nullable;
#[allow(unused_imports, reason = "a description may have no enum")]
pub(crate) use open_enum::open_enum;
pub use operation::Operation;
#[doc(hidden)]
pub use options::rounded;
pub use options::{Limits, RequestOptions, Timeouts};
pub use problem::{InvalidField, ProblemDetails};
pub use request::Request;
pub use reqwest::{Body, Method, StatusCode, Url, header, multipart};
pub use response::Response;
pub use retry::{RetryBudget, RetryPolicy};
pub use secret::Secret;
pub use token::Token;
pub use tokio_util::sync::CancellationToken;
pub use transport::{
    AttemptObserver, Download, SendGate, StreamingResponse, Transport, TransportBuilder,
};
