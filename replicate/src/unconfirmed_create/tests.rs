use super::*;
use serde_json::json;

const DIGEST: &str = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";

fn sent(reference: &str, input: Value) -> UnconfirmedCreate {
    UnconfirmedCreate::new(reference.parse().unwrap(), &input).unwrap()
}

fn made(mut json: Value) -> Prediction {
    json["id"] = "p".into();
    json["status"] = "starting".into();
    serde_json::from_value(json).unwrap()
}

use MatchKind::{Exact, Possible};

/// Rows of a reference or input that was sent, a prediction's or its input's JSON, and how they
/// match.
fn check(rows: &[&str], matches: impl Fn(&str, Value) -> MatchKind) {
    for row in rows {
        let columns: Vec<&str> = row.split(" | ").collect();
        let found = matches(columns[0], serde_json::from_str(columns[1]).unwrap());
        assert_eq!(format!("{found:?}"), columns[2], "{row}");
    }
}

#[test]
fn another_input_is_another_prediction() {
    let rows = [
        r#"{"prompt": "a", "n": 1} | {"prompt": "a", "n": 1.0} | Exact"#,
        r#"{"prompt": "a", "n": 1} | {"prompt": "a", "n": 1, "seed": 3} | Possible"#,
        r#"{"prompt": "a", "n": 1} | {"prompt": "b", "n": 1} | None"#,
        r#"{"prompt": "a", "n": 1} | {"prompt": "a", "n": 2} | None"#,
        r#"{"prompt": "a", "n": 1} | {"prompt": "a"} | None"#,
        r#"{"prompt": "a", "n": 1} | {} | None"#,
        r#"{"file": "data:;base64,eA=="} | {"file": "https://x/y"} | Exact"#,
        r#"{"file": "data:;base64,eA=="} | {} | None"#,
        r#"{"list": [1, {"a": null}], "none": null} | {"list": [1, {}], "other": null} | Exact"#,
        r#"{"list": [1, {"a": null}]} | {"list": [1]} | None"#,
        r#"{"list": [1, {"a": null}]} | {"list": [1, {"a": 2}]} | None"#,
        r#"{} | {} | Exact"#,
        r#"{} | {"prompt": "a"} | Possible"#,
    ];
    check(&rows, |input, kept| {
        let prediction = made(json!({ "model": "acme/app", "version": DIGEST, "input": kept }));
        sent("acme/app", serde_json::from_str(input).unwrap()).matches(&prediction)
    });
}

#[test]
fn another_model_version_or_deployment_is_another_prediction() {
    let other = DIGEST.replace('5', "6");
    let rows = [
        r#"acme/app | {"model": "acme/app", "version": "DIGEST"} | Exact"#,
        r#"acme/app | {"model": "acme/app", "version": "hidden"} | Exact"#,
        r#"acme/app | {"model": "acme/other", "version": "DIGEST"} | None"#,
        r#"acme/app | {"model": "replicate/internal", "version": "d-c6559c57"} | Possible"#,
        r#"DIGEST | {"model": "acme/app", "version": "DIGEST"} | Exact"#,
        r#"acme/app:DIGEST | {"model": "acme/app", "version": "DIGEST"} | Exact"#,
        r#"DIGEST | {"version": "OTHER"} | None"#,
        r#"deployments/acme/app | {"deployment": "acme/app"} | Exact"#,
        r#"deployments/acme/app | {"deployment": "acme/other"} | None"#,
        r#"deployments/acme/app | {"deployment": null} | Possible"#,
    ];
    let rows = rows.map(|row| row.replace("DIGEST", DIGEST).replace("OTHER", &other));
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    check(&rows, |reference, json| {
        sent(reference, json!({})).matches(&made(json))
    });
}

#[test]
fn a_prediction_whose_data_was_removed_may_be_the_one() {
    let removed = made(json!({ "model": "acme/app", "input": {}, "data_removed": true }));
    let found = sent("acme/app", json!({ "prompt": "a" })).matches(&removed);
    assert_eq!(found, Possible);
}

#[test]
fn a_create_is_found_by_another_process_and_holds_no_input() {
    let create = sent("acme/app", json!({ "prompt": "a secret", "n": 1 }));
    let stored = serde_json::to_string(&create).unwrap();
    assert!(!stored.contains("a secret"), "{stored}");
    let found: UnconfirmedCreate = serde_json::from_str(&stored).unwrap();
    assert_eq!((found.model(), found.nonce), (create.model(), create.nonce));
    let input = json!({ "prompt": "a secret", "n": 1.0 });
    let prediction = made(json!({ "model": "acme/app", "input": input }));
    assert_eq!(found.matches(&prediction), Exact);
}

#[test]
fn the_window_is_the_servers_clock_less_the_monotonic_time() {
    let mut create = sent("acme/app", json!({}));
    // The clock was set back by an hour since.
    create.sent_at = Utc::now() + TimeDelta::hours(1);
    let server = Utc::now() + TimeDelta::days(3);
    let sent = create.sent_at_server(Some(server));
    assert!((server - sent).num_seconds().abs() < 5, "{sent}");
    create.sent = None;
    create.sent_at = Utc::now() - TimeDelta::minutes(10);
    let sent = create.sent_at_server(Some(server));
    assert_eq!((server - sent).num_minutes(), 10);
}
