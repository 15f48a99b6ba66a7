//! What a resumed batch does with its journal.

use super::*;

/// Runs a batch until `count` results were taken, of which the first `acknowledged` were
/// acknowledged, and drops it.
async fn stopped(setup: &Setup, inputs: &[Value], count: usize, acknowledged: usize) {
    let batch = setup.batch().concurrency(2);
    let mut results = batch.start(inputs).await.unwrap();
    for number in 0..count {
        let next = tokio::time::timeout(Duration::from_secs(30), results.next());
        let item = next.await.expect("a result in time").unwrap();
        if number < acknowledged {
            item.acknowledge().await.unwrap();
        }
    }
}

/// Resumes the batch as soon as the one before has let go of its journal.
async fn resumed(setup: &Setup, inputs: &[Value]) -> BatchStream {
    loop {
        match setup.batch().resume(inputs).await {
            Err(error) if error.to_string().contains("in use") => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            results => return results.unwrap(),
        }
    }
}

async fn finish_resumed(setup: &Setup, inputs: &[Value]) -> Vec<BatchItem> {
    finish(&mut resumed(setup, inputs).await).await
}

#[tokio::test]
async fn resumed_batch_delivers_what_was_not_acknowledged_and_creates_the_rest() {
    let setup = Setup::new().await;
    let inputs: Vec<Value> = numbers(8).collect();
    stopped(&setup, &inputs, 3, 2).await;
    let mut results = resumed(&setup, &inputs).await;
    assert_eq!(results.progress().done_before, 2);
    let items = finish(&mut results).await;
    assert_eq!(items.len(), 6);
    assert!(results.progress().is_complete());
    setup.assert_creates(8, 8);
}

#[tokio::test]
async fn journal_of_another_batch_is_not_started_over() {
    let setup = Setup::new().await;
    let inputs: Vec<Value> = numbers(2).collect();
    run(setup.batch(), &inputs).await;
    let error = setup.batch().start(&inputs).await.unwrap_err();
    assert!(error.to_string().contains("resume it"), "{error}");

    let other = setup.client().batch("acme/other").journal(setup.path());
    let error = other.resume(&inputs).await.unwrap_err();
    let message = "the journal is of acme/echo, not of acme/other";
    assert!(error.to_string().starts_with(message), "{error}");

    let error = setup.batch().shard(1, 2).resume(&inputs).await.unwrap_err();
    assert!(error.to_string().contains("not of shard 1/2"), "{error}");
    assert_eq!(setup.creates(), 2);
}

#[tokio::test]
async fn changed_input_is_detected_before_anything_is_created() {
    let setup = Setup::new().await;
    let inputs: Vec<Value> = numbers(6).collect();
    stopped(&setup, &inputs, 3, 3).await;
    drop(resumed(&setup, &inputs).await);
    let creates = setup.creates();

    let mut changed = inputs.clone();
    changed[1]["text"] = json!("another text");
    let error = setup.batch().resume(&changed).await.unwrap_err();
    let says = "input 2 is not the one";
    assert_error(&error, ErrorKind::InvalidRequest, says);

    let error = setup.batch().resume(&inputs[..1]).await.unwrap_err();
    assert!(error.to_string().contains("but there are 1"), "{error}");
    assert_eq!(setup.creates(), creates);

    // What was not sent may change, and more may follow.
    let mut more = inputs.clone();
    more[5]["text"] = json!("another text");
    more.push(json!({ "text": "one more" }));
    resume(setup.batch(), &more).await;
    assert_eq!(setup.emulator.predictions().len(), 7);
}

#[tokio::test]
async fn rejected_input_may_be_corrected() {
    let setup = Setup::new().await;
    setup.inject(Fault::status(422).times(1));
    let batch = setup.batch().concurrency(1);
    run(batch, texts(["wrong", "a"])).await;
    let corrected = texts(["right", "a"]);
    let items = resume(setup.batch(), corrected).await;
    assert_eq!(items.len(), 1);
    assert_eq!(text(&items[0]), "right");
}

#[tokio::test]
async fn order_of_keys_and_the_file_itself_are_not_a_change() {
    let setup = Setup::new().await;
    let file = replicate::FileInput::bytes("abc", "text/plain");
    let first = json!({ "text": "a", "more": { "x": 1, "y": [2, null] }, "file": file });
    run(setup.batch(), [first]).await;
    let file = replicate::FileInput::bytes("abc", "text/plain");
    let again = r#"{ "more": { "y": [2, null], "x": 1 }, "text": "a" }"#;
    let mut again: Value = serde_json::from_str(again).unwrap();
    again["file"] = serde_json::to_value(file).unwrap();
    let mut results = setup.batch().resume([&again]).await.unwrap();
    assert!(results.next().await.is_none());
    again["file"] = json!(replicate::FileInput::bytes("abd", "text/plain"));
    drop(results);
    assert!(setup.batch().resume([&again]).await.is_err());
}

#[tokio::test]
async fn journal_is_locked_while_a_batch_uses_it() {
    let setup = Setup::new().await;
    let results = setup.batch().start(numbers(1)).await.unwrap();
    let error = setup.batch().resume(numbers(1)).await.unwrap_err();
    assert_error(&error, ErrorKind::File, "in use by another batch");
    drop(results);
    assert!(setup.batch().resume(numbers(1)).await.is_ok());
}

#[cfg(unix)]
#[tokio::test]
async fn journal_is_for_its_owner_alone_and_holds_neither_inputs_nor_the_token() {
    use std::os::unix::fs::PermissionsExt;
    let setup = Setup::new().await;
    run(setup.batch(), texts(["a secret"])).await;
    let mode = setup.path().metadata().unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let journal = read(&setup.path());
    assert!(!journal.contains("a secret"), "{journal}");
    assert!(!journal.contains("SENTINEL"), "{journal}");
    let record = |line| serde_json::from_str::<Value>(line).unwrap();
    let events = journal.lines().map(|line| record(line)["event"].clone());
    assert!(
        events.eq(["begin", "create", "created", "done"]),
        "{journal}"
    );
}

#[tokio::test]
async fn torn_last_line_is_as_if_it_was_not_written() {
    let setup = Setup::new().await;
    let inputs: Vec<Value> = numbers(1).collect();
    let mut results = setup.batch().start(&inputs).await.unwrap();
    finish(&mut results).await;
    drop(results);
    let whole = read(&setup.path());
    let ends = whole.match_indices('\n').map(|(at, _)| at + 1);
    let ends: Vec<usize> = ends.collect();
    assert_eq!(ends.len(), 4);
    // The result was stored, then not; the id is known, then is found; nothing was sent.
    for (lines, delivered, creates) in [(4, 0, 1), (3, 1, 1), (2, 1, 1), (1, 1, 2), (0, 1, 3)] {
        let torn = match lines {
            4 => whole.clone(),
            lines => whole[..ends[lines] - 5].to_owned(),
        };
        std::fs::write(setup.path(), torn).unwrap();
        let mut results = setup.batch().resume(&inputs).await.unwrap();
        let items = finish(&mut results).await;
        assert_eq!(items.len(), delivered, "{lines} lines");
        assert!(results.progress().is_complete());
        assert_eq!(setup.creates(), creates, "{lines} lines");
        let journal = read(&setup.path());
        let is_json = |line| serde_json::from_str::<Value>(line).is_ok();
        assert!(journal.lines().all(is_json), "{journal}");
    }
}

#[tokio::test]
async fn unreadable_journal_is_refused_with_the_line() {
    let setup = Setup::new().await;
    for (journal, says) in [
        ("{\n", "line 1 of the journal"),
        (
            r#"{"event":"begin","version":9,"model":"acme/echo"}"#,
            "format 9",
        ),
        (
            r#"{"event":"created","index":0,"id":"p"}"#,
            "not the journal of a batch",
        ),
    ] {
        std::fs::write(setup.path(), format!("{}\n", journal.trim_end())).unwrap();
        let error = setup.batch().resume(numbers(1)).await.unwrap_err();
        assert!(error.to_string().contains(says), "{error}");
    }
    assert_eq!(setup.creates(), 0);
}

#[tokio::test]
async fn expired_output_is_reported_and_created_again_only_on_request() {
    let setup = Setup::new().await;
    let inputs = texts(["a"]);
    stopped(&setup, &inputs, 1, 0).await;
    setup.emulator.advance(HOUR * 2);
    let items = finish_resumed(&setup, &inputs).await;
    assert_eq!(outcomes(&items), [(0, Expired)]);
    assert_eq!(items[0].result().unwrap_err().kind(), ErrorKind::Expired);
    drop(items);
    assert!(resumed(&setup, &inputs).await.next().await.is_none());
    assert_eq!(setup.creates(), 1);

    let batch = setup.batch().retry_expired();
    let mut results = batch.resume(&inputs).await.unwrap();
    assert_eq!(results.creates_left(), 1);
    let items = finish(&mut results).await;
    assert_eq!(outcomes(&items), [(0, Succeeded)]);
    assert!(results.progress().is_complete());
    assert_eq!(setup.creates(), 2);
}

#[tokio::test]
async fn output_that_expired_unnoticed_is_created_again_on_request() {
    let setup = Setup::new().await;
    let inputs = texts(["a"]);
    stopped(&setup, &inputs, 1, 0).await;
    setup.emulator.advance(HOUR * 2);
    drop(resumed(&setup, &inputs).await);
    let batch = setup.batch().retry_expired();
    let items = resume(batch, &inputs).await;
    assert_eq!(outcomes(&items), [(0, Succeeded)]);
    assert_eq!(setup.creates(), 2);
}

#[tokio::test]
async fn stored_result_is_not_delivered_again_nor_created_when_it_has_expired() {
    let setup = Setup::new().await;
    let inputs = texts(["a", "b"]);
    stopped(&setup, &inputs, 2, 0).await;
    setup.emulator.advance(HOUR * 2);
    drop(resumed(&setup, &inputs).await);
    let stored = [(0, Succeeded), (1, Unknown)];
    let batch = setup.batch().acknowledged(stored).retry_expired();
    let mut results = batch.resume(&inputs).await.unwrap();
    assert_eq!(results.progress().done_before, 1);
    let items = finish(&mut results).await;
    assert_eq!(outcomes(&items), [(1, Succeeded)]);
    assert_eq!(setup.creates(), 3);
    drop((results, items));
    assert_eq!(resumed(&setup, &inputs).await.progress().done_before, 2);
}

#[tokio::test]
async fn dropped_batch_journals_the_prediction_of_a_create_that_was_sent() {
    let setup = Setup::new().await;
    setup.inject(Fault::latency(Duration::from_millis(300)));
    let inputs = texts(["a"]);
    let mut results = setup.batch().start(&inputs).await.unwrap();
    tokio::select! {
        _ = results.next() => panic!("a result"),
        () = eventually("the create", || setup.creates() == 1) => {}
    }
    drop(results);
    let is_journaled = || read(&setup.path()).contains(r#""created""#);
    eventually("its prediction in the journal", is_journaled).await;
    let items = finish_resumed(&setup, &inputs).await;
    assert_eq!(text(&items[0]), "a");
    assert_eq!(setup.creates(), 1);
}

#[tokio::test]
async fn search_of_a_resumed_batch_does_not_take_what_the_journal_knows() {
    let setup = Setup::new().await;
    let inputs = texts(["same", "same", "same"]);
    setup.inject(Fault::status(502).skip(1).times(1));
    let batch = setup.batch().concurrency(1).max_predictions(2);
    run(batch, &inputs).await;
    age_creates(&setup.path());
    let items = finish_resumed(&setup, &inputs).await;
    let expected = [(1, Unknown), (2, Succeeded)];
    assert_eq!(outcomes(&items), expected);
    setup.assert_creates(3, 2);
}

#[tokio::test]
async fn create_that_was_not_found_is_sent_again_only_on_request_and_when_it_is_old() {
    let setup = Setup::new().await;
    let inputs = texts(["a"]);
    setup.inject(Fault::status(502).times(1));
    run(setup.batch(), &inputs).await;
    let items = resume(setup.batch().retry_unknown(), &inputs).await;
    // It may still be in flight.
    assert_eq!(outcomes(&items), [(0, Unknown)]);
    drop(items);

    age_creates(&setup.path());
    let items = finish_resumed(&setup, &inputs).await;
    assert_eq!(outcomes(&items), [(0, Unknown)]);
    drop(items);
    assert_eq!(setup.creates(), 1);

    let mut results = setup.batch().retry_unknown().resume(&inputs).await.unwrap();
    assert_eq!(results.creates_left(), 1);
    let items = finish(&mut results).await;
    assert_eq!(outcomes(&items), [(0, Succeeded)]);
    assert_eq!(setup.creates(), 2);
}

/// Has all creates of a journal sent three minutes ago.
fn age_creates(path: &Path) {
    let journal = read(path);
    let earlier = chrono::Utc::now() - chrono::TimeDelta::minutes(3);
    let mut parts = journal.split(r#""sent_at":""#);
    let mut aged = parts.next().unwrap().to_owned();
    for part in parts {
        let (_, rest) = part.split_once('"').unwrap();
        aged.push_str(&format!(r#""sent_at":"{}"{rest}"#, earlier.to_rfc3339()));
    }
    std::fs::write(path, aged).unwrap();
}

#[tokio::test]
async fn creates_of_unknown_outcome_are_looked_for_in_one_list() {
    let setup = Setup::new().await;
    let inputs = texts(["a", "b", "c", "d", "e", "f"]);
    setup.inject(Fault::status(502).times(6));
    let batch = setup.batch().concurrency(6);
    run(batch, &inputs).await;
    age_creates(&setup.path());
    setup.emulator.clear_requests();
    let batch = setup.batch().concurrency(3);
    let items = resume(batch, &inputs).await;
    assert_eq!(items.len(), 6);
    assert_eq!(count(&setup.emulator, "predictions.list"), 1);
}
