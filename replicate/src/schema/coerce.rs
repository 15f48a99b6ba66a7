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
    /// # fn main() -> Result<(), replicate::schema::SchemaError> {
    /// let document = json!({ "components": { "schemas": { "Input": { "properties": {
    ///     "prompt": { "type": "string" },
    ///     "seed": { "type": "integer" },
    /// } } } } });
    /// let schema = ModelSchema::new(document)?.unwrap();
    /// let input = |key| schema.input(key).unwrap().schema();
    /// assert_eq!(input("prompt").coerce("42"), json!("42"));
    /// assert_eq!(input("seed").coerce("42"), json!(42));
    /// # Ok(())
    /// # }
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
    use super::*;
    use serde_json::json;

    fn coerced(schema: Value, text: &str) -> Value {
        value(schema).coerce(text)
    }

    #[test]
    fn text_input_stays_text() {
        for text in ["1", "true", "null", "[1]", "{}", "1e6", ""] {
            assert_eq!(coerced(json!({"type": "string"}), text), json!(text));
        }
    }

    #[test]
    fn numbers_keep_their_spelling() {
        let number = json!({"type": "number"});
        assert_eq!(coerced(number.clone(), "1000000").to_string(), "1000000");
        assert_eq!(coerced(number.clone(), "0.1").to_string(), "0.1");
        assert_eq!(coerced(number.clone(), ".5"), json!(0.5));
        assert_eq!(coerced(number, "wide"), json!("wide"));
        assert_eq!(coerced(json!({"type": "integer"}), "7"), json!(7));
        assert_eq!(coerced(json!({"type": "integer"}), "7.5"), json!("7.5"));
    }

    #[test]
    fn other_types_are_read_as_they_are_written() {
        assert_eq!(coerced(json!({"type": "boolean"}), "True"), json!(true));
        let object = json!({"type": "object"});
        assert_eq!(coerced(object, r#"{"a":1}"#), json!({"a": 1}));
        let texts = json!({"type": "array", "items": {"type": "string"}});
        assert_eq!(coerced(texts.clone(), r#"["a","b"]"#), json!(["a", "b"]));
        assert_eq!(coerced(texts, "1"), json!(["1"]));
        assert_eq!(coerced(json!({"enum": [1, 2, "3"]}), "2"), json!(2));
        let by_reference = json!({"$ref": "#/components/schemas/sampler"});
        assert_eq!(coerced(by_reference, "ddim"), json!("ddim"));
    }

    #[test]
    fn of_several_types_text_is_tried_last() {
        let optional = json!({"anyOf": [{"type": "integer"}, {"type": "null"}]});
        assert_eq!(coerced(optional, "null"), json!(null));
        let union = json!({"anyOf": [{"type": "string"}, {"type": "integer"}]});
        assert_eq!(coerced(union.clone(), "3"), json!(3));
        assert_eq!(coerced(union, "three"), json!("three"));
        assert_eq!(
            coerced(json!({"type": ["string", "integer"]}), "1"),
            json!(1)
        );
        let list = json!({"type": "array", "items": {"type": "string"}});
        let text_or_list = json!({"anyOf": [list, {"type": "string"}]});
        assert_eq!(coerced(text_or_list.clone(), "a"), json!("a"));
        assert_eq!(coerced(text_or_list, r#"["a"]"#), json!(["a"]));
    }

    #[test]
    fn without_a_type_json_is_json_and_all_else_text() {
        assert_eq!(coerced(json!({}), "3"), json!(3));
        assert_eq!(coerced(json!({}), "three"), json!("three"));
    }
}
