//! Windows of outage, lagging replicas, and faults for one model or one prediction.

use std::{io::ErrorKind, time::Duration};

use replicate_emulator::{Emulator, Fault, Model, Outage};
use reqwest::multipart::{Form, Part};
use serde_json::json;
use tokio::net::TcpStream;

use crate::support::{
    call, create, ended, fetch, get, header, inject, new, open, poll, post, send, start,
    start_with, text, until_processing, version,
};

const SLOW: &str = "emulator/slow";

/// The status of a create.
async fn created(emulator: &Emulator, model: &str) -> u16 {
    let create = new(emulator, model, json!({"prompt": "a", "seconds": 0}));
    fetch(create).await.0
}

#[tokio::test]
async fn an_outage_resets_every_call_but_creates_and_predictions_keep_running() {
    let emulator = start().await;
    emulator.start_outage(Outage::reset());
    let account = call(&emulator, "GET", "/account").send().await;
    account.expect_err("a reset");
    let made = create(&emulator, SLOW, json!({"seconds": 0})).await;
    let url = text(&made["urls"]["get"]);
    let failed = call(&emulator, "GET", &url).send().await;
    failed.expect_err("a reset");
    let form = Form::new().text("content", "a".repeat(100_000));
    let upload = call(&emulator, "POST", "/files").multipart(form);
    upload.send().await.expect_err("a reset");
    emulator.end_outage();
    assert_eq!(ended(&emulator, &made).await["status"], "succeeded");
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
    assert_eq!(created(&emulator, SLOW).await, 201);
    emulator.advance(Duration::from_secs(3600));
    assert_eq!(get(&emulator, "/account").await.0, 200);
}

#[tokio::test]
async fn an_outage_with_creates_breaks_one_that_is_held_open() {
    let emulator = start().await;
    let slow = || new(&emulator, SLOW, json!({"seconds": 3600}));
    let held = tokio::spawn(slow().header("prefer", "wait").send());
    poll(async || !emulator.predictions().is_empty()).await;
    until_processing(&emulator, &emulator.predictions()[0].json).await;
    emulator.start_outage(Outage::reset().with_creates());
    held.await.expect("no panic").expect_err("a reset");
    slow().send().await.expect_err("a reset");
    assert_eq!(emulator.predictions().len(), 1);
}

#[tokio::test]
async fn a_stream_that_is_open_breaks_as_an_outage_begins() {
    let emulator = start().await;
    let made = create(&emulator, SLOW, json!({"seconds": 3600})).await;
    let mut stream = open(&made["urls"]["stream"]).await;
    let first = stream.chunk().await.expect("an event").expect("an event");
    assert!(first.starts_with(b"event: logs"));
    emulator.start_outage(Outage::reset());
    let rest = async {
        while stream.chunk().await?.is_some() {}
        Ok::<_, reqwest::Error>(())
    };
    let rest = tokio::time::timeout(Duration::from_secs(20), rest).await;
    rest.expect("within 20 s").expect_err("a reset");
    let again = reqwest::get(text(&made["urls"]["stream"])).await;
    again.expect_err("a reset");
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
        poll(async || {
            let connected = TcpStream::connect(emulator.address()).await;
            connected.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused)
        })
        .await;
        let mut byte = [0; 1];
        poll(async || !matches!(idle.try_read(&mut byte), Err(e) if e.kind() == ErrorKind::WouldBlock)).await;
        // The client has noticed that its pooled connection is gone: nothing can have been sent.
        poll(async || account().await.is_err_and(|error| error.is_connect())).await;
        match lasting {
            Some(lasting) => emulator.advance(lasting),
            None => emulator.end_outage(),
        }
        poll(async || account().await.is_ok()).await;
    }
}

#[tokio::test]
async fn a_new_prediction_is_not_found_at_first_where_replicas_lag() {
    let emulator = start().await;
    inject(&emulator, Fault::replica_lag(2));
    for _ in 0..2 {
        let made = create(&emulator, SLOW, json!({})).await;
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
    let emulator = start_with(Emulator::builder().model(other)).await;
    let id = version(&emulator, "emulator/slow").await;
    let deployment = json!({"name": "d", "model": "emulator/slow", "version": id,
        "hardware": "cpu", "min_instances": 0, "max_instances": 1});
    assert_eq!(post(&emulator, "/deployments", deployment).await.0, 200);
    let made = create(&emulator, SLOW, json!({})).await;
    let others = create(&emulator, "me/other", json!({})).await;
    inject(&emulator, Fault::status(500).model(SLOW));
    assert_eq!(created(&emulator, SLOW).await, 500);
    assert_eq!(created(&emulator, "me/other").await, 201);
    let by_deployment = "/deployments/local/d/predictions";
    let (status, _) = post(&emulator, by_deployment, json!({"input": {}})).await;
    assert_eq!(status, 500);
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
    let create = Fault::status(500).on("models.predictions.create");
    inject(&emulator, create.prediction(2).times(1));
    for status in [201, 500, 201] {
        assert_eq!(created(&emulator, SLOW).await, status);
    }
    inject(&emulator, Fault::status(503).prediction(2));
    for (prediction, status) in emulator.predictions().iter().zip([200, 503]) {
        let path = format!("/predictions/{}", prediction.id);
        assert_eq!(get(&emulator, &path).await.0, status);
    }
    assert_eq!(created(&emulator, SLOW).await, 201, "it is the third");
}
