//! Runs a model for each row of a CSV file, a few at a time. Ctrl-C starts no more, cancels
//! what runs, and still prints what is done.
//!
//! cargo run --example batch -- INPUT.csv [MODEL] [FIELD] [CONCURRENCY] > results.csv
//!
//! Each row is `id,text`: the text, up to the end of the line, is the model's input.

use std::io::{self, Write};

use futures::{StreamExt, stream};
use replicate::{CancellationToken, Client, ErrorKind};
use serde_json::json;

struct Row {
    id: String,
    text: String,
}

fn parse(csv: &str) -> Result<Vec<Row>, String> {
    let rows = csv.lines().enumerate().filter(|(_, line)| !line.is_empty());
    rows.map(|(index, line)| match line.split_once(',') {
        Some((id, text)) => Ok(Row {
            id: id.to_owned(),
            text: text.to_owned(),
        }),
        None => Err(format!("line {}: expected `id,text`", index + 1)),
    })
    .collect()
}

/// A CSV field, in quotes.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("missing argument: INPUT.csv")?;
    let model = arguments
        .next()
        .unwrap_or_else(|| "replicate/hello-world".to_owned());
    let field = arguments.next().unwrap_or_else(|| "text".to_owned());
    let concurrency = arguments.next().map_or(Ok(8), |number| number.parse())?;
    let rows = parse(&std::fs::read_to_string(path)?)?;

    let token = CancellationToken::new();
    let on_ctrl_c = token.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            on_ctrl_c.cancel();
        }
    });

    let replicate = Client::from_env()?;
    let runs = rows.into_iter().map(|row| {
        // Nothing is sent before the run is awaited. A run whose token is canceled by then
        // creates nothing; one that is running is canceled on the server.
        let run = replicate
            .run(&model)
            .input(json!({ &field: row.text }))
            .cancellation_token(token.clone());
        async move { (row.id, run.text().await) }
    });
    let mut results = stream::iter(runs).buffer_unordered(concurrency);

    let (mut done, mut failed, mut canceled, mut not_started) = (0, 0, 0, 0);
    while let Some((id, result)) = results.next().await {
        match result {
            Ok(text) => {
                done += 1;
                writeln!(io::stdout(), "{id},{}", quoted(&text))?;
            }
            Err(error) if error.kind() == ErrorKind::Canceled => match error.prediction_id() {
                Some(_) => canceled += 1,
                None => not_started += 1,
            },
            Err(error) => {
                failed += 1;
                eprintln!("{id}: {error}");
            }
        }
    }
    eprintln!("{done} done, {failed} failed, {canceled} canceled, {not_started} not started");
    match failed + canceled + not_started {
        0 => Ok(()),
        _ => Err("not every row has a result".into()),
    }
}
