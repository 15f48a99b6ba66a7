//! Many runs at once in one process: all finish, and what they had open is closed again.
//! `cargo xtask chaos --many 10000` does the same at its full size.

#![cfg(target_os = "linux")]

use std::time::Duration;

use futures::future::join_all;
use replicate::{Client, PollPolicy};
use replicate_emulator::Emulator;
use serde_json::json;

const RUNS: usize = 150;

fn open_files() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// The only test of its process, since it counts the process's files.
#[tokio::test]
async fn many_runs_at_once_finish_and_leave_nothing_open() {
    let before = open_files();
    let emulator = Emulator::start().await.unwrap();
    let client = Client::builder()
        .token("r8_test")
        .base_url(emulator.url())
        .poll_policy(PollPolicy::fixed(Duration::from_millis(5)))
        .build()
        .unwrap();
    let runs = (0..RUNS).map(|run| {
        let run_input = json!({ "text": run.to_string() });
        client.run("replicate/hello-world").input(run_input).text()
    });
    let results = join_all(runs).await;
    let most = open_files();
    for (run, text) in results.into_iter().enumerate() {
        assert_eq!(text.unwrap(), format!("hello {run}"));
    }
    assert_eq!(emulator.predictions().len(), RUNS);
    // At most three connections a run, each with both its ends here: the create on the model's route,
    // the read of the model, and the create by its version, on a connection that cannot be stale.
    assert!(
        most <= before + 6 * RUNS + 32,
        "{before} files, then {most}"
    );
    drop((client, emulator));
    let closed = async {
        while open_files() > before + 8 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    let closed = tokio::time::timeout(Duration::from_secs(10), closed).await;
    assert!(
        closed.is_ok(),
        "{before} files before, {} after",
        open_files()
    );
}
