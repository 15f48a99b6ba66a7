//! Runs a model on a file, and saves the file that it returns.
//!
//! cargo run --example files -- FILE SAVE_AS [MODEL] [FIELD]

use replicate::FileInput;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(save_as)) = (arguments.next(), arguments.next()) else {
        return Err("missing arguments: FILE SAVE_AS".into());
    };
    let mut argument = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let model = argument("nightmareai/real-esrgan");
    let field = argument("image");

    let replicate = replicate::Client::from_env()?;
    // A small file is sent in the input; a larger one is uploaded first, streamed.
    let input = json!({ field: FileInput::path(file) });
    let output = replicate.run(model).input(input).await?;
    let size = output.file()?.save(&save_as).await?;
    println!("{save_as}: {size} bytes");
    Ok(())
}
