//! Converts text, such as an argument of a command, to the types of a schema.

use serde_json::{Number, Value};

use super::{ValueKind, ValueSchema};

impl ValueSchema {
    /// Converts `text` to the type of the schema. Text that does not fit stays a string, which
    /// validation then reports.
    ///
    /// Text stays text where the schema says text, even if it looks like a number. A list takes
    /// a JSON list, or one value as its only item. Of several types, text is tried last.
    ///
    /// ```
    /// use replicate::schema::ModelSchema;
    /// use serde_json::json;
    ///
    /// let document = json!({ "components": { "schemas": { "Input": { "properties": {
    ///     "prompt": { "type": "string" },
    ///     "seed": { "type": "integer" },
    /// } } } } });
    /// let schema = ModelSchema::new(document)?.unwrap();
    /// let input = |key| schema.input(key).unwrap().schema();
    /// assert_eq!(input("prompt").coerce("42"), json!("42"));
    /// assert_eq!(input("seed").coerce("42"), json!(42));
    /// # Ok::<(), replicate::schema::SchemaError>(())
    /// ```
    pub fn coerce(&self, text: &str) -> Value {
        if !self.choices.is_empty() {
            let is_meant = |choice: &&Value| match choice {
                Value::String(choice) => choice == text,
                choice => serde_json::from_str::<Value>(text).is_ok_and(|value| value == **choice),
            };
            let meant = self.choices.iter().find(is_meant).cloned();
            return meant.unwrap_or_else(|| text.into());
        }
        if self.kind == ValueKind::Any {
            return coerce_untyped(text);
        }
        self.fit(text).unwrap_or_else(|| text.into())
    }

    /// Converts `text`, if it fits.
    fn fit(&self, text: &str) -> Option<Value> {
        match self.kind {
            ValueKind::Text | ValueKind::File => return Some(text.into()),
            ValueKind::Any => return Some(coerce_untyped(text)),
            _ => {}
        }
        if self.nullable && text == "null" {
            return Some(Value::Null);
        }
        match self.kind {
            ValueKind::Integer => json(text, is_whole),
            ValueKind::Number => number(text),
            ValueKind::Boolean => match text.to_ascii_lowercase().as_str() {
                "true" => Some(true.into()),
                "false" => Some(false.into()),
                _ => None,
            },
            ValueKind::Object => json(text, Value::is_object),
            ValueKind::List => Some(json(text, Value::is_array).unwrap_or_else(|| {
                let item = match self.items() {
                    Some(items) => items.coerce(text),
                    None => coerce_untyped(text),
                };
                Value::Array(vec![item])
            })),
            ValueKind::Union => {
                let mut alternatives: Vec<&Self> = self.alternatives.iter().collect();
                // Text fits any text, and a list takes any one value.
                alternatives.sort_by_key(|one| match one.kind {
                    ValueKind::Text | ValueKind::File | ValueKind::Any => 1,
                    ValueKind::List if !text.trim_start().starts_with('[') => 2,
                    _ => 0,
                });
                alternatives.into_iter().find_map(|one| one.fit(text))
            }
            _ => None,
        }
    }
}

/// Converts `text` without a schema: to JSON if it parses, else to a string.
pub fn coerce_untyped(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn json(text: &str, is_wanted: impl Fn(&Value) -> bool) -> Option<Value> {
    serde_json::from_str(text).ok().filter(is_wanted)
}

fn number(text: &str) -> Option<Value> {
    json(text, Value::is_number).or_else(|| {
        // `.5` and `+3`, for example, are not JSON.
        let number: f64 = text.parse().ok()?;
        Number::from_f64(number).map(Value::Number)
    })
}

/// Whether a value is an integer as in JSON Schema, where `3.0` is one.
pub(super) fn is_whole(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::value;

    #[test]
    fn text_becomes_a_value_of_the_type() {
        for (schema, text, expected) in [
            // Numbers keep their spelling.
            (r#"{"type": "number"}"#, "1000000", "1000000"),
            (r#"{"type": "number"}"#, "0.1", "0.1"),
            (r#"{"type": "number"}"#, ".5", "0.5"),
            (r#"{"type": "number"}"#, "wide", r#""wide""#),
            (r#"{"type": "integer"}"#, "7", "7"),
            (r#"{"type": "integer"}"#, "7.5", r#""7.5""#),
            // Other types are read as they are written.
            (r#"{"type": "boolean"}"#, "True", "true"),
            (r#"{"type": "object"}"#, r#"{"a":1}"#, r#"{"a":1}"#),
            (
                r#"{"type": "array", "items": {"type": "string"}}"#,
                r#"["a","b"]"#,
                r#"["a","b"]"#,
            ),
            (
                r#"{"type": "array", "items": {"type": "string"}}"#,
                "1",
                r#"["1"]"#,
            ),
            (r#"{"enum": [1, 2, "3"]}"#, "2", "2"),
            (
                r##"{"$ref": "#/components/schemas/sampler"}"##,
                "ddim",
                r#""ddim""#,
            ),
            // Of several types, text is tried last.
            (
                r#"{"anyOf": [{"type": "integer"}, {"type": "null"}]}"#,
                "null",
                "null",
            ),
            (
                r#"{"anyOf": [{"type": "string"}, {"type": "integer"}]}"#,
                "3",
                "3",
            ),
            (
                r#"{"anyOf": [{"type": "string"}, {"type": "integer"}]}"#,
                "three",
                r#""three""#,
            ),
            (r#"{"type": ["string", "integer"]}"#, "1", "1"),
            (
                r#"{"anyOf": [{"type": "array"}, {"type": "string"}]}"#,
                "a",
                r#""a""#,
            ),
            (
                r#"{"anyOf": [{"type": "array"}, {"type": "string"}]}"#,
                r#"["a"]"#,
                r#"["a"]"#,
            ),
            // Without a type, JSON is JSON and all else text.
            ("{}", "3", "3"),
            ("{}", "three", r#""three""#),
        ] {
            let value = value(serde_json::from_str(schema).unwrap());
            let coerced = value.coerce(text).to_string();
            assert_eq!(coerced, expected, "{text} as {schema}");
        }
        let text_type = value(serde_json::json!({"type": "string"}));
        for text in ["1", "true", "null", "[1]", "{}", "1e6", ""] {
            assert_eq!(text_type.coerce(text), text);
        }
    }
}
