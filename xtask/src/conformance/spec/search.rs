//! `QUERY /models`, which Prism does not know: validated against the description here.

use anyhow::{Context, Result};
use reqwest::Method;
use serde_json::{Value, json};

use crate::conformance::{Workplace, emulator::Emulator, tally::Tally};

/// Where the description has the schema of what this call answers.
const SCHEMA: &str = "#/paths/~1models/query/responses/200/content/application~1json/schema";

pub(super) async fn run(place: &Workplace, tally: &mut Tally) -> Result<()> {
    let mut schema = super::description(place)?;
    schema["$ref"] = Value::from(SCHEMA);
    take_null(&mut schema);
    let validator =
        jsonschema::validator_for(&schema).context("the description of QUERY /models")?;
    tally.check(
        "the schema of QUERY /models sees what is wrong",
        validator
            .is_valid(&json!({ "results": [{ "owner": 5 }] }))
            .then(|| "a wrong answer passed it unseen".to_owned()),
    );
    let emulator = Emulator::start(place).await?;
    for words in [
        "picture of circles",
        "words",
        "nothing at all is called this",
        "\"hello world\"",
    ] {
        let query = Method::from_bytes(b"QUERY")?;
        let request = emulator
            .request(query, "/models")
            .header("content-type", "text/plain");
        let answer: Value = request
            .body(words)
            .send()
            .await?
            .error_for_status()?
            .json()
            .await?;
        let errors: Vec<String> = validator
            .iter_errors(&answer)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        let wrong = (!errors.is_empty()).then(|| errors.join("; "));
        tally.check(&format!("QUERY /models `{words}`"), wrong);
    }
    println!("QUERY /models: validated here");
    Ok(())
}

/// Turns `nullable`, which the description has from OpenAPI 3.0, into what JSON Schema says for it.
fn take_null(schema: &mut Value) {
    match schema {
        Value::Object(fields) => {
            fields.values_mut().for_each(take_null);
            if fields.remove("nullable") == Some(Value::Bool(true)) {
                let own = Value::Object(std::mem::take(fields));
                fields.insert("anyOf".to_owned(), json!([own, { "type": "null" }]));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(take_null),
        _ => {}
    }
}
