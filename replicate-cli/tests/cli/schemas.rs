//! What the schema of a model decides, and what happens where there is none.

use replicate_emulator::{Emulator, Fault, Model};
use replicate_test_support::Listener;
use serde_json::json;

use crate::input::sent;
use crate::program::{creates, emulator_with, inject, replicate, run};

#[tokio::test]
async fn schema_that_cannot_be_read_is_reported_as_its_cause() {
    for (status, code) in [(401, 4), (402, 4), (403, 4), (404, 5), (500, 1)] {
        let emulator = Emulator::start().await.expect("an emulator");
        let fault = Fault::status(status).on("models.get");
        inject(&emulator, fault);
        let output = run!(emulator, "run emulator/text 'a text'");
        output.exits(code);
        output.says(status.to_string());
        assert_eq!(creates(&emulator), 0);
    }
    let emulator = Emulator::start().await.expect("an emulator");
    let limited = Fault::rate_limit(90).on("models.get");
    inject(&emulator, limited);
    let output = replicate(["run", "emulator/text", "a text"]).at(&emulator);
    assert_eq!(output.run().await.code, 6);
    let addr = Listener::refused().expect("an address");
    let refused = run!(at & format!("http://{addr}"), "run emulator/text 'a text'");
    refused.says("could not connect");
}

/// An emulator with a text model, and its latest version.
async fn text_model() -> (Emulator, String) {
    let emulator = Emulator::start().await.expect("an emulator");
    let model = run!(emulator, "models show emulator/text").json();
    let version = model["latest_version"]["id"].as_str().expect("an id");
    (emulator, version.to_owned())
}

#[tokio::test]
async fn text_of_a_bare_version_is_printed_as_text() {
    let (emulator, version) = text_model().await;
    for mode in ["--no-stream", "--stream"] {
        let output = run!(
            emulator,
            "run {version} 'prompt=a tale' max_tokens=2 {mode}"
        );
        assert_eq!(output.stdout, "a tale\n", "{mode}: {}", output.stderr);
        output.says("not validated");
    }
    let file = replicate(["run", &version, "prompt=a tale", "max_tokens=2", "-o", "-"]);
    assert_eq!(file.at(&emulator).run().await.stdout, "a tale\n");
}

#[tokio::test]
async fn unknown_input_is_passed_without_validation() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = ["run", "replicate/hello-world", "text=5", "extra=1"];
    let refused = replicate(run).at(&emulator).run().await;
    refused.exits(2);
    assert_eq!(creates(&emulator), 0);
    let passed = replicate(run)
        .arg("--no-validate")
        .at(&emulator)
        .run()
        .await;
    assert_eq!(
        sent(&emulator),
        json!({"text": "5", "extra": 1}),
        "{}",
        passed.stderr
    );
}

#[tokio::test]
async fn page_urls_are_references() {
    let emulator = Emulator::start().await.expect("an emulator");
    for page in [
        "https://replicate.com/replicate/hello-world",
        "replicate.com/replicate/hello-world",
    ] {
        let output = run!(emulator, "run {page} text=Bob");
        assert_eq!(output.stdout, "hello Bob\n", "{page}: {}", output.stderr);
    }
    let id = emulator.predictions()[0].id.clone();
    let page = format!("https://replicate.com/p/{id}");
    let shown = run!(emulator, "predictions show {page}");
    assert_eq!(shown.json()["id"], json!(id), "{}", shown.stderr);
    let run = run!(emulator, "run {page} text=Bob");
    run.exits(2);
    run.says(format!("replicate rerun {id}"));
}

#[tokio::test]
async fn secret_is_read_from_the_environment_and_never_shown() {
    let input = json!({
        "type": "object",
        "properties": {"hf_token": {"type": "string", "x-cog-secret": true}},
    });
    let model = Model::new("acme/private")
        .official(true)
        .input_schema(input)
        .run(|_, _| async { Ok("done".into()) });
    let emulator = emulator_with(model).await;
    for argument in ["hf_token=@env:HF_TOKEN", "hf_token=hunter2"] {
        for form in ["--dry-run", "--dry-run=curl"] {
            let shown = replicate(["run", "acme/private", argument, form])
                .env("HF_TOKEN", "hunter2")
                .at(&emulator)
                .run()
                .await;
            shown.exits(0);
            assert!(!shown.stdout.contains("hunter2"), "{}", shown.stdout);
        }
        let run = replicate(["run", "acme/private", argument]).env("HF_TOKEN", "hunter2");
        assert_eq!(run.at(&emulator).run().await.stdout, "done\n");
        assert_eq!(sent(&emulator), json!({"hf_token": "hunter2"}));
    }
    let unset = replicate(["run", "acme/private", "hf_token=@env:HF_TOKEN"]);
    assert_eq!(unset.at(&emulator).run().await.code, 2);
}
