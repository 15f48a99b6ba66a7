//! Whether what a server has is still what it had.

use chrono::{DateTime, TimeDelta};
use http::header::{DATE, ETAG, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue};

/// What an answer says of the version of its file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// As long as this stays the same, so does every byte: a strong tag, or a date. `If-Range`
    /// takes it.
    Strong(HeaderValue),
    /// Files under the same tag or date may differ in their bytes.
    Weak,
    /// Nothing is said.
    Untold,
}

impl Version {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        if let Some(tag) = headers.get(ETAG) {
            return match tag.as_bytes().starts_with(b"\"") {
                true => Self::Strong(tag.clone()),
                false => Self::Weak,
            };
        }
        match headers.get(LAST_MODIFIED) {
            Some(date) if is_past(date, headers.get(DATE)) => Self::Strong(date.clone()),
            Some(_) => Self::Weak,
            None => Self::Untold,
        }
    }
}

/// Whether a file's date was over when the answer was made: else another change can still come
/// under the same date.
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

    fn version(headers: &[(&'static str, &'static str)]) -> Version {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value)));
        Version::of(&headers.collect())
    }

    #[test]
    fn a_tag_is_strong_unless_it_says_that_it_is_weak() {
        let tag = |tag| version(&[("etag", tag)]);
        let strong = |tag| Version::Strong(HeaderValue::from_static(tag));
        assert_eq!(tag("\"a\""), strong("\"a\""));
        assert_eq!(tag("W/\"a\""), Version::Weak);
        assert_eq!(tag("w/\"a\""), Version::Weak);
        assert_eq!(version(&[]), Version::Untold);
    }

    #[test]
    fn a_date_is_strong_once_it_is_over() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        let at = |now| version(&[("last-modified", date), ("date", now)]);
        let strong = Version::Strong(HeaderValue::from_static(date));
        assert_eq!(at("Sun, 06 Nov 1994 08:49:38 GMT"), strong);
        assert_eq!(at("Sun, 06 Nov 1994 08:49:37 GMT"), Version::Weak);
        assert_eq!(version(&[("last-modified", date)]), Version::Weak);
        let weak = [
            ("etag", "W/\"a\""),
            ("last-modified", date),
            ("date", "Mon, 07 Nov 1994 08:49:37 GMT"),
        ];
        assert_eq!(version(&weak), Version::Weak, "the tag counts");
    }
}
