//! The API's operations through the facade. Which have none, tests/coverage.rs reports.

use std::time::Duration;

use futures::TryStreamExt;
use replicate::{Client, ErrorKind, FileInput, Method};
use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};
use serde_json::{Value, json};

async fn emulated() -> (Emulator, Client) {
    let emulator = Emulator::start().await.unwrap();
    let client = Client::builder()
        .token("r8_test")
        .base_url(emulator.url())
        .build()
        .unwrap();
    (emulator, client)
}

#[tokio::test]
async fn every_resource_can_be_listed_read_created_and_changed() {
    let (emulator, client) = emulated().await;
    predictions(&client).await;
    let version = models(&client, emulator.account()).await;
    deployments(&client, emulator.account(), &version).await;
    trainings(&client, emulator.account(), &version).await;
    files(&client, &emulator).await;
    the_rest(&client).await;
}

async fn predictions(client: &Client) {
    let predictions = client.predictions();
    let version = client
        .models()
        .get("replicate/hello-world")
        .await
        .unwrap()
        .latest_version
        .unwrap()
        .id;
    let made = predictions
        .create(version)
        .input(json!({ "text": "Alice" }))
        .await
        .unwrap();
    let done = client.wait(&made).await.unwrap();
    assert_eq!(client.output(&done).unwrap().text().unwrap(), "hello Alice");
    assert_eq!(predictions.get(&made.id).await.unwrap().id, made.id);
    let response = predictions.get(&made).with_response();
    let response = response.await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.value().id, made.id);
    let body: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(body["id"], made.id.as_str());
    predictions.cancel(&made).await.unwrap();
    assert_eq!(
        predictions.list().page().await.unwrap().results[0].id,
        made.id
    );
    let waited = predictions
        .create("emulator/text")
        .input(json!({ "prompt": "a" }))
        .prefer_wait(Duration::from_secs(5))
        .await
        .unwrap();
    client.wait(&waited).await.unwrap();
    let refused = predictions
        .create("emulator/text")
        .prefer_wait(Duration::from_secs(61))
        .await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

async fn models(client: &Client, owner: &str) -> String {
    let models = client.models();
    let all: Vec<_> = models.list().items().try_collect().await.unwrap();
    assert!(all.iter().any(|model| model.name == "hello-world"));
    let found = models.search("hello").page().await.unwrap().results;
    assert!(found.iter().any(|model| model.name == "hello-world"));

    let made = models
        .create(owner, "mine")
        .visibility("private")
        .hardware("cpu")
        .await
        .unwrap();
    let changed = models.update(&made).description("better").await.unwrap();
    assert_eq!(changed.description.as_deref(), Some("better"));
    models.delete((owner, "mine")).await.unwrap();
    let gone = models.get((owner, "mine")).await.unwrap_err();
    assert_eq!(gone.kind(), ErrorKind::NotFound);

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
    let made = deployments
        .create("app")
        .model("emulator/text")
        .version(version)
        .hardware("cpu")
        .min_instances(0)
        .max_instances(1)
        .await
        .unwrap();
    assert_eq!(deployments.list().page().await.unwrap().results.len(), 1);
    deployments.get(&made).await.unwrap();
    deployments.update(&made).max_instances(2).await.unwrap();
    let input = json!({ "prompt": "Once upon", "max_tokens": 2 });
    let prediction = deployments
        .predictions()
        .create(&made)
        .input(&input)
        .await
        .unwrap();
    client.wait(&prediction).await.unwrap();
    let text = client
        .run(format!("deployments/{owner}/app"))
        .input(&input)
        .text()
        .await
        .unwrap();
    assert_eq!(text, "Once upon");
    deployments.delete((owner, "app")).await.unwrap();
}

async fn trainings(client: &Client, owner: &str, version: &str) {
    let models = client.models();
    let trainings = client.trainings();
    models
        .create(owner, "tuned")
        .visibility("private")
        .hardware("cpu")
        .await
        .unwrap();
    let made = trainings
        .create(format!("emulator/text:{version}"), (owner, "tuned"))
        .input(json!({ "train_data": FileInput::bytes(&b"x"[..], "text/plain") }))
        .await
        .unwrap();
    assert_eq!(
        trainings.list().page().await.unwrap().results[0].id,
        made.id
    );
    let done = trainings.wait(&made).await.unwrap();
    assert_eq!(trainings.get(&made.id).await.unwrap().status, done.status);
    trainings.cancel(&made).await.unwrap();
    let tuned = models.versions((owner, "tuned"));
    let version = tuned.list().page().await.unwrap().results.remove(0).id;
    tuned.delete(version).await.unwrap();
    let wrong = trainings
        .create("emulator/text", (owner, "tuned"))
        .await
        .unwrap_err();
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
    let signed = emulator
        .download_url(&file.id, Duration::from_secs(60))
        .unwrap();
    let query: Vec<(String, String)> =
        form_urlencoded::parse(signed.split_once('?').unwrap().1.as_bytes())
            .into_owned()
            .collect();
    let part = |name: &str| query.iter().find(|(key, _)| key == name).unwrap().1.clone();
    let download = files.download(
        &file.id,
        &part("owner"),
        part("expiry").parse().unwrap(),
        &part("signature"),
    );
    assert_eq!(download.bytes().await.unwrap(), "hello");
    files.delete(&file.id).await.unwrap();
    files.get(&file.id).await.unwrap_err();
}

async fn the_rest(client: &Client) {
    let collections = client.collections().list().page().await.unwrap().results;
    let slug = collections[0].slug.clone();
    assert_eq!(client.collections().get(&slug).await.unwrap().slug, slug);
    assert!(!client.hardware().list().await.unwrap().is_empty());
    let account = client.account().get().await.unwrap();
    assert!(
        client
            .webhooks()
            .secret()
            .await
            .unwrap()
            .key
            .expose_secret()
            .starts_with("whsec_")
    );
    client.search("text").limit(3).await.unwrap();
    let found = client.search("text").with_response().await.unwrap();
    assert!(!found.body().is_empty());

    let raw: Value = client
        .request(Method::GET, "/account")
        .json()
        .await
        .unwrap();
    assert_eq!(raw["username"], account.username);
    let generated = client
        .api()
        .account_get()
        .send()
        .await
        .unwrap()
        .into_inner();
    assert_eq!(raw["username"], generated.username);
}

#[tokio::test]
async fn a_wrong_name_is_refused_before_anything_is_sent() {
    let (emulator, client) = emulated().await;
    for error in [
        client
            .models()
            .get(("..", "account?x=1"))
            .await
            .unwrap_err(),
        client.models().versions("text").get("x").await.unwrap_err(),
        client.models().examples("text").page().await.unwrap_err(),
        client
            .deployments()
            .get("https://example.com/a/b")
            .await
            .unwrap_err(),
        client.predictions().get("").await.unwrap_err(),
        client.predictions().get("..").await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
    }
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn the_clients_options_reach_every_request() {
    let (emulator, _) = emulated().await;
    let headers = [("x-team".parse().unwrap(), "a".parse().unwrap())]
        .into_iter()
        .collect();
    let client = Client::builder()
        .token_supplier(|| async { replicate::Token::new("r8_supplied") })
        .base_url(format!("{}/v1/", emulator.url()))
        .user_agent_suffix("photo-booth/2.1")
        .default_headers(headers)
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
    assert!(
        request
            .header("user-agent")
            .unwrap()
            .ends_with("photo-booth/2.1")
    );
    assert!(!format!("{client:?}").contains("r8_supplied"));
}

#[tokio::test]
async fn a_create_sends_its_fields_and_names_those_that_are_missing() {
    let reply = || Script::reply(Reply::json(201, r#"{"owner": "acme", "name": "app"}"#));
    let listener = Listener::start([reply(), reply()]).unwrap();
    let client = Client::builder()
        .token("r8_test")
        .base_url(listener.url())
        .build()
        .unwrap();
    let create = client.models().create("acme", "app").visibility("private");
    create.hardware("cpu").await.unwrap();
    let sent: serde_json::Value = serde_json::from_slice(&listener.received()[0].body).unwrap();
    let expected =
        json!({ "owner": "acme", "name": "app", "visibility": "private", "hardware": "cpu" });
    assert_eq!(sent, expected);
    let update = client.models().update("acme/app").readme("# App");
    update.await.unwrap();
    let sent: serde_json::Value = serde_json::from_slice(&listener.received()[1].body).unwrap();
    assert_eq!(sent, json!({ "readme": "# App" }));
    assert_eq!(listener.received()[1].method, "PATCH");

    let error = client.deployments().create("mine").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    for field in [
        "model",
        "version",
        "hardware",
        "min_instances",
        "max_instances",
    ] {
        assert!(error.to_string().contains(field), "{error}");
    }
    assert_eq!(listener.received().len(), 2);
}

#[tokio::test]
async fn schema_and_run_read_a_model_once() {
    let (emulator, client) = emulated().await;
    let schema = client.models().schema("emulator/text").await.unwrap();
    assert!(schema.unwrap()["components"]["schemas"]["Input"].is_object());
    let run = client.run("emulator/text").input(json!({ "prompt": "a" }));
    run.await.unwrap();
    let reads = |operation: &str| {
        let requests = emulator.requests();
        let of = |request: &&replicate_emulator::Request| request.operation == Some(operation);
        requests.iter().filter(of).count()
    };
    assert_eq!(reads("models.get"), 1);

    let model = client.models().get("emulator/text").await.unwrap();
    let version = model.latest_version.unwrap();
    for _ in 0..2 {
        let reference = format!("emulator/text:{}", version.id);
        let schema = client.models().schema(reference).await.unwrap();
        assert!(schema.is_some());
    }
    assert_eq!(reads("models.versions.get"), 1);
    let by_id_alone = client.models().schema(version.id).await.unwrap();
    assert_eq!(by_id_alone, None);
}

#[tokio::test]
async fn every_builder_takes_a_header_a_token_and_a_timeout() {
    let page =
        || Script::reply(Reply::json(200, r#"{"results":[]}"#).header("connection", "close"));
    let one = |status, id| {
        let body = json!({ "id": id, "status": "succeeded", "output": "x" }).to_string();
        Script::reply(Reply::json(status, body).header("connection", "close"))
    };
    let listener = Listener::start([
        one(200, "p1"),
        page(),
        one(200, "x"),
        one(201, "p1"),
        Script::reply(Reply::json(201, r#"{"id":"t1","status":"starting"}"#)),
        one(201, "p1"),
    ])
    .unwrap();
    let client = Client::builder().token("r8_test").base_url(listener.url());
    let client = client.build().unwrap();
    let token = || replicate::Token::new("r8_tenant").unwrap();
    let minute = Duration::from_secs(60);
    let get = client.predictions().get("p1").header("x-trace", "1");
    get.token(token()).timeout(minute).await.unwrap();
    let list = client.predictions().list().header("x-trace", "1");
    list.token(token()).timeout(minute).page().await.unwrap();
    let any = client.request(Method::GET, "/x").header("x-trace", "1");
    any.token(token()).timeout(minute).send().await.unwrap();
    let create = client.predictions().create("acme/app:1a2b3c4d");
    let create = create.header("x-trace", "1").token(token());
    create.timeout(minute).await.unwrap();
    let train = client.trainings().create("acme/app:1a2b3c4d", "acme/mine");
    let train = train.header("x-trace", "1").token(token());
    let training = train.timeout(minute).start().await.unwrap();
    assert_eq!((training.id(), training.body().is_some()), ("t1", true));
    let run = client.run("acme/app:1a2b3c4d").header("x-trace", "1");
    run.token(token()).timeout(minute).await.unwrap();
    for request in listener.received() {
        let sent = (request.header("x-trace"), request.header("authorization"));
        assert_eq!(sent, (Some("1"), Some("Bearer r8_tenant")), "{request:?}");
    }

    let invalid = client.predictions().get("p1").header("x trace", "secret");
    let error = invalid.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_eq!(listener.received().len(), 6);
}

#[tokio::test]
async fn token_supplier_is_called_once_for_each_request() {
    use std::sync::atomic::{AtomicUsize, Ordering};

    let reply = |status, state| {
        let body = json!({ "id": "p1", "status": state, "output": "x" }).to_string();
        Script::reply(Reply::json(status, body).header("connection", "close"))
    };
    let listener = Listener::start([
        reply(201, "starting"),
        reply(200, "processing"),
        reply(200, "succeeded"),
        reply(201, "succeeded"),
    ])
    .unwrap();
    let calls = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&calls);
    let client = Client::builder()
        .token_supplier(move || {
            counted.fetch_add(1, Ordering::SeqCst);
            async { replicate::Token::new("r8_supplied") }
        })
        .base_url(listener.url())
        .build()
        .unwrap();
    client.run("acme/app:1a2b3c4d").await.unwrap();
    assert_eq!(
        (calls.load(Ordering::SeqCst), listener.received().len()),
        (3, 3)
    );
    client.run("acme/app:1a2b3c4d").await.unwrap();
    assert_eq!(
        (calls.load(Ordering::SeqCst), listener.received().len()),
        (4, 4)
    );
}
