use super::*;
use serde_json::json;

const DIGEST: &str = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";

fn sent(reference: &str, input: Value) -> UnconfirmedCreate {
    UnconfirmedCreate::new(reference.parse().unwrap(), &input).unwrap()
}

fn made(json: Value) -> Prediction {
    let mut prediction = json!({ "id": "p", "status": "starting" });
    prediction
        .as_object_mut()
        .unwrap()
        .extend(json.as_object().unwrap().clone());
    serde_json::from_value(prediction).unwrap()
}

use MatchKind::{Exact, None as Not, Possible};

fn matches(reference: &str, input: Value, prediction: Value) -> MatchKind {
    sent(reference, input).matches(&made(prediction))
}

#[test]
fn another_input_is_another_prediction() {
    let of = |input: Value| {
        let sent = json!({ "prompt": "a", "n": 1, "file": "data:;base64,eA==" });
        let made = json!({ "model": "acme/app", "version": DIGEST, "input": input });
        matches("acme/app", sent, made)
    };
    assert_eq!(
        of(json!({ "prompt": "a", "n": 1.0, "file": "https://x/y" })),
        Exact
    );
    let more = json!({ "prompt": "a", "n": 1, "file": "https://x/y", "seed": 3 });
    assert_eq!(of(more), Possible);
    assert_eq!(
        of(json!({ "prompt": "b", "n": 1, "file": "https://x/y" })),
        Not
    );
    assert_eq!(
        of(json!({ "prompt": "a", "n": 2, "file": "https://x/y" })),
        Not
    );
    assert_eq!(of(json!({ "prompt": "a", "n": 1 })), Not);
    assert_eq!(of(json!({})), Not);
}

#[test]
fn nested_values_are_compared_and_null_is_absent() {
    let of = |input: Value| {
        let sent = json!({ "list": [1, { "a": null }], "none": null });
        matches(
            "acme/app",
            sent,
            json!({ "model": "acme/app", "input": input }),
        )
    };
    assert_eq!(of(json!({ "list": [1, {}], "other": null })), Exact);
    assert_eq!(of(json!({ "list": [1] })), Not);
    assert_eq!(of(json!({ "list": [1, { "a": 2 }] })), Not);
}

#[test]
fn no_input_is_not_any_input() {
    let of = |input: Value| {
        matches(
            "acme/app",
            json!({}),
            json!({ "model": "acme/app", "input": input }),
        )
    };
    assert_eq!(of(json!({})), Exact);
    assert_eq!(of(json!({ "prompt": "a" })), Possible);
}

#[test]
fn a_prediction_whose_data_was_removed_may_be_the_one() {
    let prediction = json!({ "model": "acme/app", "input": {}, "data_removed": true });
    assert_eq!(
        matches("acme/app", json!({ "prompt": "a" }), prediction),
        Possible
    );
}

#[test]
fn another_model_version_or_deployment_is_another_prediction() {
    let of = |reference: &str, made: Value| matches(reference, json!({}), made);
    let other = DIGEST.replace('5', "6");
    assert_eq!(
        of(
            "acme/app",
            json!({ "model": "acme/app", "version": DIGEST })
        ),
        Exact
    );
    assert_eq!(
        of(
            "acme/app",
            json!({ "model": "acme/app", "version": "hidden" })
        ),
        Exact
    );
    assert_eq!(
        of(
            "acme/app",
            json!({ "model": "acme/other", "version": DIGEST })
        ),
        Not
    );
    let official = json!({ "model": "replicate/internal", "version": "d-c6559c57" });
    assert_eq!(of("acme/app", official), Possible);
    let version = json!({ "model": "acme/app", "version": DIGEST });
    assert_eq!(of(DIGEST, version.clone()), Exact);
    assert_eq!(of(&format!("acme/app:{DIGEST}"), version), Exact);
    assert_eq!(of(DIGEST, json!({ "version": other })), Not);
    let deployment = |named: Value| of("deployments/acme/app", json!({ "deployment": named }));
    assert_eq!(deployment(json!("acme/app")), Exact);
    assert_eq!(deployment(json!("acme/other")), Not);
    assert_eq!(deployment(json!(null)), Possible);
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
