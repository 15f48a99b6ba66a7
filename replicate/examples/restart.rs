//! A program that survives its own crash: the prediction's id is stored before it is waited
//! for, so that the next start continues with the same prediction and pays for no second one.
//!
//! cargo run --example restart -- STATE_FILE [MODEL] [INPUT_AS_JSON]

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use replicate::{Client, ErrorKind, PredictionHandle};
use serde_json::{Value, json};

/// Attaches to the prediction of an earlier start, or creates one and stores its id.
async fn resume_or_start(
    replicate: &Client,
    state: &Path,
    model: &str,
    input: Value,
) -> Result<PredictionHandle, Box<dyn std::error::Error>> {
    match fs::read_to_string(state) {
        Ok(id) => {
            eprintln!("continuing with {id}");
            Ok(replicate.prediction(&id))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            // `start` returns as soon as the prediction exists.
            let handle = replicate.run(model).input(input).start().await?;
            write_whole(state, handle.id())?;
            eprintln!("started {}", handle.id());
            Ok(handle)
        }
        Err(error) => Err(error.into()),
    }
}

/// Writes a file so that a crash leaves all of it or nothing.
fn write_whole(path: &Path, content: &str) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    fs::write(&unfinished, content)?;
    fs::rename(unfinished, path)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let state = PathBuf::from(arguments.next().ok_or("missing argument: STATE_FILE")?);
    let model = arguments
        .next()
        .unwrap_or_else(|| "meta/meta-llama-3-8b-instruct".to_owned());
    let input = match arguments.next() {
        Some(json) => serde_json::from_str(&json)?,
        None => json!({ "prompt": "A haiku about llamas" }),
    };

    let replicate = Client::from_env()?;
    let handle = resume_or_start(&replicate, &state, &model, input).await?;
    let result = handle.output().await;
    // Once it is over, whatever its end, the next start is to create another. An error of the
    // network or a timeout says nothing about the prediction: its id is kept.
    let is_over = match &result {
        Ok(_) => true,
        Err(error) => matches!(
            error.kind(),
            ErrorKind::Failed | ErrorKind::Canceled | ErrorKind::Aborted | ErrorKind::Expired
        ),
    };
    if let Ok(output) = &result {
        println!("{output}");
    }
    if is_over {
        fs::remove_file(&state)?;
    }
    result?;
    Ok(())
}
