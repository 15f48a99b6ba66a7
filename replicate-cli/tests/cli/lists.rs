use replicate_emulator::Emulator;

use crate::program::{inject, replicate, run};

#[tokio::test]
async fn list_reads_as_many_pages_as_its_limit_needs() {
    let emulator = Emulator::start().await.expect("an emulator");
    create(&emulator, 130).await;
    let listed = async |limit: &str| {
        let output = run!(emulator, "predictions list --limit {limit} --json");
        output.exits(0);
        output.json().as_array().expect("one array").len()
    };
    assert_eq!(listed("7").await, 7);
    assert_eq!(listed("120").await, 120);
    assert_eq!(listed("all").await, 130);
}

/// Creates predictions without the program, which would take longer.
async fn create(emulator: &Emulator, count: usize) {
    let client = replicate::Client::builder()
        .base_url(emulator.url())
        .token("t")
        .build()
        .expect("a client");
    for _ in 0..count {
        let created = client.predictions().create("emulator/fail").await;
        created.expect("a prediction");
    }
}

#[tokio::test]
async fn every_list_is_one_array_even_when_it_is_empty() {
    let emulator = Emulator::start().await.expect("an emulator");
    for list in [
        "predictions",
        "models",
        "collections",
        "trainings",
        "files",
        "deployments",
        "hardware",
    ] {
        let output = run!(emulator, "{list} list --json");
        assert_eq!(output.code, 0, "{list}: {}", output.stderr);
        assert!(output.json().is_array(), "{list}: {}", output.stdout);
    }
    let found = run!(emulator, "models search picture --json");
    assert!(
        found
            .json()
            .as_array()
            .is_some_and(|models| !models.is_empty()),
        "{}",
        found.stdout
    );
}

#[tokio::test]
async fn failed_page_prints_nothing() {
    let emulator = Emulator::start().await.expect("an emulator");
    create(&emulator, 101).await;
    let fault = replicate_emulator::Fault::status(403)
        .on("predictions.list")
        .skip(1);
    inject(&emulator, fault);
    let output = run!(emulator, "predictions list --limit all");
    output.exits_with(4, "");
}

#[tokio::test]
async fn predictions_are_listed_by_status_model_and_time() {
    let emulator = Emulator::start().await.expect("an emulator");
    create(&emulator, 2).await;
    let run = run!(emulator, "run emulator/text a");
    run.exits(0);
    let wait = run!(emulator, "run emulator/fail");
    wait.exits(3);
    let listed = async |options: &[&str]| {
        let list = replicate(["predictions", "list"]).args(options);
        let output = list.at(&emulator).run().await;
        assert_eq!(output.code, 0, "{options:?}: {}", output.stderr);
        output.json().as_array().expect("one array").len()
    };
    assert_eq!(listed(&[]).await, 4);
    assert_eq!(listed(&["--status", "succeeded"]).await, 1);
    assert_eq!(
        listed(&["--status", "succeeded", "--model", "emulator/fail"]).await,
        0
    );
    assert_eq!(
        listed(&["--model", "emulator/fail", "--limit", "2"]).await,
        2
    );
    assert_eq!(listed(&["--created-after", "1h"]).await, 4);
    assert_eq!(listed(&["--since", "2h", "--until", "1h"]).await, 0);
    assert_eq!(listed(&["--source", "web"]).await, 0);
    let filters = emulator.requests();
    let filters = filters
        .iter()
        .filter(|request| request.query.as_deref() == Some("source=web"));
    assert_eq!(filters.count(), 1);
    let invalid = run!(emulator, "predictions list --status done");
    invalid.exits(2);
}

#[tokio::test]
async fn models_are_sorted_by_the_api() {
    let emulator = Emulator::start().await.expect("an emulator");
    let sorted = async |direction: &str| {
        run!(
            emulator,
            "models list --sort-by model-created-at --sort-direction {direction} --jq .[0].name"
        )
        .stdout
    };
    assert_ne!(sorted("asc").await, sorted("desc").await);
}
