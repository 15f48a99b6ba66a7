//! Runs a model again and again with the crate `replicate-client`, and writes a line for each
//! run: its number, `result` or `error` or `hung`, and the output or the error's name, between
//! tabs. Arguments: BASE RUNS AT_ONCE DEADLINE_MS
#![forbid(unsafe_code)]

use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use replicate_client::{Client, Error};

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments[at].parse::<u64>().expect("a number");
    let (runs, at_once) = (number(1), number(2));
    let deadline = Duration::from_millis(number(3));
    let mut client = Client::with_base_url("r8_chaos", &arguments[0]).expect("a client");
    client
        .configure_timeouts(Some(deadline), Some(deadline / 5))
        .expect("timeouts");
    let next = Arc::new(AtomicU64::new(0));
    let workers: Vec<_> = (0..at_once)
        .map(|_| {
            let (client, next) = (client.clone(), Arc::clone(&next));
            tokio::spawn(async move {
                loop {
                    let run = next.fetch_add(1, Ordering::Relaxed);
                    if run >= runs {
                        return;
                    }
                    let line = one(&client, run, deadline).await;
                    writeln!(std::io::stdout(), "{run}\t{line}").expect("a reader");
                }
            })
        })
        .collect();
    for worker in workers {
        worker.await.expect("no panic");
    }
}

async fn one(client: &Client, run: u64, deadline: Duration) -> String {
    let running = async {
        let created = client.run("v1").input("run", run).send().await?;
        let pause = Some(Duration::from_millis(20));
        let predictions = client.predictions();
        predictions
            .wait_for_completion(&created.id, Some(deadline), pause)
            .await
    };
    match tokio::time::timeout(deadline + Duration::from_secs(1), running).await {
        Ok(Ok(prediction)) => match prediction.output {
            Some(serde_json::Value::String(text)) => format!("result\t{text}"),
            other => format!("result\t{other:?}"),
        },
        Ok(Err(error)) => format!("error\t{}", name(&error)),
        Err(_) => "hung\t".to_owned(),
    }
}

fn name(error: &Error) -> &'static str {
    match error {
        Error::Http(_) => "Http",
        Error::HttpMiddleware(_) => "HttpMiddleware",
        Error::Json(_) => "Json",
        Error::Api { .. } => "Api",
        Error::Timeout(_) => "Timeout",
        _ => "other",
    }
}
