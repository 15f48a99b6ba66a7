//! Any `Retry-After`, `Date` and body: a wait or none, never a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use replicate::RetryPolicy;
use replicate_api::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(3, |byte| *byte == b'\n');
    let mut headers = HeaderMap::new();
    for name in [RETRY_AFTER, DATE] {
        if let Ok(value) = HeaderValue::from_bytes(parts.next().unwrap_or_default())
            && !value.is_empty()
        {
            headers.insert(name, value);
        }
    }
    let body = parts.next().unwrap_or_default();
    let hint = RetryPolicy::retry_after(&headers, body);
    let digits = headers
        .get(RETRY_AFTER)
        .and_then(|value| value.to_str().ok())
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|text| text.parse::<u32>().ok());
    if let Some(seconds) = digits {
        // A number of seconds is never made shorter.
        assert!(hint.is_some_and(|hint| hint.as_secs() >= u64::from(seconds)));
    }
});
