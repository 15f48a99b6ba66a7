//! Runs a model once for each line of its standard input, a few at a time, in order.
//!
//! cargo run --example batch -- [MODEL] [FIELD] < lines.txt

use std::collections::BTreeMap;
use std::io::BufRead;

use futures::{StreamExt, stream};

/// How many runs are in flight at once.
const AT_ONCE: usize = 8;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let model = arguments
        .next()
        .unwrap_or_else(|| "replicate/hello-world".into());
    let field = arguments.next().unwrap_or_else(|| "text".into());
    let lines: Vec<String> = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;

    let replicate = replicate::Client::from_env()?;
    let runs = lines.into_iter().map(|line| {
        let run = replicate
            .run(&model)
            .input(BTreeMap::from([(&field, &line)]));
        async move { (run.text().await, line) }
    });
    let mut results = stream::iter(runs).buffered(AT_ONCE);
    let mut failed = 0;
    while let Some((result, line)) = results.next().await {
        match result {
            Ok(text) => println!("{line}\t{text}"),
            Err(error) => {
                failed += 1;
                eprintln!("{line}: {error}");
            }
        }
    }
    match failed {
        0 => Ok(()),
        failed => Err(format!("{failed} lines failed").into()),
    }
}
