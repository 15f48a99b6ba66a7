//! The schemas of real models: those that Cog 0.16 made of our predictors in `conformance/cog`,
//! those of the emulator's models, and the recorded ones.

use std::path::Path;

use replicate::schema::{Input, ModelSchema, OutputKind, VersionSchema};
use replicate_emulator::Emulator;
use serde_json::Value;

/// The schemas that Cog made, by the names of their predictors.
fn cog_schemas() -> Vec<(String, ModelSchema)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cog-schemas");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let read = |path: std::path::PathBuf| {
        let document: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, ModelSchema::new(document).unwrap().unwrap())
    };
    files.into_iter().map(read).collect()
}

/// An input in one line, as a table of inputs shows it.
fn line(input: &Input) -> String {
    let schema = input.schema();
    let mut line = format!("  {}: {schema}", input.key());
    if input.is_required() {
        line.push_str(", required");
    }
    if schema.is_nullable() {
        line.push_str(", nullable");
    }
    if schema.is_deprecated() {
        line.push_str(", deprecated");
    }
    if let Some(default) = schema.default_value() {
        line.push_str(&format!(", default {default}"));
    }
    if let Some(pattern) = schema.pattern() {
        line.push_str(&format!(", pattern {pattern}"));
    }
    line
}

#[test]
fn the_schemas_that_cog_makes_are_read() {
    let mut text = String::new();
    for (name, schema) in cog_schemas() {
        let output = schema.output();
        text.push_str(&format!(
            "{name} -> {:?}: {}\n",
            output.kind(),
            output.schema()
        ));
        for input in schema.inputs() {
            text.push_str(&line(input));
            text.push('\n');
        }
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn every_model_of_the_emulator_has_a_schema_that_can_be_read() {
    let emulator = Emulator::start().await.unwrap();
    let client = replicate::Client::builder()
        .token("t")
        .base_url(emulator.url())
        .build()
        .unwrap();
    let mut models = client.models().list().items();
    let mut kinds = Vec::new();
    while let Some(model) = models.next().await {
        let model = model.unwrap();
        let schema = model.schema().unwrap().expect("a schema");
        kinds.push((model.name, schema.output().kind()));
    }
    let kind = |name: &str| {
        kinds
            .iter()
            .find(|(model, _)| model == name)
            .map(|(_, kind)| *kind)
    };
    assert_eq!(kind("text"), Some(OutputKind::StreamedText));
    assert_eq!(kind("image"), Some(OutputKind::Files));
    assert_eq!(kind("hello-world"), Some(OutputKind::Text));
}

/// Every object in `value` that stands under the key `openapi_schema`.
fn documents(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| documents(item, found)),
        Value::Object(fields) => {
            found.extend(
                fields
                    .get("openapi_schema")
                    .filter(|it| it.is_object())
                    .cloned(),
            );
            fields.values().for_each(|field| documents(field, found));
        }
        _ => {}
    }
}

#[test]
#[ignore = "reads the recorded responses in the folder that REPLICATE_REFERENCE names"]
fn every_recorded_schema_is_read() {
    let folder = std::env::var_os("REPLICATE_REFERENCE").expect("REPLICATE_REFERENCE is set");
    let mut found = Vec::new();
    for entry in std::fs::read_dir(Path::new(&folder).join("recorded")).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        documents(&serde_json::from_slice(&content).unwrap(), &mut found);
    }
    assert!(!found.is_empty());
    for document in found {
        let schema = ModelSchema::new(document).unwrap().unwrap();
        assert!(schema.inputs().len() > 10);
        assert_eq!(schema.output().kind(), OutputKind::Files);
        assert_eq!(
            schema.input("scheduler").unwrap().schema().choices().len(),
            7
        );
    }
}
