//! Runs a model and prints its output.
//!
//! cargo run --example run -- [MODEL] [TEXT]

use serde_json::json;

#[tokio::main]
async fn main() -> replicate::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments
        .next()
        .unwrap_or_else(|| "replicate/hello-world".into());
    let text = arguments.next().unwrap_or_else(|| "Alice".into());

    let replicate = replicate::Client::from_env()?;
    let output = replicate.run(model).input(json!({ "text": text })).await?;
    println!("{output}");
    Ok(())
}
