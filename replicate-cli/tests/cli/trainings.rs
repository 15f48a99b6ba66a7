//! Commands for trainings.

use std::time::Duration;

use replicate_emulator::Emulator;
use serde_json::json;

use crate::program::{ProgramOutput, output, replicate};

async fn at(emulator: &Emulator, arguments: &[&str]) -> ProgramOutput {
    replicate([]).args(arguments).at(emulator).run().await
}

/// The arguments of a training of the emulator's text model.
const TRAIN: [&str; 6] = [
    "trainings",
    "create",
    "emulator/text",
    "--destination",
    "acme/mine",
    "train_data=https://example.com/a.txt",
];

async fn with_destination() -> Emulator {
    with_training_time(Duration::from_millis(100)).await
}

async fn with_training_time(time: Duration) -> Emulator {
    let emulator = Emulator::builder()
        .training_time(time)
        .start()
        .await
        .expect("an emulator");
    let create = [
        "models",
        "create",
        "acme/mine",
        "--private",
        "--hardware",
        "cpu",
    ];
    assert_eq!(at(&emulator, &create).await.code, 0);
    emulator
}

#[tokio::test]
async fn training_is_created_waited_for_and_its_logs_printed() {
    let emulator = with_destination().await;
    let created = at(&emulator, &TRAIN).await.json();
    let id = created["id"].as_str().expect("an id");
    let waited = at(&emulator, &["trainings", "wait", id]).await;
    assert_eq!(waited.json()["status"], "succeeded", "{}", waited.stderr);
    let logs = at(&emulator, &["trainings", "logs", id]).await;
    let followed = at(&emulator, &["trainings", "logs", id, "--follow"]).await;
    assert!(!logs.stdout.is_empty(), "{}", logs.stderr);
    assert_eq!(logs.stdout, followed.stdout, "{}", followed.stderr);
    let train = at(&emulator, &[&["train"], &TRAIN[2..], &["--wait"]].concat()).await;
    assert_eq!(train.json()["status"], "succeeded", "{}", train.stderr);
}

#[tokio::test]
async fn input_of_a_training_is_validated_before_anything_is_sent() {
    let emulator = with_destination().await;
    let arguments = [&TRAIN[..5], &["train_dat=https://example.com/a.txt"]].concat();
    let created = at(&emulator, &arguments).await;
    created.exits(2);
    created.says("train_data");
    let dry = at(&emulator, &[&TRAIN[..], &["--dry-run"]].concat())
        .await
        .json();
    assert_eq!(
        dry["input"],
        json!({"train_data": "https://example.com/a.txt"})
    );
    let creates = emulator
        .requests()
        .iter()
        .filter(|r| r.operation == Some("trainings.create"))
        .count();
    assert_eq!(creates, 0);
}

#[tokio::test]
async fn training_is_canceled_by_its_id() {
    let emulator = with_training_time(Duration::from_secs(60)).await;
    let id = at(&emulator, &TRAIN).await.json()["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let canceled = at(&emulator, &["trainings", "cancel", &id]).await;
    canceled.exits(0);
    let waited = at(&emulator, &["trainings", "wait", &id]).await;
    waited.exits(3);
    assert_eq!(waited.json()["status"], "canceled");
}

#[cfg(unix)]
#[tokio::test]
async fn interrupted_wait_cancels_the_training_that_the_command_created() {
    let emulator = with_training_time(Duration::from_secs(60)).await;
    let child = replicate([])
        .args(&TRAIN)
        .arg("--wait")
        .at(&emulator)
        .start();
    let created = async {
        loop {
            let listed = at(&emulator, &["trainings", "list"]).await.json();
            if listed
                .as_array()
                .is_some_and(|trainings| !trainings.is_empty())
            {
                return;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(20), created)
        .await
        .expect("a training");
    let id = child.id().expect("it runs").to_string();
    let sent = std::process::Command::new("kill")
        .args(["-INT", &id])
        .status();
    assert!(sent.is_ok_and(|status| status.success()));
    let ended = output(child).await;
    ended.says("was canceled");
    let listed = at(&emulator, &["trainings", "list"]).await.json();
    assert_eq!(listed[0]["status"], "canceled");
}
