//! Many runs at once against the limits of an account: all finish, each creates one prediction,
//! and no 429 reaches a caller. Tests start in the order of their names, and these are the longest.

use std::cell::Cell;

use futures::future::join_all;
use replicate::Client;
use replicate_emulator::{Emulator, RateLimit};
use serde_json::json;
use tokio::sync::Notify;

async fn emulator(limit: RateLimit) -> Emulator {
    let builder = Emulator::builder().rate_limit(limit);
    builder.start().await.unwrap()
}

/// A client with the default policies.
fn client(emulator: &Emulator, token: &str) -> Client {
    let builder = Client::builder().token(token).base_url(emulator.url());
    builder.build().unwrap()
}

async fn run(client: &Client, number: usize) {
    let input = json!({ "text": number.to_string() });
    let run = client.run("replicate/hello-world").input(input);
    assert_eq!(run.text().await.unwrap(), format!("hello {number}"));
}

/// The creates so far, with those that were refused.
fn creates(emulator: &Emulator) -> usize {
    let requests = emulator.requests();
    let creates = requests.iter().filter(|request| request.method == "POST");
    creates.count()
}

#[tokio::test]
async fn runs_over_the_rate_limit_queue_and_finish_without_slowing_another_token() {
    const RUNS: usize = 1000;
    let emulator = emulator(RateLimit::new(5, 200.0)).await;
    let first = client(&emulator, "r8_first");
    let second = client(&emulator, "r8_second");
    let (finished, over_the_limit) = (Cell::new(0), Notify::new());
    let many = join_all((0..RUNS).map(async |number| {
        run(&first, number).await;
        finished.set(finished.get() + 1);
        if finished.get() == 10 {
            over_the_limit.notify_one();
        }
    }));
    let few = async {
        over_the_limit.notified().await;
        join_all((0..5).map(|number| run(&second, number))).await;
        finished.get()
    };
    let (_, finished_before) = tokio::join!(many, few);
    assert!(finished_before < RUNS / 2, "{finished_before} of {RUNS}");
    assert_eq!(emulator.predictions().len(), RUNS + 5);
}

#[tokio::test]
async fn runs_with_low_credit_are_spaced_as_the_api_says() {
    const RUNS: usize = 20;
    let limit = RateLimit::low_credit().per_second(1.0).count_refused();
    let emulator = emulator(limit).await;
    let client = client(&emulator, "r8_low_credit");
    join_all((0..RUNS).map(|number| run(&client, number))).await;
    assert_eq!(emulator.predictions().len(), RUNS);
    // Each refused create counts against the limit as well: of those after the burst, few may be.
    let creates = creates(&emulator);
    assert!(creates <= 2 * RUNS, "{creates} creates for {RUNS} runs");
}

/// Runs at the rates that the API documents, and prints what it took.
async fn runs_at(name: &str, limit: RateLimit, runs: usize) {
    let emulator = emulator(limit).await;
    let client = client(&emulator, "r8_documented");
    let start = std::time::Instant::now();
    join_all((0..runs).map(|number| run(&client, number))).await;
    let refused = creates(&emulator) - runs;
    let seconds = start.elapsed().as_secs_f64();
    println!("{runs} runs, {name}: {seconds:.1} s, {refused} creates refused");
    assert_eq!(emulator.predictions().len(), runs);
}

#[tokio::test]
#[ignore = "takes two minutes; prints the figures of docs/reliability.md"]
async fn runs_at_the_documented_rates_finish() {
    runs_at("5 + 2 a second", RateLimit::new(5, 2.0), 60).await;
    runs_at("low credit, 6 a minute", RateLimit::low_credit(), 6).await;
}
