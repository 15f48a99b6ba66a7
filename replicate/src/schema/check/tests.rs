use super::super::tests::document;
use super::*;
use crate::FileOutput;
use serde::{Deserialize, Serialize};
use serde_json::json;

fn lines<I: JsonSchema, O: JsonSchema>(input: Value, output: Value) -> Vec<String> {
    let schema = ModelSchema::new(document(input, output)).unwrap().unwrap();
    let found = schema.check::<I, O>().unwrap();
    found.iter().map(ToString::to_string).collect()
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code)]
enum Style {
    /// Documented, so that schemars writes it as an alternative.
    Plain,
    Fancy,
}

#[derive(Serialize, JsonSchema)]
#[allow(dead_code)]
struct Layer {
    name: String,
    size: u8,
}

#[derive(Serialize, JsonSchema)]
#[allow(dead_code)]
struct Own {
    promt: String,
    width: u32,
    #[schemars(range(min = 1, max = 10_000))]
    height: u32,
    scale: i32,
    size: f64,
    style: Style,
    image: String,
    layers: Vec<Layer>,
    seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    any: Value,
    either: bool,
    fine: Option<Style>,
}

#[test]
fn what_a_model_would_refuse_is_listed() {
    let layer = json!({
        "required": ["name", "image"],
        "properties": { "name": { "type": "integer" }, "image": { "type": "string" } },
    });
    let input = json!({
        "required": ["prompt", "text"],
        "properties": {
            "prompt": { "type": "string" },
            "width": { "type": "integer", "minimum": 16, "maximum": 2048 },
            "height": { "type": "integer", "minimum": 16, "maximum": 2048 },
            "scale": { "type": "number" },
            "size": { "type": "integer" },
            "style": { "enum": ["plain", "bold"] },
            "image": { "type": "string", "format": "uri" },
            "layers": { "type": "array", "items": layer },
            "seed": { "type": "integer", "default": 1 },
            "text": { "type": "string" },
            "any": { "type": "integer" },
            "either": { "anyOf": [{ "type": "string" }, { "type": "integer" }] },
            "fine": { "enum": ["plain", "fancy"], "nullable": true },
        },
    });
    insta::assert_snapshot!(lines::<Own, Value>(input, json!({})).join("\n"), @r#"
    input `either`: the model takes text or integer, the type has true or false
    input `height`: the model takes 16 to 2048, the type has 1 to 10000
    input `layers[].image`: the model requires it, the type does not have it
    input `layers[].name`: the model takes an integer, the type has text
    input `prompt`: the model requires it, the type does not have it
    input `seed`: the model does not take null, the type may have it
    input `size`: the model takes an integer, the type has a number
    input `style`: the model takes "plain", "bold", the type has "fancy"
    input `text`: the model requires it, the type may leave it out
    input `promt`: the model has no such input; did you mean `prompt`?
    "#);
}

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
#[allow(dead_code)]
enum Mood {
    Good,
    Bad,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)]
struct Result {
    image: FileOutput,
    count: u32,
    score: f64,
    mood: Mood,
    note: Option<String>,
    missing: String,
    texts: Vec<String>,
}

#[test]
fn what_a_type_could_not_read_is_listed() {
    let output = json!({
        "required": ["image", "count", "score", "mood", "texts", "more"],
        "properties": {
            "image": { "type": "string" },
            "count": { "type": "number" },
            "score": { "type": "integer" },
            "mood": { "type": "string" },
            "note": { "type": "string" },
            "texts": { "type": "array", "items": { "type": "string", "nullable": true } },
            "more": { "type": "string" },
        },
    });
    insta::assert_snapshot!(lines::<Value, Result>(json!({}), output).join("\n"), @r#"
    output `count`: the model returns a number, the type takes an integer
    output `image`: the model returns text, the type takes a file
    output `missing`: the type requires it, the model does not return it
    output `mood`: the model returns any text, the type takes one of "good", "bad"
    output `texts[]`: the model may return null, the type does not take it
    output `more`: the type does not have it, and denies unknown fields
    "#);
}

#[test]
fn types_that_fit_are_not_reported() {
    let input = json!({
        "required": ["name"],
        "properties": { "name": { "type": "string" }, "size": { "type": "number" } },
    });
    let file = json!({ "type": "string", "format": "uri" });
    let files = json!({ "type": "array", "items": file });
    let as_files = lines::<Layer, Vec<FileOutput>>(input.clone(), files.clone());
    let as_texts = lines::<Layer, Vec<String>>(input.clone(), files.clone());
    assert_eq!((as_files, as_texts), (Vec::new(), Vec::new()));
    assert_eq!(
        lines::<String, FileOutput>(input, files),
        [
            "input: the model takes an object, the type has text",
            "output: the model returns a list of files, the type takes a file",
        ]
    );
}
