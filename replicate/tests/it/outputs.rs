//! Outputs: files and text, and how files are downloaded.

use futures::TryStreamExt;
use replicate::{Client, ErrorKind, FileOutput, Output};
use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};
use serde::Deserialize;
use serde_json::{Value, json};

fn client(url: &str) -> Client {
    Client::builder()
        .token("r8_test")
        .base_url(url)
        .build()
        .unwrap()
}

fn output(value: Value) -> Output {
    let prediction =
        serde_json::from_value(json!({ "id": "p", "status": "succeeded", "output": value }))
            .unwrap();
    client("https://api.replicate.com")
        .output(&prediction)
        .unwrap()
}

fn urls(output: &Output) -> Vec<String> {
    output
        .files()
        .unwrap()
        .iter()
        .map(|file| file.url().to_owned())
        .collect()
}

#[test]
fn text_is_one_text_or_a_list_joined() {
    assert_eq!(output(json!(["Hel", "lo"])).text().unwrap(), "Hello");
    assert_eq!(output(json!("Hello")).text().unwrap(), "Hello");
    assert_eq!(output(json!(["a", "b"])).to_string(), "ab");
    assert_eq!(output(json!({ "a": 1 })).to_string(), r#"{"a":1}"#);
    for other in [json!(null), json!(3), json!(["a", 1]), json!({})] {
        let error = output(other.clone()).text().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode);
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
    assert!(
        output(json!([file, other]))
            .file()
            .unwrap_err()
            .to_string()
            .contains("2 files")
    );
    assert!(
        output(json!("text"))
            .file()
            .unwrap_err()
            .to_string()
            .contains("no file")
    );
}

#[test]
fn a_schema_identifies_files_that_no_url_does() {
    let link = "https://example.com/x.png";
    let uri = json!({ "type": "string", "format": "uri" });
    let document = |output: Value| json!({ "openapi": "3.0.2", "components": { "schemas": { "Output": output, "File": uri } } });
    let listed =
        document(json!({ "type": "array", "items": { "$ref": "#/components/schemas/File" } }));
    assert_eq!(urls(&output(json!([link])).with_schema(listed)), [link]);
    let text = document(json!({ "type": "string" }));
    assert!(urls(&output(json!("https://replicate.delivery/x.png")).with_schema(text)).is_empty());
    let object = json!({ "type": "object", "properties": { "image": { "anyOf": [{ "type": "null" }, uri] }, "caption": { "type": "string" } } });
    let value = json!({ "image": link, "caption": link });
    assert_eq!(urls(&output(value).with_schema(object)), [link]);
    let round = json!({ "$ref": "#" });
    assert!(urls(&output(json!([link])).with_schema(round)).is_empty());
}

#[test]
fn without_a_word_in_the_schema_the_url_decides() {
    let file = "https://replicate.delivery/x.png";
    let value = json!([file, { "a": file, "b": "text" }]);
    let files =
        |value: &Value, schema: Value| urls(&output(value.clone()).with_schema(schema)).len();
    assert_eq!(files(&value, json!({ "title": "Output" })), 2);
    assert_eq!(
        files(
            &value,
            json!({ "openapi": "3.0.2", "components": { "schemas": { "Output": {} } } })
        ),
        2
    );
    assert_eq!(files(&value, json!({ "type": "array" })), 2);
    assert_eq!(
        files(
            &value,
            json!({ "type": "array", "items": { "type": "object" } })
        ),
        1
    );
    let object = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
    assert_eq!(files(&value[1], object), 0);
    assert_eq!(files(&value[1], json!({ "type": ["object", "null"] })), 1);
    assert_eq!(
        files(
            &value[1],
            json!({ "type": "object", "additionalProperties": false })
        ),
        0
    );
    let texts = json!({ "anyOf": [{ "type": "array", "items": { "type": "string" } }] });
    assert_eq!(files(&json!([file]), texts), 0);
}

#[test]
fn json_takes_types_of_the_callers_with_files_in_them() {
    #[derive(Deserialize)]
    struct Scene {
        picture: FileOutput,
        boxes: Vec<u32>,
    }
    let scene: Scene = output(json!({ "picture": "https://example.com/a.png", "boxes": [1, 2] }))
        .json()
        .unwrap();
    assert_eq!(
        (scene.picture.name().as_str(), scene.boxes.len()),
        ("a.png", 2)
    );
    let error = output(json!({ "picture": "https://example.com/a.png", "boxes": [1, "x"] }))
        .json::<Scene>()
        .err()
        .unwrap();
    assert_eq!(error.path(), Some("boxes[1]"));
    assert_eq!(error.prediction().unwrap().id, "p");
    assert!(
        serde_json::from_value::<FileOutput>(json!("https://example.com/a.png")).is_err(),
        "without a client"
    );
}

#[test]
fn every_error_of_an_output_carries_its_prediction() {
    let value = json!({ "a": ["https://example.com/x"] });
    let output = output(value.clone());
    let errors = [
        output.text().unwrap_err(),
        output.json::<Vec<u8>>().unwrap_err(),
        output.file().unwrap_err(),
    ];
    for error in errors {
        assert_eq!(error.prediction().unwrap().output, Some(value.clone()));
    }
    let chain: serde_json::Map<_, _> = (0..2000)
        .map(|n| {
            (
                format!("S{n}"),
                json!({ "$ref": format!("#/components/schemas/S{}", n + 1) }),
            )
        })
        .chain([(
            "Output".to_owned(),
            json!({ "$ref": "#/components/schemas/S0" }),
        )])
        .collect();
    let schema = json!({ "components": { "schemas": chain } });
    let error = output.with_schema(schema).files().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.prediction().unwrap().output, Some(value));
}

#[test]
fn an_output_knows_its_prediction_and_when_its_files_expire() {
    let prediction = json!({
        "id": "p7", "status": "succeeded", "completed_at": "2026-01-31T12:00:00.5Z",
        "metrics": { "predict_time": 1.5 },
        "output": ["https://replicate.delivery/a.png", "data:image/png;base64,iVBORw=="],
    });
    let read = |prediction: &Value| {
        let prediction = serde_json::from_value(prediction.clone()).unwrap();
        client("https://api.replicate.com")
            .output(&prediction)
            .unwrap()
    };
    let output = read(&prediction);
    assert_eq!((output.id(), output.prediction().id.as_str()), ("p7", "p7"));
    assert_eq!(output.metrics().predict_time, Some(1.5));
    let expiries = |output: &Output| -> Vec<Option<String>> {
        let files = output.files().unwrap().into_iter();
        let typed: Vec<FileOutput> = output.json().unwrap();
        let files: Vec<_> = files.map(|file| file.expires_at()).collect();
        assert!(
            typed
                .iter()
                .map(FileOutput::expires_at)
                .eq(files.iter().copied())
        );
        files
            .iter()
            .map(|at| at.map(|at| at.to_rfc3339()))
            .collect()
    };
    let hour_later = "2026-01-31T13:00:00.500+00:00".to_owned();
    assert_eq!(expiries(&output), [Some(hour_later), None]);
    let mut web = prediction.clone();
    web["source"] = json!("web");
    assert_eq!(expiries(&read(&web)), [None, None]);
    let mut running = prediction;
    running["completed_at"] = json!(null);
    assert_eq!(expiries(&read(&running)), [None, None]);
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
        let prediction = serde_json::from_value(prediction).unwrap();
        let error = client("https://api.replicate.com")
            .output(&prediction)
            .unwrap_err();
        assert_eq!(error.kind(), kind, "{status}");
        assert_eq!(error.prediction(), Some(&prediction));
    }
}

#[test]
fn names_cannot_leave_a_directory() {
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
        let file = client("https://api.replicate.com").download(url);
        assert_eq!(file.name(), name, "{url}");
    }
}

#[tokio::test]
async fn a_data_uri_is_a_file_like_any_other() {
    let file = output(json!("data:text/plain;base64,aGVsbG8="))
        .file()
        .unwrap();
    assert_eq!(file.media_type().as_deref(), Some("text/plain"));
    assert_eq!(file.bytes().await.unwrap(), "hello");
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(file.save(folder.path().join("a.txt")).await.unwrap(), 5);
}

#[tokio::test]
async fn saving_replaces_or_refuses_what_is_there() {
    let file = output(json!("data:text/plain;base64,aGVsbG8="))
        .file()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    file.save_new(&path).await.unwrap();
    assert_eq!(
        file.save_new(&path).await.unwrap_err().kind(),
        ErrorKind::File
    );
    file.save(&path).await.unwrap();
    let error = file.save(folder.path()).await.unwrap_err();
    assert!(error.to_string().contains("is a directory"), "{error}");
    let error = file
        .save(folder.path().join("none/a.txt"))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::File);
}

#[cfg(unix)]
#[tokio::test]
async fn saving_keeps_the_permissions_of_what_it_replaces() {
    use std::os::unix::fs::PermissionsExt;
    let file = output(json!("data:text/plain;base64,aGVsbG8="))
        .file()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.txt");
    std::fs::write(&path, "secret").unwrap();
    for mode in [0o600, 0o640] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        file.save(&path).await.unwrap();
        let now = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(now & 0o777, mode);
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "hello");
}

#[cfg(unix)]
#[tokio::test]
async fn saving_replaces_only_regular_files() {
    let file = output(json!("data:text/plain;base64,aGVsbG8="))
        .file()
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink("/dev/null", &link).unwrap();
    for path in [&socket, &link] {
        let error = file.save(path).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(error.to_string().contains("not a regular file"), "{error}");
        let kind = std::fs::symlink_metadata(path).unwrap().file_type();
        assert!(!kind.is_file());
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[tokio::test]
async fn a_route_of_the_api_is_never_read_as_a_file() {
    let listener = Listener::start([Script::reply(Reply::new(200).body("a file"))]).unwrap();
    let base = listener.url();
    let replicate = client(&base);
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
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{route}");
            assert!(error.to_string().contains("route of the API"), "{error}");
        }
    }
    assert_eq!(listener.connections(), 0);
    let file = given(&format!("{base}/v1/files/f1/download?owner=me"));
    assert_eq!(file.file().unwrap().bytes().await.unwrap(), "a file");
    assert!(listener.received()[0].header("authorization").is_some());
}

#[tokio::test]
async fn an_output_that_was_deleted_is_expired() {
    let emulator = Emulator::start().await.unwrap();
    let replicate = client(emulator.url());
    let file = replicate
        .run("emulator/image")
        .input(json!({ "prompt": "x" }))
        .await
        .unwrap()
        .file()
        .unwrap();
    let size = file.bytes().await.unwrap().len();
    let mut stream = file.stream();
    let mut read = 0;
    while let Some(chunk) = stream.try_next().await.unwrap() {
        read += chunk.len();
    }
    assert_eq!((read, stream.size()), (size, Some(size as u64)));
    emulator.advance(std::time::Duration::from_secs(3_700));
    let error = file.bytes().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expired);
    assert!(
        error.to_string().contains("deleted an hour after"),
        "{error}"
    );
}
