//! Many runs at once against the limits of an account: all finish, each creates one prediction,
//! and no 429 reaches a caller. `cargo xtask chaos --limits` does it at the documented rates.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use replicate::Client;
use replicate_emulator::{Emulator, RateLimit};
use serde_json::json;

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
        // The first token is over its limit by now.
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
    let limit = RateLimit::low_credit().per_second(1.0).count_refused();
    let emulator = Emulator::builder().rate_limit(limit).start().await.unwrap();
    let client = client(&emulator, "r8_low_credit");
    join_all((0..RUNS).map(|number| run(&client, number))).await;
    assert_eq!(emulator.predictions().len(), RUNS);
    // Each refused create counts against the limit as well: few may be.
    let requests = emulator.requests();
    let creates = requests.iter().filter(|request| request.method == "POST");
    let creates = creates.count();
    assert!(creates <= 2 * RUNS, "{creates} creates for {RUNS} runs");
}
