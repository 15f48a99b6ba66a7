//! Starts a prediction, goes on with something else, and waits for it by its id: as a program
//! does that is started again in between.
//!
//! cargo run --example background -- [MODEL] [PROMPT]

use std::time::Duration;

use serde_json::json;

#[tokio::main]
async fn main() -> replicate::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments
        .next()
        .unwrap_or_else(|| "meta/meta-llama-3-8b-instruct".into());
    let prompt = arguments
        .next()
        .unwrap_or_else(|| "A haiku about llamas".into());

    let replicate = replicate::Client::from_env()?;
    let prediction = replicate
        .predictions()
        .create(model)
        .input(json!({ "prompt": prompt }))
        .await?;
    println!("started {}", prediction.id);

    let id: String = prediction.id;
    let prediction = replicate
        .wait(&id)
        .timeout(Duration::from_secs(300))
        .await?;
    println!("{}", replicate.output(&prediction)?);
    Ok(())
}
