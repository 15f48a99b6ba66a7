//! Several predictions of one command.

use replicate_emulator::{Emulator, Fault, Status};

use crate::program::{command_line, created, creates, inject, output, run, signal, start};
use crate::saving::names;

#[tokio::test]
async fn sweep_runs_every_combination_and_keeps_every_output() {
    let emulator = Emulator::start().await.expect("an emulator");
    let directory = tempfile::tempdir().expect("a directory");
    let swept =
        run!(emulator in directory, "run emulator/image prompt=a,b seed=1..3 --sweep --save");
    swept.exits(0);
    assert_eq!((creates(&emulator), names(directory.path()).len()), (6, 6));
    swept.says("6 predictions");
}

#[tokio::test]
async fn repeated_runs_print_every_output() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = "run replicate/hello-world text=Bob --repeat 3 -j 2";
    let repeated = command_line(run).at(&emulator).run().await;
    assert_eq!(
        repeated.stdout,
        "hello Bob\n".repeat(3),
        "{}",
        repeated.stderr
    );
    let json = command_line(run).arg("--json").at(&emulator).run().await;
    let statuses = json.stdout.matches("\"succeeded\"").count();
    assert_eq!((statuses, json.stdout.lines().count()), (3, 3));
}

#[tokio::test]
async fn some_failures_exit_with_8_and_stop_at_the_limit() {
    let emulator = Emulator::start().await.expect("an emulator");
    let run = "run emulator/fail reason=a,b,c,d --sweep -j 1";
    let all = command_line(run).at(&emulator).run().await;
    all.exits(8);
    assert_eq!(creates(&emulator), 4);
    let stopped = command_line(run)
        .arg("--max-failures=1")
        .at(&emulator)
        .run()
        .await;
    stopped.exits(8);
    assert_eq!(creates(&emulator), 5);
    let limited = command_line(run)
        .arg("--max-predictions=3")
        .at(&emulator)
        .run()
        .await;
    limited.exits(2);
    assert_eq!(creates(&emulator), 5);
}

#[tokio::test]
async fn missing_credit_stops_a_sweep() {
    let emulator = Emulator::start().await.expect("an emulator");
    let fault = Fault::status(402).on("models.predictions.create");
    inject(&emulator, fault);
    let stopped = run!(emulator, "run emulator/image prompt=x --repeat 5 -j 1");
    stopped.exits(8);
    assert_eq!(creates(&emulator), 1);
}

#[tokio::test]
async fn interrupted_sweep_cancels_what_runs_and_creates_no_more() {
    let emulator = Emulator::start().await.expect("an emulator");
    let child = start!(emulator, "run emulator/slow seconds=60 --repeat 6 -j 2");
    created(&emulator, 2).await;
    signal(&child, "-INT");
    let ended = output(child).await;
    ended.exits(130);
    let predictions = emulator.predictions();
    assert_eq!(predictions.len(), 2);
    for prediction in predictions {
        assert_eq!(prediction.status, Status::Canceled);
    }
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
