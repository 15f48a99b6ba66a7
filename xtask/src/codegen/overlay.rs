//! OpenAPI Overlay 1.0: actions with a JSONPath target that update or remove what it finds.

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;

use super::document::unescaped;
use super::passes::extensions::mistake;

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

    fn apply(overlay: &str, document: Value) -> (Value, Vec<String>) {
        let overlay = Overlay::parse(overlay.as_bytes(), "test").unwrap();
        let mut document = document;
        let unmatched = overlay.apply(&mut document).unwrap();
        let unmatched = unmatched.into_iter().map(String::from).collect();
        (document, unmatched)
    }

    #[test]
    fn update_merges_objects_and_extends_lists() {
        let (document, unmatched) = apply(
            "overlay: 1.0.0\nactions:\n- target: $.a\n  update: { x: 2, l: [3], o: { z: 1 } }\n",
            json!({ "a": { "x": 1, "l": [1, 2], "o": { "y": 1 } } }),
        );
        assert_eq!(
            document,
            json!({ "a": { "x": 2, "l": [1, 2, 3], "o": { "y": 1, "z": 1 } } })
        );
        assert!(unmatched.is_empty());
    }

    #[test]
    fn remove_takes_every_match_out_of_lists_and_objects() {
        let (document, _) = apply(
            "overlay: 1.0.0\nactions:\n- target: $.l[?@.n > 1]\n  remove: true\n- target: $.k\n  remove: true\n",
            json!({ "l": [{ "n": 1 }, { "n": 2 }, { "n": 3 }], "k": 1 }),
        );
        assert_eq!(document, json!({ "l": [{ "n": 1 }] }));
    }

    #[test]
    fn a_target_that_matches_nothing_is_reported() {
        let (_, unmatched) = apply(
            "overlay: 1.0.0\nactions:\n- target: $.gone\n  remove: true\n",
            json!({}),
        );
        assert_eq!(unmatched, ["$.gone"]);
    }

    #[test]
    fn misspelled_or_mistyped_extension_is_refused() {
        for (update, wrong) in [
            ("{ a: { x-nmae: Status } }", "unknown extension `x-nmae`"),
            (
                "{ a: [{ x-secret: yes }] }",
                "invalid `x-secret`: expected true or false",
            ),
        ] {
            let overlay = format!("overlay: 1.0.0\nactions:\n- target: $\n  update: {update}\n");
            let error = Overlay::parse(overlay.as_bytes(), "o.yaml").unwrap_err();
            assert!(error.to_string().contains(wrong), "{error}");
        }
    }

    #[test]
    fn an_action_without_effect_is_refused() {
        let error =
            Overlay::parse(b"overlay: 1.0.0\nactions:\n- target: $.a\n", "o.yaml").unwrap_err();
        assert_eq!(
            error.to_string(),
            "o.yaml: the action on $.a needs either \"update\" or \"remove: true\""
        );
    }
}
