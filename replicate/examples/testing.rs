//! How to test code that uses Replicate: against the emulator, a local Replicate in the same
//! process, without a token and without cost.
//!
//! cargo run --example testing
//! cargo test --example testing

use replicate::Client;
use replicate_emulator::{Emulator, Model};
use serde_json::json;

/// The code under test. It takes the client, so that a test can pass one of its own.
async fn summarize(replicate: &Client, text: &str) -> replicate::Result<String> {
    let handle = replicate
        .run("acme/summarizer")
        .input(json!({ "text": text }))
        .start()
        .await?;
    handle.output().await?.text()
}

/// An emulator with a model that behaves like the one that the code runs.
async fn emulator() -> Result<Emulator, replicate_emulator::StartError> {
    let summarizer = Model::new("acme/summarizer")
        .official(true)
        .input_schema(json!({
            "type": "object",
            "required": ["text"],
            "properties": { "text": { "type": "string" } },
        }))
        .run(|input, _| async move {
            match input["text"].as_str().unwrap_or_default().split_once('.') {
                Some((first_sentence, _)) => Ok(format!("{first_sentence}.").into()),
                None => Err("the text has no sentence".into()),
            }
        });
    Emulator::builder().model(summarizer).start().await
}

fn client(emulator: &Emulator) -> replicate::Result<Client> {
    Client::builder()
        .token(emulator.token())
        .base_url(emulator.url())
        .build()
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let emulator = emulator().await?;
    let summary = summarize(&client(&emulator)?, "It rained. Nobody minded.").await?;
    println!("{summary}");
    for request in emulator.requests() {
        println!("{} {}", request.method, request.path);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use replicate::ErrorKind;
    use replicate_emulator::Fault;

    const TEXT: &str = "It rained. Nobody minded.";

    #[tokio::test]
    async fn the_first_sentence_is_the_summary() {
        let emulator = emulator().await.unwrap();
        let summary = summarize(&client(&emulator).unwrap(), TEXT).await.unwrap();
        assert_eq!(summary, "It rained.");
        // What the code sent can be looked at.
        let predictions = emulator.predictions();
        assert_eq!(predictions[0].json["input"]["text"], TEXT);
    }

    #[tokio::test]
    async fn a_failed_prediction_is_an_error_with_its_reason() {
        let emulator = emulator().await.unwrap();
        let result = summarize(&client(&emulator).unwrap(), "rain").await;
        let error = result.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Failed);
        assert!(error.to_string().contains("no sentence"), "{error}");
    }

    #[tokio::test]
    async fn a_proxy_that_fails_for_a_moment_does_not_lose_the_summary() {
        let emulator = emulator().await.unwrap();
        let fault = Fault::response(502, "text/html", "<h1>Bad gateway</h1>");
        let fault = fault.on("predictions.get").times(2);
        emulator.inject_fault(fault).unwrap();
        let summary = summarize(&client(&emulator).unwrap(), TEXT).await.unwrap();
        assert_eq!(summary, "It rained.");
    }

    #[tokio::test]
    async fn a_lost_response_is_reported_and_nothing_is_created_twice() {
        let emulator = emulator().await.unwrap();
        // The prediction is created, and the connection breaks before the response.
        let fault = Fault::drop_connection().on("models.predictions.create");
        emulator.inject_fault(fault.after_handling()).unwrap();
        let result = summarize(&client(&emulator).unwrap(), TEXT).await;
        assert_eq!(result.unwrap_err().kind(), ErrorKind::OutcomeUnknown);
        assert_eq!(emulator.predictions().len(), 1);
    }
}
