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
    let nullable = schema.get("nullable").cloned();
    let description = schema.get("description").cloned();
    let mut replacement = match list {
        [one] if one.get("$ref").is_some() && nullable.is_none() && description.is_none() => {
            one.clone()
        }
        // The one form in which 3.0 can say that a reference may be null.
        [one] if one.get("$ref").is_some() => json!({ "allOf": [one] }),
        [one] if schema.get("properties").is_none() => one.clone(),
        several if key == "allOf" => match merged(schema, several, components) {
            Some(merged) => merged,
            None => any(place, "allOf of other things than objects", notes),
        },
        several if several.iter().all(|s| is_string(s, components)) => json!({ "type": "string" }),
        several => match same_type(several) {
            Some(kind) => json!({ "type": kind }),
            None => any(place, &format!("{key} of several types"), notes),
        },
    };
    if let Some(map) = replacement.as_object_mut()
        && !map.contains_key("$ref")
    {
        if let Some(nullable) = nullable {
            map.insert("nullable".into(), nullable);
        }
        if let Some(description) = description {
            map.insert("description".into(), description);
        }
    }
    *schema = replacement;
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
    let mut properties = serde_json::Map::new();
    let mut required: Vec<Value> = Vec::new();
    let own = std::iter::once(schema).filter(|schema| schema.get("properties").is_some());
    for part in list
        .iter()
        .map(|part| resolved(part, components))
        .chain(own)
    {
        if part.get("allOf").is_some() && !std::ptr::eq(part, schema) {
            return None;
        }
        for (name, property) in part.get("properties")?.as_object()? {
            properties.insert(name.clone(), property.clone());
        }
        required.extend(
            part.get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .cloned(),
        );
    }
    required.dedup();
    Some(json!({ "type": "object", "properties": properties, "required": required }))
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
