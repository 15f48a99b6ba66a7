//! References to what has no type of its own are replaced by what they refer to: a string, a list,
//! a map, or a place in a component. Without this pass, a component that is only another name for
//! a string would be a type that a caller must wrap a string in.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::enums::OpenEnum;
use crate::codegen::extensions::SECRET;
use crate::codegen::json::Json;
use crate::codegen::model::Model;
use crate::codegen::schemas::{component_of, copy_around, references};

pub(super) fn inline(model: &mut Model, enums: &BTreeMap<String, OpenEnum>) {
    let components = model.schemas.clone();
    let aliases: BTreeSet<&String> = components
        .iter()
        .filter(|(name, schema)| {
            let mut referred = Vec::new();
            references(schema, &mut referred);
            let kind = schema.text("type");
            let map = schema["additionalProperties"].is_object();
            kind.is_some_and(|kind| kind != "object" || map)
                && schema.get("properties").is_none()
                && !referred.contains(name)
                && !enums.contains_key(*name)
                && *name != SECRET
        })
        .map(|(name, _)| name)
        .collect();
    model.for_each(|schema, _| {
        // What a reference leads to may be another, and so on.
        for _ in 0..8 {
            let pointer = component_of(schema)
                .filter(|pointer| pointer.contains('/') || aliases.contains(&pointer.to_string()));
            let Some(target) = pointer.and_then(|pointer| standing_at(&components, pointer)) else {
                break;
            };
            let mut target = target.clone();
            copy_around(schema, &mut target);
            *schema = target;
        }
    });
    // Lists of lists that lead back to themselves are still referred to.
    let referred = model.referred();
    let schemas = &mut model.schemas;
    schemas.retain(|name, _| !aliases.contains(name) || referred.contains(name));
}

/// What stands at this place by now, where objects have become components.
fn standing_at<'a>(components: &'a Map<String, Value>, pointer: &str) -> Option<&'a Value> {
    let mut steps = pointer.split('/');
    let first = components.get(steps.next()?)?;
    steps.try_fold(first, |at, step| {
        let target = component_of(at).and_then(|name| components.get(name));
        target.unwrap_or(at).pointer(&format!("/{step}"))
    })
}
