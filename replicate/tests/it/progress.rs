//! What a progress callback gets.

use std::sync::{Arc, Mutex};

use replicate::{FileInput, FileStrategy, Progress};
use replicate_test_support::{Gate, Reply, Script};
use serde_json::json;

use crate::support::{VERSION, created, json_reply, reply, serve, state};

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
    match (progress, progress.percent()) {
        (Progress::Upload(upload), _) => {
            let (input, file) = (upload.input, upload.file);
            format!("upload {input} {file} {} of {}", upload.sent, upload.total)
        }
        (Progress::Snapshot(prediction), None) => prediction.status.to_string(),
        (Progress::Snapshot(prediction), Some(percent)) => {
            let (done, total) = (progress.done().unwrap(), progress.total().unwrap());
            format!("{} {percent} % ({done} of {total})", prediction.status)
        }
        (Progress::RateLimited { retry_in, .. }, _) => {
            format!("limited {}", retry_in.as_secs_f64() > 0.0)
        }
        (Progress::Outage { error, .. }, _) => format!("outage {}", error.kind()),
        _ => "unknown".to_owned(),
    }
}

fn limited(retry_after: Option<&str>) -> Script {
    let mut reply = Reply::json(429, r#"{"detail":"throttled","status":429}"#);
    if let Some(seconds) = retry_after {
        reply = reply.header("retry-after", seconds);
    }
    Script::reply(reply.header("connection", "close"))
}

const SIZE: usize = 300_000;

fn photo() -> FileInput {
    FileInput::bytes(vec![7; SIZE], "image/png").name("photo.png")
}

fn uploaded() -> Reply {
    let file = json!({ "id": "f1", "urls": { "get": "https://replicate.delivery/f.bin" } });
    json_reply(201, &file)
}

#[tokio::test]
async fn each_change_is_reported_once_with_the_bar_of_the_logs() {
    let state = |status: &str, logs: &str| json!({ "id": "p1", "status": status, "logs": logs });
    let half = " 50%|█████     | 5/10 [00:01<00:01]";
    let (_listener, client) = serve([
        reply(201, &state("starting", "")),
        reply(200, &state("starting", "")),
        reply(200, &state("processing", half)),
        reply(200, &state("processing", half)),
        reply(200, &state("succeeded", half)),
    ]);
    let log = Log::default();
    let run = client.run(VERSION).on_progress(log.callback());
    run.await.unwrap();
    let expected = [
        "starting",
        "processing 50 % (5 of 10)",
        "succeeded 50 % (5 of 10)",
    ];
    assert_eq!(log.lines(), expected);
}

#[tokio::test]
async fn upload_is_reported_from_its_first_to_its_last_byte() {
    // The response is held until all of it was sent, so that the progress in between is seen.
    let all_sent = Gate::new();
    let held = Script::new().read_request().wait_for(&all_sent);
    let (_listener, client) = serve([held.write(uploaded()), created("succeeded")]);
    let log = Log::default();
    let mut callback = log.callback();
    let run = client.run(VERSION).input(json!({ "image": photo() }));
    let run = run.file_strategy(FileStrategy::Upload);
    let run = run.on_progress(move |progress| {
        callback(progress);
        if matches!(progress, Progress::Upload(upload) if upload.sent == upload.total) {
            all_sent.open();
        }
    });
    assert_eq!(run.text().await.unwrap(), "x");
    let lines = log.lines();
    let upload = |sent| format!("upload input.image photo.png {sent} of {SIZE}");
    assert_eq!(lines[0], upload(0));
    assert_eq!(
        lines[lines.len() - 2..],
        [upload(SIZE), "succeeded".to_owned()]
    );
}

#[tokio::test]
async fn upload_on_its_own_reports_its_bytes() {
    let (_listener, client) = serve([Script::reply(uploaded())]);
    let log = Log::default();
    let upload = client.files().create(photo());
    upload.on_progress(log.callback()).await.unwrap();
    let lines = log.lines();
    let upload = |sent| format!("upload  photo.png {sent} of {SIZE}");
    assert_eq!(lines[0], upload(0));
    assert_eq!(lines[lines.len() - 1], upload(SIZE));
}

#[tokio::test]
async fn rate_limit_of_the_create_is_reported_once_for_each_wait() {
    let (_listener, client) = serve([limited(Some("1")), created("succeeded")]);
    let log = Log::default();
    let run = client.run(VERSION).on_progress(log.callback());
    run.await.unwrap();
    assert_eq!(log.lines(), ["limited true", "succeeded"]);
}

#[tokio::test]
async fn outage_and_rate_limit_of_a_wait_are_reported() {
    let bad_gateway = reply(502, &json!({ "detail": "bad gateway" }));
    let done = state("succeeded");
    let (_listener, client) = serve([created("starting"), bad_gateway, limited(None), done]);
    let log = Log::default();
    let run = client.run(VERSION).on_progress(log.callback());
    run.await.unwrap();
    let expected = [
        "starting",
        "outage server error",
        "limited true",
        "succeeded",
    ];
    assert_eq!(log.lines(), expected);
}
