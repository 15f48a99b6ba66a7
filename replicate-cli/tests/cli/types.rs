use replicate_emulator::{Emulator, Model};
use serde_json::{Value, json};

use crate::program::{emulator_with, replicate, run};

async fn emulator() -> Emulator {
    let model = Model::new("acme/app").official(true).input_schema(json!({
        "required": ["prompt"],
        "properties": { "prompt": { "type": "string" }, "size": { "type": "integer", "default": 1 } },
    }));
    emulator_with(model).await
}

/// The emulator's model, with another type of `size`.
async fn changed() -> Emulator {
    let model = Model::new("acme/app").official(true).input_schema(json!({
        "required": ["prompt"],
        "properties": { "prompt": { "type": "string" }, "size": { "type": "number", "default": 1 } },
    }));
    emulator_with(model).await
}

#[tokio::test]
async fn types_are_printed_or_written_to_a_file() {
    let emulator = emulator().await;
    let folder = tempfile::tempdir().expect("a folder");
    let output = run!(emulator, "models types acme/app");
    output.exits(0);
    output.prints("pub struct Input {");
    assert!(
        output
            .stdout
            .contains(r#"pub const MODEL: &str = "acme/app";"#)
    );
    let path = folder.path().join("app.rs");
    for _ in 0..2 {
        let command = replicate(["models", "types", "acme/app", "-o"])
            .arg(&path)
            .at(&emulator);
        let written = command.run().await;
        written.exits_with(0, "");
    }
    let written = std::fs::read_to_string(&path).expect("a file");
    assert_eq!(written, output.stdout);
    let count = std::fs::read_dir(folder.path()).expect("a folder").count();
    assert_eq!(count, 1, "no temporary file is left");
}

#[tokio::test]
async fn a_file_that_was_not_generated_is_not_replaced() {
    let emulator = emulator().await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.rs");
    std::fs::write(&path, "// my own\n").expect("written");
    let command = replicate(["models", "types", "acme/app", "-o"])
        .arg(&path)
        .at(&emulator);
    let output = command.run().await;
    output.exits(2);
    output.says("is not a generated file");
    assert_eq!(std::fs::read_to_string(&path).expect("kept"), "// my own\n");
}

#[tokio::test]
async fn a_check_lists_what_has_changed() {
    let (emulator, changed) = (emulator().await, changed().await);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.rs");
    let written = replicate(["models", "types", "acme/app", "-o"])
        .arg(&path)
        .at(&emulator);
    assert_eq!(written.run().await.code, 0);
    let check = || replicate(["models", "types", "acme/app", "--check"]).arg(&path);
    let same = check().at(&emulator).run().await;
    same.exits_with(0, "");
    same.says("is up to date");
    let other = check().at(&changed).run().await;
    other.exits(1);
    let line = "the input `size` was `integer, default 1`, and is `number, default 1`";
    assert_eq!(other.stdout, format!("{line}\n"));
    assert!(
        other
            .stderr
            .contains("is out of date: the model has changed"),
        "{}",
        other.stderr
    );
    let json = check().arg("--json").at(&changed).run().await;
    assert_eq!((json.code, json.json()), (1, json!([line])));
}

#[tokio::test]
async fn a_file_that_pins_a_version_is_compared_with_the_latest() {
    let (emulator, changed) = (emulator().await, changed().await);
    let version = async |emulator: &Emulator| -> String {
        let show = replicate(["models", "show", "acme/app", "--json"]).at(emulator);
        let model: Value = show.run().await.json();
        model["latest_version"]["id"]
            .as_str()
            .expect("a version")
            .to_owned()
    };
    let (old, new) = (version(&emulator).await, version(&changed).await);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("app.rs");
    let reference = format!("acme/app:{old}");
    let written = replicate(["models", "types", &reference, "-o"])
        .arg(&path)
        .at(&emulator);
    assert_eq!(written.run().await.code, 0);
    let check = || replicate(["models", "types", "acme/app", "--check"]).arg(&path);
    assert_eq!(check().at(&emulator).run().await.code, 0);
    let other = check().at(&changed).run().await;
    let first = format!("the model was `acme/app:{old}`, and is `acme/app:{new}`\n");
    assert!(other.stdout.starts_with(&first), "{}", other.stdout);
    other.exits(1);
}

#[tokio::test]
async fn a_reference_without_a_model_is_refused() {
    let emulator = emulator().await;
    let version = "0".repeat(64);
    let output = run!(emulator, "models types {version}");
    output.exits(2);
    output.says("expected owner/name");
    let missing = run!(emulator, "models types acme/none");
    missing.exits(5);
}
