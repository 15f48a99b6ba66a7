//! Response validators (RFC 9110, section 8.8): whether a server still has the same file.

use chrono::{DateTime, TimeDelta};
use http::header::{DATE, ETAG, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue};

/// The validator of a response.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Validator {
    /// While this stays the same, so does every byte: a strong tag, or a date. `If-Range` takes
    /// it.
    Strong(HeaderValue),
    /// Files under the same tag or date may differ in their bytes.
    Weak,
    /// The response has none.
    Absent,
}

impl Validator {
    pub(super) fn from_headers(headers: &HeaderMap) -> Self {
        if let Some(tag) = headers.get(ETAG) {
            return match tag.as_bytes().starts_with(b"\"") {
                true => Self::Strong(tag.clone()),
                false => Self::Weak,
            };
        }
        match headers.get(LAST_MODIFIED) {
            Some(date) if is_past(date, headers.get(DATE)) => Self::Strong(date.clone()),
            Some(_) => Self::Weak,
            None => Self::Absent,
        }
    }
}

/// Whether a file's date was past when the response was made: otherwise another change can
/// follow under the same date.
fn is_past(date: &HeaderValue, now: Option<&HeaderValue>) -> bool {
    let read = |value: &HeaderValue| DateTime::parse_from_rfc2822(value.to_str().ok()?).ok();
    let (Some(date), Some(now)) = (read(date), now.and_then(read)) else {
        return false;
    };
    now - date >= TimeDelta::seconds(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn validator(headers: &[(&'static str, &'static str)]) -> Validator {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        Validator::from_headers(&headers.collect())
    }

    #[test]
    fn a_tag_is_strong_unless_it_is_marked_as_weak() {
        let tag = |tag| validator(&[("etag", tag)]);
        let strong = |tag| Validator::Strong(HeaderValue::from_static(tag));
        assert_eq!(tag("\"a\""), strong("\"a\""));
        assert_eq!(tag("W/\"a\""), Validator::Weak);
        assert_eq!(tag("w/\"a\""), Validator::Weak);
        assert_eq!(validator(&[]), Validator::Absent);
    }

    #[test]
    fn a_date_is_strong_once_it_is_past() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let at = |now| validator(&[("last-modified", date), ("date", now)]);
        let strong = Validator::Strong(HeaderValue::from_static(date));
        assert_eq!(at("Sun, 06 Nov 1994 08:49:38 GMT"), strong);
        assert_eq!(at("Sun, 06 Nov 1994 08:49:37 GMT"), Validator::Weak);
        assert_eq!(validator(&[("last-modified", date)]), Validator::Weak);
        let weak = [
            ("etag", "W/\"a\""),
            ("last-modified", date),
            ("date", "Mon, 07 Nov 1994 08:49:37 GMT"),
        ];
        assert_eq!(validator(&weak), Validator::Weak, "the tag counts");
    }
}
