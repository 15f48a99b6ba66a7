//! What the builders' setters take.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};

/// The error of a required part that was never set.
#[allow(dead_code, reason = "a description may have nothing that needs it")]
pub(crate) const REQUIRED: &str = "a value is required";

/// What the error of a body starts with whose required fields, named after it and separated by
/// `, `, were never set.
#[allow(dead_code, reason = "a description may have nothing that needs it")]
pub(crate) const REQUIRED_FIELDS: &str = "missing required fields: ";

/// A value that a field can be set from: the field's own type, and what is usually at hand
/// instead, such as `&str` for a text, a name for one of a fixed set of values, `json!({…})`
/// for an object, or an array for a list. Optional fields take the same, and `None`.
pub trait IntoField<T> {
    /// Turns the value into the field's type.
    ///
    /// # Errors
    ///
    /// A sentence that says what does not fit.
    fn into_field(self) -> Result<T, String>;
}

/// A type that can be written as a text.
pub trait FromText: Sized {
    /// Takes the text.
    fn from_text(text: &str) -> Self;
}

impl FromText for String {
    fn from_text(text: &str) -> Self {
        text.to_owned()
    }
}

impl<T> IntoField<T> for T {
    fn into_field(self) -> Result<T, String> {
        Ok(self)
    }
}

impl<T> IntoField<Option<T>> for T {
    fn into_field(self) -> Result<Option<T>, String> {
        Ok(Some(self))
    }
}

impl<T: FromText> IntoField<T> for &str {
    fn into_field(self) -> Result<T, String> {
        Ok(T::from_text(self))
    }
}

impl<T: FromText> IntoField<Option<T>> for &str {
    fn into_field(self) -> Result<Option<T>, String> {
        Ok(Some(T::from_text(self)))
    }
}

impl<T: FromText> IntoField<T> for &String {
    fn into_field(self) -> Result<T, String> {
        Ok(T::from_text(self))
    }
}

impl<T: FromText> IntoField<Option<T>> for &String {
    fn into_field(self) -> Result<Option<T>, String> {
        Ok(Some(T::from_text(self)))
    }
}

fn texts<T: FromText>(texts: &[&str]) -> Vec<T> {
    texts.iter().map(|text| T::from_text(text)).collect()
}

impl<T: FromText> IntoField<Vec<T>> for Vec<&str> {
    fn into_field(self) -> Result<Vec<T>, String> {
        Ok(texts(&self))
    }
}

impl<T: FromText> IntoField<Option<Vec<T>>> for Vec<&str> {
    fn into_field(self) -> Result<Option<Vec<T>>, String> {
        Ok(Some(texts(&self)))
    }
}

impl<T: FromText> IntoField<Vec<T>> for &[&str] {
    fn into_field(self) -> Result<Vec<T>, String> {
        Ok(texts(self))
    }
}

impl<T: FromText> IntoField<Option<Vec<T>>> for &[&str] {
    fn into_field(self) -> Result<Option<Vec<T>>, String> {
        Ok(Some(texts(self)))
    }
}

impl<T: FromText, const N: usize> IntoField<Vec<T>> for [&str; N] {
    fn into_field(self) -> Result<Vec<T>, String> {
        Ok(texts(&self))
    }
}

impl<T: FromText, const N: usize> IntoField<Option<Vec<T>>> for [&str; N] {
    fn into_field(self) -> Result<Option<Vec<T>>, String> {
        Ok(Some(texts(&self)))
    }
}

impl<T, const N: usize> IntoField<Vec<T>> for [T; N] {
    fn into_field(self) -> Result<Vec<T>, String> {
        Ok(self.into())
    }
}

impl<T, const N: usize> IntoField<Option<Vec<T>>> for [T; N] {
    fn into_field(self) -> Result<Option<Vec<T>>, String> {
        Ok(Some(self.into()))
    }
}

fn instant(text: &str) -> Result<DateTime<Utc>, String> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(instant) => Ok(instant.to_utc()),
        Err(error) => Err(format!(
            "{text:?} is no instant such as 2026-01-31T12:00:00Z: {error}"
        )),
    }
}

impl IntoField<DateTime<Utc>> for &str {
    fn into_field(self) -> Result<DateTime<Utc>, String> {
        instant(self)
    }
}

impl IntoField<Option<DateTime<Utc>>> for &str {
    fn into_field(self) -> Result<Option<DateTime<Utc>>, String> {
        instant(self).map(Some)
    }
}

fn object(value: Value) -> Result<Map<String, Value>, String> {
    let kind = match value {
        Value::Object(map) => return Ok(map),
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
    };
    Err(format!("a JSON object is needed, not {kind}"))
}

impl IntoField<Map<String, Value>> for Value {
    fn into_field(self) -> Result<Map<String, Value>, String> {
        object(self)
    }
}

impl IntoField<Option<Map<String, Value>>> for Value {
    fn into_field(self) -> Result<Option<Map<String, Value>>, String> {
        object(self).map(Some)
    }
}

/// Integers that may not fit, with a sentence that says so.
macro_rules! integers {
    ($($from:ty => $($to:ty)*;)*) => {$($(
        impl IntoField<$to> for $from {
            fn into_field(self) -> Result<$to, String> {
                <$to>::try_from(self).map_err(|_| format!(
                    "{self} is out of range: {} to {} are possible", <$to>::MIN, <$to>::MAX
                ))
            }
        }

        impl IntoField<Option<$to>> for $from {
            fn into_field(self) -> Result<Option<$to>, String> {
                IntoField::<$to>::into_field(self).map(Some)
            }
        }
    )*)*};
}

integers! {
    u8 => i32 u32 i64 u64;
    u16 => i32 u32 i64 u64;
    i32 => u32 i64 u64;
    u32 => i32 i64 u64;
    i64 => i32 u32 u64;
    u64 => i32 u32 i64;
    usize => i32 u32 i64 u64;
}

/// Numbers that always fit a float.
macro_rules! floats {
    ($($from:ty)*) => {$(
        impl IntoField<f64> for $from {
            fn into_field(self) -> Result<f64, String> {
                Ok(self.into())
            }
        }

        impl IntoField<Option<f64>> for $from {
            fn into_field(self) -> Result<Option<f64>, String> {
                Ok(Some(self.into()))
            }
        }
    )*};
}

floats! { i32 u32 f32 }

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Debug, PartialEq)]
    struct Event(String);

    impl FromText for Event {
        fn from_text(text: &str) -> Self {
            Event(text.to_owned())
        }
    }

    fn set<T>(value: impl IntoField<T>) -> Result<T, String> {
        value.into_field()
    }

    #[test]
    fn a_text_sets_a_string_or_a_name_optional_or_not() {
        assert_eq!(set::<String>("a"), Ok("a".into()));
        assert_eq!(set::<Option<String>>("a"), Ok(Some("a".into())));
        assert_eq!(
            set::<Option<String>>(String::from("a")),
            Ok(Some("a".into()))
        );
        assert_eq!(
            set::<Option<String>>(&String::from("a")),
            Ok(Some("a".into()))
        );
        assert_eq!(set::<Option<String>>(None), Ok(None));
        assert_eq!(set::<Option<Event>>("done"), Ok(Some(Event("done".into()))));
    }

    #[test]
    fn lists_are_set_from_arrays_and_vectors() {
        let both = || vec![Event("a".into()), Event("b".into())];
        assert_eq!(set::<Option<Vec<Event>>>(["a", "b"]), Ok(Some(both())));
        assert_eq!(set::<Vec<Event>>(vec!["a", "b"]), Ok(both()));
        assert_eq!(set::<Vec<Event>>(&["a", "b"][..]), Ok(both()));
        assert_eq!(set::<Option<Vec<Event>>>(both()), Ok(Some(both())));
        assert_eq!(
            set::<Vec<Event>>([Event("a".into()), Event("b".into())]),
            Ok(both())
        );
    }

    #[test]
    fn a_json_value_sets_an_object_and_nothing_else_does() {
        assert_eq!(set::<Map<String, Value>>(json!({"a": 1})).unwrap()["a"], 1);
        assert_eq!(
            set::<Option<Map<String, Value>>>(json!([1])),
            Err("a JSON object is needed, not an array".into())
        );
        assert_eq!(set::<Option<Value>>(json!([1])), Ok(Some(json!([1]))));
    }

    #[test]
    fn integers_widen_and_a_misfit_is_an_error() {
        assert_eq!(set::<i64>(3), Ok(3));
        assert_eq!(set::<Option<u64>>(3), Ok(Some(3)));
        assert_eq!(set::<f64>(3), Ok(3.0));
        assert!(set::<u64>(-3).unwrap_err().contains("-3 is out of range"));
    }

    #[test]
    fn instants_are_read_from_text() {
        let instant = set::<Option<DateTime<Utc>>>("2026-01-31T12:00:00+01:00")
            .unwrap()
            .unwrap();
        assert_eq!(instant.to_rfc3339(), "2026-01-31T11:00:00+00:00");
        assert!(set::<DateTime<Utc>>("tomorrow").is_err());
    }
}
