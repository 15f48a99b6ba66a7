//! Recorded answers of the API beside the emulator's to the same calls: which fields differ.
//!
//! The recordings lie in the folder `recorded` of the one that `REPLICATE_REFERENCE` names.
//! Where they and the specification differ, the emulator follows the specification.

mod support;

use std::{collections::BTreeSet, path::PathBuf};

use replicate_emulator::Emulator;
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};
use support::{answer, call, text, until, version};

/// Every difference, and why it is there.
const DIFFERENCES: [(&str, &str); 19] = [
    (
        "data_removed: absent recorded, boolean here",
        "required by the specification",
    ),
    (
        "output: absent recorded, null here",
        "required by the specification",
    ),
    (
        "urls.web: absent recorded, string here",
        "required by the specification",
    ),
    (
        "logs: null recorded, string here",
        "not nullable in the specification",
    ),
    (
        "output: null recorded, absent here",
        "not nullable in a training",
    ),
    (
        "source: absent recorded, string here",
        "newer than the recordings",
    ),
    (
        "is_official: absent recorded, boolean here",
        "newer than the recordings",
    ),
    (
        "created_at: absent recorded, string here",
        "newer than the recordings",
    ),
    (
        "weights_url: absent recorded, null here",
        "newer than the recordings",
    ),
    (
        "webhook_completed: null recorded, absent here",
        "not in the specification any more",
    ),
    (
        "urls.stream: absent recorded, string here",
        "the recorded model did not stream",
    ),
    (
        "cover_image_url: string recorded, null here",
        "the built-in model has none",
    ),
    (
        "github_url: string recorded, null here",
        "the built-in model has none",
    ),
    (
        "license_url: string recorded, null here",
        "the built-in model has none",
    ),
    (
        "paper_url: string recorded, null here",
        "the built-in model has none",
    ),
    (
        "default_example.data_removed: absent recorded, boolean here",
        "as in any prediction",
    ),
    (
        "default_example.source: absent recorded, string here",
        "as in any prediction",
    ),
    (
        "default_example.urls.web: absent recorded, string here",
        "as in any prediction",
    ),
    (
        "default_example.webhook_completed: null recorded, absent here",
        "as in any prediction",
    ),
];

/// What a model takes and gives is its own affair.
const FREE: [&str; 6] = [
    "input",
    "output",
    "metrics",
    "openapi_schema",
    "checksums",
    "metadata",
];

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

fn compare(place: &str, recorded: &Value, ours: &Value, found: &mut BTreeSet<String>) {
    match (recorded, ours) {
        (Value::Object(theirs), Value::Object(own)) => {
            for (name, value) in theirs {
                match own.get(name) {
                    None => drop(found.insert(format!(
                        "{place}.{name}: {} recorded, absent here",
                        kind(value)
                    ))),
                    Some(_) if FREE.contains(&name.as_str()) => {}
                    Some(other) => compare(&format!("{place}.{name}"), value, other, found),
                }
            }
            for name in own.keys().filter(|name| !theirs.contains_key(*name)) {
                found.insert(format!(
                    "{place}.{name}: absent recorded, {} here",
                    kind(&own[name])
                ));
            }
        }
        (Value::Array(theirs), Value::Array(own)) => {
            if let (Some(value), Some(other)) = (theirs.first(), own.first()) {
                compare(&format!("{place}[]"), value, other, found);
            }
        }
        (value, other) if kind(value) != kind(other) => {
            found.insert(format!(
                "{place}: {} recorded, {} here",
                kind(value),
                kind(other)
            ));
        }
        _ => {}
    }
}

/// The emulator's answer to the like of a recorded call: its kind, status and body.
async fn same(
    emulator: &Emulator,
    request: &Value,
    recorded: &Value,
) -> (&'static str, u16, Value) {
    let (method, path) = (text(&request["method"]), text(&request["path"]));
    let parts: Vec<&str> = path.split('/').skip(2).collect();
    let create = || {
        call(emulator, "POST", "/models/emulator/slow/predictions")
            .json(&json!({"input": {"seconds": 3600}}))
    };
    let running = || async {
        let (_, made) = answer(create()).await;
        let address = text(&made["urls"]["get"]);
        until(emulator, &address, |p| p["status"] == "processing").await
    };
    let train = || async {
        let version = version(emulator, "emulator/text").await;
        let new = json!({"destination": "local/m", "input": {"train_data": "data:,x"}});
        let path = format!("/models/emulator/text/versions/{version}/trainings");
        answer(call(emulator, "POST", &path).json(&new)).await
    };
    let upload = || async {
        let form = Form::new().part("content", Part::bytes(Vec::new()).file_name("a.txt"));
        answer(call(emulator, "POST", "/files").multipart(form)).await
    };
    let (kind, (status, body)) = match (method.as_str(), parts.as_slice()) {
        (_, _) if recorded["title"] == "Unauthenticated" => {
            let bare = reqwest::Client::new().post(format!("{}/v1/predictions", emulator.url()));
            ("problem", answer(bare).await)
        }
        ("GET", ["collections"]) => (
            "collections",
            answer(call(emulator, "GET", "/collections")).await,
        ),
        ("GET", ["hardware"]) => ("hardware", answer(call(emulator, "GET", "/hardware")).await),
        ("POST", ["files"]) => ("file", upload().await),
        ("GET", ["files", _]) => {
            let (_, file) = upload().await;
            (
                "file",
                answer(call(emulator, "GET", &text(&file["urls"]["get"]))).await,
            )
        }
        ("POST", ["models"]) => {
            let new = json!({"owner": "local", "name": "new", "visibility": "private",
                "hardware": "cpu", "description": "d"});
            (
                "new model",
                answer(call(emulator, "POST", "/models").json(&new)).await,
            )
        }
        ("GET", ["models", ..]) => (
            "model",
            answer(call(emulator, "GET", "/models/emulator/image")).await,
        ),
        ("POST", ["models", .., "trainings"]) => ("new training", train().await),
        ("POST", ["trainings", _, "cancel"]) => {
            let (_, made) = train().await;
            let address = text(&made["urls"]["get"]);
            until(emulator, &address, |t| t["status"] == "processing").await;
            let cancel = text(&made["urls"]["cancel"]);
            (
                "canceled training",
                answer(call(emulator, "POST", &cancel)).await,
            )
        }
        ("POST", ["predictions", _, "cancel"]) => {
            let cancel = text(&running().await["urls"]["cancel"]);
            (
                "canceled prediction",
                answer(call(emulator, "POST", &cancel)).await,
            )
        }
        ("POST", _) if request["headers"]["prefer"].is_string() => {
            let waiting = call(emulator, "POST", "/models/emulator/text/predictions")
                .header("prefer", "wait=10")
                .json(&json!({"input": {"prompt": "a"}}));
            ("blocking prediction", answer(waiting).await)
        }
        ("POST", [.., "predictions"]) => ("new prediction", answer(create()).await),
        ("GET", ["predictions", _]) => match recorded["status"].as_str() {
            Some("succeeded") => {
                let made = call(emulator, "POST", "/models/emulator/image/predictions")
                    .json(&json!({"input": {"prompt": "a"}}));
                let (_, made) = answer(made).await;
                let address = text(&made["urls"]["get"]);
                (
                    "ended prediction",
                    (200, support::ended(emulator, &address).await),
                )
            }
            Some("starting") => return ("", 0, Value::Null),
            _ => ("running prediction", (200, running().await)),
        },
        other => panic!("nothing is the like of {other:?}"),
    };
    (kind, status, body)
}

#[tokio::test]
async fn the_differences_from_recorded_answers_are_those_listed() {
    let Some(folder) = std::env::var_os("REPLICATE_REFERENCE") else {
        println!("skipped: REPLICATE_REFERENCE names no folder with recorded answers");
        return;
    };
    let emulator = Emulator::start().await.expect("an emulator");
    let new = json!({"owner": "local", "name": "m", "visibility": "private", "hardware": "cpu"});
    support::post(&emulator, "/models", new).await;
    let folder = PathBuf::from(folder).join("recorded");
    let mut found = BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("the recordings") {
        let file = std::fs::read(file.expect("a file").path()).expect("a recording");
        let recording: Value = serde_json::from_slice(&file).expect("JSON");
        let (request, response) = (&recording["request"], &recording["response"]);
        let (kind, status, ours) = same(&emulator, request, &response["json"]).await;
        if kind.is_empty() {
            continue;
        }
        if response["status"] != status {
            found.insert(format!(
                "{kind}.status: {} recorded, {status} here",
                response["status"]
            ));
        }
        compare(kind, &response["json"], &ours, &mut found);
    }
    let field = |d| str::split_once(d, '.').map_or(d, |(_, field)| field);
    let found: BTreeSet<&str> = found.iter().map(|d| field(d.as_str())).collect();
    let listed: BTreeSet<&str> = DIFFERENCES
        .iter()
        .map(|(difference, _)| *difference)
        .collect();
    assert_eq!(found, listed);
}
