//! Durations on the command line.

use std::time::Duration;

/// The longest duration: about three years.
const MAX: Duration = Duration::from_secs(100_000_000);

/// Parses `30`, `30s`, `1.5m`, `1h30m` or `500ms`; a bare number is seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let invalid = || format!("invalid duration `{text}`: expected 30s, 5m, 1h30m or 500ms");
    let time = match text.parse::<f64>() {
        Ok(seconds) if text.bytes().all(|c| c.is_ascii_digit() || c == b'.') => {
            Duration::try_from_secs_f64(seconds).map_err(|_| invalid())?
        }
        _ => humantime::parse_duration(text).map_err(|_| invalid())?,
    };
    if time > MAX {
        return Err(format!("duration `{text}` is too long"));
    }
    if time < Duration::from_millis(1) {
        return Err(format!(
            "duration `{text}` is too short: expected at least 1ms"
        ));
    }
    Ok(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_every_unit_and_combined() {
        for (text, milliseconds) in [
            ("30", 30_000),
            ("0.3", 300),
            ("30s", 30_000),
            ("1.5m", 90_000),
            ("2h", 7_200_000),
            ("1h30m", 5_400_000),
            ("1h30m45s", 5_445_000),
            ("2d", 172_800_000),
            ("500ms", 500),
        ] {
            let expected = Duration::from_millis(milliseconds);
            assert_eq!(parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn invalid_duration_is_rejected_with_the_expected_form() {
        for text in [
            "s",
            "abc",
            "-5",
            "5x",
            "1e3",
            "inf",
            "..",
            "0",
            "99999999h",
            "",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse("5 parsecs").is_err_and(|why| why.contains("1h30m")));
    }
}
