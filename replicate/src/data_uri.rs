//! Files inside a URL: `data:image/png;base64,…`.

use bytes::Bytes;
use data_url::DataUrl;
use data_url::mime::Mime;

use crate::media_type;

/// A `data:` URL that was parsed as the URL standard says, with the exception that Cog needs.
pub(crate) struct DataUri<'a> {
    /// The media type. One that is present but does not parse (Cog writes `data:None;base64,`
    /// for files whose type it does not know) is `application/octet-stream`.
    pub(crate) media_type: String,
    url: DataUrl<'a>,
}

/// Writes `content` as a `data:` URL.
#[cfg(any(feature = "files", test))]
pub(crate) fn encode(media_type: &str, content: &[u8]) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    let mut url = format!("data:{media_type};base64,");
    STANDARD.encode_string(content, &mut url);
    url
}

/// Parses a `data:` URL; `None` if `text` is not one.
///
/// Text can begin with `data:` and be prose, so it needs a valid media type or `;base64`.
pub(crate) fn parse(text: &str) -> Option<DataUri<'_>> {
    // Most texts are not, and are not to be read to their end.
    let start = text.trim_start_matches(|c: char| c <= ' ');
    if !start.get(..1)?.eq_ignore_ascii_case("d") {
        return None;
    }
    let url = DataUrl::process(text).ok()?;
    let (_, rest) = start.split_once(':')?;
    let (header, _) = rest.split_once(',')?;
    let header: String = header
        .chars()
        .filter(|c| !matches!(c, '\t' | '\n' | '\r'))
        .collect();
    let header = header.trim_matches(' ');
    let (declared, is_base64) = match header.rsplit_once(';') {
        Some((before, last)) if last.trim_matches(' ').eq_ignore_ascii_case("base64") => {
            (before, true)
        }
        _ => (header, false),
    };
    let essence = declared.split(';').next().unwrap_or_default();
    let is_valid = essence.trim().parse::<Mime>().is_ok();
    if !is_valid && !is_base64 {
        return None;
    }
    let media_type = if essence.trim().is_empty() {
        "text/plain".to_owned()
    } else if is_valid {
        url.mime_type().to_string()
    } else {
        media_type::UNKNOWN.to_owned()
    };
    Some(DataUri { media_type, url })
}

impl DataUri<'_> {
    /// The file's content, or why it cannot be decoded.
    pub(crate) fn decode(&self) -> Result<Bytes, String> {
        let (content, _fragment) = self.url.decode_to_vec().map_err(|e| e.to_string())?;
        Ok(content.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_survives_encoding_and_decoding() {
        let url = encode("image/png", b"\x89PNG");
        assert_eq!(url, "data:image/png;base64,iVBORw==");
        let parsed = parse(&url).unwrap();
        assert_eq!(parsed.media_type, "image/png");
        assert_eq!(parsed.decode().unwrap(), &b"\x89PNG"[..]);
    }

    #[test]
    fn forms_that_models_and_browsers_write_are_decoded() {
        for (url, media_type) in [
            ("data:None;base64,aGk=", "application/octet-stream"),
            ("data:a b;base64,aGk=", "application/octet-stream"),
            ("data:image/png;BASE64,aGk=", "image/png"),
            ("data:image/png; base64,aGk=", "image/png"),
            ("data:image/png;base64 ,aGk=", "image/png"),
            ("data:image/png ;base64,aGk=", "image/png"),
            ("data:image/png;base64,aG\r\n k=", "image/png"),
            ("da\nta:image/png;base64,aGk=", "image/png"),
            ("data:image/png;base64,aGk%3D", "image/png"),
            ("data:image/png;base64,aGk", "image/png"),
            ("  \tDATA:image/PNG;base64,aGk=\n", "image/png"),
            ("data:;base64,aGk=", "text/plain"),
            (
                "data:text/plain;charset=utf-8,h%69",
                "text/plain;charset=utf-8",
            ),
        ] {
            let parsed = parse(url).unwrap_or_else(|| panic!("{url:?} is a data URL"));
            assert_eq!(parsed.media_type, media_type, "{url:?}");
            assert_eq!(parsed.decode().unwrap(), "hi", "{url:?}");
        }
        let not_escaped = parse("data:text/plain,a%20b%zz").unwrap();
        assert_eq!(not_escaped.decode().unwrap(), "a b%zz");
        assert!(
            parse("data:image/png;base64,???")
                .unwrap()
                .decode()
                .is_err()
        );
    }

    #[test]
    fn text_that_only_begins_like_a_data_url_is_text() {
        for text in [
            "data: the new oil, they say",
            "data:",
            "data:,",
            "data:,text",
            "data:image/png",
            "data:a b/c,x",
            "database; base64, and more",
            "dat",
            "",
            "é",
        ] {
            assert!(parse(text).is_none(), "{text}");
        }
    }
}
