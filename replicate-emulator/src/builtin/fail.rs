//! `emulator/fail` fails.

use std::time::Duration;

use serde_json::json;

use super::{input, number, string, words};
use crate::{context::Failure, model::Model};

pub(super) fn model() -> Model {
    let mut schema = input(
        &[],
        json!({
            "reason": string("Reason", 0, "What the error says"),
            "output": string("Output", 1, "What is written before the failure, word by word"),
            "after": number("number", "After", 2, "Seconds until it fails", 0, [0, 86400]),
        }),
    );
    schema["properties"]["reason"]["default"] = "This model always fails.".into();
    schema["properties"]["output"]["default"] = "".into();
    Model::new("emulator/fail")
        .description("Always fails, with the reason that it is given")
        .readme("# fail\n\nWrites `output` first, if there is some, waits, and fails.\n")
        .official(true)
        .input_schema(schema)
        .output_schema(words())
        .run(|input, context| async move {
            for word in input["output"]
                .as_str()
                .unwrap_or_default()
                .split_inclusive(' ')
            {
                context.yield_output(word);
            }
            let after = input["after"].as_f64().unwrap_or_default();
            context.sleep(Duration::from_secs_f64(after)).await;
            context.log("Failing as requested.");
            let reason = input["reason"].as_str().unwrap_or_default();
            Err(Failure::from(reason))
        })
}
