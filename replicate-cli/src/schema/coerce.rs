//! Texts of a command line as values of the types that a schema asks for.

use serde_json::{Number, Value};

use super::{Keywords, Schema};

/// The value that `text` stands for. A text that fits no type of the schema stays a text,
/// which the check then refuses by name.
pub(crate) fn coerce(schema: &Schema, keywords: &Keywords, text: &str) -> Value {
    if let Some(Value::Array(choices)) = keywords.get("enum") {
        let is_meant = |choice: &&Value| match choice {
            Value::String(choice) => choice == text,
            choice => serde_json::from_str::<Value>(text).is_ok_and(|value| value == **choice),
        };
        return choices
            .iter()
            .find(is_meant)
            .cloned()
            .unwrap_or_else(|| text.into());
    }
    let mut alternatives = alternatives(schema, keywords);
    if !alternatives.is_empty() {
        // A text fits everything, so it is tried last.
        alternatives.sort_by_key(|one| Schema::types(one).contains(&"string"));
        let fitting = alternatives.iter().find_map(|one| fit(schema, one, text));
        return fitting.unwrap_or_else(|| text.into());
    }
    match Schema::types(keywords).as_slice() {
        [] if keywords.contains_key("properties") => {
            json(text, Value::is_object).unwrap_or_else(|| text.into())
        }
        [] => coerce_untyped(text),
        _ => fit(schema, keywords, text).unwrap_or_else(|| text.into()),
    }
}

/// The value of a text without a schema: JSON if it is some, else the text.
pub(crate) fn coerce_untyped(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| text.into())
}

fn alternatives(schema: &Schema, keywords: &Keywords) -> Vec<Keywords> {
    ["anyOf", "oneOf"]
        .into_iter()
        .filter_map(|keyword| keywords.get(keyword)?.as_array())
        .flatten()
        .map(|one| schema.resolve(one))
        .collect()
}

/// The text as a value of one of the schema's types, if it can be one.
fn fit(schema: &Schema, keywords: &Keywords, text: &str) -> Option<Value> {
    let types = Schema::types(keywords);
    let is = |name| types.contains(&name);
    let nullable = is("null") || keywords.get("nullable") == Some(&Value::Bool(true));
    if is("string") {
        return Some(text.into());
    }
    if nullable && text == "null" {
        return Some(Value::Null);
    }
    if is("integer")
        && let Some(value) = json(text, is_whole)
    {
        return Some(value);
    }
    if is("number")
        && let Some(value) = number(text)
    {
        return Some(value);
    }
    if is("boolean") {
        match text.to_ascii_lowercase().as_str() {
            "true" => return Some(true.into()),
            "false" => return Some(false.into()),
            _ => {}
        }
    }
    if is("object")
        && let Some(value) = json(text, Value::is_object)
    {
        return Some(value);
    }
    if is("array") {
        return Some(json(text, Value::is_array).unwrap_or_else(|| {
            // One value stands for a list of one.
            let item = keywords.get("items").map(|items| schema.resolve(items));
            Value::Array(vec![match item {
                Some(item) => coerce(schema, &item, text),
                None => coerce_untyped(text),
            }])
        }));
    }
    None
}

fn json(text: &str, wanted: impl Fn(&Value) -> bool) -> Option<Value> {
    serde_json::from_str(text).ok().filter(wanted)
}

fn number(text: &str) -> Option<Value> {
    json(text, Value::is_number).or_else(|| {
        // Such as `.5` and `+3`, which are no JSON.
        let number: f64 = text.parse().ok()?;
        Number::from_f64(number).map(Value::Number)
    })
}

/// Whether it is an integer, as JSON schema has it: `3.0` is one too.
pub(crate) fn is_whole(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

#[cfg(test)]
mod tests {
    use super::super::tests::schema;
    use super::*;
    use serde_json::json;

    fn as_type(property: Value, text: &str) -> Value {
        let schema = schema(json!({}), json!({}));
        coerce(&schema, &schema.resolve(&property), text)
    }

    #[test]
    fn a_string_stays_one_whatever_it_looks_like() {
        for text in ["1", "true", "null", "[1]", "{}", "1e6", ""] {
            assert_eq!(as_type(json!({"type": "string"}), text), json!(text));
        }
        assert_eq!(
            as_type(json!({"type": ["string", "integer"]}), "1"),
            json!("1")
        );
    }

    #[test]
    fn numbers_keep_their_spelling() {
        let number = json!({"type": "number"});
        assert_eq!(as_type(number.clone(), "1000000").to_string(), "1000000");
        assert_eq!(as_type(number.clone(), "0.1").to_string(), "0.1");
        assert_eq!(as_type(number.clone(), ".5"), json!(0.5));
        assert_eq!(as_type(number, "wide"), json!("wide"));
        assert_eq!(as_type(json!({"type": "integer"}), "7"), json!(7));
        assert_eq!(as_type(json!({"type": "integer"}), "7.5"), json!("7.5"));
    }

    #[test]
    fn other_types_are_read_as_they_are_written() {
        assert_eq!(as_type(json!({"type": "boolean"}), "True"), json!(true));
        assert_eq!(
            as_type(json!({"type": "object"}), r#"{"a":1}"#),
            json!({"a": 1})
        );
        let strings = json!({"type": "array", "items": {"type": "string"}});
        assert_eq!(as_type(strings.clone(), r#"["a","b"]"#), json!(["a", "b"]));
        assert_eq!(as_type(strings, "1"), json!(["1"]));
        assert_eq!(
            as_type(
                json!({"anyOf": [{"type": "integer"}, {"type": "null"}]}),
                "null"
            ),
            json!(null)
        );
        assert_eq!(
            as_type(
                json!({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
                "3"
            ),
            json!(3)
        );
        assert_eq!(as_type(json!({"enum": [1, 2, "3"]}), "2"), json!(2));
        assert_eq!(
            as_type(json!({"$ref": "#/components/schemas/sampler"}), "ddim"),
            json!("ddim")
        );
    }

    #[test]
    fn without_a_type_json_is_json_and_all_else_text() {
        assert_eq!(as_type(json!({}), "3"), json!(3));
        assert_eq!(as_type(json!({}), "three"), json!("three"));
    }
}
