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

use MatchKind::{Exact, None as Not, Possible};

#[test]
fn another_input_is_another_prediction() {
    let sent_first = json!({ "prompt": "a", "n": 1, "file": "data:;base64,eA==" });
    let nested = json!({ "list": [1, { "a": null }], "none": null });
    for (input, kept, expected) in [
        (
            &sent_first,
            json!({ "prompt": "a", "n": 1.0, "file": "https://x/y" }),
            Exact,
        ),
        (
            &sent_first,
            json!({ "prompt": "a", "n": 1, "file": "https://x/y", "seed": 3 }),
            Possible,
        ),
        (
            &sent_first,
            json!({ "prompt": "b", "n": 1, "file": "https://x/y" }),
            Not,
        ),
        (
            &sent_first,
            json!({ "prompt": "a", "n": 2, "file": "https://x/y" }),
            Not,
        ),
        (&sent_first, json!({ "prompt": "a", "n": 1 }), Not),
        (&sent_first, json!({}), Not),
        // Nested values are compared, and null is absent.
        (&nested, json!({ "list": [1, {}], "other": null }), Exact),
        (&nested, json!({ "list": [1] }), Not),
        (&nested, json!({ "list": [1, { "a": 2 }] }), Not),
        (&json!({}), json!({}), Exact),
        (&json!({}), json!({ "prompt": "a" }), Possible),
    ] {
        let prediction = made(json!({ "model": "acme/app", "input": kept }));
        let found = sent("acme/app", input.clone()).matches(&prediction);
        assert_eq!(found, expected, "{input} {kept}");
    }
}

#[test]
fn another_model_version_or_deployment_is_another_prediction() {
    let with_model = format!("acme/app:{DIGEST}");
    let deployment = "deployments/acme/app";
    let own = json!({ "model": "acme/app", "version": DIGEST });
    for (reference, of, expected) in [
        ("acme/app", own.clone(), Exact),
        (
            "acme/app",
            json!({ "model": "acme/app", "version": "hidden" }),
            Exact,
        ),
        (
            "acme/app",
            json!({ "model": "acme/other", "version": DIGEST }),
            Not,
        ),
        (
            "acme/app",
            json!({ "model": "replicate/internal", "version": "d-c6559c57" }),
            Possible,
        ),
        (DIGEST, own.clone(), Exact),
        (&with_model, own, Exact),
        (DIGEST, json!({ "version": DIGEST.replace('5', "6") }), Not),
        (deployment, json!({ "deployment": "acme/app" }), Exact),
        (deployment, json!({ "deployment": "acme/other" }), Not),
        (deployment, json!({ "deployment": null }), Possible),
    ] {
        let found = sent(reference, json!({})).matches(&made(of.clone()));
        assert_eq!(found, expected, "{reference} {of}");
    }
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
