//! What `cargo xtask chaos` lets loose on its servers: our client, run after run.
//!
//! `runs BASE RUNS AT_ONCE DEADLINE_MS` runs a model so often and writes a line for each run:
//! its number, how it ended, and the output or the error's name, between tabs. It ends with a
//! `result`, an `error` (whose name ends in `+` where it names a prediction that may exist),
//! or `hung`. After an unknown outcome the prediction is looked for: it is `found`, and its
//! output awaited, or there is `nothing`.
//! `flips COUNT SEED` verifies signed messages of which one bit is another, and writes how many
//! were refused.
#![forbid(unsafe_code)]

mod flips;

use std::io::Write as _;
use std::time::Duration;

use futures::StreamExt;
use replicate::{Client, Error, ErrorKind, PollPolicy, RetryBudget, RetryPolicy, Timeouts, Token};
use serde_json::json;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments[at].parse::<u64>().expect("a number");
    match arguments[0].as_str() {
        "runs" => {
            let base = arguments[1].clone();
            let deadline = Duration::from_millis(number(4));
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(runs(&base, number(2), number(3) as usize, deadline));
        }
        "flips" => println!("{}", flips::refused(number(1), number(2))),
        other => panic!("no such command: {other}"),
    }
}

/// How many tokens the runs are shared out among.
const MAX_ACCOUNTS: usize = 256;

async fn runs(base: &str, runs: u64, at_once: usize, deadline: Duration) {
    // All runs share one budget, which the faults of this test would exhaust.
    let policy = RetryPolicy::default().with_budget(RetryBudget::new(100_000, 1000.0));
    // Where thousands create at once, each waits for the others.
    let queue = deadline.saturating_sub(Duration::from_secs(60));
    let client = Client::builder()
        .token("r8_chaos")
        .base_url(base)
        .retry_policy(policy)
        .timeouts(Timeouts::default().with_headers(Duration::from_secs(2).max(queue / 5)))
        .poll_policy(PollPolicy::fixed(deadline / 500))
        .build()
        .expect("a client");
    // A 429 of the proxy is the fault of one request, not a limit of the account, which all runs
    // with its token would wait for.
    let accounts: Vec<Client> = (0..MAX_ACCOUNTS.min(at_once))
        .map(|account| Token::new(format!("r8_chaos{account}")))
        .map(|token| client.with_token(token.expect("a token")))
        .collect();
    let lines = futures::stream::iter(0..runs).map(|run| {
        let client = &accounts[run as usize % accounts.len()];
        let running = client
            .run("acme/app:v1")
            .input(json!({ "run": run }))
            .poll_only()
            .timeout(deadline)
            .text();
        async move {
            let late = deadline + Duration::from_secs(1);
            match tokio::time::timeout(late, running).await {
                Ok(Ok(output)) => format!("{run}\tresult\t{output}"),
                Ok(Err(error)) if error.kind() == ErrorKind::OutcomeUnknown => {
                    let looking = looked_for(client, &error, deadline);
                    match tokio::time::timeout(late + deadline, looking).await {
                        Ok(Ok(Some(output))) => format!("{run}\tfound\t{output}"),
                        Ok(Ok(None)) => format!("{run}\tnothing\t{}", name(&error)),
                        Ok(Err(_)) => format!("{run}\terror\t{}", name(&error)),
                        Err(_) => format!("{run}\thung\t"),
                    }
                }
                Ok(Err(error)) => format!("{run}\terror\t{}", name(&error)),
                Err(_) => format!("{run}\thung\t"),
            }
        }
    });
    let mut lines = lines.buffer_unordered(at_once);
    let mut out = std::io::stdout().lock();
    while let Some(line) = lines.next().await {
        writeln!(out, "{line}").expect("a reader");
    }
}

/// The output of the prediction that a create has made whose outcome is unknown.
async fn looked_for(
    client: &Client,
    error: &Error,
    deadline: Duration,
) -> Result<Option<String>, Error> {
    let found = client.predictions().reconcile(error);
    let found = found.timeout(deadline).await?;
    let Some(prediction) = found.matching.first() else {
        return Ok(None);
    };
    let ended = client.wait(prediction).timeout(deadline).await?;
    client.output(&ended)?.text().map(Some)
}

fn name(error: &Error) -> String {
    let named = error.prediction().is_some()
        || error.kind() == ErrorKind::OutcomeUnknown
        || error.created_id().is_some();
    format!("{:?}{}", error.kind(), if named { "+" } else { "" })
}
