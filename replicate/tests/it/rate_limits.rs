//! Many runs at once against the limits of an account: all finish, each creates one prediction,
//! and no 429 reaches a caller.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use replicate::Client;
use replicate_emulator::{Emulator, RateLimit};
use serde_json::json;

/// Held by each test: the load of one would change the times of another.
static ALONE: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());

fn client(emulator: &Emulator, token: &str) -> Client {
    let builder = Client::builder().token(token).base_url(emulator.url());
    builder.build().unwrap()
}

async fn run(client: &Client, number: usize) {
    let input = json!({ "text": number.to_string() });
    let text = client
        .run("replicate/hello-world")
        .input(input)
        .text()
        .await;
    assert_eq!(text.unwrap(), format!("hello {number}"));
}

#[tokio::test]
async fn runs_over_the_rate_limit_queue_and_finish_without_slowing_another_token() {
    const RUNS: usize = 1000;
    let _alone = ALONE.lock().await;
    let limit = RateLimit::new(5, 200.0);
    let emulator = Emulator::builder().rate_limit(limit).start().await.unwrap();
    let first = client(&emulator, "r8_first");
    let second = client(&emulator, "r8_second");
    let finished = Arc::new(AtomicUsize::new(0));
    let many = join_all((0..RUNS).map(|number| {
        let (first, finished) = (&first, &finished);
        async move {
            run(first, number).await;
            finished.fetch_add(1, Ordering::Relaxed);
        }
    }));
    let few = async {
        // The first token has exceeded its limit by now.
        while finished.load(Ordering::Relaxed) < 10 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        for number in 0..5 {
            run(&second, number).await;
        }
        finished.load(Ordering::Relaxed)
    };
    let (_, finished_before) = tokio::join!(many, few);
    assert!(finished_before < RUNS / 2, "{finished_before} of {RUNS}");
    assert_eq!(emulator.predictions().len(), RUNS + 5);
}

#[tokio::test]
async fn runs_with_low_credit_are_spaced_as_the_api_says() {
    const RUNS: usize = 20;
    let _alone = ALONE.lock().await;
    let limit = RateLimit::low_credit().per_second(1.0).count_refused();
    let emulator = Emulator::builder().rate_limit(limit).start().await.unwrap();
    let client = client(&emulator, "r8_low_credit");
    join_all((0..RUNS).map(|number| run(&client, number))).await;
    assert_eq!(emulator.predictions().len(), RUNS);
    // Each refused create counts against the limit as well: of those after the burst, few may be.
    let requests = emulator.requests();
    let creates = requests.iter().filter(|request| request.method == "POST");
    let creates = creates.count();
    assert!(creates <= 2 * RUNS, "{creates} creates for {RUNS} runs");
}

/// Runs at the rates that the API documents, and prints what it took.
async fn runs_at(name: &str, limit: RateLimit, runs: usize) {
    let emulator = Emulator::builder().rate_limit(limit).start().await.unwrap();
    let client = client(&emulator, "r8_documented");
    let start = std::time::Instant::now();
    join_all((0..runs).map(|number| run(&client, number))).await;
    let requests = emulator.requests();
    let creates = requests.iter().filter(|request| request.method == "POST");
    let refused = creates.count() - runs;
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
