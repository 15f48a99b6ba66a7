//! What a progress callback gets.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use replicate::{Client, FileInput, FileStrategy, PollPolicy, Progress, RetryPolicy};
use replicate_test_support::{Gate, Listener, Reply, Script};
use serde_json::{Value, json};

fn client(listener: &Listener) -> Client {
    Client::builder()
        .token("r8_test")
        .base_url(listener.url())
        .poll_policy(PollPolicy::fixed(Duration::from_millis(5)))
        .retry_policy(
            RetryPolicy::default().with_backoff(Duration::from_millis(1), Duration::from_millis(5)),
        )
        .build()
        .unwrap()
}

fn reply(status: u16, body: Value) -> Script {
    Script::reply(Reply::json(status, body.to_string()).header("connection", "close"))
}

fn prediction(status: &str) -> Value {
    json!({ "id": "p1", "status": status, "output": "x" })
}

/// What was reported, one line for each.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn callback(&self) -> impl FnMut(Progress<'_>) + Send + 'static {
        let log = self.clone();
        move |progress| log.0.lock().unwrap().push(line(progress))
    }

    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

fn line(progress: Progress<'_>) -> String {
    match progress {
        Progress::Upload(upload) => {
            let (input, file) = (upload.input, upload.file);
            format!("upload {input} {file} {} of {}", upload.sent, upload.total)
        }
        Progress::Snapshot(prediction) => prediction.status.to_string(),
        Progress::RateLimited { retry_in, .. } => {
            format!("limited {}", retry_in.as_secs_f64() > 0.0)
        }
        Progress::Outage { error, .. } => format!("outage {}", error.kind()),
        _ => "unknown".to_owned(),
    }
}

#[tokio::test]
async fn each_change_is_reported_once_with_the_bar_of_the_logs() {
    let state = |status: &str, logs: &str| json!({ "id": "p1", "status": status, "logs": logs });
    let half = " 50%|█████     | 5/10 [00:01<00:01]";
    let listener = Listener::start([
        reply(201, state("starting", "")),
        reply(200, state("starting", "")),
        reply(200, state("processing", half)),
        reply(200, state("processing", half)),
        reply(200, state("succeeded", half)),
    ])
    .unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let run = client(&listener).run("acme/app:1a2b3c4d");
    let run = run.on_progress(move |progress| {
        let status = progress.snapshot().unwrap().status.to_string();
        let bar = (progress.percent(), progress.done(), progress.total());
        log.lock().unwrap().push((status, bar));
    });
    run.await.unwrap();
    let bar = |status: &str| (status.to_owned(), (Some(50.0), Some(5), Some(10)));
    let first = ("starting".to_owned(), (None, None, None));
    let expected = [first, bar("processing"), bar("succeeded")];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn upload_is_reported_from_its_first_to_its_last_byte() {
    let url = "https://replicate.delivery/f.bin";
    let gate = Gate::new();
    let file = json!({ "id": "f1", "urls": { "get": url } });
    let listener = Listener::start([
        Script::new().read_request().wait_for(&gate).write(
            Reply::json(201, file.to_string())
                .header("connection", "close")
                .bytes(),
        ),
        reply(201, prediction("succeeded")),
    ])
    .unwrap();
    let size = 300_000;
    let photo = FileInput::bytes(vec![7; size], "image/png").name("photo.png");
    let log = Log::default();
    let run = client(&listener)
        .run("acme/app:1a2b3c4d")
        .input(json!({ "image": photo }))
        .file_strategy(FileStrategy::Upload)
        .on_progress(log.callback());
    let running = tokio::spawn(run.text());
    // Held until all of it was sent, so that the progress in between is seen.
    let last = format!("upload input.image photo.png {size} of {size}");
    while log.lines().last() != Some(&last) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    gate.open();
    assert_eq!(running.await.unwrap().unwrap(), "x");
    let lines = log.lines();
    assert_eq!(
        lines[0],
        format!("upload input.image photo.png 0 of {size}")
    );
    assert_eq!(lines[lines.len() - 2..], [last, "succeeded".to_owned()]);
}

#[tokio::test]
async fn rate_limit_of_the_create_is_reported_once_for_each_wait() {
    let limited = json!({ "detail": "throttled", "status": 429 });
    let limited = Reply::json(429, limited.to_string()).header("retry-after", "1");
    let listener = Listener::start([
        Script::reply(limited.header("connection", "close")),
        reply(201, prediction("succeeded")),
    ])
    .unwrap();
    let log = Log::default();
    let run = client(&listener).run("acme/app:1a2b3c4d");
    run.on_progress(log.callback()).await.unwrap();
    assert_eq!(log.lines(), ["limited true", "succeeded"]);
}

#[tokio::test]
async fn outage_and_rate_limit_of_a_wait_are_reported() {
    let limited = Reply::json(429, json!({ "detail": "throttled" }).to_string());
    let listener = Listener::start([
        reply(201, prediction("starting")),
        reply(502, json!({ "detail": "bad gateway" })),
        Script::reply(limited.header("connection", "close")),
        reply(200, prediction("succeeded")),
    ])
    .unwrap();
    let log = Log::default();
    let run = client(&listener).run("acme/app:1a2b3c4d");
    run.on_progress(log.callback()).await.unwrap();
    let expected = [
        "starting",
        "outage server error",
        "limited true",
        "succeeded",
    ];
    assert_eq!(log.lines(), expected);
}

#[tokio::test]
async fn upload_on_its_own_reports_its_bytes() {
    let file = json!({ "id": "f1", "urls": { "get": "https://replicate.delivery/f.bin" } });
    let listener = Listener::start([reply(201, file)]).unwrap();
    let size = 300_000;
    let photo = FileInput::bytes(vec![7; size], "image/png").name("photo.png");
    let log = Log::default();
    let upload = client(&listener).files().create(photo);
    upload.on_progress(log.callback()).await.unwrap();
    let lines = log.lines();
    assert_eq!(lines[0], format!("upload  photo.png 0 of {size}"));
    assert_eq!(
        lines[lines.len() - 1],
        format!("upload  photo.png {size} of {size}")
    );
}
