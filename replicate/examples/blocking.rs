//! A script without an async runtime: runs a model, saves a file, streams, and lists.
//!
//! cargo run --example blocking --features blocking -- FILE [TEXT_MODEL] [IMAGE_MODEL]

use std::io::Write;

use replicate::StreamEvent;
use replicate::blocking::Client;
use serde_json::json;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("missing argument: FILE")?;
    let mut argument = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let text_model = argument("meta/meta-llama-3-8b-instruct");
    let image_model = argument("black-forest-labs/flux-schnell");

    let replicate = Client::from_env()?;
    let prompt = replicate
        .run(&text_model)
        .input(json!({ "prompt": "Describe a bicycle in one line" }))
        .text()?;
    println!("{prompt}");

    // With `start` the script has the id at once, even if the wait fails.
    let handle = replicate
        .run(&image_model)
        .input(json!({ "prompt": prompt }))
        .start()?;
    eprintln!("created {}", handle.id());
    let size = handle.output()?.file()?.save(&path)?;
    println!("{path}: {size} bytes");

    let events = replicate
        .stream(&text_model)
        .input(json!({ "prompt": "A haiku about bicycles" }))
        .send()?;
    for event in events {
        if let StreamEvent::Output(text) = event? {
            print!("{text}");
            std::io::stdout().flush()?;
        }
    }
    println!();

    for prediction in replicate.predictions().list().take(3) {
        let prediction = prediction?;
        println!("{} {}", prediction.id, prediction.status);
    }
    Ok(())
}
