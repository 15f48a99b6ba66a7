//! Runs a model once, even where the response to its create is lost: it looks for the prediction
//! and waits for it, and nothing is created, or billed, a second time.
//!
//! cargo run --example reconcile -- [MODEL] [PROMPT]

use std::time::Duration;

use replicate::{Client, Error, ErrorKind, Prediction};
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let model = argument("meta/meta-llama-3-8b-instruct");
    let prompt = argument("A haiku");

    let replicate = Client::from_env()?;
    let run = replicate.run(model).input(json!({ "prompt": prompt }));
    let prediction = match run.prediction().await {
        Err(error) if error.kind() == ErrorKind::OutcomeUnknown => {
            eprintln!("{error}");
            found(&replicate, error).await?
        }
        ended => ended?,
    };
    println!("{}", replicate.output(&prediction)?);
    Ok(())
}

/// Finds the prediction of a create whose response was lost, and waits until it is done.
async fn found(replicate: &Client, error: Error) -> Result<Prediction, Error> {
    // The request may still be in flight, and be processed a moment later.
    for _ in 0..5 {
        let found = replicate.predictions().reconcile(&error).await?;
        if let Some(prediction) = found.matching.first() {
            return replicate.wait(prediction).await;
        }
        for prediction in &found.possible {
            eprintln!("it may be {}", prediction.id);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err(error)
}
