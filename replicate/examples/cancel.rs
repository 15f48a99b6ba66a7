//! Runs a model until it is done or Ctrl-C is pressed, which cancels it at the server.
//!
//! cargo run --example cancel -- [MODEL] [SECONDS]
//!
//! With SECONDS it cancels by itself after so long.

use std::time::Duration;

use replicate::{CancellationToken, ErrorKind};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments
        .next()
        .unwrap_or_else(|| "stability-ai/sdxl".into());
    let seconds: u64 = arguments.next().map_or(Ok(3600), |text| text.parse())?;

    let token = CancellationToken::new();
    let cancel = token.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = tokio::time::sleep(Duration::from_secs(seconds)) => {}
        }
        cancel.cancel();
    });

    let replicate = replicate::Client::from_env()?;
    match replicate
        .run(model)
        .input(json!({}))
        .cancellation_token(token)
        .await
    {
        Ok(output) => println!("{output}"),
        Err(error) if error.kind() == ErrorKind::Canceled => match error.prediction() {
            Some(prediction) => println!("{} is {}", prediction.id, prediction.status),
            None => println!("canceled before anything was created"),
        },
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
