//! Creates a deployment of a model, runs it, and deletes it.
//!
//! cargo run --example deployment -- [MODEL] [HARDWARE]
//!
//! A deployment costs money while its instances run; with `min_instances` 0, none runs while it is
//! idle.

use serde_json::json;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let model = argument("replicate/hello-world");
    let hardware = argument("cpu");

    let replicate = replicate::Client::from_env()?;
    let version = replicate
        .models()
        .get(&model)
        .await?
        .latest_version
        .ok_or("the model has no version")?;
    let deployment = replicate
        .deployments()
        .create("example")
        .model(model)
        .version(version.id)
        .hardware(hardware)
        .min_instances(0)
        .max_instances(1)
        .await?;
    let owner = deployment.owner.clone();
    println!("created {owner}/example");

    let output = replicate
        .run(format!("deployments/{owner}/example"))
        .input(json!({ "text": "Alice" }))
        .await;
    // Delete it whether or not the run succeeded: it could cost money.
    replicate.deployments().delete(&deployment).await?;
    println!("{}", output?);
    Ok(())
}
