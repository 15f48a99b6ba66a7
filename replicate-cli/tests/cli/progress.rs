//! What a command says while it waits.

use std::time::Duration;

use replicate_emulator::{Emulator, Fault};

use crate::program::{inject, replicate};

#[tokio::test]
async fn wait_for_a_rate_limit_is_not_silent() {
    let emulator = Emulator::start().await.expect("an emulator");
    let limited = Fault::rate_limit(2)
        .on("models.predictions.create")
        .times(1);
    inject(&emulator, limited);
    let run = ["run", "emulator/text", "a tale", "max_tokens=2"];
    let output = replicate(run).at(&emulator).run().await;
    assert_eq!(output.stdout, "a tale\n", "{}", output.stderr);
    output.says("rate limited, retrying in ");
}

#[tokio::test]
async fn wait_through_an_outage_is_not_silent() {
    let emulator = Emulator::start().await.expect("an emulator");
    let outage = Fault::drop_connection().on("predictions.get").times(4);
    inject(&emulator, outage);
    let run = ["run", "emulator/slow", "seconds=0.5", "--no-stream"];
    let output = replicate(run).at(&emulator).run();
    let output = tokio::time::timeout(Duration::from_secs(60), output).await;
    let output = output.expect("an end");
    output.exits_with(0, "took 0.5 s\n");
    assert_eq!(
        output.stderr.matches("still waiting").count(),
        1,
        "{}",
        output.stderr
    );
}

#[tokio::test]
async fn verbose_shows_each_request_with_its_status_and_no_secret() {
    let emulator = Emulator::start().await.expect("an emulator");
    let fault = Fault::status(503).on("models.get").times(1);
    inject(&emulator, fault);
    let run = ["-v", "run", "emulator/text", "a tale", "max_tokens=2"];
    let output = replicate(run).at(&emulator).run().await;
    let base = emulator.url();
    for line in [
        format!("> GET {base}/v1/models/emulator/text"),
        "< 503 (".to_owned(),
        "* retrying".to_owned(),
        format!("> POST {base}/v1/models/emulator/text/predictions"),
        "< 201 (".to_owned(),
    ] {
        assert!(output.stderr.contains(&line), "{line}: {}", output.stderr);
    }
    assert!(!output.stderr.contains("/streams/"), "{}", output.stderr);
}
