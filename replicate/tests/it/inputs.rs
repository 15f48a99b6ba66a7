//! Files in inputs: where they are found, how they travel, and what is refused first.

use std::path::Path;
use std::time::Duration;

use replicate::{Client, ErrorKind, FileInput, FileStrategy};
use replicate_emulator::Emulator;
use replicate_test_support::{Listener, Reply, Script};
use serde::Serialize;
use serde_json::{Value, json};

/// A model, by version, so that a run is one create.
const VERSION: &str = "acme/app:1a2b3c4d";

fn client(url: &str) -> Client {
    Client::builder()
        .token("r8_test")
        .base_url(url)
        .build()
        .unwrap()
}

fn succeeded() -> Script {
    Script::reply(Reply::json(
        201,
        json!({ "id": "p1", "status": "succeeded", "output": "x" }).to_string(),
    ))
}

fn uploaded(url: &str) -> Script {
    Script::reply(Reply::json(
        201,
        json!({ "id": "f1", "urls": { "get": url } }).to_string(),
    ))
}

fn body(listener: &Listener, request: usize) -> Value {
    serde_json::from_slice(&listener.received()[request].body).unwrap()
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

#[tokio::test]
async fn small_files_are_written_into_the_input_at_any_depth() {
    let listener = Listener::start([succeeded()]).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.png");
    std::fs::write(&path, b"\x89PNG").unwrap();
    let input = Input {
        prompt: "x",
        image: FileInput::path(&path),
        layers: vec![
            Layer { mask: None },
            Layer {
                mask: Some(FileInput::reader(3, "text/plain", &b"abc"[..])),
            },
            Layer {
                mask: Some(FileInput::url("https://example.com/m.png")),
            },
        ],
    };
    client(&listener.url())
        .run(VERSION)
        .input(input)
        .await
        .unwrap();
    let expected = json!({
        "prompt": "x",
        "image": "data:image/png;base64,iVBORw==",
        "layers": [
            { "mask": null },
            { "mask": "data:text/plain;base64,YWJj" },
            { "mask": "https://example.com/m.png" },
        ],
    });
    assert_eq!(body(&listener, 0)["input"], expected);
}

#[tokio::test]
async fn larger_files_are_uploaded_first_and_each_once() {
    let listener =
        Listener::start([uploaded("https://api.example/v1/files/f1"), succeeded()]).unwrap();
    let file = FileInput::bytes(vec![7; 300 * 1024], "audio/wav").name("a.wav");
    let input = Input {
        prompt: "x",
        image: file.clone(),
        layers: vec![Layer { mask: Some(file) }],
    };
    client(&listener.url())
        .run(VERSION)
        .input(input)
        .await
        .unwrap();
    let received = listener.received();
    assert_eq!(received[0].target, "/v1/files");
    let form = String::from_utf8_lossy(&received[0].body);
    assert!(
        form.contains(r#"name="content"; filename="a.wav""#),
        "{}",
        &form[..300]
    );
    assert!(
        form.to_ascii_lowercase()
            .contains("content-type: audio/wav")
    );
    let input = &body(&listener, 1)["input"];
    assert_eq!(input["image"], "https://api.example/v1/files/f1");
    assert_eq!(
        input["layers"][0]["mask"],
        "https://api.example/v1/files/f1"
    );
}

#[tokio::test]
async fn the_strategy_is_the_clients_unless_the_call_has_its_own() {
    let small = || json!({ "file": FileInput::bytes(&b"abc"[..], "text/plain") });
    let listener = Listener::start([uploaded("https://a/1"), succeeded(), succeeded()]).unwrap();
    let replicate = Client::builder()
        .token("t")
        .base_url(listener.url())
        .file_strategy(FileStrategy::Upload)
        .build()
        .unwrap();
    replicate.run(VERSION).input(small()).await.unwrap();
    assert_eq!(body(&listener, 1)["input"]["file"], "https://a/1");
    replicate
        .run(VERSION)
        .input(small())
        .file_strategy(FileStrategy::Inline)
        .await
        .unwrap();
    assert_eq!(
        body(&listener, 2)["input"]["file"],
        "data:text/plain;base64,YWJj"
    );
}

#[tokio::test]
async fn what_cannot_be_sent_is_reported_with_its_place_before_anything_is_sent() {
    let listener = Listener::start([]).unwrap();
    let replicate = client(&listener.url());
    let folder = tempfile::tempdir().unwrap();
    let good = || FileInput::bytes(vec![0; 300 * 1024], "text/plain");
    let too_large = FileInput::reader(100 * 1024 * 1024 + 1, "text/plain", tokio::io::empty());
    for (bad, kind, says) in [
        (
            FileInput::path("/nowhere/x.png"),
            ErrorKind::File,
            "/nowhere/x.png",
        ),
        (
            FileInput::path(folder.path()),
            ErrorKind::File,
            "not a regular file",
        ),
        (too_large, ErrorKind::TooLarge, "104857601 bytes"),
    ] {
        let input = Input {
            prompt: "x",
            image: good(),
            layers: vec![Layer { mask: Some(bad) }],
        };
        let error = replicate.run(VERSION).input(input).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        let text = error.to_string();
        assert!(
            text.starts_with("input.layers[0].mask: ") && text.contains(says),
            "{text}"
        );
    }
    let lost = json!({ "file": FileInput::reader(1, "text/plain", &b"a"[..]) });
    let error = replicate.run(VERSION).input(lost).await.unwrap_err();
    assert!(
        error
            .to_string()
            .contains("input.file: a reader cannot pass"),
        "{error}"
    );
    assert_eq!(listener.connections(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn a_pipe_is_refused_without_waiting_for_its_writer() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let listener = Listener::start([]).unwrap();
    let replicate = client(&listener.url());
    let file = || FileInput::path(&pipe);
    let refused = async {
        let created = replicate.files().create(file()).await.map(|_| ());
        let run = replicate.run(VERSION).input(json!({ "file": file() }));
        [created, run.await.map(|_| ())].map(Result::unwrap_err)
    };
    let refused = tokio::time::timeout(Duration::from_secs(20), refused).await;
    // A reader that waits for a writer has one now, so that the test can end.
    let mut both = std::fs::File::options();
    let _writer = both.read(true).write(true).open(&pipe).unwrap();
    for error in refused.expect("a result at once") {
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(error.to_string().contains("not a regular file"), "{error}");
    }
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn a_file_that_hides_its_size_is_refused_and_an_empty_one_is_sent() {
    let listener = Listener::start([succeeded()]).unwrap();
    let replicate = client(&listener.url());
    let status = Path::new("/proc/self/status");
    if status.exists() {
        let file = json!({ "file": FileInput::path(status) });
        let error = replicate.run(VERSION).input(file).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(error.to_string().contains("FileInput::bytes"), "{error}");
        assert_eq!(listener.connections(), 0);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("empty.txt");
    std::fs::write(&path, "").unwrap();
    let file = json!({ "file": FileInput::path(&path) });
    replicate.run(VERSION).input(file).await.unwrap();
    assert_eq!(
        body(&listener, 0)["input"]["file"],
        "data:text/plain;base64,"
    );
}

#[tokio::test]
async fn a_silent_reader_does_not_outlive_the_call() {
    let listener = Listener::start([]).unwrap();
    let replicate = client(&listener.url());
    let (reader, _writer) = tokio::io::duplex(8);
    let input = Input {
        prompt: "x",
        image: FileInput::reader(8, "text/plain", reader),
        layers: Vec::new(),
    };
    let created = replicate
        .predictions()
        .create(VERSION)
        .input(input)
        .timeout(Duration::from_millis(100));
    let created = tokio::time::timeout(Duration::from_secs(20), created.into_future()).await;
    let error = created.expect("an end").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(error.to_string().starts_with("input.image: "), "{error}");
    assert_eq!(listener.connections(), 0);

    let listener = Listener::start([Script::new().read_head().hold()]).unwrap();
    let (reader, _writer) = tokio::io::duplex(8);
    let uploaded = client(&listener.url())
        .files()
        .create(FileInput::reader(8, "text/plain", reader))
        .timeout(Duration::from_millis(100));
    let uploaded = tokio::time::timeout(Duration::from_secs(20), uploaded.into_future()).await;
    assert!(uploaded.expect("an end").is_err());
}

fn large(name: &str) -> Value {
    json!({ "file": FileInput::bytes(vec![0; 300 * 1024], "text/plain").name(name) })
}

#[tokio::test]
async fn a_failed_upload_is_an_error_of_its_own_and_creates_no_prediction() {
    let response = |status: u16, body: &str| Script::reply(Reply::json(status, body));
    for (script, kind, says) in [
        (
            response(500, r#"{"detail": "no space"}"#),
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
        (Script::new().read_request().reset(), ErrorKind::Connect, ""),
    ] {
        let listener = Listener::start([script]).unwrap();
        let run = client(&listener.url()).run(VERSION).input(large("a.txt"));
        let error = run.await.unwrap_err();
        let text = error.to_string();
        assert_eq!(error.kind(), kind, "{text}");
        let uploading = "could not upload a.txt for input.file: ";
        assert!(text.starts_with(uploading), "{text}");
        assert!(text.contains(says), "{text}");
        assert!(text.contains("; no prediction was created"), "{text}");
        assert!(error.prediction().is_none() && error.created_id().is_none());
        assert_eq!(listener.received().len(), 1);
    }
    // On its own, an upload may have been carried out.
    let failed = response(500, "{}");
    let listener = Listener::start([failed]).unwrap();
    let file = FileInput::bytes(&b"abc"[..], "text/plain");
    let error = client(&listener.url())
        .files()
        .create(file)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
}

/// Fails as a source on the network does that refuses connections.
struct Refusing(usize);

impl tokio::io::AsyncRead for Refusing {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        if self.0 == 0 {
            let error = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
            return std::task::Poll::Ready(Err(error));
        }
        let count = self.0.min(buffer.remaining());
        self.0 -= count;
        buffer.put_slice(&vec![7; count]);
        std::task::Poll::Ready(Ok(()))
    }
}

#[tokio::test]
async fn a_source_that_fails_or_has_another_length_is_a_file_error_and_not_retried() {
    const SIZE: u64 = 300 * 1024;
    let content = |size: usize| std::io::Cursor::new(vec![7; size]);
    let readers = || -> [(FileInput, &str); 3] {
        let reader = |reader| FileInput::reader(SIZE, "text/plain", reader).name("a.txt");
        [
            (
                reader(content(SIZE as usize + 1)),
                "a.txt has more than its 307200 bytes",
            ),
            (
                reader(content(1000)),
                "a.txt ended after 1000 of its 307200 bytes",
            ),
            (
                FileInput::reader(SIZE, "text/plain", Refusing(100_000)).name("a.txt"),
                "could not read a.txt: connection refused",
            ),
        ]
    };
    for strategy in [FileStrategy::Upload, FileStrategy::Inline] {
        for (file, says) in readers() {
            let scripts = std::iter::repeat_with(|| Script::new().read_head().read_until_closed());
            let listener = Listener::start(scripts.take(4)).unwrap();
            let input = Input {
                prompt: "x",
                image: file,
                layers: Vec::new(),
            };
            let run = client(&listener.url()).run(VERSION).input(input);
            let error = run.file_strategy(strategy).await.unwrap_err();
            let text = error.to_string();
            assert_eq!(error.kind(), ErrorKind::File, "{text}");
            assert!(
                text.contains(says) && text.contains("input.image"),
                "{text}"
            );
            assert!(text.contains("no prediction was created"), "{text}");
            let uploads = usize::from(strategy == FileStrategy::Upload);
            assert!(listener.connections() <= uploads, "{text}");
        }
    }
    for (file, says) in readers() {
        let script = Script::new().read_head().read_until_closed();
        let listener = Listener::start([script]).unwrap();
        let upload = client(&listener.url()).files().create(file);
        let error = upload.await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::File);
        assert!(error.to_string().contains(says), "{error}");
        assert!(listener.connections() <= 1);
    }
}

#[tokio::test]
async fn file_names_are_escaped_in_the_form() {
    for (name, escaped) in [
        ("new\nline.png", "new%0Aline.png"),
        (
            "a\r\nX-Injected: 1\r\n\r\nb.png",
            "a%0D%0AX-Injected: 1%0D%0A%0D%0Ab.png",
        ),
        ("a\0\"b.png", "a%00%22b.png"),
    ] {
        let listener = Listener::start([uploaded("https://a/1")]).unwrap();
        let file = FileInput::bytes(&b"abc"[..], "image/png").name(name);
        client(&listener.url()).files().create(file).await.unwrap();
        let form = listener.received()[0].text();
        assert!(form.contains(&format!("filename=\"{escaped}\"")), "{form}");
        assert!(!form.contains("\nX-Injected"), "{form}");
    }
}

#[tokio::test]
async fn an_invalid_media_type_is_refused_before_anything_is_sent() {
    let listener = Listener::start([]).unwrap();
    let replicate = client(&listener.url());
    for media_type in ["notamime", "image/png\r\nx: y", "", "image/"] {
        for size in [10, 400_000] {
            let file = FileInput::bytes(vec![b'x'; size], media_type);
            let run = replicate.run(VERSION).input(json!({ "file": file }));
            let error = run.await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidRequest, "{error}");
            let text = error.to_string();
            assert!(
                text.starts_with("input.file: invalid media type `"),
                "{text}"
            );
            assert!(!text.contains('\n'), "{text}");
        }
    }
    assert_eq!(listener.connections(), 0);
}

#[tokio::test]
async fn one_models_output_is_the_next_ones_input() {
    let emulator = Emulator::start().await.unwrap();
    let replicate = client(emulator.url());
    let picture = replicate
        .run("emulator/image")
        .input(json!({ "prompt": "x" }))
        .await
        .unwrap()
        .file()
        .unwrap();
    let forwards = picture.bytes().await.unwrap();
    let once = replicate
        .run("emulator/reverse")
        .input(json!({ "file": picture }))
        .await
        .unwrap();
    let twice = replicate
        .run("emulator/reverse")
        .input(json!({ "file": FileInput::from(once.file().unwrap()) }))
        .await
        .unwrap();
    let mut backwards = once.file().unwrap().bytes().await.unwrap().to_vec();
    backwards.reverse();
    assert_eq!(backwards, forwards);
    assert_eq!(twice.file().unwrap().bytes().await.unwrap(), forwards);
}
