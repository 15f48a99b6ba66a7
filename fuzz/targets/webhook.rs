//! Any secret, headers and body: never a panic, and nothing is accepted that is not signed.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue};
use libfuzzer_sys::fuzz_target;
use replicate::webhook::Verifier;

const NAMES: [&str; 3] = ["webhook-id", "webhook-timestamp", "webhook-signature"];

/// The errors of invalid secrets, which do not depend on the secret.
static REJECTIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    ["", "whsec_", "not base64!"]
        .iter()
        .filter_map(|secret| Verifier::new(secret).err())
        .map(|error| format!("{error} {error:?}"))
        .collect()
});

fuzz_target!(|data: &[u8]| {
    // Secret, three headers and the body, each after a line end.
    let mut parts = data.splitn(5, |byte| *byte == b'\n');
    let secret = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    let verifier = Verifier::new(&secret)
        .or_else(|error| {
            let text = format!("{error} {error:?}");
            assert!(
                REJECTIONS.contains(&text),
                "the error depends on the secret: {text}"
            );
            Verifier::new("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        })
        .expect("one of the two is a secret")
        .clock(|| UNIX_EPOCH + Duration::from_secs(1_614_265_330));
    let mut headers = HeaderMap::new();
    for name in NAMES {
        if let Ok(value) = HeaderValue::from_bytes(parts.next().unwrap_or_default()) {
            headers.append(name, value);
        }
    }
    let body = parts.next().unwrap_or_default();
    if let Ok(verified) = verifier.verify(&headers, body) {
        // The corpus holds one message that is signed; its body, or one that was signed with a
        // secret that the fuzzer chose, cannot be guessed.
        assert_eq!(verified.body, br#"{"test": 2432232314}"#);
        let _ = verified.event();
        let _ = verified.training();
    }
});
