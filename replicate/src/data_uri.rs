//! Files written into an address: `data:image/png;base64,…`.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;

/// Models and browsers write the padding or leave it out.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a `data:` address says before its comma.
pub(crate) struct Header<'a> {
    pub(crate) media_type: &'a str,
    base64: bool,
    content: &'a str,
}

/// Writes `content` as an address.
#[cfg(any(feature = "files", test))]
pub(crate) fn encode(media_type: &str, content: &[u8]) -> String {
    let mut address = format!("data:{media_type};base64,");
    BASE64.encode_string(content, &mut address);
    address
}

/// The parts of a `data:` address; none where `text` is not one.
///
/// Text may begin with `data:` and be no address, so the media type has to look like one.
pub(crate) fn parse(text: &str) -> Option<Header<'_>> {
    let rest = text
        .get(..5)
        .filter(|scheme| scheme.eq_ignore_ascii_case("data:"))
        .and(text.get(5..))?;
    let (head, content) = rest.split_once(',')?;
    let (media_type, base64) = match head.strip_suffix(";base64") {
        Some(media_type) => (media_type, true),
        None => (head, false),
    };
    let essence = media_type.split(';').next().unwrap_or_default();
    let is_token = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let looks_right = match essence.split_once('/') {
        Some((kind, subtype)) => is_token(kind) && is_token(subtype),
        None => essence.is_empty() && base64,
    };
    let media_type = if media_type.is_empty() {
        "text/plain"
    } else {
        media_type
    };
    looks_right.then_some(Header {
        media_type,
        base64,
        content,
    })
}

impl Header<'_> {
    /// The file's content, or why it cannot be read.
    pub(crate) fn decode(&self) -> Result<Bytes, String> {
        if self.base64 {
            return BASE64
                .decode(self.content)
                .map(Bytes::from)
                .map_err(|error| error.to_string());
        }
        percent_decode(self.content.as_bytes()).map(Bytes::from)
    }
}

fn percent_decode(text: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(&byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |b: Option<&u8>| b.and_then(|b| char::from(*b).to_digit(16));
        match (digit(rest.next()), digit(rest.next())) {
            (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
            _ => return Err("a `%` is not followed by two hexadecimal digits".into()),
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let address = encode("image/png", b"\x89PNG");
        assert_eq!(address, "data:image/png;base64,iVBORw==");
        let header = parse(&address).unwrap();
        assert_eq!(header.media_type, "image/png");
        assert_eq!(header.decode().unwrap(), &b"\x89PNG"[..]);
    }

    #[test]
    fn percent_encoded_and_unpadded_content_is_read() {
        let decode = |text| parse(text).unwrap().decode();
        assert_eq!(
            decode("data:text/plain;charset=utf-8,a%20b").unwrap(),
            &b"a b"[..]
        );
        assert_eq!(
            decode("DATA:image/png;base64,iVBORw").unwrap(),
            &b"\x89PNG"[..]
        );
        assert_eq!(decode("data:;base64,YQ==").unwrap(), &b"a"[..]);
        assert!(decode("data:image/png;base64,???").is_err());
        assert!(decode("data:text/plain,%zz").is_err());
    }

    #[test]
    fn text_that_only_begins_like_one_is_text() {
        for text in [
            "data: the new oil, they say",
            "data:",
            "data:,",
            "data:image/png",
            "dat",
            "data:a b/c,x",
            "é",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
