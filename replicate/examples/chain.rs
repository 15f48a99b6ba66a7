//! Gives one model's output to the next one, without downloading it in between.
//!
//! cargo run --example chain -- SAVE_AS [MODEL] [NEXT MODEL] [FIELD]

use std::collections::BTreeMap;

use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let save_as = arguments
        .next()
        .ok_or("under which name to save the result?")?;
    let first = arguments
        .next()
        .unwrap_or_else(|| "black-forest-labs/flux-schnell".into());
    let next = arguments
        .next()
        .unwrap_or_else(|| "nightmareai/real-esrgan".into());
    let field = arguments.next().unwrap_or_else(|| "image".into());

    let replicate = replicate::Client::from_env()?;
    let picture = replicate
        .run(first)
        .input(json!({ "prompt": "a red bicycle" }))
        .await?
        .file()?;
    println!("made {}", picture.name());

    let result = replicate
        .run(next)
        .input(BTreeMap::from([(field, &picture)]))
        .await?
        .file()?;
    println!("{save_as}: {} bytes", result.save(&save_as).await?);
    Ok(())
}
