//! The whole HTTP API of [Replicate](https://replicate.com), typed, over one transport that
//! keeps the token to itself and never pays twice.
//!
//! ```no_run
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), replicate_api::Error> {
//! let client = replicate_api::Client::from_env()?; // REPLICATE_API_TOKEN
//! let account = client.account_get().send().await?;
//! println!("{}", account.username.as_deref().unwrap_or_default());
//! # Ok(())
//! # }
//! ```
#![forbid(unsafe_code)]

mod answer;
mod base_url;
mod client;
mod decode;
mod error;
mod field;
#[rustfmt::skip]
mod generated;
mod path;
mod problem;
mod request;
mod retry;
mod secret;
mod token;
mod transport;

pub(crate) use client::method;
pub use error::{Error, ErrorKind};
pub use field::{FromText, IntoField};
pub use generated::{Client, OPERATIONS, Operation, builder, types};
pub use problem::{InvalidField, Problem};
pub use progenitor_client::{ByteStream, ResponseValue};
pub use request::{Request, Response};
pub use reqwest::{Body, Method, StatusCode, Url, header, multipart};
pub use retry::{RetryBudget, RetryPolicy};
pub use secret::Secret;
pub use token::Token;
pub use transport::{
    CallKind, CallOptions, Fetch, Limits, Streamed, Tap, Timeouts, Transport, TransportBuilder,
};
