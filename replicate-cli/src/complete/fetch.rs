//! Requests for candidates: few, short, and without a word when they fail.

use std::collections::BTreeMap;
use std::time::Duration;

use replicate::schema::ModelSchema;
use replicate::{Client, ModelRef, Result, RetryPolicy, Timeouts};
use serde_json::Value;

use super::{Candidate, Kind, Words};
use crate::credentials::{self, Credentials};
use crate::local_server::LocalServer;
use crate::record::{age_at, full_name, text_at};
use crate::schema::cache::Cache;

/// Timeout for fetching candidates.
const PATIENCE: Duration = Duration::from_secs(3);

/// The candidates of a kind.
pub(super) fn candidates(words: &Words, kind: Kind, current: &str) -> Vec<Candidate> {
    if kind == Kind::Profile {
        return profiles(words).unwrap_or_default();
    }
    with_client(words, async |client| {
        Ok(match kind {
            Kind::Reference => {
                let mut all = models(client, current).await?;
                if current.starts_with("deployments/") {
                    all.extend(deployments(client, "deployments/").await?);
                }
                all
            }
            Kind::Model => models(client, current).await?,
            Kind::Deployment => deployments(client, "").await?,
            Kind::Prediction => jobs(client.predictions().list().decode_as::<Value>()).await?,
            Kind::Training => jobs(client.trainings().list().decode_as::<Value>()).await?,
            Kind::File => {
                let files = client
                    .files()
                    .list()
                    .decode_as::<Value>()
                    .page()
                    .await?
                    .results;
                let name = |file: &Value| Candidate(text_at(file, "/id"), text_at(file, "/name"));
                files.iter().map(name).collect()
            }
            Kind::Collection => {
                let list = client.collections().list().decode_as::<Value>();
                let name = |item: &Value| Candidate(text_at(item, "/slug"), text_at(item, "/name"));
                list.page().await?.results.iter().map(name).collect()
            }
            Kind::Hardware => {
                let all = client.hardware().list().await?;
                all.into_iter()
                    .map(|one| Candidate(one.sku, one.name))
                    .collect()
            }
            Kind::Input | Kind::Profile => Vec::new(),
        })
    })
    .unwrap_or_default()
}

/// The schema of a model: from the cache, else from the API.
pub(super) fn schema(words: &Words, reference: &ModelRef) -> Option<ModelSchema> {
    let name = reference.to_string();
    let cache = cache(words);
    let document = match cache.as_ref().and_then(|cache| cache.schema(&name)) {
        Some(document) => document,
        None => {
            let read = async |client: &Client| client.models().schema(reference).await;
            let document = Value::clone(&*with_client(words, read)??);
            if let Some(cache) = cache {
                cache.put_schema(&name, &document);
            }
            document
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
        let versions = client.models().versions(model).list().decode_as::<Value>();
        let versions = versions.page().await?.results;
        let version = |version: &Value| {
            let id = text_at(version, "/id");
            Candidate(format!("{model}:{id}"), age_at(version, "/created_at"))
        };
        return Ok(versions.iter().map(version).collect());
    }
    let mut names = BTreeMap::new();
    if let Ok(recent) = client
        .predictions()
        .list()
        .decode_as::<Value>()
        .page()
        .await
    {
        let model = recent.results.iter().map(|item| text_at(item, "/model"));
        names.extend(
            model
                .filter(|name| name.contains('/'))
                .map(|name| (name, String::new())),
        );
    }
    let found = match current {
        "" => client.models().list().decode_as::<Value>().page().await?,
        words => {
            let words = words.replace('/', " ");
            client
                .models()
                .search(words)
                .decode_as::<Value>()
                .page()
                .await?
        }
    };
    for model in &found.results {
        names.insert(full_name(model), text_at(model, "/description"));
    }
    let candidate = |(name, about)| Candidate(name, about);
    Ok(names.into_iter().map(candidate).collect())
}

async fn deployments(client: &Client, prefix: &str) -> Result<Vec<Candidate>> {
    let all = client
        .deployments()
        .list()
        .decode_as::<Value>()
        .page()
        .await?;
    let name = |item: &Value| {
        let model = text_at(item, "/current_release/model");
        Candidate(format!("{prefix}{}", full_name(item)), model)
    };
    Ok(all.results.iter().map(name).collect())
}

/// The ids of recent predictions or trainings.
async fn jobs(list: replicate::List<Value>) -> Result<Vec<Candidate>> {
    let job = |job: &Value| {
        let about = ["/status", "/model"]
            .map(|field| text_at(job, field))
            .join(" ");
        Candidate(
            text_at(job, "/id"),
            format!("{about} {}", age_at(job, "/created_at")),
        )
    };
    Ok(list.page().await?.results.iter().map(job).collect())
}

fn profiles(words: &Words) -> Option<Vec<Candidate>> {
    let base = credentials::base_url(&client(words, None)?);
    let credentials = Credentials::load().ok()?;
    let profiles = credentials.profiles(&base);
    let profile = |(name, credential): (&String, &credentials::Credential)| {
        Candidate(
            name.clone(),
            credential.username.clone().unwrap_or_default(),
        )
    };
    Some(profiles.map(profile).collect())
}

/// Works with a client for at most [`PATIENCE`]. `None` if anything fails.
fn with_client<T>(words: &Words, work: impl AsyncFnOnce(&Client) -> Result<T>) -> Option<T> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .ok()?;
    let found = runtime.block_on(async {
        let local = match words.has("--local") {
            true => Some(LocalServer::start().await.ok()?),
            false => None,
        };
        let client = client(words, local.as_ref())?;
        tokio::time::timeout(PATIENCE, work(&client))
            .await
            .ok()?
            .ok()
    });
    runtime.shutdown_background();
    found
}

fn client(words: &Words, local: Option<&LocalServer>) -> Option<Client> {
    let mut builder = Client::builder()
        .user_agent_suffix(concat!("replicate-cli/", env!("CARGO_PKG_VERSION")))
        .timeouts(
            Timeouts::default()
                .with_call(PATIENCE)
                .with_connect(PATIENCE),
        )
        .retry_policy(RetryPolicy::never());
    if let Some(local) = local {
        return builder
            .base_url(local.url())
            .token(local.token())
            .build()
            .ok();
    }
    builder = builder.from_env().ok()?;
    if let Some(url) = words.option("--base-url") {
        builder = builder.base_url(url);
    }
    credentials::sign_in(builder.build().ok()?, words.option("--profile")).ok()
}
