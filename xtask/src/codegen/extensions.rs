//! The overlay's extensions. Without their checks, a misspelled `x-secret` would print a secret.

use serde_json::{Value, json};

use super::document::Notes;
use super::model::Model;
use super::schemas;

/// The component that stands for a string which nothing prints.
pub(crate) const SECRET: &str = "SecretText";

/// What is wrong with an extension of this name and value, if anything is.
pub(crate) fn mistake(key: &str, value: &Value) -> Option<String> {
    let text = value.as_str().unwrap_or_default();
    let texts = value.as_array().filter(|list| !list.is_empty());
    let (sound, expected) = match key {
        "x-name" => (
            syn::parse_str::<syn::Ident>(text).is_ok(),
            "the name of a Rust type",
        ),
        "x-always" => (!text.trim().is_empty(), "the reason"),
        "x-terminal" => (
            texts.is_some_and(|list| list.iter().all(Value::is_string)),
            "a list of the enum's values",
        ),
        "x-secret" | "x-idempotent" => (value.is_boolean(), "true or false"),
        _ => return Some(format!("unknown extension `{key}`")),
    };
    (!sound).then(|| format!("invalid `{key}`: expected {expected}, got {value}"))
}

/// Checks the extensions of schemas that this generator acts on; others are other tools'.
pub(crate) fn check(model: &mut Model, notes: &mut Notes) {
    model.for_each(|schema, place| {
        for key in ["x-name", "x-secret", "x-always", "x-terminal"] {
            let wrong = schema.get(key).and_then(|value| mistake(key, value));
            if let Some(wrong) = wrong {
                notes.refuse(place, wrong);
            }
        }
        let kind = schema["type"].as_str();
        if schema.get("x-secret").is_some() && kind != Some("string") {
            notes.refuse(place, "`x-secret` is for strings only");
        }
        let map = kind == Some("object") && schema.get("properties").is_none();
        let plain = map || matches!(kind, Some("string" | "array"));
        if schema.get("x-always").is_some() && !plain {
            notes.conflict(place, "`x-always` is for strings, lists and maps only");
        }
    });
}

/// Makes each string that says `x-secret: true` a reference to [`SECRET`].
pub(crate) fn secrets(model: &mut Model) {
    let mut any = false;
    model.for_each(|schema, _| {
        if schema["x-secret"] == true {
            any = true;
            *schema = schemas::reference(schema, SECRET);
        }
    });
    if any {
        let text = json!({ "type": "string" });
        model.schemas.insert(SECRET.to_string(), text);
    }
}
