//! Reads lists: models page by page, predictions item by item.
//!
//! cargo run --example paginate

use futures::{StreamExt, TryStreamExt};

#[tokio::main]
async fn main() -> replicate::Result<()> {
    let replicate = replicate::Client::from_env()?;

    let mut pages = replicate.models().list().pages().take(3);
    while let Some(page) = pages.try_next().await? {
        println!("a page of {} models", page.results.len());
    }

    let mut predictions = replicate.predictions().list().items().take(100);
    while let Some(prediction) = predictions.try_next().await? {
        println!("{} {}", prediction.id, prediction.status);
    }
    Ok(())
}
