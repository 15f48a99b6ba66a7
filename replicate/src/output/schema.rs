//! Finds the files of an output, by its schema or by their URLs.

use std::collections::HashSet;

use reqwest::Url;
use serde_json::Value;

use crate::file_output;

/// Maximum number of visited pairs of a value and a schema.
///
/// A model's schema is not trusted: alternatives that refer to themselves would otherwise take
/// time that grows exponentially with the depth of the output.
const MAX_STEPS: usize = 2_000_000;

/// Maximum nesting of the visits. JSON itself is parsed to a depth of 128; more than
/// this are references that lead from one to the next.
const MAX_DEPTH: usize = 512;

/// A schema that is too deep or too large for this output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooComplex;

/// The URLs of the files in `value`, in its order.
///
/// `schema` is a version's OpenAPI document, or the schema of the output alone. Where it says
/// nothing of a value's type, and without a schema, the URL decides.
pub(super) fn file_urls<'v>(
    value: &'v Value,
    schema: Option<&Value>,
    base: &Url,
) -> Result<Vec<&'v str>, TooComplex> {
    let (schema, root) = schema
        .and_then(output_schema)
        .unwrap_or((&ANYTHING, &ANYTHING));
    let mut walker = Walker {
        root,
        base,
        visited: HashSet::new(),
        found: Vec::new(),
    };
    walker.visit(value, schema, 0)?;
    Ok(walker.found)
}

/// The schema of the output in a version's document, with the document that its references are
/// in.
fn output_schema(document: &Value) -> Option<(&Value, &Value)> {
    match document.pointer("/components/schemas/Output") {
        Some(schema) => Some((schema, document)),
        None if document.get("openapi").is_some() => None,
        None => Some((document, document)),
    }
}

fn by_url<'v>(value: &'v Value, base: &Url, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) if file_output::is_file(text, base) => found.push(text),
        Value::Array(items) => items.iter().for_each(|item| by_url(item, base, found)),
        Value::Object(fields) => fields.values().for_each(|field| by_url(field, base, found)),
        _ => {}
    }
}

struct Walker<'v, 's> {
    /// The document that references are in.
    root: &'s Value,
    base: &'s Url,
    /// The pairs of a value and a schema that were visited, by their memory locations: a second visit
    /// would find nothing new.
    visited: HashSet<(*const Value, *const Value)>,
    found: Vec<&'v str>,
}

impl<'v, 's> Walker<'v, 's> {
    fn visit(
        &mut self,
        value: &'v Value,
        schema: &'s Value,
        depth: usize,
    ) -> Result<(), TooComplex> {
        if depth > MAX_DEPTH || self.visited.len() >= MAX_STEPS {
            return Err(TooComplex);
        }
        let pair = (std::ptr::from_ref(value), std::ptr::from_ref(schema));
        if !self.visited.insert(pair) {
            return Ok(());
        }
        if says_nothing(schema) {
            by_url(value, self.base, &mut self.found);
            return Ok(());
        }
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let target = reference
                .strip_prefix('#')
                .and_then(|pointer| self.root.pointer(pointer));
            return match target {
                Some(target) => self.visit(value, target, depth + 1),
                None => Ok(()),
            };
        }
        let before = self.found.len();
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let alternatives = schema.get(keyword).and_then(Value::as_array);
            for alternative in alternatives.into_iter().flatten() {
                if self.found.len() == before {
                    self.visit(value, alternative, depth + 1)?;
                }
            }
        }
        if self.found.len() == before {
            self.visit_inside(value, schema, depth)?;
        }
        Ok(())
    }

    fn visit_inside(
        &mut self,
        value: &'v Value,
        schema: &'s Value,
        depth: usize,
    ) -> Result<(), TooComplex> {
        match value {
            Value::String(text) => {
                let is_uri = schema.get("format").and_then(Value::as_str) == Some("uri");
                if is_uri && file_output::is_url(text) {
                    self.found.push(text);
                }
            }
            Value::Array(items) => {
                if let Some(schema) = schema.get("items").or_else(|| open(schema, "array")) {
                    for item in items {
                        self.visit(item, schema, depth + 1)?;
                    }
                }
            }
            Value::Object(fields) => {
                for (name, field) in fields {
                    let schema = schema
                        .get("properties")
                        .and_then(|properties| properties.get(name))
                        .or_else(|| schema.get("additionalProperties"))
                        .or_else(|| open(schema, "object"));
                    if let Some(schema) = schema {
                        self.visit(field, schema, depth + 1)?;
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }
}

/// The schema of any value.
static ANYTHING: Value = Value::Bool(true);

/// Whether a schema leaves the type of its values open.
fn says_nothing(schema: &Value) -> bool {
    match schema {
        Value::Object(keywords) => {
            let open = ["title", "description", "default", "nullable", "x-order"];
            keywords
                .keys()
                .all(|keyword| open.contains(&keyword.as_str()))
        }
        schema => *schema == ANYTHING,
    }
}

/// The schema of what is inside a value of this type, where nothing more is said of it.
fn open(schema: &Value, name: &str) -> Option<&'static Value> {
    let named = match schema.get("type")? {
        Value::Array(names) => names.iter().any(|known| known == name),
        known => known == name,
    };
    named.then_some(&ANYTHING)
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use serde_json::json;

    fn files<'v>(value: &'v Value, schema: &Value) -> Result<Vec<&'v str>, TooComplex> {
        let base = Url::parse("https://api.replicate.com/v1").unwrap();
        file_urls(value, Some(schema), &base)
    }

    fn document(output: Value) -> Value {
        json!({ "openapi": "3.0.2", "components": { "schemas": { "Output": output } } })
    }

    /// A list of this depth around a URL.
    fn nested(depth: usize) -> Value {
        (0..depth).fold(json!("https://example.com/a.png"), |inner, _| {
            json!([inner])
        })
    }

    #[test]
    fn alternatives_that_refer_to_themselves_end() {
        let own = json!({ "$ref": "#/components/schemas/Output" });
        let list = json!({ "type": "array", "items": own });
        let uri = json!({ "type": "string", "format": "uri" });
        for alternatives in [
            json!([own, own]),
            json!([list, list]),
            json!([list, { "type": "array", "items": { "anyOf": [own, own] } }, uri]),
        ] {
            for keyword in ["anyOf", "oneOf", "allOf"] {
                let began = Instant::now();
                let value = nested(100);
                let found = files(&value, &document(json!({ keyword: alternatives }))).unwrap();
                let has_uri = alternatives.as_array().unwrap().len() == 3;
                assert_eq!(found.len(), usize::from(has_uri));
                assert!(began.elapsed() < Duration::from_secs(2), "{keyword}");
            }
        }
    }

    #[test]
    fn a_tree_of_its_own_kind_gives_the_files_of_its_leaves() {
        let own = json!({ "$ref": "#/components/schemas/Output" });
        let uri = json!({ "type": "string", "format": "uri" });
        let node =
            json!({ "type": "object", "properties": { "left": own, "right": own, "file": uri } });
        let leaf = json!({ "file": "https://example.com/a.png" });
        let value = (0..10).fold(leaf, |inner, _| json!({ "left": inner, "right": inner }));
        assert_eq!(files(&value, &document(node)).unwrap().len(), 1 << 10);
    }

    #[test]
    fn a_long_chain_of_references_is_too_complex_and_a_short_one_is_not() {
        let chain = |length: usize| {
            let mut schemas = serde_json::Map::new();
            for n in 0..length {
                let next = json!({ "$ref": format!("#/components/schemas/S{}", n + 1) });
                schemas.insert(format!("S{n}"), next);
            }
            let uri = json!({ "type": "string", "format": "uri" });
            schemas.insert(format!("S{length}"), uri);
            schemas.insert(
                "Output".into(),
                json!({ "$ref": "#/components/schemas/S0" }),
            );
            json!({ "components": { "schemas": schemas } })
        };
        let value = json!("https://example.com/a.png");
        assert_eq!(files(&value, &chain(400)).unwrap().len(), 1);
        assert_eq!(files(&value, &chain(100_000)), Err(TooComplex));
    }

    #[test]
    fn a_reference_to_itself_or_to_nothing_finds_nothing() {
        for reference in ["#", "#/components/schemas/Output", "#/none", "other.json"] {
            let value = nested(3);
            let schema = document(json!({ "$ref": reference }));
            assert_eq!(files(&value, &schema).unwrap(), [""; 0], "{reference}");
        }
    }
}
