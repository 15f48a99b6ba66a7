//! Runs a model in a program without an async runtime.
//!
//! cargo run --example blocking --features blocking -- [MODEL] [TEXT]

use serde_json::json;

fn main() -> replicate::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments
        .next()
        .unwrap_or_else(|| "replicate/hello-world".into());
    let text = arguments.next().unwrap_or_else(|| "Alice".into());

    let replicate = replicate::blocking::Client::from_env()?;
    println!(
        "{}",
        replicate.run(model).input(json!({ "text": text })).text()?
    );
    for prediction in replicate.predictions().list().take(3) {
        println!("{}", prediction?.status);
    }
    Ok(())
}
