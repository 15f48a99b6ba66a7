//! Trains a model on a file, and waits for the new version.
//!
//! cargo run --example training -- FILE [MODEL] [NAME_OF_THE_NEW_MODEL]

use replicate::FileInput;
use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let file = arguments.next().ok_or("missing argument: FILE")?;
    let mut argument = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let model = argument("replicate-testing/trainable");
    let name = argument("trained");

    let replicate = replicate::Client::from_env()?;
    let owner = replicate.account().get().await?.username;
    let destination = replicate
        .models()
        .create(&owner, &name)
        .visibility("private")
        .hardware("cpu")
        .await?;
    let version = replicate
        .models()
        .get(&model)
        .await?
        .latest_version
        .ok_or("the model has no version")?;

    let training = replicate
        .trainings()
        .create(format!("{model}:{}", version.id), &destination)
        .input(json!({ "train_data": FileInput::path(file) }))
        .await?;
    println!("started {}", training.id);
    let training = replicate.trainings().wait(&training).await?;
    let version = training.output.and_then(|output| output.version);
    println!("created {}", version.ok_or("the training has no version")?);
    Ok(())
}
