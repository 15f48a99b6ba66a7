//! The handle: created once, followed, canceled, attached to later.

use std::future::IntoFuture;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::TryStreamExt;
use replicate::{Client, ErrorKind};
use replicate_test_support::{Gate, Listener, Script};
use serde_json::{Value, json};

use crate::programs::count;
use crate::support::*;

const CANCELS: &str = "predictions.cancel";

#[tokio::test]
async fn start_creates_once_without_asking_the_server_to_wait() {
    let (listener, client) = serve([created("starting"), state("succeeded")]);
    let handle = client.run(VERSION).start().await.unwrap();
    assert_eq!(handle.id(), "p1");
    assert_eq!(handle.snapshot().unwrap().status.to_string(), "starting");
    assert_eq!(listener.request_lines(), [CREATE]);
    assert_eq!(listener.received()[0].header("prefer"), None);

    assert_eq!(handle.output().await.unwrap().text().unwrap(), "x");
    assert_eq!(handle.snapshot().unwrap().status.to_string(), "succeeded");
    assert_eq!(listener.request_lines(), [CREATE, GET]);
}

#[tokio::test]
async fn a_terminal_create_is_never_read_or_canceled() {
    let (listener, client) = serve([created("succeeded")]);
    let handle = client.run(VERSION).start().await.unwrap();
    assert_eq!(handle.wait().await.unwrap().id, "p1");
    assert_eq!(handle.output().await.unwrap().text().unwrap(), "x");
    let canceled = handle.cancel().await.unwrap();
    assert_eq!(canceled.status.to_string(), "succeeded");
    assert_eq!(listener.request_lines(), [CREATE]);
}

#[tokio::test]
async fn a_snapshot_never_goes_back_from_terminal() {
    let removed = json!({ "id": "p1", "status": "succeeded", "data_removed": true });
    let scripts = [
        state("succeeded"),
        state("processing"),
        reply(200, &removed),
    ];
    let (listener, client) = serve(scripts);
    let handle = client.prediction("p1");
    assert!(handle.snapshot().is_none());
    for _ in 0..3 {
        let snapshot = handle.refresh().await.unwrap();
        assert_eq!(snapshot.status.to_string(), "succeeded");
        assert_eq!(snapshot.output, Some(json!("x")));
    }
    handle.wait().await.unwrap();
    assert_eq!(listener.request_lines(), [GET; 3]);
}

#[tokio::test]
async fn an_attached_handle_follows_what_another_process_has_created() {
    let (emulator, creator) = emulator().await;
    let run = text_run(&creator, "Once upon a");
    let id = run.start().await.unwrap().id().to_owned();
    let other = client(emulator.url());
    let handle = other.prediction(&id);
    let output = handle.output().await.unwrap();
    assert_eq!(output.text().unwrap(), "Once upon a");
    assert_eq!(handle.wait().await.unwrap().id, id);
    // The events begin at the beginning each time.
    for _ in 0..2 {
        let events = handle.events().await.unwrap();
        let text: Vec<String> = events.text().try_collect().await.unwrap();
        assert_eq!(text.concat(), "Once upon a");
    }
    let error = other.prediction("none").wait().await.unwrap_err();
    assert_error(&error, ErrorKind::NotFound, "");
    assert_eq!(error.prediction_id(), Some("none"));
}

#[tokio::test]
async fn a_refresh_is_one_request_and_its_error_has_the_id() {
    let (listener, client) = serve([reply(404, &json!({}))]);
    let error = client.prediction("p1").refresh().await.unwrap_err();
    assert_error(&error, ErrorKind::NotFound, "");
    assert_eq!(error.prediction_id(), Some("p1"));
    assert_eq!(listener.request_lines(), [GET]);
}

#[tokio::test]
async fn waits_of_one_handle_share_their_snapshot() {
    let (emulator, client) = emulator().await;
    let handle = slow(&client).start().await.unwrap();
    let (running, opens) = processing();
    let canceling = async {
        running.wait().await;
        handle.cancel().await.unwrap();
    };
    let waits = (handle.wait().on_progress(opens), handle.wait());
    let (first, second) = (waits.0.into_future(), waits.1.into_future());
    let (first, second, ()) = futures::join!(first, second, canceling);
    for ended in [first, second] {
        assert_error(&ended.unwrap_err(), ErrorKind::Canceled, "");
    }
    assert_eq!(count(&emulator, CANCELS), 1);
}

#[tokio::test]
async fn dropping_a_handle_cancels_only_where_that_was_set() {
    for (cancel_on_drop, detach, expected) in [(true, false, 1), (true, true, 0), (false, false, 0)]
    {
        let (emulator, client) = emulator().await;
        let mut run = slow(&client);
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
        assert_eq!(count(&emulator, CANCELS), 0, "a clone lives");
        drop(clone);
        client.shutdown().await;
        let cancels = count(&emulator, CANCELS);
        assert_eq!(cancels, expected, "{cancel_on_drop} {detach}");
    }
}

#[tokio::test]
async fn a_handle_of_something_terminal_cancels_nothing_when_it_is_dropped() {
    let (listener, client) = serve([created("starting"), state("succeeded")]);
    let handle = client.run(VERSION).cancel_on_drop().start().await.unwrap();
    handle.wait().await.unwrap();
    drop(handle);
    client.shutdown().await;
    assert_eq!(listener.request_lines(), [CREATE, GET]);
}

#[tokio::test]
async fn a_run_that_has_returned_an_error_cancels_nothing() {
    let (emulator, client) = emulator().await;
    let run = slow(&client).cancel_on_drop();
    let error = run.timeout(Duration::from_millis(400)).await.unwrap_err();
    assert_error(&error, ErrorKind::Timeout, "");
    assert!(error.prediction_id().is_some(), "{error}");
    client.shutdown().await;
    assert_eq!(count(&emulator, CANCELS), 0);
}

#[tokio::test]
async fn a_cancel_just_after_the_create_outlives_a_404() {
    let missing = reply(404, &json!({}));
    let (listener, client) = serve([created("starting"), missing, state("canceled")]);
    let handle = client.run(VERSION).start().await.unwrap();
    let canceled = handle.cancel().await.unwrap();
    assert_eq!(canceled.status.to_string(), "canceled");
    assert_eq!(listener.request_lines(), [CREATE, CANCEL, CANCEL]);
}

#[tokio::test]
async fn a_blocking_create_fits_every_timeout() {
    let timeouts = replicate::Timeouts::default();
    let short = timeouts.clone().with_call(Duration::from_secs(20));
    let seconds = |prefer: &str| prefer.strip_prefix("wait=")?.parse::<u64>().ok();
    for (run, call, longest) in [
        (Some(30), &timeouts, "wait=28"),
        (Some(30), &short, "wait=28"),
        (None, &short, "wait=18"),
        (Some(300), &timeouts, "wait"),
        (Some(1), &timeouts, ""),
    ] {
        let listener = Listener::start([created("succeeded")]).unwrap();
        let builder = builder(&listener.url()).timeouts(call.clone());
        let mut it = builder.build().unwrap().run(VERSION);
        if let Some(run) = run {
            it = it.timeout(Duration::from_secs(run));
        }
        let begun = Instant::now();
        it.await.unwrap();
        let passed = begun.elapsed().as_secs() + 1;
        let received = listener.received();
        let sent = received[0].header("prefer").unwrap_or_default();
        match (seconds(longest), seconds(sent)) {
            // What has passed before the request is sent is taken off.
            (Some(longest), Some(sent)) => {
                assert!((longest - passed..=longest).contains(&sent), "{sent}");
            }
            _ => assert_eq!(sent, longest, "{run:?}"),
        }
    }
}

#[tokio::test]
async fn at_most_32_blocking_creates_are_open_at_a_time() {
    let open = Gate::new();
    let held = Script::new().read_request().wait_for(&open);
    let held = held.write(json_reply(201, &prediction("succeeded")));
    let (listener, client) = serve(std::iter::repeat_n(held, 41));
    let runs = (0..40).map(|_| client.run(VERSION).into_future());
    let asked = || {
        let requests = listener.received().into_iter();
        let blocking = requests.filter(|r| r.header("prefer").is_some());
        blocking.count()
    };
    let opening = async {
        listener.wait_for_requests(40).await;
        assert_eq!(asked(), 32);
        open.open();
    };
    let (ended, ()) = futures::join!(futures::future::try_join_all(runs), opening);
    ended.unwrap();
    client.run(VERSION).await.unwrap();
    assert_eq!(asked(), 33, "permits come back");
}

#[tokio::test]
async fn the_wait_of_a_training_has_progress() {
    let logs = " 50%|█████     | 5/10 [00:01<00:01]";
    let running = json!({ "id": "t1", "status": "processing", "logs": logs });
    let done = json!({ "id": "t1", "status": "succeeded" });
    let (_listener, client) = serve([reply(200, &running), reply(200, &done)]);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&seen);
    let wait = client.training("t1").wait().on_progress(move |progress| {
        let status = progress.snapshot().unwrap().status.to_string();
        log.lock().unwrap().push((status, progress.percent()));
    });
    wait.await.unwrap();
    let expected = [
        ("processing".to_owned(), Some(50.0)),
        ("succeeded".to_owned(), None),
    ];
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn body_is_that_of_the_latest_response_to_any_request() {
    let state = |status: &str| json!({ "id": "p1", "status": status, "new": "field" });
    let (_listener, client) = serve([
        reply(201, &state("starting")),
        reply(200, &state("processing")),
        reply(200, &state("canceled")),
    ]);
    let handle = client.run(VERSION).start().await.unwrap();
    let body = || serde_json::from_slice::<Value>(&handle.body().unwrap()).unwrap();
    assert_eq!(body(), state("starting"));
    handle.refresh().await.unwrap();
    assert_eq!(body(), state("processing"));
    handle.cancel().await.unwrap();
    assert_eq!(body(), state("canceled"));
    let error = handle.wait().await.unwrap_err();
    assert_error(&error, ErrorKind::Canceled, "");
    assert_eq!(error.body(), handle.body().as_ref());
}

#[tokio::test]
async fn undecodable_response_to_a_refresh_is_in_the_error() {
    let undecodable = json!({ "id": "p1", "status": [] });
    let (_listener, client) = serve([reply(200, &undecodable)]);
    let error = client.prediction("p1").refresh().await.unwrap_err();
    assert_error(&error, ErrorKind::Decode, "");
    assert_eq!(error.body().unwrap(), r#"{"id":"p1","status":[]}"#);
}

#[tokio::test]
async fn token_that_a_server_repeats_is_in_no_error() {
    const TOKEN: &str = "r8_test_token_123";
    let failed = json!({ "id": "p1", "status": "failed", "error": format!("bad {TOKEN}") });
    let other = json!({ "id": format!("x{TOKEN}"), "status": "starting" });
    // Escaped, so that it is not found in the body.
    let escaped = r#"{"detail":"no \u0072\u0038_test_token_123","status":422}"#;
    let refused = replicate_test_support::Reply::json(422, escaped);
    let refused = Script::reply(refused.header("connection", "close"));
    let scripts = [reply(200, &failed), reply(200, &other), refused];
    let listener = Listener::start(scripts).unwrap();
    let client = Client::builder().token(TOKEN).base_url(listener.url());
    let client = client.build().unwrap();
    let mut errors = vec![client.prediction("p1").wait().await.unwrap_err()];
    errors.push(client.prediction("p1").refresh().await.unwrap_err());
    errors.push(client.prediction("p1").refresh().await.unwrap_err());
    let failed: replicate::Prediction = serde_json::from_value(failed).unwrap();
    errors.push(client.output(&failed).unwrap_err());
    errors.push(client.wait(&failed).await.unwrap_err());
    for error in errors {
        let body = error.body().map(|body| String::from_utf8_lossy(body));
        let shown = format!("{error} {error:?} {error:#?} {body:?}");
        assert!(shown.contains("***") && !shown.contains(TOKEN), "{shown}");
    }
}
