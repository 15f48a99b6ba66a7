//! What one call, or a skip of time, leaves for the next.

use std::time::Duration;

use replicate_emulator::{Emulator, Fault, Model};
use serde_json::{Value, json};

use crate::support::{
    call, delete, ended, fetch, get, inject, new, new_model, post, running, send, start,
    start_with, text, train, until_ended, until_processing, version,
};

#[tokio::test]
async fn time_skipped_at_once_ends_many_sleeps() {
    let emulator = start().await;
    let input = json!({"seconds": 3600, "steps": 50});
    let url = running(&emulator, "emulator/slow", input).await;
    emulator.advance(Duration::from_secs(3600));
    let done = until_ended(&emulator, &url).await;
    assert_eq!(done["status"], "succeeded");
    assert!(text(&done["logs"]).contains("50/50"));
}

#[tokio::test]
async fn a_models_sleeps_end_once_their_time_was_skipped() {
    let model = Model::new("me/napper")
        .official(true)
        .run(|_, context| async move {
            for _ in 0..10 {
                context.sleep(Duration::from_secs(60)).await;
            }
            Ok(json!("awake"))
        });
    let emulator = start_with(Emulator::builder().model(model)).await;
    let url = running(&emulator, "me/napper", json!({})).await;
    emulator.advance(Duration::from_secs(599));
    assert_eq!(get(&emulator, &url).await.1["status"], "processing");
    emulator.advance(Duration::from_secs(1));
    assert_eq!(until_ended(&emulator, &url).await["output"], "awake");
}

#[tokio::test]
async fn the_earlier_of_end_and_deadline_wins_however_much_time_is_skipped() {
    for _ in 0..10 {
        let emulator = start().await;
        for (seconds, status) in [(100, "succeeded"), (250, "canceled")] {
            let input = json!({"seconds": seconds, "steps": 1});
            let create = new(&emulator, "emulator/slow", input).header("cancel-after", "200s");
            let (_, made) = fetch(create).await;
            until_processing(&emulator, &made).await;
            emulator.advance(Duration::from_secs(300));
            assert_eq!(ended(&emulator, &made).await["status"], status);
        }
    }
}

#[tokio::test]
async fn search_needs_no_token() {
    let emulator = start().await;
    let url = format!("{}/v1/search?query=text", emulator.url());
    let found = send(reqwest::Client::new().get(url)).await;
    assert_eq!(found.status(), 200);
}

#[tokio::test]
async fn a_request_for_another_host_is_refused() {
    let emulator = start().await;
    for (host, status) in [
        ("evil.example", 421),
        ("evil.example:80", 421),
        ("127.0.0.1.evil.example", 421),
        ("not a host", 421),
        ("user@localhost", 421),
        ("evil.example@127.0.0.1:80", 421),
        ("localhost@evil.example", 421),
        ("localhost", 200),
        ("LOCALHOST:1", 200),
        ("127.0.0.1", 200),
        ("[::1]:5", 200),
    ] {
        for url in ["/account", emulator.url()] {
            let request = call(&emulator, "GET", url).header("host", host);
            assert_eq!(send(request).await.status(), status, "{host} {url}");
        }
    }
}

#[tokio::test]
async fn no_fault_applies_to_the_dashboard() {
    let emulator = start().await;
    inject(&emulator, Fault::status(500).times(1));
    let page = send(reqwest::Client::new().get(emulator.url())).await;
    assert_eq!(page.status(), 200);
    assert_eq!(get(&emulator, "/account").await.0, 500);
}

/// An emulator whose trainings take ten minutes.
async fn with_long_trainings() -> Emulator {
    start_with(Emulator::builder().training_time(Duration::from_secs(600))).await
}

/// A private model of one's own, with a version.
async fn own_model(emulator: &Emulator, name: &str) -> String {
    assert_eq!(post(emulator, "/models", new_model(name)).await.0, 201);
    format!("local/{name}")
}

/// A training that is processing.
async fn training(emulator: &Emulator, model: &str, destination: &str) -> Value {
    let (status, made) = train(emulator, model, destination).await;
    assert_eq!(status, 201, "{made}");
    until_processing(emulator, &made).await;
    made
}

#[tokio::test]
async fn a_training_into_a_deleted_model_fails() {
    let emulator = with_long_trainings().await;
    let destination = own_model(&emulator, "gone").await;
    let made = training(&emulator, "emulator/text", &destination).await;
    let path = format!("/models/{destination}");
    assert_eq!(delete(&emulator, &path).await, 204);
    emulator.advance(Duration::from_secs(601));
    let done = ended(&emulator, &made).await;
    assert_eq!(done["status"], "failed");
    assert!(text(&done["error"]).contains("was deleted"), "{done}");
}

#[tokio::test]
async fn a_version_cannot_be_deleted_while_a_training_is_based_on_it() {
    let emulator = with_long_trainings().await;
    let base = own_model(&emulator, "base").await;
    let first = training(&emulator, "emulator/text", &base).await;
    emulator.advance(Duration::from_secs(601));
    assert_eq!(ended(&emulator, &first).await["status"], "succeeded");

    let id = version(&emulator, &base).await;
    let path = format!("/models/{base}/versions/{id}");
    let other = own_model(&emulator, "other").await;
    let second = training(&emulator, &base, &other).await;
    assert_eq!(delete(&emulator, &path).await, 422);
    emulator.advance(Duration::from_secs(601));
    assert_eq!(ended(&emulator, &second).await["status"], "succeeded");
    assert_eq!(delete(&emulator, &path).await, 202);
}

#[tokio::test]
async fn a_destination_of_another_account_is_an_invalid_field() {
    let emulator = start().await;
    let (status, problem) = train(&emulator, "emulator/text", "emulator/image").await;
    assert_eq!(status, 422);
    assert_eq!(problem["invalid_fields"][0]["field"], "destination");
}

#[tokio::test]
async fn a_late_response_is_that_of_a_call_that_was_handled() {
    let emulator = start().await;
    let hour = Fault::latency(Duration::from_secs(3600)).on("models.predictions.create");
    inject(&emulator, hour.after_handling());
    let create = fetch(new(&emulator, "emulator/text", json!({"prompt": "Hi"})));
    let created = async {
        while emulator.predictions().is_empty() {
            tokio::task::yield_now().await;
        }
        emulator.advance(Duration::from_secs(3600));
    };
    let ((status, made), ()) = tokio::join!(create, created);
    assert_eq!(status, 201);
    assert_eq!(emulator.predictions()[0].id, made["id"]);
}
