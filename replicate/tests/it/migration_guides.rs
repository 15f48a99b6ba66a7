//! Every call of this client in the migration guides is compiled here, and the guides contain no
//! other.

#![allow(dead_code, clippy::too_many_arguments)]

use std::time::Duration;

use futures::TryStreamExt;
use http::HeaderMap;
use replicate::types::WebhookEvent::Completed;
use replicate::{
    CancellationToken, Client, EventStream, FileInput, FileStrategy, LogProgress, Method, Output,
    PollPolicy, Prediction, Result, StreamEvent,
};
use serde_json::{Value, json};

use crate::support::squeezed;

const NODE: &str = include_str!("../../../docs/from-node.md");
const PYTHON: &str = include_str!("../../../docs/from-python.md");

#[test]
fn the_tables_hold_only_calls_that_are_compiled() {
    let compiled = squeezed(include_str!("migration_guides.rs"));
    for table in [NODE, PYTHON] {
        let calls: Vec<String> = table.lines().filter_map(ours).collect();
        assert!(calls.len() > 40);
        for call in calls {
            assert!(compiled.contains(&squeezed(&call)), "not compiled: {call}");
        }
    }
}

/// The call in the last cell of a table's row, where there is one.
fn ours(line: &str) -> Option<String> {
    let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
    let cell = row.replace("\\|", "\0");
    let cell = cell.rsplit('|').next()?.trim().replace('\0', "|");
    Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_owned())
}

fn clients(token: &str, url: &str, proxy: reqwest::Proxy, headers: HeaderMap) -> Result<()> {
    let _ = replicate::Client::from_env()?;
    let _ = replicate::Client::new(token)?;
    let _ = replicate::Client::builder()
        .token(token)
        .user_agent_suffix("photo-booth/2.1")
        .build()?;
    let _ = replicate::Client::builder()
        .token(token)
        .base_url(url)
        .build()?;
    let _ = replicate::Client::builder()
        .from_env()?
        .http(move |http| http.proxy(proxy.clone()))
        .build()?;
    let _ = replicate::Client::builder()
        .from_env()?
        .default_headers(headers)
        .build()?;
    let _ = replicate::Client::builder()
        .from_env()?
        .on_request(|request| println!("{}", request.url()))
        .build()?;
    let _ = replicate::Client::builder()
        .from_env()?
        .file_strategy(FileStrategy::Upload)
        .build()?;
    Ok(())
}

pub(crate) async fn runs(
    replicate: &Client,
    model: &str,
    input: &Value,
    url: &str,
    token: CancellationToken,
    path: &str,
    content: Vec<u8>,
    prediction: Prediction,
) -> Result<()> {
    let _ = replicate.run(model).input(input).await?;
    let _ = replicate.run(model).input(input).text().await?;
    let _ = replicate.run(model).input(input).prediction().await?;
    let _ = replicate
        .run(model)
        .poll_only()
        .poll_policy(PollPolicy::fixed(Duration::from_secs(1)))
        .await?;
    let _ = replicate
        .run(model)
        .webhook(url)
        .webhook_events([Completed])
        .await?;
    let _ = replicate.run(model).cancellation_token(token).await?;
    let _ = replicate
        .run(model)
        .on_progress(|progress| println!("{:?}", progress.percent()))
        .await?;
    let _ = replicate
        .run(model)
        .timeout(Duration::from_secs(60))
        .await?;
    let _ = replicate
        .run(model)
        .cancel_after(Duration::from_secs(60))
        .await?;
    let _ = replicate
        .run(model)
        .input(json!({ "image": FileInput::path(path) }))
        .await?;
    let _ = replicate
        .run(model)
        .input(json!({ "image": FileInput::bytes(content, "image/png") }))
        .await?;
    let _ = replicate.wait(&prediction).await?;
    let _ = replicate.output(&prediction)?;
    let _ = replicate.run("deployments/acme/app").input(input).await?;
    let _ = replicate.run(model).input(input).poll_only().await?;
    let _ = replicate
        .run(model)
        .file_strategy(FileStrategy::Inline)
        .await?;
    Ok(())
}

pub(crate) async fn streams(
    replicate: &Client,
    model: &str,
    input: &Value,
    prediction: Prediction,
    mut events: EventStream,
    event: &StreamEvent,
) -> Result<()> {
    let _ = replicate.stream(model).input(input).await?;
    while let Some(event) = events.try_next().await? {
        print!("{event}");
    }
    let _ = matches!(event, StreamEvent::Output(_));
    let _ = matches!(event, StreamEvent::Logs(_));
    let _ = event.id();
    let _ = event.retry();
    let _ = matches!(event, StreamEvent::Done(_));
    let _ = replicate.stream(model).await?.text();
    let _ = replicate.stream_prediction(&prediction).await?;
    Ok(())
}

pub(crate) async fn files(replicate: &Client, output: &Output, path: &str, id: &str) -> Result<()> {
    let _ = output.file()?.url();
    let _ = output.file()?.save(path).await?;
    let _ = output.file()?.bytes().await?;
    let _ = output.file()?.stream();
    let _ = output.files()?;
    let _ = replicate.files().create(FileInput::path(path)).await?;
    let _ = replicate.files().get(id).await?;
    let _ = replicate.files().list().page().await?;
    replicate.files().delete(id).await?;
    Ok(())
}

pub(crate) async fn models(
    replicate: &Client,
    owner: &str,
    name: &str,
    query: &str,
    id: &str,
    slug: &str,
) -> Result<()> {
    let _ = replicate.models().get((owner, name)).await?;
    let _ = replicate.models().list().page().await?;
    let _ = replicate.models().search(query).page().await?;
    let _ = replicate
        .models()
        .create(owner, name)
        .visibility("private")
        .hardware("cpu")
        .await?;
    let _ = replicate
        .models()
        .versions((owner, name))
        .list()
        .page()
        .await?;
    let _ = replicate.models().versions((owner, name)).get(id).await?;
    let _ = replicate.models().examples((owner, name)).page().await?;
    let _ = replicate.models().readme((owner, name)).await?;
    let _ = replicate.hardware().list().await?;
    let _ = replicate.collections().list().page().await?;
    let _ = replicate.collections().get(slug).await?;
    let _ = replicate.account().get().await?;
    let _ = replicate.search(query).await?;
    let _ = replicate.models().get("owner/name").await?;
    let _ = replicate
        .models()
        .versions("owner/name")
        .list()
        .page()
        .await?;
    let _ = replicate.models().versions("owner/name").get(id).await?;
    Ok(())
}

pub(crate) async fn predictions(
    replicate: &Client,
    model: &str,
    version: &str,
    input: &Value,
    url: &str,
    id: &str,
    prediction: Prediction,
) -> Result<()> {
    let _ = replicate.predictions().create(model).input(input).await?;
    let _ = replicate.predictions().create(version).input(input).await?;
    let _ = replicate
        .predictions()
        .create(model)
        .webhook(url)
        .webhook_events([Completed])
        .await?;
    let _ = replicate
        .predictions()
        .create(model)
        .prefer_wait(Duration::from_secs(10))
        .await?;
    let _ = replicate.predictions().get(id).await?;
    let _ = replicate.predictions().cancel(id).await?;
    let _ = replicate.predictions().list().page().await?;
    let _ = replicate.predictions().list().pages();
    let _ = replicate.predictions().list().items();
    let _ = replicate.predictions().get(id).with_response().await?;
    let _ = replicate.predictions().get(&prediction).await?;
    let _ = replicate.predictions().cancel(&prediction).await?;
    Ok(())
}

pub(crate) async fn deployments_and_trainings(
    replicate: &Client,
    owner: &str,
    name: &str,
    id: &str,
    version: &str,
    destination: &str,
    input: &Value,
) -> Result<()> {
    let _ = replicate
        .trainings()
        .create(version, destination)
        .input(input)
        .await?;
    let _ = replicate.trainings().get(id).await?;
    let _ = replicate.trainings().cancel(id).await?;
    let _ = replicate.trainings().list().page().await?;
    let _ = replicate.trainings().wait(id).await?;
    let _ = replicate
        .deployments()
        .predictions()
        .create((owner, name))
        .input(input)
        .await?;
    let _ = replicate.deployments().get((owner, name)).await?;
    let _ = replicate.deployments().list().page().await?;
    let _ = replicate
        .deployments()
        .create("app")
        .model("acme/app")
        .version(id)
        .hardware("cpu")
        .min_instances(0)
        .max_instances(1)
        .await?;
    let _ = replicate
        .deployments()
        .update((owner, name))
        .max_instances(2)
        .await?;
    replicate.deployments().delete((owner, name)).await?;
    let _ = replicate.deployments().get("owner/name").await?;
    let _ = replicate
        .deployments()
        .predictions()
        .create("owner/name")
        .input(input)
        .await?;
    let _ = replicate
        .deployments()
        .update("owner/name")
        .max_instances(2)
        .await?;
    replicate.deployments().delete("owner/name").await?;
    Ok(())
}

pub(crate) async fn the_rest(
    replicate: &Client,
    secret: &str,
    headers: HeaderMap,
    body: Vec<u8>,
    error: &replicate::Error,
    logs: &str,
) -> Result<()> {
    let _ = replicate.webhooks().secret().await?;
    let _ = replicate::webhook::verify(secret, &headers, &body)?;
    let _ = replicate
        .request(Method::GET, "/account")
        .json::<Value>()
        .await?;
    let _ = replicate.api().account_get().send().await?;
    let _ = error.prediction();
    let _ = LogProgress::from_logs(logs);
    let _ = replicate::webhook::verify(secret, &headers, &body)?.event()?;
    Ok(())
}
