//! Components that are only another name for a plain value, a list or a map. Without this pass,
//! each would be a type that a caller must wrap a string in.

use std::collections::BTreeMap;

use serde_json::Value;

use super::enums::OpenEnum;
use super::extensions::SECRET;
use crate::codegen::schemas;

pub(super) fn inline(document: &mut Value, enums: &BTreeMap<String, OpenEnum>) {
    let components = document["components"]["schemas"].as_object();
    let aliases: BTreeMap<String, Value> = components
        .into_iter()
        .flatten()
        .filter(|(name, schema)| {
            let own = format!("\"#/components/schemas/{name}\"");
            let typed = schema["type"].as_str().is_some_and(|kind| kind != "object");
            let map = schema["type"] == "object" && schema["additionalProperties"].is_object();
            (typed || map)
                && schema.get("properties").is_none()
                && !schema.to_string().contains(&own)
                && !enums.contains_key(*name)
                && *name != SECRET
        })
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect();
    if aliases.is_empty() {
        return;
    }
    schemas::for_each(document, |schema, _, _| {
        // An alias of an alias, and so on.
        for _ in 0..8 {
            let Some(target) = schemas::component_of(schema).and_then(|name| aliases.get(name))
            else {
                break;
            };
            *schema = target.clone();
        }
        // What stood around the reference.
        if let Some(inner) = schema
            .pointer("/allOf/0")
            .filter(|inner| inner.get("$ref").is_none())
        {
            let mut inner = inner.clone();
            schemas::copy_around(schema, &mut inner);
            *schema = inner;
        }
    });
    // Lists of lists that lead back to themselves are still referred to.
    let text = document.to_string();
    if let Some(components) = schemas::object(document.pointer_mut("/components/schemas")) {
        components.retain(|name, _| {
            let reference = format!("\"#/components/schemas/{name}\"");
            !aliases.contains_key(name) || text.contains(&reference)
        });
    }
}
