//! The types that are generated for models: those of `conformance/cog/typed`, and one whose names
//! and values are as odd as they can be.
//!
//! Their generated source is kept in `tests/generated`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use replicate::schema::{GenerateOptions, ModelSchema, changes, generate};
use replicate::{Client, FileInput};
use replicate_emulator::{Emulator, Model};
use serde_json::{Value, json};

use crate::generated::{
    choices, files, frames, lists, names, numbers, odd, plain, secrets, stream, text,
};

use crate::support::emulator_with;

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn document(name: &str) -> Value {
    let path = match name {
        "odd" => "fixtures/odd-model.json".to_owned(),
        name => format!("fixtures/cog-schemas/{name}.json"),
    };
    serde_json::from_slice(&std::fs::read(tests().join(path)).unwrap()).unwrap()
}

fn schema(name: &str) -> ModelSchema {
    ModelSchema::new(document(name)).unwrap().unwrap()
}

/// The schemas of a document without references, as the emulator takes them.
fn inlined(schema: &Value, document: &Value) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(|item| inlined(item, document)).collect(),
        Value::Object(fields) => {
            let mut own = serde_json::Map::new();
            for (key, value) in fields {
                if let ("$ref", Some(reference)) = (key.as_str(), value.as_str()) {
                    let target = document.pointer(&reference[1..]).unwrap();
                    own.extend(inlined(target, document).as_object().unwrap().clone());
                } else if key != "anyOf" || value != &json!([]) {
                    own.insert(key.clone(), inlined(value, document));
                }
            }
            own.into()
        }
        other => other.clone(),
    }
}

/// A client of an emulator that serves all of these models. Each returns its input as text, or
/// else what `output` says.
async fn served(
    name: &str,
    output: impl Fn(Value) -> Value + Send + Sync + 'static,
) -> (Emulator, Client) {
    let document = document(name);
    let part = |part: &str| inlined(&document["components"]["schemas"][part], &document);
    let output = Arc::new(output);
    let model = Model::new(format!("typed/{name}"))
        .official(true)
        .input_schema(part("Input"))
        .output_schema(part("Output"));
    let model = model.run(move |input, _| {
        let output = output(input);
        async move { Ok(output) }
    });
    emulator_with(model).await
}

/// The input that a model returned as text.
fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn a_text_model_runs_with_its_defaults() {
    let (_emulator, client) = served("text", |input| input.to_string().into()).await;
    let input = text::Input::new("a cat");
    let output = text::run(&client, &input).await.unwrap();
    let expected = json!({ "prompt": "a cat", "suffix": "!", "code": "abc" });
    assert_eq!(parsed(&output), expected);
    let input = input.name("Ann").code("xyz").suffix("?");
    let output = text::run(&client, &input).await.unwrap();
    let expected = json!({ "prompt": "a cat", "suffix": "?", "name": "Ann", "code": "xyz" });
    assert_eq!(parsed(&output), expected);
}

#[tokio::test]
async fn numbers_and_an_object_are_typed() {
    let output = |input: Value| json!({ "total": input["scale"], "count": input["count"] });
    let (_emulator, client) = served("numbers", output).await;
    let input = numbers::Input::new(3).scale(1).seed(-4).exact(false);
    let output = numbers::run(&client, &input).await.unwrap();
    let expected = numbers::Output {
        total: 1.0,
        count: 3,
        note: None,
    };
    assert_eq!(output, expected);
}

#[tokio::test]
async fn choices_are_enums_that_are_sent_as_they_are_named() {
    let (_emulator, client) = served("choices", |input| input).await;
    let input = choices::Input::new(choices::Size::V512).style(choices::Style::V2Fold);
    let output = choices::run(&client, &input).await.unwrap();
    assert_eq!(output, json!({ "size": 512, "style": "2-fold" }));
    let input = choices::Input::new(choices::Size::V256);
    assert_eq!(input.style, choices::Style::Plain);
}

#[tokio::test]
async fn files_go_in_and_out() {
    let (_emulator, client) = served("files", |input| input["image"].clone()).await;
    let image = FileInput::bytes(&b"pixels"[..], "image/png");
    let input = files::Input::new(image).mask(FileInput::url("https://example.com/mask.png"));
    let output = files::run(&client, &input).await.unwrap();
    assert_eq!(output.bytes().await.unwrap(), "pixels");
}

#[tokio::test]
async fn lists_are_made_of_any_iterator() {
    let (_emulator, client) = served("lists", |input| input["images"].clone()).await;
    let input = lists::Input::new(["a", "b"]);
    assert_eq!(input.numbers, [1, 2]);
    let images = [FileInput::bytes(&b"1"[..], "text/plain")];
    let input = input.images(images).numbers(1..4);
    let output = lists::run(&client, &input).await.unwrap();
    assert_eq!(output[0].bytes().await.unwrap(), "1");
}

#[tokio::test]
async fn secrets_are_sent_and_not_shown() {
    let (_emulator, client) =
        served("secrets", |input| (input["api_key"] == "s3cret").into()).await;
    let input = secrets::Input::new("s3cret").token("other s3cret");
    assert!(!format!("{input:?}").contains("s3cret"));
    assert!(secrets::run(&client, &input).await.unwrap());
}

#[tokio::test]
async fn streamed_text_is_joined() {
    let (_emulator, client) = served("stream", |_| json!(["a ", "b "])).await;
    let input = stream::Input::new("a b").max_tokens(2);
    assert_eq!(stream::run(&client, &input).await.unwrap(), "a b ");
}

#[tokio::test]
async fn a_model_without_required_inputs_runs_with_its_defaults() {
    let (_emulator, client) = served("plain", |input| json!([input.to_string()])).await;
    let output = plain::run(&client, &plain::Input::default()).await.unwrap();
    let expected = json!({ "text": "a b", "upper": false, "times": 1, "weight": 1.5 });
    assert_eq!(parsed(&output[0]), expected);
    assert_eq!(frames::Input::default().frames, 2);
}

#[tokio::test]
async fn changed_names_are_sent_as_the_model_has_them() {
    let file = "data:text/plain,a";
    let output = move |input: Value| json!({ "type": input.to_string(), "file": file });
    let (_emulator, client) = served("names", output).await;
    let input = names::Input::new()
        .r#type("t")
        .self_(2)
        .r#match(true)
        .camel_case("snake")
        .camel_case_2("camel")
        .größe(4);
    let output = names::run(&client, &input).await.unwrap();
    let expected = json!({
        "type": "t", "self_": 2, "match": true, "camel_case": "snake", "camelCase": "camel",
        "größe": 4, "input": "", "client": "",
    });
    assert_eq!(parsed(&output.r#type), expected);
    assert_eq!(output.file.url(), file);
}

#[tokio::test]
async fn odd_names_values_and_types_run() {
    let output = |input: Value| {
        json!({
            "image": "data:text/plain,a",
            "layers": [{ "name": input.to_string() }],
            "score": "high", "2d": null, "mood": "a new one",
        })
    };
    let (_emulator, client) = served("odd", output).await;
    let image = FileInput::url("https://example.com/l.png");
    let layer = odd::F::new(image, odd::Type::Multiply).opacity(0.5);
    let input = odd::Input::new(true, "new", 1, 2, [1.5, 2.0], odd::E::Minus1, layer);
    let input = input.prompt("a").string(odd::String2::Vec2);
    let input = input.maybe(8).any(json!([1]));
    let output = odd::run(&client, &input).await.unwrap();
    assert_eq!(output.score, Some(odd::Score::Text("high".to_owned())));
    assert_eq!(output.n2d, None);
    assert_eq!(output.mood.as_deref(), Some("a new one"));
    let expected = json!({
        "2d": true, "new": "new", "a": 1, "b": 2.0, "c": [1.5, 2.0], "d": null, "e": -1,
        "f": { "image": "https://example.com/l.png", "type": "multiply", "opacity": 0.5 },
        "цена": -5, "+": -0.5, "string": "vec", "self": "a \"quoted\" \\ text\n", "crate": [],
        "prompt": "a", "any": [1], "maybe": 8, "whole": 3,
        "picture": "https://example.com/a.png", "words": ["a", "b"],
        // Filled in by the emulator.
        "broken": 99, "options": { "a": 1 }, "key": "s3cret", "old": 1,
    });
    assert_eq!(parsed(&output.layers[0].name), expected);
}

#[test]
fn a_change_of_the_model_is_reported_with_what_changed() {
    let options = GenerateOptions::new("typed/text");
    let source = generate(&schema("text"), &options).unwrap();
    let mut document = document("text");
    let schemas = &mut document["components"]["schemas"];
    let properties = schemas["Input"]["properties"].as_object_mut().unwrap();
    properties.remove("name");
    properties["code"]["maxLength"] = json!(8);
    properties["suffix"]["default"] = json!("?");
    properties.insert("seed".to_owned(), json!({ "type": "integer" }));
    schemas["Input"]["required"] = json!(["prompt", "seed"]);
    schemas["Output"] = json!({ "type": "array", "items": { "type": "string", "format": "uri" } });
    let changed = ModelSchema::new(document).unwrap().unwrap();
    let changes_of = |source: &str, options| changes(source, &changed, options).unwrap().join("\n");
    insta::assert_snapshot!(changes_of(&source, &options), @r#"
    the input `suffix` was `text, default "!"`, and is `text, default "?"`
    the input `name` was removed
    the input `code` was `text, 2 to 4 characters, pattern ^[a-z]+$, default "abc"`, and is `text, 2 to 8 characters, pattern ^[a-z]+$, default "abc"`
    the input `seed` was added: integer, required
    the output was `text`, and is `list of (file)`
    "#);
    let pinned = changes_of(&source, &options.clone().version("v2"));
    let says = "the model was `typed/text`, and is `typed/text:v2`";
    assert!(pinned.starts_with(says), "{pinned}");
    let edited = source.replace("pub prompt", "pub  prompt");
    let windows = source.replace('\n', "\r\n");
    for (source, count) in [(edited, 1), (windows, 0)] {
        let changes = changes(&source, &schema("text"), &options).unwrap();
        assert_eq!(changes.len(), count, "{changes:?}");
    }
}
