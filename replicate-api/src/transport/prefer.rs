//! `Prefer: wait`, by which a create asks the API to hold its response back.

use std::time::Duration;

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

use crate::error::{Error, ErrorKind};

/// The longest that the API holds a response back, in seconds.
const MAX_WAIT: u64 = 60;

const PREFER: HeaderName = HeaderName::from_static("prefer");

/// Margin for the response to arrive: a create that times out has an unknown outcome.
const RESPONSE_MARGIN: Duration = Duration::from_secs(2);

/// Maximum time that may have passed since the timeout of the call began.
const TOLERANCE: Duration = Duration::from_millis(50);

/// Fits the wait that a request asks for to the time that is left for it, and returns it.
pub(super) fn fit_wait(headers: &mut HeaderMap, remaining: Duration) -> Result<Duration, Error> {
    let asked = wait_preference(headers)?;
    let margin = (remaining / 2).min(RESPONSE_MARGIN);
    let fitting = remaining
        .saturating_sub(margin)
        .saturating_add(TOLERANCE)
        .as_secs();
    if asked.as_secs() <= fitting {
        return Ok(asked);
    }
    let others: Vec<_> = preferences(headers)
        .filter(|preference| seconds(preference).is_none())
        .map(str::to_owned)
        .collect();
    headers.remove(PREFER);
    let wait = (fitting > 0).then(|| format!("wait={fitting}"));
    for preference in others.into_iter().chain(wait) {
        if let Ok(value) = HeaderValue::try_from(preference) {
            headers.append(PREFER, value);
        }
    }
    Ok(Duration::from_secs(fitting))
}

/// Returns how long a request asks the API to delay its response: `Prefer: wait`, or `wait=N`.
fn wait_preference(headers: &HeaderMap) -> Result<Duration, Error> {
    let mut longest = 0;
    for preference in preferences(headers) {
        let Some(seconds) = seconds(preference) else {
            continue;
        };
        let seconds = seconds
            .filter(|seconds| (1..=MAX_WAIT).contains(seconds))
            .ok_or_else(|| {
                let message =
                    format!("`Prefer: {preference}` is out of range (1 to {MAX_WAIT} seconds)");
                Error::new(ErrorKind::InvalidRequest, message)
                    .with_advice("pass \"wait\", or \"wait=N\"")
            })?;
        longest = longest.max(seconds);
    }
    Ok(Duration::from_secs(longest))
}

fn preferences(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    headers
        .get_all(PREFER)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split([',', ';']))
        .map(str::trim)
}

/// The seconds of a preference to wait, `Some(None)` where they cannot be read, and `None` for
/// any other preference.
fn seconds(preference: &str) -> Option<Option<u64>> {
    match preference.split_once('=') {
        Some(("wait", seconds)) => Some(seconds.trim().parse().ok()),
        None if preference == "wait" => Some(Some(MAX_WAIT)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(PREFER, HeaderValue::from_static(value))])
    }

    fn asked(value: &'static str) -> Result<u64, ErrorKind> {
        wait_preference(&headers(value))
            .map(|wait| wait.as_secs())
            .map_err(|error| error.kind())
    }

    #[test]
    fn wait_of_1_to_60_seconds_is_read() {
        assert_eq!(asked("wait"), Ok(60));
        assert_eq!(asked("wait=1"), Ok(1));
        assert_eq!(asked("respond-async, wait=60"), Ok(60));
        assert_eq!(asked("respond-async"), Ok(0));
        assert_eq!(wait_preference(&HeaderMap::new()).unwrap(), Duration::ZERO);
    }

    #[test]
    fn wait_that_is_out_of_range_is_refused() {
        for value in [
            "wait=0", "wait=61", "wait=99", "wait=", "wait=5m", "wait=-1",
        ] {
            assert_eq!(asked(value), Err(ErrorKind::InvalidRequest), "{value}");
        }
    }

    #[test]
    fn wait_is_shortened_to_what_is_left_for_the_response() {
        for (value, remaining, sent, wait) in [
            ("wait", 600.0, "wait", 60),
            ("wait=60", 62.0, "wait=60", 60),
            ("wait=18", 19.96, "wait=18", 18),
            ("wait", 60.0, "wait=58", 58),
            ("respond-async, wait", 6.0, "respond-async,wait=4", 4),
            ("wait=10", 2.0, "wait=1", 1),
            ("wait=10", 1.0, "", 0),
            ("other", 0.0, "other", 0),
        ] {
            let mut headers = headers(value);
            let fitted = fit_wait(&mut headers, Duration::from_secs_f64(remaining)).unwrap();
            assert_eq!(fitted.as_secs(), wait, "{value} {remaining}");
            let values: Vec<_> = headers
                .get_all(PREFER)
                .iter()
                .map(|value| value.to_str().unwrap())
                .collect();
            assert_eq!(values.join(","), sent, "{value} {remaining}");
        }
    }
}
