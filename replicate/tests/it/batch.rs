//! Batches: each input is created once, and no result is lost.

use std::path::{Path, PathBuf};
use std::time::Duration;

use replicate::batch::BatchOutcome::{self, Expired, Failed, NotCreated, Succeeded, Unknown};
use replicate::batch::{BatchItem, StopReason};
use replicate::{
    Batch, BatchStream, CancellationToken, Client, ErrorKind, PollPolicy, RetryPolicy,
};
use replicate_emulator::{Emulator, Fault, Model, RateLimit};
use serde::Serialize;
use serde_json::{Value, json};

use crate::programs::{count, eventually};
use crate::support::{HOUR, assert_error, builder};

mod resume;

const CREATE: &str = "models.predictions.create";

/// Returns its text; `fail` fails, and `wait` takes an hour.
pub(crate) fn echo() -> Model {
    let model = Model::new("acme/echo").official(true);
    model.run(|input, context| async move {
        match input["text"].as_str() {
            Some("wait") => context.sleep(HOUR).await,
            Some("fail") => return Err("as the input says".into()),
            _ => {}
        }
        Ok(input["text"].clone())
    })
}

/// An emulator, and a place for a journal.
struct Setup {
    emulator: Emulator,
    directory: tempfile::TempDir,
}

impl Setup {
    async fn new() -> Self {
        Self {
            emulator: Emulator::builder().model(echo()).start().await.unwrap(),
            directory: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("journal.jsonl")
    }

    fn client(&self) -> Client {
        let retries = RetryPolicy::default();
        let builder = builder(self.emulator.url()).retry_policy(retries);
        builder.token("r8_SENTINEL").build().unwrap()
    }

    /// A batch with a client of its own, as in a new process.
    fn batch(&self) -> Batch {
        let batch = self.client().batch("acme/echo").journal(self.path());
        batch.poll_policy(PollPolicy::fixed(Duration::from_millis(10)))
    }

    fn creates(&self) -> usize {
        count(&self.emulator, CREATE)
    }

    /// Checks how many creates were sent, and how many of them made a prediction.
    #[track_caller]
    fn assert_creates(&self, sent: usize, made: usize) {
        let found = (self.creates(), self.emulator.predictions().len());
        assert_eq!(found, (sent, made), "creates sent, predictions made");
    }

    fn inject(&self, fault: Fault) {
        self.emulator.inject_fault(fault.on(CREATE)).unwrap();
    }
}

/// Starts a batch, and acknowledges all its results.
async fn run<T: Serialize>(batch: Batch, inputs: impl IntoIterator<Item = T>) -> Vec<BatchItem> {
    finish(&mut batch.start(inputs).await.unwrap()).await
}

/// Resumes a batch, and acknowledges all its results.
async fn resume<T: Serialize>(batch: Batch, inputs: impl IntoIterator<Item = T>) -> Vec<BatchItem> {
    finish(&mut batch.resume(inputs).await.unwrap()).await
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<Value> {
    texts.map(|text| json!({ "text": text })).into()
}

fn numbers(count: usize) -> impl Iterator<Item = Value> {
    (0..count).map(|number| json!({ "text": format!("number {number}") }))
}

/// Takes all results, acknowledges them, and returns them by index.
async fn finish(results: &mut BatchStream) -> Vec<BatchItem> {
    let mut items = Vec::new();
    let taking = async {
        while let Some(item) = results.next().await {
            item.acknowledge().await.unwrap();
            items.push(item);
        }
    };
    let taken = tokio::time::timeout(Duration::from_secs(60), taking).await;
    taken.expect("the batch ends in time");
    items.sort_by_key(BatchItem::index);
    items
}

fn outcomes(items: &[BatchItem]) -> Vec<(usize, BatchOutcome)> {
    let outcomes = items.iter().map(|item| (item.index(), item.outcome()));
    outcomes.collect()
}

fn all_succeeded(items: &[BatchItem]) -> bool {
    let mut outcomes = items.iter().map(BatchItem::outcome);
    outcomes.all(|outcome| outcome == Succeeded)
}

fn text(item: &BatchItem) -> String {
    item.result().unwrap().text().unwrap()
}

#[tokio::test]
async fn every_input_has_a_result_under_its_index() {
    let setup = Setup::new().await;
    let mut results = setup.batch().start(numbers(30)).await.unwrap();
    assert_eq!(results.creates_left(), 30);
    assert_eq!(setup.creates(), 0);
    let items = finish(&mut results).await;
    for (index, item) in items.iter().enumerate() {
        assert_eq!(text(item), format!("number {index}"));
        let sent = &setup.emulator.predictions();
        assert!(sent.iter().any(|one| Some(one.id.as_str()) == item.id()));
    }
    let progress = results.progress();
    assert!(progress.is_complete(), "{progress:?}");
    assert_eq!((items.len(), setup.creates()), (30, 30));
    assert_eq!(results.stop_reason(), None);
}

#[tokio::test]
async fn no_more_predictions_run_at_a_time_than_the_concurrency() {
    let setup = Setup::new().await;
    let batch = setup.batch().concurrency(3);
    let mut results = batch.start(texts(["wait"; 7])).await.unwrap();
    let none = tokio::time::timeout(Duration::from_millis(300), results.next()).await;
    assert!(none.is_err());
    setup.assert_creates(3, 3);
    let progress = results.progress();
    assert_eq!((progress.running, progress.waiting), (3, 4));
}

#[tokio::test]
async fn failed_prediction_is_delivered_with_its_error_and_is_final() {
    let setup = Setup::new().await;
    let inputs = texts(["a", "fail", "b"]);
    let items = run(setup.batch(), &inputs).await;
    assert_error(items[1].result().unwrap_err(), ErrorKind::Failed, "");
    assert_eq!(items[1].prediction().unwrap().id, items[1].id().unwrap());
    assert_eq!(items[1].outcome(), Failed);
    drop(items);

    let mut results = setup.batch().resume(&inputs).await.unwrap();
    assert!(results.next().await.is_none());
    assert_eq!(results.progress().failed, 1);
    assert_eq!(setup.creates(), 3);
}

#[tokio::test]
async fn create_whose_response_was_lost_is_found_and_not_sent_again() {
    let setup = Setup::new().await;
    setup.inject(Fault::drop_connection().after_handling().times(2));
    let items = run(setup.batch(), numbers(5)).await;
    let expected = (0..5).map(|number| format!("number {number}"));
    assert!(items.iter().map(text).eq(expected), "{items:?}");
    setup.assert_creates(5, 5);
}

#[tokio::test]
async fn create_that_is_not_found_is_reported_and_not_sent_again() {
    let setup = Setup::new().await;
    setup.inject(Fault::status(502).times(1));
    let items = run(setup.batch().concurrency(1), numbers(2)).await;
    assert_eq!(outcomes(&items), [(0, Unknown), (1, Succeeded)]);
    let error = items[0].result().unwrap_err();
    assert!(error.unconfirmed_create().is_some());
    for says in ["no prediction matches it", "it is not retried", "502"] {
        assert_error(error, ErrorKind::OutcomeUnknown, says);
    }
    assert_eq!(setup.creates(), 2);
}

#[tokio::test]
async fn prediction_of_an_identical_input_is_not_taken_for_the_one_that_is_looked_for() {
    let setup = Setup::new().await;
    // Neither response arrives, and one create makes nothing: they cannot be distinguished.
    setup.inject(Fault::status(502).times(1));
    setup.inject(Fault::drop_connection().after_handling().skip(1).times(1));
    let items = run(setup.batch(), texts(["same"; 4])).await;
    let mut ids: Vec<&str> = items.iter().filter_map(BatchItem::id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    let is_unknown = |item: &&BatchItem| item.outcome() == Unknown;
    assert_eq!(items.iter().filter(is_unknown).count(), 1);
    setup.assert_creates(4, 3);
}

#[tokio::test]
async fn search_waits_for_the_responses_to_identical_inputs() {
    let setup = Setup::new().await;
    // The first create makes nothing; the response to the second is late.
    setup.inject(Fault::status(502).times(1));
    let late = Fault::latency(Duration::from_millis(500)).after_handling();
    setup.inject(late.skip(1).times(1));
    let items = run(setup.batch().concurrency(2), texts(["same"; 2])).await;
    // The only match is the result of the other.
    let found = items.iter().filter_map(BatchItem::id);
    assert_eq!(found.count(), 1, "{items:?}");
    setup.assert_creates(2, 1);
}

#[tokio::test]
async fn queued_create_outlives_the_queue_time_of_other_calls() {
    let setup = Setup::new().await;
    setup.inject(Fault::rate_limit(1).times(2));
    let policy = RetryPolicy::default().with_max_queue_time(Duration::from_millis(1));
    let builder = builder(setup.emulator.url()).retry_policy(policy);
    let client = builder.build().unwrap();
    let impatient = PollPolicy::default().with_max_outage(Duration::from_millis(1));
    let batch = client.batch("acme/echo").poll_policy(impatient);
    let items = run(batch, numbers(1)).await;
    assert_eq!(text(&items[0]), "number 0");
    assert_eq!(setup.creates(), 3);
}

#[tokio::test]
async fn rate_limit_is_waited_for_and_fails_nothing() {
    let setup = Setup::new().await;
    setup.emulator.set_rate_limit(RateLimit::new(5, 50.0));
    let items = run(setup.batch().concurrency(50), numbers(100)).await;
    assert!(all_succeeded(&items) && items.len() == 100);
    assert_eq!(setup.emulator.predictions().len(), 100);
}

#[tokio::test]
async fn payment_required_stops_the_batch() {
    let setup = Setup::new().await;
    setup.inject(Fault::status(402).skip(2));
    let batch = setup.batch().concurrency(1);
    let mut results = batch.start(numbers(10)).await.unwrap();
    let items = finish(&mut results).await;
    let expected = [(0, Succeeded), (1, Succeeded), (2, NotCreated)];
    assert_eq!(outcomes(&items), expected);
    let reason = StopReason::Error(ErrorKind::PaymentRequired);
    assert_eq!(results.stop_reason(), Some(reason));
    assert_eq!((setup.creates(), results.progress().waiting), (3, 7));
    drop((results, items));

    setup.emulator.clear_faults();
    let items = resume(setup.batch(), numbers(10)).await;
    assert_eq!(items.len(), 8);
    assert_eq!(setup.emulator.predictions().len(), 10);
}

#[tokio::test]
async fn invalid_input_fails_alone() {
    let setup = Setup::new().await;
    setup.inject(Fault::status(422).skip(1).times(1));
    let batch = setup.batch().concurrency(1);
    let mut results = batch.start(numbers(3)).await.unwrap();
    let items = finish(&mut results).await;
    assert_eq!(items[1].outcome(), NotCreated);
    let error = items[1].result().unwrap_err();
    assert_error(error, ErrorKind::InvalidRequest, "");
    assert_eq!(results.stop_reason(), None);
    assert_eq!(results.progress().succeeded, 2);
}

#[tokio::test]
async fn batch_stops_after_the_failures_that_it_may_have() {
    let setup = Setup::new().await;
    let batch = setup.batch().concurrency(1).max_failures(2);
    let inputs = texts(["fail", "a", "fail", "b", "fail"]);
    let mut results = batch.start(inputs).await.unwrap();
    assert_eq!(finish(&mut results).await.len(), 3);
    assert_eq!(results.stop_reason(), Some(StopReason::MaxFailures));
    assert_eq!(results.progress().waiting, 2);
}

#[tokio::test]
async fn batch_creates_at_most_max_predictions_at_a_time() {
    let setup = Setup::new().await;
    for (creates, done, left) in [(4, 4, 6), (4, 8, 2), (2, 10, 0)] {
        let batch = setup.batch().max_predictions(4);
        let mut results = batch.resume(numbers(10)).await.unwrap();
        assert_eq!(results.creates_left(), creates);
        finish(&mut results).await;
        assert_eq!(setup.creates(), done);
        let reason = (left > 0).then_some(StopReason::MaxPredictions);
        assert_eq!(results.stop_reason(), reason);
    }
}

#[tokio::test]
async fn canceled_batch_creates_no_more_and_delivers_what_is_running() {
    let setup = Setup::new().await;
    let token = CancellationToken::new();
    let batch = setup.batch().concurrency(2);
    let batch = batch.cancellation_token(token.clone());
    let mut results = batch.start(texts(["wait"; 5])).await.unwrap();
    let canceling = async {
        let all_run = || setup.emulator.predictions().len() == 2;
        eventually("two predictions", all_run).await;
        token.cancel();
        setup.emulator.advance(HOUR);
    };
    let (items, ()) = tokio::join!(finish(&mut results), canceling);
    assert_eq!(items.len(), 2);
    assert!(items.iter().all(|item| text(item) == "wait"));
    assert_eq!(results.stop_reason(), Some(StopReason::Canceled));
    assert_eq!((results.progress().waiting, setup.creates()), (3, 2));
}

#[tokio::test]
async fn create_in_the_queue_of_a_rate_limit_is_not_sent_after_the_cancel() {
    let setup = Setup::new().await;
    setup.inject(Fault::rate_limit(3600));
    let token = CancellationToken::new();
    let batch = setup.batch().cancellation_token(token.clone());
    let mut results = batch.start(numbers(3)).await.unwrap();
    let canceling = async {
        eventually("three creates", || setup.creates() == 3).await;
        token.cancel();
    };
    let (items, ()) = tokio::join!(finish(&mut results), canceling);
    assert!(items.is_empty(), "{items:?}");
    assert_eq!(results.progress().waiting, 3);
    drop(results);

    // Each was rejected for certain, so that all are created now.
    setup.emulator.clear_faults();
    let items = resume(setup.batch(), numbers(3)).await;
    assert_eq!(items.len(), 3);
    assert_eq!(setup.emulator.predictions().len(), 3);
}

#[tokio::test]
async fn create_that_made_nothing_is_tried_again_after_an_outage() {
    let setup = Setup::new().await;
    // The reads of the model fail, more often than a read is retried.
    let unread = Fault::status(503).on("models.get").times(4);
    setup.emulator.inject_fault(unread).unwrap();
    let items = run(setup.batch(), numbers(2)).await;
    assert!(all_succeeded(&items), "{items:?}");
    setup.assert_creates(2, 2);
}

#[tokio::test]
async fn shards_take_every_input_once() {
    let setup = Setup::new().await;
    let mut indexes = Vec::new();
    for number in 1..=3 {
        let journal = setup.directory.path().join(format!("{number}.jsonl"));
        let batch = setup.batch().shard(number, 3).journal(journal);
        let mut results = batch.start(numbers(10)).await.unwrap();
        let items = finish(&mut results).await;
        assert_eq!(results.progress().total, items.len());
        indexes.extend(items.iter().map(BatchItem::index));
    }
    indexes.sort_unstable();
    assert_eq!(indexes, (0..10).collect::<Vec<_>>());
    for (number, count) in [(0, 3), (4, 3), (1, 0)] {
        let refused = setup.batch().shard(number, count).start(numbers(3)).await;
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidRequest);
    }
}

#[tokio::test]
async fn input_that_is_not_an_object_is_refused_by_its_number() {
    let setup = Setup::new().await;
    let inputs = [json!({}), json!("text")];
    let error = setup.batch().start(inputs).await.unwrap_err();
    assert_error(&error, ErrorKind::InvalidRequest, "input 2: invalid input");
    assert!(!setup.path().exists());
}

#[tokio::test]
async fn batch_without_a_journal_leaves_no_file() {
    let setup = Setup::new().await;
    let items = run(setup.client().batch("acme/echo"), numbers(3)).await;
    assert_eq!(items.len(), 3);
    let mut files = std::fs::read_dir(setup.directory.path()).unwrap();
    assert!(files.next().is_none());
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[tokio::test]
async fn batch_of_which_nothing_was_created_can_be_started_again() {
    let setup = Setup::new().await;
    drop(setup.batch().start(numbers(3)).await.unwrap());
    assert_eq!(read(&setup.path()), "");
    assert_eq!(run(setup.batch(), numbers(2)).await.len(), 2);
}

#[tokio::test]
async fn batch_runs_in_a_task_of_its_own_and_its_items_in_others() {
    let setup = Setup::new().await;
    let batch = setup.batch();
    let task = tokio::spawn(async move {
        let mut results = batch.start(numbers(3)).await.unwrap();
        let mut storing = tokio::task::JoinSet::new();
        while let Some(item) = results.next().await {
            storing.spawn(async move { item.acknowledge().await.unwrap() });
        }
        // What is stored after the stream has ended is journaled all the same.
        drop(results);
        storing.join_all().await.len()
    });
    assert_eq!(task.await.unwrap(), 3);
    let mut results = setup.batch().resume(numbers(3)).await.unwrap();
    assert!(results.next().await.is_none());
}
