//! Makes 20 images in parallel, gives each to a second model, and saves the results. What fails
//! is reported; the rest is kept.
//!
//! cargo run --example pipeline -- FOLDER [MODEL] [NEXT_MODEL] [FIELD]
//!
//! FIELD is the input of the second model that takes the image.

use std::path::{Path, PathBuf};

use futures::{StreamExt, stream};
use replicate::Client;
use serde_json::json;

const IMAGES: u32 = 20;

struct Pipeline {
    replicate: Client,
    model: String,
    next_model: String,
    field: String,
}

impl Pipeline {
    /// Makes one image and returns where it was saved.
    async fn run(&self, seed: u32, folder: &Path) -> replicate::Result<PathBuf> {
        let image = self
            .replicate
            .run(&self.model)
            .input(json!({ "prompt": "a red bicycle", "seed": seed }))
            .await?
            .file()?;
        // A file serializes as its URL: the second model fetches it, this program does not.
        let result = self
            .replicate
            .run(&self.next_model)
            .input(json!({ &self.field: image }))
            .await?
            .file()?;
        // Outputs are deleted an hour after their prediction, so that each is saved at once.
        let path = folder.join(format!("{seed:02}-{}", result.name()));
        result.save(&path).await?;
        Ok(path)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("missing argument: FOLDER")?);
    let mut argument = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let pipeline = Pipeline {
        replicate: Client::from_env()?,
        model: argument("black-forest-labs/flux-dev"),
        next_model: argument("nightmareai/real-esrgan"),
        field: argument("image"),
    };
    std::fs::create_dir_all(&folder)?;

    let (pipeline, folder) = (&pipeline, &folder);
    let mut results = stream::iter(1..=IMAGES)
        .map(|seed| async move { (seed, pipeline.run(seed, folder).await) })
        .buffer_unordered(IMAGES as usize);
    let mut failed = 0;
    while let Some((seed, result)) = results.next().await {
        match result {
            Ok(path) => println!("{}", path.display()),
            Err(error) => {
                failed += 1;
                eprintln!("image {seed}: {error}");
            }
        }
    }
    match failed {
        0 => Ok(()),
        failed => Err(format!("{failed} of {IMAGES} images failed").into()),
    }
}
