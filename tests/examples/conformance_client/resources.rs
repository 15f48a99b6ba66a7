//! Models, versions, collections, search.

use replicate::{Client, ErrorKind};

use crate::runs::newest;
use crate::{Case, Outcome, cases};

pub(super) const CASES: [Case; 5] = cases! {
    models
    versions
    search
    collections
    rest_of_models
};

async fn models(client: Client) -> Outcome {
    let model = client.models().get("emulator/image").await?;
    assert_eq!(model.name, "image");
    let page = client.models().list().page().await?;
    let owned = |owner: &str| page.results.iter().any(|m| m.owner == owner);
    assert!(owned("replicate"));
    let made = client
        .models()
        .create("local", "mine")
        .visibility("private")
        .hardware("cpu")
        .description("a model of ours")
        .await?;
    assert_eq!(made.visibility.unwrap().as_str(), "private");
    let got = client.models().get("local/mine").await?;
    assert_eq!(got.description.as_deref(), Some("a model of ours"));
    client.models().delete("local/mine").await?;
    let gone = client.models().get("local/mine").await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);
    Ok(())
}

async fn versions(client: Client) -> Outcome {
    let versions = client.models().versions("replicate/hello-world");
    let page = versions.list().page().await?;
    let got = versions.get(&page.results[0].id).await?;
    assert_eq!(got.id, page.results[0].id);
    let schema = serde_json::to_value(got.openapi_schema)?;
    let input = &schema["components"]["schemas"]["Input"];
    assert!(input["properties"]["text"].is_object());
    Ok(())
}

async fn search(client: Client) -> Outcome {
    let page = client.models().search("picture of circles").page().await?;
    assert_eq!(page.results[0].name, "image");
    let found = client.search("picture of circles").limit(3).await?;
    let models = found.models;
    assert!((1..=3).contains(&models.len()));
    Ok(())
}

async fn collections(client: Client) -> Outcome {
    let page = client.collections().list().page().await?;
    let slug = page.results[0].slug.clone();
    let collection = client.collections().get(slug).await?;
    assert!(!collection.models.is_empty());
    Ok(())
}

/// Operations that the official clients do not have.
async fn rest_of_models(client: Client) -> Outcome {
    let models = client.models();
    let made = models
        .create("local", "rest")
        .visibility("private")
        .hardware("cpu");
    made.await?;
    let changed = models
        .update("local/rest")
        .readme("# Rest")
        .description("changed");
    assert_eq!(changed.await?.description.as_deref(), Some("changed"));
    assert_eq!(models.readme("local/rest").await?, "# Rest");
    let examples = models.examples("emulator/text").page().await?;
    assert!(!examples.results.is_empty());

    let version = newest(&client, "emulator/text").await?;
    let training = client
        .trainings()
        .create(format!("emulator/text:{version}"), "local/rest")
        .input(serde_json::json!({ "train_data": "data:text/plain,words" }))
        .await?;
    client.trainings().wait(&training).await?;
    let version = newest(&client, "local/rest").await?;
    models.versions("local/rest").delete(version).await?;
    assert!(
        models
            .versions("local/rest")
            .list()
            .page()
            .await?
            .results
            .is_empty()
    );
    models.delete("local/rest").await?;
    Ok(())
}
