//! `QUERY /models`, which Prism does not support: validated against the description here.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};

use crate::conformance::{Env, emulator::Emulator, results::Results};

/// Pointer to the schema of this call's response.
const SCHEMA: &str = "#/paths/~1models/query/responses/200/content/application~1json/schema";

pub(super) async fn run(env: &Env, results: &mut Results) -> Result<()> {
    let mut schema = super::description(env)?;
    schema["$ref"] = Value::from(SCHEMA);
    translate_nullable(&mut schema);
    let validator =
        jsonschema::validator_for(&schema).context("the description of QUERY /models")?;
    let blind = validator.is_valid(&json!({ "results": [{ "owner": 5 }] }));
    results.check(
        "the schema of QUERY /models rejects an invalid response",
        blind.then(|| "an invalid response is accepted".to_owned()),
    );
    let emulator = Emulator::start(env).await?;
    for words in [
        "picture of circles",
        "words",
        "nothing at all is called this",
        "\"hello world\"",
    ] {
        let query = Method::from_bytes(b"QUERY")?;
        let request = emulator.request(query, "/models").body(words);
        let request = request.header("content-type", "text/plain");
        let response: Value = request.send().await?.error_for_status()?.json().await?;
        let errors: Vec<String> = validator
            .iter_errors(&response)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        let wrong = (!errors.is_empty()).then(|| errors.join("; "));
        results.check(&format!("QUERY /models `{words}`"), wrong);
    }
    println!("QUERY /models: validated here");
    Ok(())
}

/// Translates `nullable` of OpenAPI 3.0 to JSON Schema.
fn translate_nullable(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(translate_nullable);
            if fields.remove("nullable") == Some(Value::Bool(true)) {
                let own = Value::Object(std::mem::take(fields));
                fields.insert("anyOf".to_owned(), json!([own, { "type": "null" }]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(translate_nullable),
        _ => {}
    }
}
