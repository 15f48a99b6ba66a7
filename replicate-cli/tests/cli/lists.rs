use replicate_emulator::Emulator;

use crate::program::replicate;

#[tokio::test]
async fn list_reads_as_many_pages_as_its_limit_needs() {
    let emulator = Emulator::start().await.expect("an emulator");
    create(&emulator, 130).await;
    let listed = async |limit: &str| {
        let output = replicate(["predictions", "list", "--limit", limit, "--json"])
            .at(&emulator)
            .run()
            .await;
        assert_eq!(output.code, 0, "{}", output.stderr);
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
        let output = replicate([list, "list", "--json"])
            .at(&emulator)
            .run()
            .await;
        assert_eq!(output.code, 0, "{list}: {}", output.stderr);
        assert!(output.json().is_array(), "{list}: {}", output.stdout);
    }
    let found = replicate(["models", "search", "picture", "--json"])
        .at(&emulator)
        .run()
        .await;
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
    emulator.inject_fault(fault).expect("a fault");
    let output = replicate(["predictions", "list", "--limit", "all"])
        .at(&emulator)
        .run()
        .await;
    assert_eq!((output.code, output.stdout.as_str()), (4, ""));
}
