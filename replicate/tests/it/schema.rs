//! The schemas of real models: those that Cog 0.16 made of our predictors in `conformance/cog`,
//! those of the emulator's models, and the recorded ones; and runs that are validated by them.

use std::path::Path;

use replicate::ErrorKind;
use replicate::schema::{
    GenerateOptions, Input, ModelSchema, OutputKind, Rule, VersionSchema, generate,
};
use replicate_emulator::{Emulator, Model, Request};
use serde_json::{Value, json};

use crate::support::{assert_error, emulator, emulator_with};

/// The schemas that Cog made, by the names of their predictors.
fn cog_schemas() -> Vec<(String, ModelSchema)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/cog-schemas");
    let files = std::fs::read_dir(folder).unwrap();
    let read = |file: std::io::Result<std::fs::DirEntry>| {
        let path = file.unwrap().path();
        let document: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, ModelSchema::new(document).unwrap().unwrap())
    };
    let mut schemas: Vec<_> = files.map(read).collect();
    schemas.sort_by(|a, b| a.0.cmp(&b.0));
    schemas
}

/// The types of a model, which are valid Rust.
fn generated(schema: &ModelSchema) -> String {
    let source = generate(schema, &GenerateOptions::new("acme/app")).unwrap();
    syn::parse_file(&source).unwrap();
    source
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
        let (kind, output) = (output.kind(), output.schema());
        text.push_str(&format!("{name} -> {kind:?}: {output}\n"));
        for input in schema.inputs() {
            text.push_str(&format!("{}\n", line(input)));
        }
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn every_model_of_the_emulator_has_a_schema_that_reads_validates_and_generates() {
    let (_emulator, client) = emulator().await;
    let mut models = client.models().list().items();
    let (mut kinds, mut examples) = (Vec::new(), 0);
    while let Some(model) = models.next().await {
        let model = model.unwrap();
        let schema = model.schema().unwrap().expect("a schema");
        if let Some(example) = model.default_example {
            schema.validate(&example.input).unwrap();
            examples += 1;
        }
        assert!(generated(&schema).contains("pub async fn run("));
        kinds.push((model.name, schema.output().kind()));
    }
    assert!(examples > 2, "{examples}");
    for (name, kind) in [
        ("text", OutputKind::StreamedText),
        ("image", OutputKind::Files),
        ("hello-world", OutputKind::Text),
    ] {
        assert!(kinds.contains(&(name.to_owned(), kind)), "{kinds:?}");
    }
}

/// Every object in `value` that stands under the key `openapi_schema`.
fn documents(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| documents(item, found)),
        Value::Object(fields) => {
            let schema = fields.get("openapi_schema");
            found.extend(schema.filter(|it| it.is_object()).cloned());
            fields.values().for_each(|field| documents(field, found));
        }
        _ => {}
    }
}

#[test]
#[ignore = "reads the recorded responses in the folder that REPLICATE_REFERENCE names"]
fn every_recorded_schema_reads_validates_and_generates() {
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
        let scheduler = schema.input("scheduler").unwrap().schema();
        assert_eq!(scheduler.choices().len(), 7);
        let valid = json!({ "prompt": "a", "scheduler": "DDIM" });
        schema.validate(&valid).unwrap();
        let typo = json!({ "scheduler": "DDMI" });
        let error = schema.validate(&typo).unwrap_err();
        assert_eq!(error.violations()[0].suggestion(), Some("DDIM"));
        assert!(schema.unchecked().is_empty());
        assert!(generated(&schema).contains("pub enum Scheduler {"));
    }
}

#[tokio::test]
async fn a_validated_run_of_an_invalid_input_creates_nothing() {
    let (emulator, client) = emulator().await;
    let input = json!({ "promt": "a cat", "width": 9000 });
    let run = client.run("emulator/image").input(&input).validated();
    let error = run.await.unwrap_err();
    insta::assert_snapshot!(error.to_string(), @"emulator/image was not run: invalid input: missing required input `prompt` (What chooses the picture); `width` must be 16 to 2048, not 9000; unknown input `promt`; did you mean `prompt`?");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(!error.is_safe_to_retry() && error.prediction_id().is_none());
    let rules: Vec<Rule> = error.violations().iter().map(|one| one.rule()).collect();
    assert_eq!(rules, [Rule::Required, Rule::Range, Rule::Unknown]);
    let stream = client.stream("emulator/text").validated();
    let streamed = stream.input(json!({ "prompt": 1 })).await;
    let error = streamed.map(drop).unwrap_err();
    assert_eq!(error.violations()[0].rule(), Rule::Type);
    assert_only_reads(&emulator);
}

#[tokio::test]
async fn the_schema_of_validated_runs_is_read_once() {
    let (emulator, client) = emulator().await;
    let run_often = async |model: &str| {
        emulator.clear_requests();
        for _ in 0..3 {
            let run = client.run(model).input(json!({ "text": "you" }));
            run.validated().await.unwrap();
        }
        let requests = emulator.requests().into_iter();
        requests.filter(|request| request.method == "GET").count()
    };
    const MODEL: &str = "replicate/hello-world";
    assert_eq!(run_often(MODEL).await, 1);
    let model = client.models().get(MODEL).await.unwrap();
    let version = model.latest_version.unwrap().id;
    assert_eq!(run_often(&format!("{MODEL}:{version}")).await, 1);
}

#[tokio::test]
async fn a_validated_run_without_a_schema_creates_nothing_and_says_why() {
    let (emulator, client) = emulator().await;
    let model = client.models().get("emulator/text").await.unwrap();
    let version = model.latest_version.unwrap().id;
    let run = client.run(version).input(json!({ "prompt": "a" }));
    let error = run.validated().await.unwrap_err();
    let says = "use owner/name:version";
    assert_error(&error, ErrorKind::InvalidRequest, says);
    let missing = client.run("missing/missing").input(json!({})).validated();
    assert_eq!(missing.await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_only_reads(&emulator);
}

fn assert_only_reads(emulator: &Emulator) {
    let requests = emulator.requests();
    let is_read = |request: &Request| request.method == "GET";
    assert!(requests.iter().all(is_read), "{requests:?}");
}

#[tokio::test]
async fn a_secret_is_in_no_form_of_the_error_of_a_validated_run() {
    let key = json!({ "type": "string", "x-cog-secret": true, "maxLength": 3 });
    let schema = json!({ "properties": { "api_key": key } });
    let model = Model::new("acme/secret").official(true);
    let (_emulator, client) = emulator_with(model.input_schema(schema)).await;
    let input = json!({ "api_key": "s3cret", "api_kye": "s3cret" });
    let run = client.run("acme/secret").input(input).validated();
    let error = run.await.unwrap_err();
    let violations = error.violations();
    assert_eq!(violations.len(), 2);
    let shown = format!("{error} {error:?} {error:#?} {violations:?}");
    assert!(!shown.contains("s3cret"), "{shown}");
}
