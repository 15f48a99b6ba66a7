use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// All but RFC 3986's unreserved characters.
#[allow(dead_code, reason = "a description may have nothing that needs it")]
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Encodes one part of a path so that it stays one part: an owner named `..` must not turn a
/// model's URL into the account's.
#[allow(dead_code, reason = "a description may have nothing that needs it")]
pub(crate) fn encode(value: &str) -> Result<String, String> {
    match value {
        "" => Err("must not be empty".to_owned()),
        "." | ".." => Err(format!("{value:?} is not a valid part of a path")),
        _ => Ok(utf8_percent_encode(value, ENCODED).to_string()),
    }
}

/// One part of a path, encoded so that it stays one part: an owner named `..` must not turn a
/// model's address into the account's.
#[allow(
    clippy::result_large_err,
    reason = "the generated operations return this error"
)]
#[allow(dead_code, reason = "a description may have nothing that needs it")]
pub(crate) fn segment(name: &str, value: &str) -> Result<String, progenitor_client::Error<()>> {
    let why = match value {
        "" => "is empty",
        "." | ".." => "would lead out of the address",
        _ => return Ok(utf8_percent_encode(value, ENCODED).to_string()),
    };
    Err(progenitor_client::Error::InvalidRequest(format!(
        "the path parameter `{name}` {why}: {value:?}"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_stays_one_part_whatever_it_holds() {
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
            assert_eq!(segment("id", value).unwrap(), expected);
            let url = format!("https://h/v1/models/{expected}/x");
            let url = reqwest::Url::parse(&url).unwrap();
            assert_eq!(url.path_segments().unwrap().count(), 4, "{url}");
        }
    }

    #[test]
    fn a_part_that_would_collapse_is_refused_by_name() {
        for value in ["", ".", ".."] {
            let error = crate::Error::from(segment("model_owner", value).unwrap_err());
            assert_eq!(error.kind(), crate::ErrorKind::InvalidRequest);
            assert!(error.to_string().contains("model_owner"), "{error}");
        }
    }
}
