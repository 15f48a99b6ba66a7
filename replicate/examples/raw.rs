//! Calls past the typed ones: a route by its path, the generated client, and bodies as the API
//! sent them.
//!
//! cargo run --example raw

use replicate::Method;
use serde_json::Value;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let replicate = replicate::Client::from_env()?;

    let account: Value = replicate.request(Method::GET, "/account").json().await?;
    println!("{}", account["username"]);

    let hardware = replicate.api().hardware_list().send().await?;
    println!("{} kinds of hardware", hardware.len());

    let body = replicate
        .models()
        .get("replicate/hello-world")
        .raw()
        .await?;
    println!("{} bytes about a model", body.len());
    Ok(())
}
