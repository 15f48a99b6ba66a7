//! The schemas of real models: those that Cog 0.16 made of our predictors in `conformance/cog`,
//! those of the emulator's models, and the recorded ones; and runs that are validated by them.

use std::path::Path;

use replicate::schema::{
    GenerateOptions, Input, ModelSchema, OutputKind, Rule, VersionSchema, generate,
};
use replicate::{Client, ErrorKind};
use replicate_emulator::{Emulator, Model};
use serde_json::{Value, json};

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

fn client(emulator: &Emulator) -> Client {
    let builder = Client::builder().token("t").base_url(emulator.url());
    builder.build().unwrap()
}

/// The types of a model, which are valid Rust.
fn generated(schema: &ModelSchema) -> String {
    let source = generate(schema, &GenerateOptions::new("acme/app")).unwrap();
    syn::parse_file(&source).unwrap();
    source
}

/// The methods and paths of the requests that an emulator received.
fn requests(emulator: &Emulator) -> Vec<String> {
    let requests = emulator.requests().into_iter();
    let line =
        |request: replicate_emulator::Request| format!("{} {}", request.method, request.path);
    requests.map(line).collect()
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
async fn every_model_of_the_emulator_has_a_schema_that_reads_validates_and_generates() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
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
    let kind = |name: &str| {
        kinds
            .iter()
            .find(|(model, _)| model == name)
            .map(|(_, kind)| *kind)
    };
    assert!(examples > 2, "{examples}");
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
        schema
            .validate(&json!({ "prompt": "a", "scheduler": "DDIM" }))
            .unwrap();
        let error = schema
            .validate(&json!({ "scheduler": "DDMI" }))
            .unwrap_err();
        assert_eq!(error.violations()[0].suggestion(), Some("DDIM"));
        assert!(schema.unchecked().is_empty());
        assert!(generated(&schema).contains("pub enum Scheduler {"));
    }
}

#[tokio::test]
async fn a_validated_run_of_an_invalid_input_creates_nothing() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    let input = json!({ "promt": "a cat", "width": 9000 });
    let run = client.run("emulator/image").input(&input).validated();
    let error = run.await.unwrap_err();
    insta::assert_snapshot!(error.to_string(), @"emulator/image was not run: invalid input: missing required input `prompt` (What chooses the picture); `width` must be 16 to 2048, not 9000; unknown input `promt`; did you mean `prompt`?");
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(!error.is_safe_to_retry() && error.prediction_id().is_none());
    let rules: Vec<Rule> = error.violations().iter().map(|one| one.rule()).collect();
    assert_eq!(rules, [Rule::Required, Rule::Range, Rule::Unknown]);
    let streamed = client
        .stream("emulator/text")
        .input(json!({ "prompt": 1 }))
        .validated();
    let error = streamed.await.map(drop).unwrap_err();
    assert_eq!(error.violations()[0].rule(), Rule::Type);
    let created = requests(&emulator)
        .iter()
        .filter(|line| line.starts_with("POST"))
        .count();
    assert_eq!(created, 0);
}

#[tokio::test]
async fn the_schema_of_validated_runs_is_read_once() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    for _ in 0..3 {
        let run = client
            .run("replicate/hello-world")
            .input(json!({ "text": "you" }));
        run.validated().await.unwrap();
    }
    let version = client.models().get("replicate/hello-world").await.unwrap();
    let version = version.latest_version.unwrap().id;
    let before = requests(&emulator).len();
    for _ in 0..3 {
        let run = client.run(format!("replicate/hello-world:{version}"));
        run.input(json!({ "text": "you" }))
            .validated()
            .await
            .unwrap();
    }
    let all = requests(&emulator);
    let reads = |lines: &[String]| lines.iter().filter(|line| line.starts_with("GET")).count();
    assert_eq!(reads(&all[..before]), 2, "{all:?}");
    assert_eq!(reads(&all[before..]), 1, "{all:?}");
}

#[tokio::test]
async fn a_validated_run_without_a_schema_creates_nothing_and_says_why() {
    let emulator = Emulator::start().await.unwrap();
    let client = client(&emulator);
    let model = client.models().get("emulator/text").await.unwrap();
    let version = model.latest_version.unwrap().id;
    let run = client
        .run(version.as_str())
        .input(json!({ "prompt": "a" }))
        .validated();
    let error = run.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert!(
        error.to_string().contains("use owner/name:version"),
        "{error}"
    );
    let missing = client.run("missing/missing").input(json!({})).validated();
    assert_eq!(missing.await.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(
        requests(&emulator)
            .iter()
            .all(|line| line.starts_with("GET"))
    );
}

#[tokio::test]
async fn a_secret_is_in_no_form_of_the_error_of_a_validated_run() {
    let model = Model::new("acme/secret")
        .official(true)
        .input_schema(json!({
            "properties": { "api_key": { "type": "string", "x-cog-secret": true, "maxLength": 3 } },
        }));
    let emulator = Emulator::builder().model(model).start().await.unwrap();
    let input = json!({ "api_key": "s3cret", "api_kye": "s3cret" });
    let run = client(&emulator)
        .run("acme/secret")
        .input(input)
        .validated();
    let error = run.await.unwrap_err();
    let violations = error.violations();
    assert_eq!(violations.len(), 2);
    for shown in [
        format!("{error} {error:?} {error:#?}"),
        format!("{violations:?}"),
    ] {
        assert!(!shown.contains("s3cret"), "{shown}");
    }
}
