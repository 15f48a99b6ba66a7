//! Any text as a reference: refused in a sentence, or read and written and read again alike.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use replicate::{Client, ModelRef};

static CLIENT: LazyLock<Client> = LazyLock::new(|| Client::new("r8_fuzz").expect("a token"));

fuzz_target!(|text: &str| {
    match text.parse::<ModelRef>() {
        Ok(reference) => {
            let written = reference.to_string();
            let again: ModelRef = written.parse().expect("what was written can be read");
            assert_eq!(again, reference);
            let parts = [reference.owner(), reference.name(), reference.version()];
            for part in parts.into_iter().flatten() {
                assert!(!matches!(part, "" | "." | ".."), "{text:?}");
                assert!(!part.contains(['/', '?', '#', '%', '\\']), "{text:?}");
            }
        }
        Err(error) => assert!(!error.to_string().contains('\n'), "{text:?}"),
    }
    let _ = format!("{:?}", CLIENT.run(text));
});
