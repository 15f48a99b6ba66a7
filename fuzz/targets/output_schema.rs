//! Any schema for any output: the files are found, or the schema is too complex, in linear time.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use replicate::Client;
use serde_json::{Value, json};

static CLIENT: LazyLock<Client> = LazyLock::new(|| Client::new("r8_fuzz").expect("a token"));

fuzz_target!(|data: &[u8]| {
    let Ok(Value::Array(parts)) = serde_json::from_slice(data) else {
        return;
    };
    let [schema, output] = &parts[..] else { return };
    let prediction = json!({ "id": "p", "status": "succeeded", "output": output });
    let Ok(prediction) = serde_json::from_value(prediction) else {
        return;
    };
    let Ok(read) = CLIENT.output(&prediction) else {
        return;
    };
    if let Ok(files) = read.with_schema(schema.clone()).files() {
        assert!(files.len() <= data.len());
    }
});
