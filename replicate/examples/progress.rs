//! Prints the progress of a run: uploads, and what the model reports in its logs.
//!
//! cargo run --example progress -- [MODEL] [INPUT_AS_JSON]

use replicate::Progress;
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments
        .next()
        .unwrap_or_else(|| "stability-ai/sdxl".into());
    let input: Value = match arguments.next() {
        Some(json) => serde_json::from_str(&json)?,
        None => serde_json::json!({ "prompt": "an astronaut riding a horse" }),
    };

    let replicate = replicate::Client::from_env()?;
    let output = replicate
        .run(model)
        .input(input)
        .on_progress(|progress| match (progress, progress.bar()) {
            (_, Some(bar)) => println!("{:>3.0} % ({} of {})", bar.percent, bar.done, bar.total),
            (Progress::Snapshot(prediction), None) => println!("{}", prediction.status),
            (Progress::Upload(it), None) => println!("{}: {} of {}", it.file, it.sent, it.total),
            (other, None) => println!("{other:?}"),
        })
        .await?;
    println!("{output}");
    Ok(())
}
