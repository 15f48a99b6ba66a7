//! Several predictions of one command.

use replicate_emulator::{Emulator, Fault, Status};

use crate::program::{created, creates, inject, output, run, signal, start};
use crate::session::assert_session;

#[tokio::test]
async fn every_combination_and_repetition_keeps_its_output() {
    assert_session!(@r#"
        $ replicate run emulator/image prompt=a,b seed=1..3 width=16 height=16 --sweep --save | wc -l
        6
        2> creating 6 predictions
        $ ls | wc -l
        6
        $ replicate run replicate/hello-world text=Bob --repeat 3 -j 2
        hello Bob
        hello Bob
        hello Bob
        2> creating 3 predictions
        $ replicate run replicate/hello-world text=Bob --repeat 3 -j 2 --json --quiet | grep -o '"succeeded"'
        "succeeded"
        "succeeded"
        "succeeded"
        $ replicate predictions list --jq length
        12
        "#);
}

#[tokio::test]
async fn some_failures_exit_with_8_and_stop_at_the_limit() {
    let emulator = Emulator::start().await.expect("an emulator");
    assert_session!(emulator, @r#"
        $ sweep() { replicate run emulator/fail reason=a,b,c,d --sweep -j 1 $1; }
        $ sweep
        2> creating 4 predictions
        2> error: prediction ID failed: a
        2> hint: its input: {"reason":"a"}
        2> error: prediction ID failed: b
        2> hint: its input: {"reason":"b"}
        2> error: prediction ID failed: c
        2> hint: its input: {"reason":"c"}
        2> error: prediction ID failed: d
        2> hint: its input: {"reason":"d"}
        2> error: 4 of 4 predictions failed
        exit 8
        $ sweep --max-failures=1
        2> creating 4 predictions
        2> error: prediction ID failed: a
        2> hint: its input: {"reason":"a"}
        2> error: 1 of 1 predictions failed; 3 were not created
        exit 8
        $ sweep --max-predictions=3
        2> error: this creates 4 predictions, and --max-predictions is 3
        exit 2
        "#);
    assert_eq!(creates(&emulator), 5);
}

#[tokio::test]
async fn missing_credit_stops_a_sweep() {
    let emulator = Emulator::start().await.expect("an emulator");
    let fault = Fault::status(402).on("models.predictions.create");
    inject(&emulator, fault);
    run!(emulator, "run emulator/image prompt=x --repeat 5 -j 1").exits(8);
    assert_eq!(creates(&emulator), 1);
}

#[tokio::test]
async fn interrupted_sweep_cancels_what_runs_and_creates_no_more() {
    let emulator = Emulator::start().await.expect("an emulator");
    let child = start!(emulator, "run emulator/slow seconds=60 --repeat 6 -j 2");
    created(&emulator, 2).await;
    signal(&child, "-INT");
    output(child).await.exits(130);
    let predictions = emulator.predictions();
    let statuses: Vec<Status> = predictions.iter().map(|one| one.status).collect();
    assert_eq!(statuses, [Status::Canceled; 2]);
}

#[tokio::test]
async fn several_outputs_are_not_written_to_one_file() {
    let emulator = Emulator::start().await.expect("an emulator");
    for target in ["x.png", "{n}.png", "-"] {
        let refused = run!(
            emulator,
            "run emulator/image prompt=x --repeat 2 -o {target}"
        );
        refused.exits(2);
    }
    assert_eq!(creates(&emulator), 0);
}
