//! `data:` addresses: files inside JSON.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_STANDARD,
};
use bytes::Bytes;

use crate::context::Failure;

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Data {
    pub(crate) content_type: String,
    pub(crate) content: Bytes,
}

/// The file in a `data:` address; nothing if `address` is another one.
pub(crate) fn decode(address: &str) -> Option<Result<Data, Failure>> {
    let scheme = address.get(..5)?;
    scheme
        .eq_ignore_ascii_case("data:")
        .then(|| decode_rest(&address[5..]))
}

/// A file as a `data:` address.
pub(crate) fn encode(content_type: &str, content: &[u8]) -> String {
    format!(
        "data:{content_type};base64,{}",
        BASE64_STANDARD.encode(content)
    )
}

fn decode_rest(rest: &str) -> Result<Data, Failure> {
    let (head, body) = rest
        .split_once(',')
        .ok_or("a data: address without a comma holds no data")?;
    let (content_type, base64) = match head.strip_suffix(";base64") {
        Some(content_type) => (content_type, true),
        None => (head, false),
    };
    let raw: Vec<u8> = percent_encoding::percent_decode_str(body).collect();
    let content = if base64 {
        LENIENT
            .decode(raw)
            .map_err(|e| format!("a data: address whose base64 is broken: {e}"))?
    } else {
        raw
    };
    Ok(Data {
        content_type: if content_type.is_empty() {
            "text/plain;charset=US-ASCII".to_owned()
        } else {
            content_type.to_owned()
        },
        content: content.into(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(address: &str) -> Option<String> {
        let data = decode(address)?.ok()?;
        String::from_utf8(data.content.to_vec()).ok()
    }

    #[test]
    fn base64_and_percent_forms_are_read() {
        for address in [
            "data:text/plain;base64,aGk=",
            "data:text/plain;base64,aGk",
            "DATA:,h%69",
            "data:text/plain;charset=utf-8,hi",
        ] {
            assert_eq!(content(address).as_deref(), Some("hi"), "{address}");
        }
    }

    #[test]
    fn broken_ones_are_errors_and_others_are_not_taken() {
        assert!(decode("data:text/plain").is_some_and(|data| data.is_err()));
        assert!(decode("data:;base64,!!").is_some_and(|data| data.is_err()));
        assert_eq!(decode("https://example.com/x"), None);
        assert_eq!(decode("é"), None);
    }
}
