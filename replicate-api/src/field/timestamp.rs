//! Timestamps in responses.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use serde::de::{self, IntoDeserializer, Visitor};
use serde::{Deserialize, Deserializer};

/// A timestamp as chrono decodes it. The one form that the API writes takes a tenth of the time.
pub(super) struct Timestamp(pub(super) DateTime<Utc>);

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = DateTime<Utc>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 formatted date and time string")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<DateTime<Utc>, E> {
                match utc(text.as_bytes()) {
                    Some(timestamp) => Ok(timestamp),
                    None => DateTime::deserialize(text.into_deserializer()),
                }
            }
        }

        deserializer.deserialize_str(Text).map(Self)
    }
}

/// `2026-01-31T12:00:00Z`, with a fraction of the second or without; `None` for any other form.
fn utc(text: &[u8]) -> Option<DateTime<Utc>> {
    let number = |digits: &[u8]| {
        let digit = |number, digit: &u8| {
            let value = digit.is_ascii_digit().then(|| u32::from(digit - b'0'))?;
            Some(10 * number + value)
        };
        digits.iter().try_fold(0, digit)
    };
    let (time, rest) = text.split_at_checked(19)?;
    let separators = [time[4], time[7], time[10], time[13], time[16]];
    let fraction = match rest {
        b"Z" => b"",
        [b'.', digits @ .., b'Z'] if (1..=9).contains(&digits.len()) => digits,
        _ => return None,
    };
    if separators != *b"--T::" {
        return None;
    }
    let mut nanos = [b'0'; 9];
    nanos[..fraction.len()].copy_from_slice(fraction);
    let year = i32::try_from(number(&time[..4])?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(&time[5..7])?, number(&time[8..10])?)?;
    let [hour, minute, second] = [11, 14, 17].map(|at| number(&time[at..at + 2]));
    let time = date.and_hms_nano_opt(hour?, minute?, second?, number(&nanos)?)?;
    Some(time.and_utc())
}
