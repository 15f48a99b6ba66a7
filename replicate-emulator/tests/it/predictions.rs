//! Predictions: created in three ways, waited for, canceled, listed.

use std::time::Duration;

use replicate_emulator::{Emulator, Fault, Model, Status};
use serde_json::{Value, json};

use crate::support::{
    call, create, ended, fetch, get, header, inject, new, open, poll, post, run, running, send,
    start, start_with, text, until, until_ended, until_processing, version,
};

#[tokio::test]
async fn a_version_runs_by_its_id_and_by_its_full_name() {
    let emulator = start().await;
    let id = version(&emulator, "replicate/hello-world").await;
    for reference in [id.clone(), format!("replicate/hello-world:{id}")] {
        let body = json!({"version": reference, "input": {"text": "Alice"}});
        let (status, made) = post(&emulator, "/predictions", body).await;
        assert_eq!((status, &made["status"]), (201, &json!("starting")));
        assert_eq!(made["output"], Value::Null);
        assert_eq!(made["version"], id.as_str());
        let done = ended(&emulator, &made).await;
        assert_eq!(done["output"], "hello Alice");
        assert_eq!(done["status"], "succeeded");
        assert!(done["metrics"]["predict_time"].is_number());
        assert!(done["completed_at"].is_string());
    }
}

#[tokio::test]
async fn the_model_route_serves_official_models_only() {
    let emulator = start().await;
    let hello = new(&emulator, "replicate/hello-world", json!({"text": "a"}));
    let (status, problem) = fetch(hello).await;
    assert_eq!((status, &problem["status"]), (404, &json!(404)));
    let made = create(&emulator, "emulator/text", json!({"prompt": "a"})).await;
    assert_eq!(made["model"], "emulator/text");
    let by_name = |name: &str| json!({"version": name, "input": {"prompt": "a", "text": "b"}});
    let (status, _) = post(&emulator, "/predictions", by_name("emulator/text")).await;
    assert_eq!(status, 201);
    let (status, problem) = post(&emulator, "/predictions", by_name("replicate/hello-world")).await;
    let title = json!("Invalid version or not permitted");
    assert_eq!((status, &problem["title"]), (422, &title));
    for (model, status) in [("emulator/text", 404), ("replicate/hello-world", 200)] {
        let versions = get(&emulator, &format!("/models/{model}/versions")).await;
        assert_eq!(versions.0, status, "{model}");
    }
}

#[tokio::test]
async fn a_blocking_create_of_text_returns_processing_with_the_whole_output() {
    let emulator = start().await;
    let input = json!({"prompt": "one two", "max_tokens": 2});
    let request = new(&emulator, "emulator/text", input).header("prefer", "wait=10");
    let response = send(request).await;
    assert_eq!(response.status(), 201);
    let applied = header(&response, "preference-applied");
    assert_eq!(applied.as_deref(), Some("wait=10"));
    let url = header(&response, "location").expect("a location");
    let made: Value = response.json().await.expect("a prediction");
    assert_eq!(made["status"], "processing");
    assert_eq!(made["output"], json!(["one", " two"]));
    assert_eq!(made.get("completed_at"), None);
    let done = until_ended(&emulator, &url).await;
    assert_eq!(done["status"], "succeeded");
    assert_eq!(done["metrics"]["output_token_count"], 2);
}

#[tokio::test]
async fn a_blocking_create_returns_202_with_the_running_prediction_after_its_wait() {
    let emulator = start().await;
    let request = new(&emulator, "emulator/slow", json!({"seconds": 3600}));
    let waiting = tokio::spawn(fetch(request.header("prefer", "wait=5")));
    poll(async || !emulator.predictions().is_empty()).await;
    until_processing(&emulator, &emulator.predictions()[0].json).await;
    emulator.advance(Duration::from_secs(5));
    let (status, made) = waiting.await.expect("a response");
    assert_eq!((status, &made["status"]), (202, &json!("processing")));
}

#[tokio::test]
async fn an_input_that_violates_the_schema_is_refused_and_nothing_is_created() {
    let emulator = start().await;
    for (input, expected) in [
        (
            json!({"prompt": 7, "width": 1}),
            vec!["input.prompt invalid_type", "input.width number_gte"],
        ),
        (json!({}), vec!["input required"]),
    ] {
        let (status, problem) = fetch(new(&emulator, "emulator/image", input)).await;
        assert_eq!(status, 422);
        let fields = problem["invalid_fields"].as_array().expect("a list");
        let violation =
            |field: &Value| format!("{} {}", text(&field["field"]), text(&field["type"]));
        let mut violations: Vec<String> = fields.iter().map(violation).collect();
        violations.sort();
        assert_eq!(violations, expected);
    }
    assert!(emulator.predictions().is_empty());
}

#[tokio::test]
async fn a_cancel_ends_a_running_prediction_and_does_not_change_an_ended_one() {
    let emulator = start().await;
    let url = running(&emulator, "emulator/slow", json!({"seconds": 3600})).await;
    let cancel = format!("{url}/cancel");
    let (status, canceled) = fetch(call(&emulator, "POST", &cancel)).await;
    assert_eq!((status, &canceled["status"]), (200, &json!("canceled")));
    assert!(canceled["metrics"]["predict_time"].is_number());
    let (_, again) = fetch(call(&emulator, "POST", &cancel)).await;
    assert_eq!(again, canceled);
}

#[tokio::test]
async fn a_deadline_cancels_what_runs_and_aborts_what_has_not_begun() {
    for (startup, end) in [(0, Status::Canceled), (3600, Status::Aborted)] {
        let emulator =
            start_with(Emulator::builder().startup_time(Duration::from_secs(startup))).await;
        let request = new(&emulator, "emulator/slow", json!({"seconds": 7200}));
        let (_, made) = fetch(request.header("cancel-after", "1m")).await;
        assert!(made["deadline"].is_string());
        if startup == 0 {
            until_processing(&emulator, &made).await;
        }
        emulator.advance(Duration::from_secs(60));
        ended(&emulator, &made).await;
        assert_eq!(emulator.predictions()[0].status, end);
    }
}

#[tokio::test]
async fn invalid_prefer_and_cancel_after_headers_are_refused() {
    let emulator = start().await;
    for (name, value) in [
        ("prefer", "wait=61"),
        ("prefer", "now"),
        ("cancel-after", "4s"),
    ] {
        let request = new(&emulator, "emulator/text", json!({"prompt": "a"}));
        let (status, problem) = fetch(request.header(name, value)).await;
        assert_eq!(status, 422, "{name}: {value}");
        assert!(text(&problem["detail"]).contains(value));
    }
    assert!(emulator.predictions().is_empty());
}

#[tokio::test]
async fn a_failed_prediction_has_the_reason_and_a_panic_is_a_failure() {
    let panics = Model::new("me/panics")
        .official(true)
        .run(|input, _| async move {
            assert!(input.is_null(), "no {} please", input["what"]);
            Ok(Value::Null)
        });
    let emulator = start_with(Emulator::builder().model(panics)).await;
    let done = run(&emulator, "emulator/fail", json!({})).await;
    assert_eq!(done["status"], "failed");
    assert_eq!(done["error"], "This model always fails.");
    let done = run(&emulator, "me/panics", json!({"what": "tea"})).await;
    assert!(text(&done["error"]).contains("no \"tea\" please"));
}

#[tokio::test]
async fn slow_writes_progress_bars_and_ends_when_time_is_skipped() {
    let emulator = start().await;
    let input = json!({"seconds": 100, "steps": 4});
    let url = running(&emulator, "emulator/slow", input).await;
    for step in 1..=4 {
        let before = format!("{}/4", step - 1);
        until(&emulator, &url, |p| text(&p["logs"]).contains(&before)).await;
        emulator.advance(Duration::from_secs(25));
    }
    let done = until_ended(&emulator, &url).await;
    assert!(text(&done["logs"]).contains("100%|██████████| 4/4"));
    assert!(done["metrics"]["predict_time"].as_f64().expect("seconds") >= 100.0);
}

#[tokio::test]
async fn time_that_is_skipped_past_the_end_is_not_predict_time() {
    let emulator = start().await;
    let url = running(&emulator, "emulator/slow", json!({"seconds": 90})).await;
    emulator.advance(Duration::from_secs(3000));
    let done = until_ended(&emulator, &url).await;
    for metric in ["predict_time", "total_time"] {
        let seconds = done["metrics"][metric].as_f64().expect("seconds");
        assert!((90.0..120.0).contains(&seconds), "{metric} {seconds}");
    }
    let seconds = |name: &str| {
        chrono::DateTime::parse_from_rfc3339(&text(&done[name]))
            .expect("a time")
            .timestamp()
    };
    assert!((90..120).contains(&(seconds("completed_at") - seconds("started_at"))));
    assert_eq!(done["data_removed"], false, "its hour begins as it ends");
}

#[tokio::test]
async fn the_longest_skip_of_time_does_no_harm() {
    let emulator = start().await;
    emulator.advance(Duration::MAX);
    let request = new(&emulator, "emulator/slow", json!({"seconds": 600}));
    let (status, made) = fetch(request.header("cancel-after", "1h")).await;
    assert_eq!(status, 201);
    until_processing(&emulator, &made).await;
    emulator.advance(Duration::from_secs(600));
    assert_eq!(ended(&emulator, &made).await["status"], "succeeded");
    for _ in 0..2 {
        let late = Fault::latency(Duration::MAX).on("account.get");
        inject(&emulator, late.times(1));
    }
    emulator.clear_requests();
    let waiting = tokio::spawn(fetch(call(&emulator, "GET", "/account")));
    poll(async || !emulator.requests().is_empty()).await;
    emulator.advance(Duration::MAX);
    assert_eq!(waiting.await.expect("a response").0, 200);
}

#[tokio::test]
async fn the_list_returns_the_newest_first_page_by_page() {
    let emulator = start().await;
    let id = version(&emulator, "replicate/hello-world").await;
    let mut made = Vec::new();
    for n in 0..120 {
        let body = json!({"version": id, "input": {"text": n.to_string()}});
        made.push(text(&post(&emulator, "/predictions", body).await.1["id"]));
    }
    made.reverse();
    let mut listed = Vec::new();
    let mut url = "/predictions".to_owned();
    let mut sizes = Vec::new();
    loop {
        let (status, page) = get(&emulator, &url).await;
        assert_eq!(status, 200);
        let results = page["results"].as_array().expect("results");
        sizes.push(results.len());
        listed.extend(results.iter().map(|p| text(&p["id"])));
        match page["next"].as_str() {
            Some(next) => url = next.to_owned(),
            None => break,
        }
        assert!(url.starts_with(emulator.url()));
    }
    assert_eq!(sizes, [100, 20]);
    assert_eq!(listed, made);
}

#[tokio::test]
async fn the_list_is_filtered_by_creation_time() {
    let emulator = start().await;
    let old = create(&emulator, "emulator/text", json!({"prompt": "a"})).await;
    emulator.advance(Duration::from_secs(60));
    let new = create(&emulator, "emulator/text", json!({"prompt": "a"})).await;
    let bound = text(&new["created_at"]);
    for (filter, expected) in [("created_after", &new), ("created_before", &old)] {
        let (_, page) = get(&emulator, &format!("/predictions?{filter}={bound}")).await;
        let results = page["results"].as_array().expect("results");
        assert_eq!(results.len(), 1);
        assert_eq!(results[0]["id"], expected["id"]);
    }
    let (status, _) = get(&emulator, "/predictions?created_after=yesterday").await;
    assert_eq!(status, 400);
    let (_, page) = get(&emulator, "/predictions?source=web").await;
    assert_eq!(page["results"], json!([]));
}

#[tokio::test]
async fn data_is_removed_after_an_hour() {
    let emulator = start().await;
    let done = run(&emulator, "emulator/image", json!({"prompt": "a"})).await;
    assert_eq!(done["data_removed"], false);
    assert_eq!(open(&done["output"][0]).await.status(), 200);
    emulator.advance(Duration::from_secs(3601));
    let (_, gone) = get(&emulator, &text(&done["urls"]["get"])).await;
    assert_eq!(gone["data_removed"], true);
    let nothing = (&Value::Null, &json!({}));
    assert_eq!((&gone["output"], &gone["input"]), nothing);
    assert_eq!(gone["status"], "succeeded");
    assert_eq!(open(&done["output"][0]).await.status(), 404);
}

#[tokio::test]
async fn at_most_the_configured_number_of_predictions_is_kept() {
    let emulator = start_with(Emulator::builder().max_predictions(10)).await;
    let running = create(&emulator, "emulator/slow", json!({"seconds": 3600})).await;
    for _ in 0..25 {
        run(&emulator, "emulator/text", json!({"prompt": "a"})).await;
    }
    let kept = emulator.predictions();
    assert_eq!(kept.len(), 10);
    let first = json!(kept[0].id);
    assert_eq!(first, running["id"], "a running one is never forgotten");
}

#[tokio::test]
async fn faults_apply_to_matching_calls() {
    let emulator = start().await;
    let create = || new(&emulator, "emulator/text", json!({"prompt": "a"}));
    let add = |fault| inject(&emulator, fault);

    add(Fault::status(503).on("models.predictions.create").times(1));
    assert_eq!(fetch(create()).await.0, 503);
    assert!(emulator.predictions().is_empty());
    assert_eq!(fetch(create()).await.0, 201);

    add(Fault::rate_limit(7).on("models.*").times(1));
    let (status, problem) = fetch(create()).await;
    assert_eq!((status, &problem["retry_after"]), (429, &json!(7)));

    add(Fault::drop_connection()
        .on("models.predictions.create")
        .times(1));
    create().send().await.expect_err("no response");
    assert_eq!(emulator.predictions().len(), 1);
    let lost = Fault::drop_connection().on("models.predictions.create");
    add(lost.after_handling().times(1));
    create().send().await.expect_err("no response");
    assert_eq!(emulator.predictions().len(), 2);

    for invalid in ["predictions.made", "predicitons.*", "control.faults.add"] {
        let error = emulator.inject_fault(Fault::status(500).on(invalid));
        let error = error.expect_err("no such operation").to_string();
        assert!(error.contains(&format!("`{invalid}`")), "{error}");
    }
}

#[tokio::test]
async fn random_faults_are_reproducible_with_a_seed() {
    let mut runs = Vec::new();
    for _ in 0..2 {
        let emulator = start_with(Emulator::builder().seed(42)).await;
        inject(&emulator, Fault::status(500).probability(0.5));
        let mut statuses = Vec::new();
        for _ in 0..20 {
            statuses.push(get(&emulator, "/account").await.0);
        }
        assert!(statuses.contains(&200) && statuses.contains(&500));
        runs.push(statuses);
    }
    assert_eq!(runs[0], runs[1]);
}
