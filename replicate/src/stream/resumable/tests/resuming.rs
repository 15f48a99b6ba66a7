//! Reconnecting: what is requested, when, and which events of the response are new.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_broken_connection_is_resumed_after_the_last_event_without_the_partial_one() {
    let first = format!("{}event: output\nid: 2\ndata: lost", output(1, "a"));
    let second = done_after(&output(2, "b"));
    let predictions = succeeds_after(1, json!(null), json!("ab"));
    let source = Scripted::new(vec![breaks_after(&first), second], predictions);
    assert_eq!(source.read_ok().await, "ab");
    assert_eq!(source.last_event_ids(), [None, Some("1".into())]);
    assert_eq!(source.requests(), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_broken_connection_of_a_finished_prediction_is_not_resumed() {
    let source = Scripted::new(vec![breaks_after(&output(1, "a"))], succeeded(json!("ab")));
    let began = Instant::now();
    assert_eq!(source.read_ok().await, "ab");
    let ended = (source.requests(), began.elapsed());
    assert_eq!(ended, ((1, 1), Duration::ZERO));
}

#[tokio::test(start_paused = true)]
async fn events_that_the_server_repeats_are_delivered_once() {
    for again in ["2,3,4,5", "1,2,3,4,5", "3,4,5", "4,5"] {
        let events = |ids: &str| -> String {
            let ids = ids.split(',').map(|id| id.parse().unwrap());
            ids.map(|id: u32| output(id, &id.to_string())).collect()
        };
        let second = done_after(&events(again));
        let predictions = succeeds_after(1, json!(null), json!("12345"));
        let source = Scripted::new(vec![breaks_after(&events("1,2,3")), second], predictions);
        assert_eq!(source.read_ok().await, "12345", "{again}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_resumed_stream_is_compared_with_the_output() {
    let events = |words: &[(u32, &str)]| -> String {
        words.iter().map(|(id, word)| output(*id, word)).collect()
    };
    let all = json!(["a", "b", "c", "d"]);
    for (case, again, read, kind) in [
        ("only done", events(&[]), "abcd", None),
        (
            "the first again",
            events(&[(1, "a"), (2, "b")]),
            "abcd",
            None,
        ),
        (
            "too late",
            events(&[(4, "d")]),
            "ad",
            Some(ErrorKind::Stream),
        ),
        (
            "again under new ids",
            events(&[(7, "a"), (8, "b")]),
            "aab",
            Some(ErrorKind::Stream),
        ),
    ] {
        let connections = vec![breaks_after(&output(1, "a")), done_after(&again)];
        let predictions = succeeds_after(1, json!(null), all.clone());
        let (text, end) = Scripted::new(connections, predictions).read().await;
        let ended = end.as_ref().err().map(Error::kind);
        assert_eq!((text.as_str(), ended), (read, kind), "{case}");
        let prediction = end.unwrap_or_else(|error| error.into_prediction().unwrap());
        assert_eq!(prediction.output.as_ref(), Some(&all), "{case}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_cannot_be_resumed_without_doubt_is_polled() {
    let repeated = [output(1, "a"), output(2, "b"), output(1, "c")].concat();
    let unnamed = "event: output\ndata: a\n\n".to_owned();
    let inherited = format!("{}event: output\ndata: b\n\n", output(1, "a"));
    let cleared = format!("{}event: output\nid\ndata: b\n\n", output(1, "a"));
    for first in [repeated, unnamed, inherited, cleared] {
        let predictions = succeeds_after(2, json!(null), json!("abcd"));
        let source = Scripted::new(vec![breaks_after(&first)], predictions);
        assert_eq!(source.read_ok().await, "abcd", "{first}");
        assert_eq!(source.requests().0, 1, "{first}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_last_id_survives_a_connection_that_brings_none() {
    let first = breaks_after(&output(1, "a"));
    let second = breaks_after(": nothing new\n\n");
    let third = done_after(&output(2, "b"));
    let predictions = succeeds_after(2, json!(null), json!("ab"));
    let source = Scripted::new(vec![first, second, third], predictions);
    assert_eq!(source.read_ok().await, "ab");
    assert_eq!(
        source.last_event_ids(),
        [None, Some("1".into()), Some("1".into())]
    );
}

#[tokio::test(start_paused = true)]
async fn the_reconnection_time_of_the_stream_is_clamped() {
    for (retry, expected) in [(2_000, 2_000), (1, 100), (900_000, 30_000)] {
        let first = breaks_after(&format!("retry: {retry}\n{}", output(1, "a")));
        let predictions = succeeds_after(1 + expected / 2_001, json!(null), json!("a"));
        let source = Scripted::new(vec![first, vec![text(DONE)]], predictions);
        assert_eq!(source.read_ok().await, "a");
        assert_eq!(source.delays(), [expected as u128]);
    }
}

#[tokio::test(start_paused = true)]
async fn reconnects_back_off_as_the_retry_policy_says() {
    let second = Duration::from_secs(1);
    let policy = RetryPolicy::default().with_backoff(second, 3 * second);
    let predictions = succeeds_after(6 + 3, json!(null), json!("a"));
    let source = Scripted::new(vec![], predictions);
    assert_eq!(read(source.stream_with(policy)).await.0, "a");
    assert_eq!(source.delays(), [1_000, 2_000, 3_000, 3_000, 3_000]);
}

#[tokio::test(start_paused = true)]
async fn a_policy_without_retries_polls_instead_of_reconnecting() {
    let predictions = succeeds_after(1, json!(null), json!("ab"));
    let source = Scripted::new(vec![breaks_after(&output(1, "a"))], predictions);
    let stream = source.stream_with(RetryPolicy::never());
    assert_eq!(read(stream).await.0, "ab");
    assert_eq!(source.last_event_ids(), [None]);
}

#[tokio::test(start_paused = true)]
async fn ten_thousand_reconnects_over_hours_are_one_stream() {
    let source = Scripted::new(vec![], vec![prediction("processing", json!(null))]);
    let began = Instant::now();
    let mut stream = source.stream();
    for n in 0..10_000 {
        let bytes = format!("retry: 1000\n{}", output(n, "x"));
        let source = source.clone().then(Connect::Bytes(breaks_after(&bytes)));
        source.0.lock().unwrap().connects.clear();
        let event = stream.next().await.unwrap().unwrap();
        assert_eq!(event.to_string(), "x");
    }
    assert!(began.elapsed() > Duration::from_secs(2 * 60 * 60));
    assert!(stream.ready.is_empty());
}
