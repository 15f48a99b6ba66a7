use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::future::BoxFuture;
use futures::stream;
use serde_json::json;
use tokio::time::Instant;

use super::*;

mod resuming;

/// What a test's server does: connections in turn, then the prediction's answers in turn, the
/// last one for ever.
#[derive(Clone, Default)]
struct Scripted(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    connections: VecDeque<Result<Vec<Result<Bytes>>>>,
    predictions: VecDeque<Prediction>,
    /// The ids that connections were asked to go on after, with the time of asking.
    asked: Vec<(Option<String>, Instant)>,
    looked: usize,
    /// What comes on a connection after its bytes.
    tail: Tail,
}

#[derive(Clone, Copy, Default)]
enum Tail {
    #[default]
    End,
    Silence,
    /// An event of a kind that nobody waits for, this often.
    Heartbeats(Duration),
}

impl Tail {
    fn stream(self) -> Connection {
        match self {
            Self::End => stream::empty().boxed(),
            Self::Silence => stream::pending().boxed(),
            Self::Heartbeats(pause) => stream::unfold(0_u32, move |beat| async move {
                tokio::time::sleep(pause).await;
                let ping = format!("event: ping\nid: p{beat}\ndata: {{}}\n\n");
                Some((text(&ping), beat + 1))
            })
            .boxed(),
        }
    }
}

impl Source for Scripted {
    fn connect(&mut self, last_event_id: Option<String>) -> BoxFuture<'_, Result<Connection>> {
        let mut inner = self.0.lock().unwrap();
        inner.asked.push((last_event_id, Instant::now()));
        let connection = inner.connections.pop_front().unwrap_or_else(|| Err(cut()));
        let tail = inner.tail.stream();
        Box::pin(async move { Ok(stream::iter(connection?).chain(tail).boxed()) })
    }

    fn prediction(&mut self) -> BoxFuture<'_, Result<Prediction>> {
        let mut inner = self.0.lock().unwrap();
        inner.looked += 1;
        let prediction = match inner.predictions.len() {
            0 => panic!("the prediction was not to be asked for"),
            1 => inner.predictions[0].clone(),
            _ => inner.predictions.pop_front().unwrap(),
        };
        Box::pin(async move { Ok(prediction) })
    }
}

fn cut() -> Error {
    Error::new(ErrorKind::Connect, "cut")
}

fn prediction(status: &str, output: serde_json::Value) -> Prediction {
    serde_json::from_value(json!({ "id": "p1", "status": status, "output": output })).unwrap()
}

fn text(bytes: &str) -> Result<Bytes> {
    Ok(Bytes::copy_from_slice(bytes.as_bytes()))
}

fn output(id: u32, word: &str) -> String {
    format!("event: output\nid: {id}\ndata: {word}\n\n")
}

const DONE: &str = "event: done\ndata: {}\n\n";

impl Scripted {
    fn new(connections: Vec<Vec<Result<Bytes>>>, predictions: Vec<Prediction>) -> Self {
        let inner = Inner {
            connections: connections.into_iter().map(Ok).collect(),
            predictions: predictions.into(),
            ..Inner::default()
        };
        Self(Arc::new(Mutex::new(inner)))
    }

    fn follow(&self) -> Follow<Self> {
        self.follow_with(RetryPolicy::default())
    }

    fn follow_with(&self, retries: RetryPolicy) -> Follow<Self> {
        let created = prediction("starting", json!(null));
        Follow::new(self.clone(), created, PollPolicy::default(), retries, 1024)
    }

    /// The text of the outputs, and how the stream ended.
    async fn read(&self) -> (String, Result<DoneReason>) {
        let mut follow = self.follow();
        let mut read = String::new();
        loop {
            match follow.next().await {
                Ok(Some(StreamEvent::Output(text))) => read.push_str(&text),
                Ok(Some(StreamEvent::Done { reason })) => {
                    assert!(
                        matches!(follow.next().await, Ok(None)),
                        "nothing follows the end"
                    );
                    return (read, Ok(reason));
                }
                Ok(Some(_)) => {}
                Ok(None) => panic!("the stream ended without an end"),
                Err(error) => return (read, Err(error)),
            }
        }
    }

    fn asked(&self) -> Vec<Option<String>> {
        self.0
            .lock()
            .unwrap()
            .asked
            .iter()
            .map(|(id, _)| id.clone())
            .collect()
    }

    fn looked(&self) -> usize {
        self.0.lock().unwrap().looked
    }

    fn pauses(&self) -> Vec<u128> {
        let inner = self.0.lock().unwrap();
        inner
            .asked
            .windows(2)
            .map(|two| (two[1].1 - two[0].1).as_millis())
            .collect()
    }
}

#[tokio::test(start_paused = true)]
async fn a_whole_stream_is_read_without_asking_for_the_prediction() {
    let source = Scripted::new(
        vec![vec![
            text(&output(1, "a")),
            text(&output(2, "b")),
            text(DONE),
        ]],
        vec![],
    );
    let (read, end) = source.read().await;
    assert_eq!((read.as_str(), end.unwrap()), ("ab", DoneReason::Completed));
    assert_eq!(source.looked(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_cut_reconnects_after_the_last_event_and_drops_the_partial_one() {
    let first = vec![
        text(&output(1, "a")),
        text("event: output\nid: 2\ndata: lost"),
        Err(cut()),
    ];
    let second = vec![text(&output(2, "b")), text(DONE)];
    let source = Scripted::new(vec![first, second], vec![]);
    assert_eq!(source.read().await.0, "ab");
    assert_eq!(source.asked(), [None, Some("1".into())]);
    assert_eq!(source.looked(), 0, "without asking first");
}

#[tokio::test(start_paused = true)]
async fn an_event_that_the_server_replays_is_delivered_once() {
    let all = |count: u32| {
        (1..=count)
            .map(|n| output(n, &n.to_string()))
            .collect::<String>()
    };
    let first = vec![text(&all(3)), Err(cut())];
    let second = vec![text(&all(5)), text(DONE)];
    let source = Scripted::new(vec![first, second], vec![]);
    assert_eq!(source.read().await.0, "12345");
}

#[tokio::test(start_paused = true)]
async fn the_pause_is_what_the_stream_asks_for_within_bounds() {
    for (asked, expected) in [
        ("retry: 2000\n", 2_000),
        ("retry: 1\n", 100),
        ("retry: 900000\n", 30_000),
    ] {
        let first = vec![text(asked), text(&output(1, "a")), Err(cut())];
        let source = Scripted::new(vec![first, vec![text(DONE)]], vec![]);
        source.read().await.1.unwrap();
        assert_eq!(source.pauses(), [expected]);
    }
}

#[tokio::test(start_paused = true)]
async fn five_reconnects_without_an_event_lead_to_polling_for_the_rest() {
    let first = vec![text(&output(1, "Hello, ")), Err(cut())];
    let predictions = vec![
        prediction("processing", json!(["Hello, "])),
        prediction("succeeded", json!(["Hello, ", "world"])),
    ];
    let source = Scripted::new(vec![first], predictions);
    let (read, end) = source.read().await;
    assert_eq!(
        (read.as_str(), end.unwrap()),
        ("Hello, world", DoneReason::Completed)
    );
    assert_eq!(source.pauses(), [500, 1_000, 2_000, 4_000, 8_000]);
    assert_eq!(source.asked()[1..], vec![Some("1".to_owned()); 5]);
}

#[tokio::test(start_paused = true)]
async fn a_clean_end_without_done_is_no_success_until_the_prediction_says_so() {
    let first = vec![text(&output(1, "a"))];
    let second = vec![text(&output(2, "b"))];
    let predictions = vec![
        prediction("processing", json!(["a"])),
        prediction("succeeded", json!(["a", "b", "c"])),
    ];
    let source = Scripted::new(vec![first, second], predictions);
    let (read, end) = source.read().await;
    assert_eq!(
        (read.as_str(), end.unwrap()),
        ("abc", DoneReason::Completed)
    );
    assert_eq!((source.asked().len(), source.looked()), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn a_bad_ending_after_a_clean_end_is_an_error_with_the_prediction() {
    for (status, kind) in [
        ("failed", ErrorKind::Failed),
        ("aborted", ErrorKind::Aborted),
    ] {
        let source = Scripted::new(
            vec![vec![text(&output(1, "a"))]],
            vec![prediction(status, json!(null))],
        );
        let (read, end) = source.read().await;
        let error = end.unwrap_err();
        assert_eq!((read.as_str(), error.kind()), ("a", kind));
        assert_eq!(error.prediction().unwrap().id, "p1");
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_event_ends_the_stream_with_a_typed_error() {
    let bytes = "event: error\nid: 2\ndata: {\"detail\": \"no memory\"}\n\nevent: done\ndata: {\"reason\": \"error\"}\n\n";
    let source = Scripted::new(
        vec![vec![text(&output(1, "a")), text(bytes)]],
        vec![prediction("processing", json!(null))],
    );
    let (read, end) = source.read().await;
    let error = end.unwrap_err();
    assert_eq!((read.as_str(), error.kind()), ("a", ErrorKind::Failed));
    assert!(error.to_string().contains("no memory"), "{error}");
    assert!(error.prediction().is_some());
}

#[tokio::test(start_paused = true)]
async fn a_refusal_ends_a_first_connection_and_makes_a_later_one_poll() {
    let refused = || Err(Error::new(ErrorKind::Stream, "its address answers 204"));
    let source = Scripted::new(vec![], vec![prediction("processing", json!(null))]);
    source.0.lock().unwrap().connections.push_back(refused());
    let error = source.read().await.1.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stream);
    assert_eq!(error.prediction().unwrap().id, "p1");

    let source = Scripted::new(
        vec![vec![text(&output(1, "a")), Err(cut())]],
        vec![prediction("succeeded", json!(["a", "b"]))],
    );
    source.0.lock().unwrap().connections.push_back(refused());
    let (read, end) = source.read().await;
    assert_eq!((read.as_str(), end.unwrap()), ("ab", DoneReason::Completed));
}

#[tokio::test(start_paused = true)]
async fn a_stream_without_ids_cannot_go_on_and_is_polled_for_the_rest() {
    let first = vec![text("event: output\ndata: a\n\n"), Err(cut())];
    let source = Scripted::new(
        vec![first],
        vec![prediction("succeeded", json!(["a", "b"]))],
    );
    let (read, end) = source.read().await;
    assert_eq!((read.as_str(), end.unwrap()), ("ab", DoneReason::Completed));
    assert_eq!(source.asked().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_output_that_does_not_go_on_from_what_was_read_is_an_error() {
    let first = vec![text(&output(1, "a"))];
    let source = Scripted::new(vec![first], vec![prediction("succeeded", json!("other"))]);
    let error = source.read().await.1.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Stream);
    assert_eq!(error.prediction().unwrap().output, Some(json!("other")));
}

#[tokio::test(start_paused = true)]
async fn only_comments_lead_to_a_look_at_the_prediction() {
    let source = Scripted::new(
        vec![vec![text(": hello\n\n")]],
        vec![
            prediction("starting", json!(null)),
            prediction("succeeded", json!("x")),
        ],
    );
    source.0.lock().unwrap().tail = Tail::Silence;
    let (read, end) = source.read().await;
    assert_eq!((read.as_str(), end.unwrap()), ("x", DoneReason::Completed));
    assert_eq!((source.asked().len(), source.looked()), (1, 2));
}

#[tokio::test(start_paused = true)]
async fn heartbeats_hide_no_prediction_that_is_over() {
    for pause in [Duration::from_secs(10), Duration::from_millis(100)] {
        let source = Scripted::new(
            vec![vec![text(&output(1, "a"))]],
            vec![
                prediction("processing", json!(["a"])),
                prediction("succeeded", json!(["a", "b"])),
            ],
        );
        source.0.lock().unwrap().tail = Tail::Heartbeats(pause);
        let began = Instant::now();
        let (read, end) = source.read().await;
        assert_eq!((read.as_str(), end.unwrap()), ("ab", DoneReason::Completed));
        assert_eq!((source.asked().len(), source.looked()), (1, 2));
        assert!(began.elapsed() < Duration::from_secs(131));
    }
}

#[tokio::test(start_paused = true)]
async fn connections_that_bring_heartbeats_alone_lead_to_polling() {
    let beat = || vec![text("event: ping\nid: p\ndata: {}\n\n"), Err(cut())];
    let mut connections = vec![vec![text(&output(1, "a")), Err(cut())]];
    connections.extend((0..20).map(|_| beat()));
    let source = Scripted::new(connections, vec![prediction("succeeded", json!("ab"))]);
    let (read, end) = source.read().await;
    assert_eq!((read.as_str(), end.unwrap()), ("ab", DoneReason::Completed));
    assert_eq!(source.asked().len(), 6);
}

#[tokio::test(start_paused = true)]
async fn an_output_that_was_deleted_meanwhile_is_expired() {
    let mut gone = prediction("succeeded", json!(null));
    gone.data_removed = Some(true);
    let source = Scripted::new(vec![vec![text(": nothing\n\n")]], vec![gone]);
    let error = source.read().await.1.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expired);
    assert!(error.prediction().is_some());
}

#[tokio::test(start_paused = true)]
async fn an_event_that_is_too_large_ends_the_stream() {
    let large = format!("data: {}\n\n", "x".repeat(2_000));
    let source = Scripted::new(
        vec![vec![text(&large)]],
        vec![prediction("processing", json!(null))],
    );
    assert_eq!(
        source.read().await.1.unwrap_err().kind(),
        ErrorKind::TooLarge
    );
}
