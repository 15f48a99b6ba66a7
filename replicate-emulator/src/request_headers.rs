//! The headers `Prefer` and `Cancel-After` of a create.

use std::time::Duration;

use http::HeaderMap;

use crate::problem::Problem;

/// Default wait of a blocking create.
const LONGEST_WAIT: u64 = 60;
const SHORTEST_LIFE: Duration = Duration::from_secs(5);

/// Reads `Prefer: wait` and `Prefer: wait=N`, N from 1 to 60.
pub(crate) fn wait(headers: &HeaderMap) -> Result<Option<Duration>, Problem> {
    let Some(value) = text(headers, "prefer")? else {
        return Ok(None);
    };
    let seconds = match value.strip_prefix("wait") {
        Some("") => Some(LONGEST_WAIT),
        Some(rest) => rest.strip_prefix('=').and_then(number),
        None => None,
    };
    match seconds {
        Some(seconds @ 1..=LONGEST_WAIT) => Ok(Some(Duration::from_secs(seconds))),
        _ => Err(Problem::invalid_field(
            "Prefer",
            "pattern",
            format!("`{value}` is not `wait` or `wait=N` with N from 1 to 60"),
        )),
    }
}

/// Reads `Cancel-After`: `90`, `90s`, `5m`, `1h30m45s`; at least five seconds.
pub(crate) fn cancel_after(headers: &HeaderMap) -> Result<Option<Duration>, Problem> {
    let Some(value) = text(headers, "cancel-after")? else {
        return Ok(None);
    };
    match duration(value) {
        Some(life) if life >= SHORTEST_LIFE => Ok(Some(life)),
        Some(_) => Err(Problem::invalid_field(
            "Cancel-After",
            "minimum",
            format!("`{value}` is less than 5 seconds"),
        )),
        None => Err(Problem::invalid_field(
            "Cancel-After",
            "format",
            format!("`{value}` is not a duration such as 30, 90s, 5m or 1h30m"),
        )),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Problem> {
    headers
        .get(name)
        .map(|value| {
            value.to_str().map(str::trim).map_err(|_| {
                Problem::bad_request(format!("The header {name} is not readable text."))
            })
        })
        .transpose()
}

/// A number without a sign or leading zeros.
fn number(digits: &str) -> Option<u64> {
    let number: u64 = digits.parse().ok()?;
    (number.to_string() == digits).then_some(number)
}

fn duration(text: &str) -> Option<Duration> {
    let mut seconds: u64 = 0;
    let mut rest = text;
    // The largest unit that may follow: 1h30m45s descends.
    let mut largest = u64::MAX;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let amount: u64 = rest[..digits].parse().ok()?;
        let mut after = rest[digits..].chars();
        let unit = match after.next() {
            Some('h') => 3600,
            Some('m') => 60,
            Some('s') => 1,
            None if largest == u64::MAX => 1,
            _ => return None,
        };
        if unit >= largest {
            return None;
        }
        largest = unit;
        seconds = seconds.checked_add(amount.checked_mul(unit)?)?;
        rest = after.as_str();
    }
    (!text.is_empty()).then(|| Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().expect("a header value"));
        headers
    }

    #[test]
    fn a_wait_is_from_one_to_sixty_seconds() {
        for (value, seconds) in [("wait", 60), ("wait=1", 1), ("wait=60", 60), ("wait=9", 9)] {
            let wait = wait(&headers("prefer", value)).ok().flatten();
            assert_eq!(wait, Some(Duration::from_secs(seconds)), "{value}");
        }
        for value in [
            "wait=0", "wait=61", "wait=99", "wait=", "wait=x", "wait=01", "later", "wait=-1", "",
        ] {
            assert!(wait(&headers("prefer", value)).is_err(), "{value:?} passed");
        }
        assert_eq!(wait(&HeaderMap::new()).ok(), Some(None));
    }

    #[test]
    fn cancel_after_reads_combined_units() {
        for (value, seconds) in [
            ("5", 5),
            ("90s", 90),
            ("5m", 300),
            ("1h30m45s", 5445),
            ("2h30m", 9000),
        ] {
            let life = cancel_after(&headers("cancel-after", value)).ok().flatten();
            assert_eq!(life, Some(Duration::from_secs(seconds)), "{value}");
        }
        for value in [
            "4s",
            "0",
            "",
            "m",
            "5d",
            "1m1h",
            "1h5",
            "5 s",
            "-5s",
            "99999999999999999999h",
            "9999999999999999999h",
        ] {
            let read = cancel_after(&headers("cancel-after", value));
            assert!(read.is_err(), "{value:?} passed");
        }
    }
}
