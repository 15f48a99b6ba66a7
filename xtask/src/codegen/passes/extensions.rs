//! The overlay's extensions. Without this pass, a misspelled `x-secret` would print a secret.

use serde_json::{Value, json};

use crate::codegen::document::Notes;
use crate::codegen::schemas;

/// The component that stands for a string which nothing prints.
pub(crate) const SECRET: &str = "SecretText";

/// What is wrong with an extension of this name and value, if anything is.
pub(crate) fn mistake(key: &str, value: &Value) -> Option<String> {
    let text = value.as_str().is_some_and(|text| !text.trim().is_empty());
    let (sound, expected) = match key {
        "x-name" => {
            let is_name = |text: &str| syn::parse_str::<syn::Ident>(text).is_ok();
            (
                value.as_str().is_some_and(is_name),
                "the name of a Rust type",
            )
        }
        "x-always" => (text, "the reason"),
        "x-terminal" => {
            let values = value
                .as_array()
                .is_some_and(|values| !values.is_empty() && values.iter().all(Value::is_string));
            (values, "a list of the enum's values")
        }
        "x-secret" | "x-idempotent" => (value.is_boolean(), "true or false"),
        _ => return Some(format!("unknown extension `{key}`")),
    };
    (!sound).then(|| format!("invalid `{key}`: expected {expected}, got {value}"))
}

/// Checks the extensions of a document that this generator acts on; others are other tools'.
pub(super) fn check(document: &mut Value, notes: &mut Notes) {
    schemas::for_each(document, |schema, place, _| {
        for key in ["x-name", "x-secret", "x-always", "x-terminal"] {
            let wrong = schema.get(key).and_then(|value| mistake(key, value));
            if let Some(wrong) = wrong {
                notes.refuse(place, wrong);
            }
        }
        let kind = schema["type"].as_str();
        let properties = schema.get("properties").is_some();
        if schema.get("x-secret").is_some() && kind != Some("string") {
            notes.refuse(place, "`x-secret` is for strings only");
        }
        let plain =
            matches!(kind, Some("string" | "array")) || kind == Some("object") && !properties;
        if schema.get("x-always").is_some() && !plain {
            notes.conflict(place, "`x-always` is for strings, lists and maps only");
        }
    });
}

/// Makes each string that says `x-secret: true` a reference to [`SECRET`].
pub(super) fn secrets(document: &mut Value) {
    let mut any = false;
    schemas::for_each(document, |schema, _, _| {
        if schema.get("x-secret") == Some(&Value::Bool(true)) {
            any = true;
            *schema = schemas::reference(schema, SECRET);
        }
    });
    if any {
        document["components"]["schemas"][SECRET] = json!({ "type": "string" });
    }
}

/// Takes every extension out of the schemas: typify acts on some that are meant for other tools.
pub(super) fn strip(document: &mut Value) {
    schemas::for_each(document, |schema, _, _| {
        if let Some(map) = schema.as_object_mut() {
            map.retain(|key, _| !key.starts_with("x-"));
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_known_extensions_with_sound_values_are_taken() {
        for (key, value, sound) in [
            ("x-name", json!("Status"), true),
            ("x-name", json!("a b"), false),
            ("x-nmae", json!("Status"), false),
            ("x-secret", json!(true), true),
            ("x-secret", json!("yes"), false),
            ("x-always", json!("in all"), true),
            ("x-always", json!(true), false),
            ("x-idempotent", json!(1), false),
        ] {
            assert_eq!(mistake(key, &value).is_none(), sound, "{key}: {value}");
        }
    }
}
