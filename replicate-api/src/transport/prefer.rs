use std::time::Duration;

use reqwest::header::HeaderMap;

use crate::error::{Error, ErrorKind};

/// The longest that the API holds an answer back, in seconds.
const LONGEST: u64 = 60;

/// How long a request asks the API to hold its answer back: `Prefer: wait`, or `wait=N`.
pub(super) fn wait_preference(headers: &HeaderMap) -> Result<Duration, Error> {
    let mut longest = 0;
    let values = headers
        .get_all("prefer")
        .iter()
        .filter_map(|value| value.to_str().ok());
    for preference in values
        .flat_map(|value| value.split([',', ';']))
        .map(str::trim)
    {
        let seconds = match preference.split_once('=') {
            Some(("wait", seconds)) => seconds.trim().parse().ok(),
            None if preference == "wait" => Some(LONGEST),
            _ => continue,
        };
        let seconds = seconds
            .filter(|seconds| (1..=LONGEST).contains(seconds))
            .ok_or_else(|| {
                let message =
                    format!("the preference {preference:?} asks for a wait that cannot be had");
                let advice =
                    format!("give \"wait\", or \"wait=N\" with N from 1 to {LONGEST} seconds");
                Error::new(ErrorKind::InvalidRequest, message).with_advice(advice)
            })?;
        longest = longest.max(seconds);
    }
    Ok(Duration::from_secs(longest))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    fn asked(value: &'static str) -> Result<u64, ErrorKind> {
        let headers =
            HeaderMap::from_iter([("prefer".parse().unwrap(), HeaderValue::from_static(value))]);
        wait_preference(&headers)
            .map(|wait| wait.as_secs())
            .map_err(|error| error.kind())
    }

    #[test]
    fn a_wait_of_1_to_60_seconds_is_read() {
        assert_eq!(asked("wait"), Ok(60));
        assert_eq!(asked("wait=1"), Ok(1));
        assert_eq!(asked("respond-async, wait=60"), Ok(60));
        assert_eq!(asked("respond-async"), Ok(0));
        assert_eq!(wait_preference(&HeaderMap::new()).unwrap(), Duration::ZERO);
    }

    #[test]
    fn a_wait_that_the_api_cannot_keep_is_refused() {
        for value in [
            "wait=0", "wait=61", "wait=99", "wait=", "wait=5m", "wait=-1",
        ] {
            assert_eq!(asked(value), Err(ErrorKind::InvalidRequest), "{value}");
        }
    }
}
