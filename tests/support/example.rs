//! Examples in the documentation of the client crates, each run with a client of an emulator.

/// Runs an example of `replicate`.
#[macro_export]
macro_rules! example {
    (async |$client:ident| { $($code:tt)* }) => {
        async fn example($client: ::replicate::Client) -> ::replicate::Result<()> {
            $($code)*
            Ok(())
        }
        ::tokio::runtime::Runtime::new().unwrap().block_on(async {
            let emulator = ::replicate_emulator::Emulator::start().await.unwrap();
            let builder = ::replicate::Client::builder().token("t");
            let client = builder.base_url(emulator.url()).build().unwrap();
            example(client).await.unwrap();
        })
    };
}

/// Runs an example of `replicate-api`.
#[macro_export]
macro_rules! api_example {
    (async |$client:ident| { $($code:tt)* }) => {
        async fn example($client: ::replicate_api::Client) -> Result<(), ::replicate_api::Error> {
            $($code)*
            Ok(())
        }
        ::tokio::runtime::Runtime::new().unwrap().block_on(async {
            let emulator = ::replicate_emulator::Emulator::start().await.unwrap();
            let transport = ::replicate_api::Transport::builder().token("t");
            let transport = transport.base_url(emulator.url()).build().unwrap();
            let client = ::replicate_api::Client::from_transport(transport);
            example(client).await.unwrap();
        })
    };
}
