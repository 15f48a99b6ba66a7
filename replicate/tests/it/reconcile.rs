//! Looking for the prediction of a create whose outcome is unknown.

use chrono::{DateTime, TimeDelta, Utc};
use replicate::{Client, Error, ErrorKind, RetryPolicy};
use replicate_emulator::{Emulator, Fault};
use replicate_test_support::{Listener, Reply, Script};
use serde_json::{Value, json};

const CREATE: &str = "models.predictions.create";

fn client(url: &str) -> Client {
    let builder = Client::builder().token("r8_test").base_url(url);
    builder.retry_policy(RetryPolicy::never()).build().unwrap()
}

async fn emulator() -> (Emulator, Client) {
    let emulator = Emulator::start().await.unwrap();
    let client = client(emulator.url());
    (emulator, client)
}

async fn error_of_a_run(client: &Client, prompt: &str) -> Error {
    let run = client
        .run("emulator/text")
        .input(json!({ "prompt": prompt }));
    run.prediction().await.unwrap_err()
}

fn creates(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    requests
        .iter()
        .filter(|request| request.operation == Some(CREATE))
        .count()
}

#[tokio::test]
async fn a_create_whose_response_was_lost_is_found_and_not_repeated() {
    let (emulator, client) = emulator().await;
    for prompt in ["another", "yet another"] {
        let run = client
            .run("emulator/text")
            .input(json!({ "prompt": prompt }));
        run.await.unwrap();
    }
    emulator
        .inject_fault(
            Fault::drop_connection()
                .on(CREATE)
                .after_handling()
                .times(1),
        )
        .unwrap();
    let error = error_of_a_run(&client, "the one").await;
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    assert!(error.sent_at().unwrap() <= Utc::now());

    let found = client.predictions().reconcile(&error).await.unwrap();
    let [prediction] = found.matching.as_slice() else {
        panic!("{found:?}");
    };
    assert_eq!(prediction.input["prompt"], "the one");
    let ended = client.wait(prediction).await.unwrap();
    let text = client.output(&ended).unwrap().text().unwrap();
    assert!(text.starts_with("the one"), "{text}");
    assert_eq!(creates(&emulator), 3, "none by the search");
}

#[tokio::test]
async fn a_create_that_never_arrived_is_not_found() {
    let (emulator, client) = emulator().await;
    client
        .run("emulator/text")
        .input(json!({ "prompt": "another" }))
        .await
        .unwrap();
    emulator
        .inject_fault(Fault::drop_connection().on(CREATE).times(1))
        .unwrap();
    let error = error_of_a_run(&client, "the one").await;
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown);
    let found = client.predictions().reconcile(&error).await.unwrap();
    assert!(found.matching.is_empty() && found.possible.is_empty());
}

#[tokio::test]
async fn only_the_id_that_a_broken_response_shows_is_looked_up() {
    let (emulator, client) = emulator().await;
    emulator
        .inject_fault(Fault::cut_body(100).on(CREATE).times(1))
        .unwrap();
    let error = error_of_a_run(&client, "the one").await;
    let id = error.created_id().unwrap().to_owned();
    let found = client.predictions().reconcile(&error).await.unwrap();
    assert_eq!(found.matching.len(), 1);
    assert_eq!(found.matching[0].id, id);
    let requests = emulator.requests();
    let last = requests.last().unwrap();
    assert_eq!(last.operation, Some("predictions.get"), "{requests:?}");
}

#[tokio::test]
async fn the_prediction_of_another_create_is_not_found_again() {
    let (emulator, client) = emulator().await;
    let run = client
        .run("emulator/text")
        .input(json!({ "prompt": "the one" }));
    let confirmed = run.prediction().await.unwrap().id;
    let lost = || {
        Fault::drop_connection()
            .on(CREATE)
            .after_handling()
            .times(1)
    };
    emulator.inject_fault(lost()).unwrap();
    let first = error_of_a_run(&client, "the one").await;
    for _ in 0..2 {
        let found = client.predictions().reconcile(&first).await.unwrap();
        assert_eq!(
            found.matching.len(),
            1,
            "the same create, as often as asked"
        );
        assert_ne!(found.matching[0].id, confirmed);
    }
    emulator.inject_fault(lost()).unwrap();
    let second = error_of_a_run(&client, "the one").await;
    let one = client.predictions().reconcile(&first).await.unwrap();
    let other = client.predictions().reconcile(&second).await.unwrap();
    let ids = |found: &replicate::resources::Reconciled| -> Vec<String> {
        found.matching.iter().map(|p| p.id.clone()).collect()
    };
    assert_eq!(ids(&other).len(), 1);
    assert!(!ids(&other).contains(&ids(&one)[0]) || ids(&one).len() == 2);
}

#[tokio::test]
async fn two_candidates_are_both_reported() {
    let (emulator, client) = emulator().await;
    let lost = Fault::drop_connection().on(CREATE).after_handling();
    emulator.inject_fault(lost.times(2)).unwrap();
    let errors = [
        error_of_a_run(&client, "the one").await,
        error_of_a_run(&client, "the one").await,
    ];
    for error in &errors {
        let found = client.predictions().reconcile(error).await.unwrap();
        assert_eq!(found.matching.len(), 2);
    }
}

#[tokio::test]
async fn a_stored_create_is_found_by_another_client() {
    let (emulator, client) = emulator().await;
    let lost = Fault::drop_connection().on(CREATE).after_handling();
    emulator.inject_fault(lost.times(1)).unwrap();
    let error = error_of_a_run(&client, "the one").await;
    let stored = serde_json::to_string(error.unconfirmed_create().unwrap()).unwrap();
    assert!(!stored.contains("the one"), "{stored}");
    let create: replicate::UnconfirmedCreate = serde_json::from_str(&stored).unwrap();
    let other = self::client(emulator.url());
    let found = other.predictions().reconcile(&create).await.unwrap();
    assert_eq!(found.matching.len(), 1);
}

#[tokio::test]
async fn a_page_without_its_list_is_not_an_empty_one() {
    let lost = Script::new().read_request().reset();
    let page = Script::reply(Reply::json(200, r#"{"next": null}"#));
    let listener = Listener::start([lost, page]).unwrap();
    let client = client(&listener.url());
    let error = client.run("acme/app:1a2b3c4d").await.unwrap_err();
    let error = client.predictions().reconcile(&error).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode, "{error}");
}

#[tokio::test]
async fn an_error_without_a_create_to_find_is_refused_without_a_request() {
    let (emulator, client) = emulator().await;
    emulator
        .inject_fault(Fault::status(422).on(CREATE).times(1))
        .unwrap();
    let refused = error_of_a_run(&client, "the one").await;
    let other = client.predictions().get("none").await.unwrap_err();
    let asked = emulator.requests().len();
    for error in [refused, other] {
        let error = client.predictions().reconcile(&error).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert!(error.to_string().contains("nothing to look for"), "{error}");
    }
    assert_eq!(emulator.requests().len(), asked);
}

/// A page of predictions by this server's clock, one for each of these distances from now.
fn page(clock: DateTime<Utc>, seconds: &[i64], next: Option<&str>) -> Script {
    let prediction = |seconds: &i64| {
        let created = clock + TimeDelta::seconds(*seconds);
        json!({
            "id": format!("p{seconds}"), "status": "starting", "version": "1a2b3c4d",
            "input": { "prompt": "the one" }, "created_at": created.to_rfc3339(),
        })
    };
    let results: Vec<Value> = seconds.iter().map(prediction).collect();
    let reply = Reply::json(200, json!({ "results": results, "next": next }).to_string());
    let date = clock.format("%a, %d %b %Y %H:%M:%S GMT").to_string();
    Script::reply(reply.header("date", &date).header("connection", "close"))
}

async fn found(scripts: Vec<Script>) -> (Vec<String>, usize) {
    let lost = Script::new().read_request().reset();
    let listener = Listener::start(std::iter::once(lost).chain(scripts)).unwrap();
    let client = client(&listener.url());
    let run = client
        .run("acme/app:1a2b3c4d")
        .input(json!({ "prompt": "the one" }));
    let error = run.await.unwrap_err();
    let found = client.predictions().reconcile(&error).await.unwrap();
    let pages = listener.received().len() - 1;
    (
        found
            .matching
            .into_iter()
            .map(|prediction| prediction.id)
            .collect(),
        pages,
    )
}

#[tokio::test]
async fn the_servers_clock_counts_and_the_nearest_comes_first() {
    for skew in [TimeDelta::hours(-5), TimeDelta::zero(), TimeDelta::days(2)] {
        let clock = Utc::now() + skew;
        let (found, _) = found(vec![page(clock, &[300, 8, 1, -60], None)]).await;
        assert_eq!(found, ["p1", "p8", "p300"], "{skew}");
    }
}

#[tokio::test]
async fn pages_are_read_until_the_create_was_sent_and_no_further() {
    let clock = Utc::now();
    let next = |cursor| format!("https://elsewhere.invalid/predictions?cursor={cursor}");
    let scripts = vec![
        page(clock, &[9, 8], Some(&next("b"))),
        page(clock, &[7, -60], Some(&next("c"))),
        page(clock, &[6], None),
    ];
    assert_eq!(
        found(scripts).await,
        (vec!["p7".to_owned(), "p8".into(), "p9".into()], 2)
    );
}

#[tokio::test]
async fn pages_in_a_cycle_end_the_search() {
    let clock = Utc::now();
    let next = "https://elsewhere.invalid/predictions?cursor=b";
    let scripts = (0..3).map(|_| page(clock, &[5], Some(next))).collect();
    assert_eq!(found(scripts).await.1, 2);
}

#[tokio::test]
async fn an_empty_page_does_not_end_the_search_and_endless_ones_do() {
    let clock = Utc::now();
    let next = |number: usize| format!("https://elsewhere.invalid/predictions?cursor={number}");
    let scripts = vec![page(clock, &[], Some(&next(1))), page(clock, &[5], None)];
    assert_eq!(found(scripts).await, (vec!["p5".to_owned()], 2));

    let lost = Script::new().read_request().reset();
    let endless = (0..200).map(|number| page(clock, &[], Some(&next(number))));
    let listener = Listener::start(std::iter::once(lost).chain(endless)).unwrap();
    let client = client(&listener.url());
    let error = client.run("acme/app:1a2b3c4d").await.unwrap_err();
    let error = client.predictions().reconcile(&error).await.unwrap_err();
    assert!(error.to_string().contains("10 pages"), "{error}");
    assert_eq!(listener.received().len(), 11);
}
