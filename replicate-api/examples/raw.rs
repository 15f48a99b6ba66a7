//! The crate `replicate-api` alone: pages by cursor, a search with QUERY, the fields of a 422,
//! and an upload.
//!
//! cargo run -p replicate-api --example raw -- [OWNER] [MODEL] [WORDS]

use replicate_api::multipart::{Form, Part};
use replicate_api::{Client, ErrorKind, Url};
use serde_json::json;

/// The cursor of the URL of another page. Only the cursor is used, so that no response leads
/// to another host.
fn cursor(next: Option<&str>) -> Option<String> {
    let url = Url::parse(next?).ok()?;
    let mut query = url.query_pairs();
    query.find_map(|(name, value)| (name == "cursor").then(|| value.into_owned()))
}

/// Counts the models of the first pages.
async fn count_models(client: &Client, max_pages: u32) -> Result<usize, replicate_api::Error> {
    let (mut count, mut next) = (0, None);
    for _ in 0..max_pages {
        let page = client.models_list().cursor(next).send().await?;
        count += page.results.len();
        next = cursor(page.next.as_deref());
        if next.is_none() {
            break;
        }
    }
    Ok(count)
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut argument = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let (owner, model) = (argument("meta"), argument("meta-llama-3-8b-instruct"));
    let words = argument("llama");

    let client = Client::from_env()?;
    println!("{} models", count_models(&client, 3).await?);

    // `QUERY /models`: a read whose words are the body.
    let found = client.models_search().body(words).send().await?;
    for model in found.results.iter().take(3) {
        println!("found {}/{}", model.owner, model.name);
    }

    // An input without what the model requires: the API names each field.
    let create = client
        .models_predictions_create()
        .model_owner(owner)
        .model_name(model)
        .body(json!({ "input": {} }));
    match create.send().await {
        Ok(prediction) => println!("created {}", prediction.id),
        Err(error) if error.kind() == ErrorKind::InvalidRequest => {
            for field in error.invalid_fields() {
                println!("invalid {}: {}", field.field, field.description);
            }
        }
        Err(error) => return Err(error.into()),
    }

    let content = Part::bytes(b"hello".as_slice())
        .file_name("hello.txt")
        .mime_str("text/plain")?;
    let form = Form::new().part("content", content);
    let file = client.files_create().body(form).send().await?;
    // A response is its value, with the status, headers and body beside it.
    println!(
        "{}: uploaded {} bytes",
        file.status(),
        file.size.unwrap_or_default()
    );
    client
        .files_delete()
        .file_id(file.id.clone())
        .send()
        .await?;
    Ok(())
}
