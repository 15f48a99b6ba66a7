//! Points in time on the command line.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use crate::duration;

/// Parses `2026-01-31T12:00:00Z`, `2026-01-31`, or the time since then, such as `2h` or `30m`.
pub(crate) fn parse(text: &str) -> Result<DateTime<Utc>, String> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Ok(time.to_utc());
    }
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Ok(date.and_time(NaiveTime::MIN).and_utc());
    }
    // A time that has passed may be longer than one to wait.
    let elapsed = duration::parse(text)
        .ok()
        .or_else(|| humantime::parse_duration(text).ok());
    elapsed
        .and_then(|elapsed| chrono::TimeDelta::from_std(elapsed).ok())
        .and_then(|elapsed| Utc::now().checked_sub_signed(elapsed))
        .ok_or_else(|| {
            format!("invalid time `{text}`: expected 2026-01-31T12:00:00Z, 2026-01-31, 2h or 3d")
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_timestamps_dates_or_ages() {
        for (text, time) in [
            ("2026-01-31T12:00:00+02:00", "2026-01-31T10:00:00+00:00"),
            ("2026-01-31", "2026-01-31T00:00:00+00:00"),
        ] {
            assert_eq!(parse(text).expect("a time").to_rfc3339(), time);
        }
        for (text, seconds) in [("90s", 90), ("2h", 7200), ("3d", 259_200)] {
            let age = Utc::now().signed_duration_since(parse(text).expect("a time"));
            assert!((age.num_seconds() - seconds).abs() <= 5, "{text}: {age}");
        }
        for text in ["", "d", "soon", "2026-13-01", "-1h", "99999999999d"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
