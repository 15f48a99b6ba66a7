//! What a command says while it waits.

use replicate_emulator::{Emulator, Fault};

use crate::program::{inject, run};

#[tokio::test]
async fn waits_for_a_rate_limit_and_through_an_outage_are_not_silent() {
    let emulator = Emulator::start().await.expect("an emulator");
    let limited = Fault::rate_limit(2).on("models.predictions.create");
    inject(&emulator, limited.times(1));
    inject(
        &emulator,
        Fault::drop_connection().on("predictions.get").times(4),
    );
    let output = run!(emulator, "run emulator/slow seconds=0.5 --no-stream");
    output.exits_with(0, "took 0.5 s\n");
    output.says("rate limited, retrying in ");
    let notes = output.stderr.matches("still waiting").count();
    assert_eq!(notes, 1, "{}", output.stderr);
    assert_eq!(emulator.predictions().len(), 1);
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
