//! Running models: by model and version, waiting and asking, streaming, failing.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::TryStreamExt;
use replicate::{Client, ErrorKind, PollPolicy, StreamEvent};
use serde_json::{Value, json};

use crate::{Case, Outcome, cases};

pub(super) const CASES: [Case; 10] = cases! {
    run_model_blocking
    run_model_polling
    run_version_blocking
    run_version_polling
    background
    progress
    stream
    failed
    invalid_input
    not_found
};

/// An input of the text model, and what comes of it.
pub(super) fn text() -> Value {
    json!({ "prompt": "Once upon a time", "max_tokens": 4 })
}

pub(super) const WORDS: &str = "Once upon a time";

pub(super) fn often() -> PollPolicy {
    PollPolicy::fixed(Duration::from_millis(20))
}

/// The id of a model's newest version.
pub(super) async fn newest(client: &Client, model: &str) -> replicate::Result<String> {
    let model = client.models().get(model).await?;
    Ok(model.latest_version.unwrap().id)
}

async fn hello(client: &Client) -> replicate::Result<String> {
    let id = newest(client, "replicate/hello-world").await?;
    Ok(format!("replicate/hello-world:{id}"))
}

async fn run_model_blocking(client: Client) -> Outcome {
    let output = client.run("emulator/text").input(text()).text().await?;
    assert_eq!(output, WORDS);
    Ok(())
}

async fn run_model_polling(client: Client) -> Outcome {
    let run = client.run("emulator/text").input(text());
    assert_eq!(run.poll_only().poll_policy(often()).text().await?, WORDS);
    Ok(())
}

async fn run_version_blocking(client: Client) -> Outcome {
    let run = client
        .run(hello(&client).await?)
        .input(json!({ "text": "Alice" }));
    assert_eq!(run.text().await?, "hello Alice");
    Ok(())
}

async fn run_version_polling(client: Client) -> Outcome {
    let run = client
        .run(hello(&client).await?)
        .input(json!({ "text": "Bob" }));
    assert_eq!(
        run.poll_only().poll_policy(often()).text().await?,
        "hello Bob"
    );
    Ok(())
}

async fn background(client: Client) -> Outcome {
    let made = client
        .predictions()
        .create("emulator/text")
        .input(text())
        .await?;
    assert_eq!(made.status.as_str(), "starting");
    let done = client.wait(&made).poll_policy(often()).await?;
    assert_eq!(done.status.as_str(), "succeeded");
    let got = client.predictions().get(&made).await?;
    assert_eq!(client.output(&got)?.text()?, WORDS);
    assert!(got.metrics.unwrap()["predict_time"].as_f64().unwrap() >= 0.0);
    Ok(())
}

async fn progress(client: Client) -> Outcome {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&seen);
    client
        .run("emulator/slow")
        .input(json!({ "seconds": 0.8, "steps": 4 }))
        .poll_policy(PollPolicy::fixed(Duration::from_millis(50)))
        .on_progress(move |progress| {
            if let Some(done) = progress.done() {
                listener.lock().unwrap().push((done, progress.percent()));
            }
        })
        .await?;
    let seen = seen.lock().unwrap();
    assert!(seen.iter().any(|(done, _)| (1..4).contains(done)));
    assert_eq!(seen.last(), Some(&(4, Some(100.0))));
    Ok(())
}

async fn stream(client: Client) -> Outcome {
    let mut input = text();
    input["delay"] = json!(0.02);
    let mut events = client.stream("emulator/text").input(input).await?;
    let (mut output, mut end) = (Vec::new(), None);
    while let Some(event) = events.try_next().await? {
        match event {
            StreamEvent::Output(text) => output.push(text.into_text()),
            StreamEvent::Done(done) => end = Some(done.into_prediction()),
            _ => {}
        }
    }
    assert_eq!(output, ["Once", " upon", " a", " time"]);
    assert_eq!(end.unwrap().status.as_str(), "succeeded");
    Ok(())
}

async fn failed(client: Client) -> Outcome {
    let run = client
        .run("emulator/fail")
        .input(json!({ "reason": "out of ink" }));
    let error = run.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Failed);
    assert!(error.to_string().contains("out of ink"), "{error}");
    assert_eq!(error.prediction().unwrap().status.as_str(), "failed");
    Ok(())
}

async fn invalid_input(client: Client) -> Outcome {
    let run = client
        .run("emulator/text")
        .input(json!({ "prompt": "a", "max_tokens": "many" }));
    let error = run.await.unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(422));
    let [field] = error.invalid_fields() else {
        panic!("{error}");
    };
    assert!(field.field.contains("max_tokens"), "{field:?}");
    Ok(())
}

async fn not_found(client: Client) -> Outcome {
    let error = client.models().get("missing/missing").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    Ok(())
}
