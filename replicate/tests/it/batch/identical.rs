//! A create of unknown outcome beside one of the same input whose response is late.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Json;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::{get, post};

use super::*;

/// A server on which the first create makes nothing, and the second makes a prediction at once
/// but responds after two seconds.
async fn server() -> String {
    let creates = Arc::new(AtomicUsize::new(0));
    let made = Arc::clone(&creates);
    let prediction = || {
        json!({
            "id": "p1", "model": "acme/echo", "version": "hidden", "status": "succeeded",
            "input": { "text": "same" }, "output": "same", "created_at": chrono::Utc::now(),
        })
    };
    let create = move || async move {
        if creates.fetch_add(1, Ordering::SeqCst) == 0 {
            return (StatusCode::BAD_GATEWAY, Json(json!({})));
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        (StatusCode::CREATED, Json(prediction()))
    };
    let list = move || async move {
        let exists = made.load(Ordering::SeqCst) > 1;
        let results = if exists { vec![prediction()] } else { vec![] };
        Json(json!({ "results": results, "next": null }))
    };
    let model = || async {
        Json(json!({ "owner": "acme", "name": "echo", "is_official": true, "url": "x" }))
    };
    let router = Router::new()
        .route("/v1/models/acme/echo", get(model))
        .route("/v1/models/acme/echo/predictions", post(create))
        .route("/v1/predictions", get(list))
        .route(
            "/v1/predictions/p1",
            get(move || async move { Json(prediction()) }),
        );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    url
}

#[tokio::test]
async fn search_waits_for_the_responses_to_identical_inputs() {
    let client = Client::builder().token("r8_test").base_url(server().await);
    let client = client.build().unwrap();
    let batch = client.batch("acme/echo").concurrency(2);
    let mut results = batch.start(texts(["same"; 2])).await.unwrap();
    let items = finish(&mut results).await;
    // The only match is the result of the other.
    assert_eq!(items.iter().filter_map(BatchItem::id).count(), 1);
    let progress = results.progress();
    assert_eq!((progress.succeeded, progress.unknown), (1, 1));
}
