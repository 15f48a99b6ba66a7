//! Invalid requests are refused with problems, never with a server error.

use std::time::{Duration, Instant};

use replicate_emulator::{Emulator, Model, StartError};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::support::{
    call, create, fetch, get, header, new, open, poll, raw, send, start, start_with, version,
};

#[tokio::test]
async fn a_call_without_an_accepted_token_is_unauthenticated() {
    let emulator = start().await;
    let client = reqwest::Client::new();
    let url = format!("{}/v1/account", emulator.url());
    for value in ["", "Bearer", "Bearer ", "Basic abc"] {
        let response = send(client.get(&url).header("authorization", value)).await;
        assert_eq!(response.status(), 401, "{value:?}");
        let problem: Value = response.json().await.expect("a problem");
        assert_eq!(problem["title"], "Unauthenticated");
    }
    let strict = start_with(Emulator::builder().token("t")).await;
    let url = format!("{}/v1/account", strict.url());
    let ask = |token: &str| client.get(&url).bearer_auth(token);
    assert_eq!(send(ask("other")).await.status(), 401);
    assert_eq!(send(ask("t")).await.status(), 200);
    let old = client.get(&url).header("authorization", "Token t");
    assert_eq!(send(old).await.status(), 200);
}

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let emulator = start().await;
    for path in [
        "",
        "/",
        "/nothing",
        "/models/",
        "/models//x",
        "/models/a",
        "/predictions/a/b/c",
        "/predictions/%ff",
        "/models/%2e/x",
    ] {
        assert_eq!(get(&emulator, path).await.0, 404, "{path}");
    }
    let response = send(call(&emulator, "PUT", "/predictions")).await;
    assert_eq!(response.status(), 405);
    assert_eq!(header(&response, "allow").as_deref(), Some("GET, POST"));
    assert_eq!(fetch(call(&emulator, "OPTIONS", "/account")).await.0, 405);
}

#[tokio::test]
async fn invalid_bodies_are_refused_with_their_fields() {
    let emulator = start().await;
    let create = || call(&emulator, "POST", "/predictions");
    for (content_type, body, status) in [
        ("application/json", "{\"version\":", 400),
        ("application/json", "", 400),
        ("text/plain", "{}", 415),
    ] {
        let create = create().header("content-type", content_type).body(body);
        assert_eq!(fetch(create).await.0, status, "{body}");
    }
    let version = version(&emulator, "replicate/hello-world").await;
    for (body, field) in [
        (json!([]), "(root)"),
        (json!({"version": version}), "(root)"),
        (json!({"version": version, "input": []}), "input"),
        (json!({"version": 7, "input": {}}), "version"),
        (
            json!({"version": version, "input": {"text": "a"}, "stream": "yes"}),
            "stream",
        ),
        (
            json!({"version": version, "input": {"text": "a"}, "extra": 1}),
            "(root)",
        ),
        (
            json!({"version": version, "input": {"text": "a"}, "webhook_events_filter": ["end"]}),
            "webhook_events_filter.0",
        ),
    ] {
        let (status, problem) = fetch(create().json(&body)).await;
        assert_eq!(status, 422, "{body}");
        assert_eq!(problem["invalid_fields"][0]["field"], field, "{body}");
    }
    for reference in ["none", "a/b", "a/b:c", ":", "/", "emulator/text:none", ""] {
        let body = json!({"version": reference, "input": {"text": "a"}});
        assert_eq!(fetch(create().json(&body)).await.0, 422, "{reference}");
    }
    assert!(emulator.predictions().is_empty());
}

#[tokio::test]
async fn a_second_host_is_refused_and_user_information_in_an_absolute_target_too() {
    let emulator = start().await;
    for (target, hosts, status) in [
        ("/v1/account", "host: localhost\r\nhost: localhost", "421"),
        ("http://u@localhost/v1/account", "host: localhost", "421"),
        ("http://localhost/v1/account", "host: localhost", "200"),
    ] {
        let response = raw(&emulator, target, hosts).await;
        assert_eq!(response.split(' ').nth(1), Some(status), "{target} {hosts}");
    }
}

#[tokio::test]
async fn debug_output_hides_the_token() {
    let token = "r8_a_token_that_is_never_printed";
    let builder = Emulator::builder().token(token);
    assert!(!format!("{builder:?}").contains(token));
    let emulator = builder.start().await.expect("an emulator");
    assert_eq!(get(&emulator, "/account").await.0, 200);
    let requests = emulator.requests();
    assert_eq!(
        requests[0].header("authorization"),
        Some(&*format!("Bearer {token}"))
    );
    assert!(!format!("{requests:?}{emulator:?}").contains(token));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused() {
    let emulator = start().await;
    let endless = vec![b' '; 65 * 1024 * 1024];
    let request = call(&emulator, "POST", "/predictions")
        .header("content-type", "application/json")
        .body(endless);
    // The response may come before the body is sent, which a client may see as a broken connection.
    if let Ok(response) = request.send().await {
        assert_eq!(response.status(), 413);
    }
    assert_eq!(get(&emulator, "/account").await.0, 200);
}

#[tokio::test]
async fn every_response_has_the_remaining_rate_limit() {
    let emulator = start().await;
    let left = |response: &reqwest::Response| {
        let value = header(response, "ratelimit-remaining").expect("the header");
        value.parse::<u64>().expect("a number")
    };
    let first = send(call(&emulator, "GET", "/account")).await;
    let second = send(call(&emulator, "GET", "/hardware")).await;
    assert_eq!((left(&first), left(&second)), (2999, 2998));
    assert!(header(&first, "ratelimit-reset").is_some());
}

#[tokio::test]
async fn a_taken_port_and_invalid_names_are_errors_at_the_start() {
    let emulator = start().await;
    let port = emulator.address().port();
    let taken = Emulator::builder().port(port).start().await;
    let taken = taken.expect_err("taken").to_string();
    assert!(taken.contains(&port.to_string()));
    let invalid = Emulator::builder().cog("no name", "http://127.0.0.1:1");
    let invalid = invalid.start().await;
    assert!(matches!(invalid, Err(StartError::ModelName(_))));
    let invalid = Emulator::builder().cog("a/b", "127.0.0.1:1").start().await;
    assert!(matches!(invalid, Err(StartError::CogUrl(_))));
}

#[tokio::test]
async fn a_model_with_an_invalid_schema_is_refused_at_the_start() {
    let model = || Model::new("me/model");
    for (model, schema) in [
        (model().input_schema(json!({"type": "text"})), "Input"),
        (model().input_schema(json!(null)), "Input"),
        (
            model().input_schema(json!({"not": {"$ref": "#/components/schemas/Input"}})),
            "Input",
        ),
        (
            model().output_schema(json!({"$ref": "#/no/where"})),
            "Output",
        ),
        (
            model().training_schema(json!({"required": 1})),
            "TrainingInput",
        ),
    ] {
        let refused = Emulator::builder().model(model).start().await;
        let error = refused.expect_err("refused");
        assert!(matches!(error, StartError::Schema { .. }), "{error:?}");
        let start = format!("invalid schema `{schema}` of the model `me/model`: ");
        assert!(error.to_string().starts_with(&start), "{error}");
    }
}

#[tokio::test]
async fn shutdown_ends_open_requests_and_frees_the_port() {
    let emulator = start().await;
    let input = json!({"seconds": 3600});
    let made = create(&emulator, "emulator/slow", input.clone()).await;
    let stream = open(&made["urls"]["stream"]).await;
    let waiting = new(&emulator, "emulator/slow", input).header("prefer", "wait");
    let waiting = tokio::spawn(fetch(waiting));
    poll(async || emulator.predictions().len() == 2).await;
    let addr = emulator.address();
    let begun = Instant::now();
    emulator.shutdown().await;
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(waiting.await.expect("a response").0, 202);
    stream.bytes().await.expect("a clean end");
    TcpListener::bind(addr).await.expect("the port is free");
}
