//! The example is run as a user would run it, against the emulator.

use replicate_emulator::{Emulator, Model};

#[allow(dead_code, reason = "shared with the examples of `replicate`")]
#[path = "../../../replicate/tests/programs/mod.rs"]
mod programs;

use programs::{count, spawn};

#[tokio::test]
async fn raw_pages_searches_reads_invalid_fields_and_uploads() {
    let models = (0..30).map(|n| Model::new(format!("acme/model-{n}")));
    let builder = models.fold(Emulator::builder(), |builder, model| builder.model(model));
    let emulator = builder.start().await.unwrap();
    let raw = spawn(&emulator, "raw", &["emulator", "text", "image"]);
    let lines = raw.lines().await;
    assert_eq!(lines[0], "36 models");
    assert_eq!(count(&emulator, "models.list"), 2);
    let found = |line: &String| line == "found emulator/image";
    assert!(lines.iter().any(found), "{lines:?}");
    assert_eq!(count(&emulator, "models.search"), 1);
    let invalid = |line: &String| line == "invalid input: prompt is required";
    assert!(lines.iter().any(invalid), "{lines:?}");
    assert_eq!(lines.last().unwrap(), "201 Created: uploaded 5 bytes");
    assert_eq!(count(&emulator, "files.delete"), 1);
}
