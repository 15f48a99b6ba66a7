//! Going on after a cut: what is asked for, when, and what of the answer is new.

use super::*;

#[tokio::test(start_paused = true)]
async fn a_group_under_one_id_that_was_cut_is_delivered_whole_and_once() {
    let first = vec![text(&output(5, "a")), Err(cut())];
    let group = [output(5, "a"), output(5, "b"), output(6, "c")].concat();
    let source = Scripted::new(vec![first, vec![text(&group), text(DONE)]], vec![]);
    assert_eq!(source.read().await.0, "abc");

    let first = "event: output\nid: 1\ndata: a\n\nevent: output\ndata: b\n\n";
    let second = "event: output\ndata: b\n\nevent: output\ndata: c\n\n";
    let connections = vec![
        vec![text(first), Err(cut())],
        vec![text(second), text(DONE)],
    ];
    let running = prediction("processing", json!(null));
    let source = Scripted::new(connections, vec![running]);
    assert_eq!(source.read().await.0, "abc");
}

#[tokio::test(start_paused = true)]
async fn what_was_taken_for_a_repetition_and_was_none_comes_at_the_end() {
    let first = "event: output\nid: 1\ndata: ha\n\nevent: output\ndata: ha\n\n";
    let more = "event: output\ndata: ha\n\n";
    let connections = vec![vec![text(first), Err(cut())], vec![text(more), text(DONE)]];
    let source = Scripted::new(connections, vec![prediction("succeeded", json!("hahaha"))]);
    let (read, end) = source.read().await;
    assert_eq!(
        (read.as_str(), end.unwrap()),
        ("hahaha", DoneReason::Completed)
    );
}

#[tokio::test(start_paused = true)]
async fn ids_that_come_back_are_delivered_and_not_gone_on_after() {
    let first = [output(1, "a"), output(2, "b"), output(1, "c")].concat();
    let source = Scripted::new(
        vec![vec![text(&first), Err(cut())]],
        vec![prediction("succeeded", json!("abcd"))],
    );
    assert_eq!(source.read().await.0, "abcd");
    assert_eq!(source.asked(), [None], "nobody knows which `1` is meant");
}

#[tokio::test(start_paused = true)]
async fn a_hundred_thousand_reconnects_over_a_day_grow_nothing() {
    let source = Scripted::default();
    let began = Instant::now();
    let mut follow = source.follow();
    for n in 0..100_000 {
        {
            let mut inner = source.0.lock().unwrap();
            inner.asked.clear();
            let bytes = format!("retry: 1000\n{}", output(n, "x"));
            inner
                .connections
                .push_back(Ok(vec![text(&bytes), Err(cut())]));
        }
        assert_eq!(
            follow.next().await.unwrap(),
            Some(StreamEvent::Output("x".into()))
        );
    }
    assert!(began.elapsed() > Duration::from_secs(24 * 60 * 60));
    assert!(follow.ready.is_empty());
    assert_eq!(follow.ready.capacity(), 0);
}

#[tokio::test(start_paused = true)]
async fn an_id_that_was_cleared_is_not_sent_again() {
    let cleared = "event: output\nid\ndata: b\n\n";
    let first = vec![text(&output(1, "a")), text(cleared), Err(cut())];
    let source = Scripted::new(
        vec![first],
        vec![prediction("succeeded", json!(["a", "b", "c"]))],
    );
    let (read, end) = source.read().await;
    assert_eq!(
        (read.as_str(), end.unwrap()),
        ("abc", DoneReason::Completed)
    );
    assert_eq!(source.asked(), [None], "it could only send all again");
}

#[tokio::test(start_paused = true)]
async fn an_id_holds_over_a_connection_that_brings_none() {
    let first = vec![text(&output(1, "a")), Err(cut())];
    let second = vec![text(": nothing new\n\n"), Err(cut())];
    let third = vec![text(&output(2, "b")), text(DONE)];
    let source = Scripted::new(vec![first, second, third], vec![]);
    assert_eq!(source.read().await.0, "ab");
    assert_eq!(source.asked(), [None, Some("1".into()), Some("1".into())]);
}

#[tokio::test(start_paused = true)]
async fn pauses_follow_the_retry_policy() {
    let second = Duration::from_secs(1);
    let policy = RetryPolicy::default().with_backoff(second, 3 * second);
    let source = Scripted::new(vec![], vec![prediction("succeeded", json!("a"))]);
    let mut follow = source.follow_with(policy);
    follow.next().await.unwrap();
    assert_eq!(source.pauses(), [1_000, 2_000, 3_000, 3_000, 3_000]);
}

#[tokio::test(start_paused = true)]
async fn a_policy_that_sends_once_polls_instead_of_reconnecting() {
    let first = vec![text(&output(1, "a")), Err(cut())];
    let source = Scripted::new(
        vec![first],
        vec![prediction("succeeded", json!(["a", "b"]))],
    );
    let mut follow = source.follow_with(RetryPolicy::never());
    for expected in ["a", "b"] {
        let event = follow.next().await.unwrap().unwrap();
        assert!(matches!(&event, StreamEvent::Output(text) if text == expected));
    }
    assert_eq!(source.asked(), [None]);
}
