//! Prints the progress of a run: uploads, and what the model reports in its logs.
//!
//! cargo run --example progress -- [MODEL] [INPUT_AS_JSON]

use replicate::Progress;
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let model = argument("stability-ai/sdxl");
    let input = argument(r#"{ "prompt": "an astronaut riding a horse" }"#);
    let input: Value = serde_json::from_str(&input)?;

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
