//! Prints the output of a language model while it is produced.
//!
//! cargo run --example stream -- [MODEL] [PROMPT]

use std::io::Write;

use replicate::StreamEvent;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let model = argument("meta/meta-llama-3-8b-instruct");
    let prompt = argument("A haiku about llamas");

    let replicate = replicate::Client::from_env()?;
    let mut events = replicate
        .stream(model)
        .input(json!({ "prompt": prompt }))
        .cancel_on_drop()
        .await?;
    while let Some(event) = events.next().await {
        match event? {
            StreamEvent::Output(text) => {
                print!("{text}");
                std::io::stdout().flush()?;
            }
            StreamEvent::Logs(text) => eprint!("{text}"),
            StreamEvent::Done(prediction) => println!("\n({})", prediction.status),
            _ => {}
        }
    }
    Ok(())
}
