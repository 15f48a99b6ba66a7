//! Any JSON as a prediction: decoded or an error; encoding and decoding again changes nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use replicate::types::{File, Model, Training};
use replicate::{Client, Prediction};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::LazyLock;

static CLIENT: LazyLock<Client> = LazyLock::new(|| Client::new("r8_fuzz").expect("a token"));

fn round_trip<T: DeserializeOwned + Serialize>(bytes: &[u8]) -> Option<T> {
    let read: T = serde_json::from_slice(bytes).ok()?;
    let written = serde_json::to_value(&read).expect("what was read can be written");
    let again: T = serde_json::from_value(written.clone()).expect("and read again");
    let rewritten = serde_json::to_value(&again).expect("and written again");
    assert_eq!(written, rewritten);
    Some(read)
}

fuzz_target!(|data: &[u8]| {
    round_trip::<Training>(data);
    round_trip::<Model>(data);
    round_trip::<File>(data);
    let Some(prediction) = round_trip::<Prediction>(data) else {
        return;
    };
    let _ = prediction.status.is_terminal();
    let Ok(output) = CLIENT.output(&prediction) else {
        return;
    };
    let _ = (output.text(), output.file(), output.to_string());
    for file in output.files().unwrap_or_default() {
        let name = file.name();
        assert!(
            !name.is_empty() && !name.contains(['/', '\\', '\0']),
            "{name:?}"
        );
        assert!(name != "." && name != "..");
        let _ = (file.media_type(), format!("{file} {file:?}"));
    }
});
