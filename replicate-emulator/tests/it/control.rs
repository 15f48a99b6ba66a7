//! Faults, time and signed URLs over HTTP, as tests in other languages have them.

use std::time::Duration;

use crate::support::{
    call, create, fetch, get, header, inject, new, open, poll, raw, send, start, start_with, text,
};
use replicate_emulator::{Emulator, Fault};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

async fn control(emulator: &Emulator, method: &str, what: &str, body: &Value) -> (u16, Value) {
    let url = format!("{}/emulator/{what}", emulator.url());
    fetch(call(emulator, method, &url).json(body)).await
}

/// A control call that succeeds without a body.
async fn set(emulator: &Emulator, method: &str, what: &str, body: Value) {
    let (status, problem) = control(emulator, method, what, &body).await;
    assert_eq!(status, 204, "{problem}");
}

#[tokio::test]
async fn a_fault_is_injected_over_http() {
    let emulator = start().await;
    let add = async |fault: Value| set(&emulator, "POST", "faults", fault).await;
    let account = || call(&emulator, "GET", "/account");
    add(json!({"status": 503, "on": "account.get", "times": 1})).await;
    assert_eq!(fetch(account()).await.0, 503);
    assert_eq!(fetch(account()).await.0, 200);

    add(json!({"status": 502, "body": "<p>", "content_type": "text/html", "times": 1})).await;
    let proxied = send(account()).await;
    let kind = header(&proxied, "content-type");
    assert_eq!(kind.as_deref(), Some("text/html"));
    assert_eq!(proxied.text().await.expect("a body"), "<p>");

    add(json!({"rate_limit": 7, "on": "account.*", "times": 1, "skip": 1})).await;
    assert_eq!(fetch(account()).await.0, 200);
    let limited = send(account()).await;
    assert_eq!(header(&limited, "retry-after").as_deref(), Some("7"));

    add(json!({"cut_body": 10, "times": 1})).await;
    let cut = send(account()).await;
    cut.bytes().await.expect_err("a broken body");

    let create = || new(&emulator, "emulator/slow", json!({"seconds": 3600}));
    add(json!({"drop": true, "on": "models.predictions.create", "after_handling": true})).await;
    create().send().await.expect_err("no response");
    assert_eq!(emulator.predictions().len(), 1);

    // A latency is on the emulator's clock: it ends as time is skipped, not before.
    set(&emulator, "DELETE", "faults", json!(null)).await;
    emulator.clear_requests();
    add(json!({"latency": 3600.5, "on": "account.get", "probability": 1})).await;
    let late = tokio::spawn(fetch(account()));
    poll(async || !emulator.requests().is_empty()).await;
    assert!(!late.is_finished());
    let (_, time) = control(&emulator, "POST", "time", &json!({"advance": 3601})).await;
    assert_eq!(late.await.expect("a response").0, 200);
    assert!(time["now"].is_string());

    set(&emulator, "DELETE", "faults", json!(null)).await;
    assert_eq!(fetch(create()).await.0, 201);
}

#[tokio::test]
async fn invalid_control_calls_are_refused_with_what_is_expected() {
    let emulator = start().await;
    for (fault, said) in [
        (json!({}), "exactly one of latency, status"),
        (json!({"status": 500, "drop": true}), "exactly one of"),
        (json!({"status": 99}), "greater than or equal to 200"),
        (json!({"latency": -1}), "greater than or equal to 0"),
        (json!({"status": 500, "one": "account.get"}), "Unknown: one"),
        (json!({"drop": true, "body": "x"}), "need a `status`"),
        (
            json!({"status": 500, "content_type": "bad\nx"}),
            "content_type: Invalid header value",
        ),
        (
            json!({"status": 204, "body": "x"}),
            "body: A response with the status 204 has no body",
        ),
        (json!({"status": 500, "times": 1.5}), "times"),
        (
            json!({"status": 500, "on": "account"}),
            "unknown operation `account`",
        ),
    ] {
        let (status, problem) = control(&emulator, "POST", "faults", &fault).await;
        assert_eq!(status, 422, "{fault}");
        assert!(text(&problem["detail"]).contains(said), "{problem}");
    }
    for (method, what, body) in [
        ("POST", "time", json!({"advance": "1h"})),
        ("POST", "time", json!({})),
        ("POST", "downloads", json!({"file_id": 5})),
        ("POST", "outage", json!({})),
        ("POST", "outage", json!({"kind": "nap"})),
        // It could not be ended over HTTP.
        ("POST", "outage", json!({"kind": "refused"})),
        ("PUT", "rate-limit", json!({})),
        ("PUT", "rate-limit", json!({"burst": 1})),
        ("PUT", "rate-limit", json!({"burst": 0, "per_second": 1})),
        ("PUT", "rate-limit", json!({"burst": 5, "low_credit": true})),
        (
            "PUT",
            "rate-limit",
            json!({"burst": 1, "per_second": 1, "rate": 1}),
        ),
    ] {
        let (status, _) = control(&emulator, method, what, &body).await;
        assert_eq!(status, 422, "{what} {body}");
    }
    assert_eq!(get(&emulator, "/account").await.0, 200);
}

#[tokio::test]
async fn whole_numbers_of_a_fault_may_be_written_with_a_point() {
    let emulator = start().await;
    let add = async |fault: Value| set(&emulator, "POST", "faults", fault).await;
    let account = || call(&emulator, "GET", "/account");
    add(json!({"status": 503.0, "times": 1.0, "skip": 1.0})).await;
    for expected in [200, 503, 200] {
        assert_eq!(fetch(account()).await.0, expected);
    }
    add(json!({"rate_limit": 7.0, "times": 1e0})).await;
    let limited = send(account()).await;
    assert_eq!(header(&limited, "retry-after").as_deref(), Some("7"));
    add(json!({"cut_body": 10.0, "times": 1})).await;
    let cut = send(account()).await;
    cut.bytes().await.expect_err("a broken body");
}

#[tokio::test]
async fn a_status_without_a_body_is_sent_without_one() {
    let emulator = start().await;
    for status in [204, 304] {
        let fault = json!({"status": status, "times": 1});
        set(&emulator, "POST", "faults", fault).await;
        let raw = raw(&emulator, "/v1/account", "host: localhost").await;
        assert!(raw.starts_with(&format!("HTTP/1.1 {status} ")), "{raw}");
        assert!(!raw.to_lowercase().contains("content-length"), "{raw}");
        assert!(!raw.to_lowercase().contains("content-type"), "{raw}");
        assert!(raw.ends_with("\r\n\r\n"), "{raw}");
    }
}

#[tokio::test]
async fn control_calls_need_the_token_and_no_fault_applies_to_them() {
    let emulator = start_with(
        Emulator::builder()
            .token("right")
            .documented_rate_limits(true),
    )
    .await;
    let url = format!("{}/emulator/faults", emulator.url());
    let fault = json!({"drop": true});
    let bare = reqwest::Client::new().post(&url).json(&fault);
    let wrong = bare.try_clone().expect("a copy").bearer_auth("wrong");
    for request in [bare, wrong] {
        assert_eq!(fetch(request).await.0, 401);
    }
    set(&emulator, "POST", "faults", fault).await;
    let dropped = call(&emulator, "GET", "/account").send().await;
    dropped.expect_err("a reset");
    set(&emulator, "DELETE", "faults", json!(null)).await;
    assert_eq!(get(&emulator, "/account").await.0, 200);
    let paths: Vec<String> = emulator.requests().into_iter().map(|r| r.path).collect();
    assert_eq!(paths, ["/v1/account", "/v1/account"]);
}

#[tokio::test]
async fn a_file_is_downloaded_through_a_signed_url() {
    let emulator = start().await;
    let form = Form::new().part("content", Part::text("content").file_name("a.txt"));
    let (_, file) = fetch(call(&emulator, "POST", "/files").multipart(form)).await;
    let wanted = json!({"file_id": file["id"], "valid": 60});
    let (status, made) = control(&emulator, "POST", "downloads", &wanted).await;
    assert_eq!(status, 201);
    let file = open(&made["url"]).await;
    assert_eq!(file.bytes().await.expect("a body"), "content");
    control(&emulator, "POST", "time", &json!({"advance": 61})).await;
    assert_eq!(get(&emulator, &text(&made["url"])).await.0, 404);
    let none = json!({"file_id": "no"});
    assert_eq!(control(&emulator, "POST", "downloads", &none).await.0, 404);
}

#[tokio::test]
async fn at_most_a_thousand_faults_are_kept() {
    let emulator = start().await;
    for _ in 0..999 {
        inject(&emulator, Fault::status(500).on("files.list"));
    }
    let fault = json!({"status": 500, "on": "files.list"});
    set(&emulator, "POST", "faults", fault.clone()).await;
    assert_eq!(control(&emulator, "POST", "faults", &fault).await.0, 422);
    set(&emulator, "DELETE", "faults", json!(null)).await;
    set(&emulator, "POST", "faults", fault).await;
}

#[tokio::test]
async fn a_rate_limit_is_set_and_lifted_over_http() {
    let emulator = start().await;
    let limit = async |limit: Value| set(&emulator, "PUT", "rate-limit", limit).await;
    let create = || new(&emulator, "emulator/text", json!({"prompt": "a"}));
    limit(json!({"burst": 2, "per_second": 0.1})).await;
    assert_eq!(fetch(create()).await.0, 201);
    assert_eq!(fetch(create()).await.0, 201);
    let refused = send(create()).await;
    assert_eq!(refused.status(), 429);
    for (name, value) in [
        ("ratelimit-remaining", Some("0")),
        ("ratelimit-reset", Some("10")),
        ("retry-after", None),
    ] {
        assert_eq!(header(&refused, name).as_deref(), value, "{name}");
    }
    let body: Value = refused.json().await.expect("a body");
    let detail = "Request was throttled. Your rate limit resets in ~10s.";
    let expected = json!({"detail": detail, "status": 429, "retry_after": 10});
    assert_eq!(body, expected);
    assert_eq!(emulator.predictions().len(), 2);
    emulator.advance(Duration::from_secs(10));
    assert_eq!(fetch(create()).await.0, 201);

    limit(json!({"low_credit": true, "count_refused": true})).await;
    assert_eq!(fetch(create()).await.0, 201);
    emulator.advance(Duration::from_secs(9));
    let (status, body) = fetch(create()).await;
    let detail = "Request was throttled. Your rate limit for creating predictions is reduced to 6 \
                  requests per minute with a burst of 1 requests while you have less than $5.0 in \
                  credit. Your rate limit resets in ~10s.";
    assert_eq!((status, &body["detail"]), (429, &json!(detail)));

    set(&emulator, "DELETE", "rate-limit", json!(null)).await;
    assert_eq!(fetch(create()).await.0, 201);
    assert_eq!(fetch(create()).await.0, 201);
}

#[tokio::test]
async fn an_outage_is_started_and_ended_over_http() {
    let emulator = start().await;
    let create = || new(&emulator, "emulator/slow", json!({}));
    let outage = json!({"kind": "bad_gateway", "creates": true, "lasting": 3600});
    set(&emulator, "POST", "outage", outage).await;
    assert_eq!(send(create()).await.status(), 502);
    set(&emulator, "DELETE", "outage", json!(null)).await;
    assert_eq!(fetch(create()).await.0, 201);
    let refused = json!({"kind": "refused", "lasting": 0.2});
    set(&emulator, "POST", "outage", refused).await;
    let account = || call(&emulator, "GET", "/account").send();
    poll(async || account().await.is_ok()).await;
}

#[tokio::test]
async fn faults_for_a_model_or_a_prediction_and_lagging_replicas_come_over_http() {
    let emulator = start().await;
    let input = json!({"prompt": "a"});
    for (fault, statuses) in [
        (
            json!({"status": 500, "model": "emulator/text", "times": 1}),
            [500, 201],
        ),
        (
            json!({"status": 500, "model": "emulator/image", "times": 1}),
            [201, 201],
        ),
        (json!({"status": 500, "prediction": 5}), [201, 500]),
    ] {
        set(&emulator, "POST", "faults", fault.clone()).await;
        for status in statuses {
            let create = new(&emulator, "emulator/text", input.clone());
            assert_eq!(fetch(create).await.0, status, "{fault}");
        }
        set(&emulator, "DELETE", "faults", json!(null)).await;
    }
    set(&emulator, "POST", "faults", json!({"replica_lag": 1})).await;
    let made = create(&emulator, "emulator/text", input).await;
    let url = text(&made["urls"]["get"]);
    assert_eq!(get(&emulator, &url).await.0, 404);
    assert_eq!(get(&emulator, &url).await.0, 200);
}
