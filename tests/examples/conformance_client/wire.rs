//! Each call once, as the Node client's list has them, for a server that records the requests.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use replicate::types::WebhookEvent::{self, Completed, Start};
use replicate::{FileInput, FileStrategy, Method, PollPolicy};
use serde_json::{Value, json};

use crate::Case;

const VERSION: &str = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";
const HOOK: &str = "https://example.com/hook?x=1";
const EVENTS: [WebhookEvent; 2] = [Start, Completed];

fn input() -> Value {
    json!({
        "prompt": "Once upon a time",
        "number": 1.5,
        "list": [1, "two", null],
        "text": "Ünïcode ☃",
    })
}

fn words() -> FileInput {
    FileInput::bytes(&b"some words"[..], "text/plain").name("words.txt")
}

fn instant(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

async fn ignore<T>(_: T) -> replicate::Result<()> {
    Ok(())
}

/// `name: client => call` is a case of that name that awaits the call.
macro_rules! calls {
    ($($name:ident: $client:ident => $call:expr;)*) => {
        pub(super) const CASES: &[Case] = &[$(Case {
            name: stringify!($name),
            run: |$client| Box::pin(async move {
                $call.await?;
                Ok(())
            }),
        }),*];
    };
}

calls! {
    run_model: c => c.run("acme/app").input(input());
    run_version: c => c.run(format!("acme/app:{VERSION}")).input(input());
    run_wait_10: c => c.run("acme/app").input(input()).timeout(Duration::from_millis(12_500));
    run_polling: c => c.run("acme/app").input(input()).poll_only()
        .poll_policy(PollPolicy::fixed(Duration::from_millis(50)));
    run_webhook: c => c.run("acme/app").input(input()).webhook(HOOK).webhook_events(EVENTS);
    stream: c => c.stream("acme/app").input(input()).await?.try_for_each(ignore);
    create_by_version: c => c.predictions().create(VERSION).input(input())
        .webhook(HOOK).webhook_events(EVENTS).stream();
    create_by_model: c => c.predictions().create("acme/app").input(input())
        .webhook(HOOK).webhook_events(EVENTS).stream();
    create_by_deployment: c => c.deployments().predictions().create("acme/mine").input(input())
        .webhook(HOOK).webhook_events(EVENTS).stream();
    create_wait_5: c => c.predictions().create(VERSION).input(input())
        .prefer_wait(Duration::from_secs(5));
    create_with_file: c => c.predictions().create(VERSION).input(json!({ "file": words() }))
        .file_strategy(FileStrategy::Upload);
    predictions_get: c => c.predictions().get("p1");
    predictions_cancel: c => c.predictions().cancel("p1");
    predictions_list: c => c.predictions().list().page();
    predictions_list_filtered: c => c.predictions().list()
        .created_after(instant("2025-01-01T00:00:00Z"))
        .created_before(instant("2025-02-01T00:00:00Z"))
        .source("web").page();
    paginate: c => c.predictions().list().pages().try_for_each(ignore);
    models_get: c => c.models().get("acme/app");
    models_list: c => c.models().list().page();
    models_list_sorted: c => c.models().list().sort_by("model_created_at").sort_direction("asc").page();
    models_create: c => c.models().create("acme", "new").visibility("private").hardware("cpu").description("a model of ours");
    models_search: c => c.models().search("red \"bicycle\" ☃").page();
    versions_list: c => c.models().versions("acme/app").list().page();
    versions_get: c => c.models().versions("acme/app").get(VERSION);
    deployments_create: c => c.deployments().create("mine").model("acme/app").version(VERSION).hardware("cpu")
            .min_instances(0).max_instances(1);
    deployments_update: c => c.deployments().update("acme/mine").max_instances(2);
    deployments_get: c => c.deployments().get("acme/mine");
    deployments_list: c => c.deployments().list().page();
    deployments_delete: c => c.deployments().delete("acme/mine");
    trainings_create: c => c.trainings()
        .create(format!("acme/app:{VERSION}"), "acme/trained")
        .input(json!({ "train_data": "https://example.com/data.zip" }))
        .webhook(HOOK).webhook_events(EVENTS);
    trainings_get: c => c.trainings().get("t1");
    trainings_cancel: c => c.trainings().cancel("t1");
    trainings_list: c => c.trainings().list().page();
    files_create: c => c.files().create(words())
        .metadata(serde_json::Map::from_iter([("purpose".to_owned(), json!("test"))]));
    files_get: c => c.files().get("f1");
    files_list: c => c.files().list().page();
    files_delete: c => c.files().delete("f1");
    collections_list: c => c.collections().list().page();
    collections_get: c => c.collections().get("official");
    hardware_list: c => c.hardware().list();
    account_get: c => c.account().get();
    webhooks_secret: c => c.webhooks().secret();
    raw_request: c => c.request(Method::GET, "/search")
        .query(&[("query", "red bicycle"), ("limit", "3")]).send();
}
