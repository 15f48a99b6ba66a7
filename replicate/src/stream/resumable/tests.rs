use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures::stream;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;
use crate::poll::{Knowledge, Pacing};

mod polling;
mod resuming;

/// A server of the tests: connections in turn, then refused ones; the prediction's responses in
/// turn, the last one forever.
#[derive(Clone)]
struct Scripted(Arc<Mutex<Inner>>, Arc<Pacing>);

struct Inner {
    created: Instant,
    connections: VecDeque<Connect>,
    predictions: VecDeque<Result<Prediction, ErrorKind>>,
    /// The `Last-Event-ID` of each connection, with its time.
    connects: Vec<(Option<String>, Instant)>,
    /// How often the prediction was read.
    reads: usize,
    /// What comes on a connection after its bytes.
    tail: Tail,
}

enum Connect {
    Bytes(Vec<Result<Bytes>>),
    Refused(Error),
    /// The host accepts, and sends nothing.
    Hangs,
}

#[derive(Clone, Copy, Default)]
enum Tail {
    #[default]
    End,
    Silence,
    /// An event of an unknown type, this often.
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
    fn connect(&self, last_event_id: Option<String>) -> BoxFuture<'static, Result<Connection>> {
        let mut inner = self.0.lock().unwrap();
        inner.connects.push((last_event_id, Instant::now()));
        let connection = inner.connections.pop_front();
        let tail = inner.tail.stream();
        Box::pin(async move {
            match connection.unwrap_or_else(|| Connect::Refused(broken())) {
                Connect::Bytes(chunks) => Ok(stream::iter(chunks).chain(tail).boxed()),
                Connect::Refused(error) => Err(error),
                Connect::Hangs => std::future::pending().await,
            }
        })
    }

    fn prediction(&self) -> BoxFuture<'static, Result<Arc<Prediction>>> {
        let mut inner = self.0.lock().unwrap();
        inner.reads += 1;
        let prediction = match inner.predictions.len() {
            0 => panic!("the prediction must not be read"),
            1 => inner.predictions[0].clone(),
            _ => inner.predictions.pop_front().unwrap(),
        };
        Box::pin(async move {
            let prediction = prediction.map_err(|kind| Error::new(kind, "no prediction"))?;
            Ok(prediction.into())
        })
    }

    fn knowledge(&self) -> Knowledge {
        Knowledge {
            created: Some(self.0.lock().unwrap().created),
            exists: true,
        }
    }

    fn pacing(&self) -> &Pacing {
        &self.1
    }
}

fn broken() -> Error {
    Error::new(ErrorKind::Connect, "connection reset")
}

fn prediction(status: &str, output: Value) -> Prediction {
    serde_json::from_value(json!({ "id": "p1", "status": status, "output": output })).unwrap()
}

fn succeeded(output: Value) -> Vec<Prediction> {
    vec![prediction("succeeded", output)]
}

/// A prediction that is still running at so many reads, and then has succeeded.
fn succeeds_after(reads: usize, partial: Value, output: Value) -> Vec<Prediction> {
    let mut predictions = vec![prediction("processing", partial); reads];
    predictions.push(prediction("succeeded", output));
    predictions
}

fn text(bytes: &str) -> Result<Bytes> {
    Ok(Bytes::copy_from_slice(bytes.as_bytes()))
}

fn output(id: u32, word: &str) -> String {
    format!("event: output\nid: {id}\ndata: {word}\n\n")
}

/// A connection that breaks after these bytes.
fn breaks_after(bytes: &str) -> Vec<Result<Bytes>> {
    vec![text(bytes), Err(broken())]
}

/// A connection with these events and `done`.
fn done_after(events: &str) -> Vec<Result<Bytes>> {
    vec![text(events), text(DONE)]
}

const DONE: &str = "event: done\nid: end\ndata: {}\n\n";

impl Scripted {
    fn new(connections: Vec<Vec<Result<Bytes>>>, predictions: Vec<Prediction>) -> Self {
        let inner = Inner {
            connections: connections.into_iter().map(Connect::Bytes).collect(),
            predictions: predictions.into_iter().map(Ok).collect(),
            created: Instant::now(),
            connects: Vec::new(),
            reads: 0,
            tail: Tail::default(),
        };
        Self(Arc::new(Mutex::new(inner)), Arc::default())
    }

    fn then(self, connection: Connect) -> Self {
        self.0.lock().unwrap().connections.push_back(connection);
        self
    }

    fn with_tail(self, tail: Tail) -> Self {
        self.0.lock().unwrap().tail = tail;
        self
    }

    fn stream(&self) -> ResumableStream<Self> {
        self.stream_with(RetryPolicy::default())
    }

    fn stream_with(&self, retries: RetryPolicy) -> ResumableStream<Self> {
        let created = prediction("starting", json!(null));
        let policy = PollPolicy::default();
        ResumableStream::new(self.clone(), created.into(), policy, false, retries, 1024)
    }

    /// The text of the outputs, and how the stream ended.
    async fn read(&self) -> (String, Result<Prediction>) {
        read(self.stream()).await
    }

    /// The text of a stream that ends with `succeeded`.
    async fn read_ok(&self) -> String {
        let (text, end) = self.read().await;
        assert_eq!(end.unwrap().status.as_str(), "succeeded");
        text
    }

    fn last_event_ids(&self) -> Vec<Option<String>> {
        let inner = self.0.lock().unwrap();
        inner.connects.iter().map(|(id, _)| id.clone()).collect()
    }

    /// How many connections were made, and how often the prediction was read.
    fn requests(&self) -> (usize, usize) {
        let inner = self.0.lock().unwrap();
        (inner.connects.len(), inner.reads)
    }

    fn delays(&self) -> Vec<u128> {
        let inner = self.0.lock().unwrap();
        let pairs = inner.connects.windows(2);
        pairs.map(|two| (two[1].1 - two[0].1).as_millis()).collect()
    }
}

async fn read(mut stream: ResumableStream<Scripted>) -> (String, Result<Prediction>) {
    let mut read = String::new();
    loop {
        match stream.next().await {
            Ok(Some(StreamEvent::Output(text))) => read.push_str(&text),
            Ok(Some(StreamEvent::Done(done))) => {
                assert!(matches!(stream.next().await, Ok(None)));
                return (read, Ok(done.into_prediction()));
            }
            Ok(Some(_)) => {}
            Ok(None) => panic!("the stream ended without `Done`"),
            Err(error) => return (read, Err(error)),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn done_carries_the_final_prediction_read_once_more() {
    let chunks = vec![text(&output(1, "a")), text(&output(2, "b")), text(DONE)];
    let mut last = prediction("succeeded", json!(["a", "b"]));
    last.metrics = serde_json::from_value(json!({ "predict_time": 1.5 })).unwrap();
    let source = Scripted::new(vec![chunks], vec![last.clone()]);
    let (read, end) = source.read().await;
    assert_eq!((read.as_str(), end.unwrap()), ("ab", last));
    assert_eq!(source.requests(), (1, 1));
}

#[tokio::test(start_paused = true)]
async fn the_final_state_is_awaited_when_done_comes_before_it() {
    let predictions = succeeds_after(1, json!(["a"]), json!(["a"]));
    let source = Scripted::new(vec![done_after(&output(1, "a"))], predictions);
    let began = Instant::now();
    assert_eq!(source.read_ok().await, "a");
    let took = began.elapsed().as_millis();
    assert_eq!((source.requests(), took), ((1, 2), 100));
}

#[tokio::test(start_paused = true)]
async fn output_that_a_clean_stream_left_out_is_delivered_at_done() {
    let connections = vec![done_after(&output(1, "a"))];
    let source = Scripted::new(connections, succeeded(json!(["a", "b", "c"])));
    assert_eq!(source.read_ok().await, "abc");
}

#[tokio::test(start_paused = true)]
async fn output_that_differs_after_one_clean_connection_is_success() {
    // A lone carriage return cannot be carried by SSE.
    let connections = vec![done_after(&output(1, "one\ndata: two"))];
    let source = Scripted::new(connections, succeeded(json!("one\rtwo")));
    assert_eq!(source.read_ok().await, "one\ntwo");
}

#[tokio::test(start_paused = true)]
async fn output_that_differs_after_an_unreadable_done_is_an_error_with_the_prediction() {
    for data in ["{\"reason\"", "{\"reason\": {}}", "{\"error\": \"x\"}", "7"] {
        let done = format!("event: done\ndata: {data}\n\n");
        let chunks = vec![text(&output(1, "a")), text(&done)];
        let source = Scripted::new(vec![chunks], succeeded(json!("other")));
        let error = source.read().await.1.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Stream, "{data}");
        assert_eq!(error.prediction().unwrap().output, Some(json!("other")));
    }
}

#[tokio::test(start_paused = true)]
async fn the_prediction_decides_how_a_stream_ends() {
    for data in [
        "{}",
        r#"{"reason": "error"}"#,
        r#"{"reason": "new"}"#,
        "{",
        "",
    ] {
        for (status, kind) in [
            ("failed", Some(ErrorKind::Failed)),
            ("aborted", Some(ErrorKind::Aborted)),
            ("canceled", None),
        ] {
            let bytes = format!("{}event: done\ndata: {data}\n\n", output(1, "a"));
            let last = vec![prediction(status, json!(null))];
            let source = Scripted::new(vec![vec![text(&bytes)]], last);
            let (read, end) = source.read().await;
            let ended = end.as_ref().err().map(Error::kind);
            assert_eq!((read.as_str(), ended), ("a", kind), "{data}");
            let prediction = end.unwrap_or_else(|error| error.into_prediction().unwrap());
            assert_eq!(prediction.status.as_str(), status);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_event_is_the_reason_where_the_prediction_has_none() {
    let bytes = "event: error\nid: 2\ndata: {\"detail\": \"no memory\"}\n\n";
    let mut failed = prediction("failed", json!(null));
    for (own, expected) in [(None, "no memory"), (Some("own reason"), "own reason")] {
        failed.error = own.map(Into::into);
        let predictions = vec![prediction("processing", json!(null)), failed.clone()];
        let chunks = vec![text(&output(1, "a")), text(bytes)];
        let source = Scripted::new(vec![chunks], predictions);
        let error = source.read().await.1.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Failed);
        assert!(error.to_string().contains(expected), "{error}");
        assert_eq!(error.prediction().unwrap(), &failed);
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_event_of_a_prediction_that_succeeds_loses_nothing() {
    let chunks = vec![text(&output(1, "a")), text("event: error\ndata: lost\n\n")];
    let source = Scripted::new(vec![chunks], succeeded(json!("ab")));
    assert_eq!(source.read_ok().await, "ab");
}

#[tokio::test(start_paused = true)]
async fn events_carry_their_own_id_and_retry() {
    let bytes = format!(
        "retry: 700\n{}event: logs\ndata: l\n\n{DONE}",
        output(1, "a")
    );
    let source = Scripted::new(vec![vec![text(&bytes)]], succeeded(json!("ab")));
    let mut stream = source.stream();
    let mut seen = Vec::new();
    while let Some(event) = stream.next().await.unwrap() {
        let retry = event.retry().map(|retry| retry.as_millis());
        seen.push((event.to_string(), event.id().map(str::to_owned), retry));
    }
    let id = |id: &str| Some(id.to_owned());
    let expected = [
        ("a".to_owned(), id("1"), Some(700)),
        (String::new(), None, None),
        ("b".to_owned(), None, None),
        (String::new(), id("end"), None),
    ];
    assert_eq!(seen, expected);
}

#[tokio::test(start_paused = true)]
async fn a_clean_end_without_done_is_not_success_until_the_prediction_says_so() {
    let connections = vec![vec![text(&output(1, "a"))], vec![text(&output(2, "b"))]];
    let predictions = succeeds_after(1, json!(["a"]), json!(["a", "b", "c"]));
    let source = Scripted::new(connections, predictions);
    assert_eq!(source.read_ok().await, "abc");
    assert_eq!(source.requests(), (2, 2));
}

#[tokio::test(start_paused = true)]
async fn output_that_was_deleted_meanwhile_is_expired() {
    let mut gone = prediction("succeeded", json!(null));
    gone.data_removed = Some(true);
    let source = Scripted::new(vec![vec![text(": nothing\n\n")]], vec![gone]);
    let error = source.read().await.1.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Expired);
    assert!(error.prediction().is_some());
}

#[tokio::test(start_paused = true)]
async fn an_event_over_the_limit_is_an_error_with_the_prediction() {
    let large = format!("data: {}\n\n", "x".repeat(2_000));
    let running = prediction("processing", json!(null));
    let source = Scripted::new(vec![vec![text(&large)]], vec![running]);
    let error = source.read().await.1.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    assert!(error.prediction().is_some());
}
