//! One service, several accounts: each tenant's calls send that tenant's token, over shared
//! connections, and their traces say whose they are.
//!
//! ACME_TOKEN=r8_… GLOBEX_TOKEN=r8_… cargo run --example tenants -- acme=ACME_TOKEN globex=GLOBEX_TOKEN
//!
//! Tokens come from environment variables: arguments are visible to every process.

use futures::future::join_all;
use replicate::{Client, Token};
use serde_json::json;
use tracing::{Instrument, info_span};
use tracing_subscriber::fmt::format::FmtSpan;

/// Does a tenant's work, with a client that sends the tenant's token.
async fn greet(replicate: Client, tenant: &str) -> replicate::Result<String> {
    tracing::info!("running a model");
    replicate
        .run("replicate/hello-world")
        .input(json!({ "text": tenant }))
        .text()
        .await
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Each call to the API is a span with the fields of OpenTelemetry's HTTP conventions; with
    // `CLOSE` it is printed when it ends. No trace has a token or a body in it.
    tracing_subscriber::fmt()
        .with_span_events(FmtSpan::CLOSE)
        .with_writer(std::io::stderr)
        .init();

    // Settings that all tenants share. A client is cheap to clone and to derive.
    let replicate = Client::builder()
        .from_env()?
        .user_agent_suffix("tenants-example/1.0")
        .build()?;

    let mut work = Vec::new();
    for argument in std::env::args().skip(1) {
        let (tenant, variable) = argument.split_once('=').ok_or("expected NAME=VARIABLE")?;
        let token = std::env::var(variable).map_err(|error| format!("{variable}: {error}"))?;
        // Rate limits, retry budgets and cached models are kept for each token.
        let client = replicate.with_token(Token::new(token)?);
        let tenant = tenant.to_owned();
        // The spans of the calls become children of this one.
        let span = info_span!("tenant", name = tenant);
        work.push(async move { (greet(client, &tenant).await, tenant) }.instrument(span));
    }

    let mut failed = false;
    for (result, tenant) in join_all(work).await {
        match result {
            Ok(text) => println!("{tenant}: {text}"),
            Err(error) => {
                failed = true;
                eprintln!("{tenant}: {error}");
            }
        }
    }
    match failed {
        false => Ok(()),
        true => Err("not every tenant was served".into()),
    }
}
