//! The handle: created once, followed, canceled, attached to later.

use std::time::{Duration, Instant};

use replicate::{CancellationToken, Client, ErrorKind, PollPolicy, RetryPolicy};
use replicate_emulator::{Emulator, Fault};
use replicate_test_support::{Gate, Listener, Reply, Script};
use serde_json::{Value, json};

use crate::support::processing;

/// A model, by version, so that a run is one create.
const VERSION: &str = "acme/app:1a2b3c4d";

fn client(url: &str) -> Client {
    let delay = Duration::from_millis(10);
    Client::builder()
        .token("r8_test")
        .base_url(url)
        .poll_policy(PollPolicy::fixed(Duration::from_millis(5)))
        .retry_policy(RetryPolicy::default().with_backoff(delay, delay))
        .build()
        .unwrap()
}

fn reply(status: u16, body: &Value) -> Script {
    Script::reply(Reply::json(status, body.to_string()).header("connection", "close"))
}

fn created(status: &str) -> Script {
    reply(201, &json!({ "id": "p1", "status": status, "output": "x" }))
}

fn state(status: &str) -> Script {
    reply(200, &json!({ "id": "p1", "status": status, "output": "x" }))
}

fn cancels(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    let cancel = |r: &&replicate_emulator::Request| r.operation == Some("predictions.cancel");
    requests.iter().filter(cancel).count()
}

#[tokio::test]
async fn start_creates_once_without_asking_the_server_to_wait() {
    let listener = Listener::start([created("starting"), state("succeeded")]).unwrap();
    let handle = client(&listener.url()).run(VERSION).start().await.unwrap();
    assert_eq!(handle.id(), "p1");
    assert_eq!(handle.snapshot().unwrap().status.to_string(), "starting");
    assert_eq!(listener.request_lines(), ["POST /v1/predictions"]);
    assert_eq!(listener.received()[0].header("prefer"), None);

    assert_eq!(handle.output().await.unwrap().text().unwrap(), "x");
    assert_eq!(handle.snapshot().unwrap().status.to_string(), "succeeded");
    let body: Value = serde_json::from_slice(&handle.body().unwrap()).unwrap();
    assert_eq!(body["status"], "succeeded");
    assert_eq!(listener.request_lines()[1], "GET /v1/predictions/p1");
}

#[tokio::test]
async fn a_terminal_create_is_never_read_or_canceled() {
    let listener = Listener::start([created("succeeded")]).unwrap();
    let handle = client(&listener.url()).run(VERSION).start().await.unwrap();
    assert_eq!(handle.wait().await.unwrap().id, "p1");
    assert_eq!(handle.output().await.unwrap().text().unwrap(), "x");
    assert_eq!(
        handle.cancel().await.unwrap().status.to_string(),
        "succeeded"
    );
    assert_eq!(listener.request_lines().len(), 1);
}

#[tokio::test]
async fn a_snapshot_never_goes_back_from_terminal() {
    let removed = json!({ "id": "p1", "status": "succeeded", "data_removed": true });
    let scripts = [
        state("succeeded"),
        state("processing"),
        reply(200, &removed),
    ];
    let listener = Listener::start(scripts).unwrap();
    let handle = client(&listener.url()).prediction("p1");
    assert!(handle.snapshot().is_none());
    for _ in 0..3 {
        let snapshot = handle.refresh().await.unwrap();
        assert_eq!(snapshot.status.to_string(), "succeeded");
        assert_eq!(snapshot.output, Some(json!("x")));
    }
    handle.wait().await.unwrap();
    assert_eq!(listener.request_lines(), ["GET /v1/predictions/p1"; 3]);
}

#[tokio::test]
async fn an_attached_handle_follows_what_another_process_has_created() {
    let emulator = Emulator::start().await.unwrap();
    let input = json!({ "prompt": "Once upon a", "max_tokens": 3 });
    let run = client(emulator.url()).run("emulator/text").input(input);
    let id = run.start().await.unwrap().id().to_owned();
    let handle = client(emulator.url()).prediction(&id);
    assert_eq!(
        handle.output().await.unwrap().text().unwrap(),
        "Once upon a"
    );
    assert_eq!(handle.wait().await.unwrap().id, id);
    let error = client(emulator.url())
        .prediction("none")
        .wait()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert_eq!(error.prediction_id(), Some("none"));
}

#[tokio::test]
async fn a_refresh_is_one_request_and_its_error_has_the_id() {
    let listener = Listener::start([reply(404, &json!({}))]).unwrap();
    let handle = client(&listener.url()).prediction("p1");
    let error = handle.refresh().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.prediction_id()),
        (ErrorKind::NotFound, Some("p1"))
    );
    assert_eq!(listener.request_lines().len(), 1);
}

#[tokio::test]
async fn waits_of_one_handle_share_their_snapshot() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(emulator.url());
    let input = json!({ "seconds": 60 });
    let handle = client
        .run("emulator/slow")
        .input(input)
        .start()
        .await
        .unwrap();
    let (running, opens) = processing();
    let (first, second) = (handle.clone(), handle.clone());
    let both = tokio::spawn(async move {
        let first = async { first.wait().on_progress(opens).await.unwrap_err() };
        futures::join!(first, async { second.wait().await.unwrap_err() })
    });
    running.wait().await;
    handle.cancel().await.unwrap();
    let (first, second) = both.await.unwrap();
    assert_eq!(
        (first.kind(), second.kind()),
        (ErrorKind::Canceled, ErrorKind::Canceled)
    );
    assert_eq!(cancels(&emulator), 1);
}

#[tokio::test]
async fn events_begin_at_the_beginning_each_time() {
    use futures::TryStreamExt;

    let emulator = Emulator::start().await.unwrap();
    let input = json!({ "prompt": "Once upon a", "max_tokens": 3 });
    let run = client(emulator.url()).run("emulator/text").input(input);
    let handle = run.start().await.unwrap();
    for _ in 0..2 {
        let events = handle.events().await.unwrap();
        let text: Vec<String> = events.text().try_collect().await.unwrap();
        assert_eq!(text.concat(), "Once upon a");
    }
}

#[tokio::test]
async fn dropping_a_handle_cancels_only_where_that_was_set() {
    for (cancel_on_drop, detach, expected) in [(true, false, 1), (true, true, 0), (false, false, 0)]
    {
        let emulator = Emulator::start().await.unwrap();
        let client = client(emulator.url());
        let mut run = client.run("emulator/slow").input(json!({ "seconds": 60 }));
        if cancel_on_drop {
            run = run.cancel_on_drop();
        }
        let handle = run.start().await.unwrap();
        if detach {
            handle.detach();
        }
        let clone = handle.clone();
        drop(handle);
        client.shutdown().await;
        assert_eq!(cancels(&emulator), 0, "a clone lives");
        drop(clone);
        client.shutdown().await;
        assert_eq!(cancels(&emulator), expected, "{cancel_on_drop} {detach}");
    }
}

#[tokio::test]
async fn a_handle_of_something_terminal_cancels_nothing_when_it_is_dropped() {
    let listener = Listener::start([created("starting"), state("succeeded")]).unwrap();
    let client = client(&listener.url());
    let handle = client.run(VERSION).cancel_on_drop().start().await.unwrap();
    handle.wait().await.unwrap();
    drop(handle);
    client.shutdown().await;
    assert_eq!(listener.request_lines().len(), 2);
}

#[tokio::test]
async fn a_run_that_has_returned_an_error_cancels_nothing() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(emulator.url());
    let run = client.run("emulator/slow").input(json!({ "seconds": 60 }));
    let run = run.cancel_on_drop().timeout(Duration::from_millis(400));
    let error = run.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    assert!(error.prediction_id().is_some(), "{error}");
    client.shutdown().await;
    assert_eq!(cancels(&emulator), 0);
}

#[tokio::test]
async fn shutdown_waits_for_the_cancel_of_a_dropped_run() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(emulator.url());
    let slowly = Fault::latency(Duration::from_millis(300));
    emulator
        .inject_fault(slowly.on("predictions.cancel"))
        .unwrap();
    let (begun, opens) = processing();
    let run = client.run("emulator/slow").input(json!({ "seconds": 60 }));
    let run = run.cancel_on_drop().on_progress(opens);
    let mut running = std::future::IntoFuture::into_future(run);
    tokio::select! {
        _ = &mut running => panic!("it runs for a minute"),
        () = begun.wait() => {}
    }
    drop(running);
    client.shutdown().await;
    assert_eq!(emulator.predictions()[0].status.to_string(), "canceled");
}

#[tokio::test]
async fn a_cancel_that_failed_has_the_kind_of_its_failure() {
    let silent = Script::new().read_request().hold();
    for (cancel, kind) in [
        (reply(403, &json!({})), ErrorKind::Authentication),
        (reply(402, &json!({})), ErrorKind::PaymentRequired),
        (silent, ErrorKind::Timeout),
    ] {
        let asked = Gate::new();
        let poll = Script::new().read_request().open(&asked).hold();
        let listener = Listener::start([created("processing"), poll, cancel]).unwrap();
        let token = CancellationToken::new();
        let run = client(&listener.url())
            .run(VERSION)
            .cancellation_token(token.clone());
        let run = tokio::spawn(std::future::IntoFuture::into_future(run));
        asked.wait().await;
        let began = Instant::now();
        token.cancel();
        let error = run.await.unwrap().unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.prediction_id(), Some("p1"));
        assert!(
            error.to_string().contains("may still be running"),
            "{error}"
        );
        assert!(began.elapsed() < Duration::from_secs(4));
    }
}

#[tokio::test]
async fn a_canceled_run_returns_once_the_server_says_canceled() {
    let asked = Gate::new();
    let poll = Script::new().read_request().open(&asked).hold();
    let scripts = [
        created("processing"),
        poll,
        state("processing"),
        state("processing"),
        state("canceled"),
    ];
    let listener = Listener::start(scripts).unwrap();
    let token = CancellationToken::new();
    let run = client(&listener.url())
        .run(VERSION)
        .cancellation_token(token.clone());
    let run = tokio::spawn(std::future::IntoFuture::into_future(run));
    asked.wait().await;
    token.cancel();
    let error = run.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled, "{error}");
    assert_eq!(error.prediction().unwrap().status.to_string(), "canceled");
    assert_eq!(
        listener.request_lines()[2],
        "POST /v1/predictions/p1/cancel"
    );
    assert_eq!(listener.request_lines().len(), 5);
}

#[tokio::test]
async fn a_cancel_just_after_the_create_outlives_a_404() {
    let scripts = [
        created("starting"),
        reply(404, &json!({})),
        state("canceled"),
    ];
    let listener = Listener::start(scripts).unwrap();
    let handle = client(&listener.url()).run(VERSION).start().await.unwrap();
    assert_eq!(
        handle.cancel().await.unwrap().status.to_string(),
        "canceled"
    );
    assert_eq!(listener.request_lines().len(), 3);
}

#[tokio::test]
async fn a_blocking_create_fits_every_timeout() {
    let timeouts = replicate::Timeouts::default().with_call(Duration::from_secs(20));
    for (run, call, prefer) in [
        (Some(30), None, "wait=28"),
        (Some(30), Some(timeouts.clone()), "wait=28"),
        (None, Some(timeouts), "wait=18"),
        (Some(300), None, "wait"),
        (Some(1), None, ""),
    ] {
        let listener = Listener::start([created("succeeded")]).unwrap();
        let mut builder = Client::builder().token("r8_test").base_url(listener.url());
        if let Some(call) = call {
            builder = builder.timeouts(call);
        }
        let mut it = builder.build().unwrap().run(VERSION);
        if let Some(run) = run {
            it = it.timeout(Duration::from_secs(run));
        }
        let begun = Instant::now();
        it.await.unwrap();
        let passed = begun.elapsed().as_secs() + 1;
        let received = listener.received();
        let sent = received[0].header("prefer").unwrap_or_default();
        let seconds = |value: &str| value.strip_prefix("wait=")?.parse::<u64>().ok();
        match (seconds(prefer), seconds(sent)) {
            // What has passed before the request is sent is taken off.
            (Some(longest), Some(sent)) => {
                assert!((longest - passed..=longest).contains(&sent), "{sent}");
            }
            _ => assert_eq!(sent, prefer, "{run:?}"),
        }
    }
}

#[tokio::test]
async fn at_most_32_blocking_creates_are_open_at_a_time() {
    let open = Gate::new();
    let body = json!({ "id": "p1", "status": "succeeded", "output": "x" });
    let held = Script::new().read_request().wait_for(&open);
    let held = held.write(Reply::json(201, body.to_string()).header("connection", "close"));
    let listener = Listener::start(std::iter::repeat_n(held, 41)).unwrap();
    let client = client(&listener.url());
    let runs = (0..40).map(|_| {
        let run = client.run(VERSION);
        tokio::spawn(std::future::IntoFuture::into_future(run))
    });
    let runs: Vec<_> = runs.collect();
    listener.wait_for_requests(40).await;
    let asked = |listener: &Listener| {
        let requests = listener.received();
        requests
            .iter()
            .filter(|r| r.header("prefer").is_some())
            .count()
    };
    assert_eq!(asked(&listener), 32);
    open.open();
    for run in runs {
        run.await.unwrap().unwrap();
    }
    client.run(VERSION).await.unwrap();
    assert_eq!(asked(&listener), 33, "permits come back");
}

#[tokio::test]
async fn waits_have_progress_for_predictions_and_trainings() {
    let logs = " 50%|█████     | 5/10 [00:01<00:01]";
    let running = json!({ "id": "p1", "status": "processing", "logs": logs });
    let done = json!({ "id": "p1", "status": "succeeded" });
    let scripts = || [reply(200, &running), reply(200, &done)];
    let seen = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));

    let listener = Listener::start(scripts()).unwrap();
    let log = seen.clone();
    let handle = client(&listener.url()).prediction("p1");
    let wait = handle.wait().on_progress(move |progress| {
        let status = progress.snapshot().unwrap().status.to_string();
        log.lock().unwrap().push((status, progress.percent()));
    });
    wait.await.unwrap();

    let listener = Listener::start(scripts()).unwrap();
    let log = seen.clone();
    let handle = client(&listener.url()).training("p1");
    let wait = handle.wait().on_progress(move |progress| {
        let status = progress.snapshot().unwrap().status.to_string();
        log.lock().unwrap().push((status, progress.percent()));
    });
    wait.await.unwrap();

    let once = [
        ("processing".to_owned(), Some(50.0)),
        ("succeeded".to_owned(), None),
    ];
    assert_eq!(*seen.lock().unwrap(), [once.clone(), once].concat());
}

#[tokio::test]
async fn body_is_that_of_the_latest_response_to_any_request() {
    let state = |status: &str| json!({ "id": "p1", "status": status, "new": "field" });
    let listener = Listener::start([
        reply(201, &state("starting")),
        reply(200, &state("processing")),
        reply(200, &state("canceled")),
    ])
    .unwrap();
    let handle = client(&listener.url()).run(VERSION).start();
    let handle = handle.await.unwrap();
    let body = || serde_json::from_slice::<Value>(&handle.body().unwrap()).unwrap();
    assert_eq!(body(), state("starting"));
    handle.refresh().await.unwrap();
    assert_eq!(body(), state("processing"));
    handle.cancel().await.unwrap();
    assert_eq!(body(), state("canceled"));
    let error = handle.wait().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Canceled);
    assert_eq!(error.body(), handle.body().as_ref());
}

#[tokio::test]
async fn undecodable_response_to_a_refresh_is_in_the_error() {
    let listener = Listener::start([reply(200, &json!({ "id": "p1", "status": [] }))]).unwrap();
    let error = client(&listener.url()).prediction("p1").refresh().await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.body().unwrap(), r#"{"id":"p1","status":[]}"#);
}

#[tokio::test]
async fn token_that_a_server_repeats_is_in_no_error() {
    const TOKEN: &str = "r8_test_token_123";
    let failed = json!({ "id": "p1", "status": "failed", "error": format!("bad {TOKEN}") });
    let other = json!({ "id": format!("x{TOKEN}"), "status": "starting" });
    // Escaped, so that it is not found in the body.
    let escaped = r#"{"detail":"no \u0072\u0038_test_token_123","status":422}"#;
    let refused = Script::reply(Reply::json(422, escaped).header("connection", "close"));
    let listener = Listener::start([reply(200, &failed), reply(200, &other), refused]).unwrap();
    let client = Client::builder().token(TOKEN).base_url(listener.url());
    let client = client.build().unwrap();
    let mut errors = vec![client.prediction("p1").wait().await.unwrap_err()];
    errors.push(client.prediction("p1").refresh().await.unwrap_err());
    errors.push(client.prediction("p1").refresh().await.unwrap_err());
    let failed: replicate::Prediction = serde_json::from_value(failed).unwrap();
    errors.push(client.output(&failed).unwrap_err());
    errors.push(client.wait(&failed).await.unwrap_err());
    for error in errors {
        let body = error
            .body()
            .map(|body| String::from_utf8_lossy(body).into_owned());
        let shown = format!("{error} {error:?} {error:#?} {body:?}");
        assert!(shown.contains("***") && !shown.contains(TOKEN), "{shown}");
    }
}
