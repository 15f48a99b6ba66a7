//! Fields of requests and responses: what the builders' setters take, and what null becomes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use crate::nullable::Nullable;
use crate::secret::Secret;

mod timestamp;

use timestamp::Timestamp;

/// The error of a required part that was never set: empty, so that a builder begins without
/// allocating.
pub(crate) const REQUIRED: String = String::new();

/// Prefix of the error of a body without its required fields, whose names follow it, separated
/// by `, `.
pub(crate) const REQUIRED_FIELDS: &str = "missing required fields: ";

/// Decodes null as empty: a string, a list or a map.
pub(crate) fn null_as_empty<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// Decodes a timestamp, or null.
pub(crate) fn timestamp_or_null<'de, D>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error>
where
    D: Deserializer<'de>,
{
    let timestamp = Option::<Timestamp>::deserialize(deserializer)?;
    Ok(timestamp.map(|Timestamp(timestamp)| timestamp))
}

/// Collects the errors of a builder's fields, or of the parts of a call.
#[derive(Default)]
pub(crate) struct Fields {
    pub(crate) missing: Vec<String>,
    pub(crate) invalid: Vec<String>,
}

impl Fields {
    /// Notes what is wrong with a field.
    pub(crate) fn check<T>(&mut self, name: &str, value: &Result<T, String>) {
        let Err(reason) = value else { return };
        if *reason == REQUIRED {
            self.missing.push(name.to_owned());
        } else if let Some(fields) = reason.strip_prefix(REQUIRED_FIELDS) {
            let fields = fields.split(", ").map(|field| format!("{name}.{field}"));
            self.missing.extend(fields);
        } else {
            self.invalid.push(format!("{name}: {reason}"));
        }
    }

    /// Takes a field's value out, or notes what is wrong with it.
    pub(crate) fn take<T>(&mut self, name: &str, value: Result<T, String>) -> Option<T> {
        self.check(name, &value);
        value.ok()
    }

    pub(crate) fn finish(self) -> Result<(), String> {
        let missing = self.missing.join(", ");
        match (self.invalid.is_empty(), missing.is_empty()) {
            (true, true) => Ok(()),
            (true, false) => Err(format!("{REQUIRED_FIELDS}{missing}")),
            (false, true) => Err(self.invalid.join("; ")),
            (false, false) => Err(format!("{}; missing: {missing}", self.invalid.join("; "))),
        }
    }
}

/// A value that a field can be set from: the field's own type, and what is usually at hand
/// instead, such as `&str` for a string, a name for one of a fixed set of values, `json!({…})`
/// for an object, an array for a list, or the builder of a nested object. Optional fields take
/// the same, and `None`; where a field can be cleared, `None` is sent as `null`.
pub trait IntoField<T> {
    /// Converts the value into the field's type.
    ///
    /// # Errors
    ///
    /// A description of the problem, without the field's name.
    fn into_field(self) -> Result<T, String>;
}

/// A type that can be made from a string.
pub trait FromText: Sized {
    /// Converts the string.
    fn from_text(text: &str) -> Self;
}

impl FromText for String {
    fn from_text(text: &str) -> Self {
        text.to_owned()
    }
}

impl FromText for Secret {
    fn from_text(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// A type of a field that can be made from JSON.
pub trait FromJson: DeserializeOwned {
    /// Converts the value.
    ///
    /// # Errors
    ///
    /// A description of the problem.
    fn from_json(value: Value) -> Result<Self, String> {
        serde_json::from_value(value).map_err(|error| error.to_string())
    }
}

macro_rules! from_json {
    ($($type:ty)*) => {$(impl FromJson for $type {})*};
}

from_json! { String bool i32 u32 i64 u64 f64 DateTime<Utc> Secret }

impl<T: DeserializeOwned> FromJson for Vec<T> {}

impl<T: DeserializeOwned> FromJson for BTreeMap<String, T> {}

impl FromJson for Map<String, Value> {
    fn from_json(value: Value) -> Result<Self, String> {
        let kind = match value {
            Value::Object(map) => return Ok(map),
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
        };
        Err(format!("expected a JSON object, got {kind}"))
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

impl<T> IntoField<Nullable<T>> for T {
    fn into_field(self) -> Result<Nullable<T>, String> {
        Ok(Nullable::Value(self))
    }
}

impl<T> IntoField<Nullable<T>> for Option<T> {
    fn into_field(self) -> Result<Nullable<T>, String> {
        Ok(self.into())
    }
}

impl<T: FromJson> IntoField<Option<T>> for Value {
    fn into_field(self) -> Result<Option<T>, String> {
        match self {
            Self::Null => Ok(None),
            value => T::from_json(value).map(Some),
        }
    }
}

impl<T: FromJson> IntoField<Nullable<T>> for Value {
    fn into_field(self) -> Result<Nullable<T>, String> {
        IntoField::<Option<T>>::into_field(self).map(Nullable::from)
    }
}

impl<T: FromJson> IntoField<T> for Value {
    fn into_field(self) -> Result<T, String> {
        T::from_json(self)
    }
}

/// Conversions to a type, and to the same where it is optional or nullable.
macro_rules! into_field {
    ($([$($generics:tt)*] $from:ty => $to:ty: $convert:expr;)*) => {$(
        impl<$($generics)*> $crate::IntoField<$to> for $from {
            fn into_field(self) -> Result<$to, String> {
                $convert(self)
            }
        }

        impl<$($generics)*> $crate::IntoField<::std::option::Option<$to>> for $from {
            fn into_field(self) -> Result<::std::option::Option<$to>, String> {
                $crate::IntoField::<$to>::into_field(self).map(Some)
            }
        }

        impl<$($generics)*> $crate::IntoField<$crate::Nullable<$to>> for $from {
            fn into_field(self) -> Result<$crate::Nullable<$to>, String> {
                $crate::IntoField::<$to>::into_field(self).map($crate::Nullable::Value)
            }
        }
    )*};
}

into_field! {
    [T: FromText] &str => T: |text| Ok(T::from_text(text));
    [T: FromText] &String => T: |text: &String| Ok(T::from_text(text));
    [] &str => DateTime<Utc>: timestamp;
    [T: FromText] Vec<&str> => Vec<T>: |list: Vec<&str>| Ok(texts(&list));
    [T: FromText] &[&str] => Vec<T>: |list| Ok(texts(list));
    [T: FromText, const N: usize] [&str; N] => Vec<T>: |list: [&str; N]| Ok(texts(&list));
    [T, const N: usize] [T; N] => Vec<T>: |list: [T; N]| Ok(list.into());
    [T: FromJson, const N: usize] [Value; N] => Vec<T>: all;
    [T: FromJson] Vec<Value> => Vec<T>: all;
    [] i32 => f64: |number: i32| Ok(number.into());
    [] u32 => f64: |number: u32| Ok(number.into());
    [] f32 => f64: |number: f32| Ok(number.into());
    ['a] &'a [u8] => reqwest::Body: |bytes: &[u8]| Ok(bytes.to_vec().into());
    [] Vec<u8> => reqwest::Body: |bytes: Vec<u8>| Ok(bytes.into());
    [] String => reqwest::Body: |text: String| Ok(text.into());
    ['a] &'a str => reqwest::Body: |text: &str| Ok(text.to_owned().into());
    [] bytes::Bytes => reqwest::Body: |bytes: bytes::Bytes| Ok(bytes.into());
}

fn texts<T: FromText>(list: &[&str]) -> Vec<T> {
    list.iter().map(|text| T::from_text(text)).collect()
}

fn all<T: FromJson>(values: impl IntoIterator<Item = Value>) -> Result<Vec<T>, String> {
    values.into_iter().map(T::from_json).collect()
}

fn timestamp(text: &str) -> Result<DateTime<Utc>, String> {
    match DateTime::parse_from_rfc3339(text) {
        Ok(timestamp) => Ok(timestamp.to_utc()),
        Err(error) => Err(format!("{text:?} is not an RFC 3339 timestamp: {error}")),
    }
}

/// Integers that may not fit.
macro_rules! integers {
    ($($from:ty => $($to:ty)*;)*) => {into_field! {$($(
        [] $from => $to: |number: $from| <$to>::try_from(number).map_err(|_| {
            format!("{number} is out of range ({} to {})", <$to>::MIN, <$to>::MAX)
        });
    )*)*}};
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

/// Makes a type of a request settable from JSON and from its builder.
macro_rules! request_type {
    ($type:ty, $builder:ty) => {
        impl crate::field::FromJson for $type {}

        crate::field::into_field! {
            [] $builder => $type: |builder: $builder| {
                <$type>::try_from(builder).map_err(|error| error.to_string())
            };
            [const N: usize] [$builder; N] => ::std::vec::Vec<$type>: |builders: [$builder; N]| {
                let convert = |builder| crate::IntoField::<$type>::into_field(builder);
                builders.into_iter().map(convert).collect()
            };
        }
    };
}

#[allow(
    unused_imports,
    reason = "a description may have nothing that needs it"
)]
pub(crate) use {into_field, request_type};

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
    fn text_sets_strings_and_names() {
        let (text, some) = (String::from("a"), Ok(Some(String::from("a"))));
        assert_eq!(set::<String>("a"), Ok(text.clone()));
        assert_eq!(set::<Option<String>>("a"), some);
        assert_eq!(set::<Option<String>>(&text), some);
        assert_eq!(set::<Option<String>>(text), some);
        assert_eq!(set::<Option<String>>(None), Ok(None));
        assert_eq!(set::<Option<Event>>("a"), Ok(Some(Event("a".into()))));
    }

    #[test]
    fn lists_are_set_from_arrays_and_vectors() {
        let both = || vec![Event("a".into()), Event("b".into())];
        assert_eq!(set::<Option<Vec<Event>>>(["a", "b"]), Ok(Some(both())));
        assert_eq!(set::<Vec<Event>>(vec!["a", "b"]), Ok(both()));
        assert_eq!(set::<Vec<Event>>(&["a", "b"][..]), Ok(both()));
        assert_eq!(set::<Option<Vec<Event>>>(both()), Ok(Some(both())));
        let [a, b] = both().try_into().unwrap();
        assert_eq!(set::<Vec<Event>>([a, b]), Ok(both()));
    }

    #[test]
    fn json_sets_fields_that_it_can_be_decoded_as() {
        assert_eq!(set::<Map<String, Value>>(json!({"a": 1})).unwrap()["a"], 1);
        let array = set::<Option<Map<String, Value>>>(json!([1]));
        assert_eq!(array, Err("expected a JSON object, got an array".into()));
        assert_eq!(set::<Option<Value>>(json!([1])), Ok(Some(json!([1]))));
        assert_eq!(set::<Option<i64>>(json!(null)), Ok(None));
        assert_eq!(set::<Vec<String>>([json!("a")]), Ok(vec!["a".to_owned()]));
        assert_eq!(set::<Vec<String>>(json!(["a"])), Ok(vec!["a".to_owned()]));
        assert!(set::<Vec<String>>(json!("a")).is_err());
    }

    #[test]
    fn nullable_field_takes_a_value_and_none_as_null() {
        let value = Ok(Nullable::Value("a".to_owned()));
        assert_eq!(set::<Nullable<String>>("a"), value);
        assert_eq!(set::<Nullable<String>>(Some("a".to_owned())), value);
        assert_eq!(set::<Nullable<String>>(json!("a")), value);
        assert_eq!(set::<Nullable<String>>(None), Ok(Nullable::Null));
        assert_eq!(set::<Nullable<String>>(json!(null)), Ok(Nullable::Null));
        let absent = Nullable::Absent;
        assert_eq!(set::<Nullable<String>>(absent.clone()), Ok(absent));
        let list = Ok(Nullable::Value(vec!["a".to_owned()]));
        assert_eq!(set::<Nullable<Vec<String>>>(["a"]), list);
        assert_eq!(set::<Nullable<i64>>(3_u8), Ok(Nullable::Value(3)));
    }

    #[test]
    fn missing_and_invalid_fields_are_all_named() {
        let missing = || Err::<(), _>(REQUIRED);
        let nested = Err::<(), _>(format!("{REQUIRED_FIELDS}x, y"));
        let mut fields = Fields::default();
        fields.check("a", &missing());
        fields.check("b", &nested);
        fields.check("c", &Ok(()));
        let error = fields.finish().unwrap_err();
        assert_eq!(error, format!("{REQUIRED_FIELDS}a, b.x, b.y"));
        let mut fields = Fields::default();
        fields.check("a", &missing());
        fields.check("d", &Err::<(), _>("expected 1".to_owned()));
        assert_eq!(fields.finish().unwrap_err(), "d: expected 1; missing: a");
    }

    #[test]
    fn integers_widen_and_one_out_of_range_is_an_error() {
        assert_eq!(set::<i64>(3), Ok(3));
        assert_eq!(set::<Option<u64>>(3), Ok(Some(3)));
        assert_eq!(set::<f64>(3), Ok(3.0));
        assert!(set::<u64>(-3).unwrap_err().contains("-3 is out of range"));
    }

    #[test]
    fn timestamps_are_decoded_as_chrono_decodes_them() {
        for text in [
            r#""2026-01-31T12:34:56Z""#,
            r#""2026-01-31T12:34:56.7Z""#,
            r#""2026-01-31T12:34:56.123456Z""#,
            r#""2026-01-31T12:34:56.123456789Z""#,
            r#""2026-01-31T12:34:56.1234567891Z""#,
            r#""2026-01-31T12:34:56.Z""#,
            r#""2024-02-29T23:59:60Z""#,
            r#""2023-02-29T00:00:00Z""#,
            r#""2026-01-31T24:00:00Z""#,
            r#""2026-1-31T12:34:56.00Z""#,
            r#""2026-01-31T12:34:5:Z""#,
            r#""2026-01-31 12:34:56Z""#,
            r#""2026-01-31t12:34:56z""#,
            r#""2026-01-31T12:34:56+01:00""#,
            r#""\u0032026-01-31T12:34:56Z""#,
            r#""""#,
            "null",
            "1769862896",
        ] {
            let mut json = serde_json::Deserializer::from_str(text);
            let ours = timestamp_or_null(&mut json).map_err(|error| error.to_string());
            let chrono = serde_json::from_str::<Option<DateTime<Utc>>>(text);
            assert_eq!(ours, chrono.map_err(|error| error.to_string()), "{text}");
        }
    }

    #[test]
    fn timestamps_are_parsed_from_text() {
        let instant = set::<DateTime<Utc>>("2026-01-31T12:00:00+01:00").unwrap();
        assert_eq!(instant.to_rfc3339(), "2026-01-31T11:00:00+00:00");
        assert!(set::<DateTime<Utc>>("tomorrow").is_err());
    }
}
