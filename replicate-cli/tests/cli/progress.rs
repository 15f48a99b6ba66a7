//! What a command says while it waits.

use replicate_emulator::{Emulator, Fault};

use crate::program::{inject, reads, run, soon, start};

#[tokio::test]
async fn wait_for_a_rate_limit_is_not_silent() {
    let emulator = Emulator::start().await.expect("an emulator");
    let limited = Fault::rate_limit(2).on("models.predictions.create");
    inject(&emulator, limited.times(1));
    let output = run!(emulator, "run emulator/text 'a tale' max_tokens=2");
    output.exits_with(0, "a tale\n");
    output.says("rate limited, retrying in ");
}

#[tokio::test]
async fn wait_through_an_outage_is_noted_once() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::drop_connection().on("predictions.get"));
    let mut child = start!(emulator, "run emulator/slow seconds=0.5 --no-stream");
    let note = reads(&mut child, "still waiting").await;
    emulator.clear_faults();
    let output = soon(child).await;
    output.exits_with(0, "took 0.5 s\n");
    let notes = note + &output.stderr;
    assert_eq!(notes.matches("still waiting").count(), 1, "{notes}");
}

#[tokio::test]
async fn verbose_shows_each_request_with_its_status_and_no_secret() {
    let emulator = Emulator::start().await.expect("an emulator");
    inject(&emulator, Fault::status(503).on("models.get").times(1));
    let output = run!(emulator, "-v run emulator/text 'a tale' max_tokens=2");
    let base = emulator.url();
    for line in [
        &format!("> GET {base}/v1/models/emulator/text"),
        "< 503 (",
        "* retrying",
        &format!("> POST {base}/v1/models/emulator/text/predictions"),
        "< 201 (",
    ] {
        output.says(line);
    }
    assert!(!output.stderr.contains("/streams/"), "{}", output.stderr);
}
