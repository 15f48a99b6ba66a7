use std::borrow::Cow;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but RFC 3986's unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Encodes one part of a path so that it stays one part: an owner named `..` must not turn a
/// model's URL into the account's.
pub(crate) fn encode(value: &str) -> Result<Cow<'_, str>, String> {
    match value {
        "" => Err("must not be empty".to_owned()),
        "." | ".." => Err(format!("{value:?} is not a valid part of a path")),
        _ => Ok(utf8_percent_encode(value, ENCODED).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_value_is_always_one_path_segment() {
        for (value, expected) in [
            ("meta", "meta"),
            ("a.b-c_d~e", "a.b-c_d~e"),
            ("a/b", "a%2Fb"),
            ("a\\b", "a%5Cb"),
            ("..\\..", "..%5C.."),
            ("%2e%2e", "%252e%252e"),
            ("a?b#c", "a%3Fb%23c"),
            ("a b;c:d@e", "a%20b%3Bc%3Ad%40e"),
            ("ü\u{0}\n", "%C3%BC%00%0A"),
            ("...", "..."),
        ] {
            assert_eq!(encode(value).unwrap(), expected);
            let url = format!("https://h/v1/models/{expected}/x");
            let url = reqwest::Url::parse(&url).unwrap();
            assert_eq!(url.path_segments().unwrap().count(), 4, "{url}");
        }
    }
}
