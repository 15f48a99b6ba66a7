//! `oneOf`, `anyOf` and `allOf`: what is one type in Rust is said as one, all else is any value.

use serde_json::{Value, json};

use crate::codegen::document::{Notes, component};
use crate::codegen::schemas;

pub(super) fn simplify(document: &mut Value, notes: &mut Notes) {
    let components = document
        .pointer("/components/schemas")
        .cloned()
        .unwrap_or_default();
    schemas::for_each(document, |schema, place, _| {
        for key in ["oneOf", "anyOf", "allOf"] {
            if let Some(Value::Array(list)) = schema.get(key).cloned() {
                replace(schema, key, &list, &components, place, notes);
            }
        }
    });
}

/// A component that is nothing but a reference to itself, by whatever way, is any value.
pub(super) fn break_cycles(document: &mut Value, notes: &mut Notes) {
    let Some(components) = schemas::object(document.pointer_mut("/components/schemas")) else {
        return;
    };
    let names: Vec<String> = components.keys().cloned().collect();
    for name in names {
        let mut seen = vec![name.clone()];
        let mut schema = components.get(&name);
        while let Some(next) = schema.and_then(alias) {
            if seen.iter().any(|known| known == next) {
                let what = "a reference that leads back to itself: any JSON value instead";
                notes.add(&component(&name), what);
                components[&name] = json!({});
                break;
            }
            seen.push(next.to_string());
            schema = components.get(next);
        }
    }
}

/// What a schema stands for, if it is nothing but a reference.
fn alias(schema: &Value) -> Option<&str> {
    let one = |key: &str| match schema.get(key)?.as_array()?.as_slice() {
        [one] => schemas::component_of(one),
        _ => None,
    };
    let inner = || ["allOf", "anyOf", "oneOf"].into_iter().find_map(one);
    schemas::component_of(schema).or_else(inner)
}

fn replace(
    schema: &mut Value,
    key: &str,
    list: &[Value],
    components: &Value,
    place: &str,
    notes: &mut Notes,
) {
    let (shaped, bare): (Vec<&Value>, Vec<&Value>) = list.iter().partition(|part| is_shaped(part));
    let nullable = schema.get("nullable") == Some(&Value::Bool(true))
        || key == "allOf" && bare.iter().any(|part| part["nullable"] == true);
    let description = schema.get("description").cloned();
    if shaped.is_empty() && is_shaped_itself(schema) || list.is_empty() {
        // Alternatives that only restrict, such as which of the fields must be there.
        if let Some(map) = schema.as_object_mut() {
            map.shift_remove(key);
        }
        return;
    }
    let plain = !nullable && description.is_none();
    let more = key == "allOf" && bare.iter().any(|part| part.get("required").is_some());
    let alone = !more && schema.get("properties").is_none();
    // An alternative without a shape is any value, and no mere restriction.
    let parts = if key == "allOf" {
        shaped
    } else {
        list.iter().collect()
    };
    let mut replacement = match parts.as_slice() {
        [one] if one.get("$ref").is_some() && plain && alone => (*one).clone(),
        // The one form in which 3.0 can say that a reference may be null.
        [one] if one.get("$ref").is_some() && alone => json!({ "allOf": [one] }),
        [one] if alone => (*one).clone(),
        _ if key == "allOf" => match merged(schema, list, components) {
            Some(merged) => merged,
            None => any(place, "allOf of other things than objects", notes),
        },
        _ if list.iter().all(|s| is_string(s, components)) => json!({ "type": "string" }),
        _ => match same_type(list) {
            Some(kind) => json!({ "type": kind }),
            None => any(place, &format!("{key} of several types"), notes),
        },
    };
    if let Some(map) = replacement.as_object_mut()
        && !map.contains_key("$ref")
    {
        if nullable {
            map.insert("nullable".into(), true.into());
        }
        if let Some(description) = description {
            map.insert("description".into(), description);
        }
    }
    *schema = replacement;
}

/// Whether a schema says what a value is, and not only what it must fulfil besides.
fn is_shaped(schema: &Value) -> bool {
    ["$ref", "allOf", "anyOf", "oneOf"]
        .iter()
        .any(|key| schema.get(*key).is_some())
        || is_shaped_itself(schema)
}

fn is_shaped_itself(schema: &Value) -> bool {
    ["type", "properties", "enum", "items"]
        .iter()
        .any(|key| schema.get(*key).is_some())
}

fn any(place: &str, what: &str, notes: &mut Notes) -> Value {
    notes.add(
        place,
        format_args!("{what} cannot be expressed: any JSON value instead"),
    );
    json!({})
}

fn resolved<'a>(schema: &'a Value, components: &'a Value) -> &'a Value {
    let mut schema = schema;
    for _ in 0..16 {
        match schemas::component_of(schema).and_then(|name| components.get(name)) {
            Some(target) => schema = target,
            None => break,
        }
    }
    schema
}

fn is_string(schema: &Value, components: &Value) -> bool {
    resolved(schema, components).get("type") == Some(&"string".into())
}

/// The type that all alternatives share, where it is one that needs nothing more said.
fn same_type(list: &[Value]) -> Option<Value> {
    let first = list.first()?.get("type")?.as_str()?;
    let plain = matches!(first, "string" | "integer" | "number" | "boolean");
    (plain
        && list
            .iter()
            .all(|schema| schema.get("type") == Some(&first.into())))
    .then(|| first.into())
}

/// One object with the properties of all parts.
fn merged(schema: &Value, list: &[Value], components: &Value) -> Option<Value> {
    let mut whole = Whole::default();
    let own = json!({
        "properties": schema.get("properties").cloned().unwrap_or_else(|| json!({})),
        "required": schema.get("required"),
    });
    for part in list.iter().chain([&own]) {
        whole.add(part, components, 0)?;
    }
    whole.required.retain(Value::is_string);
    let (properties, required) = (whole.properties, whole.required);
    Some(json!({ "type": "object", "properties": properties, "required": required }))
}

#[derive(Default)]
struct Whole {
    properties: serde_json::Map<String, Value>,
    required: Vec<Value>,
}

impl Whole {
    fn add(&mut self, part: &Value, components: &Value, depth: usize) -> Option<()> {
        // Deeper than any description goes that does not lead back to itself.
        if depth > 16 {
            return None;
        }
        let part = resolved(part, components);
        if part.get("oneOf").is_some() || part.get("anyOf").is_some() {
            return None;
        }
        let inner = part.get("allOf").and_then(Value::as_array);
        for inner in inner.into_iter().flatten() {
            self.add(inner, components, depth + 1)?;
        }
        let kind = part.get("type").and_then(Value::as_str);
        if kind.is_some_and(|kind| kind != "object") {
            return None;
        }
        let properties = part.get("properties").and_then(Value::as_object);
        for (name, property) in properties.into_iter().flatten() {
            self.properties.insert(name.clone(), property.clone());
        }
        let required = part.get("required").and_then(Value::as_array);
        for name in required.into_iter().flatten() {
            if !self.required.contains(name) {
                self.required.push(name.clone());
            }
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simplified(schema: Value) -> (Value, usize) {
        let mut document = json!({ "components": { "schemas": {
            "A": { "type": "object", "properties": { "a": { "type": "string" } } },
            "E": { "type": "string", "enum": ["x"] },
            "s": schema } } });
        let mut notes = Notes::default();
        simplify(&mut document, &mut notes);
        (
            document["components"]["schemas"]["s"].clone(),
            notes.lines().count(),
        )
    }

    #[test]
    fn a_reference_that_leads_back_to_itself_is_any_value() {
        let to = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let mut document = json!({ "components": { "schemas": {
            "A": to("B"), "B": { "allOf": [to("A")] }, "C": to("C"), "D": to("C"),
            "E": { "properties": { "e": to("E") } } } } });
        let mut notes = Notes::default();
        break_cycles(&mut document, &mut notes);
        let schemas = &document["components"]["schemas"];
        assert_eq!((&schemas["A"], &schemas["C"]), (&json!({}), &json!({})));
        assert_eq!(
            (&schemas["B"]["allOf"][0], &schemas["D"]),
            (&to("A"), &to("C"))
        );
        assert_eq!(notes.lines().count(), 2);
    }

    #[test]
    fn a_string_or_an_enum_is_a_string() {
        let schema = json!({ "description": "d",
            "oneOf": [{ "type": "string" }, { "$ref": "#/components/schemas/E" }] });
        assert_eq!(
            simplified(schema),
            (json!({ "type": "string", "description": "d" }), 0)
        );
    }

    #[test]
    fn a_union_of_types_is_any_value_and_is_named() {
        let schema = json!({ "anyOf": [{ "type": "string" }, { "type": "object" }] });
        assert_eq!(simplified(schema), (json!({}), 1));
    }

    #[test]
    fn a_nullable_reference_stays_one() {
        let reference = json!({ "$ref": "#/components/schemas/A" });
        assert_eq!(
            simplified(json!({ "anyOf": [reference], "nullable": true })).0,
            json!({ "allOf": [reference], "nullable": true })
        );
        assert_eq!(simplified(json!({ "allOf": [reference] })).0, reference);
        assert_eq!(
            simplified(json!({ "anyOf": [reference, {}] })),
            (json!({}), 1)
        );
    }

    #[test]
    fn parts_that_only_restrict_leave_the_object_as_it_is() {
        let object = json!({ "type": "object", "properties": { "a": { "type": "string" } } });
        for key in ["oneOf", "anyOf", "allOf"] {
            let mut schema = object.clone();
            schema[key] = json!([{ "required": ["a"] }, { "required": ["b"] }]);
            assert_eq!(simplified(schema), (object.clone(), 0), "{key}");
        }
        let reference = json!({ "$ref": "#/components/schemas/A" });
        let (schema, notes) = simplified(json!({ "allOf": [reference, { "nullable": true }] }));
        assert_eq!(
            (schema, notes),
            (json!({ "allOf": [reference], "nullable": true }), 0)
        );
        let (schema, _) = simplified(json!({ "allOf": [reference, { "required": ["a"] }] }));
        assert_eq!(schema["required"], json!(["a"]));
        assert!(schema["properties"]["a"].is_object());
    }

    #[test]
    fn an_object_may_extend_one_that_extends_another() {
        let mut document = json!({ "components": { "schemas": {
            "A": { "type": "object", "properties": { "a": {} } },
            "B": { "allOf": [{ "$ref": "#/components/schemas/A" }], "properties": { "b": {} } },
            "C": { "allOf": [{ "$ref": "#/components/schemas/B" }, { "properties": { "c": {} } }] },
            "D": { "allOf": [{ "$ref": "#/components/schemas/D" }, { "properties": { "d": {} } }] },
        } } });
        let mut notes = Notes::default();
        simplify(&mut document, &mut notes);
        let properties = |name: &str| {
            let schema = &document["components"]["schemas"][name];
            let properties = schema["properties"].as_object();
            properties.map(|properties| properties.keys().cloned().collect::<Vec<_>>())
        };
        assert_eq!(properties("B").unwrap(), ["a", "b"]);
        assert_eq!(properties("C").unwrap(), ["a", "b", "c"]);
        assert_eq!(properties("D"), None);
        assert_eq!(notes.lines().count(), 1);
    }

    #[test]
    fn objects_that_extend_one_another_become_one() {
        let (schema, _) = simplified(json!({ "allOf": [
            { "$ref": "#/components/schemas/A" },
            { "type": "object", "required": ["b"], "properties": { "b": { "type": "integer" } } }] }));
        assert_eq!(
            schema,
            json!({ "type": "object", "required": ["b"], "properties": {
                "a": { "type": "string" }, "b": { "type": "integer" } } })
        );
    }
}
