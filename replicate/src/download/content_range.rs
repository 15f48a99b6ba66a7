//! The `Content-Range` header (RFC 9110, section 14.4).

use http::HeaderMap;
use http::header::CONTENT_RANGE;

/// The part of a file that a 206 response holds: `Content-Range: bytes 5-9/10`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ContentRange {
    first: u64,
    pub(super) last: u64,
    pub(super) size: Option<u64>,
}

impl ContentRange {
    pub(super) fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let range = headers.get(CONTENT_RANGE)?.to_str().ok()?;
        let (range, size) = range.strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let size = match size.trim() {
            "*" => None,
            size => Some(size.parse().ok()?),
        };
        Some(Self {
            first: first.trim().parse().ok()?,
            last: last.trim().parse().ok().filter(|last| *last < u64::MAX)?,
            size,
        })
    }

    /// Checks that this is the rest from `offset` on, of a file of `size` bytes where that is
    /// known, in a body of `length` bytes.
    pub(super) fn check(
        &self,
        offset: u64,
        length: Option<u64>,
        size: Option<u64>,
    ) -> Result<(), String> {
        let Self { first, last, .. } = *self;
        if first != offset || last < first {
            return Err(format!("bytes {first} to {last} instead of {offset} on"));
        }
        let count = last - first + 1;
        if length.is_some_and(|length| length != count) {
            return Err("a range and a length that differ".to_owned());
        }
        if [self.size, size]
            .into_iter()
            .flatten()
            .any(|size| last >= size)
        {
            return Err("a range past the end of the file".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(value: &str) -> Option<ContentRange> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_RANGE, value.parse().unwrap());
        ContentRange::from_headers(&headers)
    }

    #[test]
    fn ranges_are_parsed_with_and_without_a_size() {
        let parsed = range("bytes 5-9/10").unwrap();
        assert_eq!((parsed.first, parsed.last, parsed.size), (5, 9, Some(10)));
        assert_eq!(range("bytes 5-9/*").unwrap().size, None);
        let invalid = ["bytes */10", "bytes 5-/10", "5-9/10", "bytes 5-9"];
        assert!(invalid.iter().all(|value| range(value).is_none()));
        assert!(range(&format!("bytes 0-{}/*", u64::MAX)).is_none());
    }

    #[test]
    fn a_range_is_the_rest_of_the_file_or_an_error() {
        let check = |value: &str, length, size| range(value).unwrap().check(5, length, size);
        assert_eq!(check("bytes 5-9/10", Some(5), Some(10)), Ok(()));
        assert_eq!(check("bytes 5-6/*", None, Some(10)), Ok(()));
        for (value, length, size) in [
            ("bytes 6-9/10", None, None),
            ("bytes 5-4/10", None, None),
            ("bytes 5-9/10", Some(6), None),
            ("bytes 5-10/10", None, None),
            ("bytes 5-20/*", None, Some(10)),
            ("bytes 5-20/30", None, Some(10)),
        ] {
            assert!(check(value, length, size).is_err(), "{value}");
        }
    }
}
