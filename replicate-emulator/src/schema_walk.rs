//! Walks a model's schemas without trusting them: a reference is followed once, or the steps are
//! limited, so that no schema can hang the emulator.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// The most subschemas that are looked at in one walk.
const MAX_STEPS: usize = 100_000;
/// The longest chain of subschemas that apply to the same value, such as references.
const MAX_CHAIN: usize = 100;

/// Whether `schema` describes files: strings with the format `uri`, also behind references.
pub(crate) fn has_files(document: &Value, schema: &Value) -> bool {
    let mut visited = HashSet::new();
    let mut pending = vec![schema];
    while let Some(value) = pending.pop() {
        match value {
            Value::Object(map) => {
                if map.get("format").is_some_and(|format| format == "uri") {
                    return true;
                }
                if let Some(reference) = map.get("$ref").and_then(Value::as_str)
                    && visited.insert(reference)
                {
                    pending.extend(resolve(document, reference));
                }
                let is_schema =
                    |name: &str| !["default", "enum", "const", "example"].contains(&name);
                pending.extend(
                    map.iter()
                        .filter(|(name, _)| is_schema(name))
                        .map(|(_, v)| v),
                );
            }
            Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
    false
}

/// Whether `value` can be checked against `schema` in a limited number of steps. A validator has
/// no such limit: a schema that refers to itself in two branches takes it 2ⁿ steps for a value of
/// depth n, and one that refers to itself for the same value never ends.
pub(crate) fn can_check(document: &Value, schema: &Value, value: &Value) -> bool {
    let mut pending = vec![(schema, value, 0)];
    for _ in 0..MAX_STEPS {
        let Some((schema, value, chain)) = pending.pop() else {
            return true;
        };
        if chain > MAX_CHAIN {
            return false;
        }
        pending.extend(in_place(document, schema).map(|part| (part, value, chain + 1)));
        match value {
            Value::Object(fields) => {
                for (name, field) in fields {
                    let parts = of_field(schema, name);
                    pending.extend(parts.map(|part| (part, field, 0)));
                }
            }
            Value::Array(items) => {
                for (place, item) in items.iter().enumerate() {
                    let parts = of_item(schema, place);
                    pending.extend(parts.map(|part| (part, item, 0)));
                }
            }
            _ => {}
        }
    }
    false
}

/// The subschemas that apply to the same value as `schema`.
fn in_place<'a>(document: &'a Value, schema: &'a Value) -> impl Iterator<Item = &'a Value> {
    let target = schema["$ref"]
        .as_str()
        .and_then(|reference| resolve(document, reference));
    let lists = ["allOf", "anyOf", "oneOf"].map(|keyword| schema[keyword].as_array());
    let dependent = ["dependentSchemas", "dependencies"].map(|keyword| schema[keyword].as_object());
    let single = ["not", "if", "then", "else"].map(|keyword| schema.get(keyword));
    target
        .into_iter()
        .chain(lists.into_iter().flatten().flatten())
        .chain(dependent.into_iter().flatten().flat_map(Map::values))
        .chain(single.into_iter().flatten())
}

/// The subschemas that may apply to the field `name` of an object.
fn of_field<'a>(schema: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    let own = schema["properties"].get(name);
    let patterns = schema["patternProperties"].as_object();
    let rest = ["additionalProperties", "unevaluatedProperties"].map(|keyword| schema.get(keyword));
    own.into_iter()
        .chain(patterns.into_iter().flat_map(Map::values))
        .chain(rest.into_iter().flatten())
}

/// The subschemas that may apply to the item at `place` of an array.
fn of_item(schema: &Value, place: usize) -> impl Iterator<Item = &Value> {
    let items = match &schema["items"] {
        Value::Array(items) => items.get(place),
        Value::Null => None,
        items => Some(items),
    };
    let rest =
        ["additionalItems", "contains", "unevaluatedItems"].map(|keyword| schema.get(keyword));
    let prefix = schema["prefixItems"].get(place);
    prefix
        .into_iter()
        .chain(items)
        .chain(rest.into_iter().flatten())
}

/// Returns the target of a reference within the document.
fn resolve<'a>(document: &'a Value, reference: &str) -> Option<&'a Value> {
    let pointer = reference.strip_prefix('#')?;
    document.pointer(&percent_decode_str(pointer).decode_utf8().ok()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SELF: &str = "#/components/schemas/Node";

    fn document(node: Value) -> Value {
        json!({"components": {"schemas": {"Node": node}}})
    }

    fn check(node: Value, value: &Value) -> bool {
        let document = document(node);
        can_check(&document, &json!({"$ref": SELF}), value)
    }

    /// Arrays within arrays.
    fn nested(depth: usize) -> Value {
        (0..depth).fold(json!(1), |inner, _| json!([inner]))
    }

    #[test]
    fn files_are_found_behind_references_and_in_recursive_schemas() {
        let file = json!({"type": "string", "format": "uri"});
        let tree = |leaf: &Value| {
            document(json!({
                "properties": {
                    "left": {"$ref": SELF},
                    "right": {"anyOf": [{"$ref": SELF}, {"$ref": SELF}]},
                    "picture": leaf,
                },
            }))
        };
        let output = json!({"type": "array", "items": {"$ref": SELF}});
        assert!(has_files(&tree(&file), &output));
        assert!(!has_files(&tree(&json!({"type": "string"})), &output));
        let named = json!({"type": "string", "default": {"format": "uri"}});
        assert!(!has_files(&tree(&named), &output));
        let escaped = json!({"$defs": {"a/b c": file}});
        assert!(has_files(&escaped, &json!({"$ref": "#/$defs/a~1b%20c"})));
        assert!(!has_files(
            &escaped,
            &json!({"$ref": "http://elsewhere/#/x"})
        ));
    }

    #[test]
    fn a_schema_that_refers_to_itself_for_the_same_value_cannot_be_checked() {
        let reference = json!({"$ref": SELF});
        for node in [
            reference.clone(),
            json!({"anyOf": [reference, reference]}),
            json!({"not": reference}),
            json!({"if": reference, "then": {}}),
            json!({"allOf": [{"oneOf": [{"type": "null"}, reference]}]}),
        ] {
            assert!(!check(node.clone(), &json!(1)), "{node}");
        }
    }

    #[test]
    fn two_branches_at_every_level_are_checked_only_as_deep_as_the_budget_goes() {
        let reference = json!({"$ref": SELF});
        let twice = json!({"anyOf": [{"items": reference}, {"items": reference}]});
        assert!(check(twice.clone(), &nested(8)));
        assert!(!check(twice, &nested(100)));
        let once = json!({"items": reference, "properties": {"next": reference}});
        assert!(check(once.clone(), &nested(120)));
        let tree = (0..14).fold(json!({}), |t, _| json!({"next": [t, t]}));
        assert!(check(once, &tree), "as large as the value, not larger");
    }
}
