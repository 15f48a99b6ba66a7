//! OpenAPI Overlay 1.0: actions with a JSONPath target that update or remove what it finds.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::document::unescaped;
use super::extensions::mistake;

/// A parsed overlay document.
#[derive(Debug, Deserialize)]
pub(crate) struct Overlay {
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

impl Overlay {
    pub(crate) fn parse(bytes: &[u8], source: &str) -> Result<Self> {
        let overlay: Self = serde_norway::from_slice(bytes)
            .with_context(|| format!("{source} is not an OpenAPI overlay"))?;
        if !overlay.overlay.starts_with("1.") {
            bail!(
                "{source} is overlay version {}; this applies 1.0",
                overlay.overlay
            );
        }
        for action in &overlay.actions {
            if action.update.is_some() == action.remove {
                bail!(
                    "{source}: the action on {} needs either \"update\" or \"remove: true\"",
                    action.target
                );
            }
            let update = action.update.as_ref();
            if let Some(wrong) = update.and_then(mistaken_extension) {
                bail!("{source}: the action on {}: {wrong}", action.target);
            }
        }
        Ok(overlay)
    }

    /// Applies each action in turn; returns the targets that matched nothing.
    pub(crate) fn apply(&self, document: &mut Value) -> Result<Vec<&str>> {
        let mut unmatched = Vec::new();
        for action in &self.actions {
            let path = JsonPath::parse(&action.target)
                .with_context(|| format!("overlay target {} is not a JSONPath", action.target))?;
            let mut pointers: Vec<String> = path
                .query_located(document)
                .locations()
                .map(|location| location.to_json_pointer())
                .collect();
            if pointers.is_empty() {
                unmatched.push(action.target.as_str());
            }
            // From the back, so that removing from a list moves nothing that is still to come.
            pointers.reverse();
            for pointer in pointers {
                match &action.update {
                    Some(update) => {
                        if let Some(target) = document.pointer_mut(&pointer) {
                            merge(target, update);
                        }
                    }
                    None => remove(document, &pointer),
                }
            }
        }
        Ok(unmatched)
    }
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
    let Some((parent, key)) = pointer.rsplit_once('/') else {
        return;
    };
    let key = unescaped(key);
    match document.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.shift_remove(&key);
        }
        Some(Value::Array(list)) => {
            if let Ok(index) = key.parse::<usize>()
                && index < list.len()
            {
                list.remove(index);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn actions_merge_objects_extend_lists_and_remove_every_match() {
        let l = json!([{ "n": 1 }, { "n": 2 }, { "n": 3 }]);
        for (action, before, after) in [
            (
                json!({ "target": "$.a", "update": { "x": 2, "l": [3], "o": { "z": 1 } } }),
                json!({ "a": { "x": 1, "l": [1, 2], "o": { "y": 1 } } }),
                json!({ "a": { "x": 2, "l": [1, 2, 3], "o": { "y": 1, "z": 1 } } }),
            ),
            (
                json!({ "target": "$.l[?@.n > 1]", "remove": true }),
                json!({ "l": l }),
                json!({ "l": [{ "n": 1 }] }),
            ),
            (
                json!({ "target": "$.k", "remove": true }),
                json!({ "k": 1 }),
                json!({}),
            ),
        ] {
            let overlay = json!({ "overlay": "1.0.0", "actions": [action] }).to_string();
            let overlay = Overlay::parse(overlay.as_bytes(), "test").unwrap();
            let mut document = before;
            assert!(overlay.apply(&mut document).unwrap().is_empty());
            assert_eq!(document, after);
        }
    }

    #[test]
    fn target_that_matches_nothing_is_returned() {
        let overlay = b"overlay: 1.0.0\nactions:\n- target: $.gone\n  remove: true\n";
        let overlay = Overlay::parse(overlay, "test").unwrap();
        assert_eq!(overlay.apply(&mut json!({})).unwrap(), ["$.gone"]);
    }

    #[test]
    fn action_with_a_mistake_is_refused() {
        for (action, wrong) in [
            (
                "update: { a: { x-nmae: Status } }",
                "unknown extension `x-nmae`",
            ),
            (
                "update: { a: [{ x-secret: yes }] }",
                "invalid `x-secret`: expected true or false",
            ),
            ("", "needs either \"update\" or \"remove: true\""),
        ] {
            let overlay = format!("overlay: 1.0.0\nactions:\n- target: $.a\n  {action}\n");
            let error = Overlay::parse(overlay.as_bytes(), "o.yaml").unwrap_err();
            let error = error.to_string();
            assert!(error.starts_with("o.yaml: the action on $.a"), "{error}");
            assert!(error.contains(wrong), "{error}");
        }
    }
}
