//! Reading the prediction where its stream is out of reach, silent, or not there.

use super::*;

fn no_stream() -> Connect {
    Connect::Refused(Error::new(ErrorKind::Stream, "204"))
}

#[tokio::test(start_paused = true)]
async fn the_end_is_not_held_back_whatever_the_stream_host_does() {
    let second = Duration::from_secs(1);
    let word = || Connect::Bytes(vec![text(&output(1, "a"))]);
    let late = breaks_after(&format!("retry: 30000\n{}", output(1, "a")));
    let comment = vec![text(": hello\n\n")];
    for (host, connect, tail, running, requests, took) in [
        (
            "refuses",
            Connect::Refused(broken()),
            Tail::End,
            1,
            (2, 2),
            500,
        ),
        ("hangs", Connect::Hangs, Tail::End, 1, (1, 2), 4_000),
        ("delays", Connect::Bytes(late), Tail::End, 2, (1, 3), 4_000),
        (
            "comments",
            Connect::Bytes(comment),
            Tail::Silence,
            1,
            (1, 2),
            15_000,
        ),
        (
            "beats",
            word(),
            Tail::Heartbeats(10 * second),
            1,
            (1, 2),
            15_000,
        ),
        (
            "beats fast",
            word(),
            Tail::Heartbeats(second / 10),
            1,
            (1, 2),
            15_000,
        ),
        // The prediction is read less and less often: 5 + 10 + 20 + 40 + 60 + 60 + 60 s.
        (
            "is silent",
            Connect::Bytes(vec![]),
            Tail::Silence,
            6,
            (1, 7),
            255_000,
        ),
    ] {
        let predictions = succeeds_after(running, json!(null), json!("ab"));
        let source = Scripted::new(vec![], predictions).then(connect);
        let source = source.with_tail(tail);
        let began = Instant::now();
        assert_eq!(source.read_ok().await, "ab", "{host}");
        let ended = (source.requests(), began.elapsed().as_millis());
        assert_eq!(ended, (requests, took), "{host}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_model_without_a_stream_gives_the_same_events_by_polling() {
    let mut first = prediction("processing", json!(["https://a/1.png"]));
    first.logs = Some("one\n".into());
    let mut last = prediction("succeeded", json!(["https://a/1.png", "https://a/2.png"]));
    last.logs = Some("one\ntwo\n".into());
    let starting = prediction("starting", json!(null));
    let source = Scripted::new(vec![], vec![starting, first, last]).then(no_stream());
    let mut stream = source.stream();
    let mut seen = Vec::new();
    while let Some(event) = stream.next().await.unwrap() {
        seen.push(match event {
            StreamEvent::Output(text) => format!("output {text}"),
            StreamEvent::Logs(text) => format!("logs {text}"),
            StreamEvent::Done(done) => format!("done {}", done.status),
        });
    }
    let expected = [
        "logs one\n",
        "output https://a/1.png",
        "logs two\n",
        "output https://a/2.png",
        "done succeeded",
    ];
    assert_eq!(seen, expected);
    assert_eq!(source.requests(), (1, 3));
}

#[tokio::test(start_paused = true)]
async fn an_object_is_delivered_by_polling_once_it_is_complete() {
    let predictions = succeeds_after(1, json!({ "a": 1 }), json!({ "a": 1, "b": 2 }));
    let source = Scripted::new(vec![], predictions).then(no_stream());
    assert_eq!(source.read_ok().await, r#"{"a":1,"b":2}"#);
}

#[tokio::test(start_paused = true)]
async fn a_refused_reconnect_leads_to_polling_for_the_rest() {
    let predictions = succeeds_after(1, json!("a"), json!("ab"));
    let source = Scripted::new(vec![breaks_after(&output(1, "a"))], predictions);
    let source = source.then(no_stream());
    assert_eq!(source.read_ok().await, "ab");
    assert_eq!(source.requests(), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn five_reconnects_without_an_event_lead_to_polling() {
    let predictions = succeeds_after(6 + 3 + 1, json!("a"), json!("ab"));
    let source = Scripted::new(vec![breaks_after(&output(1, "a"))], predictions);
    assert_eq!(source.read_ok().await, "ab");
    assert_eq!(source.delays(), [500, 1_000, 2_000, 4_000, 8_000]);
    assert_eq!(source.last_event_ids()[1..], vec![Some("1".to_owned()); 5]);
}

#[tokio::test(start_paused = true)]
async fn connections_that_bring_heartbeats_alone_count_as_reconnects_without_an_event() {
    let mut connections = vec![breaks_after(&output(1, "a"))];
    let beat = || breaks_after("event: ping\nid: p\ndata: {}\n\n");
    connections.extend((0..20).map(|_| beat()));
    let predictions = succeeds_after(12, json!("a"), json!("ab"));
    let source = Scripted::new(connections, predictions);
    assert_eq!(source.read_ok().await, "ab");
    assert_eq!(source.requests().0, 6);
}

#[tokio::test(start_paused = true)]
async fn polling_outlives_an_outage_and_resumes_where_it_was() {
    let source = Scripted::new(vec![], vec![]).then(no_stream());
    source.0.lock().unwrap().predictions = VecDeque::from([
        Ok(prediction("processing", json!("a"))),
        Err(ErrorKind::Server),
        Err(ErrorKind::Connect),
        Err(ErrorKind::RateLimited),
        Err(ErrorKind::Decode),
        Ok(prediction("succeeded", json!("ab"))),
    ]);
    assert_eq!(source.read_ok().await, "ab");
    assert_eq!(source.requests(), (1, 6));
}

#[tokio::test(start_paused = true)]
async fn a_prediction_that_stays_out_of_reach_is_an_error_with_the_snapshot() {
    for (kind, least, most) in [(ErrorKind::Server, 600, 660), (ErrorKind::Decode, 5, 10)] {
        let source = Scripted::new(vec![], vec![]).then(no_stream());
        source.0.lock().unwrap().predictions =
            VecDeque::from([Ok(prediction("processing", json!("a"))), Err(kind)]);
        let began = Instant::now();
        let (text, end) = source.read().await;
        let error = end.unwrap_err();
        assert_eq!((text.as_str(), error.kind()), ("a", kind));
        let message = error.to_string();
        assert!(message.contains("may still be running"), "{message}");
        assert_eq!(error.prediction().unwrap().output, Some(json!("a")));
        let seconds = began.elapsed().as_secs();
        assert!((least..most).contains(&seconds), "{kind:?}: {seconds} s");
    }
}
