//! The schema of a version: its input and its output.

pub(crate) mod check;
pub(crate) mod coerce;
pub(crate) mod read;
pub(crate) mod suggest;

use serde_json::{Map, Value};

/// Limit of nested references, which can be circular.
const MAX_DEPTH: usize = 32;

/// The schema of a version of a model.
#[derive(Debug)]
pub(crate) struct Schema {
    document: Value,
}

/// The form of a model's output.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum OutputForm {
    /// A list of strings that are joined to one text.
    ConcatenatedText,
    /// A file, or a list of files.
    Files,
    /// More than one file, for any input.
    SeveralFiles,
    /// Anything else.
    Other,
}

/// The keywords of a schema whose references are resolved.
pub(crate) type Keywords = Map<String, Value>;

impl Schema {
    /// Parses a version's `openapi_schema`; `None` if it does not describe the input.
    pub(crate) fn new(document: Value) -> Option<Self> {
        document
            .pointer("/components/schemas/Input")?
            .is_object()
            .then_some(Self { document })
    }

    /// The whole document.
    pub(crate) fn document(&self) -> &Value {
        &self.document
    }

    /// The schema of the input.
    pub(crate) fn input(&self) -> Keywords {
        self.named("Input")
    }

    fn named(&self, name: &str) -> Keywords {
        let schema = self
            .document
            .pointer("/components/schemas")
            .and_then(|all| all.get(name));
        schema
            .map(|schema| self.resolve(schema))
            .unwrap_or_default()
    }

    /// Resolves `$ref` and `allOf`, and unwraps optional values.
    pub(crate) fn resolve(&self, schema: &Value) -> Keywords {
        self.resolve_within(schema, 0)
    }

    fn resolve_within(&self, schema: &Value, depth: usize) -> Keywords {
        let mut keywords = Keywords::new();
        let (Some(own), true) = (schema.as_object(), depth < MAX_DEPTH) else {
            return keywords;
        };
        let target = own
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| self.document.pointer(reference.strip_prefix('#')?));
        let parts = own
            .get("allOf")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for part in target.into_iter().chain(parts) {
            keywords.extend(self.resolve_within(part, depth + 1));
        }
        for (keyword, value) in own {
            if !matches!(keyword.as_str(), "$ref" | "allOf") {
                keywords.insert(keyword.clone(), value.clone());
            }
        }
        self.unwrap_optional(&mut keywords, depth);
        keywords
    }

    /// Replaces `anyOf: [X, null]`, the form of an optional input, by a nullable X.
    fn unwrap_optional(&self, keywords: &mut Keywords, depth: usize) {
        for keyword in ["anyOf", "oneOf"] {
            let Some(Value::Array(alternatives)) = keywords.get(keyword) else {
                continue;
            };
            let is_null = |one: &Value| one.get("type").and_then(Value::as_str) == Some("null");
            let others: Vec<&Value> = alternatives.iter().filter(|one| !is_null(one)).collect();
            if let ([only], true) = (others.as_slice(), others.len() < alternatives.len()) {
                let mut inner = self.resolve_within(only, depth + 1);
                keywords.remove(keyword);
                inner.append(keywords);
                inner.insert("nullable".to_owned(), Value::Bool(true));
                *keywords = inner;
                return;
            }
        }
    }

    /// The properties of an object's schema, in the author's order (`x-order`).
    pub(crate) fn properties<'a>(&self, object: &'a Keywords) -> Vec<(&'a str, &'a Value)> {
        let Some(Value::Object(properties)) = object.get("properties") else {
            return Vec::new();
        };
        let mut all: Vec<_> = properties
            .iter()
            .map(|(key, schema)| (key.as_str(), schema))
            .collect();
        let order = |schema: &Value| {
            schema
                .get("x-order")
                .and_then(Value::as_u64)
                .unwrap_or(u64::MAX)
        };
        all.sort_by_key(|(_, schema)| order(schema));
        all
    }

    /// The form of the output.
    pub(crate) fn output(&self) -> OutputForm {
        let output = self.named("Output");
        if output.get("x-cog-array-display").and_then(Value::as_str) == Some("concatenate") {
            return OutputForm::ConcatenatedText;
        }
        let least = output
            .get("minItems")
            .and_then(Value::as_u64)
            .unwrap_or_default();
        match self.count_files(&output, 0) {
            0 => OutputForm::Other,
            1 if least < 2 => OutputForm::Files,
            _ => OutputForm::SeveralFiles,
        }
    }

    fn count_files(&self, schema: &Keywords, depth: usize) -> usize {
        if is_file(schema) {
            return 1;
        }
        if depth == MAX_DEPTH {
            return 0;
        }
        let inner = |schema: &Value| self.count_files(&self.resolve(schema), depth + 1);
        let items = schema.get("items").map(inner).unwrap_or_default();
        let fields: usize = self
            .properties(schema)
            .into_iter()
            .map(|(_, field)| inner(field))
            .sum();
        items + fields
    }

    /// The names of the types that a value may have; empty if any is allowed.
    pub(crate) fn types(schema: &Keywords) -> Vec<&str> {
        match schema.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The key of the main input, to which text without a key goes: `prompt` or `text`, else the
    /// first required text, else the first text.
    pub(crate) fn main_input(&self, wanted: impl Fn(&Keywords) -> bool) -> Option<String> {
        let input = self.input();
        let required = required(&input);
        let candidates: Vec<&str> = self
            .properties(&input)
            .into_iter()
            .filter(|(_, schema)| wanted(&self.resolve(schema)))
            .map(|(key, _)| key)
            .collect();
        let usual = ["prompt", "text"]
            .into_iter()
            .find(|key| candidates.contains(key));
        let needed = || {
            candidates
                .iter()
                .find(|key| required.contains(key))
                .copied()
        };
        usual
            .or_else(needed)
            .or_else(|| candidates.first().copied())
            .map(str::to_owned)
    }
}

/// Whether a value of this schema is the URL of a file.
pub(crate) fn is_file(schema: &Keywords) -> bool {
    schema.get("format").and_then(Value::as_str) == Some("uri")
}

/// Whether a value of this schema is a secret.
pub(crate) fn is_secret(schema: &Keywords) -> bool {
    schema.get("x-cog-secret") == Some(&Value::Bool(true))
        || schema.get("format").and_then(Value::as_str) == Some("password")
}

/// Whether a value of this schema is text, and not the URL of a file.
pub(crate) fn is_text(schema: &Keywords) -> bool {
    Schema::types(schema).contains(&"string") && !is_file(schema) && !schema.contains_key("enum")
}

/// The required keys of an object of this schema.
pub(crate) fn required(schema: &Keywords) -> Vec<&str> {
    match schema.get("required") {
        Some(Value::Array(keys)) => keys.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use serde_json::json;

    pub(crate) fn schema(input: Value, output: Value) -> Schema {
        let sampler = json!({"type": "string", "enum": ["euler", "ddim"], "title": "sampler"});
        let schemas = json!({"Input": input, "Output": output, "sampler": sampler});
        Schema::new(json!({"openapi": "3.0.2", "components": {"schemas": schemas}}))
            .expect("a schema")
    }

    #[test]
    fn references_and_optional_values_are_resolved() {
        let schema = schema(json!({"properties": {}}), json!({}));
        let by_reference =
            json!({"allOf": [{"$ref": "#/components/schemas/sampler"}], "default": "ddim"});
        let resolved = schema.resolve(&by_reference);
        assert_eq!(
            (&resolved["type"], &resolved["default"]),
            (&json!("string"), &json!("ddim"))
        );
        assert_eq!(resolved["enum"], json!(["euler", "ddim"]));
        let optional =
            json!({"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}], "title": "N"});
        let resolved = schema.resolve(&optional);
        assert_eq!(
            (&resolved["type"], &resolved["minimum"]),
            (&json!("integer"), &json!(3))
        );
        assert_eq!(
            (&resolved["nullable"], &resolved["title"]),
            (&json!(true), &json!("N"))
        );
    }

    #[test]
    fn circular_reference_terminates() {
        let document = json!({"components": {"schemas": {
            "Input": {"$ref": "#/components/schemas/Input", "type": "object"},
            "Output": {"type": "array", "items": {"$ref": "#/components/schemas/Output"}},
        }}});
        let schema = Schema::new(document).expect("a schema");
        assert_eq!(schema.input()["type"], json!("object"));
        assert_eq!(schema.output(), OutputForm::Other);
    }

    #[test]
    fn output_forms_are_distinguished() {
        let form = |output| schema(json!({}), output).output();
        let file = json!({"type": "string", "format": "uri"});
        assert_eq!(form(json!({"type": "string"})), OutputForm::Other);
        assert_eq!(form(file.clone()), OutputForm::Files);
        assert_eq!(
            form(json!({"type": "array", "items": file})),
            OutputForm::Files
        );
        assert_eq!(
            form(json!({"type": "array", "items": file, "minItems": 2})),
            OutputForm::SeveralFiles
        );
        assert_eq!(
            form(json!({"properties": {"mesh": file, "preview": file}})),
            OutputForm::SeveralFiles
        );
        let words = json!({"type": "array", "items": {"type": "string"}, "x-cog-array-display": "concatenate"});
        assert_eq!(form(words), OutputForm::ConcatenatedText);
    }

    #[test]
    fn main_input_is_the_prompt_or_the_first_required_text() {
        let main = |input| schema(input, json!({})).main_input(is_text);
        let text = json!({"type": "string"});
        let file = json!({"type": "string", "format": "uri"});
        assert_eq!(
            main(json!({"properties": {"a": text, "prompt": text}})).as_deref(),
            Some("prompt")
        );
        assert_eq!(
            main(json!({"properties": {"a": text, "b": text}, "required": ["b"]})).as_deref(),
            Some("b")
        );
        assert_eq!(
            main(json!({"properties": {"n": {"type": "integer"}, "image": file}})),
            None
        );
    }
}
