//! Requests for candidates: few, short, and without a word when they fail.

use std::collections::BTreeMap;
use std::time::Duration;

use replicate::schema::ModelSchema;
use replicate::{Client, List, ModelRef, Result, RetryPolicy, Timeouts};
use serde_json::Value;

use super::{Candidate, Kind, Words};
use crate::credentials::{self, Credentials};
use crate::local_server::LocalServer;
use crate::record::{age_at, full_name, text_at};
use crate::schema::cache::{Cache, Kept};
use crate::session::{block_on, client_builder};

/// Timeout of all requests for candidates together.
const TIMEOUT: Duration = Duration::from_secs(3);

pub(super) fn candidates(words: &Words, kind: Kind, current: &str) -> Vec<Candidate> {
    if kind == Kind::Profile {
        return profiles(words).unwrap_or_default();
    }
    let found = with_client(words, async |client| match kind {
        Kind::Reference => {
            let mut all = models(client, current).await?;
            if current.starts_with("deployments/") {
                all.extend(deployments(client, "deployments/").await?);
            }
            Ok(all)
        }
        Kind::Model => models(client, current).await,
        Kind::Deployment => deployments(client, "").await,
        Kind::Prediction => first_page(client.predictions().list().decode_as(), job).await,
        Kind::Training => first_page(client.trainings().list().decode_as(), job).await,
        Kind::File => {
            let name = |file: &Value| Candidate(text_at(file, "/id"), text_at(file, "/name"));
            first_page(client.files().list().decode_as(), name).await
        }
        Kind::Collection => {
            let name = |item: &Value| Candidate(text_at(item, "/slug"), text_at(item, "/name"));
            first_page(client.collections().list().decode_as(), name).await
        }
        Kind::Hardware => {
            let all = client.hardware().list().await?.into_iter();
            Ok(all.map(|one| Candidate(one.sku, one.name)).collect())
        }
        Kind::Input | Kind::Profile => Ok(Vec::new()),
    });
    found.unwrap_or_default()
}

async fn first_page(
    list: List<Value>,
    candidate: impl Fn(&Value) -> Candidate,
) -> Result<Vec<Candidate>> {
    Ok(list.page().await?.results.iter().map(candidate).collect())
}

/// The schema of a model: from the cache, else from the API.
pub(super) fn schema(words: &Words, reference: &ModelRef) -> Option<ModelSchema> {
    let name = reference.to_string();
    let cache = cache(words);
    let document = match cache.as_ref().and_then(|cache| cache.get(&name)) {
        Some(kept) => kept.schema,
        None => {
            let read = async |client: &Client| client.models().schema(reference).await;
            let kept = Kept {
                schema: Value::clone(&*with_client(words, read)??),
                description: None,
            };
            if let Some(cache) = cache {
                cache.put(&name, &kept);
            }
            kept.schema
        }
    };
    ModelSchema::new(document).ok().flatten()
}

/// The cache of the account that the command line is for.
fn cache(words: &Words) -> Option<Cache> {
    if words.has("--local") {
        return None;
    }
    let client = client(words, None)?;
    Cache::new(&client, words.option("--profile"))
}

/// The names of recent models, and of those that the API finds; after `:`, the versions.
async fn models(client: &Client, current: &str) -> Result<Vec<Candidate>> {
    if let Some((model, _)) = current.split_once(':') {
        let versions = client.models().versions(model).list().decode_as();
        let version = |version: &Value| {
            let id = text_at(version, "/id");
            Candidate(format!("{model}:{id}"), age_at(version, "/created_at"))
        };
        return first_page(versions, version).await;
    }
    let mut names = BTreeMap::new();
    let recent = |prediction: &Value| Candidate(text_at(prediction, "/model"), String::new());
    if let Ok(recent) = first_page(client.predictions().list().decode_as(), recent).await {
        let recent = recent
            .into_iter()
            .map(|Candidate(name, about)| (name, about));
        names.extend(recent.filter(|(name, _)| name.contains('/')));
    }
    let found = match current {
        "" => client.models().list().decode_as(),
        words => client.models().search(words.replace('/', " ")).decode_as(),
    };
    let model = |model: &Value| Candidate(full_name(model), text_at(model, "/description"));
    let found = first_page(found, model).await?.into_iter();
    names.extend(found.map(|Candidate(name, about)| (name, about)));
    let candidate = |(name, about)| Candidate(name, about);
    Ok(names.into_iter().map(candidate).collect())
}

async fn deployments(client: &Client, prefix: &str) -> Result<Vec<Candidate>> {
    let name = |item: &Value| {
        let model = text_at(item, "/current_release/model");
        Candidate(format!("{prefix}{}", full_name(item)), model)
    };
    first_page(client.deployments().list().decode_as(), name).await
}

fn job(job: &Value) -> Candidate {
    let [id, status, model] = ["/id", "/status", "/model"].map(|field| text_at(job, field));
    Candidate(
        id,
        format!("{status} {model} {}", age_at(job, "/created_at")),
    )
}

fn profiles(words: &Words) -> Option<Vec<Candidate>> {
    let base = credentials::base_url(&client(words, None)?);
    let credentials = Credentials::load().ok()?;
    let profiles = credentials.profiles(&base);
    let profile = |(name, credential): (&String, &credentials::Credential)| {
        let username = credential.username.clone();
        Candidate(name.clone(), username.unwrap_or_default())
    };
    Some(profiles.map(profile).collect())
}

/// Works with a client for at most [`TIMEOUT`]. `None` if anything fails.
fn with_client<T>(words: &Words, work: impl AsyncFnOnce(&Client) -> Result<T>) -> Option<T> {
    let found = block_on(Box::pin(async {
        let local = match words.has("--local") {
            true => Some(LocalServer::start().await.ok()?),
            false => None,
        };
        let client = client(words, local.as_ref())?;
        let found = tokio::time::timeout(TIMEOUT, work(&client)).await;
        found.ok()?.ok()
    }));
    found.ok()?
}

fn client(words: &Words, local: Option<&LocalServer>) -> Option<Client> {
    let timeouts = Timeouts::default().with_call(TIMEOUT);
    let builder = client_builder()
        .timeouts(timeouts.with_connect(TIMEOUT))
        .retry_policy(RetryPolicy::never());
    if let Some(local) = local {
        let builder = builder.base_url(local.url()).token(local.token());
        return builder.build().ok();
    }
    let mut builder = builder.from_env().ok()?;
    if let Some(url) = words.option("--base-url") {
        builder = builder.base_url(url);
    }
    credentials::sign_in(builder.build().ok()?, words.option("--profile")).ok()
}
