//! Gives a model a file, and saves the file that it makes of it.
//!
//! cargo run --example files -- FILE SAVE_AS [MODEL] [FIELD]

use std::collections::BTreeMap;

use replicate::FileInput;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(save_as)) = (arguments.next(), arguments.next()) else {
        return Err("which file, and under which name to save the result?".into());
    };
    let model = arguments
        .next()
        .unwrap_or_else(|| "nightmareai/real-esrgan".into());
    let field = arguments.next().unwrap_or_else(|| "image".into());

    let replicate = replicate::Client::from_env()?;
    // A small file travels inside the input; a larger one is uploaded first, streamed.
    let input = BTreeMap::from([(field, FileInput::path(file))]);
    let output = replicate.run(model).input(input).await?;
    let size = output.file()?.save(&save_as).await?;
    println!("{save_as}: {size} bytes");
    Ok(())
}
