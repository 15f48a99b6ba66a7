//! Shared code of the tests. It depends on none of the client crates, so that they can use it too.
#![forbid(unsafe_code)]

mod http2;
mod injector;
mod listener;
mod received;
mod response;
mod script;

pub use http2::{Http2End, Http2Reply};
pub use injector::Injector;
pub use listener::Listener;
pub use received::Received;
pub use response::Reply;
pub use script::{Gate, Script};

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Runs an example in the documentation of `replicate` with a client of an emulator.
#[macro_export]
macro_rules! example {
    (async |$client:ident| { $($code:tt)* }) => {
        async fn example($client: ::replicate::Client) -> ::replicate::Result<()> {
            $($code)*
        }
        ::tokio::runtime::Runtime::new().unwrap().block_on(async {
            let emulator = ::replicate_emulator::Emulator::start().await.unwrap();
            let builder = ::replicate::Client::builder().token("t");
            let client = builder.base_url(emulator.url()).build().unwrap();
            example(client).await.unwrap();
        })
    };
}

/// The programs of the README, compiled, and run where they need no network.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
