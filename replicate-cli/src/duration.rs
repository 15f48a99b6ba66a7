//! Durations on the command line.

use std::time::Duration;

/// The longest duration: about three years.
const MAX_SECONDS: f64 = 1e8;

/// Parses `30`, `30s`, `1.5m`, `2h` or `500ms`; a bare number is seconds.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let invalid = || format!("invalid duration `{text}`: expected 30s, 5m, 1h or 500ms");
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '.'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let seconds = match unit.trim() {
        "" | "s" | "sec" => 1.0,
        "ms" => 1e-3,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return Err(invalid()),
    };
    let time = number.parse::<f64>().map_err(|_| invalid())? * seconds;
    if time > MAX_SECONDS {
        return Err(format!("duration `{text}` is too long"));
    }
    let time = Duration::try_from_secs_f64(time).map_err(|_| invalid())?;
    if time.is_zero() {
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
    fn times_are_read_in_every_unit() {
        for (text, milliseconds) in [
            ("30", 30_000),
            ("30s", 30_000),
            ("1.5m", 90_000),
            ("2h", 7_200_000),
            ("500ms", 500),
        ] {
            assert_eq!(
                parse(text),
                Ok(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_time_is_refused_with_the_right_form() {
        for text in ["", "s", "abc", "-5", "5d", "1e3", "..", "0", "99999999h"] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse("5 parsecs").is_err_and(|why| why.contains("5m")));
    }
}
