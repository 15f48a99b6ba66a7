//! Runs a model for each row of a CSV file, a few at a time, and appends the results to another.
//! After Ctrl-C it creates no more and stores what is still running; after any stop, even
//! `kill -9`, the same command continues where it stopped, without paying for a row twice.
//!
//! cargo run --features batch --example csv_batch -- INPUT.csv RESULTS.csv [MODEL] [FIELD] [N]
//!
//! Each row is `id,text`: the text, up to the end of the line, is the model's input.

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write;

use replicate::{CancellationToken, Client};
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
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let input = arguments.next().ok_or("missing argument: INPUT.csv")?;
    let output = arguments.next().ok_or("missing argument: RESULTS.csv")?;
    let mut or = |default: &str| arguments.next().unwrap_or_else(|| default.to_owned());
    let (model, field) = (or("replicate/hello-world"), or("text"));
    let concurrency = or("8").parse()?;
    let rows = parse(&fs::read_to_string(input)?)?;

    let token = CancellationToken::new();
    let on_ctrl_c = token.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            on_ctrl_c.cancel();
            eprintln!("creating no more, storing what is running");
        }
    });

    let replicate = Client::from_env()?;
    let batch = replicate
        .batch(&model)
        .concurrency(concurrency)
        .journal(format!("{output}.journal"))
        .cancellation_token(token);
    let inputs = rows.iter().map(|row| json!({ &field: row.text }));
    let mut results = batch.resume(inputs).await?;
    eprintln!("{} predictions to create", results.creates_left());

    let mut file = OpenOptions::new().create(true).append(true).open(output)?;
    while let Some(item) = results.next().await {
        let id = &rows[item.index()].id;
        match item.result().map(|output| output.text()) {
            Ok(Ok(text)) => {
                writeln!(file, "{id},{}", quoted(&text))?;
                file.sync_data()?;
            }
            Ok(Err(error)) => eprintln!("{id}: {error}"),
            Err(error) => eprintln!("{id}: {error}"),
        }
        // Only now: a row that was not stored is delivered again by the next start.
        item.acknowledge().await?;
    }

    let progress = results.progress();
    let (done, total) = (progress.succeeded, progress.total);
    eprintln!("{done} of {total} done, {} not started", progress.waiting);
    match progress.is_complete() {
        true => Ok(()),
        false => Err("not every row has a result".into()),
    }
}
