//! References to what has no type of its own are replaced by what they refer to: a string, a list,
//! a map, or a place in a component. Without this pass, a component that is only another name for
//! a string would be a type that a caller must wrap a string in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::enums::OpenEnum;
use super::extensions::SECRET;
use crate::codegen::schemas;

pub(super) fn inline(document: &mut Value, enums: &BTreeMap<String, OpenEnum>) {
    let components = document["components"]["schemas"].clone();
    let named = components.as_object().into_iter().flatten();
    let aliases: BTreeSet<&String> = named
        .filter(|(name, schema)| {
            let itself = format!("\"#/components/schemas/{name}\"");
            let typed = schema["type"].as_str().is_some_and(|kind| kind != "object");
            let map = schema["type"] == "object" && schema["additionalProperties"].is_object();
            (typed || map)
                && schema.get("properties").is_none()
                && !schema.to_string().contains(&itself)
                && !enums.contains_key(*name)
                && *name != SECRET
        })
        .map(|(name, _)| name)
        .collect();
    schemas::for_each(document, |schema, _, _| {
        // What a reference leads to may be another, and so on.
        for _ in 0..8 {
            let pointer = schemas::component_of(schema)
                .filter(|pointer| pointer.contains('/') || aliases.contains(&pointer.to_string()));
            let Some(target) = pointer.and_then(|pointer| standing_at(&components, pointer)) else {
                break;
            };
            let mut target = target.clone();
            schemas::copy_around(schema, &mut target);
            *schema = match schemas::target_of(&target) {
                Some(name) => schemas::reference(&target, name),
                None => target,
            };
        }
        // What stood around the reference.
        let inner = schema.pointer("/allOf/0");
        if let Some(mut inner) = inner.filter(|inner| inner.get("$ref").is_none()).cloned() {
            schemas::copy_around(schema, &mut inner);
            *schema = inner;
        }
    });
    // Lists of lists that lead back to themselves are still referred to.
    let text = document.to_string();
    if let Some(components) = schemas::object(document.pointer_mut("/components/schemas")) {
        components.retain(|name, _| {
            let reference = format!("\"#/components/schemas/{name}\"");
            !aliases.contains(name) || text.contains(&reference)
        });
    }
}

/// What stands at this place by now, where objects have become components.
fn standing_at<'a>(components: &'a Value, pointer: &str) -> Option<&'a Value> {
    pointer.split('/').try_fold(components, |at, part| {
        let at = schemas::target_of(at).map_or(at, |name| &components[name]);
        at.pointer(&format!("/{part}"))
    })
}
