use serde_json::{Value, json};

use super::*;
use crate::schema::tests::{document, of_input};

fn source(input: Value, output: Value) -> String {
    let schema = ModelSchema::new(document(input, output)).unwrap().unwrap();
    generate(&schema, &GenerateOptions::new("acme/app")).unwrap()
}

#[test]
fn a_secret_is_never_written_and_its_choices_are_not_an_enum() {
    let secret = json!({ "type": "string", "writeOnly": true, "default": "s3cret" });
    let chosen = json!({ "type": "string", "writeOnly": true, "enum": ["s3cret"] });
    let input = json!({ "properties": { "key": secret, "one": chosen } });
    let source = source(input, json!({}));
    assert!(!source.contains("s3cret"), "{source}");
    let secrets = source.matches("Option<::replicate::Secret>").count();
    assert_eq!(secrets, 2, "{source}");
}

#[test]
fn a_default_that_the_model_refuses_is_not_sent() {
    let property = json!({ "type": "integer", "default": 99, "maximum": 10 });
    let source = source(json!({ "properties": { "n": property } }), json!({}));
    assert!(source.contains("n: None"), "{source}");
}

#[test]
fn a_pinned_version_is_what_runs() {
    let schema = of_input(json!({}));
    let options = GenerateOptions::new("acme/app").version("v1");
    let source = generate(&schema, &options).unwrap();
    let constant = r#"pub const MODEL: &str = "acme/app:v1";"#;
    assert!(source.contains(constant), "{source}");
    let broken = generate(&schema, &GenerateOptions::new("acme/app\nfn x() {}"));
    assert_eq!(broken.unwrap_err().kind(), ErrorKind::InvalidRequest);
}

#[test]
fn each_form_of_output_has_its_type_and_call() {
    let file = json!({ "type": "string", "format": "uri" });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let mut streamed = texts.clone();
    streamed["x-cog-array-display"] = json!("concatenate");
    let files = json!({ "type": "array", "items": file });
    let nullable = json!({ "type": "string", "nullable": true });
    let object = json!({ "type": "object" });
    let map = "::serde_json::Map<String, ::serde_json::Value>";
    for (output, kind, call) in [
        (json!({ "type": "string" }), "String", "text"),
        (streamed, "String", "text"),
        (texts, "Vec<String>", "json"),
        (file, "::replicate::FileOutput", "json"),
        (files, "Vec<::replicate::FileOutput>", "json"),
        (nullable, "Option<String>", "json"),
        (object, map, "json"),
        (json!({}), "::serde_json::Value", "json"),
    ] {
        let source = source(json!({}), output);
        for line in [
            format!("pub type Output = {kind};"),
            format!(".input(input).{call}().await"),
        ] {
            assert!(source.contains(&line), "{source}");
        }
    }
}

/// The schemas whose generated source is compiled and run by `tests/it/schema_generate.rs`.
const KEPT: [&str; 11] = [
    "choices", "files", "frames", "lists", "names", "numbers", "odd", "plain", "secrets", "stream",
    "text",
];

/// `UPDATE_GENERATED=1` writes the source anew.
#[test]
fn the_generated_source_is_what_is_compiled_in_the_tests() {
    let tests = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for name in KEPT {
        let fixture = match name {
            "odd" => "fixtures/odd-model.json".to_owned(),
            name => format!("fixtures/cog-schemas/{name}.json"),
        };
        let document: Value =
            serde_json::from_slice(&std::fs::read(tests.join(fixture)).unwrap()).unwrap();
        let schema = ModelSchema::new(document).unwrap().unwrap();
        let options = GenerateOptions::new(format!("typed/{name}"));
        compare(&schema, &options, name);
    }
}

/// The model of `docs/typed-models.md`, whose code `tests/it/schema_page.rs` runs.
#[tokio::test]
async fn the_generated_source_of_the_page_is_what_is_compiled_in_the_tests() {
    let emulator = replicate_emulator::Emulator::start().await.unwrap();
    let builder = crate::Client::builder().token("t").base_url(emulator.url());
    let client = builder.build().unwrap();
    let schema = ModelSchema::read(&client, "emulator/image").await.unwrap();
    compare(
        &schema.unwrap(),
        &GenerateOptions::new("emulator/image"),
        "image",
    );
}

/// Compares what is generated with what is kept in the tests.
fn compare(schema: &ModelSchema, options: &GenerateOptions, name: &str) {
    let source = generate(schema, options).unwrap();
    let tests = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let path = tests.join(format!("generated/{name}.rs"));
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &source).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let changes = changes(&kept, schema, options).unwrap();
    assert_eq!(changes, [""; 0], "{}", path.display());
    assert_eq!(kept, source);
}
