//! Properties of one object that would make one field, such as `a-b` and `a_b`.

use serde_json::{Map, Value};

use crate::codegen::document::{Notes, component, step};
use crate::codegen::idents::{snake, unused};
use crate::codegen::schemas;

/// A field that the generator knows by another name than the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Renamed {
    /// The type, by its Rust name.
    pub(crate) owner: String,
    pub(crate) field: String,
    /// As JSON has it.
    pub(crate) given: String,
}

pub(super) fn distinct(document: &mut Value, notes: &mut Notes) -> Vec<Renamed> {
    let mut renamed = Vec::new();
    let components = schemas::object(document.pointer_mut("/components/schemas"));
    for (owner, schema) in components.into_iter().flatten() {
        let Some(properties) = schemas::object(schema.get_mut("properties")) else {
            continue;
        };
        let mut taken: Vec<String> = Vec::new();
        let mut kept = Map::new();
        let mut changed: Vec<(String, String)> = Vec::new();
        for (given, property) in std::mem::take(properties) {
            let field = snake(&given);
            let free = unused(field.trim_end_matches('_'), "_", |name| {
                taken.contains(&snake(name))
            });
            taken.push(snake(&free));
            if snake(&free) == field {
                kept.insert(given, property);
                continue;
            }
            let place = step(&(component(owner) + "/properties"), &given);
            notes.add(
                &place,
                format_args!("{field} is taken: generated as {free}"),
            );
            changed.push((given, free.clone()));
            kept.insert(free, property);
        }
        *properties = kept;
        for required in schema
            .get_mut("required")
            .and_then(Value::as_array_mut)
            .into_iter()
            .flatten()
        {
            let new = changed.iter().find(|(given, _)| *required == **given);
            if let Some((_, new)) = new {
                *required = new.clone().into();
            }
        }
        renamed.extend(changed.into_iter().map(|(given, field)| Renamed {
            owner: owner.clone(),
            field,
            given,
        }));
    }
    renamed
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_second_of_two_properties_that_make_one_field_gets_a_number() {
        let mut document = json!({ "components": { "schemas": { "A": {
            "type": "object", "required": ["a_b", "c"],
            "properties": { "a-b": {}, "a_b": {}, "self": {}, "Self": {}, "type": {}, "c": {} } } } } });
        let mut notes = Notes::default();
        let renamed = distinct(&mut document, &mut notes);
        let schema = &document["components"]["schemas"]["A"];
        let names: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(names, ["a-b", "a_b_2", "self", "self_2", "type", "c"]);
        assert_eq!(schema["required"], json!(["a_b_2", "c"]));
        let given: Vec<_> = renamed
            .iter()
            .map(|r| (r.field.as_str(), r.given.as_str()))
            .collect();
        assert_eq!(given, [("a_b_2", "a_b"), ("self_2", "Self")]);
        assert_eq!(notes.lines().count(), 2);
    }
}
