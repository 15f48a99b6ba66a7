//! Shared code of the tests. It depends on none of the client crates, so that they can use it too.
#![forbid(unsafe_code)]

mod example;
mod http2;
mod injector;
mod listener;
mod received;
mod response;
mod script;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

pub use http2::{Http2End, Http2Reply};
pub use injector::Injector;
pub use listener::Listener;
pub use received::Received;
pub use response::Reply;
pub use script::{Gate, Script};

/// The programs of the README, compiled, and run where they need no network.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
