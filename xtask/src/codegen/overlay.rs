//! OpenAPI Overlay 1.0: actions with a JSONPath target that update or remove what it finds.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::document::unescaped;
use super::extensions::mistake;

#[derive(Debug, Deserialize)]
struct Overlay {
    overlay: String,
    actions: Vec<Action>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Action {
    target: String,
    #[serde(default, rename = "description")]
    _description: Option<String>,
    update: Option<Value>,
    #[serde(default)]
    remove: bool,
}

/// Applies each action of an overlay in turn; returns the targets that matched nothing.
pub(crate) fn apply(overlay: &[u8], source: &str, document: &mut Value) -> Result<Vec<String>> {
    let Overlay { overlay, actions } = serde_norway::from_slice(overlay)
        .with_context(|| format!("{source} is not an OpenAPI overlay"))?;
    if !overlay.starts_with("1.") {
        bail!("{source} is overlay version {overlay}; this applies 1.0");
    }
    let mut unmatched = Vec::new();
    for action in actions {
        let target = &action.target;
        let action_on = || format!("{source}: the action on {target}");
        if action.update.is_some() == action.remove {
            bail!(
                "{} needs either \"update\" or \"remove: true\"",
                action_on()
            );
        }
        if let Some(wrong) = action.update.as_ref().and_then(mistaken_extension) {
            bail!("{}: {wrong}", action_on());
        }
        let path = JsonPath::parse(target).with_context(action_on)?;
        let located = path.query_located(document);
        let located = located.locations();
        let pointers: Vec<String> = located.map(|location| location.to_json_pointer()).collect();
        // From the back, so that removing from a list moves nothing that is still to come.
        for pointer in pointers.iter().rev() {
            match (&action.update, document.pointer_mut(pointer)) {
                (Some(update), Some(target)) => merge(target, update),
                _ => remove(document, pointer),
            }
        }
        if pointers.is_empty() {
            unmatched.push(action.target);
        }
    }
    Ok(unmatched)
}

/// A misspelled or mistyped extension would silently have no effect.
fn mistaken_extension(update: &Value) -> Option<String> {
    match update {
        Value::Object(map) => map
            .iter()
            .find_map(|(key, value)| match key.starts_with("x-") {
                true => mistake(key, value),
                false => mistaken_extension(value),
            }),
        Value::Array(list) => list.iter().find_map(mistaken_extension),
        _ => None,
    }
}

/// Objects merge key by key, lists grow, all else is replaced.
fn merge(target: &mut Value, update: &Value) {
    match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            for (key, value) in update {
                match target.get_mut(key) {
                    Some(old) => merge(old, value),
                    None => {
                        target.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(target), Value::Array(update)) => target.extend(update.iter().cloned()),
        (Value::Array(target), update) => target.push(update.clone()),
        (target, update) => *target = update.clone(),
    }
}

fn remove(document: &mut Value, pointer: &str) {
    let (parent, key) = pointer.rsplit_once('/').unwrap_or_default();
    match document.pointer_mut(parent) {
        Some(Value::Object(map)) => drop(map.shift_remove(&unescaped(key))),
        Some(Value::Array(list)) => drop(key.parse().map(|index: usize| list.remove(index))),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        action: Value,
        #[serde(default)]
        before: Value,
        after: Value,
    }

    #[test]
    fn each_action_does_what_it_says_or_is_refused() {
        let cases = include_str!("passes/cases/overlay.yaml");
        let cases: Vec<Case> = serde_norway::from_str(cases).unwrap();
        for case in cases {
            let overlay = json!({ "overlay": "1.0.0", "actions": [case.action] }).to_string();
            let mut document = case.before;
            let after = match apply(overlay.as_bytes(), "o", &mut document) {
                Ok(unmatched) if unmatched.is_empty() => document,
                Ok(unmatched) => json!({ "unmatched": unmatched }),
                Err(error) => json!({ "error": error.to_string() }),
            };
            assert_eq!(after, case.after, "{overlay}");
        }
    }
}
