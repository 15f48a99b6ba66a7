//! The API's operations through the facade. Which have none, tests/it/coverage.rs reports.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::TryStreamExt;
use replicate::{Client, ErrorKind, FileInput, Method, Token};
use replicate_emulator::Emulator;
use replicate_test_support::Listener;
use serde_json::{Value, json};

use crate::programs::count;
use crate::support::{
    HOUR, VERSION, assert_error, created, emulator, reply, sent, serve, state, text_run,
};

#[tokio::test]
async fn every_resource_can_be_listed_read_created_and_changed() {
    let (emulator, client) = emulator().await;
    predictions(&client).await;
    let version = models(&client, emulator.account()).await;
    deployments(&client, emulator.account(), &version).await;
    trainings(&client, emulator.account(), &version).await;
    files(&client, &emulator).await;
    the_rest(&client).await;
}

async fn predictions(client: &Client) {
    let predictions = client.predictions();
    let hello = client.models().get("replicate/hello-world").await.unwrap();
    let version = hello.latest_version.unwrap().id;
    let create = predictions.create(version);
    let made = create.input(json!({ "text": "Alice" })).await.unwrap();
    let done = client.wait(&made).await.unwrap();
    assert_eq!(client.output(&done).unwrap().text().unwrap(), "hello Alice");
    assert_eq!(predictions.get(&made.id).await.unwrap().id, made.id);
    let response = predictions.get(&made).with_response().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.value().id, made.id);
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(body["id"], made.id.as_str());
    predictions.cancel(&made).await.unwrap();
    let listed = predictions.list().page().await.unwrap().results;
    assert_eq!(listed[0].id, made.id);

    let create = predictions.create("emulator/text");
    let create = create.input(json!({ "prompt": "a" }));
    let waited = create.prefer_wait(Duration::from_secs(5)).await.unwrap();
    client.wait(&waited).await.unwrap();
    let create = predictions.create("emulator/text");
    let refused = create.prefer_wait(Duration::from_secs(61)).await;
    assert_error(&refused.unwrap_err(), ErrorKind::InvalidRequest, "");
}

async fn models(client: &Client, owner: &str) -> String {
    let models = client.models();
    let all: Vec<_> = models.list().items().try_collect().await.unwrap();
    assert!(all.iter().any(|model| model.name == "hello-world"));
    let found = models.search("hello").page().await.unwrap().results;
    assert!(found.iter().any(|model| model.name == "hello-world"));

    let create = models.create(owner, "mine").visibility("private");
    let made = create.hardware("cpu").await.unwrap();
    let changed = models.update(&made).description("better").await.unwrap();
    assert_eq!(changed.description.as_deref(), Some("better"));
    models.delete((owner, "mine")).await.unwrap();
    let gone = models.get((owner, "mine")).await.unwrap_err();
    assert_error(&gone, ErrorKind::NotFound, "");

    models.examples("emulator/text").page().await.unwrap();
    assert!(models.readme("emulator/text").await.unwrap().contains('#'));
    // The versions of official models are not listed.
    let hello = models.versions("replicate/hello-world");
    let listed = hello.list().page().await.unwrap().results.remove(0);
    let version = hello.get(&listed.id).await.unwrap();
    assert!(version.openapi_schema.is_some());
    let text = models.get("emulator/text").await.unwrap();
    text.latest_version.unwrap().id
}

async fn deployments(client: &Client, owner: &str, version: &str) {
    let deployments = client.deployments();
    let create = deployments.create("app").model("emulator/text");
    let create = create.version(version).hardware("cpu");
    let create = create.min_instances(0).max_instances(1);
    let made = create.await.unwrap();
    assert_eq!(deployments.list().page().await.unwrap().results.len(), 1);
    deployments.get(&made).await.unwrap();
    deployments.update(&made).max_instances(2).await.unwrap();
    let input = json!({ "prompt": "Once upon", "max_tokens": 2 });
    let create = deployments.predictions().create(&made);
    let prediction = create.input(&input).await.unwrap();
    client.wait(&prediction).await.unwrap();
    let run = client.run(format!("deployments/{owner}/app"));
    assert_eq!(run.input(&input).text().await.unwrap(), "Once upon");
    deployments.delete((owner, "app")).await.unwrap();
}

async fn trainings(client: &Client, owner: &str, version: &str) {
    let models = client.models();
    let trainings = client.trainings();
    let create = models.create(owner, "tuned").visibility("private");
    create.hardware("cpu").await.unwrap();
    let data = FileInput::bytes(&b"x"[..], "text/plain");
    let create = trainings.create(format!("emulator/text:{version}"), (owner, "tuned"));
    let create = create.input(json!({ "train_data": data }));
    let made = create.await.unwrap();
    let listed = trainings.list().page().await.unwrap().results;
    assert_eq!(listed[0].id, made.id);
    let done = trainings.wait(&made).await.unwrap();
    assert_eq!(trainings.get(&made.id).await.unwrap().status, done.status);
    trainings.cancel(&made).await.unwrap();
    let tuned = models.versions((owner, "tuned"));
    let version = tuned.list().page().await.unwrap().results.remove(0).id;
    tuned.delete(version).await.unwrap();
    let wrong = trainings.create("emulator/text", (owner, "tuned"));
    let wrong = wrong.await.unwrap_err();
    assert!(wrong.to_string().contains("owner/name:version"), "{wrong}");
}

async fn files(client: &Client, emulator: &Emulator) {
    let files = client.files();
    let metadata = json!({ "customer": 7 }).as_object().unwrap().clone();
    let file = FileInput::bytes(&b"hello"[..], "text/plain").name("a.txt");
    let create = files.create(file).metadata(metadata.clone());
    let file = create.await.unwrap();
    assert_eq!(file.metadata, metadata);
    assert_eq!(files.list().page().await.unwrap().results[0].id, file.id);
    assert_eq!(files.get(&file.id).await.unwrap().size, Some(5));
    let signed = emulator.download_url(&file.id, HOUR).unwrap();
    let query = signed.split_once('?').unwrap().1;
    let part = |name: &str| {
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        pairs.find(|(key, _)| key == name).unwrap().1
    };
    let expiry = part("expiry").parse().unwrap();
    let download = files.download(&file.id, &part("owner"), expiry, &part("signature"));
    assert_eq!(download.bytes().await.unwrap(), "hello");
    files.delete(&file.id).await.unwrap();
    files.get(&file.id).await.unwrap_err();
}

async fn the_rest(client: &Client) {
    let collections = client.collections().list().page().await.unwrap().results;
    let slug = collections[0].slug.clone();
    assert_eq!(client.collections().get(&slug).await.unwrap().slug, slug);
    assert!(!client.hardware().list().await.unwrap().is_empty());
    let secret = client.webhooks().secret().await.unwrap().key;
    assert!(secret.expose_secret().starts_with("whsec_"));
    client.search("text").limit(3).await.unwrap();
    let found = client.search("text").with_response().await.unwrap();
    assert!(!found.body().is_empty());

    let account = client.account().get().await.unwrap();
    let raw = client.request(Method::GET, "/account");
    let raw: Value = raw.json().await.unwrap();
    assert_eq!(raw["username"], account.username);
    let generated = client.api().account_get().send().await.unwrap();
    assert_eq!(raw["username"], generated.into_inner().username);
}

#[tokio::test]
async fn a_wrong_name_is_refused_before_anything_is_sent() {
    let (emulator, client) = emulator().await;
    let (models, predictions) = (client.models(), client.predictions());
    let deployments = client.deployments();
    for error in [
        models.get(("..", "account?x=1")).await.unwrap_err(),
        models.versions("text").get("x").await.unwrap_err(),
        models.examples("text").page().await.unwrap_err(),
        deployments
            .get("https://example.com/a/b")
            .await
            .unwrap_err(),
        predictions.get("").await.unwrap_err(),
        predictions.get("..").await.unwrap_err(),
    ] {
        assert_error(&error, ErrorKind::InvalidRequest, "");
    }
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn the_clients_options_reach_every_request() {
    let (emulator, _) = emulator().await;
    let headers = [("x-team".parse().unwrap(), "a".parse().unwrap())];
    let client = Client::builder()
        .token_supplier(|| async { Token::new("r8_supplied") })
        .base_url(format!("{}/v1/", emulator.url()))
        .user_agent_suffix("photo-booth/2.1")
        .default_headers(headers.into_iter().collect())
        .on_request(|request| {
            request.headers_mut().insert("x-hook", "b".parse().unwrap());
        })
        .build()
        .unwrap();
    client.account().get().header("x-call", "c").await.unwrap();
    let request = &emulator.requests()[0];
    for (name, value) in [
        ("x-team", "a"),
        ("x-hook", "b"),
        ("x-call", "c"),
        ("authorization", "Bearer r8_supplied"),
    ] {
        assert_eq!(request.header(name), Some(value), "{name}");
    }
    let user_agent = request.header("user-agent").unwrap();
    assert!(user_agent.ends_with("photo-booth/2.1"), "{user_agent}");
    assert!(!format!("{client:?}").contains("r8_supplied"));
}

#[tokio::test]
async fn a_create_sends_its_fields_and_names_those_that_are_missing() {
    let model = json!({ "owner": "acme", "name": "app" });
    let (listener, client) = serve([reply(201, &model), reply(201, &model)]);
    let create = client.models().create("acme", "app").visibility("private");
    create.hardware("cpu").await.unwrap();
    let expected =
        json!({ "owner": "acme", "name": "app", "visibility": "private", "hardware": "cpu" });
    assert_eq!(sent(&listener, 0), expected);
    let update = client.models().update("acme/app").readme("# App");
    update.await.unwrap();
    assert_eq!(sent(&listener, 1), json!({ "readme": "# App" }));
    assert_eq!(listener.received()[1].method, "PATCH");

    let error = client.deployments().create("mine").await.unwrap_err();
    for field in [
        "model",
        "version",
        "hardware",
        "min_instances",
        "max_instances",
    ] {
        assert_error(&error, ErrorKind::InvalidRequest, field);
    }
    assert_eq!(listener.received().len(), 2);
}

#[tokio::test]
async fn schema_and_run_read_a_model_once() {
    let (emulator, client) = emulator().await;
    let schema = client.models().schema("emulator/text").await.unwrap();
    assert!(schema.unwrap()["components"]["schemas"]["Input"].is_object());
    text_run(&client, "a").await.unwrap();
    assert_eq!(count(&emulator, "models.get"), 1);

    let model = client.models().get("emulator/text").await.unwrap();
    let version = model.latest_version.unwrap();
    for _ in 0..2 {
        let reference = format!("emulator/text:{}", version.id);
        let schema = client.models().schema(reference).await.unwrap();
        assert!(schema.is_some());
    }
    assert_eq!(count(&emulator, "models.versions.get"), 1);
    let by_id_alone = client.models().schema(version.id).await.unwrap();
    assert_eq!(by_id_alone, None);
}

#[tokio::test]
async fn every_builder_takes_a_header_a_token_and_a_timeout() {
    let training = json!({ "id": "t1", "status": "starting" });
    let (listener, client) = serve([
        state("succeeded"),
        reply(200, &json!({ "results": [] })),
        reply(200, &json!({})),
        created("succeeded"),
        reply(201, &training),
        created("succeeded"),
    ]);
    macro_rules! with_options {
        ($builder:expr) => {{
            let builder = $builder.header("x-trace", "1").timeout(HOUR);
            builder.token(Token::new("r8_tenant").unwrap())
        }};
    }
    with_options!(client.predictions().get("p1")).await.unwrap();
    let list = with_options!(client.predictions().list());
    list.page().await.unwrap();
    let any = with_options!(client.request(Method::GET, "/x"));
    any.send().await.unwrap();
    with_options!(client.predictions().create(VERSION))
        .await
        .unwrap();
    let train = with_options!(client.trainings().create(VERSION, "acme/mine"));
    let training = train.start().await.unwrap();
    assert_eq!((training.id(), training.body().is_some()), ("t1", true));
    with_options!(client.run(VERSION)).await.unwrap();
    for request in listener.received() {
        let sent = (request.header("x-trace"), request.header("authorization"));
        assert_eq!(sent, (Some("1"), Some("Bearer r8_tenant")), "{request:?}");
    }

    let invalid = client.predictions().get("p1").header("x trace", "secret");
    assert_error(&invalid.await.unwrap_err(), ErrorKind::InvalidRequest, "");
    assert_eq!(listener.received().len(), 6);
}

#[tokio::test]
async fn token_supplier_is_called_once_for_each_request() {
    let polls = [state("processing"), state("succeeded")];
    let first = std::iter::once(created("starting")).chain(polls);
    let listener = Listener::start(first.chain([created("succeeded")])).unwrap();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    let builder = Client::builder().token_supplier(move || {
        counted.fetch_add(1, Ordering::SeqCst);
        async { Token::new("r8_supplied") }
    });
    let client = builder.base_url(listener.url()).build().unwrap();
    for requests in [3, 4] {
        client.run(VERSION).await.unwrap();
        assert_eq!(calls.load(Ordering::SeqCst), requests);
        assert_eq!(listener.received().len(), requests);
    }
}
