//! The fields of a request: `key=value`, `key[sub]=value`, `key[]=value`.

use serde_json::{Map, Value};

use crate::error::{CliError, Result};
use crate::reader;
use crate::record::plain;

#[derive(Debug)]
pub(super) struct Field {
    text: String,
    key: String,
    parts: Vec<Part>,
    value: Value,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Part {
    Key(String),
    Append,
}

/// Parses a field. A typed one is converted, or read from a file.
pub(super) fn parse(text: &str, typed: bool) -> Result<Field> {
    let invalid = || {
        CliError::usage(format!("invalid field `{text}`: expected key=value"))
            .hint("for objects and lists: key[sub]=value, key[]=value; for JSON: key:=[1,2]")
    };
    let (path, value) = text.split_once('=').ok_or_else(invalid)?;
    let (path, value) = match path.strip_suffix(':') {
        Some(path) => {
            let value = serde_json::from_str(value).map_err(|error| {
                CliError::usage(format!("invalid JSON in field `{path}`: {error}"))
            })?;
            (path, value)
        }
        None if typed => (path, convert(value)?),
        None => (path, Value::from(value)),
    };
    let (key, mut rest) = match path.find('[') {
        Some(at) => path.split_at(at),
        None => (path, ""),
    };
    let mut parts = Vec::new();
    while !rest.is_empty() {
        let inner = rest.strip_prefix('[').ok_or_else(invalid)?;
        let (part, after) = inner.split_once(']').ok_or_else(invalid)?;
        parts.push(match part {
            "" => Part::Append,
            part => Part::Key(part.to_owned()),
        });
        rest = after;
    }
    if key.is_empty() {
        return Err(invalid());
    }
    Ok(Field {
        text: path.to_owned(),
        key: key.to_owned(),
        parts,
        value,
    })
}

fn convert(text: &str) -> Result<Value> {
    if let Some(from) = text.strip_prefix('@') {
        return Ok(reader::read_text(from)?.into());
    }
    Ok(match serde_json::from_str(text) {
        Ok(value @ (Value::Null | Value::Bool(_) | Value::Number(_))) => value,
        _ => Value::from(text),
    })
}

pub(super) fn object(fields: Vec<Field>) -> Result<Map<String, Value>> {
    let mut object = Map::new();
    for field in fields {
        let conflict = || CliError::usage(format!("field `{}` conflicts with another", field.text));
        let mut place = object.entry(field.key.clone()).or_insert(Value::Null);
        for part in field.parts {
            if place.is_null() {
                *place = match part {
                    Part::Append => Value::Array(Vec::new()),
                    Part::Key(_) => Value::Object(Map::new()),
                };
            }
            place = match (part, place) {
                (Part::Append, Value::Array(items)) => {
                    items.push(Value::Null);
                    items.last_mut().ok_or_else(conflict)?
                }
                (Part::Key(key), Value::Object(object)) => object.entry(key).or_insert(Value::Null),
                _ => return Err(conflict()),
            };
        }
        if !place.is_null() {
            return Err(conflict());
        }
        *place = field.value;
    }
    Ok(object)
}

pub(super) fn query(fields: Vec<Field>) -> Vec<(String, String)> {
    let pair = |field: Field| (field.text, plain(&field.value));
    fields.into_iter().map(pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn built(fields: &[&str], typed: bool) -> Result<Value> {
        let fields = fields.iter().map(|field| parse(field, typed));
        object(fields.collect::<Result<_, _>>()?).map(Value::Object)
    }

    #[test]
    fn fields_are_strings_typed_values_or_json_in_objects_and_lists() {
        let fields = ["a=1", "b=true", "c=null", "d=x=y", "e="];
        let nested = [
            "input[prompt]=a",
            "input[stop][]=b",
            "input[stop][]=c",
            "n[x][y]=d",
        ];
        for (fields, typed, expected) in [
            (
                &fields[..],
                false,
                json!({"a": "1", "b": "true", "c": "null", "d": "x=y", "e": ""}),
            ),
            (
                &fields,
                true,
                json!({"a": 1, "b": true, "c": null, "d": "x=y", "e": ""}),
            ),
            (&["a:=[1, 2]"], false, json!({"a": [1, 2]})),
            (
                &nested,
                false,
                json!({"input": {"prompt": "a", "stop": ["b", "c"]}, "n": {"x": {"y": "d"}}}),
            ),
        ] {
            assert_eq!(built(fields, typed).expect("fields"), expected);
        }
    }

    #[test]
    fn fields_that_conflict_or_have_no_key_are_refused() {
        for fields in [
            &["a=1", "a[b]=2"][..],
            &["a[]=1", "a[b]=2"],
            &["a=1", "a=2"],
        ] {
            assert!(built(fields, false).is_err(), "{fields:?}");
        }
        for field in ["a", "=x", "[a]=x", "a[b=x", "a[b]c=x", "a:=x"] {
            assert!(parse(field, false).is_err(), "{field}");
        }
    }
}
