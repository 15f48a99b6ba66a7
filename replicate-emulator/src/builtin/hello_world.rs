//! `replicate/hello-world` says hello.

use serde_json::json;

use super::{input, string};
use crate::model::Model;

pub(super) fn model() -> Model {
    Model::new("replicate/hello-world")
        .description("A tiny model that says hello, simulated")
        .readme("# hello-world\n\nSays hello to the `text` that it is given. Simulated locally.\n")
        .input_schema(input(
            &["text"],
            json!({"text": string("Text", 0, "Whom to say hello to")}),
        ))
        .output_schema(json!({"type": "string", "title": "Output"}))
        .example(json!({"text": "Alice"}), json!("hello Alice"))
        .run(|input, _| async move {
            let text = input["text"].as_str().unwrap_or_default();
            Ok(format!("hello {text}").into())
        })
}
