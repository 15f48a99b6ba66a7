//! The delay that a response asks for.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderValue, RETRY_AFTER};
use serde_json::Value;

use crate::problem::ProblemDetails;

/// The wait that a response asks for: its `Retry-After` header (seconds, or a date), else
/// `retry_after` in its body, else the `~30s` in the body's `detail`.
pub(super) fn from_response(headers: &HeaderMap, body: &[u8]) -> Option<Duration> {
    headers
        .get(RETRY_AFTER)
        .and_then(|value| from_header(value, headers.get(DATE)))
        .or_else(|| from_problem(&ProblemDetails::read(body)?))
}

fn from_header(value: &HeaderValue, date: Option<&HeaderValue>) -> Option<Duration> {
    let text = value.to_str().ok()?.trim();
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return seconds(text);
    }
    let then = httpdate::parse_http_date(text).ok()?;
    let date = date.and_then(|date| date.to_str().ok());
    let now = date
        .and_then(|date| httpdate::parse_http_date(date.trim()).ok())
        .unwrap_or_else(SystemTime::now);
    // A date that has passed asks for no more wait.
    Some(then.duration_since(now).unwrap_or(Duration::ZERO))
}

/// A number of seconds; saturates at [`Duration::MAX`].
fn seconds(text: &str) -> Option<Duration> {
    if text.contains(|c: char| !c.is_ascii_digit() && c != '.') {
        return None;
    }
    let seconds: f64 = text.parse().ok()?;
    Some(Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX))
}

fn from_problem(problem: &ProblemDetails) -> Option<Duration> {
    let member = match problem.extra.get("retry_after") {
        Some(Value::Number(number)) => seconds(&number.to_string()),
        Some(Value::String(text)) => seconds(text.trim()),
        _ => None,
    };
    member.or_else(|| from_sentence(problem.detail.as_deref()?))
}

fn from_sentence(sentence: &str) -> Option<Duration> {
    sentence.split('~').skip(1).find_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let after = rest[end..].strip_prefix('s')?;
        if after.starts_with(|c: char| c.is_alphanumeric()) {
            return None;
        }
        seconds(&rest[..end])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(retry_after: &str, date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(retry_after).unwrap());
        if let Some(date) = date {
            headers.insert(DATE, HeaderValue::from_str(date).unwrap());
        }
        from_response(&headers, b"")
    }

    #[test]
    fn seconds_in_the_header_are_read_and_odd_ones_ignored() {
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!(header("3", None), seconds(3));
        assert_eq!(header(" 0 ", None), seconds(0));
        assert_eq!(header("1.5", None), Some(Duration::from_millis(1500)));
        assert_eq!(header("99999999999999999999999", None), Some(Duration::MAX));
        for odd in ["-1", "soon", "", "1e3", "0x10", "3s", "1.2.3", "NaN", "inf"] {
            assert_eq!(header(odd, None), None, "{odd:?}");
        }
    }

    #[test]
    fn dates_in_each_form_are_compared_with_the_clock_of_the_server() {
        let now = "Sun, 06 Nov 1994 08:49:37 GMT";
        for date in [
            "Sun, 06 Nov 1994 08:49:47 GMT",
            "Sunday, 06-Nov-94 08:49:47 GMT",
            "Sun Nov  6 08:49:47 1994",
        ] {
            assert_eq!(header(date, Some(now)), Some(Duration::from_secs(10)));
        }
        assert_eq!(
            header("Sun, 06 Nov 1994 08:49:07 GMT", Some(now)),
            Some(Duration::ZERO)
        );
    }

    #[test]
    fn date_without_the_clock_of_the_server_is_compared_with_ours() {
        let then = SystemTime::now() + Duration::from_secs(50);
        let wait = header(&httpdate::fmt_http_date(then), None).unwrap();
        assert!((40..=50).contains(&wait.as_secs()), "{wait:?}");
    }

    #[test]
    fn body_is_read_where_the_header_says_nothing() {
        let wait = |body: &str| {
            let wait = from_response(&HeaderMap::new(), body.as_bytes())?;
            Some(wait.as_millis())
        };
        for (body, expected) in [
            (r#"{"retry_after":5}"#, Some(5000)),
            (r#"{"retry_after":"2.5"}"#, Some(2500)),
            (r#"{"retry_after":5,"detail":"in ~30s."}"#, Some(5000)),
            (r#"{"retry_after":-5,"detail":"in ~30s."}"#, Some(30_000)),
            (r#"{"detail":"about ~ then ~x then ~0.5s"}"#, Some(500)),
            (r#"{"detail":"~30sec"}"#, None),
            (r#"{"detail":"~s"}"#, None),
            (r#"{"detail":"30s"}"#, None),
            ("{}", None),
            ("<p>~3s", None),
        ] {
            assert_eq!(wait(body), expected, "{body}");
        }
    }
}
