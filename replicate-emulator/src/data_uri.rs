//! `data:` URLs: files inside JSON.

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
    prelude::BASE64_STANDARD,
};
use bytes::Bytes;

/// The type of a file about which nothing is known.
const OCTET_STREAM: &str = "application/octet-stream";
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Data {
    pub(crate) content_type: String,
    pub(crate) is_base64: bool,
    pub(crate) content: Bytes,
}

/// The file in a `data:` URL, as the URL standard reads it; none if `url` is another one.
pub(crate) fn decode(url: &str) -> Option<Result<Data, String>> {
    let url = url.trim_matches(|c: char| c <= ' ');
    let scheme = url.get(..5)?;
    scheme
        .eq_ignore_ascii_case("data:")
        .then(|| decode_rest(&url[5..]))
}

/// A file as a `data:` URL.
pub(crate) fn encode(content_type: &str, content: &[u8]) -> String {
    format!(
        "data:{content_type};base64,{}",
        BASE64_STANDARD.encode(content)
    )
}

fn decode_rest(rest: &str) -> Result<Data, String> {
    let rest = rest.split('#').next().unwrap_or_default();
    let (head, body) = rest
        .split_once(',')
        .ok_or("invalid data: URL: it has no comma")?;
    let head = head.trim();
    let base64 = head
        .rsplit_once(';')
        .filter(|(_, last)| last.trim().eq_ignore_ascii_case("base64"));
    let media_type = base64.map_or(head, |(media_type, _)| media_type.trim_end());
    let mut content: Vec<u8> = percent_encoding::percent_decode_str(body).collect();
    if base64.is_some() {
        content.retain(|byte| !byte.is_ascii_whitespace());
        content = LENIENT
            .decode(content)
            .map_err(|error| format!("invalid base64 in a data: URL: {error}"))?;
    }
    Ok(Data {
        content_type: content_type(media_type),
        is_base64: base64.is_some(),
        content: content.into(),
    })
}

/// A media type that is absent is text; Cog writes `None` for a file whose type it does not know.
fn content_type(media_type: &str) -> String {
    let full = media_type.split(';').next().unwrap_or_default();
    let is_token = |part: &str| {
        let special = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
        !part.is_empty() && part.bytes().all(special)
    };
    match full.trim().split_once('/') {
        _ if media_type.is_empty() => "text/plain;charset=US-ASCII".to_owned(),
        _ if media_type.starts_with(';') => format!("text/plain{media_type}"),
        Some((kind, subtype)) if is_token(kind) && is_token(subtype) => media_type.to_owned(),
        _ => OCTET_STREAM.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Option<(String, String)> {
        let data = decode(url)?.ok()?;
        let content = String::from_utf8(data.content.to_vec()).ok()?;
        Some((data.content_type, content))
    }

    #[test]
    fn every_form_of_base64_and_text_is_read() {
        let text = "text/plain";
        for (url, content_type) in [
            ("data:text/plain;base64,aGk=", text),
            ("data:text/plain;base64,aGk", text),
            ("data:text/plain;BASE64,aGk%3D", text),
            ("data:text/plain; base64,aG\r\n k=", text),
            ("  data:text/plain;base64 ,aGk=", text),
            ("data:None;base64,aGk=", OCTET_STREAM),
            ("data:a/;base64,aGk=", OCTET_STREAM),
            ("data:;base64,aGk=", "text/plain;charset=US-ASCII"),
            ("DATA:,h%69", "text/plain;charset=US-ASCII"),
            ("data:;charset=utf-8,hi#there", "text/plain;charset=utf-8"),
            ("data:a/b;charset=utf-8,hi", "a/b;charset=utf-8"),
        ] {
            let expected = (content_type.to_owned(), "hi".to_owned());
            assert_eq!(read(url), Some(expected), "{url}");
        }
    }

    #[test]
    fn invalid_data_urls_are_errors_and_other_urls_are_not_read() {
        assert!(decode("data:text/plain").is_some_and(|data| data.is_err()));
        assert!(decode("data:;base64,!!").is_some_and(|data| data.is_err()));
        assert_eq!(decode("https://example.com/x"), None);
        assert_eq!(decode("é"), None);
    }
}
