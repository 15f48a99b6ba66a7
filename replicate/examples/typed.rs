//! Inputs and outputs as types of one's own, with files anywhere in them.
//!
//! cargo run --example typed -- BACKGROUND LAYER MASK SAVE_AS [MODEL]

use replicate::{Client, FileInput, FileOutput};
use serde::{Deserialize, Serialize};

/// What the model takes. Small files are sent in the input; larger ones are uploaded first,
/// streamed, at any depth.
#[derive(Serialize)]
struct Scene {
    title: &'static str,
    background: FileInput,
    layers: Vec<Layer>,
}

#[derive(Serialize)]
struct Layer {
    image: FileInput,
    blend: Blend,
    #[serde(skip_serializing_if = "Option::is_none")]
    mask: Option<FileInput>,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Blend {
    Normal,
    Multiply,
}

/// What the model returns. A `FileOutput` takes the URL of a file.
#[derive(Deserialize)]
struct Composition {
    image: FileOutput,
    layers: Vec<Placement>,
}

#[derive(Deserialize)]
struct Placement {
    blend: String,
    masked: bool,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |name| arguments.next().ok_or(format!("missing argument: {name}"));
    let (background, layer) = (argument("BACKGROUND")?, argument("LAYER")?);
    let (mask, save_as) = (argument("MASK")?, argument("SAVE_AS")?);
    let model = argument("MODEL").unwrap_or_else(|_| "acme/compositor".to_owned());

    let scene = Scene {
        title: "A red bicycle",
        background: FileInput::path(background),
        layers: vec![
            Layer {
                image: FileInput::path(layer),
                blend: Blend::Multiply,
                mask: Some(FileInput::path(mask)),
            },
            Layer {
                image: FileInput::bytes(&b"a layer in memory"[..], "text/plain"),
                blend: Blend::Normal,
                mask: None,
            },
        ],
    };

    let replicate = Client::from_env()?;
    // If the output is not as described, the error has its path, and the prediction itself.
    let composition: Composition = replicate.run(model).input(&scene).json().await?;
    for (index, layer) in composition.layers.iter().enumerate() {
        println!("layer {index}: {}, masked: {}", layer.blend, layer.masked);
    }
    println!("{} bytes", composition.image.save(&save_as).await?);
    Ok(())
}
