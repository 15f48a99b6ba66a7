//! Windows of outage, lagging replicas, and faults for one model or one prediction.

mod support;

use std::{io::ErrorKind, time::Duration};

use replicate_emulator::{Emulator, Fault, Model, Outage};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use support::{call, ended, fetch, get, header, post, send, start, text, version};
use tokio::net::TcpStream;

const SLOW: &str = "/models/emulator/slow/predictions";

/// Tries until `done`.
async fn within_20_seconds(mut done: impl AsyncFnMut() -> bool) {
    let trying = async {
        while !done().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let trying = tokio::time::timeout(Duration::from_secs(20), trying).await;
    trying.expect("done within 20 s");
}

async fn create(emulator: &Emulator, path: &str) -> (u16, Value) {
    let body = json!({"input": {"prompt": "a", "seconds": 0}});
    post(emulator, path, body).await
}

#[tokio::test]
async fn an_outage_resets_every_call_but_creates_and_predictions_keep_running() {
    let emulator = start().await;
    emulator.start_outage(Outage::reset());
    let account = call(&emulator, "GET", "/account").send().await;
    account.expect_err("a reset");
    let (status, made) = create(&emulator, SLOW).await;
    assert_eq!(status, 201);
    let url = text(&made["urls"]["get"]);
    let failed = call(&emulator, "GET", &url).send().await;
    failed.expect_err("a reset");
    let upload = Form::new().text("content", "a".repeat(100_000));
    let upload = call(&emulator, "POST", "/files")
        .multipart(upload)
        .send()
        .await;
    upload.expect_err("a reset");
    emulator.end_outage();
    assert_eq!(ended(&emulator, &url).await["status"], "succeeded");
    let seen = emulator.requests();
    let reads = seen
        .iter()
        .filter(|r| r.operation == Some("predictions.get"));
    assert!(reads.count() >= 2, "calls during the outage are among them");
}

#[tokio::test]
async fn an_outage_ends_by_itself_on_the_emulators_clock() {
    let emulator = start().await;
    emulator.start_outage(Outage::bad_gateway().lasting(Duration::from_secs(3600)));
    let failed = send(call(&emulator, "GET", "/account")).await;
    assert_eq!(failed.status(), 502);
    let kind = header(&failed, "content-type");
    assert_eq!(kind.as_deref(), Some("text/html"));
    assert!(failed.text().await.expect("a page").contains("<h1>502"));
    let large = vec![0; 10 * 1024 * 1024];
    let form = Form::new().part("content", Part::bytes(large));
    let upload = send(call(&emulator, "POST", "/files").multipart(form)).await;
    assert_eq!(upload.status(), 502, "after the body was read");
    assert_eq!(create(&emulator, SLOW).await.0, 201);
    emulator.advance(Duration::from_secs(3600));
    assert_eq!(get(&emulator, "/account").await.0, 200);
}

#[tokio::test]
async fn an_outage_with_creates_breaks_one_that_is_held_open() {
    let emulator = start().await;
    let held = call(&emulator, "POST", SLOW)
        .header("prefer", "wait")
        .json(&json!({"input": {"seconds": 3600}}));
    let held = tokio::spawn(held.send());
    support::until(&emulator, "/predictions", |list| {
        list["results"][0]["status"] == "processing"
    })
    .await;
    emulator.start_outage(Outage::reset().with_creates());
    held.await.expect("no panic").expect_err("a reset");
    let refused = call(&emulator, "POST", SLOW).json(&json!({"input": {}}));
    refused.send().await.expect_err("a reset");
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn a_stream_that_is_open_breaks_as_an_outage_begins() {
    let emulator = start().await;
    let (_, made) = post(&emulator, SLOW, json!({"input": {"seconds": 3600}})).await;
    let url = text(&made["urls"]["stream"]);
    let mut stream = reqwest::get(&url).await.expect("a stream");
    let first = stream.chunk().await.expect("an event").expect("an event");
    assert!(first.starts_with(b"event: logs"));
    emulator.start_outage(Outage::reset());
    let rest = async {
        while stream.chunk().await?.is_some() {}
        Ok::<_, reqwest::Error>(())
    };
    let rest = tokio::time::timeout(Duration::from_secs(20), rest).await;
    rest.expect("within 20 s").expect_err("a reset");
    reqwest::get(&url).await.expect_err("a reset");
}

#[tokio::test]
async fn connections_are_refused_and_idle_ones_closed_until_the_port_is_served_again() {
    let emulator = start().await;
    let client = reqwest::Client::new();
    let account = || {
        let url = format!("{}/v1/account", emulator.url());
        client.get(url).bearer_auth("any").send()
    };
    let idle = TcpStream::connect(emulator.address()).await.expect("open");
    let first = account().await.expect("a response");
    first.bytes().await.expect("a body");
    for lasting in [None, Some(Duration::from_secs(3600))] {
        let outage = Outage::refused();
        emulator.start_outage(match lasting {
            Some(lasting) => outage.lasting(lasting),
            None => outage,
        });
        // Connections that wait to be accepted are reset first.
        within_20_seconds(async || {
            let connected = TcpStream::connect(emulator.address()).await;
            connected.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
        })
        .await;
        let mut byte = [0; 1];
        within_20_seconds(async || !matches!(idle.try_read(&mut byte), Err(e) if e.kind() == ErrorKind::WouldBlock)).await;
        // The client has noticed that its pooled connection is gone: nothing can have been sent.
        within_20_seconds(async || account().await.is_err_and(|error| error.is_connect())).await;
        match lasting {
            Some(lasting) => emulator.advance(lasting),
            None => emulator.end_outage(),
        }
        within_20_seconds(async || account().await.is_ok()).await;
    }
}

#[tokio::test]
async fn an_outage_is_started_and_ended_over_http() {
    let emulator = start().await;
    let url = format!("{}/emulator/outage", emulator.url());
    let control =
        async |method: &str, body: &Value| fetch(call(&emulator, method, &url).json(body)).await.0;
    let outage = json!({"kind": "bad_gateway", "creates": true, "lasting": 3600});
    assert_eq!(control("POST", &outage).await, 204);
    let refused = call(&emulator, "POST", SLOW).json(&json!({"input": {}}));
    assert_eq!(send(refused).await.status(), 502);
    assert_eq!(control("DELETE", &json!(null)).await, 204);
    assert_eq!(create(&emulator, SLOW).await.0, 201);
    for invalid in [
        json!({}),
        json!({"kind": "nap"}),
        // It could not be ended over HTTP.
        json!({"kind": "refused"}),
    ] {
        assert_eq!(control("POST", &invalid).await, 422, "{invalid}");
    }
    let refused = json!({"kind": "refused", "lasting": 0.2});
    assert_eq!(control("POST", &refused).await, 204);
    let account = || call(&emulator, "GET", "/account").send();
    within_20_seconds(async || account().await.is_ok()).await;
}

#[tokio::test]
async fn a_new_prediction_is_not_found_at_first_where_replicas_lag() {
    let emulator = start().await;
    emulator
        .inject_fault(Fault::replica_lag(2))
        .expect("a fault");
    for _ in 0..2 {
        let (_, made) = create(&emulator, SLOW).await;
        let url = text(&made["urls"]["get"]);
        let mut statuses = Vec::new();
        for _ in 0..4 {
            statuses.push(get(&emulator, &url).await.0);
        }
        assert_eq!(statuses, [404, 404, 200, 200]);
    }
    assert_eq!(get(&emulator, "/predictions").await.0, 200);
}

#[tokio::test]
async fn a_fault_for_one_model_meets_its_calls_alone() {
    let other = Model::new("me/other").official(true);
    let emulator = Emulator::builder().model(other).start().await;
    let emulator = emulator.expect("an emulator");
    let id = version(&emulator, "emulator/slow").await;
    let deployment = json!({"name": "d", "model": "emulator/slow", "version": id,
        "hardware": "cpu", "min_instances": 0, "max_instances": 1});
    assert_eq!(post(&emulator, "/deployments", deployment).await.0, 200);
    let (_, made) = create(&emulator, SLOW).await;
    let (_, others) = create(&emulator, "/models/me/other/predictions").await;
    emulator
        .inject_fault(Fault::status(500).model("emulator/slow"))
        .expect("a fault");
    for (path, status) in [
        (SLOW, 500),
        ("/deployments/local/d/predictions", 500),
        ("/models/me/other/predictions", 201),
    ] {
        assert_eq!(create(&emulator, path).await.0, status, "{path}");
    }
    for (reference, status) in [
        (id.clone(), 500),
        (format!("emulator/slow:{id}"), 500),
        ("emulator/slow".to_owned(), 500),
        ("me/other".to_owned(), 201),
    ] {
        let body = json!({"version": reference, "input": {}});
        assert_eq!(post(&emulator, "/predictions", body).await.0, status);
    }
    for (url, status) in [
        (&made["urls"]["get"], 500),
        (&made["urls"]["stream"], 500),
        (&others["urls"]["get"], 200),
        (&json!("/models/emulator/slow"), 500),
        (&json!("/models/me/other"), 200),
        (&json!("/predictions"), 200),
    ] {
        assert_eq!(get(&emulator, &text(url)).await.0, status, "{url}");
    }
}

#[tokio::test]
async fn a_fault_for_the_nth_prediction_meets_it_alone() {
    let emulator = start().await;
    emulator
        .inject_fault(
            Fault::status(500)
                .prediction(2)
                .on("models.predictions.create")
                .times(1),
        )
        .expect("a fault");
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(create(&emulator, SLOW).await.0);
    }
    assert_eq!(statuses, [201, 500, 201]);
    emulator
        .inject_fault(Fault::status(503).prediction(2))
        .expect("a fault");
    let statuses: Vec<u16> = {
        let mut statuses = Vec::new();
        for prediction in emulator.predictions() {
            let path = format!("/predictions/{}", prediction.id);
            statuses.push(get(&emulator, &path).await.0);
        }
        statuses
    };
    assert_eq!(statuses, [200, 503]);
    assert_eq!(create(&emulator, SLOW).await.0, 201, "it is the third");
}
