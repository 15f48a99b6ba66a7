//! Outputs: files and text, and how files are downloaded.

use std::path::Path;
use std::time::Duration;

use futures::TryStreamExt;
use replicate::{ErrorKind, FileOutput, Output};
use replicate_test_support::{Reply, Script};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{assert_error, client, emulator, serve};

const API: &str = "https://api.replicate.com";

/// The output of a prediction as the API has it.
fn read(prediction: Value) -> replicate::Result<Output> {
    let prediction = serde_json::from_value(prediction).unwrap();
    client(API).output(&prediction)
}

fn output(value: Value) -> Output {
    read(json!({ "id": "p", "status": "succeeded", "output": value })).unwrap()
}

fn urls(output: &Output) -> Vec<String> {
    let files = output.files().unwrap().into_iter();
    files.map(|file| file.url().to_owned()).collect()
}

#[test]
fn text_is_one_text_or_a_list_joined() {
    assert_eq!(output(json!(["Hel", "lo"])).text().unwrap(), "Hello");
    assert_eq!(output(json!("Hello")).text().unwrap(), "Hello");
    assert_eq!(output(json!(["a", "b"])).to_string(), "ab");
    assert_eq!(output(json!({ "a": 1 })).to_string(), r#"{"a":1}"#);
    for other in [json!(null), json!(3), json!(["a", 1]), json!({})] {
        let error = output(other.clone()).text().unwrap_err();
        assert_error(&error, ErrorKind::Decode, "");
        let carried = error.prediction().unwrap().output.clone();
        assert_eq!(carried.unwrap_or_default(), other);
    }
}

#[test]
fn files_are_distinguished_from_text_by_their_url() {
    let file = "https://replicate.delivery/pbxt/x/out-0.png";
    let other = "https://xyz.replicate.delivery/out.webp";
    let api = "https://api.replicate.com/v1/files/f1";
    let data = "data:image/png;base64,iVBORw==";
    let value = json!({
        "a": [file, { "b": other }],
        "c": api,
        "d": data,
        "prose": "https://replicate.com is where it runs",
        "link": "https://example.com/x.png",
        "evil": "https://replicate.delivery.example.com/x.png",
        "plain": "http://replicate.delivery/x.png",
        "route": "https://api.replicate.com/v1/account",
    });
    assert_eq!(urls(&output(value)), [file, other, api, data]);
    assert_eq!(output(json!([file])).file().unwrap().name(), "out-0.png");
    let two = output(json!([file, other])).file().unwrap_err();
    assert!(two.to_string().contains("2 files"), "{two}");
    let none = output(json!("text")).file().unwrap_err();
    assert!(none.to_string().contains("no file"), "{none}");
}

/// A document in which the output has this schema.
fn document(output: &Value) -> Value {
    let file = json!({ "type": "string", "format": "uri" });
    let schemas = json!({ "Output": output, "File": file });
    json!({ "openapi": "3.0.2", "components": { "schemas": schemas } })
}

#[test]
fn a_schema_identifies_files_that_no_url_does() {
    let link = "https://example.com/x.png";
    let file = json!({ "$ref": "#/components/schemas/File" });
    let listed = document(&json!({ "type": "array", "items": file }));
    assert_eq!(urls(&output(json!([link])).with_schema(listed)), [link]);
    let text = document(&json!({ "type": "string" }));
    let delivered = output(json!("https://replicate.delivery/x.png"));
    assert!(urls(&delivered.with_schema(text)).is_empty());
    let uri = json!({ "type": "string", "format": "uri" });
    let image = json!({ "anyOf": [{ "type": "null" }, uri] });
    let properties = json!({ "image": image, "caption": { "type": "string" } });
    let object = json!({ "type": "object", "properties": properties });
    let value = json!({ "image": link, "caption": link });
    assert_eq!(urls(&output(value).with_schema(object)), [link]);
    let round = json!({ "$ref": "#" });
    assert!(urls(&output(json!([link])).with_schema(round)).is_empty());
}

#[test]
fn without_a_word_in_the_schema_the_url_decides() {
    let file = "https://replicate.delivery/x.png";
    let object = json!({ "a": file, "b": "text" });
    let list = json!([file, object]);
    let text = json!({ "type": "string" });
    for (value, schema, files) in [
        (&list, json!({ "title": "Output" }), 2),
        (&list, document(&json!({})), 2),
        (&list, json!({ "type": "array" }), 2),
        (
            &list,
            json!({ "type": "array", "items": { "type": "object" } }),
            1,
        ),
        (
            &object,
            json!({ "type": "object", "properties": { "a": text } }),
            0,
        ),
        (&object, json!({ "type": ["object", "null"] }), 1),
        (
            &object,
            json!({ "type": "object", "additionalProperties": false }),
            0,
        ),
        (
            &json!([file]),
            json!({ "anyOf": [{ "type": "array", "items": text }] }),
            0,
        ),
    ] {
        let found = urls(&output(value.clone()).with_schema(schema.clone()));
        assert_eq!(found.len(), files, "{value} {schema}");
    }
}

#[test]
fn json_takes_types_of_the_callers_with_files_in_them() {
    #[derive(Debug, Deserialize)]
    struct Scene {
        picture: FileOutput,
        boxes: Vec<u32>,
    }
    let url = "https://example.com/a.png";
    let scene = |boxes: Value| output(json!({ "picture": url, "boxes": boxes })).json::<Scene>();
    let read = scene(json!([1, 2])).unwrap();
    assert_eq!(read.picture.name(), "a.png");
    assert_eq!(read.boxes, [1, 2]);
    let error = scene(json!([1, "x"])).unwrap_err();
    assert_eq!(error.path(), Some("boxes[1]"));
    assert_eq!(error.prediction().unwrap().id, "p");
    let without_a_client = serde_json::from_value::<FileOutput>(json!(url));
    assert!(without_a_client.is_err());
}

#[test]
fn every_error_of_an_output_carries_its_prediction() {
    let value = json!({ "a": ["https://example.com/x"] });
    let output = output(value.clone());
    let reference = |to: String| json!({ "$ref": format!("#/components/schemas/{to}") });
    let mut schemas: serde_json::Map<_, _> = (0..2000)
        .map(|n| (format!("S{n}"), reference(format!("S{}", n + 1))))
        .collect();
    schemas.insert("Output".to_owned(), reference("S0".to_owned()));
    let endless = json!({ "components": { "schemas": schemas } });
    for error in [
        output.text().unwrap_err(),
        output.json::<Vec<u8>>().unwrap_err(),
        output.file().unwrap_err(),
        output.with_schema(endless).files().unwrap_err(),
    ] {
        assert_error(&error, ErrorKind::Decode, "");
        assert_eq!(error.prediction().unwrap().output, Some(value.clone()));
    }
}

#[test]
fn an_output_knows_its_prediction_and_when_its_files_expire() {
    let prediction = json!({
        "id": "p7", "status": "succeeded", "completed_at": "2026-01-31T12:00:00.5Z",
        "metrics": { "predict_time": 1.5 },
        "output": ["https://replicate.delivery/a.png", "data:image/png;base64,iVBORw=="],
    });
    let output = read(prediction.clone()).unwrap();
    assert_eq!(output.id(), "p7");
    assert_eq!(output.prediction().id, "p7");
    assert_eq!(output.metrics().predict_time, Some(1.5));
    let expiries = |output: &Output| {
        let expiries = |files: Vec<FileOutput>| -> Vec<Option<String>> {
            let times = files.iter().map(FileOutput::expires_at);
            times.map(|at| at.map(|at| at.to_rfc3339())).collect()
        };
        let expires = expiries(output.files().unwrap());
        assert_eq!(expiries(output.json().unwrap()), expires);
        expires
    };
    let hour_later = "2026-01-31T13:00:00.500+00:00".to_owned();
    assert_eq!(expiries(&output), [Some(hour_later), None]);
    for (field, value) in [("source", json!("web")), ("completed_at", json!(null))] {
        let mut prediction = prediction.clone();
        prediction[field] = value;
        assert_eq!(expiries(&read(prediction).unwrap()), [None, None]);
    }
}

#[test]
fn an_output_that_is_not_there_is_an_error_and_not_an_empty_list() {
    for (status, removed, kind) in [
        ("starting", false, ErrorKind::InvalidRequest),
        ("processing", false, ErrorKind::InvalidRequest),
        ("failed", false, ErrorKind::Failed),
        ("canceled", false, ErrorKind::Canceled),
        ("aborted", false, ErrorKind::Aborted),
        ("succeeded", true, ErrorKind::Expired),
    ] {
        let prediction = json!({ "id": "p7", "status": status, "data_removed": removed });
        let error = read(prediction.clone()).unwrap_err();
        assert_eq!(error.kind(), kind, "{status}");
        let prediction = serde_json::from_value(prediction).unwrap();
        assert_eq!(error.prediction(), Some(&prediction));
    }
}

#[test]
fn names_cannot_leave_a_directory() {
    let replicate = client(API);
    for (url, name) in [
        (
            "https://replicate.delivery/x/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
            "_.._etc_passwd",
        ),
        ("https://replicate.delivery/x/..", "output"),
        ("https://replicate.delivery/a%5Cb%00.png", "a_b_.png"),
        ("https://replicate.delivery/", "output"),
        ("data:image/png;base64,iVBORw==", "output.png"),
        ("data:None;base64,Z2xURgIAAAA=", "output.glb"),
        (
            "data:application/octet-stream;base64,UklGRiQAAABXRUJQVlA4IBgAAAA=",
            "output.webp",
        ),
        ("data:application/octet-stream;base64,aGk=", "output"),
        ("HTTPS://replicate.delivery/x/a.png", "a.png"),
        (" https://replicate.delivery/x/a.png\n", "a.png"),
    ] {
        assert_eq!(replicate.download(url).name(), name, "{url}");
    }
}

/// A file in the output itself, with the content `hello`.
fn hello() -> FileOutput {
    let output = output(json!("data:text/plain;base64,aGVsbG8="));
    output.file().unwrap()
}

#[tokio::test]
async fn a_data_uri_is_a_file_like_any_other() {
    let file = hello();
    assert_eq!(file.media_type().as_deref(), Some("text/plain"));
    assert_eq!(file.bytes().await.unwrap(), "hello");
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(file.save(folder.path().join("a.txt")).await.unwrap(), 5);
}

#[tokio::test]
async fn saving_replaces_or_refuses_what_is_there() {
    let file = hello();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    file.save_new(&path).await.unwrap();
    let error = file.save_new(&path).await.unwrap_err();
    assert_error(&error, ErrorKind::File, "");
    file.save(&path).await.unwrap();
    let error = file.save(folder.path()).await.unwrap_err();
    assert_error(&error, ErrorKind::File, "is a directory");
    let error = file.save(folder.path().join("none/a.txt")).await;
    assert_error(&error.unwrap_err(), ErrorKind::File, "");
}

#[cfg(unix)]
#[tokio::test]
async fn saving_keeps_the_permissions_of_what_it_replaces() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    std::fs::write(&path, "secret").unwrap();
    for mode in [0o600, 0o640] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        hello().save(&path).await.unwrap();
        let now = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(now & 0o777, mode);
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "hello");
}

#[cfg(unix)]
#[tokio::test]
async fn saving_replaces_only_regular_files() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("/dev/null", &link).unwrap();
    for path in [&socket, &link] {
        let error = hello().save(path).await.unwrap_err();
        assert_error(&error, ErrorKind::File, "not a regular file");
        let kind = std::fs::symlink_metadata(path).unwrap().file_type();
        assert!(!kind.is_file());
    }
    assert_eq!(files(folder.path()), 2);
}

fn files(folder: &Path) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}

#[tokio::test]
async fn a_route_of_the_api_is_never_read_as_a_file() {
    let (listener, replicate) = serve([Script::reply(Reply::new(200).body("a file"))]);
    let base = listener.url();
    let given = |url: &str| {
        let output = json!({ "id": "p", "status": "succeeded", "output": url });
        let prediction = serde_json::from_value(output).unwrap();
        replicate.output(&prediction).unwrap()
    };
    for route in [
        "/v1/account",
        "/v1/webhooks/default/secret",
        "/v1/predictions?cursor=x",
        "/v1/files",
        "/v1/files/",
        "/v1//files/x",
        "/v1/files/../account",
        "/v1/files/%2e%2e/account",
        "/v1/files/..%2faccount",
        "/v1/files/..%5caccount",
    ] {
        let url = format!("{base}{route}");
        assert!(given(&url).files().unwrap().is_empty(), "{route}");
        let by_schema = given(&url).with_schema(json!({ "type": "string", "format": "uri" }));
        let typed: FileOutput = given(&url).json().unwrap();
        for file in [by_schema.file().unwrap(), typed, replicate.download(&url)] {
            let error = file.bytes().await.unwrap_err();
            assert_error(&error, ErrorKind::InvalidRequest, "route of the API");
        }
    }
    assert_eq!(listener.connections(), 0);
    let file = given(&format!("{base}/v1/files/f1/download?owner=me"));
    assert_eq!(file.file().unwrap().bytes().await.unwrap(), "a file");
    assert!(listener.received()[0].header("authorization").is_some());
}

#[tokio::test]
async fn an_output_that_was_deleted_is_expired() {
    let (emulator, client) = emulator().await;
    let run = client.run("emulator/image").input(json!({ "prompt": "x" }));
    let file = run.await.unwrap().file().unwrap();
    let size = file.bytes().await.unwrap().len();
    let mut stream = file.stream();
    let mut read = 0;
    while let Some(chunk) = stream.try_next().await.unwrap() {
        read += chunk.len();
    }
    assert_eq!((read, stream.size()), (size, Some(size as u64)));
    emulator.advance(Duration::from_secs(3_700));
    let error = file.bytes().await.unwrap_err();
    assert_error(&error, ErrorKind::Expired, "deleted an hour after");
}
