//! Prints the progress that a model reports in its logs.
//!
//! cargo run --example progress -- [MODEL] [INPUT_AS_JSON]

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
        .on_progress(
            |progress| match (progress.percent(), progress.done(), progress.total()) {
                (Some(percent), Some(done), Some(total)) => {
                    println!("{percent:>3.0} % ({done} of {total})")
                }
                _ => println!("{}", progress.snapshot.status),
            },
        )
        .await?;
    println!("{output}");
    Ok(())
}
