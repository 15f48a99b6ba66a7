//! Every recorded response of the API is decoded into the generated types and encoded again with
//! nothing lost: the fixtures here, and (ignored without it) the folder that
//! `REPLICATE_REFERENCE` names.

use std::path::{Path, PathBuf};

use replicate_api::{Client, Operation, Transport, operations, types};
use replicate_test_support::recorder::{FixedResponse, Recorder};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

#[derive(serde::Deserialize)]
struct Recorded {
    request: Request,
    response: Response,
}

#[derive(serde::Deserialize)]
struct Request {
    method: String,
    path: String,
}

#[derive(serde::Deserialize)]
struct Response {
    status: u16,
    json: Value,
}

fn through<T: DeserializeOwned + Serialize>(json: &Value) -> Result<Value, String> {
    let text = json.to_string();
    let mut reader = serde_json::Deserializer::from_str(&text);
    let typed: T = serde_path_to_error::deserialize(&mut reader).map_err(|e| e.to_string())?;
    serde_json::to_value(typed).map_err(|e| e.to_string())
}

/// Decodes the response as the operation's own type, and encodes it again.
fn round_trip(operation: &Operation, json: &Value) -> Result<Value, String> {
    match operation.id {
        "account.get" => through::<types::Account>(json),
        "collections.list" => through::<types::CollectionPage>(json),
        "deployments.create" | "deployments.get" | "deployments.update" => {
            through::<types::Deployment>(json)
        }
        "files.create" | "files.get" => through::<types::File>(json),
        "hardware.list" => through::<Vec<types::Hardware>>(json),
        "models.create" | "models.get" | "models.update" => through::<types::Model>(json),
        "models.list" => through::<types::ModelPage>(json),
        "search" => through::<types::SearchResults>(json),
        "trainings.create" | "trainings.get" | "trainings.cancel" => {
            through::<types::Training>(json)
        }
        "predictions.create"
        | "predictions.get"
        | "predictions.cancel"
        | "models.predictions.create"
        | "deployments.predictions.create" => through::<types::Prediction>(json),
        other => Err(format!("no decoding of {other} here: add it")),
    }
}

/// The problem document, as the client's error returns it.
fn error_of(response: &Response) -> Value {
    let body = response.json.to_string();
    let content_type = "application/problem+json".to_owned();
    let server = Recorder::start(FixedResponse {
        status: response.status,
        content_type,
        body: body.into(),
    });
    let transport = Transport::builder()
        .token("test")
        .base_url(server.url())
        .build()
        .unwrap();
    let client = Client::from_transport(transport);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let error = runtime.block_on(client.account_get().send()).unwrap_err();
    let problem = error.problem().unwrap();
    let mut kept = problem.extra.clone();
    kept.insert("title".into(), problem.title.clone().into());
    kept.insert("detail".into(), problem.detail.clone().into());
    kept.insert("status".into(), problem.status.into());
    let fields = problem.invalid_fields.iter().map(|field| {
        serde_json::json!({ "field": field.field, "type": field.rule, "description": field.description })
    });
    kept.insert("invalid_fields".into(), fields.collect());
    kept.into()
}

fn operation_for(request: &Request) -> Option<&'static Operation> {
    let path = request.path.split('?').next()?.strip_prefix("/v1")?;
    operations::ALL.iter().find(|operation| {
        let parts: Vec<&str> = path.split('/').collect();
        let template: Vec<&str> = operation.path.split('/').collect();
        operation.method == request.method
            && parts.len() == template.len()
            && template
                .iter()
                .zip(&parts)
                .all(|(t, p)| t.starts_with('{') || t == p)
    })
}

/// What of `sent` is not in `kept`: null counts as absent, instants compare as instants.
fn lost(sent: &Value, kept: Option<&Value>, place: &str, found: &mut Vec<String>) {
    match (sent, kept) {
        (Value::Null, None | Some(Value::Null)) => {}
        (Value::Object(sent), Some(Value::Object(kept))) => {
            for (key, value) in sent {
                lost(value, kept.get(key), &format!("{place}.{key}"), found);
            }
        }
        (Value::Array(sent), Some(Value::Array(kept))) if sent.len() == kept.len() => {
            for (index, (sent, kept)) in sent.iter().zip(kept).enumerate() {
                lost(sent, Some(kept), &format!("{place}[{index}]"), found);
            }
        }
        // An empty string, list or map of a plain field is not written.
        (sent, None) if is_empty(sent) => {}
        (sent, Some(kept)) if sent == kept || same_instant(sent, kept) => {}
        (sent, kept) => found.push(format!("{place}: {sent} became {kept:?}")),
    }
}

fn is_empty(value: &Value) -> bool {
    value == "" || value == &serde_json::json!([]) || value == &serde_json::json!({})
}

fn same_instant(a: &Value, b: &Value) -> bool {
    let instant = |value: &Value| {
        chrono::DateTime::parse_from_rfc3339(value.as_str()?)
            .ok()
            .map(|i| i.to_utc())
    };
    instant(a).is_some() && instant(a) == instant(b)
}

fn check(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let recorded: Recorded = serde_json::from_str(&text).unwrap();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mut found = Vec::new();
    let kept = if recorded.response.status >= 400 {
        Ok(error_of(&recorded.response))
    } else {
        match operation_for(&recorded.request) {
            Some(operation) => round_trip(operation, &recorded.response.json),
            None => Err("no operation has this path".into()),
        }
    };
    match kept {
        Ok(kept) => lost(&recorded.response.json, Some(&kept), &name, &mut found),
        Err(error) => found.push(format!("{name}: {error}")),
    }
    found
}

fn json_files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "json")
        })
        .collect();
    files.sort();
    files
}

fn check_all(folder: &Path, at_least: usize) {
    let files = json_files(folder);
    assert!(
        files.len() >= at_least,
        "only {} files in {}",
        files.len(),
        folder.display()
    );
    let found: Vec<String> = files.iter().flat_map(|path| check(path)).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn responses_of_every_shape_keep_every_field() {
    check_all(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), 19);
}

#[test]
#[ignore = "needs the folder that REPLICATE_REFERENCE names"]
fn recorded_responses_keep_every_field() {
    let folder = std::env::var_os("REPLICATE_REFERENCE").expect("REPLICATE_REFERENCE is not set");
    check_all(&Path::new(&folder).join("recorded"), 20);
}

#[test]
fn a_lost_field_is_found() {
    let sent =
        serde_json::json!({ "id": "a", "n": null, "at": "2026-01-01T00:00:00.5Z", "new": 1 });
    let kept = serde_json::json!({ "id": "a", "at": "2026-01-01T00:00:00.500Z" });
    let mut found = Vec::new();
    lost(&sent, Some(&kept), "", &mut found);
    assert_eq!(found, [".new: 1 became None"]);
}

#[test]
fn unknown_field_is_not_an_error_and_unknown_value_is_kept() {
    let prediction: types::Prediction =
        serde_json::from_str(r#"{ "id": "a", "status": "paused", "tomorrow": { "new": true } }"#)
            .unwrap();
    assert_eq!(prediction.status, types::Status::Unknown("paused".into()));
    assert_eq!(prediction.status.to_string(), "paused");
}
