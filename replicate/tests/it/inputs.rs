//! Files in inputs: where they are found, how they travel, and what is refused first.

use std::future::IntoFuture;
use std::io;
use std::path::Path;
use std::time::Duration;

use replicate::{ErrorKind, FileInput, FileStrategy, MAX_FILE_BYTES};
use replicate_test_support::{Listener, Reply, Script};
use serde::Serialize;
use serde_json::{Value, json};

use crate::support::{VERSION, assert_error, builder, created, emulator, lost, reply, sent, serve};

/// Larger than what is sent in the input.
const LARGE: usize = 300 * 1024;

fn uploaded(url: &str) -> Script {
    reply(201, &json!({ "id": "f1", "urls": { "get": url } }))
}

#[derive(Serialize)]
struct Input {
    prompt: &'static str,
    image: FileInput,
    layers: Vec<Layer>,
}

#[derive(Serialize)]
struct Layer {
    mask: Option<FileInput>,
}

fn input(image: FileInput, masks: impl IntoIterator<Item = Option<FileInput>>) -> Input {
    let layers = masks.into_iter().map(|mask| Layer { mask }).collect();
    Input {
        prompt: "x",
        image,
        layers,
    }
}

#[tokio::test]
async fn small_files_are_written_into_the_input_at_any_depth() {
    let (listener, client) = serve([created("succeeded")]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    std::fs::write(&path, b"\x89PNG").unwrap();
    let reader = FileInput::reader(3, "text/plain", &b"abc"[..]);
    let url = FileInput::url("https://example.com/m.png");
    let input = input(FileInput::path(&path), [None, Some(reader), Some(url)]);
    client.run(VERSION).input(input).await.unwrap();
    let expected = json!({
        "prompt": "x",
        "image": "data:image/png;base64,iVBORw==",
        "layers": [
            { "mask": null },
            { "mask": "data:text/plain;base64,YWJj" },
            { "mask": "https://example.com/m.png" },
        ],
    });
    assert_eq!(sent(&listener, 0)["input"], expected);
}

#[tokio::test]
async fn larger_files_are_uploaded_first_and_each_once() {
    let url = "https://api.example/v1/files/f1";
    let (listener, client) = serve([uploaded(url), created("succeeded")]);
    let file = FileInput::bytes(vec![7; LARGE], "audio/wav").name("a.wav");
    let input = input(file.clone(), [Some(file)]);
    client.run(VERSION).input(input).await.unwrap();
    let upload = &listener.received()[0];
    assert_eq!(upload.target, "/v1/files");
    let form = upload.text();
    for part in [
        r#"name="content"; filename="a.wav""#,
        "Content-Type: audio/wav",
    ] {
        assert!(form.contains(part), "{}", &form[..300]);
    }
    let expected = json!({ "prompt": "x", "image": url, "layers": [{ "mask": url }] });
    assert_eq!(sent(&listener, 1)["input"], expected);
}

#[tokio::test]
async fn the_strategy_is_the_clients_unless_the_call_has_its_own() {
    let small = || json!({ "file": FileInput::bytes(&b"abc"[..], "text/plain") });
    let done = || created("succeeded");
    let listener = Listener::start([uploaded("https://a/1"), done(), done()]).unwrap();
    let builder = builder(&listener.url()).file_strategy(FileStrategy::Upload);
    let client = builder.build().unwrap();
    client.run(VERSION).input(small()).await.unwrap();
    assert_eq!(sent(&listener, 1)["input"]["file"], "https://a/1");
    let run = client.run(VERSION).input(small());
    run.file_strategy(FileStrategy::Inline).await.unwrap();
    let inline = "data:text/plain;base64,YWJj";
    assert_eq!(sent(&listener, 2)["input"]["file"], inline);
}

#[tokio::test]
async fn what_cannot_be_sent_is_reported_with_its_place_before_anything_is_sent() {
    let (listener, client) = serve([]);
    let folder = tempfile::tempdir().unwrap();
    let missing = FileInput::path("/nowhere/x.png");
    let directory = FileInput::path(folder.path());
    let too_large = FileInput::reader(MAX_FILE_BYTES + 1, "text/plain", tokio::io::empty());
    for (bad, kind, says) in [
        (missing, ErrorKind::File, "/nowhere/x.png"),
        (directory, ErrorKind::File, "not a regular file"),
        (too_large, ErrorKind::TooLarge, "104857601 bytes"),
    ] {
        let good = FileInput::bytes(vec![0; LARGE], "text/plain");
        let run = client.run(VERSION).input(input(good, [Some(bad)]));
        let error = run.await.unwrap_err();
        assert_error(&error, kind, says);
        assert_error(&error, kind, "input.layers[0].mask: ");
    }
    let lost = json!({ "file": FileInput::reader(1, "text/plain", &b"a"[..]) });
    let error = client.run(VERSION).input(lost).await.unwrap_err();
    let says = "input.file: a reader cannot pass";
    assert!(error.to_string().contains(says), "{error}");
    assert_eq!(listener.connections(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_refused_without_waiting_for_its_writer() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let (listener, client) = serve([]);
    let file = || FileInput::path(&pipe);
    let refused = async {
        let created = client.files().create(file()).await.map(|_| ());
        let run = client.run(VERSION).input(json!({ "file": file() }));
        [created, run.await.map(|_| ())].map(Result::unwrap_err)
    };
    let refused = tokio::time::timeout(Duration::from_secs(20), refused).await;
    // A reader that waits for a writer has one now, so that the test can end.
    let mut both = std::fs::File::options();
    let _writer = both.read(true).write(true).open(&pipe).unwrap();
    for error in refused.expect("a result at once") {
        assert_error(&error, ErrorKind::File, "not a regular file");
    }
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn a_file_that_hides_its_size_is_refused_and_an_empty_one_is_sent() {
    let (listener, client) = serve([created("succeeded")]);
    let run = |path: &Path| {
        let input = json!({ "file": FileInput::path(path) });
        client.run(VERSION).input(input).into_future()
    };
    let status = Path::new("/proc/self/status");
    if status.exists() {
        let error = run(status).await.unwrap_err();
        assert_error(&error, ErrorKind::File, "FileInput::bytes");
        assert_eq!(listener.connections(), 0);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.txt");
    std::fs::write(&path, "").unwrap();
    run(&path).await.unwrap();
    let expected = "data:text/plain;base64,";
    assert_eq!(sent(&listener, 0)["input"]["file"], expected);
}

#[tokio::test]
async fn a_silent_reader_does_not_outlive_the_call() {
    let soon = Duration::from_millis(100);
    let (listener, client) = serve([Script::new().read_head().hold()]);
    let (reader, _writer) = tokio::io::duplex(8);
    let input = input(FileInput::reader(8, "text/plain", reader), []);
    let create = client.predictions().create(VERSION).input(input);
    let create = create.timeout(soon).into_future();
    let created = tokio::time::timeout(Duration::from_secs(20), create).await;
    let error = created.expect("an end").unwrap_err();
    assert_error(&error, ErrorKind::Timeout, "input.image: ");
    assert_eq!(listener.connections(), 0);

    let (reader, _writer) = tokio::io::duplex(8);
    let upload = FileInput::reader(8, "text/plain", reader);
    let upload = client.files().create(upload).timeout(soon);
    let uploaded = tokio::time::timeout(Duration::from_secs(20), upload.into_future()).await;
    assert!(uploaded.expect("an end").is_err());
}

#[tokio::test]
async fn a_failed_upload_is_an_error_of_its_own_and_creates_no_prediction() {
    let response = |status, body| Script::reply(Reply::json(status, body));
    let no_space = r#"{"detail": "no space"}"#;
    for (script, kind, says) in [
        (
            response(500, no_space),
            ErrorKind::Server,
            "500 Internal Server Error: no space",
        ),
        (response(201, "{\"id\": \"f1\", "), ErrorKind::Decode, ""),
        (
            response(201, r#"{"id": "f1"}"#),
            ErrorKind::Decode,
            "has no URL",
        ),
        (
            response(402, "{}"),
            ErrorKind::PaymentRequired,
            "402 Payment Required",
        ),
        (lost(), ErrorKind::Connect, ""),
    ] {
        let (listener, client) = serve([script]);
        let file = FileInput::bytes(vec![0; LARGE], "text/plain").name("a.txt");
        let run = client.run(VERSION).input(json!({ "file": file }));
        let error = run.await.unwrap_err();
        assert_error(&error, kind, "could not upload a.txt for input.file: ");
        assert_error(&error, kind, says);
        assert_error(&error, kind, "; no prediction was created");
        assert!(error.prediction().is_none() && error.created_id().is_none());
        assert_eq!(listener.received().len(), 1);
    }
    // On its own, an upload may have been carried out.
    let (_listener, client) = serve([response(500, "{}")]);
    let file = FileInput::bytes(&b"abc"[..], "text/plain");
    let error = client.files().create(file).await.unwrap_err();
    assert_error(&error, ErrorKind::OutcomeUnknown, "");
}

/// A source on the network that refuses connections after these bytes.
fn refusing(size: u64) -> impl tokio::io::AsyncRead + Send + Unpin + 'static {
    use tokio::io::AsyncReadExt;
    let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
    let broken = futures::stream::iter([Err::<&[u8], _>(refused)]);
    let content = tokio::io::repeat(7).take(size);
    content.chain(tokio_util::io::StreamReader::new(broken))
}

#[tokio::test]
async fn a_source_that_fails_or_has_another_length_is_a_file_error_and_not_retried() {
    let content = |size: usize| io::Cursor::new(vec![7; size]);
    let sources = || {
        let size = LARGE as u64;
        let longer = FileInput::reader(size, "text/plain", content(LARGE + 1));
        let shorter = FileInput::reader(size, "text/plain", content(1000));
        let broken = FileInput::reader(size, "text/plain", refusing(100_000));
        [
            (longer, "a.txt has more than its 307200 bytes"),
            (shorter, "a.txt ended after 1000 of its 307200 bytes"),
            (broken, "could not read a.txt: connection refused"),
        ]
        .map(|(file, says)| (file.name("a.txt"), says))
    };
    // In an input, by each strategy, and alone.
    for strategy in [Some(FileStrategy::Upload), Some(FileStrategy::Inline), None] {
        for (file, says) in sources() {
            let script = Script::new().read_head().read_until_closed();
            let (listener, client) = serve([script]);
            let Some(strategy) = strategy else {
                let error = client.files().create(file).await.unwrap_err();
                assert_error(&error, ErrorKind::File, says);
                assert!(listener.connections() <= 1);
                continue;
            };
            let run = client.run(VERSION).input(input(file, []));
            let error = run.file_strategy(strategy).await.unwrap_err();
            for says in [says, "input.image", "no prediction was created"] {
                assert_error(&error, ErrorKind::File, says);
            }
            let uploads = usize::from(strategy == FileStrategy::Upload);
            assert!(listener.connections() <= uploads, "{error}");
        }
    }
}

#[tokio::test]
async fn file_names_are_escaped_in_the_form() {
    let (listener, client) = serve([uploaded("https://a/1")]);
    let name = "a\r\nX-Injected: 1\r\n\r\nb.png";
    let file = FileInput::bytes(&b"abc"[..], "image/png").name(name);
    client.files().create(file).await.unwrap();
    let form = listener.received()[0].text();
    let escaped = "filename=\"a%0D%0AX-Injected: 1%0D%0A%0D%0Ab.png\"";
    assert!(form.contains(escaped), "{form}");
}

#[tokio::test]
async fn an_invalid_media_type_is_refused_before_anything_is_sent() {
    let (listener, client) = serve([]);
    for media_type in ["notamime", "image/png\r\nx: y", "", "image/"] {
        for size in [10, LARGE] {
            let file = FileInput::bytes(vec![b'x'; size], media_type);
            let run = client.run(VERSION).input(json!({ "file": file }));
            let error = run.await.unwrap_err();
            let says = "input.file: invalid media type `";
            assert_error(&error, ErrorKind::InvalidRequest, says);
            assert!(!error.to_string().contains('\n'), "{error}");
        }
    }
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn one_models_output_is_the_next_ones_input() {
    let (_emulator, client) = emulator().await;
    let run = async |model: &str, input: Value| {
        let output = client.run(model).input(input).await.unwrap();
        output.file().unwrap()
    };
    let picture = run("emulator/image", json!({ "prompt": "x" })).await;
    let forwards = picture.bytes().await.unwrap();
    let once = run("emulator/reverse", json!({ "file": picture })).await;
    let mut backwards = once.bytes().await.unwrap().to_vec();
    backwards.reverse();
    assert_eq!(backwards, forwards);
    let again = json!({ "file": FileInput::from(once) });
    let twice = run("emulator/reverse", again).await;
    assert_eq!(twice.bytes().await.unwrap(), forwards);
}
