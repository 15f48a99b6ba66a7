//! The limits of what an emulator keeps, and the end of a dropped one.

mod support;

use std::time::Duration;

use replicate_emulator::Emulator;
use serde_json::json;
use support::{call, create, fetch, get, post, start, text};

#[tokio::test]
async fn texts_and_urls_that_are_kept_are_limited_in_length() {
    let emulator = start().await;
    let long = "a".repeat(100_001);
    let model = |description: &str| {
        json!({"owner": "local", "name": "m", "visibility": "private", "hardware": "cpu",
            "description": description})
    };
    assert_eq!(post(&emulator, "/models", model(&long)).await.0, 422);
    assert_eq!(post(&emulator, "/models", model(&long[1..])).await.0, 201);
    let readme = call(&emulator, "PATCH", "/models/local/m").json(&json!({"readme": long}));
    assert_eq!(fetch(readme).await.0, 422);
    let body = json!({"input": {"prompt": "a"}, "webhook": format!("http://a.b/{long}")});
    let (status, problem) = post(&emulator, "/models/emulator/text/predictions", body).await;
    assert_eq!(status, 422);
    assert_eq!(problem["invalid_fields"][0]["field"], "webhook");
    assert!(emulator.predictions().is_empty());
}

#[tokio::test]
async fn the_request_log_is_limited_and_can_be_cleared() {
    let builder = Emulator::builder().max_requests(3);
    let emulator = builder.start().await.expect("an emulator");
    for number in 0..5 {
        get(&emulator, &format!("/predictions?n={number}")).await;
    }
    let kept = emulator.requests();
    let numbers: Vec<_> = kept.iter().filter_map(|r| r.query_value("n")).collect();
    assert_eq!(numbers, ["2", "3", "4"]);
    emulator.clear_requests();
    assert!(emulator.requests().is_empty());
}

#[tokio::test]
async fn documented_rate_limits_are_enforced_and_reset_with_time() {
    let builder = Emulator::builder().documented_rate_limits(true);
    let emulator = builder.start().await.expect("an emulator");
    let body = json!({"input": {"prompt": "a", "max_tokens": 1}});
    let create = || post(&emulator, "/models/emulator/text/predictions", body.clone());
    for number in 0..600 {
        assert_eq!(create().await.0, 201, "number {number}");
    }
    let (status, problem) = create().await;
    assert_eq!(status, 429, "{problem}");
    assert_eq!(emulator.predictions().len(), 600);
    assert_eq!(
        get(&emulator, "/account").await.0,
        200,
        "others have their own"
    );
    emulator.advance(Duration::from_secs(60));
    assert_eq!(create().await.0, 201);
}

#[tokio::test]
async fn a_dropped_emulator_stops_its_models_and_frees_its_port() {
    let (sender, dropped) = tokio::sync::oneshot::channel::<()>();
    let sender = std::sync::Mutex::new(Some(sender));
    let model = replicate_emulator::Model::new("me/long")
        .official(true)
        .run(move |_, context| {
            let alive = sender.lock().expect("a lock").take();
            async move {
                context.sleep(Duration::from_secs(3600)).await;
                drop(alive);
                Ok(json!(null))
            }
        });
    let emulator = Emulator::builder().model(model).start().await;
    let emulator = emulator.expect("an emulator");
    let made = create(&emulator, "me/long", json!({})).await;
    let running = text(&made["urls"]["get"]);
    support::until(&emulator, &running, |p| p["status"] == "processing").await;
    let addr = emulator.address();
    assert!(addr.ip().is_loopback());
    drop(emulator);
    let ended = tokio::time::timeout(Duration::from_secs(10), dropped).await;
    ended
        .expect("it ends within 10 s")
        .expect_err("it was dropped");
    let bound = async {
        while tokio::net::TcpListener::bind(addr).await.is_err() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let freed = tokio::time::timeout(Duration::from_secs(10), bound).await;
    freed.expect("the port is free within 10 s");
}
