//! The limits of what an emulator keeps, and the end of a dropped one.

use std::{sync::Mutex, time::Duration};

use replicate_emulator::{Emulator, Model};
use serde_json::json;
use tokio::net::TcpListener;

use crate::support::{fetch, get, new, new_model, patch, poll, post, running, start, start_with};

#[tokio::test]
async fn texts_and_urls_that_are_kept_are_limited_in_length() {
    let emulator = start().await;
    let long = "a".repeat(100_001);
    for (description, status) in [(&*long, 422), (&long[1..], 201)] {
        let mut model = new_model("m");
        model["description"] = description.into();
        assert_eq!(post(&emulator, "/models", model).await.0, status);
    }
    let readme = json!({"readme": long});
    assert_eq!(patch(&emulator, "/models/local/m", readme).await.0, 422);
    let body = json!({"input": {"prompt": "a"}, "webhook": format!("http://a.b/{long}")});
    let (status, problem) = post(&emulator, "/models/emulator/text/predictions", body).await;
    assert_eq!(status, 422);
    assert_eq!(problem["invalid_fields"][0]["field"], "webhook");
    assert!(emulator.predictions().is_empty());
}

#[tokio::test]
async fn the_request_log_is_limited_and_can_be_cleared() {
    let emulator = start_with(Emulator::builder().max_requests(3)).await;
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
    let emulator = start_with(Emulator::builder().documented_rate_limits(true)).await;
    let create = || fetch(new(&emulator, "emulator/text", json!({"prompt": "a"})));
    for number in 0..600 {
        assert_eq!(create().await.0, 201, "number {number}");
    }
    let (status, problem) = create().await;
    assert_eq!(status, 429, "{problem}");
    assert_eq!(emulator.predictions().len(), 600);
    let (others, _) = get(&emulator, "/account").await;
    assert_eq!(others, 200, "others have their own");
    emulator.advance(Duration::from_secs(60));
    assert_eq!(create().await.0, 201);
}

#[tokio::test]
async fn a_dropped_emulator_stops_its_models_and_frees_its_port() {
    let (sender, dropped) = tokio::sync::oneshot::channel::<()>();
    let sender = Mutex::new(Some(sender));
    let model = Model::new("me/long").official(true).run(move |_, context| {
        let alive = sender.lock().expect("a lock").take();
        async move {
            context.sleep(Duration::from_secs(3600)).await;
            drop(alive);
            Ok(json!(null))
        }
    });
    let emulator = start_with(Emulator::builder().model(model)).await;
    running(&emulator, "me/long", json!({})).await;
    let addr = emulator.address();
    assert!(addr.ip().is_loopback());
    drop(emulator);
    let ended = tokio::time::timeout(Duration::from_secs(10), dropped).await;
    ended
        .expect("it ends within 10 s")
        .expect_err("it was dropped");
    poll(async || TcpListener::bind(addr).await.is_ok()).await;
}
