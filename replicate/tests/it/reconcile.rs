//! Looking for the prediction of a create whose outcome is unknown.

use chrono::{DateTime, TimeDelta, Utc};
use replicate::resources::Reconciled;
use replicate::{Client, Error, ErrorKind, RetryPolicy};
use replicate_emulator::{Emulator, Fault};
use replicate_test_support::{Listener, Script};
use serde_json::{Value, json};

use crate::programs::count;
use crate::support::{VERSION, assert_error, json_reply, lost, serve, text_run};

const CREATE: &str = "models.predictions.create";
const PROMPT: &str = "the one";

/// An emulator with a fault of its creates, and a client that retries nothing.
async fn failing(fault: Fault) -> (Emulator, Client) {
    let emulator = Emulator::start().await.unwrap();
    emulator.inject_fault(fault.on(CREATE)).unwrap();
    let builder = crate::support::builder(emulator.url());
    let client = builder.retry_policy(RetryPolicy::never()).build().unwrap();
    (emulator, client)
}

/// The error of a create that fails.
async fn error_of_a_run(client: &Client) -> Error {
    let run = text_run(client, PROMPT).prediction();
    run.await.unwrap_err()
}

async fn reconcile(client: &Client, error: &Error) -> Reconciled {
    client.predictions().reconcile(error).await.unwrap()
}

fn ids(found: Reconciled) -> Vec<String> {
    found.matching.into_iter().map(|found| found.id).collect()
}

#[tokio::test]
async fn a_create_whose_response_was_lost_is_found_and_not_repeated() {
    let lost = Fault::drop_connection().after_handling();
    let (emulator, client) = failing(lost.skip(2).times(1)).await;
    for prompt in ["another", "yet another"] {
        text_run(&client, prompt).await.unwrap();
    }
    let error = error_of_a_run(&client).await;
    assert_error(&error, ErrorKind::OutcomeUnknown, "");
    assert!(error.sent_at().unwrap() <= Utc::now());

    let found = reconcile(&client, &error).await;
    let [prediction] = found.matching.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(prediction.input["prompt"], PROMPT);
    let ended = client.wait(prediction).await.unwrap();
    let text = client.output(&ended).unwrap().text().unwrap();
    assert!(text.starts_with(PROMPT), "{text}");
    assert_eq!(count(&emulator, CREATE), 3, "none by the search");
}

#[tokio::test]
async fn a_create_that_never_arrived_is_not_found() {
    let never_arrives = Fault::drop_connection().skip(1).times(1);
    let (_emulator, client) = failing(never_arrives).await;
    text_run(&client, "another").await.unwrap();
    let error = error_of_a_run(&client).await;
    assert_error(&error, ErrorKind::OutcomeUnknown, "");
    let found = reconcile(&client, &error).await;
    assert!(found.matching.is_empty() && found.possible.is_empty());
}

#[tokio::test]
async fn only_the_id_that_a_broken_response_shows_is_looked_up() {
    let (emulator, client) = failing(Fault::cut_body(100).times(1)).await;
    let error = error_of_a_run(&client).await;
    let found = ids(reconcile(&client, &error).await);
    assert_eq!(found, [error.created_id().unwrap()]);
    let requests = emulator.requests();
    let last = requests.last().unwrap();
    assert_eq!(last.operation, Some("predictions.get"), "{requests:?}");
}

#[tokio::test]
async fn the_prediction_of_another_create_is_not_found_again() {
    let lost = Fault::drop_connection().after_handling();
    let (_emulator, client) = failing(lost.skip(1).times(2)).await;
    let confirmed = text_run(&client, PROMPT).prediction().await.unwrap().id;
    let first = error_of_a_run(&client).await;
    for _ in 0..2 {
        let found = ids(reconcile(&client, &first).await);
        assert_eq!(found.len(), 1, "the same create, as often as asked");
        assert_ne!(found[0], confirmed);
    }
    let second = error_of_a_run(&client).await;
    let one = ids(reconcile(&client, &first).await);
    let other = ids(reconcile(&client, &second).await);
    assert_eq!(other.len(), 1);
    assert!(!other.contains(&one[0]) || one.len() == 2);
}

#[tokio::test]
async fn two_candidates_are_both_reported() {
    let lost = Fault::drop_connection().after_handling();
    let (_emulator, client) = failing(lost.times(2)).await;
    let errors = [error_of_a_run(&client).await, error_of_a_run(&client).await];
    for error in &errors {
        assert_eq!(reconcile(&client, error).await.matching.len(), 2);
    }
}

#[tokio::test]
async fn an_error_without_a_create_to_find_is_refused_without_a_request() {
    let (emulator, client) = failing(Fault::status(422).times(1)).await;
    let refused = error_of_a_run(&client).await;
    let other = client.predictions().get("none").await.unwrap_err();
    let asked = emulator.requests().len();
    for error in [refused, other] {
        let error = client.predictions().reconcile(&error).await.unwrap_err();
        assert_error(&error, ErrorKind::InvalidRequest, "nothing to look for");
    }
    assert_eq!(emulator.requests().len(), asked);
}

/// A page of predictions by this server's clock, one for each of these distances from now.
fn page(clock: DateTime<Utc>, seconds: &[i64], cursor: Option<usize>) -> Script {
    let prediction = |seconds: &i64| {
        let created = clock + TimeDelta::seconds(*seconds);
        json!({
            "id": format!("p{seconds}"), "status": "starting", "version": "1a2b3c4d",
            "input": { "prompt": PROMPT }, "created_at": created.to_rfc3339(),
        })
    };
    let results: Vec<Value> = seconds.iter().map(prediction).collect();
    let next = |cursor| format!("https://elsewhere.invalid/predictions?cursor={cursor}");
    let reply = json_reply(
        200,
        &json!({ "results": results, "next": cursor.map(next) }),
    );
    let date = clock.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    Script::reply(reply.header("date", &date))
}

/// The search for a create that was lost, in these pages.
async fn search(
    pages: impl IntoIterator<Item = Script>,
) -> (replicate::Result<Reconciled>, Listener) {
    let (listener, client) = serve(std::iter::once(lost()).chain(pages));
    let run = client.run(VERSION).input(json!({ "prompt": PROMPT }));
    let error = run.await.unwrap_err();
    (client.predictions().reconcile(&error).await, listener)
}

/// What is found in these pages, and how many of them were read.
async fn found(pages: impl IntoIterator<Item = Script>) -> (Vec<String>, usize) {
    let (found, listener) = search(pages).await;
    (ids(found.unwrap()), listener.received().len() - 1)
}

#[tokio::test]
async fn the_servers_clock_counts_and_the_nearest_comes_first() {
    for skew in [TimeDelta::hours(-5), TimeDelta::zero(), TimeDelta::days(2)] {
        let clock = Utc::now() + skew;
        let (found, _) = found([page(clock, &[300, 8, 1, -60], None)]).await;
        assert_eq!(found, ["p1", "p8", "p300"], "{skew}");
    }
}

#[tokio::test]
async fn pages_are_read_until_the_create_was_sent_and_no_further() {
    let clock = Utc::now();
    let (found, pages) = found([
        page(clock, &[9, 8], Some(1)),
        page(clock, &[7, -60], Some(2)),
        page(clock, &[6], None),
    ])
    .await;
    assert_eq!(found, ["p7", "p8", "p9"]);
    assert_eq!(pages, 2);
}

#[tokio::test]
async fn pages_in_a_cycle_end_the_search() {
    let clock = Utc::now();
    let pages = (0..3).map(|_| page(clock, &[5], Some(1)));
    assert_eq!(found(pages).await.1, 2);
}

#[tokio::test]
async fn an_empty_page_does_not_end_the_search_and_endless_ones_do() {
    let clock = Utc::now();
    let pages = [page(clock, &[], Some(1)), page(clock, &[5], None)];
    assert_eq!(found(pages).await, (vec!["p5".to_owned()], 2));

    let endless = (0..200).map(|number| page(clock, &[], Some(number)));
    let (ended, listener) = search(endless).await;
    assert_error(&ended.unwrap_err(), ErrorKind::Other, "10 pages");
    assert_eq!(listener.received().len(), 11);
}

#[tokio::test]
async fn a_page_without_its_list_is_not_an_empty_one() {
    let page = Script::reply(json_reply(200, &json!({ "next": null })));
    let (ended, _) = search([page]).await;
    assert_error(&ended.unwrap_err(), ErrorKind::Decode, "");
}
