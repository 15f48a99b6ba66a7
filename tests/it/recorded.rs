//! Every recorded response of the API is decoded into the generated types and encoded again with
//! nothing lost: the fixtures here, and (ignored without it) the folder that
//! `REPLICATE_REFERENCE` names.

use std::path::{Path, PathBuf};

use replicate_api::{Operation, ProblemDetails, operations, types};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

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
    value == "" || value == &json!([]) || value == &json!({})
}

fn same_instant(a: &Value, b: &Value) -> bool {
    let instant = |value: &Value| chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok();
    instant(a).is_some() && instant(a) == instant(b)
}

fn check(path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let recorded: Recorded = serde_json::from_str(&text).unwrap();
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let sent = &recorded.response.json;
    let kept = match operation_for(&recorded.request) {
        _ if recorded.response.status >= 400 => through::<ProblemDetails>(sent),
        Some(operation) => round_trip(operation, sent),
        None => Err("no operation has this path".into()),
    };
    let mut found = Vec::new();
    match kept {
        Ok(kept) => lost(sent, Some(&kept), &name, &mut found),
        Err(error) => found.push(format!("{name}: {error}")),
    }
    found
}

fn check_all(folder: &Path, at_least: usize) {
    let entries =
        std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|end| end == "json"));
    files.sort();
    let folder = folder.display();
    assert!(
        files.len() >= at_least,
        "only {} files in {folder}",
        files.len()
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
    let sent = json!({ "id": "a", "n": null, "at": "2026-01-01T00:00:00.5Z", "new": 1 });
    let kept = json!({ "id": "a", "at": "2026-01-01T00:00:00.500Z" });
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
