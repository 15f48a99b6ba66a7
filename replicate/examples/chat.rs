//! A chat in the terminal. Replies appear word by word; Ctrl-C or a line `/cancel` cancels the
//! one that is running. At the end (`/quit`, Ctrl-D, or Ctrl-C while nothing runs) it prints
//! what was used.
//!
//! cargo run --example chat -- [MODEL]

use std::collections::VecDeque;
use std::io::{self, BufRead, Write};

use replicate::{Client, EventStream, Metrics, StreamEvent};
use serde_json::json;
use tokio::sync::mpsc;

/// The lines of the standard input. They are read in a thread of their own, so that a line can
/// arrive while a reply is printed.
struct Input {
    lines: mpsc::UnboundedReceiver<String>,
    /// What was typed ahead.
    queue: VecDeque<String>,
}

impl Input {
    fn new() -> Self {
        let (sender, lines) = mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in io::stdin().lock().lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    break;
                }
            }
        });
        Self {
            lines,
            queue: VecDeque::new(),
        }
    }

    /// The next line; `None` at the end of the input and at Ctrl-C.
    async fn next(&mut self) -> Option<String> {
        if let Some(line) = self.queue.pop_front() {
            return Some(line);
        }
        tokio::select! {
            line = self.lines.recv() => line,
            _ = tokio::signal::ctrl_c() => None,
        }
    }

    /// Returns when the user asks to cancel.
    async fn canceled(&mut self) {
        loop {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => return,
                Some(line) = self.lines.recv() => match line.trim() {
                    "/cancel" => return,
                    _ => self.queue.push_back(line),
                },
            }
        }
    }
}

/// Prints a reply while it is produced, and returns its text.
async fn print_reply(
    mut events: EventStream,
    input: &mut Input,
    usage: &mut Vec<Metrics>,
) -> replicate::Result<String> {
    let mut reply = String::new();
    loop {
        let event = tokio::select! {
            event = events.next() => event,
            () = input.canceled() => {
                // The stream ends once the server has canceled the prediction.
                events.cancel().await?;
                continue;
            }
        };
        match event.transpose()? {
            Some(StreamEvent::Output(text)) => {
                print!("{text}");
                let _ = io::stdout().flush();
                reply.push_str(&text);
            }
            Some(StreamEvent::Done(done)) => {
                usage.push(done.metrics());
                match done.status.as_str() {
                    "succeeded" => println!(),
                    status => println!(" ({status})"),
                }
            }
            Some(_) => {}
            None => return Ok(reply),
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let model = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "meta/meta-llama-3-70b-instruct".to_owned());
    let replicate = Client::from_env()?;
    let mut input = Input::new();
    let mut usage = Vec::new();
    let mut conversation = String::new();
    while let Some(line) = input.next().await {
        match line.trim() {
            "" | "/cancel" => continue,
            "/quit" => break,
            question => conversation.push_str(&format!("User: {question}\nAssistant: ")),
        }
        let reply = async {
            let events = replicate
                .stream(&model)
                .input(json!({ "prompt": conversation }))
                .await?;
            print_reply(events, &mut input, &mut usage).await
        };
        match reply.await {
            Ok(reply) => conversation.push_str(&format!("{reply}\n")),
            Err(error) => eprintln!("\n{error}"),
        }
    }
    let replies = usage.len();
    let tokens_in: u64 = usage.iter().filter_map(|it| it.input_token_count).sum();
    let tokens_out: u64 = usage.iter().filter_map(|it| it.output_token_count).sum();
    let seconds: f64 = usage.iter().filter_map(|it| it.predict_time).sum();
    println!(
        "{replies} replies, {tokens_in} tokens in, {tokens_out} tokens out, {seconds:.1} s of model time"
    );
    Ok(())
}
